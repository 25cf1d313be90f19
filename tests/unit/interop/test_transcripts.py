"""Copies of one transcript put together again."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from gitstory.agents.registry import agent as named
from gitstory.interop.formats.merge_transcript_copies import READ, United, agent_of, file_name

CLAUDE = b'{"type":"user","uuid":"u1","sessionId":"s1","cwd":"/home/dev/work","message":{"content":"hi"}}\n'
CODEX = b'{"timestamp":"2026-05-01T10:11:12.000Z","type":"session_meta","payload":{"id":"x"}}\n'
ID = "4de91640-1111-4222-8333-444455556666"


def record(number: int, text: str = "") -> bytes:
    time = f"2026-05-01T10:{number // 60:02}:{number % 60:02}.000Z"
    return json.dumps({"uuid": f"u{number}", "timestamp": time, "message": text or f"m{number}"}).encode()


def copy(*numbers: int) -> bytes:
    return b"".join(record(number) + b"\n" for number in numbers)


def united(*copies: bytes) -> list[str]:
    one = United()
    for each in sorted(copies, key=len, reverse=True):
        one.add(each)
    return [json.loads(line)["uuid"] for line in one.whole().splitlines()]


@pytest.mark.parametrize(
    ("copies", "order"),
    [
        ([(1, 2, 3)], [1, 2, 3]),
        ([(1, 2), (1, 2, 3)], [1, 2, 3]),
        ([(1, 2, 5, 6), (2, 3, 4)], [1, 2, 3, 4, 5, 6]),
        ([(4, 5, 6), (1, 2)], [1, 2, 4, 5, 6]),
        ([(1, 2, 8, 9), (5, 6)], [1, 2, 5, 6, 8, 9]),
        ([(1, 2, 3), (7, 8)], [1, 2, 3, 7, 8]),
    ],
)
def test_each_record_once_in_order(copies: list[tuple[int, ...]], order: list[int]) -> None:
    assert united(*(copy(*one) for one in copies)) == [f"u{number}" for number in order]


def test_slices_of_any_kind_lose_nothing() -> None:
    chance = random.Random(3)
    for _ in range(50):
        cuts = [sorted(chance.sample(range(60), chance.randint(1, 40))) for _ in range(6)]
        found = united(*(copy(*one) for one in cuts))
        assert sorted(found) == sorted({f"u{number}" for one in cuts for number in one})


def test_the_least_redacted_copy_of_a_record_stays() -> None:
    one = United()
    one.add(record(1, "REDACTED and REDACTED") + b"\n" + record(2) + b"\n")
    one.add(record(1, "REDACTED") + b"\n")
    assert one.whole().count(b"REDACTED") == 1


def test_lines_that_are_no_records_survive_once() -> None:
    one = United()
    one.add(b"{broken\n" + copy(1, 2) + b"\n\n")
    one.add(b"{broken\n" + copy(1))
    assert one.whole().count(b"{broken") == 1


@pytest.mark.parametrize(
    ("transcript", "agent"),
    [
        (CLAUDE, "claude-code"),
        (CODEX, "codex"),
        (b'{"type":"session.start","data":{}}\n', "copilot-cli"),
        (b'{"sessionId":"a1","projectHash":"b2","kind":"main"}\n', "gemini-cli"),
        (b'{\n  "kind": "main",\n  "messages": [],\n  "projectHash": "b2",\n  "sessionId": "a1"\n}\n', "gemini-cli"),
        (b'{"type":"session_start","id":"a1","title":"x"}\n', "droid"),
        (b'{\n  "sessionId": "a1",\n  "projectHash": "b2",\n  "messages": []\n}\n', "gemini-cli"),
        (b'{"type":"session","version":3,"id":"a1","cwd":"/home/dev/work"}\n', "pi"),
        (b"", ""),
        (b"anything\n", ""),
    ],
)
def test_whose_a_transcript_is(transcript: bytes, agent: str) -> None:
    assert agent_of(transcript) == agent


def test_names_as_the_agents_give_them() -> None:
    assert file_name("claude-code", ID, CLAUDE) == f"-home-dev-work/{ID}.jsonl"
    assert file_name("codex", ID, CODEX) == f"2026/05/01/rollout-2026-05-01T10-11-12-{ID}.jsonl"
    assert file_name("copilot-cli", ID, b"{}\n") == f"{ID}/events.jsonl"
    assert file_name("gemini-cli", ID, b'{"sessionId":"a1"}\n{}\n') == f"{ID}/chats/session-{ID}.jsonl"
    assert file_name("gemini-cli", ID, b'{\n "sessionId": "a1"\n}\n') == f"{ID}/chats/session-{ID}.json"
    assert file_name("droid", ID, b"{}\n") == f"{ID}.jsonl"
    assert file_name("pi", ID, b"{}\n") == f"--{ID}--/{ID}_{ID}.jsonl"


@pytest.mark.parametrize("agent", READ)
def test_a_reader_finds_its_transcript_by_that_name(agent: str, tmp_path: Path) -> None:
    name = file_name(agent, ID, b"{}\n")
    assert name is not None
    path = tmp_path / READ[agent] / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{}\n")
    (source,) = named(agent).sources(tmp_path / READ[agent])
    assert source.path == path


def test_an_event_whose_secret_was_found_later_is_one_event() -> None:
    """Copilot CLI and Pi give each record an `id` and a `parentId`."""
    one = United()
    one.add(b'{"type":"user.message","id":"e1","parentId":null,"data":"REDACTED"}\n')
    one.add(b'{"type":"user.message","id":"e1","parentId":null,"data":"plain"}\n')
    assert one.whole() == b'{"type":"user.message","id":"e1","parentId":null,"data":"plain"}\n'


@pytest.mark.parametrize("ident", ["", "../x", "a/b", "a\0b", ".hidden", "x" * 200, "a b", "a\nb"])
def test_an_id_that_is_no_name_makes_no_file(ident: str) -> None:
    assert file_name("claude-code", ident, CLAUDE) is None
    assert file_name("codex", ident, CODEX) is None


def test_a_directory_that_a_transcript_names_stays_within_the_store() -> None:
    found = file_name("claude-code", ID, CLAUDE.replace(b"/home/dev/work", b"../../../../etc/" + b"x/" * 400))
    assert found is not None
    assert ".." not in found and found.count("/") == 1 and len(found) < 255
