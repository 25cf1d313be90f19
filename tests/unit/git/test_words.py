"""What is said where git cannot, and what git is asked with: messages with hints, environments, settings of a call."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gitstory.errors import GitStoryError
from gitstory.git import (
    commit_details,
    fetch_push,
    find_program,
    mailmap_limits,
    numstat,
    process,
    refs,
    remote_addresses,
)
from gitstory.git import repo as repo_module
from gitstory.git.added_lines import added_lines
from gitstory.git.dates import since_time
from gitstory.git.fetch_push import Caller, NoRemote, Remote, RemoteUnreachable, fetch, ls_remote, push
from gitstory.git.log_selection import Ambiguous, Selection, select_commits
from gitstory.git.new_objects import NewObjects, edit_tree
from gitstory.git.process import FETCHES, GitFailed, GitMissing
from gitstory.git.repo import DamagedObject, NoCommits, NotARepository, Repo, SomebodyElses, TooBig, UnknownRevision
from gitstory.git.transfer_negotiation import NONE, Lineage
from tests.gitrepo import GitRepo

HERE = Path("/some/where")
INIT = "run inside a repository, or make one with `git init`"
FOREIGN = "is of another account, and git does not open it"
HELD = "others keep changing or locking them"
THERE = Remote("origin", "https://dev:pw@host/x", (("url", "https://dev:pw@host/x"),), "origin")


@pytest.fixture
def opened(repo: GitRepo) -> Iterator[Repo]:
    with Repo.open(repo.path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (NotARepository(HERE), "not a git repository: /some/where", INIT),
        (NotARepository(None), f"not a git repository: {Path.cwd()}", INIT),
        (SomebodyElses(HERE), f"the repository in /some/where {FOREIGN}", "safe.directory"),
        (SomebodyElses(None), f"the repository in {Path.cwd()} {FOREIGN}", "safe.directory"),
        (UnknownRevision("x"), "unknown revision: x", "`git log --oneline` lists what there is"),
        (UnknownRevision("x", shallow=True), "unknown revision: x", "`git fetch --unshallow`"),
        (NoCommits(), "this repository has no commits yet", "commit something first"),
        (TooBig(5), "an object of 5 bytes is bigger than what is read here", None),
        (DamagedObject("x"), "an object of this repository is damaged: x", "`git fsck`"),
        (repo_module.LackingObject("x"), "this clone lacks an object: x", FETCHES),
        (GitMissing(), "git was not found on PATH", "install git 2.30 or newer"),
        (NoRemote(), "there is no remote to share stories with", "`git remote add origin URL`"),
        (RemoteUnreachable(THERE, b"fatal: no"), "cannot reach origin: no", "`git ls-remote origin` asks it the same"),
        (commit_details.MissingObjects([], ["a"]), "lines are not counted, since this clone lacks the content of a", FETCHES),  # noqa: E501
        (Ambiguous("x"), "x is both a revision and a file", "`x --` is the revision, `-- x` the file"),
        (refs.RefBusy(["a", "b"], 2.6), f"could not update a and b within 3 s: {HELD}", ".lock"),
        (refs.RefRefused(["a"], "full"), "cannot write a: full", "is the repository read-only, or the disk full?"),
        (GitFailed([], 3, b""), "git : exit code 3", None),
        (GitFailed(["log"], 1, b"fatal: from promisor remote"), "git log: this clone lacks objects", FETCHES),
    ],
)  # fmt: skip
def test_what_went_wrong_and_what_to_try(error: GitStoryError, message: str, hint: str | None) -> None:
    assert error.message.startswith(message) and str(error).startswith(message)
    assert error.hint is None if hint is None else hint in str(error.hint)


# --- environments ---


def test_a_stranger_keeps_what_leads_to_the_network_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = ("SYSTEMROOT", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE")
    proxies = ("http_proxy", "HTTPS_PROXY", "all_proxy", "no_proxy", "ALL_PROXY")
    for name in (*kept, *proxies, "GIT_CONFIG_COUNT", "NETRC", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, "/x")
    env = process.stranger_env()
    assert {name: env.get(name) for name in (*kept, *proxies)} == dict.fromkeys((*kept, *proxies), "/x")
    assert {name: value for name, value in env.items() if name not in (*kept, *proxies, "PATH")} == {
        "HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C",
        "GIT_ALLOW_PROTOCOL": "http:https", "GIT_TERMINAL_PROMPT": "0",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("terminal", "unattended", "prompt", "askpass"),
    [(False, False, "0", None), (True, False, None, None), (False, True, "0", ""), (True, True, "0", "")],
)
def test_who_may_be_asked_for_a_password(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    terminal: bool,
    unattended: bool,
    prompt: str | None,
    askpass: str | None,
) -> None:
    started: list[dict[str, Any]] = []
    real = subprocess.Popen

    def noted(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(options)
        return real(*args, **options)

    monkeypatch.setattr(subprocess, "Popen", noted)
    for name in ("GIT_ASKPASS", "SSH_ASKPASS"):
        monkeypatch.delenv(name, raising=False)
    env = process.clean_env()
    done = process.over_network(["version"], cwd=tmp_path, env=env, terminal=terminal, unattended=unattended)
    assert done.returncode == 0 and done.stdout.startswith(b"git version")
    [options] = started
    assert options["start_new_session"] is unattended
    assert (options["env"].get("GIT_TERMINAL_PROMPT"), options["env"].get("GIT_ASKPASS")) == (prompt, askpass)
    assert (
        options["env"].get("SSH_ASKPASS_REQUIRE")
        == options["env"].get("GCM_INTERACTIVE")
        == ("never" if unattended else None)
    )
    assert "GIT_TERMINAL_PROMPT" in env, "the one that was given stays"


def test_what_git_was_asked_is_told_to_who_listens(opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[Any, ...]] = []
    monkeypatch.setattr(process, "listening", lambda: True)
    monkeypatch.setattr(process, "tell", lambda *what: told.append(what))
    monkeypatch.setattr("time.perf_counter", iter((1.0, 1.25, 2.0, 2.5)).__next__)
    process.git("version", b"--x\xff", check=False)
    process.over_network(["version"], cwd=opened.git_dir, env=process.clean_env())
    text = "git %s: exit %d, %.1f ms"
    assert told == [(text, "version --x\ufffd", 129, 250.0), (text, "version", 0, 500.0)]
    monkeypatch.setattr("time.perf_counter", lambda: 0.0)
    process.git("version", "x" * 400, check=False)
    assert len(told[-1][1]) == 300


@pytest.mark.parametrize("name", ["PYTHONHOME", "PYTHONUSERBASE", "PYTHONPYCACHEPREFIX", "PYTHONSTARTUP"])
def test_places_relative_to_the_work_tree_are_left_out(name: str) -> None:
    given = {name: "/abs", "PATH": ".:/bin::rel:/usr", "PYTHONPATH": "lib:"}
    assert find_program.absolute_only(given) == {name: "/abs", "PATH": "/bin:/usr"}
    assert find_program.absolute_only({name: "rel", "PATH": "."}) == {"PATH": ""}
    assert find_program.absolute_only({"PYTHONPATH": "a:/b"}) == {"PYTHONPATH": "/b"}


def test_a_program_is_found_on_the_path_alone(tmp_path: Path) -> None:
    for folder, mode in (("first", 0o644), ("second", 0o755), ("third", 0o755)):
        file = tmp_path / folder / "tool"
        file.parent.mkdir()
        file.write_text("#!/bin/sh\n")
        file.chmod(mode)
    path = os.pathsep.join(str(tmp_path / folder) for folder in ("none", "first", "second", "third"))
    assert find_program.find_program("tool", path) == str(tmp_path / "second/tool")
    assert find_program.find_program("tool", "") is None and find_program.find_program("sh", None) is not None


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (
            ("log", "--format=%aN%aE%cN%cE%s", "--", "--format=%aN"),
            ("log", "--no-mailmap", "--format=%an%ae%cn%ce%s", "--", "--format=%aN"),
        ),
        (
            ("-c", "a=b", "-C", "log", "--x", "log", b"--format=%aN"),
            ("-c", "a=b", "-C", "log", "--x", "log", "--no-mailmap", b"--format=%aN"),
        ),
        (("show", "log"), ("show", "log")),
        (("-c", "log"), ("-c", "log")),
    ],
)  # fmt: skip
def test_a_call_without_a_mailmap(args: tuple[str | bytes, ...], expected: tuple[str | bytes, ...]) -> None:
    assert mailmap_limits.without_mailmap(args) == expected


# --- remotes ---


def answering(monkeypatch: pytest.MonkeyPatch, *answers: tuple[int, bytes, bytes]) -> list[list[str]]:
    """Have the network answer so, call after call; returns the arguments of the calls."""
    calls: list[list[str]] = []
    left = list(answers)

    def answered(args: list[str], **options: Any) -> process.Finished:
        calls.append([*args])
        return process.Finished(args, *left.pop(0))

    monkeypatch.setattr(fetch_push, "over_network", answered)
    return calls


@pytest.mark.parametrize("sign", [b"shallow", b"graft", b"unresolved delta", b"missing", b"did not send all"])
def test_a_fetch_is_tried_without_what_a_server_does_not_cope_with(
    opened: Repo, monkeypatch: pytest.MonkeyPatch, sign: bytes
) -> None:
    calls = answering(monkeypatch, (1, b"", b"error: x " + sign), (0, b"", b""))
    fetch(opened, THERE, ["refs/a"], ["1" * 40], Caller(), opened.home, Lineage({"2" * 40: ("1" * 40,)}))
    assert len(calls) == 2 and all(each[-2:] == ["gitstory", "refs/a"] for each in calls)
    assert f"--negotiation-tip={'1' * 40}" in calls[0]
    for lineage, stderr in ((NONE, b"error: " + sign), (Lineage({"2" * 40: ("1" * 40,)}), b"error: other")):
        calls = answering(monkeypatch, (1, b"", stderr))
        with pytest.raises(RemoteUnreachable):
            fetch(opened, THERE, ["refs/a"], [], Caller(on_progress=print), opened.home, lineage)
        assert len(calls) == 1


def test_a_push_to_a_server_that_moves_refs_one_by_one(opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = answering(monkeypatch, (1, b"", b"fatal: the receiving end does not support --atomic push"), (0, b"", b""))
    moves = {"refs/a": ("1" * 40, None), "refs/b": ("2" * 40, "3" * 40)}
    assert push(opened, THERE, moves, Caller()) == []
    assert ["--atomic" in each for each in calls] == [True, False] and "--no-atomic" in calls[1]
    assert calls[0][-3:] == ["gitstory", f"{'1' * 40}:refs/a", f"{'2' * 40}:refs/b"]
    assert {"--force-with-lease=refs/a:", f"--force-with-lease=refs/b:{'3' * 40}"} < set(calls[0])
    assert "--no-thin" not in calls[0]
    calls = answering(monkeypatch, (0, b"", b""))
    push(opened, THERE, moves, Caller(on_progress=print), lineage=Lineage({"1" * 40: ()}, commits=(b"tree x",)))
    assert "--no-thin" in calls[0]


def test_only_refs_that_were_asked_for_and_real_ids_count(opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        ("1" * 40, "refs/a"),
        ("2" * 64, "refs/b"),
        ("3" * 41, "refs/c"),
        ("g" * 40, "refs/d"),
        ("4" * 40, "refs/e"),
    ]
    answering(monkeypatch, (0, "".join(f"{oid}\t{ref}\n" for oid, ref in rows).encode(), b""))
    asked = ["refs/a", "refs/b", "refs/c", "refs/d"]
    assert ls_remote(opened, THERE, asked, Caller()) == {"refs/a": "1" * 40, "refs/b": "2" * 64}


@pytest.mark.parametrize("host", ["github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "git.sr.ht"])
def test_hosts_that_have_an_https_twin(host: str) -> None:
    assert (
        remote_addresses.open_address(f"git@{host}:/x")
        == remote_addresses.open_address(f"ssh://git@{host}/x")
        == f"https://{host}/x"
    )
    assert THERE.shown == "https://host/x"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("!\tx:refs/a\t[rejected] (stale info)", "stale info"),
        ("!\tx:refs/a\t[remote rejected] (a (b))", "a (b)"),
        ("!\tx:refs/a\t[rejected]", "rejected"),
        ("!\tx:refs/a\t[rejected] (cut", "rejected] (cut"),
        ("!\tx:refs/a\todd)", "odd)"),
        (" \tx:refs/a\t1..2", None),
    ],
)
def test_a_reason_is_what_stands_in_brackets(line: str, reason: str | None) -> None:
    assert [one.reason for one in fetch_push._refused(line)] == ([reason] if reason is not None else [])


# --- odd repositories ---


def test_a_tree_that_cannot_be_read_is_not_taken_for_an_empty_one(opened: Repo) -> None:
    with pytest.raises(DamagedObject):
        edit_tree(opened.objects, "1" * 40, {b"a": b"x"}, NewObjects("sha1"))
    empty = opened.git("hash-object", "-w", "-t", "tree", "--stdin", input=b"").decode().strip()
    assert edit_tree(opened.objects, empty, {b"a": b"x"}, NewObjects("sha1")) is not None


def test_settings_of_the_person_change_nothing(repo: GitRepo, opened: Repo) -> None:
    for setting in (("log.showRoot", "false"), ("diff.noprefix", "true"), ("diff.mnemonicPrefix", "true")):
        repo.git("config", *setting)
    one = repo.commit("one", {"a": "x\ny\n"})
    assert added_lines(opened, [one]) == {one: {b"a": {1: b"x", 2: b"y"}}}
    assert commit_details.changes_between(opened, "", one) == [commit_details.FileChange("a", 2, 0)]


def test_a_repository_without_commits_has_none_to_choose(opened: Repo, repo: GitRepo) -> None:
    with pytest.raises(NoCommits):
        select_commits(opened, Selection(repo.path))
    with pytest.raises(UnknownRevision, match="unknown revision: HEAD"):
        select_commits(opened, Selection(repo.path, names=("HEAD",)))
    assert numstat.listed(opened) is None and numstat.listed(opened, ["-x"]) is None
    with pytest.raises(UnknownRevision, match="-x"):
        list(numstat.commit_sizes(opened, ["a", "-x"]))
    one = repo.commit("one", {"a": "1\n2\n"}, at=1000)
    expected = numstat.CommitSizes(one, "Dev One", 1000, (commit_details.FileChange("a", 2, 0),))
    assert (
        list(numstat.commit_sizes(opened, everything=True))
        == list(numstat.sizes_of(opened, [one, "0" * 40]))
        == [expected]
    )
    assert [each.files for each in numstat.listed(opened, everything=True) or []] == [()]
    with pytest.raises(GitFailed):
        list(numstat.commit_sizes(opened, ["HEAD"], options=["--no-such-option"]))
    with pytest.raises(UnknownRevision, match="unknown revision: none"):
        commit_details.commit_info(opened, "none")
    with pytest.raises(GitStoryError, match="no date: 'soon'") as raised:
        since_time(opened, "soon")
    assert raised.value.hint == "try 2026-11-20, yesterday or '2 weeks ago'"


def test_an_object_is_read_up_to_the_bound(opened: Repo, repo: GitRepo) -> None:
    oids = [repo.git("hash-object", "-w", "--stdin", input=data) for data in (b"", b"one", b"two" * 500)]
    assert [opened.objects.blob(oid) for oid in oids] == [b"", b"one", b"two" * 500]
    assert opened.objects.blob(oids[2], 1500) is not None
    with pytest.raises(TooBig, match="an object of 1500 bytes"):
        opened.objects.blob(oids[2], 1499)
    assert list(opened.objects.blobs([oids[2].encode(), b"a\nb", oids[0].encode()], 10)) == [b"", None, b""]
