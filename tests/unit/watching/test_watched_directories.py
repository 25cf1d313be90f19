"""Which directories are watched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from gitstory.agents.base import Agent, Source
from gitstory.agents.claude_code import AGENT as CLAUDE
from gitstory.agents.codex import AGENT as CODEX
from gitstory.linking.repo_match import Here
from gitstory.watching.watched_directories import MOST, Plan, plan


def here(path: Path) -> Here:
    return Here((path.as_posix(),), frozenset())


def source(path: Path) -> Source:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return Source("codex", path, (0,), 0, 0.0)


def test_only_folders_of_this_repository_and_those_above(tmp_path: Path) -> None:
    app, root = tmp_path / "app", tmp_path / ".claude/projects"
    app.mkdir()
    folder = CLAUDE.folder_of(app)
    assert folder is not None
    (root / folder).mkdir(parents=True)
    (root / "-somewhere-else").mkdir()
    found = plan([(CLAUDE, root)], here(app), [], {})
    assert set(found.watched) == {root.parent, root, root / folder}
    assert found.watched[root.parent] == {"projects"} and found.watched[root] is None


def test_a_store_that_is_not_there_is_awaited(tmp_path: Path) -> None:
    found = plan([(CLAUDE, tmp_path / ".claude/projects")], here(tmp_path / "app"), [], {}, [tmp_path / ".qwen"])
    assert found.watched == {tmp_path: frozenset({".claude", ".qwen"})}
    assert found.concerns(tmp_path / ".claude") and not found.concerns(tmp_path / ".bash_history")


def test_where_days_are_folders_the_newest_is_watched(tmp_path: Path) -> None:
    root = tmp_path / ".codex/sessions"
    new, old = source(root / "2026/11/27/a.jsonl"), source(root / "2026/10/01/b.jsonl")
    found = plan([(CODEX, root)], here(tmp_path / "app"), [old.path], {root: [new]})
    chain = {root / part for part in ("2026", "2026/11", "2026/11/27", "2026/10", "2026/10/01")}
    assert set(found.watched) == {root.parent, root} | chain


def test_a_database_is_its_log_too(tmp_path: Path) -> None:
    root = tmp_path / "store"
    database = source(root / "User/state.vscdb").path
    found = plan([(bare(), root)], here(tmp_path / "app"), [database], {})
    assert found.concerns(database.with_name("state.vscdb-wal")) == database
    assert found.concerns(database.with_name("settings.json")) is None


def test_a_link_is_known_by_both_names(tmp_path: Path) -> None:
    (tmp_path / "real/projects").mkdir(parents=True)
    root = tmp_path / "link/projects"
    root.parent.symlink_to(tmp_path / "real")
    found = plan([(CLAUDE, root)], here(tmp_path / "app"), [], {})
    assert found.concerns(tmp_path / "real/projects/x.jsonl") == found.concerns(root / "x.jsonl") == root / "x.jsonl"
    assert found.named(tmp_path / "real/projects") == root


def test_there_is_a_bound(tmp_path: Path) -> None:
    root = tmp_path / "store"
    many = [source(root / f"{number}/x.jsonl").path for number in range(MOST + 50)]
    assert len(plan([(bare(), root)], here(tmp_path / "app"), many, {}).watched) == MOST


def test_nothing_elsewhere_matters(tmp_path: Path) -> None:
    assert Plan({}).concerns(tmp_path / "x") is None


class _Bare:
    """An agent without folders of its own for projects."""

    name = label = "bare"
    markers: Mapping[str, str] = {}

    def sources(self, root: Path) -> Iterator[Source]:
        return iter(())

    def folder_of(self, directory: Path) -> str | None:
        return None


def bare() -> Agent:
    return cast("Agent", _Bare())
