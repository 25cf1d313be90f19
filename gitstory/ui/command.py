"""`git story ui`: the code with its reasons, in a browser on this machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from gitstory.embedding import NotInstalled, install_command

_NEEDED = ("starlette", "uvicorn")


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="Listen on this port; 0: any free.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser; print the address alone.")
def command(port: int, no_browser: bool) -> int:
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

    def begun(address: str) -> None:
        click.echo(address)
        if not no_browser:
            click.launch(address)

    serve(Workspaces(Path.cwd()), port, begun)
    return 0
