"""Strategies for stored values, small enough that two of them often speak of the same thing."""

from __future__ import annotations

from hypothesis import strategies as st

from gitstory.model import (
    EVIDENCE_ORDER,
    Call,
    Conversation,
    Decision,
    Edit,
    FileStory,
    Hunk,
    Link,
    Range,
    Say,
    Story,
    Turn,
    TurnLink,
)
from gitstory.store.record_merge import merge
from gitstory.store.record_paths import META, Tombstone, commit_path, conversation_path, turn_name
from gitstory.store.records import encode_meta, encode_story, encode_turn, meta_of

COMMIT = "ab" + "0" * 38
COMMITS = st.sampled_from([COMMIT, "ab" + "1" * 38])
AGENTS = st.sampled_from(["codex", "claude-code"])
IDS = st.sampled_from(["c1", "c2"])
TURNS = st.sampled_from(["t1", "t2", "t3"])
EVIDENCE = st.sampled_from(EVIDENCE_ORDER)
SMALL = st.integers(0, 5)


def ranges() -> st.SearchStrategy[Range]:
    return st.builds(
        lambda start, size, agent, id_, turn, hash_: Range(start, start + size, agent, id_, turn, hash_),
        st.integers(1, 9),
        SMALL,
        AGENTS,
        IDS,
        TURNS,
        st.sampled_from(["", "00"]),
    )


def files() -> st.SearchStrategy[FileStory]:
    some = st.lists(ranges(), max_size=3).map(tuple)
    return st.builds(FileStory, st.sampled_from(["a.py", "b.py"]), SMALL, SMALL, some, some)


def links() -> st.SearchStrategy[Link]:
    turn = st.builds(TurnLink, TURNS, SMALL, EVIDENCE, SMALL)
    turns = st.lists(turn, max_size=3, unique_by=lambda t: t.id).map(tuple)
    return st.builds(Link, AGENTS, IDS, EVIDENCE, SMALL, turns)


def stories() -> st.SearchStrategy[Story]:
    return st.builds(
        Story,
        COMMITS,
        st.lists(links(), max_size=3, unique_by=lambda link: (link.agent, link.conversation)).map(tuple),
        st.lists(files(), max_size=2, unique_by=lambda file: file.path).map(tuple),
        st.lists(COMMITS, max_size=2, unique=True).map(tuple),
        st.lists(IDS, max_size=2, unique=True).map(tuple),
        decisions=st.lists(decisions(), max_size=3).map(tuple),
    )


def decisions() -> st.SearchStrategy[Decision]:
    return st.builds(Decision, AGENTS, IDS, st.booleans(), st.sampled_from([1.0, 2.0]), st.none() | TURNS)


def turns() -> st.SearchStrategy[Turn]:
    step = st.sampled_from([Say("a"), Say("bb"), Call("Edit", edits=(Edit("/w/a", hunks=(Hunk(1, 1, ("+x",)),)),))])
    return st.builds(
        Turn,
        TURNS,
        SMALL,
        st.sampled_from(["p", "q"]),
        steps=st.lists(step, max_size=3).map(tuple),
        abandoned=st.booleans(),
    )


def conversations() -> st.SearchStrategy[Conversation]:
    places = st.lists(st.sampled_from(["/a", "/b", "/c"]), max_size=3).map(tuple)
    times = st.none() | st.sampled_from([1.0, 2.0])
    return st.builds(
        Conversation,
        AGENTS,
        IDS,
        st.lists(turns(), max_size=3, unique_by=lambda t: t.id).map(tuple),
        st.sampled_from(["", "title", "other"]),
        places,
        places,
        times,
        times,
        st.sampled_from(["", "1"]),
        st.none() | IDS,
        st.booleans(),
        remotes=places,
        heads=places,
        from_plan=st.booleans(),
    )


def tombstones() -> st.SearchStrategy[Tombstone]:
    return st.one_of(
        st.builds(lambda c: Tombstone("commit", (c,)), COMMITS),
        st.builds(lambda a, i: Tombstone("conversation", (a, i)), AGENTS, IDS),
        st.builds(lambda a, i, t: Tombstone("turn", (a, i, t)), AGENTS, IDS, TURNS),
    )


def tree(stored: list[Story], talked: list[Conversation], buried: list[Tombstone]) -> dict[bytes, bytes]:
    """The files of a store that holds these, less what is buried."""
    made = {tombstone.path: b"{}\n" for tombstone in buried}
    for story in stored:
        made[commit_path(story.commit)] = encode_story(story)
    for conversation in talked:
        folder = conversation_path(*conversation.key)
        if folder + b"/" + META in made:
            continue
        made[folder + b"/" + META] = encode_meta(meta_of(conversation))
        for turn in conversation.turns:
            made[folder + b"/" + turn_name(turn.id)] = encode_turn(turn)
    return merge(made, {})


def trees() -> st.SearchStrategy[dict[bytes, bytes]]:
    return st.builds(
        tree, st.lists(stories(), max_size=2), st.lists(conversations(), max_size=3), st.lists(tombstones(), max_size=1)
    )
