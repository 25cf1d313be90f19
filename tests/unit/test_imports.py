"""What a one-shot command may load. Every module here costs each call; look twice before you add one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gitrepo import GitRepo
from tests.stories import Told

ROOT = Path(__file__).resolve().parents[2]

HEAVY = {
    "asyncio",
    "bz2",
    "cffi",
    "detect_secrets",
    "hypothesis",
    "numpy",
    "orjson",
    "platformdirs",
    "pre_commit",
    "pygit2",
    "rich",
    "safetensors",
    "sqlite3",
    "ssl",
    "tempfile",
    "tokenizers",
    "tomli_w",
    "urllib.request",
    "watchdog",
    "wordllama",
    "yaml",
}
"""Never in a one-shot reader."""

OURS = {
    "gitstory",
    "gitstory.__main__",
    "gitstory.cli",
    "gitstory.cli.lazy",
    "gitstory.cli.main",
    "gitstory.errors",
    "gitstory.start",
}
READING = {
    "gitstory.capture",
    "gitstory.capture.spool",
    "gitstory.cli.options",
    "gitstory.cli.output",
    "gitstory.cli.reading",
    "gitstory.worker.carried",
    "gitstory.worker.origins",
    "gitstory.faults",
    "gitstory.git",
    "gitstory.git.blame",
    "gitstory.git.changes",
    "gitstory.git.content",
    "gitstory.git.files",
    "gitstory.git.history",
    "gitstory.git.log",
    "gitstory.git.notes",
    "gitstory.git.packing",
    "gitstory.git.process",
    "gitstory.git.program",
    "gitstory.git.refs",
    "gitstory.git.repo",
    "gitstory.git.trees",
    "gitstory.model",
    "gitstory.opening",
    "gitstory.queries",
    "gitstory.queries.corrections",
    "gitstory.queries.naming",
    "gitstory.queries.source",
    "gitstory.render",
    "gitstory.render.console",
    "gitstory.render.unseen",
    "gitstory.render.words",
    "gitstory.storage",
    "gitstory.storage.changes",
    "gitstory.storage.contents",
    "gitstory.storage.decisions",
    "gitstory.storage.locks",
    "gitstory.storage.merge",
    "gitstory.storage.paths",
    "gitstory.storage.records",
    "gitstory.storage.references",
    "gitstory.storage.stories",
    "gitstory.worker",
    "gitstory.worker.due",
    "gitstory.worker.foreign",
    "gitstory.worker.missed",
    "gitstory.worker.trailed",
    "gitstory.worker.state",
}
SHOW = {
    "gitstory.cli.show",
    "gitstory.queries.borne",
    "gitstory.queries.edits",
    "gitstory.queries.show",
    "gitstory.queries.signed",
    "gitstory.render.evidence",
    "gitstory.render.story",
    "gitstory.storage.verified",
}
BLAME = {
    "gitstory.cli.blame",
    "gitstory.cli.blame_options",
    "gitstory.queries.blame",
    "gitstory.render.blame",
    "gitstory.render.blame_style",
    "gitstory.storage.verified",
}

ALLOWED = {
    ("--version",): OURS,
    ("show",): OURS | READING | SHOW,
    ("show", "--json"): OURS | READING | SHOW | {"gitstory.render.json"},
    ("blame", "calc.py"): OURS | READING | BLAME,
    ("blame", "--porcelain", "calc.py"): OURS | READING | BLAME,
}


def loaded(where: Path, *args: str) -> set[str]:
    """The modules a command imports, in a process of its own."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gitstory", *args],
        cwd=where,
        capture_output=True,
        text=True,
        env=env,
        check=True,
    )
    rows = (line for line in done.stderr.splitlines() if line.startswith("import time:"))
    return {row.rsplit("|", 1)[1].strip() for row in rows}


@pytest.mark.parametrize("args", list(ALLOWED), ids=" ".join)
def test_a_command_loads_only_what_it_needs(repo: GitRepo, args: tuple[str, ...]) -> None:
    where = Told(repo).repo.path
    (where / ".git" / "gitstory").mkdir(exist_ok=True)
    loaded(where, "show")  # the worker has run, as it has in a repository in use
    found = loaded(where, *args)
    assert {name for name in found if name.split(".")[0] == "gitstory"} - ALLOWED[args] == set()
    assert {name for name in found if name in HEAVY or name.split(".")[0] in HEAVY} == set()
