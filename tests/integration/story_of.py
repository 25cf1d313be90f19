"""What the script contract says of a commit, for tests that compare it with what was done."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests import program
from tests.asking import asked


def git_story(
    cwd: Path, *args: str, check: bool = True, timeout: float | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run the command as a person's git would; see `asked`."""
    env = {**os.environ, "PYTHONPATH": str(program.ROOT), **env}
    done = asked(args, cwd, env, timeout=timeout)
    if check and done.returncode != 0:
        raise AssertionError(f"git story {args} -> {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def story(cwd: Path, rev: str = "HEAD") -> dict[str, Any]:
    """The object `git story show --json` prints."""
    found: dict[str, Any] = json.loads(git_story(cwd, "show", "--json", rev).stdout)
    return found


def links(cwd: Path, rev: str = "HEAD") -> dict[str, str]:
    """conversation id -> evidence."""
    return {one["id"]: one["evidence"] for one in story(cwd, rev)["conversations"]}


def lines(cwd: Path, path: str, rev: str = "HEAD") -> dict[int, str]:
    """line -> turn id, of the lines `rev` added to `path`."""
    for file in story(cwd, rev)["files"]:
        if file["path"] == path:
            return {n: one["turn"] for one in file["ranges"] for n in range(one["start"], one["end"] + 1)}
    return {}


def removed(cwd: Path, path: str, rev: str = "HEAD") -> dict[int, str]:
    """line of the first parent -> turn id, of the lines `rev` removed from `path`."""
    for file in story(cwd, rev)["files"]:
        if file["path"] == path:
            return {n: one["turn"] for one in file["removed"] for n in range(one["start"], one["end"] + 1)}
    return {}
