"""`git story review` over a branch made by a conversation with a wrong turn, a correction and a person's own lines."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from tests.browser import browser, opened, rules_broken
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]  # a fixture

ID = "7b7b7b7b-1111-4222-8333-444455556666"


@pytest.fixture
def branch(repo: GitRepo, home: Path) -> GitRepo:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    repo.git("switch", "-q", "-c", "slugs")
    session = ClaudeSession(home, repo.path, NOON, ID)
    session.prompt("Add a function that makes slugs of titles. <b>Quickly</b> [please](https://evil.example).")
    session.say("I'll use `unicodedata` instead of a table of letters, because it knows every alphabet there is.")
    session.write(
        "slugs.py", "import unicodedata\n\n\ndef slug(title):\n    return unicodedata.normalize('NFKD', title)\n"
    )
    session.bash("python -m pytest -q", "1 failed, 2 passed in 0.1s")
    repo.commit("Add slugs", at=session.time + 5)
    session.time += 100
    session.prompt("No, use lower case and dashes instead of that.")
    session.edit(
        "slugs.py",
        "    return unicodedata.normalize('NFKD', title)\n",
        "    plain = title.lower()\n    return plain.replace(' ', '-')\n",
    )
    session.bash("python -m pytest -q", "3 passed in 0.1s")
    session.say("A regular expression would be too slow for titles of this length.")
    repo.commit("Use dashes", at=session.time + 5)
    session.time += 100
    session.prompt("Write a page about it that we may throw away")
    session.write("scratch.md", "# A page\n\nIt tells of slugs and of nothing else.\n")
    (repo.path / "scratch.md").unlink()
    repo.commit("By hand", {"hand.py": "by_hand = True\nalso_by_hand = True\n"}, at=session.time + 50)
    git_story(repo.path, "drain")
    return repo


def told(branch: GitRepo, *args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(git_story(branch.path, "review", "--json", *args).stdout)
    return found


def texts(pieces: list[dict[str, Any]]) -> list[str]:
    return [one["text"] for one in pieces]


def test_everything_is_quoted_from_a_turn(branch: GitRepo) -> None:
    brief = told(branch)
    assert (brief["schema"], brief["range"]) == ("gitstory.review/1", "main..slugs")
    assert [one["subject"] for one in brief["commits"]] == ["Add slugs", "Use dashes", "By hand"]
    assert texts(brief["asked"])[0].startswith("Add a function that makes slugs of titles.")
    assert texts(brief["decisions"]) == []
    assert texts(brief["rejected"]) == [
        "I'll use `unicodedata` instead of a table of letters, because it knows every alphabet there is.",
        "A regular expression would be too slow for titles of this length.",
    ]
    assert texts(brief["corrections"]) == ["No, use lower case and dashes instead of that."]
    assert {one["path"]: (one["explained"], one["unexplained"]) for one in brief["files"]} == {
        "slugs.py": (6, []),
        "hand.py": (0, [{"start": 1, "end": 2}]),
    }
    (run,) = brief["tests"]
    assert (run["result"], run["runs"], run["failed_before"]) == ("passed", 2, True)
    assert run["text"] == "3 passed in 0.1s"
    assert [(one["why"], one["files"]) for one in brief["dropped"]] == [("not committed", ["scratch.md"])]
    said = Path(next((Path.home() / ".claude").rglob("*.jsonl"))).read_text()
    for piece in ("asked", "decisions", "rejected", "corrections", "tests", "dropped"):
        assert all(json.dumps(one["text"])[1:-1] in said for one in brief[piece]), piece


def test_every_quotation_leads_to_its_turn(branch: GitRepo) -> None:
    text = git_story(branch.path, "review").stdout
    names = set(re.findall(r"\[(7b7b7b7b#\d)\]", text))
    assert {"7b7b7b7b#1", "7b7b7b7b#2", "7b7b7b7b#3"} == names
    assert "too slow for titles" in git_story(branch.path, "show", "7b7b7b7b#2").stdout
    assert len(text.split()) <= 600


def test_ranges(branch: GitRepo) -> None:
    head = branch.git("rev-parse", "HEAD")
    assert len(told(branch, "main..HEAD")["commits"]) == 3
    assert len(told(branch, "main...slugs")["commits"]) == 3
    assert len(told(branch, "HEAD~1..")["commits"]) == 1
    assert told(branch, "slugs")["range"] == "main..slugs"
    branch.git("switch", "-q", "main")
    assert told(branch, "slugs")["tip"] == head
    branch.git("merge", "-q", "--ff-only", "slugs")
    assert [one["subject"] for one in told(branch, "HEAD~1")["commits"]] == ["Use dashes"]
    for args, said in (
        (("HEAD..HEAD",), "no commits in HEAD..HEAD"),
        (("nope..HEAD",), "unknown revision: nope"),
        ((), "no commits"),
    ):
        done = git_story(branch.path, "review", *args, check=False)
        assert done.returncode == 1 and said in done.stderr and "hint: " in done.stderr


def test_only_what_came_after_an_earlier_review(branch: GitRepo) -> None:
    seen = branch.git("rev-parse", "HEAD~2")
    brief = told(branch, "--since-review", seen)
    assert [one["subject"] for one in brief["commits"]] == ["Use dashes", "By hand"]
    assert {one["path"]: one["explained"] for one in brief["files"]} == {"slugs.py": 2, "hand.py": 0}
    # The same after a rebase that gave every commit another id.
    branch.git(
        "rebase",
        "-q",
        "--force-rebase",
        "--committer-date-is-author-date",
        "main",
        "-x",
        "git commit -q --amend --no-edit --date=now",
    )
    assert branch.git("rev-parse", "HEAD~2") != seen
    assert [one["subject"] for one in told(branch, "--since-review", seen)["commits"]] == ["Use dashes", "By hand"]


def test_markdown_cannot_be_steered_by_what_was_said(branch: GitRepo) -> None:
    text = git_story(branch.path, "review", "--markdown").stdout
    html = MarkdownIt("commonmark", {"html": True}).render(text)
    assert "<b>" not in html and 'evil.example"' not in html and "<a " not in html
    assert html.count("<details>") == 2 == html.count("</details>")
    assert "<h3>Why: <code>main..slugs</code></h3>" in html
    per_file = git_story(branch.path, "review", "--per-file", "--markdown").stdout
    assert "`slugs.py`" in per_file and "2 lines no conversation explains" in per_file
    assert "hand.py" in git_story(branch.path, "review", "--per-file").stdout


def test_the_page(browser: Browser, branch: GitRepo, tmp_path: Path) -> None:
    git_story(branch.path, "review", "--html", "-o", str(tmp_path / "review.html"))
    with opened(browser, tmp_path / "review.html") as page:
        assert page.title() == "Review of main..slugs"
        assert rules_broken(page) == []
        leads = page.locator("ul.brief a").evaluate_all(
            "links => links.map(one => document.querySelector(one.hash) !== null)"
        )
        assert leads and all(leads)
        assert page.locator("main b").count() == 0


def test_a_branch_without_any_story(repo: GitRepo) -> None:
    repo.commit("base", {"base.txt": BASE})
    repo.git("switch", "-q", "-c", "other")
    repo.commit("more", {"more.txt": "one\n\ntwo\n"})
    done = git_story(repo.path, "review")
    assert "0 of 2 added lines come from a conversation (0 %)" in done.stdout and "more.txt:1, 3" in done.stdout


def test_work_on_disk_that_is_not_committed_is_not_called_dropped(branch: GitRepo) -> None:
    (branch.path / "scratch.md").write_text("# Another title\n\nIt tells of slugs and of nothing else.\n")
    assert told(branch)["dropped"] == []
    (branch.path / "scratch.md").write_text("# Nothing of what the turn wrote is left here\n")
    assert [one["why"] for one in told(branch)["dropped"]] == ["not committed"]


@pytest.mark.parametrize("form", ["--json", "--markdown", "--html"])
def test_secrets_of_commits_and_branches_do_not_leave(branch: GitRepo, form: str) -> None:
    token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
    branch.git("branch", "-m", f"slugs-{token}")
    branch.git(
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "Rotate DB_PASSWORD=hunter7Zq!x9\n\nIt was sunk7Zq9x: api_key=Hx7Zq9kTw2Lm4",
    )
    done = git_story(branch.path, "review", form)
    assert "redacted:github-token" in done.stdout and ("Rotate" in done.stdout or form != "--json")
    for secret in (token, "hunter7Zq", "Hx7Zq9kTw2Lm4"):
        assert secret not in done.stdout
