"""Rules that the repository's own documents state already. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from gitstory.rules.content_words import content_terms

_CONTAINED = 0.85
_FEWEST_TERMS = 2
_LONGEST_LINE = 400


class Documents:
    """Lines of documents (README, CONTRIBUTING, rule files without our blocks) by their content words."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._places: list[str] = []
        self._lines_with: dict[str, list[int]] = {}
        for name, text in texts.items():
            for number, line in enumerate(text.splitlines(), 1):
                if 0 < len(line) <= _LONGEST_LINE:
                    self._add(f"{name}:{number}", line)

    def _add(self, place: str, line: str) -> None:
        for term in content_terms(line):
            self._lines_with.setdefault(term, []).append(len(self._places))
        self._places.append(place)

    def places(self, text: str) -> tuple[str, ...]:
        """`NAME:LINE` of the lines that have nearly all words of `text`, in order; few words are in too many lines."""
        terms = content_terms(text)
        if len(terms) < _FEWEST_TERMS:
            return ()
        shared = Counter(at for term in terms for at in self._lines_with.get(term, ()))
        return tuple(self._places[at] for at in sorted(shared) if shared[at] >= _CONTAINED * len(terms))
