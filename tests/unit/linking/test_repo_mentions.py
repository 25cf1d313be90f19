from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest

from gitstory.agents.base import Source
from gitstory.linking.repo_mentions import Effort, Mentions

ROOT = "/home/dev/wrk/other"


def source(path: Path, size: int | None = None) -> Source:
    return Source("claude-code", path, (1,), path.stat().st_size if size is None else size, 0.0)


def said(tmp_path: Path, text: bytes, root: str = ROOT) -> str:
    path = tmp_path / "one.jsonl"
    path.write_bytes(text)
    return Mentions([root]).of(source(path))


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        (b'{"file_path":"/home/dev/wrk/other/a.py"}', "yes"),
        (b'{"cwd":"/home/dev/wrk/other"}', "yes"),
        (b'{"file_path":"\\/home\\/dev\\/wrk\\/other\\/a.py"}', "yes"),
        (b'{"command":"cd ../other && touch a"}', "maybe"),
        (b'{"file_path":"/mnt/link/other/a.py"}', "maybe"),
        (b'{"file_path":"/home/dev/wrk/others/a.py"}', "no"),
        (b'{"file_path":"/home/dev/wrk/other-two/a.py"}', "no"),
        (b'{"text":"any other word"}', "no"),
        (b"", "no"),
    ],
)
def test_a_transcript_is_judged_by_the_paths_in_it(tmp_path: Path, text: bytes, mention: str) -> None:
    assert said(tmp_path, text) == mention


def test_names_that_are_escaped_are_found(tmp_path: Path) -> None:
    root = "/home/dev/wörk/äpp"
    assert said(tmp_path, json.dumps({"path": f"{root}/a.py"}).encode(), root) == "yes"
    assert said(tmp_path, f'{{"path":"{root}/a.py"}}'.encode(), root) == "yes"
    assert said(tmp_path, b"file:///home/dev/w%C3%B6rk/%C3%A4pp/a.py", root) == "yes"
    assert said(tmp_path, json.dumps("C:\\Users\\dev\\app\\a.py").encode(), "c:/Users/dev/app") == "yes"


def test_a_path_across_the_pieces_that_are_read_is_found(tmp_path: Path) -> None:
    for shift in range(-len(ROOT) - 2, 3):
        assert said(tmp_path, b"x" * ((1 << 20) + shift) + ROOT.encode() + b'/"') == "yes"


def test_a_file_that_no_reader_opens_is_not_searched(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_bytes(f'{{"cwd":"{ROOT}"}}'.encode())
    os.truncate(path, 200 << 30)
    assert Mentions([ROOT]).of(source(path)) == "no"
    database = tmp_path / "state.vscdb"
    database.write_bytes(b"SQLite format 3\0")
    os.truncate(database, 200 << 30)
    assert Mentions([ROOT]).of(source(database)) == "maybe"


def test_what_shows_no_text_may_name_anything(tmp_path: Path) -> None:
    database = tmp_path / "one.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE t (x)")
    assert Mentions([ROOT]).of(source(database)) == "maybe"
    assert said(tmp_path, b"\x28\xb5\x2f\xfd and more") == "maybe"
    head = tmp_path / "head.json"
    head.write_bytes(b"{}")
    assert Mentions([ROOT]).of(source(head, size=5000)) == "maybe"


def test_files_beside_a_transcript_count(tmp_path: Path) -> None:
    main = tmp_path / "one.jsonl"
    main.write_bytes(b"{}\n")
    (tmp_path / "one" / "subagents").mkdir(parents=True)
    (tmp_path / "one" / "subagents" / "agent-a.jsonl").write_bytes(f'{{"file_path":"{ROOT}/a.py"}}\n'.encode())
    assert Mentions([ROOT]).of(source(main)) == "yes"


def test_a_run_takes_one_beyond_what_is_left_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_bytes(b"x" * 10)
    effort = Effort(search=15, read=5)
    assert [effort.may_search(source(path)) for _ in range(3)] == [True, True, False]
    assert [effort.may_read(source(path)) for _ in range(3)] == [True, False, False]
