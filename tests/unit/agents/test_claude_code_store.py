"""Where transcripts are found, and what is told without reading them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitstory.agents.claude_code import AGENT
from tests.unit.agents.claude_code_records import SESSION, Transcript

OTHER = "5e551011-0000-4000-8000-000000000002"


def transcript(session: str = SESSION, cwd: str = "/home/dev/work/app") -> Transcript:
    log = Transcript(session, cwd)
    log.prompt("fix it")
    log.says("ok")
    return log


def test_names_itself() -> None:
    assert (AGENT.name, AGENT.label) == ("claude-code", "Claude Code")
    assert AGENT.markers == {"CLAUDECODE": "present", "CLAUDE_CODE_SESSION_ID": "conversation"}


def test_roots_follow_the_agents_own_variable(home: Path) -> None:
    roots = AGENT.roots({"CLAUDE_CONFIG_DIR": "/a, /b/projects"}, home)
    assert roots[:4] == [
        Path("/a/projects"),
        Path("/b/projects"),
        home / ".claude/projects",
        home / ".config/claude/projects",
    ]
    assert len(roots) == len(set(roots))


def test_roots_of_the_desktop_program(home: Path) -> None:
    package = home / "Local/Packages/Claude_x1/LocalCache/Roaming/Claude"
    package.mkdir(parents=True)
    env = {"APPDATA": str(home / "Roaming"), "LOCALAPPDATA": str(home / "Local"), "XDG_CONFIG_HOME": str(home / "xdg")}
    roots = AGENT.roots(env, home)
    for base in (home / "Library/Application Support/Claude", home / "Roaming/Claude", home / "xdg/Claude", package):
        assert base / "local-agent-mode-sessions" in roots
    assert home / "xdg/claude/projects" in roots


def test_finds_conversations_newest_first(tmp_path: Path) -> None:
    root = tmp_path / "projects"
    old = transcript(SESSION).store(root / "-home-dev-work-app")
    new = transcript(OTHER).store(root / "-home-dev-work-lib")
    os.utime(old, (1_000, 1_000))
    (root / "-home-dev-work-app" / "memory.md").write_text("x")
    first, second = AGENT.sources(root)
    assert [(s.path, s.id, s.folder) for s in (first, second)] == [
        (new, OTHER, "-home-dev-work-lib"),
        (old, SESSION, "-home-dev-work-app"),
    ]
    assert (second.size, second.modified) == (old.stat().st_size, 1_000.0)


def test_finds_the_desktop_programs_nested_trees(tmp_path: Path) -> None:
    root = tmp_path / "local-agent-mode-sessions"
    path = transcript().store(root / "user" / "org" / "local_1" / ".claude" / "projects" / "-home-dev-work-app")
    assert [(s.path, s.folder) for s in AGENT.sources(root)] == [(path, "-home-dev-work-app")]


def test_nothing_where_nothing_is(tmp_path: Path) -> None:
    assert list(AGENT.sources(tmp_path / "none")) == []


def test_subagents_are_no_conversations_but_change_the_stamp(tmp_path: Path) -> None:
    root = tmp_path / "projects"
    folder = root / "-home-dev-work-app"
    transcript().store(folder)
    stamps = set()
    for path in (
        None,
        folder / SESSION / "subagents" / "agent-a.jsonl",
        folder / SESSION / "subagents" / "workflows" / "wf_1" / "agent-b.jsonl",
        folder / SESSION / "tool-results" / "x.txt",
        folder / "agent-c.jsonl",
    ):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(transcript().text())
        (source,) = AGENT.sources(root)
        stamps.add(source.stamp)
    assert len(stamps) == 5


def test_another_sessions_subagent_beside_does_not_change_the_stamp(tmp_path: Path) -> None:
    path = transcript().store(tmp_path)
    (before,) = AGENT.sources(tmp_path)
    transcript(OTHER).store(tmp_path, "agent-c")
    assert [s.stamp for s in AGENT.sources(tmp_path) if s.path == path] == [before.stamp]


def test_places_come_from_head_and_tail(tmp_path: Path) -> None:
    log = transcript(cwd='/home/dev/wörk "q"/app')
    log.prompt("x" * 200_000)
    log.says("ok", cwd="/home/dev/work/lib")
    path = log.store(tmp_path)
    (source,) = AGENT.sources(path)
    assert AGENT.places(source) == ('/home/dev/wörk "q"/app', "/home/dev/work/lib")


def test_places_are_found_behind_a_long_first_record(tmp_path: Path) -> None:
    log = Transcript()
    log.plain(type="queue-operation", operation="enqueue", content="x" * 100_000)
    log.prompt("fix it")
    log.plain(type="note", text="y" * 100_000)
    (source,) = AGENT.sources(log.store(tmp_path))
    assert AGENT.places(source) == ("/home/dev/work/app",)


@pytest.mark.parametrize(
    ("directory", "folder"),
    [
        ("/home/dev/work/app", "-home-dev-work-app"),
        ("/home/dev/my_app.v2 (x)", "-home-dev-my-app-v2--x-"),
        ("/home/dev/wörk", "-home-dev-w-rk"),
        ("/home/dev/\U0001f600", "-home-dev---"),
        ("/home/" + "x" * 200, None),
    ],
)
def test_folder_names(directory: str, folder: str | None) -> None:
    assert AGENT.folder_of(Path(directory)) == folder


def test_folder_names_resolve_links(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert AGENT.folder_of(tmp_path / "link") == AGENT.folder_of(tmp_path / "real")
