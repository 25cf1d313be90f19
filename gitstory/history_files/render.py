"""A whole conversation as Markdown that a person reads on any forge: `.gitstory/history/*.md`.

What was said is shown as running text with every character that Markdown reads escaped, code as fences longer than any
in it: a message can fake no heading, link, mention or image. The same conversation always gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from gitstory.model import Call, Conversation, Edit, Hunk, Mark, Say, Step, Think, Turn
from gitstory.summary.corrections import corrections
from gitstory.summary.find_edit import hunks_of, sizes
from gitstory.summary.turn_labels import turn_label
from gitstory.summary.typed_while_working import typed_label
from gitstory.text.console import neutralise, neutralise_line
from gitstory.text.escape_markdown import escaped, fence, plain, span, unlinked
from gitstory.text.wording import agent_label, count, local, one_line, shorten

VERSION = 1

_FENCE = re.compile(r"^ {0,3}(`{3,}+|~{3,}+)\s*+([\w+#.-]*+)[^\n`]*+$")
_CODE = re.compile(r"(?<![`\\])`([^`\s][^`]*)`(?!`)")
_LONG_OUTPUT = 8
"""Lines of a tool's output from which it is folded."""
_MOST_OUTPUT = 200
_MARKS = {
    "interrupted": "Interrupted by the person.",
    "compacted": "The conversation was compacted here.",
    "rewound": "Rewound: the conversation continued from an earlier message.",
    "human-edit": "The person edited a file.",
    "subagent": "A subagent was started",
    "said": "",
}


class TurnCommit(Struct, frozen=True):
    """A commit a turn led to; `url` is its page at the forge, "" where none is known."""

    oid: str
    subject: str
    url: str = ""


def header(agent: str, conversation: str) -> str:
    """The first line of a history file: by it, and not by its name, it is known as ours."""
    return f"<!-- gitstory history {VERSION} {_word(agent)} {_word(conversation)} -->"


def _word(text: str) -> str:
    """`text` without what could end a comment or start another word."""
    from urllib.parse import quote

    return quote(text, safe="._:@-").replace("--", "-%2D") or "-"


def history_markdown(
    conversation: Conversation, landed: Mapping[str, Sequence[TurnCommit]] | None = None, *, thinking: bool = True
) -> str:
    """`conversation` as it is stored (distilled, redacted); `landed` maps the id of each turn to its commits."""
    return "\n\n".join(_sections(conversation, landed or {}, thinking)) + "\n"


def _sections(conversation: Conversation, landed: Mapping[str, Sequence[TurnCommit]], thinking: bool) -> Iterator[str]:
    yield header(conversation.agent, conversation.id)
    yield f"# {escaped(title(conversation))}"
    yield "\n".join(f"- {fact}" for fact in _facts(conversation, landed))
    corrected = corrections(list(conversation.turns))
    for turn in conversation.turns:
        yield from _turn(conversation, turn, landed.get(turn.id, ()), turn.id in corrected, thinking)


def title(conversation: Conversation) -> str:
    """The conversation's own title, else its first words."""
    words = conversation.title or next((turn_label(turn) for turn in conversation.turns if turn.prompt.strip()), "")
    return shorten(neutralise_line(words), 100) or conversation.id


def _facts(conversation: Conversation, landed: Mapping[str, Sequence[TurnCommit]]) -> Iterator[str]:
    models = ", ".join(span(model) for model in conversation.models[:5])
    yield f"{plain(agent_label(conversation.agent))}{f' with {models}' if models else ''}"
    if conversation.started is not None:
        yield f"{_time(conversation.started)} to {_time(conversation.updated or conversation.started)}"
    yield f"Conversation {span(conversation.id)}, {count(len(conversation.turns), 'turn')}"
    commits = {one.oid: one for each in landed.values() for one in each}
    if commits:
        yield f"Led to {count(len(commits), 'commit')}"


def _time(seconds: float | None) -> str:
    moment = local(seconds, 0, "%Y-%m-%d %H:%M")
    return f"{moment} UTC" if moment else ""


def _turn(
    conversation: Conversation, turn: Turn, commits: Sequence[TurnCommit], corrected: bool, thinking: bool
) -> Iterator[str]:
    yield f"## Turn {turn.index}"  # forges make #turn-7 of it: what trailers and notes link to
    notes = [_time(turn.time), "correction" if corrected else "", "taken back" if turn.abandoned else ""]
    facts = " · ".join(filter(None, notes))
    if facts:
        yield f"*{facts}*"
    if commits:
        yield "\n".join(f"- Commit {_commit(one)}" for one in commits)
    prompt = turn.prompt.strip("\n")
    if prompt.strip():
        yield "\n".join(f"> {line}".rstrip() for line in prose(prompt).split("\n"))
    if turn.images:
        yield f"*{count(turn.images, 'image')} not kept*"
    speaker = plain(agent_label(conversation.agent))
    spoke = False
    for step in turn.steps:
        if isinstance(step, Say) and step.agent is None and step.text.strip():
            if not spoke:
                yield f"**{speaker}**"
            spoke = True
        yield from _step(step, thinking)


def _commit(landing: TurnCommit) -> str:
    name = span(landing.oid[:10])
    subject = escaped(shorten(neutralise_line(landing.subject), 100))
    return f"{f'[{name}](<{landing.url}>)' if landing.url else name} {subject}"


def _step(step: Step, thinking: bool) -> Iterator[str]:
    match step:
        case Say():
            if step.text.strip():
                text = prose(step.text.strip("\n"))
                yield folded("Subagent", text) if step.agent else text
        case Think():
            if thinking and step.text.strip():
                yield folded("Subagent, thinking" if step.agent else "Thinking", fence(step.text))
        case Mark("said") if step.text:
            yield f"*{escaped(neutralise_line(typed_label(step)))}:*"
            yield "\n".join(f"> {line}".rstrip() for line in prose(step.text.strip("\n")).split("\n"))
        case Call():
            yield from _call(step)
        case Mark():
            words = " ".join(
                filter(None, [_MARKS.get(step.kind, ""), escaped(shorten(neutralise_line(step.text), 200))])
            )
            if words:
                yield f"*{words}*"


def _call(call: Call) -> Iterator[str]:
    """An edit is its diff; any other call one line, with what came back folded below where it is long."""
    for edit in call.edits:
        yield from _edit(call, edit)
    if call.edits and not call.failed:
        return
    subject = shorten(neutralise_line(call.input), 120)
    whole = one_line(call.input) == subject or not call.input.strip()
    lines = neutralise(call.output).strip("\n").split("\n") if call.output.strip() else []
    body = "\n\n".join(filter(None, ["" if whole else fence(call.input), fence(_bounded(lines)) if lines else ""]))
    tool = neutralise_line(call.tool) + (" (subagent)" if call.agent else "") + (" failed" if call.failed else "")
    if body and (len(lines) > _LONG_OUTPUT or not whole):
        size = f" ({count(len(lines), 'line')})" if lines else ""
        yield folded(unlinked(tool, html) + (f": <code>{html(subject)}</code>" if subject else "") + size, body)
        return
    yield f"- {escaped(tool)}{f': {span(subject)}' if subject else ''}"
    if body:
        yield body


def _bounded(lines: Sequence[str]) -> str:
    rest = [f"[{count(len(lines) - _MOST_OUTPUT, 'more line')}]"] if len(lines) > _MOST_OUTPUT else []
    return "\n".join([*lines[:_MOST_OUTPUT], *rest])


def _edit(call: Call, edit: Edit) -> Iterator[str]:
    moved = f" from {span(edit.moved_from)}" if edit.moved_from else ""
    words = {"create": "Created", "delete": "Deleted", "rename": "Moved"}.get(edit.op, "Edited")
    size = sizes(edit)
    figures = f" +{size[0]} -{size[1]}" if size else ""
    by = " (subagent)" if call.agent else ""
    hint = ", changed by the person before it was applied" if edit.user_modified else ""
    yield f"- {words} {span(edit.path)}{moved}{figures}{by}{hint}"
    hunks = hunks_of(edit)
    if hunks:
        yield fence("\n".join(diff_lines(hunks)), "diff")


def diff_lines(hunks: Iterable[Hunk]) -> Iterator[str]:
    """A unified diff's lines without its file headers; hunks that know no position are led by a bare `@@`."""
    for at, hunk in enumerate(hunks):
        if hunk.old_start or hunk.new_start:
            old = sum(line[:1] != "+" for line in hunk.lines)
            new = sum(line[:1] != "-" for line in hunk.lines)
            yield f"@@ -{hunk.old_start},{old} +{hunk.new_start},{new} @@"
        elif at:
            yield "@@"
        yield from hunk.lines


def folded(summary: str, body: str) -> str:
    """`summary` is safe HTML; `body` Markdown blocks."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def prose(text: str) -> str:
    """Text of a message: its own code blocks as fences, the rest escaped line by line with its line ends kept."""
    return "\n\n".join(_blocks(neutralise(text).replace("\t", "    ").split("\n")))


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    texts: list[str] = []
    at = 0
    while at < len(lines):
        opened = _FENCE.match(lines[at])
        end = _closing(lines, at, opened.group(1)) if opened else None
        if opened is None or end is None:
            texts.append(lines[at])
            at += 1
            continue
        yield from _paragraphs(texts)
        texts = []
        yield fence("\n".join(lines[at + 1 : end]), opened.group(2) or "text")
        at = end + 1
    yield from _paragraphs(texts)


def _closing(lines: Sequence[str], at: int, mark: str) -> int | None:
    for number in range(at + 1, len(lines)):
        line = lines[number].strip()
        if len(line) >= len(mark) and set(line) == {mark[0]}:
            return number
    return None


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    texts: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            texts.append(_line(line.rstrip()))
        elif texts:
            yield "\\\n".join(texts)
            texts = []


def _line(line: str) -> str:
    """Indentation as spaces that stay, so that a list or a piece of code keeps its shape and never becomes a block."""
    text = line.lstrip(" ")
    parts = _CODE.split(text)
    rendered = "".join(span(part) if at % 2 else escaped(part) for at, part in enumerate(parts))
    return "\u00a0" * (len(line) - len(text)) + rendered
