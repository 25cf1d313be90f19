"""`git story share`: one file, safe to open and safe to give away."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import browser, opened, rules_broken
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]  # a fixture

ID = "5a5a5a5a-1111-4222-8333-444455556666"
HOSTILE = (
    "<script>document.title = 'taken'</script> <img src=x onerror=\"document.title='taken'\"> "
    "![i](https://evil.example/x.png) [click](javascript:document.title=1) [page](https://example.org/a)\n\n"
    "# A heading\n\n| a | b |\n|:--|--:|\n| 1 | 2 |\n\n```python\ndef f(x):\n    return '</code></pre><b>'\n```\n"
)
SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.fixture
def project(repo: GitRepo, home: Path) -> GitRepo:
    """Three exchanges, the first two of which led to a commit each."""
    repo.git("config", "user.name", "Quentin Xavierson")
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON, ID)
    session.prompt(f"Write a greeting for Quentin, in {repo.path}/hello.py; token {SECRET}")
    session.say(HOSTILE)
    session.write("hello.py", "def hello(name):\n    return f'<b>hello</b> {name}'\n")
    session.say("Done. Mail q.xavierson@corp-mail.dev about it, or see https://build7.corp.internal/job.")
    repo.commit("Greet, says Quentin Xavierson", at=session.time + 5)
    session.time += 100
    session.prompt("No, greet politely \x1b[31m\u202e please")
    session.edit("hello.py", "<b>hello</b>", "good day,")
    session.say("Politely now.")
    repo.commit("Greet politely", at=session.time + 5)
    session.time += 100
    session.prompt("Thanks, that is private")
    session.say("You are welcome.")
    git_story(repo.path, "drain")
    return repo


def written(project: GitRepo, *args: str) -> str:
    git_story(project.path, "share", *args, "-o", "page.html", "--force")
    return (project.path / "page.html").read_text()


def anchors(html: str) -> list[str]:
    return re.findall(r'<article class="turn" id="([^"]+)"', html)


def test_a_conversation_a_commit_and_a_range(project: GitRepo) -> None:
    assert anchors(written(project, ID[:8])) == ["turn-1", "turn-2", "turn-3"]
    assert anchors(written(project, "HEAD")) == ["turn-2"]
    assert anchors(written(project, "HEAD~2..HEAD")) == ["turn-1", "turn-2"]
    assert anchors(written(project, f"{ID[:8]}#3")) == ["turn-3"]


def test_nothing_of_a_person_is_left(project: GitRepo, home: Path) -> None:
    html = written(project, ID[:8])
    for word in ("Quentin", "Xavierson", "corp-mail", "build7", str(project.path), str(home), SECRET, SECRET[4:20]):
        assert word not in html, word
    assert "hello.py" in html
    assert "Quentin" in written(project, ID[:8], "--keep-names")
    assert SECRET not in written(project, ID[:8], "--keep-names")


PERSON = (
    "quentin@xavierson.club and Q.Xavierson@mail.xavierson.sh, mailto:quentin%40xavierson.club",
    "Quentin Xavierson, quentin.xavierson, qxavierson, Xavierson_Quentin, @qxavierson, /srv/quentin/x",
    "quentin@xps-of-quentin:~/src$ git push",
    "[qxavierson@xps-of-quentin src]$ ssh quentin@db1.xavierson.internal",
    "ssh to 41.7.8.9 or fe80::1ff:fe23:4567:890a, mac 3c:22:fb:01:02:03, host db7.xavierson.com",
    r"C:\Users\Quentin Xavierson\x, \\wsl$\Ubuntu\home\quentin\x, /mnt/c/Users/Quentin Xavierson/x",
    "/Users/Quentin Xavierson/x file:///Users/Quentin%20Xavierson/x %2Fhome%2Fquentin%2Fx",
)


def test_every_fact_of_a_person_in_every_form_and_page(repo: GitRepo, home: Path) -> None:
    repo.git("config", "user.name", "Quentin Xavierson")
    repo.git("config", "user.email", "quentin@xavierson.club")
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON, ID)
    session.prompt("Write hello.py. " + " ; ".join(PERSON))
    session.write("hello.py", "def hello():\n    return 1\n# " + PERSON[0] + "\n")
    session.say("\n\n".join(PERSON))
    repo.commit("Greet, for quentin@xavierson.club on xps-of-quentin", at=session.time + 5)
    git_story(repo.path, "drain")
    for revision in ("HEAD", ID[:8], "HEAD~1..HEAD"):
        html = written(repo, revision).lower()
        for fact in ("quentin", "xavierson", "41.7.8.9", "fe80::", "3c:22:fb", "db7", "db1", str(repo.path).lower()):
            assert fact not in html, (revision, html[max(0, html.find(fact) - 60) : html.find(fact) + 40])
        assert "hello.py" in html


def test_exchanges_can_be_hidden(project: GitRepo) -> None:
    html = written(project, ID[:8], "--hide", "3", "--hide", f"{ID[:6]}#1")
    assert anchors(html) == ["turn-2"]
    assert "private" not in html and "greeting" not in html
    assert anchors(written(project, ID[:8], "--hide", "1-2")) == ["turn-3"]
    for hidden, said in (("9", "has no turn 9"), ("ffff#1", "names no exchange"), ("1-3", "nothing is left")):
        done = git_story(project.path, "share", ID[:8], "--hide", hidden, "-o", "-", check=False)
        assert (done.returncode, done.stdout) == (1, "") and said in done.stderr and "hint: " in done.stderr


def test_a_file_is_whole_and_never_replaced_unasked(project: GitRepo) -> None:
    git_story(project.path, "share", "HEAD", "-o", "made.html")
    made = project.path / "made.html"
    assert made.read_text().endswith("</html>")
    assert stat.S_IMODE(made.stat().st_mode) == 0o644
    done = git_story(project.path, "share", "HEAD", "-o", "made.html", check=False)
    assert done.returncode == 1 and "exists already" in done.stderr
    assert git_story(project.path, "share", "HEAD", "-o", "-").stdout == made.read_text()


def test_without_a_name_a_page_is_outside_of_the_work_tree(project: GitRepo) -> None:
    said = git_story(project.path, "share", "HEAD").stdout
    made = Path(said.partition(":")[0])
    assert made.name == "story-HEAD.html" and made.read_text().endswith("</html>")
    assert project.git("status", "--short", "--untracked-files=all") == ""
    assert git_story(project.path, "share", "HEAD").stdout == said
    git_story(project.path, "forget", ID[:8], "--yes")
    assert not made.exists()


def test_a_page_is_named_by_what_says_something(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON + 50_000)
    session.prompt("yes")
    session.write("named.py", "a_line_of_its_own = 'written after a yes'\n")
    project.commit("Count the retries of the upload", at=session.time + 5)
    assert "<title>Count the retries of the upload" in git_story(project.path, "share", "HEAD", "-o", "-").stdout


def test_what_is_not_there_is_said(project: GitRepo) -> None:
    for name, said in (
        ("HEAD~2", "no conversation is recorded for HEAD~2"),
        ("nobody", "no conversation's id starts with"),
    ):
        done = git_story(project.path, "share", name, check=False)
        assert done.returncode == 1 and said in done.stderr and "hint: " in done.stderr
    assert list(project.path.glob("*.html")) == []


def test_a_gist_is_made_by_gh_and_only_when_agreed(project: GitRepo, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    gh = tools / "gh"
    gh.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\necho https://gist.example/1\n')
    gh.chmod(0o755)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    done = git_story(project.path, "share", "HEAD", "--gist", check=False, PATH=path)
    assert done.returncode == 1 and "--yes" in done.stderr
    assert not (tmp_path / "asked").exists()
    done = git_story(project.path, "share", "HEAD", "--force", "--gist", "--yes", PATH=path)
    assert done.stdout.splitlines()[-1] == "https://gist.example/1"
    asked = (tmp_path / "asked").read_text()
    assert "gist create" in asked and "--public" not in asked and "story-HEAD.html" in asked


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (1200, "dark"), (390, "light")])
def test_the_page_in_a_browser(browser: Browser, project: GitRepo, width: int, scheme: str) -> None:
    written(project, ID[:8])
    with opened(browser, project.path / "page.html", width=width, scheme=scheme) as page:
        assert page.title() != "taken" and page.locator("main img, main script").count() == 0
        assert rules_broken(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("main a[href^='http']").get_attribute("href") == "https://example.org/a"
        assert page.locator(".diff .add").count() >= 3
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
        assert dark == (scheme == "dark")
        page.locator("#unfold").click()
        assert page.locator("main details:not([open])").count() == 0
        assert rules_broken(page) == []
        page.locator("#find").fill("POLITELY")
        page.locator("#find").press("Enter")
        page.wait_for_function("document.getElementById('found').textContent.startsWith('1 of ')")


def test_a_copy_without_what_is_not_ticked(browser: Browser, project: GitRepo, tmp_path: Path) -> None:
    written(project, ID[:8])
    with opened(browser, project.path / "page.html") as page:
        page.locator("#choose").click()
        page.locator("input[data-turn='turn-1']").uncheck()
        page.locator("input[data-turn='turn-3']").uncheck()
        with page.expect_download() as download:
            page.locator("#save").click()
        download.value.save_as(tmp_path / "copy.html")
    html = (tmp_path / "copy.html").read_text()
    assert anchors(html) == ["turn-2"]
    for word in ("greeting", "private", "Greet, says", 'class="editor"', "data-turn="):
        assert word not in html.split("<script>")[0], word
    with opened(browser, tmp_path / "copy.html") as page:
        assert page.locator("nav li").count() == 1 and page.locator("article").count() == 1
        assert page.title() == "A conversation"
        assert rules_broken(page) == []
