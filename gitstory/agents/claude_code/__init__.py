"""Claude Code: JSON-lines transcripts under `~/.claude/projects`, one file a conversation (seen up to 2.1.2xx)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gitstory.agents.base import Agent, Reader, Reading, Source
from gitstory.agents.claude_code import store
from gitstory.agents.claude_code.assemble import NAME, Started, conversation
from gitstory.agents.claude_code.helpers import feed_helper_file
from gitstory.agents.claude_code.parse import feed
from gitstory.agents.claude_code.records import moment
from gitstory.agents.claude_code.state import Log, State, decode, encode
from gitstory.agents.stores import merged
from gitstory.agents.stores.jsonl import START, Lines
from gitstory.agents.stores.jsonl import decode as decode_line


class ClaudeCode(Reader):
    """The reader of Claude Code's store."""

    name = NAME

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        return store.roots(env, home)

    def sources(self, root: Path) -> Iterator[Source]:
        return merged.grouped(store.sources(root))

    def places(self, source: Source) -> tuple[str, ...]:
        return store.places(source.path)

    def folder_of(self, directory: Path) -> str | None:
        return store.folder_of(directory)

    def read(self, source: Source, state: bytes | None = None) -> Reading:
        """The conversation of a main file with its subagents, going on from `state`."""
        if source.also:
            return _read_united(source)
        known = decode(state) or State()
        rest = _read_main(source.path, known)
        files = store.helper_files(source.path)
        rests = _read_helpers(files, known)
        encoded = encode(known)
        # What stands after the last newline is looked at only now: the state must not have seen it.
        _feed_rest(known.log, rest, None)
        for agent, line in rests.items():
            _feed_rest(known.helpers[agent][1], line, agent)
        started = {agent: Started(*store.started_by(file)) for agent, file in files.items()}
        logs = {agent: log for agent, (_, log) in known.helpers.items()}
        found = conversation(known.log, logs, started, source.path.stem, str(source.path))
        return Reading((found,) if found else (), encoded)


def _read_united(source: Source) -> Reading:
    """A conversation whose records are in several project folders: it went on in a work tree, or another directory."""
    paths = sorted((source.path, *source.also))
    log = Log()
    for line, record in merged.records([Lines(path).to_end() for path in paths], moment):
        if record is not None:
            feed(log, record)
        else:
            log.skipped += bool(line.strip())
    files: dict[str, list[Path]] = {}
    for agent, file in (pair for path in paths for pair in store.helper_files(path).items()):
        files.setdefault(agent, []).append(file)
    logs = {agent: _read_helper(agent, several) for agent, several in files.items()}
    started = {agent: Started(*store.started_by(file)) for agent, several in files.items() for file in several[::-1]}
    found = conversation(log, logs, started, source.path.stem, str(source.path))
    return Reading((found,) if found else ())


def _read_helper(agent: str, files: Sequence[Path]) -> Log:
    log = Log()
    for line, _ in merged.records([Lines(file).to_end() for file in files], moment):
        _feed_line(log, line, agent)
    return log


def _read_main(path: Path, known: State) -> bytes:
    """Read on in the main file; what follows its last newline."""
    lines = Lines(path, known.position)
    if lines.restarted:
        known.log, known.helpers = Log(), {}
    for line in lines:
        _feed_line(known.log, line, None)
    known.position = lines.position
    known.log.skipped += lines.skipped
    return lines.rest


def _read_helpers(files: Mapping[str, Path], known: State) -> dict[str, bytes]:
    """Read on in the subagents' files; what follows the last newline of each."""
    rests = {}
    before, known.helpers = known.helpers, {}
    for agent, path in files.items():
        position, log = before.get(agent, (START, Log()))
        lines = Lines(path, position)
        log = Log() if lines.restarted else log
        for line in lines:
            _feed_line(log, line, agent)
        known.helpers[agent] = (lines.position, log)
        rests[agent] = lines.rest
    return rests


def _feed_line(log: Log, line: bytes, agent: str | None) -> None:
    record = decode_line(line)
    if record is None:
        log.skipped += bool(line.strip())
    elif agent is None:
        feed(log, record)
    else:
        feed_helper_file(log, agent, record)


def _feed_rest(log: Log, line: bytes, agent: str | None) -> None:
    """Take a last line without newline if it is whole; the beginning of a record never is one."""
    if line and decode_line(line) is not None:
        _feed_line(log, line, agent)


AGENT: Agent = ClaudeCode()
