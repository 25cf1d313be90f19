"""Lines that a person wrote into a rule file by hand, as directives.

A line counts if no turn is known to have written it, its commit names no agent, and the commit added few lines to the
file: what is generated comes in bulk. Anything else might be an agent's own words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from gitstory.errors import GitStoryError
from gitstory.git.added_lines import added_lines
from gitstory.git.blame import Blame, BlameLine, finish, start
from gitstory.git.commit_details import commit_infos
from gitstory.git.repo import Repo
from gitstory.queries.blame import find_owners
from gitstory.rules.content_words import likeness
from gitstory.rules.instruction_verbs import PRODUCT_VERBS
from gitstory.rules.instructions import Instruction, instruction_of_rule, instructions
from gitstory.rules.program_written_parts import is_of_tool, lines_of_tools
from gitstory.rules.values import Directive, Form
from gitstory.sources.story_source import StorySource
from gitstory.summary.coauthors import signed

_MOST_ADDED = 4
"""Lines that a commit may add to a rule file for them to count as written by hand."""
_MOST_FILES = 12
_ALIKE, _CONTAINED, _ENOUGH = 0.5, 0.8, 3
_LONGEST_LINE = 300
_LONGEST_METADATA = 40
_FORMS: frozenset[Form] = frozenset({"always", "never", "everywhere", "prefer"})
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
_NO_ITEM = ("#", "|", ">", "<", "```", "~~~")


class RuleLine(Struct, frozen=True):
    """A line of a rule file that asks for something: its place (`CLAUDE.md:12`), its number, and what it asks for."""

    name: str
    number: int
    text: str
    instruction: Instruction

    @property
    def place(self) -> str:
        return f"{self.name}:{self.number}"


def rule_lines(texts: Mapping[str, str]) -> Iterator[RuleLine]:
    """The lines of rule files (name -> text) that are instructions. Pure.

    Fenced code, the metadata that begins a file (`description:`, `globs:`) and what a program wrote are left out.
    """
    for name, text in texts.items():
        fenced = False
        start = _after_metadata(text)
        lines = text.splitlines()
        generated = lines_of_tools(lines)
        for number, line in enumerate(lines, 1):
            bare = line.strip()
            if number < start or number in generated or is_of_tool(name):
                continue
            fenced ^= bare.startswith(("```", "~~~"))
            if fenced or not bare or len(bare) > _LONGEST_LINE or bare.startswith(_NO_ITEM):
                continue
            plain = _ITEM.sub("", bare, count=1).replace("**", "").replace("__", "")
            instruction = next(iter(instructions(plain)), None) or instruction_of_rule(plain)
            if instruction is not None:
                yield RuleLine(name, number, plain, instruction)


def _after_metadata(text: str) -> int:
    """The number of the line behind the metadata between two `---` at the head of a file; 1 where there is none."""
    lines = [line.strip() for line in text.splitlines()[:_LONGEST_METADATA]]
    return lines.index("---", 1) + 2 if lines[:1] == ["---"] and "---" in lines[1:] else 1


class StatedRules:
    """The lines of rule files by what they ask for."""

    def __init__(self, lines: Iterable[RuleLine]) -> None:
        self._lines = tuple(lines)
        self._with_term: dict[str, list[int]] = {}
        for at, line in enumerate(self._lines):
            for term in line.instruction.terms:
                self._with_term.setdefault(term, []).append(at)

    def places(self, directive: Directive) -> tuple[str, ...]:
        """The lines that ask for what `directive` asks for; none for what a program does."""
        if directive.weak or directive.rule.split(" ", 1)[0].lower() in PRODUCT_VERBS:
            return ()
        shared = Counter(at for term in directive.terms for at in self._with_term.get(term, ()))
        return tuple(
            self._lines[at].place
            for at, number in sorted(shared.items())
            if number > 1 and _asks_for(self._lines[at].instruction, directive, number)
        )


def _asks_for(stated: Instruction, directive: Directive, shared: int) -> bool:
    """Whether a line asks for what a directive with `shared` of its words asks for."""
    if stated.positive != directive.positive and not (stated.unwanted or directive.unwanted):
        return False
    if likeness(stated.terms, directive.terms) >= _ALIKE:
        return True
    return shared >= _ENOUGH and shared >= _CONTAINED * len(directive.terms)


def written_by_hand(repo: Repo, source: StorySource, lines: Iterable[RuleLine]) -> list[Directive]:
    """Those of `lines` that a person wrote and that ask for more than one task. Nothing of what git cannot blame."""
    by_name: dict[str, list[RuleLine]] = {}
    for line in lines:
        if line.instruction.form in _FORMS and not line.instruction.weak:
            by_name.setdefault(line.name, []).append(line)
    written: list[tuple[RuleLine, BlameLine]] = []
    for name, mine in list(by_name.items())[:_MOST_FILES]:
        written += _unattributed(repo, source, name, mine)
    times = _small_commits(repo, [row for _, row in written])
    return [_directive(line, times[row.commit, row.path]) for line, row in written if (row.commit, row.path) in times]


def _unattributed(
    repo: Repo, source: StorySource, name: str, lines: Sequence[RuleLine]
) -> Iterator[tuple[RuleLine, BlameLine]]:
    """Those of `lines` that are committed and that no turn is known to have written."""
    blamed = _blame(repo, name)
    if blamed is None:
        return
    by_number = {line.number: line for line in lines}
    for at, (row, owner) in enumerate(zip(blamed.lines, find_owners(repo, source, blamed), strict=True)):
        line = by_number.get(row.line)
        if line is not None and owner is None and not blamed.commits[row.commit].uncommitted:
            yield line, blamed.lines[at]


def _blame(repo: Repo, name: str) -> Blame | None:
    try:
        return finish(start(["--", name], repo, fetching=False))
    except GitStoryError:
        return None


def _small_commits(repo: Repo, rows: Sequence[BlameLine]) -> dict[tuple[str, bytes], float]:
    """(commit, path) -> the author's time, for commits of people that added few lines to that file."""
    oids = list(dict.fromkeys(row.commit for row in rows))
    added = added_lines(repo, oids)
    people = {info.oid: float(info.time) for info in commit_infos(repo, oids) if not signed(info)}
    return {
        (row.commit, row.path): people[row.commit]
        for row in rows
        if row.commit in people and 0 < len(added.get(row.commit, {}).get(row.path, {})) <= _MOST_ADDED
    }


def _directive(line: RuleLine, time: float) -> Directive:
    instruction = line.instruction
    return Directive(
        line.text, instruction.rule, instruction.form, "", "", 0, time, instruction.terms, instruction.positive,
        instruction.wanted.lower(), instruction.unwanted.lower(), place=line.place,
    )  # fmt: skip
