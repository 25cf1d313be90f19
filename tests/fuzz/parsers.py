"""Every parser of what lies in a repository or beside it, as a function of bytes that must never raise.

A new parser of stored data gets a line in `PARSERS`; both the quick test and `make fuzz` take it from there.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from gitstory.agents.base import Agent
from gitstory.config.load import read_file
from gitstory.config.setting import ConfigError
from gitstory.config.settings_table import KEYS, find_key
from gitstory.git.blame import parse as parse_blame
from gitstory.git.line_hashes import lines_hash, split_lines
from gitstory.history_files.folder import read_header
from gitstory.history_files.parse import read_history
from gitstory.history_files.render import header, history_markdown
from gitstory.interop.commit_claims import plain_claims
from gitstory.interop.formats import agent_trace, commit_trailers, entire, git_ai, git_memento, git_prompt_story
from gitstory.interop.formats.claims import Claim
from gitstory.linking.trace_cache import TraceCache
from gitstory.model import Call, Conversation, Edit, FileStory, Hunk, Link, Range, Say, Story, Turn, TurnLink
from gitstory.recording import queue_file as spool
from gitstory.recording import worker_state
from gitstory.store import record_paths, records
from gitstory.store import verified_ranges_cache as verified
from gitstory.store.sync import known_remotes
from gitstory.testing.value_invariants import wrong
from tests.fuzz import stores

COMMIT = "ab" * 20
_TURN = Turn("t1", 1, "why", 1.5, steps=(Say("so"), Call("Edit", edits=(Edit("a.py", hunks=(Hunk(1, 1, ("+x",)),)),))))
_TALK = Conversation("codex", "c1", (_TURN,), "Title", ("/a",), ("m",), 1.0, 2.0)
_STORY = Story(
    COMMIT,
    (Link("codex", "c1", "lines", 1, (TurnLink("t1", 1, "lines", 1),)),),
    (FileStory("a.py", 1, 0, (Range(1, 1, "codex", "c1", "t1", "00" * 8),)),),
)

_HISTORY = history_markdown(_TALK).encode()

_GIT_AI = b"""a.py
  e61c0a4 1
---
{"schema_version":"authorship/3.0.0","prompts":{"e61c0a4":{"agent_id":{"tool":"claude","id":"c1"},"messages":
[{"type":"user","text":"why","timestamp":"1970-01-01T00:00:05Z"}]}}}"""
_MEMENTO = b"# Git Memento Session\n\n- Provider: Codex\n- Session ID: c1\n- Session Title: t\n"


class Parser(Struct, frozen=True):
    """`seeds` are good inputs that the search starts from."""

    name: str
    run: Callable[[bytes], object]
    seeds: tuple[bytes, ...]


def _on_disk(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """A parser of a file called `name`, given the folder it lies in."""
    holder: list[tempfile.TemporaryDirectory[str]] = []

    def run(data: bytes) -> object:
        if not holder:
            holder.append(tempfile.TemporaryDirectory(prefix="gitstory-fuzz-"))
        folder = Path(holder[0].name)
        (folder / name).write_bytes(data)
        return read(folder)

    return run


def _settings(folder: Path) -> None:
    try:
        for name, value in read_file(folder / "config.toml").items():
            find_key(name).check(value, "here")
    except ConfigError:
        return


def _path(data: bytes) -> None:
    parts = data.split(b"/")
    record_paths.commit_of(parts)
    for part in parts:
        record_paths.decode(part)


def _traces(folder: Path) -> None:
    TraceCache(folder / "traces.db").close()


def _taken_back(data: bytes) -> None:
    records.is_taken_back(data, ("codex", "c1", "t1"), {"turn/00"})


def _named(claims: Sequence[Claim]) -> None:
    for one in claims:
        assert one.agent, one
        assert one.conversation.isprintable(), one
        assert all(start <= end for file in one.files for start, end in file.ranges), one


def _git_ai(data: bytes) -> None:
    _named(git_ai.claims(data) or [])


def _trace(data: bytes) -> None:
    _named(agent_trace.claims(data, COMMIT, "here") or [])


def _entire(data: bytes) -> None:
    _named([claim for claim in [entire.claim(data, data, "here")] if claim is not None])


def _plain(data: bytes) -> None:
    _named([*plain_claims(data), *(git_prompt_story.claims(data) or []), *git_memento.claims(data)])


def _trailers(data: bytes) -> None:
    _named(
        [
            one
            for key, value in commit_trailers.lines(data)
            if (one := commit_trailers.linked(key, value, "here")) is not None
        ]
    )


def _sound(read: Callable[[bytes], Sequence[tuple[Agent, Conversation]]]) -> Callable[[bytes], None]:
    """A reading that must also return nothing that no reading may return."""

    def run(data: bytes) -> None:
        for agent, one in read(data):
            found = list(wrong(agent, [one]))
            assert not found, found

    return run


PARSERS: tuple[Parser, ...] = (
    Parser("story", lambda data: records.decode_story(data, COMMIT), (records.encode_story(_STORY),)),
    Parser("conversation", records.decode_meta, (records.encode_meta(records.meta_of(_TALK)),)),
    Parser("turn", lambda data: records.decode_turn(data, "t1"), (records.encode_turn(_TURN),)),
    Parser("schema", records.schema_of, (records.encode_turn(_TURN),)),
    Parser("taken back", _taken_back, (records.encode_turn(_TURN),)),
    Parser("tree path", _path, (record_paths.commit_path(COMMIT), record_paths.conversation_path("codex", "c 1/%"))),
    Parser("spool", spool.parse, (spool.format_line(spool.Event("post-commit", COMMIT, 1.0, "/w", {"A": "b"})),)),
    Parser(
        "state",
        _on_disk(worker_state.NAME, worker_state.load),
        (b'{"ran":1.5,"tips":{"refs/heads/main":"ab"},"errors":["e"]}',),
    ),
    Parser(
        "shared", _on_disk(known_remotes.NAME, known_remotes.load), (b'{"remotes":{"00":{"data":"ab","notes":"cd"}}}',)
    ),
    Parser("verified", _on_disk(verified.NAME, verified.load), (verified.mark(COMMIT, b"a", 1, 2, "x"),)),
    Parser("parse cache", _on_disk("traces.db", _traces), (b"SQLite format 3\0",)),
    Parser("history told", lambda data: read_history(data.decode("utf-8", "replace")), (_HISTORY,)),
    Parser("history file", _on_disk("x.md", lambda folder: read_header(folder / "x.md")), (header("a", "b").encode(),)),
    Parser(
        "settings",
        _on_disk("config.toml", _settings),
        tuple(f'{key.name.replace("<agent>", "codex")} = "x"\n'.encode() for key in KEYS),
    ),
    Parser("blame", parse_blame, (f"{COMMIT} 1 1 1\nauthor A\nauthor-time 1\nfilename a\n\tx\n".encode(),)),
    Parser("content", lambda data: lines_hash(split_lines(data)), (b"a\r\nb\n",)),
    Parser("git-ai note", _git_ai, (git_ai.note(_STORY, {}).encode(), _GIT_AI)),
    Parser("agent trace", _trace, (json.dumps(agent_trace.record(_STORY, {}, "2026-01-01T00:00:00Z", "1")).encode(),)),
    Parser("entire", _entire, (b'{"session_id":"2026-01-22-c1","agent":"Codex","files_touched":["a"]}',)),
    Parser("plain notes", _plain, (_MEMENTO, b'{"v":1,"sessions":[{"tool":"codex","id":"c1"}]}')),
    Parser("trailers", _trailers, (b"Claude-Session: https://claude.ai/code/session_01abcd\nEntire-Checkpoint: ab\n",)),
    *(Parser(store.name, _sound(store.read), store.seeds) for store in (*stores.STORES, *stores.READERS)),
)
