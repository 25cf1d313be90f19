"""Prompts: which user-role texts a person wrote, and which two records are of one prompt.

The id of a turn is the id of its prompt's record: `item.id` of the paginated UserMessage (0.169), or the `id` of the
model's record in files that hold no prompt events. It is not Codex's `turn_id`: a message sent while the agent
works ("steering") belongs to the same Codex turn and would share it. The legacy `user_message` event has no id, so
the ordinal stands in; that of the model's record beside it cannot serve, for not every version wrote one.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from gitstory.agents import automated_prompts
from gitstory.agents import prompt_text as shared
from gitstory.agents.codex.rollout_state import RolloutState, RolloutTurn
from gitstory.agents.json_values import items, mapping, mappings, text

_REQUEST = re.compile(r"^## My request for Codex:[ \t]*\n?", re.MULTILINE)
_PREFACES = (
    "# Context from my IDE setup:",
    "# Files mentioned by the user:",
    "# Review findings:",
    "# In app browser:",
)
_IMAGE = re.compile(r"<image(?: name=[^>\n]{0,1000}+)?>\s*(?:</image>)?|</image>")
_INJECTED = re.compile(
    r"\s*<(skill|user_action|user_shell_command|subagent_notification|turn_aborted|hook_prompt|goal_context|goal"
    r"|codex_internal_context|recommended_plugins|apps_instructions|skills_instructions|plugins_instructions"
    r"|environment_context|user_instructions|permissions instructions|collaboration_mode)[\s>]"
)
_SUMMARY = re.compile(r"\s*(?:Another language model started to solve this problem|Warning: apply_patch was requested)")
_TASK = re.compile(r"\s*Message Type: (?:NEW_TASK|MESSAGE)\b")
_HARNESS_KINDS = frozenset({"user_instructions", "environment_context"})
_CWD = re.compile(r"<cwd>\s*+([^<\n]++)\s*+</cwd>|Current working directory: ([^\n]+)")


class PromptRecord(NamedTuple):
    """A prompt in one record. `labelled`: the record itself says that a person wrote it."""

    text: str
    id: str = ""
    native: str = ""
    images: int = 0
    labelled: bool = False


def of_event(event: dict[str, Any]) -> PromptRecord | None:
    """The prompt of a `user_message` event or of an `item_completed` with a UserMessage; None when it is not one."""
    item = mapping(event.get("item"))
    if item:
        blocks = mappings(item.get("content"))
        words = "\n".join(text(block.get("text")) for block in blocks if block.get("type") == "text")
        images = sum("image" in text(block.get("type")).lower() for block in blocks)
    else:
        words = text(event.get("message"))
        images = len(items(event.get("images"))) + len(items(event.get("local_images")))
    if text(event.get("kind")) in _HARNESS_KINDS:
        return None
    if not images and not shared.clean(words):
        return None
    return PromptRecord(_request(words), text(item.get("id")), text(event.get("turn_id")), images, True)


def of_item(item: dict[str, Any]) -> PromptRecord | None:
    """The prompt of a user-role message of the model's input, less the harness's part; None if nothing is left."""
    blocks = mappings(item.get("content"))
    metadata = mapping(item.get("internal_chat_message_metadata_passthrough"))
    authors = [
        text(mapping(mapping(entry).get("provenance")).get("type"))
        for entry in items(metadata.get("content_item_metadata"))
    ]
    labelled = any(authors) and len(authors) == len(blocks)
    if labelled:
        blocks = [block for block, author in zip(blocks, authors, strict=True) if author == "user"]
    words = [part for block in blocks if (part := _own_words(text(block.get("text")), labelled))]
    images = sum(block.get("type") == "input_image" and bool(block.get("image_url")) for block in blocks)
    if not words and not images:
        return None
    return PromptRecord(
        _request("\n".join(words)), text(item.get("id")), text(metadata.get("turn_id")), images, labelled
    )


def of_agent(item: dict[str, Any]) -> PromptRecord | None:
    """The task that one agent gives another (0.171); None for an answer. Its text may be stored encrypted."""
    words = "".join(text(mapping(block).get("text")) for block in items(item.get("content")))
    if not _TASK.match(words):
        return None
    metadata = mapping(item.get("internal_chat_message_metadata_passthrough"))
    return PromptRecord(automated_prompts.message(words), text(item.get("id")), text(metadata.get("turn_id")), 0, True)


def _own_words(block: str, labelled: bool) -> str:
    block = _IMAGE.sub("", block)
    if labelled:
        return block.strip()
    return "" if _INJECTED.match(block) or _SUMMARY.match(block) else shared.clean(block)


def _request(words: str) -> str:
    """What the person typed, without the preface that IDE and desktop hosts put before it."""
    match = _REQUEST.search(words) if words.lstrip().startswith(_PREFACES) else None
    return (words[match.end() :] if match else words).strip()


def injected_cwd(item: dict[str, Any]) -> str:
    """The working directory that the oldest files name in an injected text only."""
    for block in items(item.get("content")):
        match = _CWD.search(text(mapping(block).get("text")))
        if match:
            return (match[1] or match[2]).strip()
    return ""


def announced(state: RolloutState, written_file: PromptRecord, time: float | None) -> None:
    """Account for an event with a prompt: a new turn, or the one that the model's record has just begun."""
    if written_file.id and any(turn.id == written_file.id and turn.announced for turn in state.turns):
        return
    turn = _echo_of(state, written_file) or _twin_of(state, written_file)
    if turn is None:
        turn = _begun(state, written_file, time)
    turn.id = written_file.id or (turn.id if turn.announced else "")
    turn.prompt, turn.announced = written_file.text, True
    turn.images = max(turn.images, written_file.images)
    turn.native = written_file.native or turn.native


def echoed(state: RolloutState, written_file: PromptRecord, time: float | None) -> None:
    """The model's record of a prompt: the echo of the event before it, or the first sign of a turn."""
    last = state.turns[-1] if state.turns else None
    if last is not None and last.announced and not last.echoed and not last.steps:
        last.echoed, last.images = True, max(last.images, written_file.images)
        return
    turn = _begun(state, written_file, time)
    turn.echoed, turn.labelled = True, written_file.labelled


def _echo_of(state: RolloutState, written_file: PromptRecord) -> RolloutTurn | None:
    """The turn, empty so far, that the model's record of this prompt began: the one with its text, else the last."""
    waiting = []
    for turn in reversed(state.turns):
        if turn.steps or turn.announced:
            break
        waiting.append(turn)
    same = [turn for turn in reversed(waiting) if turn.prompt == written_file.text]
    return next(iter(same or waiting), None)


def _twin_of(state: RolloutState, written_file: PromptRecord) -> RolloutTurn | None:
    """The turn that an event of the other generation has just begun for the same prompt: some versions wrote both."""
    last = state.turns[-1] if state.turns else None
    same = last is not None and last.announced and last.prompt == written_file.text and not last.steps
    return last if last is not None and same and bool(last.id) != bool(written_file.id) else None


def _begun(state: RolloutState, written_file: PromptRecord, time: float | None) -> RolloutTurn:
    turn = RolloutTurn(written_file.text, written_file.id, time, written_file.images, ended=time)
    turn.native, turn.ordinal = written_file.native or state.native, state.ordinal
    state.turns.append(turn)
    state.counts_by_text.clear()
    return turn
