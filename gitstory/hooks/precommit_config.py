"""gitstory's hooks in the text of a `.pre-commit-config.yaml`: which there are, and the text with and without ours.

Pure. Everything that is not ours stays byte for byte, so the file is parsed for places and changed as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from gitstory.errors import GitStoryError

NAME = ".pre-commit-config.yaml"
BEGIN = "# >>> gitstory: written by `git story enable --pre-commit`, taken out by `git story disable`"
END = "# <<< gitstory"

IDS = {
    "gitstory-capture": "post-commit",
    "gitstory-capture-merge": "post-merge",
    "gitstory-capture-rewrite": "post-rewrite",
    "gitstory-push": "pre-push",
    "gitstory-trailers": "prepare-commit-msg",
    "gitstory-trailers-written": "commit-msg",
}
"""The hooks of `.pre-commit-hooks.yaml` that do what a hook of ours does, and which."""

_ENTRY_OF = "sh -c '! command -v git-story >/dev/null || git-story hook {event} \"$@\" || :' --"
"""Who works here without gitstory is not to notice. A path of this machine is nothing to commit."""
_ENTRY = re.compile(r"\bgitstory\.hooks\.entry\s++([a-z-]+)|\bgit-?story\b.{0,300}?\shook\s++([a-z-]+)")
_START, _STOP = rf"[ \t]*+{re.escape(BEGIN.partition(':')[0])}\b", rf"[ \t]*+{re.escape(END)}"
_OURS = re.compile(rf"(?m)^{_START}[^\n]*+\n(?:(?!{_START})[^\n]*+\n)*?{_STOP}[^\n]*+(?:\n|\Z)")


class StanzaError(GitStoryError):
    """The file is nothing that the stanza can be put into."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{NAME} {why}", hint="docs/hooks.md has the lines to put in by hand")


class _Repos(Struct, frozen=True):
    """Where the list of repositories ends in the text, and how its items are indented."""

    end: int
    column: int
    width: int
    empty: bool = False


def stages(text: str) -> tuple[str, ...]:
    """The git hooks that entries of ours stand for, whoever wrote them. Raises `StanzaError`."""
    stages_ = [_stage(hook) for repo in _repos_of(_load(text)) for hook in _listed(repo, "hooks")]
    return tuple(dict.fromkeys(stage for stage in stages_ if stage))


def has_ours(text: str) -> bool:
    """Whether the stanza that we write is in the text."""
    return _OURS.search(text) is not None


def with_stanza(text: str, events: Sequence[str]) -> str:
    """`text` with hooks for `events` in its list of repositories. Raises `StanzaError`."""
    bare = without_stanza(text)
    if text != bare and stages(text) == tuple(events):
        return text
    if stages(bare):
        return bare  # added by hand
    new = _inserted(bare, events)
    before, after = _load(bare), _load(new)
    if _repos_of(after)[:-1] != _repos_of(before) or {**after, "repos": 0} != {**before, "repos": 0}:
        raise StanzaError("is written in a way that a part cannot be added to safely")
    return new


def without_stanza(text: str) -> str:
    """`text` without what `with_stanza` added to it."""
    match = _OURS.search(text)
    if match is None:
        return text
    before, after = text[: match.start()], text[match.end() :]
    if not after and not match[0].endswith("\n"):
        before = before.removesuffix("\n").removesuffix("\r")  # there was none before us
    return (
        re.sub(r"(?m)^repos:[ \t]*(\r?\n?)\Z", r"repos: []\1", before) + after
        if _lacks(before + after)
        else before + after
    )


def _lacks(text: str) -> bool:
    """Whether the list of repositories has nothing left."""
    try:
        loaded = _load(text)
    except StanzaError:
        return False
    return "repos" in loaded and loaded["repos"] is None


def _inserted(text: str, events: Sequence[str]) -> str:
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    place = _place(text)
    if place is None:
        lines = [BEGIN, "repos:", *_lines(events, _Repos(0, 0, 4)), END]
        lead = "" if not text or text.endswith("\n") else end_of_line
        return text + lead + end_of_line.join(lines) + (end_of_line if lead == "" else "")
    lines = [" " * place.column + BEGIN, *_lines(events, place), " " * place.column + END]
    if place.empty:
        head, tail = text[: place.end].rstrip("[] \t\r\n"), text[place.end :]
        return head + end_of_line + end_of_line.join(lines) + (tail if tail.startswith(("\n", "\r")) else "\n" + tail)
    at = _end_of_item(text, place)
    if at == len(text) and not text.endswith("\n"):
        return text + end_of_line + end_of_line.join(lines)
    return text[:at] + end_of_line.join(lines) + end_of_line + text[at:]


def _lines(events: Iterable[str], place: _Repos) -> list[str]:
    dash = "-" + " " * (place.width - 1)
    inner = " " * (place.column + place.width)
    deep = inner + " " * place.width
    block = [" " * place.column + dash + "repo: local", inner + "hooks:"]
    for name, event in IDS.items():
        if event not in events:
            continue
        block += [
            f"{inner}{dash}id: {name}",
            f"{deep}name: gitstory ({event})",
            f"{deep}entry: {_ENTRY_OF.format(event=event)}",
            f"{deep}language: system",
            f"{deep}stages: [{event}]",
            f"{deep}always_run: true",
        ]
        if event not in ("prepare-commit-msg", "commit-msg"):
            block.append(f"{deep}pass_filenames: false")
    return block


def _end_of_item(text: str, place: _Repos) -> int:
    """The start of the line after the last item, its own comments included."""
    at = _next_line(text, place.end)
    while at < len(text):
        after = _next_line(text, at)
        line = text[at:after]
        if not line.lstrip().startswith("#") or len(line) - len(line.lstrip()) <= place.column:
            break
        at = after
    return at


def _next_line(text: str, at: int) -> int:
    at_newline = text.find("\n", at)
    return len(text) if at_newline < 0 else at_newline + 1


def _place(text: str) -> _Repos | None:
    """Where the value of the key `repos` is; None where there is no such key."""
    import yaml

    depth, key, flows = 0, "", list[bool]()
    place: _Repos | None = None
    within = False
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            if depth == 1 and key == "repos" and isinstance(event, yaml.SequenceStartEvent):
                within = True
                column = 0 if event.flow_style else event.start_mark.column
                place = _Repos(event.end_mark.index, column, 4, empty=bool(event.flow_style))
            elif within and depth == 2 and place is not None:
                if place.empty:
                    raise StanzaError("has its repositories between brackets")
                place = _Repos(place.end, place.column, min(8, max(2, event.start_mark.column - place.column)))
            depth += 1
            flows.append(bool(event.flow_style))
            continue
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            depth -= 1
            if within and place is not None and flows.pop():
                place = _Repos(event.end_mark.index, place.column, place.width, place.empty)
            elif not within:
                flows.pop()
            if within and depth == 1:
                return place
            key = "" if depth == 1 else key
        elif isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent)):
            if within and place is not None:
                end = len(text[: event.end_mark.index].rstrip())
                place = _Repos(max(end, place.end), place.column, place.width)
            elif depth == 1 and key == "repos":
                return _Repos(event.end_mark.index, 0, 4, empty=True)
            elif depth == 1:
                key = "" if key else getattr(event, "value", "?")
    return place


def _load(text: str) -> dict[str, Any]:
    import yaml

    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        lines = str(error).splitlines()
        raise StanzaError(f"is not valid YAML: {lines[0] if lines else error}") from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise StanzaError("is no mapping")
    return loaded


def _repos_of(loaded: dict[str, Any]) -> list[Any]:
    repos = loaded.get("repos") or []
    if not isinstance(repos, list):
        raise StanzaError("has no list of repositories")
    return repos


def _listed(value: Any, key: str) -> list[Any]:
    entries = value.get(key) if isinstance(value, dict) else None
    return entries if isinstance(entries, list) else []


def _stage(hook: Any) -> str:
    if not isinstance(hook, dict):
        return ""
    match = _ENTRY.search(str(hook.get("entry", "")))
    return IDS.get(str(hook.get("id")), "") or ((match[1] or match[2]) if match else "")
