"""The shape of what each command prints with `--json`: names and types, not values. Scripts rely on it.

`GITSTORY_GOLDEN=update` stores shapes as they are now: new names are additions, what went or changed breaks scripts.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gitstory.cli.main import COMMANDS
from tests import golden
from tests.claude_session import ClaudeSession
from tests.cli import story
from tests.gitrepo import GitRepo

NOON = 1_780_000_000
ID = "11111111-aaaa-4bbb-8ccc-000000000001"
GREET = "def greet(name):\n    return f'hello to {name}'\n"

WAYS: dict[str, list[str]] = {
    "show": ["show"],
    "show-conversation": ["show", ID],
    "log": ["log", "--include-empty"],
    "blame": ["blame", "hello.py"],
    "why": ["why", "hello.py:2"],
    "explain": ["explain", "HEAD"],
    "conversations": ["conversations"],
    "review": ["review", "HEAD~1..HEAD"],
    "check": ["check", "HEAD~1..HEAD"],
    "stats": ["stats"],
    "rules": ["rules"],
    "search": ["search", "greeting"],
    "resume": ["resume", "HEAD"],
    "backfill": ["backfill", "--all"],
    "heal": ["heal"],
    "save": ["save", ID],
    "scan": ["scan"],
    "status": ["status"],
    "agents": ["agents"],
    "inspect": ["inspect", "claude-code"],
}
"""The file of a shape -> the command line whose output has it."""

_VALUE = re.compile(r"[0-9a-f]{7,64}|.*[/\\.].*|[0-9a-f-]{36}")
"""A name in an object that is a value: an id, a path, a file."""


def shape(value: Any) -> Any:
    """The value with the name of its type in the place of each text, number and truth value."""
    if isinstance(value, dict):
        return merged([{("<value>" if _VALUE.fullmatch(name) else name): shape(one)} for name, one in value.items()])
    if isinstance(value, list):
        return [merged(list(map(shape, value)))] if value else []
    if value is None:
        return "null"
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def merged(shapes: list[Any]) -> Any:
    """One shape that all of `shapes` have: names united, alternatives listed."""
    objects = [one for one in shapes if isinstance(one, dict)]
    lists = [one for one in shapes if isinstance(one, list)]
    found: list[Any] = sorted({name for one in shapes if isinstance(one, str) for name in one.split("|")})
    found = ["|".join(found)] if found else []
    if objects or not shapes:
        names = sorted({name for one in objects for name in one})
        found.append({name: merged([one[name] for one in objects if name in one]) for name in names})
    if lists:
        inner = [one for each in lists for one in each]
        found.append([merged(inner)] if inner else [])
    return found[0] if len(found) == 1 else {"one of": found}


@pytest.fixture
def project(repo: GitRepo, home: Path) -> GitRepo:
    """A commit of nobody's, and one that a conversation wrote but for a line."""
    repo.commit("base", {"base.txt": "base of all of it\n"}, at=NOON - 1000)
    story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON, ID)
    session.prompt("Write a greeting to everybody. Never use exclamation marks in greetings.")
    session.write("hello.py", GREET)
    session.say("Done: the greeting is there.")
    repo.write("hello.py", GREET + "# a person typed this line\n")
    repo.commit("greet", at=NOON + 100)
    story(repo.path, "drain")
    session.say("Shall I write a test of the greeting?")
    session.prompt("yes")
    session.say("The test of the greeting is written.")
    return repo


@pytest.mark.parametrize("name", WAYS)
def test_the_shape_stays(name: str, project: GitRepo) -> None:
    said = story(project.path, *WAYS[name][:1], "--json", *WAYS[name][1:])
    assert said.code in (0, 1), said.err
    rows = [json.loads(line) for line in said.out.splitlines()] if said.out.count("\n") > 1 else [json.loads(said.out)]
    golden.check(f"shapes/{name}.json", json.dumps(merged(list(map(shape, rows))), indent=1) + "\n")


def test_every_command_with_json_has_a_shape(repo: GitRepo) -> None:
    printing = set()
    for name in (name for section in COMMANDS.values() for name in section):
        if "--json" in story(repo.path, name, "--help").out:
            printing.add(name)
    assert printing == {ways[0] for ways in WAYS.values()}


def test_a_shape_tells_names_and_types_apart() -> None:
    assert shape({"a": 1, "b": [None, "x"], "c": {"deadbeef": True}}) == {
        "a": "number",
        "b": ["null|str"],
        "c": {"<value>": "bool"},
    }
    assert shape([{"a": 1}, {"b": "x"}]) == [{"a": "number", "b": "str"}]
    assert shape([[1], []]) == [["number"]] and shape([{}, "x"]) == [{"one of": ["str", {}]}]
