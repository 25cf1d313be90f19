"""The messages of one conversation of the editor, called bubbles there: a text, a thought or a tool call each."""

from __future__ import annotations

from collections.abc import Iterator
from sqlite3 import Connection
from typing import Any

from gitstory.agents.conversation_builder import Draft
from gitstory.agents.cursor import tools
from gitstory.agents.cursor.global_database import Composer
from gitstory.agents.json_values import items, mapping, mappings, seconds, text
from gitstory.agents.prompt_text import clean, is_injected
from gitstory.agents.stores import editors
from gitstory.agents.stores.jsonl import decode
from gitstory.agents.token_usage import count, tokens
from gitstory.model import Conversation, Tokens
from gitstory.sqlite_files import live_database

_PERSON, _AGENT = 1, 2
_VALUE = "SELECT CAST(value AS BLOB) FROM cursorDiskKV WHERE key = ?"
_UNSAID = frozenset({"", "default"})
"""Model names that say nothing: Cursor chose one by itself."""


class BubbleReader:
    """Takes a conversation's messages in order."""

    def __init__(self, draft: Draft, connection: Connection | None = None) -> None:
        self.draft = draft
        self.connection = connection

    def message(self, bubble: dict[str, Any], header: dict[str, Any]) -> None:
        if bubble.get("isDisplayOnly") is True or bubble.get("isEphemeral") is True:
            return
        kind = header.get("type") or bubble.get("type")
        time = _time(bubble, header)
        if time is not None:
            self.draft.times = "recorded"
        if kind in (_PERSON, "user"):
            self._prompt(bubble, header, time)
        elif kind in (_AGENT, "ai"):
            self._answer(bubble, time)
        else:
            self.draft.skipped += 1

    def _prompt(self, bubble: dict[str, Any], header: dict[str, Any], time: float | None) -> None:
        simulated = True in (bubble.get("isSimulatedMsg"), mapping(header.get("grouping")).get("isSimulatedMsg"))
        words = text(bubble.get("text")) or text(bubble.get("rawText")) or _rich(bubble.get("richText"))
        images = len(items(bubble.get("images")) or items(mapping(bubble.get("context")).get("selectedImages")))
        if self.draft.turns and (simulated or (is_injected(words) and not images)):
            return
        self.seen_in(bubble)
        ident = text(header.get("bubbleId")) or text(bubble.get("bubbleId")) or text(bubble.get("id"))
        self.draft.prompt("" if simulated else clean(words), ident, time, images)
        self._used(bubble, None)
        self._tool(bubble, time)

    def seen_in(self, bubble: dict[str, Any]) -> None:
        self.draft.seen_in(*map(editors.path_of, items(bubble.get("workspaceUris"))))

    def _answer(self, bubble: dict[str, Any], time: float | None) -> None:
        draft = self.draft
        self._used(bubble, time)
        draft.think(text(mapping(bubble.get("thinking")).get("text")), time)
        self._tool(bubble, time)
        draft.say(text(bubble.get("text")) or text(bubble.get("rawText")), time)

    def _used(self, bubble: dict[str, Any], time: float | None) -> None:
        counts = mapping(bubble.get("tokenCount"))
        used: Tokens | None = tokens(count(counts.get("inputTokens")), count(counts.get("outputTokens")))
        model = text(mapping(bubble.get("modelInfo")).get("modelName")) or text(bubble.get("modelType"))
        ended = _ended(bubble) or time
        self.draft.used("" if model in _UNSAID else model, used, ended)

    def _tool(self, bubble: dict[str, Any], time: float | None) -> None:
        tool_data = mapping(bubble.get("toolFormerData"))
        call = tools.call(tool_data, self.draft.places, time, self.content) if tool_data else None
        if call is None:
            return
        self.draft.call(call)
        if call.tool.startswith("task"):
            self.draft.mark("subagent", text(call.arguments.get("description"))[:200])

    def content(self, key: str) -> str | None:
        if self.connection is None or not key.startswith("composer.content."):
            return None
        data, damaged = _stored(self.connection, key)
        self.draft.skipped += damaged
        return data.decode("utf-8", "replace") if data is not None else None


def conversation(connection: Connection, composer: Composer, places: tuple[str, ...]) -> Conversation:
    """The conversation of one composer, a message at a time."""
    draft = _draft(composer, places)
    data, _ = _stored(connection, f"composerData:{composer.id}")
    fields = decode(data) if data is not None else None
    if fields is None:
        draft.skipped += 1
        return draft.finished()
    _about(draft, fields)
    reader = BubbleReader(draft, connection)
    if not draft.places:
        # Nothing else names the window; it also applies to paths before the first message that does.
        for _, bubble in _bubbles(connection, composer.id, fields, _draft(composer, ()), _PERSON):
            reader.seen_in(bubble)
    for header, bubble in _bubbles(connection, composer.id, fields, draft):
        reader.message(bubble, header)
    _name_model(draft, fields)
    _bound(draft, composer.modified)
    return draft.finished()


def legacy(fields: dict[str, Any], name: str, places: tuple[str, ...], modified: float) -> Conversation:
    """A conversation of 2024, which stands whole in one record."""
    draft = _draft(Composer(name, ()), places)
    _about(draft, fields)
    draft.title = draft.title or text(fields.get("chatTitle"))
    reader = BubbleReader(draft)
    for bubble in map(mapping, items(fields.get("conversation")) or items(fields.get("bubbles"))):
        reader.message(bubble, {})
    _name_model(draft, fields)
    _bound(draft, seconds(fields.get("lastSendTime")) or modified)
    return draft.finished()


def _draft(composer: Composer, places: tuple[str, ...]) -> Draft:
    draft = Draft("cursor", composer.id, "", times="bounds")
    draft.started_by(composer.parent or "")
    draft.seen_in(*places)
    return draft


def _about(draft: Draft, fields: dict[str, Any]) -> None:
    draft.title = text(fields.get("name"))
    version = fields.get("_v")
    draft.version = f"composer {version}" if isinstance(version, int) else ""
    draft.started, draft.updated = seconds(fields.get("createdAt")), seconds(fields.get("lastUpdatedAt"))


def _stored(connection: Connection, key: str) -> tuple[bytes | None, bool]:
    """What stands under a key, None where nothing does; and whether that is because the database is damaged there."""
    rows = live_database.Rows(connection, _VALUE, (key,))
    row = next(iter(rows), (None,))
    return (row[0] if isinstance(row[0], bytes) else None), rows.damage is not None


def _bubbles(
    connection: Connection, name: str, fields: dict[str, Any], draft: Draft, kind: int | None = None
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each message with its place in the list, which is the only order there is; it names emptied rows as well.

    With `kind` only those of the person, or of the agent.
    """
    inline = {text(one.get("bubbleId")): one for one in mappings(fields.get("conversation"))}
    kept = mapping(fields.get("conversationMap"))
    listed = items(fields.get("fullConversationHeadersOnly")) or items(fields.get("conversation"))
    for header in map(mapping, listed):
        if kind is not None and header.get("type") != kind:
            continue
        ident = text(header.get("bubbleId"))
        data, damaged = _stored(connection, f"bubbleId:{name}:{ident}") if ident else (None, False)
        stored = decode(data) if data is not None else {}
        draft.skipped += damaged or stored is None
        yield header, {**inline.get(ident, {}), **mapping(kept.get(ident)), **(stored or {})}


def _time(bubble: dict[str, Any], header: dict[str, Any]) -> float | None:
    time = seconds(bubble.get("createdAt")) or seconds(header.get("createdAt")) or seconds(header.get("startedAtMs"))
    if time is not None:
        return time
    timing = mapping(bubble.get("timingInfo"))
    start, end = timing.get("clientStartTime"), _ended(bubble)
    # Some versions store the start as the milliseconds that had passed at the end.
    if isinstance(start, int | float) and start < 946_684_800_000:
        return end - start / 1000 if end is not None and start > 0 else end
    return seconds(start) or end


def _ended(bubble: dict[str, Any]) -> float | None:
    timing = mapping(bubble.get("timingInfo"))
    return next((time for key in ("clientSettleTime", "clientEndTime") if (time := seconds(timing.get(key)))), None)


def _rich(value: Any) -> str:
    """The text of what the person wrote, where only its layout was kept; older versions keep plain text there."""
    if not isinstance(value, str):
        return ""
    fields = decode(value.encode("utf-8", "replace")) if value[:1] == "{" else None
    if fields is None:
        return "" if value[:1] == "{" else value
    texts: list[str] = []
    waiting: list[Any] = [fields.get("root")]
    while waiting and len(texts) < 100_000:
        node = mapping(waiting.pop())
        texts.append(text(node.get("text")))
        if node.get("type") in ("paragraph", "linebreak") and any(texts):
            texts.append("\n")
        waiting += reversed(items(node.get("children")))
    return "".join(texts).strip()


def _name_model(draft: Draft, fields: dict[str, Any]) -> None:
    """The conversation's own model, where its messages name none."""
    model = text(mapping(fields.get("modelConfig")).get("modelName"))
    draft.by_model("" if model in _UNSAID else model)


def _bound(draft: Draft, modified: float | None) -> None:
    """Where no message bears a time: begun when the record says so, ended when it was last seen to change."""
    times = [step.time for turn in draft.turns for step in turn.steps if getattr(step, "time", None) is not None]
    times += [turn.time for turn in draft.turns]
    last = max((time for time in times if time is not None), default=None)
    if draft.updated is None or draft.updated == draft.started:
        draft.updated = last if last is not None else modified
    elif last is not None:
        draft.updated = max(draft.updated, last)
