"""`git story status`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct, to_builtins

from gitstory.cli.output import console, say_json
from gitstory.cli.shared_options import json_option, open_repo
from gitstory.text.console import Console, neutralise_line
from gitstory.text.words import hanging

if TYPE_CHECKING:
    from pathlib import Path

    from gitstory.git.repo import Repo
    from gitstory.hooks.setup import Installed
    from gitstory.queries.local_stores import StoreView
    from gitstory.recording.quarantine import QuarantineEntry
    from gitstory.recording.worker_state import WorkerState
    from gitstory.store.store import StoryStore
    from gitstory.watching.watcher_lock import Running


_AT_WORK = 60.0
"""Seconds that events may be in the queue before that is a problem."""


class StatusFinding(Struct, frozen=True):
    """Something that is not as it should be, and what to do about it."""

    message: str
    hint: str


class Status(Struct, frozen=True):
    installed: Installed
    waiting: int
    state: WorkerState
    stories: int
    conversations: int
    agents: tuple[StoreView, ...]
    findings: tuple[StatusFinding, ...]
    watcher: Running | None = None
    off_since: float | None = None
    """When recording was switched off by `git story off` (epoch seconds)."""
    aside: tuple[QuarantineEntry, ...] = ()


@click.command()
@json_option
def command(as_json: bool) -> None:
    """Show what is set up, queued, stored and failing in this repository."""
    with open_repo() as repo:
        report = status(repo)
    if as_json:
        say_json(_json(report))
        return
    with console(pager=False) as out:
        for line in _lines(report, out):
            for part in hanging(line, out.width) if out.screen else (line,):
                out.line(part)


def status(repo: Repo) -> Status:
    """Looks only; drains nothing and repairs nothing."""
    from gitstory.agents.registry import discover
    from gitstory.capture.queue_file import waiting, waiting_since
    from gitstory.environment import surroundings
    from gitstory.errors import GitStoryError
    from gitstory.hooks.hook_program import own_program
    from gitstory.hooks.setup import installed
    from gitstory.queries.local_stores import store_views
    from gitstory.recording import quarantine, skipped_sources
    from gitstory.recording.context import with_local
    from gitstory.recording.worker_state import load
    from gitstory.store.store import StoryStore
    from gitstory.watching.watcher_lock import running

    found_agents = discover()
    skipped_sources.begin(repo.home)
    setup = installed(repo, own_program())
    store = StoryStore(repo)
    agents = tuple(
        store_views(found_agents.agents, with_local(surroundings(_more_stores(repo)), found_agents.agents, repo), repo)
    )
    conversations = _conversations(store)
    lines, state, watcher = waiting(repo.home), load(repo.home), running(repo.home)
    entries = quarantine.load(repo.home)
    findings = [
        *_setup_findings(setup),
        *_setting_findings(repo),
        *_run_findings(lines, waiting_since(repo.home), state),
        *_aside_findings(entries),
        *_store_findings(store, conversations),
        *_agent_findings(agents),
        *_sharing_findings(repo),
        *([StatusFinding(f"the watcher: {watcher.problem}", "it tries again")] if watcher and watcher.problem else []),
        *(
            StatusFinding(f"the reader '{p.name}' cannot be used: {p.reason}", "update or remove it")
            for p in found_agents.problems
        ),
    ]
    off = None
    with suppress(GitStoryError):  # among the findings
        off = _off_since(repo)
    stories = _stories(store)
    return Status(setup, lines, state, stories, conversations or 0, agents, tuple(findings), watcher, off, entries)


def _more_stores(repo: Repo) -> dict[str, tuple[Path, ...]]:
    """Those that the configuration and hooks name; none where the settings cannot be read, which is said elsewhere."""
    from gitstory.config.load import load
    from gitstory.errors import GitStoryError
    from gitstory.recording.agent_roots import stores

    try:
        return stores(repo, load(repo))
    except GitStoryError:
        return {}


def _setup_findings(setup: Installed) -> Iterator[StatusFinding]:
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


def _run_findings(waiting: int, since: float | None, state: WorkerState) -> Iterator[StatusFinding]:
    # A worker is at what came just now. The clock may have been set back.
    if waiting and since is not None and abs(time.time() - since) > _AT_WORK:
        from gitstory.text.words import count

        yield StatusFinding(
            f"{count(waiting, 'event')} in the queue for {_since(since).removesuffix(' ago')}",
            "`git story drain` processes the queue and says what is wrong",
        )
    for number, error in enumerate(state.errors, 1):
        rest = "nothing was recorded" if state.nothing and number == len(state.errors) else "the rest was recorded"
        yield StatusFinding(f"the last run met a problem: {error}", f"{rest}; `git story drain` tries again")
    if state.skipped:
        from gitstory.text.words import count, listed, not_understood

        named = listed([not_understood(*one) for one in state.strange])
        yield StatusFinding(
            f"{count(state.skipped, 'record')} in transcripts could not be understood{f': {named}' if named else ''}",
            "the rest was read; if a story misses something, report the version, `git story agents` lists them",
        )


def _aside_findings(entries: Iterable[QuarantineEntry]) -> Iterator[StatusFinding]:
    """Items that could not be processed: which, why, and how to look at each."""
    from gitstory.recording.journal import describe

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


def _conversations(store: StoryStore) -> int | None:
    """How many are stored, None where that cannot be found out."""
    from gitstory.errors import GitStoryError

    try:
        return sum(1 for _ in store.conversations())
    except GitStoryError:
        return None


def _stories(store: StoryStore) -> int:
    from gitstory.errors import GitStoryError

    try:
        return len(store.commits())
    except GitStoryError:
        return 0


def _store_findings(store: StoryStore, conversations: int | None) -> Iterator[StatusFinding]:
    from gitstory.store.store import DATA_REF

    if conversations is None or (store.contents.root is None and store.repo.ref(DATA_REF) is not None):
        yield StatusFinding(
            "the record cannot be read: objects below refs/story/data are missing or damaged",
            "`git fsck` names them; get them back from a copy of this repository, or delete the ref with "
            "`git update-ref -d refs/story/data` and record anew with `git story backfill --all`",
        )
    elif store.refused:
        yield StatusFinding(
            f"{store.refused} {'record is' if store.refused == 1 else 'records are'} missing or damaged in the store",
            "`git fsck` names the objects; the rest can be read, and a copy of this repository has them",
        )


def _setting_findings(repo: Repo) -> Iterator[StatusFinding]:
    from gitstory.errors import GitStoryError

    try:
        _off_since(repo)
    except GitStoryError as error:
        yield StatusFinding(f"nothing can be recorded: {error.message}", error.hint or "correct the setting")


def _off_since(repo: Repo) -> float | None:
    """When somebody switched recording off (epoch seconds), None where it is on. Raises GitStoryError."""
    from gitstory.attribution.private import FOREVER, parse_period
    from gitstory.config.load import load

    periods = map(parse_period, load(repo).private_periods)
    return min((start for start, end in periods if end == FOREVER), default=None)


def _agent_findings(agents: tuple[StoreView, ...]) -> Iterator[StatusFinding]:
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


def _sharing_findings(repo: Repo) -> Iterator[StatusFinding]:
    """Pushes and pulls in the background that failed, and what a remote would erase here."""
    from gitstory.cli.remote_erasures import hint
    from gitstory.render.sync import erased
    from gitstory.store.sync.shared import load

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


def _lines(report: Status, out: Console) -> Iterator[str]:
    from gitstory.cli.watch import watcher_status
    from gitstory.text.words import count, listed

    def row(name: str, text: str) -> str:
        return f"{out.paint(f'{name:<14}', 'bold')}{neutralise_line(text)}"

    setup = report.installed
    if setup.disabled:
        yield row("enabled", "no: `git story disable` was run here; `git story enable` starts recording again")
    else:
        yield row("enabled", "yes" if setup.enabled else "no")
    if report.off_since is not None:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(report.off_since))
        yield row("recording", f"switched off since {when} (`git story on` switches it on)")
    yield row("hooks", _hooks(setup))
    yield row("notes", "shown by git log" if setup.displayed else "not shown by git log")
    yield row("queue", "empty" if not report.waiting else f"{report.waiting} being processed")
    yield row("last drain", _ago(report.state))
    yield row("watcher", watcher_status(report.watcher))
    for repair in report.state.repairs:
        yield row("repaired", f"{_since(repair.time)}: {repair.message}")
    stories, conversations = count(report.stories, "story", "stories"), count(report.conversations, "conversation")
    yield row("stored", f"{stories}, {conversations}")
    for agent in report.agents:
        if agent.is_found:
            yield row(agent.label, _agent(agent))
    if absent := [agent.label for agent in report.agents if not agent.is_found]:
        yield row("not found", listed(absent))
    for finding in report.findings:
        yield ""
        yield out.paint("problem: ", "yellow") + neutralise_line(finding.message)
        yield out.paint("hint: ", "dim") + neutralise_line(finding.hint)


def _hooks(setup: Installed) -> str:
    names = {
        "in place": "in place",
        "called by pre-commit": "called by pre-commit",
        "run by pre-commit": "run through pre-commit",
        "missing": "none",
        "replaced": "none",
    }
    groups: dict[str, list[str]] = {}
    for hook in setup.hooks:
        word = names[hook.state]
        if word == "none" and setup.wanted:
            word = "lost"
        groups.setdefault(word + (", yours is run too" if hook.chained else ""), []).append(hook.event)
    where = setup.place.directory
    words = "; ".join(word if len(groups) == 1 else f"{', '.join(events)}: {word}" for word, events in groups.items())
    return f"{words} ({where}{', all repositories' if setup.place.shared else ''})"


def _ago(state: WorkerState) -> str:
    if not state.ran:
        return "never"
    return f"{_since(state.ran)}, took {state.took * 1000:.0f} ms"


def _since(moment: float) -> str:
    seconds = max(0, int(time.time() - moment))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def _agent(agent: StoreView) -> str:
    from gitstory.text.words import count

    conversations = count(agent.conversations, "conversation")
    return f"{agent.here:,} of {conversations} from this repository ({', '.join(agent.roots)})"


def _item(entry: QuarantineEntry) -> dict[str, Any]:
    fields = {name: value for name, value in to_builtins(entry.task).items() if name != "size"}
    return {**fields, "error": entry.error, "place": entry.place, "since": entry.since}


def _json(report: Status) -> dict[str, Any]:
    setup = report.installed
    return {
        "schema": "gitstory.status/1",
        "enabled": setup.enabled,
        "disabled": setup.disabled,
        "hooks": {
            "directory": str(setup.place.directory),
            "manager": setup.place.manager,
            "global": setup.place.shared,
            "events": {
                hook.event: {
                    "state": "lost" if setup.wanted and hook.state in ("missing", "replaced") else hook.state,
                    "chained": hook.chained,
                    "outdated": hook.outdated,
                }
                for hook in setup.hooks
            },
        },
        "off_since": report.off_since,
        "notes_displayed": setup.displayed,
        "waiting": report.waiting,
        "last_drain": {
            "time": report.state.ran or None,
            "seconds": report.state.took,
            "errors": list(report.state.errors),
            "repairs": [{"time": one.time, "message": one.message} for one in report.state.repairs],
        },
        "watcher": to_builtins(report.watcher) if report.watcher is not None else None,
        "unreadable_records": report.state.skipped,
        "set_aside": [_item(entry) for entry in report.aside if entry.is_aside],
        "stories": report.stories,
        "conversations": report.conversations,
        "agents": [to_builtins(agent) for agent in report.agents],
        "findings": [to_builtins(finding) for finding in report.findings],
    }
