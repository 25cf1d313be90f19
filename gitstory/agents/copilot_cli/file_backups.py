"""What Copilot CLI keeps of files to take a prompt back: their text before each turn, and what it was afterwards.

`rewind-file-snapshots/index.json` has an entry for each prompt, named by its event (seen in 1.0.102). The text before
is in `backups`, named by its SHA-256; of the text afterwards there is the sum alone, unless a later turn kept it.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple

from msgspec import structs

from gitstory import safe_open
from gitstory.agents.conversation_builder import CallDraft, Draft, TurnDraft
from gitstory.agents.copilot_cli.parse import SHELLS
from gitstory.agents.json_values import mapping, mappings, text
from gitstory.agents.stores.jsonl import stored
from gitstory.effects.patches import absolute
from gitstory.model import Edit

FOLDER = "rewind-file-snapshots"
INDEX = f"{FOLDER}/index.json"
LARGEST = 1 << 20
"""Bytes of a file beyond which it is known by name only."""

_SUM = re.compile(r"[0-9a-f]{64}\Z")


class _Kept(NamedTuple):
    """What is known of a file at one time: its text, that it was not there, or the sum of its bytes alone."""

    text: str | None = None
    absent: bool = False
    sum: str = ""


def tell(draft: Draft, session: Path) -> None:
    """Put into the turns what their shell commands wrote; `session` is the folder of the conversation."""
    fields = stored(session / INDEX) or {}
    turns = {turn.id: turn for turn in draft.turns}
    for snapshot in mappings(fields.get("snapshots")):
        turn = turns.get(text(snapshot.get("eventId")))
        calls = [step for step in turn.steps if isinstance(step, CallDraft)] if turn is not None else []
        shells = [call for call in calls if call.tool in SHELLS and call.answered]
        if turn is not None and shells:
            _changed(turn, shells, list(map(mapping, mapping(snapshot.get("files")).values())), session / FOLDER)


def _changed(turn: TurnDraft, shells: list[CallDraft], files: list[dict[str, Any]], folder: Path) -> None:
    calls = [step for step in turn.steps if isinstance(step, CallDraft) and step not in shells]
    tools = {edit.path for call in calls for edit in call.edits}
    for file in files:
        path = absolute(text(file.get("path")), None)
        if path and path not in tools:
            before, after = (_kept(mapping(file.get(key)), folder) for key in ("preimage", "postimage"))
            _wrote(shells, path, before, after)


def _wrote(shells: list[CallDraft], path: str, before: _Kept, after: _Kept) -> None:
    """One file that the shell commands of a turn changed: its texts, else the edits of the commands."""
    old, time = "" if before.absent else before.text, shells[-1].time
    if before.text is not None and before.text == after.text:
        return
    pairs = [(call, edit) for call in shells for edit in call.edits if edit.path == path]
    if after.absent or (after.text is not None and old is not None):
        for call in shells:
            call.edits = tuple(edit for edit in call.edits if edit.path != path)
        op: Literal["create", "modify", "delete"] = (
            "delete" if after.absent else "create" if before.absent else "modify"
        )
        shells[-1].edits += (Edit(path, op, "shell", before=old, after=after.text, time=time),)
    elif not pairs or _differs(pairs[-1][1], after):
        for call in shells:
            call.edits = tuple(edit for edit in call.edits if edit.path != path)
        shells[-1].edits += (Edit(path, source="shell", before=old or None, time=time),)
    elif pairs[0][1].before is None and old is not None:
        call, first = pairs[0]
        whole_edit = structs.replace(first, before=old)
        call.edits = tuple(whole_edit if edit is first else edit for edit in call.edits)


def _differs(edit: Edit, after: _Kept) -> bool:
    """Whether the known result of a command differs from what its words say."""
    digest = None if edit.after is None else sha256(edit.after.encode("utf-8", "surrogatepass")).hexdigest()
    return digest is not None and bool(after.sum) and digest != after.sum


def _kept(image: dict[str, Any], folder: Path) -> _Kept:
    if image.get("kind") == "absent":
        return _Kept(absent=True)
    named = text(image.get("contentHash"))
    if image.get("kind") != "content" or not _SUM.match(named):
        return _Kept()
    try:
        data = safe_open.content(folder / "backups" / named, LARGEST)
        return _Kept(None if b"\0" in data else data.decode("utf-8"), sum=named)
    except (OSError, ValueError):
        return _Kept(sum=named)
