"""Which pull request or merge a commit of a range belongs to, and how a review is divided by them."""

from __future__ import annotations

from io import StringIO

import pytest
from msgspec.structs import replace

from gitstory.git.commit_details import CommitInfo
from gitstory.model import Link, Story, TurnLink
from gitstory.queries.review.commits_by_pull_request import CommitGroup, commit_groups
from gitstory.queries.review.length_budget import WORDS, fitted
from gitstory.queries.review.values import Brief, Quote
from gitstory.render.review import head, parts, review_object, write_review
from gitstory.sources.story_source import TurnRef
from gitstory.text.console import Console


def commit(oid: str, parents: str, subject: str = "", body: str = "") -> CommitInfo:
    return CommitInfo(oid, tuple(parents), "", "", 0, 0, "", 0, subject or f"commit {oid}", body)


def grouped(tip: str, *commits: CommitInfo) -> list[tuple[str, str]]:
    return [(group.name, "".join(group.commits)) for group in commit_groups(tip, commits)]


@pytest.mark.parametrize(
    ("subject", "body", "name"),
    [
        ("Merge pull request #12 from someone/read-names", "Read names\n\nMore of it.", "#12 Read names"),
        ("Merge pull request #12 from someone/read-names", "", "#12 read-names"),
        ("Merge branch 'read-names' into 'main'", "Read names\n\nSee merge request group/it!7", "!7 Read names"),
        ("Merge branch 'read-names' into 'main'", "See merge request group/it!7", "!7 read-names"),
        ("Merged PR 31: Read names", "", "#31 Read names"),
        ("Read names (#9)", "", "#9 Read names"),
        ("Read names (!9)", "", "!9 Read names"),
        ("Merge branch 'read-names'", "", "read-names"),
        ("Merge remote-tracking branch 'origin/read-names'", "", "origin/read-names"),
        ("Read " + "names " * 20, "", "Read" + " names" * 11 + "…"),
    ],
)
def test_what_a_merge_is_called(subject: str, body: str, name: str) -> None:
    merge = commit("m", "ab", subject, body)
    assert grouped("n", commit("b", ""), merge, commit("n", "m", "Write names (#99)"))[0] == (name, "bm")


def test_each_commit_is_of_the_merge_that_brought_it() -> None:
    commits = [
        commit("a", "0"), commit("b", "0"), commit("c", "b"), commit("m", "ac", "Merge branch 'x'"),
        commit("d", "m", "One more (#5)"), commit("e", "c"), commit("n", "de", "Merge branch 'y'"),
        commit("f", "n", "And again (#5)"),
    ]  # fmt: skip
    assert grouped("f", *commits) == [
        ("x", "bcm"),
        ("#5 One more", "df"),
        ("y", "en"),
        ("Commits that no pull request or merge brought", "a"),
    ]


@pytest.mark.parametrize(
    "commits",
    [
        [commit("a", "0"), commit("b", "a")],
        [commit("b", "0"), commit("m", "0b", "Merge branch 'x'")],
        [commit("a", "0"), commit("m", "a1", "Merge branch 'main'")],  # it brings nothing of its own
        [commit("a", "0", "Only one (#3)")],
    ],
)
def test_a_range_of_one_thing_is_not_divided(commits: list[CommitInfo]) -> None:
    assert commit_groups(commits[-1].oid, commits) == ()


def test_a_turn_is_of_the_first_merge_that_names_it() -> None:
    def story(oid: str, *turns: str) -> Story:
        links = tuple(TurnLink(turn, 1, "lines") for turn in turns)
        return Story(oid, (Link("codex", "c1", "lines", 1, links), Link("codex", "c2", "time", 0, links)))

    commits = [commit("a", "0", "A (#1)"), commit("b", "a", "B (#2)")]
    one, two = commit_groups("b", commits, {"a": story("a", "t1"), "b": story("b", "t1", "t2")})
    assert one.turns == {TurnRef("codex", "c1", "t1")} and two.turns == {TurnRef("codex", "c1", "t2")}


def of_turn(number: int, text: str) -> Quote:
    return Quote(text, TurnRef("codex", "c1", str(number)), number, "person", float(number))


def brief_of(count: int) -> Brief:
    groups = tuple(
        CommitGroup(f"#{n}", f"Title {n}", (str(n),), turns=frozenset([TurnRef("codex", "c1", str(n))]))
        for n in range(count)
    )
    silent = CommitGroup("#99", "Nothing is known of it", ("x",))
    return Brief(
        "a..b", "a", "b", (), 1, 1, 0, 0,
        requests=tuple(of_turn(n, f"Please do {n} " + "word " * 20) for n in range(count)),
        decided=(of_turn(1, "I chose a set because order does not matter."),),
        groups=(*groups, silent),
    )  # fmt: skip


def test_a_review_of_several_is_divided_by_them() -> None:
    brief = brief_of(2)
    assert [(part.title, [text for text, _ in part.items]) for part in parts(brief)] == [
        ("#0 Title 0 (1 commit)", [f"“{brief.requests[0].text}”"]),
        (
            "#1 Title 1 (1 commit)",
            [f"“{brief.requests[1].text}”", "decided: “I chose a set because order does not matter.”"],
        ),
    ]
    assert head(brief)[-1] == "3 pull requests or merges, 1 without a conversation"
    assert [(one["pull_request"], one["commits"]) for one in review_object(brief)["groups"]] == [
        ("#0", ["0"]), ("#1", ["1"]), ("#99", ["x"]),
    ]  # fmt: skip
    plain = replace(brief, groups=())
    assert [part.title for part in parts(plain)] == ["What was asked", "Decisions"]


def test_many_of_them_keep_to_the_length_too() -> None:
    brief = fitted(brief_of(60))
    out = StringIO()
    write_review(brief, Console(out, color=False, width=100), lambda one: "1f2e3d4c#2")
    assert len(out.getvalue().split()) <= WORDS and brief.left == 61 - len(brief.requests) - len(brief.decided)
    assert 6 < len(brief.requests) <= 12
