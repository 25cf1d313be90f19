from __future__ import annotations

import pytest

from gitstory.model import Call, Edit, Mark, Say, Turn
from gitstory.summary.correction_cues import cues, normalized, tokens
from gitstory.summary.correction_features import features, own_words
from gitstory.summary.correction_model import BUCKETS, HEAD, LIKELY, WEIGHTS, likelihood, probability
from gitstory.summary.corrections import is_correction
from gitstory.summary.disagreement import reports_findings

LARGEST = 300 << 10


def edit(path: str) -> Call:
    return Call(tool="Edit", edits=(Edit(path=path),))


DONE = Turn(id="1", index=1, prompt="Add a cache", steps=(edit("/src/cache.py"), Say("Done. The cache works now.")))


def after(prompt: str, *steps: Call) -> Turn:
    return Turn(id="2", index=2, prompt=prompt, steps=steps)


def test_the_weights_are_small_and_whole() -> None:
    assert WEIGHTS.stat().st_size == HEAD.size + BUCKETS <= LARGEST
    assert 0 < probability(()) < LIKELY


@pytest.mark.parametrize(
    "prompt",
    [
        "Still the same error, nothing changed",
        "I don't see the button anywhere",
        "The list is now empty after a restart",
        "that is not what I asked for, the cache should be on disk",
        "It works but the second page still shows the old values",
        "why did you put the settings into the database?",
    ],
)
def test_what_says_that_the_work_is_wrong_is_likely(prompt: str) -> None:
    assert is_correction(after(prompt, edit("/src/cache.py")), DONE)


@pytest.mark.parametrize(
    "prompt",
    [
        "Now add tests for it",
        "commit and push",
        "Great, thanks. Please create a pull request",
        "Which of the two would you choose for a larger team?",
        "Implement the following plan: store the rates on disk",
    ],
)
def test_what_only_goes_further_is_not(prompt: str) -> None:
    assert likelihood(after(prompt, edit("/src/other.py")), DONE) < LIKELY
    assert not is_correction(after(prompt, edit("/src/other.py")), DONE)


def test_evidence_raises_the_likelihood_of_the_same_words() -> None:
    words = "the margin should be 8"
    assert likelihood(after(words, edit("/src/cache.py")), DONE) > likelihood(
        after(words, edit("/src/other.py")), Turn(id="1", index=1, prompt="hello", steps=(Say("Hi"),))
    )


@pytest.mark.parametrize(
    "prompt",
    [
        "Severity: high. The cache is never closed, it is still wrong",
        "The reviewer says that the cache is never closed, which is wrong",
        "[P1] The cache is never closed, it still does not work",
        "1. Medium: the cache is not closed, why did you leave it open?",
        "それは間違っています、元に戻してください",
    ],
)
def test_findings_of_a_reviewer_and_other_languages_are_not_judged_by_words(prompt: str) -> None:
    assert not is_correction(after(prompt, edit("/src/cache.py")), DONE)


def test_no_family_of_words_weighs_more_because_the_text_is_longer() -> None:
    def length(prompt: str, family: str) -> float:
        return sum(value * value for name, value in features(after(prompt), DONE) if name.partition(":")[0] == family)

    short, long = (
        "the margin is wrong",
        "the margin of the second page is wrong, and so is that of the third one",
    )
    for family in ("w", "g", "gg"):
        assert length(short, family) == pytest.approx(1) == length(long, family)
    assert length(short, "e") < length(f"{short}?", "e")


def test_code_and_paths_count_as_such() -> None:
    assert normalized("Look at `x = 1` in /home/dev/a.py") == "look at code in path"
    assert tokens("12 px, not 16", 3) == ["0", "px", ","]
    assert {"still", "does_not_work"} <= set(cues("it still does not work"))


def test_features_name_what_both_turns_did() -> None:
    stopped = Turn(id="1", index=1, prompt="go", steps=(edit("/a"), Mark("interrupted")))
    names = {name for name, _ in features(after("stop", edit("/a")), stopped)}
    assert {"e:interrupted", "e:edited_before", "e:edits", "e:same_file", "e:silent"} <= names
    assert "e:claims" not in names


def test_what_a_prompt_quotes_from_the_agent_is_not_the_persons_word() -> None:
    said = Turn(id="1", index=1, prompt="p", steps=(Say("The list is broken after a restart.\nWant me to fix it?"),))
    assert (
        own_words("> The list is broken after a restart.\n\nyes, do this as well", said).strip()
        == "yes, do this as well"
    )
    assert own_words("The list is broken after a restart.\nWhich list?", DONE).startswith("The list")
    assert own_words("The list is broken after a restart.\n", said).startswith("The list")


def test_problems_of_an_editor_are_no_findings_of_a_reviewer() -> None:
    pasted = '[{"resource": "/src/core.ts", "severity": 8, "message": "Type null is not assignable"}] can you fix that'
    assert not reports_findings(pasted)
    assert reports_findings("Medium severity: the handle is never closed")
