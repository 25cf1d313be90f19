"""`git story ui`: the code with its reasons, in a browser on this machine."""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitstory.embedding import NotInstalled, install_command
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.ui.workspace import Workspaces

_NEEDED = ("starlette", "uvicorn")


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="Listen on this port; 0: any free.")
@click.option("--all-repos", is_flag=True, help="All repositories on this machine that agents worked in.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser; print the address alone.")
def command(port: int, all_repos: bool, no_browser: bool) -> int:
    """Read the code with its reasons in a browser: files, commits, conversations, search.

    The pages are served on this machine alone, to the browser that opens the printed address; it works once. Nothing is
    loaded from or sent to anywhere else. Ctrl-C ends it.
    """
    missing = next((name for name in _NEEDED if find_spec(name) is None), None)
    if missing is not None:
        message = f"the web application needs {missing}, which is not installed"
        raise NotInstalled(message, hint=install_command(extra="ui"))
    from gitstory.ui.serving import serve
    from gitstory.ui.workspace import Workspaces

    repositories = _everywhere() if all_repos else [Workspaces(Path.cwd())]
    # The other accounts of a machine see what programs are started with: the browser gets the name of a file that
    # leads to the address, and only we can read that file.
    with tempfile.TemporaryDirectory(prefix="gitstory-ui-") as folder:

        def begun(address: str) -> None:
            click.echo(address)
            if not no_browser:
                page = Path(folder) / "open.html"
                page.write_text(_LEAD.format(address=address), encoding="utf-8")
                click.launch(page.as_uri())

        serve(repositories, port, begun, _warn_of_another, all_repos=all_repos)
    return 0


_LEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>gitstory</title>
<meta http-equiv="refresh" content="0; url={address}"><p><a href="{address}">Continue</a></p></html>"""


def _warn_of_another() -> None:
    from gitstory.cli.output import warn

    warn(
        "the address was opened a second time, by a browser that has no session",
        "if the first was not yours, somebody else reads your pages: press Ctrl-C",
    )


def _everywhere() -> list[Workspaces]:
    """The repositories that conversations on this machine took place in, and the one we are in, if any."""
    from gitstory.cli.search_indexes import repositories_here
    from gitstory.ui.workspace import Workspaces

    places = repositories_here()
    if not places:
        raise GitStoryError("no repository that an agent worked in was found", hint="run it inside of a repository")
    return [Workspaces(place) for place in places]
