"""What a fetch brings is apart until all of it is there, and gone where it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitstory.git import packing
from gitstory.git.fetch_push import Caller, Remote, RemoteStalled, RemoteUnreachable
from gitstory.git.packing import own_packs
from gitstory.git.process import git
from gitstory.git.repo import Repo
from gitstory.store.sync.incoming_packs import PREFIX, clear_abandoned, discard, incoming, take_over
from gitstory.store.sync.pull_push import StoreRemote, look
from tests.gitrepo import GitRepo

REF = "refs/story/data"


def files(repo: GitRepo) -> set[Path]:
    """All files of the repository, but for gitstory's own."""
    return {path for path in (repo.path / ".git").rglob("*") if path.is_file() and "gitstory" not in path.parts[-2:]}


CUT = "git-upload-pack {there} | { LC_ALL=C dd bs=1 count=3000 2>$0.log; ! grep -q ^3000 $0.log || THEN; }"
"""Passes on the refs, and of the objects the beginning."""


@pytest.mark.parametrize(
    ("server", "error"),
    [
        ("exec sleep 600", RemoteStalled),
        (CUT.replace("THEN", "exec sleep 600"), RemoteStalled),
        (CUT.replace("THEN", "exit 1"), RemoteUnreachable),
    ],
)
def test_a_server_that_stops_is_given_up_and_leaves_nothing(
    repo: GitRepo, tmp_path: Path, server: str, error: type[RemoteUnreachable]
) -> None:
    there = GitRepo.init(tmp_path / "there")
    there.commit("one", {"noise": os.urandom(20_000).hex()})
    there.git("update-ref", REF, "HEAD")
    script = tmp_path / "server"
    script.write_text("#!/bin/sh\n" + server.replace("{there}", str(there.path)) + "\n")
    script.chmod(0o755)
    remote = Remote("o", "x", (("url", str(there.path)), ("uploadpack", str(script))), "o")
    before = files(repo)
    with Repo.open(repo.path) as opened:
        with pytest.raises(RemoteUnreachable) as raised:
            look(opened, StoreRemote(remote), Caller(patience=1.0 if error is RemoteStalled else None))
        assert type(raised.value) is error
        assert look(opened, StoreRemote(Remote("o", "x", remote.settings[:1], "o")), Caller()).data is not None
        assert len(own_packs(opened)) == 1
    new = {path.suffix for path in files(repo) - before if "story-remotes" not in path.parts}
    assert new <= {".pack", ".idx", ".keep", ".rev"}


def test_what_a_dead_fetch_left_is_removed_and_nothing_else(repo: GitRepo, tmp_path: Path) -> None:
    objects = repo.path / ".git" / "objects"
    (tmp_path / "foreign").mkdir()
    (objects / f"{PREFIX}link").symlink_to(tmp_path / "foreign")
    (objects / f"{PREFIX}file").touch()
    (objects / "tmp_objdir-incoming-1").mkdir()
    (objects / f"{PREFIX}dead" / "pack").mkdir(parents=True)
    with Repo.open(repo.path) as opened, incoming(opened) as alive:
        assert not (objects / f"{PREFIX}dead").exists() and clear_abandoned(opened) == 0 and alive.is_dir()
    left = {path.name for path in objects.glob("tmp_*")}
    assert left == {f"{PREFIX}link", f"{PREFIX}file", "tmp_objdir-incoming-1"} and (tmp_path / "foreign").is_dir()


def test_a_finished_pack_is_moved_and_marked_as_ours_unless_it_is_large(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = [repo.commit("one", {"a": "1\n"}), repo.commit("two", {"a": "2\n"})]
    moved: list[Path] = []
    with Repo.open(repo.path) as opened:
        for commit, large in zip(commits, (3, 4), strict=True):
            monkeypatch.setattr(packing, "LARGE", large)
            with incoming(opened) as folder:
                (folder / "pack").mkdir()
                repo.git("pack-objects", "-q", "--revs", str(folder / "pack" / "pack"), input=f"{commit}^!\n".encode())
                for pack in (folder / "pack").glob("*.pack"):
                    pack.with_suffix(".promisor").touch()
                moved += take_over(opened, folder)
                assert take_over(opened, folder) == []
        assert own_packs(opened) == moved[1:] and len(moved) == 2
        assert not list(moved[0].parent.glob("*.promisor"))
        discard(moved[1:])
        assert not [path for path in moved[1].parent.iterdir() if path.stem == moved[1].stem] and moved[0].exists()


def test_what_a_repository_borrows_by_a_relative_path_is_borrowed_too(repo: GitRepo, tmp_path: Path) -> None:
    lender = GitRepo.init(tmp_path / 'odd " name')
    commit = lender.commit("one")
    alternates = repo.path / ".git" / "objects" / "info" / "alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_text(f"../../../{lender.path.name}/.git/objects\n")
    with Repo.open(repo.path) as opened, incoming(opened) as folder:
        env = {"GIT_OBJECT_DIRECTORY": str(folder)}
        for oid in (commit, repo.git("hash-object", "-w", "--stdin", input=b"mine")):
            assert git("cat-file", "-t", oid, cwd=repo.path, env=env, located=False).stdout
