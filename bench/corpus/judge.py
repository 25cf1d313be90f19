"""What one person's transcripts can say about a claimed link or line: certain, possible, or impossible."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from pathlib import Path

from corpus.commits import Commit
from corpus.gitcmd import blobs
from corpus.labels import COMMITS, Index, Labels, TurnKey, telling
from corpus.landed import Landed, loose
from corpus.rebuild import Person


class Judge:
    """Lookups over one person's conversations. `talk_of` finds a talk by any id gitstory may call it by."""

    def __init__(self, clone: Path, person: Person, own: Index, labels: Labels, found: dict[str, Commit]) -> None:
        self.clone = clone
        self.person, self.index, self.labels, self.found = person, own, labels, found
        self.talk_of: dict[str, int] = {}
        for number, talk in enumerate(person.talks):
            self.talk_of[talk.id] = number
        self.turn_of: dict[str, TurnKey] = {}
        for number, talk in enumerate(person.talks):
            for order, turn in enumerate(talk.turns):
                for ident in turn.ids:
                    if len(ident) > 12:
                        self.turn_of.setdefault(ident, TurnKey(number, order))
        self.landed = Landed(person, found)
        self._told: dict[int, str] = {}
        self._old: dict[str, set[tuple[str, str]]] = {}
        self._squeezed: dict[int, str] = {}
        self._turns: dict[TurnKey, str] = {}

    @cached_property
    def certain_lines(self) -> dict[tuple[str, int], int]:
        """(commit, talk) -> how many certain lines."""
        counted: dict[tuple[str, int], int] = defaultdict(int)
        for oid, _, _, _, key in self.labels.lines:
            counted[oid, key.talk] += 1
        return counted

    @cached_property
    def certain_commands(self) -> dict[tuple[str, int], bool]:
        """(commit, talk) -> whether the commit's id itself was printed (else only its subject agrees)."""
        made: dict[tuple[str, int], bool] = {}
        for label in self.labels.made:
            at = (label.commit, label.key.talk)
            made[at] = made.get(at, False) or label.sure
        return made

    def squeezed(self, talk: int) -> str:
        """All a conversation put into tools, loosened: writes, commands, other calls' arguments."""
        if talk not in self._squeezed:
            said = self.person.talks[talk]
            parts = [line for write in said.writes for line in write.added]
            parts += [shell.command for shell in said.shells] + [text for _, text in said.other]
            self._squeezed[talk] = loose("\n".join(parts))
        return self._squeezed[talk]

    def turn_text(self, key: TurnKey) -> str:
        if key not in self._turns:
            said = self.person.talks[key.talk]
            parts = [line for write in said.writes if write.turn == key.turn for line in write.added]
            for shell in said.shells:
                if shell.turn == key.turn:
                    parts += [shell.command, shell.output]
            parts += [text for turn, text in said.other if turn == key.turn]
            self._turns[key] = loose("\n".join(parts))
        return self._turns[key]

    def link(self, commit: Commit, talk: int) -> tuple[str, str]:
        """(verdict, reason) on "this conversation belongs to this commit".

        `right`: certain. `likely`: it wrote or removed lines of it that no earlier commit had taken, or its shell
        named the commit. `weak`: only lines that the file had before anyway. `open`: lines elsewhere, or only a file's
        name. `wrong`: nothing supports it, all its lines had landed in earlier commits, or it began afterwards.
        """
        if self.certain_lines.get((commit.oid, talk)):
            return "right", f"{self.certain_lines[commit.oid, talk]} certain lines"
        if (commit.oid, talk) in self.labels.shared:
            return "right", "lines that only this conversation wrote"
        if (commit.oid, talk) in self.certain_commands:
            return "right", "its shell made the commit"
        said = self.person.talks[talk]
        if said.started > commit.committed + 1:
            return "wrong", "the conversation began after the commit"
        if any(commit.oid[:7] in shell.output for shell in said.shells if COMMITS.search(shell.command)):
            return "likely", "the output of its git commit names the commit"
        return self._by_lines(commit, talk) or self._by_names(commit, talk)

    def _by_lines(self, commit: Commit, talk: int) -> tuple[str, str] | None:
        fresh, stale, landed = 0, 0, 0
        for path, rows in commit.added.items():
            for _, text in rows:
                left = self.landed.left(commit, path, text, talk) if telling(text) else None
                if left == 0:
                    landed += 1
                elif left and (path, text) in self.old(commit):
                    stale += 1
                elif left:
                    fresh += 1
        gone = [(p, t) for p, rows in commit.removed.items() for _, t in rows if telling(t)]
        lefts = [self.landed.left(commit, p, t, talk, removal=True) for p, t in gone]
        took = sum(bool(left) for left in lefts)
        if fresh or took > 1:
            return "likely", f"wrote {fresh} new lines and removed {took} lines that no earlier commit took"
        told = self.told(commit, talk)
        if told > 2:
            return "likely", f"its subagents were told {told} new lines of it"
        if stale or took:
            return "weak", f"only {stale} lines that the file had before anyway, {took} removed"
        if landed or any(left == 0 for left in lefts):
            return "wrong", f"all {landed} of its lines had landed in earlier commits"
        return None

    def told(self, commit: Commit, talk: int) -> int:
        """How many new lines of the commit stand in other calls, as in what a subagent was asked to write."""
        if talk not in self._told:
            self._told[talk] = loose("\n".join(text for _, text in self.person.talks[talk].other))
        new = [t for p, rows in commit.added.items() for _, t in rows if telling(t) and (p, t) not in self.old(commit)]
        return sum(loose(text) in self._told[talk] for text in new)

    def old(self, commit: Commit) -> set[tuple[str, str]]:
        """(path, line) of the first parent's version of the files the commit changes."""
        if commit.oid not in self._old:
            names = {f"{parent}:{commit.moved.get(p, p)}": p for parent in commit.parents[:1] for p in commit.added}
            self._old = {commit.oid: set()}
            for name, data in blobs(self.clone, names):
                for row in (data or b"").decode(errors="replace").split("\n"):
                    self._old[commit.oid].add((names[name], row.rstrip("\r")))
        return self._old[commit.oid]

    def _by_names(self, commit: Commit, talk: int) -> tuple[str, str]:
        said = self.person.talks[talk]
        new = [t for p, rows in commit.added.items() for _, t in rows if telling(t) and (p, t) not in self.old(commit)]
        if any(loose(text) in self.squeezed(talk) for text in new):
            return "open", "its tool calls contain new lines of the commit, elsewhere or in a command"
        paths = [*commit.added, *commit.removed, *commit.moved, *commit.moved.values()]
        commands = "\n".join(shell.command for shell in said.shells)
        if any(path in commands or path.rsplit("/", 1)[-1] in commands for path in paths):
            return "open", "a shell call names a file of the commit"
        edited = {self.person.roots.relative(write.path) for write in said.writes if self.person.roots}
        if edited & set(paths):
            return "open", "it edited a file of the commit, but no line agrees"
        return "wrong", "no line, no command, no file"
