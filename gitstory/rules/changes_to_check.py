"""The lines that a range or the index adds, by file."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from gitstory.git.added_lines import parse_diff
from gitstory.git.changed_files import EMPTY_TREES
from gitstory.git.log import PLAIN
from gitstory.git.repo import Repo

_DIFF = ("-U0", "--inter-hunk-context=0", "--submodule=short", "--find-renames", "--src-prefix=a/", "--dst-prefix=b/")
_MOST_BYTES = 50_000_000


class Changes(Struct, frozen=True):
    """Added lines (path -> 1-based number -> text) and the paths of all files that changed."""

    added: Mapping[str, Mapping[int, str]]
    paths: tuple[str, ...]


def staged_changes(repo: Repo) -> Changes:
    """What the index has that HEAD has not."""
    return _changes(repo, "--cached")


def range_changes(repo: Repo, base: str, tip: str) -> Changes:
    """What `tip` has that `base` has not; "" for `base` means everything."""
    return _changes(repo, base or EMPTY_TREES[repo.object_format], tip)


def _changes(repo: Repo, *what: str) -> Changes:
    quiet = ("-c", "core.quotePath=false")
    out = repo.git(*quiet, "diff", *PLAIN, *_DIFF, *what, "--")[:_MOST_BYTES]
    names = repo.git(*quiet, "diff", "--name-only", "-z", "--find-renames", *PLAIN, *what, "--")
    added = {
        path.decode("utf-8", "replace"): {number: text.decode("utf-8", "replace") for number, text in lines.items()}
        for path, lines in parse_diff(out).items()
    }
    return Changes(added, tuple(name.decode("utf-8", "replace") for name in names.split(b"\0") if name))
