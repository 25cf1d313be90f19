"""Lines that a formatter changed after an edit keep their turn; what a person changed does not get one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gitstory.attribution import attribute, reformatted_lines
from gitstory.attribution.conversation_trace import trace
from gitstory.attribution.line_ids import LineId, Lines
from gitstory.attribution.reflow import Segment
from gitstory.attribution.repository_of_path import relative
from gitstory.attribution.timeline import Placed, Timeline
from gitstory.git.changed_files import ChangedFile, Commit
from gitstory.model import Edit, Hunk
from tests.unit.attribution.builders import ROOT, conversation, swap, turn, write

CALL = "result = compute_totals(first_argument, second_argument, third_argument)\n"
CALL_SPLIT = """result = compute_totals(
    first_argument,
    second_argument,
    third_argument,
)
"""

FORMATTED = {
    "one line becomes many": (CALL, CALL_SPLIT),
    "many lines become one": (CALL_SPLIT, CALL),
    "white space around signs": ("x=1\ny  =  {'a':2}\nprint( x,y )\n", 'x = 1\ny = {"a": 2}\nprint(x, y)\n'),
    "other indentation": (
        "function f() {\n    if (a) {\n        return b;\n    }\n}\n",
        "function f() {\n  if (a) {\n    return b\n  }\n}\n",
    ),
    "brackets around what is split": (
        "total_price = item_price_without_tax * number_of_items + shipping_costs\n",
        "total_price = (\n    item_price_without_tax * number_of_items\n    + shipping_costs\n)\n",
    ),
    "superfluous brackets": (
        "for (name) in names_of_birds:\n    print((name))\n",
        "for name in names_of_birds:\n    print(name)\n",
    ),
    "an empty list of bases": ("class HeronNest():\n    eggs=3\n", "class HeronNest:\n    eggs = 3\n"),
    "brackets around a parameter": (
        "const double = value => value * 2\nexport default double\n",
        "const double = (value) => value * 2;\nexport default double;\n",
    ),
    "brackets on lines of their own": (
        "CASES = [('heron: {nest}'.format(nest=NEST_OF_HERON), 1), ('s', 1)]\n",
        'CASES = [\n    (\n        "heron: {nest}".format(nest=NEST_OF_HERON),\n        1,\n    ),\n    ("s", 1),\n]\n',
    ),
    "escaped quotes": ("name = 'it\\'s a heron'\nother = 'stork'\n", 'name = "it\'s a heron"\nother = "stork"\n'),
    "a continued line": (
        "assert heron_lands_at_noon and \\\n    stork_lands_at_night\n",
        "assert heron_lands_at_noon and stork_lands_at_night\n",
    ),
    "numbers in lower case": (
        "MASK_OF_HERON = 0XFF\nRATE_OF_STORK = 1E5\n",
        "MASK_OF_HERON = 0xFF\nRATE_OF_STORK = 1e5\n",
    ),
    "blank lines between functions": (
        "def heron_lands():\n    return 'noon'\ndef stork_lands():\n    return 'night'\n",
        'def heron_lands():\n    return "noon"\n\n\ndef stork_lands():\n    return "night"\n',
    ),
    "imports in another order": (
        "import sys\nimport os\nfrom birds import heron\nprint( sys, os, heron )\n",
        "import os\nimport sys\n\nfrom birds import heron\n\nprint(sys, os, heron)\n",
    ),
    "a table in Markdown": (
        "|bird|nest|\n|-|---|\n|heron|in the reeds|\n",
        "| bird  | nest         |\n| -----: | ---- |\n"[:0]
        + "| bird | nest |\n| - | ------ |\n| heron | in the reeds |\n",
    ),
    "imports that are joined": (
        "from nests import reeds\nimport birds\nfrom nests import eggs\nprint( reeds, eggs, birds )\n",
        "import birds\nfrom nests import eggs, reeds\n\nprint(reeds, eggs, birds)\n",
    ),
    "imports that are split": (
        "import sys, os\nprint( sys, os )\n",
        "import os\nimport sys\n\nprint(sys, os)\n",
    ),
    "names of an import in another order": (
        'import { stork, heron, crane } from "birds"\nexport default heron\n',
        'import { crane, heron, stork } from "birds";\nexport default heron;\n',
    ),
    "spaces written out in JSX": (
        "<p>\n  the heron lands at noon <b>every day</b> of the week\n</p>\n",
        '<p>\n  the heron lands at noon{" "}\n  <b>every day</b> of the week\n</p>\n',
    ),
}

CHANGED = {
    "a word": (CALL, CALL_SPLIT.replace("second", "fourth")),
    "a word in a line that was split": ("first_value = heron(noon)\n", "first_value = heron(\n    night,\n)\n"),
    "an argument more": (CALL, CALL_SPLIT.replace("    third", "    another,\n    third")),
    "an argument less": (CALL, CALL_SPLIT.replace("    second_argument,\n", "")),
    "arguments in another order": ("heron_lands(at_noon, at_night)\n", "heron_lands( at_night, at_noon )\n"),
    "an operator": ("nests = herons_of_spring + storks_of_autumn\n", "nests = (herons_of_spring - storks_of_autumn)\n"),
    "an equals sign more": ("if (herons == storks_of_autumn) {\n", "if ( herons === storks_of_autumn ) {\n"),
    "brackets that move": ("nests = (herons + storks) * autumns\n", "nests = herons + (storks * autumns)\n"),
    "a bracket that closes later": ("heron_lands(noon), stork_of_autumn\n", "heron_lands( noon, stork_of_autumn )\n"),
    "a comma within": ("'heron lands at noon' 'stork at night'\n", '"heron lands at noon", "stork at night"\n'),
    "quotes that go": ("nest = 'heron_of_the_spring'\n", "nest = heron_of_the_spring\n"),
    "a comment's word": ("x = 1  # the heron lands at noon\n", "x = 1 # the heron landed at noon\n"),
    "an import less": ("from nests import reeds, eggs\n", "from nests import ( reeds )\n"),
    "an import more": ("from nests import reeds\n", "from nests import ( eggs, reeds )\n"),
    "imports of other modules": ("from nests import eggs\nfrom birds import wings\n", "from birds import eggs\n"),
    "a number": ("heron_lands_at = 12\n", "heron_lands_at =  13\n"),
}


def owned(edits: list[Edit], commits: list[str]) -> list[dict[int, tuple[int, bool]]]:
    """Of each committed text, line number -> (turn, whether it is said to differ from what was written)."""
    lines = Lines()
    reduced = trace(conversation(*(turn(n + 1, edit) for n, edit in enumerate(edits))), lines)
    placed = []
    for number, edit in enumerate(reduced.edits):
        found = relative(edit.path, [ROOT])
        assert found is not None
        placed.append(Placed(0, number, *found, edit))
    blobs = {f"b{n}": tuple(lines.of(text)) for n, text in enumerate(commits)}
    made = []
    for n in range(len(commits)):
        change = ChangedFile(b"a.py", b"a.py", (f"b{n - 1}" if n else None,), f"b{n}")
        time = 1000 + 100 * n
        made.append(Commit(f"c{n}", (f"c{n - 1}",) if n else (), "Dev", "d@e", time, "d@e", time, "t", "s", (change,)))
    timeline = Timeline(placed, lambda oid: blobs.get(oid) if oid else None, lines)
    return [
        {
            line + 1: (timeline.edits[owner].edit.turn + 1, line in one.owned.loose)
            for one in found
            for line, owner in one.owned.added.items()
        }
        for _, found in timeline.run(made)
    ]


@pytest.mark.parametrize("name", FORMATTED)
def test_formatted_before_the_commit(name: str) -> None:
    wrote, committed = FORMATTED[name]
    (story,) = owned([write("a.py", wrote, 1)], [committed])
    assert sorted(story) == list(range(1, committed.count("\n") + 1))
    exact = set(wrote.splitlines())
    for line, text in enumerate(committed.splitlines(), 1):
        assert story[line][1] or text in exact or not text


@pytest.mark.parametrize("name", FORMATTED)
def test_formatted_between_two_edits(name: str) -> None:
    """As an agent's own hook does it: the second edit finds the formatted text."""
    wrote, formatted = FORMATTED[name]
    after = formatted + "the_second_edit_wrote = this_line\n"
    edits = [write("a.py", wrote, 1), write("a.py", after, 2, before=formatted)]
    (story,) = owned(edits, [after])
    lines = formatted.count("\n")
    assert {line: turn for line, (turn, _) in story.items()} == {**dict.fromkeys(range(1, lines + 1), 1), lines + 1: 2}


@pytest.mark.parametrize("name", CHANGED)
def test_what_a_person_changed_is_nobodys(name: str) -> None:
    wrote, committed = CHANGED[name]
    around = "def the_heron_lands_here():\n    return at_noon_every_day\n"
    (story,) = owned([write("a.py", around + wrote + around.upper(), 1)], [around + committed + around.upper()])
    changed = range(3, 3 + committed.count("\n"))
    assert not [line for line in changed if line in story]
    assert {1, 2} <= set(story)


@pytest.mark.parametrize("name", CHANGED)
def test_what_a_person_changed_between_two_edits_is_nobodys(name: str) -> None:
    wrote, changed = CHANGED[name]
    after = changed + "the_second_edit_wrote = this_line\n"
    (story,) = owned([write("a.py", wrote, 1), write("a.py", after, 2, before=changed)], [after])
    assert {line: turn for line, (turn, _) in story.items()} == {after.count("\n"): 2}


def test_a_line_made_of_a_persons_is_nobodys() -> None:
    """The agent added an argument on a line of its own; a formatter joined it with the person's lines."""
    before = "heron_lands(\n    at_noon,\n)\n"
    after = "heron_lands(\n    at_noon,\n    every_day_of_spring,\n)\n"
    (story,) = owned([write("a.py", after, 1, before=before)], ["heron_lands(at_noon, every_day_of_spring)\n"])
    assert story == {}


def test_a_line_of_two_turns_is_the_later_ones() -> None:
    first = "heron_lands(\n    at_noon,\n)\n"
    second = "heron_lands(\n    at_noon,\n    every_day_of_spring,\n)\n"
    edits = [write("a.py", first, 1), write("a.py", second, 2, before=first)]
    assert owned(edits, ["heron_lands(at_noon, every_day_of_spring)\n"]) == [{1: (2, True)}]


@pytest.mark.parametrize(("wrote", "committed"), [(CALL, CALL_SPLIT), (CALL_SPLIT, CALL)])
def test_who_formats_what_was_committed_gets_no_turn(wrote: str, committed: str) -> None:
    assert [bool(story) for story in owned([write("a.py", wrote, 1)], [wrote, committed, wrote])] == [
        True,
        False,
        False,
    ]


def test_a_formatted_line_lands_once() -> None:
    other = "something_else_entirely = True\n"
    stories = owned([write("a.py", CALL, 1)], [CALL_SPLIT, other, other + CALL_SPLIT, CALL])
    assert [bool(story) for story in stories] == [True, False, False, False]


def test_a_patch_against_formatted_text() -> None:
    """An agent that records patches alone: the context is what the formatter left."""
    lines = (" result = compute_totals(", "     first_argument,", "-    second_argument,", "+    fourth_argument,")
    patch = Edit(f"{ROOT}/a.py", hunks=(Hunk(0, 0, (*lines, "     third_argument,", " )")),), time=2)
    committed = CALL_SPLIT.replace("second", "fourth")
    assert owned([write("a.py", CALL, 1), patch], [committed]) == [
        {1: (1, True), 2: (1, True), 3: (2, False), 4: (1, True), 5: (1, True)}
    ]


def test_what_the_formatter_puts_back_is_not_a_later_turns() -> None:
    """The second turn writes old lines in a style of its own, and the formatter undoes that."""
    formatted = "const nest = 1;\nconst bird = 2;\n"
    own_style = "const nest=1\nconst bird=2\nconst tree=3\n"
    after = f"{formatted}const tree = 3;\n"
    edits = [
        write("a.py", formatted, 1),
        write("a.py", own_style, 2, before=formatted),
        swap("a.py", "const tree = 3;", "const tree = 4;", 3, before=after),
    ]
    (story,) = owned(edits, [after.replace("3", "4")])
    assert {line: turn for line, (turn, _) in story.items()} == {1: 1, 2: 1, 3: 3}


def test_a_copy_of_a_line_in_another_style_is_the_persons() -> None:
    """What the agent wrote stands where it was; the copy that somebody made of it is nobody's."""
    agent = "const heron_lands = compute_the_landing(noon, reeds)\n"
    committed = f"{agent}export const between = 1\nconst heron_lands = compute_the_landing( noon, reeds );\n"
    (story,) = owned([write("a.py", agent, 1)], [committed])
    assert sorted(story) == [1]


def test_short_lines_alone_prove_nothing() -> None:
    """`x=1` elsewhere, between lines of nobody known, may be anyone's."""
    (story,) = owned([write("a.py", "x=1\n", 1)], ["something_new_here = 1\nx = 1\nsomething_else_here = 2\n"])
    assert story == {}


def test_what_has_landed_is_not_searched_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A generated file is committed many times after the edit: each of the searches would take seconds."""
    searches: list[int] = []
    aligned = attribute.align

    def counted(old: Sequence[LineId], new: Sequence[LineId], lines: Lines) -> list[Segment]:
        searches.append(len(new))
        return aligned(old, new, lines)

    monkeypatch.setattr(attribute, "align", counted)
    monkeypatch.setattr(reformatted_lines, "align", counted)
    stories = owned(
        [write("a.py", CALL, 1)], [CALL_SPLIT, f"{CALL_SPLIT}a_persons_line = True\n", f"{CALL}other = 1\n"]
    )
    assert (len(stories[0]), searches) == (5, [5])
