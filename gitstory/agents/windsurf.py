"""Windsurf: transcripts that its hook `post_cascade_response_with_transcript` writes (2026), without times and models.

The native store, `~/.codeium/windsurf/cascade/*.pb`, is encrypted: it is not read, and nothing is guessed from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.conversation_builder import CallDraft, Draft, changed
from gitstory.agents.json_values import compact, cut, first, mapping, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import files
from gitstory.agents.stores.jsonl import counted, decode
from gitstory.effects import patches
from gitstory.model import Edit

_MAIN_ARGUMENTS = ("command", "path", "query", "pattern", "url")


class Windsurf(Reader):
    name = "windsurf"

    def sources(self, root: Path) -> Iterator[Source]:
        return files.sources(self.name, safe_open.globbed(root, "*.jsonl"))

    def read(self, source: Source) -> Reading:
        draft = Draft.of(source)
        draft.bounded(source.modified)
        for line in counted(source.path, draft):
            _take(draft, line)
        return Reading((draft.finished(),))


def _take(draft: Draft, line: bytes) -> None:
    record = decode(line) or decode(line.translate(_SPACES))
    if record is None:
        draft.skipped += bool(line.strip())
        return
    kind = text(record.get("type"))
    fields = mapping(record.get(kind))
    if kind == "user_input":
        draft.user_message(clean(text(fields.get("user_response"))), 0)
    elif kind == "planner_response":
        draft.think(text(fields.get("thinking")))
        draft.say(text(fields.get("response")))
    elif "status" not in record:
        draft.skipped += 1
    else:
        _called(draft, kind, fields, text(record.get("status")))


_SPACES = bytes(32 if number < 32 else number for number in range(256))
"""Raw control characters stand in strings of some versions; JSON allows none, and here they are but white space."""


def _called(draft: Draft, kind: str, fields: Mapping[str, Any], status: str) -> None:
    call = CallDraft(
        kind,
        input=cut(first(fields, _MAIN_ARGUMENTS) or (compact(fields) if fields else "")),
        output=cut(text(fields.get("output"))),
        failed=status == "error",
    )
    call.answered = status in ("done", "error")
    if kind == "run_command":
        code = fields.get("exit_code")
        call.failed = call.failed or (isinstance(code, int) and code != 0) or fields.get("user_rejected") is True
        call.cwd = draft.seen_in(text(fields.get("cwd")))
        if status == "done" and fields.get("user_rejected") is not True:
            call.ran(text(fields.get("command")), text(fields.get("output")), call.failed)
    elif kind == "code_action" and status == "done":
        call.edits = _edit(fields)
        call.input = next((edit.path for edit in call.edits), call.input if not call.edits else "")
    draft.call(call)


def _edit(fields: Mapping[str, Any]) -> tuple[Edit, ...]:
    """A change the person let stand."""
    path = patches.absolute(text(fields.get("path")), None)
    after = fields.get("new_content")
    if not path or not isinstance(after, str) or text(fields.get("acknowledgement_type")).endswith("REJECT"):
        return ()
    before = fields.get("original_content")
    return (changed(path, before if isinstance(before, str) else None, after),)


AGENT = Windsurf()
