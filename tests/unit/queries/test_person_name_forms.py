"""What a person is called in texts, in the forms that programs and grammar make of it."""

from __future__ import annotations

import pytest

from gitstory.queries.person_name_patterns import patterns
from gitstory.redact.engine import Redactor
from gitstory.redact.settings import Settings

RULES = tuple(("person", one) for one in patterns(["Zebulon Thistlewood"], ["zeb@gloomhaven.de"], ["zthistlewood"]))
REDACTOR = Redactor(Settings(rules=RULES))


@pytest.mark.parametrize(
    "text",
    [
        "Zebulons Thistlewoods Code",
        "Zebulon's Thistlewood",
        "getZebulonThistlewood()",
        "Zthistlewoods-MacBook-Pro.local",
        "zthistlewood-laptop",
        "zeb&#64;gloomhaven.de",
        "zeb&commat;gloomhaven.de",
    ],
)
def test_no_form_of_the_name_is_left(text: str) -> None:
    clean = REDACTOR.text(text).lower()
    assert not any(part in clean for part in ("zeb", "thistle", "gloom"))


@pytest.mark.parametrize("text", ["getZebraThistle()", "the thistle wood", "a&#64;b", "zebulonite"])
def test_other_words_stay(text: str) -> None:
    assert REDACTOR.text(text) == text
