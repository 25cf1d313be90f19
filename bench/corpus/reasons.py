"""Labels of reasons: which sentence tells why a line is there, named by a hash. Never imports gitstory."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_WORD = re.compile(r"[^\W_]+")
_END = re.compile(r"(?<=[.!?])\s+(?=[\"'(\[*_`]*[A-Z0-9À-Þ])")
_MARK = re.compile(r"^\s*(?:[-*+•>#]+|\d{1,3}[.)])\s+")
_CITED = re.compile(r"\[([\w-]+)#(\d+)\]")
_ENOUGH = 25
"""Words of a long sentence that must stand together in the answer."""


@dataclass(frozen=True)
class Label:
    """`passages`: hashes, any of which tells the reason; `within`: conversation#turn or path@commit that holds them.

    `task`: numbers of the conversation's turns (`within` names it first) that belong to the task of the line; empty
    where nobody said.
    """

    repo: str
    line: str
    agent: str
    turn: str
    source: str
    prompt: str
    subagent: bool
    half: str
    passages: tuple[str, ...]
    within: tuple[str, ...] = field(default=())
    task: tuple[int, ...] = field(default=())


def read_labels(path: Path) -> list[Label]:
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record: dict[str, Any] = json.loads(line)
        found.append(
            Label(
                **{
                    **record,
                    "passages": tuple(record["passages"]),
                    "within": tuple(record["within"]),
                    "task": tuple(record.get("task", ())),
                }
            )
        )
    return found


def half(line: str) -> str:
    """`tune` or `aside`: by the line's name, before anything was measured."""
    return "aside" if hashlib.sha256(line.encode()).digest()[0] % 2 else "tune"


def normal(text: str) -> str:
    """Words alone: wrapping, marks and white space do not count."""
    return " ".join(_WORD.findall(text.lower()))


def digest(text: str) -> str:
    return hashlib.sha256(normal(text).encode()).hexdigest()


def units(text: str) -> Iterator[str]:
    """Sentences and list items."""
    for line in text.splitlines():
        bare = _MARK.sub("", line).strip()
        for part in _END.split(bare):
            if normal(part):
                yield part
        if bare:
            yield bare


def texts_of(transcript: dict[str, Any]) -> Iterator[str]:
    """All that is said in a conversation as `git story show ID --json` prints it."""
    for turn in transcript["turns"]:
        yield turn["prompt"] or ""
        yield turn.get("expanded") or ""
        for step in turn["steps"]:
            for key in ("text", "task", "question", "option", "plan", "todo", "output"):
                yield step.get(key) or ""
            given = step.get("input") or ""
            yield given
            if given.startswith("{"):
                yield from _values(given)


def _values(given: str) -> Iterator[str]:
    try:
        known = json.loads(given)
    except ValueError:
        return
    if isinstance(known, dict):
        yield from (value for value in known.values() if isinstance(value, str))


def shown(passage: str, answer: str) -> bool:
    """Whether an answer (`normal`) shows a passage: whole, or 25 words of a longer one together."""
    words = normal(passage).split()
    if len(words) <= _ENOUGH:
        return f" {' '.join(words)} " in f" {answer} "
    return any(
        f" {' '.join(words[at : at + _ENOUGH])} " in f" {answer} " for at in range(0, len(words) - _ENOUGH + 1, 3)
    )


def other_tasks(label: Label, answer: str) -> list[int]:
    """The turns of the label's conversation that an answer cites and that belong to another task."""
    cited = {(name.rpartition("_")[2], int(number)) for name, number in _CITED.findall(answer)}
    mine = label.within[0].rpartition("_")[2] if label.task else ""
    return sorted(number for name, number in cited if mine.startswith(name) and number not in label.task)


class Repository:
    """A clone with stories, asked through the command line alone."""

    def __init__(self, path: Path, program: Path) -> None:
        self.path, self.program = path, program
        self._units: dict[str, dict[str, str]] = {}

    def run(self, *args: str) -> str:
        done = subprocess.run(args, cwd=self.path, capture_output=True, check=False)
        return done.stdout.decode("utf-8", "replace")

    def why(self, line: str) -> str:
        return self.run(str(self.program), "why", line)

    def passages(self, within: tuple[str, ...]) -> dict[str, str]:
        """hash -> text of every sentence of the places named."""
        found: dict[str, str] = {}
        for place in within:
            if place not in self._units:
                self._units[place] = {digest(unit): unit for text in self._texts(place) for unit in units(text)}
            found |= self._units[place]
        return found

    def _texts(self, place: str) -> Iterator[str]:
        if "@" in place:
            path, _, commit = place.rpartition("@")
            yield self.run("git", "show", f"{commit}:{path}")
            return
        out = self.run(str(self.program), "show", "--json", place.partition("#")[0])
        if out:
            yield from texts_of(json.loads(out))
