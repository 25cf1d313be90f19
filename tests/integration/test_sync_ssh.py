"""Stories over ssh: a real sshd on a loopback port, with keys made for the test."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitstory.cli import remote_consent
from tests.cli import story as run
from tests.gitrepo import GitRepo
from tests.integration.test_sync import clone, commits, notes, oid, remote, sync, tree, write
from tests.stories import Told

__all__ = ["remote"]

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
_SEPARATION = Path("/run/sshd")
"""Where an sshd of root insists on an empty directory; what starts it on a real machine makes it."""


def key(path: Path) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


@pytest.fixture
def address(remote: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The remote's address over ssh; GIT_SSH_COMMAND knows the way."""
    if SSHD is None or shutil.which("ssh-keygen") is None:
        pytest.skip("no sshd here")
    made = os.geteuid() == 0 and not _SEPARATION.exists()
    if made:
        _SEPARATION.mkdir(mode=0o755)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    host, mine = key(tmp_path / "host"), key(tmp_path / "mine")
    shutil.copy(mine.with_suffix(".pub"), tmp_path / "authorized")
    known = tmp_path / "known"
    known.write_text(f"[127.0.0.1]:{port} {host.with_suffix('.pub').read_text()}")
    settings = {
        "Port": port,
        "ListenAddress": "127.0.0.1",
        "HostKey": host,
        "AuthorizedKeysFile": tmp_path / "authorized",
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "PermitRootLogin": "prohibit-password",
        "SetEnv": f'"PATH={os.environ["PATH"]}" GIT_CONFIG_GLOBAL={os.devnull} GIT_CONFIG_NOSYSTEM=1',
    }
    config = tmp_path / "sshd_config"
    config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    monkeypatch.setenv(
        "GIT_SSH_COMMAND",
        f"ssh -F none -i '{mine}' -o IdentitiesOnly=yes -o UserKnownHostsFile='{known}' -o StrictHostKeyChecking=yes",
    )
    started = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=subprocess.PIPE)
    try:
        assert started.stderr is not None
        said = started.stderr.readline()
        if b"listening" not in said:
            pytest.skip(f"sshd does not start here: {said.decode()}")
        yield f"ssh://{getpass.getuser()}@127.0.0.1:{port}{remote.path}"
    finally:
        started.terminate()
        started.communicate()
        if made:
            _SEPARATION.rmdir()


def test_stories_travel_over_ssh(repo: GitRepo, remote: GitRepo, address: str) -> None:
    told = Told(repo)
    repo.git("remote", "add", "origin", address)
    repo.git("push", "-q", "origin", "main")
    assert run(repo.path, "push", "--yes").out == "origin now has all stories\n"
    other = clone(remote, "other")
    other.git("remote", "set-url", "origin", address)
    assert run(other.path, "pull").out == "from origin: 2 stories, 1 new conversation and 5 turns\n"
    assert run(other.path, "show", told.third) == run(repo.path, "show", told.third)
    write(other.path, 1)
    write(repo.path, 2)
    for where in (other, repo, other):
        sync(where)
    assert {oid(1), oid(2), told.second, told.third} == commits(other.path) == commits(repo.path)
    assert tree(other.path) == tree(repo.path) == tree(remote.path)
    assert notes(remote.path) == notes(other.path)


def test_an_ssh_host_that_does_not_let_us_in(
    repo: GitRepo, remote: GitRepo, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line and a hint, at once and without a question, and nothing moved on either side."""
    write(repo.path, 1)
    before = repo.git("for-each-ref")
    (tmp_path / "authorized").write_text("")
    monkeypatch.setattr(remote_consent, "attended", lambda: False)
    for args in (("push", "--yes", address), ("pull", address), ("sync", "--yes", address)):
        said = run(repo.path, *args)
        assert said.code == 1 and said.err.startswith("error: cannot reach ") and "hint: " in said.err, said.err
        assert "Traceback" not in said.err
    assert repo.git("for-each-ref") == before and remote.git("for-each-ref") == ""
