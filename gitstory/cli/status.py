"""`git story status`: collects what is set up, queued, stored and failing."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from gitstory.cli import status_findings
from gitstory.cli.output import console, say_json
from gitstory.cli.shared_options import json_option, open_repo
from gitstory.cli.status_report import Status, status_json, status_lines
from gitstory.text.wording import hanging

if TYPE_CHECKING:
    from pathlib import Path

    from gitstory.git.repo import Repo
    from gitstory.store.store import StoryStore


@click.command()
@json_option
def command(as_json: bool) -> None:
    """Show what is set up, queued, stored and failing in this repository."""
    with open_repo() as repo:
        report = status(repo)
    if as_json:
        say_json(status_json(report))
        return
    with console(pager=False) as out:
        for line in status_lines(report, out):
            for part in hanging(line, out.width) if out.screen else (line,):
                out.line(part)


def status(repo: Repo) -> Status:
    """Return the state of a repository: reads only, processes no queue and repairs nothing."""
    from gitstory.agents.registry import discover
    from gitstory.environment import surroundings
    from gitstory.errors import GitStoryError
    from gitstory.hooks.git_story_executable import own_program
    from gitstory.hooks.setup import installed
    from gitstory.queries.agents import store_views
    from gitstory.recording import quarantine, set_aside_sources
    from gitstory.recording.queue_file import waiting, waiting_since
    from gitstory.recording.recording_setup import with_local
    from gitstory.recording.worker_state import load
    from gitstory.store.store import StoryStore
    from gitstory.watching.watcher_lock import running

    found_agents = discover()
    set_aside_sources.begin(repo.home)
    setup = installed(repo, own_program())
    store = StoryStore(repo)
    agents = tuple(
        store_views(found_agents.agents, with_local(surroundings(_more_stores(repo)), found_agents.agents, repo), repo)
    )
    conversations = _conversations(store)
    lines, state, watcher = waiting(repo.home), load(repo.home), running(repo.home)
    entries = quarantine.load(repo.home)
    findings = [
        *status_findings.setup_findings(setup),
        *status_findings.setting_findings(repo),
        *status_findings.run_findings(lines, waiting_since(repo.home), state),
        *status_findings.aside_findings(entries),
        *status_findings.store_findings(store, conversations),
        *status_findings.agent_findings(agents),
        *status_findings.sharing_findings(repo),
        *(
            [status_findings.StatusFinding(f"the watcher: {watcher.problem}", "it tries again")]
            if watcher and watcher.problem
            else []
        ),
        *(
            status_findings.StatusFinding(f"the reader '{p.name}' cannot be used: {p.reason}", "update or remove it")
            for p in found_agents.problems
        ),
    ]
    off = None
    with suppress(GitStoryError):  # among the findings
        off = status_findings.off_since(repo)
    stories = _stories(store)
    return Status(setup, lines, state, stories, conversations or 0, agents, tuple(findings), watcher, off, entries)


_READ_ALL = 2000
"""Conversations up to which each is read, so that damage is noticed; of more, the index of the record counts them."""


def _more_stores(repo: Repo) -> dict[str, tuple[Path, ...]]:
    """Stores named by the configuration and by hooks; none if the settings cannot be read (a finding of its own)."""
    from gitstory.config.load import load
    from gitstory.errors import GitStoryError
    from gitstory.recording.remembered_agent_roots import stores

    try:
        return stores(repo, load(repo))
    except GitStoryError:
        return {}


def _conversations(store: StoryStore) -> int | None:
    """How many are stored, None where that cannot be found out."""
    from gitstory.errors import GitStoryError

    try:
        count = store.index.count_conversations()
        return count if count > _READ_ALL else sum(1 for _ in store.conversations())
    except GitStoryError:
        return None


def _stories(store: StoryStore) -> int:
    from gitstory.errors import GitStoryError

    try:
        return store.index.count_stories()
    except GitStoryError:
        return 0
