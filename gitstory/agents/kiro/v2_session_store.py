"""Sessions of the second engine: `<id>.jsonl` is appended to, `<id>.json` beside it describes the whole session.

Prompts are dated in whole seconds, answers and results as a rule not at all. When turns ended and what they took stands
in the `.json`, one entry a turn; cached input is taken to be counted apart from other input.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Reading, Source
from gitstory.agents.conversation_builder import Draft, TurnDraft
from gitstory.agents.json_values import items, mapping, mappings, seconds, text
from gitstory.agents.kiro import session_metadata, tools
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import json_document
from gitstory.agents.stores.jsonl import records
from gitstory.agents.token_usage import count, together, tokens
from gitstory.model import Tokens

SUFFIX = ".jsonl"


def sources(agent: str, root: Path) -> Iterator[Source]:
    """The sessions in `root`, the folder of all sessions or that of the command line program."""
    paths = safe_open.globbed(root, f"*{SUFFIX}", f"cli/*{SUFFIX}") if root.is_dir() else []
    yield from session_metadata.sources(agent, ((path, path.with_suffix(".json"), path.stem) for path in paths))


def place(path: Path) -> str:
    return text(json_document.member(path.with_suffix(".json"), "cwd"))


def read(source: Source) -> Reading:
    draft = Draft.of(source)
    fields = session_metadata.head_fields(source.path.with_suffix(".json"), draft)
    draft.title = text(fields.get("title"))
    draft.started_by(text(fields.get("parent_session_id")))
    draft.seen_in(text(fields.get("cwd")))
    for record in records(source.path, draft):
        _take(draft, record)
    _end(draft, fields, source.modified)
    return draft.reading()


def _take(draft: Draft, record: Mapping[str, Any]) -> None:
    kind, data = record.get("kind"), mapping(record.get("data"))
    time = seconds(mapping(data.get("meta")).get("timestamp"))
    blocks = mappings(data.get("content"))
    if kind == "Prompt":
        words = clean("\n".join(text(block.get("data")) for block in blocks if block.get("kind") == "text"))
        images = sum(block.get("kind") == "image" for block in blocks)
        draft.skipped += sum(block.get("kind") not in ("text", "image") for block in blocks)
        draft.user_message(words, images, text(data.get("message_id")), time)
    elif kind == "AssistantMessage":
        draft.used("", time=time)
        for block in blocks:
            _answer(draft, block, time)
    elif kind == "ToolResults":
        for block in blocks:
            fields = mapping(block.get("data"))
            call = draft.calls.get(text(fields.get("toolUseId")))
            if block.get("kind") == "toolResult":
                tools.answered(call, fields.get("content"), fields.get("status"), time)
            else:
                draft.skipped += block.get("kind") not in ("text", "image")
    elif kind != "Clear":
        draft.skipped += 1


def _answer(draft: Draft, block: Mapping[str, Any], time: float | None) -> None:
    kind, data = block.get("kind"), block.get("data")
    if kind == "text":
        draft.say(text(data), time)
    elif kind == "thinking":
        draft.think(text(data) or text(mapping(data).get("text")), time)
    elif kind == "toolUse":
        use = mapping(data)
        tools.called(draft, text(use.get("name")), text(use.get("toolUseId")), use.get("input"), time)
    else:
        draft.skipped += kind != "image"


def _end(draft: Draft, fields: Mapping[str, Any], modified: float) -> None:
    """What is known of the session as a whole, and of its turns where there is one entry for each."""
    state = mapping(fields.get("session_state"))
    model = text(mapping(mapping(state.get("rts_model_state")).get("model_info")).get("model_id"))
    listed = [mapping(one) for one in items(mapping(state.get("conversation_metadata")).get("user_turn_metadatas"))]
    if len(listed) == len(draft.turns):
        for turn, entry in zip(draft.turns, listed, strict=True):
            turn.tokens = _tokens(entry)
            if turn.time is not None and (ended := seconds(entry.get("end_timestamp"))) is not None:
                turn.ended = max(ended, turn.ended or ended)
            _by(turn, text(entry.get("model")) or model)
    elif draft.turns:
        draft.turn.tokens = together(*map(_tokens, listed))
        for turn in draft.turns:
            _by(turn, model)
    session_metadata.span(draft, fields.get("created_at"), fields.get("updated_at"), modified)


def _by(turn: TurnDraft, model: str) -> None:
    if model and turn.steps:
        turn.models.append(model)


def _tokens(entry: Mapping[str, Any]) -> Tokens | None:
    cached = count(entry.get("cache_read_input_token_count"))
    given = count(entry.get("input_token_count")) + count(entry.get("cache_write_input_token_count")) + cached
    return tokens(given, count(entry.get("output_token_count")), cached)
