"""`git story ui`: five tasks that were written down before the pages were, each in at most four clicks.

1. Why does this retry exist?
2. What did we reject in this branch?
3. Turn recording off for one conversation.
4. Find where we chose SQLite.
5. Send my colleague this conversation without names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.browser import browser
from tests.claude_session import ClaudeSession
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.served import LONGEST, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

__all__ = ["browser"]  # a fixture

pytestmark = pytest.mark.slow

MOST_CLICKS = 4
RETRY = "Uploads fail now and then: retry three times, because the gateway drops the first request after a deploy."
CHOICE = "Two workers write the state at once, so use SQLite for it."
REJECTED = "No, don't add a JSON file beside it. Keep the database only."
UPLOAD = "def upload(data):\n    for attempt in range(3):\n        if gateway.send(data):\n            return attempt\n"


class Desk(NamedTuple):
    """An engineer's browser with the application open, and the repository it shows."""

    page: Page
    repo: GitRepo
    session: ClaudeSession


class Hand:
    """Clicks, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0
        page.get_by_role("link", name="Files", exact=True).wait_for()

    def click(self, target: Locator) -> None:
        self.clicks += 1
        assert self.clicks <= MOST_CLICKS
        target.first.click()

    def tab(self, name: str) -> None:
        self.click(self.page.get_by_role("navigation", name="Pages").get_by_role("link", name=name, exact=True))


@pytest.fixture
def desk(repo: GitRepo, home: Path, browser: Browser) -> Iterator[Desk]:
    """A branch with two commits that an agent wrote, recorded as any is."""
    repo.commit("Begin", {"README.md": "# Uploads\n"}, at=1_763_000_000)
    story(repo.path, "enable", "--no-hooks")
    repo.git("checkout", "-q", "-b", "topic")
    session = ClaudeSession(home, repo.path, 1_763_100_000)
    session.prompt(RETRY)
    session.write("upload.py", UPLOAD)
    session.say("upload() tries three times now.")
    repo.commit("Retry uploads", at=1_763_100_100)
    session.time = 1_763_100_200
    session.prompt(CHOICE)
    session.write("state.py", "import sqlite3\n\nSTATE = sqlite3.connect('state.db')\n")
    session.write("state.json", "{}\n")
    session.say("The state is in SQLite now, with a JSON file beside it.")
    session.prompt(REJECTED)
    session.write("state.py", "import sqlite3\n\nSTATE = sqlite3.connect('uploads.db')\n")
    (repo.path / "state.json").unlink()
    repo.commit("Keep the state in SQLite", at=1_763_100_300)
    with served(repo.path) as server:
        context = browser.new_context(viewport={"width": 1280, "height": 850})
        page = context.new_page()
        page.set_default_timeout(LONGEST * 2000)
        name, _, value = server.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}])
        page.goto(f"http://{server.host}/")
        yield Desk(page, repo, session)
        context.close()


def open_conversation(hand: Hand) -> None:
    hand.tab("Conversations")
    hand.click(hand.page.locator(".entries .subject"))
    hand.click(hand.page.get_by_text("Keep, hide, share, forget"))


def test_why_does_this_retry_exist(desk: Desk) -> None:
    hand = Hand(desk.page)
    hand.click(desk.page.get_by_role("link", name="upload.py", exact=True))
    hand.click(desk.page.locator("#code .l", has_text="for attempt in range(3)").locator("code"))
    desk.page.locator("#reason blockquote", has_text="the gateway drops the first request").first.wait_for()


def test_what_did_we_reject_in_this_branch(desk: Desk) -> None:
    hand = Hand(desk.page)
    hand.tab("Review")
    desk.page.locator(".brief li", has_text="add a JSON file beside it").first.wait_for()
    assert "main..topic" in desk.page.inner_text("h1")


def test_turn_recording_off_for_one_conversation(desk: Desk) -> None:
    hand = Hand(desk.page)
    open_conversation(hand)
    hand.click(desk.page.get_by_role("button", name="Record no more of it"))
    desk.page.get_by_text("is private now").first.wait_for()
    desk.session.write("later.py", "LATER = 'written by the private conversation'\n")
    desk.repo.commit("Later", at=1_763_100_400)
    assert json.loads(story(desk.repo.path, "show", "--json").out)["conversations"] == []


def test_find_where_we_chose_sqlite(desk: Desk) -> None:
    hand = Hand(desk.page)
    hand.click(desk.page.locator("#seek"))
    desk.page.keyboard.type("SQLite state")
    desk.page.keyboard.press("Enter")
    hand.click(desk.page.locator("#hits .subject", has_text=CHOICE[:30]))
    desk.page.wait_for_url("**#turn-2")
    assert desk.page.locator("#turn-2", has_text=CHOICE).is_visible()


def test_send_my_colleague_this_conversation_without_names(desk: Desk) -> None:
    hand = Hand(desk.page)
    open_conversation(hand)
    hand.click(desk.page.get_by_role("button", name="Share without names"))
    desk.page.locator(".said").wait_for()
    [path] = re.findall(r"(\S+\.html):? ", desk.page.inner_text(".said") + " ")
    shared = (desk.repo.path / path).read_text()
    assert "the gateway drops the first request" in shared and str(Path.home()) not in shared
