"""Which commits a command line of `git log` selects: git decides, by its own options."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from gitstory.errors import GitStoryError

from .commit_details import OWN_REFS, path_text
from .log import text_of
from .process import GitFailed
from .repo import NoCommits, Repo, UnknownRevision

_UNKNOWN = re.compile(r"(?:bad revision|ambiguous argument|invalid object name|bad object) '?([^':]*)'?")
_BOTH = re.compile(r"ambiguous argument '(.{0,4096})': both revision and filename")
_OID = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Ambiguous(GitStoryError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is both a revision and a file", hint=f"`{name} --` is the revision, `-- {name}` the file"
        )


class Selection(Struct, frozen=True):
    """`options` are those of `git log` that choose commits; `names` are revisions, or paths as far as git finds none.

    `paths` (behind `--`) and names are as seen from `here`. `everything`: all refs but gitstory's own and the stash.
    """

    here: Path
    options: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    paths: tuple[str, ...] | None = None
    everything: bool = False


def select_commits(repo: Repo, selection: Selection) -> list[str]:
    """Ids in git's own order, newest first. Raises `UnknownRevision`, `NoCommits` or `GitFailed`."""
    return [oid.decode() for oid in _log(repo, selection, "--format=tformat:%H", "-s").split()]


def commits_of_file(repo: Repo, path: str, rev: str | None = None) -> list[tuple[str, str]]:
    """(commit, path of the file there) of each commit that changed a file, newest first, through renames.

    `path` is from the top. Raises as `select_commits`.
    """
    chosen = Selection(repo.worktree or repo.git_dir, ("--follow",), (rev or "HEAD",), (path,))
    out = _log(repo, chosen, "--format=tformat:%x00%H", "--name-only", "-z")
    commits: list[tuple[str, str]] = []
    oid = ""
    for field in out.split(b"\0"):
        if _OID.fullmatch(field):
            oid = field.decode()
        elif field.startswith(b"\n") and oid:  # git ends the line of the format before the name
            commits.append((oid, path_text(field[1:])))
            oid = ""
    return commits


def _log(repo: Repo, chosen: Selection, *how: str) -> bytes:
    args = ["-C", str(chosen.here)] if chosen.here.is_dir() else []
    if "--follow" in chosen.options:  # the path of one file, whatever characters are in it
        args.append("--literal-pathspecs")
    args += ["log", "--no-color", "--no-notes", "--no-show-signature", "--no-ext-diff", "--no-textconv", *how]
    args += chosen.options
    if chosen.everything:
        # The id, since a file may be named HEAD.
        args += [*(f"--exclude={ref}" for ref in OWN_REFS), "--all", *filter(None, [repo.ref("HEAD")])]
    args += chosen.names
    if chosen.paths is not None:
        args += ["--", *chosen.paths]
    done = repo.run(*args, check=False)
    if done.returncode == 0:
        return done.stdout
    stderr = text_of(done.stderr)
    if "does not have any commits yet" in stderr or (not chosen.names and repo.ref("HEAD") is None):
        raise NoCommits
    if (both := _BOTH.search(stderr)) is not None:
        raise Ambiguous(both[1])
    if unknown := _UNKNOWN.search(stderr):
        raise UnknownRevision(unknown[1], shallow=repo.shallow)
    raise GitFailed(["log"], done.returncode, done.stderr)
