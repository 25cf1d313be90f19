"""Which sentences are rules, and in which words."""

from __future__ import annotations

import pytest

from gitstory.rules.instructions import instruction

RULES = (
    ("never install anything unless i ask you to. use bun, not node.", "Never install anything unless I ask you to."),
    ("use bun not node", "Use bun not node."),
    ("why are you using npm? you should be using bun", "Use bun."),
    ("we should always use the system's user config, not the test one",
     "Always use the system's user config, not the test one."),
    ("ok, from now on please run the linter after each edit", "Run the linter after each edit."),
    ("We should NEVER be in mock mode in production.", "Never be in mock mode in production."),
    ("Cursor AI should NEVER access, print any environment files!!",
     "Cursor AI must never access, print any environment files."),
    ("i dont want any exceptions for specific commands", "No exceptions for specific commands."),
    ("i never want the parser to have side effects", "The parser must never have side effects."),
    ("I want to avoid using mocks/stubs as much as possible.", "Avoid using mocks/stubs as much as possible."),
    ("remember to update the changelog", "Update the changelog."),
    ("let's make sure we're using US English everywhere please", "Use US English everywhere."),
    ("can you update CLAUDE.md that we should always run `mise run fmt` together with `mise run lint`",
     "Always run `mise run fmt` together with `mise run lint`."),
    ("if there is error, always exit with os.Exit(1)", "If there is error, always exit with os.Exit(1)."),
    ("whenever you write a migration, add a rollback", "Whenever you write a migration, add a rollback."),
    ("write me a cursor rule that prevents the agent from ever running several commands in one line",
     "Never run several commands in one line."),
    ("create a rule saying that `bun` is always used instead of `node`", "Always use `bun` instead of `node`."),
    ("Before writing any code, I'd like to see your plans and confirm them each time.",
     "Before writing any code, let me see your plans and confirm them each time."),
    ("create a rule that specifies that when fixing a bug to first always create a failing test that covers it",
     "When fixing a bug, always create a failing test that covers it."),
    ("make a rule to record what we learned re using `bun run` instead of `tool` when testing changes",
     "Use `bun run` instead of `tool` when testing changes."),
    ("is there a way we can improve the workflow.mdc rule to make sure you always push after making commits?",
     "Always push after making commits."),
    ("when working with json outputs, never use grep, but rather jq. record this as a global rule",
     "When working with json outputs, never use grep, but rather jq."),
    ("how can we capture in a rule the expectation that when making a change to tests, we first modify the docs?",
     "When making a change to tests, modify the docs."),
    ("full schema should not be updated ever, it is a point in time snapshot", "Never update full schema."),
    ("Never guess how it is shown, look into the source",
     "Never guess how it is shown, look into the source."),
    ("never use sleep in tests, it is too slow", "Never use sleep in tests."),
    ("dont write raw queries . its all in the repositories", "Do not write raw queries."),
    ("stop committing generated files", "Do not commit generated files."),
    ("there must be no global state whatsoever", "No global state whatsoever."),
    ('distances should always use "km"', 'Distances must always use "km".'),
    ("i want to use records instead of tuples in the parser", "Use records instead of tuples in the parser."),
    ("can you update the docs with what we changed in the parser?", "Update the docs."),
    ("ok update @README.md to mention the new flag", "Update README.md."),
    ("please also run the unit tests", "Run the unit tests."),
    ("tests should never sleep for a fixed time", "Tests must never sleep for a fixed time."),
    ("you forgot to update the changelog.", "Update the changelog."),
    ("you should have run the unit tests first", "Run the unit tests first."),
    ("I told you not to use mocks in tests", "Do not use mocks in tests."),
    ("why do you keep adding comments to my code?", "Do not add comments to my code."),
    ("run with bun not node", "Run with bun not node."),
    ("Mocks are fine here, but please never use mocks in integration tests", "Never use mocks in integration tests."),
    ("you should use bun and always run the tests first", "Always run the tests first."),
)  # fmt: skip

NOT_RULES = (
    "never mind",
    "The agent response never came through",
    "this is never a part of status checking afaik",
    "it always seems to be this same hash, I think",
    "Should these two timeouts always be the same?",
    "do we always need this file?",
    "continue",
    "yes please fix this",
    "don't do that",
    "always fix it",
    "don't write code yet",
    "let's not touch this file for now",
    "Stop hook says the review is pending",
    "make sure it works",
    "let's add a --json option to the command",
    "i don't want to have to provide another file",
    "I want to understand why the command never returns",
    "I didn't see the stop hook fire",
    "fix the failing tests and push",
    "The flag is defined on the command but never read in the handler",
    "update the plan so that we can use another host in case we want one in the future",
    "Put all design files into folders below design so they can be found in the future",
    "don't think one box should switch between both searches",
    "Exit status 1",
    "Display as numbered list",
    "If you think this is a bug, please open an issue at:",
    "forwarding to the object, never persisting to the database or events",
    "We should be able to use checkpoints no matter what",
    "But now I am wondering: if I do a branch off main and run a session, then don't commit but stash",
    "run pytest and tell me what fails",
    "ReferenceError: OrderTable is not defined",
    "API_URL is not set",
    "remove the model from the request and always use the settings of the agent",
    "the parser returns nothing and always logs the line",
    "Let me start by understanding what every file in the project does",
    "I don't want login to be static anywhere",
    "For now, never call it",
    "Whenever I click on like, save or share, the dialog should appear",
    "do you have any rules about making rules?",
    "never make such mistakes",
    "Do not use hard-coded values anywhere else",
    "да, всегда используй pytest",
    "總是使用繁體中文",
)


@pytest.mark.parametrize(("sentence", "rule"), RULES)
def test_a_wish_is_worded_as_an_imperative_sentence(sentence: str, rule: str) -> None:
    found = instruction(sentence)
    assert found is not None
    assert found.rule == rule


@pytest.mark.parametrize("sentence", NOT_RULES)
def test_what_is_about_this_moment_or_reports_something_is_no_rule(sentence: str) -> None:
    assert instruction(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "standing", "form"),
    [
        ("always run the formatter before a commit", True, "always"),
        ("never push to main directly", True, "never"),
        ("use pnpm instead of npm", False, "prefer"),
        ("don't amend published commits", False, "forbid"),
        ("make sure to update the changelog", False, "ensure"),
        ("update the changelog as well please", False, "chore"),
        ("update our docs for this", False, "chore"),
        ("there must be no global state whatsoever", False, "everywhere"),
        ("make sure to fix the colours everywhere", False, "ensure"),
        ("make sure to use strict types everywhere", False, "everywhere"),
        ("we should be using strong types instead of string wherever we can", False, "everywhere"),
    ],
)
def test_forms(sentence: str, standing: bool, form: str) -> None:
    found = instruction(sentence)
    assert found is not None
    assert (found.standing, found.form) == (standing, form)


@pytest.mark.parametrize(
    ("sentence", "wanted", "unwanted"),
    [
        ("use bun, not node", "bun", "node"),
        ("use `pnpm` instead of `npm`", "pnpm", "npm"),
        ("prefer composition over inheritance", "composition", "inheritance"),
        ("never use `any`", "", "any"),
        ("always use pytest", "pytest", ""),
        ("you should be using bun", "bun", ""),
    ],
)
def test_sides(sentence: str, wanted: str, unwanted: str) -> None:
    found = instruction(sentence)
    assert found is not None
    assert (found.wanted, found.unwanted) == (wanted, unwanted)
