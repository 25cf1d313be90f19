"""Stories of commits that were made from other commits: squashed, rebased, cherry-picked, here or on a server.

No hook runs for a squash on a server. But the conversations in stories of the squashed commits are in
the store, with their edits; replaying those against the new commit, by the same code that links commits to the agents'
own transcripts, shows which lines are theirs. No transcript, no old commit and no ref of a pull request is needed.

A commit is believed to carry a story only if the same turns explain a commit that is not among its ancestors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from gitstory.attribution.committing_turn import Commands
from gitstory.attribution.conversation_trace import trace
from gitstory.attribution.line_ids import Lines
from gitstory.attribution.link import Candidate
from gitstory.attribution.timeline import Placed
from gitstory.git.changed_files import Commit, read_commits
from gitstory.git.repo import Repo
from gitstory.linking.blob_lines import Blobs
from gitstory.linking.linker import Evidence, link_all
from gitstory.model import Link, Story
from gitstory.rewrites.candidate_conversations import apart, could_carry, possible_sources
from gitstory.rewrites.commit_copies import twins
from gitstory.store.link_overrides import as_decided, merge_decisions
from gitstory.store.record_index.index import Key, RecordIndex, TurnKey
from gitstory.store.store import StoryStore

_LOOKED_BACK = 400
_SAME_AUTHOR = 0.5
_OTHER_AUTHOR = 0.8
"""The share of the lines of the commits it was made from that a commit must still have."""
_LEAST_OF_OTHERS = 2
_MOST_SOURCES = 50
"""Most commits named as the origin of one; of a larger squash, these are named."""


class Carrier:
    """Finds carried stories by what the store knows; writes nothing."""

    def __init__(self, repo: Repo, store: StoryStore) -> None:
        self._repo = repo
        self._store = store

    @property
    def _recorded(self) -> RecordIndex:
        return self._store.index

    def carry(self, commits: Sequence[Commit], examined: Callable[[Key], bool] | None = None) -> list[Story]:
        """What `commits` carry from others; none for those nothing speaks for.

        With `examined`, the commits were made on this machine and linked with the transcripts that are left here; the
        conversations it holds for are left out. What is stored of the others stands for their transcripts then: a
        part of their lines is proof enough, as a commit may be split.
        """
        done = examined or (lambda key: False)
        wanted = {
            commit.oid: {key for key in could_carry(self._repo, self._recorded, commit) if not done(key)}
            for commit in commits
        }
        near = [commit for commit in commits if wanted[commit.oid]]
        keys = {key for commit in near for key in wanted[commit.oid]}
        keys = possible_sources(self._repo, self._recorded, keys, near)
        near = [commit for commit in near if keys & wanted[commit.oid]]
        if not near:
            return []
        lines = Lines()
        candidates, edits = self._edits(keys, lines)
        if not edits:
            return []
        by = Evidence(candidates, edits, Blobs(self._repo, lines), lines)
        linked_commits = link_all(self._repo, near, self._history(near, edits), by, Commands())
        times = {commit.oid: commit.committer_time for commit in near}
        carried = [linked.story for linked in linked_commits]
        here = examined is not None
        proven = [story for one in carried if (story := self._proven(one, times[one.commit], here)) is not None]
        return self._as_decided(proven, near)

    def _as_decided(self, stories: list[Story], commits: Sequence[Commit]) -> list[Story]:
        """Without what a person untied from commits that these are copies of."""
        copies = twins(self._repo, self._recorded.decided(), commits) if stories else {}
        words = self._store.stories({one for others in copies.values() for one in others})
        result = []
        for story in stories:
            copied = [words[one] for one in copies.get(story.commit, ()) if one in words]
            decisions = merge_decisions((), (each for one in copied for each in one.decisions))
            left = as_decided(replace(story, decisions=decisions))
            result += [replace(left, decisions=())] if left.links else []
        return result

    def _edits(self, keys: Iterable[Key], lines: Lines) -> tuple[list[Candidate], list[Placed]]:
        candidates: list[Candidate] = []
        edits: list[Placed] = []
        for key in sorted(keys):
            stored = self._store.conversation(*key)
            if stored is None:
                continue
            reduced = trace(stored, lines)
            number = len(candidates)
            candidates.append(Candidate(reduced))
            edits += [
                Placed(number, serial, "", edit.path, edit, edit.moved_from)
                for serial, edit in enumerate(reduced.edits)
                if not edit.path.startswith(("/", "~"))
            ]
        return candidates, edits

    def _history(self, commits: Sequence[Commit], edits: Sequence[Placed]) -> list[Commit]:
        first = min(placed.edit.time for placed in edits)
        parents = sorted({parent for commit in commits for parent in commit.parents})
        if not parents:
            return []
        bounds = [f"--since=@{int(first)}", f"--max-count={_LOOKED_BACK + len(commits)}"]
        return read_commits(self._repo, [*bounds, *parents])

    def _proven(self, story: Story, time: float, here: bool) -> Story | None:
        """Only links that hold most of what their turns wrote in commits not behind this one; those are named."""
        commits = {
            commit for link in story.links for turn in self._turns(link) for commit in self._recorded.lines_of(turn)
        }
        times = apart(self._repo, self._recorded, commits, [story.commit])
        aside = {commit for commit, committed in times.items() if committed <= time}
        kept = [one for one in story.links if self._holds(one, story.author, aside, here)]
        if not kept:
            return None
        named = {c for one in kept for turn in self._turns(one) for c in self._recorded.lines_of(turn) if c in aside}
        keys = {(one.agent, one.conversation) for one in kept}
        files = tuple(
            replace(
                file,
                ranges=tuple(piece for piece in file.ranges if (piece.agent, piece.conversation) in keys),
                removed=tuple(piece for piece in file.removed if (piece.agent, piece.conversation) in keys),
            )
            for file in story.files
        )
        files = tuple(file for file in files if file.ranges or file.removed)
        return replace(story, links=tuple(kept), files=files, carried_from=tuple(sorted(named)[:_MOST_SOURCES]))

    def _holds(self, link: Link, author: str, aside: set[str], here: bool) -> bool:
        """Whether a commit was made from those `aside`, and does not merely share some lines with them.

        A squash has all that its commits had and that was not changed since. Another author than theirs may have
        squashed them, but then nearly everything must be there.
        """
        lines = {turn.id: turn.lines for turn in link.turns if turn.evidence == "lines"}
        had, has, authors = 0, 0, set()
        for turn in self._turns(link):
            there = {commit: count for commit, count in self._recorded.lines_of(turn).items() if commit in aside}
            if there:
                had += max(there.values())
                has += lines[turn[2]]
                authors |= {self._recorded.author(commit) for commit in there}
        if not had:
            return False
        same = author in authors
        if same and here:
            return True
        return has >= (_SAME_AUTHOR if same else _OTHER_AUTHOR) * had and (same or has >= _LEAST_OF_OTHERS)

    @staticmethod
    def _turns(link: Link) -> list[TurnKey]:
        """The turns that gave a link its lines."""
        return [(link.agent, link.conversation, turn.id) for turn in link.turns if turn.evidence == "lines"]
