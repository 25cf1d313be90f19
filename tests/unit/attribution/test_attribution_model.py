"""Random lives of files, attributed by the timeline and by a model that simply remembers who put each line there.

The model keeps a file as a list of (text, writer) pairs, changed in place by turns and by a person; it knows nothing of
diffs. Commits take the whole file or a part of the lines (as `add -p` would). Most lines are unique, some come from a
small stock of texts everybody writes.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitstory.attribution.conversation_trace import trace
from gitstory.attribution.line_ids import Lines
from gitstory.attribution.repository_of_path import relative
from gitstory.attribution.timeline import Placed, Timeline
from gitstory.git.changed_files import ChangedFile, Commit
from gitstory.model import Conversation, Edit, Hunk, Replacement, Turn
from tests.examples import tries
from tests.unit.attribution.builders import ROOT, conversation, turn

PERSON = None
STOCK = ("    return result", "}", "", "import os", "else:")
Line = tuple[str, int | None]


class World:
    """One file under `turns` of an agent and a person, with a commit now and then."""

    def __init__(self, random: Random, style: str) -> None:
        self.random = random
        self.style = style
        self.file: list[Line] = []
        self.committed: list[Line] = []
        self.serial = 0
        self.time = 1000
        self.turns: list[Turn] = []
        self.blobs: dict[str, list[str]] = {}
        self.commits: list[Commit] = []
        self.contents: list[list[Line]] = []

    def fresh(self, writer: int | None) -> Line:
        self.serial += 1
        if self.random.random() < 0.25:
            return self.random.choice(STOCK), writer
        return f"value_{self.serial} = compute_the_number_{self.serial}(of='{writer}')", writer

    def change(self, writer: int | None) -> tuple[int, int, list[Line]]:
        """Replace a few lines at a random place; returns (start, removed, new lines)."""
        start = self.random.randint(0, len(self.file))
        gone = self.random.randint(0, min(3, len(self.file) - start))
        new = [self.fresh(writer) for _ in range(self.random.randint(0 if gone else 1, 4))]
        self.file[start : start + gone] = new
        return start, gone, new

    def person(self) -> None:
        self.time += 60
        self.change(PERSON)

    def agent(self) -> None:
        self.time += 60
        index = len(self.turns) + 1
        before = list(self.file)
        start, gone, new = self.change(index)
        self.turns.append(turn(index, self.edit(before, start, gone, new), prompt=f"turn {index}"))

    def edit(self, before: list[Line], start: int, gone: int, new: list[Line]) -> Edit:
        path = f"{ROOT}/a.py"
        if self.style == "whole" or not before:
            op = "modify" if before else "create"
            return Edit(path, op=op, before=joined(before), after=joined(self.file), time=float(self.time))
        low, high = max(0, start - 3), min(len(before), start + gone + 3)
        told = [f" {text}" for text, _ in before[low:start]]
        told += [f"-{text}" for text, _ in before[start : start + gone]]
        told += [f"+{text}" for text, _ in new]
        told += [f" {text}" for text, _ in before[start + gone : high]]
        if self.style == "patch":
            return Edit(path, hunks=(Hunk(low + 1, low + 1, tuple(told)),), time=float(self.time))
        old = "".join(f"{line[1:]}\n" for line in told if line[0] in " -")
        put = "".join(f"{line[1:]}\n" for line in told if line[0] in " +")
        return Edit(path, before=joined(before), replacements=(Replacement(old, put),), time=float(self.time))

    def commit(self) -> None:
        self.time += 60
        content = list(self.file)
        if self.committed and self.random.random() < 0.3:
            # Stage a part: new lines beyond some point stay behind.
            cut = self.random.randint(0, len(content))
            known = set(self.committed)
            content = [line for n, line in enumerate(content) if n < cut or line in known]
        if content == self.committed:
            return
        number = len(self.commits)
        old, new = (f"blob{number - 1}" if number else None), f"blob{number}"
        self.blobs[new] = [text for text, _ in content]
        change = ChangedFile(b"a.py", b"a.py", (old,), new)
        parents = (self.commits[-1].oid,) if self.commits else ()
        self.commits.append(
            Commit(f"c{number}", parents, "Dev", "d@e", self.time, "d@e", self.time, "t", "s", (change,))
        )
        self.contents.append(content)
        self.committed = content

    def live(self, steps: int) -> None:
        for _ in range(steps):
            self.random.choice((self.agent, self.agent, self.agent, self.person, self.commit))()
        self.commit()


def joined(lines: list[Line]) -> str:
    return "".join(f"{text}\n" for text, _ in lines)


def attributed(world: World) -> dict[str, dict[int, int]]:
    """commit -> index of an added line -> turn index, as the timeline says."""
    lines = Lines()
    told: Conversation = conversation(*world.turns)
    reduced = trace(told, lines)
    placed = []
    for number, edit in enumerate(reduced.edits):
        found = relative(edit.path, [ROOT])
        assert found is not None
        placed.append(Placed(0, number, found[0], found[1], edit))
    blobs = {name: tuple(lines.of_lines(texts)) for name, texts in world.blobs.items()}
    timeline = Timeline(placed, lambda oid: blobs.get(oid) if oid else None, lines)
    result: dict[str, dict[int, int]] = {}
    for commit, found in timeline.run(world.commits):
        owners = {index: owner for one in found for index, owner in one.owned.added.items()}
        result[commit.oid] = {
            index: reduced.turns[timeline.edits[owner].edit.turn].index for index, owner in owners.items()
        }
    return result


def added(world: World, number: int) -> dict[int, Line]:
    """Index -> line of what commit `number` has and its parent has not, for texts that occur once in both."""
    parent = world.contents[number - 1] if number else []
    texts = [text for text, _ in parent]
    content = world.contents[number]
    return {n: line for n, line in enumerate(content) if line[0] not in STOCK and line[0] not in texts}


@pytest.mark.parametrize("style", ["whole", "replacement", "patch"])
@settings(max_examples=tries(120))
@given(seed=st.integers(0, 2**32), steps=st.integers(3, 30))
def test_every_line_is_its_writers(style: str, seed: int, steps: int) -> None:
    world = World(Random(seed), style)
    world.live(steps)
    said = attributed(world)
    taken: set[str] = set()
    for number, commit in enumerate(world.commits):
        for index, (text, writer) in added(world, number).items():
            if text in taken:
                continue
            assert said[commit.oid].get(index) == writer, (commit.oid, index, text)
        taken |= {text for text, _ in world.contents[number]}


@pytest.mark.parametrize("style", ["whole", "replacement", "patch"])
@settings(max_examples=tries(120))
@given(seed=st.integers(0, 2**32), steps=st.integers(3, 30))
def test_a_common_line_is_given_only_to_a_turn_that_wrote_that_text(style: str, seed: int, steps: int) -> None:
    world = World(Random(seed), style)
    world.live(steps)
    wrote: dict[int, set[str]] = {}
    for one in world.turns:
        edit = next(iter(one.edits))
        texts = (edit.after or "").splitlines() + [line[1:] for hunk in edit.hunks for line in hunk.lines]
        texts += [line for pair in edit.replacements for line in pair.new.splitlines()]
        wrote[one.index] = set(texts)
    for number, commit in enumerate(world.commits):
        for index, turn_index in attributed(world)[commit.oid].items():
            text = world.contents[number][index][0]
            # A blank line may be what a formatter put beside a turn's lines: it is no text of anybody.
            assert not text or text in wrote[turn_index]
