"""Finding, in a turn, the edit that wrote some lines, and what the agent said just before it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from gitstory.model import Call, Edit, Hunk, Say, Think, Turn
from gitstory.text.late_pattern import late_pattern

_CONTEXT = 3
_LARGEST = 20_000
"""Lines of a whole text that are still compared to find its hunks."""


class EditReason(Struct, frozen=True):
    """What the agent wrote (`said`) or thought before an edit."""

    kind: Literal["said", "thought"]
    text: str


_OWN = late_pattern(
    r"(?:~|/|[A-Za-z]:/).*?/\.(?:claude/(?:plans|projects|tasks|todos)|cursor/(?:plans|projects)"
    r"|gemini/(?:tmp|antigravity[^/]*)|copilot/session-state|qwen/(?:tmp|plans|projects)|factory/(?:plans|sessions|specs)|codex/memories|windsurf/plans"
    r"|codeium|local/share/opencode/plans|kiro/sessions)/"
)


class MadeEdit(Struct, frozen=True):
    """An edit of a turn. `hunk` is the part that holds the lines asked for, None where the content is not recorded."""

    path: str
    tool: str
    input: str
    edit: Edit
    hunk: Hunk | None = None
    reason: EditReason | None = None
    agent: str | None = None
    step: int = 0
    """The place of the call that made it among the turn's steps."""


def same_file(recorded: str, path: str) -> bool:
    """Whether an edit's path (absolute, or relative to some directory) can mean `path` (from the repository's top)."""
    recorded = recorded.replace("\\", "/").removeprefix("./")
    return recorded == path or recorded.endswith("/" + path) or (bool(recorded) and path.endswith("/" + recorded))


def is_agents_own(path: str) -> bool:
    """Whether a recorded path is one of an agent's own files: its plans, notes and records in the person's home."""
    return _OWN.match(path.replace("\\", "/")) is not None


def hunks_of(edit: Edit) -> tuple[Hunk, ...]:
    """The edit as hunks, whatever of its content is recorded."""
    if edit.hunks:
        return edit.hunks
    if edit.replacements:
        return tuple(
            Hunk(0, 0, (*_led("-", pair.old), *_led("+", pair.new)))
            for pair in edit.replacements
            if pair.old != pair.new
        )
    if edit.after is None:
        return ()
    if not edit.before:
        return (Hunk(0, 1, tuple(_led("+", edit.after))),)
    return tuple(_compare(edit.before.splitlines(), edit.after.splitlines()))


def _led(sign: str, text: str) -> Iterator[str]:
    return (sign + line for line in text.splitlines())


def _compare(old: list[str], new: list[str]) -> Iterator[Hunk]:
    from difflib import SequenceMatcher

    if len(old) + len(new) > _LARGEST:
        return
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_CONTEXT):
        lines: list[str] = []
        for tag, a0, a1, b0, b1 in group:
            if tag == "equal":
                lines += [" " + line for line in old[a0:a1]]
                continue
            lines += ["-" + line for line in old[a0:a1]]
            lines += ["+" + line for line in new[b0:b1]]
        yield Hunk(group[0][1] + 1, group[0][3] + 1, tuple(lines))


def sizes(edit: Edit) -> tuple[int, int] | None:
    """(added, deleted) lines of an edit; None where its content is not recorded."""
    hunks = hunks_of(edit)
    if not hunks:
        return None
    signs = [line[:1] for hunk in hunks for line in hunk.lines]
    return signs.count("+"), signs.count("-")


def find_edit(turn: Turn, path: str, texts: Collection[str], near: Collection[str] = ()) -> MadeEdit | None:
    """The last edit of `turn` that added most of `texts` (lines asked for); `near` are lines around them.

    Without such content, the last edit of the file by name; None where the turn names neither.
    """
    wanted = {text.strip() for text in texts if text.strip()}
    around = {text.strip() for text in near if text.strip()} - wanted
    best: tuple[tuple[bool, float], int, Call, Edit, Hunk | None] | None = None
    for at, call in enumerate(turn.steps):
        if not isinstance(call, Call):
            continue
        for edit in call.edits:
            named = same_file(edit.path, path)
            score, hunk = _best_hunk(edit, wanted, around)
            if not named and not score:
                continue
            rank = (named, score)
            if best is None or rank >= best[0]:
                best = (rank, at, call, edit, hunk)
    if best is None:
        return None
    _, at, call, edit, hunk = best
    return MadeEdit(edit.path, call.tool, call.input, edit, hunk, reason_before(turn, at, call.agent), call.agent, at)


def _best_hunk(edit: Edit, wanted: set[str], around: set[str]) -> tuple[float, Hunk | None]:
    best: tuple[float, Hunk | None] = (0.0, None)
    for hunk in hunks_of(edit):
        added = {line[1:].strip() for line in hunk.lines if line.startswith("+")}
        held = sum(len(text) for text in wanted & added)
        if wanted and not held:
            continue
        score = held + sum(len(text) for text in around & added) / 1000
        if score and score >= best[0]:
            best = (score, hunk)
    return best


def reason_before(turn: Turn, at: int, agent: str | None = None) -> EditReason | None:
    """What `agent` (a subagent, or None: the agent itself) said or thought last before step `at`, if anything."""
    for step in reversed(turn.steps[:at]):
        if isinstance(step, Say | Think) and step.agent != agent:
            continue
        if isinstance(step, Say) and step.text.strip():
            return EditReason("said", step.text.strip())
        if isinstance(step, Think) and step.text.strip():
            return EditReason("thought", step.text.strip())
    return None


def window(hunk: Hunk, texts: Collection[str], reach: int = 12) -> tuple[Sequence[str], bool, bool]:
    """The part of a hunk around the added lines asked for, at most `reach` lines to each side; whether lines were cut
    off before it, and behind it."""
    wanted = {text.strip() for text in texts if text.strip()}
    hits = [at for at, line in enumerate(hunk.lines) if line.startswith("+") and line[1:].strip() in wanted] or [0]
    start, end = max(hits[0] - reach, 0), min(max(hits[-1], hits[0]) + reach + 1, hits[0] + 4 * reach, len(hunk.lines))
    return hunk.lines[start:end], start > 0, end < len(hunk.lines)
