"""Git through its own program: text in, text out, and one batch reader for blobs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

SEALED = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
}


def environment() -> dict[str, str]:
    """The environment every git call gets: ours without GIT_*, and without anybody's configuration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | SEALED


def git_bytes(repo: Path, *args: str, stdin: bytes | None = None, check: bool = True) -> bytes:
    command = ["git", "-C", str(repo), "-c", "core.quotePath=false", "-c", "safe.directory=*", *args]
    done = subprocess.run(command, input=stdin, capture_output=True, env=environment(), check=False)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def git(repo: Path, *args: str, stdin: str | None = None, check: bool = True) -> str:
    data = None if stdin is None else stdin.encode()
    return git_bytes(repo, *args, stdin=data, check=check).decode(errors="replace")


def blobs(repo: Path, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
    """(name, content) for each object name, None for what is missing or is no blob. `rev:path` works too."""
    wanted = [name for name in names if "\n" not in name]
    command = ["git", "-C", str(repo), "-c", "safe.directory=*", "cat-file", "--batch"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()
    ) as process:
        assert process.stdin and process.stdout
        for start in range(0, len(wanted), 64):
            part = wanted[start : start + 64]
            process.stdin.write("".join(f"{name}\n" for name in part).encode())
            process.stdin.flush()
            for name in part:
                yield name, _read(process.stdout)
        process.stdin.close()


def _read(stream: IO[bytes]) -> bytes | None:
    fields = stream.readline().rstrip(b"\n").rsplit(b" ", 2)
    if len(fields) != 3 or not fields[2].isdigit():
        return None
    data = stream.read(int(fields[2]))
    stream.read(1)
    return data if fields[1] == b"blob" else None
