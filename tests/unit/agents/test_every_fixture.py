# ruff: noqa: E501 (names of real files are as long as they are)
"""Every file of the shared fixtures is read by its agent's reader, or it is said here why it is none of a conversation.

The counts were looked at when each reader was made, in its own tests; here they hold that none is left out and that no
change of one reader, or of what they share, is overlooked.
"""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from gitstory.agents import registry
from gitstory.agents.base import Agent, Source

_AGENT = {"cursor-ide": "cursor"}
_SCRIPTS = {"goose/dejavu-goose.sql": "sessions.db", "zed/dejavu-zed.sql": "threads.db"}
"""Databases that lie there as SQL, and the name they are made with."""

READ: dict[str, tuple[int, int, int]] = {
    "aider/aider-repo-chat-history-head.md": (210, 378, 157),
    "aider/lab-0.86.2/.aider.chat.history.md": (2, 2, 3),
    "aider/monochromatic-v1.aider.chat.history.md": (1, 1, 0),
    "aider/monochromatic-v2.aider.chat.history.md": (13, 25, 19),
    "aider/monochromatic-v3.aider.chat.history.md": (13, 25, 24),
    "aider/zenmcp.aider.chat.history.md": (1, 5, 0),
    "amp/T-019ca1ce-3ae2-7686-a41e-ccc078837f8a.json": (1, 1, 0),
    "antigravity/agentsessions-cli_small.jsonl": (1, 1, 1),
    "claude-code/ccviewer-5c0375b4-57a5-4f26-b12d-d022ee4e51b7.jsonl": (1, 1, 1),
    "claude-code/entirecli-2014bbff865d-0.jsonl": (1, 1, 3),
    "claude-code/entirecli-42527c9c20c8-0.jsonl": (1, 2, 1),
    "claude-code/entirecli-a6e4c2a0fbd1-0.jsonl": (1, 2, 3),
    "claude-code/entirecli-ec38b74f08e3-0.jsonl": (1, 3, 2),
    "claude-code/gitai-example-claude-code.jsonl": (1, 1, 3),
    "claude-code/happy-task_non_sdk.jsonl": (1, 1, 0),
    "claude-code/lab-2.1.197/.claude/projects/-home-dev-work-lab-ws-claude/9110c1cc-a279-495d-b041-34e1bd17b718.jsonl": (
        1,
        2,
        3,
    ),
    "claude-code/starcar-2db32c0780b4-1.jsonl": (1, 1, 2),
    "claude-code/vscode-98b76fb9-f5d3-40c5-ab82-b970c20e3764.jsonl": (1, 3, 0),
    "claude-code/vscode-copilot-chat/50a7220d-7250-46f3-b38e-b716ce25032e.jsonl": (1, 1, 0),
    "cline/lab-3.0.65/.cline/data/sessions/1795189766400_qira7/1795189766400_qira7.messages.json": (1, 1, 2),
    "codex/agentsessions-0.146-schema-coverage.jsonl": (1, 4, 1),
    "codex/agentv-8d1ecb6dc628-0.jsonl": (1, 5, 13),
    "codex/lab-0.169.0/.codex/sessions/2026/11/20/rollout-2026-11-20T15-42-57-01a1f9a0-08f7-7092-b7e1-55f29155118b.jsonl": (
        1,
        2,
        3,
    ),
    "codex/sessionbridge-06e6d229b394-0.jsonl": (1, 1, 5),
    "codex/sessionbridge-8ed4bb32fb83-0.jsonl": (1, 1, 0),
    "continue/lab-1.5.47/.continue/sessions/f2751eb8-b3d5-4ce5-8ec3-5bccf1906251.json": (1, 2, 3),
    "copilot-chat/dealenx-export-canceled.json": (1, 2, 0),
    "copilot-chat/gitai-empty-then-patched.jsonl": (1, 1, 0),
    "copilot-chat/gitai-v3-doc.json": (1, 3, 1),
    "copilot-chat/zacharyluz-export-edits.json": (1, 8, 12),
    "copilot-cli/agentsessions-schema-coverage.jsonl": (1, 2, 0),
    "copilot-cli/agentv-269e1b9e5502-0.jsonl": (1, 1, 1),
    "copilot-cli/agentv-6a6787e4f86b-0.jsonl": (1, 1, 0),
    "copilot-cli/lab-1.0.102/.copilot/session-state/2256a462-19eb-4e23-ac79-e15f96a11c2d/events.jsonl": (1, 2, 3),
    "copilot-cli/starcar-70f01dc53f44-0.jsonl": (1, 1, 2),
    "crush/dbos-crush.db": (2, 13, 7),
    "cursor-cli/syn-store-1.db": (1, 1, 1),
    "cursor-ide/gitai-agent-transcript.jsonl": (1, 1, 1),
    "cursor-ide/gogolabs-global-rebuilt.state.vscdb": (1, 2, 0),
    "cursor-ide/syn-global-v3.19-contentref.state.vscdb": (1, 1, 1),
    "droid/gitai-droid-session.jsonl": (1, 1, 1),
    "gemini-cli/gitai-simple.jsonl": (1, 1, 0),
    "gemini-cli/lab-0.61.0/.gemini/tmp/ws-gemini/chats/session-2026-11-20T15-45-d7b6bf33.jsonl": (1, 2, 3),
    "gemini-cli/sessionbridge-23607762cc12-0.json": (1, 1, 1),
    "gemini-cli/sessionbridge-e94f17cdc65d-0.json": (1, 4, 14),
    "goose/dejavu-goose.sql": (1, 1, 0),
    "opencode/bestcodes-c0ea73dac434-0.json": (1, 1, 1),
    "opencode/gatomia-059c46747b87-0.json": (1, 1, 2),
    "opencode/gitai-opencode.db": (1, 1, 1),
    "opencode/lab-1.18.33/opencode/opencode.db": (1, 1, 2),
    "opencode/sessionbridge-13dddd416599-1.json": (1, 2, 6),
    "pi/lab-0.73.1/.pi/agent/sessions/--home-dev-work-lab-ws-pi--/2026-11-20T15-44-30-483Z_01a1f9a1-7513-7635-b61e-db54b27d0b82.jsonl": (
        1,
        2,
        3,
    ),
    "pi/pimono-large-session.jsonl": (1, 88, 140),
    "qwen/agentsessions-019f0000-0000-7000-8000-000000000001.jsonl": (1, 1, 0),
    "qwen/agentsessions-019f0000-0000-7000-8000-000000000004.jsonl": (1, 2, 0),
    "qwen/agentsessions-019f0000000070008000000000000003.jsonl": (1, 1, 0),
    "qwen/lab-0.15.10/.qwen/projects/-home-dev-work-lab-ws-qwen/chats/73ad6e68-45b8-46e4-95e1-beba241ae416.jsonl": (
        1,
        2,
        3,
    ),
    "windsurf/gitai-windsurf-transcript.jsonl": (1, 4, 2),
    "zed/dejavu-zed.sql": (2, 2, 0),
}
"""File -> conversations, prompts, edits."""

NONE = {
    "*.entire-metadata.json": "what another tool noted of the transcript beside it",
    "*/hooks-captured.jsonl": "what the agent gave to its own hooks",
    "*/git-hook-env.txt": "what a git hook saw of the environment",
    "*/note-refs-notes-*.json": "a note the agent wrote to the repository",
    "*/repo.bundle": "the repository of the session",
    "*/subagents/agent-*.jsonl": "a subagent's, read with the transcript that started it",
    "antigravity/clicontinues-*": "another tool's test files, of a form that is not known of Antigravity",
    "copilot-chat/gitai-transcript-eventstream.jsonl": "read in its own folder only: test_copilot_chat.py",
    "copilot-chat/gitai-agent-traces.db": "read in its own folder only: test_copilot_chat.py",
    "cursor-ide/gogolabs-workspace-*": "a window's database, which says where the conversations of the large one were",
    "droid/*.settings.json": "models and tokens of the session beside it",
    "gemini-cli/*/projects.json": "names of projects",
    "gemini-cli/*/.project_root": "the directory of the sessions beside it",
    "opencode/*.db-shm": "of the database beside it",
    "opencode/*.db-wal": "of the database beside it",
    "continue/*/sessions.json": "a list of the sessions beside it",
    "copilot-cli/*/workspace.yaml": "the directory of the session beside it",
    "copilot-cli/*/rewind-file-snapshots/index.json": "files as they were, for taking back",
    "copilot-cli/*/session-store.db": "an index of the sessions, made of them",
    "cline/*/1795189766400_qira7.json": "the head of the messages beside it",
    "aider/*/.aider.input.history": "what was typed, which the chat history has as well",
}


def listed(fixtures: Path) -> list[str]:
    with (fixtures / "SOURCE.tsv").open(encoding="utf-8") as file:
        return [f"{row['agent']}/{row['file']}" for row in csv.DictReader(file, delimiter="\t")]


def reason(name: str) -> str:
    return next((said for pattern, said in NONE.items() if fnmatchcase(name, pattern)), "")


def sources(agent: Agent, path: Path, top: Path) -> list[Source]:
    """What the agent makes of a file in the nearest folder, up to `top`, that it takes for a store, else of it alone."""
    for root in [path, *(folder for folder in path.parents if folder.is_relative_to(top))]:
        found = [source for source in agent.sources(root) if source.path == path]
        if found:
            return found
    facts = path.stat()
    stamp = (facts.st_size, facts.st_mtime_ns)
    return [Source(agent.name, path, stamp, facts.st_size, facts.st_mtime, path.stem)]


def test_every_file_is_accounted_for(fixtures: Path) -> None:
    names = listed(fixtures)
    assert [name for name in names if (name in READ) == bool(reason(name))] == []
    assert READ.keys() <= set(names)
    assert [pattern for pattern in NONE if not any(fnmatchcase(name, pattern) for name in names)] == []


@pytest.mark.parametrize("name", READ)
def test_it_is_read(name: str, fixtures: Path, tmp_path: Path) -> None:
    folder = name.partition("/")[0]
    agent, path, top = registry.agent(_AGENT.get(folder, folder)), fixtures / name, fixtures / folder
    if name in _SCRIPTS:
        with closing(sqlite3.connect(tmp_path / _SCRIPTS[name])) as connection:
            connection.executescript(path.read_text("utf-8"))
        path, top = tmp_path / _SCRIPTS[name], tmp_path
    found = [one for source in sources(agent, path, top) for one in agent.read(source).conversations]
    prompts = sum(bool(turn.prompt.strip() or turn.images) for one in found for turn in one.turns)
    edits = sum(len(list(turn.edits)) for one in found for turn in one.turns)
    assert (len(found), prompts, edits) == READ[name]
