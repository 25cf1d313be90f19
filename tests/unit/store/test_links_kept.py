"""What of a commit's links outlives a new look, a rewrite of the commit and another tool's record of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gitstory.model import Decision, Evidence, FileStory, Link, Range, Story, TurnLink
from gitstory.store.link_overrides import as_decided, beside, merge_links, renewed, rewritten
from tests.unit.store.values import COMMIT

ONE, TWO, THREE = ("codex", "c1"), ("codex", "c2"), ("aider", "c1")
OLD, OLDER = "b" * 40, "c" * 40


def turn(name: str, evidence: Evidence = "lines", lines: int = 0, index: int = 1) -> TurnLink:
    return TurnLink(name, index, evidence, lines)


def link(key: tuple[str, str], evidence: Evidence, lines: int = 0, *turns: TurnLink, by: str = "") -> Link:
    return Link(*key, evidence, lines, turns, by, f"place of {by}" if by else "")


def part(key: tuple[str, str], start: int, end: int, of: str = "t1") -> Range:
    return Range(start, end, *key, of)


def everything(key: tuple[str, str]) -> bool:
    return True


def nothing(key: tuple[str, str]) -> bool:
    return False


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        (link(ONE, "files", 3), link(ONE, "lines", 2), link(ONE, "lines", 3)),
        (
            link(ONE, "lines", 2, turn("t2", "files", 1, 2), turn("t1", "context", 1, 1)),
            link(ONE, "lines", 2, turn("t2", "lines", 4, 5), turn("t0", "lines", 1, 1)),
            link(ONE, "lines", 2, turn("t0", "lines", 1, 1), turn("t1", "context", 1, 1), turn("t2", "lines", 4, 5)),
        ),
        (link(ONE, "lines", 1, by="git-ai"), link(ONE, "lines", 1), link(ONE, "lines", 1)),
        (link(ONE, "lines", 1, by="git-ai"), link(ONE, "files", 1, by="entire"), link(ONE, "lines", 1, by="entire")),
    ],
)
def test_two_records_of_one_link(first: Link, second: Link, both: Link) -> None:
    assert merge_links(first, second) == merge_links(second, first) == both


@pytest.mark.parametrize(
    ("stored", "fresh", "kept"),
    [
        # Lines are found again by whoever looks; a person's word and what only the hook saw are not.
        (link(ONE, "lines", 3, turn("t1", "lines", 3)), None, None),
        (link(ONE, "files", 0, turn("t1", "files")), None, None),
        (link(ONE, "manual"), None, link(ONE, "manual")),
        (
            link(ONE, "manual", 0, turn("t1", "manual"), turn("t2", "lines", 2)),
            None,
            link(ONE, "manual", 0, turn("t1", "manual")),
        ),
        (link(ONE, "manual", 0, turn("t2", "lines")), None, link(ONE, "manual", 0, turn("t2", "lines"))),
        (
            link(ONE, "lines", 5, turn("t1", "lines", 5), turn("t2", "command"), turn("t3", "manual")),
            None,
            link(ONE, "command", 0, turn("t2", "command"), turn("t3", "manual")),
        ),
        # A conversation that has recorded by now which turn ran `git commit` need not be guessed at any more.
        (link(ONE, "command", 0, turn("t1", "command")), link(ONE, "lines", 1, turn("t2", "command", 1)), None),
        (
            link(ONE, "command", 0, turn("t1", "command")),
            link(ONE, "lines", 1, turn("t2", "lines", 1)),
            link(ONE, "command", 0, turn("t1", "command")),
        ),
    ],
)
def test_what_a_new_look_at_a_conversation_keeps_of_its_link(
    stored: Link, fresh: Link | None, kept: Link | None
) -> None:
    links = renewed(Story(COMMIT, (fresh,) if fresh else ()), Story(COMMIT, (stored,)), everything).links
    wanted = merge_links(fresh, kept) if fresh and kept else fresh or kept
    assert links == ((wanted,) if wanted else ())


def test_a_new_look_unites_what_it_could_not_examine_with_what_it_found() -> None:
    stored = Story(COMMIT, (link(ONE, "lines", 2, turn("t1", "lines", 2)),), carried_from=(OLD,))
    fresh = Story(COMMIT, (link(ONE, "files", 1, turn("t2", "files", 1, 2)), link(TWO, "lines", 9)), author="me")
    made = renewed(fresh, stored, nothing)
    assert made.links == (link(TWO, "lines", 9), merge_links(stored.links[0], fresh.links[0]))
    assert (made.carried_from, made.author) == ((OLD,), "me")
    assert renewed(fresh, None, nothing) is fresh
    assert renewed(replace(fresh, carried_from=(OLDER, OLD)), stored, nothing).carried_from == (OLD, OLDER)


def test_links_are_in_the_order_of_their_evidence_then_lines_then_names() -> None:
    links = (link(TWO, "lines", 2), link(ONE, "lines", 2), link(THREE, "lines", 2), link(("amp", "x"), "lines", 7))
    made = renewed(Story(COMMIT, (*links, link(("amp", "a"), "manual"))), Story(COMMIT), everything)
    assert [(one.agent, one.conversation) for one in made.links] == [("amp", "x"), THREE, ONE, TWO, ("amp", "a")]


@pytest.mark.parametrize(
    ("recorded", "lines"),
    [
        (link(ONE, "lines", 5, by="git-ai"), 3),
        (link(ONE, "lines", 0, by="git-ai"), 0),
        (link(ONE, "manual", 5, by="git-ai"), 5),
        (link(ONE, "lines", 5), 5),
        (link(TWO, "lines", 5, by="git-ai"), None),
    ],
)
def test_another_tools_word_counts_for_the_lines_that_nobody_else_wrote(recorded: Link, lines: int | None) -> None:
    files = (FileStory("a", ranges=(part(ONE, 3, 4), part(THREE, 9, 12)), removed=(part(ONE, 7, 7),)),)
    made = renewed(Story(COMMIT, files=files), Story(COMMIT, (recorded,)), nothing)
    assert [one.lines for one in made.links] == ([] if lines is None else [lines])


def test_lines_of_conversations_not_examined_stay_where_nothing_new_is_known() -> None:
    stored = Story(
        COMMIT,
        (link(ONE, "lines", 1), link(TWO, "lines", 1)),
        (
            FileStory("c", 7, 1, (part(TWO, 1, 1),)),
            FileStory("b", 4, 2, (part(ONE, 1, 2), part(ONE, 8, 9), part(TWO, 20, 21)), (part(ONE, 5, 5),)),
            FileStory("a", 7, 1, (part(ONE, 1, 1),)),
        ),
    )
    fresh = Story(COMMIT, files=(FileStory("b", 6, 3, (part(TWO, 2, 3), part(TWO, 10, 10)), (part(TWO, 6, 6),)),))
    made = renewed(fresh, stored, lambda key: key == TWO)
    assert made.files == (
        FileStory("a", 7, 1, (part(ONE, 1, 1),)),
        FileStory("b", 6, 3, (part(TWO, 2, 3), part(ONE, 8, 9), part(TWO, 10, 10)), (part(ONE, 5, 5), part(TWO, 6, 6))),
    )
    assert renewed(fresh, stored, everything).files == fresh.files


@pytest.mark.parametrize(
    ("before", "after", "examined"),
    [
        (link(ONE, "lines", 3, turn("t1", "lines", 3)), None, nothing),
        (link(ONE, "manual"), link(ONE, "manual"), everything),
        (link(ONE, "command", 2, turn("t1", "command", 2)), link(ONE, "command", 0, turn("t1", "command", 2)), nothing),
        (link(ONE, "files", 2, turn("t1", "files")), None, everything),
        (
            link(ONE, "files", 2, turn("t1", "files"), turn("t2", "context")),
            link(ONE, "files", 2, turn("t1", "files")),
            nothing,
        ),
    ],
)
def test_what_outlives_a_rewrite(before: Link, after: Link | None, examined: object) -> None:
    made = rewritten([Story(OLD, (before,), carried_from=(OLDER,))], COMMIT, examined)  # type: ignore[arg-type]
    assert made == Story(COMMIT, (after,) if after else (), carried_from=(OLD, OLDER) if after else ())


def test_a_commit_made_of_several_has_the_words_about_each() -> None:
    no = Decision(*TWO, False, 1.0)
    one = Story(OLD, (link(ONE, "manual", 0, turn("t1", "manual")),), carried_from=(COMMIT,))
    two = Story(OLDER, (link(ONE, "command", 0, turn("t2", "command", 0, 2)), link(THREE, "manual")))
    three = Story("d" * 40, decisions=(no,))
    made = rewritten([one, two, three, Story("e" * 40)], COMMIT, everything)
    both = link(ONE, "command", 0, turn("t1", "manual"), turn("t2", "command", 0, 2))
    assert made == Story(COMMIT, (both, link(THREE, "manual")), carried_from=(OLD, OLDER, "d" * 40), decisions=(no,))


KNOWN = Story(
    COMMIT,
    (link(ONE, "lines", 2, turn("t1", "lines", 2)),),
    (FileStory("a", 9, 0, (part(ONE, 1, 2),)),),
    carried_from=(OLDER,),
)


def test_beside_a_story_only_lines_count_of_which_it_says_nothing() -> None:
    more = Story(
        COMMIT,
        (
            link(ONE, "lines", 4, turn("t1", "lines", 4), turn("t2", "context")),
            link(TWO, "lines", 3, turn("t3", "lines", 3), turn("t9", "lines", 1)),
            link(THREE, "files", 3, turn("t4", "files", 3)),
        ),
        (FileStory("a", 9, 0, (part(ONE, 2, 3), part(ONE, 5, 6), part(TWO, 8, 8, "t3")), (part(TWO, 1, 2, "t3"),)),),
        carried_from=(OLD,),
    )
    made = beside(KNOWN, more)
    gained = (part(ONE, 1, 2), part(ONE, 5, 6), part(TWO, 8, 8, "t3"))
    assert made.files == (FileStory("a", 9, 0, gained, (part(TWO, 1, 2, "t3"),)),)
    assert made.links == (
        link(ONE, "lines", 4, turn("t1", "lines", 2), turn("t2", "context")),
        link(TWO, "lines", 3, turn("t3", "lines", 3)),
    )
    assert made.carried_from == (OLD, OLDER)
    assert beside(None, more) is more


@pytest.mark.parametrize(
    "more",
    [
        Story(COMMIT),
        KNOWN,
        Story(COMMIT, (link(TWO, "lines", 2, turn("t3", "lines", 2)),), (FileStory("a", 9, 0, (part(TWO, 2, 3),)),)),
        # Lines of a conversation that it names no link of.
        Story(COMMIT, files=(FileStory("a", 9, 0, (part(TWO, 7, 8),)),), carried_from=(OLD,)),
    ],
)
def test_a_story_beside_which_nothing_is_new_stays_itself(more: Story) -> None:
    assert beside(KNOWN, more) is KNOWN


def test_what_a_person_untied_does_not_come_back_beside_a_story() -> None:
    known = replace(KNOWN, decisions=(Decision(*TWO, False, 1.0),))
    more = Story(COMMIT, (link(TWO, "lines", 1, turn("t1", "lines", 1)),), (FileStory("a", 9, 0, (part(TWO, 7, 7),)),))
    assert beside(known, more) == known


def test_an_untied_turn_changes_what_its_link_stands_on() -> None:
    turns = (turn("t1", "lines", 3), turn("t2", "command", 1, 2), turn("t3", "context", 0, 3))
    story = Story(COMMIT, (link(ONE, "lines", 4, *turns), link(TWO, "lines", 4, *turns)))
    made = as_decided(replace(story, decisions=(Decision(*ONE, False, 1.0, "t1"),)))
    assert made.links == (link(ONE, "command", 1, *turns[1:]), story.links[1])
    by_hand = (Decision(*ONE, True, 1.0), Decision(*ONE, False, 2.0, "t1"), Decision(*ONE, False, 2.0, "t2"))
    assert as_decided(replace(story, decisions=by_hand)).links[0] == link(ONE, "manual", 0, turns[2])
    files = (FileStory("a", removed=(part(ONE, 1, 1), part(TWO, 2, 2))), FileStory("b", ranges=(part(ONE, 1, 1),)))
    untied = as_decided(replace(story, files=files, decisions=(Decision(*ONE, False, 1.0),)))
    assert untied.files == (FileStory("a", removed=(part(TWO, 2, 2),)),)
