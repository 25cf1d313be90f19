"""Records are found by what they name, however a program wrote it."""

from __future__ import annotations

import pytest

from gitstory.git.refs import rewrite
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Decision, FileStory, Link, Range, Story, Turn, TurnLink
from gitstory.store import find_records_naming
from gitstory.store.record_index.index import RecordIndex
from gitstory.store.record_paths import commit_path
from gitstory.store.store import DATA_REF, Batch, Contents, StoryStore
from tests.gitrepo import GitRepo

IDS = ["plain", 'a "quoted" \\ id', "Zürich-日本", "torn-\udce9", "tab\tand\nnewline", "", "plain-er", "x" * 300]


@pytest.fixture
def contents(repo: GitRepo) -> Contents:
    with Repo.open(repo.path) as opened:
        store = StoryStore(opened)
        stories = [
            Story(f"{number:040x}", (Link("codex", name, "lines", 1, (TurnLink("t1", 1, "lines", 1),)),))
            for number, name in enumerate(IDS)
        ]
        talks = [Conversation("codex", name, (Turn(f"{name}-turn", 1, "prompt"),)) for name in IDS]
        store.write(Batch(stories, talks))
        return Contents(opened, store.contents.root)


@pytest.mark.parametrize("name", IDS)
def test_a_story_and_a_conversation_are_found(contents: Contents, name: str) -> None:
    stories = {story.links[0].conversation for story in find_records_naming.stories_naming(contents, {name})}
    assert name in stories
    metas = {meta.id for meta in find_records_naming.metas_naming(contents, {f"{name}-turn"})}
    assert name in metas
    if name not in ("", "plain"):
        assert stories == metas == {name}
    contents.repo.home.mkdir(parents=True, exist_ok=True)
    RecordIndex.of(contents).close()
    asked = find_records_naming.stories_naming(contents, {name, "none"})
    assert [story.links[0].conversation for story in asked] == [name], "the index knows it exactly"
    assert {meta.id for meta in find_records_naming.metas_naming(contents, {f"{name}-turn", "none"})} == {name}


def test_the_index_is_asked_however_a_record_names_an_id(contents: Contents) -> None:
    lines = FileStory("a", 1, 1, (Range(1, 1, "codex", "added", "t"),), (Range(1, 1, "codex", "removed", "t"),))
    decisions = (Decision("codex", "untied", False, 1.0), Decision("amp", "tied", True, 1.0, "t"))
    link = Link("codex", "linked", "time", 0)
    stories = [Story("a" * 40, (link,), (lines,), open=("running",), decisions=decisions), Story("b" * 40)]
    talks = [
        Conversation("codex", "sub", (Turn("t1", 1, "p"),), parent="above", subagent=True),
        Conversation("codex", "fork", (Turn("t2", 1, "p"), Turn("t3", 2, "p")), parent="above"),
    ]
    contents.repo.home.mkdir(parents=True, exist_ok=True)
    store = StoryStore(contents.repo)
    store.write(Batch(stories, talks))
    assert list(find_records_naming.stories_naming(store.contents, {"none"})) == []
    assert store.index.is_lasting
    for name in ("linked", "added", "removed", "running", "untied", "tied"):
        found = find_records_naming.stories_naming(store.contents, {name, "none"})
        assert [story.commit for story in found] == ["a" * 40], name
    for name, ids in (("above", ["sub"]), ("t1", ["sub"]), ("t3", ["fork"]), ("sub", [])):
        assert [meta.id for meta in find_records_naming.metas_naming(store.contents, {name})] == ids


def test_letters_that_another_program_escapes_hide_nothing(contents: Contents) -> None:
    path = commit_path("ab" * 20)
    record = b'{"schema":"gitstory.commit/1","commit":"%s","links":[{"agent":"codex","conversation":"\\u0070lain",' % (
        b"ab" * 20
    )
    record += b'"evidence":"lines","lines":1,"turns":[{"id":"t1","index":1,"evidence":"lines","lines":1}]}]}\n'
    rewrite(contents.repo, [DATA_REF], lambda _seen: {DATA_REF: {path: record}})
    now = StoryStore(contents.repo).contents
    assert "ab" * 20 in {story.commit for story in find_records_naming.stories_naming(now, {"plain"})}


def test_for_many_texts_everything_is_read(contents: Contents) -> None:
    many = {f"none-{number}" for number in range(find_records_naming.MOST_TEXTS + 1)}
    assert len(list(find_records_naming.stories_naming(contents, many))) == len(IDS)
    assert len(list(find_records_naming.metas_naming(contents, many))) == len(IDS)
    assert list(find_records_naming.stories_naming(contents, set())) == []
