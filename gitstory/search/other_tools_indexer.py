"""Other tools' records in a search index: their prompts, and the commits that they record them for.

Nothing is read again while its refs stand; a commit is indexed again when its note or its checkpoint is another one. A
commit that our own record tells of is not heard at all. Of a conversation that the record or an agent's store has,
the text comes from there alone: what was forgotten or kept back there does not come in by another door.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec.structs import replace

from gitstory.git.commit_details import commit_infos, shallow_edge
from gitstory.git.log import log
from gitstory.git.notes_tree_paths import list_notes
from gitstory.git.repo import Repo
from gitstory.interop.formats import commit_trailers, entire
from gitstory.interop.formats.claims import Claim
from gitstory.interop.other_tools_refs import CLAIMS, NOTES, ForeignState, tips
from gitstory.interop.story_builder import conversation
from gitstory.model import Story, Turn, TurnLink
from gitstory.recording.recorder import redactor
from gitstory.recording.recording_setup import RecordingSetup
from gitstory.redact.engine import redact_conversation
from gitstory.search.db.schema import FOREIGN
from gitstory.search.db.writer import Key, Writer
from gitstory.sources.chain import with_interop
from gitstory.store.store import StoryStore

_NAMING = b"checkpoints"
"""What the index's table of objects lists commits under that name checkpoints."""
_CHUNK = 200


class ForeignIndexer:
    """`ignored` are agents whose conversations stay out, `changed` and `left` count turns and commits."""

    def __init__(
        self, repo: Repo, store: StoryStore, recording: RecordingSetup, writer: Writer, ignored: Collection[str]
    ) -> None:
        self._repo, self._store, self._recording, self._writer, self._ignored = repo, store, recording, writer, ignored
        self._local = {(agent, name) for _, keys in writer.sources().values() for agent, name, _ in keys}
        self._own: dict[Key, bool] = {}
        self._in: dict[Key, set[str]] = {}
        self.changed = self.left = 0
        self.unreadable: Counter[str] = Counter()

    def run(self, now: ForeignState, late: Callable[[], bool], breathe: Callable[[], None]) -> None:
        """Bring the index up to `now`, as far as there is time."""
        states_before = self._writer.objects(CLAIMS)
        states = {CLAIMS + b"/" + commit.encode(): state for commit, state in self._states(now).items()}
        for path in states_before.keys() - states.keys():
            self._writer.replace_claims(_commit(path), None, {})
            self._writer.took(path, None)
        again = self._set_right()
        wanted = {
            _commit(path): state for path, state in states.items() if states_before.get(path) != state or path in again
        }
        times = {info.oid: float(info.time) for info in commit_infos(self._repo, wanted)}
        # The oldest first: a prompt whose time is not recorded is of the first commit that records it, or before.
        ordered = sorted(times, key=lambda commit: (times[commit], commit))
        for start in range(0, len(ordered), _CHUNK):
            if late():
                self.left += len(ordered) - start
                break
            chunk = ordered[start : start + _CHUNK]
            self._index_claims(chunk, times)
            for commit in chunk:
                self._writer.took(CLAIMS + b"/" + commit.encode(), wanted[commit])
            breathe()
        self.changed += self._writer.drop_unclaimed()

    # --- what there is ---

    def _states(self, now: ForeignState) -> dict[str, str]:
        """Commit -> ids of all that is recorded for it, of those of which anything could be."""
        states: dict[str, list[str]] = {}
        for ref in NOTES:
            tree = self._repo.objects.read(f"{ref}^{{tree}}") if ref in now.refs else None
            for commit, blob in list_notes(self._repo.objects, tree[0]) if tree is not None else ():
                states.setdefault(commit, []).append(blob)
        if any(ref not in NOTES for ref in now.refs):
            naming = self._naming()
            there = self._checkpoints({one for ids in naming.values() for one in ids}, now)
            for commit, ids in naming.items():
                if any(there[one] for one in ids):
                    states.setdefault(commit, []).extend(there[one] for one in ids)
        return {commit: " ".join(told) for commit, told in states.items()}

    def _naming(self) -> dict[str, list[str]]:
        """The checkpoints that each commit's message names. Only commits that are new here are asked."""
        edge, now = " ".join(sorted(shallow_edge(self._repo))), tips(self._repo)
        before = (self._writer.fact("tips") or "\n").split("\n")
        seen = before[1].split() if before[0] == edge else []
        revisions = [*now, *(f"^{one}" for one in seen)]
        args = ("--ignore-missing", "-F", f"--grep={entire.TRAILER}:")
        for record in log(self._repo, ["%B"], args, revisions=revisions) if now else ():
            lines = commit_trailers.lines(record.fields[0])
            ids_ = [entire.checkpoint_id(value) for key, value in lines if key == entire.TRAILER]
            ids = list(filter(None, ids_))[: commit_trailers.MOST]
            if ids:
                self._writer.took(_NAMING + b"/" + record.oid.encode(), " ".join(ids))
        self._writer.tell("tips", f"{edge}\n{' '.join(now)}")
        return {_commit(path): ids.split() for path, ids in self._writer.objects(_NAMING).items()}

    def _checkpoints(self, ids: Collection[str], now: ForeignState) -> dict[str, str]:
        """Checkpoint -> the ids of what is here of it, "" for nothing."""
        branches = [ref for ref in now.refs if ref.endswith(f"/{entire.BRANCH}")]
        ordered = sorted(ids)
        specs = [f"{ref}:{entire.folder(one)}\n" for one in ordered for ref in branches]
        out = self._repo.git("cat-file", "--batch-check=%(objectname)", input="".join(specs).encode()) if specs else b""
        answers = iter(line for line in out.decode("utf-8", "replace").splitlines())
        objects = {one: [line for line in (next(answers, "") for _ in branches) if _is_id(line)] for one in ordered}
        return {
            id_: "+".join(filter(None, [now.refs.get(entire.own_ref(id_)), *there])) for id_, there in objects.items()
        }

    def _set_right(self) -> set[bytes]:
        """Take out what the record or an agent's store has by now; returns what is to be heard again, as it was lost
        there."""
        again: set[bytes] = set()
        for key, is_in in self._writer.claimed().items():
            if self._is_own(key):
                self._writer.drop(key, FOREIGN)
            elif not is_in:
                again |= {CLAIMS + b"/" + commit.encode() for commit in self._writer.commits_of(key)}
        return again

    def _is_own(self, key: Key) -> bool:
        if key not in self._own:
            self._own[key] = key in self._local or self._store.meta(*key) is not None
        return self._own[key]

    # --- taking in ---

    def _index_claims(self, commits: Sequence[str], times: Mapping[str, float]) -> None:
        _sources, others = with_interop(self._repo)
        claims_by_commit = {
            commit: kept
            for commit, claims in others.claims(commits).items()
            if (kept := [one for one in claims if one.prompts])
        }
        stories = others.builder.stories(claims_by_commit, of_turns=True)
        for commit in commits:
            claims = claims_by_commit.get(commit, ())
            turns = {one.key: self._take(one, times[commit]) for one in claims}
            numbers = {one.key: one.prompts[-1].number for one in claims}
            self._writer.replace_claims(commit, _with_all(stories[commit], turns) if claims else None, numbers)
        self.unreadable.update(others.unreadable)

    def _take(self, claim: Claim, time: float) -> tuple[Turn, ...]:
        """Take in those of a claim's prompts that are not in yet; returns all that may be seen."""
        seen = self._recording.private.visible(conversation(claim)) if claim.agent not in self._ignored else None
        if seen is None:
            return ()
        if not self._is_own(claim.key):
            there = self._in.setdefault(claim.key, self._writer.turns_of(claim.key))
            new = tuple(turn for turn in seen.turns if turn.id not in there)
            there |= {turn.id for turn in new}
            if new:
                redacted = redact_conversation(
                    replace(seen, turns=new, started=time), redactor(self._recording.keeping)
                )
                kept = self._store.contents.as_kept(redacted)
                self.changed += self._writer.put(kept, FOREIGN, whole=False) if kept is not None else 0
        return seen.turns


def _with_all(story: Story, turns: Mapping[Key, Sequence[Turn]]) -> Story:
    """The story with a link to each of `turns`, those it says nothing of as context, and with their lines counted."""
    lines = Counter[tuple[str, str, str]]()
    for file in story.files:
        for range_ in file.ranges:
            lines[range_.agent, range_.conversation, range_.turn] += range_.end - range_.start + 1
    links = []
    for link in story.links:
        key, evidence = (link.agent, link.conversation), {turn.id: turn.evidence for turn in link.turns}
        mine = (
            TurnLink(turn.id, turn.index, evidence.get(turn.id, "context"), lines[(*key, turn.id)])
            for turn in turns.get(key, ())
        )
        links.append(replace(link, turns=tuple(mine)))
    return replace(story, links=tuple(links))


def _commit(path: bytes) -> str:
    return path.partition(b"/")[2].decode("ascii")


def _is_id(line: str) -> bool:
    """What git prints of something that is not there has two words."""
    return bool(line) and " " not in line
