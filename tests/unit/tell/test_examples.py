"""docs/examples: a post, a decision record and a rule file of made-up conversations, as they are written today.

`GITSTORY_GOLDEN=update` writes them anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from gitstory.model import Conversation
from gitstory.rules.directives import directives_of
from gitstory.rules.group_directives import rules
from gitstory.rules.rule_file_block import with_block
from gitstory.rules.rule_files import rendered
from gitstory.rules.values import Directive
from gitstory.tell.adr import records
from gitstory.tell.post import post
from gitstory.tell.values import Material
from tests.unit.tell.logs import KEY, ask, commit, edit, logged, ranged, say, shell, turn

EXAMPLES = Path(__file__).resolve().parents[3] / "docs/examples"
UPDATE = os.environ.get("GITSTORY_GOLDEN") == "update"
START = 1_772_442_000.0


def example() -> Material:
    """Rates of a bank, cached: a question, a false start, a correction, a failed test, two commits."""
    stores = {
        "Memory": "Simplest, but a restart forgets everything",
        "Disk": "One file, survives restarts, nothing to run beside the server",
        "Redis": "Shared by all servers, but one more service to run",
    }
    before = "    return json.loads(path.read_text())"
    after = "    return json.loads(path.read_text()) if path.exists() else {}"
    failed = "E   FileNotFoundError: /tmp/rates\n1 failed, 11 passed in 0.4s"
    state = "CACHE = Path(os.environ['STATE_DIRECTORY']) / 'rates.json'"
    store = ("def store(path, rates):", "    part = path.with_suffix('.part')", "    part.replace(path)")
    turns = (
        turn(
            1,
            "The server asks the bank for its rates after every restart, and the bank counts requests. Cache them.",
            *ask("Which store should the cache use?", stores, "Disk"),
            say("The rates change once a day, so one file is enough."),
            edit("rates/cache.py", "+def load(path):", f"+{before}", "+", "+CACHE = Path('/tmp/rates')"),
            shell("python -m pytest -q", failed, failed=True),
            edit("rates/cache.py", f"-{before}", f"+{after}"),
            shell("python -m pytest -q", "12 passed in 0.4s"),
            say("Added a cache on disk in `rates/cache.py`; the file is `/tmp/rates`."),
        ),
        turn(
            2,
            "No, don't put the file into /tmp, the host empties it at night. Use the state directory of the service.",
            edit("rates/cache.py", "-CACHE = Path('/tmp/rates')", f"+{state}"),
            say("Moved the file to the state directory of the service, because systemd keeps that over restarts."),
            kind="correction",
        ),
        turn(
            3,
            "Add a lock so that two workers never write the file at once.",
            say("I'll write a second file and rename it rather than lock the first, because a rename is atomic."),
            edit("rates/cache.py", *(f"+{line}" for line in store)),
            shell("python -m pytest -q", "14 passed in 0.4s"),
            say("Writes go to a second file first. Shall I also clear rates that are older than a week?"),
        ),
    )
    timed = [replace(each, time=START + 1_200 * each.index) for each in turns]
    history = [
        commit("a", "feat: cache the rates on disk", at=int(START) + 3_000),
        commit("b", "fix: write the cache atomically", "a", at=int(START) + 5_000),
    ]
    first, second, third = logged(*timed)
    landed = (
        replace(first, commits=("a" * 40,)),
        replace(second, commits=("a" * 40,)),
        replace(third, commits=("b" * 40,)),
    )
    standing = {"4de91640#1": (3, 5), "4de91640#2": (1, 1), "4de91640#3": (3, 3)}
    return replace(ranged(history, *landed), name=KEY[1][:8], standing=standing)


SAID = (
    ("0c9f3a52", "Run the tests with bun, and use bun, not node."),
    ("4de91640", "No, don't put the file into /tmp, the host empties it at night."),
    ("4de91640", "From now on, write a failing test before you fix a bug."),
    ("77aa01b2", "Same as yesterday: use bun not node."),
    ("9b3c1d00", "We should never log the rates of a customer."),
    ("9b3c1d00", "Add the endpoint for single currencies."),
)
"""Prompts of made-up conversations; two ask for nothing beyond their task."""


def rule_block() -> str:
    """What `git story rules --write agents` puts between the marks for `SAID`."""
    directives: list[Directive] = []
    for number, (name, prompt) in enumerate(SAID, 1):
        told = turn(number, prompt)
        directives += directives_of(
            Conversation("claude-code", f"{name}-1111-4222-8333-444455556666", turns=(told,)), "/"
        )
    return with_block("", rendered(rules(directives)), "AGENTS.md")


@pytest.mark.parametrize("name", ["post.md", "adr.md", "rules.md"])
def test_the_examples_are_as_they_are_written_today(name: str) -> None:
    made = {"post.md": lambda: post(example()), "adr.md": lambda: records(example())[0].text, "rules.md": rule_block}
    text = made[name]()
    if UPDATE:
        (EXAMPLES / name).write_text(text, "utf-8")
    assert (EXAMPLES / name).read_text("utf-8") == text
