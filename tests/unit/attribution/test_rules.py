"""The rules by which lines get their turns, one table each: every row fails where its rule is another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from gitstory.attribution.attribute import Pools, Sides, _blocks, _is_distinctive, attribute, changed_lines
from gitstory.attribution.code_tokens import _bare
from gitstory.attribution.conversation_trace import TraceEdit
from gitstory.attribution.file_replay import EditCounts, FileReplay, _locate, could_apply
from gitstory.attribution.landed_lines import LandedLines, PendingLines
from gitstory.attribution.line_ids import Lines, decode, is_binary, split, weight, weight_of, weights
from gitstory.attribution.linking_steps import UNWATCHED, Task, plain, reading
from gitstory.attribution.renamed_files import LEAST_MOVED, LEAST_WHOLE, Whereabouts
from gitstory.attribution.timeline import Placed, Timeline, in_order, name
from gitstory.git.changed_files import ChangedFile, Commit

A, B, C, D, X = "alpha line", "beta line", "gamma line", "delta line", "some other line"

# --- lines of a commit ---


@pytest.mark.parametrize(
    ("parents", "new", "added", "removed"),
    [
        ([[A]], [A, B], [1], []),
        ([[A, B]], [A], [], [(1, 2)]),
        ([[A]], [B], [0], [(0, 1)]),
        ([None], [A, B], [0, 1], []),
        ([], [A], [0], []),
        ([[A, B]], None, [], [(0, 2)]),
        # A merge adds what no parent has, and removes nothing.
        ([[A], [B]], [A, B], [], []),
        ([[A], [B]], [A, B, C], [2], []),
        ([[A, D], [A, B]], [A, B, C], [2], []),
        ([[A, X], [A, X], [A, B]], [A, B, C], [2], []),
        ([[A], None], [A, B], [1], []),
    ],
)
def test_a_merge_adds_what_no_parent_has(
    parents: list[list[str] | None], new: list[str] | None, added: list[int], removed: list[tuple[int, int]]
) -> None:
    lines = Lines()
    sides = Sides(
        tuple(lines.of_lines(one) if one is not None else None for one in parents), lines.of_lines(new) if new else None
    )
    assert changed_lines(sides) == (added, removed)


@pytest.mark.parametrize(
    ("indexes", "blocks"),
    [([], []), ([3], [[3]]), ([1, 2, 3], [[1, 2, 3]]), ([1, 3, 4], [[1], [3, 4]]), ([0, 2], [[0], [2]])],
)
def test_blocks_are_cut_where_an_index_is_missing(indexes: list[int], blocks: list[list[int]]) -> None:
    assert _blocks(indexes) == blocks


# --- where a hunk applies ---


@pytest.mark.parametrize(
    ("lines", "old", "near", "at"),
    [
        ([1, 2, 1, 2, 1, 2], [1, 2], 2, 2),
        ([1, 2, 9, 9, 1, 2], [1, 2], 3, 4),
        ([1, 2, 9, 9, 1, 2], [1, 2], 1, 0),
        ([1, 2, 9, 9, 9, 1, 2], [1, 2], 3, 5),
        ([1, 2, 3], [1, 2], 9, 0),
        ([1, 2, 3], [2, 3], 0, 1),
        ([1, 2, 3], [3], 0, 2),
        ([1, 2, 3], [1, 3], 0, None),
        ([1, 2, 3], [3, 4], 2, None),
        ([1], [1, 2], 0, None),
        ([1, 1], [1], -1, 0),
    ],
)
def test_a_hunk_applies_at_the_nearest_place(lines: list[int], old: list[int], near: int, at: int | None) -> None:
    assert _locate(lines, old, near) == at


@pytest.mark.parametrize(
    ("content", "patch", "could"),
    [
        ([1, 2], ((0, ((0, 1), (1, 5))),), True),
        ([1, 5], ((0, ((0, 1), (1, 5))),), False),
        ([2], ((0, ((0, 1), (1, 5))),), False),
        ([1], ((0, ((1, 5),)),), False),
        ([1, 2], ((0, ((-1, 1),)),), True),
        ([1, 2], ((0, ((-1, 1),)), (0, ((-1, 3),))), False),
        ([1], (), True),
    ],
)
def test_an_edit_could_be_made_where_its_old_side_is_and_its_new_side_is_not(
    content: list[int], patch: tuple[tuple[int, tuple[tuple[int, int], ...]], ...], could: bool
) -> None:
    assert could_apply(content, patch) is could


# --- what landed ---


def commit(
    oid: str, *parents: str, time: int = 1000, author: int | None = None, files: tuple[ChangedFile, ...] = ()
) -> Commit:
    return Commit(oid, parents, "Dev", "d@e", time if author is None else author, "d@e", time, "t", "s", files)


def test_a_line_is_taken_by_commits_before_and_by_no_other() -> None:
    landed = LandedLines()
    root, left, right, merge = commit("r"), commit("a", "r"), commit("b", "r"), commit("m", "a", "b")
    seen = {one.oid: landed.before(one) for one in (root,)}
    landed.take(root, {(1, 10): 1})
    for one, taken in ((left, {(1, 11): 2}), (right, {(1, 11): 1}), (merge, {})):
        seen[one.oid] = landed.before(one)
        landed.take(one, taken)
    assert seen["r"] == 0
    assert [landed.taken(1, 10, seen[oid]) for oid in ("r", "a", "b", "m")] == [0, 1, 1, 1]
    assert [landed.taken(1, 11, seen[oid]) for oid in ("a", "b", "m")] == [0, 0, 3]
    assert landed.taken(2, 10, seen["m"]) == 0
    child = landed.before(commit("n", "m"))
    assert landed.taken(1, 11, child) == 3


def test_a_line_is_pending_until_it_is_used_or_has_landed() -> None:
    landed = LandedLines()
    first = commit("a")
    landed.before(first)
    landed.take(first, {(1, 10): 1})
    before = landed.before(commit("b", "a"))
    pool = PendingLines(landed, before, {})
    counts = Counter({(1, 10): 3, (1, 20): 1})
    assert pool.left(counts, 1, 10) == 2
    assert pool.use(counts, 1, 10) and pool.left(counts, 1, 10) == 1
    assert pool.use(counts, 1, 10) and not pool.use(counts, 1, 10)
    assert pool.used == {(1, 10): 2}
    assert not pool.use(counts, 2, 10) and pool.left(counts, 1, 20) == 1


def test_a_formatted_line_is_pending_while_any_of_its_origins_is_and_takes_them_along() -> None:
    landed = LandedLines()
    first = commit("a")
    landed.before(first)
    landed.take(first, {(1, 10): 1})
    before = landed.before(commit("b", "a"))
    counts = Counter({(1, 10): 1, (1, 11): 1, (1, 30): 1, (1, 31): 1})
    pool = PendingLines(landed, before, {(1, 30): (10, 11), (1, 31): (10,)})
    assert pool.left(counts, 1, 31) == 0 and not pool.use(counts, 1, 31)
    assert pool.left(counts, 1, 30) == 1
    assert pool.use(counts, 1, 30)
    assert pool.used == {(1, 30): 1, (1, 10): 1, (1, 11): 1}
    assert pool.left(counts, 1, 11) == 0


# --- the order of commits ---


@pytest.mark.parametrize(
    ("commits", "order"),
    [
        ([commit("a", time=10), commit("b", time=5)], [(5, "b"), (10, "a")]),
        # A child is never before its parent, whatever the clocks say.
        ([commit("b", "a", time=5), commit("a", time=10)], [(10, "a"), (10, "b")]),
        ([commit("c", "b", time=1), commit("b", "a", time=2), commit("a", time=3)], [(3, "a"), (3, "b"), (3, "c")]),
        ([commit("m", "a", "b", time=1), commit("a", time=7), commit("b", time=9)], [(7, "a"), (9, "b"), (9, "m")]),
        ([commit("b", "not here", time=5)], [(5, "b")]),
    ],
)
def test_commits_are_in_order_of_time_but_after_their_parents(
    commits: list[Commit], order: list[tuple[float, str]]
) -> None:
    assert [(time, one.oid) for time, one in in_order(commits)] == order


# --- commits of a replayed file ---


def edit(
    time: float, after: Sequence[int], *, before: Sequence[int] | None = None, path: str = "a.py", trace: int = 0
) -> Placed:
    made = TraceEdit(f"/w/{path}", 0, time, before=tuple(before) if before is not None else None, after=tuple(after))
    return Placed(trace, 0, "/w", path, made)


def owners(
    edits: list[Placed], blobs: dict[str, list[str]], commits: list[Commit], lines: Lines, **asked: float
) -> dict[str, dict[int, int]]:
    """Of each commit, its added lines (from 0) with the numbers of the edits in order of time."""
    contents = {name: tuple(lines.of_lines(text)) for name, text in blobs.items()}
    timeline = Timeline(edits, lambda oid: contents.get(oid) if oid else None, lines)
    return {
        one.oid: {index: owner for each in found for index, owner in each.owned.added.items()}
        for one, found in timeline.run(commits, asked)
    }


def changed(old: str | None, new: str | None, path: bytes = b"a.py") -> tuple[ChangedFile, ...]:
    return (ChangedFile(path, path, (old,), new),)


FIRST, LATER = "the first edit wrote this line", "the later edit wrote this line"


@pytest.mark.parametrize(("content", "owner"), [("abc", 0), ("xyz", 1)])
def test_a_rewritten_commit_is_compared_with_the_files_at_both_times(content: str, owner: int) -> None:
    """Lines so short are known by their place alone, and the file was changed after the commit was authored."""
    lines = Lines()
    first, later = lines.of_lines(["abc"]), lines.of_lines(["xyz"])
    edits = [edit(100, first, before=()), edit(300, later, before=first)]
    rewritten = commit("c", time=500, author=200, files=changed(None, "b"))
    assert owners(edits, {"b": [content]}, [rewritten], lines) == {"c": {0: owner}}
    on_time = commit("c", time=500, author=499, files=changed(None, "b"))
    assert owners(edits, {"b": [content]}, [on_time], lines) == {"c": {0: 1} if owner else {}}


def test_an_edit_counts_for_a_commit_up_to_a_second_after_it() -> None:
    lines = Lines()
    wrote = lines.of_lines([FIRST])
    made = commit("c", time=500, files=changed(None, "b"))
    for time, found in ((499.0, {0: 0}), (501.0, {0: 0}), (501.1, {})):
        assert owners([edit(time, wrote, before=())], {"b": [FIRST]}, [made], lines) == {"c": found}
    # Where the conversation says when the commit was made, that is finer.
    assert owners([edit(500.7, wrote, before=())], {"b": [FIRST]}, [made], lines, c=500.5) == {"c": {}}
    assert owners([edit(500.4, wrote, before=())], {"b": [FIRST]}, [made], lines, c=500.5) == {"c": {0: 0}}


def test_a_line_lands_once_in_a_line_of_history_and_in_each_of_two() -> None:
    lines = Lines()
    edits = [edit(100, lines.of_lines([FIRST]), before=())]
    one = commit("a", time=200, files=changed(None, "b"))
    gone = commit("g", "a", time=250, files=changed("b", "e"))
    back = commit("r", "g", time=300, files=changed("e", "b"))
    apart = commit("z", time=350, files=changed(None, "b"))
    found = owners(edits, {"b": [FIRST], "e": []}, [one, gone, back, apart], lines)
    assert (found["a"], found["r"], found["z"]) == ({0: 0}, {}, {0: 0})


@pytest.mark.parametrize(
    ("elsewhere", "used", "is_distinctive"),
    [(set(), 0, True), ({10}, 0, False), ({11}, 0, True), (set(), 1, False), ({10}, 1, False)],
)
def test_a_line_is_an_edits_while_it_is_pending_and_not_on_the_other_side(
    elsewhere: set[int], used: int, is_distinctive: bool
) -> None:
    pool = PendingLines(LandedLines(), 0, {})
    counts = Counter({(1, 10): 1})
    for _ in range(used):
        pool.use(counts, 1, 10)
    assert _is_distinctive(pool, counts, elsewhere, 1, 10) is is_distinctive


def test_text_that_the_file_had_before_does_not_tell_which_edit_wrote_a_run() -> None:
    lines = Lines()
    wrote = lines.of_lines([FIRST, LATER])
    weave = FileReplay(EditCounts(lines))
    weave.apply(0, TraceEdit("/w/a.py", 0, 1.0, patch=((0, tuple((1, one) for one in wrote)),)))

    def found(old: Sequence[int]) -> dict[int, int]:
        pools = Pools(*(PendingLines(LandedLines(), 0, {}) for _ in range(2)))
        return attribute(Sides((old,), [*old, *wrote]), [weave], lines, pools).added

    assert found(lines.of_lines([A])) == {1: 0, 2: 0}
    assert found([*wrote, *lines.of_lines([A])]) == {}


# --- where a moved file is known from ---


def replay(lines: Lines, text: list[str]) -> FileReplay:
    weave = FileReplay(EditCounts(lines))
    weave.apply(0, TraceEdit("/w/x", 0, 1.0, op="create", before=(), after=tuple(lines.of_lines(text))))
    return weave


TELLING = ["a line that tells something about its file", "another line that tells as much as that one"]


@pytest.mark.parametrize(
    ("text", "asked", "known"),
    [
        (TELLING, "b.py", True),
        (TELLING, "a.py", False),
        (TELLING, "b.txt", False),
        (TELLING[:1], "b.py", False),
        ([*TELLING, "x" * 60], "b.py", True),
        ([*TELLING, *(f"{n} lines of somebody else's, which are many" for n in range(9))], "b.py", False),
    ],
)
def test_a_file_is_known_by_most_of_its_weight(text: list[str], asked: str, known: bool) -> None:
    lines = Lines()
    where, weave = Whereabouts(), replay(lines, TELLING)
    where.note("a.py", "/w", weave)
    assert (where.of(lines.of_lines(text), asked) is weave) is known


def test_what_stands_in_many_files_tells_nothing() -> None:
    lines = Lines()
    where = Whereabouts()
    for number in range(10):
        where.note(f"f{number}.py", "/w", replay(lines, TELLING))
    assert where.of(lines.of_lines(TELLING), "new.py") is None


def test_the_file_that_holds_most_is_taken() -> None:
    lines = Lines()
    where = Whereabouts()
    half, whole = replay(lines, TELLING[:1]), replay(lines, TELLING)
    where.note("half.py", "/w", half)
    where.note("whole.py", "/w", whole)
    assert where.of(lines.of_lines(TELLING), "new.py") is whole
    whole.apply(1, TraceEdit("/w/x", 0, 2.0, before=None, after=tuple(lines.of_lines(["z" * 80, "y" * 80]))))
    where.note("whole.py", "/w", whole)
    assert where.of(lines.of_lines(["z" * 80, "y" * 80]), "new.py") is whole


@pytest.mark.parametrize(
    ("held", "text", "asked", "is_twin"),
    [
        (["one line of text, long enough to tell"], ["one line of text, long enough to tell"], "b.py", True),
        (["one line of text, long enough to tell"], ["one line of text, long enough to tell"], "a.py", False),
        (["one line of text, long enough to tell"], ["one line of text, long enough to tell"], "b.txt", False),
        (["one line of text, long enough to tell"], ["one line of text, long enough to tell", "more"], "b.py", False),
        (["short"], ["short"], "b.py", False),
        (["one line of text, long enough to tell"], ["one line of text, long enough to tall"], "b.py", False),
    ],
)
def test_the_twin_of_a_file_holds_exactly_its_lines(
    held: list[str], text: list[str], asked: str, is_twin: bool
) -> None:
    lines = Lines()
    where, weave = Whereabouts(), replay(lines, held)
    where.note("a.py", "/w", weave)
    assert (where.twin(lines.of_lines(text), asked) is weave) is is_twin


def test_of_two_twins_neither_is_taken() -> None:
    lines = Lines()
    where = Whereabouts()
    for path in ("a.py", "b.py"):
        where.note(path, "/w", replay(lines, TELLING))
    assert where.twin(lines.of_lines(TELLING), "c.py") is None
    assert where.any_like("c.py") and not where.any_like("c.txt")
    assert (LEAST_MOVED, LEAST_WHOLE) == (12, 4)


# --- lines ---


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("})", 0),
        ("ab", 0),
        ("abc", 1),
        ("abcde", 1),
        ("abcdef", 2),
        ("a-b-c-d-e-f", 2),
        ("x" * 83, 14),
        ("x" * 200, 15),
    ],
)
def test_the_weight_of_a_line_grows_with_its_letters(text: str, weight: int) -> None:
    assert weight_of(text) == weight


def test_weights_are_in_the_ids() -> None:
    ids = Lines().of_lines(["abcdef", "", "x" * 200])
    assert [weight(one) for one in ids] == [2, 0, 15] and weights(ids) == 17


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"a\xc3\xa4", "aä"), (b"\xef\xbb\xbfa", "a"), (b"a\xe4", "aä"), (b"", ""), (b"a\xef\xbb\xbf", "a\ufeff")],
)
def test_a_blob_is_utf8_or_latin1(content: bytes, text: str) -> None:
    assert decode(content) == text


@pytest.mark.parametrize(
    ("content", "binary"), [(b"", False), (b"a\0", True), (b"a" * 7999 + b"\0", True), (b"a" * 8000 + b"\0", False)]
)
def test_a_nul_among_the_first_8000_bytes_makes_a_blob_binary(content: bytes, binary: bool) -> None:
    assert is_binary(content) is binary


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\n", ["a"]),
        ("a\nb", ["a", "b"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("\n", [""]),
        ("a\x0bb\u2028c", ["a\x0bb\u2028c"]),
    ],
)
def test_only_lf_and_crlf_end_a_line(text: str, lines: list[str]) -> None:
    assert split(text) == lines


def test_ids_are_of_a_key_and_tokens_can_be_learnt() -> None:
    one, other = Lines(b"key"), Lines(b"other")
    (line,) = one.of("some words = 1")
    assert other.of("some words = 1") != [line] == Lines(b"key").of("some words = 1")
    assert other.tokens(line) == b"" and one.tokens(line)
    other.learn([(line, one.tokens(line))])
    assert other.tokens(line) == one.tokens(line)


# --- tasks ---


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Task(commit="a"), Task(commit="a"), True),
        (Task(commit="a"), Task(commit="b"), False),
        (Task(commit="a"), Task(agent="x", id="a"), False),
        (Task(agent="x", id="1"), Task(commit="a"), False),
        (Task(agent="x", id="1"), Task(agent="x", id="1"), True),
        (Task(agent="x", id="1"), Task(agent="y", id="1"), False),
        (Task(agent="x", id="1", path="/p"), Task(agent="x", id="2", path="/p"), False),
        (Task(agent="x", id="1", path="/p"), Task(agent="x", path="/p"), True),
        (Task(agent="x", id="1"), Task(agent="x", path="/p"), False),
        (Task(agent="x"), Task(agent="x"), False),
    ],
)
def test_two_tasks_are_of_one_item(one: Task, other: Task, same: bool) -> None:
    assert one.is_of(other) is same and other.is_of(one) is same


def test_a_task_holds_text_that_json_can() -> None:
    assert reading("x", None, Path("/p"), 5) == Task(agent="x", path="/p", size=5)
    assert plain("/p\udcff") == "/p\\udcff" and plain("/ä") == "/ä" and plain("/p") == "/p"


def test_nobody_watches_a_task_and_nothing_is_skipped() -> None:
    assert UNWATCHED.skips(Task()) is False and UNWATCHED.failed(Task(), ValueError()) is False


@pytest.mark.parametrize(
    ("before", "after", "committed", "placed"),
    [
        # Alone at its place between lines of somebody else, a line of two letters proves nothing.
        ([A, B], [A, "ab", B], [A, X, "ab", D, B], []),
        # But where the replay has what stands on both sides as well, or the file ends there.
        ([A, B], [A, "ab", B], [A, "ab", B], [1]),
        ([], ["ab"], ["ab"], [0]),
        # A heavier one needs no neighbours.
        ([A, B], [A, "abcdefgh", B], [A, X, "abcdefgh", D, B], [2]),
    ],
)
def test_light_lines_need_neighbours_that_the_replay_has_too(
    before: list[str], after: list[str], committed: list[str], placed: list[int]
) -> None:
    lines = Lines()
    old = lines.of_lines(before)
    weave = FileReplay(EditCounts(lines))
    weave.apply(0, TraceEdit("/w/a.py", 0, 1.0, before=tuple(old), after=tuple(lines.of_lines(after))))
    pools = Pools(*(PendingLines(LandedLines(), 0, {}) for _ in range(2)))
    owned = attribute(Sides((old,), lines.of_lines(committed)), [weave], lines, pools)
    assert sorted(owned.placed) == placed and owned.added == dict.fromkeys(placed, 0)


def test_a_copy_takes_nothing_from_its_original() -> None:
    """A new file that was edited is looked at before one that is only like it, whatever their order in the commit."""
    lines = Lines()
    wrote = lines.of_lines(TELLING)
    files = (*changed(None, "b", b"a_copy.py"), *changed(None, "b", b"b.py"))
    timeline = Timeline([edit(100, wrote, before=(), path="b.py")], lambda oid: tuple(wrote) if oid else None, lines)
    [(_, found)] = timeline.run([commit("c", time=200, files=files)])
    assert [(one.path, one.owned.added) for one in found] == [("b.py", {0: 0, 1: 0})]


def patched(lines: Lines, *texts: tuple[int, str]) -> FileReplay:
    """A file of which nothing is known but one hunk: (sign, line) pairs."""
    weave = FileReplay(EditCounts(lines))
    marked = tuple((sign, lines.of_lines([text])[0]) for sign, text in texts)
    weave.apply(0, TraceEdit("/w/a.py", 0, 1.0, patch=((0, marked),)))
    return weave


def fresh() -> Pools:
    return Pools(*(PendingLines(LandedLines(), 0, {}) for _ in range(2)))


def test_a_line_that_was_there_without_an_edit_is_no_edits_elsewhere() -> None:
    """One work tree had the line from somebody unknown; that an edit in another wrote it too proves nothing."""
    lines = Lines()
    there = FileReplay(EditCounts(lines))
    there.apply(
        0, TraceEdit("/w/a.py", 0, 1.0, before=(lines.of_lines([FIRST])[0],), after=tuple(lines.of_lines([FIRST])))
    )
    elsewhere = patched(lines, (1, FIRST))
    sides = Sides(((),), lines.of_lines([FIRST]))
    assert attribute(sides, [there, elsewhere], lines, fresh()).added == {}
    assert attribute(sides, [elsewhere], lines, fresh()).added == {0: 0}


@pytest.mark.parametrize(
    ("old", "added"),
    [("the_result_of_this = compute_something(first_one,second_one,third_one)", {}), (X, {0: 0}), (None, {0: 0})],
)
def test_a_line_that_was_only_formatted_is_no_edits(old: str | None, added: dict[int, int]) -> None:
    lines = Lines()
    weave = patched(lines, (1, "the_result_of_this = compute_something(first_one, second_one,third_one)"))
    new = lines.of_lines(["the_result_of_this = compute_something(first_one, second_one, third_one)"])
    parent = lines.of_lines([old]) if old else None
    owned = attribute(Sides((parent,), new), [weave], lines, fresh())
    assert owned.added == added
    assert owned.loose == frozenset(added)


@pytest.mark.parametrize(
    ("new", "removed", "still"),
    [
        ([A], {1: 0, 2: 0}, []),
        ([A, LATER], {1: 0}, []),
        ([A, LATER, FIRST], {}, []),
        (None, {1: 0, 2: 0}, []),
    ],
)
def test_removed_lines_are_those_an_edit_removed(
    new: list[str] | None, removed: dict[int, int], still: list[int]
) -> None:
    lines = Lines()
    weave = patched(lines, (-1, FIRST), (-1, LATER))
    old = lines.of_lines([A, FIRST, LATER])
    owned = attribute(Sides((old,), lines.of_lines(new) if new else None), [weave], lines, fresh())
    assert (owned.removed, sorted(owned.still)) == (removed, still)


def test_the_edit_that_deleted_a_file_removed_all_of_it() -> None:
    lines = Lines()
    weave = FileReplay(EditCounts(lines))
    weave.apply(3, TraceEdit("/w/a.py", 0, 1.0, op="delete"))
    old = lines.of_lines(["{", A])
    assert attribute(Sides((old,), None), [weave], lines, fresh()).removed == {0: 3, 1: 3}
    assert attribute(Sides((old,), ()), [weave], lines, fresh()).removed == {}


def test_a_removal_lands_once_in_a_line_of_history() -> None:
    lines = Lines()
    contents = {"full": lines.of_lines([A, FIRST]), "less": lines.of_lines([A])}
    removal = edit(100, contents["less"], before=contents["full"])
    commits = [
        commit("a", time=200, files=changed("full", "less")),
        commit("b", "a", time=210, files=changed("less", "full")),
        commit("c", "b", time=220, files=changed("full", "less")),
        commit("z", time=230, files=changed("full", "less")),
    ]
    timeline = Timeline([removal], lambda oid: contents.get(oid or ""), lines)
    found = {one.oid: [each.owned.removed for each in files] for one, files in timeline.run(commits)}
    assert found == {"a": [{1: 0}], "b": [], "c": [], "z": [{1: 0}]}


def test_only_commits_of_edited_files_are_announced() -> None:
    lines = Lines()
    begun: list[str] = []
    commits = [
        commit("a", time=200, files=changed(None, "b")),
        commit("b", "a", time=210, files=changed(None, "b", b"other.py")),
    ]
    timeline = Timeline([edit(100, (1,), before=())], lambda oid: (1,), lines)
    assert [one.oid for one, _ in timeline.run(commits, begin=lambda one: begun.append(one.oid))] == ["a", "b"]
    assert begun == ["a"]


def test_a_file_that_is_no_text_on_one_side_tells_nothing() -> None:
    lines = Lines()
    wrote = tuple(lines.of_lines([FIRST]))
    contents: dict[str, tuple[int, ...]] = {"b": wrote, "e": ()}
    for old, told in ((("e", "e"), True), (("e", "no text"), False), (("no text", "e"), False)):
        merge = commit("m", time=200, files=(ChangedFile(b"a.py", b"a.py", old, "b"),))
        timeline = Timeline([edit(100, wrote, before=())], lambda oid: contents.get(oid or ""), lines)
        [(_, found)] = timeline.run([merge])
        assert bool(found) is told


def test_a_whole_file_is_not_what_a_commit_of_the_same_second_left() -> None:
    lines = Lines()
    wrote = lines.of_lines([FIRST, LATER])
    assert owners(
        [edit(500.6, wrote)], {"b": [FIRST, LATER]}, [commit("c", time=500, files=changed(None, "b"))], lines
    ) == {"c": {0: 0, 1: 0}}


def test_names_that_are_no_text_survive() -> None:
    assert name(b"a\xff.py") == "a\udcff.py" and name("ä.py".encode()) == "ä.py"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("a;b;", "a b "),
        ("a{' '}b", "a b"),
        ('a{" "}b', "a b"),
        ("a{' x'}b", "a{' x'}b"),
        ("a + \\", "a + "),
        ("'it\\'s'", "'it's'"),
    ],
)
def test_what_formatters_add_within_lines_is_left_out(text: str, bare: str) -> None:
    assert _bare(text) == bare
