"""Runs the installed `git story` as a person would, in a sealed environment, and reads its script contract."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from corpus.gitcmd import git
from corpus.rebuild import Person

MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


@dataclass
class Run:
    """One run of a command: seconds on the wall, peak memory in MB of the largest of its processes."""

    code: int
    out: bytes
    err: str
    seconds: float
    peak_mb: float


class Story:
    """`git story` in one clone for one person's home."""

    def __init__(self, clone: Path, home: Path, person: Person) -> None:
        self.clone, self.home, self.person = clone, home, person
        self.only: set[str] | None = None
        bins = [str(Path(os.environ.get("GITSTORY_BIN", Path(__file__).parents[2] / ".venv" / "bin")))]
        self.environ = {
            "PATH": os.pathsep.join([*bins, os.environ.get("PATH", os.defpath)]),
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_STATE_HOME": str(home / ".local/state"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "NO_COLOR": "1",
        }

    def run(self, *args: str) -> Run:
        start = time.monotonic()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.NamedTemporaryFile() as peak:
            # A child is born with its parent's peak memory, so a small process stands between.
            command = [sys.executable, "-c", MEASURE, peak.name, "git", "story", *args]
            done = subprocess.run(
                command, cwd=self.clone, env=self.environ, stdin=subprocess.DEVNULL, stdout=out, stderr=err, check=False
            )
            seconds = time.monotonic() - start
            out.seek(0)
            err.seek(0)
            kilobytes = int(Path(peak.name).read_text() or 0)
            return Run(done.returncode, out.read(), err.read().decode(errors="replace"), seconds, kilobytes / 1024)

    def reset(self) -> None:
        """Removes all that an earlier run recorded, and sets the person's identity."""
        refs = git(self.clone, "for-each-ref", "--format=delete %(refname)", "refs/story", "refs/notes")
        if refs.strip():
            git(self.clone, "update-ref", "--stdin", stdin=refs)
        shutil.rmtree(self.clone / ".git" / "gitstory", ignore_errors=True)
        git(self.clone, "config", "user.email", self.person.email)
        git(self.clone, "config", "user.name", "Dev One")

    def backfill(self) -> Run:
        self.reset()
        enabled = self.run("enable", "--no-hooks")
        if enabled.code:
            raise RuntimeError(f"git story enable: {enabled.code} {enabled.err.strip()[-2000:]}")
        done = self.run("backfill", "--all")
        if done.code:
            raise RuntimeError(f"git story backfill: {done.code} {done.err.strip()[-2000:]}")
        return done

    def replay(self, mirror: Path) -> Run | None:
        """`backfill --from entire`, once for all persons of a clone; each sees what concerns its conversations."""
        marker = self.clone / ".git" / "replayed"
        self.only = {talk.id.lower() for talk in self.person.talks}
        if marker.exists():
            return None
        self.reset()
        names = git(mirror, "for-each-ref", "--format=%(refname)").split()
        specs = [f"+{name}:{name}" for name in names if "entire/checkpoints" in name]
        git(self.clone, "fetch", "--quiet", "--no-tags", str(mirror), *specs)
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir()
        for command in (["enable", "--no-hooks"], ["backfill", "--all", "--from", "entire"]):
            done = self.run(*command)
            if done.code:
                raise RuntimeError(f"git story {command[0]}: {done.code} {done.err.strip()[-2000:]}")
        print(done.out.decode().strip(), done.err.strip(), sep="\n")
        marker.touch()
        return done

    def log(self) -> list[dict[str, Any]]:
        told = rows(self.run("log", "--json", "--all"))
        return told if self.only is None else [kept for one in told if (kept := _part(one, self.only))]

    def show(self, commit: str) -> dict[str, Any] | None:
        done = self.run("show", "--json", commit)
        return None if done.code else msgspec.json.decode(done.out)

    def blame(self, path: str) -> list[dict[str, Any]]:
        return rows(self.run("blame", "--json", "HEAD", "--", path))


def _part(story: dict[str, Any], only: set[str]) -> dict[str, Any] | None:
    """What a story says of some conversations; None for nothing."""
    links = [one for one in story["conversations"] if one["id"].lower() in only and "recorded_by" not in one]
    files = [
        {
            **file,
            **{
                kind: [r for r in file.get(kind, ()) if r["conversation"].lower() in only]
                for kind in ("ranges", "removed")
            },
        }
        for file in story["files"]
    ]
    return {**story, "conversations": links, "files": files} if links else None


def rows(run: Run) -> list[dict[str, Any]]:
    if run.code:
        raise RuntimeError(f"git story: {run.code} {run.err.strip()[-2000:]}")
    return [msgspec.json.decode(line) for line in run.out.splitlines() if line.strip()]
