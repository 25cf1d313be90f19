"""Stories through a git remote: nothing is lost, nothing leaves unasked, nothing comes back."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gitstory.cli import remote_consent
from gitstory.git.fetch_push import Caller, resolve
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Link, Say, Story, Turn, TurnLink
from gitstory.store.erasure_plan import Wish, forgetting, widened
from gitstory.store.store import DATA_REF, NOTES_REF, Batch, StoryStore
from gitstory.store.sync.pull_push import StoreRemote, pull, push
from gitstory.summary.note_text import note_text
from tests.cli import story as run
from tests.gitrepo import GitRepo
from tests.integration.everything import objects
from tests.stories import Told


def oid(number: int, width: int = 40) -> str:
    return hashlib.sha256(b"%d" % number).hexdigest()[:width]


def write(where: Path, *numbers: int, turns: int = 1, talk: str | None = None) -> None:
    """Stories of their own, each with a conversation, with their notes."""
    with Repo.open(where) as repo:
        width = 64 if repo.object_format == "sha256" else 40
        made = [(oid(number, width), talk or f"talk-{number}") for number in numbers]
        talks = {("codex", name): conversation(name, turns) for _, name in made}
        stories = [
            Story(commit, (Link("codex", name, "lines", 1, (TurnLink(f"{name}-1", 1, "lines", 1),)),))
            for commit, name in made
        ]
        texts = {one.commit: note_text(one, talks) for one in stories}
        StoryStore(repo).write(Batch(stories, list(talks.values()), texts))


def conversation(name: str, turns: int) -> Conversation:
    made = tuple(Turn(f"{name}-{n}", n, f"prompt {n} of {name}", steps=(Say("done"),)) for n in range(1, turns + 1))
    return Conversation("codex", name, made)


def commits(where: Path) -> set[str]:
    with Repo.open(where) as repo:
        return set(StoryStore(repo).commits())


def notes(where: Path) -> set[str]:
    return {row.split()[1] for row in GitRepo(where).git("notes", "--ref=story", "list").splitlines()}


def tree(where: Path, ref: str = DATA_REF) -> str:
    return GitRepo(where).git("rev-parse", f"{ref}^{{tree}}")


@pytest.fixture
def remote(tmp_path: Path) -> GitRepo:
    return GitRepo.init(tmp_path / "remote.git", "--bare")


def clone(remote: GitRepo, name: str, *args: str) -> GitRepo:
    path = remote.path.parent / name
    subprocess.run(["git", "clone", "-q", *args, f"file://{remote.path}", str(path)], check=True, capture_output=True)
    return GitRepo(path)


def sync(where: GitRepo, *args: str, code: int = 0) -> str:
    said = run(where.path, "sync", "--yes", *args)
    assert said.code == code, said.err
    return said.out


def test_a_fresh_clone_reads_the_story(repo: GitRepo, remote: GitRepo) -> None:
    told = Told(repo)
    repo.git("remote", "add", "origin", f"file://{remote.path}")
    repo.git("push", "-q", "origin", "main")
    assert run(repo.path, "push", "--yes").out == "origin now has all stories\n"
    other = clone(remote, "other")
    assert other.git("for-each-ref", "refs/story", "refs/notes") == ""
    assert run(other.path, "pull").out == "from origin: 2 stories, 1 new conversation and 5 turns\n"
    for args in (("show", told.third), ("show", "--json"), ("blame", "calc.py"), ("why", "calc.py:6"), ("log",)):
        assert run(other.path, *args) == run(repo.path, *args)
    assert "Claude Code" in other.git("log", "-1", "--notes=story")
    assert tree(other.path) == tree(repo.path) == tree(remote.path)
    assert tree(other.path, NOTES_REF) == tree(remote.path, NOTES_REF)
    assert run(other.path, "pull").out == "nothing new from origin\n"
    assert run(other.path, "push").out == "origin already has all stories\n"


def test_two_clones_end_with_the_same_union(remote: GitRepo) -> None:
    one, two = clone(remote, "one"), clone(remote, "two")
    write(one.path, 1)
    write(two.path, 2)
    write(one.path, 3, talk="shared", turns=2)
    write(two.path, 4, talk="shared", turns=5)
    for where in (one, two, one):
        sync(where)
    assert commits(one.path) == commits(two.path) == {oid(number) for number in (1, 2, 3, 4)}
    assert tree(one.path) == tree(two.path) == tree(remote.path)
    assert notes(one.path) == notes(two.path) == notes(remote.path) == commits(one.path)
    with Repo.open(one.path) as repo:
        shared = StoryStore(repo).conversation("codex", "shared")
        assert shared is not None and len(shared.turns) == 5
    # The same stories are the same commit everywhere, for the remote's chain is not kept here.
    assert one.git("rev-parse", DATA_REF) == two.git("rev-parse", DATA_REF)
    assert one.git("rev-list", "--count", DATA_REF) == "1"
    for where in (one, two, remote):
        where.git("fsck", "--strict", "--no-dangling")


def test_a_push_sends_only_what_is_new_and_needs_no_force(remote: GitRepo) -> None:
    remote.git("config", "receive.denyNonFastForwards", "true")
    one, two = clone(remote, "one"), clone(remote, "two")
    write(one.path, *range(60))
    sync(one)
    sync(two)
    before = loose(remote), loose(two)
    write(one.path, 100)
    sync(one)
    sync(two)
    after = loose(remote), loose(two)
    assert after[0] - before[0] < 30
    assert after[1] - before[1] < 50
    assert remote.git("rev-list", "--count", DATA_REF) == "2"


def loose(where: GitRepo) -> int:
    """All objects, in packs or not."""
    rows = dict(row.split(": ") for row in where.git("count-objects", "-v").splitlines() if ": " in row)
    return int(rows["count"]) + int(rows["in-pack"])


# --- taking back ---


def forget(where: Path, name: str) -> None:
    """As `git story forget` does it in the store."""
    wish = Wish(conversations=frozenset({("codex", name)}))
    with Repo.open(where) as repo:
        StoryStore(repo).update(lambda contents: forgetting(contents, widened(contents, wish), note_text))


def told_of(where: GitRepo, text: str) -> bool:
    """Whether any object that git still has holds the text."""
    # What `gc --prune=now` does about objects, with a third of its processes.
    where.git("repack", "-a", "-d", "-q")
    where.git("prune", "--expire=now")
    return any(text.encode() in data for _, data in objects(where))


def test_what_is_forgotten_goes_everywhere_and_never_comes_back(remote: GitRepo) -> None:
    one, two, three = (clone(remote, name) for name in ("one", "two", "three"))
    write(one.path, 1, talk="secret")
    write(one.path, 2)
    for where in (one, two, three):
        sync(where)
    forget(one.path, "secret")
    assert run(one.path, "pull").code == 0
    assert not told_of(one, "of secret"), "nor does the tracking ref keep it"
    write(two.path, 3)
    sync(two)  # knows nothing of it yet, and pushes on top
    sync(one)
    assert remote.git("rev-list", "--count", DATA_REF) == "1", "the old states are not reachable any more"
    assert not told_of(remote, "of secret") and told_of(remote, "of talk-3")
    write(three.path, 4)
    for where in (three, two, one):
        sync(where)
    for where in (one, two, three):
        assert run(where.path, "drain").code == 0, "the worker's next run erases what a pull has buried"
        with Repo.open(where.path) as repo:
            store = StoryStore(repo)
            assert store.conversation("codex", "secret") is None
            assert commits(where.path) == {oid(number) for number in (2, 3, 4)}
        assert not told_of(where, "of secret")
    assert not told_of(remote, "of secret")


def test_whoever_looks_on_sees_how_far_it_is(remote: GitRepo) -> None:
    one, two = clone(remote, "one"), clone(remote, "two")
    write(one.path, *range(40))
    heard: list[bytes] = []
    with Repo.open(one.path) as repo:
        place = StoreRemote(resolve(repo, "origin", push=True)[0])
        assert push(repo, place, note_text, Caller(on_progress=heard.append)).sent
    assert any(line.startswith(b"Writing objects: 100%") for line in heard)
    heard.clear()
    with Repo.open(two.path) as repo:
        assert pull(repo, place, note_text, Caller(on_progress=heard.append)) is not None
    assert any(b"Counting objects" in line for line in heard) and commits(two.path) == commits(one.path)
    assert run(one.path, "push", "--yes").err == ""


def test_stories_removed_from_a_remote_are_not_put_back_unasked(remote: GitRepo) -> None:
    one = clone(remote, "one")
    write(one.path, 1)
    sync(one)
    remote.git("update-ref", "-d", DATA_REF)
    remote.git("update-ref", "-d", NOTES_REF)
    said = run(one.path, "push")
    assert (said.code, remote.git("for-each-ref")) == (1, "")
    assert "its stories were removed there" in said.err
    sync(one)
    assert tree(remote.path) == tree(one.path)


# --- consent ---


def test_nothing_leaves_without_being_asked(remote: GitRepo) -> None:
    one = clone(remote, "one")
    write(one.path, 1, turns=3)
    said = run(one.path, "push")
    assert said.code == 1 and said.out == ""
    assert said.err.splitlines() == [
        "error: nothing was pushed: origin was not agreed to (this would be the first push of stories there)",
        "hint: `git story push --preview origin` shows all that would leave this machine; `--yes` agrees to it",
    ]
    said = run(one.path, "push", "--preview", "origin")
    assert said.code == 0
    assert "  1 story (which turns wrote which lines of which commits)" in said.out
    assert "  1 conversation with 3 turns: nothing redacted" in said.out
    assert "“prompt 1 of talk-1”" in said.out and f"file://{remote.path}" in said.out
    assert run(one.path, "sync").code == 1
    assert remote.git("for-each-ref") == ""
    sync(one)
    write(one.path, 2)
    assert run(one.path, "push").code == 0, "consent is remembered"
    other = GitRepo.init(remote.path.parent / "other.git", "--bare")
    assert run(one.path, "push", str(other.path)).code == 1, "for this remote alone"


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1)])
def test_a_person_is_asked_once(remote: GitRepo, monkeypatch: pytest.MonkeyPatch, answer: str, code: int) -> None:
    one = clone(remote, "one")
    write(one.path, *range(12))
    monkeypatch.setattr(remote_consent, "attended", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    said = run(one.path, "push")
    assert said.code == code
    assert "12 conversations with 12 turns" in said.out and "and 2 more conversations (--preview shows all)" in said.out
    assert bool(remote.git("for-each-ref")) == (code == 0)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    write(one.path, 20)
    assert (run(one.path, "push").code == 0) == (code == 0)


def test_the_preview_counts_what_was_redacted(remote: GitRepo) -> None:
    one = clone(remote, "one")
    made = Turn("t1", 1, "use [redacted:github-token:1] and [redacted:email:2]", steps=(Say("[redacted:email:2]"),))
    with Repo.open(one.path) as repo:
        talk = Conversation("claude-code", "c1", (made,), title="A\x1b[31mtitle")
        StoryStore(repo).write(Batch(conversations=[talk]))
    said = run(one.path, "push", "--preview").out
    assert "3 redactions" in said and "\x1b" not in said


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def web(remote: GitRepo) -> Iterator[str]:
    """A web server on this machine that lets anybody read the remote."""
    remote.git("update-server-info")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=remote.path.parent)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://someone:password@127.0.0.1:{server.server_port}/remote.git"
        server.shutdown()
        thread.join()


def test_a_public_remote_needs_yes(repo: GitRepo, remote: GitRepo, web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.git("remote", "add", "origin", web)
    write(repo.path, 1)
    monkeypatch.setattr(remote_consent, "attended", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    said = run(repo.path, "push")
    assert said.code == 1 and "can be read without logging in" in said.err
    assert "password" not in said.err + said.out
    assert "That is anybody" not in said.out
    assert "It can be read without logging in" in run(repo.path, "push", "--preview").out
    said = run(repo.path, "push", "--yes")  # which this server cannot take
    assert said.code == 1 and "password" not in said.err and "cannot reach origin" in said.err


def test_what_cannot_be_asked_is_not_called_public(remote: GitRepo) -> None:
    one = clone(remote, "one")
    write(one.path, 1)
    assert "without logging in" not in run(one.path, "push", "--preview").out


# --- remotes that are odd ---


def test_git_daemon(remote: GitRepo, daemon: str) -> None:
    one, two = clone(remote, "one"), clone(remote, "two")
    for where in (one, two):
        where.git("remote", "set-url", "origin", daemon)
    write(one.path, 1)
    write(two.path, 2)
    said = run(one.path, "push")
    assert said.code == 1 and "can be read without logging in" in said.err
    for where in (one, two, one):
        sync(where)
    assert commits(one.path) == commits(two.path) == {oid(1), oid(2)}


@pytest.fixture
def daemon(remote: GitRepo) -> Iterator[str]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    base = remote.path.parent
    options = ["--reuseaddr", "--listen=127.0.0.1", f"--port={port}", f"--base-path={base}", "--export-all"]
    started = subprocess.Popen(
        ["git", "daemon", "--enable=receive-pack", "--verbose", "--log-destination=stderr", *options, str(base)],
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert started.stderr is not None
    assert b"Ready" in started.stderr.readline()
    yield f"git://127.0.0.1:{port}/remote.git"
    os.killpg(started.pid, signal.SIGTERM)
    started.communicate()


def hook(remote: GitRepo, name: str, text: str) -> None:
    path = remote.path / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


REFUSALS = {
    "pre-receive": "while read old new ref; do case $ref in refs/heads/*) ;; *) exit 1 ;; esac; done",
    "update": "case $1 in refs/heads/*) ;; *) echo 'branches only' >&2; exit 1 ;; esac",
}


@pytest.mark.parametrize("how", [*REFUSALS, "hideRefs"])
def test_a_remote_that_takes_only_branches(remote: GitRepo, how: str) -> None:
    one, two = clone(remote, "one"), clone(remote, "two")
    if how in REFUSALS:
        hook(remote, how, REFUSALS[how])
    else:
        remote.git("config", "receive.hideRefs", "refs/story")
    write(one.path, 1)
    said = run(one.path, "push", "--yes")
    assert said.code == 1 and said.err.count("\n") == 2
    assert said.err.startswith("error: origin does not take refs/story/data: ")
    assert "git config story.ref refs/heads/gitstory" in said.err and "git config story.remote NAME" in said.err
    for where in (one, two):
        where.git("config", "story.ref", "refs/heads/gitstory")
    sync(one)
    write(two.path, 2)
    sync(two)
    sync(one)
    assert commits(one.path) == commits(two.path) == {oid(1), oid(2)}
    assert remote.git("for-each-ref", "--format=%(refname)") == "refs/heads/gitstory"


def test_a_remote_without_notes_gets_the_rest(remote: GitRepo) -> None:
    one, two = clone(remote, "one"), clone(remote, "two")
    remote.git("config", "receive.hideRefs", "refs/notes")
    write(one.path, 1)
    said = run(one.path, "push", "--yes")
    assert said.code == 0 and "takes no refs/notes/story" in said.err
    run(two.path, "pull")
    assert notes(two.path) == {oid(1)}


def test_a_branch_with_other_things_is_left_alone(repo: GitRepo, remote: GitRepo) -> None:
    repo.commit("one", {"a": "1\n"})
    repo.git("remote", "add", "origin", str(remote.path))
    repo.git("push", "-q", "origin", "main")
    write(repo.path, 1)
    repo.git("config", "story.ref", "refs/heads/main")
    before = remote.git("rev-parse", "main")
    said = run(repo.path, "push", "--yes")
    assert said.code == 1 and "was not written by gitstory" in said.err
    assert remote.git("rev-parse", "main") == before


def test_a_remote_of_their_own_for_stories(repo: GitRepo, remote: GitRepo) -> None:
    code = GitRepo.init(remote.path.parent / "code.git", "--bare")
    repo.git("remote", "add", "origin", str(code.path))
    repo.git("remote", "add", "stories", str(remote.path))
    repo.git("config", "story.remote", "stories")
    write(repo.path, 1)
    sync(repo)
    assert (code.git("for-each-ref"), tree(remote.path)) == ("", tree(repo.path))


def test_there_and_back_by_different_addresses(repo: GitRepo, remote: GitRepo) -> None:
    """url is somebody else's repository, pushurl one's own."""
    fork = GitRepo.init(remote.path.parent / "fork.git", "--bare")
    upstream = clone(remote, "upstream")
    write(upstream.path, 1)
    sync(upstream)
    repo.git("remote", "add", "origin", str(remote.path))
    repo.git("remote", "set-url", "--push", "origin", str(fork.path))
    write(repo.path, 2)
    sync(repo)
    assert commits(remote.path) == {oid(1)}
    assert commits(repo.path) == commits(fork.path) == {oid(1), oid(2)}
    assert run(repo.path, "sync").code == 0


def test_what_is_configured_for_the_remote_moves_no_ref_of_ours(remote: GitRepo) -> None:
    one = clone(remote, "one")
    write(one.path, 1)
    sync(one)
    for key, value in {
        "remote.origin.mirror": "true",
        "remote.origin.prune": "true",
        "remote.origin.tagOpt": "--tags",
        "push.followTags": "true",
        "remote.pushDefault": "origin",
    }.items():
        one.git("config", key, value)
    one.git("config", "--add", "remote.origin.fetch", "+refs/*:refs/*")
    one.git("commit", "--allow-empty", "-q", "-m", "private")
    one.git("tag", "-a", "v1", "-m", "v1")
    write(one.path, 2)
    sync(one)
    assert remote.git("for-each-ref", "--format=%(refname)").split() == [NOTES_REF, DATA_REF]
    assert one.git("rev-list", "--count", DATA_REF, NOTES_REF) == "2", "ours are still parentless"
    assert one.git("for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags").split() == [
        "refs/heads/main",
        "refs/tags/v1",
    ]


def test_a_password_in_the_address_is_not_told(repo: GitRepo) -> None:
    repo.git("remote", "add", "origin", "https://dev:hunter2hunter2@127.0.0.1:9/r.git")
    write(repo.path, 1)
    for args in (("pull",), ("push", "--yes"), ("push", "--preview")):
        said = run(repo.path, *args)
        assert said.code == 1 and "hunter2" not in said.err + said.out
        assert said.err.startswith("error: cannot reach origin: ")


def test_without_a_remote(repo: GitRepo) -> None:
    for name in ("push", "pull", "sync"):
        said = run(repo.path, name)
        assert said.code == 1 and said.err.startswith("error: there is no remote to share stories with\nhint: ")


# --- repositories that are odd ---


@pytest.mark.parametrize("kind", ["bare", "shallow", "partial", "worktree", "subdirectory"])
def test_every_kind_of_clone(repo: GitRepo, remote: GitRepo, kind: str) -> None:
    told = Told(repo)
    repo.git("remote", "add", "origin", f"file://{remote.path}")
    repo.git("push", "-q", "origin", "main")
    sync(repo)
    remote.git("config", "uploadpack.allowFilter", "true")
    options = {"bare": ["--bare"], "shallow": ["--depth=1"], "partial": ["--filter=blob:none"]}
    where = clone(remote, "other", *options.get(kind, []))
    if kind == "worktree":
        where.git("worktree", "add", "-q", "../linked")
        where = GitRepo(where.path.parent / "linked")
    if kind == "subdirectory":
        (where.path / "sub").mkdir()
        where = GitRepo(where.path / "sub")
    assert run(where.path, "pull", "origin").code == 0
    assert run(where.path, "show", "--json", told.third) == run(repo.path, "show", "--json", told.third)
    write(where.path, 7)
    sync(where, "origin")
    sync(repo)
    assert tree(where.path) == tree(repo.path) == tree(remote.path)
    if kind == "shallow":
        assert where.git("rev-parse", "--is-shallow-repository") == "true"
        assert where.git("rev-list", "--count", "HEAD") == "1", "the clone is as shallow as before"
    if kind == "partial":
        # Nothing of the stories is left at the remote to be fetched when it is needed.
        assert where.git("rev-list", "--objects", "--missing=print", DATA_REF).count("\n?") == 0


def test_sha256(tmp_path: Path) -> None:
    remote = GitRepo.init(tmp_path / "remote.git", "--bare", "--object-format=sha256")
    one, two = (GitRepo.init(tmp_path / name, "--object-format=sha256") for name in ("one", "two"))
    for number, where in enumerate((one, two), 1):
        where.git("remote", "add", "origin", str(remote.path))
        write(where.path, number)
    for where in (one, two, one):
        sync(where)
    assert commits(one.path) == commits(two.path) == {oid(1, 64), oid(2, 64)}
