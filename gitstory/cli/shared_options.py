"""What several commands share: options, and opening the repository."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.queries.anonymize import Anonymous

OPENED = "gitstory.repository"
"""Under which the repository that a command has opened is known to what prints (`output.settings`)."""

F = TypeVar("F", bound=Callable[..., Any])


def json_option(command: F) -> F:
    """`--json` as the parameter `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")(command)


def revision_argument(command: F) -> F:
    """An optional revision, HEAD by default, as the parameter `revision`."""
    return click.argument("revision", default="HEAD", metavar="[REV]")(command)


def anonymise_option(command: F) -> F:
    """`--anonymise` as the parameter `anonymise`."""
    text = "Also remove names of people, e-mail addresses, hosts and paths."
    return click.option("--anonymise", is_flag=True, help=text)(command)


def anonymous(repo: Repo) -> Anonymous:
    """What redacts texts and conversations of `repo` again, without names and places of people."""
    from gitstory.queries.anonymize import Anonymous, people
    from gitstory.recording.recording_setup import setup

    return Anonymous(repo, setup(repo), people(repo))


def open_repo(*, with_tips: bool = False) -> Repo:
    """The repository of the current directory (or of GIT_DIR); see `Repo.open`. Raises `NotARepository`."""
    from gitstory import fault_points
    from gitstory.git.repo import Repo

    fault_points.starter(_debug)
    repo = Repo.open(with_tips=with_tips)
    context = click.get_current_context(silent=True)
    if context is not None:
        context.find_root().meta[OPENED] = repo
    return repo


def _debug(how: str) -> None:
    from gitstory.cli.debug_log import begin

    begin(how)


def local_zone() -> int:
    """Minutes east of UTC, here and now."""
    import time

    return time.localtime().tm_gmtoff // 60
