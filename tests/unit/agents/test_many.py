"""What is asked of a folder once for all conversations in it is not asked once for each: listings are counted."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from gitstory import safe_open
from gitstory.agents import registry
from gitstory.history_files.folder import HistoryFolder
from tests.smallstores import built

MANY = 40


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each folder is listed and each file opened."""
    found: Counter[str] = Counter()
    scandir, opened = os.scandir, safe_open.opened

    def listing(path: object = ".") -> object:
        found[os.fspath(path)] += 1  # type: ignore[call-overload]
        return scandir(path)  # type: ignore[call-overload]

    def reading(path: Path | str, buffering: int = -1) -> object:
        found[os.fspath(path)] += 1
        return opened(path, buffering)

    monkeypatch.setattr(os, "scandir", listing)
    monkeypatch.setattr(safe_open, "opened", reading)
    return found


def test_claude_codes_folder_is_listed_once(tmp_path: Path, counted: Counter[str]) -> None:
    folder = tmp_path / "projects" / "-home-dev-app"
    folder.mkdir(parents=True)
    for number in range(MANY):
        record = {"type": "user", "uuid": "u", "message": {"role": "user", "content": "hello"}}
        (folder / f"{number:08}-0000-4000-8000-000000000000.jsonl").write_text(json.dumps(record) + "\n")
    os.utime(folder, (1, 1))
    agent = registry.agent("claude-code")
    sources = list(agent.sources(tmp_path / "projects"))
    before = counted[str(folder)]
    assert [len(agent.read(source).conversations) for source in sources] == [1] * MANY
    assert counted[str(folder)] - before <= 1


@pytest.mark.parametrize(
    ("name", "shared"),
    [("antigravity", "history.jsonl"), ("gemini-cli", "projects.json")],
)
def test_what_tells_of_all_is_read_once(name: str, shared: str, tmp_path: Path, counted: Counter[str]) -> None:
    store = built(name, tmp_path)
    [path] = store.rglob(shared)
    os.utime(path, (1, 1))
    agent = registry.agent(name)
    root = store / "tmp" if (store / "tmp").is_dir() else store
    for _ in range(MANY):
        for source in agent.sources(root):
            agent.places(source)
            agent.read(source)
    assert counted[str(path)] <= 1


def test_the_history_folder_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "history").mkdir()
    listed: list[Path] = []
    glob = Path.glob

    def listing(self: Path, pattern: str) -> object:
        listed.append(self)
        return glob(self, pattern)

    place = HistoryFolder(tmp_path, "history")
    keys = [("codex", f"id-{number}") for number in range(MANY)]
    for _, name in keys:
        text = f"<!-- gitstory history 1 codex {name} -->\n"
        assert place.write(("codex", name), f"2026-01-01_00-00Z_words_{name}.md", text)[1]
        assert not place.write(("codex", name), "another_name.md", text)[1]
    monkeypatch.setattr(Path, "glob", listing)
    again = HistoryFolder(tmp_path, "history")
    found = [again.find(key) for key in keys]
    assert [one.path.name.rpartition("_")[2] for one in found if one is not None] == [f"{name}.md" for _, name in keys]
    assert len(listed) == 1
