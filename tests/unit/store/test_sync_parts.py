"""What sharing decides without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.git.fetch_push import NoRemote, default_remote, resolve
from gitstory.git.remote_addresses import known_public, open_address, without_password
from gitstory.git.repo import Repo
from gitstory.store.sync import known_remotes
from tests.gitrepo import GitRepo


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://github.com/dev/x.git", "https://github.com/dev/x.git"),
        ("https://dev:secret@host.example:8443/x", "https://host.example:8443/x"),
        ("git@github.com:dev/x.git", "https://github.com/dev/x.git"),
        ("ssh://git@gitlab.com/dev/x.git", "https://gitlab.com/dev/x.git"),
        ("ssh://git@gitlab.com:22/dev/x.git", "https://gitlab.com/dev/x.git"),
        ("git://host.example/x", "git://host.example/x"),
        ("git@host.example:dev/x.git", None),
        ("ssh://host.example/x", None),
        ("/home/dev/work/x", None),
        ("../x", None),
        ("file:///home/dev/x", None),
        ("C:/work/x", None),
        ("", None),
    ],
)
def test_where_anybody_could_read_it(url: str, address: str | None) -> None:
    assert open_address(url) == address


def test_a_protocol_without_accounts_is_public_and_a_path_is_not_known_to_be() -> None:
    assert known_public("git://host.invalid/x")
    assert not known_public("/home/dev/work/x")
    assert not known_public("http://127.0.0.1:9/x"), "no answer is no knowledge"


def test_passwords_are_taken_out() -> None:
    assert without_password("cannot read https://dev:pw@host/x: no") == "cannot read https://host/x: no"
    assert without_password("git@host:x") == "git@host:x"


def test_which_remote(repo: GitRepo) -> None:
    repo.commit("one", {"a": "1\n"})
    with Repo.open(repo.path) as opened:
        with pytest.raises(NoRemote):
            default_remote(opened, push=False)
        repo.git("remote", "add", "only", "/somewhere")
        assert default_remote(opened, push=False) == "only"
        repo.git("remote", "add", "origin", "/elsewhere")
        assert default_remote(opened, push=True) == "origin"
        repo.git("config", "branch.main.remote", "only")
        assert default_remote(opened, push=False) == "only"
        repo.git("config", "remote.pushDefault", "origin")
        assert (default_remote(opened, push=True), default_remote(opened, push=False)) == ("origin", "only")
        repo.git("config", "branch.main.pushRemote", "only")
        assert default_remote(opened, push=True) == "only"


def test_addresses_as_git_reads_them(repo: GitRepo) -> None:
    repo.git("config", "url.https://host.example/.insteadOf", "short:")
    repo.git("config", "url.ssh://host.example/.pushInsteadOf", "https://host.example/")
    repo.git("remote", "add", "a.b", "short:x")
    repo.git("remote", "add", "many", "/one")
    repo.git("remote", "set-url", "--add", "--push", "many", "/two")
    repo.git("remote", "set-url", "--add", "--push", "many", "/three")
    repo.git("config", "remote.many.receivepack", "special")
    with Repo.open(repo.path) as opened:
        assert [one.url for one in resolve(opened, "a.b", push=False)] == ["https://host.example/x"]
        assert [one.url for one in resolve(opened, "short:y", push=False)] == ["https://host.example/y"]
        assert [one.url for one in resolve(opened, "many", push=False)] == ["/one"]
        there = resolve(opened, "many", push=True)
        assert [one.url for one in there] == ["/two", "/three"]
        assert len({one.track for one in (*there, *resolve(opened, "many", push=False))}) == 3
        assert ("receivepack", "special") in there[0].settings
        for name in ("", "--upload-pack=x", "a\nb"):
            with pytest.raises(NoRemote):
                resolve(opened, name, push=False)


@pytest.mark.parametrize("name", ["origin", "team/fork", "..", ".x", "x.lock", "a..b", "https://host/x?y=~^:*", "é"])
def test_every_remote_can_be_tracked(repo: GitRepo, name: str) -> None:
    with Repo.open(repo.path) as opened:
        track = resolve(opened, name, push=False)[0].track
        repo.git("check-ref-format", f"refs/story-remotes/{track}/data")


def test_what_is_remembered(tmp_path: Path) -> None:
    assert known_remotes.load(tmp_path).of("x") == known_remotes.RemoteState("x")
    known_remotes.remember(tmp_path, "https://dev:pw@host/x/", agreed=5.0)
    known_remotes.remember(tmp_path, "https://host/x", public=True)
    assert known_remotes.load(tmp_path).of("https://other:pw@host/x") == known_remotes.RemoteState(
        "https://host/x/", 5.0, public=True
    )
    assert b"pw" not in (tmp_path / known_remotes.NAME).read_bytes()
    assert (tmp_path / known_remotes.NAME).stat().st_mode & 0o777 == 0o600
    for number in range(100):
        known_remotes.remember(tmp_path, f"/r{number}", agreed=1.0)
    assert len(known_remotes.load(tmp_path).remotes) == 64 and known_remotes.load(tmp_path).of("/r99").agreed
    (tmp_path / known_remotes.NAME).write_bytes(b"{")
    assert known_remotes.load(tmp_path).remotes == {}
