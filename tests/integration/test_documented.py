"""Every command line of the documentation, of the help topics and of the examples of `--help` runs as it stands there.

They run in the example project (tests/documents.py), where each block finds everything as it was at first. A terminal
answers yes to questions. Lines that need more than this machine offers are listed with the reason.
"""

from __future__ import annotations

import os
import re

import pytest

from tests import program
from tests.documents import Block, ExampleProject, pages

pytestmark = pytest.mark.slow
PAGES = pages()
NOT_RUN = {
    r"(pipx|uv tool|pip) install .*": "installs from a package index",
    r"git clone https://example\.com/.*": "names an address that does not exist",
    r"make .*|\.venv/bin/python -m pytest .*": "runs the tests of gitstory",
    r"cd your/project": "stands for a directory of the reader",
    r"git story (save|watch)": "runs until a key is pressed on a terminal",
    r"git story rules review.*": "asks on a terminal",
    r"git story rules --llm .*": "needs a model that the reader has set up",
    r"git story rules (edit|reject) [0-9a-f]{8}.*": "names a rule that the example project has not",
    r"git story ui.*": "serves until Ctrl-C",
    r"(pipx|uv tool|pip) .*\[ui\].*": "installs from a package index",
    r"git story share .*--gist": "uploads to a forge",
    r"git story resume --run": "starts an agent's program",
    r"git story backfill --from entire": "reads what another tool recorded in the repository",
}
"""A pattern of command lines that are not run -> why."""
READS = r"git story (show|log|blame|why|explain|conversations|review|check|stats|search|status|agents|help|version) .*"


def reason_not_to_run(line: str) -> str | None:
    """Why a command line is not run; None if it is run."""
    return next((why for pattern, why in NOT_RUN.items() if re.fullmatch(pattern, line)), None)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> ExampleProject:
    made = ExampleProject(tmp_path_factory.mktemp("documented"))
    program_folder = program.install(tmp_path_factory.mktemp("bin")).parent
    made.env["PATH"] = os.pathsep.join([str(program_folder), made.env["PATH"]])
    return made


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_run(page: str, example: ExampleProject) -> None:
    for block in PAGES[page]:
        check(block, example)


def check(block: Block, example: ExampleProject) -> None:
    """Run the commands of a block one after the other in one shell, and compare what they print with the page."""
    lines = [command.line for command in block.commands if reason_not_to_run(command.line) is None]
    script = "\n".join(f"printf '\\1'\n{line}" for line in lines)
    done = example.shell(script)
    printed = done.stdout.split("\1")[1:]
    assert done.returncode == 0, f"{block.name}: {lines[len(printed) - 1]}: {done.stdout[-500:]}{done.stderr}"
    shown = [command.output for command in block.commands if command.line in lines]
    for line, output, text in zip(lines, shown, printed, strict=True):
        assert output is None or text.strip("\n") == output.strip("\n"), f"{block.name}: {line} prints\n{text}"
    if not all(re.fullmatch(READS, f"{line} ") for line in lines):
        example.reset()


def test_a_command_that_fails_is_noticed(example: ExampleProject) -> None:
    assert example.shell("git story show nothing-of-this-name\ntrue").returncode == 1


def test_what_is_not_run_is_there() -> None:
    lines = {command.line for blocks in PAGES.values() for block in blocks for command in block.commands}
    for pattern, reason in NOT_RUN.items():
        assert reason and any(re.fullmatch(pattern, line) for line in lines), f"nothing matches {pattern}"
