"""Rules in a model's words: the same sources, the same side, and never what a person decided."""

from __future__ import annotations

from msgspec.structs import replace

from gitstory.language_model import Sourced
from gitstory.rules.group_directives import rules
from gitstory.rules.model_wording import batches, quotations, with_words
from tests.unit.rules.test_group_directives import said

DERIVED = rules(
    said(("aaaaaaaa", "never push to main directly, it breaks"), ("bbbbbbbb", "always run the linter first"))
)


def worded(*sentences: tuple[str, str]) -> list[tuple[str, str]]:
    result = with_words(DERIVED, [Sourced(text, (source,)) for text, source in sentences], "model")
    return sorted((rule.text, rule.worded_by) for rule in result)


KEPT = [("Always run the linter first.", ""), ("Never push to main directly, it breaks.", "")]


def test_a_sentence_takes_the_place_of_the_words_and_nothing_else_changes() -> None:
    assert worded(("Never push directly to main.", "aaaaaaaa#1")) == [
        KEPT[0],
        ("Never push directly to main.", "model"),
    ]
    result = with_words(DERIVED, [Sourced("Never push directly to main.", ("aaaaaaaa#1",))], "model")
    assert [replace(rule, text="", worded_by="") for rule in result] == [replace(rule, text="") for rule in DERIVED]


def test_only_the_first_sentence_of_a_rule_counts() -> None:
    assert worded(("Never push to main.", "aaaaaaaa#1"), ("Do not push.", "aaaaaaaa#1"))[1] == (
        "Never push to main.",
        "model",
    )


def test_what_is_of_no_rule_or_of_the_other_side_is_dropped() -> None:
    assert worded(("Always push to main.", "aaaaaaaa#1")) == KEPT
    assert worded(("Never push to main.", "cccccccc#1")) == KEPT
    assert worded(("The main branch is protected.", "aaaaaaaa#1")) == KEPT
    assert worded(("Never push " + "very " * 30 + "often.", "aaaaaaaa#1")) == KEPT
    both = Sourced("Never push before the linter ran.", ("aaaaaaaa#1", "bbbbbbbb#2"))
    assert with_words(DERIVED, [both], "model") == DERIVED


def test_what_a_person_accepted_keeps_its_words_and_is_not_sent() -> None:
    accepted = [replace(rule, status="accepted") for rule in DERIVED]
    assert list(batches(accepted)) == []
    assert with_words(accepted, [Sourced("Never push to main.", ("aaaaaaaa#1",))], "model") == accepted


def test_what_is_sent_is_what_was_typed_with_its_source() -> None:
    [batch] = batches(DERIVED)
    assert sorted((item.text, item.sources) for item in quotations(batch)) == [
        ("always run the linter first", ("bbbbbbbb#2",)),
        ("never push to main directly, it breaks", ("aaaaaaaa#1",)),
    ]
