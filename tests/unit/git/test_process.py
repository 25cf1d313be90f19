"""What git is started with, what it says, and objects read from one long process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gitstory.git.process import FETCHES, GitFailed, clean_env, error_line, fetching_env, git, is_lacking, stranger_env
from gitstory.git.repo import DamagedObject, NotARepository, Objects, Repo, TooBig, UnknownRevision
from gitstory.git.repo_discovery import common_dir_of
from tests.gitrepo import GitRepo

FOREIGN = (
    *("GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH", "GIT_EXTERNAL_DIFF"),
    *("GIT_DIFF_OPTS", "GIT_NOTES_REF", "GIT_NOTES_DISPLAY_REF", "GIT_TRACE", "GIT_TRACE2", "GIT_TRACE2_EVENT"),
    *("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"),
)


@pytest.mark.parametrize("name", FOREIGN)
def test_what_hooks_and_agents_set_does_not_reach_our_git(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "/elsewhere")
    assert name not in clean_env() and name not in clean_env(located=False) and name not in fetching_env(located=True)


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR"])
def test_a_place_in_the_environment_counts_only_where_none_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "/elsewhere")
    assert name not in clean_env() and name not in fetching_env(located=True)
    assert clean_env(located=False)[name] == "/elsewhere"


def test_our_git_asks_nothing_locks_nothing_and_fetches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "1")
    env = clean_env({"EXTRA": "2"})
    wanted = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    assert wanted.items() <= env.items() and env["KEPT"] == "1" and env["EXTRA"] == "2"
    assert "GIT_NO_LAZY_FETCH" not in fetching_env(located=False)


def test_our_git_maps_little_of_a_pack_and_keeps_the_settings_of_the_environment(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A git that reads a whole record would take as much memory as its packs have bytes."""
    for name, value in (("COUNT", "1"), ("KEY_0", "core.abbrev"), ("VALUE_0", "11")):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    with Repo.open(repo.path) as opened:
        told = [
            opened.git("config", key).strip()
            for key in ("core.packedGitWindowSize", "core.packedGitLimit", "core.abbrev")
        ]
    assert told == [b"1m", b"32m", b"11"]


def test_a_stranger_has_nothing_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_ASKPASS", "/x")
    monkeypatch.setenv("SSH_ASKPASS", "/x")
    env = stranger_env()
    assert env.get("HOME") != os.environ["HOME"] and "/x" not in (env.get("GIT_ASKPASS"), env.get("SSH_ASKPASS"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("warning: a\nfatal: b\n", "b"),
        ("warning: a\nerror: b\nfatal: c", "b"),
        ("\nwarning: only\n", "only"),
        ("plain\nmore", "plain"),
    ],
)
def test_the_line_that_says_what_went_wrong(text: str, line: str) -> None:
    assert error_line(text) == line


@pytest.mark.parametrize(
    ("text", "lacking"),
    [("fatal: lazy fetching disabled", True), ("could not fetch x from promisor remote", True), ("fatal: bad", False)],
)
def test_what_a_partial_clone_lacks_is_known_by_git_s_words(text: str, lacking: bool) -> None:
    assert is_lacking(text) is lacking


@pytest.mark.parametrize(
    ("args", "stderr", "message", "hint"),
    [
        (["log"], b"fatal: bad thing\n", "git log: bad thing", None),
        (["log"], b"", "git log: exit code 3", None),
        ([], b"fatal: bad\n", "git : bad", None),
        (["log"], b"fatal: caf\xe9\n", "git log: caf\ufffd", None),
        (
            ["log"],
            b"fatal: lazy fetching disabled\n",
            "git log: this clone lacks objects that are needed for it",
            FETCHES,
        ),
    ],
)
def test_what_is_said_of_a_command_that_failed(args: list[str], stderr: bytes, message: str, hint: str | None) -> None:
    failed = GitFailed(args, 3, stderr)
    assert (str(failed), failed.hint, failed.code) == (message, hint, 3)
    assert failed.stderr == stderr.decode("utf-8", "replace").strip()


def test_a_bad_exit_is_raised_unless_it_is_not_looked_at(repo: GitRepo) -> None:
    with pytest.raises(GitFailed, match=r"^git rev-parse: ") as raised:
        git("-C", str(repo.path), "rev-parse", "--verify", "nothing")
    assert raised.value.code == 128 and "Needed a single revision" in raised.value.stderr
    assert git("-C", str(repo.path), "rev-parse", "--verify", "nothing", check=False).returncode == 128
    assert git("hash-object", "--stdin", input=b"hello\n").stdout == b"ce013625030ba8dba906f756967f9e9ca394464a\n"


# --- objects ---


@pytest.fixture
def files(repo: GitRepo) -> GitRepo:
    repo.commit("one", {"a.txt": "a\nb\n", "odd\nname": "odd\n", "sub/c.txt": b"\0\n"})
    return repo


def test_objects_are_read_by_any_name(files: GitRepo) -> None:
    with Repo.open(files.path) as opened:
        objects = opened.objects
        assert objects.read("HEAD:a.txt") == (files.git("rev-parse", "HEAD:a.txt"), "blob", b"a\nb\n")
        commit = objects.read("HEAD")
        assert commit is not None and commit[1] == "commit"
        assert objects.read("HEAD:nothing") is None and objects.read("0" * 40) is None
        assert objects.blob("HEAD:a.txt") == b"a\nb\n" and objects.blob("HEAD:sub/c.txt") == b"\0\n"
        assert objects.blob("HEAD") is None and objects.blob("HEAD:nothing") is None


def test_a_name_of_two_lines_is_no_name_and_puts_nothing_out_of_step(files: GitRepo) -> None:
    """git would take it for two, and answer the next question with what it said of the second."""
    with Repo.open(files.path) as opened:
        objects = opened.objects
        assert objects.read("HEAD:odd\nHEAD:a.txt") is None
        assert objects.read(b"HEAD:odd\nname") is None
        assert objects.blob("HEAD:sub/c.txt") == b"\0\n"
        found = objects.blobs([b"HEAD:a.txt", b"HEAD:odd\nname", b"HEAD:nothing", b"HEAD", b"HEAD:sub/c.txt"])
        assert list(found) == [b"a\nb\n", None, None, None, b"\0\n"]


def test_each_question_gets_its_own_answer_whatever_is_asked_in_between(files: GitRepo) -> None:
    names = [b"HEAD:a.txt", b"HEAD:sub/c.txt", b"HEAD:nothing", b"HEAD:a.txt"] * 100  # more than one request
    contents = [b"a\nb\n", b"\0\n", None, b"a\nb\n"] * 100
    with Repo.open(files.path) as opened:
        objects = opened.objects
        found = []
        for content in objects.blobs(names):
            found.append(content)
            assert objects.blob("HEAD:sub/c.txt") == b"\0\n"
            assert list(objects.blobs([b"HEAD:sub/c.txt", b"HEAD:a.txt"])) == [b"\0\n", b"a\nb\n"]
        assert found == contents
        left = objects.blobs(names)
        assert next(left) == b"a\nb\n"  # and nobody takes the rest
        assert objects.blob("HEAD:sub/c.txt") == b"\0\n"


@pytest.mark.parametrize(("limit", "fits"), [(4, True), (3, False)])
def test_what_is_too_big_is_passed_over(files: GitRepo, limit: int, fits: bool) -> None:
    with Repo.open(files.path) as opened:
        objects = opened.objects
        if fits:
            assert objects.blob("HEAD:a.txt", limit) == b"a\nb\n"
        else:
            with pytest.raises(TooBig):
                objects.blob("HEAD:a.txt", limit)
        assert objects.blob("HEAD:sub/c.txt") == b"\0\n"
        several = list(objects.blobs([b"HEAD:a.txt", b"HEAD:sub/c.txt"], limit))
        assert several == [b"a\nb\n" if fits else b"", b"\0\n"]


def test_a_damaged_object_is_named_and_the_next_is_read(files: GitRepo) -> None:
    oid = files.git("rev-parse", "HEAD:a.txt")
    path = files.path / ".git" / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-4])
    with Repo.open(files.path) as opened:
        objects = opened.objects
        with pytest.raises(DamagedObject):
            objects.read("HEAD:a.txt")
        assert objects.blob("HEAD:sub/c.txt") == b"\0\n"
        assert list(objects.blobs([b"HEAD:a.txt", b"HEAD:sub/c.txt"])) == [b"", b"\0\n"]


def test_a_tree_has_names_modes_and_ids(files: GitRepo) -> None:
    with Repo.open(files.path) as opened:
        entries = list(opened.objects.tree("HEAD^{tree}"))
        assert [(name, mode) for name, mode, _ in entries] == [
            (b"a.txt", 0o100644),
            (b"odd\nname", 0o100644),
            (b"sub", 0o40000),
        ]
        assert entries[0][2] == files.git("rev-parse", "HEAD:a.txt")
        assert list(opened.objects.tree("HEAD:a.txt")) == [] == list(opened.objects.tree("nothing"))


def test_reading_can_begin_again_after_an_end(files: GitRepo) -> None:
    with Repo.open(files.path) as opened:
        objects = Objects(opened)
        objects.close()
        assert Objects(opened).blob("HEAD:a.txt") == b"a\nb\n"


# --- repositories ---


def test_a_repository_is_opened_from_any_directory_in_it(files: GitRepo, tmp_path: Path) -> None:
    with Repo.open(files.path / "sub") as opened:
        assert opened.worktree == files.path and opened.git_dir == files.path / ".git" == opened.common_dir
        assert opened.object_format == "sha1" and not opened.shallow
        assert opened.resolve("HEAD") == files.git("rev-parse", "HEAD")
        assert opened.config("user.name") == "Dev One" and not opened.config("no.such")
        with pytest.raises(UnknownRevision):
            opened.resolve("nothing")
    with pytest.raises(NotARepository):
        Repo.open(tmp_path)


def test_linked_work_trees_are_listed(files: GitRepo, tmp_path: Path) -> None:
    files.git("worktree", "add", "-q", str(tmp_path / "linked"))
    with Repo.open(tmp_path / "linked") as opened:
        assert {Path(str(one)) for one in opened.worktrees()} == {files.path, tmp_path / "linked"}
        assert opened.common_dir == files.path / ".git" and opened.git_dir != opened.common_dir


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes")
def test_a_work_tree_of_any_name_is_listed(files: GitRepo, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/worktree caf\xe9"))
    files.git("worktree", "add", "-q", "--detach", str(odd))
    with Repo.open(files.path) as opened:
        assert opened.worktrees() == [files.path, odd]


# --- which repository a directory is in ---


def test_the_nearest_repository_upwards_holds_a_directory(files: GitRepo, tmp_path: Path) -> None:
    common = (files.path / ".git").resolve()
    files.git("worktree", "add", "-q", str(tmp_path / "linked"))
    bare = GitRepo.init(tmp_path / "bare.git", "--bare").path
    inner = GitRepo.init(files.path / "sub" / "inner").path
    for directory in (files.path, files.path / "sub", files.path / "gone" / "deeper", tmp_path / "linked"):
        assert common_dir_of(directory) == common, directory
    assert common_dir_of(inner / "x") == (inner / ".git").resolve()
    assert common_dir_of(bare) == bare.resolve() == common_dir_of(bare / "refs")
    assert common_dir_of(tmp_path / "elsewhere") is None


def test_what_only_looks_like_a_repository_is_none(files: GitRepo, tmp_path: Path) -> None:
    planted = GitRepo.init(files.path / "sub" / "planted.git", "--bare").path
    assert common_dir_of(planted) == (files.path / ".git").resolve()
    for name, text in (("lead", "gitdir: nowhere\n"), ("words", "not a pointer\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".git").write_text(text)
        assert common_dir_of(tmp_path / name) is None
    partial = tmp_path / "partial"
    for part in ("objects", "refs"):
        (partial / ".git" / part).mkdir(parents=True)
    assert common_dir_of(partial) is None
    assert common_dir_of(tmp_path / "a\0b") is None
