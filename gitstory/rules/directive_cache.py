"""A cache of the directives in stored conversations, so that each conversation is read once.

What a conversation asks for depends on its stored bytes alone, so an entry holds as long as the id of its folder is
the same. The file may be deleted at any time; one that cannot be read or written only costs time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec

from gitstory import __version__
from gitstory.git import safe_own_files
from gitstory.git.repo import Repo
from gitstory.recording.live_conversations import Key
from gitstory.rules.values import Directive

NAME = "directives.msgpack"


class ReadConversation(msgspec.Struct, frozen=True, array_like=True):
    """The directives of one conversation, as they are for the stored folder with the id `folder`."""

    agent: str
    id: str
    folder: str
    directives: tuple[Directive, ...] = ()


class _File(msgspec.Struct, array_like=True):
    """`made_for` names all else that the directives depend on."""

    made_for: str = ""
    conversations: tuple[ReadConversation, ...] = ()


def made_for(root: Path, tombstones: str) -> str:
    """What stands for the work tree, for what was erased (the id of its folder) and for the rules' own code."""
    return hashlib.sha256(
        "\0".join((str(root), tombstones, __version__, _code())).encode("utf-8", "replace")
    ).hexdigest()


@cache
def _code() -> str:
    """A hash over the modules beside this one: what they find changes with them."""
    digest = hashlib.sha256()
    with suppress(OSError):
        for path in sorted(Path(__file__).parent.glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def load(repo: Repo, purpose: str) -> dict[Key, ReadConversation]:
    """What was kept for `purpose` (see `made_for`)."""
    with suppress(OSError, msgspec.MsgspecError, ValueError, RecursionError):
        file = msgspec.msgpack.decode(safe_own_files.content(repo.home / "cache" / NAME), type=_File)
        if file.made_for == purpose:
            return {(entry.agent, entry.id): entry for entry in file.conversations}
    return {}


def save(repo: Repo, purpose: str, entries: Mapping[Key, ReadConversation]) -> None:
    """Keep `entries`, only where gitstory was enabled: a reader makes no directories of its own."""
    if repo.home.is_dir():
        with suppress(OSError, UnicodeEncodeError):  # a surrogate in a path: nothing is kept
            safe_own_files.write(
                repo.home / "cache" / NAME, msgspec.msgpack.encode(_File(purpose, tuple(entries.values())))
            )
