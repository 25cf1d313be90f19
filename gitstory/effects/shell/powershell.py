"""What a PowerShell command says it wrote: literal texts and here-strings that go into a file.

Read like `effects.shell`: only what stands there. A variable, a subexpression or an escape makes a text or a path
unknown; an unknown text still names its file, and so does what stands in a block, after `||` or `&&`, or after an exit:
it may not have run. Line breaks inside a here-string are the text's own.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterator
from typing import NamedTuple

from gitstory.delimited_parts import Enclosed
from gitstory.effects.patches import absolute, inserted
from gitstory.model import Edit

_OPENING = re.compile(r"@(['\"])[ \t]*+\r?\n")
_QUOTED = r"'(?:[^']++|'')*+'|\"[^\"]*+\""
_TEXT = rf"(?P<text>\x00\d{{1,9}}+\x00|{_QUOTED}|\$\w++)"
_TEXTS = re.compile(rf"{_TEXT}|'(?:[^']++|'')*+\Z|\"[^\"]*+\Z")
"""Texts from left to right; a quote that is never closed reaches the end and is none."""
_VALUE = rf"(?P<path>{_QUOTED}|(?!-)[^\s'\"|;&<>(){{}}]++)"
_FILE = rf"(?:-(?:literal)?path\s++|-filepath\s++)?{_VALUE}"
_WRITERS = r"(?P<verb>set-content|add-content|out-file|sc|ac)"
_OPTIONS = r"(?:\s++-(?:encoding\s++[\w.:-]++|nonewline|force|noclobber|append)){0,6}+"
_PIPED = re.compile(
    rf"\s{{0,40}}+\|\s*+{_WRITERS}(?P<before>{_OPTIONS})\s++{_FILE}(?P<after>{_OPTIONS})", re.IGNORECASE
)
_REDIRECTED = re.compile(rf"\s{{0,40}}+(?P<verb>>>?)\s*+{_VALUE}")
_GIVEN = re.compile(
    rf"(?<![\w-]){_WRITERS}(?P<before>{_OPTIONS})\s++{_FILE}(?P<middle>{_OPTIONS})\s++(?:-value\s++)?{_TEXT}(?P<after>{_OPTIONS})",
    re.IGNORECASE,
)
_METHOD = re.compile(
    r"\[(?:System\.)?IO\.File\]::(?P<verb>WriteAllText|AppendAllText)\(\s*+"
    + _VALUE.replace("\\s'", "\\s,'")
    + r"\s*+,\s*+"
    + _TEXT,
    re.IGNORECASE,
)
_ASSIGNED = re.compile(rf"\s{{0,40}}+=\s{{0,40}}+{_TEXT}[^\S\r\n]*+(?=[\r\n;]|\Z)")


_FLOW = re.compile(
    r"'[^']*+(?:'|\Z)|\"(?:[^\"`]++|`.)*+(?:\"|\Z)|#[^\n]*+|[{};\n]|\|\||&&|(?P<leave>(?<![\w$-])(?:exit|return|throw)\b)",
    re.DOTALL | re.IGNORECASE,
)
_SAFE = ("cd ", "set-location ", "mkdir ", "md ", "new-item ", "write-", "echo ", "push-location ")
"""Commands that what follows `&&` can rely on."""


class _Write(NamedTuple):
    """A place from `start` to `end` where `text` is written to a path, with the named groups of what says so."""

    start: int
    end: int
    text: str
    groups: dict[str, str | None]


def has_here_string(command: str) -> bool:
    """Whether a text in `@'` and `'@` is in it, which no sh has."""
    return next(_here_strings(command), None) is not None


def _here_strings(command: str) -> Iterator[tuple[Enclosed, str]]:
    """Each here-string, with the quote it has."""
    at, unclosed = 0, set[str]()
    while (begin := _OPENING.search(command, at)) is not None:
        at, closing = begin.end(), f"\n{begin[1]}@"
        stop = -1 if closing in unclosed else command.find(closing, at - 1)
        if stop < 0:
            unclosed.add(closing)
            continue
        body = command[at:stop].removesuffix("\r")
        at = stop + len(closing)
        yield Enclosed(begin.start(), at, body), begin[1]


def powershell_edits(command: str, cwd: str | None = None, time: float | None = None) -> tuple[Edit, ...]:
    """The files a successful `command`, run in `cwd`, wrote, in order."""
    bodies: list[tuple[str, bool]] = []
    kept, at = list[str](), 0
    command = command.replace("\x00", "")
    for part, quote in _here_strings(command):
        body = part.inside.replace("\r\n", "\n")
        kept += [command[at : part.start], f"\x00{len(bodies)}\x00"]
        bodies.append((body, quote == "'" or not re.search(r"[$`]", body)))
        at = part.end
    plain = "".join(kept) + command[at:]
    texts = [found for found in _TEXTS.finditer(plain) if found["text"]]
    existing: dict[str, list[tuple[int, str]]] = {}
    for name in texts:
        if name["text"].startswith("$") and (given := _ASSIGNED.match(plain, name.end())):
            existing.setdefault(name["text"].lower(), []).append((name.start(), given["text"]))

    def text_of(text: str, at: int) -> str | None:
        if text.startswith("$"):
            before = [value for start, value in existing.get(text.lower(), ()) if start < at]
            return text_of(before[-1], at) if before and not before[-1].startswith("$") else None
        if text.startswith("\x00"):
            body, exact = bodies[int(text[1:-1])]
            return body if exact else None
        return _literal(text)

    writes = sorted(_writes(plain, texts), key=lambda write: write.start)
    doubted = _doubted(plain)
    pairs = [(one, None if doubted(one.start) else text_of(one.text, one.start)) for one in writes]
    return tuple(edit for one, text in pairs if (edit := _edit(one, text, cwd, time)))


def _doubted(plain: str) -> Callable[[int], bool]:
    """Whether what stands at a place of a command may not have run: in a block, after `||`, `&&` or an exit."""
    starts, states = [0], [False]
    depth, chained, left, statement = 0, False, False, 0
    for match in _FLOW.finditer(plain):
        mark = match[0]
        if mark in ("{", "}"):
            depth = max(0, depth + (1 if mark == "{" else -1))
        elif mark in ("||", "&&"):
            begun = plain[statement : min(match.start(), statement + 40)].lstrip().lower()
            chained = chained or mark == "||" or not begun.startswith(_SAFE)
        elif mark in (";", "\n"):
            chained, statement = False, match.end()
        elif match["leave"]:
            left = True
        else:
            continue
        starts.append(match.end())
        states.append(depth > 0 or chained or left)
    return lambda at: states[bisect(starts, at) - 1]


def _writes(plain: str, texts: list[re.Match[str]]) -> Iterator[_Write]:
    """Where each pattern finds one, the first patterns first; what overlaps one that was found is left out."""
    taken: list[tuple[int, int]] = []
    for candidate in _candidates(plain, texts):
        at = bisect(taken, (candidate.start, candidate.end))
        before, after = taken[at - 1 : at], taken[at : at + 1]
        if not (before and before[0][1] > candidate.start) and not (after and after[0][0] < candidate.end):
            taken.insert(at, (candidate.start, candidate.end))
            yield candidate


def _candidates(plain: str, texts: list[re.Match[str]]) -> Iterator[_Write]:
    yield from _following(_PIPED, plain, texts)
    yield from (_Write(one.start(), one.end(), one["text"], one.groupdict()) for one in _GIVEN.finditer(plain))
    yield from _following(_REDIRECTED, plain, texts)
    yield from (_Write(one.start(), one.end(), one["text"], one.groupdict()) for one in _METHOD.finditer(plain))


def _following(pattern: re.Pattern[str], plain: str, texts: list[re.Match[str]]) -> Iterator[_Write]:
    for text in texts:
        if match := pattern.match(plain, text.end()):
            yield _Write(text.start(), match.end(), text["text"], match.groupdict())


def _edit(write: _Write, text: str | None, cwd: str | None, time: float | None) -> Edit | None:
    groups = write.groups
    named = _literal(groups["path"] or "")
    if not named or named.startswith("-") or "\n" in named:
        return None
    path = absolute(named, cwd)
    options = " ".join(filter(None, (groups.get("before"), groups.get("middle"), groups.get("after")))).lower()
    verb = (groups["verb"] or "").lower()
    if text is None:
        return Edit(path, source="shell", time=time)
    whole = verb in ("writealltext", "appendalltext") or "-nonewline" in options
    text = text if whole else text + "\n"
    if verb in ("add-content", "ac", ">>", "appendalltext") or "-append" in options:
        return inserted(path, text, "shell", time)
    return Edit(path, source="shell", after=text, time=time)


def _literal(word: str) -> str | None:
    """A quoted or bare word as it stands; None where PowerShell would put something in."""
    if word.startswith("'"):
        return word[1:-1].replace("''", "'")
    bare = word[1:-1] if word.startswith('"') else word
    return None if re.search(r"[$`*?\[]", bare) else bare
