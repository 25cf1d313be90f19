"""The story of a commit as Markdown, to be pasted into a pull request or a report.

Everything that comes from outside stands in a fenced block or a code span, so that a message cannot fake a heading,
a link, a mention or an image.
"""

from __future__ import annotations

from collections.abc import Iterator

from gitstory.summary.closing_answers import one_line_answer
from gitstory.summary.commit_story import CommitView, ConversationView, TurnView
from gitstory.summary.dependent_prompts import says_little
from gitstory.summary.evidence_in_words import (
    edited_files,
    evidence_short,
    evidence_words,
    false_words,
    signed_words,
    unexplained_words,
)
from gitstory.summary.turn_labels import is_explained
from gitstory.text.escape_markdown import fence, plain, span, without_commands
from gitstory.text.wording import agent_label, clock, local, shorten, zone_text

_PROMPT_CHARS = 2000


def story_markdown(view: CommitView, *, full: bool = False) -> str:
    """One section for a commit, ending in a newline."""
    return "\n\n".join(_sections(view, full)) + "\n"


def _sections(view: CommitView, full: bool) -> Iterator[str]:
    commit = view.commit
    yield f"## {span(commit.oid[:10])} {span(commit.subject)}".rstrip()
    yield f"{plain(commit.author)}, {local(commit.time, commit.zone, '%Y-%m-%d %H:%M')} {zone_text(commit.zone)}"
    for each in view.conversations:
        yield from _conversation(view, each, full)
    if not view.conversations and not view.signed:
        yield "No conversation is recorded for this commit."
    for line in signed_words(view):
        yield plain(line)
    words = unexplained_words(view) if view.conversations else ""
    if words:
        yield f"{plain(words)}."
    if claimed := false_words(view):
        yield f"{plain(claimed)}."
    if view.story is not None and view.story.carried_from:
        yield "Carried over from " + ", ".join(span(oid[:10]) for oid in view.story.carried_from[:5]) + "."


def _conversation(view: CommitView, each: ConversationView, full: bool) -> Iterator[str]:
    stored = each.conversation
    title = span(shorten(stored.title, 80)) if stored is not None and stored.title else span(each.link.conversation)
    yield f"### {plain(agent_label(each.link.agent))}: {title}"
    models = ", ".join(span(model) for model in stored.models[:3]) if stored is not None else ""
    yield f"{plain(evidence_words(each, view))}{f' · {models}' if models else ''}"
    for turn in each.turns:
        yield from _turn(view, each, turn, full)


def _turn(view: CommitView, parent: ConversationView, each: TurnView, full: bool) -> Iterator[str]:
    turn = each.turn
    if turn is None:
        yield f"**{each.link.index}.** text not stored ({plain(evidence_short(each.link.evidence))})"
        return
    when = clock(turn.time, view.commit.zone, view.commit.time)
    head = f"**{each.link.index}.** {when}{' · correction' if each.correction else ''}".rstrip()
    if each.link.evidence == "context" and not full:
        yield f"{head} · {span(shorten(each.label, 100))}"
        return
    yield head
    cut = not full and len(turn.prompt) > _PROMPT_CHARS
    if not full and says_little(turn.prompt) and is_explained(turn, each.label):
        yield without_commands(fence(each.label))
    else:
        yield without_commands(fence(turn.prompt[:_PROMPT_CHARS] + "\n…" if cut else turn.prompt))
    answers = [text for text in turn.answers if text.strip()]
    if full and answers:
        yield without_commands(fence(answers[-1]))
    elif not full and (answer := one_line_answer(turn)):
        yield f"> {plain(answer)}"
    files = [file.path for file in view.files]
    edited = edited_files(turn, files, parent.conversation.places if parent.conversation is not None else ())
    if edited:
        yield "\n".join(
            f"- {span(name)}{f' +{added} -{deleted}' if is_known else ', content not recorded'}"
            for name, added, deleted, is_known in edited
        )
