"""Lines of one text found again in another that a formatter made of it, however it broke them.

Both texts are compared as streams of tokens (`attribution.code_tokens`). A `Segment` begins and ends at line ends of
both and has the same tokens on both sides: a formatter's work. Any other change is in no segment.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from gitstory.attribution.code_tokens import OPEN, SEPARATOR, TOKEN_BYTES, Added, leading_bracket, leading_brackets
from gitstory.attribution.line_diff import matches
from gitstory.attribution.line_ids import LineId, Lines, weight, weights

STRONG = 8
"""What a segment must weigh to be found anywhere in a file; two lines of some 20 letters do."""
_MIN_WEIGHT = 3
"""What a line must weigh to be known again by its text; one of a dozen letters does."""
_LOOKED_AT = 48
"""How many places of the same beginning are compared: `}` stands in thousands."""

_SEPARATOR = array("H", [SEPARATOR]).tobytes()


class Segment(Struct, frozen=True):
    """Lines a0 to a1 (0-based, half open) of the old text are lines b0 to b1 of the new one."""

    a0: int
    a1: int
    b0: int
    b1: int


class Flow:
    """Lines as one stream of tokens, found by the first `key` tokens from the beginning of a line."""

    def __init__(self, lines: Lines, ids: Iterable[LineId] = (), key: int = 2) -> None:
        self._lines = lines
        self._key = key * TOKEN_BYTES
        self.ids: list[LineId] = []
        self.data = bytearray()
        self.starts: list[int] = [0]
        """Where each line begins in `data`, and where the last one ends."""
        self._index: dict[bytes, list[int]] = {}
        self._indexed = 0
        self.add(ids)

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, ids: Iterable[LineId]) -> None:
        for line in ids:
            self.ids.append(line)
            self.data += self._lines.stream(line)
            self.starts.append(len(self.data))

    def separate(self) -> None:
        """End a text: no segment continues beyond it."""
        self.ids.append(0)
        self.data += _SEPARATOR
        self.starts.append(len(self.data))

    def bare(self, line: int) -> bool:
        """Whether a line has no token that formatters keep."""
        return self.starts[line] == self.starts[line + 1]

    def places(self, key: bytes) -> Sequence[int]:
        """The lines that begin with these tokens, in order."""
        for line in range(self._indexed, len(self.ids)):
            if not self.bare(line):
                self._index.setdefault(self.key(line), []).append(line)
        self._indexed = len(self.ids)
        return self._index.get(key, ())

    def key(self, line: int) -> bytes:
        return bytes(self.data[self.starts[line] : self.starts[line] + self._key])

    def full(self, start: int, end: int) -> list[bytes]:
        return [self._lines.tokens(line) for line in self.ids[start:end]]

    def beyond(self, line: int) -> int:
        """The next line from `line` on that has a token."""
        while line < len(self.ids) and self.bare(line):
            line += 1
        return line

    def closed(self, line: int) -> int:
        """`line` and the lines from there on that hold no token but brackets which close."""
        while line < len(self.ids) and self.bare(line) and leading_bracket(self._lines.tokens(self.ids[line])) != OPEN:
            line += 1
        return line

    def brackets_before(self, line: int) -> int:
        """The first of the lines right before `line` that hold brackets alone; `line` if there are none."""
        while line and self.bare(line - 1) and self._lines.tokens(self.ids[line - 1]):
            line -= 1
        return line

    def trimmed(self, line: int) -> int:
        """`line` without the blank lines before it."""
        while line and self.bare(line - 1) and not self._lines.tokens(self.ids[line - 1]):
            line -= 1
        return line


def reach(a: Flow, i: int, b: Flow, j: int) -> tuple[Segment | None, int]:
    """The longest segment that begins with these lines, and the offset in `b` up to which no other begins beside it."""
    start_a, start_b = a.starts[i], b.starts[j]
    same = _common(a.data, start_a, b.data, start_b)
    added = Added()
    best: tuple[int, int] | None = None
    i1, j1 = i + 1, j + 1
    i, j = _opened(a, i, b, j)
    done_i, done_j = i, j
    while i1 <= len(a) and j1 <= len(b):
        at_a, at_b = a.starts[i1] - start_a, b.starts[j1] - start_b
        if max(at_a, at_b) > same:
            break
        if at_a == at_b:
            i1, j1 = a.closed(i1), b.closed(j1)
            added.walk(a.full(done_i, i1), b.full(done_j, j1))
            if not added.ok:
                break
            done_i, done_j = i1, j1
            if added.balanced:
                best = i1, j1
            i1, j1 = a.beyond(i1) + 1, b.beyond(j1) + 1
        elif at_a < at_b:
            i1 += 1
        else:
            j1 += 1
    if best is None:
        return None, start_b + (same if added.ok else 1)
    segment = Segment(i, a.trimmed(best[0]), j, b.trimmed(best[1]))
    return segment, b.starts[segment.b1]


def _alike(a: Flow, i: int, b: Flow, j: int) -> bool:
    """Whether the shorter of two lines begins the other."""
    at, spot = a.starts[i], b.starts[j]
    size = min(a.starts[i + 1] - at, b.starts[j + 1] - spot)
    return a.data[at : at + size] == b.data[spot : spot + size]


def _opened(a: Flow, i: int, b: Flow, j: int) -> tuple[int, int]:
    """Where a segment begins: brackets that open on lines of their own may stand before these lines."""
    before_a, before_b = a.brackets_before(i), b.brackets_before(j)
    if before_a == before_b:
        return i, j
    for start_a, start_b in ((i, before_b), (before_a, j)):
        old, new = (
            leading_brackets(flow.full(start, end + 1)) for flow, start, end in ((a, start_a, i), (b, start_b, j))
        )
        if old == new:
            return start_a, start_b
    return i, j


def _common(a: bytearray, i: int, b: bytearray, j: int) -> int:
    """How many bytes from a[i] and b[j] on are the same, whole tokens only."""
    most = min(len(a) - i, len(b) - j)
    low, step = 0, 64
    while low < most and a[i + low : i + min(low + step, most)] == b[j + low : j + min(low + step, most)]:
        low, step = min(low + step, most), step * 2
    while step > 1 and low < most:
        step //= 2
        end = min(low + step, most)
        if a[i + low : i + end] == b[j + low : j + end]:
            low = end
    return low & ~1


Candidates = Callable[[Sequence[int]], Iterable[int]]
"""Of the lines of the old text that begin alike, those to compare."""
Worth = Callable[[Segment], int]


def newest(places: Sequence[int]) -> Sequence[int]:
    """The last of many lines that begin alike, latest first."""
    return places[: -_LOOKED_AT - 1 : -1]


def search(
    a: Flow, b: Flow, candidates: Candidates, worth: Worth, least: int, begins: Callable[[LineId], object]
) -> Iterator[Segment]:
    """Segments of `b`, in order: at each line the one worth most, none that is worth less than `least`.

    `candidates` is called for each line, after the segment before was taken; `begins` says which lines a segment
    may begin with.
    """
    dead: dict[int, int] = {}
    j = taken = 0
    while j < len(b):
        if b.bare(j) or not begins(b.ids[j]):
            j += 1
            continue
        best, most = None, least - 1
        for i in candidates(a.places(b.key(j))):
            diagonal = b.starts[j] - a.starts[i]
            if dead.get(diagonal, -1) > b.starts[j] or not _alike(a, i, b, j):
                continue
            segment, done = reach(a, i, b, j)
            value = 0 if segment is None else worth(segment)
            if segment is not None and value > most:
                best, most = segment, value
            elif value < least:
                # What begins later on the same diagonal is a part of this one.
                dead[diagonal] = done
        if best is not None:
            # Brackets before a segment may have been taken with the one before it.
            yield Segment(best.a0, best.a1, max(best.b0, taken), best.b1)
            taken = best.b1
        j = j + 1 if best is None else best.b1


def align(old: Sequence[LineId], new: Sequence[LineId], lines: Lines) -> list[Segment]:
    """The parts of `new` that are parts of `old` but for a formatter's work, in order of `new`.

    Heavy segments are found wherever they are in `old`, others only between the same neighbours.
    """
    start, end = _trim(old, new)
    head = [Segment(0, start, 0, start)] if start else []
    tail = [Segment(len(old) - end, len(old), len(new) - end, len(new))] if end else []
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    stayed = {i: j for i, j in matches(a, b) if weight(a[i]) >= _MIN_WEIGHT}
    strong = list(_strong(Flow(lines, a), Flow(lines, b), stayed))
    segments = [*strong]
    for a0, a1, b0, b1 in _between(strong, len(a), len(b)):
        weak = _weak(Flow(lines, a[a0:a1], key=1), Flow(lines, b[b0:b1], key=1))
        segments += [_shifted(one, a0, b0) for one in weak]
    return [*head, *(_shifted(one, start, start) for one in sorted(segments, key=lambda segment: segment.b0)), *tail]


def _trim(old: Sequence[LineId], new: Sequence[LineId]) -> tuple[int, int]:
    most = min(len(old), len(new))
    start = end = 0
    while start < most and old[start] == new[start]:
        start += 1
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end


def _shifted(segment: Segment, a: int, b: int) -> Segment:
    return Segment(segment.a0 + a, segment.a1 + a, segment.b0 + b, segment.b1 + b)


def _strong(a: Flow, b: Flow, stayed: Mapping[int, int]) -> Iterator[Segment]:
    """`stayed` are lines that did not change and where they are now: they are nothing else's origin."""
    expected = 0
    used: set[int] = set()

    def near(places: Sequence[int]) -> list[int]:
        at = bisect_left(places, expected)
        around = places[max(0, at - _LOOKED_AT // 2) : at + _LOOKED_AT // 2]
        return sorted((one for one in around if one not in used), key=lambda number: abs(number - expected))

    def worth(segment: Segment) -> int:
        there = range(segment.b0, segment.b1)
        return sum(weight(a.ids[i]) for i in range(segment.a0, segment.a1) if i not in stayed or stayed[i] in there)

    for segment in search(a, b, near, worth, STRONG, weight):
        expected = segment.a1
        used.update(range(segment.a0, segment.a1))
        yield segment


def _weak(a: Flow, b: Flow) -> Iterator[Segment]:
    expected = 0

    def onward(places: Sequence[int]) -> Sequence[int]:
        at = bisect_left(places, expected)
        return places[at : at + 8]

    for segment in search(a, b, onward, lambda segment: segment.b1 - segment.b0, 1, lambda line: True):
        expected = segment.a1
        yield segment


def _between(segments: Sequence[Segment], a_size: int, b_size: int) -> Iterator[tuple[int, int, int, int]]:
    """What is left between neighbours that stand in the same order on both sides."""
    before = Segment(0, 0, 0, 0)
    for segment in [*_rising(segments), Segment(a_size, a_size, b_size, b_size)]:
        if segment.a0 > before.a1 and segment.b0 > before.b1:
            yield before.a1, segment.a0, before.b1, segment.b0
        before = segment


def _rising(segments: Sequence[Segment]) -> list[Segment]:
    """The most of `segments` (in order of b) that are in order of a too."""
    ends: list[int] = []
    chains: list[list[int]] = []
    back: dict[int, int] = {}
    for number, segment in enumerate(segments):
        at = bisect_right(ends, segment.a0)
        if at:
            back[number] = chains[at - 1][-1]
        if at == len(ends):
            ends.append(segment.a1)
            chains.append([number])
        elif segment.a1 < ends[at]:
            ends[at] = segment.a1
            chains[at].append(number)
    chosen: list[Segment] = []
    number = chains[-1][-1] if chains else -1
    while number >= 0:
        chosen.append(segments[number])
        number = back.get(number, -1)
    return chosen[::-1]


def sources(
    old: Sequence[LineId], new: Sequence[LineId], segment: Segment, lines: Lines
) -> Iterator[tuple[int, range]]:
    """Of each line of the new text in `segment`, the lines of the old text that its tokens stand in.

    A line without tokens (a blank one, a bracket) comes from where the line before it does.
    """
    a, b = Flow(lines, old[segment.a0 : segment.a1]), Flow(lines, new[segment.b0 : segment.b1])
    last = range(segment.a0, segment.a0)
    for j in range(len(b)):
        if not b.bare(j):
            first = bisect_right(a.starts, b.starts[j]) - 1
            end = bisect_left(a.starts, b.starts[j + 1], first + 1)
            last = range(segment.a0 + first, segment.a0 + end)
        yield segment.b0 + j, last


def locate(lines: Sequence[LineId], old: Sequence[LineId], near: int, seen: Lines) -> range | None:
    """The lines that hold `old` but for a formatter's work, nearest to index `near`; its ends may be within a line."""
    if weights(old) < STRONG:
        return None
    whole, part = Flow(seen, lines), bytes(Flow(seen, old).data)
    spots: list[range] = []
    at = whole.data.find(part)
    while at >= 0:
        if at % TOKEN_BYTES == 0:
            first = bisect_right(whole.starts, at) - 1
            spots.append(range(first, bisect_left(whole.starts, at + len(part), first + 1)))
        at = whole.data.find(part, at + 1)
    return min(spots, key=lambda spot: abs(spot.start - near), default=None)
