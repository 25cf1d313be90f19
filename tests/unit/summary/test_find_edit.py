from __future__ import annotations

import pytest

from gitstory.model import Call, Edit, Hunk, Replacement, Say, Think, Turn
from gitstory.summary.find_edit import find_edit, hunks_of, is_agents_own, same_file, sizes, window

FILE = "/home/dev/work/x/src/a.py"


def turn(*steps: Say | Think | Call) -> Turn:
    return Turn(id="1", index=1, prompt="p", steps=steps)


def edit(*lines: str, path: str = FILE) -> Call:
    return Call(tool="Edit", input=path, edits=(Edit(path=path, hunks=(Hunk(1, 1, lines),)),))


def test_paths_match_by_whole_parts() -> None:
    assert same_file(FILE, "src/a.py") and same_file("a.py", "src/a.py") and same_file("C:\\w\\src\\a.py", "src/a.py")
    assert not same_file(FILE, "c/a.py") and not same_file("", "a.py") and not same_file("/x/ba.py", "a.py")


def test_every_recorded_form_of_an_edit_has_hunks() -> None:
    assert sizes(Edit(path=FILE)) is None
    assert sizes(Edit(path=FILE, before="", after="a\nb\n", op="create")) == (2, 0)
    assert sizes(Edit(path=FILE, before="a\nb\nc\n", after="a\nx\nc\n")) == (1, 1)
    assert sizes(Edit(path=FILE, replacements=(Replacement("a\nb", "c"),))) == (1, 2)
    (hunk,) = hunks_of(Edit(path=FILE, before="a\nb\nc\n", after="a\nx\nc\n"))
    assert hunk == Hunk(1, 1, (" a", "-b", "+x", " c"))


def test_the_last_edit_that_wrote_the_line_and_the_words_before_it() -> None:
    made = find_edit(
        turn(
            Say("First."), edit("+x = 1"), Think("Better:"), edit("-x = 1", "+x = 2"), Say("Tests now."), edit("+y = 0")
        ),
        "src/a.py",
        ["x = 2"],
    )
    assert made is not None and made.hunk == Hunk(1, 1, ("-x = 1", "+x = 2"))
    assert made.reason is not None and (made.reason.kind, made.reason.text) == ("thought", "Better:")


def test_trivial_lines_are_told_apart_by_their_neighbours() -> None:
    steps = (Say("A"), edit("+def f():", "+    return 1", "+}"), Say("B"), edit("+def g():", "+}"))
    made = find_edit(turn(*steps), "src/a.py", ["}"], ["    return 1"])
    assert made is not None and made.reason is not None and made.reason.text == "A"


def test_the_file_named_wins_over_the_same_text_elsewhere() -> None:
    made = find_edit(turn(edit("+x = 1"), edit("+x = 1", path="/w/other.py")), "src/a.py", ["x = 1"])
    assert made is not None and made.path == FILE


def test_known_by_name_only_and_not_at_all() -> None:
    named = find_edit(turn(Call(tool="Bash", input="sed -i s/a/b/", edits=(Edit(path=FILE),))), "src/a.py", ["x"])
    assert named is not None and named.hunk is None and named.input == "sed -i s/a/b/"
    assert find_edit(turn(edit("+x", path="/w/other.py")), "src/a.py", ["y"]) is None


def test_a_long_hunk_is_cut_around_the_line() -> None:
    hunk = Hunk(1, 1, tuple(f"+line {n}" for n in range(500)))
    lines, before, behind = window(hunk, ["line 250"])
    assert before and behind and "+line 250" in lines and len(lines) == 25
    assert window(hunk, ["line 0"])[1:] == (False, True)
    assert window(hunk, ["line 499"])[1:] == (True, False)
    assert window(Hunk(1, 1, ("+a",)), ["a"]) == (("+a",), False, False)


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("~/.claude/plans/calm-otter.md", True),
        ("/home/dev/.claude/projects/-w/memory/notes.md", True),
        ("C:\\Users\\dev\\.cursor\\plans\\a.plan.md", True),
        ("/home/dev/.copilot/session-state/a/plan.md", True),
        ("/home/dev/.gemini/antigravity-cli/brain/a/task.md", True),
        (".claude/plans/team.md", False),
        ("/home/dev/app/.claude/settings.json", False),
        ("/home/dev/plans/a.md", False),
        ("src/claude/plans/a.py", False),
    ],
)
def test_an_agents_own_files_are_known_by_where_they_are(path: str, own: bool) -> None:
    assert is_agents_own(path) is own
