"""Texts in which so many labels stand that each could not be judged in the time there is: withheld as a whole.

Each label ("password", "token") costs some 20 us: what follows it must be judged. In 75 MB of transcripts, half of
them of projects that work with keys, no 256 KB had more than 10 labels in 1,000 characters. Where there are over
twice as many, and many in all, the texts that have most are not searched but replaced, line by line. What looks drawn
in them is hidden wherever else it stands, as it would be if it had been found.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from gitstory.redact import key_value_secrets, passwords_in_prose, plausible_secret
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View
from gitstory.redact.withhold import NOTICE

SHARE, FEWEST, FEWEST_INSIDE = 0.02, 2_000, 100
"""Labels to a character, and labels in all, from which there are too many; in all of one encoded text."""
_MARKER = re.compile(r"\[redacted:[a-z0-9][a-z0-9-]{0,60}:\d{1,9}\]")
_LINE = re.compile(r"[^\r\n\x00]+")
_WORD = re.compile(r"[A-Za-z0-9+/_-]{12,400}")
_MOST_WORDS = 2_000


def is_crowded(view: View, fewest: int = FEWEST) -> bool:
    """Whether labels are so many that the text must not be searched."""
    most = max(fewest, SHARE * len(view.text))
    return len(view.text) > fewest and sum(1 for _ in _stems(view)) > most and len(_labels(view)) > most


def crowded(view: View, starts: Sequence[int], ends: Sequence[int]) -> set[int]:
    """Which of the parts `view.text[start:end]`, in order, have more labels than they may; one at least."""
    places = _labels(view)
    counts = [bisect_left(places, end) - bisect_left(places, start) for start, end in zip(starts, ends, strict=True)]
    sizes = [end - start for start, end in zip(starts, ends, strict=True)]
    return {at for at, size in enumerate(sizes) if counts[at] > SHARE * size}


def withheld(text: str) -> Iterator[Span]:
    """A span for every line."""
    for number, line in enumerate(_LINE.finditer(text)):
        yield Span(*line.span(), "withheld", line[0], rank=-2, literal=NOTICE, more=number > 0)


def drawn_words(text: str) -> Iterator[str]:
    """Words of a withheld text that may be secrets."""
    words = list(dict.fromkeys(_WORD.findall(text)))[:_MOST_WORDS]
    return (word for word in words if plausible_secret.is_random(word, 12))


def _labels(view: View) -> list[int]:
    """Where labels are, in order, but those that are the names of markers."""
    places, kept, at = sorted(_stems(view)), list[int](), 0
    for marker in _MARKER.finditer(view.text):
        kept += places[at : bisect_left(places, marker.start())]
        at = bisect_left(places, marker.end())
    return kept + places[at:]


def _stems(view: View) -> Iterator[int]:
    return (at for stem in view.present(_STEMS) for at in view.hits_low(stem))


_STEMS = (*key_value_secrets.STEMS, *passwords_in_prose.STEMS, b"login", b"cookie", b"authorization", b"bearer ")
