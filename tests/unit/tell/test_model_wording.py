"""What a model may phrase, and that its sentences stand apart from the quotations."""

from __future__ import annotations

from gitstory.language_model import Sourced
from gitstory.tell.model_wording import MOST, quotations, with_summary
from tests.unit.tell.logs import edit, material, say, turn


def test_quotations_have_their_sources_and_come_once() -> None:
    first = turn(1, "Cache the rates", edit("a.py", "+a"), say("Added a cache on disk for the rates."))
    items = quotations(material(first, turn(2, "ok")))
    assert [(item.text, item.sources) for item in items] == [
        ("person: Cache the rates", ("4de91640#1",)),
        ("agent: Added a cache on disk for the rates.", ("4de91640#1",)),
        ("person: ok", ("4de91640#2",)),
    ]


def test_a_long_log_is_bounded() -> None:
    assert len(quotations(material(*(turn(n, f"Do step {n} of it") for n in range(1, 300))))) == MOST


def test_a_summary_stands_behind_the_title_and_names_its_model() -> None:
    text = with_summary("# Title\n\nBody.\n", [Sourced("Rates <b>are</b> cached.", ("4de91640#1",))], "some-model")
    assert text == (
        "# Title\n\n## In short\n\nPhrased by `some-model` from the quotations that each sentence names.\n\n"
        "- Rates \\<b\\>are\\</b\\> cached. (`4de91640#1`)\n\nBody.\n"
    )
    assert with_summary("# Title\n\nBody.\n", [], "some-model") == "# Title\n\nBody.\n"
