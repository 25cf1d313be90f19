"""Code as a published site shows it: committed lines without the secrets that stand in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from gitstory.git.diff import DiffHunk, FileDiff
from gitstory.queries.commit_page import CommitPage
from gitstory.queries.file_page import FilePage

Redacted = Callable[[str], str]
"""A text without its secrets."""


def published_file(page: FilePage, redacted: Redacted) -> FilePage:
    """The page with its lines redacted; as many lines as before."""
    if page.view is None:
        return page
    blame = page.view.blame
    texts = _lines([line.text for line in blame.lines], redacted)
    lines = [replace(line, text=text) for line, text in zip(blame.lines, texts, strict=True)]
    return replace(page, view=replace(page.view, blame=replace(blame, lines=lines)))


def published_commit(page: CommitPage, redacted: Redacted) -> CommitPage:
    """The page with the lines of its diffs redacted."""
    return replace(page, diffs=tuple(_diff(diff, redacted) for diff in page.diffs))


def _diff(diff: FileDiff, redacted: Redacted) -> FileDiff:
    return replace(diff, hunks=tuple(_hunk(hunk, redacted) for hunk in diff.hunks))


def _hunk(hunk: DiffHunk, redacted: Redacted) -> DiffHunk:
    heading, *texts = _lines([hunk.heading, *(line.text for line in hunk.lines)], redacted)
    lines = tuple(replace(line, text=text) for line, text in zip(hunk.lines, texts, strict=True))
    return replace(hunk, heading=heading, lines=lines)


def _lines(texts: Sequence[bytes], redacted: Redacted) -> list[bytes]:
    """Lines redacted together, since keys stand on several; one by one where that would change their number."""
    decoded = [text.decode("utf-8", "surrogateescape") for text in texts]
    together = redacted("\n".join(decoded)).split("\n")
    if len(together) != len(decoded):
        together = [redacted(text).replace("\n", " ") for text in decoded]
    return [text.encode("utf-8", "surrogateescape") for text in together]
