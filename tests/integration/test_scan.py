"""`git story scan`: what is stored, by the rules of today."""

from __future__ import annotations

import json

import pytest

from gitstory.git.repo import Repo
from gitstory.model import Call, Conversation, Say, Turn
from gitstory.store.store import Batch, StoryStore
from tests.cli import story as run
from tests.gitrepo import GitRepo
from tests.integration.everything import traces_of
from tests.stories import Told

TOKEN = "ghp_" + "x7Kp2mQ9vR4tL8wZ3nB6yD1cF5hJ0sAqE2uG"
INNER = "heron-4711"


@pytest.fixture
def told(repo: GitRepo) -> Told:
    """A store from before there were any rules: what was said lies there as it was said."""
    found = Told(repo)
    turns = (
        Turn(
            "s1",
            1,
            f"The ticket is {INNER}; the token is {TOKEN}",
            steps=(Say(f"I shall use {TOKEN}."), Call("Bash", input="cat .env", output="EXAMPLE_NAME=value")),
        ),
    )
    leak = Conversation("codex", "leak", turns, title=f"About {INNER}")
    with Repo.open(repo.path) as opened:
        StoryStore(opened).write(Batch(conversations=[leak], notes={found.first: f"a note with {TOKEN}"}))
        opened.home.mkdir(exist_ok=True)
    return found


def test_finds_are_shown_with_markers(told: Told) -> None:
    said = run(told.repo.path, "scan")
    assert said.code == 1 and TOKEN not in said.out + said.err
    assert "leak (codex), turn 1, prompt" in said.out and "leak (codex), turn 1, answer" in said.out
    assert "the token is [redacted:" in said.out and "withheld: Bash cat .env" in said.out
    assert f"note of {told.first[:10]}" in said.out


def test_json(told: Told) -> None:
    said = run(told.repo.path, "scan", "--json")
    found = json.loads(said.out)
    assert said.code == 1 and found["schema"] == "gitstory.scan/1" and TOKEN not in said.out
    prompt = next(one for one in found["findings"] if one["part"] == "prompt")
    assert (prompt["agent"], prompt["conversation"], prompt["turn"], prompt["index"]) == ("codex", "leak", "s1", 1)
    assert "[redacted:" in prompt["context"] and prompt["commit"] is None


def test_fix_takes_it_out_of_every_byte(told: Told) -> None:
    said = run(told.repo.path, "scan", "--fix")
    assert said.code == 0 and "redacted: " in said.out
    assert traces_of(told.repo, TOKEN) == [] and traces_of(told.repo, "EXAMPLE_NAME") == []
    again = run(told.repo.path, "scan")
    assert (again.code, again.out) == (0, "nothing found\n")
    assert traces_of(told.repo, INNER)
    assert run(told.repo.path, "show").code == 0


def test_a_rule_of_ones_own_is_applied_to_what_is_there(told: Told) -> None:
    run(told.repo.path, "scan", "--fix")
    told.repo.git("config", "story.redact.rules.ticket", r"heron-\d{4}")
    said = run(told.repo.path, "scan")
    assert said.code == 1 and "leak (codex), title" in said.out and INNER not in said.out
    assert run(told.repo.path, "scan", "--fix").code == 0
    assert traces_of(told.repo, INNER) == []
    with Repo.open(told.repo.path) as opened:
        stored = StoryStore(opened).conversation("codex", "leak")
        assert stored is not None and stored.title == "About [redacted:ticket:1]"
        # Another machine that still has it does not bring it back.
        StoryStore(opened).write(Batch(conversations=[Conversation("codex", "leak", title=f"About {INNER}")]))
        stored = StoryStore(opened).conversation("codex", "leak")
        assert stored is not None and INNER not in stored.title


def test_a_broken_rule_is_said(told: Told) -> None:
    told.repo.git("config", "story.redact.rules.broken", "(")
    said = run(told.repo.path, "scan")
    assert said.code == 1 and said.err.startswith("error: redaction rule 'broken'") and said.out == ""


def test_an_empty_store(repo: GitRepo) -> None:
    repo.commit("one", {"a": "1\n"})
    assert run(repo.path, "scan").out == "nothing found\n"
