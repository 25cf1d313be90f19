"""Secrets in columns: CSV, tables of psql, mysql and Markdown whose header names them, and secrets beside their id."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gitstory.redact import line_bounds, multi_word_search, plausible_secret
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View

_RULE = re.compile(r"[-+=|: \t]+\Z")
_NAMES = re.compile(r"[\w .,;|\t\"'`*\\#/:-]+\Z")
"""What a header is made of."""
_MARKS = frozenset(",|;\t")
_ENDS = frozenset([*",|;\t\n\r", ""])
"""What may follow a column's name."""
_MOST = 50
_AWS_SECRET = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])")
_AWS_SESSION = re.compile(r"(?<=[\s\"'=|,])[A-Za-z0-9+/]{200,1100}={0,2}(?![A-Za-z0-9+/=])")
_NEAR = 260


def cells(text: str, start: int, end: int, mark: str) -> list[tuple[int, int]]:
    """Places of the cells of a row, without blanks and quotation marks around them."""
    cells_, at = [], start
    while at <= end:
        stop = text.find(mark, at, end)
        stop = end if stop < 0 else stop
        cell = text[at:stop]
        bare = cell.strip(" \t\"'`*\\")
        first = at + (cell.find(bare) if bare else 0)
        cells_.append((first, first + len(bare)))
        at = stop + 1
    return cells_


def row(text: str, at: int, end: re.Match[str]) -> int:
    """Where the row that holds `at` and ends with `end` begins behind what leads it."""
    begin = at - 400 if at > 400 else 0
    head = text[begin:at]
    last = max(
        head.rfind("\n"),
        head.rfind("\\n") + 1 if "\\n" in head else -1,
        head.rfind('": "') + 3 if '": "' in head else -1,
        head.rfind('": \\"') + 4 if '": \\"' in head else -1,
    )
    return line_bounds.start(text, begin + last + 1 if last >= 0 else begin, end.start())


class Columns:
    """The columns of one text whose names, which come in order, are telling. A row is looked at once."""

    def __init__(self, rule_of: Callable[[str], str | None]) -> None:
        self._rule_of = rule_of
        self._seen = self._unended = 0

    def below(self, text: str, at: int, name_end: int) -> Iterator[Span]:
        """Values under a column's name at `text[at:name_end]`, for every column of its row that is telling."""
        if at < self._seen or not _is_cell_of_row(text, at, name_end):
            return
        end = line_bounds.first_end(text, max(at, self._unended), at + 400)
        self._unended = end.start()
        if end[0]:
            self._seen = end.start()
            yield from _below(text, row(text, at, end), end, self._rule_of)


def _is_cell_of_row(text: str, at: int, name_end: int) -> bool:
    after = text[name_end : name_end + 12].lstrip(" \t\"'`*\\")
    if after[:1] not in _MARKS:
        before = text[at - 4 if at > 4 else 0 : at].rstrip(" \"'`*\\")[-1:]
        if before not in _MARKS:
            return False
    return after[:1] in _ENDS or text[name_end : name_end + 2].startswith("\\")


def _below(text: str, start: int, end: re.Match[str], rule_of: Callable[[str], str | None]) -> Iterator[Span]:
    line = text[start : end.start()]
    mark = max(",|;\t", key=line.count)
    if not line.count(mark) or (mark == "," and ", " in line) or not _NAMES.match(line):
        return
    header = cells(text, start, end.start(), mark)
    if len(header) > 30 or any(stop - first > 40 for first, stop in header):
        return
    if mark == "|" and not _ruled(text, end):
        return
    if mark != "|" and any(first == stop for first, stop in header):
        return
    columns = {n: kind for n, (first, stop) in enumerate(header) if (kind := rule_of(text[first:stop])) is not None}
    if columns:
        yield from _rows(text, end, mark, columns, len(header))


def _ruled(text: str, end: re.Match[str]) -> bool:
    """Whether the line after a header is one of dashes."""
    following = line_bounds.next_end(text, end, 400)
    if following is None:
        return False
    line = text[line_bounds.start(text, end.end(), following.start()) : following.start()]
    return "--" in line and bool(_RULE.match(line))


def _rows(text: str, end: re.Match[str], mark: str, columns: dict[int, str], width: int) -> Iterator[Span]:
    for _ in range(_MOST):
        following = line_bounds.next_end(text, end, 2000)
        if following is None:
            return
        start = line_bounds.start(text, end.end(), following.start())
        line = text[start : following.start()]
        if not _RULE.match(line):
            pairs = cells(text, start, following.start(), mark)
            if abs(len(pairs) - width) > (mark == "|") * 2:
                return
            for column, kind in columns.items():
                if column < len(pairs) and _is_cell(text[slice(*pairs[column])]):
                    first, stop = pairs[column]
                    yield Span(first, stop, kind, text[first:stop], rank=3)
        end = following


def _is_cell(value: str) -> bool:
    if len(value) < 6 or " " in value or plausible_secret.is_plain(value) or plausible_secret.is_placeholder(value):
        return False
    if plausible_secret.is_hex(value):
        return len(value) >= 16
    return (any(map(str.isdigit, value)) and any(map(str.isalpha, value))) or plausible_secret.is_random(value, 10)


def beside(text: str, spans: list[Span]) -> Iterator[Span]:
    """The forty characters of AWS's secret keys near an access key id."""
    for span in spans:
        if span.rule == "aws-access-key":
            for match in _AWS_SESSION.finditer(text, span.end, span.end + 1200):
                yield Span(match.start(), match.end(), "aws-session-token", match[0], rank=1)
            for match in _AWS_SECRET.finditer(text, max(0, span.start - 60), span.end + _NEAR):
                value = match[0]
                if is_aws_secret(value):
                    yield Span(match.start(), match.end(), "aws-secret-key", value, rank=1)


_LEAD = r"[ \t>+]{0,40}+(?:\d{1,6}+(?:→|\t)[ \t>+]{0,40}+)?"
_MANIFEST = re.compile(rf"{_LEAD}[\w.-]{{1,100}}:[ \t]{{1,4}}[\"']?(?P<value>[A-Za-z0-9+/]{{6,4000}}={{0,2}})[\"']?\Z")
_DATA = re.compile(rf"(?:^|\n|\\n){_LEAD}(?:data|(?P<plain>stringData)):[ \t]{{0,8}}")
_PLAIN = re.compile(rf"{_LEAD}[\w.-]{{1,100}}:[ \t]{{1,4}}[\"']?(?P<value>[^\s\"'{{}}|>][^\s\"']{{3,400}})[\"']?\Z")


multi_word_search.register((b"kind: Secret",))


def manifests(view: View) -> Iterator[Span]:
    """The values under `data:` of Kubernetes Secrets, within the document that says `kind: Secret`."""
    text, done = view.text, 0
    for at in view.hits(b"kind: Secret"):
        if at < done:
            continue
        floor = max(text.rfind("---", 0, at), text.rfind("\x00", 0, at), at - 4000, done)
        ends = [end for mark in ("---", "\x00") if (end := text.find(mark, at, at + 4000)) >= 0]
        done = min(ends, default=min(len(text), at + 4000))
        for block in _DATA.finditer(text, floor, done):
            yield from _block(text, block.end(), _PLAIN if block["plain"] else _MANIFEST)


def _block(text: str, at: int, row: re.Pattern[str]) -> Iterator[Span]:
    end = line_bounds.first_end(text, at, at + 40)
    for _ in range(_MOST):
        following = line_bounds.next_end(text, end, 6000)
        value = row.match(text, end.end(), following.start()) if following else None
        if following is None or value is None:
            return
        yield Span(*value.span("value"), "kubernetes-secret", value["value"], rank=3)
        end = following


def is_aws_secret(value: str) -> bool:
    """Whether forty characters of base64, which may begin with a slash, are mixed as AWS draws them."""
    kinds = [sum(map(kind, value)) for kind in (str.isupper, str.islower, str.isdigit)]
    return len(value) == 40 and min(kinds) >= 2 and plausible_secret.is_random(value.strip("/"))
