"""The first pull of many stories: what readers need first, texts when they are read, everything in the end."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitstory.cli import first_pull, remote_consent
from gitstory.git.repo import Repo
from gitstory.hooks import git_story_executable
from gitstory.model import Conversation, Link, Say, Story, Turn, TurnLink
from gitstory.store.store import Batch, StoryStore
from gitstory.summary.note_text import note_text
from tests.cli import story as run
from tests.gitrepo import GitRepo
from tests.integration.test_sync import clone, commits, tree

LONG = " ".join(["It is longer than what comes along with the first part."] * 60)
TALKS = 4


class Forge:
    """A remote with a commit, its story and a long conversation for each of `TALKS`, and the clone that wrote them."""

    def __init__(self, base: Path) -> None:
        self.remote, self.writer = GitRepo(base / "remote.git"), GitRepo(base / "writer")
        self.writer.git("remote", "set-url", "origin", f"file://{self.remote.path}")
        self.commits = self.writer.git("rev-list", "--reverse", "HEAD").split()

    def clone(self, name: str, how: str = "when-needed") -> GitRepo:
        made = clone(self.remote, name)
        made.git("config", "story.pull", how)
        return made


def write(where: GitRepo, oids: list[str], reply: str = LONG) -> None:
    names = [f"talk-{oid[:8]}" for oid in oids]
    turns = {name: (Turn(f"{name}-1", 1, f"why {name}", steps=(Say(reply),)),) for name in names}
    talks = {("codex", name): Conversation("codex", name, turns[name]) for name in names}
    stories = [
        Story(oid, (Link("codex", name, "manual", 0, (TurnLink(f"{name}-1", 1, "manual", 0),)),))
        for oid, name in zip(oids, names, strict=True)
    ]
    with Repo.open(where.path) as repo:
        notes = {one.commit: note_text(one, talks) for one in stories}
        StoryStore(repo).write(Batch(stories, list(talks.values()), notes))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("made")
    remote = GitRepo.init(base / "remote.git", "--bare")
    remote.git("config", "uploadpack.allowFilter", "true")
    remote.git("symbolic-ref", "HEAD", "refs/heads/main")
    writer = clone(remote, "writer")
    commits = [writer.commit(f"change {n}", {f"f{n}.py": f"x = {n}\n"}) for n in range(TALKS)]
    writer.git("push", "-q", "origin", "HEAD:main")
    write(writer, commits)
    assert run(writer.path, "push", "--yes").code == 0
    return base


@pytest.fixture
def forge(made: Path, tmp_path: Path) -> Forge:
    shutil.copytree(made, tmp_path / "forge")
    return Forge(tmp_path / "forge")


def parts(where: GitRepo) -> int:
    """Packs in the copies: each request for what was left out brings one more."""
    return len(list((where.path / ".git/gitstory/partial").glob("*/objects/pack/*.pack")))


def test_texts_come_when_they_are_read(forge: Forge) -> None:
    reader = forge.clone("reader")
    said = run(reader.path, "pull")
    assert said.code == 0 and "can be read now" in said.out
    assert commits(reader.path) == set() and parts(reader) == 1
    shown = run(reader.path, "show", forge.commits[1])
    assert shown.code == 0 and "why talk-" in shown.out and shown.err == ""
    assert parts(reader) == 2
    run(reader.path, "show", forge.commits[1])
    assert parts(reader) == 2
    assert run(reader.path, "log", "-n", "4").out.count("why talk-") == TALKS
    assert parts(reader) == 3  # all that was left in one request


def test_the_repository_itself_is_whole_meanwhile(forge: Forge) -> None:
    reader = forge.clone("reader")
    before = reader.git("config", "--local", "--list"), reader.git("for-each-ref")
    run(reader.path, "pull")
    run(reader.path, "show", "HEAD")
    assert (reader.git("config", "--local", "--list"), reader.git("for-each-ref")) == before
    assert reader.git("fsck", "--strict") == ""
    assert not (reader.path / ".git/shallow").exists()


@pytest.mark.parametrize("how", [("pull", "--all"), ("sync", "--yes")])
def test_in_the_end_everything_is_here(forge: Forge, how: tuple[str, ...]) -> None:
    reader = forge.clone("reader")
    run(reader.path, "pull")
    assert run(reader.path, *how).code == 0
    assert tree(reader.path) == tree(forge.writer.path)
    assert tree(reader.path, "refs/notes/story") == tree(forge.writer.path, "refs/notes/story")
    assert not (reader.path / ".git/gitstory/partial").exists()
    assert "first pull" not in run(reader.path, "status").out


def test_a_later_pull_brings_what_is_new(forge: Forge) -> None:
    reader = forge.clone("reader")
    run(reader.path, "pull")
    new = forge.writer.commit("later", {"later.py": "y = 1\n"})
    forge.writer.git("push", "-q", "origin", "HEAD:main")
    write(forge.writer, [new])
    assert run(forge.writer.path, "push", "--yes").code == 0
    reader.git("pull", "-q")
    assert run(reader.path, "pull").code == 0
    assert f"why talk-{new[:8]}" in run(reader.path, "show", "HEAD").out


@pytest.mark.parametrize("command", [("stats",), ("conversations",), ("explain", "HEAD")])
def test_commands_whose_reading_may_be_stored_ask_no_remote(forge: Forge, command: tuple[str, ...]) -> None:
    reader = forge.clone("reader")
    run(reader.path, "pull")
    assert "is not finished" in run(reader.path, *command).err
    assert parts(reader) == 1


def test_the_pull_that_finishes_it_does_not_say_that_it_is_not(forge: Forge) -> None:
    reader = forge.clone("reader")
    run(reader.path, "pull")
    assert run(reader.path, "pull", "--all").err == ""


def test_offline_is_said(forge: Forge) -> None:
    reader = forge.clone("reader")
    run(reader.path, "pull")
    forge.remote.path.rename(forge.remote.path.with_name("gone.git"))
    said = run(reader.path, "show", forge.commits[0])
    assert said.code == 0
    assert "some texts are still at origin only" in said.err and "hint: " in said.err


def test_what_was_forgotten_here_is_not_read_there(forge: Forge) -> None:
    reader = forge.clone("reader")
    write(reader, [forge.commits[0]])
    assert run(reader.path, "forget", "--yes", f"talk-{forge.commits[0][:8]}").code == 0
    run(reader.path, "pull")
    assert "why talk-" not in run(reader.path, "show", forge.commits[0]).out
    assert "why talk-" in run(reader.path, "show", forge.commits[1]).out
    assert run(reader.path, "forget", "--yes", "--all").code in (0, 1)


def test_forgetting_removes_the_copies(forge: Forge) -> None:
    reader = forge.clone("reader")
    run(reader.path, "pull")
    write(reader, ["a" * 40])
    assert run(reader.path, "forget", "--yes", "talk-aaaaaaaa").code == 0
    assert not (reader.path / ".git/gitstory/partial").exists()


@pytest.mark.parametrize("how", ["wait", "background"])
def test_without_a_person_everything_is_pulled(forge: Forge, how: str) -> None:
    reader = forge.clone("reader", how)
    assert run(reader.path, "pull").code == 0
    assert tree(reader.path) == tree(forge.writer.path)


def test_a_remote_that_sends_no_parts_sends_everything(forge: Forge) -> None:
    forge.remote.git("config", "uploadpack.allowFilter", "false")
    reader = forge.clone("reader")
    assert run(reader.path, "pull").code == 0
    assert tree(reader.path) == tree(forge.writer.path)


def test_few_stories_are_pulled_at_once(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = forge.clone("reader", "background")
    monkeypatch.setattr(remote_consent, "attended", lambda: True)
    assert run(reader.path, "pull").code == 0
    assert tree(reader.path) == tree(forge.writer.path)
    assert not (reader.path / ".git/gitstory/partial").exists()


def test_the_rest_of_many_comes_in_the_background(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = forge.clone("reader", "background")
    monkeypatch.setattr(remote_consent, "attended", lambda: True)
    monkeypatch.setattr(first_pull, "SMALL", 0)
    started = []
    start = git_story_executable.start
    monkeypatch.setattr(git_story_executable, "start", lambda *args: started.append(start(*args)))
    said = run(reader.path, "pull")
    assert said.code == 0 and "in the background" in said.out
    assert [process.wait(timeout=60) for process in started] == [0]
    assert not (reader.path / ".git/gitstory/partial").exists()
    assert tree(reader.path) == tree(forge.writer.path)


def test_what_a_killed_background_left_the_next_pull_brings(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = forge.clone("reader", "background")
    monkeypatch.setattr(remote_consent, "attended", lambda: True)
    monkeypatch.setattr(first_pull, "SMALL", 0)
    monkeypatch.setattr(first_pull, "_start", lambda repo, place: None)  # it is killed before it does anything
    run(reader.path, "pull")
    assert "is not finished" in run(reader.path, "status").out
    assert "are not among these yet" in run(reader.path, "conversations").err
    assert run(reader.path, "pull").code == 0
    assert tree(reader.path) == tree(forge.writer.path)


def test_settings_of_this_repository_reach_the_remote(forge: Forge) -> None:
    reader = forge.clone("reader")
    reader.git("config", f"url.file://{forge.remote.path}.insteadOf", "stories:there")
    reader.git("remote", "set-url", "origin", "stories:there")
    assert "can be read now" in run(reader.path, "pull").out
    assert "why talk-" in run(reader.path, "show", "HEAD").out


def test_a_forged_tree_ends_nothing(forge: Forge) -> None:
    """A reader takes single paths out of what the remote has; it walks no tree of it."""
    blob = forge.remote.git("hash-object", "-w", "--stdin", input=b"{}")
    node = forge.remote.git("mktree", input=f"100644 blob {blob}\tx\n".encode())
    for _ in range(40):
        node = forge.remote.git("mktree", input="".join(f"040000 tree {node}\t{n:02x}\n" for n in range(256)).encode())
    rows = "".join(f"040000 tree {node}\t{name}\n" for name in ("commits", "conversations", "tombstones"))
    schema = forge.remote.git("hash-object", "-w", "--stdin", input=b'{"schema":"gitstory.store/1"}')
    rows += f"100644 blob {schema}\tformat.json\n"
    top = forge.remote.git("mktree", input=rows.encode())
    bomb = forge.remote.git("commit-tree", "-m", "x", top)
    forge.remote.git("update-ref", "refs/story/data", bomb)
    reader = forge.clone("reader")
    assert run(reader.path, "pull").code in (0, 1)
    for command in (("show", "HEAD"), ("log",), ("why", "f1.py:1"), ("status",)):
        assert run(reader.path, *command).code in (0, 1)
