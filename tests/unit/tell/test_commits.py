"""Changelog, fragments, release notes and standup: how commits are sorted, grouped and named."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gitstory.tell.changelog import changelog, fragments
from gitstory.tell.commit_kinds import entries, heading_of
from gitstory.tell.release_notes import pull_requests, release_notes
from gitstory.tell.standup import standup
from tests.unit.tell.logs import commit, edit, logged, ranged, say, turn

DAY = 86_400


@pytest.mark.parametrize(
    ("subject", "heading"),
    [
        ("feat(web): slugs", "Added"),
        ("fix!: dashes", "Fixed"),
        ("perf: faster", "Changed"),
        ("chore: bump", None),
        ("docs(readme): typo", None),
        ("Add slugs", "Added"),
        ("Removed the old page", "Removed"),
        ("Harden the parser", "Security"),
        ("Deprecate --old", "Deprecated"),
        ("Bump version", None),
        ("Slugs know every alphabet", "Changed"),
        ("cleanup: remove debug code", "Removed"),
    ],
)
def test_the_heading_of_a_subject(subject: str, heading: str | None) -> None:
    assert heading_of(subject) == heading


def test_a_changelog_quotes_subjects_without_their_types() -> None:
    found = changelog(
        ranged(
            [
                commit("a", "feat: slugs of titles (#12)"),
                commit("b", "fix!: use dashes"),
                commit("c", "chore: bump"),
                commit("d", "Merge branch 'x'", "b", "c"),
            ]
        )
    )
    assert found == (
        "## [Unreleased]\n\n### Added\n\n- slugs of titles (`aaaaaaaaaa`)\n\n"
        "### Fixed\n\n- **Breaking:** use dashes (`bbbbbbbbbb`)\n\n"
        "<!-- 1 commit left out: documentation, tests, builds and the like -->\n"
    )


def test_a_subject_that_repeats_the_prompt_gives_way_to_what_was_done() -> None:
    done = say("Fixed the top bar to show the email.")
    (only,) = logged(turn(1, "hmm the uuid is still displayed in the top bar", done))
    history = [commit("a", "Hmm the uuid is still displayed in the t")]
    (entry,) = entries(ranged(history, replace(only, commits=("a" * 40,))))
    assert (entry.words.text, entry.words.source, entry.heading) == (
        "Fixed the top bar to show the email.",
        "4de91640#1",
        "Fixed",
    )


def test_a_range_of_internal_commits_says_so() -> None:
    assert "No commit of it changes what a user notices." in changelog(ranged([commit("a", "ci: cache")]))


def test_fragments_are_named_for_towncrier() -> None:
    history = [commit("a", "feat: slugs (#12)"), commit("b", "Fix dashes"), commit("c", "test: more")]
    assert fragments(ranged(history)) == [("12.feature.md", "slugs\n"), ("+bbbbbbbbbb.bugfix.md", "Fix dashes\n")]


def test_two_fragments_of_one_request_have_names_of_their_own() -> None:
    history = [commit("a", "feat: slugs (#12)"), commit("b", "feat: dashes (#12)")]
    assert [name for name, _ in fragments(ranged(history))] == ["12.feature.md", "12.feature.1.md"]


def test_release_notes_group_by_pull_request() -> None:
    history = [
        commit("a", "Add slugs", "0"),
        commit("b", "Use dashes", "a"),
        commit("c", "Merge pull request #7 from x/slugs", "0", "b", body="Slugs of titles"),
        commit("d", "fix: a page (#9)", "c"),
        commit("e", "Add a page by hand", "d"),
    ]
    grouped = [(each.number, each.title, len(each.entries)) for each in pull_requests(ranged(history))]
    assert grouped == [("9", "a page", 1), ("7", "Slugs of titles", 2), ("", "", 1)]
    (only,) = logged(turn(1, "Add a function that makes slugs of titles", say("Added slugs to the titles of pages.")))
    text = release_notes(ranged(history, replace(only, commits=("a" * 40,))))
    assert text.startswith("# Release notes\n\n4 commits, 2 pull requests.\n\n## a page (#9)")
    assert "- asked: “Add a function that makes slugs of titles” — prompt `4de91640#1`" in text
    assert "## Other changes\n\n- Add a page by hand (`eeeeeeeeee`)" in text


def test_a_pull_request_that_there_is_nothing_to_tell_of_is_named_last() -> None:
    history = [commit("a", "chore: bump (#3)"), commit("b", "fix: a page (#9)", "a")]
    (address,) = logged(turn(1, "https://example.org/pull/3", say("Bumped the version of it all.")))
    text = release_notes(ranged(history, replace(address, commits=("a" * 40,))))
    assert text.endswith("## a page (#9)\n\n- commit `bbbbbbbbbb`\n\n## Other pull requests\n\n- bump (#3)\n")


def test_a_standup_has_a_section_a_day_with_what_is_open() -> None:
    done = say("Added slugs to the titles of pages.")
    first, second = logged(
        turn(1, "Add a function that makes slugs of titles", edit("a.py", "+a"), done),
        turn(2, "Write the page about the slugs of titles", edit("a.md", "+a"), say("Shall I write it in English?")),
    )
    later = replace(second, turn=replace(second.turn, time=1.0 * DAY + 5))
    text = standup(ranged([commit("a", "Add slugs", at=100)], first, later))
    newest, oldest = text.split("## 1970-01-0")[1:]
    assert newest.startswith("2") and "Open:\n\n- “Shall I write it in English?”" in newest
    assert "→ “Added slugs to the titles of pages.” — agent `4de91640#1`" in oldest and "commit `aaaaaaaaaa`" in oldest


def test_questions_and_continuations_are_no_work_of_a_day() -> None:
    text = standup(ranged([], *logged(turn(1, "What does the cache keep on disk?", say("It keeps rates.")))))
    assert "What does the cache" not in text
