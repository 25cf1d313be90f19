"""The report of `git story status`: as lines for a terminal, and as JSON."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from gitstory.cli.status_findings import StatusFinding, since
from gitstory.text.console import Console, neutralise_line

if TYPE_CHECKING:
    from gitstory.hooks.setup import Installed
    from gitstory.queries.agents import StoreView
    from gitstory.recording.quarantine import QuarantineEntry
    from gitstory.recording.worker_state import WorkerState
    from gitstory.watching.watcher_lock import Running


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


def status_lines(report: Status, out: Console) -> Iterator[str]:
    from gitstory.cli.watch import watcher_status
    from gitstory.text.wording import count, listed

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
        yield row("repaired", f"{since(repair.time)}: {repair.message}")
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
    return f"{since(state.ran)}, took {state.took * 1000:.0f} ms"


def _agent(agent: StoreView) -> str:
    from gitstory.text.wording import count

    conversations = count(agent.conversations, "conversation")
    return f"{agent.here:,} of {conversations} from this repository ({', '.join(agent.roots)})"


def _item(entry: QuarantineEntry) -> dict[str, Any]:
    fields = {name: value for name, value in to_builtins(entry.task).items() if name != "size"}
    return {**fields, "error": entry.error, "place": entry.place, "since": entry.since}


def status_json(report: Status) -> dict[str, Any]:
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
