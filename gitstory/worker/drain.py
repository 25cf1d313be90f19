"""The worker of the hooks: what waits in the spool, and commits no hook told of, become stories.

Killed at any instant it loses nothing: spool lines go only after their stories are in, and doing them again changes
nothing. One worker runs at a time in a repository.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from gitstory.agents.registry import MARKERS
from gitstory.capture import spool
from gitstory.capture.commands import Marker
from gitstory.capture.gather import Gathered
from gitstory.capture.linker import Linker, file_names, may_explain
from gitstory.errors import GitStoryError
from gitstory.faults import point
from gitstory.git.changes import Commit, read_commits
from gitstory.git.repo import Repo
from gitstory.model import Story
from gitstory.storage.decisions import renewed, rewritten
from gitstory.storage.locks import single_flight
from gitstory.storage.stories import StoryStore
from gitstory.surroundings import Surroundings, surroundings
from gitstory.worker import mend
from gitstory.worker import state as memory
from gitstory.worker.backfill import own
from gitstory.worker.before import earlier
from gitstory.worker.due import OPEN_FOR, ensure_drained, grown, needed
from gitstory.worker.heal import carried, keep
from gitstory.worker.known import examined, replaced
from gitstory.worker.missed import kept_back, missed, tips
from gitstory.worker.record import Recorder
from gitstory.worker.setup import Setup, ignored, setup
from gitstory.worker.state import Open, State

PENDING_FOR = 45 * 86400.0
"""Seconds an edit may lie before its commit for the hook's worker; `backfill` looks at all of them."""
SETTLED_AFTER = 900.0
"""Seconds without a write after which a transcript's last turn counts as over."""
WAIT = 20.0
_CACHE_DAMAGED = "what was remembered of transcripts was damaged, and they were read anew"


__all__ = ["drain", "ensure_drained", "needed"]


class Report(Struct, frozen=True):
    """What a run did: commits looked at, stories written, unreadable records met, seconds, and what went wrong.

    `unfinished`: nothing was stored, all waits for the next run; `repairs`: what others had left that died;
    `strange`: how many records of which agent and version were not understood.
    """

    commits: int = 0
    stories: int = 0
    skipped: int = 0
    took: float = 0.0
    errors: tuple[str, ...] = ()
    busy: bool = False
    repairs: tuple[str, ...] = ()
    unfinished: bool = False
    strange: tuple[tuple[str, str, int], ...] = ()


def drain(repo: Repo, where: Surroundings | None = None, *, wait: float = WAIT) -> Report:
    """Work off all there is. Errors are remembered for `git story status`, not raised, unless they are defects."""
    began = time.time()
    try:
        with single_flight(repo.home / "worker.lock", timeout=wait) as got:
            if not got:
                return Report(busy=True)
            report = _run(repo, where or surroundings(), began)
    except OSError as error:
        problem = f"the git directory cannot be written: {error.strerror or error}"
        return Report(errors=(problem,), unfinished=True)
    return report


def _run(repo: Repo, where: Surroundings, began: float) -> Report:
    point("drain.locked")
    repairs = mend.tidy(repo)
    before = mend.remembered(repo)
    batches = spool.take(repo.home)
    point("drain.taken")
    now = tips(repo)
    try:
        made = setup(repo, where)
        done, after = Report(), before
        for stores, part in (_work(repo, before, batches, now, made) if made.enabled else {}).items():
            done, after = _link(repo, made, made.context.where.with_env(dict(stores)), part, done, after)
    except GitStoryError as error:
        # Nothing was stored (a secret may be in it, the settings cannot be read, the disk is full). What was to be
        # done waits in the spool until the next run finds things mended.
        memory.save(repo.home, memory.with_error(before, f"nothing stored: {error.message}"))
        return replace(done_nothing(error), took=time.time() - began)
    except Exception as error:
        memory.save(repo.home, memory.with_error(before, f"the worker failed: {type(error).__name__}: {error}"))
        raise
    finished = time.time()
    after = replace(after, tips=now, ran=finished, took=finished - began, linked=before.linked + done.stories)
    after = replace(after, skipped=done.skipped, strange=done.strange, errors=done.errors[-5:])
    point("drain.done")
    memory.save(repo.home, memory.with_repairs(after, [*repairs, *dict.fromkeys(done.repairs)]))
    point("drain.saved")
    for batch in batches:
        rest: spool.Batch | None = batch
        while rest is not None:
            rest = spool.finish(rest)
    return replace(done, took=time.time() - began)


def done_nothing(error: GitStoryError) -> Report:
    return Report(errors=(error.message,), unfinished=True)


Key = tuple[str, str]
"""(agent, native conversation id)."""
Stores = tuple[tuple[str, str], ...]


class Part(Struct):
    """Commits to link under one set of store variables, with the conversations their hooks named."""

    commits: dict[str, set[Marker]] = {}
    from_hook: set[str] = set()
    was: dict[str, set[str]] = {}
    """commit -> those it replaces, where the hook was told: several that were squashed into one"""
    calls: dict[str, set[str]] = {}
    """commit -> native ids of the tool calls that its hook's environment named"""
    foreign: list[Commit] = []
    """Other people's commits that have come in: they may carry stories."""


def _work(
    repo: Repo, before: State, batches: Iterable[spool.Batch], now: Mapping[str, str], made: Setup
) -> dict[Stores, Part]:
    """What is to be linked, by the store variables it is to be linked under: told by hooks, left open, or missed."""
    work: dict[Stores, Part] = defaultdict(lambda: Part({}, set(), {}, {}, []))
    told: set[str] = set()
    for event in (event for batch in batches for event in batch.events):
        if event.commit is None or kept_back(repo, made.private, event.commit, event.time):
            continue
        if not ignored(repo, event.commit, made.ignored_branches):
            part = work[tuple(sorted(event.stores.items()))]
            named = markers(event)
            part.commits.setdefault(event.commit, set()).update(
                one for one in named if not made.private.forgotten(*one, None)
            )
            part.calls.setdefault(event.commit, set()).update(_calls(event))
            part.from_hook.add(event.commit)
            told.add(event.commit)
            if event.was is not None:
                part.was.setdefault(event.commit, set()).add(event.was)
    for one in before.open:
        if one.commit not in told and grown(one):
            part = work[tuple(sorted(one.env.items()))]
            part.commits.setdefault(one.commit, set()).update(one.markers)
            part.calls.setdefault(one.commit, set()).update(one.calls)
            part.from_hook.add(one.commit)
            told.add(one.commit)
    for commit in missed(repo, before.tips, now):
        if commit.oid in told or kept_back(repo, made.private, commit.oid, None, before.ran):
            continue
        if ignored(repo, commit.oid, made.ignored_branches):
            continue
        if own(commit, made):
            work[()].commits.setdefault(commit.oid, set())
        else:
            work[()].foreign.append(commit)
    return work


def markers(event: spool.Event) -> set[Marker]:
    """(agent, conversation id) of the agents whose variables the hook saw."""
    return _named(event, "conversation")


def _calls(event: spool.Event) -> set[str]:
    """Native ids of the tool calls whose variables the hook saw."""
    return {ident for _, ident in _named(event, "call")}


def _named(event: spool.Event, wanted: str) -> set[tuple[str, str]]:
    return {
        (agent, event.env[name])
        for agent, variables in MARKERS.items()
        for name, kind in variables.items()
        if kind == wanted and event.env.get(name)
    }


def _link(repo: Repo, made: Setup, where: Surroundings, part: Part, done: Report, state: State) -> tuple[Report, State]:
    """Link one part and store what comes of it; what no transcript explains may be known from other commits."""
    commits = read_commits(repo, _existing(repo, part.commits), walk=False) if part.commits else []
    store = StoryStore(repo)
    seen: Callable[[Key], bool] = lambda key: False  # noqa: E731
    if commits:
        done, state, seen = _link_own(repo, made, where, part, commits, store, done, state)
        store.refresh()
    # A commit just made carries nothing, unless a rewrite made it; what else there is readers find when they ask.
    remade = [one for one in commits if one.oid not in part.from_hook or replaced(part.was, one.oid) is not None]
    strange = [commit for commit in part.foreign if store.story(commit.oid) is None]
    found = [*carried(repo, store, remade, seen), *carried(repo, store, strange)]
    if found:
        point("drain.carrying")
        keep(store, found, noted=made.keeping.notes)
        point("drain.carried")
    return replace(done, commits=done.commits + len(part.foreign), stories=done.stories + len(found)), state


def _link_own(
    repo: Repo,
    made: Setup,
    where: Surroundings,
    part: Part,
    commits: Sequence[Commit],
    store: StoryStore,
    done: Report,
    state: State,
) -> tuple[Report, State, Callable[[Key], bool]]:
    linker = Linker(repo, replace(made.context, where=where))
    try:
        since = min(min(c.author_time, c.committer_time) for c in commits) - PENDING_FOR
        named = {marker for found in part.commits.values() for marker in found}
        gathered = linker.gather(since, named, matters=may_explain(commits, file_names(repo, commits)))
        linked = list(linker.link(commits, gathered, part.commits, earlier(repo, commits, gathered), part.calls))
        seen = examined(store, gathered, linked[0].candidates)
        told = [_with_known(one.story, store, seen, replaced(part.was, one.story.commit)) for one in linked]
        stories = [story for story in told if story is not None]
        if stories:
            point("drain.linked")
            Recorder(store, gathered, linker.at, linker.roots, made.keeping).record(stories)
            point("drain.recorded")
    finally:
        linker.close()
    report = Report(
        done.commits + len(commits),
        done.stories + len(stories),
        done.skipped + gathered.skipped,
        errors=(*done.errors, *gathered.problems),
        repairs=(*done.repairs, *([_CACHE_DAMAGED] if linker.cache_damaged else [])),
        strange=(*done.strange, *gathered.strange()),
    )
    return report, replace(state, open=_open(commits, part, gathered, state, where)), seen


def _existing(repo: Repo, commits: Iterable[str]) -> list[str]:
    """Those the repository has: one may be gone already (amended and pruned), which is no reason to fail the others."""
    found = (repo.objects.read(commit) for commit in commits)
    return [one[0] for one in found if one is not None and one[1] == "commit"]


def _with_known(story: Story, store: StoryStore, seen: Callable[[Key], bool], was: Sequence[str]) -> Story | None:
    """The story to store, None where nothing is left to tell; what a person decided outlives a rewrite."""
    known = store.story(story.commit)
    before = store.stories(was) if known is None else {}
    if before:
        known = rewritten(list(before.values()), story.commit, seen)
    made = renewed(story, known, seen)
    return made if made.links or made.decisions else None


def _open(
    commits: Iterable[Commit], part: Part, gathered: Gathered, state: State, where: Surroundings
) -> tuple[Open, ...]:
    """Commits made lately while some conversation was being written stay open until it has come to rest.

    How lately is told by when they were first seen here: a commit's own time may be anything.
    """
    now = time.time()
    done = {commit.oid for commit in commits}
    first_seen = {one.commit: one.since for one in state.open}
    kept = [one for one in state.open if one.commit not in done and now - one.since < OPEN_FOR]
    # A database holds many conversations: it is as lately written to as the newest of them.
    latest: dict[Path, float] = {}
    for found in gathered.sources.values():
        for _, source in found:
            latest[source.path] = max(source.modified, latest.get(source.path, 0.0))
    env = {name: value for name, value in where.env.items() if name in spool.STORES}
    for commit in commits:
        since = first_seen.get(commit.oid, now)
        if commit.oid not in part.from_hook or now - since > OPEN_FOR:
            continue
        near = [path for path, modified in latest.items() if modified > now - SETTLED_AFTER]
        marked = tuple(sorted(part.commits[commit.oid]))
        if near or marked:
            seen = tuple((str(path), *gathered.stamps[path]) for path in near)
            calls = tuple(sorted(part.calls.get(commit.oid, ())))
            kept.append(Open(commit.oid, since, seen, marked, env, calls))
    return tuple(kept)
