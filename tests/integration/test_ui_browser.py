"""`git story ui` in a real browser: keys, reasons, hovering, search as one types, light, dark and phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, NamedTuple

import pytest

from tests.browser import browser, rules_broken
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.served import LONGEST, Served, served
from tests.stories import AGENT, ID, Told

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser"]  # a fixture

pytestmark = pytest.mark.slow


class Open(NamedTuple):
    """A server and a browser that has entered."""

    told: Told | None
    server: Served
    browser: Browser
    state: object


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Open]:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("HOME", str(home))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        (home / ".gitconfig").write_text("[user]\n\tname = Dev One\n\temail = dev@example.com\n")
        told = Told(GitRepo.init(tmp_path_factory.mktemp("ui") / "calc"))
        ClaudeSession(home, told.repo.path, 1_763_100_000).prompt("Always run the linter before you commit.")
        with served(told.repo.path) as server:
            yield Open(told, server, browser, entered(server))


def entered(server: Served) -> object:
    """What a browser keeps that has opened the printed address."""
    name, _, value = server.cookie.partition("=")
    cookie = {"name": name, "value": value, "domain": "127.0.0.1", "path": "/", "sameSite": "Strict"}
    return {"cookies": [{**cookie, "httpOnly": True}], "origins": []}


@contextmanager
def page_of(opened: Open, path: str, *, width: int = 1300, scheme: str = "light") -> Iterator[Page]:
    """A page; nothing may be logged, thrown, shown in a dialog, or asked of anybody else."""
    with empty_page(opened, width=width, scheme=scheme) as page:
        page.goto(address(opened, path))
        yield page


def address(opened: Open, path: str) -> str:
    return f"http://{opened.server.host}{path}"


@contextmanager
def empty_page(opened: Open, *, width: int = 1300, scheme: str = "light") -> Iterator[Page]:
    """A page to go to addresses with, one after the other; on none may happen what `page_of` forbids."""
    root = address(opened, "")
    context = opened.browser.new_context(
        viewport={"width": width, "height": 850},
        color_scheme=scheme,  # type: ignore[arg-type]
        storage_state=opened.state,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.set_default_timeout(LONGEST * 2000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(f"dialog {dialog.message}"))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith(root) else None)
    yield page
    context.close()
    assert said == []


def test_the_printed_address_opens_once(repo: GitRepo, browser: Browser) -> None:
    from tests.served import begin, end

    Told(repo)
    process = begin(repo.path)
    assert process.stdout is not None and process.stderr is not None
    with process.stdout, process.stderr, browser.new_context() as first, browser.new_context() as second:
        address = process.stdout.readline().decode().strip()
        page = first.new_page()
        page.set_default_timeout(LONGEST * 2000)
        page.goto(address)
        page.get_by_role("link", name="calc.py").wait_for()
        assert "token" not in page.url
        other = second.new_page()
        other.set_default_timeout(LONGEST * 2000)
        other.goto(address)
        assert "was used already" in other.inner_text("body")
        assert end(process) == 0


def test_a_line_says_why_it_is_there(opened: Open) -> None:
    with page_of(opened, "/file/~/calc.py") as page:
        page.locator("#L6 code").click()
        page.get_by_text("No, raise ZeroDivisionError instead.").first.wait_for()
        assert page.url.endswith("#L6")
        assert page.locator("#L6.sel").count() == 1
        page.locator("#L7 > .n").click(modifiers=["Shift"])
        page.wait_for_url("**#L6-L7")
        page.keyboard.press("Escape")
        assert page.locator(".sel").count() == 0
        page.locator("#L5 code").hover()
        page.locator("#reason").get_by_text("Add a divide function").first.wait_for()


def test_a_link_to_lines_chooses_them(opened: Open) -> None:
    with page_of(opened, "/file/~/calc.py#L5-L6") as page:
        page.locator("#reason .answer").first.wait_for()
        assert [row.get_attribute("id") for row in page.locator(".sel").all()] == ["L5", "L6"]


def test_through_the_previous_versions_of_a_line_and_forward_again(repo: GitRepo, browser: Browser) -> None:
    bodies = ["return 0", "return sum(values) / 2", "return sum(values) / len(values)"]
    head = "def mean(values):\n    "
    first, second, _ = (
        repo.commit(f"Version {n}", {"mean.py": f"{head}{body}\n"}, at=1_763_000_000 + n)
        for n, body in enumerate(bodies, 1)
    )
    with served(repo.path) as server:
        opened = Open(None, server, browser, entered(server))
        with page_of(opened, "/file/~/mean.py#L2") as page:
            page.locator("#reason a.before").first.wait_for()
            for oid, body in ((second, bodies[1]), (first, bodies[0])):
                page.keyboard.press("[")
                page.wait_for_url(f"**/file/{oid}/mean.py#L2")
                page.locator(".sel", has_text=body).wait_for()
                page.locator("#reason .answer").first.wait_for()
            page.get_by_text("] forward again").wait_for()
            for path in (f"**/file/{second}/mean.py#L2", "**/file/~/mean.py#L2"):
                page.keyboard.press("]")
                page.wait_for_url(path)
                page.locator("#reason .answer").first.wait_for()


def test_older_and_newer_pages_of_a_list(opened: Open) -> None:
    with page_of(opened, "/commits") as page:
        page.keyboard.press("[")
        page.keyboard.press("j")
        assert page.url.endswith("/commits"), "there is no older page"
        assert page.locator(".entry.at").count() == 1


def test_lines_and_turns_light_each_other(opened: Open) -> None:
    assert opened.told is not None
    with page_of(opened, f"/commit/{opened.told.third}") as page:
        card = page.locator('.card:has-text("#5")')
        number = card.get_attribute("data-o")
        page.locator(f'tr[data-o="{number}"]').first.hover()
        page.wait_for_function(
            "n => document.querySelector(`.card[data-o='${n}']`).classList.contains('hot')", arg=number
        )
        card.hover()
        assert page.locator(f'tr.hot[data-o="{number}"]').count() == 2
        page.locator("#explain").click()
        page.locator("#explained li").first.wait_for()


def test_prompts_and_answers_alone(opened: Open) -> None:
    with page_of(opened, f"/conversation/{AGENT}/{ID}") as page:
        assert page.get_by_text("I will look first.").is_visible()
        page.get_by_role("button", name="Prompts and answers").click()
        assert not page.get_by_text("I will look first.").is_visible()
        assert not page.locator(".edit").first.is_visible()
        assert page.get_by_text("It does not check for zero.").is_visible()
        page.keyboard.press("f")
        assert page.get_by_text("I will look first.").is_visible()


def test_keys_step_through_turns_commits_and_runs(opened: Open) -> None:
    with page_of(opened, f"/conversation/{AGENT}/{ID}") as page:
        page.keyboard.press("j")
        page.keyboard.press("j")
        assert page.locator(".turn.at").get_attribute("id") == "turn-2"
        page.keyboard.press("k")
        assert page.locator(".turn.at").get_attribute("id") == "turn-1"
    with page_of(opened, "/commits") as page:
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/commit/*")
    with page_of(opened, "/file/~/calc.py") as page:
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.wait_for_url("**#L3")
        page.keyboard.press("?")
        assert page.get_by_role("dialog").is_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "seek"


def test_search_as_one_types(opened: Open) -> None:
    with page_of(opened, "/search") as page:
        page.locator("#q").press_sequentially("divid")
        page.wait_for_url("**/search?q=divid")
        page.locator("#hits mark", has_text="divide").first.wait_for()
        page.locator("#hits .subject").first.click()
        page.wait_for_url("**/conversation/**")


def test_colours_by_turn_agent_and_age(opened: Open) -> None:
    with page_of(opened, "/file/~/calc.py") as page:

        def edge() -> str:
            return str(page.locator(".run.t0 .ls").first.evaluate("e => getComputedStyle(e).borderLeftColor"))

        seen = {edge()}
        for name in ("agent", "age"):
            page.get_by_role("button", name=name, exact=True).click()
            seen.add(edge())
        assert len(seen) >= 2 and page.locator("#code").get_attribute("data-colour") == "age"


def test_without_scripts_the_pages_read(opened: Open) -> None:
    context = opened.browser.new_context(java_script_enabled=False, storage_state=opened.state)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(LONGEST * 2000)
    page.goto(f"http://{opened.server.host}/file/~/calc.py")
    page.get_by_role("link", name="No, raise ZeroDivisionError instead.").first.click()
    assert page.locator("#turn-5").is_visible()
    page.locator("#seek").fill("divide")
    page.keyboard.press("Enter")
    page.locator("mark").first.wait_for()
    context.close()


PAGES = [
    "/",
    "/file/~/calc.py#L6",
    "/commit/HEAD",
    "/commits",
    "/conversations",
    f"/conversation/{AGENT}/{ID}",
    "/search?q=divide",
    "/why/~/calc.py?lines=6",
    "/explain/HEAD",
    "/control",
    "/stats",
    "/review?range=HEAD~2..HEAD",
    "/rules",
    "/tell?as=handoff&of=HEAD",
    "/usage",
    "/stores",
    "/stores?agent=claude-code",
    "/log",
    f"/changes/{AGENT}/{ID}",
]


SEEN: list[tuple[int, Literal["light", "dark"]]] = [(1300, "light"), (1300, "dark"), (360, "light")]


def test_no_rule_of_accessibility_is_broken_and_nothing_is_too_wide(opened: Open) -> None:
    pytest.importorskip("axe_playwright_python")
    broken: dict[tuple[str, int, str], list[str]] = {}
    # One window for all pages, each loaded once: both cost as much as a look for broken rules.
    with empty_page(opened) as page:
        for path in PAGES:
            page.goto(address(opened, path))
            if "#L" in path:
                page.locator("#reason .answer").first.wait_for()
            for width, scheme in SEEN:
                page.set_viewport_size({"width": width, "height": 850})
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # colours change at once
                wide = page.evaluate("document.documentElement.scrollWidth")
                found = rules_broken(page)
                if wide > width:
                    found.append(f"{wide} pixels wide")
                if found:
                    broken[path, width, scheme] = found
    assert broken == {}


def test_the_first_page_is_small(opened: Open) -> None:
    with page_of(opened, "/") as page:
        entries = page.evaluate(
            "performance.getEntries().filter(e => ['navigation', 'resource'].includes(e.entryType))"
            ".map(e => e.transferSize)"
        )
        assert len(entries) <= 8
        assert sum(entries) <= 150_000
