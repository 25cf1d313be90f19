"""The example project: an empty HOME, a repository, and a conversation in an agent's real store.

`conversation.jsonl` has the layout that Claude Code writes, with @ROOT@ for the project's directory and @+N@ for a
time N seconds after the conversation began. The edits are replayed into the work tree, as the agent would leave it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
BEGAN = datetime(2026, 11, 20, 16, 50, tzinfo=UTC).timestamp()
"""When the conversation of pictures and examples began; `make demo` uses the present."""
COMMITTED = 600
"""Seconds after the beginning of the conversation at which its work is committed."""


def sealed_environment(home: Path) -> dict[str, str]:
    """Variables with an empty HOME, so that nothing of the person's own is read or written; PATH has this checkout."""
    names = ("PATH", "TERM", "LANG", "NO_COLOR", "COLUMNS", "SYSTEMROOT")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    kept["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Dev One\n\temail = dev@example.com\n[init]\n\tdefaultBranch = main\n", encoding="utf-8"
    )
    return {**kept, "HOME": str(home), "USERPROFILE": str(home), "GIT_CONFIG_NOSYSTEM": "1", "GIT_PAGER": "cat"}


def at(env: dict[str, str], seconds: float) -> dict[str, str]:
    """`env` with the time of commits fixed, in UTC."""
    date = f"{int(seconds)} +0000"
    return {**env, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "TZ": "UTC"}


def add_conversation(home: Path, project: Path, began: float) -> None:
    """Put the sample where Claude Code keeps conversations of `project`, and its files where the agent wrote them."""
    folder = re.sub(r"[^A-Za-z0-9-]", "-", str(project.resolve()))
    text = (HERE / "conversation.jsonl").read_text(encoding="utf-8")
    text = text.replace("@ROOT@", json.dumps(str(project.resolve()))[1:-1])
    text = re.sub(r"@\+(\d+)@", lambda match: _timestamp(began + int(match[1])), text)
    records = [json.loads(line) for line in text.splitlines()]
    store = home / ".claude" / "projects" / folder / f"{records[0]['sessionId']}.jsonl"
    store.parent.mkdir(parents=True)
    store.write_text(text, encoding="utf-8")
    for record in records:
        result = record.get("toolUseResult", {})
        if "filePath" in result:
            _apply(result)


def _apply(result: dict[str, str]) -> None:
    """Write the file that a tool call of the conversation left."""
    content = result.get("content")
    if content is None:
        content = result["originalFile"].replace(result["oldString"], result["newString"], 1)
    Path(result["filePath"]).write_text(content, encoding="utf-8")


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def run(command: list[str], where: Path, env: dict[str, str]) -> str:
    """Run a command and return what it prints. Raises `CalledProcessError` where it fails."""
    return subprocess.run(command, cwd=where, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def build(home: Path, project: Path, env: dict[str, str], began: float = BEGAN) -> dict[str, str]:
    """Make the repository with the commit that the conversation led to, and return the environment at that time."""
    run(["git", "init", "-q", "-b", "main", str(project)], home, env)
    start, end = at(env, began - 60), at(env, began + COMMITTED)
    run(["git", "commit", "-q", "--allow-empty", "-m", "Start"], project, start)
    run(["git", "story", "enable"], project, start)
    add_conversation(home, project, began)
    run(["git", "add", "-A"], project, end)
    run(["git", "commit", "-q", "-m", "Add slugs for article titles"], project, end)
    run(["git", "story", "drain"], project, end)
    return end
