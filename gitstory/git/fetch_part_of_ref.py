"""Fetching a part of what a ref of another repository leads to, into a bare repository of its own.

The folders come whole, files up to a size; what is left out can be fetched later by its id. git calls that a partial
clone, but this copy's settings do not say so: for each git that reads it, what is left out is simply not there, and
nothing is fetched unasked. https://git-scm.com/docs/partial-clone says how it works.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from .fetch_push import ALIAS, Caller, Remote, RemoteUnreachable, call
from .process import git
from .repo import Repo

LARGEST_FILE = 1500
"""Bytes of the files that come along. At 50,000 conversations all but the turns: 46 MB instead of 770."""

_AT_ONCE = 400
"""Ids of one request: they are arguments, of which some systems take 32,000 characters."""

_CAPABILITIES = b"< fetch="
"""What leads the line in which protocol version 2 says what a server can do
(https://git-scm.com/docs/protocol-v2#_fetch). Version 0 may send parts, but not what is asked for by its id."""

_STRICT = ("fetch.fsckObjects=true", "gc.auto=0", "maintenance.auto=false", "fetch.unpackLimit=1")
_PARTIAL = (f"remote.{ALIAS}.promisor=true", f"remote.{ALIAS}.partialclonefilter=blob:none")
"""Settings of a partial clone, for one call."""

_TRANSPORT = re.compile(r"(?:url|http|credential|ssh|protocol)\.|core\.(?:sshcommand|gitproxy|askpass)\Z")
"""Settings of a repository that say how a remote is reached."""


def sends_parts(repo: Repo, remote: Remote, ref: str, caller: Caller) -> str | None:
    """The commit that `ref` names at the remote, if the remote can send parts of it; None otherwise.

    Raises `RemoteUnreachable`. git has no command that tells what a server can do, but tells it when traced.
    """
    with tempfile.TemporaryDirectory(prefix="gitstory-") as name:
        trace = Path(name) / "trace"
        done = call(
            repo, remote, caller, {"GIT_TRACE_PACKET": str(trace)}, *_with(_V2), "ls-remote", "--quiet", ALIAS, ref
        )
        with suppress(OSError):
            lists = [line.partition(_CAPABILITIES)[2].split() for line in trace.read_bytes().splitlines()]
            if done.returncode == 0 and any(b"filter" in words for words in lists):
                return next(iter(re.findall(r"^([0-9a-f]{40,64})\t", done.stdout.decode("ascii", "replace"))), None)
    if done.returncode != 0:
        raise RemoteUnreachable(remote, done.stderr)
    return None


_V2 = ("protocol.version=2",)


def _with(settings: Sequence[str]) -> Iterator[str]:
    for setting in settings:
        yield from ("-c", setting)


def opened(folder: Path, object_format: str) -> Repo:
    """The copy in `folder`."""
    return Repo(folder, folder, None, object_format)


def fetch_part(repo: Repo, folder: Path, remote: Remote, refs: tuple[str, str], caller: Caller) -> None:
    """Bring the copy in `folder`, which is new where there is none, to what the remote has now.

    `refs` are the ref there and the one in the copy. Raises `RemoteUnreachable`; the copy is as it was then.
    """
    if not folder.exists():
        with tempfile.TemporaryDirectory(prefix="new-", dir=folder.parent) as name:
            new = Path(name) / "copy.git"
            git("init", "--quiet", "--bare", "--template=", f"--object-format={repo.object_format}", str(new))
            _fetch_part(repo, new, remote, refs, caller)
            new.rename(folder)
    else:
        _fetch_part(repo, folder, remote, refs, caller)


def _fetch_part(repo: Repo, folder: Path, remote: Remote, refs: tuple[str, str], caller: Caller) -> None:
    part = f"--filter=blob:limit={LARGEST_FILE}"
    _fetch(repo, folder, remote, caller, "--depth=1", part, ALIAS, f"+{refs[0]}:{refs[1]}")


def missing(copy: Repo, oids: Sequence[str]) -> list[str]:
    """Those of the objects that are not in the copy."""
    if not oids:
        return []
    stdin = "".join(f"{oid}\n" for oid in oids).encode()
    listed = copy.git("cat-file", "--batch-check=%(objecttype)", "--buffer", input=stdin).decode().splitlines()
    return [oid for oid, row in zip(oids, listed, strict=True) if row.endswith(" missing")]


def fetch_files(repo: Repo, folder: Path, remote: Remote, oids: Sequence[str], caller: Caller) -> None:
    """Bring files that were left out, by their ids, into the copy in `folder`. Raises `RemoteUnreachable`."""
    for start in range(0, len(oids), _AT_ONCE):
        _fetch(repo, folder, remote, caller, "--filter=blob:none", ALIAS, *oids[start : start + _AT_ONCE])


def _fetch(repo: Repo, folder: Path, remote: Remote, caller: Caller, *args: str) -> None:
    narrow = ("--progress", "--no-tags", "--refmap=", "--no-write-fetch-head", "--no-recurse-submodules")
    settings = (*_V2, *_STRICT, *_PARTIAL, "fetch.negotiationAlgorithm=noop")
    copy = opened(folder, repo.object_format)
    done = call(copy, remote, caller, {}, *_with(settings), "fetch", *narrow, *args, config=_transport(repo))
    if done.returncode != 0:
        raise RemoteUnreachable(remote, done.stderr)


def _transport(repo: Repo) -> list[tuple[str, str]]:
    """What the repository's own settings say of how remotes are reached: the copy does not have them."""
    done = repo.run("config", "--local", "--includes", "--list", "-z", check=False)
    items = (item.partition("\n") for item in done.stdout.decode("utf-8", "surrogateescape").split("\0"))
    return [(key, value) for key, sep, value in items if sep and _TRANSPORT.match(key)]


def size(folder: Path) -> int:
    """Bytes of the packs in the copy in `folder`."""
    total = 0
    for pack in (folder / "objects" / "pack").glob("*.pack"):
        with suppress(OSError):
            total += pack.stat().st_size
    return total


def remove(folder: Path) -> None:
    """Remove the copy, and what interrupted fetches left beside it."""
    shutil.rmtree(folder, ignore_errors=True)
    for left in folder.parent.glob("new-*"):
        shutil.rmtree(left, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()
