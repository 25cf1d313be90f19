"""`git story inspect`: what an agent's store really holds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from gitstory.cli.shared_options import json_option

if TYPE_CHECKING:
    from pathlib import Path

    from gitstory.agents.base import Agent, Entry
    from gitstory.environment import Surroundings
    from gitstory.queries.raw_agent_store import InspectHit

Mask = Callable[[str], str]
SCHEMA = "gitstory.inspect/1"
_ABOUT = 60


@click.command()
@click.argument("agent")
@click.argument("file", required=False)
@click.option("--search", metavar="TEXT", help="Only the pieces that hold TEXT, in capitals or not.")
@click.option("--key", metavar="KEY", help="Print the piece called KEY; JSON is pretty-printed.")
@click.option("--raw", is_flag=True, help="Print as it is: secrets not masked, JSON not pretty-printed.")
@json_option
def command(agent: str, file: str | None, search: str | None, key: str | None, raw: bool, as_json: bool) -> int:
    """Show the raw conversation files of AGENT.

    Without FILE its files are listed; with it, their pieces: records of JSON lines, rows of SQLite tables, members of
    JSON, sections of Markdown. What is in front of a row is what --key takes. Secrets are masked unless --raw.
    """
    from gitstory.agents import registry
    from gitstory.queries.raw_agent_store import roots, value
    from gitstory.queries.raw_agent_store import search as search_store

    if (file is not None) + (search is not None) + (key is not None) > 1:
        raise click.UsageError("FILE, --search and --key exclude each other")
    where, mask = _setting(raw)
    reader = registry.agent(agent)
    there = roots(reader, where)
    if key is not None:
        _print(value(reader, there, key), mask, raw)
    elif search is not None:
        _hits(search_store(reader, there, search, mask), as_json)
    else:
        _list(reader, there, file, mask, as_json)
    return 0


def _setting(raw: bool) -> tuple[Surroundings, Mask]:
    """Where the stores are, and what masks secrets: by this repository's settings, by our own outside of one."""
    from gitstory.environment import surroundings
    from gitstory.git.repo import NotARepository, Repo
    from gitstory.redact.settings import Settings

    where, settings = surroundings(), Settings()
    try:
        from gitstory.recording.recording_setup import setup

        with Repo.open() as repo:
            recording = setup(repo)
        where, settings = recording.context.where, recording.keeping.redact
    except NotARepository:
        pass  # the store is the person's, not a repository's
    if raw:
        return where, lambda text: text
    from gitstory.redact.engine import Redactor

    return where, Redactor(settings).text


def _list(reader: Agent, there: list[Path], file: str | None, mask: Mask, as_json: bool) -> None:
    from gitstory.queries.raw_agent_store import overview, pieces

    if file is not None:
        _rows(pieces(reader, there, file), mask, as_json)
        return
    if as_json:
        _rows((entry for _, entry in overview(reader, there)), mask, as_json)
        return
    from gitstory.cli.output import console
    from gitstory.text.console import neutralise_line

    shown: Path | None = None
    with console() as out:
        for root, entry in overview(reader, there):
            if root != shown:
                out.line(out.paint(neutralise_line(str(root)), "bold"))
                shown = root
            out.line(_line(entry, mask))


def _rows(entries: Iterable[Entry], mask: Mask, as_json: bool) -> None:
    if as_json:
        for entry in entries:
            _say_json(key=entry.key, size=entry.size, modified=_time(entry), about=mask(entry.about))
        return
    from gitstory.cli.output import console

    with console() as out:
        for entry in entries:
            out.line(_line(entry, mask))


def _line(entry: Entry, mask: Mask) -> str:
    import time

    from gitstory.text.console import neutralise_line
    from gitstory.text.wording import local, shorten

    when = local(entry.modified, time.localtime().tm_gmtoff // 60, "%Y-%m-%d %H:%M")
    line = f"{entry.size:>12,}  {when:<16}  {neutralise_line(entry.key)}"
    return f"{line}  ({shorten(neutralise_line(mask(entry.about)), _ABOUT)})" if entry.about else line


def _time(entry: Entry) -> str | None:
    from gitstory.text.wording import rfc3339

    return rfc3339(entry.modified)


def _hits(hits: Iterable[InspectHit], as_json: bool) -> None:
    from gitstory.cli.output import console
    from gitstory.text.console import neutralise_line
    from gitstory.text.wording import one_line

    if as_json:
        for hit in hits:
            _say_json(key=hit.entry.key, size=hit.entry.size, times=hit.times, around=hit.around)
        return
    with console() as out:
        for hit in hits:
            out.line(out.paint(neutralise_line(hit.entry.key), "yellow"))
            more = f"  ({hit.times} times)" if hit.times > 1 else ""
            out.line(f"    {neutralise_line(one_line(hit.around))}{more}")


def _say_json(**fields: Any) -> None:
    from gitstory.render.json import dump

    click.echo(dump({"schema": SCHEMA, **fields}))


def _print(data: bytes, mask: Mask, raw: bool) -> None:
    """A piece on stdout: to a terminal only what does it no harm, elsewhere `raw` is byte for byte."""
    from gitstory.text.console import neutralise

    if raw and not sys.stdout.isatty():
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    text = data.decode("utf-8", "replace")
    text = mask(text if raw else _laid_out(text))
    click.echo(neutralise(text))


def _laid_out(text: str) -> str:
    import json

    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text
