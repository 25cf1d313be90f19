"""A real browser for pages that gitstory writes: Debian's Chromium or whatever GITSTORY_CHROMIUM names."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def program() -> str:
    """The browser's program; the test is skipped where there is none."""
    # Without windows it starts in half the time.
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    found = os.environ.get("GITSTORY_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        pytest.skip("no Chromium here (GITSTORY_CHROMIUM may name one)")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests of a module: starting one takes a second of processor time, two cannot be driven side by side
    from one process, and while one runs no test can have an event loop."""
    pytest.importorskip("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program(), args=list(QUIET))
        yield launched
        launched.close()


@contextmanager
def opened(browser: Browser, file: Path, *, width: int = 1200, scheme: str = "light") -> Iterator[Page]:
    """The page of a file. At the end, nothing may have been logged, thrown, or asked of anybody but the file."""
    seen = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with browser.new_page(**seen) as page:  # type: ignore[arg-type]
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(request.url) if not own(request.url, file) else None)
        page.goto(file.as_uri())
        yield page
        assert said == []


def own(url: str, file: Path) -> bool:
    return url.split("#", maxsplit=1)[0] == file.as_uri() or url.startswith(f"blob:{file.as_uri()[:7]}")


def rules_broken(page: Page) -> list[str]:
    """The accessibility rules of axe that the page breaks, with the elements."""
    from axe_playwright_python.base import AXE_SCRIPT

    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {[node['html'][:200] for node in one['nodes'][:3]]}" for one in found]
