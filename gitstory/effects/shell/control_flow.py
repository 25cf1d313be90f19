"""Which simple commands of a command line ran, as far as its words and its exit determine it.

What stands behind a condition, in a loop, a case or a function, or after something that may have failed, ran perhaps.
A line that ended well ran all of a last `a && b && c`. One that ended badly ran what stands before the command that
may have failed; one that was stopped may have been stopped in any command that takes its time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from gitstory.effects.shell.command_parser import Simple, Word

Ended = Literal["well", "badly", "stopped"]
Ran = Literal["surely", "perhaps", "never"]

_ORDER: tuple[Ran, ...] = ("surely", "perhaps", "never")
_TRUE = frozenset("true : cd pushd popd mkdir echo printf cat tee touch export set unset umask pwd shopt chmod".split())  # noqa: SIM905
"""Commands that do not fail, or whose failure nothing is built on."""
_LIKELY = frozenset("rm cp mv ln sleep date source".split())  # noqa: SIM905
"""Those that seldom fail: taken to have ended well where the line did not end badly."""
_QUIET_GIT = frozenset("add init config status diff log mv rm checkout switch branch".split())  # noqa: SIM905
_PREFIXES = frozenset({"time", "sudo", "command", "nohup", "env", "builtin"})
OPENS = {"if": "if", "while": "loop", "until": "loop", "for": "loop", "select": "loop", "case": "case", "{": "{"}
CLOSES = {"fi": "if", "done": "loop", "esac": "case", "}": "{"}
_HEADERS = ("for", "select", "case")
_STRUCTURE = frozenset({*OPENS, *CLOSES, "then", "do", "elif", "else", "function"})
PIPES = ("|", "|&")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_DEEPEST = 64
"""Levels of nested compound commands that are distinguished."""


def ran(commands: Sequence[Simple], ended: Ended = "well") -> list[Ran]:
    """For each of `commands`, whether it ran."""
    flow = _Flow(commands, ended)
    return [flow.take(number) for number in range(len(commands))]


def _worse(each: Ran, other: Ran) -> Ran:
    return max(each, other, key=_ORDER.index)


@dataclass
class _Frame:
    """An open compound command: what holds around it, and of an `if` what its conditions so far leave to run."""

    kind: str
    base: Ran
    place: Ran
    rest: Ran


@dataclass
class _Flow:
    """`base` holds for the block, `place` for the next command, `status` is how the command before it ended."""

    commands: Sequence[Simple]
    ended: Ended
    base: Ran = "surely"
    place: Ran = "surely"
    most: Ran = "surely"
    """Whatever stands later ran at most so."""
    status: bool | None = None
    frames: list[_Frame] = field(default_factory=list)
    function: str = ""
    stops: bool = False
    array: bool = False

    def __post_init__(self) -> None:
        self.last = _last_list(self.commands)
        self.doubted = self.ended == "badly" and all(self._status_of(self.commands[n].words) for n in self.last)
        defining = [one for one in self.commands if one.end != "(" and one.words[:1] != [Word("function", True)]]
        self.called = {word.text for one in defining for word in one.words[:3]}

    def take(self, number: int) -> Ran:
        """Whether the next command ran, and what that means for those after it."""
        simple = self.commands[number]
        if self.array or _opens_array(simple):
            self.array = simple.end != ")"
            return "never"
        words = self._structure(simple.words)
        here = self._here(number)
        if words:
            self._after(words, here)
        self._operator(number)
        return here

    def _here(self, number: int) -> Ran:
        here = self.place
        if number in self.last and self.ended == "well" and here == "perhaps":
            here = self.base
        if number in self.last and self.doubted:
            here = _worse(here, "perhaps")
        return _worse(here, self.most)

    def _structure(self, words: list[Word]) -> list[Word]:
        """Account for the words that open and close compound commands; the rest is the command itself."""
        start = 0
        if len(words) > 1 and words[0].text == "function":
            self.function, start = words[1].text, 2
        while start < len(words):
            word = words[start].text
            if word in CLOSES:
                self._close(CLOSES[word])
            elif word in ("then", "do", "elif", "else"):
                self._branch(word)
            elif word in OPENS:
                self._open(OPENS[word])
                if word in _HEADERS:
                    return []
            elif word == "!":
                return [Word("", False)]
            else:
                break
            start += 1
        return words[start:]

    def _open(self, kind: str) -> None:
        place = self.place
        if self.function and kind in ("{", "("):
            place, self.function = _worse(place, "perhaps" if self.function in self.called else "never"), ""
        if len(self.frames) >= _DEEPEST:
            self.most = _worse(self.most, "perhaps")
            return
        inside = _worse(place, "perhaps") if kind == "case" else place
        self.frames.append(_Frame(kind, self.base, self.place, inside))
        self._begin(inside)

    def _close(self, kind: str) -> None:
        if any(frame.kind == kind for frame in self.frames):
            while (frame := self.frames.pop()).kind != kind:
                pass
            self.base, self.place, self.status = frame.base, frame.place, None

    def _branch(self, word: str) -> None:
        if not self.frames:
            return
        frame = self.frames[-1]
        if word == "do":
            self._begin(_worse(frame.rest, "perhaps"))
        elif word == "then":
            inside = _worse(frame.rest, _if(self.status))
            frame.rest = _worse(frame.rest, _if(None if self.status is None else not self.status))
            self._begin(inside)
        else:
            self._begin(frame.rest)

    def _begin(self, base: Ran) -> None:
        self.base = self.place = base
        self.status = None

    def _after(self, words: list[Word], here: Ran) -> None:
        """What a command leaves behind: how it ended, and whether anything runs after it."""
        name = words[0].text
        if name in ("exit", "exec", "return") and not any(frame.kind == "(" for frame in self.frames):
            self._leaves(words, here)
        elif name == "set" and any(word.text.startswith("-") and "e" in word.text for word in words[1:]):
            self.stops = here == "surely"
        status = self._status_of(words)
        if here != "never":
            self.status = status if here == "surely" else None
        if status is None and (self.ended == "stopped" or (self.ended == "badly" and self.stops)):
            self.most = _worse(self.most, "perhaps")

    def _leaves(self, words: list[Word], here: Ran) -> None:
        code = words[1].text if len(words) > 1 and words[1].exact else "0"
        untaken = self.ended == "well" and words[0].text == "exit" and code != "0"
        if here == "surely":
            self.most = "never"
        elif here == "perhaps" and not untaken:
            self.most = _worse(self.most, "perhaps")

    def _operator(self, number: int) -> None:
        simple = self.commands[number]
        if simple.end in ("&&", "||"):
            goes_on = self.status if simple.end == "&&" or self.status is None else not self.status
            self.place = _worse(self.base, _if(goes_on))
        elif simple.end == "(":
            if simple.words and self._is_definition(number):
                self.function = simple.words[-1].text
            else:
                self._open("(")
        elif simple.end == ")" and (self.function and not simple.words):
            self.place = self.base
        elif simple.end == ")" and not (self.frames and self.frames[-1].kind == "case"):
            self._close("(")
        elif simple.end not in PIPES:
            self.place = self.base
        else:
            self.status = None

    def _is_definition(self, number: int) -> bool:
        """Whether `name (` goes on with `)`."""
        following = self.commands[number + 1 : number + 2]
        return bool(following) and following[0].end == ")" and not following[0].words

    def _status_of(self, given: Sequence[Word]) -> bool | None:
        """How a command ends, if its name determines it."""
        words = [word.text for word in given]
        while words and (words[0] in _PREFIXES or _ASSIGNMENT.match(words[0])):
            words = words[1:]
        if not words:
            return True if given else None
        name = words[0].rpartition("/")[2]
        if name == "false":
            return False
        likely = name in _LIKELY or (name == "git" and not _QUIET_GIT.isdisjoint(words[1:2]))
        likely = likely or (name == "cat" and len(words) > 1)
        return True if (name in _TRUE and not likely) or (likely and self.ended == "well") else None


def _if(is_known: bool | None) -> Ran:
    return "perhaps" if is_known is None else "surely" if is_known else "never"


def _opens_array(simple: Simple) -> bool:
    return simple.end == "(" and len(simple.words) == 1 and simple.words[0].text.endswith("=")


def _last_list(commands: Sequence[Simple]) -> range:
    """The simple commands of a last `a && b && c`, of which none is compound."""
    first = len(commands)
    while first and (first == len(commands) or commands[first - 1].end in ("&&", *PIPES)):
        words = commands[first - 1].words
        if commands[first - 1].end in ("(", ")") or (words and words[0].text in _STRUCTURE):
            break
        first -= 1
    after_or = first > 0 and commands[first - 1].end == "||"
    return range(len(commands) if after_or else first, len(commands))
