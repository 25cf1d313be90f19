"""A builder of real repositories for tests."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple


class GitRepo:
    """A real repository driven through the real git; `time` moves on a minute a commit so that order is certain."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.time: int | None = None

    @classmethod
    def init(cls, path: Path, *args: str) -> GitRepo:
        path.mkdir(parents=True, exist_ok=True)
        _init(path, args)
        return cls(path)

    def git(self, *args: str, input: bytes | None = None, check: bool = True, cwd: Path | None = None) -> str:
        """Run git and return what it prints, as text without the last line end."""
        return self.output(*args, input=input, check=check, cwd=cwd).decode("utf-8", "surrogateescape").rstrip("\n")

    def output(self, *args: str, input: bytes | None = None, check: bool = True, cwd: Path | None = None) -> bytes:
        """Run git and return the bytes that it prints."""
        env = dict(os.environ)
        if self.time is not None:
            env["GIT_AUTHOR_DATE"] = env["GIT_COMMITTER_DATE"] = f"@{self.time} +0000"
        done = subprocess.run(
            ["git", *args], cwd=cwd or self.path, input=input, capture_output=True, env=env, check=False
        )
        if check and done.returncode != 0:
            raise AssertionError(
                f"git {args} -> {done.returncode}\n{(done.stdout + done.stderr).decode(errors='replace')}"
            )
        return done.stdout

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def commit(
        self, message: str = "change", files: dict[str, str | bytes] | None = None, at: int | None = None
    ) -> str:
        """Write `files`, stage everything, commit; returns the commit's id. `at` is its time in epoch seconds."""
        for name, text in (files or {}).items():
            self.write(name, text)
        if at is not None:
            self.time = at
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self._head() or self.git("rev-parse", "HEAD")

    def _head(self) -> str:
        """The commit of HEAD where a look at two files tells it; "" where git has to be asked."""
        try:
            name = (self.path / ".git/HEAD").read_text().strip()
            oid = (self.path / ".git" / name[5:]).read_text().strip() if name.startswith("ref: ") else name
        except OSError:
            return ""
        return oid if re.fullmatch(r"[0-9a-f]{40,64}", oid) else ""


_NO_SAY = ("GIT_CONFIG_NOSYSTEM", "GIT_TERMINAL_PROMPT", "GIT_EDITOR")
"""Variables of git's that every test has."""


class _New(NamedTuple):
    """What `git init` makes: folders, and files with their content, below the repository's."""

    folders: list[Path]
    files: list[tuple[Path, bytes]]


_new: dict[tuple[object, ...], _New] = {}


def _init(path: Path, args: tuple[str, ...]) -> None:
    """As `git init`. In an empty folder what git made under the same conditions is made again, which takes a sixth of
    its time: thousands of tests begin so."""
    conditions = None if any(path.iterdir()) else _conditions(args)
    if conditions is None:
        subprocess.run(["git", "init", "-q", *args, str(path)], check=True, capture_output=True)
        return
    if conditions not in _new:
        _new[conditions] = _made_by_git(args)
    for folder in _new[conditions].folders:
        (path / folder).mkdir()
    for name, content in _new[conditions].files:
        (path / name).write_bytes(content)


def _conditions(args: tuple[str, ...]) -> tuple[object, ...] | None:
    """All that `git init` depends on; None where that is more than the settings of a test's person."""
    home = Path(os.environ.get("HOME", ""))
    settings, others = home / ".gitconfig", home / ".config/git"
    variables = [name for name in os.environ if name.startswith("GIT_") and name not in _NO_SAY]
    names_paths = any(os.sep in argument for argument in args)
    if os.name == "nt" or names_paths or variables or others.exists() or not settings.is_file():
        return None
    return (args, settings.read_bytes(), os.environ.get("XDG_CONFIG_HOME") == str(home / ".config"), os.environ["PATH"])


def _made_by_git(args: tuple[str, ...]) -> _New:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", *args, folder], check=True, capture_output=True)
        paths = sorted(Path(folder).rglob("*"))
        names = [(path, path.relative_to(folder)) for path in paths]
        return _New(
            [name for path, name in names if path.is_dir()],
            [(name, path.read_bytes()) for path, name in names if path.is_file()],
        )
