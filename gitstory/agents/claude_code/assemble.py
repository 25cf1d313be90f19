"""A `Conversation` out of what was gathered: subagents in their places, rewound turns told from live ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from msgspec import Struct

from gitstory.agents.claude_code.state import Helper, Log
from gitstory.agents.prompts import clean
from gitstory.agents.usage import together
from gitstory.model import Call, Conversation, Mark, Step, Tokens, Turn

NAME = "claude-code"
WARM_UP = "Warmup"
"""The prompt of subagents that are started ahead of need and do nothing."""


class Started(Struct, frozen=True):
    """What a subagent's `.meta.json` says of its start."""

    call: str = ""
    about: str = ""


def conversation(
    log: Log, helper_logs: Mapping[str, Log], started: Mapping[str, Started], stem: str, source: str
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
        parent=first if first != ident else None,
        source=source,
        skipped=sum(one.skipped for one in logs),
    )


def _title(log: Log) -> str:
    own = [text for leaf, text in log.summaries if leaf in log.homes]
    return log.titles.get("customTitle") or log.titles.get("aiTitle") or (own[-1] if own else "")


def _turns(log: Log, helpers: list[Helper]) -> Iterator[Turn]:
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
        )
    for number, (text, time) in enumerate(log.awaiting, len(log.turns) + 1):
        yield Turn(str(number), number, text, time=time, ended=time)


def abandoned(log: Log) -> set[int]:
    """Indices of the turns a rewind left behind: off the chain of parents that ends in the last message.

    A turn stays where that is in doubt: the agent went on in it after the live branch had begun (two programs in
    one session), or it was typed into a turn that stays.
    """
    live = _chain(log)
    gone: set[int] = set()
    for index, draft in enumerate(log.turns):
        if index in live:
            continue
        following = next((log.turns[later] for later in range(index + 1, len(log.turns)) if later in live), None)
        if draft.host >= 0:
            if draft.host in gone:
                gone.add(index)
        elif following is not None and draft.seen < following.born:
            gone.add(index)
    return gone


def _chain(log: Log) -> set[int]:
    live: set[int] = set()
    at = log.leaf if log.leaf >= 0 else len(log.turns) - 1
    while at >= 0 and at not in live:
        live.add(at)
        at = log.turns[at].parent
    return live


def _helpers(log: Log, helper_logs: Mapping[str, Log], started: Mapping[str, Started]) -> list[Helper]:
    """All subagents, those with a file of their own from there, each with the call that started it if known."""
    found = [helper for agent, helper in log.helpers.items() if agent not in helper_logs]
    for agent, own in helper_logs.items():
        found += [_from_file(helper, log.helpers.get(agent), started.get(agent)) for helper in own.helpers.values()]
    return [helper for helper in found if helper.prompt.strip() != WARM_UP]


def _from_file(helper: Helper, told: Helper | None, started: Started | None) -> Helper:
    call = (started.call if started else "") or (told.call if told else "")
    about = started.about if started else ""
    turn = told.turn if told else -1
    return Helper(helper.agent, call, helper.prompt, about, turn, helper.time, helper.strand)


class _Weave:
    """Puts each subagent's calls behind the call that started it, or at the end of the turn it ran in."""

    def __init__(self, log: Log, helpers: list[Helper]) -> None:
        self.drafts = log.turns
        self.by_call: dict[str, list[Helper]] = {}
        self.loose: dict[int, list[Helper]] = {}
        # Of the turn whose steps were asked for last.
        self.usage: dict[str, Tokens] = {}
        self.seen = {step.id for draft in self.drafts for step in draft.strand.steps if isinstance(step, Call)}
        if not helpers:
            return
        known = self.seen | {s.id for helper in helpers for s in helper.strand.steps if isinstance(s, Call)}
        prompts = self._prompts()
        for helper in helpers:
            call = helper.call or log.spawned.get(helper.agent, "") or _taken(prompts, helper.prompt)
            if call in known and call:
                self.by_call.setdefault(call, []).append(helper)
            else:
                self.loose.setdefault(self._turn_of(helper), []).append(helper)

    def _prompts(self) -> dict[str, list[str]]:
        """Calls that start subagents by the prompt they gave."""
        found: dict[str, list[str]] = {}
        for draft in self.drafts:
            for step in draft.strand.steps:
                if isinstance(step, Call) and step.tool in ("Task", "Agent"):
                    found.setdefault(_given_prompt(step.input), []).append(step.id)
        return found

    def _turn_of(self, helper: Helper) -> int:
        if helper.turn >= 0:
            return helper.turn
        before = [i for i, d in enumerate(self.drafts) if helper.time and d.time and d.time <= helper.time]
        return before[-1] if before else 0

    def steps(self, index: int) -> Iterator[Step]:
        """The steps of a turn; walked with a stack of its own, for subagents may start subagents."""
        self.usage = dict(self.drafts[index].strand.usage)
        stack: list[Iterator[Step]] = [iter(self.drafts[index].strand.steps)]
        yield from self._walk(stack)
        for helper in self.loose.get(index, ()):
            yield from self._walk([self._told(helper)])

    def _walk(self, stack: list[Iterator[Step]]) -> Iterator[Step]:
        while stack:
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
                continue
            yield step
            if isinstance(step, Call):
                stack += [self._told(helper) for helper in reversed(self.by_call.pop(step.id, []))]

    def _told(self, helper: Helper) -> Iterator[Step]:
        self.usage |= helper.strand.usage
        yield Mark("subagent", _first_line(helper.about or helper.prompt), helper.time)
        yield from self._own(helper.strand.steps)

    def _own(self, steps: Iterable[Step]) -> Iterator[Step]:
        for step in steps:
            if isinstance(step, Call) and not (step.id and step.id in self.seen):
                self.seen.add(step.id)
                yield step


def _taken(prompts: dict[str, list[str]], prompt: str) -> str:
    calls = prompts.get(prompt.strip())
    return calls.pop(0) if calls and prompt.strip() else ""


def _given_prompt(input: str) -> str:
    try:
        given = json.loads(input)
    except (ValueError, RecursionError):
        return ""
    prompt = given.get("prompt") if isinstance(given, dict) else None
    return prompt.strip() if isinstance(prompt, str) else ""


def _first_line(text: str) -> str:
    return next((line.strip() for line in clean(text).splitlines() if line.strip()), "")[:200]
