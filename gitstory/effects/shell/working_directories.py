"""The directory of a shell between the commands of a command line."""

from __future__ import annotations

from gitstory.effects.shell.command_parser import Simple
from gitstory.effects.shell.control_flow import CLOSES, OPENS, PIPES
from gitstory.effects.shell.operands import KEYWORDS

Place = tuple[str | None, bool]
"""The directory of a shell, and whether it is unknown."""


class Subshells:
    """Where a shell is after each simple command: a `cd` in parentheses, in a part of a pipeline or in a list that
    runs in the background is one of a subshell, and moves nothing after it."""

    def __init__(self, place: Place) -> None:
        self.before = self.list_begin = place
        self.parentheses: list[tuple[Place, Place]] = []
        self.compounds: list[Place] = []
        self.last_end = ""

    def begin(self, simple: Simple, place: Place) -> None:
        """Enter `simple`, in a shell at `place`."""
        self.before = place
        for word in simple.words:
            if word.text in OPENS:
                self.compounds.append(place)
            elif word.text in CLOSES and self.compounds:
                self.before = self.compounds.pop()
            elif word.text not in KEYWORDS:
                break

    def end(self, simple: Simple, place: Place) -> Place:
        """Return where the shell is after `simple`, which ended at `place`."""
        if simple.end == "(":
            self.parentheses.append((place, self.list_begin))
            self.list_begin = place
        elif simple.end == ")" and self.parentheses:
            place, self.list_begin = self.parentheses.pop()
        elif simple.end in PIPES or self.last_end in PIPES:
            place = self.before
        if simple.end == "&":
            place = self.list_begin
        if simple.end not in ("&&", "||", "(", ")", *PIPES):
            self.list_begin = place
        self.last_end = simple.end
        return place
