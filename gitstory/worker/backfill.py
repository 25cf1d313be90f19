"""Linking history that was made before gitstory was there, by the same code as the hook's worker."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gitstory.attribution.committing_turn import Marker
from gitstory.attribution.link import Linked
from gitstory.fault_points import point
from gitstory.git.changed_files import Commit, read_commits
from gitstory.git.commit_details import shallow_edge
from gitstory.git.repo import Repo
from gitstory.linking.committed_transcripts import Added, added_by_commit, dated
from gitstory.linking.linker import Linker
from gitstory.linking.repo_mentions import thorough_effort
from gitstory.model import Link, Story
from gitstory.recording import worker_state
from gitstory.recording.commits_by_this_person import own
from gitstory.recording.recorder import Recorder
from gitstory.recording.recording_setup import RecordingSetup
from gitstory.store.link_overrides import renewed
from gitstory.store.store import StoryStore
from gitstory.worker.unhooked_commits import tips

_BATCH = 200
"""Stories written at a time: a stopped run continues from there."""


class BackfillRequest(Struct, frozen=True):
    """What to link: arguments for `git log`, everybody's commits or only the person's own, and whether to store.

    `vouched` are conversations that surely are of this repository, in stores that are there for this run alone.
    `people` are whose each conversation is, as (e-mail, name) pairs: it is linked to their commits alone, if any.
    """

    revisions: tuple[str, ...]
    anyone: bool = False
    dry_run: bool = False
    vouched: frozenset[Marker] = frozenset()
    people: Mapping[Marker, Collection[tuple[str, str]]] = {}


class Outcome(Struct):
    commits: int = 0
    foreign: int = 0
    linked: int = 0
    conversations: int = 0
    skipped: int = 0
    problems: tuple[str, ...] = ()
    stories: tuple[Story, ...] = ()


def _wanted(commit: Commit, setup: RecordingSetup, request: BackfillRequest) -> bool:
    if request.vouched and "[bot]" in f"{commit.author_name}{commit.author_email}":
        return False
    return request.anyone or own(commit, setup)


def backfill(
    repo: Repo,
    setup: RecordingSetup,
    request: BackfillRequest,
    progress: Callable[[str, int, int], None] = lambda stage, done, of: None,
) -> Outcome:
    """Link and store; a story that a person changed by hand keeps those links."""
    report = Outcome()
    edge = shallow_edge(repo)
    everything = [commit for commit in read_commits(repo, request.revisions) if commit.oid not in edge]
    mine = [commit for commit in everything if _wanted(commit, setup, request)]
    commits = [
        commit for commit in mine if not setup.private.periods or not setup.private.covers(commit.committer_time)
    ]
    report.commits, report.foreign = len(commits), len(everything) - len(mine)
    if not commits:
        return report
    linker = Linker(repo, setup.context, lasting=not request.vouched)
    try:
        gathered = linker.gather(
            markers=request.vouched,
            progress=lambda count: progress("reading conversations", count, 0),
            effort=thorough_effort(),
        )
        report.skipped, report.problems = gathered.skipped, tuple(gathered.problems)
        added = added_by_commit(repo, everything, gathered.traces)
        oldest_first = sorted(everything, key=lambda commit: commit.committer_time)
        gathered.traces = dated(
            gathered.traces, ((commit.committer_time, added.get(commit.oid, {})) for commit in oldest_first)
        )
        stories: list[Story] = []
        store = StoryStore(repo)
        owners = _owners(request.people, everything, setup)
        by_oid = {commit.oid: commit for commit in commits}
        for done, linked in enumerate(linker.link(commits, gathered, history=everything, sure=request.vouched)):
            progress("linking commits", done, len(commits))
            linked = replace(linked, story=_of_owners(linked.story, by_oid[linked.story.commit], owners))
            if linked.story.links:
                stored = store.story(linked.story.commit)
                held = added.get(linked.story.commit)
                stories.append(renewed(proven(linked, stored, held), stored, gathered.sources.__contains__))
        stories = [story for story in stories if story.links]
        report.linked, report.stories = len(stories), tuple(stories)
        report.conversations = len({(one.agent, one.conversation) for story in stories for one in story.links})
        if not request.dry_run:
            recorder = Recorder(store, gathered, linker.at, linker.roots, setup.keeping)
            point("backfill.linked")
            _store(recorder, stories, progress)
            _looked_at(repo, {commit.oid for commit in everything})
    finally:
        linker.close()
    return report


def _owners(
    people: Mapping[Marker, Collection[tuple[str, str]]], commits: Sequence[Commit], setup: RecordingSetup
) -> dict[Marker, RecordingSetup]:
    """The people of each conversation as one person's addresses and names, without who made none of `commits`."""
    authors = {one for commit in commits for one in (commit.author_email.lower(), commit.author_name.casefold())}
    recording: dict[Marker, RecordingSetup] = {}
    for marker, those in people.items():
        identities = [(email, name) for email, name in those if {email.lower(), name.casefold()} & authors]
        if identities:
            recording[marker] = replace(
                setup, emails=tuple(e for e, _ in identities), names=tuple(n for _, n in identities)
            )
    return recording


def _of_owners(story: Story, commit: Commit, owners: Mapping[Marker, RecordingSetup]) -> Story:
    """Without the conversations of people who did not make the commit."""
    keys = {(one.agent, one.conversation) for one in story.links}
    others = {key for key in keys if key in owners and not own(commit, owners[key])}
    if not others:
        return story
    links = tuple(one for one in story.links if (one.agent, one.conversation) not in others)
    files = (
        replace(
            file,
            ranges=tuple(one for one in file.ranges if (one.agent, one.conversation) not in others),
            removed=tuple(one for one in file.removed if (one.agent, one.conversation) not in others),
        )
        for file in story.files
    )
    return replace(story, links=links, files=tuple(one for one in files if one.ranges or one.removed))


def _looked_at(repo: Repo, commits: set[str]) -> None:
    """Spare the worker the branches whose commits were all seen here: it would take them for missed ones."""
    state = worker_state.load(repo.home)
    if state.tips is not None:
        seen = {ref: oid for ref, oid in tips(repo).items() if oid in commits}
        worker_state.save(repo.home, replace(state, tips={**state.tips, **seen}))


def proven(linked: Linked, stored: Story | None = None, added: Added | None = None) -> Story:
    """Without links that content does not support: for old commits, names of files are not enough.

    What the hook's worker had reason to link by them (`stored`) stays, and so do those turns that the commit itself
    adds to the conversation's file (`added`, by their numbers).
    """
    story = linked.story
    seen = {(one.agent, one.conversation) for one in stored.links} if stored is not None else set()
    links: list[Link] = []
    for link in story.links:
        key = (link.agent, link.conversation)
        if link.evidence in ("lines", "command", "manual") or key in seen:
            links.append(link)
        elif link.evidence == "files" and key in (added or {}):
            turns = tuple(turn for turn in link.turns if turn.index in (added or {})[key])
            if any(turn.evidence == "files" for turn in turns):
                links.append(replace(link, turns=turns))
    return replace(story, links=tuple(links))


def _store(
    recorder: Recorder,
    stories: Sequence[Story],
    progress: Callable[[str, int, int], None],
) -> None:
    for start in range(0, len(stories), _BATCH):
        progress("storing stories", start, len(stories))
        recorder.record(stories[start : start + _BATCH])
        point("backfill.batch")
