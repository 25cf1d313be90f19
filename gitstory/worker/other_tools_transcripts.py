"""Linking by transcripts that another tool keeps in the repository, as by an agent's own store.

They are put into files as the agents would have them, in a folder of gitstory's own that is removed at the end, and
by the next run if this one is killed.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from gitstory.agents.registry import agents
from gitstory.attribution.committing_turn import Marker
from gitstory.environment import Surroundings
from gitstory.errors import GitStoryError
from gitstory.git.file_lock import single_flight
from gitstory.git.repo import Repo
from gitstory.interop import entire_transcripts
from gitstory.interop.formats.merge_transcript_copies import READ, agent_of, file_name, gathered
from gitstory.recording.recording_setup import RecordingSetup
from gitstory.worker.backfill import BackfillRequest, Outcome, backfill

_FOLDER = "replayed"
_MOST_BYTES = 16 << 30
"""Bytes of transcripts that are put into files."""

Progress = Callable[[str, int, int], None]


class Laid(Struct):
    """What was put into files: `named` are its conversations, `left` counts those that were not, by agent."""

    stores: dict[str, tuple[Path, ...]]
    named: set[Marker]
    left: Counter[str]
    people: dict[Marker, frozenset[tuple[str, str]]]
    too_much: int = 0


def replay(
    repo: Repo, setup: RecordingSetup, request: BackfillRequest, progress: Progress = lambda stage, done, of: None
) -> Outcome:
    """Link and store by the transcripts that Entire keeps here, each conversation to commits of those
    who stored it. Raises `NoCheckpoints`."""
    conversations = entire_transcripts.conversations(repo)
    with _folder(repo) as folder:
        laid = _lay(repo, folder, conversations, setup, progress)
        context = replace(
            setup.context,
            agents=tuple(one for one in agents() if one.name in laid.stores),
            where=Surroundings({}, folder / "nobody", laid.stores),
        )
        wanted = replace(request, anyone=True, vouched=frozenset(laid.named), people=laid.people)
        linked = backfill(repo, replace(setup, context=context), wanted, progress)
    linked.problems = (*_problems(laid), *linked.problems)
    return linked


@contextmanager
def _folder(repo: Repo) -> Iterator[Path]:
    repo.home.mkdir(parents=True, exist_ok=True)
    with single_flight(repo.home / f"{_FOLDER}.lock", timeout=60) as got:
        if not got:
            raise GitStoryError("another run is reading these transcripts", hint="try again when it has ended")
        folder = repo.home / _FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _lay(
    repo: Repo, folder: Path, conversations: list[entire_transcripts.Copies], setup: RecordingSetup, progress: Progress
) -> Laid:
    read = {one.name for one in setup.context.agents} & set(READ)
    laid = Laid({name: (folder / name / READ[name],) for name in sorted(read)}, set(), Counter(), {})
    room = _MOST_BYTES
    for number, copies in enumerate(conversations):
        progress("reading checkpoints", number, len(conversations))
        agent, transcript = _whole(entire_transcripts.contents(repo, copies.blobs), read)
        if agent is None:
            continue  # its blobs are not in this clone, or empty
        name = file_name(agent, copies.conversation, transcript) if transcript else None
        if name is None:
            laid.left[agent] += 1
            continue
        room -= len(transcript)
        if room < 0:
            laid.too_much += 1
            continue
        path = laid.stores[agent][0] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(transcript)
        laid.named.add((agent, copies.conversation))
        laid.people[agent, copies.conversation] = copies.people
    return laid


def _whole(contents: Iterable[bytes], read: Collection[str]) -> tuple[str | None, bytes]:
    """(the agent that wrote a transcript, all of it), from its copies; nothing of an agent that is not in `read`."""
    copies = iter(contents)
    first = next(copies, None)
    if first is None:
        return None, b""
    agent = agent_of(first)
    if agent not in read:
        return agent, b""
    transcript = gathered(agent)
    for copy in chain([first], copies):
        transcript.add(copy)
    return agent, transcript.whole()


def _problems(laid: Laid) -> Iterator[str]:
    for agent, number in sorted(laid.left.items()):
        of_whom = f"of {agent}" if agent else "of agents that are not known"
        yield f"entire: {number} conversations {of_whom} were left out"
    if laid.too_much:
        yield f"entire: {laid.too_much} conversations were left out: there is too much of them"
