"""Rules that the repository's own documents state already. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from gitstory.rules.terms import content_terms
from gitstory.rules.values import DerivedRule

_CONTAINED = 0.85
_FEWEST_TERMS = 2
_LONGEST_LINE = 400


class Documents:
    """Lines of documents (README, CONTRIBUTING, rule files without our blocks) by their content words."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._lines = [
            (f"{name}:{number}", content_terms(line))
            for name, text in texts.items()
            for number, line in enumerate(text.splitlines(), 1)
            if 0 < len(line) <= _LONGEST_LINE
        ]

    def stated_in(self, rule: DerivedRule) -> str:
        """`NAME:LINE` of the first line that has nearly all words of `rule`; "" where none has."""
        terms = content_terms(rule.text)
        if len(terms) < _FEWEST_TERMS:
            return ""
        return next(
            (place for place, line in self._lines if len(terms & line) >= _CONTAINED * len(terms)),
            "",
        )
