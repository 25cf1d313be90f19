"""What goes along when something is forgotten, what is written instead, and what tombstones of others would erase."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from gitstory.git.repo import Repo
from gitstory.model import Conversation, Decision, FileStory, Link, Range, Say, Story, Turn, TurnLink
from gitstory.store import erasure_plan
from gitstory.store.erasure_plan import Wish, anywhere, forgetting, named, redacting, tombstones, widened
from gitstory.store.purge_erased import is_ours
from gitstory.store.record_paths import Tombstone
from gitstory.store.records import encode_turn, taken_back, title_taken_back
from gitstory.store.store import Batch, StoryStore
from gitstory.store.sync.tombstone_losses import losses
from tests.gitrepo import GitRepo

NATIVE = "native-turn-id-0"
COMMIT, OTHER, THIRD = "a" * 40, "b" * 40, "c" * 40
KEY, FORK, CHILD, GRANDCHILD = ("codex", "c1"), ("codex", "fork"), ("codex", "child"), ("codex", "grandchild")


def conversation(key: tuple[str, str], *turns: str, parent: str | None = None, title: str = "") -> Conversation:
    made = tuple(Turn(turn, number, f"prompt {turn}", steps=(Say("a"),)) for number, turn in enumerate(turns, 1))
    return Conversation(*key, title=title or f"title of {key[1]}", turns=made, parent=parent, subagent=bool(parent))


def link(key: tuple[str, str], *turns: str) -> Link:
    return Link(*key, "lines", len(turns), tuple(TurnLink(turn, 1, "lines", 1) for turn in turns))


STORIES = [
    Story(
        COMMIT,
        (link(KEY, NATIVE, "2"), link(FORK, NATIVE)),
        (FileStory("a.py", 2, 0, (Range(1, 1, *KEY, NATIVE), Range(2, 2, *KEY, "2"))),),
        open=("c1",),
    ),
    Story(OTHER, (link(KEY, "2"),), decisions=(Decision("codex", "else", False, 1.0),)),
    Story(THIRD, (link(KEY, "2"),)),
]
CONVERSATIONS = [
    conversation(KEY, NATIVE, "2"),
    conversation(FORK, NATIVE, "2"),
    conversation(CHILD, "1", parent="c1"),
    conversation(GRANDCHILD, "1", parent="child"),
    conversation(("claude-code", "other"), NATIVE, parent="c1"),
    replace(conversation(("codex", "went on"), "9"), parent="c1"),
]


@pytest.fixture
def store(repo: GitRepo) -> Iterator[StoryStore]:
    with Repo.open(repo.path) as opened:
        made = StoryStore(opened)
        made.write(Batch(STORIES, CONVERSATIONS, {one.commit: "note" for one in STORIES}))
        yield made


@pytest.mark.parametrize(
    ("wish", "conversations", "turns", "elsewhere"),
    [
        (Wish(conversations=frozenset({KEY})), {KEY, CHILD, GRANDCHILD}, {(*FORK, NATIVE)}, {("codex", NATIVE)}),
        (Wish(conversations=frozenset({CHILD})), {CHILD, GRANDCHILD}, set(), set()),
        (
            Wish(turns=frozenset({(*KEY, NATIVE)})),
            set(),
            {(*KEY, NATIVE), (*FORK, NATIVE)},
            {("codex", NATIVE)},
        ),
        # An ordinal is another turn elsewhere.
        (Wish(turns=frozenset({(*KEY, "2")})), set(), {(*KEY, "2")}, set()),
        (
            Wish(elsewhere=frozenset({("claude-code", NATIVE), ("codex", "2")})),
            set(),
            {("claude-code", "other", NATIVE)},
            {("claude-code", NATIVE)},
        ),
        (Wish(commits=frozenset({COMMIT})), set(), set(), set()),
    ],
)
def test_what_goes_along(
    store: StoryStore, wish: Wish, conversations: set[object], turns: set[object], elsewhere: set[object]
) -> None:
    wide = widened(store.contents, wish)
    assert (wide.conversations, wide.turns, wide.elsewhere) == (conversations, turns, elsewhere)
    assert wide.commits == wish.commits


def test_tombstones_of_a_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    wish = Wish(
        frozenset({KEY}), frozenset({(*FORK, "2"), (*FORK, "3")}), frozenset({COMMIT}), frozenset({("codex", NATIVE)})
    )
    whole = [
        Tombstone("conversation", KEY),
        Tombstone("turn", (*FORK, "2")),
        Tombstone("turn", (*FORK, "3")),
        Tombstone("redacted", FORK),
        Tombstone("commit", (COMMIT,)),
    ]
    assert tombstones(wish) == [*whole, anywhere("codex", NATIVE)]
    monkeypatch.setattr(erasure_plan, "MOST_COPIES", 1)
    assert len(tombstones(wish)) == 6
    monkeypatch.setattr(erasure_plan, "MOST_COPIES", 0)
    assert tombstones(wish) == whole


def note(story: Story, conversations: object) -> str:
    return f"{story.commit[0]} names {sorted(conversations)}"  # type: ignore[call-overload]


def test_stories_lose_what_is_forgotten(store: StoryStore) -> None:
    wish = Wish(conversations=frozenset({KEY}))
    batch = forgetting(store.contents, wish, note)
    [left, bare] = batch.stories
    assert left == Story(COMMIT, (link(FORK, NATIVE),), (FileStory("a.py", 2, 0),))
    assert bare == replace(STORIES[1], links=())
    assert batch.notes == {COMMIT: "a names [('codex', 'fork')]", OTHER: None}
    assert (batch.drop, batch.tombstones) == ([THIRD], tombstones(wish))


def test_a_turn_that_is_forgotten_takes_its_lines(store: StoryStore) -> None:
    batch = forgetting(store.contents, Wish(turns=frozenset({(*KEY, NATIVE)})), note)
    [left] = batch.stories
    assert left.links == (link(FORK, NATIVE), link(KEY, "2")) or left.links == (link(KEY, "2"), link(FORK, NATIVE))
    assert left.files == (FileStory("a.py", 2, 0, (Range(2, 2, *KEY, "2"),)),)
    assert (left.open, batch.drop) == (("c1",), [])


def test_a_commit_that_is_forgotten_is_not_written_again(store: StoryStore) -> None:
    wish = Wish(conversations=frozenset({KEY}), commits=frozenset({COMMIT, THIRD}))
    batch = forgetting(store.contents, wish, note)
    assert ([one.commit for one in batch.stories], batch.drop) == ([OTHER], [])


def test_the_conversations_that_a_story_names(store: StoryStore) -> None:
    found = named(store.contents, STORIES[0])
    assert {key: [turn.id for turn in one.turns] for key, one in found.items()} == {KEY: [NATIVE, "2"], FORK: [NATIVE]}
    other = replace(CONVERSATIONS[0], title="instead")
    assert named(store.contents, STORIES[0], {KEY: other})[KEY] == other
    assert named(store.contents, Story(COMMIT, (link(("codex", "nobody"), "1"),))) == {}


@pytest.mark.parametrize("freeze", [False, True])
def test_a_redaction_replaces_texts_and_notes(store: StoryStore, freeze: bool) -> None:
    def change(one: Conversation) -> Conversation:
        if one.key != KEY:
            return one
        return replace(one, title="hidden", turns=(replace(one.turns[0], prompt="hidden"), one.turns[1]))

    keys = [KEY, FORK, ("codex", "nobody")]
    made = redacting(store.contents, keys, change, {THIRD: "given", "d" * 40: None}, note, freeze=freeze)
    assert (made.conversations, made.turns, made.notes) == (1, 1, 4), "a title is no turn"
    assert [one.title for one in made.batch.conversations] == ["hidden"]
    assert made.batch.drop_conversations == [KEY]
    stones = [taken_back(encode_turn(CONVERSATIONS[0].turns[0]))]
    stones += [Tombstone("redacted", (*KEY, NATIVE))] * freeze
    stones += [title_taken_back("title of c1")] + [Tombstone("redacted", KEY)] * freeze
    assert made.batch.tombstones == stones
    assert made.batch.notes == {
        COMMIT: "a names [('codex', 'c1'), ('codex', 'fork')]",
        OTHER: "b names [('codex', 'c1')]",
        THIRD: "c names [('codex', 'c1')]",
        "d" * 40: None,
    }


@pytest.mark.parametrize(
    ("blob", "ours"),
    [
        (b'{"schema":"gitstory.commit/1","x":1}', True),
        (b'{"schema":"gitstory.turn/2"}', True),
        (b'{"schema":"other.turn/2"}', False),
        (b' {"schema":"gitstory.turn/2"}', False),
        (b'{"schema":"gitstory./1"}', False),
        (b"", False),
    ],
)
def test_a_record_says_that_it_is_one(blob: bytes, ours: bool) -> None:
    assert is_ours(blob) is ours


@pytest.mark.parametrize(
    ("stones", "stories", "conversations", "turns", "titles"),
    [
        ([Tombstone("conversation", KEY)], [COMMIT, OTHER, THIRD], [KEY], 0, 0),
        ([Tombstone("conversation", CHILD)], [], [CHILD], 0, 0),
        ([Tombstone("turn", (*KEY, NATIVE))], [COMMIT], [], 1, 0),
        ([Tombstone("turn", (*KEY, "7"))], [], [], 0, 0),
        ([anywhere("codex", NATIVE)], [], [], 2, 0),
        ([Tombstone("commit", (THIRD,))], [THIRD], [], 0, 0),
        ([Tombstone("commit", ("d" * 40,))], [], [], 0, 0),
        ([Tombstone("redacted", KEY)], [], [], 0, 1),
        ([Tombstone("redacted", (*FORK, "2"))], [], [], 1, 0),
        ([title_taken_back("title of fork")], [], [], 0, 1),
        ([title_taken_back("another")], [], [], 0, 0),
        ([taken_back(encode_turn(CONVERSATIONS[0].turns[1]))], [], [], 2, 0),  # the fork has the same text
        ([Tombstone("conversation", KEY), Tombstone("redacted", KEY), Tombstone("turn", (*KEY, "2"))],
         [COMMIT, OTHER, THIRD], [KEY], 0, 0),
    ],
)  # fmt: skip
def test_what_tombstones_of_others_would_erase(
    store: StoryStore, stones: list[Tombstone], stories: list[str], conversations: list[object], turns: int, titles: int
) -> None:
    names = frozenset(one.name for one in stones)
    lost = losses(store.contents, names)
    assert sorted(lost.stories) == stories
    assert [key for key, _ in lost.conversations] == conversations
    assert (lost.turns, lost.titles) == (turns, titles)
    assert lost.names == (names if stories or conversations or turns or titles else set())
