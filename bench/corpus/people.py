"""Which conversations belong to which person: by the authors of the commits that name their checkpoints."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from corpus.gitcmd import git
from corpus.values import Version

NAMED = re.compile(r"^\s*\W*Entire-Checkpoint: ([0-9a-zA-Z]{6,30})\s*$", re.MULTILINE)
NOBODY = re.compile(
    r"\[bot\]|@local$|noreply@anthropic|copilot@|^cli@entire\.io$|@test\.com$|^bot@|noreply@github\.com$|^$"
)


class People:
    """Persons as clusters of e-mails. `main` of an e-mail is the cluster's most used one."""

    def __init__(self, repo: Path, pairs: Iterable[tuple[str, str]]) -> None:
        self.used: Counter[str] = Counter()
        self.names: dict[str, Counter[str]] = defaultdict(Counter)
        self.of_checkpoint: dict[str, Counter[str]] = defaultdict(Counter)
        self.parent: dict[str, str] = {}
        code = ["--exclude=refs/*entire/*", "--all", "--format=%x01%ae%x00%an%x00%B", "--no-notes"]
        for row in git(repo, "log", *code).split("\x01")[1:]:
            email, name, body = row.split("\x00", 2)
            self.used[email] += 1
            self.names[email][name] += 1
            for checkpoint in NAMED.findall(body):
                self.of_checkpoint[checkpoint][email] += 1
        self._join(pairs)
        self.merged = Counter(git(repo, "log", "--format=%ae", "HEAD").split())

    def _join(self, pairs: Iterable[tuple[str, str]]) -> None:
        owners: dict[str, str] = {}
        for email, names in self.names.items():
            for name in names:
                if " " in name and not NOBODY.search(email) and len(name) > 5 and "[bot]" not in name:
                    self._union(owners.setdefault(name.lower(), email), email)
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for checkpoint, author in pairs:
            for email in self.of_checkpoint.get(checkpoint, {}):
                votes[author][email] += 1
        for author, counts in votes.items():
            email, count = counts.most_common(1)[0]
            if count * 4 > 3 * sum(counts.values()) and not NOBODY.search(author) and not NOBODY.search(email):
                self._union(author, email)

    def _find(self, email: str) -> str:
        while self.parent.get(email, email) != email:
            email = self.parent[email]
        return email

    def _union(self, one: str, other: str) -> None:
        self.parent[self._find(one)] = self._find(other)

    def cluster(self, email: str) -> set[str]:
        root = self._find(email)
        return {e for e in {*self.used, *self.parent, email} if self._find(e) == root}

    def main(self, email: str) -> str:
        return max(sorted(self.cluster(email)), key=lambda e: (self.merged[e], self.used[e]))

    def owner(self, copies: list[Version]) -> str:
        """The person of a conversation: most named by its checkpoints' commits, else who stored the checkpoints."""
        votes: Counter[str] = Counter()
        for copy in copies:
            for email, count in self.of_checkpoint.get(copy.checkpoint, {}).items():
                if not NOBODY.search(email):
                    votes[self.main(email)] += count
        if not votes:
            votes.update(self.main(copy.author) for copy in copies if copy.author and not NOBODY.search(copy.author))
        return votes.most_common(1)[0][0] if votes else "unknown"

    def dominant(self) -> str:
        """Who wrote most of the code, where nobody else comes near; else "unknown"."""
        votes: Counter[str] = Counter()
        for email, count in self.used.items():
            if not NOBODY.search(email):
                votes[self.main(email)] += count
        best = votes.most_common(1)
        return best[0][0] if best and best[0][1] * 2 > sum(votes.values()) else "unknown"
