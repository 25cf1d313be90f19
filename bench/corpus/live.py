"""Live mode: commits made anew through the real hooks, each with the transcripts cut at its time."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.commits import Commit
from corpus.gitcmd import git, git_bytes
from corpus.rebuild import Person, write_home
from corpus.story import Story
from corpus.unite import keyed


@dataclass
class Feed:
    """One transcript that grows: its lines with the latest time seen up to each, and how many are written."""

    path: Path
    lines: list[tuple[float, bytes]]
    done: int = 0

    def grow(self, until: float) -> None:
        """Appends what the agent had recorded by then; the file's time becomes that of its last record."""
        start = self.done
        while self.done < len(self.lines) and self.lines[self.done][0] <= until:
            self.done += 1
        if self.done > start:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as out:
                out.writelines(line + b"\n" for _, line in self.lines[start : self.done])
            time = self.lines[self.done - 1][0]
            os.utime(self.path, (time, time))


def feeds(home: Path) -> list[Feed]:
    """Reads the finished stores of a home, then empties them."""
    found = []
    for path in sorted(home.rglob("*.jsonl")):
        rows, latest = [], 0.0
        for _, time, line in keyed(path.read_bytes()):
            latest = max(latest, time)
            rows.append((latest, line))
        found.append(Feed(path, rows))
        path.unlink()
    return found


class Live:
    """A repository whose history is replayed. `named` maps the ids of commits made here to the original ones."""

    def __init__(self, clone: Path, person: Person, found: dict[str, Commit]) -> None:
        self.source, self.person, self.found = clone, person, found
        self.repo, self.home = clone.parent / "live", clone.parent / f"live-{person.slug}"
        self.named: dict[str, str] = {}
        self.made: dict[str, str] = {}

    def replay(self, limit: int) -> list[dict[str, Any]]:
        """Stories as recorded, under the original commit ids. `limit`: at most so many commits, the latest."""
        self.lay_out()
        story = Story(self.repo, self.home, self.person)
        story.reset()
        if (enabled := story.run("enable")).code:
            raise RuntimeError(f"git story enable: {enabled.code} {enabled.err[-2000:]}")
        growing = feeds(self.home)
        mine = [c for c in self.found.values() if c.email in self.person.emails and len(c.parents) < 2]
        mine = sorted(mine, key=lambda c: c.committed)[-limit:]
        for commit in mine:
            for feed in growing:
                feed.grow(commit.committed)
            self.commit(commit, story)
            story.run("drain")
        for feed in growing:
            feed.grow(float("inf"))
        if (drained := story.run("drain")).code:
            raise RuntimeError(f"git story drain: {drained.code} {drained.err[-2000:]}")
        kept = [row for row in story.log() if row["commit"] in self.named]
        return [row | {"commit": self.named[row["commit"]]} for row in kept]

    def lay_out(self) -> None:
        if self.repo.exists():
            shutil.rmtree(self.repo)
        git(self.source, "clone", "--quiet", "--shared", "--no-checkout", ".", str(self.repo))
        git(self.repo, "remote", "remove", "origin")
        git(self.repo, "symbolic-ref", "HEAD", "refs/heads/live")
        write_home(self.person, self.repo, self.home)

    def commit(self, commit: Commit, story: Story) -> None:
        """`git commit` with the original tree, parent, message, names and dates: mostly the original id comes out."""
        if commit.parents:
            parent = self.made.get(commit.parents[0], commit.parents[0])
            git(self.repo, "update-ref", "refs/heads/live", parent)
        git(self.repo, "read-tree", f"{commit.oid}^{{tree}}", check=False)
        raw = git_bytes(self.source, "cat-file", "commit", commit.oid)
        head, _, message = raw.partition(b"\n\n")
        environ = story.environ | identity(head.decode(errors="replace"))
        call = ["git", "commit", "--quiet", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim", "-F", "-"]
        subprocess.run(call, cwd=self.repo, env=environ, input=message, capture_output=True, check=False)
        made = git(self.repo, "rev-parse", "refs/heads/live").strip()
        self.named[made], self.made[commit.oid] = commit.oid, made


def identity(head: str) -> dict[str, str]:
    """GIT_AUTHOR_* and GIT_COMMITTER_* as a commit's header has them."""
    found = {}
    for line in head.splitlines():
        role, _, rest = line.partition(" ")
        if role in ("author", "committer"):
            name, _, tail = rest.partition(" <")
            email, _, date = tail.partition("> ")
            key = f"GIT_{role.upper()}"
            found |= {f"{key}_NAME": name, f"{key}_EMAIL": email, f"{key}_DATE": f"@{date}"}
    return found
