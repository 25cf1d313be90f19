"""What a PowerShell command says it wrote: literal texts and here-strings that go into a file.

Read like `agents.shell`: only what stands there. A variable, a subexpression or an escape makes a text or a path
unknown; an unknown text still names its file. Line breaks inside a here-string are the text's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitstory.agents.patches import absolute
from gitstory.model import Edit, Hunk

HERE_STRING = re.compile(r"@(?P<q>['\"])[ \t]*\r?\n(?P<body>.*?)(?:^|\r?\n)(?P=q)@", re.DOTALL | re.MULTILINE)
_TEXT = r"(?P<text>\x00\d+\x00|'(?:[^']|'')*'|\"[^\"]*\"|\$\w+)"
_VALUE = r"(?P<path>'(?:[^']|'')*'|\"[^\"]*\"|[^\s'\"|;&<>(){}]+)"
_FILE = rf"(?:-(?:literal)?path\s+|-filepath\s+)?{_VALUE}"
_WRITERS = r"(?P<verb>set-content|add-content|out-file|sc|ac)"
_OPTIONS = r"(?:\s+-(?:encoding\s+[\w.:-]+|nonewline|force|noclobber|append))*"
_PIPED = re.compile(rf"{_TEXT}\s*\|\s*{_WRITERS}(?P<before>{_OPTIONS})\s+{_FILE}(?P<after>{_OPTIONS})", re.IGNORECASE)
_GIVEN = re.compile(
    rf"(?<![\w-]){_WRITERS}(?P<before>{_OPTIONS})\s+{_FILE}(?P<middle>{_OPTIONS})\s+(?:-value\s+)?{_TEXT}(?P<after>{_OPTIONS})",
    re.IGNORECASE,
)
_REDIRECTED = re.compile(rf"{_TEXT}\s*(?P<verb>>>?)\s*{_VALUE}")
_METHOD = re.compile(
    r"\[(?:System\.)?IO\.File\]::(?P<verb>WriteAllText|AppendAllText)\(\s*"
    + _VALUE.replace("\\s'", "\\s,'")
    + r"\s*,\s*"
    + _TEXT,
    re.IGNORECASE,
)
_ASSIGNED = re.compile(rf"(?P<name>\$\w+)\s*=\s*{_TEXT}\s*(?=$|[\r\n;])", re.MULTILINE)
_ORDER = (_PIPED, _GIVEN, _REDIRECTED, _METHOD)


def powershell_edits(command: str, cwd: str | None = None, time: float | None = None) -> tuple[Edit, ...]:
    """The files a successful `command`, run in `cwd`, wrote, in order."""
    bodies: list[tuple[str, bool]] = []

    def kept(match: re.Match[str]) -> str:
        body = match["body"].replace("\r\n", "\n")
        bodies.append((body, match["q"] == "'" or not re.search(r"[$`]", body)))
        return f"\x00{len(bodies) - 1}\x00"

    plain = HERE_STRING.sub(kept, command.replace("\x00", ""))
    known: dict[str, list[tuple[int, str]]] = {}
    for match in _ASSIGNED.finditer(plain):
        known.setdefault(match["name"].lower(), []).append((match.start(), match["text"]))

    def text_of(text: str, at: int) -> str | None:
        if text.startswith("$"):
            before = [value for start, value in known.get(text.lower(), ()) if start < at]
            return text_of(before[-1], at) if before and not before[-1].startswith("$") else None
        if text.startswith("\x00"):
            body, exact = bodies[int(text[1:-1])]
            return body if exact else None
        return _literal(text)

    found = sorted(_writes(plain), key=lambda match: match.start())
    return tuple(edit for match in found if (edit := _edit(match, text_of(match["text"], match.start()), cwd, time)))


def _writes(plain: str) -> Iterator[re.Match[str]]:
    seen: list[tuple[int, int]] = []
    for pattern in _ORDER:
        for match in pattern.finditer(plain):
            if not any(start < match.end() and match.start() < end for start, end in seen):
                seen.append(match.span())
                yield match


def _edit(match: re.Match[str], text: str | None, cwd: str | None, time: float | None) -> Edit | None:
    named = _literal(match["path"])
    if not named or named.startswith("-") or "\n" in named:
        return None
    path = absolute(named, cwd)
    groups = match.groupdict()
    options = " ".join(filter(None, (groups.get("before"), groups.get("middle"), groups.get("after")))).lower()
    verb = match["verb"].lower()
    if text is None:
        return Edit(path, source="shell", time=time)
    whole = verb in ("writealltext", "appendalltext") or "-nonewline" in options
    text = text if whole else text + "\n"
    if verb in ("add-content", "ac", ">>", "appendalltext") or "-append" in options:
        lines = tuple("+" + line for line in text.removesuffix("\n").split("\n"))
        return Edit(path, source="shell", hunks=(Hunk(0, 0, lines),), time=time)
    return Edit(path, source="shell", after=text, time=time)


def _literal(word: str) -> str | None:
    """A quoted or bare word as it stands; None where PowerShell would put something in."""
    if word.startswith("'"):
        return word[1:-1].replace("''", "'")
    bare = word[1:-1] if word.startswith('"') else word
    return None if re.search(r"[$`*?\[]", bare) else bare
