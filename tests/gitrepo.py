"""A builder of real repositories for tests."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path


class GitRepo:
    """A real repository driven through the real git; `time` moves on a minute a commit so that order is certain."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.time: int | None = None

    @classmethod
    def init(cls, path: Path, *args: str) -> GitRepo:
        path.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "init", "-q", *args, str(path)], check=True, capture_output=True)
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
