"""Counting what stories explain: pure, on made-up commits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gitstory.git.commit_details import FileChange
from gitstory.git.numstat import CommitSizes
from gitstory.model import FileStory, Link, Range, Story
from gitstory.queries.stats_sums import counted, tally

DAY = 86_400


def commit(oid: str, *files: tuple[str, int], author: str = "Dev One", time: int = 0) -> CommitSizes:
    return CommitSizes(oid, author, time, tuple(FileChange(path, added, 0) for path, added in files))


def told(oid: str, path: str, *ranges: tuple[int, int, str]) -> Story:
    links = tuple(Link(agent, "c", "lines") for agent in dict.fromkeys(agent for _, _, agent in ranges))
    own = tuple(Range(start, end, agent, "c", "t") for start, end, agent in ranges)
    return Story(oid, links, (FileStory(path, ranges=own),))


def test_lines_are_shared_out_by_agent_and_file() -> None:
    story = told("a", "x.py", (1, 3, "codex"), (5, 5, "claude-code"))
    found = tally([counted(commit("a", ("x.py", 10), ("y.py", 6)), story), counted(commit("b", ("x.py", 4)), None)])
    assert (found.total.added, found.total.explained, found.total.commits, found.with_story) == (20, 4, 2, 1)
    assert [(one.name, one.explained) for one in found.agents] == [("codex", 3), ("claude-code", 1)]
    assert [(one.name, one.added, one.explained) for one in found.files] == [("x.py", 14, 4), ("y.py", 6, 0)]


def test_a_line_claimed_twice_counts_once() -> None:
    one = counted(commit("a", ("x.py", 3)), told("a", "x.py", (1, 3, "codex"), (2, 3, "claude-code")))
    assert one.files == {"x.py": 3} and sum(one.agents.values()) == 3


def test_a_story_cannot_explain_more_than_was_added() -> None:
    one = counted(commit("a", ("x.py", 2)), told("a", "x.py", (1, 900, "codex")))
    assert one.files == {"x.py": 2} and one.agents == {"codex": 2}


def test_a_forged_range_costs_no_more_than_a_true_one() -> None:
    """Nothing is done once for each line that a record claims."""
    one = counted(commit("a", ("x.py", 2)), told("a", "x.py", (2, 2**52, "codex"), (1, 1, "goose")))
    assert one.files == {"x.py": 2} and one.agents == {"codex": 1, "goose": 1}


def test_a_file_the_commit_did_not_touch_explains_nothing() -> None:
    assert counted(commit("a", ("x.py", 2)), told("a", "other.py", (1, 2, "codex"))).files == {}


def test_the_unit_of_time_follows_the_length_of_the_range() -> None:
    units = {
        days: tally([counted(commit("a"), None), counted(commit("b", time=days * DAY), None)]).unit
        for days in (3, 60, 600, 6000)
    }
    assert list(units.values()) == ["day", "week", "month", "year"]


def test_a_date_beyond_the_calendar_is_unknown() -> None:
    assert [one.name for one in tally([counted(commit("a", time=10**18), None)], "month").times] == ["unknown"]


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40), st.sampled_from(["codex", "goose"]), st.integers(0, 50)))
)
def test_parts_never_exceed_the_whole(ranges: list[tuple[int, int, str, int]]) -> None:
    commits = [
        counted(commit(str(at), ("x", added)), told(str(at), "x", (start, start + more, agent)))
        for at, (start, more, agent, added) in enumerate(ranges)
    ]
    found = tally(commits)
    assert sum(one.explained for one in found.agents) == found.total.explained <= found.total.added
    assert sum(one.explained for one in found.files) == found.total.explained
    assert sum(one.explained for one in found.times) == found.total.explained
