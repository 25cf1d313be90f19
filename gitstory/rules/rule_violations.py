"""Added lines and changed files that a rule forbids, for rules that name a path, an identifier or a command. Pure.

A rule that leaves a way out ("unless", "without asking", "where possible") is not checked: what it allows cannot be
told from a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise

from msgspec import Struct

from gitstory.rules.content_words import stem
from gitstory.rules.instruction_verbs import ALTERNATIVES, COMMANDS
from gitstory.rules.instructions import instruction_of_rule
from gitstory.rules.rule_file_block import WrittenRule

_WAY_OUT = re.compile(
    r"\b(?:unless|without|except|only (?:if|when|for)|until|by default|(?:where|when|if|as \w+ as) (?:possible|needed"
    r"|necessary)|if|when|before|after|too (?:many|much)|more than|less than)\b",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"`[^`]{1,60}`|[^\s`]++")
_PHRASE_END = re.compile(
    r"\s(?:in|for|from|with|to|when|if|as|on|by|inside|within|at|because|but|since|here|anywhere|everywhere|again|ever)\b|[,;:]",
    re.IGNORECASE,
)
_FILE_VERBS = frozenset(
    {
        "touch",
        "edit",
        "modify",
        "change",
        "delete",
        "remove",
        "commit",
        "write",
        "overwrite",
        "add",
        "create",
        "rename",
        "move",
        "push",
        "update",
    }
)
_PATH_LIKE = re.compile(r"^(?:\.[\w.-]+|[\w.*@-]+(?:/[\w.*@-]*)+|[\w*-]+\.[A-Za-z]\w{0,5})$")
_PROSE = (".md", ".txt", ".rst", ".adoc", ".mdx", ".mdc")
_GENERATED = ("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lockb", "poetry.lock", "uv.lock", "Cargo.lock")
_SUBCOMMANDS = (
    "install|i|ci|run|exec|add|test|start|build|publish|init|create|x|dlx|remove|uninstall|update|upgrade|sync|lock|push|pull"
    "|commit|rebase|merge|reset|stash|checkout|clone|fetch|apply|plan|up|down|compose|ps|logs|rmi|rm|get|set|tool|mod|fmt|vet"
    "|freeze|download|check|format|lint|watch|dev|serve|link|audit|outdated|prune|pack|version|shell|show"
)
_TOKENS = frozenset({"lodash", "jquery", "moment", "axios", "redux", "mongoose", "eval", "var"})
"""Names that are code though they look like words."""
_ANY_ARGUMENT = frozenset({"sudo", "rm", "curl", "wget", "sed", "awk", "grep", "kubectl", "apt", "apt-get", "brew"})
"""Programs whose names mean nothing else: whatever follows them is an argument."""
_CALLED = r"(?:^|[\"'`;&|(]|\$|\b(?:RUN|run:|script:|exec|sudo|then|do|env|command:|npx))[ \t]*(?:[-$>][ \t]+)?"
"""What stands before a program's name where it is called."""
_MODULES = frozenset({"pytest", "unittest", "nose"})
"""Programs that are imported by name."""
_MARKS = ("TODO", "FIXME", "XXX")
_DEFAULT_EXPORT = re.compile(r"^\s{0,40}export\s+default\b")
_STAR_IMPORT = re.compile(r"^\s{0,40}(?:from\s+\S{1,200}\s+)?import\s+\*")
_CONSOLE_LOG = re.compile(r"\bconsole\.log\s*\(")
_PRINT = re.compile(r"^\s{0,80}print\s*\(")
_CONSTRUCTS = {
    "default export": _DEFAULT_EXPORT,
    "default exports": _DEFAULT_EXPORT,
    "wildcard imports": _STAR_IMPORT,
    "star imports": _STAR_IMPORT,
    "console log": _CONSOLE_LOG,
    "console logs": _CONSOLE_LOG,
    "print statements": _PRINT,
    "inline styles": re.compile(r"\bstyle=[\"'{]"),
    "bare except": re.compile(r"^\s{0,80}except\s*:"),
}
"""What people call in other words than code has it."""
_MOST_VIOLATIONS = 200
_LONGEST_LINE = 2_000
"""Characters of an added line that are looked at."""


class Check(Struct, frozen=True):
    """What one rule forbids: `pattern` in added lines, or files whose path matches one of `globs`."""

    rule: WrittenRule
    forbidden: str
    pattern: re.Pattern[str] | None = None
    globs: tuple[str, ...] = ()
    in_prose: bool = False


class Violation(Struct, frozen=True):
    """An added line (1-based number and text), or a whole file (line 0), that a rule forbids."""

    path: str
    line: int
    text: str
    check: Check


def checks_of(rules: Iterable[WrittenRule]) -> Iterator[Check]:
    """The checks that rules amount to; most rules name nothing that can be looked for."""
    for rule in rules:
        if _WAY_OUT.search(_bare(rule.text)) is not None:
            continue
        instruction = instruction_of_rule(rule.text)
        if instruction is None:
            continue
        for name in _forbidden(rule.text, instruction.positive, instruction.wanted, instruction.unwanted):
            yield _check(rule, name)
        if not instruction.positive:
            yield from _path_checks(rule, _bare(rule.text).split(" "))


def _bare(text: str) -> str:
    """The rule without "Do not" and "Never" at its beginning."""
    return re.sub(r"^(?:do not|never|always)\s", "", text.rstrip("."), flags=re.IGNORECASE)


def _forbidden(text: str, positive: bool, wanted: str, unwanted: str) -> list[str]:
    if unwanted:
        return [part for part in _unwanted(text, wanted, unwanted) if _is_named(part, f"`{part}`" in text)]
    if wanted and positive:
        chosen = wanted.lower()
        group = next((group for group in ALTERNATIVES if chosen in group & COMMANDS), frozenset())
        return sorted(name for name in group & COMMANDS if name != chosen)
    if positive:
        return []
    words = _bare(text)
    verb, _, rest = words.partition(" ")
    phrase = _PHRASE_END.split(rest, maxsplit=1)[0]
    tokens = [token.rstrip(".,") for token in _TOKEN.findall(phrase)]
    if verb.lower() in _FILE_VERBS:
        return [token for token in tokens if token in _MARKS]
    return [token.strip("`") for token in tokens if _is_code(token) or token.lower() in COMMANDS]


def _unwanted(text: str, wanted: str, unwanted: str) -> Iterator[str]:
    """The names that a rule does not want: "npm or yarn" are two, and `src/legacy` in backticks is one."""
    if not wanted:
        unwanted = _PHRASE_END.split(_bare(text).partition(" ")[2].removeprefix("from "), maxsplit=1)[0]
    for part in re.split(r"\s(?:or|and)\s|,\s", unwanted):
        name = part.strip(" `'\"")
        name = next((word for word in name.split() if word in _MARKS), name)
        yield from [name] if f"`{name}`" in text or name in _CONSTRUCTS else re.split(r"(?<=\w)/(?=\w)", name)


def _is_named(name: str, quoted: bool) -> bool:
    if name.lower() in _CONSTRUCTS or name.partition(" ")[0].lower() in COMMANDS:
        return True
    return quoted or _is_code(name) or stem(name) in _TOKENS


def _is_code(token: str) -> bool:
    """Whether a word is written as only code is: backticks, a dot or underscore in it, camel case."""
    if token.startswith("`") or token in _MARKS:
        return True
    if token.endswith("()") or any(sign in token.strip("._/") for sign in "._/"):
        return True
    return any(before.islower() and after.isupper() for before, after in pairwise(token))


def _check(rule: WrittenRule, name: str) -> Check:
    construct = _CONSTRUCTS.get(name.lower())
    if construct is not None:
        return Check(rule, name, construct)
    program, _, arguments = name.partition(" ")
    if program.lower() in COMMANDS:
        return Check(rule, name, _command(program.lower(), arguments.split()), in_prose=True)
    body = re.escape(name.removesuffix("()")) + (r"\s*\(" if name.endswith("()") else r"(?![\w])")
    return Check(rule, name, re.compile(rf"(?<![\w.]){body}"))


def _command(name: str, arguments: Sequence[str] = ()) -> re.Pattern[str]:
    """Where a program is called: at the beginning of a command, and followed by what looks like its arguments; or where
    the module of that name is imported."""
    if arguments:
        return re.compile(_CALLED + r"[ \t]+".join(map(re.escape, [name, *arguments])) + r"(?![\w-])")
    if name in _ANY_ARGUMENT:
        return re.compile(rf"{_CALLED}{re.escape(name)}[ \t]+\S")
    argument = rf"(?:--?[A-Za-z]|[\w./-]{{1,80}}\.[A-Za-z]{{1,4}}\b|(?:{_SUBCOMMANDS})\b)"
    imported = rf"(?:\b(?:from|import)[ \t]+|\brequire\()[\"']{re.escape(name)}[\"'/]"
    if name in _MODULES:
        imported += rf"|^\s{{0,40}}(?:import|from)[ \t]+{re.escape(name)}\b"
    return re.compile(rf"{_CALLED}{re.escape(name)}[ \t]+{argument}|{imported}")


def _path_checks(rule: WrittenRule, words: list[str]) -> Iterator[Check]:
    if not words or words[0].lower() not in _FILE_VERBS:
        return
    phrase = _PHRASE_END.split(" ".join(words[1:]), maxsplit=1)[0]
    for word in re.split(r"\s(?:or|and)\s|[\s,]+", phrase):
        name = word.strip("`'\"").rstrip(".,")
        if _PATH_LIKE.match(name) is not None:
            folder = name.strip("/")
            globs = (folder, f"*/{folder}", f"{folder}/*", f"*/{folder}/*")
            yield Check(rule, name, None, globs)


def violations(
    checks: Iterable[Check], added: Mapping[str, Mapping[int, str]], changed: Iterable[str]
) -> list[Violation]:
    """What `added` (path -> number -> text of each added line) and `changed` (paths) violate, in order of path."""
    all_checks, violated = list(checks), []
    for path in sorted(set(changed)):
        violated += [Violation(path, 0, "", check) for check in all_checks if _forbids_file(check, path)]
    for path, lines in sorted(added.items()):
        mine = [(check, check.pattern) for check in all_checks if check.pattern is not None and _applies(check, path)]
        for number, text in sorted(lines.items()) if mine else ():
            head = text[:_LONGEST_LINE]
            violated += [Violation(path, number, text, check) for check, pattern in mine if pattern.search(head)]
    return violated[:_MOST_VIOLATIONS]


def _applies(check: Check, path: str) -> bool:
    if check.rule.scope and not path.startswith(check.rule.scope + "/"):
        return False
    if path.rsplit("/", 1)[-1] in _GENERATED or path.startswith((".gitstory/", ".specstory/")) or _is_rule_file(path):
        return False
    return check.in_prose or not path.lower().endswith(_PROSE)


def _is_rule_file(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return name in ("AGENTS.md", "CLAUDE.md", "GEMINI.md", "copilot-instructions.md") or path.startswith(
        (".cursor/", ".windsurf/")
    )


def _forbids_file(check: Check, path: str) -> bool:
    return any(fnmatchcase(path, glob) for glob in check.globs)
