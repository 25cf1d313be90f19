"""One conversation whole: for a terminal, as Markdown, and as JSON."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from gitstory.model import Call, Conversation, Mark, Say, Step, Think, Tokens, Turn
from gitstory.queries.conversation import ConversationWhole
from gitstory.render.story import position, write_edited, write_prompt, write_step
from gitstory.summary.evidence_in_words import shown_path
from gitstory.summary.find_edit import hunks_of
from gitstory.summary.refused_or_replaced import Outcome
from gitstory.summary.turn_kinds import with_kinds
from gitstory.summary.typed_while_working import typed_label
from gitstory.text.console import Console, neutralise, neutralise_line
from gitstory.text.escape_markdown import fence, plain, span
from gitstory.text.wording import (
    agent_label,
    clock,
    count,
    first_lines,
    listed,
    local,
    recorder_label,
    rfc3339,
    shorten,
    wrap,
)

SCHEMA = "gitstory.transcript/1"
_WIDEST = 100
_OUTPUT = 2000
"""Characters of a command's output in Markdown."""


def transcript_object(view: ConversationWhole) -> dict[str, Any]:
    """`gitstory.transcript/1`: everything that is kept of a conversation."""
    conversation = view.conversation
    return {
        "schema": SCHEMA,
        "agent": conversation.agent,
        "id": conversation.id,
        "title": conversation.title,
        "stored": view.stored,
        **({"recorded_by": view.recorded_by} if view.recorded_by else {}),
        "commits": list(view.commits),
        "places": list(conversation.places),
        "models": list(conversation.models),
        "version": conversation.version,
        "started": rfc3339(conversation.started),
        "updated": rfc3339(conversation.updated),
        "times": conversation.times,
        "parent": conversation.parent,
        "subagent": conversation.subagent,
        "from_plan": conversation.from_plan,
        "tokens": _tokens_object(conversation.tokens),
        "unreadable": conversation.skipped,
        "turns": [_turn_object(turn, view.outcomes.get(turn.id, "")) for turn in with_kinds(conversation).turns],
    }


def _turn_object(turn: Turn, outcome: Outcome) -> dict[str, Any]:
    return {
        "id": turn.id,
        "index": turn.index,
        "time": rfc3339(turn.time),
        "ended": rfc3339(turn.ended),
        "prompt": turn.prompt,
        "kind": turn.kind,
        "reply_to": _reference(turn),
        "added_to": turn.added_to or None,
        "expanded": turn.expanded or None,
        "images": turn.images,
        "branch": turn.branch,
        "models": list(turn.models),
        "abandoned": turn.abandoned,
        "outcome": outcome or None,
        "tokens": _tokens_object(turn.tokens),
        "steps": [_step_object(step) for step in turn.steps],
    }


def _reference(turn: Turn) -> dict[str, Any] | None:
    return None if turn.reply_to is None else {"turn": turn.reply_to.turn, "step": turn.reply_to.step}


def _step_object(step: Step) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(step)
    if "time" in fields:
        fields["time"] = rfc3339(fields["time"])
    for edit in fields.get("edits", ()):
        if "hunks" in edit:  # left out of an edit that is known by name only, or by whole texts
            edit["hunks"] = [
                dict(zip(("old_start", "new_start", "lines"), hunk, strict=True)) for hunk in edit["hunks"]
            ]
        if "time" in edit:
            edit["time"] = rfc3339(edit["time"])
    return fields


def _tokens_object(tokens: Tokens | None) -> dict[str, int] | None:
    return None if tokens is None else {"input": tokens.input, "output": tokens.output, "cached": tokens.cached}


def tokens_words(tokens: Tokens | None) -> str:
    """`12,345 tokens read (9,000 from the cache), 678 written`; "" where none were counted."""
    if tokens is None:
        return ""
    cached = f" ({tokens.cached:,} from the cache)" if tokens.cached else ""
    return f"{count(tokens.input, 'token')} read{cached}, {tokens.output:,} written"


# For a terminal


def write_conversation(view: ConversationWhole, console: Console, *, full: bool = False) -> None:
    """Prompts, answers and what was done in short; `full` adds thinking, output, diffs. Foreign text is made safe."""
    conversation = view.conversation
    label = console.paint(agent_label(neutralise_line(conversation.agent)), "bold", "cyan")
    console.line(f"{label}  {console.paint(neutralise_line(conversation.id), 'yellow')}")
    if conversation.title:
        console.line(console.paint(shorten(neutralise_line(conversation.title), _width(console)), "bold"))
    for line in _facts(view):
        for part in wrap(neutralise_line(line), _width(console)):
            console.line(part)
    for turn in conversation.turns:
        console.line()
        _write_turn(conversation, turn, console, full, view.outcomes.get(turn.id, ""))


def _width(console: Console) -> int:
    return max(min(console.width, _WIDEST), 40)


def _zone() -> int:
    return time.localtime().tm_gmtoff // 60


def _facts(view: ConversationWhole) -> Iterator[str]:
    conversation, zone = view.conversation, _zone()
    start, end = (
        local(conversation.started, zone, "%Y-%m-%d %H:%M"),
        clock(conversation.updated, zone, conversation.started),
    )
    between = f"between {start or 'an unknown time'} and {end or 'now'} (its agent records no times)"
    span_ = between if conversation.times == "bounds" else f"{start} to {end}" if start else ""
    yield ", ".join(
        part for part in (span_, count(view.turns_in_all, "turn"), tokens_words(conversation.tokens)) if part
    )
    models = ", ".join(conversation.models[:4])
    yield from (f"{name} {text}" for name, text in (("models", models), ("version", conversation.version)) if text)
    if conversation.places:
        yield "in " + ", ".join(conversation.places[:3])
    if conversation.parent:
        how = (
            "spawned by"
            if conversation.subagent
            else "carries out a plan of"
            if conversation.from_plan
            else "forked from"
        )
        yield f"{how} {conversation.parent}"
    if view.commits:
        more = f" and {len(view.commits) - 8} more" if len(view.commits) > 8 else ""
        how = f"as {recorder_label(view.recorded_by)} records it for" if view.recorded_by else "linked to"
        yield f"{how} {listed([oid[:10] for oid in view.commits[:8]])}{more}"
    else:
        yield "linked to no commit" + ("" if view.stored else "; read from its agent's store just now, not recorded")
    if conversation.skipped:
        yield f"{count(conversation.skipped, 'record')} of it could not be understood"


def _write_turn(conversation: Conversation, turn: Turn, console: Console, full: bool, outcome: Outcome) -> None:
    parts = [f"{console.paint(f'{turn.index}.', 'bold')} {clock(turn.time, _zone(), conversation.started)}".rstrip()]
    if turn.added_to:
        parts.append(console.paint("added while it worked", "dim"))
    if turn.abandoned:
        parts.append(console.paint("abandoned", "yellow"))
    elif outcome:
        parts.append(console.paint(f"{outcome} later", "yellow"))
    if turn.tokens is not None and full:
        parts.append(console.paint(tokens_words(turn.tokens), "dim"))
    console.line("  ".join(parts))
    write_prompt(turn, console, True)
    for step in turn.steps:
        if full or isinstance(step, Mark) or (isinstance(step, Say) and step.agent is None):
            write_step(step if full or not isinstance(step, Mark) else replace(step, task=""), console)
    if not full:
        done = [step for step in turn.steps if isinstance(step, Call)]
        if done:
            console.line()
            names = listed([f"{n} {name}" for name, n in _counted(done)])
            for line in wrap(neutralise_line(f"tools: {names}"), _width(console) - 5):
                console.line(console.paint(f"     {line}", "dim"))
        write_edited(turn, (), conversation.places, console)


def _counted(calls: list[Call]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for call in calls:
        counts[call.tool] = counts.get(call.tool, 0) + 1
    return sorted(counts.items(), key=lambda pair: -pair[1])[:8]


# As Markdown


def conversation_markdown(view: ConversationWhole, *, full: bool = False) -> str:
    """A document that is safe to paste anywhere, ending in a newline."""
    return "\n\n".join(_sections(view, full)) + "\n"


def _sections(view: ConversationWhole, full: bool) -> Iterator[str]:
    conversation = view.conversation
    yield f"# {plain(agent_label(conversation.agent))}: {span(shorten(conversation.title or conversation.id, 100))}"
    yield "\n".join(f"- {plain(line)}" for line in (f"id {conversation.id}", *_facts(view)))
    for turn in conversation.turns:
        when = local(turn.time, _zone(), "%Y-%m-%d %H:%M")
        yield f"## {turn.index}.{f' {when}' if when else ''}{' (abandoned)' if turn.abandoned else ''}"
        yield fence(turn.prompt or f"[{count(turn.images, 'image')}]")
        for step in turn.steps:
            yield from _step_sections(conversation, step, full)


def _step_sections(conversation: Conversation, step: Step, full: bool) -> Iterator[str]:
    if isinstance(step, Say | Think) and step.agent:
        if full:
            yield f"Subagent {span(step.agent)}{':' if isinstance(step, Say) else ', thinking:'}"
            yield fence(step.text)
    elif isinstance(step, Say):
        yield fence(step.text, "markdown")
    elif isinstance(step, Think):
        if full:
            yield "Thinking:"
            yield fence(step.text)
    elif isinstance(step, Mark) and step.kind == "said" and step.text:
        yield f"*{plain(typed_label(step))}:*"
        yield fence(step.text)
    elif isinstance(step, Mark):
        yield f"*{plain(step.kind)}{': ' if step.text else ''}{plain(shorten(step.text, 200))}*"
    else:
        yield from _call_sections(conversation, step, full)


def _call_sections(conversation: Conversation, call: Call, full: bool) -> Iterator[str]:
    who = f" (subagent {span(call.agent)})" if call.agent else ""
    subject = next(iter(first_lines(neutralise(call.input), 100, 1)), "")
    yield f"- {span(call.tool)}{who}{' failed' if call.failed else ''} {span(subject)}".rstrip()
    for edit in call.edits:
        name = shown_path(edit.path, (), conversation.places)
        yield f"- {plain(edit.op)} {span(name)}"
        hunks = hunks_of(edit)
        if full and hunks:
            yield fence("\n".join(line for h in hunks for line in (position(h) or "@@", *h.lines)), "diff")
    if full and call.output and not call.edits:
        yield fence(call.output[:_OUTPUT])
