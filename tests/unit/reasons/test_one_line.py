"""What a turn did in one line, where the answer has more in it than that."""

from __future__ import annotations

import pytest

from gitstory.model import Call, Edit, Say, Turn
from gitstory.summary.closing_answers import one_line_answer
from gitstory.summary.stated_changes import states_change

DONE = Call(tool="Edit", edits=(Edit(path="a.py"),))
BOX = (
    "`★ Insight ─────────────────`\n**Why a cache:** it was added so that reads are cheap.\n`─────────────────────────`"
)


def line(*steps: Call | Say) -> str:
    return one_line_answer(Turn(id="1", index=1, prompt="p", steps=(DONE, *steps)))


def test_a_box_that_teaches_is_passed_over_unless_it_is_all_there_is() -> None:
    assert line(Say(f"All tests pass.\n\n{BOX}\n\n- Added `foo` to `a.py`")) == "Added `foo` to `a.py`"
    assert "it was added so that reads are cheap" in line(Say(BOX))


def test_an_answer_that_begins_with_the_check_it_made_is_no_aside() -> None:
    assert line(Say("Verified the model, added a note to the plan, and committed it.")).startswith("Verified the model")
    assert line(Say("Validation: `make test`\n\nAdded `foo`, which reads from disk.")).startswith("Added `foo`")


@pytest.mark.parametrize(
    "command",
    [
        'git add a.py && git commit -m "fix: read from disk"',
        "git commit -qam 'fix: read from disk'",
        "git commit -m \"$(cat <<'EOF'\nfix: read from disk\n\nIt was lost.\nEOF\n)\"",
        '{"command":"git commit -m \\"$(cat <<\'EOF\'\\nfix: read from disk\\n\\nIt was lost."}',
    ],
)
def test_the_commit_tells_what_was_done_where_no_answer_does(command: str) -> None:
    made = Call(tool="Bash", input=command)
    assert line(made, Say("The push is blocked, the remote is out of reach.")) == "Committed: fix: read from disk"
    assert line(made, Say("Reads come from disk now: added `foo`.")) == "Reads come from disk now: added `foo`."


def test_where_nothing_was_committed_the_files_or_to_do_items_tell() -> None:
    said = "The push is blocked, the remote is out of reach."
    assert line(Call(tool="Bash", input="git commit --amend --no-edit"), Say(said)) == said
    assert line(Say("Now I have everything I need.")) == "Changed a.py."
    assert line(Say("Now updating the menus in the header.")) == "Changed a.py."
    assert line(Say("Holding off on pushing until you say so.")) == "Changed a.py."
    edits = [Call(tool="Edit", edits=(Edit(path=f"lib/{name}.py"),)) for name in "bcd"]
    assert line(*edits) == "Changed a.py, b.py, c.py and 1 more file."
    assert line(Call(tool="Edit", todo="Read from disk", edits=(Edit(path="b.py"),))) == "Worked on: Read from disk."
    for words in (said, "Run the tests first."):
        assert one_line_answer(Turn(id="1", index=1, prompt="p", steps=(Say(words),))) == words


def test_what_was_wrong_stands_behind_what_was_done_about_it() -> None:
    answer = (
        "Here's what was going wrong and what we changed.\n\n"
        "## Cause\nThe token no longer matches the one that is stored.\n\n"
        "## What changed\n- **Login** reads the stored token"
    )
    assert line(Say(answer)) == "Login reads the stored token; The token no longer matches the one that is stored."
    solved = "## Problem solved: the cache is empty\n- Added `foo` to `a.py`"
    assert line(Say(solved)) == "Added `foo` to `a.py`"


def test_what_is_said_ahead_of_a_lead_in_counts() -> None:
    assert line(Say("I've written the plan. Here's the summary:\n\n- Two surgical changes")) == (
        "I've written the plan. Two surgical changes"
    )
    assert (
        line(Say("Thanks for the log. Here's the summary:\n\n- Added `foo`, which reads")) == "Added `foo`, which reads"
    )


def test_the_names_of_a_tables_columns_are_no_account() -> None:
    names = "| Round | Threads seen | Fixed | Declined (with rationale) |\n|---|---|---|---|\n"
    assert line(Say(f"{names}| one | cache | added `foo` | none |")) == "one: cache | added `foo` | none"


def test_a_line_that_ends_with_what_is_done_next_tells_nothing() -> None:
    assert line(Say("Outfit detail and wear logging. Checking the existing schema first.")) == "Changed a.py."
    made = Call(tool="Bash", input="git commit -m 'fix: read from disk'")
    assert line(made, Say("Fix landed. Committing, pushing, replying:")) == "Committed: fix: read from disk"
    done = "Now I've sorted the rows by their points, which were added before."
    assert line(Say(done)) == done


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("Merged to main.", False),
        ("Merged. The build has just begun, the cask follows.", False),
        ("Pushed, with reads now from disk: added `foo`.", True),
        ("Merged the two readers into one module.", True),
    ],
)
def test_that_it_was_delivered_does_not_say_what_was_done(text: str, states: bool) -> None:
    assert states_change(text) is states


def test_a_table_whose_columns_have_no_names_has_no_head() -> None:
    table = "| | |\n|---|---|\n| `e67d23e9` | home page rebuilt |\n| `21e762cb` | themes in the menu |"
    assert line(Say(table)) == "`e67d23e9`: home page rebuilt; `21e762cb`: themes in the menu"


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("All overrides now chain to the last colour", True),
        ("Titles now match the site", True),
        ("The key now auto-shades the segment", True),
        ("For now use the old one in all of them", False),
        ("Right now they match what is there", False),
    ],
)
def test_what_is_so_now_was_done(text: str, states: bool) -> None:
    assert states_change(text) is states


def test_what_an_answer_has_for_the_program_that_shows_it_is_left_out() -> None:
    noted = "<oai-mem-citation>\nMEMORY.md:1|note=[changed the store]\n</oai-mem-citation>"
    assert line(Say(f'Added `foo` to the store.\n::git-push{{cwd="~/x"}}\n\n{noted}')) == "Added `foo` to the store."


def test_what_the_agent_is_doing_is_not_done_yet() -> None:
    made = Call(tool="Bash", input="git commit -m 'feat: read from disk'")
    assert line(made, Say("I’m adding the two files by hand now, and committing right after that.")) == (
        "Committed: feat: read from disk"
    )
