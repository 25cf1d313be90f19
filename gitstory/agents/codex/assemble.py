"""From the state of a rollout to the conversation it holds."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from gitstory.agents.call_annotations import Exchanges, arguments
from gitstory.agents.codex.rollout_state import RolloutCall, RolloutState, RolloutTurn
from gitstory.agents.conversation_builder import CallDraft
from gitstory.agents.json_values import text
from gitstory.agents.stores.jsonl import embedded
from gitstory.agents.token_usage import together
from gitstory.effects import patches, shell
from gitstory.model import Conversation, Edit, Mark, Say, Step, Think, Turn

AGENT_NAME = "codex"


def conversation(state: RolloutState, source: str, name: str) -> Conversation:
    """The conversation as far as it was read. `source` is where from, `name` its id if no record has one."""
    turns = tuple(_turns(state))
    return Conversation(
        agent=AGENT_NAME,
        id=state.id or name,
        turns=turns,
        title=state.title,
        places=tuple(state.places),
        models=tuple(dict.fromkeys(model for turn in turns for model in turn.models)),
        started=state.started if state.started is not None else (turns[0].time if turns else None),
        updated=state.updated,
        version=state.version,
        parent=state.parent or None,
        subagent=state.subagent,
        remotes=tuple(state.remotes),
        heads=tuple(state.heads),
        source=source,
        skipped=state.skipped,
    )


def _turns(state: RolloutState) -> Iterator[Turn]:
    used: set[str] = set()
    exchanges, begun = Exchanges(), dict[str, str]()
    for index, parts in enumerate(_grouped(state.turns), 1):
        first = parts[0]
        ident = first.id if first.id and first.id not in used else str(index)
        used.add(ident)
        # A message sent while the agent works is of the same turn of Codex's.
        running = begun.setdefault(first.native, ident) if first.native else ident
        steps = [step for part in parts for step in part.steps]
        yield Turn(
            id=ident,
            index=index,
            prompt=first.prompt,
            time=first.time,
            images=first.images,
            steps=tuple(kept for step in steps for kept in _steps(step, exchanges)),
            added_to=running if running != ident else "",
            models=tuple(dict.fromkeys(model for part in parts for model in part.models)),
            branch=state.branch or None,
            ended=next((part.ended for part in reversed(parts) if part.ended is not None), None),
            abandoned=first.abandoned,
            tokens=together(*(part.tokens for part in parts)),
        )


def _grouped(drafts: list[RolloutTurn]) -> Iterator[list[RolloutTurn]]:
    """Turns with what belongs to them.

    If events have prompts, the model's records alone do not make one: what they hold besides is the harness's,
    and what followed it belongs to the turn before. A record without events and without an answer is nothing yet.
    """
    flag = any(draft.announced for draft in drafts)
    group: list[RolloutTurn] = []
    for draft in drafts:
        genuine = draft.announced or draft.labelled or not flag or not group
        if flag and not group and not draft.announced and not draft.labelled and not draft.steps:
            continue
        if genuine and group:
            yield group
            group = []
        group.append(draft)
    if group:
        yield group


def _steps(step: Say | Think | Mark | CallDraft, exchanges: Exchanges) -> Iterator[Step]:
    """A step, and behind a call what the person said to it."""
    if not isinstance(step, CallDraft):
        yield step
    if not isinstance(step, RolloutCall):
        return
    step.tool = "user_shell" if step.by_person else step.tool
    step.edits = () if step.by_person else _edits(step)
    call, doing = step.step(), exchanges.doing
    given = arguments({}, step.input)
    exchange = exchanges.take(
        call.tool, call.id, given, call.output, failed=call.failed, edits=call.edits, time=call.time
    )
    spawned = call.spawned or (_spawned(call.output) if exchange.task else "")
    yield replace(call, todo=doing if call.edits else "", plan=exchange.plan, spawned=spawned)
    yield from exchange.words


def _spawned(output: str) -> str:
    """The thread that a call started, as its result names it."""
    fields = embedded(output) if output.startswith("{") else {}
    return next((text(fields.get(key)) for key in ("agent_id", "thread_id", "new_thread_id") if fields.get(key)), "")


def _edits(draft: RolloutCall) -> tuple[Edit, ...]:
    """What took effect: the patch event's word, else the patch once it was answered well, and what the shell did."""
    if draft.command and draft.session is None:
        return _shell_edits(draft)
    if draft.changes is not None:
        return draft.changes
    if not draft.patch or not draft.answered:
        return ()
    if draft.failed:
        return patches.before_failure(draft.patch, draft.output, draft.cwd, draft.time)
    return patches.edits(draft.patch, draft.cwd, time=draft.time)


def _shell_edits(draft: RolloutCall) -> tuple[Edit, ...]:
    """What a command wrote; one that ended badly keeps what it surely wrote before, where its text is known."""
    patched = draft.changes
    stopped = draft.failed and shell.was_stopped(draft.output)
    if draft.refused and not stopped:
        return patched or ()
    command = draft.command
    if patched is not None or draft.failed:
        command = patches.without_patch(command)
    ended = "stopped" if stopped else shell.how_it_ended(draft.code, draft.failed)
    edits = shell.shell_edits(command, draft.cwd, draft.time, ended)
    named = {edit.path for edit in patched or ()}
    return (patched or ()) + tuple(edit for edit in edits if edit.path not in named)
