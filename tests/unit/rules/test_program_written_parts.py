"""Lines of a rule file that a program wrote are no rules of a person."""

from __future__ import annotations

import pytest

from gitstory.rules.handwritten_rules import rule_lines

MINE = "- Always use tabs in the templates."


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "CLAUDE.md",
            "<!-- nx configuration start-->\n- Always run the nx graph first.\n<!-- nx configuration end-->\n",
        ),
        ("AGENTS.md", "<!-- LOOM:BEGIN v2 -->\n- Never edit the plan.\n\n- Always use loom.\n<!-- LOOM:END -->\n"),
        ("CLAUDE.md", "[byterover-mcp]\n\n- Always use byterover-retrieve-knowledge before any task.\n"),
        ("CLAUDE.md", "- Never mark a task as done in Task Master without tests.\n"),
    ],
)
def test_what_a_program_wrote_is_no_rule(name: str, text: str) -> None:
    assert [line.text for line in rule_lines({name: text + MINE})] == [MINE[2:]]


@pytest.mark.parametrize("name", [".cursor/rules/dev_workflow.mdc", ".cursor/rules/taskmaster/taskmaster.mdc"])
def test_a_file_that_a_program_installs_has_no_rules(name: str) -> None:
    assert list(rule_lines({name: MINE})) == []


@pytest.mark.parametrize(
    "marks",
    [
        ("<!-- MANUAL ADDITIONS START -->", "<!-- MANUAL ADDITIONS END -->"),
        ("<!-- start of a thought -->", ""),
        ("The begin of it", "The end of it"),
    ],
)
def test_lines_between_other_marks_are_of_people(marks: tuple[str, str]) -> None:
    assert [line.text for line in rule_lines({"AGENTS.md": "\n".join((marks[0], MINE, marks[1]))})] == [MINE[2:]]
