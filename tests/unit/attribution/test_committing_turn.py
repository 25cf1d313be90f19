from __future__ import annotations

from msgspec.structs import replace

from gitstory.attribution.committing_turn import _places, made_by
from gitstory.attribution.conversation_trace import Trace, trace
from gitstory.attribution.line_ids import Lines
from gitstory.attribution.link import Candidate
from gitstory.git.changed_files import Commit
from gitstory.model import Call, Turn
from tests.unit.attribution.builders import conversation

SECOND = 1_700_000_000
KEY = ("claude-code", "one")


def commit(number: int, time: int = SECOND) -> Commit:
    parents = (f"c{number - 1}",) if number else ()
    return Commit(f"c{number}", parents, "Dev", "d@e", time, "d@e", time, "t", "s", ())


def trying(*times: float, command: str = "git commit -qam step") -> Trace:
    """A turn for each time, which runs a command then."""
    turns = [
        Turn(f"turn-{n:032d}", n, "go on", time=time - 0.1, steps=(Call("Bash", f"call-{n}", command, time=time),))
        for n, time in enumerate(times, 1)
    ]
    return trace(replace(conversation(*turns), started=times[0] - 0.1), Lines())


def turns(
    one: Trace, commits: list[Commit], calls: dict[str, set[str]], history: list[Commit] | None = None
) -> list[int]:
    named = {each.oid: {KEY} for each in commits}
    made = made_by(commits, [Candidate(one)], named, calls, history or [])
    return [one.turns[turn].index for each in commits for _, turn in made.by[each.oid]]


def test_the_call_that_the_hook_named_made_the_commit() -> None:
    one = trying(SECOND + 0.3, SECOND + 0.8)
    commits = [commit(0), commit(1)]
    assert turns(one, commits, {"c0": {"call-1"}, "c1": {"call-2"}}) == [1, 2]
    assert turns(one, commits[:1], {"c0": {"call-1"}}) == [1]
    assert made_by(commits, [Candidate(one)], {"c0": {KEY}}, {"c0": {"call-1"}}).reported["c0"] == SECOND + 0.3


def test_commits_of_one_second_are_those_of_its_calls_in_order() -> None:
    one = trying(SECOND + 0.3, SECOND + 0.8)
    assert turns(one, [commit(0), commit(1)], {}) == [1, 2]
    assert turns(one, [commit(1)], {}, [commit(0)]) == [2]


def test_a_turn_that_began_after_the_commit_did_not_make_it() -> None:
    one = trying(SECOND + 0.3, SECOND + 0.8)
    silent = replace(one, tries=one.tries[:1])
    assert turns(silent, [commit(0)], {}) == [1]


def test_elsewhere_the_turn_that_ran_then_made_it() -> None:
    """Its command need not name git at all; an older call that does made another commit."""
    one = trying(SECOND - 60, SECOND - 30, command="make release")
    assert turns(one, [commit(0)], {}) == [2]
    assert turns(replace(one, tries=trying(SECOND - 60).tries), [commit(0)], {}) == [2]


def test_times_of_a_crowded_second_come_from_its_calls() -> None:
    one = trying(SECOND + 0.3, SECOND + 0.8)
    commits = [commit(0), commit(1)]
    assert made_by(commits, [Candidate(one)], {}, {}).reported == {"c0": SECOND + 0.3, "c1": SECOND + 0.8}
    assert made_by([*commits, commit(2)], [Candidate(one)], {}, {}).reported == {}


def test_commits_of_one_second_are_counted_in_their_order() -> None:
    assert _places([commit(0), commit(1), commit(2), commit(3, SECOND + 1)]) == {"c0": 0, "c1": 1, "c2": 2, "c3": 0}
