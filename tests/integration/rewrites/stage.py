"""A repository with the real hooks, an agent and a person in it, where history is about to be rewritten."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from pathlib import Path
from typing import Any

from tests.claude_session import ClaudeSession
from tests.cli import Said
from tests.cli import story as git_story
from tests.gitrepo import GitRepo

NOON = 1_780_000_000
BASE = "".join(f"line number {n} of the base\n" for n in range(1, 21))
_PROGRAM = re.compile(r"^gitstory_program=.*$", re.MULTILINE)

Owned = list[tuple[str, str | None]]
"""Each line of a file with the turn `git story blame` names for it."""


def told(where: Path, *args: str) -> Said:
    """`git story ARGS`, which must succeed."""
    said = git_story(where, *args)
    assert said.code == 0, (args, said.out, said.err)
    return said


def enable(repo: GitRepo, *, worker: bool = False) -> None:
    """`git story enable`. Unless `worker`, the hooks spool as ever but what they start does nothing."""
    told(repo.path, "enable")
    hooks = Path(repo.git("rev-parse", "--path-format=absolute", "--git-path", "hooks"))
    for name in () if worker else ("post-commit", "post-merge", "post-rewrite"):
        hook = hooks / name
        hook.write_text(_PROGRAM.sub("gitstory_program='/bin/true'", hook.read_text()))


class Stage:
    """The repository `path`, one session of an agent, and a clock that both follow.

    With `gone`, `settle` deletes every transcript once it is recorded: only the store remembers from then on.
    """

    def __init__(self, path: Path, home: Path, *, gone: bool, args: tuple[str, ...] = (), worker: bool = False) -> None:
        self.home = home
        self.gone = gone
        self.repo = GitRepo.init(path, *args)
        self.path = path
        self.time = NOON
        self.repo.commit("base", {"base.txt": BASE, "README.md": "# project\n"}, at=NOON - 1000)
        enable(self.repo, worker=worker)
        self.session = self.new_session()

    def new_session(self) -> ClaudeSession:
        return ClaudeSession(self.home, self.path, self.time)

    def git(self, *args: str, check: bool = True, todo: str = "", **env: str) -> str:
        """git at this moment of the clock; authors' dates are git's own affair, `todo` is what rebase shall do."""
        self.time += 10
        self.repo.time = None
        saved = dict(os.environ)
        os.environ.update(env, GIT_COMMITTER_DATE=f"@{self.time} +0000")
        if "commit" in args or "merge" in args or "revert" in args or "stash" in args:
            os.environ["GIT_AUTHOR_DATE"] = f"@{self.time} +0000" if "--amend" not in args else ""
        if not os.environ.get("GIT_AUTHOR_DATE"):
            os.environ.pop("GIT_AUTHOR_DATE", None)
        if todo:
            plan = self.home / "todo"
            plan.write_text(todo)
            os.environ["GIT_SEQUENCE_EDITOR"] = f"cp {shlex.quote(str(plan))}"
        try:
            return self.repo.git(*args, check=check)
        finally:
            os.environ.clear()
            os.environ.update(saved)

    def turn(self, prompt: str) -> str:
        self.time += 10
        self.session.time = max(self.session.time, self.time)
        return self.session.prompt(prompt)

    def put(self, name: str, after: str, text: str) -> None:
        """The agent adds `text` below the line `after`."""
        self.session.edit(name, f"{after}\n", f"{after}\n{text}\n")
        self.time = max(self.time, self.session.time)

    def typed(self, name: str, after: str, text: str) -> None:
        """A person does."""
        path = self.path / name
        path.write_text(path.read_text().replace(f"{after}\n", f"{after}\n{text}\n", 1))

    def write(self, name: str, text: str) -> None:
        self.session.write(name, text)
        self.time = max(self.time, self.session.time)

    def commit(self, message: str = "change", *args: str) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message, *args)
        return self.head()

    def head(self, rev: str = "HEAD") -> str:
        return self.repo.git("rev-parse", rev)

    def drain(self) -> None:
        told(self.path, "drain")

    def settle(self) -> None:
        """All that was done so far is recorded; then, where transcripts shall be gone, they go."""
        self.drain()
        if self.gone:
            for transcript in (self.home / ".claude").rglob("*.jsonl"):
                transcript.unlink()
            self.session = self.new_session()

    def show(self, rev: str = "HEAD", where: Path | None = None) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(told(where or self.path, "show", "--json", rev).out)
        return found

    def links(self, rev: str = "HEAD", where: Path | None = None) -> dict[str, str]:
        return {one["id"]: one["evidence"] for one in self.show(rev, where)["conversations"]}

    def turns(self, rev: str = "HEAD", where: Path | None = None) -> set[str]:
        """The turns that wrote lines of a commit."""
        files = self.show(rev, where)["files"]
        return {one["turn"] for file in files for one in (*file["ranges"], *file["removed"])}

    def carried(self, rev: str = "HEAD", where: Path | None = None) -> set[str]:
        return set(self.show(rev, where)["carried_from"])

    def blame(self, name: str, rev: str = "HEAD", where: Path | None = None) -> Owned:
        said = told(where or self.path, "blame", "--json", rev, "--", name).out
        return [(one["text"], one["turn"]) for one in map(json.loads, said.splitlines())]

    def owners(self, name: str, rev: str = "HEAD", where: Path | None = None) -> dict[str, str]:
        """text -> turn of the lines of a file that have one."""
        return {text: turn for text, turn in self.blame(name, rev, where) if turn is not None}


PYTHON = shlex.quote(sys.executable)
