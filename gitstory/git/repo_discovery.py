"""Which repository a directory is in, from the disk alone: git would need a process for each."""

from __future__ import annotations

from pathlib import Path


def common_dir_of(directory: Path) -> Path | None:
    """git's common directory of the repository that holds `directory`; None where there is none or it is gone.

    As git looks (gitrepository-layout(5)): the nearest `.git` from here upwards, a file of that name leading on, and
    `commondir` of a linked work tree; a bare repository by its files. That git accepts it is for git to say.
    """
    for path in (directory, *directory.parents):
        git_dir = _git_dir(path)
        if git_dir is not None:
            return _shared(git_dir)
    return None


def _git_dir(directory: Path) -> Path | None:
    """What `directory` says: the git directory of a work tree, or itself where it is one.

    Files laid out like a git directory inside of a work tree can come from a commit, settings that name programs
    among them: that is none.
    """
    dot = directory / ".git"
    try:
        if dot.is_file():
            content = dot.read_bytes()[:4096].decode("utf-8", "surrogateescape").strip()
            return (directory / content.removeprefix("gitdir:").strip()) if content.startswith("gitdir:") else None
        if _is_git_dir(dot):
            return dot
        return directory if _is_git_dir(directory) and not _is_inside(directory) else None
    except (OSError, ValueError):
        return None


def _is_inside(directory: Path) -> bool:
    """Whether a directory is in a work tree, its `.git` apart."""
    if ".git" in directory.parts:
        return False
    return any((one / ".git").is_file() or _is_git_dir(one / ".git") for one in directory.parents)


def _is_git_dir(directory: Path) -> bool:
    return (directory / "HEAD").is_file() and (directory / "objects").is_dir() and (directory / "refs").is_dir()


def _shared(git_dir: Path) -> Path | None:
    try:
        named = git_dir / "commondir"
        if named.is_file():
            content = named.read_bytes()[:4096].decode("utf-8", "surrogateescape").rstrip("\n")
            git_dir = git_dir / content
        git_dir = git_dir.resolve()
        return git_dir if _is_git_dir(git_dir) else None
    except (OSError, ValueError, RuntimeError):
        return None
