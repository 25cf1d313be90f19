"""Asking about one rule after another on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from gitstory.cli.output import say
from gitstory.rules.save_accepted_and_rejected import decide
from gitstory.rules.values import DerivedRule
from gitstory.text.console import Console

_KEYS = {"a": "accept", "e": "edit", "r": "reject", "s": "skip", "q": "quit"}


def ask(root: Path, rules: Sequence[DerivedRule], zone: int, *, everything: bool) -> int:
    """Ask about each rule that nobody decided about (with `everything`: about each). Every answer is kept at once."""
    from gitstory.cli.output import console
    from gitstory.render.rules import write_one

    undecided = [rule for rule in rules if everything or rule.status == "proposed"]
    if not undecided:
        say("no rule waits for a decision; --all asks about every one again")
    for number, rule in enumerate(undecided, 1):
        with console(pager=False) as out:
            _shown(out, number, len(undecided))
            write_one(rule, out, zone)
        answer = click.prompt("accept, edit, reject, skip or quit", type=click.Choice(list(_KEYS)), default="s")
        if answer == "q":
            break
        if answer == "a":
            decide(root, [rule], "accepted")
        elif answer == "r":
            decide(root, [rule], "rejected")
        elif answer == "e":
            words = " ".join(click.prompt("the rule in your words", default=rule.text).split())
            decide(root, [rule], "accepted", words)
    return 0


def _shown(out: Console, number: int, total: int) -> None:
    out.line()
    out.line(out.paint(f"rule {number} of {total}", "dim"))
