"""Claude Code: JSON-lines transcripts under `~/.claude/projects`, one file a conversation (seen up to 2.1.2xx)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gitstory.agents.base import Agent, Reader, Reading, Source
from gitstory.agents.claude_code import store
from gitstory.agents.claude_code.assemble import NAME, Started, conversation
from gitstory.agents.claude_code.parse import feed
from gitstory.agents.claude_code.records import moment
from gitstory.agents.claude_code.subagents import feed_helper_file
from gitstory.agents.claude_code.transcript_log import TranscriptLog
from gitstory.agents.stores import multi_file
from gitstory.agents.stores.jsonl import counted


class ClaudeCode(Reader):
    """The reader of Claude Code's store."""

    name = NAME

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        return store.roots(env, home)

    def sources(self, root: Path) -> Iterator[Source]:
        return multi_file.grouped(store.sources(root))

    def places(self, source: Source) -> tuple[str, ...]:
        return store.places(source.path)

    def folder_of(self, directory: Path) -> str | None:
        return store.folder_of(directory)

    def read(self, source: Source) -> Reading:
        """The conversation of a main file with its subagents.

        Its records may be in several project folders: it went on in a work tree, or another directory.
        """
        paths = sorted((source.path, *source.also))
        log = _read(paths)
        files: dict[str, list[Path]] = {}
        for agent, file in (pair for path in paths for pair in store.helper_files(path).items()):
            files.setdefault(agent, []).append(file)
        logs = {name: _read(several, name) for name, several in files.items()}
        started = {name: Started(*store.started_by(file)) for name, several in files.items() for file in several[::-1]}
        whole = conversation(log, logs, started, source.path.stem, str(source.path))
        return Reading((whole,) if whole else ())


def _read(paths: Sequence[Path], agent: str | None = None) -> TranscriptLog:
    """The log of a conversation's main files, or of those of a subagent."""
    log = TranscriptLog()
    for record in multi_file.records([counted(path, log) for path in paths], moment, log):
        if agent is None:
            feed(log, record)
        else:
            feed_helper_file(log, agent, record)
    return log


AGENT: Agent = ClaudeCode()
