"""git-ai's notes, and what is left of them when they are damaged."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from gitstory.interop.formats import commit_trailers, entire
from gitstory.interop.formats.claims import FileLines, Prompt
from gitstory.interop.formats.git_ai import claims, session_key


def note(head: str, **body: object) -> bytes:
    return f"{head}---\n{json.dumps({'schema_version': 'authorship/3.0.0', **body})}".encode()


AGENT = {"tool": "claude", "id": "c1", "model": "m"}
KEY = session_key("claude", "c1")
NEW = note(f"a b.py\n  {KEY}::t_01 3-4,9\n  h_02 5\n", prompts={}, sessions={KEY: {"agent_id": AGENT}})


def test_sessions() -> None:
    (claim,) = claims(NEW) or []
    assert (claim.tool, claim.agent, claim.conversation, claim.models) == ("git-ai", "claude-code", "c1", ("m",))
    assert claim.files == (FileLines("a b.py", ((3, 4), (9, 9))),)


def test_prompts_with_their_messages() -> None:
    said = [{"type": "user", "text": "do it", "timestamp": "1970-01-01T00:00:05Z"}, {"type": "assistant", "text": "x"}]
    old = note('"a b.py"\n  e61c0a4 7\n  human 8\n', prompts={"e61c0a4": {"agent_id": AGENT, "messages": said}})
    (claim,) = claims(old) or []
    assert claim.prompts == (Prompt("do it", 5.0),)
    assert claim.files == (FileLines("a b.py", ((7, 7),)),)


def test_a_note_of_people_alone_names_nothing() -> None:
    assert claims(note("a\n  h_1 3\n", prompts={}, humans={})) == []


def test_what_is_no_such_note() -> None:
    assert claims(b"# Git Memento Session\n") is None
    assert claims(b"---\n" + b"[" * 100_000) is None


@given(at=st.integers(0, len(NEW) - 1), bit=st.integers(0, 7), end=st.integers(0, len(NEW)))
def test_damage_never_raises(at: int, bit: int, end: int) -> None:
    bad = bytearray(NEW)
    bad[at] ^= 1 << bit
    claims(bytes(bad))
    claims(NEW[:end])


@given(st.binary(max_size=400))
def test_anything_never_raises(data: bytes) -> None:
    claims(b"x\n  k 1\n---\n" + data)
    entire.claim(data, data, "trailer")
    commit_trailers.lines(b"Entire-Checkpoint: " + data)


def test_entire() -> None:
    told = json.dumps({"session_id": "2026-01-22-0bdbfa06-acf1", "agent": "Gemini CLI", "files_touched": ["a"]})
    claim = entire.claim(told.encode(), b"one\n\n---\n\ntwo", "trailer")
    assert claim is not None
    assert (claim.agent, claim.conversation) == ("gemini-cli", "0bdbfa06-acf1")
    assert [one.text for one in claim.prompts] == ["one", "two"]


def test_an_id_is_never_a_path() -> None:
    assert entire.checkpoint_id("../../../etcx") is None
    assert entire.checkpoint_id("0123456789ab") == "0123456789ab"


def test_links() -> None:
    claude = commit_trailers.linked("Claude-Session", "https://claude.ai/code/session_01abcd", "trailer")
    assert claude is not None
    assert (claude.agent, claude.conversation) == ("claude-code", "session_01abcd")
    assert commit_trailers.linked("Claude-Session", "https://elsewhere.example/code/session_01abcd", "trailer") is None
