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
    "gitstory.cli.lazy_group",
    "gitstory.cli.main",
    "gitstory.errors",
    "gitstory.start",
}
READING = {
    "gitstory.agents.catalog",
    "gitstory.recording.queue_file",
    "gitstory.cli.shared_options",
    "gitstory.cli.output",
    "gitstory.cli.open_store",
    "gitstory.sources.carried_over",
    "gitstory.sources.chain",
    "gitstory.rewrites.candidate_conversations",
    "gitstory.fault_points",
    "gitstory.git",
    "gitstory.git.blame",
    "gitstory.git.changed_files",
    "gitstory.git.line_hashes",
    "gitstory.git.atomic_write",
    "gitstory.git.commit_details",
    "gitstory.git.batch_requests",
    "gitstory.git.config_snapshot",
    "gitstory.git.log",
    "gitstory.git.mailmap_limits",
    "gitstory.git.notes_tree_paths",
    "gitstory.git.safe_own_files",
    "gitstory.git.packing",
    "gitstory.git.process",
    "gitstory.git.find_program",
    "gitstory.git.refs",
    "gitstory.git.repo",
    "gitstory.git.new_objects",
    "gitstory.model",
    "gitstory.safe_open",
    "gitstory.queries",
    "gitstory.summary.dependent_prompts",
    "gitstory.summary.closing_answers",
    "gitstory.summary.stated_changes",
    "gitstory.summary.corrections",
    "gitstory.summary.disagreement",
    "gitstory.summary.turn_labels",
    "gitstory.summary.short_ids",
    "gitstory.summary.typed_while_working",
    "gitstory.sources.story_source",
    "gitstory.render",
    "gitstory.text.markdown_blocks",
    "gitstory.text.console",
    "gitstory.text.invisible_characters",
    "gitstory.text.late_pattern",
    "gitstory.text.wording",
    "gitstory.store",
    "gitstory.store.batch_changes",
    "gitstory.store.snapshot",
    "gitstory.store.link_overrides",
    "gitstory.git.file_lock",
    "gitstory.store.record_merge",
    "gitstory.store.record_paths",
    "gitstory.store.records",
    "gitstory.history_files.references",
    "gitstory.store.store",
    "gitstory.worker",
    "gitstory.worker.ensure_drained",
    "gitstory.sources.other_tools_records",
    "gitstory.worker.unhooked_commits",
    "gitstory.sources.trailers",
    "gitstory.recording.worker_state",
}
SHOW = {
    "gitstory.summary.commit_story",
    "gitstory.cli.show",
    "gitstory.queries.verified_stories",
    "gitstory.summary.find_edit",
    "gitstory.queries.show",
    "gitstory.summary.coauthors",
    "gitstory.summary.evidence_in_words",
    "gitstory.render.story",
    "gitstory.store.verified_ranges_cache",
}
BLAME = {
    "gitstory.cli.blame",
    "gitstory.cli.blame_options",
    "gitstory.queries.blame",
    "gitstory.render.blame",
    "gitstory.render.blame_style",
    "gitstory.store.verified_ranges_cache",
}
INDEX = {
    "gitstory.git.object_existence",
    "gitstory.rewrites.candidate_conversations",
    "gitstory.store.record_index.ancestors",
    "gitstory.store.record_index.carried_stories",
    "gitstory.store.record_index.index",
    "gitstory.store.record_index.rows",
    "gitstory.store.record_index.schema",
    "gitstory.store.record_index.update",
}
"""For a commit without a story, which `blame` meets here and `show` does not."""

ALLOWED = {
    ("--version",): OURS,
    ("show",): OURS | READING | SHOW,
    ("show", "--json"): OURS | READING | SHOW | {"gitstory.render.json"},
    ("blame", "calc.py"): OURS | READING | BLAME | INDEX,
    ("blame", "--porcelain", "calc.py"): OURS | READING | BLAME | INDEX,
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


def with_rooms(names: set[str]) -> set[str]:
    """The modules and the packages they are in."""
    parts = [name.split(".") for name in names]
    return {".".join(each[:end]) for each in parts for end in range(1, len(each) + 1)}


@pytest.mark.parametrize("args", list(ALLOWED), ids=" ".join)
def test_a_command_loads_only_what_it_needs(repo: GitRepo, args: tuple[str, ...]) -> None:
    where = Told(repo).repo.path
    (where / ".git" / "gitstory").mkdir(exist_ok=True)
    loaded(where, "show")  # the worker has run, as it has in a repository in use
    found = loaded(where, *args)
    assert {name for name in found if name.split(".")[0] == "gitstory"} - with_rooms(ALLOWED[args]) == set()
    allowed = {"sqlite3"} if args[0] == "blame" else set[str]()  # of the index of the record
    assert {name for name in found if name in HEAVY or name.split(".")[0] in HEAVY - allowed} - allowed == set()
