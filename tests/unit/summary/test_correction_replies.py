from __future__ import annotations

import pytest

from gitstory.model import Mark, Say, Turn
from gitstory.summary.correction_features import features
from gitstory.summary.correction_replies import opening, reply_cues

DONE = Turn(id="1", index=1, prompt="Add a cache", steps=(Say("Done. The cache works now."),))


def turn(*texts: str, agent: str | None = None) -> Turn:
    return Turn(id="2", index=2, prompt="the list is empty", steps=tuple(Say(text, agent=agent) for text in texts))


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        ("You're absolutely right, that file was not meant.", "agrees"),
        ("Good catch. The second loop never ends.", "agrees"),
        ("I apologize for the confusion.", "apologizes"),
        ("I see the problem: the path is relative.", "finds"),
        ("The user says that nothing changed.", "reports"),
        ("Let me revert that change.", "repairs"),
        ("I'll add the endpoint to the server.", "starts"),
        ("Yes, both are stored.", "answers"),
        ("The old value was still in the cache.", "contradicts"),
    ],
)
def test_a_reply_is_known_by_what_it_does(reply: str, name: str) -> None:
    assert name in reply_cues(opening(turn(reply)))


def test_a_plain_account_of_new_work_agrees_with_nothing() -> None:
    assert reply_cues(opening(turn("I'll create the report and commit it."))) == ["starts"]


def test_frames_of_an_exported_conversation_are_passed_over() -> None:
    framed = turn("---", "<details>\n<summary>Read file</summary>\n- [X] write the test\n\nYou're right, it fails.")
    assert opening(framed) == "you're right, it fails."


def test_what_a_subagent_says_is_no_reply() -> None:
    assert opening(turn("You're right.", agent="reviewer")) == ""
    assert opening(Turn(id="3", index=3, prompt="x", steps=(Mark("interrupted"),))) == ""


def test_a_misspelt_word_shares_features_with_the_word() -> None:
    def parts(prompt: str) -> set[str]:
        every = features(Turn(id="2", index=2, prompt=prompt), DONE)
        return {name for name, _ in every if name.startswith("p:")}

    assert len(parts("broken") & parts("brokken")) >= 4
    assert parts("broken").isdisjoint(parts("fine"))


def test_the_end_of_a_long_prompt_counts_by_itself() -> None:
    log = "GET /list 200 " * 30
    ends = {name for name, _ in features(Turn(id="2", index=2, prompt=log + "why is it empty"), DONE)}
    assert "z:why is it" in ends
    assert not any(name.startswith("z:") for name, _ in features(Turn(id="2", index=2, prompt="why is it empty"), DONE))


def test_output_that_the_agent_wanted_is_told_from_a_complaint() -> None:
    wanted = Turn(id="1", index=1, prompt="fix it", steps=(Say("Run it again and paste the output here."),))
    pasted = Turn(id="2", index=2, prompt="error: no such file")
    assert ("e:asked", 1.0) in list(features(pasted, wanted))
    assert ("e:asked", 1.0) not in list(features(pasted, DONE))
