"""`Story:` trailers in commit messages, by real git through the real hooks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gitstory.hooks.setup import enable_global
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.hooked import FILE, ONE, TWO, again, enable, greet, make_program, make_project, message
from tests.integration.story_of import git_story
from tests.integration.test_commits import NOON

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs the shims as programs")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return make_program(tmp_path)


@pytest.fixture
def project(repo: GitRepo, program: Path) -> GitRepo:
    return make_project(repo, program, "story.link.mode", "trailers")


@pytest.fixture
def session(project: GitRepo, home: Path) -> ClaudeSession:
    return greet(project, home)


def editor(tmp_path: Path, script: str) -> str:
    """An editor that runs `script` on the file "$1"."""
    path = tmp_path / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def write_first(tmp_path: Path, text: str) -> str:
    """An editor that puts `text` above what is there."""
    (tmp_path / "typed").write_text(text)
    return editor(tmp_path, f'cat "{tmp_path}/typed" "$1" >"$1.new" && mv "$1.new" "$1"')


@pytest.mark.usefixtures("session")
def test_message_given(project: GitRepo) -> None:
    project.git("commit", "-q", "-m", "Add greeting", "-m", "Why not.")
    assert message(project) == f"Add greeting\n\nWhy not.\n\n{ONE}"
    assert project.git("log", "-1", "--format=%(trailers:key=Story,valueonly)") == ONE.removeprefix("Story: ")


@pytest.mark.usefixtures("session")
def test_message_from_a_file(project: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "message").write_text("Add greeting\n\n# not a comment here\nbody\n")
    project.git("commit", "-q", "-F", str(tmp_path / "message"))
    assert message(project) == f"Add greeting\n\n# not a comment here\nbody\n\n{ONE}"


@pytest.mark.usefixtures("session")
def test_message_from_an_editor(project: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_EDITOR", write_first(tmp_path, "Add greeting\n\nWhy not.\n"))
    project.git("commit", "-q")
    assert message(project) == f"Add greeting\n\nWhy not.\n\n{ONE}"


@pytest.mark.usefixtures("session")
def test_no_message_is_no_commit(project: GitRepo) -> None:
    before = project.git("rev-parse", "HEAD")
    project.git("commit", "-q", check=False)
    assert project.git("rev-parse", "HEAD") == before
    project.git("commit", "-q", "-m", "later")
    assert message(project) == f"later\n\n{ONE}"


@pytest.mark.usefixtures("session")
def test_empty_message_that_is_allowed(project: GitRepo) -> None:
    project.git("commit", "-q", "--allow-empty-message", "-m", "")
    assert message(project).strip() == ONE


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("char", ["auto", ";", "@"])
def test_comment_characters(project: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, char: str) -> None:
    project.git("config", "core.commentChar", char)
    monkeypatch.setenv("GIT_EDITOR", write_first(tmp_path, ""))
    project.git("commit", "-q", "-e", "-m", "Add greeting\n\n#123 is closed by this")
    assert message(project) == f"Add greeting\n\n#123 is closed by this\n\n{ONE}"


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("char", ["#", ";"])
@pytest.mark.parametrize("cleanup", ["default", "scissors"])
def test_the_diff_below_the_scissors(
    project: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, char: str, cleanup: str
) -> None:
    project.git("config", "core.commentChar", char)
    project.git("config", "commit.verbose", "true")
    project.git("config", "commit.cleanup", cleanup)
    monkeypatch.setenv("GIT_EDITOR", write_first(tmp_path, "Add greeting\n"))
    project.git("commit", "-q")
    assert message(project) == f"Add greeting\n\n{ONE}"
    project.git("commit", "-q", "--amend")
    assert message(project).count("Story:") == 1


@pytest.mark.usefixtures("session")
def test_template(project: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "template").write_text("\n# say why\nTicket: none\n")
    project.git("config", "commit.template", str(tmp_path / "template"))
    before = project.git("rev-parse", "HEAD")
    project.git("commit", "-q", check=False)  # nothing was typed: git gives up
    assert project.git("rev-parse", "HEAD") == before
    monkeypatch.setenv("GIT_EDITOR", write_first(tmp_path, "Add greeting\n"))
    project.git("commit", "-q")
    assert message(project) == f"Add greeting\n\nTicket: none\n{ONE}"


@pytest.mark.usefixtures("session")
def test_a_block_that_is_there_already(project: GitRepo) -> None:
    project.git("commit", "-q", "-s", "-m", "Add greeting", "-m", "Fixes: 1\nReviewed-by: Dev Two <two@example.com>")
    assert message(project).split("\n\n")[1].splitlines() == [
        "Fixes: 1",
        "Reviewed-by: Dev Two <two@example.com>",
        "Signed-off-by: Dev One <dev@example.com>",
        ONE,
    ]


@pytest.mark.usefixtures("session")
def test_a_persons_own_trailer_rules_run_nothing(project: GitRepo, tmp_path: Path) -> None:
    project.git("config", "trailer.sign.command", f"touch {tmp_path}/ran")
    project.git("config", "trailer.sign.key", "Signed: ")
    project.git("commit", "-q", "-m", "Add greeting")
    assert message(project) == f"Add greeting\n\n{ONE}" and not (tmp_path / "ran").exists()


def test_amend(project: GitRepo, session: ClaudeSession) -> None:
    project.git("commit", "-q", "-m", "Add greeting")
    project.git("commit", "-q", "--amend", "--no-edit")
    assert message(project) == f"Add greeting\n\n{ONE}"
    again(session, project)
    project.git("commit", "-q", "--amend", "--no-edit")
    assert message(project) == f"Add greeting\n\n{ONE}\n{TWO}"
    project.git("commit", "-q", "--amend", "-m", "Add both")
    assert message(project) == f"Add both\n\n{ONE}\n{TWO}"
    project.git("commit", "-q", "--amend")  # through an editor
    assert message(project) == f"Add both\n\n{ONE}\n{TWO}"


def test_what_was_committed_is_not_told_again(project: GitRepo, session: ClaudeSession) -> None:
    project.git("commit", "-q", "-m", "Add greeting")
    again(session, project)
    project.git("commit", "-q", "-m", "Add parting")
    assert message(project) == f"Add parting\n\n{TWO}"
    project.write("mine.txt", "a line of the person's own, that no agent wrote\n")
    project.git("add", "mine.txt")
    project.git("commit", "-q", "-m", "Mine")
    assert message(project) == "Mine"


def test_only_what_is_staged_is_told(project: GitRepo, session: ClaudeSession) -> None:
    again(session, project)
    project.git("commit", "-q", "-m", "Parting", "bye.py")
    assert message(project) == f"Parting\n\n{TWO}"
    project.git("commit", "-q", "-a", "-m", "Greeting")
    assert message(project) == f"Greeting\n\n{ONE}"


@pytest.mark.usefixtures("session")
def test_another_index(project: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    project.git("read-tree", "HEAD")
    project.write("mine.txt", "a line of the person's own, that no agent wrote\n")
    project.git("add", "mine.txt")
    project.git("commit", "-q", "-m", "Mine")
    assert message(project) == "Mine"
    project.git("add", "hello.py")
    project.git("commit", "-q", "-m", "Greeting")
    assert message(project) == f"Greeting\n\n{ONE}"


@pytest.mark.usefixtures("session")
def test_first_commit_of_all(project: GitRepo) -> None:
    project.git("checkout", "-q", "--orphan", "fresh")
    project.git("commit", "-q", "-m", "Everything")
    assert message(project) == f"Everything\n\n{ONE}"


def branched(project: GitRepo, session: ClaudeSession) -> None:
    """A branch with two commits of the agent's, and one of the person's on main."""
    project.git("checkout", "-q", "-b", "topic")
    project.git("commit", "-q", "-m", "Add greeting")
    again(session, project)
    project.git("commit", "-q", "-m", "Add parting")
    project.git("checkout", "-q", "main")
    project.commit("Mine", {"mine.txt": "a line of the person's own, that no agent wrote\n"}, at=session.time + 60)


def test_merge(project: GitRepo, session: ClaudeSession) -> None:
    branched(project, session)
    project.git("merge", "-q", "topic", "-m", "Merge topic")
    assert message(project) == "Merge topic" and len(project.git("log", "-1", "--format=%P").split()) == 2


def test_merge_with_a_resolution_of_the_agents(project: GitRepo, session: ClaudeSession) -> None:
    project.git("commit", "-q", "-m", "Add greeting")
    project.git("checkout", "-q", "-b", "topic", "HEAD~1")
    project.commit("Other", {"hello.py": "def greet(who):\n    print('good day to ' + who)\n"}, at=session.time + 5)
    project.git("merge", "-q", "main", check=False)
    session.prompt("Resolve it")
    session.write("hello.py", "def greet(who):\n    return f'hello and good day to {who}'\n")
    session.say("Resolved.")
    project.git("add", "hello.py")
    project.git("commit", "-q", "--no-edit")
    assert message(project).splitlines()[-1] == TWO


def test_merge_squash(project: GitRepo, session: ClaudeSession) -> None:
    branched(project, session)
    project.git("merge", "-q", "--squash", "topic")
    project.git("commit", "-q", "--no-edit")
    assert message(project).splitlines()[-3:] == ["", TWO, ONE] or message(project).splitlines()[-3:] == ["", ONE, TWO]
    assert [line for line in message(project).splitlines() if line == ONE] == [ONE]


def test_merge_squash_where_the_conversation_is_gone(project: GitRepo, session: ClaudeSession) -> None:
    branched(project, session)
    session.path.unlink()
    project.git("merge", "-q", "--squash", "topic")
    project.git("commit", "-q", "-m", "Both")
    assert message(project) == "Both"
    project.git("reset", "-q", "--soft", "HEAD~1")
    project.git("reset", "-q", "--hard")
    project.git("merge", "-q", "--squash", "topic")
    project.git("commit", "-q", "--no-edit")
    assert sorted(message(project).splitlines()[-2:]) == [ONE, TWO]


@pytest.mark.parametrize("how", ["rebase", "cherry-pick", "cherry-pick -x"])
def test_copies_keep_what_they_have(project: GitRepo, session: ClaudeSession, how: str) -> None:
    branched(project, session)
    if how == "rebase":
        project.git("rebase", "-q", "main", "topic")
    else:
        project.git(*how.split(), "topic~1", "topic")
    assert [line for line in message(project).splitlines() if "Story" in line] == [TWO]
    assert [line for line in message(project, "HEAD~1").splitlines() if "Story" in line] == [ONE]


def test_revert_tells_nothing(project: GitRepo, session: ClaudeSession) -> None:
    project.git("commit", "-q", "-m", "Add greeting")
    project.git("revert", "--no-edit", "HEAD")
    assert "Story:" not in message(project)


def test_rebase_that_squashes(project: GitRepo, session: ClaudeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    branched(project, session)
    project.git("checkout", "-q", "topic")
    monkeypatch.setenv("GIT_SEQUENCE_EDITOR", "sed -i '2s/^pick/squash/'")
    project.git("rebase", "-q", "-i", "main")
    assert message(project) == f"Add greeting\n\nAdd parting\n\n{ONE}\n{TWO}"


@pytest.mark.usefixtures("session")
def test_notes_mode_installs_and_does_nothing(project: GitRepo, program: Path) -> None:
    project.git("config", "story.link.mode", "notes")
    enable(project, program)
    hooks = {path.name for path in (project.path / ".git/hooks").iterdir() if path.suffix != ".sample"}
    assert hooks == {"post-commit", "post-merge", "post-rewrite", "pre-push"}
    project.git("commit", "-q", "-m", "Add greeting")
    assert message(project) == "Add greeting"


@pytest.mark.usefixtures("session")
def test_a_repository_cannot_ask_for_them(project: GitRepo, program: Path) -> None:
    project.git("config", "--unset", "story.link.mode")
    project.write(".gitstory/config.toml", "link.mode = 'trailers'\n")
    enable(project, program)
    assert not (project.path / ".git/hooks/prepare-commit-msg").exists()
    git_story(project.path, "hook", "prepare-commit-msg", str(project.write(".git/M", "x\n")), "message")
    assert (project.path / ".git/M").read_text() == "x\n"


@pytest.mark.usefixtures("session")
def test_no_more_time_than_is_given(project: GitRepo) -> None:
    project.git("config", "story.link.wait", "1")
    project.git("commit", "-q", "-m", "Add greeting")
    assert message(project) == "Add greeting"


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("broken", ["config", "program", "store"])
def test_a_commit_never_fails(project: GitRepo, program: Path, home: Path, broken: str) -> None:
    if broken == "config":
        project.git("config", "story.link.mode", "nonsense")
    elif broken == "program":
        program.unlink()
    else:
        (project.path / ".git/gitstory/cache").write_text("no directory")
    done = subprocess.run(
        ["git", "commit", "-q", "-m", "Add greeting"], cwd=project.path, capture_output=True, check=True
    )
    assert done.stdout + done.stderr == b""


@pytest.mark.usefixtures("session")
def test_a_hook_that_was_there_runs_too(project: GitRepo, program: Path) -> None:
    hook = project.path / ".git/hooks/prepare-commit-msg"
    hook.unlink()
    hook.write_text('#!/bin/sh\necho "Ticket: 7" >>"$1"\n')
    hook.chmod(0o755)
    enable(project, program)
    project.git("commit", "-q", "-m", "Add greeting", "-m", "Fixes: 1")
    assert message(project) == f"Add greeting\n\nFixes: 1\n{ONE}\nTicket: 7"
    assert os.access(hook.with_name("prepare-commit-msg.gitstory-previous"), os.X_OK)


def test_the_file_they_name_is_written(project: GitRepo, session: ClaudeSession, home: Path) -> None:
    project.git("commit", "-q", "-m", "Add greeting")
    other = ClaudeSession(home, project.path, NOON + 500)
    other.prompt("Only a question")
    other.say("Only an answer.")
    git_story(project.path, "drain")
    assert [path.name for path in (project.path / FILE).parent.iterdir()] == [Path(FILE).name]
    assert project.git("notes", "--ref=story", "list", check=False) == ""
    assert "## Turn 1" in (project.path / FILE).read_text()
    again(session, project)
    project.git("commit", "-q", "-m", "Add parting")
    assert message(project) == f"Add parting\n\n{TWO}"


def test_setting_the_mode_brings_the_hooks_and_takes_them_away(repo: GitRepo) -> None:
    git_story(repo.path, "enable")
    hooks = repo.path / ".git/hooks"
    said = git_story(repo.path, "config", "set", "link.mode", "both").stdout
    assert "prepare-commit-msg, commit-msg installed" in said and (hooks / "commit-msg").exists()
    said = git_story(repo.path, "config", "unset", "link.mode").stdout
    assert "prepare-commit-msg, commit-msg removed" in said and not (hooks / "commit-msg").exists()
    git_story(repo.path, "config", "set", "link.mode", "both")
    git_story(repo.path, "disable")
    assert not (hooks / "commit-msg").exists()
    assert not list((repo.path / ".git/gitstory").glob("*.on"))


def test_without_notes_git_log_looks_for_none(repo: GitRepo) -> None:
    repo.commit("base")
    repo.git("config", "story.link.mode", "trailers")
    assert "notes    none" in git_story(repo.path, "enable").stdout
    assert repo.git("config", "--get-all", "notes.displayRef", check=False) == ""
    repo.git("config", "story.link.mode", "both")
    git_story(repo.path, "enable")
    assert repo.git("config", "--get-all", "notes.displayRef") == "refs/notes/story"


def test_settings_that_cannot_be_read_change_nothing(project: GitRepo, program: Path) -> None:
    project.git("config", "story.link.mode", "nonsense")
    enable(project, program)
    assert (project.path / ".git/hooks/prepare-commit-msg").exists()
    assert "nothing can be recorded" in git_story(project.path, "status", check=False).stdout


def test_everywhere(repo: GitRepo, home: Path, tmp_path: Path) -> None:
    """With `enable --global` the setting is the person's; a repository's own hook goes on being run."""
    folder = home / ".config/gitstory"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("[link]\nmode = 'trailers'\nwait = 600000\n")
    enable_global(str(make_program(tmp_path)))
    (repo.path / ".git/hooks/prepare-commit-msg").write_text('#!/bin/sh\necho "Ticket: 7" >>"$1"\n')
    (repo.path / ".git/hooks/prepare-commit-msg").chmod(0o755)
    repo.commit("base", at=NOON - 1000)
    assert message(repo) == "base\nTicket: 7"  # the worker finds out first what this repository's settings are
    git_story(repo.path, "drain")
    repo.time = NOON + 10_000
    greet(repo, home)
    repo.git("commit", "-q", "-m", "Add greeting", "-m", "Fixes: 1")
    assert message(repo) == f"Add greeting\n\nFixes: 1\n{ONE}\nTicket: 7"
    (folder / "config.toml").write_text("")
    enable_global(str(make_program(tmp_path)))
    repo.git("commit", "-q", "--allow-empty", "-m", "plain")
    assert message(repo) == "plain\nTicket: 7"


def test_message_of_another_commit(project: GitRepo, session: ClaudeSession) -> None:
    project.git("commit", "-q", "-m", "Add greeting")
    again(session, project)
    project.git("commit", "-q", "-C", "HEAD")
    assert message(project) == f"Add greeting\n\n{ONE}\n{TWO}"
    assert project.git("show", "--format=", "--name-only", "HEAD") == "bye.py"


def test_sha256(tmp_path: Path, home: Path, program: Path) -> None:
    repo = make_project(
        GitRepo.init(tmp_path / "long", "--object-format=sha256"), program, "story.link.mode", "trailers"
    )
    greet(repo, home)
    repo.git("commit", "-q", "-m", "Add greeting")
    assert message(repo) == f"Add greeting\n\n{ONE}"


@pytest.mark.parametrize("folder", [".gitstory/history", "docs/decisions and their reasons/conversations with agents"])
def test_no_line_is_longer_than_messages_may_have(project: GitRepo, session: ClaudeSession, folder: str) -> None:
    project.git("config", "story.history.path", folder)
    hook = project.path / ".git/hooks/commit-msg.gitstory-previous"
    hook.write_text("#!/bin/sh\n! grep -v '^#' \"$1\" | grep -qE '^.{73,}'\n")  # as linters of messages do
    hook.chmod(0o755)
    project.git("commit", "-q", "-m", "Add greeting")
    (trailer,) = project.git("log", "-1", "--format=%(trailers:key=Story)").splitlines()
    assert len(trailer) <= 72 and trailer.endswith("#turn-1")
    name = trailer.partition(": ")[2].partition("#")[0]
    git_story(project.path, "history", "write")
    (file,) = project.path.glob(name)
    assert file.relative_to(project.path).parent.as_posix() == folder


def test_an_amend_adds_nothing_to_whole_paths(project: GitRepo, session: ClaudeSession) -> None:
    project.git("commit", "-q", "-m", f"Add greeting\n\nStory: {FILE}#turn-1")
    assert message(project) == f"Add greeting\n\nStory: {FILE}#turn-1"
    project.git("commit", "-q", "--amend", "-m", f"Add greeting\n\nStory: {FILE}#turn-12")
    assert message(project) == f"Add greeting\n\nStory: {FILE}#turn-12\n{ONE}"
