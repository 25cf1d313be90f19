"""`git story site`: the pages as files."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from tests.browser import browser, rules_broken
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.stories import ID, Told

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]  # a fixture


@pytest.fixture
def told(repo: GitRepo) -> Told:
    made = Told(repo)
    story(repo.path, "enable", "--no-hooks")
    return made


def written(told: Told, out: Path, *args: str) -> dict[str, str]:
    said = story(told.repo.path, "site", "--out", str(out), "--yes", *args)
    assert said.code == 0, said.err
    return {path.relative_to(out).as_posix(): path.read_text() for path in out.rglob("*.html")}


def broken_links(out: Path) -> list[str]:
    broken = []
    for path in out.rglob("*.html"):
        html = path.read_text()
        assert 'href=""' not in html, path
        for link in map(unescape, re.findall(r'(?:href|src)="([^"]+)"', html)):
            name, _, anchor = link.partition("#")
            target = (path.parent / unquote(name)).resolve() if name else path
            if not target.is_file():
                broken.append(f"{path.name}: {link}")
            elif anchor and not anchor.startswith("L") and f'id="{anchor}"' not in target.read_text():
                broken.append(f"{path.name}: {link} has no such place")
    return broken


def test_the_pages_and_no_broken_link(told: Told, tmp_path: Path) -> None:
    pages = written(told, tmp_path / "out")
    assert {"index.html", "conversations.html", "stats.html"} < set(pages)
    assert {f"commit/{oid}.html" for oid in (told.first, told.second, told.third)} < set(pages)
    assert sum(name.startswith("conversation/") for name in pages) == 1
    assert sum(name.startswith("file/calc-py") for name in pages) == 1
    assert broken_links(tmp_path / "out") == []
    assert "<form" not in "".join(pages.values()).replace('<form method="dialog">', "")


def test_a_range(told: Told, tmp_path: Path) -> None:
    pages = written(told, tmp_path / "out", "--range", f"{told.second}..HEAD")
    assert [name for name in pages if name.startswith("commit/")] == [f"commit/{told.third}.html"]
    assert broken_links(tmp_path / "out") == []


def test_what_was_never_pushed_is_asked_about(told: Told, tmp_path: Path) -> None:
    said = story(told.repo.path, "site", "--out", str(tmp_path / "out"))
    assert said.code == 1 and "--yes" in said.err and "1 conversation was never pushed" in said.out + said.err
    assert not (tmp_path / "out").exists()
    told.repo.git("init", "-q", "--bare", str(tmp_path / "remote.git"))
    told.repo.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    assert story(told.repo.path, "push", "--yes").code == 0
    assert story(told.repo.path, "site", "--out", str(tmp_path / "out")).code == 0


def test_a_private_and_a_forgotten_conversation_are_left_out(told: Told, tmp_path: Path) -> None:
    story(told.repo.path, "off", "--conversation", ID)
    pages = written(told, tmp_path / "private")
    story(told.repo.path, "on", "--conversation", ID)
    story(told.repo.path, "forget", ID, "--yes")
    pages |= {f"forgotten/{name}": text for name, text in written(told, tmp_path / "forgotten").items()}
    everything = "".join(pages.values())
    assert "Guard the division" in everything, "the commit's own words"
    for words in ("raise ZeroDivisionError instead", "Keep it small", "Division for the calculator", ID):
        assert words not in everything


def test_a_directory_that_is_not_empty(told: Told, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    said = story(told.repo.path, "site", "--out", str(tmp_path), "--yes")
    assert said.code == 1 and "is not empty" in said.err
    assert story(told.repo.path, "site", "--out", str(tmp_path), "--yes", "--force").code == 0


def test_a_link_inside_of_the_directory_is_not_followed(told: Told, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/commit").symlink_to(tmp_path / "elsewhere")
    said = story(told.repo.path, "site", "--out", str(tmp_path / "out"), "--yes", "--force")
    assert said.code == 1 and "is a link" in said.err
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_same_site_is_written_twice(told: Told, tmp_path: Path) -> None:
    def without_ages(pages: dict[str, str]) -> dict[str, str]:
        return {name: re.sub(r"<time[^>]*>[^<]*|class=\"age\">[^<]*|y\d", "", text) for name, text in pages.items()}

    assert without_ages(written(told, tmp_path / "a")) == without_ages(written(told, tmp_path / "b"))


@pytest.mark.slow
def test_it_opens_from_the_disk(told: Told, tmp_path: Path, browser: Browser) -> None:
    pytest.importorskip("axe_playwright_python")

    out = tmp_path / "out"
    written(told, out)
    with browser.new_page() as page:
        page.set_default_timeout(120_000)
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda r: said.append(r.url) if not r.url.startswith(out.as_uri()) else None)
        page.goto((out / "index.html").as_uri())
        assert rules_broken(page) == []
        said.clear()  # axe asks for the style sheets, which the policy forbids
        page.get_by_role("link", name="Guard the division").first.click()
        page.wait_for_url("**/commit/*.html")
        assert page.evaluate("getComputedStyle(document.querySelector('.top')).position") == "sticky", (
            "styles are there"
        )
        assert rules_broken(page) == []
        said.clear()  # axe asks for the style sheets, which the policy forbids
        page.get_by_role("link", name="calc.py").first.click()
        page.wait_for_url("**/file/*.html")
        page.locator("#L6 code").click()
        page.wait_for_url("**#L6")
        page.get_by_role("link", name="No, raise ZeroDivisionError instead.").first.click()
        page.wait_for_url("**/conversation/*.html#turn-5")
        page.keyboard.press("f")
        assert page.locator("body.focused").count() == 1
        assert said == []


def test_agents_and_ids_that_are_no_file_names(repo: GitRepo, tmp_path: Path) -> None:
    from gitstory.model import Conversation, Link, Story, Turn, TurnLink
    from tests.stories import store

    name = "../../../escape"
    commit = repo.commit("one", {"a": "a\n"})
    hostile = Story(commit=commit, links=(Link("../x", name, "manual", 0, (TurnLink("t", 1, "manual"),)),))
    store(repo.path, [hostile], [Conversation(agent="../x", id=name, turns=(Turn(id="t", index=1, prompt="p"),))])
    story(repo.path, "enable", "--no-hooks")
    out = tmp_path / "deep/er/out"
    assert story(repo.path, "site", "--out", str(out), "--yes").code == 0
    assert {path.parts[len(out.parts)] for path in out.rglob("*") if path.is_file()} <= {
        "commit",
        "conversation",
        "static",
        "file",
        "index.html",
        "conversations.html",
        "stats.html",
    }
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["er"]
