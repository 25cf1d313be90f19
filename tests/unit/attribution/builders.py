"""Conversations built in a few words."""

from __future__ import annotations

from gitstory.model import Call, Conversation, Edit, Replacement, Turn

ROOT = "/home/dev/work/project"


def write(path: str, text: str, time: float, before: str | None = None) -> Edit:
    op = "create" if before is None else "modify"
    return Edit(f"{ROOT}/{path}", op=op, before=before if before is not None else "", after=text, time=time)


def swap(path: str, old: str, new: str, time: float, before: str | None = None) -> Edit:
    return Edit(f"{ROOT}/{path}", before=before, replacements=(Replacement(old, new),), time=time)


def turn(index: int, *edits: Edit, time: float = 0.0, prompt: str = "do it", commits: tuple[str, ...] = ()) -> Turn:
    calls = tuple(Call("Edit", id=f"c{index}-{n}", edits=(edit,), time=edit.time) for n, edit in enumerate(edits))
    if commits:
        calls += (Call("Bash", id=f"c{index}-commit", input="git commit", commits=commits),)
    began = time or min((edit.time or 0.0 for edit in edits), default=0.0)
    return Turn(f"turn-{index:032d}", index, prompt, time=began, steps=calls)


def conversation(*turns: Turn, name: str = "one", place: str = ROOT) -> Conversation:
    started = turns[0].time if turns else 0.0
    return Conversation("claude-code", name, turns=turns, places=(place,), started=started)
