"""Where git looks for hooks."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from gitstory.git.process import git
from gitstory.git.repo import Repo


class HooksPlace(Struct, frozen=True):
    """The directory git takes hooks from, and what is special about it.

    `manager` names the tool that writes into it ("husky", "lefthook", ...), "" if none was recognised. `shared` says
    that it is the directory of `enable --global`.
    """

    directory: Path
    manager: str = ""
    shared: bool = False


def hooks_place(repo: Repo) -> HooksPlace:
    """For a repository, with core.hooksPath in all its forms, and linked worktrees."""
    if repo.settings.text("core.hooksPath") is None:
        directory = (repo.common_dir / "hooks").resolve()
    else:
        # git takes a relative core.hooksPath from the top of the worktree, where `Repo.git` runs.
        output = repo.git("rev-parse", "--path-format=absolute", "--git-path", "hooks")
        directory = Path(output.decode("utf-8", "surrogateescape").rstrip("\n"))
    return HooksPlace(directory, _manager(repo, directory), _same(directory, global_directory()))


def global_directory() -> Path:
    """Where `enable --global` puts its hooks, existing or not."""
    from platformdirs import user_config_path

    return user_config_path("gitstory", appauthor=False) / "hooks"


def global_hooks_path() -> Path | None:
    """core.hooksPath of the person's own configuration, None where it is not set."""
    done = git("config", "--global", "--type=path", "--get", "core.hooksPath", check=False)
    text = done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")
    return Path(text) if done.returncode == 0 and text else None


def in_worktree(repo: Repo, path: Path) -> str | None:
    """`path` relative to the worktree with forward slashes, None where it is not in it (or in the git directory)."""
    if repo.worktree is None or path.is_relative_to(repo.git_dir) or path.is_relative_to(repo.common_dir):
        return None
    return path.relative_to(repo.worktree).as_posix() if path.is_relative_to(repo.worktree) else None


def is_tracked(repo: Repo, name: str) -> bool:
    return bool(repo.git("ls-files", "-z", "--", f":(literal,top){name}"))


def is_ignored(repo: Repo, name: str) -> bool:
    return repo.run("check-ignore", "--quiet", "--", name, check=False).returncode == 0


def _manager(repo: Repo, directory: Path) -> str:
    if (directory.name == "_" and (directory / "h").is_file()) or directory.parent.name == ".husky":
        return "husky"
    if directory.name == ".husky":
        return "husky"
    if repo.worktree is not None:
        for stem in ("lefthook", ".lefthook"):
            if any((repo.worktree / f"{stem}{end}").is_file() for end in (".yml", ".yaml", ".toml", ".json")):
                return "lefthook"
    return ""


def _same(path: Path, other: Path) -> bool:
    return path == other or (path.exists() and other.exists() and path.samefile(other))
