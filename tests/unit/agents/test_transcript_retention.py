"""When transcripts near their deletion."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.agents.transcript_retention import due_after


def said(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("setting", "days"),
    [("30", 23), ("60", 53), ("10", 5), ("1", 0.5), ("0", 0), ("-3", 23), ("true", 23), ('"9"', 23), ("1e99", 23)],
)
def test_the_setting(tmp_path: Path, setting: str, days: float) -> None:
    said(tmp_path / ".claude/settings.json", f'{{"cleanupPeriodDays": {setting}}}')
    assert due_after("claude-code", {}, tmp_path, []) == days


def test_nothing_said_and_other_agents(tmp_path: Path) -> None:
    assert due_after("claude-code", {}, tmp_path, []) == due_after("codex", {}, tmp_path, []) == 23


def test_the_shortest_counts_wherever_it_stands(tmp_path: Path) -> None:
    said(tmp_path / ".claude/settings.json", '{"cleanupPeriodDays": 90}')
    said(tmp_path / "app/.claude/settings.local.json", '{"cleanupPeriodDays": 20}')
    said(tmp_path / "moved/settings.json", '{"cleanupPeriodDays": 40}')
    assert due_after("claude-code", {"CLAUDE_CONFIG_DIR": str(tmp_path / "moved")}, tmp_path, []) == 33
    assert due_after("claude-code", {}, tmp_path, [tmp_path / "app"]) == 13
    said(tmp_path / "app/.claude/settings.local.json", "{" * 5000)
    assert due_after("claude-code", {}, tmp_path, [tmp_path / "app"]) == 83
