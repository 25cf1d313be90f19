"""How much a text is about some lines of a file: by the file's name and by the words the lines are made of. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from gitstory.text.late_pattern import late_pattern
from gitstory.text.markdown_blocks import Block

_WORD = late_pattern(r"[A-Za-zÀ-ɏЀ-ӿ_$][\wÀ-ɏЀ-ӿ$]*+(?:-[A-Za-z][\w]*+)*+|\d+(?:\.\d+)+|\d{2,}")
_PIECE = late_pattern(r"[A-ZÀ-Þ]?[a-zß-ÿ]+|[A-ZÀ-Þ]+(?![a-zß-ÿ])|[\u0400-\u04ff]+|\d+")
_FILE = late_pattern(r"(?<![\w.@~+-])[\w.@~+-]*[\w~+-]\.[A-Za-z]\w{0,9}\b")

_IDENTIFIER, _PART, _NEAR, _NEAR_PART = 3.0, 1.0, 1.0, 0.3
_NAME, _STEM, _FOLDER = 5.0, 3.0, 0.5
_DULL = 0.15
"""What is left of a word's weight where it says little in any program."""
_DULL_WORDS = frozenset(
    """add also and any are args array async await based been before being body bool both break but call called can
    case catch change changes check class close code com component config const content continue create current data
    def default delete does done each edit elif else end error errors etc exit expect export false field file files
    find first fix for format found from func function get given has have head help here how html http https id if
    impl import include index info init input instead int interface internal into item items its json key keys kind
    last len let line lines list load local log long main make map match message method mod mode module more must
    name need new nil none not now null number object only open option options other out output own package page
    param params parse pass path plan pub public put raise read ref remove render req request res response result
    results return returns run same see self send set should show side size some sort spec src start state static
    step str string struct super switch task tasks test tests text than that the their them then there these they
    this through time todo true try two type types undefined update use used user uses using val value values var
    version view void was way well were what when where which while why will with without work would write yes yet
    you your""".split()  # noqa: SIM905
)


class Subject(Struct, frozen=True):
    """The lines asked about: `path` and weights of the words that tell a text about them from any other."""

    path: str
    names: frozenset[str] = frozenset()
    """The file's name and stem, in lower case."""
    weights: Mapping[str, float] = {}
    texts: Sequence[str] = ()


def subject(path: str, texts: Sequence[str], near: Iterable[str] = ()) -> Subject:
    """`texts` are the lines, `near` lines of the same edit or around them."""
    weights: dict[str, float] = {}
    _weigh(weights, near, _NEAR, _NEAR_PART)
    _weigh(weights, texts, _IDENTIFIER, _PART)
    *folders, name = path.lower().split("/")
    stem = name.split(".")[0] or name.lstrip(".")
    for folder in folders[-2:]:
        _put(weights, folder, _FOLDER)
    for piece in _pieces(name.partition(".")[0] if "." in name[1:] else name):
        _put(weights, piece, _PART)
    names = {name}
    if len(stem) > 4 and stem not in _DULL_WORDS:
        names.add(stem)
        _put(weights, stem, _STEM)
    weights[name] = _NAME
    return Subject(path, frozenset(names), weights, tuple(texts))


def _weigh(weights: dict[str, float], texts: Iterable[str], whole: float, part: float) -> None:
    for word in dict.fromkeys(word for text in texts for word in _WORD.findall(text)):
        low = word.lower()
        pieces = _pieces(word)
        if len(low) > 3 and (len(pieces) > 1 or not low.isalpha() or word.isupper()):
            _put(weights, low, whole)
        elif len(low) > 3:
            _put(weights, low, part)
        for piece in pieces:
            _put(weights, piece, part)


def _put(weights: dict[str, float], term: str, weight: float) -> None:
    if len(term) > 2:
        weight *= _DULL if term in _DULL_WORDS else 1.0
        weights[term] = max(weights.get(term, 0.0), weight)


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[str, ...]:
    """`wrapForRecipients` -> `wrap`, `for`, `recipient`."""
    return tuple(_stem(piece.lower()) for piece in _PIECE.findall(word))


def _stem(word: str) -> str:
    for end, least in (("ing", 6), ("ies", 5), ("ed", 5), ("es", 6), ("s", 4)):
        if len(word) >= least and word.endswith(end) and not word.endswith("ss"):
            return word[: -len(end)] + ("y" if end == "ies" else "")
    return word


@lru_cache(maxsize=20_000)
def terms(text: str) -> frozenset[str]:
    """The words of a text, whole and in their parts, and the file names in it; in lower case."""
    texts: set[str] = set()
    for word in _WORD.findall(text):
        low = word.lower()
        texts.add(low)
        texts.update(_pieces(word))
        if "-" in word:
            texts.update(word.lower().split("-"))
    texts.update(name.lower() for name in _FILE.findall(text))
    return frozenset(texts)


def relevance(text: str, result: Subject) -> float:
    """0 for a text that shares nothing with the lines."""
    return sum(result.weights[term] for term in terms(text) & result.weights.keys())


def names_file(text: str, result: Subject) -> bool:
    """Whether a text names the file of the lines."""
    low = text.lower()
    return any(name in low for name in result.names if "." in name) or result.path.lower() in low


def rank(blocks: Sequence[Block], result: Subject) -> list[float]:
    """The relevance of each block: shared words count the more the fewer blocks have them, its own more than those of
    the headings it stands under."""
    own = [terms(f"{block.text}\n{block.code}") & result.weights.keys() for block in blocks]
    above = [terms(" ".join(block.section)) & result.weights.keys() for block in blocks]
    seen = Counter(term for mine in own for term in mine)
    rare = {term: math.log(1 + len(blocks) / count) / math.log(1 + len(blocks)) for term, count in seen.items()}
    worth = result.weights
    return [
        sum(worth[term] * rare[term] for term in mine)
        + 0.5 * sum(worth[term] * rare.get(term, 1.0) for term in over - mine)
        for mine, over in zip(own, above, strict=True)
    ]
