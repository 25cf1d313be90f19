"""What decides, beside the commits themselves, which history git shows and by which names its authors go."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from gitstory.git.repo import Repo

_MOST = 1 << 20
"""Bytes of a file of names beyond which nothing is kept."""


def shallow_and_mailmap_stamp(repo: Repo) -> str | None:
    """Stands for the edge of a shallow clone and the names that `.mailmap` gives.

    None where something else decides too: replaced commits, grafts, or names in an object.
    """
    if repo.worktree is None or repo.config("mailmap.blob") or (repo.common_dir / "info" / "grafts").exists():
        return None
    if repo.git("for-each-ref", "--count=1", "refs/replace"):
        return None
    named = repo.config("mailmap.file")
    files = [repo.common_dir / "shallow", repo.worktree / ".mailmap"]
    if named:
        files.append(repo.worktree / Path(named).expanduser())
    digest = sha256()
    for file in files:
        data = _content(file)
        if data is None:
            return None
        digest.update(b"%d %b\0" % (len(data), data))
    return digest.hexdigest()


def _content(file: Path) -> bytes | None:
    """The bytes of a file, b"" where there is none, None where it is no file to be read."""
    try:
        if not file.is_file():
            return b"" if not file.exists() and not file.is_symlink() else None
        with file.open("rb") as opened:
            data = opened.read(_MOST + 1)
    except OSError:
        return None
    return data if len(data) <= _MOST else None
