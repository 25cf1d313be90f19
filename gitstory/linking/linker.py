"""Linking commits of one repository: reads what is needed, lets the pure parts decide, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from gitstory.agents.base import Agent
from gitstory.attribution.committing_turn import SHORT, Commands, Marker, made_by
from gitstory.attribution.conversation_trace import Trace
from gitstory.attribution.line_ending_drift import FileEnds, converting
from gitstory.attribution.line_ids import Lines
from gitstory.attribution.link import Candidate, Linked, link
from gitstory.attribution.linking_steps import UNWATCHED, Task, Tasks, Unwatched
from gitstory.attribution.private_turns import DEFAULT_MARKER, Private
from gitstory.attribution.timeline import Placed, Timeline, name
from gitstory.environment import Surroundings
from gitstory.fault_points import listening, tell
from gitstory.git.changed_files import Commit, suffix
from gitstory.git.commit_times import committer_times
from gitstory.git.repo import Repo
from gitstory.linking.blob_lines import Blobs
from gitstory.linking.collect_traces import Gathered, Matters, gather
from gitstory.linking.repo_match import Here, PathFilter, here, place
from gitstory.linking.repo_mentions import Effort, no_effort, worker_effort
from gitstory.linking.trace_cache import Clean, TraceCache, TraceSummary
from gitstory.linking.visiting_conversations import trace_visits

_MOST_LISTED = 20
"""Commits whose files are listed to see which names are gone."""


class Context(Struct, frozen=True):
    """What linking is done with: the readers and where they look."""

    agents: tuple[Agent, ...]
    where: Surroundings
    ignored: PathFilter = lambda path: False
    private: Private = Private()
    clean: Clean = lambda texts: True
    """See `TraceCache`: what redaction says of texts that would be remembered."""
    tasks: Tasks = Unwatched()
    """The receiver of each step, which knows what is to be left out."""


class Linker:
    """Links commits of `repo` to the conversations in the agents' stores."""

    def __init__(self, repo: Repo, context: Context, *, remember: bool = True, lasting: bool = True) -> None:
        """With `lasting` false nothing is remembered of what is read: its sources are there for this run alone."""
        self._repo = repo
        self._context = context
        self.at: Here = here(repo)
        self.roots: dict[tuple[str, str], str] = {}
        """Where a conversation's checkout lay, for those whose directory is not one of ours."""
        # A repository gitstory was never enabled in gets no directory from a reader.
        there = remember or repo.home.is_dir()
        name = traces_file(context.private.marker)
        self._remembers = there and lasting
        path = repo.home / "cache" / name if self._remembers else None
        self._cache = TraceCache(path, self.at.scope, context.clean, self.at.real)
        self._blobs = Blobs(repo, self._cache.lines)

    @property
    def cache_damaged(self) -> bool:
        """Whether what was remembered of transcripts had to be thrown away."""
        return self._cache.damaged

    def give(self, oid: str, content: bytes) -> None:
        """Let a made-up blob id stand for `content`, in changes passed to `link`."""
        self._blobs.give(oid, content)

    def close(self) -> None:
        self._cache.close()

    def gather(
        self,
        since: float = 0.0,
        markers: Iterable[Marker] = (),
        progress: Callable[[int], None] = lambda count: None,
        matters: Matters = lambda brief: True,
        effort: Effort | None = None,
    ) -> Gathered:
        """See `linking.collect_traces.gather`."""
        where, private, agents = self._context.where, self._context.private, self._context.agents
        tasks, effort = self._context.tasks, effort or (worker_effort() if self._remembers else no_effort())
        return gather(agents, where, self.at, self._cache, since, markers, progress, matters, private, effort, tasks)

    def link(
        self,
        commits: Sequence[Commit],
        gathered: Gathered,
        markers: dict[str, set[Marker]] | None = None,
        history: Sequence[Commit] = (),
        calls: Mapping[str, Set[str]] = {},
        sure: Set[Marker] = frozenset(),
    ) -> Iterator[Linked]:
        """The story of each commit, oldest first; one without any link comes too, with its verdicts.

        `markers` maps a commit's id to the conversations its hook's environment named, `calls` to the tool calls.
        `history` are other commits, ancestors mostly, that may hold lines of the same edits: what landed there is not
        claimed again. `sure` are conversations that are known to be of this repository.
        """
        tracked = _Tracked(self._repo, commits)
        candidates, edits = place(
            [*gathered.traces, *gathered.silent],
            self.at,
            self._context.agents,
            tracked,
            lambda directory: Path(directory).is_dir(),
            self._context.ignored,
            _vouched_for([*commits, *history], markers or {}, sure),
            {name(path) for one in (*commits, *history) for file in one.files for path in (file.path, file.old_path)},
        )
        self.roots |= {candidates[p.trace].trace.key: p.root for p in edits if p.root not in self.at.roots}
        candidates = [
            replace(candidate, visiting=trace_visits(candidate.trace, self.at, moved=candidate.trace.key in self.roots))
            for candidate in candidates
        ]
        commands = made_by(commits, candidates, markers or {}, calls, history)
        evidence = Evidence(candidates, edits, self._blobs, self._cache.lines)
        yield from link_all(self._repo, commits, history, evidence, commands, self._context.tasks)


def may_explain(commits: Sequence[Commit], present: Callable[[], Set[str]] | None = None) -> Matters:
    """Whether a conversation edited a file of a name these commits changed, or says that it made one of them.

    A new file may have been written under another name, which is not `present` (file names) in these commits then.

    Directories do not count: where the conversation's checkout lay is found out later. A whole directory that was
    moved or removed is an edit of none of its files, so the names of directories count as well.
    """
    names = {part for c in commits for f in c.files for path in (f.path, f.old_path) for part in name(path).split("/")}
    short = {commit.oid[:SHORT] for commit in commits}

    new = {suffix(name(f.path)) for c in commits for f in c.files if f.new and not any(f.old)}

    def matters(brief: TraceSummary) -> bool:
        if not names.isdisjoint(brief.names) or any(oid[:SHORT] in short for oid in brief.commits):
            return True
        if present is None or not new:
            return False
        likely = [one for one in brief.names if suffix(one) in new]
        return bool(likely) and not present() >= set(likely)

    return matters


def file_names(repo: Repo, commits: Sequence[Commit]) -> Callable[[], frozenset[str]]:
    """The names, without directories, of all files in those of `commits` that add any; listed when first asked for."""

    @cache
    def listed() -> frozenset[str]:
        adding = [c.oid for c in commits if any(f.new and not any(f.old) for f in c.files)][:_MOST_LISTED]
        trees = [repo.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", oid, check=False) for oid in adding]
        paths = (path for tree in trees for path in tree.stdout.split(b"\0"))
        return frozenset(name(path.rpartition(b"/")[2]) for path in paths)

    return listed


def traces_file(marker: str) -> str:
    """The cache's file: what was read while another word made turns private does not say which ones are."""
    usual = DEFAULT_MARKER.encode()
    marker_bytes = marker.encode("utf-8", "surrogatepass")
    return "traces.db" if marker_bytes == usual else f"traces-{blake2b(marker_bytes, digest_size=6).hexdigest()}.db"


class Evidence(Struct, frozen=True):
    """What commits are linked by: conversations with their edits in place, and access to committed content."""

    candidates: Sequence[Candidate]
    edits: Sequence[Placed]
    blobs: Blobs
    lines: Lines


def link_all(
    repo: Repo,
    commits: Sequence[Commit],
    history: Sequence[Commit],
    by: Evidence,
    commands: Commands,
    tasks: Tasks = UNWATCHED,
) -> Iterator[Linked]:
    """The story of each of `commits`, oldest first, after what landed in `history`; see `Linker.link`.

    `tasks` is called before a commit is compared; one that it skips is left out.
    """
    converts = converting(repo)
    timeline = Timeline(by.edits, by.blobs.lines, by.lines)
    times = parent_times(repo, commits)
    wanted = {commit.oid for commit in commits}
    everything = [*commits, *(one for one in history if one.oid not in wanted)]
    everything = [one for one in everything if not tasks.skips(Task(commit=one.oid))]
    begin = lambda commit: tasks.begin(Task(commit=commit.oid))  # noqa: E731
    for commit, attributions in timeline.run(everything, commands.reported, begin):
        if commit.oid not in wanted:
            continue
        linked = link(
            commit,
            times.get(commit.parents[0]) if commit.parents else None,
            attributions,
            timeline.edits,
            by.candidates,
            commands.by.get(commit.oid, ()),
            _Content(commit, by.blobs, converts),
        )
        for verdict in linked.verdicts if listening() else ():
            tell(
                "%s %s %s: %s, %s",
                commit.oid[:10],
                verdict.agent,
                verdict.conversation,
                verdict.evidence or "no",
                verdict.reason,
            )
        yield linked


class _Content:
    """What `link` asks of a commit's files."""

    def __init__(self, commit: Commit, blobs: Blobs, converts: Callable[[bytes], bool]) -> None:
        self._files = {name(file.path): file for file in commit.files}
        self._blobs = blobs
        self._converts = converts

    def blobs(self, path: str) -> tuple[str | None, str | None]:
        file = self._files[path]
        return (file.old[0] if file.old else None, file.new)

    def hash(self, blob: str | None, start: int, end: int) -> str:
        return self._blobs.hash(blob, start, end)

    def ends(self, path: str) -> FileEnds:
        file = self._files[path]
        old, new = self.blobs(path)
        return FileEnds(self._blobs.crlf(new), self._blobs.ends(old), old is None, partial(self._converts, file.path))


def parent_times(repo: Repo, commits: Sequence[Commit]) -> dict[str, float]:
    """When these commits and their first parents were made, in epoch seconds."""
    times = {commit.oid: float(commit.committer_time) for commit in commits}
    missing = sorted({c.parents[0] for c in commits if c.parents and c.parents[0] not in times})
    return times | {oid: float(time) for oid, time in committer_times(repo, missing).items()}


def _vouched_for(
    commits: Sequence[Commit], markers: dict[str, set[Marker]], sure: Set[Marker]
) -> Callable[[Trace], bool]:
    """Whether a conversation is one of `sure`, a hook's environment named it, or it reports a commit that is here."""
    named = {*sure, *(marker for found in markers.values() for marker in found)}
    oids = {commit.oid[:SHORT]: commit.oid for commit in commits}

    def vouched(trace: Trace) -> bool:
        if trace.key in named:
            return True
        texts = (commit.oid for commit in trace.commits)
        return any(oids.get(oid[:SHORT], "").startswith(oid) for oid in texts if len(oid) >= SHORT)

    return vouched


class _Tracked:
    """Paths of the commits at hand and of HEAD; listed only when asked for."""

    def __init__(self, repo: Repo, commits: Sequence[Commit]) -> None:
        self._repo = repo
        self._commits = commits
        self._paths: set[str] | None = None

    def __call__(self) -> set[str]:
        if self._paths is None:
            self._paths = {name(change.path) for commit in self._commits for change in commit.files}
            listed = self._repo.run("ls-tree", "-r", "-z", "--name-only", "HEAD", check=False).stdout
            self._paths.update(name(path) for path in listed.split(b"\0") if path)
        return self._paths
