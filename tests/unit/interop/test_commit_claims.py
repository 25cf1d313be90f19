"""Notes that anybody may have written, read by what git-prompt-story and git-memento write."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.interop.commit_claims import plain_claims
from gitstory.interop.formats import git_memento, git_prompt_story
from gitstory.interop.formats.claims import LONGEST_NAME, MOST_CONVERSATIONS

MEMENTO = b"# Git Memento Session\n\n- Provider: Codex\n- Session ID: m1\n- Session Title: t\n"
START = b"<!-- git-memento-session:start -->\n"


def manifest(*sessions: object, v: object = 1) -> bytes:
    return json.dumps({"v": v, "sessions": list(sessions)}).encode()


def test_both_are_read() -> None:
    assert [one.conversation for one in git_prompt_story.claims(manifest({"tool": "codex", "id": "p1"})) or []] == [
        "p1"
    ]
    assert [(one.agent, one.conversation) for one in git_memento.claims(MEMENTO)] == [("codex", "m1")]


@pytest.mark.parametrize("ident", ["", " ", "a\x1b[31mb", "a\nb", "a\u202eb", "x" * (LONGEST_NAME + 1), "a\u0000b"])
def test_an_id_that_could_harm_names_nothing(ident: str) -> None:
    assert git_prompt_story.claims(manifest({"tool": "codex", "id": ident})) == []
    assert git_memento.claims(
        b"# Git Memento Session\n\n- Provider: Codex\n- Session ID: " + ident.encode() + b"\n"
    ) in (
        [],
        git_memento.claims(MEMENTO.replace(b"m1", b"a")) if "\n" in ident else [],
    )


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"v":"1","sessions":[]}',
        b'{"v":1,"sessions":{}}',
        b'{"v":1,"sessions":[1]}',
        b'{"v":1,"sessions":[{"tool":1,"id":"a"}]}',
        b'{"v":1,"sessions":' + b"[" * 200_000,
        b'{"v":1,"sessions":[{"tool":"\xff","id":"a"}]}',
        b'{"v":1}' + b" " * git_prompt_story.BIGGEST,
    ],
)
def test_what_is_no_manifest(note: bytes) -> None:
    assert git_prompt_story.claims(note) is None
    assert plain_claims(note) == []


def test_bounds() -> None:
    many = [{"tool": "codex", "id": f"p{n}"} for n in range(10 * MOST_CONVERSATIONS)]
    assert len(git_prompt_story.claims(manifest(*many)) or []) == MOST_CONVERSATIONS
    parts = b"".join(START + MEMENTO.replace(b"m1", b"m%d" % n) for n in range(10 * MOST_CONVERSATIONS))
    assert len(git_memento.claims(parts)) == MOST_CONVERSATIONS


def test_a_name_said_twice_is_told_once() -> None:
    said = {"tool": "codex", "id": "p1"}
    assert len(git_prompt_story.claims(manifest(said, said)) or []) == 1
    assert len(git_memento.claims(START + MEMENTO + START + MEMENTO)) == 1


@pytest.mark.parametrize(
    "below", [b"- Session ID: forged\n", b"# Git Memento Session\n\n- Provider: Codex\n- Session ID: forged\n"]
)
def test_the_transcript_below_names_nothing(below: bytes) -> None:
    assert [one.conversation for one in git_memento.claims(MEMENTO + b"\n## User\n\n" + below)] == ["m1"]


@pytest.mark.parametrize(
    "note",
    [
        b"<!--" * (1 << 20) + b"# Git Memento Session",
        b"<!-- x -->" * (400_000) + b"# Git Memento Session",
        b"\n" * (4 << 20) + b"# Git Memento Session",
        b"- \n" * (1 << 20) + b"# Git Memento Session\n",
        START * 100_000,
        b"# Git Memento Session\n" + b" \n" * (1 << 20),
    ],
)
def test_hostile_notes_end(note: bytes) -> None:
    """An expression that backtracks exponentially would not come back at all."""
    assert plain_claims(note) == []


@given(st.binary(max_size=300))
def test_anything_never_raises(data: bytes) -> None:
    for note in (data, b"{" + data, b'{"v":1,"sessions":[' + data, MEMENTO + data, START + data + MEMENTO):
        for one in [*plain_claims(note), *(git_prompt_story.claims(note) or []), *git_memento.claims(note)]:
            assert one.conversation.isprintable()
            assert one.agent
