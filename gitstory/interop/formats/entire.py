"""Entire's checkpoints: a folder of metadata and prompts for each, named by a trailer of the commit.

`metadata.json` at the top describes all sessions, `<n>/metadata.json` of one, `<n>/prompt.txt` holds its prompts up to
then, or those since the checkpoint before, parted by a line `---` (versions 0.3 to 0.6). In the first versions the
files of the only session stood at the top. Folders are `<id[:2]>/<id[2:]>` on a branch, or the root of a ref of
their own.
"""

from __future__ import annotations

import re

import msgspec

from gitstory.interop.formats.agent_names import agent_name
from gitstory.interop.formats.claims import MOST_FILES, Claim, FileLines, Prompt, cut, decoded, last_prompts, named

TOOL = "entire"
BRANCH = "entire/checkpoints/v1"
REFS = "refs/entire/checkpoints"
TRAILER = "Entire-Checkpoint"
BIGGEST = 4 << 20
"""Bytes of a file that is read; one metadata file in the wild named 1.3 million paths."""

_ID = re.compile(r"[0-9a-f]{12}\Z|[0-9A-HJKMNP-TV-Z]{26}\Z")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}-(?=.{8})")
_BREAK = re.compile(r"(?<!\n)\n++---\n+")


class _Session(msgspec.Struct):
    session_id: str = ""
    agent: str = ""
    model: str | None = None
    files_touched: list[str] | None = None


_decoder = msgspec.json.Decoder(_Session)


def checkpoint_id(value: str) -> str | None:
    """The id a trailer's value names; a path can never be made of anything else."""
    return value.strip() if _ID.match(value.strip()) else None


def folder(checkpoint: str) -> str:
    """The path of a checkpoint on the branch."""
    return f"{checkpoint[:2]}/{checkpoint[2:]}"


def own_ref(checkpoint: str) -> str:
    """The ref of a checkpoint that has one of its own."""
    return f"{REFS}/{checkpoint[-2:]}/{checkpoint}"


def claim(metadata: bytes, prompts: bytes | None, place: str) -> Claim | None:
    """What one session's files say; None for metadata that cannot be read or names no session."""
    read = decoded(_decoder, metadata, BIGGEST)
    if read is None:
        return None
    conversation = named(_DATED.sub("", read.session_id, count=1))
    if not conversation:
        return None
    return Claim(
        TOOL,
        place,
        agent_name(read.agent or "claude-code"),
        conversation,
        models=tuple(filter(None, [cut(read.model)])),
        prompts=last_prompts(Prompt(text) for text in _BREAK.split((prompts or b"").decode("utf-8", "replace"))),
        files=tuple(FileLines(path) for path in (read.files_touched or ())[:MOST_FILES]),
    )
