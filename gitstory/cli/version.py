"""`git story version`: the version, and with an option what a bug report needs."""

from __future__ import annotations

import platform

import click

from gitstory import __version__


@click.command()
@click.option(
    "--build-options", is_flag=True, help="Also show the versions of git, Python and libgit2, and the system."
)
def command(build_options: bool) -> None:
    """Show the version of git-story.

    With --build-options it also shows what a bug report needs.
    """
    click.echo(f"git-story version {__version__}")
    if build_options:
        for name, value in _surroundings():
            click.echo(f"{name}: {value}")


def _surroundings() -> list[tuple[str, str]]:
    """Name and version of each program that matters here."""
    from importlib.metadata import version

    import pygit2

    from gitstory.git.process import git

    return [
        ("git", git("--version", located=False).stdout.decode().split()[2]),
        ("python", platform.python_version()),
        ("pygit2", f"{version('pygit2')} (libgit2 {pygit2.LIBGIT2_VERSION})"),
        ("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
    ]
