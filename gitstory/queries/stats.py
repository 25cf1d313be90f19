"""How much of what was committed a conversation explains: by agent, author, file and time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import MsgspecError, Struct, msgpack
from msgspec.structs import replace

from gitstory.git.commit_details import FileChange, MissingObjects, is_partial, shallow_edge
from gitstory.git.numstat import CommitSizes, commit_sizes, listed, listed_of, listed_since, sizes_of
from gitstory.git.repo import Repo
from gitstory.git.shallow_and_mailmap_stamp import shallow_and_mailmap_stamp
from gitstory.queries.show import without_histories
from gitstory.queries.stats_sums import Counted, Stats, Sums, Unit, counted, tally
from gitstory.queries.verified_stories import checked_stories
from gitstory.sources.chain import SourceChain
from gitstory.sources.story_source import StorySource
from gitstory.store.verified_ranges_cache import VerifiedRanges

_CHUNK = 500
_LEAST = 1000
"""Commits of a history beyond which their sums are kept."""
_BEHIND = 100
"""How many commits behind HEAD sums are kept for, so that those of other branches can start from them."""
_MOST_RECENT = 400
"""Commits after that one beyond which sums are kept for a later one."""


def stats(
    repo: Repo,
    source: StorySource,
    revisions: Sequence[str] = (),
    *,
    everything: bool = False,
    options: Sequence[str] = (),
    paths: Sequence[str] = (),
    unit: Unit | None = None,
    lacking: list[MissingObjects] | None = None,
) -> Stats:
    """Count a range (default: HEAD's history); `lacking` as for `commit_sizes`.

    Raises `UnknownRevision` or `NoCommits`.
    """
    if not paths and isinstance(source, SourceChain) and not is_partial(repo):
        counter = _Counter(repo, source)
        if not (revisions or everything or options) and (sums := counter.of_history()) is not None:
            return sums.stats(unit)
        chosen = listed(repo, revisions, everything=everything, options=options)
        if chosen is not None:
            return tally((commit for commit, _ in counter.counted(chosen)), unit)
    sizes = commit_sizes(repo, revisions, everything=everything, options=options, paths=paths, lacking=lacking)
    return tally(_counted(repo, source, sizes, VerifiedRanges(repo.home)), unit)


class _Kept(Struct, frozen=True, array_like=True):
    """What is kept of a counted commit: (path, added, explained) of its files, and by agent."""

    files: tuple[tuple[str, int | None, int], ...]
    agents: dict[str, int]
    conversations: tuple[tuple[str, str], ...]


class _Summary(Struct, frozen=True):
    """The sums over the history of the commit `base`, seen as `view` says, without the commits `pending`.

    Those are the ones whose count can change although no story of theirs in the record does.
    """

    base: str
    view: str
    pending: tuple[str, ...]
    sums: Sums


class _Counter:
    """Counts commits; what was counted before is taken from the record's index.

    Kept is what was counted for a recorded story, but not at the edge of a shallow clone, where git takes all files
    for added.
    """

    def __init__(self, repo: Repo, source: SourceChain) -> None:
        self._repo, self._source = repo, source
        self._index = source.store.index
        self._verified = VerifiedRanges(repo.home)

    def of_history(self) -> Sums | None:
        """The sums over HEAD's history, from those of an earlier commit; None where they cannot be kept."""
        view = shallow_and_mailmap_stamp(self._repo) if self._index.is_lasting else None
        if view is None:
            return None
        return self._continued(view) or self._anew(view)

    def _anew(self, view: str) -> Sums | None:
        commits = listed(self._repo)
        base = self._base() if commits is not None and len(commits) > _LEAST else None
        if commits is None or base is None:
            return None
        inside = set(self._repo.git("rev-list", base).decode().split())
        return self._summed(_Summary(base, view, (), Sums()), commits, inside, ())

    def _continued(self, view: str) -> Sums | None:
        from gitstory.store.record_index import line_counts

        kept = line_counts.summary(self._index, self._source.store.contents.root or "")
        summary = _decoded(kept.sums) if kept is not None else None
        recent = listed_since(self._repo, summary.base) if summary is not None and summary.view == view else None
        if kept is None or summary is None or recent is None:
            return None
        again = list(listed_of(self._repo, [*summary.pending, *kept.withdrawn]))
        if len(again) != len(summary.pending) + len(kept.withdrawn):
            return None
        for commit in again:
            if commit.oid in kept.withdrawn:
                before = _unpacked(kept.withdrawn[commit.oid])
                if before is None:
                    return None
                summary.sums.add(_again(commit, before), -1)
        base = self._base() if len(recent) > _MOST_RECENT else None
        if base is None:
            return self._summed(summary, [*recent, *again], (), ())
        later = self._repo.git("rev-list", f"^{summary.base}", base).decode().split()
        inside = {*later, *summary.pending, *kept.withdrawn}
        members = kept.members - kept.withdrawn.keys()
        return self._summed(replace(summary, base=base), [*recent, *again], inside, members)

    def _base(self) -> str | None:
        done = self._repo.run("rev-parse", "--verify", "-q", f"HEAD~{_BEHIND}^{{commit}}", check=False)
        return done.stdout.decode().strip() if done.returncode == 0 else None

    def _summed(
        self, summary: _Summary, commits: Sequence[CommitSizes], inside: Collection[str], summed: Collection[str]
    ) -> Sums:
        """The sums of `summary` and of `commits`; kept are those with the commits `inside` the history of its base."""
        from gitstory.store.record_index import line_counts

        sums, pending, members = summary.sums, [], set(summed)
        rest: list[Counted] = []
        for commit, kept in self.counted(commits):
            if commit.sizes.oid not in inside:
                rest.append(commit)
            elif kept:
                sums.add(commit)
                members.add(commit.sizes.oid)
            else:
                pending.append(commit.sizes.oid)
                rest.append(commit)
        if inside and (data := _encoded(replace(summary, pending=tuple(pending)))):
            line_counts.save_summary(self._index, self._source.store.contents.root or "", data, members)
        for commit in rest:
            sums.add(commit)
        return sums

    def counted(self, commits: Sequence[CommitSizes]) -> Iterator[tuple[Counted, bool]]:
        """The same for commits whose files are not known yet, and whether it is kept until their stories change."""
        from gitstory.store.record_index import line_counts

        index, edge = self._index, shallow_edge(self._repo)
        for chunk in _chunks(commits):
            loaded = line_counts.load(index, [commit.oid for commit in chunk])
            kept = {oid: unpacked for oid, data in loaded.items() if (unpacked := _unpacked(data)) is not None}
            rest = [commit.oid for commit in chunk if commit.oid not in kept]
            computed = _counted(self._repo, self._source, sizes_of(self._repo, rest), self._verified) if rest else ()
            fresh = {commit.sizes.oid: commit for commit in computed}
            blobs = index.blobs(oid for oid in fresh if oid not in edge)
            packed = {oid: _packed(fresh[oid]) for oid in blobs}
            if blobs:
                line_counts.save(index, blobs, packed)
            for commit in chunk:
                if commit.oid in kept:
                    yield _again(commit, kept[commit.oid]), True
                else:
                    yield fresh.get(commit.oid) or Counted(commit, {}, {}), bool(packed.get(commit.oid))


def _packed(commit: Counted) -> bytes:
    files = tuple((change.path, change.added, commit.files.get(change.path, 0)) for change in commit.sizes.files)
    try:
        return msgpack.encode(_Kept(files, commit.agents, tuple(sorted(commit.conversations))))
    except UnicodeEncodeError:  # a path that is not UTF-8: it is counted each time
        return b""


def _unpacked(data: bytes) -> _Kept | None:
    try:
        return msgpack.decode(data, type=_Kept)
    except MsgspecError:
        return None


def _encoded(summary: _Summary) -> bytes:
    try:
        return msgpack.encode(summary)
    except UnicodeEncodeError:
        return b""


def _decoded(data: bytes) -> _Summary | None:
    try:
        return msgpack.decode(data, type=_Summary)
    except MsgspecError:
        return None


def _again(sizes: CommitSizes, kept: _Kept) -> Counted:
    files = tuple(FileChange(path, added, None) for path, added, _ in kept.files)
    explained = {path: lines for path, _, lines in kept.files if lines}
    return Counted(replace(sizes, files=files), explained, kept.agents, frozenset(kept.conversations))


def _counted(
    repo: Repo, source: StorySource, commits: Iterable[CommitSizes], verified: VerifiedRanges
) -> Iterator[Counted]:
    for chunk in _chunks(commits):
        stories = checked_stories(repo, source.stories([one.oid for one in chunk]), verified)
        for sizes in chunk:
            story = stories[sizes.oid].story if sizes.oid in stories else None
            yield counted(replace(sizes, files=without_histories(sizes.files)), story)


def _chunks(commits: Iterable[CommitSizes]) -> Iterator[list[CommitSizes]]:
    chunk: list[CommitSizes] = []
    for commit in commits:
        chunk.append(commit)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
