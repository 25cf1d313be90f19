"""What every test stands on: a sealed environment and real repositories."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitstory import safe_open
from tests import examples, lanes
from tests.gitrepo import GitRepo

INTEGRATION = Path(__file__).parent / "integration"
KEPT = (
    "PATH",
    "LANG",
    "TMPDIR",
    "SYSTEMROOT",
    "GITSTORY_LAB",
    "GITSTORY_FIXTURES",
    "GITSTORY_CORPUS",
    "VIRTUAL_ENV",
    "GITSTORY_TEST_GIT",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items[:], left = lanes.split(items)
    config.hook.pytest_deselected(items=left)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Warm the program up where whole commands are run (see `tests.warmed`), and have the garbage collector leave
    thousands of collected tests alone, and look less often: a tenth of the time of unit tests."""
    if "GITSTORY_MUTANTS" in os.environ:
        return  # tests/mutants finds functions among what the collector tracks
    if not session.config.option.collectonly and any(INTEGRATION in item.path.parents for item in session.items):
        from tests import warmed

        warmed.warm()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_report_header() -> list[str]:
    return [line for line in (lanes.left_out(), "random examples" if examples.THOROUGH else "") if line]


@pytest.fixture(scope="session")
def git_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What git puts into a new repository, but for a dozen examples of hooks that nobody looks at."""
    template = tmp_path_factory.mktemp("template")
    for name in ("branches", "hooks", "info"):
        (template / name).mkdir()
    (template / "description").write_text("Unnamed repository; edit this file 'description' to name the repository.\n")
    (template / "info/exclude").write_text("# git ls-files --others --exclude-from=.git/info/exclude\n")
    return template


@pytest.fixture(autouse=True)
def sealed(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, git_template: Path
) -> Iterator[Path]:
    """An empty HOME, no foreign variables, fixed identity: a test sees only what it made itself."""
    for name in list(os.environ):
        if name not in KEPT and not name.startswith(("PYTEST_", "COV_")):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local/share"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "0")
    monkeypatch.setenv("GIT_EDITOR", "true")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PIP_NO_COMPILE", "0")  # pip's way to say yes here; little of what a test installs is run
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Dev One\n\temail = dev@example.com\n"
        f"[init]\n\tdefaultBranch = main\n\ttemplateDir = {git_template.as_posix()}\n"
        '[protocol "file"]\n\tallow = always\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n'
        "[advice]\n\tdetachedHead = false\n"
        "[core]\n\tfsync = none\n"  # no test pulls the plug
    )
    with safe_open.apart():
        yield home


@pytest.fixture
def home(sealed: Path) -> Path:
    return sealed


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """An empty repository with no commit, at `tmp_path / "repo"`."""
    return GitRepo.init(tmp_path / "repo")


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """Real files of real agents; a test that asks for them is left out where the folder is absent."""
    return lanes.FIXTURES
