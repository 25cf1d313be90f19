"""The commit that is being made: the turns behind its index, before it exists.

The replay that links commits is asked about one made up of the index and HEAD. Nothing of it is stored; the same is
found again, and kept, when the commit is there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Set
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct

from gitstory.agents.catalog import AGENTS
from gitstory.attribution.committing_turn import Marker
from gitstory.attribution.timeline import name
from gitstory.git.changed_files import Commit, read_commits, staged
from gitstory.git.process import git
from gitstory.git.repo import Repo
from gitstory.linking.history_window import earlier
from gitstory.linking.linker import may_explain
from gitstory.model import Story
from gitstory.recording.live_conversations import Live
from gitstory.recording.recording_setup import RecordingSetup, setup
from gitstory.store.record_paths import is_history
from gitstory.store.store import StoryStore
from gitstory.worker.process_queue import PENDING_FOR


class Making(Struct, frozen=True):
    """What is known of the commit: its `index` (None: the usual one), and whether it takes HEAD's place."""

    index: Path | None = None
    amends: bool = False


@contextmanager
def story_of(repo: Repo, making: Making) -> Iterator[tuple[Story, Live] | None]:
    """The story the commit would have, and the stores it was found in; None if it would have none."""
    recording = setup(repo)
    commit = unmade(repo, making) if recording.enabled and not _kept_back(repo, recording) else None
    if commit is None or not commit.files:
        yield None
        return
    named = _markers(recording)
    matters = may_explain([commit], lambda: _names(repo, making))
    since = commit.committer_time - PENDING_FOR
    with Live(repo, StoryStore(repo), recording, since=since, always=named, matters=matters) as live:
        history = earlier(repo, [commit], live.gathered)
        [linked] = live.linker.link([commit], live.gathered, {commit.oid: named}, history)
        yield linked.story, live


def unmade(repo: Repo, making: Making) -> Commit | None:
    """The commit git is about to make of the index, as far as linking needs it; None if that is unknown."""
    head = repo.ref("HEAD")
    parents = [] if head is None else [head]
    if making.amends and head is not None:
        parents = [parent for commit in read_commits(repo, [head], walk=False) for parent in commit.parents]
    else:
        parents += _merged(repo)
    files = staged(repo, parents, making.index)
    now = int(time.time()) + 1
    return Commit(
        oid="0" * (64 if repo.object_format == "sha256" else 40),
        parents=tuple(parents),
        author_name="",
        author_email="",
        author_time=now,
        committer_email="",
        committer_time=now,
        tree="",
        subject="",
        files=tuple(file for file in files if not is_history(file.path.decode("utf-8", "surrogateescape"))),
    )


def _merged(repo: Repo) -> list[str]:
    """What is being merged, in git's own file; empty otherwise."""
    try:
        return (repo.git_dir / "MERGE_HEAD").read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        return []


def _kept_back(repo: Repo, recording: RecordingSetup) -> bool:
    """Whether what is committed at this moment is not to be recorded: switched off, or on a branch left out."""
    if recording.private.covers(time.time()):
        return True
    branch = repo.run("symbolic-ref", "--quiet", "--short", "HEAD", check=False).stdout.decode("utf-8", "replace")
    return any(fnmatchcase(branch.strip(), one) for one in recording.ignored_branches)


def _markers(recording: RecordingSetup) -> set[Marker]:
    """Conversations whose agent's shell this runs in."""
    env = recording.context.where.env
    markers: set[Marker] = set()
    for agent, info in AGENTS.items():
        for variable, kind in info.markers.items():
            value = env.get(variable, "")
            if kind == "conversation" and value and not recording.private.forgotten(agent, value, None):
                markers.add((agent, value))
    return markers


def _names(repo: Repo, making: Making) -> Set[str]:
    where = (f"--git-dir={repo.git_dir}", "ls-files", "-z", "--cached")
    env = None if making.index is None else {"GIT_INDEX_FILE": str(making.index)}
    listed = git(*where, check=False, env=env).stdout
    return frozenset(name(path.rpartition(b"/")[2]) for path in listed.split(b"\0"))
