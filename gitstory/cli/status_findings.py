"""What `git story status` reports as a problem: the message, and a hint with a command to type."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.hooks.setup import Installed
    from gitstory.queries.agents import StoreView
    from gitstory.recording.quarantine import QuarantineEntry
    from gitstory.recording.worker_state import WorkerState
    from gitstory.store.store import StoryStore

_AT_WORK = 60.0
"""Seconds that events may be in the queue before that is a problem."""


class StatusFinding(Struct, frozen=True):
    """Something that is not as it should be, and what to do about it."""

    message: str
    hint: str


def setup_findings(setup: Installed) -> Iterator[StatusFinding]:
    if setup.disabled:
        return
    if not setup.enabled:
        yield StatusFinding("gitstory is not enabled here", "`git story enable` starts recording")
        return
    lost = [hook.event for hook in setup.hooks if hook.state in ("missing", "replaced")]
    if setup.wanted and lost:
        by = f" ({setup.place.manager} writes its own)" if setup.place.manager else ""
        yield StatusFinding(
            f"our hooks are gone: {', '.join(lost)}{by}",
            "`git story enable` puts them back; commits made meanwhile are found by the next `git story` command",
        )
    if setup.hidden:
        yield StatusFinding(
            f"this repository's {' and '.join(setup.hidden)} do not run: core.hooksPath is set for all repositories",
            "`git story enable` here has them run again",
        )
    if setup.unused:
        yield StatusFinding(
            f".pre-commit-config.yaml has hooks of ours for {', '.join(setup.unused)}, "
            "which pre-commit is not installed for",
            "`git story enable --pre-commit` installs it for them",
        )
    if any(hook.outdated for hook in setup.hooks):
        yield StatusFinding(
            "the hooks are those of another version or place of gitstory", "`git story enable` renews them"
        )


def run_findings(waiting: int, oldest: float | None, state: WorkerState) -> Iterator[StatusFinding]:
    # A worker is at what came just now. The clock may have been set back.
    if waiting and oldest is not None and abs(time.time() - oldest) > _AT_WORK:
        from gitstory.text.wording import count

        yield StatusFinding(
            f"{count(waiting, 'event')} in the queue for {since(oldest).removesuffix(' ago')}",
            "`git story drain` processes the queue and says what is wrong",
        )
    for number, error in enumerate(state.errors, 1):
        rest = "nothing was recorded" if state.nothing and number == len(state.errors) else "the rest was recorded"
        yield StatusFinding(f"the last run met a problem: {error}", f"{rest}; `git story drain` tries again")
    if state.skipped:
        from gitstory.text.wording import count, listed, not_understood

        named = listed([not_understood(*one) for one in state.strange])
        yield StatusFinding(
            f"{count(state.skipped, 'record')} in transcripts could not be understood{f': {named}' if named else ''}",
            "the rest was read; if a story misses something, report the version, `git story agents` lists them",
        )


def aside_findings(entries: Iterable[QuarantineEntry]) -> Iterator[StatusFinding]:
    """Items that could not be processed: which, why, and how to look at each."""
    from gitstory.recording.worker_watchdog import describe

    for entry in entries:
        why = entry.error + (f" ({entry.place})" if entry.place else "")
        look = (
            f"`git show {entry.task.commit[:10]}`" if entry.task.commit else f"`git story inspect {entry.task.agent}`"
        )
        if entry.is_aside:
            waiting = f", {len(entry.events)} commits were recorded without it" if not entry.task.commit else ""
            yield StatusFinding(
                f"{describe(entry.task)} was set aside{waiting}: {why}",
                f"{look} shows it; `git story doctor` tries it again; everything else is recorded",
            )
        else:
            yield StatusFinding(
                f"{describe(entry.task)} could not be processed yet: {why}",
                f"{look} shows it; the next run tries it again, and sets it aside if that fails too often",
            )


def store_findings(store: StoryStore, conversations: int | None) -> Iterator[StatusFinding]:
    from gitstory.store.store import DATA_REF

    if conversations is None or (store.contents.root is None and store.repo.ref(DATA_REF) is not None):
        yield StatusFinding(
            "the record cannot be read: objects below refs/story/data are missing or damaged",
            "`git fsck` names them; get them back from a copy of this repository, or delete the ref with "
            "`git update-ref -d refs/story/data` and record again with `git story backfill --all`",
        )
    elif store.refused:
        yield StatusFinding(
            f"{store.refused} {'record is' if store.refused == 1 else 'records are'} missing or damaged in the store",
            "`git fsck` names the objects; the rest can be read, and a copy of this repository has them",
        )


def setting_findings(repo: Repo) -> Iterator[StatusFinding]:
    from gitstory.errors import GitStoryError

    try:
        off_since(repo)
    except GitStoryError as error:
        yield StatusFinding(f"nothing can be recorded: {error.message}", error.hint or "correct the setting")


def off_since(repo: Repo) -> float | None:
    """When recording was switched off (epoch seconds), None if it is on. Raises GitStoryError."""
    from gitstory.attribution.private_turns import FOREVER, parse_period
    from gitstory.config.load import load

    periods = map(parse_period, load(repo).private_periods)
    return min((start for start, end in periods if end == FOREVER), default=None)


def agent_findings(agents: tuple[StoreView, ...]) -> Iterator[StatusFinding]:
    if not any(agent.is_found for agent in agents):
        yield StatusFinding(
            "no agent's store was found",
            "`git story agents --verbose` lists the places searched; is one moved by a variable that is not set here?",
        )
    for agent in agents:
        if agent.problem:
            yield StatusFinding(
                f"the store of {agent.label} cannot be read: {agent.problem}", "look at its permissions"
            )
        for path, reason in agent.aside:
            yield StatusFinding(
                f"{agent.label}: {path} is not read: {reason}",
                "everything else is; remove it if it is not yours, `git story doctor` tries it again",
            )


def sharing_findings(repo: Repo) -> Iterator[StatusFinding]:
    """Pushes and pulls in the background that failed, and what a remote would erase here."""
    from gitstory.cli.remote_erasures import hint
    from gitstory.render.sync import erased
    from gitstory.store.sync.known_remotes import load
    from gitstory.store.sync.partial_clones import copies

    for copy in copies(repo):
        yield StatusFinding(
            f"the first pull from {copy.name} is not finished: its stories are here, but not all texts",
            "they come in the background, or when you look at them (`story.pull`); "
            "`git story pull --all` waits for all",
        )
    for remote in load(repo.home).remotes.values():
        if remote.pull_error:
            yield StatusFinding(
                f"no stories came from {remote.url}: {remote.pull_error}", "`git story pull` tries again"
            )
        if remote.error:
            yield StatusFinding(f"stories did not reach {remote.url}: {remote.error}", "`git story push` tries again")
        if remote.undecided:
            message = f"{remote.url} would erase {erased(remote.waiting)} here; kept until you decide"
            yield StatusFinding(message, hint(remote.name or remote.url))


def since(moment: float) -> str:
    """How long ago a time was (epoch seconds), in its largest unit: "3 hours ago"."""
    seconds = max(0, int(time.time() - moment))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
