"""Notes of Agent Note and whogitit, which hold prompts; anybody may have written one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.interop.formats import agent_note, whogitit
from gitstory.interop.formats.claims import MOST_FILES, MOST_PROMPTS
from gitstory.interop.formats.commit_trailers import lines, linked


def agentnote(**more: Any) -> bytes:
    asked = [{"prompt": "let the heron land", "response": None}, {"prompt": "<task-notification>\n<task-id>1"}]
    files = [{"path": "a.py", "by_ai": True}, {"path": "b.py", "by_ai": False}]
    return json.dumps({"v": 1, "session_id": "s1", "interactions": asked, "files": files, **more}).encode()


def attribution(*lines: tuple[int, str], **more: Any) -> bytes:
    told = [{"line_number": number, "content": "x", "source": {"type": kind}} for number, kind in lines]
    session = {"session_id": "s1", "model": {"id": "m1", "provider": "p"}}
    prompts = [{"index": 0, "text": "let the heron land", "timestamp": "2026-01-30T14:23:45Z"}]
    files = [{"path": "a.py", "lines": told}]
    return json.dumps({"version": 3, "session": session, "prompts": prompts, "files": files, **more}).encode()


def test_agent_note() -> None:
    (one,) = agent_note.claims(agentnote(agent="codex", model="gpt")) or []
    assert (one.tool, one.key, one.models) == ("agent-note", ("codex", "s1"), ("gpt",))
    assert [prompt.text for prompt in one.prompts] == ["let the heron land"]
    assert [(file.path, file.ranges) for file in one.files] == [("a.py", ())]


def test_the_first_agent_notes_were_all_claude_codes() -> None:
    (one,) = agent_note.claims(agentnote()) or []
    assert one.agent == "claude-code"


@pytest.mark.parametrize("version", [{"version": 2}, {"version": None, "schema_version": 2}])
def test_whogitit(version: dict[str, Any]) -> None:
    said = attribution((1, "Original"), (2, "AI"), (3, "AI"), (4, "AIModified"), (5, "Human"), (7, "AI"), **version)
    (one,) = whogitit.claims(said) or []
    assert (one.tool, one.key, one.models) == ("whogitit", ("claude-code", "s1"), ("m1",))
    assert [(prompt.text, prompt.time) for prompt in one.prompts] == [("let the heron land", 1769783025.0)]
    assert [(file.path, file.ranges) for file in one.files] == [("a.py", ((2, 3), (7, 7)))]


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'{"v":1}',
        b'{"v":"1","session_id":"a"}',
        b'{"v":1,"session_id":7}',
        b'{"v":1,"session_id":"a","files":[1]}',
        b'{"v":1,"session_id":"\xff"}',
        b'{"version":3,"session":{}}',
        b'{"version":9,"session":{"session_id":"a"}}',
        b'{"version":3,"session":{"session_id":"a"},"files":' + b"[" * 200_000,
    ],
)
def test_what_is_no_such_note(note: bytes) -> None:
    assert agent_note.claims(note) is None
    assert whogitit.claims(note) is None


@pytest.mark.parametrize("ident", ["", " ", "a\x1b[31mb", "a\u202eb", "a\u0000b"])
def test_an_id_that_could_harm_names_nothing(ident: str) -> None:
    assert agent_note.claims(agentnote(session_id=ident)) == []
    assert whogitit.claims(attribution(session={"session_id": ident})) == []


def test_bounds() -> None:
    many = [{"path": f"{n}.py", "by_ai": True} for n in range(2 * MOST_FILES)]
    asked = [{"prompt": str(n)} for n in range(2 * MOST_PROMPTS)]
    (one,) = agent_note.claims(agentnote(files=many, interactions=asked)) or []
    assert (len(one.files), len(one.prompts)) == (MOST_FILES, MOST_PROMPTS)
    (other,) = whogitit.claims(attribution((0, "AI"), (-5, "AI"), (1 << 40, "AI"), (2, "AI"))) or []
    assert other.files[0].ranges == ((2, 2),)
    assert agent_note.claims(agentnote() + b" " * agent_note.BIGGEST) is None
    assert whogitit.claims(attribution() + b" " * whogitit.BIGGEST) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(note: bytes) -> None:
    assert not agent_note.claims(note)
    assert not whogitit.claims(note)


UUID = "f7464a0d-9862-430e-9f24-468ecbea0458"


def test_copilots_trailer() -> None:
    message = f"Subject\n\nCo-authored-by: Copilot <copilot@github.com>\nCopilot-Session: {UUID.upper()}\n".encode()
    ((key, value),) = lines(message)
    claim = linked(key, value, "trailer")
    assert claim is not None
    assert (claim.tool, claim.key) == ("copilot-session", ("copilot-cli", UUID))


@pytest.mark.parametrize("value", ["", "x", f"{UUID}x", f"x{UUID}", f"../{UUID}", UUID.replace("-", "")])
def test_a_trailer_that_is_no_copilot_session(value: str) -> None:
    assert linked("Copilot-Session", value, "trailer") is None
