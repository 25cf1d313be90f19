"""What is remembered of each remote: whether the person agreed to share there, and what was last seen of it.

It is stored in `<git-common-dir>/gitstory/shared.json`. Without it a question is asked again; no story is lost.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import msgspec

from gitstory.git import safe_own_files
from gitstory.git.remote_addresses import without_password
from gitstory.store.sync.remote_erasures_to_confirm import Erasing, Waiting

NAME = "shared.json"
_MOST = 64
"""Remotes remembered; the oldest are asked about again."""


class RemoteState(msgspec.Struct, frozen=True, omit_defaults=True):
    """One remote. `agreed` is when the person said yes to sharing there (0: never), `public` that they said so
    knowing that anybody can read it. `data` and `notes` are the ids its refs had when we last had all it has.
    `tried` and `error` are of the last push in the background."""

    url: str
    agreed: float = 0.0
    public: bool = False
    data: str = ""
    notes: str = ""
    tried: float = 0.0
    error: str = ""
    pull_error: str = ""
    """Why the last pull in the background failed."""
    name: str = ""
    """How the person last named the remote."""
    erasures: Literal["", "accepted", "refused"] = ""
    """What the person said to tombstones from there that would erase something here ("": not asked yet)."""
    waiting: Waiting = Waiting()
    """Such tombstones that were not taken."""

    @property
    def erasing(self) -> Erasing:
        return Erasing(self.erasures == "accepted", self.waiting)

    @property
    def undecided(self) -> bool:
        """Whether the person has yet to say what becomes of the tombstones that wait."""
        return bool(self.waiting) and self.erasures != "refused"


class SharingState(msgspec.Struct, frozen=True):
    remotes: dict[str, RemoteState] = {}

    def of(self, url: str) -> RemoteState:
        return self.remotes.get(key_of(url)) or RemoteState(_plain(url))


def _plain(url: str) -> str:
    return without_password(url).encode("utf-8", "backslashreplace").decode()


def key_of(url: str) -> str:
    """A remote's name here: its address without a password, hashed."""
    plain = without_password(url).rstrip("/")
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def load(home: Path) -> SharingState:
    """What is remembered; nothing where the file is missing or damaged."""
    try:
        return msgspec.json.decode(safe_own_files.content(home / NAME), type=SharingState)
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return SharingState()


def remember(home: Path, url: str, **fields: object) -> RemoteState:
    """Change what is known of one remote. Raises OSError where that cannot be written."""
    remotes = load(home).remotes
    remote = msgspec.structs.replace(remotes.pop(key_of(url), RemoteState(_plain(url))), **fields)
    remotes[key_of(url)] = remote
    for old in list(remotes)[: max(len(remotes) - _MOST, 0)]:
        del remotes[old]
    safe_own_files.write(home / NAME, msgspec.json.encode(SharingState(remotes)))
    return remote
