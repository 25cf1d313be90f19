"""A commit on trial: a scratch clone, a made-up conversation, the real hooks, and whether the note arrives."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from gitstory.errors import GitStoryError
from gitstory.git.process import clean_env, git, git_program
from gitstory.git.repo import Repo
from gitstory.hooks.setup import NOTES, enable

PATIENCE = 60.0
"""Seconds the note may take; usually it is there after a third of one, but the first run looks at every transcript."""

FILE = "gitstory-doctor.txt"
TEXT = "This line was written by git story doctor, to see whether it is found again.\n"


class HookTrial(Struct, frozen=True):
    """What happened. Seconds are None where that step was not reached; `hook_ran` says that the shim did its part."""

    committed: float | None = None
    noted: float | None = None
    hook_ran: bool = False
    linked: bool = False
    error: str | None = None


def run(repo: Repo | None, program: str) -> HookTrial:
    """Never touches `repo`: works in a clone of it that shares its objects, or in a new repository where None."""
    with _scratch(repo) as (clone, stores):
        try:
            enable(clone, program)
            _converse(clone, stores)
            clone.git("add", FILE)
            took, messages = _commit(clone, stores)
        except GitStoryError as error:
            return HookTrial(error=error.message)
        if took is None:
            return HookTrial(error=f"git commit failed: {messages}")
        ran = (clone.home / "spool").exists() or (clone.home / "state.json").exists()
        noted = _await_note(clone, time.monotonic())
        linked = noted is not None and b"git story doctor" in clone.git("notes", f"--ref={NOTES}", "show", "HEAD")
        return HookTrial(took, noted, ran, linked)


@contextmanager
def _scratch(repo: Repo | None) -> Iterator[tuple[Repo, dict[str, str]]]:
    # The worker may still be writing its cache when we are done.
    with TemporaryDirectory(prefix="gitstory-doctor-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        where = folder / "clone"
        if repo is None:
            git("init", "--quiet", str(where))
        else:
            git("clone", "--quiet", "--shared", "--no-checkout", "--no-tags", str(repo.common_dir), str(where))
        clone = Repo.open(where)
        if clone.ref("HEAD") is not None:
            clone.git("read-tree", "HEAD")
        yield clone, {"CLAUDE_CONFIG_DIR": str(folder / "claude"), "CODEX_HOME": str(folder / "codex")}


def _converse(clone: Repo, stores: Mapping[str, str]) -> None:
    """Write the file, and the conversation in which an agent wrote it, as Claude Code 2.1 keeps one."""
    assert clone.worktree is not None
    path = clone.worktree / FILE
    path.write_text(TEXT)
    folder = Path(stores["CLAUDE_CONFIG_DIR"]) / "projects" / "gitstory-doctor"
    folder.mkdir(parents=True)
    call = {"type": "tool_use", "id": "toolu_1", "name": "Write", "input": {"file_path": str(path), "content": TEXT}}
    answer = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "ok"}
    done: dict[str, object] = {
        "type": "create",
        "filePath": str(path),
        "content": TEXT,
        "originalFile": None,
        "structuredPatch": [],
    }
    records = [
        {"type": "user", "message": {"role": "user", "content": "A request by git story doctor"}},
        {"type": "assistant", "message": {"id": "m1", "role": "assistant", "model": "none", "content": [call]}},
        {"type": "user", "message": {"role": "user", "content": [answer]}, "toolUseResult": done},
    ]
    parent = None
    with (folder / "d0c70000-0000-4000-8000-000000000000.jsonl").open("w", encoding="utf-8") as file:
        for number, record in enumerate(records):
            name = f"d0c70000-0000-4000-8000-00000000000{number + 1}"
            when = datetime.fromtimestamp(time.time() - 3 + number, UTC).isoformat(timespec="milliseconds")
            frame = {
                "uuid": name,
                "parentUuid": parent,
                "sessionId": "d0c70000-0000-4000-8000-000000000000",
                "timestamp": when.replace("+00:00", "Z"),
                "cwd": str(clone.worktree),
                "isSidechain": False,
                "version": "2.1.0",
            }
            file.write(json.dumps({**frame, **record}) + "\n")
            parent = name


def _commit(clone: Repo, stores: Mapping[str, str]) -> tuple[float | None, str]:
    """Seconds `git commit` took, None with what it said if it failed. As a person's shell would run it."""
    identity = ("-c", "user.name=gitstory doctor", "-c", "user.email=doctor@localhost", "-c", "commit.gpgSign=false")
    # A pre-commit or commit-msg hook of a global directory has nothing to say about a trial.
    words = [git_program(), *identity, "commit", "--quiet", "--no-verify", "--message", "A trial by git story doctor"]
    began = time.monotonic()
    done = subprocess.run(
        words,
        cwd=clone.worktree,
        env={**clean_env(), **stores},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    took = time.monotonic() - began
    if done.returncode != 0:
        messages = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return None, messages[0] if messages else f"exit code {done.returncode}"
    return took, ""


def _await_note(clone: Repo, began: float) -> float | None:
    while time.monotonic() - began < PATIENCE:
        if clone.run("notes", f"--ref={NOTES}", "show", "HEAD", check=False).returncode == 0:
            return time.monotonic() - began
        time.sleep(0.02)
    return None
