"""What a setting is: its kind, the check of a value, and how a committed file narrows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain, count
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Literal

from msgspec import Struct

from gitstory.config.gitignore_matcher import problem
from gitstory.errors import GitStoryError

Scope = Literal["person", "both"]
Kind = Literal["bool", "count", "choice", "text", "list", "table"]
Merge = Literal["person", "override", "false", "true", "least", "union"]

MOST_ITEMS = 1000
MOST_RULES = 100
"""A committed file may be anybody's: a million patterns would hang the worker as well as one bad one."""


HIDDEN = (".gitstory", ".specstory", ".history", ".stories")
"""Hidden folders for history files. In others (.claude, .cursor, .github) agents and forges look for orders."""


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
        mine, parts = self.name.split("."), split_name(name)
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
        folders = f"in no hidden folder but {', '.join(HIDDEN)}"
        return isinstance(value, str) and _stays_inside(value), f"a path inside of the repository, {folders}"
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
    parts = [part.rstrip(". ").lower() for part in posix.parts]
    strange = any(part.startswith((".", "~")) and part not in HIDDEN for part in parts) or "git~1" in parts
    return ".." not in posix.parts and bool(parts) and not strange and "$" not in path and "%" not in path


def _is_ref(name: str) -> bool:
    """Whether git would take it as the name of a ref, and it is not one of ours for other things."""
    parts = name.split("/")
    odd = any(char in name for char in " ~^:?*[\\") or ".." in name or "@{" in name or not name.isprintable()
    whole = len(parts) > 2 and parts[0] == "refs" and all(part and part[0] != "." for part in parts)
    ends = any(part.endswith((".lock", ".")) for part in parts)
    return whole and not odd and not ends and parts[1] not in ("notes", "tags", "remotes")


def _is_list(key: Key, value: Any) -> tuple[bool, str]:
    good = isinstance(value, list | tuple) and all(isinstance(item, str) and item for item in value)
    if not good or len(value) > MOST_ITEMS:
        return False, f"a list of texts, {MOST_ITEMS} at most"
    wrong = problem(value) if value and key.name == "capture.ignore_paths" else None
    return wrong is None, wrong or ""


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


def split_name(name: str) -> list[str]:
    """The parts of a name; an agent's may hold dots (`agents.some.tool.roots`)."""
    parts = name.split(".")
    if len(parts) > 3 and parts[0] == "agents":
        return [parts[0], ".".join(parts[1:-1]), parts[-1]]
    return parts
