"""Every agent described in `headless`: its real program works, commits and goes on where it stopped; the story tells.

An agent's description says where it cannot do a step, and why; the tests hold that it still cannot.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.gitrepo import GitRepo
from tests.lab.bench import CALC, SUBTRACT, Bench, ranges, strong_turns
from tests.lab.headless import ANSWER, HEADLESS, Headless
from tests.lab.model import Model
from tests.lab.plan import ASIDE
from tests.lab.programs import Package, Ran
from tests.lab.test_hooks import wait_for, worker_held_back
from tests.lab.test_story import FIRST, MULTIPLY, SECOND

pytestmark = pytest.mark.lab


@dataclass
class HeadlessBench(Bench):
    """The same bench for an agent that is told in its own words to go on."""

    agent: Headless  # type: ignore[assignment]  # it has other ways to start a turn, the same ways to ask for tools

    def ask(self, prompt: str, *calls: Any, go_on: Sequence[str] = ()) -> Ran:
        self.model.plan = {**self.model.plan, prompt: self.agent.replies(calls)}
        ran = self.agent.turn(prompt, self.repo.path, go_on)
        self.model.check()
        told = f"{self.agent.name} -> {ran.code}\n{ran.out}\n{ran.err}\noffered: {self.offered(prompt)}"
        assert ran.code == 0, told
        assert ANSWER in ran.out, told
        return ran

    def offered(self, prompt: str) -> list[str]:
        """Names of the tools the agent offered the model for a prompt."""
        names: set[str] = set()
        for asked in self.model.asked:
            for tool in (asked.body.get("tools") or []) if asked.prompt == prompt else []:
                many = tool.get("functionDeclarations") or [tool.get("function") or tool.get("custom") or tool]
                names |= {one["name"] for one in many}
        return sorted(names)


@pytest.fixture(params=HEADLESS)
def headless(
    request: pytest.FixtureRequest,
    installed: Callable[[Package], Path],
    model: Model,
    repo: GitRepo,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[HeadlessBench]:
    kind = HEADLESS[request.param]
    model.in_words = kind.in_words
    program = installed(kind.package)
    monkeypatch.setenv("PATH", os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    repo.git("config", "user.name", "Dev One")
    repo.git("config", "user.email", "dev@example.com")
    repo.commit("Add calc", {"calc.py": CALC})
    bench = HeadlessBench(repo, kind(program, home, model.url), model)
    bench.story("enable")
    yield bench
    bench.agent.close()


def first_turn(bench: HeadlessBench) -> None:
    told = () if bench.agent.commits_itself else (bench.commit_call("Add subtract"),)
    before = bench.repo.git("rev-parse", "HEAD")
    bench.ask(FIRST, *bench.add_subtract(*told))
    assert bench.repo.git("rev-parse", "HEAD~1") == before
    assert bench.repo.git("log", "-1", "--format=%s") == ("Add subtract" if told else ASIDE.text)


def the_conversation(bench: HeadlessBench, story: dict[str, Any]) -> dict[str, Any]:
    (conversation,) = story["conversations"]
    assert conversation["agent"] == bench.agent.name
    return dict(conversation)


def hook_lines(bench: HeadlessBench) -> str:
    spool = bench.repo.path / ".git" / "gitstory" / "spool"
    return spool.read_text("utf-8") if spool.exists() else ""


def test_own_commit_is_told_by_its_turn(headless: HeadlessBench) -> None:
    if headless.agent.hooks_off:
        with worker_held_back(headless):
            first_turn(headless)
            commit = headless.repo.git("rev-parse", "HEAD")
            assert commit not in hook_lines(headless), headless.agent.hooks_off
        headless.story("drain")
        assert FIRST in headless.note()
    else:
        first_turn(headless)
        wait_for(lambda: FIRST in headless.note())  # nobody asked: the hook's own worker
    story = headless.show()
    assert strong_turns(the_conversation(headless, story)) == [(1, FIRST, "lines")]
    assert ranges(story, "calc.py") == [(3, 6)]
    assert ranges(story, "notes.md") == [(1, 3)]
    lines = headless.blame("calc.py")
    assert [line["text"] for line in lines] == (CALC + SUBTRACT).splitlines()
    assert [line["prompt"] for line in lines] == [None] * 2 + [FIRST] * 4


def test_second_turn_goes_on_and_a_person_commits_it(headless: HeadlessBench) -> None:
    first_turn(headless)
    earlier = the_conversation(headless, headless.show())["id"]
    told = json.loads(headless.story("resume", "--json", check=False).stdout)
    assert (told["agent"], told["id"]) == (headless.agent.name, earlier)
    if headless.agent.no_resume:
        assert told["command"] is None, headless.agent.no_resume
        go_on: Sequence[str] = headless.agent.go_on_last
    else:
        assert told["command"][0] == headless.agent.package.program
        go_on = told["command"][1:]
    calc, line = headless.repo.path / "calc.py", "    return a - b\n"
    edit = headless.agent.edit(calc, line, line + MULTIPLY)
    headless.ask(SECOND, headless.agent.read(calc), edit, go_on=[*go_on, *headless.agent.hands_off])
    headless.commit_by_hand("Add multiply")
    story = headless.show()
    conversation = the_conversation(headless, story)
    again = bool(headless.agent.begins_again)
    assert (conversation["id"] != earlier) is again, headless.agent.begins_again
    assert strong_turns(conversation) == [(1 if again else 2, SECOND, "lines")]
    assert ranges(story, "calc.py") == [(7, 10)]
    assert [line["prompt"] for line in headless.blame("calc.py")] == [None] * 2 + [FIRST] * 4 + [SECOND] * 4
