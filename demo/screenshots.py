"""docs/images/ui.png, and on request pictures of every page: the application with the example project, in a browser.

    python -m demo.screenshots [FOLDER]

Needs Chromium and Playwright. With FOLDER, pictures of all pages are put there: light, dark and on a phone.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from demo.project import BEGAN, build, sealed_environment

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "ui.png"
PAGES = {
    "files": "/",
    "file": "/file/~/slugs.py#L9",
    "commit": "/commit/HEAD",
    "timeline": "/commits",
    "conversation": "/conversation/~/5f0e6a52",
    "changes": "/changes/~/5f0e6a52",
    "search": "/search?q=accent",
    "review": "/review?range=HEAD~1..HEAD",
    "rules": "/rules",
    "write-up": "/tell?as=post&of=HEAD",
    "statistics": "/stats",
    "tokens": "/usage",
    "stores": "/stores",
    "control": "/control",
}
LOOKS = {"light": ("light", 1280), "dark": ("dark", 1280), "phone": ("light", 360)}


def main() -> int:
    from playwright.sync_api import sync_playwright

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        home.mkdir()
        env = sealed_environment(home)
        project = Path(temporary) / "project"
        build(home, project, env, BEGAN)
        command = [sys.executable, "-P", "-m", "gitstory", "ui", "--no-browser"]
        server = subprocess.Popen(command, cwd=project, env=env, stdout=subprocess.PIPE)
        try:
            assert server.stdout is not None
            address = server.stdout.readline().decode().strip()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
                entered = browser.new_context()
                page = entered.new_page()
                page.goto(address)
                page.get_by_role("link", name="slugs.py", exact=True).wait_for()
                state = entered.storage_state()
                root = address.split("/?")[0]
                for look, (scheme, width) in LOOKS.items() if folder else [("light", LOOKS["light"])]:
                    context = browser.new_context(
                        storage_state=state,
                        color_scheme=scheme,  # type: ignore[arg-type]
                        viewport={"width": width, "height": 720},
                    )
                    for name, path in PAGES.items() if folder else [("file", PAGES["file"])]:
                        page = context.new_page()
                        page.goto(root + path)
                        if name == "file":
                            page.locator("#reason .answer").first.wait_for()
                        page.screenshot(path=folder / f"{name}-{look}.png" if folder else PICTURE)
                        page.close()
                browser.close()
        finally:
            server.terminate()
            server.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
