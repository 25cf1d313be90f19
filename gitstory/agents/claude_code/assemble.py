"""From the state of a transcript to a `Conversation`: subagents in their places, rewound turns marked."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from gitstory.agents.automated_prompts import message
from gitstory.agents.claude_code.transcript_log import Helper, Strand, TranscriptLog
from gitstory.agents.json_values import first
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores.jsonl import embedded
from gitstory.agents.token_usage import together
from gitstory.model import Call, Conversation, Mark, Say, Step, Think, Tokens, Turn

NAME = "claude-code"
_GIVING = ("Task", "Agent", "SendMessage")
"""Tools that give a subagent a task, a first one or another."""
WARM_UP = "Warmup"
"""The prompt of subagents that are started ahead of need and do nothing."""


class Started(Struct, frozen=True):
    """What a subagent's `.meta.json` says of its start."""

    call: str = ""
    about: str = ""


def conversation(
    log: TranscriptLog, helper_logs: Mapping[str, TranscriptLog], started: Mapping[str, Started], stem: str, source: str
) -> Conversation | None:
    """The conversation in `log`; None if no record of a conversation was there.

    `helper_logs` and `started` are keyed by the subagent's id, `stem` is the file's name without suffix.
    """
    if not log.sessions and not log.turns:
        return None
    logs = [log, *helper_logs.values()]
    ident = stem if stem in log.sessions or not log.sessions else log.sessions[-1]
    first = log.forked_from or (log.sessions[0] if log.sessions else ident)
    helpers = _helpers(log, helper_logs, started)
    return Conversation(
        NAME,
        ident,
        turns=tuple(_turns(log, helpers)),
        title=_title(log),
        places=tuple(dict.fromkeys(chain.from_iterable(one.places for one in logs))),
        models=tuple(dict.fromkeys(chain.from_iterable(one.models for one in logs))),
        started=min((one.started for one in logs if one.started is not None), default=None),
        updated=max((one.updated for one in logs if one.updated is not None), default=None),
        version=log.version,
        parent=first if first != ident else log.planned_in or None,
        from_plan=first == ident and bool(log.planned_in),
        source=source,
        skipped=sum(one.skipped for one in logs),
    )


def _title(log: TranscriptLog) -> str:
    own = [text for leaf, text in log.summaries if leaf in log.homes]
    return log.titles.get("customTitle") or log.titles.get("aiTitle") or (own[-1] if own else "")


def _turns(log: TranscriptLog, helpers: list[list[Helper]]) -> Iterator[Turn]:
    weave = _Weave(log, helpers)
    gone = abandoned(log)
    for index, draft in enumerate(log.turns):
        rewound = index > 0 and index - 1 in gone and index not in gone
        steps = (*((Mark("rewound", time=draft.time),) if rewound else ()), *weave.steps(index))
        yield Turn(
            draft.id,
            index + 1,
            draft.prompt,
            time=draft.time,
            images=draft.images,
            steps=steps,
            models=tuple(draft.models),
            branch=draft.branch,
            ended=draft.ended,
            abandoned=index in gone,
            tokens=together(*weave.usage.values()),
            kind="automated" if draft.automated or not (draft.prompt or draft.images) else "",
            added_to=log.turns[_host(log, index)].id if draft.host >= 0 else "",
            expanded=draft.expanded,
        )
    for number, (text, time) in enumerate(log.awaiting, len(log.turns) + 1):
        yield Turn(str(number), number, text, time=time, ended=time)


def _host(log: TranscriptLog, index: int) -> int:
    """The request that was running when a prompt was typed, itself typed into no other."""
    while 0 <= log.turns[index].host < index:
        index = log.turns[index].host
    return index


def abandoned(log: TranscriptLog) -> set[int]:
    """Indices of the turns a rewind left behind: off the chain of parents that ends in the last message.

    A turn stays where that is in doubt: the agent went on in it after the live branch had begun (two programs in
    one session), or it was typed into a turn that stays.
    """
    live = _chain(log)
    in_order = sorted(live)
    gone: set[int] = set()
    for index, draft in enumerate(log.turns):
        if index in live:
            continue
        later = bisect(in_order, index)
        following = log.turns[in_order[later]] if later < len(in_order) else None
        if draft.host >= 0:
            if draft.host in gone:
                gone.add(index)
        elif following is not None and draft.seen <= following.born:
            gone.add(index)
    return gone


def _chain(log: TranscriptLog) -> set[int]:
    live: set[int] = set()
    at = log.leaf if log.leaf >= 0 else len(log.turns) - 1
    while at >= 0 and at not in live:
        live.add(at)
        at = log.turns[at].parent
    return live


def _helpers(
    log: TranscriptLog, helper_logs: Mapping[str, TranscriptLog], started: Mapping[str, Started]
) -> list[list[Helper]]:
    """The tasks of each subagent, from its own file where it has one; the first with the call that gave it."""
    helpers = [tasks for agent, tasks in log.helpers.items() if agent not in helper_logs]
    for agent, own in helper_logs.items():
        helpers += [_from_file(tasks, log.helpers.get(agent), started.get(agent)) for tasks in own.helpers.values()]
    return [tasks for tasks in helpers if tasks[0].prompt.strip() != WARM_UP]


def _from_file(tasks: list[Helper], helpers: list[Helper] | None, started: Started | None) -> list[Helper]:
    """Tasks of a subagent's file, with what the main file and its description say of the first one."""
    call = (started.call if started else "") or (helpers[0].call if helpers else "")
    about = started.about if started else ""
    first = replace(tasks[0], call=call, about=about, turn=helpers[0].turn if helpers else -1)
    return [first, *(replace(task, turn=-1) for task in tasks[1:])]


class _Weave:
    """Puts each subagent's calls behind the call that started it, or at the end of the turn it ran in."""

    def __init__(self, log: TranscriptLog, helpers: list[list[Helper]]) -> None:
        self.drafts = log.turns
        self.turn_of_prompt = log.turn_of_prompt
        self.by_call: dict[str, list[Helper]] = {}
        self.loose: dict[int, list[Helper]] = {}
        # Of the turn whose steps were asked for last.
        self.usage: dict[str, Tokens] = {}
        self.seen = {call.id for draft in self.drafts for call in _calls(draft.strand)}
        if not helpers:
            return
        tasks = list(chain.from_iterable(helpers))
        prompts = self._prompts(tasks)
        for begun, *others in helpers:
            call = begun.call or log.spawned.get(begun.agent, "") or _taken(prompts, begun.prompt)
            self._place(begun, call)
            for task in others:
                self._place(task, _taken(prompts, task.prompt))
        for call in self.by_call.keys() - self._reached():
            for task in self.by_call.pop(call):
                self._place(task, "")

    def _place(self, task: Helper, call: str) -> None:
        if call:
            self.by_call.setdefault(call, []).append(task)
        else:
            self.loose.setdefault(self._turn_of(task), []).append(task)

    def _prompts(self, tasks: list[Helper]) -> dict[str, list[str]]:
        """Calls that give subagents a task, by what they say."""
        prompts: dict[str, list[str]] = {}
        for strand in chain((draft.strand for draft in self.drafts), (task.strand for task in tasks)):
            for call in _calls(strand):
                if call.tool in _GIVING:
                    prompts.setdefault(_given_prompt(call.input), []).append(call.id)
        return prompts

    def _reached(self) -> set[str]:
        """Calls that the main thread made, or a subagent that one of them gave a task."""
        reached, new = set[str](), set(self.seen)
        while new:
            reached |= new
            tasks = chain.from_iterable(self.by_call.get(call, ()) for call in new)
            new = {call.id for task in tasks for call in _calls(task.strand)} - reached
        return reached

    def _turn_of(self, task: Helper) -> int:
        if task.turn >= 0:
            return task.turn
        if task.prompt_id in self.turn_of_prompt:
            return max(self.turn_of_prompt[task.prompt_id], 0)
        before = [i for i, d in enumerate(self.drafts) if task.time and d.time and d.time <= task.time]
        return before[-1] if before else 0

    def steps(self, index: int) -> Iterator[Step]:
        """The steps of a turn; walked with a stack of its own, for subagents may start subagents."""
        self.usage = dict(self.drafts[index].strand.usage)
        stack: list[Iterator[Step]] = [iter(self.drafts[index].strand.steps)]
        yield from self._walk(stack)
        for helper in self.loose.get(index, ()):
            yield from self._walk([self._steps_of(helper)])

    def _walk(self, stack: list[Iterator[Step]]) -> Iterator[Step]:
        while stack:
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
                continue
            yield step
            if isinstance(step, Call):
                stack += [self._steps_of(helper, step.id) for helper in reversed(self.by_call.pop(step.id, []))]

    def _steps_of(self, helper: Helper, call: str = "") -> Iterator[Step]:
        self.usage |= helper.strand.usage
        about = _first_line(helper.about or helper.prompt)
        yield Mark("subagent", about, helper.time, call=call, agent=helper.agent, task=_task(helper.prompt))
        yield from self._own(helper.strand.steps)

    def _own(self, steps: Iterable[Step]) -> Iterator[Step]:
        """The steps that were not given yet: progress repeats what a subagent's own file has."""
        spoken = set[str]()
        for step in steps:
            if isinstance(step, Call):
                if not (step.id and step.id in self.seen):
                    self.seen.add(step.id)
                    yield step
            elif isinstance(step, Say | Think) and step.text not in spoken:
                spoken.add(step.text)
                yield step


def _taken(prompts: dict[str, list[str]], prompt: str) -> str:
    calls = prompts.get(prompt.strip())
    return calls.pop(0) if calls and prompt.strip() else ""


def _calls(strand: Strand) -> Iterator[Call]:
    return (step for step in strand.steps if isinstance(step, Call))


def _given_prompt(input: str) -> str:
    return first(embedded(input), ("prompt", "message", "content")).strip()


def _task(prompt: str) -> str:
    return clean(prompt) or message(prompt)


def _first_line(text: str) -> str:
    return next((line.strip() for line in clean(text).splitlines() if line.strip()), "")[:200]
