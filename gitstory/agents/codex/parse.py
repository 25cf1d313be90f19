"""One record of a rollout after the other, taken into the state.

Three generations, which files mix: bare items (2025), the legacy event stream (to 0.14x), and paginated history
(`item_completed`, 0.169). Calls and their results are in the model's records (`response_item`) in all of them;
events add what those lack: prompts as the person typed them, patches with line numbers, whole outputs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from gitstory.agents.codex import prompts, tools
from gitstory.agents.codex.rollout_state import RolloutCall, RolloutState, RolloutTurn
from gitstory.agents.conversation_builder import is_name
from gitstory.agents.json_values import cut, items, joined, mapping, seconds, text
from gitstory.agents.token_usage import openai, together, tokens
from gitstory.effects.patches import absolute
from gitstory.model import Mark, Say, Think, Tokens

EVENT, ITEM, RECORD = 0, 1, 2
"""Sources that repeat the same answers and thoughts: legacy events, completed items, the model's records."""

_PLAN = re.compile(r"</?proposed_plan>")
"""The model's record marks the plan that events have as an item of its own."""

_ENVELOPES = frozenset(
    {
        "session_meta",
        "turn_context",
        "response_item",
        "event_msg",
        "compacted",
        "world_state",
        "token_usage_record",
        "inter_agent_communication_metadata",
    }
)
_ITEM = re.compile(r"message|reasoning|ghost_snapshot|\w+_call|\w+_call_output|\w+_output|compaction\w*|agent_message")
"""Types of lines that are bare items."""


class Intake:
    """Takes records into `state`. `calls` finds the draft of a call id; it is rebuilt, not stored."""

    def __init__(self, state: RolloutState) -> None:
        self.state = state
        self.book = tools.Book(state)

    def take(self, record: dict[str, Any]) -> None:
        kind, payload = text(record.get("type")), record.get("payload")
        time = seconds(record.get("timestamp"))
        if time is not None:
            self.state.updated = time
        ordinal = record.get("ordinal")
        self.state.ordinal = ordinal if isinstance(ordinal, int) else -1
        if kind not in _ENVELOPES and "payload" not in record:
            self._bare(kind, record, time)
        elif not isinstance(payload, dict):
            self.state.skipped += 1
        elif kind == "response_item":
            self._item(payload, time)
        elif kind == "event_msg":
            self._event(payload, time)
        elif kind == "session_meta":
            self._meta(payload, time)
        elif kind == "turn_context":
            self._context(payload)
        elif kind == "compacted":
            self._compacted(text(payload.get("message")), time)
        elif kind == "token_usage_record":
            self._counted(payload.get("thread_token_usage"))
        elif kind not in _ENVELOPES:
            self.state.skipped += 1

    def _bare(self, kind: str, record: dict[str, Any], time: float | None) -> None:
        """A line of the oldest files: the first one is the session's head, the others are items."""
        if kind:
            self.state.skipped += not _ITEM.fullmatch(kind)
            self._item(record, time)
        elif "id" in record and "record_type" not in record:
            self._meta(record, time)

    # What the conversation is

    def _meta(self, meta: dict[str, Any], time: float | None) -> None:
        """The first session_meta is the file's own; those after it came with copied history, or repeat it."""
        state = self.state
        ident = next((one for one in (text(meta.get("id")), text(meta.get("session_id"))) if is_name(one)), "")
        if state.id and ident != state.id:
            state.parent = state.parent or ident
            return
        git = mapping(meta.get("git"))
        if not state.id:
            state.id = ident
            state.version = text(meta.get("cli_version"))
            state.started = seconds(meta.get("timestamp")) or time
            state.branch = text(git.get("branch"))
            state.parent, state.subagent = _parentage(meta)
        elif state.turns:
            self._cut(mapping(meta.get("history_base")), time)
        _add(state.remotes, text(git.get("repository_url")))
        _add(state.heads, text(git.get("commit_hash")))
        self._moved(text(meta.get("cwd")))

    def _cut(self, base: dict[str, Any], time: float | None) -> None:
        """The person went back, and the thread goes on after a record of its earlier rollouts."""
        end = base.get("end_ordinal_exclusive")
        if base.get("thread_id") != self.state.id or not isinstance(end, int):
            return
        void = [turn for turn in self.state.turns if turn.ordinal >= end and not turn.abandoned]
        for turn in void:
            turn.abandoned = True
        if void:
            void[-1].steps.append(Mark("rewound", "", time))
            standing = [turn.tokens for turn in self.state.turns if not turn.abandoned]
            self.state.total = together(*standing) or Tokens()

    def _context(self, context: dict[str, Any]) -> None:
        self._moved(text(context.get("cwd")))
        self.state.model = text(context.get("model")) or self.state.model
        self.state.native = text(context.get("turn_id")) or self.state.native

    def _moved(self, cwd: str) -> None:
        if cwd:
            self.state.cwd = absolute(cwd, None)
            _add(self.state.places, self.state.cwd)

    # What was said

    def _item(self, item: dict[str, Any], time: float | None) -> None:
        kind = item.get("type")
        if kind == "message":
            self._message(item, time)
        elif kind == "reasoning":
            for part in [*items(item.get("summary")), *items(item.get("content"))]:
                self._say(Think, text(mapping(part).get("text")), RECORD, time)
        elif kind == "agent_message":
            if self.state.subagent and (written_file := prompts.of_agent(item)) is not None:
                prompts.announced(self.state, written_file, time)
        elif isinstance(kind, str) and kind.endswith("_output"):
            self.book.answered(item)
        elif isinstance(kind, str) and kind.endswith("_call"):
            self._call(self.book.declared(item, time), time)

    def _message(self, item: dict[str, Any], time: float | None) -> None:
        if item.get("role") == "assistant":
            for part in _PLAN.split(joined(item.get("content"), "output_text", "text")):
                self._say(Say, part.strip(), RECORD, time)
        elif item.get("role") == "user":
            self._moved(prompts.injected_cwd(item) if not self.state.cwd else "")
            written_file = prompts.of_item(item)
            if written_file is not None:
                prompts.echoed(self.state, written_file, time)

    def _event(self, event: dict[str, Any], time: float | None) -> None:
        handler = _EVENTS.get(text(event.get("type")))
        if handler is not None:
            handler(self, event, time)

    def _user_message(self, event: dict[str, Any], time: float | None) -> None:
        written_file = prompts.of_event(event)
        if written_file is not None:
            prompts.announced(self.state, written_file, time)

    def _started(self, event: dict[str, Any], time: float | None) -> None:
        self.state.native = text(event.get("turn_id"))

    def _tokens(self, event: dict[str, Any], time: float | None) -> None:
        self._counted(mapping(event.get("info")).get("total_token_usage"))

    def _counted(self, usage: Any) -> None:
        """What was used since the last count, to the turn that runs: counts are repeated, and of a fork
        begin with its origin's."""
        total, before = openai(usage), self.state.total
        if total is None or total == before:
            return
        self.state.total = total
        if self.state.turns:
            turn = self.state.turns[-1]
            grown = total.input >= before.input and total.output >= before.output
            more = (total.input - before.input, total.output - before.output) if grown else (total.input, total.output)
            cached = total.cached - before.cached if grown else total.cached
            turn.tokens = together(turn.tokens, tokens(*more, max(cached, 0)))

    def _ended(self, event: dict[str, Any], time: float | None) -> None:
        if self.state.turns and time is not None:
            self.state.turns[-1].ended = time

    def _aborted(self, event: dict[str, Any], time: float | None) -> None:
        if self.state.turns:
            self._step(Mark("interrupted", text(event.get("reason")), time), time)

    def _compacted(self, message: str, time: float | None) -> None:
        """Told twice, by a record and by an event next to it."""
        last = self.state.turns[-1].steps[-1:] if self.state.turns else []
        if self.state.turns and not (last and isinstance(last[0], Mark) and last[0].kind == "compacted"):
            self._step(Mark("compacted", cut(message), time), time)

    def _rolled_back(self, event: dict[str, Any], time: float | None) -> None:
        """The person went back: the last `num_turns` of Codex's turns that still stand are void."""
        count = event.get("num_turns")
        standing = [turn for turn in self.state.turns if not turn.abandoned]
        left = count if isinstance(count, int) else 0
        while standing and left > 0:
            native = standing[-1].native
            standing[-1].steps.append(Mark("rewound", "", time))
            while standing:
                standing.pop().abandoned = True
                if not native or not standing or standing[-1].native != native:
                    break
            left -= 1

    def _agent_message(self, event: dict[str, Any], time: float | None) -> None:
        self._say(Say, text(event.get("message")), EVENT, time)

    def _agent_reasoning(self, event: dict[str, Any], time: float | None) -> None:
        self._say(Think, text(event.get("text")), EVENT, time)

    def _named(self, event: dict[str, Any], time: float | None) -> None:
        self.state.title = text(event.get("thread_name")) or self.state.title

    def _subagent(self, event: dict[str, Any], time: float | None) -> None:
        name = text(event.get("new_thread_id")) or text(event.get("agent_thread_id"))
        existing = {step.text for turn in self.state.turns for step in turn.steps if isinstance(step, Mark)}
        if name and name not in existing:
            self._step(Mark("subagent", name, time), time)

    def _call_event(self, event: dict[str, Any], time: float | None) -> None:
        self._call(self.book.event(event, time), time)

    def _item_completed(self, event: dict[str, Any], time: float | None) -> None:
        item = mapping(event.get("item"))
        kind = item.get("type")
        if kind == "UserMessage":
            self._user_message(event, time)
        elif kind == "AgentMessage":
            self._say(Say, joined(item.get("content")), ITEM, time)
        elif kind == "Reasoning":
            for part in [*items(item.get("summary_text")), *items(item.get("raw_content"))]:
                self._say(Think, text(part), ITEM, time)
        elif kind == "Plan":
            self._say(Say, text(item.get("text")), ITEM, time)
        elif kind == "ContextCompaction":
            self._compacted("", time)
        else:
            self._call(self.book.completed(item, time), time)

    # Where it goes

    def _say(self, kind: type[Say] | type[Think], words: str, source: int, time: float | None) -> None:
        """Keep a text as often as it occurs in the source that has it most often."""
        key = f"{kind.__name__}:{words.strip()}"
        if not words.strip():
            return
        counts = self.state.counts_by_text.setdefault(key, [0, 0, 0])
        existing = max(counts)
        counts[source] += 1
        if counts[source] > existing:
            self._step(kind(words, time), time)

    def _call(self, draft: RolloutCall | None, time: float | None) -> None:
        """Put a call into the turn when it is new."""
        if draft is not None:
            self._step(draft, time)

    def _step(self, step: Say | Think | Mark | RolloutCall, time: float | None) -> None:
        state = self.state
        if not state.turns:
            state.turns.append(RolloutTurn(native=state.native, time=time, ordinal=state.ordinal))
        turn = state.turns[-1]
        turn.steps.append(step)
        turn.ended = time if time is not None else turn.ended
        if not isinstance(step, Mark):
            _add(turn.models, state.model)


_EVENTS: dict[str, Callable[[Intake, dict[str, Any], float | None], None]] = {
    "user_message": Intake._user_message,
    "agent_message": Intake._agent_message,
    "agent_reasoning": Intake._agent_reasoning,
    "agent_reasoning_raw_content": Intake._agent_reasoning,
    "item_completed": Intake._item_completed,
    "exec_command_end": Intake._call_event,
    "patch_apply_end": Intake._call_event,
    "mcp_tool_call_end": Intake._call_event,
    "token_count": Intake._tokens,
    "task_started": Intake._started,
    "turn_started": Intake._started,
    "task_complete": Intake._ended,
    "turn_complete": Intake._ended,
    "turn_aborted": Intake._aborted,
    "context_compacted": lambda intake, event, time: intake._compacted("", time),
    "thread_rolled_back": Intake._rolled_back,
    "thread_name_updated": Intake._named,
    "collab_agent_spawn_end": Intake._subagent,
    "sub_agent_activity": Intake._subagent,
}


def _parentage(meta: dict[str, Any]) -> tuple[str, bool]:
    """Who this conversation came from, and whether it is a subagent's."""
    source = meta.get("source")
    spawned = mapping(source).get("subagent") if isinstance(source, dict) else None
    parent = text(meta.get("parent_thread_id")) or text(
        mapping(mapping(spawned).get("thread_spawn")).get("parent_thread_id")
    )
    subagent = spawned is not None or meta.get("thread_source") == "subagent" or source == "subagent"
    return parent or text(meta.get("forked_from_id")), subagent or (
        bool(parent) and meta.get("thread_source") != "user"
    )


def _add(kept: list[str], value: str) -> None:
    if value and value not in kept:
        kept.append(value)
