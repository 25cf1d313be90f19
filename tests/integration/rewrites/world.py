"""Random histories with random rewrites, and a model that only remembers who first put each line anywhere.

Every line is unique, so that the model needs to know nothing of diffs or history: a line that stands in a file is its
writer's, however it came there. Git is real, the hooks are real, the agent's transcripts are real files.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

from msgspec import Struct

from tests.claude_session import ClaudeSession
from tests.integration.rewrites.stage import Stage, told

FILES = ("a.txt", "b.txt", "c.txt")
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


class Count(Struct):
    """Lines of agents that kept their turn, that lost it, and lines given to somebody who did not write them.

    `again` counts lost ones that an earlier commit behind theirs had added already: a resolved conflict brought them
    back or doubled them, which is no work of the turn's.
    """

    kept: int = 0
    lost: int = 0
    again: int = 0
    wrong: int = 0
    persons: int = 0

    def add(self, other: Count) -> None:
        self.kept += other.kept
        self.lost += other.lost
        self.again += other.again
        self.wrong += other.wrong
        self.persons += other.persons

    def __str__(self) -> str:
        share = 100 * self.kept / max(1, self.kept + self.lost + self.wrong)
        return (
            f"{self.kept} agent lines kept their turn ({share:.2f} %), {self.lost} unknown "
            f"({self.again} of them brought back or doubled by a resolution), {self.wrong} wrong; "
            f"{self.persons} lines of persons stayed theirs"
        )


class World:
    """`settings`: whether transcripts are deleted as soon as what they hold is committed and recorded."""

    def __init__(self, path: Path, home: Path, seed: int, *, gone: bool) -> None:
        self.random = Random(seed)
        self.stage = Stage(path, home, gone=False)
        self.home = home
        self.gone = gone
        self.writer: dict[str, str | None] = {}
        self.serial = 0
        self.branches = ["main"]
        self.sessions: list[ClaudeSession] = []
        self.did: list[str] = []
        for name in FILES:
            self.stage.repo.write(name, "".join(f"{self._line(None)}\n" for _ in range(12)))
        self._git("add", "-A")
        self._git("commit", "-q", "-m", "files")
        self.root = self.stage.head("HEAD^")
        told(self.stage.path, "drain")

    # -- who writes what

    def _line(self, writer: str | None) -> str:
        self.serial += 1
        said = self.random.choice(("value", "total", "result", "index", "name of", "list of", "half the"))
        text = f"{said} thing {self.serial} is computed in step {self.random.randint(1, 99999)}"
        self.writer[text] = writer
        return text

    def _spliced(self, name: str, writer: str | None) -> tuple[str, str]:
        """The file now, and with a few lines replaced somewhere."""
        before = (self.stage.path / name).read_text()
        lines = before.splitlines()
        at = self.random.randint(0, len(lines))
        gone = self.random.randint(0, min(2, len(lines) - at)) if self.random.random() < 0.5 else 0
        lines[at : at + gone] = [self._line(writer) for _ in range(self.random.randint(1, 4))]
        return before, "".join(f"{line}\n" for line in lines)

    def agent_edits(self) -> None:
        if len(self.sessions) < 2:
            self.sessions.append(ClaudeSession(self.home, self.stage.path, self.stage.time))
        session = self.random.choice(self.sessions)
        session.time = max(session.time, self.stage.time)
        turn = session.prompt(f"Change number {self.serial}")
        for _ in range(self.random.randint(1, 3)):
            name = self.random.choice(FILES)
            before, after = self._spliced(name, turn)
            if self.random.random() < 0.4:
                session.write(name, after)
            else:
                _edit(session, name, before, after)
        self.stage.time = max(self.stage.time, session.time) + self.random.randint(1, 60)

    def person_edits(self) -> None:
        name = self.random.choice(FILES)
        (self.stage.path / name).write_text(self._spliced(name, None)[1])
        self.stage.time += self.random.randint(1, 60)

    def work(self) -> None:
        self.random.choice((self.agent_edits, self.agent_edits, self.person_edits))()

    # -- git

    def _git(self, *args: str, check: bool = True, todo: str = "") -> str:
        return self.stage.git(*args, check=check, todo=todo)

    def _dirty(self) -> bool:
        return bool(self._git("status", "--porcelain"))

    def commit_all(self) -> None:
        if self._dirty():
            self._git("add", "-A")
            self._git("commit", "-q", "-m", f"change {self.serial}")

    def commit_part(self) -> None:
        """As `git add -p`: of one file, the new lines before some place."""
        self._stage_part()
        if self._git("diff", "--cached", "--name-only"):
            self._git("commit", "-q", "-m", f"a part {self.serial}")

    def _stage_part(self) -> None:
        name = self.random.choice(FILES)
        head = set(self._git("show", f"HEAD:{name}").splitlines())
        lines = (self.stage.path / name).read_text().splitlines()
        cut = self.random.randint(0, len(lines))
        part = "".join(f"{line}\n" for n, line in enumerate(lines) if n < cut or line in head)
        oid = self.stage.repo.git("hash-object", "-w", "--stdin", input=part.encode())
        self._git("update-index", "--cacheinfo", f"100644,{oid},{name}")

    def switch(self) -> None:
        self.commit_all()
        if len(self.branches) < 4 and self.random.random() < 0.6:
            self.branches.append(f"branch-{len(self.branches)}")
            self._git("checkout", "-q", "-b", self.branches[-1])
        else:
            self._git("checkout", "-q", self.random.choice(self.branches))

    def _other(self) -> str | None:
        here = self._git("rev-parse", "--abbrev-ref", "HEAD")
        others = [name for name in self.branches if name != here]
        return self.random.choice(others) if others else None

    def _own(self, most: int = 5) -> list[str]:
        """The last commits, oldest first, as far back as history is a line and can be done again."""
        listed = self._git("rev-list", "--first-parent", "--parents", f"--max-count={most}", "HEAD").splitlines()
        own: list[str] = []
        for entry in listed:
            # The first commit of the files holds what everything else builds on.
            if len(entry.split()) != 2 or entry.split()[1] == self.root:
                break
            own.append(entry.split()[0])
        return own[: self.random.randint(1, most)][::-1]

    # -- rewrites; each begins with a clean tree

    def amend(self) -> None:
        for _ in range(self.random.randint(1, 3)):
            if self.random.random() < 0.7:
                self.work()
            if self.random.random() < 0.4:
                self._stage_part()
            else:
                self._git("add", "-A")
            self._git("commit", "-q", "--amend", "-m", f"amended {self.serial}")
        self.commit_all()

    def rebase(self) -> None:
        onto = self._other()
        if onto is not None:
            merges = ["--rebase-merges"] if self.random.random() < 0.3 else []
            self._through("rebase", *merges, onto)

    def rebase_interactively(self) -> None:
        own = self._own()
        if len(own) < 2:
            return
        plan = [[self.random.choice(("pick", "pick", "squash", "fixup", "drop", "reword", "edit")), oid] for oid in own]
        if self.random.random() < 0.5:
            self.random.shuffle(plan)
        plan[0][0] = self.random.choice(("pick", "edit"))
        todo = "".join(f"{what} {oid}\n" for what, oid in plan)
        self._through("rebase", "-i", f"{own[0]}^", todo=todo)

    def cherry_pick(self) -> None:
        other = self._other()
        picked = self._git("rev-list", "--no-merges", "--max-count=6", f"HEAD..{other}").split() if other else []
        if picked:
            self._through("cherry-pick", *self.random.sample(picked, min(len(picked), self.random.randint(1, 2))))

    def squash(self) -> None:
        other = self._other()
        if other is None:
            return
        self._git("merge", "-q", "--squash", other, check=False)
        self._resolve()
        if self._dirty():
            server = ["-c", "user.name=Some Server", "-c", "user.email=server@example.com"]
            self._git(*(server if self.random.random() < 0.5 else []), "commit", "-q", "-m", f"squash of {other}")

    def merge(self) -> None:
        other = self._other()
        if other is not None:
            self._git("merge", "-q", "--no-ff", "-m", f"merge {other}", other, check=False)
            if self._resolve():
                self._git("commit", "-q", "-m", f"merge {other}")

    def reset_softly(self) -> None:
        own = self._own()
        self._git("reset", "-q", self.random.choice(("--soft", "--mixed")), f"{own[0]}^") if own else None
        if self.random.random() < 0.5:
            self.work()
        if self.random.random() < 0.5:
            self.commit_part()
        self.commit_all()

    def stash_across(self) -> None:
        other = self._other()
        self.work()
        if other is None or not self._dirty():
            return self.commit_all()
        self._git("stash", "-q")
        self._git("checkout", "-q", other)
        self._git("stash", "pop", "-q", check=False)
        if self._resolve():
            self._git("stash", "drop", "-q", check=False)
        self.commit_all()
        return None

    def prune(self) -> None:
        self._git("reflog", "expire", "--expire=now", "--all")
        self._git("gc", "-q", "--prune=now")

    def _through(self, *args: str, todo: str = "") -> None:
        """Start something that may stop at conflicts or at `edit`, and see it through, skip or give up."""
        self._git(*args, check=False, todo=todo)
        kind = args[0]
        for _ in range(40):
            if not self._stopped():
                return
            unmerged = bool(self._git("diff", "--name-only", "--diff-filter=U"))
            way = self.random.random()
            if unmerged and way < 0.1:
                self._git(kind, "--abort")
            elif unmerged and way < 0.25:
                self._git(kind, "--skip", check=False)
            else:
                if not self._resolve() and kind == "rebase" and not self._dirty():
                    self._at_edit()
                self._go_on(kind)
        raise AssertionError(f"{args} never ends: {self._git('status')}")

    def _go_on(self, kind: str) -> None:
        before = self._git("status", "--porcelain")
        self._git(kind, "--continue", check=False)
        if self._stopped() and not before and not self._dirty():
            # Nothing was left of this commit.
            self._git(kind, "--skip", check=False)

    def _at_edit(self) -> None:
        """Stopped at a commit: split it, add to it, or leave it."""
        way = self.random.random()
        if way < 0.35:
            self._git("reset", "-q", "HEAD^")
            self.commit_part()
            self.commit_all()
        elif way < 0.7:
            self.work()
            self._git("commit", "-q", "-a", "--amend", "--no-edit")

    def _stopped(self) -> bool:
        directory = Path(self._git("rev-parse", "--absolute-git-dir"))
        return any((directory / n).exists() for n in ("rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD"))

    def _resolve(self) -> bool:
        """Keep both sides of every conflict, with now and then a line of the person's or the agent's between."""
        names = self._git("diff", "--name-only", "--diff-filter=U").split()
        for name in names:
            path = self.stage.path / name
            lines = [line for line in path.read_text().splitlines() if not line.startswith(_CONFLICT)]
            seen: set[str] = set()
            both = [line for line in lines if not (line in seen or seen.add(line))]  # type: ignore[func-returns-value]
            way = self.random.random()
            if way < 0.4:
                self._agent_resolves(name, both)
            elif way < 0.7:
                both.insert(self.random.randint(0, len(both)), self._line(None))
                path.write_text("".join(f"{line}\n" for line in both))
            else:
                path.write_text("".join(f"{line}\n" for line in both))
            self._git("add", name)
        return bool(names)

    def _agent_resolves(self, name: str, both: list[str]) -> None:
        if not self.sessions:
            self.sessions.append(ClaudeSession(self.home, self.stage.path, self.stage.time))
        session = self.random.choice(self.sessions)
        session.time = max(session.time, self.stage.time)
        turn = session.prompt(f"Resolve the conflict in {name}")
        both.insert(self.random.randint(0, len(both)), self._line(turn))
        session.write(name, "".join(f"{line}\n" for line in both))
        self.stage.time = max(self.stage.time, session.time)

    # -- a life, and what gitstory says of it

    def rewrites(self) -> list[Callable[[], None]]:
        return [
            self.amend,
            self.rebase,
            self.rebase_interactively,
            self.rebase_interactively,
            self.cherry_pick,
            self.squash,
            self.merge,
            self.reset_softly,
            self.stash_across,
            self.prune,
        ]

    def live(self, rewrites: int) -> Count:
        """Work and commit a while, rewrite, compare; `rewrites` times over."""
        total = Count()
        for _ in range(rewrites):
            for _ in range(self.random.randint(1, 4)):
                self.random.choice((self.work, self.work, self.commit_all, self.commit_part, self.switch))()
            self.commit_all()
            self._record()
            rewrite = self.random.choice(self.rewrites())
            self.did.append(rewrite.__name__)
            rewrite()
            assert not self._dirty(), f"{rewrite.__name__} left {self._git('status', '--porcelain')}"
            told(self.stage.path, "drain")
            total.add(self.compare())
        return total

    def _record(self) -> None:
        told(self.stage.path, "drain")
        if self.gone and self.random.random() < 0.7:
            for session in self.sessions:
                session.path.unlink(missing_ok=True)
            self.sessions = []

    def compare(self) -> Count:
        found = Count()
        for branch in self.branches:
            for name in FILES:
                said = told(self.stage.path, "blame", "--json", branch, "--", name).out
                for line in map(json.loads, said.splitlines()):
                    self._judge(found, branch, name, line)
        return found

    def _judge(self, found: Count, branch: str, name: str, line: dict[str, str | None]) -> None:
        text, turn = line["text"] or "", line["turn"]
        if text not in self.writer:
            raise AssertionError(f"no such line: {text} in {branch}:{name}")
        writer = self.writer[text]
        if turn == writer:
            found.kept += writer is not None
            found.persons += writer is None
            return
        if turn is None:
            found.lost += 1
            before = self._git("log", "-1", "--format=%h", f"-S{text}", f"{line['commit']}^", "--", name)
            found.again += bool(before)
        else:
            found.wrong += 1
        self.did.append(f"  {branch}:{name}:{line['line']} {line['commit']} says {turn}, is {writer}: {text}")


def _edit(session: ClaudeSession, name: str, before: str, after: str) -> None:
    """The change as an Edit of the lines around it; lines are unique, so the old text is found where it is meant."""
    old, new = before.splitlines(), after.splitlines()
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    low, high = max(0, start - 1), max(0, end - 1)
    told_old = "".join(f"{line}\n" for line in old[low : len(old) - high])
    told_new = "".join(f"{line}\n" for line in new[low : len(new) - high])
    if told_old:
        session.edit(name, told_old, told_new)
    else:
        session.write(name, after)
