"""Which remote is meant, how it is reached, and what moves there: asked of real repositories."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from gitstory.git import fetch_push, process, remote_addresses
from gitstory.git.fetch_push import (
    Caller,
    NoRemote,
    PushRefused,
    Remote,
    RemoteDamaged,
    RemoteUnreachable,
    default_remote,
    failure,
    fetch,
    ls_remote,
    push,
    remote_names,
    resolve,
)
from gitstory.git.process import with_config
from gitstory.git.remote_addresses import known_public, open_address, without_password
from gitstory.git.repo import Repo
from tests.gitrepo import GitRepo

REF = "refs/story/data"
NOBODY = Caller()


def configured(repo: GitRepo, *pairs: tuple[str, str]) -> Repo:
    for key, value in pairs:
        repo.git("config", "--add", key, value)
    return Repo.open(repo.path)


# --- which one ---


@pytest.mark.parametrize(
    ("pairs", "pushed", "fetched"),
    [
        ((("remote.origin.url", "x"), ("remote.other.url", "y")), "origin", "origin"),
        ((("remote.only.url", "x"),), "only", "only"),
        ((("remote.origin.url", "x"), ("branch.main.remote", "up")), "up", "up"),
        ((("remote.origin.url", "x"), ("branch.main.remote", ".")), "origin", "origin"),
        ((("remote.origin.url", "x"), ("branch.main.pushRemote", "mine")), "mine", "origin"),
        ((("remote.origin.url", "x"), ("remote.pushDefault", "mine")), "mine", "origin"),
        ((("remote.pushDefault", "all"), ("branch.main.pushRemote", "own"), ("branch.main.remote", "up")), "own", "up"),
        ((("remote.pushDefault", "all"), ("branch.main.remote", "up")), "all", "up"),
    ],
)
def test_the_remote_is_the_one_git_would_take(
    repo: GitRepo, pairs: tuple[tuple[str, str], ...], pushed: str, fetched: str
) -> None:
    with configured(repo, *pairs) as opened:
        assert (default_remote(opened, push=True), default_remote(opened, push=False)) == (pushed, fetched)


@pytest.mark.parametrize("pairs", [(), (("remote.a.url", "x"), ("remote.b.url", "y"))])
def test_of_none_and_of_several_none_is_taken(repo: GitRepo, pairs: tuple[tuple[str, str], ...]) -> None:
    with configured(repo, *pairs) as opened:
        assert remote_names(opened) == [key.split(".")[1] for key, _ in pairs]
        with pytest.raises(NoRemote, match="no remote to share stories with") as raised:
            default_remote(opened, push=True)
        assert "git remote add origin URL" in str(raised.value.hint)


@pytest.mark.parametrize("name", ["", "-x", "a\nb"])
def test_what_is_no_name_is_refused(repo: GitRepo, name: str) -> None:
    with Repo.open(repo.path) as opened, pytest.raises(NoRemote):
        resolve(opened, name, push=True)


@pytest.mark.parametrize(
    ("pairs", "name", "pushed", "fetched"),
    [
        ((("remote.o.url", "/x"),), "o", ["/x"], ["/x"]),
        ((("remote.o.url", "/x"), ("remote.o.url", "/y")), "o", ["/x", "/y"], ["/x"]),
        ((("remote.o.url", "/x"), ("remote.o.pushurl", "/p")), "o", ["/p"], ["/x"]),
        ((("remote.o.url", "a:x"), ("url./base/.insteadOf", "a:")), "o", ["/base/x"], ["/base/x"]),
        ((("remote.o.url", "a:x"), ("url./base/.pushInsteadOf", "a:")), "o", ["/base/x"], ["a:x"]),
        ((("url./base/.insteadOf", "a:"),), "a:x", ["/base/x"], ["/base/x"]),
        ((), "/some/path", ["/some/path"], ["/some/path"]),
        ((("remote.o.proxy", "p"),), "o", ["o"], ["o"]),
    ],
)
def test_a_name_stands_for_addresses(
    repo: GitRepo, pairs: tuple[tuple[str, str], ...], name: str, pushed: list[str], fetched: list[str]
) -> None:
    with configured(repo, *pairs) as opened:
        assert [one.url for one in resolve(opened, name, push=True)] == pushed
        assert [one.url for one in resolve(opened, name, push=False)] == fetched


def test_a_push_address_stays_one_and_only_settings_to_reach_it_are_kept(repo: GitRepo) -> None:
    pairs = (
        *(("remote.o.url", "/x"), ("remote.o.pushurl", "/p"), ("remote.o.proxy", "px"), ("remote.o.mirror", "true")),
        *(("remote.o.fetch", "+a:b"), ("remote.o.uploadpack", "up"), ("remote.oo.proxy", "other")),
    )
    with configured(repo, *pairs) as opened:
        (pushed,), (fetched,) = resolve(opened, "o", push=True), resolve(opened, "o", push=False)
    kept = (("proxy", "px"), ("uploadpack", "up"))
    assert pushed.settings == (("url", "/p"), ("pushurl", "/p"), *kept)
    assert fetched.settings == (("url", "/x"), *kept)


@pytest.mark.parametrize(
    ("name", "pairs", "track"),
    [
        ("o", (("remote.o.url", "/x"),), "o"),
        ("my.remote-1", (("remote.my.remote-1.url", "/x"),), "my.remote-1"),
        ("a..b", (("remote.a..b.url", "/x"),), None),
        ("end.", (("remote.end..url", "/x"),), None),
        ("x.lock", (("remote.x.lock.url", "/x"),), None),
        ("a b", (("remote.a b.url", "/x"),), None),
        ("o", (("remote.o.url", "/x"), ("remote.o.pushurl", "/p")), None),
        ("/path", (), None),
    ],
)
def test_refs_of_a_remote_are_kept_by_its_name_or_a_hash(
    repo: GitRepo, name: str, pairs: tuple[tuple[str, str], ...], track: str | None
) -> None:
    with configured(repo, *pairs) as opened:
        (found,) = resolve(opened, name, push=True)
    if track is not None:
        assert found.track == track
    else:
        assert found.track.startswith("url-") and len(found.track) == 20


# --- asking, fetching, pushing ---


@pytest.fixture
def there(tmp_path: Path) -> GitRepo:
    return GitRepo.init(tmp_path / "there", "--bare")


def remote(there: GitRepo, **more: str) -> Remote:
    return Remote("there", str(there.path), (("url", str(there.path)), *more.items()), "there")


def test_refs_are_pushed_asked_for_and_fetched(repo: GitRepo, there: GitRepo, tmp_path: Path) -> None:
    first, second = repo.commit("one"), repo.commit("two")
    with Repo.open(repo.path) as opened:
        far = remote(there)
        assert ls_remote(opened, far, [REF], NOBODY) == {}
        assert push(opened, far, {REF: (first, None), "refs/notes/story": (first, None)}, NOBODY) == []
        assert ls_remote(opened, far, [REF], NOBODY) == {REF: first}
        assert ls_remote(opened, far, ["refs/story/dat"], NOBODY) == {}
        # What moved there meanwhile stays, and with it all the others.
        moves = {REF: (second, second), "refs/notes/story": (second, first)}
        refused = push(opened, far, moves, NOBODY)
        assert {one.ref for one in refused} >= {REF} and any("stale" in one.reason for one in refused)
        assert there.git("rev-parse", "refs/notes/story") == first
        assert {one.ref for one in push(opened, far, moves, NOBODY, atomic=False)} == {REF}
        assert there.git("rev-parse", "refs/notes/story") == second
        assert push(opened, far, {REF: (second, first)}, NOBODY) == []
    other = GitRepo.init(tmp_path / "other")
    other.git("config", "remote.there.fetch", "+refs/*:refs/all/*")
    with Repo.open(other.path) as opened:
        (tmp_path / "objects").mkdir()
        fetch(opened, remote(there), [REF], [], NOBODY, tmp_path / "objects")
    assert list((tmp_path / "objects" / "pack").glob("*.idx")) and not other.git("for-each-ref")
    assert not (other.path / ".git" / "FETCH_HEAD").exists()


def test_how_far_it_has_come_is_told_where_somebody_looks_on(repo: GitRepo, there: GitRepo, tmp_path: Path) -> None:
    commit = repo.commit("one", {"a": "a\n"})
    told: list[bytes] = []
    with Repo.open(repo.path) as opened:
        push(opened, remote(there), {REF: (commit, None)}, Caller(on_progress=told.append))
        assert told
        told.clear()
        ls_remote(opened, remote(there), [REF], Caller(on_progress=told.append))
        assert told == []


def test_a_remote_that_does_not_answer_is_named_with_git_s_words(repo: GitRepo, tmp_path: Path) -> None:
    commit = repo.commit("one")
    nowhere = Remote("far", "x", (("url", str(tmp_path / "nowhere")),), "far")
    with Repo.open(repo.path) as opened:
        for ask in (
            lambda: ls_remote(opened, nowhere, [REF], NOBODY),
            lambda: fetch(opened, nowhere, [REF], [], NOBODY, tmp_path),
            lambda: push(opened, nowhere, {REF: (commit, None)}, NOBODY),
        ):
            with pytest.raises(RemoteUnreachable, match=r"cannot reach far: .*does not appear to be a git repo") as one:
                ask()
            assert "`git ls-remote far`" in str(one.value.hint) and "fatal" not in one.value.message


def test_a_hook_there_that_says_no_is_a_refusal(repo: GitRepo, there: GitRepo) -> None:
    hook = there.path / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    commit = repo.commit("one")
    with Repo.open(repo.path) as opened:
        assert push(opened, remote(there), {REF: (commit, None)}, NOBODY) == [
            PushRefused(REF, "pre-receive hook declined")
        ]


@pytest.mark.parametrize(
    ("porcelain", "refused"),
    [
        ("To x\n!\ta:refs/b\t[rejected] (stale info)\nDone\n", [("refs/b", "stale info")]),
        ("!\ta:refs/b\t[remote rejected] (no (really))\n", [("refs/b", "no (really)")]),
        ("!\ta:refs/b\t[rejected]\n", [("refs/b", "rejected")]),
        (" \ta:refs/b\tx..y\n=\ta:refs/c\t[up to date]\n", []),
    ],
)
def test_what_was_refused_is_read_with_the_reason(porcelain: str, refused: list[tuple[str, str]]) -> None:
    assert [(one.ref, one.reason) for one in fetch_push._refused(porcelain)] == refused


@pytest.mark.parametrize(
    ("stderr", "line"),
    [
        (b"", "no answer"),
        (b"warning: x\nfatal: no such place\n", "no such place"),
        (b"error: bad\nfatal: worse\n", "bad"),
        (b"just words\n", "just words"),
        (b"\n  \nssh: no route\n", "ssh: no route"),
        (b"fatal: unable to access 'https://me:secret@h/x'\n", "unable to access 'https://h/x'"),
        (b"remote: denied\n", "remote: denied"),
    ],
)
def test_the_line_that_says_what_is_wrong(stderr: bytes, line: str) -> None:
    assert fetch_push._error_line(stderr) == line


@pytest.mark.parametrize(
    ("stderr", "kind"),
    [
        (b"remote: fatal: unable to read 08d37bd9\nfatal: early EOF\n", RemoteDamaged),
        (b"remote: error: inflate: data stream error (incorrect header check)\n", RemoteDamaged),
        (b"remote: fatal: bad tree object af8a8083\n", RemoteDamaged),
        (b"fatal: did not receive expected object 08d37bd9\n", RemoteDamaged),
        (b"fatal: git upload-pack: not our ref 96a98719\n", RemoteDamaged),
        (b"remote: error: object file ./objects/08/d3 is empty\n", RemoteDamaged),
        (b"error: object 08d3: fsck error\n", RemoteDamaged),
        (b"fatal: '/nowhere' does not appear to be a git repository\n", RemoteUnreachable),
        (b"ssh: connect to host x port 22: Connection refused\n", RemoteUnreachable),
        (b"fatal: early EOF\n", RemoteUnreachable),
    ],
)
def test_damage_there_is_no_lack_of_an_answer(stderr: bytes, kind: type[RemoteUnreachable]) -> None:
    error = failure(Remote("o", "x", (), "o"), stderr)
    assert type(error) is kind and error.message.startswith("cannot reach o: ") is (kind is RemoteUnreachable)


@pytest.mark.parametrize(
    ("env", "count", "first"),
    [
        ({}, "1", 0),
        ({"GIT_CONFIG_COUNT": "2"}, "3", 2),
        ({"GIT_CONFIG_COUNT": "x"}, "1", 0),
        ({"GIT_CONFIG_COUNT": "²"}, "1", 0),
    ],
)
def test_settings_go_through_the_environment(env: dict[str, str], count: str, first: int) -> None:
    made = with_config({"A": "b", **env}, [("k", "v")])
    assert made["GIT_CONFIG_COUNT"] == count and made["A"] == "b"
    assert (made[f"GIT_CONFIG_KEY_{first}"], made[f"GIT_CONFIG_VALUE_{first}"]) == ("k", "v")


# --- who can read there ---


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("git@github.com:me/x.git", "https://github.com/me/x.git"),
        ("github.com:me/x", "https://github.com/me/x"),
        ("git@GitHub.com:/me/x", "https://GitHub.com/me/x"),
        ("git@git.corp:me/x", None),
        ("https://u:p@host/x", "https://host/x"),
        ("HTTPS://host:8443/x", "https://host:8443/x"),
        ("http://host/x", "http://host/x"),
        ("git://host/x", "git://host/x"),
        ("ssh://git@gitlab.com/me/x", "https://gitlab.com/me/x"),
        ("git+ssh://gitlab.com/me/x", "https://gitlab.com/me/x"),
        ("ssh+git://gitlab.com/me/x", "https://gitlab.com/me/x"),
        ("ssh://git@git.corp:22/me/x", None),
        ("file:///x", None),
        ("/x/y", None),
    ],
)
def test_the_address_at_which_anybody_could_read(url: str, address: str | None) -> None:
    assert open_address(url) == address


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://u:p@host/x", "https://host/x"),
        ("HTTP://u@host/x", "HTTP://host/x"),
        ("a https://u:p@h/x b https://q@h/y", "a https://h/x b https://h/y"),
        ("ssh://git@host/x", "ssh://git@host/x"),
        ("https://host/a@b", "https://host/a@b"),
    ],
)
def test_no_password_is_shown(text: str, shown: str) -> None:
    assert without_password(text) == shown
    assert Remote("o", text, (), "o").shown == shown


@pytest.mark.parametrize(("url", "code", "public"), [("/x", 0, False), ("git://h/x", 1, True)])
def test_what_needs_no_question(url: str, code: int, public: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_addresses, "over_network", lambda *_, **__: pytest.fail("it was asked"))
    assert known_public(url) is public


@pytest.mark.parametrize(("code", "public"), [(0, True), (128, False)])
def test_a_stranger_asks_and_the_person_s_logins_stay_here(
    code: int, public: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[list[str], dict[str, Any]]] = []

    def answer(args: list[str], **how: Any) -> process.Finished:
        asked.append((args, how))
        return process.Finished([], code, b"", b"")

    monkeypatch.setattr(remote_addresses, "over_network", answer)
    monkeypatch.setenv("GIT_ASKPASS", "/my/askpass")
    assert known_public("https://u:p@host/x") is public
    ((args, how),) = asked
    assert args[-3:] == ["--", "https://host/x", "HEAD"] and "credential.helper=" in args and "core.askPass=" in args
    assert how["unattended"] is True and how["timeout"] == 10.0 and how["cwd"] == Path(os.sep)
    assert how["env"].get("GIT_ASKPASS") != "/my/askpass"
