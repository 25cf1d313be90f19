"""Each file of gitstory's own in a git directory, replaced by what it is not.

Every command answers, nothing outside is written, and what the files held is made again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gitstory.git import safe_own_files
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, links

NOON = 1_780_000_000
GOOD = "aaaaaaaa-1111-4111-8111-111111111111"
FILES = (
    "adopted",
    "aside.json",
    "archived.json",
    "archive",
    "archive/claude-code",
    "auto-pull.on",
    "backfill-journal",
    "backfill-lock",
    "backfill-stuck",
    "cache",
    "cache/directives.msgpack",
    "record.db",
    "record.db-shm",
    "record.db-wal",
    "cache/traces.db",
    "cache/traces.db-journal",
    "debug.log",
    "hooks.json",
    "journal",
    "noted",
    "log",
    "partial",
    "pre-commit.json",
    "pull.lock",
    "push.lock",
    "roots.json",
    "search.db",
    "search.db-shm",
    "search.db-wal",
    "search.lock",
    "set-aside.json",
    "shared.json",
    "spool",
    "spool.00000000000000000001-1",
    "state.json",
    "stuck",
    "taking-back",
    "verified",
    "waiting.lock",
    "watch.json",
    "watch.lock",
    "worker.lock",
    "written",
    "written.00000000000000000001-1",
)
ONCE = ("spool.", "written.", ".")
"""How names begin that hold a number, or that are there for a moment."""
COMMANDS = (
    ["drain"],
    ["status"],
    ["show"],
    ["log", "-n", "2"],
    ["blame", "good.py"],
    ["why", "good.py:1"],
    ["explain"],
    ["search", "good"],
    ["conversations"],
    ["stats"],
    ["heal", "--dry-run"],
    ["backfill", "--dry-run"],
    ["agents"],
    ["rules"],
    ["on"],
)


def garbage(path: Path, _outside: Path) -> None:
    path.write_bytes(b'\xff\x00{[["\x1b]0;title\x07\n' * 50)


def deep(path: Path, _outside: Path) -> None:
    path.write_bytes(b"[" * 200_000)


def huge(path: Path, _outside: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3 << 30)


def folder(path: Path, _outside: Path) -> None:
    path.mkdir()
    (path / "something").write_text("of somebody")


def fifo(path: Path, _outside: Path) -> None:
    os.mkfifo(path)


def device(path: Path, _outside: Path) -> None:
    path.symlink_to("/dev/zero")


def circle(path: Path, _outside: Path) -> None:
    path.symlink_to(path.name)


def link(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "precious")


def link_to_nothing(path: Path, outside: Path) -> None:
    path.symlink_to(outside / f"absent-{path.name}")


KINDS = (garbage, deep, huge, folder, fifo, device, circle, link, link_to_nothing)
Kind = Callable[[Path, Path], None]


def replace(path: Path, kind: Kind, outside: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        path.rename(path.with_name(f"{path.name}-before"))
    path.unlink(missing_ok=True)
    kind(path, outside)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "precious").write_text('{"precious": true}\n')
    return folder


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    repo.commit("base", {"base.txt": "base\n"}, at=NOON)
    git_story(repo.path, "enable")
    for command in COMMANDS:
        git_story(repo.path, *command, check=False)
    return repo


def said(repo: GitRepo, home: Path, file: str) -> str:
    session = ClaudeSession(home, repo.path, NOON + 600, GOOD)
    session.prompt(f"Write a good {file}")
    session.write(file, "def good(value):\n    return f'a good {value}'\n")
    return repo.commit(file, at=NOON + 700)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spared", ["state.json", "spool"])
def test_commands_answer_and_all_is_recorded(
    project: GitRepo, home: Path, outside: Path, kind: Kind, spared: str
) -> None:
    """All files at once: one by one they would take an hour. What was committed since then is told by either of two."""
    own = project.path / ".git" / "gitstory"
    for name in FILES:
        if "/" not in name and name != spared:
            replace(own / name, kind, outside)
    said(project, home, "good.py")
    _all_answer(project, outside)
    assert list(links(project.path)) == [GOOD]


@pytest.mark.parametrize("kind", KINDS)
def test_nor_does_it_matter_within_the_folders(project: GitRepo, home: Path, outside: Path, kind: Kind) -> None:
    own = project.path / ".git" / "gitstory"
    for name in FILES:
        if "/" in name:
            replace(own / name, kind, outside)
    said(project, home, "good.py")
    _all_answer(project, outside)
    assert list(links(project.path)) == [GOOD]


def _all_answer(repo: GitRepo, outside: Path) -> None:
    for command in COMMANDS:
        done = git_story(repo.path, *command, check=False, timeout=120)
        assert done.returncode == 0 or (done.returncode == 1 and done.stderr.count("\n") <= 2), (command, done)
        assert "Traceback" not in done.stderr
    assert sorted(path.name for path in outside.iterdir()) == ["precious"]
    assert (outside / "precious").read_text() == '{"precious": true}\n'


def test_every_file_is_in_the_table(project: GitRepo, home: Path) -> None:
    said(project, home, "good.py")
    for command in COMMANDS:
        git_story(project.path, *command, check=False)
    own = project.path / ".git" / "gitstory"
    found = {path.relative_to(own).as_posix() for path in own.rglob("*")}
    assert {name for name in found if not name.startswith(ONCE)} <= set(FILES)


def test_names_in_the_source_are_in_the_table() -> None:
    package = Path(safe_own_files.__file__).parents[1]
    named: set[str] = set()
    for path in package.rglob("*.py"):
        text = path.read_text("utf-8")
        named |= set(re.findall(r'home / "([a-z-]+\.(?:json|lock|db))"', text))
        if "home / NAME" in text:
            named |= set(re.findall(r'^NAME = "([a-z-]+\.(?:json|lock|db))"', text, re.MULTILINE))
    assert len(named) > 8
    assert named <= set(FILES)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["handle", "write", "content", "beginning", "remove"])
def test_one_file_whatever_is_in_its_place(tmp_path: Path, outside: Path, kind: Kind, how: str) -> None:
    path = tmp_path / "own" / "file"
    replace(path, kind, outside)
    match how:
        case "handle":
            handle = safe_own_files.handle_for(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            os.write(handle, b"new")
            os.close(handle)
            assert safe_own_files.content(path) == b"new"
        case "write":
            safe_own_files.write(path, b"new")
            assert safe_own_files.content(path) == b"new"
        case "content" if kind in (garbage, deep):
            assert safe_own_files.content(path, 1 << 20)
        case "content":
            with pytest.raises(OSError):
                safe_own_files.content(path)
        case "beginning":
            assert len(safe_own_files.beginning(path, 10)) == (10 if kind in (garbage, deep, huge) else 0)
        case _:
            safe_own_files.remove(path)
            assert not os.path.lexists(path)
    assert [each.name for each in outside.iterdir()] == ["precious"]
    assert (outside / "precious").read_text() == '{"precious": true}\n'


def test_a_folder_that_is_moved_away_stays_whole(tmp_path: Path) -> None:
    for _ in range(3):
        folder(tmp_path / "file", tmp_path)
        safe_own_files.write(tmp_path / "file", b"new")
        (tmp_path / "file").unlink()
    assert {path.name for path in tmp_path.glob("*/something")} == {"something"}
    assert len(list(tmp_path.glob("file.damaged*/something"))) == 3


def test_a_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder")
    safe_own_files.write(tmp_path / "cache" / "one.json", b"{}")
    assert safe_own_files.content(tmp_path / "cache" / "one.json") == b"{}"
