"""The note of a commit: what `git log --notes=story`, gitk and forges show. Plain text, the same for the same story."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from gitstory.model import Conversation, Link, Story
from gitstory.summary.commit_story import ConversationView, TurnView, conversation_view, file_view
from gitstory.summary.evidence_in_words import evidence_words
from gitstory.summary.turn_labels import explaining, is_explained
from gitstory.text.console import neutralise_line
from gitstory.text.wording import agent_label, count, listed, shorten

_WIDTH = 76
_MOST_LINES = 15
_CONVERSATIONS = 4
_TURNS = 5
_FILES = 3


def note_text(
    story: Story,
    conversations: Mapping[tuple[str, str], Conversation],
    *,
    added: int | None = None,
    history: Mapping[tuple[str, str], str] | None = None,
) -> str:
    """At most 15 lines of at most 76 columns: who, which prompts, evidence in words, what is not explained.

    `conversations` by (agent, id) hold at least the turns the story names. `added` counts the lines the whole commit
    added, where `story.files` does not name all its files; `history` gives the file a conversation is written to.
    """
    views = [conversation_view(link, _named(link, conversations), story.files) for link in story.links]
    total = sum(file.added for file in story.files) if added is None else added
    share = max((_MOST_LINES - 3) // max(min(len(views), _CONVERSATIONS), 1) - 1, 1)
    lines: list[str] = []
    for view in views[:_CONVERSATIONS]:
        where = (history or {}).get((view.link.agent, view.link.conversation))
        lines += _conversation(view, total, share, where)
    if len(views) > _CONVERSATIONS:
        lines.append(f"and {count(len(views) - _CONVERSATIONS, 'more conversation')}")
    rest = _unexplained(story, total)
    if rest:
        lines.append(rest)
    if story.carried_from:
        lines.append(f"carried over from {listed([oid[:10] for oid in story.carried_from[:3]])}")
    return "".join(f"{_bounded(line)}\n" for line in lines[:_MOST_LINES])


def _named(link: Link, conversations: Mapping[tuple[str, str], Conversation]) -> Conversation | None:
    """A link's conversation with only the turns it names and those that explain them: the note must not depend on what
    else is at hand."""
    stored = conversations.get((link.agent, link.conversation))
    if stored is None:
        return None
    names = {turn.id for turn in link.turns}
    beside = {index for turn in stored.turns if turn.id in names for index in explaining(turn)}
    return replace(stored, turns=tuple(turn for turn in stored.turns if turn.id in names or turn.index in beside))


def _bounded(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return indent + shorten(neutralise_line(line), _WIDTH - len(indent))


def _conversation(view: ConversationView, total: int, room: int, where: str | None) -> list[str]:
    models = view.conversation.models if view.conversation is not None else ()
    name = agent_label(neutralise_line(view.link.agent)) + (f" ({models[0]})" if models else "")
    lines = [f"{name}: {_evidence(view, total)}"]
    turns = [each for each in view.turns if each.link.evidence != "context"] or list(view.turns)
    room = min(room, _TURNS) - (1 if where else 0)
    shown = turns if len(turns) <= room else turns[: max(room - 1, 1)]
    for each in shown:
        turn_text = _label_of(each)
        lines.append(f"  {each.link.index}. {'(correction) ' if each.correction else ''}{turn_text}")
    if len(shown) < len(turns):
        lines.append(f"  and {count(len(turns) - len(shown), 'more turn')}")
    if where:
        lines.append(f"  {where}")
    return lines


def _label_of(each: TurnView) -> str:
    """What a turn was about: the first line of a prompt that says enough."""
    if each.turn is None:
        return "(text not stored)"
    if is_explained(each.turn, each.label):
        return each.label
    return next((line for line in each.turn.prompt.splitlines() if line.strip()), "")


def _evidence(view: ConversationView, total: int) -> str:
    if view.link.evidence == "lines" and view.added and total >= view.added:
        return f"wrote {view.added:,} of {count(total, 'added line')}"
    return evidence_words(view)


def _unexplained(story: Story, total: int) -> str:
    files = sorted((file_view(file) for file in story.files), key=lambda file: (-file.unexplained, file.path))
    number = total - sum(file.explained for file in files)
    if number <= 0 or not story.links:
        return ""
    names = [file.path for file in files if file.unexplained]
    shown = names[:_FILES] + ([f"{len(names) - _FILES} more"] if len(names) > _FILES else [])
    where = f" ({', '.join(shown)})" if shown else ""
    return f"{count(number, 'line')} not explained by any conversation{where}"
