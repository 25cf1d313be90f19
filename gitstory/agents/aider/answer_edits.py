"""An answer of a model to Aider, taken apart: words, reasoning, and edits in the format the session asked for.

`diff` (and `diff-fenced`, `editor-diff`, architects' answers): the path, then blocks of SEARCH and REPLACE. `udiff`:
unified diffs without line numbers. `whole`: the path, then the whole file between fences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct, structs

from gitstory.model import Edit, Hunk, Replacement

_SEARCH = re.compile(r"<{5,9} SEARCH>?\s*\Z")
_MIDDLE = re.compile(r"={5,9}\s*\Z")
_REPLACE = re.compile(r">{5,9} REPLACE\s*\Z")
_FENCE = re.compile(r"\s{0,3}(`{3,}+|~{3,}+|<(?:source|code|pre|codeblock|sourcecode)>)\s*+([\w+.#-]*+)\s*+\Z")
_CLOSE = re.compile(r"\s{0,3}(`{3,}|~{3,}|</(?:source|code|pre|codeblock|sourcecode)>)\s*\Z")
_THINKING = re.compile(r"► \*\*THINKING\*\*\s*\Z")
_ANSWER = re.compile(r"► \*\*ANSWER\*\*\s*\Z")
_RULE = re.compile(r"-{4,}\s*\Z")
_PLUS = re.compile(r"\+\+\+ (?:b/)?(\S[^\t]*+)\s*+\Z")


class Piece(Struct, frozen=True):
    """`text` of words and reasoning; an edit's `path` with its texts, the whole file (`old` is None) or a patch."""

    kind: Literal["say", "think", "edit"]
    text: str = ""
    path: str = ""
    old: str | None = None
    new: str = ""
    hunks: tuple[Hunk, ...] = ()


def pieces(lines: list[str], form: str) -> Iterator[Piece]:
    """The parts of an answer in their order; empty words are left out."""
    for kind, part in _parts(lines):
        if kind == "think":
            yield Piece("think", "\n".join(part).strip())
        elif form.endswith("udiff") or form.startswith("udiff"):
            yield from _merged(_diffs(part))
        elif form.endswith("whole"):
            yield from _merged(_files(part))
        else:
            yield from _merged(_blocks(part))


def _parts(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    kind, part = "say", list[str]()
    for line in lines:
        turned = "think" if _THINKING.match(line) else "say" if _ANSWER.match(line) else ""
        if not turned:
            part.append(line)
            continue
        while part and (_RULE.match(part[-1]) or not part[-1].strip()):
            part.pop()
        yield kind, part
        kind, part = turned, []
    yield kind, part


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Lines of words put together; fences that were left around an edit are dropped."""
    words: list[str] = []
    for piece in pieces:
        if piece.kind == "say":
            words.append(piece.text)
            continue
        yield from _prose(words)
        words = []
        yield piece
    yield from _prose(words)


def _prose(words: list[str]) -> Iterator[Piece]:
    while words and (not words[-1].strip() or _FENCE.match(words[-1])) and sum(map(_is_fence, words)) % 2:
        words.pop()
    if sum(map(_is_fence, words)) % 2 and _is_fence(words[0]):
        del words[0]
    if text := "\n".join(words).strip():
        yield Piece("say", text)


def _is_fence(line: str) -> bool:
    return bool(_FENCE.match(line) or _CLOSE.match(line))


def _blocks(lines: list[str]) -> Iterator[Piece]:
    at, path, shown = 0, "", 0
    while at < len(lines):
        if not _SEARCH.match(lines[at]):
            at += 1
            continue
        block = _block(lines, at)
        if block is None:
            at += 1
            continue
        old, new, end = block
        first, named = _named(lines, shown, at)
        path = named or path
        yield from (Piece("say", line) for line in lines[shown:first])
        if path:
            yield Piece("edit", path=path, old=old, new=new)
        else:
            yield from (Piece("say", line) for line in lines[first:end])
        at = shown = end
        if shown < len(lines) and _CLOSE.match(lines[shown]):
            at = shown = shown + 1
    yield from (Piece("say", line) for line in lines[shown:])


def _block(lines: list[str], at: int) -> tuple[str, str, int] | None:
    """Old and new text of the block whose head is at `at`, and where it ends; None for one that breaks off."""
    middle = next((n for n in range(at + 1, len(lines)) if _MIDDLE.match(lines[n])), None)
    if middle is None:
        return None
    end = next((n for n in range(middle + 1, len(lines)) if _REPLACE.match(lines[n]) or _SEARCH.match(lines[n])), None)
    if end is None or not _REPLACE.match(lines[end]):
        return None
    return _text(lines[at + 1 : middle]), _text(lines[middle + 1 : end]), end + 1


def _named(lines: list[str], start: int, at: int) -> tuple[int, str]:
    """Where the head of a block begins (path and fence), and its path; the fence stands before or after it."""
    first, path = at, ""
    for n in range(at - 1, max(start, at - 4) - 1, -1):
        if not _is_fence(lines[n]) and (path or not (path := _path(lines[n]))):
            break
        first = n
    return first, path


def _path(line: str) -> str:
    """The path that a line consists of, "" where it reads like anything else."""
    word = line.strip().removeprefix("# ").rstrip(":").strip("`*").removesuffix(":").strip("`*").strip()
    if not word or len(word) > 300 or " " in word.replace("\\ ", "") or "\0" in word:
        return ""
    named = "." in word or "/" in word or "\\" in word or word in ("Makefile", "Dockerfile", "Justfile", "LICENSE")
    return word.replace("\\", "/") if named and not word.startswith(("http:", "https:", "...")) else ""


def _files(lines: list[str]) -> Iterator[Piece]:
    at = 0
    while at < len(lines):
        path = _path(lines[at])
        if not (path and at + 1 < len(lines) and _FENCE.match(lines[at + 1])):
            yield Piece("say", lines[at])
            at += 1
            continue
        end = next((n for n in range(at + 2, len(lines)) if _CLOSE.match(lines[n])), None)
        if end is None:
            yield Piece("say", lines[at])
            at += 1
            continue
        yield Piece("edit", path=path, new=_text(lines[at + 2 : end]))
        at = end + 1


def _diffs(lines: list[str]) -> Iterator[Piece]:
    path, body, inside = "", list[str](), False
    for line in lines:
        if not inside:
            inside = bool(_FENCE.match(line)) and "diff" in line
            if not inside:
                yield Piece("say", line)
        elif _CLOSE.match(line) or line.startswith("--- "):
            yield from _diff(path, body)
            path, body, inside = "", [], not _CLOSE.match(line)
        elif (named := _PLUS.match(line)) and not path:
            path = named[1].rstrip()
        else:
            body.append(line)
    if inside:
        yield from _diff(path, body)


def _diff(path: str, body: list[str]) -> Iterator[Piece]:
    hunks, hunk = [], list[str]()
    for line in [*body, "@@"]:
        if line.startswith("@@"):
            if any(kept[0] != " " for kept in hunk):
                hunks.append(Hunk(0, 0, tuple(hunk)))
            hunk = []
        elif not line or line[0] in "+- ":
            hunk.append(line or " ")
    if path and hunks and path != "/dev/null":
        yield Piece("edit", path=path, hunks=tuple(hunks))


def _text(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)


def edit(piece: Piece, path: str) -> Edit:
    """What the piece would change, if it is applied."""
    if piece.hunks:
        return Edit(path, hunks=piece.hunks)
    if piece.old is None:
        return Edit(path, after=piece.new)
    if not piece.old.strip():
        # A new file, or lines put at the end of one that is there.
        return Edit(path, hunks=(Hunk(0, 0, tuple(f"+{line}" for line in piece.new.split("\n")[:-1])),))
    return Edit(path, replacements=(Replacement(piece.old, piece.new),))


def applied(edit: Edit, path: str, created: bool) -> tuple[Edit, ...]:
    """The edit as it took effect on `path`; one that only adds to a file just made is that file."""
    whole = edit.hunks and all(line[:1] == "+" for hunk in edit.hunks for line in hunk.lines)
    if created and (whole or edit.after is not None):
        after = edit.after or "".join(line[1:] + "\n" for hunk in edit.hunks for line in hunk.lines)
        return (Edit(path, "create", after=after),)
    return (structs.replace(edit, path=path),) if path else ()


def by_name(path: str) -> tuple[Edit, ...]:
    return (Edit(path),) if path else ()
