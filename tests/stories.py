"""A small real repository with a story in it, for the readers' tests: one conversation of four turns, two commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from gitstory.git.line_hashes import lines_hash, split_lines
from gitstory.git.repo import Repo
from gitstory.model import (
    Call,
    Conversation,
    Edit,
    FileStory,
    Hunk,
    Link,
    Mark,
    Range,
    Say,
    Story,
    Think,
    Turn,
    TurnLink,
)
from gitstory.store.store import Batch, StoryStore
from tests.gitrepo import GitRepo

AGENT = "claude-code"
ID = "0c9f3a52-1111-4222-8333-444455556666"
START = 1_763_600_000.0
"""2025-11-20 00:53:20 UTC."""

CALC = "def add(a, b):\n    return a + b\n"
CALC_2 = CALC + "\n\ndef divide(a, b):\n    return a / b\n"
CALC_3 = CALC + "\n\ndef divide(a, b):\n    if b == 0:\n        raise ZeroDivisionError(a)\n    return a / b\n"


def patch(path: str, *lines: str, at: int = 1) -> Edit:
    return Edit(path=path, hunks=(Hunk(at, at, lines),))


def conversation(place: str = "/home/dev/work/calc") -> Conversation:
    """Turn 1 asks, 2 writes divide, 3 is a plain question, 4 corrects 2."""
    file = f"{place}/calc.py"
    return Conversation(
        agent=AGENT,
        id=ID,
        title="Division for the calculator",
        places=(place,),
        models=("model-one",),
        started=START,
        updated=START + 400,
        turns=(
            Turn(id="t1", index=1, prompt="What does calc.py do?", time=START, steps=(Say("It adds."),)),
            Turn(
                id="t2",
                index=2,
                prompt="Add a divide function.\n\nKeep it small.",
                time=START + 60,
                steps=(
                    Say("I will look first."),
                    Call(tool="Read", input=file, output="def add"),
                    Think("Plain division is enough; the caller checks for zero."),
                    Say("Adding `divide` below `add`."),
                    Call(
                        tool="Edit",
                        input=file,
                        edits=(
                            patch(
                                file,
                                " def add(a, b):",
                                "     return a + b",
                                "+",
                                "+",
                                "+def divide(a, b):",
                                "+    return a / b",
                            ),
                        ),
                    ),
                    Say("Done. `divide` is in calc.py. It does not check for zero. Tell me if it should."),
                ),
            ),
            Turn(id="t3", index=3, prompt="Is there a test?", time=START + 120, steps=(Say("No."),)),
            Turn(
                id="t4",
                index=4,
                prompt="Now guard the division",
                time=START + 180,
                steps=(
                    Call(
                        tool="Edit", input=file, edits=(patch(file, "+    if b == 0:", "+        return None", at=6),)
                    ),
                    Mark("interrupted"),
                ),
            ),
            Turn(
                id="t5",
                index=5,
                prompt="No, raise ZeroDivisionError instead.",
                time=START + 240,
                steps=(
                    Think("They want an exception."),
                    Call(
                        tool="Edit",
                        input=file,
                        edits=(
                            patch(
                                file,
                                " def divide(a, b):",
                                "+    if b == 0:",
                                "+        raise ZeroDivisionError(a)",
                                "     return a / b",
                                at=5,
                            ),
                        ),
                    ),
                    Say("It raises now."),
                ),
            ),
        ),
    )


def ranged(content: str | bytes, start: int, end: int, turn: str, *, agent: str = AGENT, name: str = ID) -> Range:
    """A range with the hash its lines really have."""
    data = content.encode() if isinstance(content, str) else content
    return Range(start, end, agent, name, turn, lines_hash(split_lines(data)[start - 1 : end]))


def link(*turns: TurnLink, evidence: str = "lines", lines: int = 0, name: str = ID) -> Link:
    return Link(AGENT, name, evidence, lines, turns)  # type: ignore[arg-type]


def store(path: Path, stories: Sequence[Story], conversations: Sequence[Conversation] = ()) -> None:
    with Repo.open(path) as opened:
        StoryStore(opened).write(Batch(stories=stories, conversations=conversations))


class Told:
    """A repository whose commits `first` (a person's), `second` (turn 2), `third` (turn 5, plus a person's line)
    have content, and stories for the last two."""

    def __init__(self, repo: GitRepo) -> None:
        self.repo = repo
        self.conversation = conversation()
        self.first = repo.commit("Add a calculator", {"calc.py": CALC}, at=int(START) - 1000)
        self.second = repo.commit("Add division", {"calc.py": CALC_2}, at=int(START) + 100)
        extra = {"calc.py": CALC_3, "util.py": "x = 1\ny = 2\n"}
        self.third = repo.commit("Guard the division", extra, at=int(START) + 300)
        self.stories: Mapping[str, Story] = {
            self.second: Story(
                commit=self.second,
                links=(link(TurnLink("t1", 1, "context"), TurnLink("t2", 2, "lines", 4), lines=4),),
                files=(FileStory("calc.py", 4, 0, (ranged(CALC_2, 3, 6, "t2"),)),),
            ),
            self.third: Story(
                commit=self.third,
                links=(
                    link(
                        TurnLink("t3", 3, "context"),
                        TurnLink("t4", 4, "files"),
                        TurnLink("t5", 5, "lines", 2),
                        lines=2,
                    ),
                ),
                files=(FileStory("calc.py", 2, 0, (ranged(CALC_3, 6, 7, "t5"),)), FileStory("util.py", 2)),
            ),
        }
        store(repo.path, list(self.stories.values()), [self.conversation])
