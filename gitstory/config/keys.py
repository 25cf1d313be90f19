"""Every setting there is: its name, kind, default, who may set it, and what a committed file may do to it.

Over 400 lines, because two thirds of it are one table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, count
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Literal

from msgspec import Struct

from gitstory.errors import GitStoryError

Scope = Literal["person", "both"]
Kind = Literal["bool", "count", "choice", "text", "list", "table"]
Merge = Literal["person", "override", "false", "true", "least", "union"]


MOST_ITEMS = 1000
MOST_RULES = 100
"""A committed file may be anybody's: a million patterns would hang the worker as well as one bad one."""


class ConfigError(GitStoryError):
    """A setting or settings file that cannot be used."""


class Key(Struct, frozen=True):
    """One setting. `<agent>` in a name stands for any name.

    `scope` "person" keys count only where nobody else can commit them. `merge` says what the team's file does to a
    key of scope "both": "override" gives the value where the person gave none; the others only ever narrow what is
    stored ("false" and "true" win over their opposite, "least" is the lesser, "union" adds).
    """

    name: str
    kind: Kind
    default: Any
    help: str
    merge: Merge = "person"
    choices: tuple[str, ...] = ()
    security: str = ""

    @property
    def scope(self) -> Scope:
        return "person" if self.merge == "person" else "both"

    def matches(self, name: str) -> bool:
        mine, parts = self.name.split("."), _parts(name)
        return len(mine) == len(parts) and all(m in (a, "<agent>") and a for m, a in zip(mine, parts, strict=True))

    def check(self, value: Any, where: str) -> Any:
        """The value as it is used (lists as tuples). Raises `ConfigError` naming `where`."""
        good, problem = _CHECKS[self.kind](self, value)
        if not good:
            raise ConfigError(
                f"{self.name} must be {problem} ({where})", hint="`git story config docs` explains each key"
            )
        return tuple(value) if self.kind == "list" else value

    def narrow(self, own: Any, team: Any) -> Any:
        """What counts when the person (or the default) says `own` and the committed file says `team`."""
        if self.merge == "false":
            return own and team
        if self.merge == "true":
            return own or team
        if self.merge == "least":
            return min(own, team, key=self.choices.index) if self.kind == "choice" else min(own, team)
        if self.merge == "union":
            return _union(own, team)
        return own

    def widens(self, team: Any) -> bool:
        """Whether a committed value would ask for more than is stored by default, which it never gets."""
        return self.merge in ("false", "true", "least") and self.narrow(self.default, team) != team


def _union(own: Any, team: Any) -> Any:
    if isinstance(own, tuple):
        return tuple(dict.fromkeys((*own, *team)))
    joined = dict(own)
    for name, value in team.items():
        names = chain((name, f"team-{name}"), (f"team-{name}-{number}" for number in count(2)))
        joined[next(one for one in names if joined.get(one, value) == value)] = value
    return joined


def _is_count(_key: Key, value: Any) -> tuple[bool, str]:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1 << 30
    return good, "a whole number, 0 or more"


def _is_choice(key: Key, value: Any) -> tuple[bool, str]:
    return value in key.choices, "one of " + ", ".join(f'"{choice}"' for choice in key.choices)


def _is_text(key: Key, value: Any) -> tuple[bool, str]:
    if key.name == "history.path":
        return isinstance(value, str) and _stays_inside(value), "a path inside of the repository, without `..`"
    if key.name == "story.remote":
        good = isinstance(value, str) and not value.startswith("-") and value.isprintable()
        return good, "the name or URL of a remote"
    if key.name == "story.ref":
        return isinstance(value, str) and _is_ref(value), "a whole ref name (refs/story/data, refs/heads/gitstory)"
    if key.name == "capture.private_marker":
        return isinstance(value, str) and not any(map(str.isspace, value)), "a word without spaces"
    return isinstance(value, str), "text"


def _stays_inside(path: str) -> bool:
    posix, windows = PurePosixPath(path.replace("\\", "/")), PureWindowsPath(path)
    if not path or not path.isprintable() or posix.is_absolute() or windows.drive or windows.root:
        return False
    return ".." not in posix.parts and bool(posix.parts) and posix.parts[0].rstrip(". ").lower() != ".git"


def _is_ref(name: str) -> bool:
    """Whether git would take it as the name of a ref, and it is not one of ours for other things."""
    parts = name.split("/")
    odd = any(char in name for char in " ~^:?*[\\") or ".." in name or "@{" in name or not name.isprintable()
    whole = len(parts) > 2 and parts[0] == "refs" and all(part and part[0] != "." for part in parts)
    ends = any(part.endswith((".lock", ".")) for part in parts)
    return whole and not odd and not ends and parts[1] not in ("notes", "tags", "remotes")


def _is_list(_key: Key, value: Any) -> tuple[bool, str]:
    good = isinstance(value, list | tuple) and all(isinstance(item, str) and item for item in value)
    return good and len(value) <= MOST_ITEMS, f"a list of texts, {MOST_ITEMS} at most"


def _is_table(_key: Key, value: Any) -> tuple[bool, str]:
    good = isinstance(value, Mapping) and all(isinstance(item, str) and item for item in value.values())
    return good and len(value) <= MOST_RULES, f"a table of name = text, {MOST_RULES} at most"


_CHECKS: dict[Kind, Callable[[Key, Any], tuple[bool, str]]] = {
    "bool": lambda _key, value: (isinstance(value, bool), "true or false"),
    "count": _is_count,
    "choice": _is_choice,
    "text": _is_text,
    "list": _is_list,
    "table": _is_table,
}

_NARROWS = "A committed file can only narrow this."
_OWN = "Never read from a committed file."

KEYS: tuple[Key, ...] = (
    Key("capture.enabled", "bool", True, "Record commits and conversations.", "false", security=_NARROWS),
    Key(
        "capture.detail",
        "choice",
        "full",
        "What is stored of a turn: prompts alone, prompts and answers, or also thinking, tool calls and edits.",
        "least",
        ("prompts", "prompts+answers", "full"),
        _NARROWS,
    ),
    Key("capture.thinking", "bool", True, "Store the agent's recorded reasoning.", "false", security=_NARROWS),
    Key(
        "capture.output_limit",
        "count",
        1500,
        "Characters kept of the output of one shell command.",
        "least",
        security=_NARROWS,
    ),
    Key(
        "capture.ignore_paths",
        "list",
        (),
        "Files (patterns as in .gitignore) whose edits are not stored and link to nothing.",
        "union",
        security="A committed file adds to the person's list.",
    ),
    Key(
        "capture.ignore_agents",
        "list",
        (),
        "Agents whose conversations are never read.",
        "union",
        security="A committed file adds to the person's list.",
    ),
    Key(
        "capture.ignore_branches",
        "list",
        (),
        "Branches (patterns with `*`) whose commits are not recorded.",
        "union",
        security="A committed file adds to the person's list.",
    ),
    Key(
        "capture.archive",
        "bool",
        True,
        "Keep conversations of this repository that led to no commit before their agent deletes them; never pushed.",
        "false",
        security=_NARROWS,
    ),
    Key(
        "capture.private_marker",
        "text",
        "#private",
        "A word that, typed in a prompt, keeps this turn and the rest of the conversation private; empty for none.",
        security=_OWN,
    ),
    Key(
        "capture.private_conversations",
        "list",
        (),
        "Conversations that are not recorded, as AGENT/ID; `git story off --conversation` writes this.",
        security=_OWN,
    ),
    Key(
        "capture.private_periods",
        "list",
        (),
        "Times in which nothing is recorded, START..END in seconds since 1970; `git story off` and `on` write this.",
        security=_OWN,
    ),
    Key(
        "link.mode",
        "choice",
        "notes",
        "How a commit shows its story: a git note, `Story:` trailers in the message, or both.",
        choices=("notes", "trailers", "both"),
        security=_OWN,
    ),
    Key(
        "link.wait",
        "count",
        1500,
        "Milliseconds a commit may wait for its trailers and history files; what takes longer is left out.",
        security=_OWN,
    ),
    Key(
        "history.path",
        "text",
        ".gitstory/history",
        "Folder for Markdown histories, relative to the top of the work tree.",
        "override",
        security="Always inside of the work tree and outside of .git.",
    ),
    Key(
        "history.autosave",
        "bool",
        False,
        "Write history files after each commit; trailers (`link.mode`) need them and do so anyway.",
        "override",
    ),
    Key(
        "history.commit",
        "bool",
        False,
        "Let history files be committed: stage them with each commit; otherwise `.git/info/exclude` keeps them out.",
        "false",
        security="A committed file cannot turn it on.",
    ),
    Key(
        "history.detail",
        "choice",
        "full",
        "How much of a turn history files hold; never more than is stored.",
        "least",
        ("prompts", "prompts+answers", "full"),
        _NARROWS,
    ),
    Key(
        "history.format",
        "choice",
        "gitstory",
        "The shape of history files: gitstory's own, or SpecStory's Markdown v2.1.0.",
        "override",
        ("gitstory", "specstory"),
    ),
    Key("redact.emails", "bool", True, "Hide e-mail addresses.", "true", security=_NARROWS),
    Key("redact.hosts", "bool", False, "Hide host names that are not well known.", "true", security=_NARROWS),
    Key(
        "redact.host_names",
        "list",
        (),
        "Hosts that are hidden wherever they stand; `*.corp.example` means that domain and all hosts under it.",
        "union",
        security="A committed file adds to the person's list.",
    ),
    Key(
        "redact.homes",
        "bool",
        True,
        "Write `~` for home directories, and hide your account name in other paths.",
        "true",
        security=_NARROWS,
    ),
    Key(
        "redact.withhold_paths",
        "list",
        (),
        "Files whose contents and output are not kept, beside those known for secrets (`.env`, `*.pem`, `id_rsa` ...).",
        "union",
        security="A committed file adds to the person's list.",
    ),
    Key(
        "redact.withhold_tools",
        "list",
        (),
        "Tools of agents whose output is never kept.",
        "union",
        security="A committed file adds to the person's list.",
    ),
    Key(
        "redact.keep_paths",
        "list",
        (),
        "Files that are named like files of secrets and hold none (`tests/*.pem`); `withhold_paths` beats it.",
        security=_OWN,
    ),
    Key(
        "redact.rules",
        "table",
        {},
        "Own rules: name = regular expression; what it matches (or its group `secret`) is hidden.",
        "union",
        security="A committed file adds rules; it cannot replace or remove any.",
    ),
    Key(
        "redact.allow",
        "list",
        (),
        "Regular expressions for findings that are no secrets and may be stored.",
        security=_OWN,
    ),
    Key(
        "redact.allow_literals",
        "list",
        (),
        "Findings, letter for letter, that are no secrets and may be stored.",
        security=_OWN,
    ),
    Key(
        "search.semantic",
        "bool",
        False,
        "`git story search` ranks by meaning too; needs the extra `semantic`.",
        security=_OWN,
    ),
    Key("identity.emails", "list", (), "Further e-mail addresses you commit with.", security=_OWN),
    Key("identity.names", "list", (), "Further names you commit with.", security=_OWN),
    Key(
        "agents.<agent>.roots",
        "list",
        (),
        "Further folders in which an agent's conversations lie.",
        security=_OWN,
    ),
    Key(
        "story.remote",
        "text",
        "",
        "The remote that stories are pushed to and pulled from; empty for the branch's own.",
        security=_OWN,
    ),
    Key(
        "story.ref",
        "text",
        "refs/story/data",
        "The ref that holds the stories at the remote; a branch where it takes nothing else (refs/heads/gitstory).",
        security=_OWN,
    ),
    Key(
        "story.auto_push",
        "bool",
        False,
        "Push stories after each `git push`, to remotes you have pushed stories to before.",
        security=_OWN,
    ),
    Key(
        "story.auto_pull",
        "bool",
        False,
        "Pull stories after each `git pull`.",
        security=_OWN,
    ),
    Key(
        "color",
        "choice",
        "auto",
        "When to colour the output.",
        choices=("auto", "always", "never"),
        security=_OWN,
    ),
    Key(
        "debug",
        "text",
        "",
        "`true`: say on stderr what is done and how long it takes; else a file to write that to. Redacted.",
        security=_OWN,
    ),
)


def find_key(name: str) -> Key:
    """The key of a name, `redact.rules.<id>` being an item of its table. Raises `ConfigError`."""
    for key in KEYS:
        if key.matches(name) or (
            key.kind == "table" and name.startswith(key.name + ".") and len(name) > len(key.name) + 1
        ):
            return key
    raise ConfigError(f"unknown setting: {name}", hint=suggestion(name) or "`git story config list` shows them all")


def suggestion(name: str) -> str | None:
    """`did you mean ...?` for a name that is no key."""
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), [key.name for key in KEYS], n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else None


def _parts(name: str) -> list[str]:
    """The parts of a name; an agent's may hold dots (`agents.some.tool.roots`)."""
    parts = name.split(".")
    if len(parts) > 3 and parts[0] == "agents":
        return [parts[0], ".".join(parts[1:-1]), parts[-1]]
    return parts


def table_rows() -> Iterator[tuple[str, str, str, str, str]]:
    """(name, kind, default, who, help) of every key, as `docs/configuration.md` shows them."""
    for key in KEYS:
        kind = " \\| ".join(f"`{choice}`" for choice in key.choices) if key.choices else key.kind
        who = "person" if key.scope == "person" else "person, team"
        yield f"`{key.name}`", kind, f"`{shown(key.default)}`", who, " ".join(filter(None, (key.help, key.security)))


def shown(value: Any) -> str:
    """A value as TOML writes it on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(shown(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{quoted(k)} = {shown(v)}" for k, v in value.items()) + " }" if value else "{}"
    return quoted(value, bare=False) if isinstance(value, str) else str(value)


def quoted(text: str, *, bare: bool = True) -> str:
    """A TOML key or text: as it is where that is allowed, else as tomli-w quotes it."""
    if bare and text and all(char.isascii() and (char.isalnum() or char in "-_") for char in text):
        return text
    import tomli_w

    return tomli_w.dumps({"x": text}).removeprefix("x = ").rstrip("\n")


def markdown_table() -> str:
    """The key table of docs/configuration.md."""
    rows = [("key", "kind", "default", "set by", "meaning"), ("---",) * 5, *table_rows()]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def parts_of(name: str) -> tuple[str, ...]:
    """The TOML path of a setting: an agent's or rule's own name is one part, whatever it holds."""
    key = find_key(name)
    if key.kind == "table" and name != key.name:
        return (*key.name.split("."), name[len(key.name) + 1 :])
    return tuple(_parts(name))
