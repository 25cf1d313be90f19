"""The rule files of agents: what each contains, and writing our part of them."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from msgspec import Struct

from gitstory import safe_open
from gitstory.errors import GitStoryError
from gitstory.git.atomic_write import write_atomically
from gitstory.rules.rule_file_block import BlockDamaged, block_of, has_marks, with_block
from gitstory.rules.values import DerivedRule, Directive
from gitstory.summary.short_ids import turn_name
from gitstory.text.console import neutralise_line

NAMES = {
    "agents": "AGENTS.md",
    "claude": "CLAUDE.md",
    "gemini": "GEMINI.md",
    "copilot": ".github/copilot-instructions.md",
    "cursor": ".cursor/rules",
    "windsurf": ".windsurf/rules",
}
_FOLDERS = {".cursor/rules": ".mdc", ".windsurf/rules": ".md"}
_OWN = "gitstory"
_MOST_BYTES = 2_000_000
_MOST_SOURCES = 3


class RuleFileChange(Struct, frozen=True):
    """What writing would do to one file: its path relative to the work tree, and the bytes before (None: no file) and
    after (None: the file goes)."""

    path: str
    before: bytes | None
    after: bytes | None

    @property
    def changed(self) -> bool:
        return self.before != self.after

    def diff(self) -> str:
        """A unified diff."""
        old, new = (_lines(data) for data in (self.before, self.after))
        return "\n".join(
            difflib.unified_diff(
                old,
                new,
                f"a/{self.path}" if self.before is not None else "/dev/null",
                f"b/{self.path}" if self.after is not None else "/dev/null",
                lineterm="",
            )
        )


def _lines(data: bytes | None) -> list[str]:
    return [] if data is None else data.decode("utf-8", "replace").splitlines()


def target_path(name: str) -> str:
    """The path of a target that a person named: a name of `NAMES`, or a path. Raises GitStoryError for one outside."""
    path = NAMES.get(name.lower(), name).replace("\\", "/").rstrip("/").removesuffix("/*.mdc").removesuffix("/*.md")
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or not path or ".git" in parts.parts:
        raise GitStoryError(
            f"cannot write rules to {name}: a target is a file of this work tree", hint=f"or one of {', '.join(NAMES)}"
        )
    if path not in _FOLDERS and parts.suffix not in (".md", ".mdc", ".txt"):
        raise GitStoryError(
            f"cannot write rules to {name}: not a text that agents read", hint=f"try {', '.join(NAMES)}"
        )
    return path


def changes(root: Path, target: str, rules: Sequence[DerivedRule], template: str | None = None) -> list[RuleFileChange]:
    """What writing `rules` to `target` (see `target_path`) changes. Raises GitStoryError; nothing is written."""
    rules = [rule for rule in rules if not any(_is_in(place, target) for place in rule.places)]
    if target not in _FOLDERS:
        return [_change(root, target, rendered(rules, template))]
    suffix = _FOLDERS[target]
    file_changes = []
    wanted: set[str] = set()
    for scope in sorted({rule.scope for rule in rules}):
        name = f"{target}/{_OWN}{'-' + _slug(scope) if scope else ''}{suffix}"
        wanted.add(name)
        mine = [rule for rule in rules if rule.scope == scope]
        file_changes.append(_change(root, name, rendered(mine, template), _front_matter(target, scope)))
    old = safe_open.globbed(root / target, f"{_OWN}{suffix}", f"{_OWN}-*{suffix}")
    for path in old:
        name = path.relative_to(root).as_posix()
        if name not in wanted:
            change = _change(root, name, "")
            file_changes.append(change if _has_more(change.after) else RuleFileChange(name, change.before, None))
    return file_changes


def _is_in(place: str, target: str) -> bool:
    """Whether a rule stands, in a person's words, in the target itself."""
    path = place.rpartition(":")[0]
    return path == target or path.startswith(f"{target}/")


def _has_more(data: bytes | None) -> bool:
    """Whether there is something besides front matter in a file."""
    text = (data or b"").decode("utf-8", "replace")
    parts = text.split("---\n", 2)
    return bool((parts[2] if text.startswith("---\n") and len(parts) == 3 else text).strip())


def _slug(scope: str) -> str:
    return "-".join("".join(char if char.isalnum() else " " for char in scope.lower()).split())[:60] or "files"


def _front_matter(target: str, scope: str) -> str:
    if target == ".cursor/rules":
        facts = f"globs: {scope}/**\nalwaysApply: false" if scope else "alwaysApply: true"
        return f"---\ndescription: What people here keep asking for\n{facts}\n---\n\n"
    facts = f"trigger: glob\nglobs: {scope}/**" if scope else "trigger: always_on"
    return f"---\n{facts}\n---\n\n"


def _change(root: Path, name: str, block: str, head: str = "") -> RuleFileChange:
    path = root / name
    _stays_inside(root, path, name)
    try:
        before: bytes | None = safe_open.content(path, _MOST_BYTES)
    except FileNotFoundError:
        before = None
    except OSError as error:
        raise GitStoryError(f"cannot read {name}: {error.strerror or error}") from error
    try:
        text = head if before is None else before.decode("utf-8")
    except UnicodeDecodeError:
        raise GitStoryError(f"{name} is not UTF-8", hint="convert it, or choose another target") from None
    after = with_block(text, block, name).encode()
    return RuleFileChange(name, before, after if after or before is not None else None)


def _stays_inside(root: Path, path: Path, name: str) -> None:
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(os.path.realpath(root)):
        raise GitStoryError(f"{name} is a link to a file outside of the work tree", hint="write to the file itself")


def write(root: Path, file_changes: Iterable[RuleFileChange], backups: Path) -> list[str]:
    """Write what changed; a file without our block is first copied to `backups`. The paths of the copies."""
    copies = []
    for change in file_changes:
        if not change.changed:
            continue
        if change.before is not None and not _has_block(change):
            copies.append(_backup(change, backups))
        path = Path(os.path.realpath(root / change.path))
        try:
            if change.after is None:
                path.unlink()
            else:
                _replace(path, change.after)
        except OSError as error:
            raise GitStoryError(f"cannot write {change.path}: {error.strerror or error}") from error
    return copies


def _replace(path: Path, data: bytes) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(13, "it is read-only")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, data, mode)


def _has_block(change: RuleFileChange) -> bool:
    try:
        return block_of((change.before or b"").decode("utf-8", "replace"), change.path) is not None
    except BlockDamaged:
        return False


def _backup(change: RuleFileChange, backups: Path) -> str:
    number = 1
    while (path := backups / f"{change.path.replace('/', '_')}.{number}").exists():
        number += 1
    write_atomically(path, change.before or b"")
    return str(path)


def rendered(rules: Sequence[DerivedRule], template: str | None = None) -> str:
    """The lines between the marks; "" for no rules. `template` is Jinja2 text, run in a sandbox.

    Raises GitStoryError for a template that is wrong.
    """
    if not rules:
        return ""
    if template is not None:
        return _by_template(rules, template)
    lines = ["## What people here keep asking for", ""]
    for scope in sorted({rule.scope for rule in rules}):
        if scope:
            lines += ["", f"### In `{scope}`", ""]
        lines += [rule_line(rule) for rule in rules if rule.scope == scope]
    return "\n".join(lines)


def rule_line(rule: DerivedRule) -> str:
    """`- Use bun, not node. [4de91640#3, 77aa01b2#1]`"""
    named = sources(rule)
    return f"- {safe(rule.text)} [{', '.join(named[:_MOST_SOURCES])}]" if named else f"- {safe(rule.text)} [accepted]"


def safe(text: str) -> str:
    """One line that says what was typed and cannot end our block: agents read these files as text.

    What they would import (`@path`), and forges take for a reference (`@name`, `#1`), is a code span.
    """
    line = neutralise_line(" ".join(text.split())).replace("<!--", "<! --").replace("-->", "-- >")
    if "``" in line or "\\`" in line or line.count("`") % 2:
        line = line.replace("`", "'")
    parts = line.split("`")
    parts[::2] = [_WORD.sub(lambda match: _inert(match[0]), part) for part in parts[::2]]
    return "`".join(parts)


_LARGEST_TEXT = 100_000
"""Characters that a template may make of at most 40 rules."""

_WORD = re.compile(r"\S+")
_ACTIVE = re.compile(r"@|[#!]\d")


def _inert(word: str) -> str:
    return f"`{word}`" if _ACTIVE.search(word) else word


def sources(rule: DerivedRule) -> list[str]:
    """`CONVERSATION#TURN` or `FILE:LINE` of each directive, the newest first."""
    newest = sorted(rule.directives, key=lambda directive: -(directive.time or 0.0))
    return list(dict.fromkeys(map(source_name, newest)))


def source_name(directive: Directive) -> str:
    """`4de91640#3`, or `CLAUDE.md:12` for a line of a rule file."""
    return directive.place or turn_name(directive.conversation, directive.turn)


def _by_template(rules: Sequence[DerivedRule], template: str) -> str:
    from jinja2 import TemplateError
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Bounded(ImmutableSandboxedEnvironment):
        """Without what makes a short template take a machine's memory: `'x' * 10 ** 9`."""

        intercepted_binops = frozenset({"*", "**"})

        def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
            raise SecurityError(f"{operator} is not for templates of rules")

    environment = Bounded(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False)
    values = [
        {"text": safe(rule.text), "line": rule_line(rule), "scope": rule.scope, "sources": sources(rule)}
        for rule in rules
    ]
    try:
        text = environment.from_string(template).render(rules=values, scopes=sorted({rule.scope for rule in rules}))
    except (TemplateError, OverflowError, TypeError, ValueError) as error:  # TypeError: `include` without a loader
        raise GitStoryError(
            f"the template is wrong: {error}", hint="docs/rules.md has the one that is built in"
        ) from None
    if len(text) > _LARGEST_TEXT or has_marks(text):
        raise GitStoryError(
            "the template makes a text that is too long, or one with our own marks",
            hint="docs/rules.md has the one that is built in",
        )
    return text
