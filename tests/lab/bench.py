"""A lab bench: one repository, one agent, one scripted model, and short words for what a scenario does."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.gitrepo import GitRepo
from tests.lab.agents import LabAgent, Session
from tests.lab.model import Model
from tests.lab.plan import Reply, ToolCall
from tests.lab.programs import Ran

CALC = "def add(a, b):\n    return a + b\n"
SUBTRACT = "\n\ndef subtract(a, b):\n    return a - b\n"
NOTES = "# Notes\n\nsubtract was added\n"


@dataclass
class Bench:
    repo: GitRepo
    agent: LabAgent
    model: Model

    # ------------------------------------------------------------------ the agent

    def turn(
        self,
        prompt: str,
        *calls: ToolCall | tuple[ToolCall, ...],
        answer: str = "All done.",
        session: Session = "new",
        cwd: Path | None = None,
        before_answer: Callable[[], None] | None = None,
    ) -> Ran:
        """Let the agent answer `prompt` with one reply a call (or group) and then `answer`; fails if it did not."""
        self.script(prompt, *calls, answer=answer, before_answer=before_answer)
        ran = self.agent.turn(prompt, cwd or self.repo.path, session)
        self.model.check()
        assert ran.code == 0, f"{self.agent.name} -> {ran.code}\n{ran.out}\n{ran.err}"
        assert answer in ran.out, f"the plan was not played to its end\n{ran.out}\n{ran.err}"
        return ran

    def script(
        self,
        prompt: str,
        *calls: ToolCall | tuple[ToolCall, ...],
        answer: str = "All done.",
        before_answer: Callable[[], None] | None = None,
    ) -> None:
        """Teach the model what to say to `prompt`, whoever sends it."""
        groups = [call if isinstance(call, tuple) else (call,) for call in calls]
        replies = [Reply(f"Step {i}.", f"Thinking about step {i}.", group) for i, group in enumerate(groups, 1)]
        self.model.plan = {**self.model.plan, prompt: [*replies, Reply(answer, before=before_answer)]}

    def add_subtract(self, *more: ToolCall, root: Path | None = None) -> tuple[ToolCall, ...]:
        """The calls of the usual first turn: read, edit one file, make another, then `more`."""
        root = root or self.repo.path
        calc, line = root / "calc.py", "    return a + b\n"
        agent = self.agent
        return (agent.read(calc), agent.edit(calc, line, line + SUBTRACT), agent.write(root / "notes.md", NOTES), *more)

    def commit_call(self, message: str, then: str = "", flags: str = "") -> ToolCall:
        return self.agent.shell(f"git add -A && git commit {flags} -m '{message}'{then}")

    @property
    def conversation(self) -> str:
        """Native id of the only conversation there is."""
        (conversation,) = {self.agent.conversation_id(one) for one in self.agent.transcripts()}
        return conversation

    def records(self) -> list[dict[str, Any]]:
        """The only transcript's records, straight from the agent's store."""
        (transcript,) = self.agent.transcripts()
        return [json.loads(line) for line in transcript.read_text("utf-8").splitlines()]

    # ------------------------------------------------------------------ gitstory, as a person runs it

    def story(self, *args: str, cwd: Path | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["git", "story", *args],
            cwd=cwd or self.repo.path,
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "HOME": str(self.agent.home)},
            check=False,
        )
        assert not check or done.returncode == 0, f"git story {args} -> {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def show(self, revision: str = "HEAD", cwd: Path | None = None) -> dict[str, Any]:
        return dict(json.loads(self.story("show", "--json", revision, cwd=cwd).stdout))

    def blame(self, file: str, revision: str = "HEAD") -> list[dict[str, Any]]:
        said = self.story("blame", "--json", revision, "--", file).stdout
        return [json.loads(line) for line in said.splitlines()]

    def note(self, revision: str = "HEAD") -> str:
        return self.repo.git("log", "-1", "--notes=story", "--format=%N", revision)

    # ------------------------------------------------------------------ the person

    def commit_by_hand(self, message: str, *paths: str) -> str:
        self.repo.git("add", "--", *(paths or (".",)))
        self.repo.git("commit", "-q", "-m", message)
        return self.repo.git("rev-parse", "HEAD")


def strong_turns(conversation: dict[str, Any]) -> list[tuple[int, str, str]]:
    """(index, prompt, evidence) of the turns that are there for a reason, not as context."""
    return [(t["index"], t["prompt"], t["evidence"]) for t in conversation["turns"] if t["evidence"] != "context"]


def ranges(story: dict[str, Any], path: str) -> list[tuple[int, int]]:
    """Explained line ranges of one file, in order, adjacent ones of the same turn joined."""
    joined: list[tuple[int, int, Sequence[str]]] = []
    for file in story["files"]:
        for part in sorted(file["ranges"], key=lambda part: int(part["start"])) if file["path"] == path else ():
            owner = (part["conversation"], part["turn"])
            if joined and joined[-1][2] == owner and joined[-1][1] + 1 == part["start"]:
                joined[-1] = (joined[-1][0], part["end"], owner)
            else:
                joined.append((part["start"], part["end"], owner))
    return [(start, end) for start, end, _ in joined]
