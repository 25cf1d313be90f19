"""One OpenCode session, message by message. The JSON is the same in files, databases and exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gitstory.agents.conversation_builder import Draft
from gitstory.agents.json_values import mapping, seconds, text
from gitstory.agents.opencode import tools
from gitstory.agents.opencode.snapshots import Snapshots, Stage
from gitstory.agents.prompt_text import clean, unquoted
from gitstory.agents.token_usage import count, tokens
from gitstory.model import Conversation, Tokens

_BY_PERSON = "The following tool was executed by the user"
"""What OpenCode says to the model in a prompt's place when the person ran a command with `!`."""
_QUIET = frozenset({"snapshot", "retry", "agent", "file", "subtask"})
"""Parts that say nothing a story needs: an edit's text stands in its tool part."""


class OpenCodeSession:
    """Takes a session's messages in order; `about` comes first."""

    def __init__(self, name: str, source: str, snapshots: Snapshots | None = None) -> None:
        self.draft = Draft("opencode", name, source)
        self.stage = Stage(snapshots)
        self.reverted: tuple[str, str] | None = None
        self.by_person = False

    def about(self, session: dict[str, Any]) -> None:
        """The session's own record."""
        draft, times, revert = self.draft, mapping(session.get("time")), mapping(session.get("revert"))
        draft.title, draft.version = text(session.get("title")), text(session.get("version"))
        draft.started_by(text(session.get("parentID")))
        draft.started, draft.updated = seconds(times.get("created")), seconds(times.get("updated"))
        draft.seen_in(text(session.get("directory")))
        if text(revert.get("messageID")):
            self.reverted = (text(revert.get("messageID")), text(revert.get("partID")))

    def message(self, fields: dict[str, Any], parts: Sequence[dict[str, Any]]) -> None:
        role = fields.get("role")
        if role == "user":
            self._prompted(fields, parts)
        elif role == "assistant":
            self._answered(fields, parts)
        elif role is not None:
            self.draft.skipped += 1

    def finished(self) -> Conversation:
        return self.draft.finished()

    def _prompted(self, message: dict[str, Any], parts: Sequence[dict[str, Any]]) -> None:
        """A user's message. What is synthetic in it is OpenCode's: files read for the person, words of its own."""
        written = [text(part.get("text")) for part in parts if part.get("type") == "text" and not _synthetic(part)]
        texts = [text(part.get("text")) for part in parts if part.get("type") == "text" and _synthetic(part)]
        tasks = [text(part.get("prompt")) for part in parts if part.get("type") == "subtask"]
        pictures = sum(part.get("type") == "file" and text(part.get("mime")).startswith("image/") for part in parts)
        words = unquoted(clean("\n".join(written) or "\n".join(tasks)))
        self.by_person = not words and any(one.startswith(_BY_PERSON) for one in texts)
        if any(part.get("type") == "compaction" for part in parts):
            self.draft.mark("compacted")
        elif words or pictures:
            ident = text(message.get("id"))
            turn = self.draft.prompt(words, ident, seconds(mapping(message.get("time")).get("created")), pictures)
            turn.abandoned = self._is_reverted(ident, "")

    def _answered(self, message: dict[str, Any], parts: Sequence[dict[str, Any]]) -> None:
        times, path = mapping(message.get("time")), mapping(message.get("path"))
        cwd = self.draft.seen_in(text(path.get("cwd"))) or self.draft.cwd
        self.draft.used(
            "" if self.by_person else text(message.get("modelID")),
            _tokens(message.get("tokens")),
            seconds(times.get("completed")) or seconds(times.get("created")),
        )
        self.stage.root = text(path.get("root"))
        for part in parts:
            self._part(part, cwd, text(message.get("id")), bool(message.get("summary")))
        if text(mapping(message.get("error")).get("name")) == "MessageAbortedError":
            self.draft.mark("interrupted")

    def _part(self, part: dict[str, Any], cwd: str | None, message: str, summary: bool) -> None:
        kind = text(part.get("type"))
        time = seconds(mapping(part.get("time")).get("start"))
        if kind == "text" and summary:
            self.draft.mark("compacted", text(part.get("text")))
        elif kind == "text":
            self.draft.say(text(part.get("text")), time)
        elif kind == "reasoning":
            self.draft.think(text(part.get("text")), time)
        elif kind == "tool":
            call = self.draft.call(tools.call(part, cwd))
            if self.by_person:
                call.edits, call.commits, call.tool = (), (), "user_shell"
            elif self._is_reverted(message, text(part.get("id"))):
                call.edits = ()
            else:
                self.stage.calls.append(call)
        elif kind == "compaction":
            self.draft.mark("compacted")
        elif kind in ("step-start", "step-finish", "patch"):
            self.stage.take(kind, part)
        elif kind not in _QUIET:
            self.draft.skipped += 1

    def _is_reverted(self, message: str, part: str) -> bool:
        """Whether the person took back what a message, or one part of it, did. Ids ascend with time."""
        if self.reverted is None or message < self.reverted[0]:
            return False
        first = message == self.reverted[0]
        return not (first and self.reverted[1]) or (bool(part) and part >= self.reverted[1])


def _synthetic(part: dict[str, Any]) -> bool:
    return bool(part.get("synthetic")) or bool(part.get("ignored"))


def _tokens(value: Any) -> Tokens | None:
    """OpenCode counts what came from or went to the cache apart from `input`, and reasoning apart from `output`."""
    counts = mapping(value)
    cache = mapping(counts.get("cache"))
    cached = count(cache.get("read"))
    read = count(counts.get("input")) + cached + count(cache.get("write"))
    return tokens(read, count(counts.get("output")) + count(counts.get("reasoning")), cached)
