"""Real commits through the real shims; what they leave in the spool is looked at, the worker is not there."""

from __future__ import annotations

import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from gitstory.git.repo import Repo
from gitstory.hooks.install import PREVIOUS
from gitstory.hooks.setup import disable, enable
from gitstory.hooks.shims import shim
from gitstory.recording.queue_file import Event, parse, waiting
from tests.gitrepo import GitRepo

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs the shims as programs")

SHELLS = [name for name in ("dash", "bash", "busybox", "ash", "ksh", "mksh", "zsh", "yash") if shutil.which(name)]


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH without git-story, so that nothing empties the spool."""
    folders = [folder for folder in os.environ["PATH"].split(os.pathsep) if not (Path(folder) / "git-story").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(folders))


def spooled(repo: GitRepo | Path) -> list[Event]:
    path = repo if isinstance(repo, Path) else repo.path
    spool = Repo.open(path).home / "spool"
    events, skipped = parse(spool.read_bytes())
    assert skipped == 0
    return list(events)


def switch_on(repo: GitRepo, program: str = "/nowhere/git-story") -> Path:
    """Enable without a worker; returns the hooks directory."""
    done = enable(Repo.open(repo.path), program)
    assert done.place is not None
    return done.place.directory


def foreign(path: Path, text: str, mode: int = 0o755) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path.read_bytes()


def test_commit_leaves_one_line(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    switch_on(repo)
    monkeypatch.setenv("CODEX_THREAD_ID", "0199-thread")
    monkeypatch.setenv("CODEX_TOOL_CALL_ID", "call_1")
    monkeypatch.setenv("CODEX_HOME", "/home/dev/elsewhere")
    sha = repo.commit(files={"a": "1\n"})
    (event,) = spooled(repo)
    assert (event.name, event.commit, event.worktree) == ("post-commit", sha, str(repo.path))
    assert event.markers == {"CODEX_THREAD_ID": "0199-thread", "CODEX_TOOL_CALL_ID": "call_1"}
    assert event.stores["CODEX_HOME"] == "/home/dev/elsewhere"
    assert event.stores["HOME"] == os.environ["HOME"]


def test_spool_is_private(repo: GitRepo) -> None:
    switch_on(repo)
    shutil.rmtree(repo.path / ".git/gitstory")
    repo.commit()
    home = repo.path / ".git/gitstory"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "spool").stat().st_mode) == 0o600


@pytest.mark.parametrize("value", ["a\tb", "a\nb\n", "%09", "100 %", "é ü 漢", "'\"$(touch x)`touch y`;\\", "*"])
def test_strange_values_arrive_unchanged(repo: GitRepo, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    switch_on(repo)
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", value)
    repo.commit()
    assert spooled(repo)[0].stores["CLAUDE_CONFIG_DIR"] == value
    assert not (repo.path / "x").exists() and not (repo.path / "y").exists()


def test_long_values_are_left_out(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    switch_on(repo)
    for name in ("CODEX_HOME", "QWEN_HOME", "KIRO_HOME"):
        monkeypatch.setenv(name, "x" * 1001)
    for name in ("CLAUDE_CONFIG_DIR", "GOOSE_PATH_ROOT", "OPENCODE_DB", "CRUSH_GLOBAL_DATA", "CLINE_DIR"):
        monkeypatch.setenv(name, "y" * 1000)
    sha = repo.commit()
    assert spooled(repo)[0].commit == sha
    assert (repo.path / ".git/gitstory/spool").stat().st_size < 4096


def test_amend_names_both_commits(repo: GitRepo) -> None:
    switch_on(repo)
    first = repo.commit(files={"a": "1\n"})
    repo.git("commit", "-q", "--amend", "-m", "again")
    second = repo.git("rev-parse", "HEAD")
    events = spooled(repo)
    assert [event.name for event in events] == ["post-commit", "post-commit", "post-rewrite"]
    assert (events[2].commit, events[2].was, events[2].by) == (second, first, "amend")


def test_rebase_names_all_pairs(repo: GitRepo) -> None:
    repo.commit(files={"base": "1\n"})
    repo.git("switch", "-qc", "topic")
    old = [repo.commit(files={f"t{n}": "1\n"}) for n in range(3)]
    repo.git("switch", "-q", "main")
    repo.commit(files={"m": "1\n"})
    switch_on(repo)
    repo.git("rebase", "-q", "main", "topic")
    new = repo.git("rev-list", "--reverse", "main..topic").split()
    pairs = [(e.was, e.commit) for e in spooled(repo) if e.name == "post-rewrite"]
    assert pairs == list(zip(old, new, strict=True))


def test_merge_is_told(repo: GitRepo) -> None:
    repo.commit(files={"a": "1\n"})
    repo.git("switch", "-qc", "topic")
    repo.commit(files={"b": "1\n"})
    repo.git("switch", "-q", "main")
    switch_on(repo)
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    (event,) = spooled(repo)
    assert (event.name, event.commit) == ("post-merge", repo.git("rev-parse", "HEAD"))


def test_detached_head(repo: GitRepo) -> None:
    repo.commit()
    switch_on(repo)
    repo.git("checkout", "-q", "--detach")
    sha = repo.commit()
    assert spooled(repo)[0].commit == sha


def test_packed_refs_and_sha256(tmp_path: Path) -> None:
    repo = GitRepo.init(tmp_path / "long", "--object-format=sha256")
    switch_on(repo)
    repo.commit()
    repo.git("pack-refs", "--all")
    sha = repo.commit()
    assert len(sha) == 64 and spooled(repo)[-1].commit == sha


def test_linked_worktree_shares_the_spool(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit()
    switch_on(repo)
    repo.git("worktree", "add", "-q", str(tmp_path / "side tree"), "-b", "side")
    side = GitRepo(tmp_path / "side tree")
    sha = side.commit(files={"s": "1\n"})
    (event,) = spooled(repo)
    assert (event.commit, event.worktree) == (sha, str(side.path))


def test_subdirectory(repo: GitRepo) -> None:
    switch_on(repo)
    repo.write("deep/down/a", "1\n")
    repo.git("add", "-A")
    repo.git("commit", "-qm", "x", cwd=repo.path / "deep/down")
    assert spooled(repo)[0].worktree == str(repo.path)


def test_git_dir_and_work_tree_given(repo: GitRepo, tmp_path: Path) -> None:
    switch_on(repo)
    repo.git("--git-dir=repo/.git", "--work-tree=repo", "commit", "-q", "--allow-empty", "-m", "x", cwd=tmp_path)
    assert spooled(repo)[0].commit == repo.git("rev-parse", "HEAD")


def test_separate_git_dir(tmp_path: Path) -> None:
    repo = GitRepo.init(tmp_path / "work", f"--separate-git-dir={tmp_path / 'apart.git'}")
    switch_on(repo)
    sha = repo.commit()
    assert spooled(repo)[0].commit == sha


def test_submodule(repo: GitRepo, tmp_path: Path) -> None:
    inner = GitRepo.init(tmp_path / "inner")
    inner.commit(files={"i": "1\n"})
    repo.git("submodule", "add", "-q", str(inner.path), "sub")
    sub = GitRepo(repo.path / "sub")
    switch_on(sub)
    sha = sub.commit(files={"i": "2\n"})
    assert spooled(sub)[0].commit == sha
    assert not (repo.path / ".git/gitstory").exists()


@pytest.mark.parametrize("name", ["with space", "é-ünï", "漢字", "quo'te", "dollar$HOME", "per%cent", "tab\there"])
def test_strange_paths(tmp_path: Path, name: str) -> None:
    repo = GitRepo.init(tmp_path / name)
    switch_on(repo)
    sha = repo.commit()
    (event,) = spooled(repo)
    assert (event.commit, event.worktree) == (sha, str(repo.path))


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_at_hand(repo: GitRepo, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    hooks = switch_on(repo)
    interpreter = f"{shutil.which(shell)} sh" if shell == "busybox" else str(shutil.which(shell))
    for event in ("post-commit", "post-rewrite"):
        text = (hooks / event).read_text()
        (hooks / event).write_text(text.replace("#!/bin/sh\n", f"#!{interpreter}\n", 1))
    monkeypatch.setenv("CODEX_HOME", "a\tb %\nc")
    first = repo.commit()
    repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "again")
    events = spooled(repo)
    assert [e.name for e in events] == ["post-commit", "post-commit", "post-rewrite"]
    assert events[2].was == first
    assert {e.stores["CODEX_HOME"] for e in events} == {"a\tb %\nc"}


@pytest.mark.parametrize("flags", ["-e", "-eu", "-u", "-C"])
def test_strict_shells(repo: GitRepo, flags: str) -> None:
    hooks = switch_on(repo)
    text = (hooks / "post-commit").read_text()
    (hooks / "post-commit").write_text(text.replace("#!/bin/sh\n", f"#!/bin/sh {flags}\n", 1))
    sha = repo.commit()
    again = repo.commit()
    assert [e.commit for e in spooled(repo)] == [sha, again]


def commit_quietly(repo: GitRepo) -> None:
    """A commit that must succeed and say nothing."""
    done = subprocess.run(
        ["git", "commit", "-q", "--allow-empty", "-m", "x"], cwd=repo.path, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_no_binary_is_silent(repo: GitRepo) -> None:
    switch_on(repo)
    commit_quietly(repo)
    assert len(spooled(repo)) == 1


def test_spool_cannot_be_written(repo: GitRepo) -> None:
    """Also as root, whom permissions do not stop: a directory stands in the file's place."""
    switch_on(repo)
    (repo.path / ".git/gitstory/spool").mkdir()
    commit_quietly(repo)


def test_home_cannot_be_made(repo: GitRepo) -> None:
    switch_on(repo)
    shutil.rmtree(repo.path / ".git/gitstory")
    (repo.path / ".git/gitstory").write_text("a file in its place\n")
    commit_quietly(repo)


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may write everywhere")
def test_read_only_home(repo: GitRepo) -> None:
    switch_on(repo)
    home = repo.path / ".git/gitstory"
    home.chmod(0o500)
    try:
        commit_quietly(repo)
    finally:
        home.chmod(0o700)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk(repo: GitRepo) -> None:
    switch_on(repo)
    (repo.path / ".git/gitstory/spool").symlink_to("/dev/full")
    commit_quietly(repo)


def test_half_a_line_does_not_spoil_the_next(repo: GitRepo) -> None:
    switch_on(repo)
    (repo.path / ".git/gitstory/spool").write_bytes(b"1\tpost-com")
    sha = repo.commit()
    events, skipped = parse((repo.path / ".git/gitstory/spool").read_bytes())
    assert ([e.commit for e in events], skipped) == ([sha], 1)


def test_killed_with_its_group_after_the_line(repo: GitRepo, tmp_path: Path) -> None:
    """The line is there before the worker starts, so killing everything loses nothing."""
    worker = tmp_path / "worker"
    foreign(worker, "#!/bin/sh\nkill -9 0\n")  # its own group, thanks to setsid; else ours and git's
    switch_on(repo, str(worker))
    sha = repo.commit()
    assert [e.commit for e in spooled(repo)] == [sha]


def test_group_killed_by_the_chained_hook(repo: GitRepo) -> None:
    foreign(repo.path / ".git/hooks/post-commit", "#!/bin/sh\nkill -9 0\n")
    switch_on(repo)
    process = subprocess.Popen(
        ["git", "commit", "-q", "--allow-empty", "-m", "x"], cwd=repo.path, start_new_session=True
    )
    assert process.wait() == -signal.SIGKILL
    assert [e.commit for e in spooled(repo)] == [repo.git("rev-parse", "HEAD")]


def test_worker_is_started_detached(repo: GitRepo, tmp_path: Path) -> None:
    """In its own session, with nothing of ours open: git returns at once and no pipe is held."""
    fifo, worker = tmp_path / "fifo", tmp_path / "git story's worker"
    os.mkfifo(fifo)
    foreign(worker, f'#!/bin/sh\nread line <"{fifo}"\necho "$* $(readlink /proc/$$/fd/1)" >"{tmp_path}/said"\n')
    switch_on(repo, str(worker))
    # `capture_output` waits until every holder of the pipe has gone: it would hang on the worker, which waits for us.
    commit_quietly(repo)
    assert not (tmp_path / "said").exists()
    fifo.write_text("go on\n")


def test_worker_inherits_no_lock(repo: GitRepo, tmp_path: Path) -> None:
    """A caller may hold `flock 9` around git; here the files are a pipe, which ends when nobody has it open."""
    fifo, worker = tmp_path / "fifo", tmp_path / "worker"
    os.mkfifo(fifo)
    foreign(worker, f'#!/bin/sh\nread line <"{fifo}"\n')
    switch_on(repo, str(worker))
    script = "exec 3>&1 7>&1 9>&1 >/dev/null; exec git commit -q --allow-empty -m x"
    done = subprocess.run(["sh", "-c", script], cwd=repo.path, stdout=subprocess.PIPE, timeout=30, check=False)
    assert done.returncode == 0  # and it returned, while the worker still waits for us
    fifo.write_text("go on\n")


def test_worker_is_not_started_for_each_commit_of_a_rebase(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit(files={"base": "1\n"})
    repo.git("switch", "-qc", "topic")
    for n in range(3):
        repo.commit(files={f"t{n}": "1\n"})
    repo.git("switch", "-q", "main")
    repo.commit(files={"m": "1\n"})
    fifo, worker = tmp_path / "fifo", tmp_path / "worker"
    os.mkfifo(fifo)
    foreign(worker, f'#!/bin/sh\necho started >"{fifo}"\n')
    switch_on(repo, str(worker))
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    repo.git("rebase", "-q", "main", "topic")
    select.select([reader], [], [], 30)
    assert os.read(reader, 1000) == b"started\n"
    os.close(reader)
    assert len([e for e in spooled(repo) if e.name == "post-rewrite"]) == 3


def absolute(repo: GitRepo, tmp_path: Path) -> tuple[str, Path]:
    return str(tmp_path / "team hooks"), tmp_path / "team hooks"


def relative(repo: GitRepo, tmp_path: Path) -> tuple[str, Path]:
    return ".githooks", repo.path / ".githooks"


def at_home(repo: GitRepo, tmp_path: Path) -> tuple[str, Path]:
    return "~/hooks", Path(os.environ["HOME"]) / "hooks"


@pytest.mark.parametrize("where", [absolute, relative, at_home])
def test_core_hooks_path(repo: GitRepo, tmp_path: Path, where: Callable[[GitRepo, Path], tuple[str, Path]]) -> None:
    value, directory = where(repo, tmp_path)
    repo.git("config", "core.hooksPath", value)
    (repo.path / "sub").mkdir()
    done = enable(Repo.open(repo.path / "sub"), "/nowhere/git-story")
    assert done.place is not None and done.place.directory == directory
    sha = repo.commit(files={"a": "1\n"})
    assert [e.commit for e in spooled(repo)] == [sha]
    assert repo.git("status", "--porcelain") == ""
    assert repo.git("ls-files") == "a"
    disable(Repo.open(repo.path))
    assert list(directory.iterdir()) == []


FOREIGN = {
    "sh": '#!/bin/sh\necho "$0 $#" >>ran\n',
    "bash flags": '#!/usr/bin/env bash\nset -eu\necho "$0 $#" >>ran\n',
    "python": '#!/usr/bin/env python3\nimport sys\nopen("ran", "a").write(f"{sys.argv[0]} {len(sys.argv) - 1}\\n")\n',
    "no shebang": 'echo "$0 $#" >>ran\n',
    "failing": '#!/bin/sh -e\necho "$0 $#" >>ran\nfalse\necho never\n',
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_hook_goes_on_running_and_comes_back(repo: GitRepo, kind: str) -> None:
    path = repo.path / ".git/hooks/post-commit"
    before = foreign(path, FOREIGN[kind], 0o751)
    repo.write(".git/info/exclude", "ran\n")
    switch_on(repo)
    switch_on(repo)
    sha = repo.commit(files={"a": "1\n"})
    assert [e.commit for e in spooled(repo)] == [sha]
    name = ".git/hooks/post-commit" + ("" if kind in ("sh", "bash flags", "failing") else PREVIOUS)
    assert (repo.path / "ran").read_text() == f"{name} 0\n"
    disable(Repo.open(repo.path))
    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o751
    assert sorted(p.name for p in path.parent.iterdir() if p.suffix != ".sample") == ["post-commit"]


def test_hook_that_git_would_not_run_is_not_run(repo: GitRepo) -> None:
    path = repo.path / ".git/hooks/post-commit"
    before = foreign(path, "#!/bin/sh\ntouch ran\n", 0o644)
    switch_on(repo)
    repo.commit()
    assert not (repo.path / "ran").exists()
    disable(Repo.open(repo.path))
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (before, 0o644)


def test_symlinked_hook_stays_a_link(repo: GitRepo) -> None:
    foreign(repo.path / "scripts/after", "#!/bin/sh\necho ok >.git/ran\n")
    link = repo.path / ".git/hooks/post-commit"
    link.symlink_to("../../scripts/after")
    switch_on(repo)
    repo.commit()
    assert (repo.path / ".git/ran").read_text() == "ok\n"
    disable(Repo.open(repo.path))
    assert link.readlink() == Path("../../scripts/after")


@pytest.mark.parametrize("shebang", ["#!/bin/sh", "#!/usr/bin/env python3"])
def test_chained_post_rewrite_gets_its_stdin(repo: GitRepo, shebang: str) -> None:
    body = "cat >.git/pairs" if shebang.endswith("sh") else "import sys; open('.git/pairs','w').write(sys.stdin.read())"
    foreign(repo.path / ".git/hooks/post-rewrite", f"{shebang}\n{body}\n")
    switch_on(repo)
    first = repo.commit()
    repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "again")
    second = repo.git("rev-parse", "HEAD")
    assert (repo.path / ".git/pairs").read_text() == f"{first} {second}\n"
    assert [e.was for e in spooled(repo) if e.name == "post-rewrite"] == [first]


@pytest.mark.parametrize("code", [0, 3])
def test_chained_pre_push_keeps_its_word(repo: GitRepo, tmp_path: Path, code: int) -> None:
    GitRepo.init(tmp_path / "remote.git", "--bare")
    foreign(repo.path / ".git/hooks/pre-push", f'#!/bin/sh\necho "$1" >.git/pushed\ncat >>.git/pushed\nexit {code}\n')
    switch_on(repo)
    sha = repo.commit()
    repo.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    done = subprocess.run(["git", "push", "-q", "origin", "main"], cwd=repo.path, capture_output=True, check=False)
    assert (done.returncode == 0) is (code == 0)
    assert (repo.path / ".git/pushed").read_text() == f"origin\nrefs/heads/main {sha} refs/heads/main {'0' * 40}\n"


def test_pre_push_drains_only_what_waits(repo: GitRepo, tmp_path: Path) -> None:
    program = tmp_path / "program"
    foreign(program, f'#!/bin/sh\n[ "$2" = --wait ] && echo "$*" >>"{tmp_path}/drained" || :\nexit 5\n')
    GitRepo.init(tmp_path / "remote.git", "--bare")
    switch_on(repo, str(program))
    repo.commit()
    repo.git("push", "-q", str(tmp_path / "remote.git"), "main")
    assert (tmp_path / "drained").read_text() == "drain --wait 5\n"
    (repo.path / ".git/gitstory/spool").unlink()
    repo.git("push", "-q", str(tmp_path / "remote.git"), "main:other")
    assert (tmp_path / "drained").read_text() == "drain --wait 5\n"


HUSKY = """\
#!/usr/bin/env sh
name=$(basename "$0")
script=$(dirname "$(dirname "$0")")/$name
[ -f "$script" ] || exit 0
sh -e "$script" "$@"
"""


def husky(repo: GitRepo) -> Path:
    """A directory as husky 9 leaves it: dispatchers that find the person's script from their own name."""
    directory = repo.path / ".husky/_"
    for name in ("post-commit", "pre-commit", "post-rewrite"):
        foreign(directory / name, '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n')
    foreign(directory / "h", HUSKY)
    (directory / ".gitignore").write_text("*")
    repo.git("config", "core.hooksPath", ".husky/_")
    return directory


def test_husky(repo: GitRepo) -> None:
    directory = husky(repo)
    foreign(repo.path / ".husky/post-commit", "echo mine >.git/ran\n", 0o644)
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    done = enable(Repo.open(repo.path), "/nowhere/git-story")
    assert done.place is not None and done.place.manager == "husky"
    sha = repo.commit(files={"a": "1\n"})
    assert [e.commit for e in spooled(repo)] == [sha]
    assert (repo.path / ".git/ran").read_text() == "mine\n"
    assert repo.git("ls-files") == ".husky/post-commit\na"
    husky(repo)  # `npm install` writes them anew
    enable(Repo.open(repo.path), "/nowhere/git-story")
    repo.commit(files={"a": "2\n"})
    assert len(spooled(repo)) == 2
    disable(Repo.open(repo.path))
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before


def test_committed_hook_is_not_touched(repo: GitRepo) -> None:
    before = foreign(repo.path / ".githooks/post-commit", "#!/bin/sh\necho team >.git/ran\n")
    repo.git("config", "core.hooksPath", ".githooks")
    repo.commit()
    done = enable(Repo.open(repo.path), "/nowhere/git-story")
    assert {c.event: c.done for c in done.changes}["post-commit"] == "tracked"
    assert (repo.path / ".githooks/post-commit").read_bytes() == before
    repo.commit(files={"a": "1\n"})
    assert (repo.path / ".git/ran").read_text() == "team\n"
    assert repo.git("ls-files") == ".githooks/post-commit\na"


def test_waiting_counts_what_the_shims_wrote(repo: GitRepo) -> None:
    switch_on(repo)
    repo.commit()
    repo.commit()
    assert waiting(Repo.open(repo.path).home) == 2


def test_program_path_is_quoted() -> None:
    assert b"gitstory_program='/home/o'\\''neill/git-story'" in shim("post-commit", "/home/o'neill/git-story")


@pytest.mark.parametrize("flags", ["", " -eu"])
@pytest.mark.parametrize("shell", SHELLS)
def test_what_git_waits_for_is_asked_of_the_program(repo: GitRepo, tmp_path: Path, shell: str, flags: str) -> None:
    asked = tmp_path / "asked"
    program = tmp_path / "git-story"
    program.write_text(f'#!/bin/sh\n[ "$1" != hook ] || echo "$@" >>"{asked}"\nexit 7\n')
    program.chmod(0o755)
    repo.git("config", "story.link.mode", "trailers")
    repo.git("config", "story.history.commit", "true")
    hooks = switch_on(repo, str(program))
    interpreter = f"{shutil.which(shell)} sh" if shell == "busybox" else str(shutil.which(shell))
    for event in ("pre-commit", "prepare-commit-msg", "commit-msg"):
        text = (hooks / event).read_text()
        (hooks / event).write_text(text.replace("#!/bin/sh\n", f"#!{interpreter}{flags}\n", 1))
    repo.commit(files={"a": "1\n"})
    assert asked.read_text().splitlines() == [
        "hook pre-commit",
        "hook prepare-commit-msg .git/COMMIT_EDITMSG message",
    ]
    (repo.path / ".git/gitstory-trailers").write_text("left by a commit that was given up\n")
    repo.commit(files={"a": "2\n"})
    assert not (repo.path / ".git/gitstory-trailers").exists()
    asked.unlink()
    repo.git("revert", "--no-edit", "HEAD~1", check=False)  # stops: a conflict
    repo.write("a", "solved\n")
    repo.git("add", "a")
    repo.git("commit", "-q", "-m", "by hand")
    assert not asked.exists()


@pytest.mark.skipif(shutil.which("setsid") is None, reason="without it the worker stays in the terminal's session")
def test_worker_starts_where_the_terminal_is_closed_at_once(repo: GitRepo, tmp_path: Path) -> None:
    """Some agents give each command a terminal of its own, which hangs up as soon as the command has ended."""
    import pty  # there is none on Windows

    program, came = tmp_path / "worker", tmp_path / "came"
    program.write_text(f"#!/bin/sh\nprintf x >'{came}.new' && mv '{came}.new' '{came}'\n")
    program.chmod(0o755)
    switch_on(repo, str(program))
    repo.write("a", "a\n")
    repo.git("add", "a")
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover  it becomes git, which leads the session
        os.chdir(repo.path)
        os.execvp("git", ["git", "commit", "-q", "-m", "Add a"])
    with suppress(OSError):  # the other side is closed
        while os.read(terminal, 4096):
            pass
    os.close(terminal)
    assert os.waitpid(child, 0)[1] == 0
    end = time.monotonic() + 30
    while not came.exists():
        assert time.monotonic() < end, "no worker"
        time.sleep(0.02)
