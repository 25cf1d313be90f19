"""How likely a turn corrects the one before it: a logistic regression over hashed features, scored without libraries.

`correction_weights.bin` holds one signed byte a bucket, and before them the scale and the constant as floats. It is
written by `bench/train_corrections` from turns that were labelled by hand; no words are in it.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable
from functools import cache
from math import exp
from pathlib import Path
from zlib import crc32

from gitstory.model import Turn

BUCKETS = 1 << 16
HEAD = struct.Struct("<dd")
WEIGHTS = Path(__file__).with_name("correction_weights.bin")
LIKELY, SUPPORTED, QUESTIONED = 0.6, 0.4, 0.75
"""The probability from which on a turn is called a correction, where the rules of `corrections` support it, and where
it only asks for a reason ("why is it here?"). From cross-validation, repositories left out in turn."""


def bucket(feature: str) -> int:
    return crc32(feature.encode("utf-8", "replace")) % BUCKETS


@cache
def _weights() -> tuple[float, float, array[int]]:
    content = WEIGHTS.read_bytes()
    scale, constant = HEAD.unpack_from(content)
    return scale, constant, array("b", content[HEAD.size :])


def probability(features: Iterable[tuple[str, float]]) -> float:
    """The probability that a turn with these features is a correction."""
    scale, constant, weights = _weights()
    total = constant + scale * sum(weights[bucket(name)] * value for name, value in features)
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


def likelihood(turn: Turn, before: Turn) -> float:
    """The probability that `turn` corrects `before`."""
    from gitstory.summary.correction_features import features

    return probability(features(turn, before))
