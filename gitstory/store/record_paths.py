"""Paths in the tree of `refs/story/data`: from records to paths, and back.

A name part is the id itself, with every byte outside of [A-Za-z0-9._-] as %XX; "." and ".." and ids that would
become longer than a file name may be are told by a hash. What comes from the store is checked: `decode(encode(x)) == x`
or the name is none of ours.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

DATA_REF = "refs/story/data"
FORMAT = b"format.json"
COMMITS = b"commits"
CONVERSATIONS = b"conversations"
TOMBSTONES = b"tombstones"
META = b"meta.json"
TAKING_BACK = "taking-back"
"""A file in gitstory's directory while something is forgotten: what it left behind is still to be removed."""
PARTIAL_COPIES = "partial"
"""A folder in gitstory's directory: copies of what remotes have whose first pull is not finished."""
LONGEST = 200
"""Bytes of an encoded name; what is longer is stored under "~" and a hash."""

_UNSAFE = re.compile(rb"[^A-Za-z0-9._-]")
_ESCAPED = re.compile(rb"%([0-9A-F]{2})")
_OID = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")

Kind = Literal["conversation", "turn", "commit", "content", "redacted"]


class Tombstone(Struct, frozen=True):
    """Something that must never be stored or shown again.

    `key` is (agent, id) of a conversation, (agent, id, turn id), (commit,), or (SHA-256 of a stored turn,) for a text
    that was erased while its turn stays. Kind "redacted" has the keys of a turn, or of a conversation for its
    title: no version of it without a marker set by hand is ever stored again.
    """

    kind: Kind
    key: tuple[str, ...]

    @property
    def digest(self) -> str:
        """What the store keeps of the key: its hash, so that a forgotten id is forgotten too."""
        return hashlib.sha256("\0".join(self.key).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.digest}"

    @property
    def path(self) -> bytes:
        kind, digest = self.kind.encode(), self.digest.encode()
        return b"/".join((TOMBSTONES, kind, digest[:2], digest[2:] + b".json"))


def is_oid(text: str) -> bool:
    """Whether `text` is a full object id."""
    return _OID.match(text) is not None


def encode(name: str) -> bytes:
    """An id as one part of a path."""
    raw = name.encode("utf-8", "surrogatepass")
    if raw in (b"", b".", b".."):
        return b"".join(b"%%%02X" % byte for byte in raw) or b"%"
    safe = _UNSAFE.sub(lambda match: b"%%%02X" % match.group()[0], raw)
    if len(safe) > LONGEST or safe.lower().startswith(b".git"):
        return b"~" + hashlib.sha256(raw).hexdigest().encode()
    return safe


def _byte(match: re.Match[bytes]) -> bytes:
    return bytes((int(match.group(1), 16),))


def decode(part: bytes) -> str | None:
    """The id a part stands for; None for a hashed one (its meta knows the id) and for a part not made by `encode`."""
    try:
        text = "" if part == b"%" else _ESCAPED.sub(_byte, part).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    return text if encode(text) == part else None


def commit_path(commit: str) -> bytes:
    """Raises ValueError for what is no full object id."""
    if not is_oid(commit):
        raise ValueError(f"not a commit id: {commit!r}")
    return b"/".join((COMMITS, commit[:2].encode(), commit[2:].encode() + b".json"))


def commit_of(path: Sequence[bytes]) -> str | None:
    """The commit that the parts `(xx, rest.json)` below `commits/` name."""
    if len(path) != 2 or not path[1].endswith(b".json"):
        return None
    text = (path[0] + path[1][:-5]).decode("ascii", "replace")
    return text if len(path[0]) == 2 and is_oid(text) else None


def conversation_path(agent: str, id: str) -> bytes:
    """The folder of a conversation; the first part spreads them evenly, whatever their ids look like."""
    spread = hashlib.sha256(f"{agent}\0{id}".encode("utf-8", "surrogatepass")).hexdigest()[:2].encode()
    return b"/".join((CONVERSATIONS, spread, encode(agent), encode(id)))


def turn_name(turn: str) -> bytes:
    """The file of a turn in its conversation's folder; the mark keeps it apart from `meta.json`."""
    return b"t-" + encode(turn) + b".json"


_HISTORIES = ".gitstory/history/"
_HISTORY = re.compile(r"(?:.*/)?\d{4}-\d\d-\d\d_\d\d-\d\dZ_[a-z0-9-]{1,80}_[^/]{8,}\.md", re.DOTALL)


def is_history(path: str) -> bool:
    """Whether a path of a commit is that of a history file: in the usual folder, or in any other by its name.

    `history.path` is another one in another clone, and was another one in the past.
    """
    return path.startswith(_HISTORIES) or _HISTORY.fullmatch(path) is not None
