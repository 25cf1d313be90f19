"""Directives become rules: equal ones together, the newest instead of what it contradicts."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gitstory.model import Conversation, Turn
from gitstory.rules.directives import directives_of
from gitstory.rules.group_directives import LEAST_POSSIBLE, rule_id, rules
from gitstory.rules.handwritten_rules import StatedRules, rule_lines
from gitstory.rules.values import DerivedRule, Directive


def said(*prompts: tuple[str, str]) -> list[Directive]:
    """The directives of prompts, each (conversation, text), a day apart."""
    directives: list[Directive] = []
    for day, (name, text) in enumerate(prompts):
        turn = Turn(id=f"t{day}", index=day + 1, prompt=text, time=day * 86_400.0, kind="request")
        directives += directives_of(Conversation(agent="claude-code", id=name, turns=(turn,)), "/work")
    return directives


def texts(found: list[DerivedRule]) -> list[str]:
    return [rule.text for rule in found]


def test_what_was_said_in_two_conversations_is_a_rule_and_in_one_is_not() -> None:
    once = said(("a", "use bun not node"))
    assert rules(once) == []
    [rule] = rules(once + said(("b", "please use bun, not node")))
    assert rule.conversations == 2
    assert [directive.conversation for directive in rule.directives] == ["a", "b"]


def test_repeating_oneself_in_one_conversation_is_not_enough() -> None:
    assert rules(said(*[("a", "don't amend published commits")] * 5)) == []


def test_what_a_resumed_conversation_repeats_is_said_once() -> None:
    prompts = ("use bun not node", "don't amend published commits", "don't rename exported functions")
    first = said(*[("a", prompt) for prompt in prompts])
    resumed = said(*[("b", prompt) for prompt in (*prompts, "use bun not node please")])
    assert rules(first + resumed[:3]) == []
    assert texts(rules(first + resumed)) == ["Use bun not node."]
    another_day = [replace(each, time=(each.time or 0.0) + 86_400.0) for each in resumed[:2]]
    assert len(rules(first[:2] + another_day)) == 2


def test_a_long_sentence_that_is_the_same_to_the_letter_was_not_typed() -> None:
    """Programs, commands and prompt files say it; a fork has it at the same place, and then it counts once."""
    [first] = said(("a", "never write a summary of what was done"))
    [wish] = said(("a", "don't write a summary of what was done"))
    fork, elsewhere = replace(first, conversation="b"), replace(first, conversation="b", turn=7)
    assert [rule.conversations for rule in rules([first, fork])] == [1]
    assert rules([first, elsewhere]) == []
    assert rules([first, fork, replace(first, conversation="c")]) == []
    assert rules([wish, replace(wish, conversation="b")]) == []


def test_a_long_sentence_said_once_is_about_its_task() -> None:
    long = "never add a column to the table " + "of all the orders that " * 4 + "we keep"
    assert rules(said(("a", long))) == []
    assert len(rules(said(("a", long), ("b", long.replace("we", "you"))))) == 1


def test_the_words_are_those_that_all_of_a_group_say() -> None:
    [rule] = rules(
        said(
            ("a", "make sure to pull in the latest changes from origin/main"),
            ("b", "make sure to pull in the latest changes from origin/main, please"),
            ("c", "make sure to pull in latest changes from origin/main first, and then read the worklog of the task"),
        )
    )
    assert rule.text == "Pull in the latest changes from origin/main."


def test_always_and_never_are_rules_at_once() -> None:
    assert texts(rules(said(("a", "never push to main directly")))) == ["Never push to main directly."]


def test_several_bans_in_a_prompt_say_what_its_task_leaves_alone() -> None:
    bans = ("Do not change the parser.", "Do not add new colours.", "Do not rename exported functions.")
    assert len(rules(said(("a", bans[0]), ("b", bans[0])))) == 1
    assert rules(said(("a", "\n".join(bans)), ("b", "\n".join(bans)))) == []


def test_other_words_for_the_same() -> None:
    [rule] = rules(
        said(
            ("a", "i dont want any exceptions for specific commands"),
            ("b", "no, i dont want to make exceptions for specific tools"),
        )
    )
    assert rule.conversations == 2


def test_what_points_at_something_counts_where_many_conversations_say_it() -> None:
    prompt = "When you are satisfied with the results{}, write tests that verify this implementation going forward."
    ways = ("", " here", " now", ", please", " at last", " of it")
    prompts = [(name, prompt.format(way)) for name, way in zip("abcdef", ways, strict=True)]
    assert rules(said(*prompts[:5])) == []
    [rule] = rules(said(*prompts))
    assert rule.text.endswith("write tests that verify this implementation.") and rule.conversations == 6


@pytest.mark.parametrize(("times", "found"), [(4, []), (5, ["Update the docs."])])
def test_upkeep_is_a_rule_where_it_is_asked_for_again_and_again(times: int, found: list[str]) -> None:
    ways = (
        "update the docs",
        "update our documentation for this",
        "ok, update the doc",
        "can you update the docs with it?",
        "also update the docs after that",
    )
    derived = rules(said(*zip("abcde", ways[:times], strict=False)))
    assert [rule.conversations for rule in derived] == [times] * len(found)
    assert len(derived) == len(found)


@pytest.mark.parametrize(
    ("prompt", "corrects", "possible"),
    [
        ("don't check for likely errors", True, True),
        ("don't check for likely errors", False, False),
        ("update the docs", True, False),
    ],
)
def test_a_ban_said_once_in_a_correction_is_possible_and_no_rule(prompt: str, corrects: bool, possible: bool) -> None:
    [directive] = said(("a", prompt))
    corrected = [replace(directive, corrects=corrects)]
    assert rules(corrected) == []
    assert bool(rules(corrected, least=LEAST_POSSIBLE)) == possible


@pytest.mark.parametrize(("later", "found"), [(20.0, []), (90_000.0, ["Do not add helper classes."])])
def test_a_conversation_that_was_begun_anew_repeats_nothing(later: float, found: list[str]) -> None:
    first, second = said(("a", "do not add helper classes"), ("b", "Do not add helper classes"))
    second = replace(second, turn=first.turn, time=(first.time or 0.0) + later)
    assert texts(rules([first, second])) == found


def test_what_the_product_does_is_a_wish_for_a_feature() -> None:
    assert rules(said(("a", "the list should always be shown below the title"))) == []
    assert rules(said(("a", "always show the summary at the end"))) == []
    assert rules(said(("a", "just let the user delete each and ask every time"))) == []
    assert rules(said(("a", "I always want to run the scan not just on releases"))) == []


def test_what_a_rule_file_says_too_is_a_rule_though_it_was_said_once() -> None:
    once = said(("a", "make sure to run tests and the command after making changes"))
    assert rules(once) == []
    text = "# Tests\n\n- **Run tests** after ANY change to the command:\n"
    [rule] = rules(once, StatedRules(rule_lines({"CLAUDE.md": text})).places)
    assert rule.places == ("CLAUDE.md:3",)


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("stop adding new features to the parser", "Added: new features"),
        ("stop adding new features to the parser", "Add new features to the parser"),
        ("make sure to run tests and the command", "```\nRun tests and the command\n```"),
        ("make sure the list shows the title", "Show the title in the list"),
        ("make sure to run tests and the command", "| Run tests and the command | x |"),
    ],
)
def test_a_line_that_only_has_the_same_words_says_nothing(asked: str, line: str) -> None:
    assert rules(said(("a", asked)), StatedRules(rule_lines({"CLAUDE.md": line})).places) == []


CONTRADICTIONS = (
    ("always use npm", "from now on always use pnpm instead of npm", "Always use pnpm instead of npm."),
    ("never use tabs for indentation", "always use tabs for indentation", "Always use tabs for indentation."),
    ("always use tabs for indentation", "always use spaces for indentation", "Always use spaces for indentation."),
    ("always write tests with jest", "always write tests with vitest", "Always write tests with vitest."),
    ("always commit after each change", "never commit after each change", "Never commit after each change."),
    ("use yarn not npm", "always use npm, not yarn", "Always use npm, not yarn."),
    ("always wrap lines at 80 columns", "always wrap lines at 100 columns", "Always wrap lines at 100 columns."),
    ("never mock the database in tests", "always mock the database in tests", "Always mock the database in tests."),
    ("always squash commits before merging",
     "never squash commits before merging", "Never squash commits before merging."),
    ("always use single quotes in strings",
     "always use double quotes in strings", "Always use double quotes in strings."),
    ("always use npm", "actually we switched, always use bun now", "Always use bun."),
    ("we always use yarn here", "we always use pnpm here, not yarn", "Always use pnpm here, not yarn."),
    ("always run the tests before committing",
     "never run the tests before committing, the server does it",
     "Never run the tests before committing, the server does it."),
    ("always open a PR against main", "always open a PR against develop", "Always open a PR against develop."),
    ("always use snake_case for file names",
     "always use kebab-case for file names", "Always use kebab-case for file names."),
    ("always write docs in German", "always write docs in English", "Always write docs in English."),
    ("always keep functions under 50 lines",
     "always keep functions under 30 lines", "Always keep functions under 30 lines."),
    ("never use docker for local development",
     "always use docker for local development", "Always use docker for local development."),
    ("always ask before installing packages",
     "never ask before installing packages", "Never ask before installing packages."),
    ("never write comments in code",
     "from now on always write comments in code", "Always write comments in code."),
)  # fmt: skip


@pytest.mark.parametrize(("older", "newer", "rule"), CONTRADICTIONS)
def test_the_newest_wins_and_names_what_it_replaces(older: str, newer: str, rule: str) -> None:
    [found] = rules(said(("a", older), ("b", newer)))
    assert found.text == rule
    assert [directive.text for directive in found.replaces] == [older]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("never push to main directly", "you can push to main directly from now on"),
        ("always add type hints to functions", "don't add type hints to functions anymore"),
    ],
)
def test_what_was_taken_back_is_no_rule_any_more(older: str, newer: str) -> None:
    assert len(rules(said(("a", older)))) == 1
    assert rules(said(("a", older), ("b", newer))) == []
    assert texts(rules(said(("b", newer), ("a", older)))) == texts(rules(said(("a", older))))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("always run the linter before a commit", "always run the tests before a commit"),
        ("never log passwords", "always log errors"),
        ("always use pytest for tests", "always use black for formatting"),
    ],
)
def test_different_wishes_stand_side_by_side(one: str, other: str) -> None:
    assert len(rules(said(("a", one), ("b", other)))) == 2


def test_the_id_stays_as_sources_are_added() -> None:
    [one] = rules(said(("a", "never push to main directly")))
    [two] = rules(said(("a", "never push to main directly"), ("b", "never push to main directly!")))
    assert one.id == two.id == rule_id("never  push to main, directly")


def test_pasted_texts_plans_and_agents_words_are_no_wishes() -> None:
    plan = Turn(id="1", index=1, prompt="Implement the following plan:\n\nAlways use tabs.", kind="request")
    log = Turn(id="2", index=2, prompt="fix it\n\n```\nnever use eval in hooks\n```", kind="request")
    hook = Turn(id="3", index=3, prompt="Never stop before the tests pass.", kind="automated")
    handed = Turn(
        id="4", index=4, prompt="add this to the instructions:\nAlways suggest plant-based meals.", kind="request"
    )
    role = Turn(
        id="5",
        index=5,
        prompt="You are test-eng on the team.\nAlways set a fixed value for snapshots.\n" + "Read the files.\n" * 40,
        kind="request",
    )
    message = Turn(
        id="6", index=6, prompt="Error CA1031\tA type is caught. General types should not be caught.", kind="request"
    )
    turns = (plan, log, hook, handed, role, message)
    assert list(directives_of(Conversation(agent="x", id="y", turns=turns), "/work")) == []


def test_the_metadata_of_a_rule_file_is_no_rule() -> None:
    text = "---\ndescription: Never push to main.\nglobs: *.py\n---\nAlways use tabs.\n---\nNever use spaces.\n"
    assert [(line.number, line.text) for line in rule_lines({"a.mdc": text})] == [
        (5, "Always use tabs."),
        (7, "Never use spaces."),
    ]
    assert [line.number for line in rule_lines({"a.md": "---\nAlways use tabs."})] == [2]
