"""What the agents' programs really do, without gitstory: the facts its readers and its linking stand on.

A failure here means that an agent changed its habits, not that gitstory broke.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.lab.bench import CALC, NOTES, SUBTRACT, Bench

pytestmark = pytest.mark.lab

PROMPT = "Add subtract, note it down and commit"


@pytest.fixture
def spy(bench: Bench, tmp_path: Path) -> Path:
    """A post-commit hook that keeps its environment and a copy of the transcripts as they are at that moment."""
    kept = tmp_path / "at-commit"
    kept.mkdir()
    hook = bench.repo.path / ".git" / "hooks" / "post-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!/bin/sh\nenv >'{kept}/env'\n"
        f"find '{bench.agent.home}' -path '*/.c*' -name '*.jsonl' -exec cp {{}} '{kept}' ';'\nexit 0\n"
    )
    hook.chmod(0o755)
    return kept


def commit_alone(bench: Bench) -> None:
    bench.turn(PROMPT, *bench.add_subtract(bench.commit_call("Add subtract")))


def environment_of(spy: Path) -> dict[str, str]:
    pairs = (line.partition("=") for line in (spy / "env").read_text().splitlines())
    return {name: value for name, _, value in pairs}


def test_agent_edits_and_commits_alone(bench: Bench) -> None:
    commit_alone(bench)
    assert bench.repo.git("log", "--format=%s") == "Add subtract\nAdd calc"
    assert bench.repo.git("show", "HEAD:calc.py") + "\n" == CALC + SUBTRACT
    assert bench.repo.git("show", "HEAD:notes.md") + "\n" == NOTES


def test_hook_sees_the_conversations_id(bench: Bench, spy: Path) -> None:
    commit_alone(bench)
    assert environment_of(spy)[bench.agent.marker] == bench.conversation


def test_prompt_and_edits_are_on_disk_when_the_hook_runs(bench: Bench, spy: Path) -> None:
    commit_alone(bench)
    (copy,) = spy.glob("*.jsonl")
    text = copy.read_text("utf-8")
    assert PROMPT in text
    assert "subtract was added" in text


def test_codex_tool_call_id_is_the_items_id(bench: Bench, spy: Path) -> None:
    if bench.agent.name != "codex":
        pytest.skip("Claude Code exports no tool call id")
    commit_alone(bench)
    marker = environment_of(spy)["CODEX_TOOL_CALL_ID"]
    items = [
        record["payload"]["item"] for record in bench.records() if record["payload"].get("type") == "item_completed"
    ]
    (item,) = [item for item in items if item["id"] == marker]
    assert item["type"] == "CommandExecution"
    assert "git commit" in item["command"][-1]
    # In code mode the model's own call has another id: only the item ties the hook to the rollout.
    calls = {record["payload"].get("call_id") for record in bench.records() if record["type"] == "response_item"}
    assert (marker in calls) is not getattr(bench.agent, "code_mode", False)


@pytest.mark.parametrize("flags", ["", "-q"])
def test_claude_code_records_the_commit_it_reads_in_the_output(bench: Bench, flags: str) -> None:
    """`gitOperation` comes from git's output: after `git commit -q` only the hook's environment names the maker."""
    if bench.agent.name != "claude-code":
        pytest.skip("a record of Claude Code's")
    bench.turn(PROMPT, *bench.add_subtract(bench.commit_call("Add subtract", flags=flags)))
    made = [operation["commit"]["sha"] for operation in git_operations(bench.records()) if "commit" in operation]
    assert [bench.repo.git("rev-parse", sha) for sha in made] == (
        [] if flags else [bench.repo.git("rev-parse", "HEAD")]
    )


def git_operations(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    results = (record.get("toolUseResult") for record in records)
    return [result["gitOperation"] for result in results if isinstance(result, dict) and "gitOperation" in result]


def test_resuming_appends_to_the_same_file(bench: Bench) -> None:
    commit_alone(bench)
    before = bench.agent.transcripts()[0].read_bytes()
    bench.turn("Say hello", session="resume", answer="Hello.")
    (transcript,) = bench.agent.transcripts()
    assert transcript.read_bytes().startswith(before)
    assert "Say hello" in transcript.read_text("utf-8")


def test_worktree_is_where_the_conversation_says_it_is(bench: Bench) -> None:
    tree = bench.repo.path.parent / "side tree"
    bench.repo.git("worktree", "add", "-q", "-b", "side", str(tree))
    calls = bench.add_subtract(bench.commit_call("Add subtract"), root=tree)
    bench.turn(PROMPT, *calls, cwd=tree)
    assert bench.repo.git("log", "-1", "--format=%s", "side") == "Add subtract"
    assert json.dumps(str(tree)) in json.dumps(bench.records())
