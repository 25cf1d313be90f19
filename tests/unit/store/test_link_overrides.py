from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gitstory.model import Decision, FileStory, Link, Range, Story, TurnLink
from gitstory.store.link_overrides import as_decided, decided, merge_decisions, renewed
from tests.examples import tries
from tests.unit.store.values import COMMIT, decisions, stories

KEY = ("codex", "c1")
TURNS = (TurnLink("t1", 1, "lines", 3), TurnLink("t2", 2, "lines", 2), TurnLink("t3", 3, "context"))
TWO_RANGES = (Range(1, 3, *KEY, "t1"), Range(4, 5, *KEY, "t2"))
STORY = Story(COMMIT, (Link(*KEY, "lines", 5, TURNS),), (FileStory("a.py", 5, 0, TWO_RANGES),))


def said(linked: bool, turn: str | None = None, time: float = 1.0) -> Decision:
    return Decision(*KEY, linked, time, turn)


def test_an_untied_conversation_takes_its_lines_with_it() -> None:
    story = as_decided(decided(STORY, said(False)))
    assert (story.links, story.files) == ((), ())
    assert [one.linked for one in story.decisions] == [False]


def test_an_untied_turn_leaves_the_others_and_their_count() -> None:
    story = as_decided(decided(STORY, said(False, "t1")))
    assert story.links == (Link(*KEY, "lines", 2, TURNS[1:]),)
    assert story.files == (FileStory("a.py", 5, 0, TWO_RANGES[1:]),)


def test_a_link_whose_telling_turns_are_all_untied_is_none() -> None:
    story = decided(decided(STORY, said(False, "t1")), said(False, "t2"))
    assert as_decided(story).links == ()
    tied = decided(story, said(True, "t3"))
    assert as_decided(tied).links == ()
    assert as_decided(replace(tied, links=(Link(*KEY, "manual", 0, (TurnLink("t3", 3, "manual"),)),))).links != ()


def test_the_last_word_counts_whatever_the_clock_says() -> None:
    story = decided(decided(STORY, said(False, time=100.0)), said(True, time=5.0))
    assert as_decided(story).links == STORY.links
    again = decided(story, said(False, "t1", time=1.0))
    assert [turn.id for turn in as_decided(again).links[0].turns] == ["t2", "t3"]
    assert as_decided(decided(again, said(True, time=2.0))).links == STORY.links


def test_a_turn_tied_after_its_conversation_was_untied_stands_alone() -> None:
    story = decided(decided(STORY, said(False)), said(True, "t2"))
    assert as_decided(story).links == (Link(*KEY, "lines", 2, TURNS[1:2]),)


def test_a_new_look_replaces_what_it_examined_and_keeps_the_rest() -> None:
    gone = Link("codex", "c9", "lines", 1, (TurnLink("t", 1, "lines", 1),))
    known = replace(
        STORY,
        links=(*STORY.links, gone),
        files=(FileStory("a.py", 6, 0, (*TWO_RANGES, Range(6, 6, "codex", "c9", "t"))),),
    )
    fresh = Story(
        COMMIT,
        (Link(*KEY, "lines", 4, TURNS[:1]),),
        (FileStory("a.py", 6, 0, (Range(1, 4, *KEY, "t1"),)),),
    )
    made = renewed(fresh, known, {KEY}.__contains__)
    assert made.links == (fresh.links[0], gone)
    assert made.files == (FileStory("a.py", 6, 0, (Range(1, 4, *KEY, "t1"), Range(6, 6, "codex", "c9", "t"))),)


def test_a_new_look_does_not_take_a_line_twice() -> None:
    gone = Link("codex", "c9", "lines", 2, (TurnLink("t", 1, "lines", 2),))
    known = Story(COMMIT, (gone,), (FileStory("a.py", 6, 0, (Range(3, 4, "codex", "c9", "t"),)),))
    fresh = Story(COMMIT, STORY.links, (FileStory("a.py", 6, 0, (Range(1, 3, *KEY, "t1"),)),))
    assert renewed(fresh, known, {KEY}.__contains__).files == fresh.files


def test_lines_that_are_claimed_without_end_take_no_time() -> None:
    gone = Link("codex", "c9", "lines", 2, (TurnLink("t", 1, "lines", 2),))
    endless, free = Range(2, 2**52, "codex", "c9", "t"), Range(2**52 + 1, 2**52 + 9, "codex", "c9", "t")
    known = Story(COMMIT, (gone,), (FileStory("a.py", 6, 0, (endless, free)),))
    fresh = Story(COMMIT, STORY.links, (FileStory("a.py", 6, 0, (Range(1, 3, *KEY, "t1"),)),))
    [file] = renewed(fresh, known, {KEY}.__contains__).files
    assert file.ranges == (Range(1, 3, *KEY, "t1"), free)


def test_what_only_the_moment_could_show_is_kept() -> None:
    known = Story(COMMIT, (Link(*KEY, "command", 0, (TurnLink("t1", 1, "command"), TurnLink("t2", 2, "context"))),))
    made = renewed(Story(COMMIT), known, lambda key: True)
    assert made.links == (Link(*KEY, "command", 0, (TurnLink("t1", 1, "command"),)),)
    both = renewed(replace(STORY, files=()), known, lambda key: True)
    assert both.links == STORY.links
    assert renewed(Story(COMMIT), STORY, lambda key: True).links == ()


@settings(max_examples=tries(100))
@given(stories(), st.lists(decisions(), max_size=4))
def test_reading_is_settled_and_only_takes_away(story: Story, more: list[Decision]) -> None:
    story = replace(story, decisions=merge_decisions(story.decisions, more))
    read = as_decided(story)
    assert as_decided(read) == read
    assert {(link.agent, link.conversation) for link in read.links} <= {
        (link.agent, link.conversation) for link in story.links
    }
    assert read.decisions == story.decisions


@settings(max_examples=tries(100))
@given(stories(), stories(), st.booleans())
def test_what_was_untied_stays_so_through_any_new_look(known: Story, fresh: Story, examined: bool) -> None:
    known = decided(known, said(False))
    made = renewed(replace(fresh, decisions=()), known, lambda key: examined)
    assert not [link for link in made.links if (link.agent, link.conversation) == KEY and not _later(known, link)]
    assert merge_decisions(made.decisions, known.decisions) == made.decisions


def _later(story: Story, link: Link) -> bool:
    """Whether a turn of the link was tied after the conversation was untied."""
    untied = max(one.time for one in story.decisions if one.turn is None and not one.linked)
    return any(one.turn is not None and one.linked and one.time > untied for one in story.decisions)


@settings(max_examples=tries(100))
@given(st.lists(decisions(), max_size=4), st.lists(decisions(), max_size=4), st.lists(decisions(), max_size=4))
def test_decisions_meet_in_any_order(one: list[Decision], two: list[Decision], three: list[Decision]) -> None:
    assert merge_decisions(one, two) == merge_decisions(two, one)
    assert merge_decisions(merge_decisions(one, two), three) == merge_decisions(one, merge_decisions(two, three))
