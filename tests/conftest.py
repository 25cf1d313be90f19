"""What every test stands on: a sealed environment and real repositories."""

from __future__ import annotations

import gc
import itertools
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
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
    "GITSTORY_CHROMIUM",
)
OF_TESTS = ("PYTEST_", "COV_")
FIXED = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_EDITOR": "true",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PIP_NO_COMPILE": "0",  # pip's way to say yes here; little of what a test installs is run
}
GITCONFIG = """\
[user]
	name = Dev One
	email = dev@example.com
[init]
	defaultBranch = main
	templateDir = {template}
[protocol "file"]
	allow = always
[gc]
	auto = 0
[maintenance]
	auto = false
[advice]
	detachedHead = false
[core]
	fsync = none
"""
"""No test pulls the plug."""


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
        from tests import program, warmed

        several = session.config.getoption("processes", 1) > 1
        with program.shared_server() if several else nullcontext():
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
def sealed(tmp_path_factory: pytest.TempPathFactory, git_template: Path) -> Iterator[Path]:
    """An empty HOME, no foreign variables, fixed identity: a test sees only what it made itself."""
    home = _folder(tmp_path_factory, "home")
    (home / ".gitconfig").write_text(GITCONFIG.format(template=git_template.as_posix()))
    before = dict(os.environ)
    try:
        _set_environment({**_kept(before), **FIXED, **_places(str(home))})
        with safe_open.apart():
            yield home
    finally:
        _set_environment({**before, **_of_pytest(os.environ)})


def _set_environment(wanted: Mapping[str, str]) -> None:
    """Make `wanted` the whole environment, at no cost for what is the same."""
    present = dict(os.environ)
    for name in present.keys() - wanted.keys():
        del os.environ[name]
    os.environ.update(wanted.items() - present.items())


def _kept(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name in KEPT or name.startswith(OF_TESTS)}


def _of_pytest(environment: Mapping[str, str]) -> dict[str, str]:
    """What pytest itself sets while a test is run."""
    return {name: value for name, value in environment.items() if name.startswith("PYTEST_")}


def _places(home: str) -> dict[str, str]:
    return {
        "HOME": home,
        "USERPROFILE": home,
        "XDG_CONFIG_HOME": f"{home}/.config",
        "XDG_DATA_HOME": f"{home}/.local/share",
        "XDG_CACHE_HOME": f"{home}/.cache",
    }


_numbers = itertools.count()


def _folder(factory: pytest.TempPathFactory, name: str) -> Path:
    """A new folder: as `factory.mktemp` makes, without a link to the latest, a third of the time of a quick test."""
    folder = factory.getbasetemp() / f"{name}-{next(_numbers)}"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As pytest's own."""
    return _folder(tmp_path_factory, re.sub(r"\W", "_", request.node.name)[:30])


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
