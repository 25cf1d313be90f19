"""`git story tell` on a branch that a conversation made: what it takes, what it writes, what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.cli.main import run
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON
from tests.models import fake_model

ID = "7b7b7b7b-1111-4222-8333-444455556666"


@pytest.fixture
def branch(repo: GitRepo, home: Path) -> GitRepo:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    repo.git("switch", "-q", "-c", "slugs")
    session = ClaudeSession(home, repo.path, NOON, ID)
    session.prompt("Add a function that makes slugs of titles. Do not use a table of letters for it.")
    session.say("I'll use `unicodedata` instead of a regular expression, because it knows every alphabet there is.")
    session.write(
        "slugs.py", "import unicodedata\n\n\ndef slug(title):\n    return unicodedata.normalize('NFKD', title)\n"
    )
    session.bash("python -m pytest -q", "3 passed in 0.1s")
    session.say("Added `slug` to the module.")
    repo.commit("Add slugs", at=session.time + 5)
    git_story(repo.path, "drain")
    return repo


@pytest.mark.parametrize("name", [[], ["main..slugs"], ["HEAD"], [ID[:8]], [f"claude-code:{ID[:8]}"]])
@pytest.mark.parametrize("form", ["post", "handoff", "adr"])
def test_a_branch_a_range_a_commit_and_a_conversation_are_written_up(
    branch: GitRepo, form: str, name: list[str]
) -> None:
    text = git_story(branch.path, "tell", *name, "--as", form).stdout
    assert "Do not use a table of letters for it." in text.replace("\n", " ") and f"`{ID[:8]}#1`" in text
    rejected = {
        "post": "not chosen: “a regular expression”",
        "handoff": "not “a regular",
        "adr": "- “a regular expression”",
    }
    assert rejected[form] in text
    assert "Add slugs" in text


@pytest.mark.parametrize("form", ["changelog", "standup", "release-notes"])
def test_a_range_is_written_up_by_its_commits(branch: GitRepo, form: str) -> None:
    assert "Add slugs" in git_story(branch.path, "tell", "main..slugs", "--as", form).stdout


def test_records_go_into_a_folder_once(branch: GitRepo, tmp_path: Path) -> None:
    folder = tmp_path / "adr"
    assert "2 files written" in git_story(branch.path, "tell", "--as", "adr", "-o", str(folder)).stdout
    record, other = sorted(folder.iterdir())
    assert other.name.startswith("0002-")
    text, second = record.read_text("utf-8"), other.read_text("utf-8")
    assert record.name.startswith("0001-") and "of 5 lines" in text and "5 are in HEAD" in text
    assert "nothing new to write" in git_story(branch.path, "tell", "--as", "adr", "-o", str(folder)).stdout
    assert [path.read_text("utf-8") for path in sorted(folder.iterdir())] == [text, second]


def test_fragments_go_into_a_folder_or_to_stdout(branch: GitRepo, tmp_path: Path) -> None:
    folder = tmp_path / "changes"
    git_story(branch.path, "tell", "--as", "changelog", "--fragment", "-o", str(folder))
    (fragment,) = folder.iterdir()
    assert fragment.name.endswith(".feature.md") and fragment.read_text("utf-8") == "Add slugs\n"
    assert f"<!-- {fragment.name} -->" in git_story(branch.path, "tell", "--as", "changelog", "--fragment").stdout
    assert git_story(branch.path, "tell", "--as", "post", "--fragment", check=False).returncode == 2


def test_a_file_where_a_folder_is_meant_is_refused(branch: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "adr").write_text("mine")
    done = git_story(branch.path, "tell", "--as", "adr", "-o", str(tmp_path / "adr"), check=False)
    assert (done.returncode, (tmp_path / "adr").read_text()) == (1, "mine")
    assert "name a folder" in done.stderr


def test_a_conversation_that_no_commit_has_is_read_from_its_store(branch: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, branch.path, NOON + 500, "8c8c8c8c-1111-4222-8333-444455556666")
    session.prompt(
        "Write a page about slugs, with the password hunter2isTheBest9 for postgres://u:hunter2isTheBest9@db/x"
    )
    session.say("The page about slugs is written now.")
    text = git_story(branch.path, "tell", "8c8c8c8c", "--as", "post").stdout
    assert "Write a page about slugs" in text and "hunter2isTheBest9@" not in text
    nothing = git_story(branch.path, "tell", "8c8c8c8c", "--as", "adr", check=False)
    assert (nothing.returncode, nothing.stdout) == (1, "") and "no decision" in nothing.stderr


def test_a_subject_with_a_secret_is_redacted(branch: GitRepo) -> None:
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    branch.git("commit", "-q", "--amend", "-m", f"Add slugs with {key}")
    git_story(branch.path, "drain")
    assert key not in git_story(branch.path, "tell", "HEAD", "--as", "handoff").stdout


def test_a_file_is_replaced_only_with_force(branch: GitRepo, tmp_path: Path) -> None:
    target = tmp_path / "post.md"
    git_story(branch.path, "tell", "--as", "post", "-o", str(target))
    first = target.read_text("utf-8")
    refused = git_story(branch.path, "tell", "--as", "handoff", "-o", str(target), check=False)
    assert (refused.returncode, target.read_text("utf-8")) == (1, first)
    assert "--force" in refused.stderr
    git_story(branch.path, "tell", "--as", "handoff", "-o", str(target), "--force")
    assert target.read_text("utf-8").startswith("# Handoff: ")


@pytest.mark.parametrize(
    ("name", "said"),
    [("main", "no conversation is recorded for main"), ("nosuchthing", "no conversation's id starts with nosuchthing")],
)
def test_what_names_nothing_is_one_line_with_a_hint(branch: GitRepo, name: str, said: str) -> None:
    done = git_story(branch.path, "tell", name, "--as", "post", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr and "hint: " in done.stderr


def test_automated_turns_alone_are_nothing_to_tell(branch: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, branch.path, NOON + 500, "9d9d9d9d-1111-4222-8333-444455556666")
    session.prompt("<task-notification>the build ended</task-notification>")
    session.say("The build ended, so there is nothing to do.")
    done = git_story(branch.path, "tell", "9d9d9d9d", "--as", "post", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no person wrote a prompt" in done.stderr


def test_a_model_is_asked_only_after_consent_and_its_sentences_name_their_sources(
    branch: GitRepo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(branch.path)
    with fake_model(f"Slugs were added. [{ID[:8]}#1]\nThis one is invented.") as prompts:
        assert run(["tell", "--as", "handoff", "--llm", "fake-for-tests"]) == 1
        refused = capsys.readouterr()
        assert (refused.out, prompts) == ("", [])
        assert "quotations (" in refused.err and "redacted) to the model fake-for-tests" in refused.err
        assert run(["tell", "--as", "handoff", "--llm", "fake-for-tests", "--yes"]) == 0
        text = capsys.readouterr().out
    assert f"- Slugs were added. (`{ID[:8]}#1`)" in text and "invented" not in text
    assert len(prompts) == 1 and "Do not use a table of letters" in prompts[0]


def test_records_are_never_phrased(branch: GitRepo) -> None:
    done = git_story(branch.path, "tell", "--as", "adr", "--llm", "fake-for-tests", check=False)
    assert done.returncode == 2
