"""Agent Trace records that anybody may have written."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from gitstory.interop.formats.agent_trace import claims, commit_named, model_id, record, records_there
from gitstory.interop.formats.claims import FileLines
from gitstory.interop.formats.git_ai import claims as git_ai_claims
from gitstory.interop.formats.git_ai import note
from gitstory.model import FileStory, Link, Range, Story

OID = "a" * 40
KEY = ("claude-code", "c1")


def told(*paths: str) -> Story:
    files = tuple(FileStory(path, 3, ranges=(Range(1, 2, *KEY, "t"), Range(3, 3, *KEY, "u"))) for path in paths)
    return Story(OID, (Link(*KEY, "lines", 3 * len(paths)),), files)


RECORD = json.dumps(record(told("a.py"), {KEY: ["claude-x"]}, "2026-01-01T00:00:00Z", "1")).encode()


def test_both_ways() -> None:
    (claim,) = claims(RECORD, OID, "x") or []
    assert (claim.agent, claim.conversation, claim.models) == (*KEY, ("anthropic/claude-x",))
    assert claim.files == (FileLines("a.py", ((1, 2), (3, 3))),)


def test_which_model_wrote_a_line_of_two_is_not_guessed() -> None:
    made = record(told("a.py"), {KEY: ["claude-x", "claude-y"]}, "", "1")
    assert made["files"][0]["conversations"][0]["contributor"] == {"type": "ai"}


def test_paths_that_a_format_cannot_hold() -> None:
    odd = ("a.py", "b\udcff.py", 'c".py', "d\n  s_x 1\n---.py", "e f.py", "g\x1b.py")
    (claim,) = git_ai_claims(note(told(*odd), {}).encode()) or []
    assert [file.path for file in claim.files] == ["a.py", "e f.py"]
    assert note(told('c".py'), {}) == ""
    made = record(told(*odd), {}, "", "1")
    assert [file["path"] for file in made["files"]] == [path for path in odd if "\udcff" not in path]
    assert made["metadata"]["dev.gitstory"]["conversations"][0]["at"] == [[at, 0] for at in range(5)]


def test_names_of_files() -> None:
    assert commit_named(b"aaaaaaa.json") == "aaaaaaa"
    assert commit_named(b"aaaaaaa-1.json") == "aaaaaaa"
    for name in (
        b"traces.jsonl",
        b"aaaaaa.json",
        b"../aaaaaaa.json",
        b"aaaaaaa.json\n",
        b"aaaaaaa:b.json",
        b"a" * 65 + b".json",
    ):
        assert commit_named(name) is None
    names = [b"aaaaaaa.json", b"bbbbbbb.json", b"aaaaaaa\xff.json"]
    assert list(records_there(names, [OID])) == [(OID, "aaaaaaa.json")]


def test_models() -> None:
    assert [model_id(one) for one in ("gpt-5", "a/b", "mine")] == ["openai/gpt-5", "a/b", "mine"]


@given(at=st.integers(0, len(RECORD) - 1), bit=st.integers(0, 7), end=st.integers(0, len(RECORD)))
def test_damage_never_raises(at: int, bit: int, end: int) -> None:
    bad = bytearray(RECORD)
    bad[at] ^= 1 << bit
    for data in (bytes(bad), RECORD[:end]):
        for claim in claims(data, OID, "x") or []:
            assert claim.conversation.isprintable()


@given(metadata=st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["dev.gitstory", "conversations", "agent", "id", "at"]), inner)))  # fmt: skip
def test_any_metadata_never_raises(metadata: object) -> None:
    for mine in (metadata, {"dev.gitstory": metadata}, {"dev.gitstory": {"conversations": [metadata]}}):
        claims(json.dumps({**json.loads(RECORD), "metadata": mine}).encode(), OID, "x")
