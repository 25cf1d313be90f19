"""`git story history`: conversations as Markdown files next to the code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from gitstory.cli.open_store import open_store
from gitstory.cli.output import say, warn
from gitstory.cli.shared_options import anonymise_option, anonymous, json_option, open_repo
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.config.load import Config
    from gitstory.git.repo import Repo
    from gitstory.history_files.folder import HistoryFile, HistoryFolder
    from gitstory.recording.live_conversations import Live
    from gitstory.sources.story_source import Key
    from gitstory.store.store import StoryStore


@click.group()
def command() -> None:
    """Keep conversations as Markdown files next to the code (`.gitstory/history`).

    One file a conversation, redacted, with edits as diffs and the commits each turn led to. git leaves the folder alone
    (`.git/info/exclude`) unless `history.commit` says that it is to be committed.
    """


@command.command()
@click.argument("conversations", nargs=-1, metavar="[CONVERSATION]...")
@click.option("--running", is_flag=True, help="Also turns that are still running.")
@click.option("--format", "form", type=click.Choice(["gitstory", "specstory"]), help="Instead of `history.format`.")
@click.option(
    "--detail", type=click.Choice(["prompts", "prompts+answers", "full"]), help="Instead of `history.detail`."
)
@anonymise_option
@json_option
def write(
    conversations: tuple[str, ...], running: bool, form: str | None, detail: str | None, anonymise: bool, as_json: bool
) -> int:
    """Write the files of conversations.

    Of those named, else of all of this repository. A file is written only where something in it changed; its name
    never changes.
    """
    from msgspec.structs import replace

    from gitstory.history_files.sync import write_histories
    from gitstory.text.wording import count

    changed = total = 0
    with _opened() as (repo, store, live, config):
        settings = replace(
            config, history_format=form or config.history_format, history_detail=detail or config.history_detail
        )
        keys = [_chosen(store, live, text) for text in conversations] or None
        people = anonymous(repo) if anonymise else None
        for written in write_histories(repo, store, live, settings, keys, running=running, people=people):
            total += 1
            changed += written.changed
            if as_json:
                _json(written.key, str(written.path), changed=written.changed, turns=written.turns)
            elif written.changed:
                say(_shown(repo, str(written.path)))
    if not as_json and sys.stderr.isatty():
        click.echo(f"{changed:,} of {count(total, 'file')} written, the others are unchanged", err=True)
    return 0


@command.command(name="list")
@json_option
def listed(as_json: bool) -> int:
    """List the history files of this work tree."""
    with open_repo() as repo:
        files = list(_folder(repo).files())
        for file in files:
            if as_json:
                _json(file.key, str(file.path), size=file.size)
            else:
                say(_shown(repo, str(file.path)))
    if not files and not as_json:
        click.echo("no history files here; `git story history write` makes them", err=True)
    return 0


@command.command(name="open")
@click.argument("conversation", required=False)
def open_(conversation: str | None) -> int:
    """Open the file of a conversation in the editor git uses.

    Of the one going on last, if none is named. Where nobody can edit (no terminal), its path is printed.
    """
    from gitstory.history_files.sync import write_histories

    with _opened() as (repo, store, live, config):
        key = _chosen(store, live, conversation) if conversation is not None else _newest(store, live)
        written = next((one for one in write_histories(repo, store, live, config, [key], running=True)), None)
        if written is None:
            raise GitStoryError(f"nothing of conversation {key[1]} may be written", hint="it may be private or empty")
        editor = repo.git("var", "GIT_EDITOR", check=False).decode("utf-8", "replace").strip()
    if not sys.stdin.isatty() or not sys.stdout.isatty() or not editor:
        click.echo(str(written.path))
        return 0
    import subprocess

    from gitstory.git.find_program import absolute_only, find_program

    # GIT_EDITOR is a shell command, as git itself takes it.
    shell = find_program("sh", os.environ.get("PATH")) or "sh"
    words = [shell, "-c", f'{editor} "$@"', editor, str(written.path)]
    return subprocess.call(words, env=absolute_only(os.environ))


@command.command()
@click.option("--all", "everything", is_flag=True, help="Every history file, not only those nothing knows any more.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, change nothing.")
def clean(everything: bool, dry_run: bool) -> int:
    """Remove the files of conversations that are no more.

    Those that were forgotten, or deleted by their agent and never recorded. What git has in its history stays there;
    files that are not gitstory's are left alone.
    """
    from gitstory.history_files.sync import lost

    if everything:
        with open_repo() as repo:
            return _remove(repo, list(_folder(repo).files()), dry_run)
    with _opened() as (repo, store, live, config):
        keys = {*((meta.agent, meta.id) for meta in store.conversations()), *live.keys()}
        return _remove(repo, lost(_folder(repo, config).files(), keys), dry_run)


def _remove(repo: Repo, files: list[HistoryFile], dry_run: bool) -> int:
    place = _folder(repo)
    for file in files:
        if not dry_run:
            place.remove(file)
        say(("would remove " if dry_run else "removed ") + _shown(repo, str(file.path)))
    return 0


@contextmanager
def _opened() -> Iterator[tuple[Repo, StoryStore, Live, Config]]:
    from gitstory.config.load import load
    from gitstory.history_files.sync import folder
    from gitstory.recording.live_conversations import Live

    with open_store() as (repo, sources):
        store = sources.store
        config = load(repo)
        folder(repo, config)  # a place that cannot be used is said before everything is read
        with Live(repo, store) as live:
            yield repo, store, live, config


def _folder(repo: Repo, config: Config | None = None) -> HistoryFolder:
    from gitstory.config.load import load
    from gitstory.history_files.sync import folder

    return folder(repo, config or load(repo))


def _chosen(store: StoryStore, live: Live, text: str) -> Key:
    from gitstory.queries.manual_links import choose

    return choose(text, [*store.find(text), *live.keys()])


def _newest(store: StoryStore, live: Live) -> Key:
    from gitstory.queries.conversations import ConversationFilter, listing

    rows = listing(store, live, ConversationFilter(most=1)).rows
    if not rows:
        raise GitStoryError(
            "no conversation of this repository is known", hint="`git story agents` shows where they are looked for"
        )
    return (rows[0].agent, rows[0].id)


def _shown(repo: Repo, path: str) -> str:
    from pathlib import Path

    top = repo.worktree
    return Path(path).relative_to(top).as_posix() if top is not None and Path(path).is_relative_to(top) else path


def _json(key: Key, path: str, **more: object) -> None:
    from gitstory.render.json import dump

    agent, conversation = key
    click.echo(dump({"schema": "gitstory.history/1", "agent": agent, "id": conversation, "path": path, **more}))


def refresh(repo: Repo, store: StoryStore) -> None:
    """After an erasure: rewrite the history files without the erased parts."""
    from gitstory.config.load import load
    from gitstory.history_files.sync import refresh as refresh_files
    from gitstory.recording.live_conversations import Live

    if repo.worktree is None or not (repo.worktree / load(repo).history_path).is_dir():
        return
    with Live(repo, store) as live:
        done = refresh_files(repo, store, live, load(repo))
    for verb, paths in (("removed", done.removed), ("rewrote", done.rewritten)):
        for path in paths:
            say(f"{verb} {_shown(repo, str(path))}")
    if done.tracked:
        names = ", ".join(_shown(repo, str(path)) for path in done.tracked[:5])
        warn(f"git has earlier versions of {names}", "commit the change; older commits keep the text")
