"""Texts of the sixth corpus that hold no secret and look as if: whatever is hidden in them is hidden for nothing."""

from __future__ import annotations

import base64
import json
import random
import zlib
from collections.abc import Callable, Iterator

from bench.secrets import draw, later, sixth_fill


def _image(rng: random.Random) -> str:
    rows = b"".join(b"\0" + rng.randbytes(24) for _ in range(8))
    data = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x08\0\0\0\x08\x08\x02\0\0\0Km)\xdc" + zlib.compress(rows)
    return base64.b64encode(data).decode()


MADE: tuple[tuple[str, Callable[[random.Random], str]], ...] = (
    ("image in css", lambda rng: f".logo{{background:url(data:image/png;base64,{_image(rng)})}}"),
    ("image in markdown", lambda rng: f"![plot](data:image/png;base64,{_image(rng)})"),
    ("image in record", lambda rng: json.dumps({"type": "image", "source": {"type": "base64", "data": _image(rng)}})),
    ("image in notebook", lambda rng: json.dumps({"output_type": "display_data", "data": {"image/png": _image(rng)}})),
    ("sentence in base64", lambda rng: base64.b64encode(b"The quick brown fox jumps over the lazy dog. " * 3).decode()),
    ("words joined", lambda rng: f"branch feature/{'-'.join(rng.sample(draw.WORDS, 4))} merged"),
)


def texts(rng: random.Random) -> Iterator[tuple[str, str]]:
    for group, kind, template in later.kinds("sixth.txt"):
        if group == "clean":
            yield kind, sixth_fill.fill(template, rng)
    for kind, make in MADE:
        yield kind, make(rng)
