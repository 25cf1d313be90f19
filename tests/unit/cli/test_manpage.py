from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import click
import pytest

from gitstory.cli.main import group
from gitstory.cli.manpage import manpage

PAGE = Path(__file__).resolve().parents[3] / "docs" / "git-story.1"


def test_the_page_is_what_the_commands_say() -> None:
    assert PAGE.read_text() == manpage(), "run: python -m gitstory.cli.manpage >docs/git-story.1"


def test_every_command_is_in_it() -> None:
    page = manpage()
    for name in group.list_commands(click.Context(group)):
        assert f".SS git story {name}" in page


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_groff_has_no_complaints() -> None:
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", str(PAGE)], capture_output=True, check=True)
    assert done.stderr == b""
