"""Prompts of claims: their numbers and names, alone and put together."""

from __future__ import annotations

from gitstory.interop.formats.claims import MOST_PROMPTS, Claim, Prompt, joined, last_prompts, turn_id


def claim(*texts: str) -> Claim:
    return Claim("entire", "trailer", "codex", "c1", prompts=last_prompts(Prompt(text) for text in texts))


def ids(one: Claim) -> list[str]:
    return [turn_id(one, prompt) for prompt in one.prompts]


def test_a_prompt_keeps_its_name_when_more_are_told() -> None:
    few, more = claim("a", "b"), claim("a", "b", "c")
    assert ids(more)[:2] == ids(few)
    assert joined(few, more).prompts == joined(more, few).prompts == more.prompts


def test_a_prompt_keeps_its_number_when_the_first_are_left_out() -> None:
    many = claim(*(str(number) for number in range(MOST_PROMPTS + 5)))
    assert [one.number for one in many.prompts][:2] == [6, 7]
    assert len(many.prompts) == MOST_PROMPTS


def test_two_prompts_of_one_number_are_two() -> None:
    both = joined(claim("a", "b"), claim("c"))
    assert [(one.number, one.text) for one in both.prompts] == [(1, "c"), (1, "a"), (2, "b")]
    assert len(set(ids(both))) == 3


def test_another_conversation_has_other_names() -> None:
    other = Claim("entire", "trailer", "codex", "c2", prompts=(Prompt("a"),))
    assert ids(claim("a")) != ids(other)
