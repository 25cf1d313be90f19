"""What is shared as the pieces of a page, and the page itself."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from markupsafe import Markup
from msgspec import Struct

from gitstory import __version__
from gitstory.git.commit_details import CommitInfo
from gitstory.history_files.render import title as title_of
from gitstory.model import Call, Conversation, Edit, Hunk, Mark, Say, Step, Think
from gitstory.queries.review.values import Brief
from gitstory.queries.share import SharedConversation, SharedPage, SharedTurn
from gitstory.render.page.markdown_html import MARKER, plain, prose
from gitstory.render.page.syntax_highlighting import highlighted_lines
from gitstory.render.page.templates import HERE, fill
from gitstory.render.review import Named, head, parts, tail
from gitstory.sources.story_source import Key
from gitstory.summary.find_edit import hunks_of, sizes
from gitstory.summary.turn_labels import turn_label, typed_prompt
from gitstory.summary.typed_while_working import typed_label
from gitstory.text.console import neutralise, neutralise_line
from gitstory.text.wording import agent_label, count, local, one_line, shorten

_SAYING = ("description", "question", "command", "file_path", "path", "pattern", "query", "url", "title", "prompt")
"""Names of a tool's input that tell a person what it was used for, the best first."""
_OUTPUT = 400
"""Lines of a tool's output that are shown."""
_HUNK = 1_500
"""Lines of one edit that are shown."""
_MARKS = {
    "interrupted": "Interrupted by the person",
    "compacted": "The conversation was compacted here",
    "rewound": "Rewound: the conversation continued from an earlier message",
    "human-edit": "The person edited a file",
    "subagent": "A subagent was started",
    "said": "",
}


class Looks(Struct, frozen=True):
    """What a page shows beside prompts, answers and edits. `authors` names those of commits."""

    thinking: bool = True
    output: bool = True
    authors: bool = True


_USUAL = Looks()
_LEAST_WORDS = 4


def page(what: SharedPage, title: str = "", looks: Looks = _USUAL) -> str:
    """The whole file. `what` is shown as it is: whoever calls this has redacted it. The title is by default its own."""
    context = _context(what, looks)
    return rendered("shared.html", title=title or _title(context, what), named=bool(title), **context)


def review_page(brief: Brief, what: SharedPage | None, name: Named, looks: Looks = _USUAL) -> str:
    """A brief, and below it the exchanges it quotes from, to which each quotation leads."""
    context = _context(what, looks) if what is not None else {"conversations": [], "commits": [], "facts": []}
    anchors = _anchors(what) if what is not None else {}
    sections = [
        {
            "title": part.title,
            "anchor": f"part-{number}",
            "rows": [
                {
                    "html": plain(text),
                    "name": name(source) if source is not None else "",
                    "anchor": anchors.get((source.ref.key, source.ref.turn), "") if source is not None else "",
                }
                for text, source in part.items
            ],
        }
        for number, part in enumerate(parts(brief), 1)
    ]
    title = f"Review of {neutralise_line(brief.range)}"
    return rendered(
        "review.html", title=title, named=True, parts=sections, head=head(brief), tail=tail(brief), **context
    )


def _anchors(what: SharedPage) -> dict[tuple[Key, str], str]:
    return {
        (shared_conversation.conversation.key, each.turn.id): f"{_lead(what, number)}turn-{each.turn.index}"
        for number, shared_conversation in enumerate(what.conversations, 1)
        for each in shared_conversation.turns
    }


def _lead(what: SharedPage, number: int) -> str:
    return f"c{number}-" if len(what.conversations) > 1 else ""


def _title(context: Mapping[str, Any], what: SharedPage) -> str:
    [first, *others] = what.conversations
    if not others and (first.conversation.title or not what.commits or not _says_little(first.turns[0].turn.prompt)):
        return str(context["conversations"][0]["title"])
    if len(what.commits) == 1:
        return neutralise_line(what.commits[0].subject)
    if not others:
        return str(context["conversations"][0]["title"])
    return f"The conversations behind {count(len(what.commits), 'commit')}"


def _says_little(prompt: str) -> bool:
    """Whether a prompt is too short to name a page: "yes", "continue", `/command 14`."""
    return len(prompt.split()) < _LEAST_WORDS or prompt.lstrip().startswith("/")


def rendered(template: str, **context: Any) -> str:
    """A template of this folder within the page's frame: its style, its script, and a policy that forbids all else."""
    style, script = (Markup((HERE / name).read_text("utf-8")) for name in ("page.css", "page.js"))
    policy = f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; base-uri 'none'"
    return fill(template, style=style, script=script, policy=policy, version=__version__, **context)


def _digest(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _context(what: SharedPage, looks: Looks) -> dict[str, Any]:
    commits = {commit.oid: commit_context(commit, looks) for commit in what.commits}
    many = len(what.conversations) > 1
    data = [_conversation(one, commits, looks, _lead(what, number)) for number, one in enumerate(what.conversations, 1)]
    return {
        "conversations": data,
        "commits": list(commits.values()),
        "facts": [
            count(what.turns, "exchange"),
            *([count(len(what.conversations), "conversation")] if many else []),
            *([count(len(commits), "commit")] if commits else []),
        ],
    }


def commit_context(commit: CommitInfo, looks: Looks = _USUAL) -> dict[str, str]:
    return {
        "id": commit.oid[:10],
        "subject": neutralise_line(commit.subject),
        "author": neutralise_line(commit.author) if looks.authors else "",
        "day": local(commit.time, commit.zone, "%Y-%m-%d"),
    }


def _conversation(
    shared_conversation: SharedConversation, commits: Mapping[str, dict[str, str]], looks: Looks, lead: str
) -> dict[str, Any]:
    conversation = shared_conversation.conversation
    left = shared_conversation.turns_in_all - len(shared_conversation.turns)
    title = titled(title_of(conversation) if conversation.title else shared_conversation.turns[0].turn.prompt)
    return {
        "anchor": f"{lead}conversation",
        "title": title or agent_label(neutralise_line(conversation.agent)),
        "agent": agent_label(neutralise_line(conversation.agent)),
        "facts": list(_facts(conversation)),
        "left_out": count(left, "other exchange is", "other exchanges are") + " not shown" if left > 0 else "",
        "turns": [turn_context(conversation, each, commits, looks, lead) for each in shared_conversation.turns],
    }


def titled(text: str, width: int = 100) -> str:
    """The first line with words in it, short, and with what redaction left in plain words."""
    first = next((line for line in neutralise(typed_prompt(text)).split("\n") if line.strip(" #*`->_=\t")), "")
    return shorten(neutralise_line(MARKER.sub(r"[\1 \2]", first)), width)


def _facts(conversation: Conversation) -> Iterator[str]:
    if models := ", ".join(neutralise_line(model) for model in conversation.models[:3]):
        yield models
    if day := local(conversation.started, 0, "%Y-%m-%d"):
        yield day


def turn_context(
    conversation: Conversation, each: SharedTurn, commits: Mapping[str, dict[str, str]], looks: Looks, lead: str = ""
) -> dict[str, Any]:
    """A turn as the macros of `turn.html` show it; its steps hold only what `looks` wants."""
    turn = each.turn
    when = local(turn.time, 0, "%Y-%m-%d %H:%M")
    return {
        "anchor": f"{lead}turn-{turn.index}",
        "index": turn.index,
        "short": titled(turn_label(turn, conversation.turns), 70) or count(turn.images, "image"),
        "when": f"{when} UTC" if when else "",
        "notes": [word for word, so in (("correction", each.correction), ("taken back", turn.abandoned)) if so],
        "prompt": plain(turn.prompt),
        "images": count(turn.images, "image") + " not kept" if turn.images else "",
        "commits": [commits[oid] for oid in each.commits if oid in commits],
        "steps": [made for step in turn.steps for made in _step(conversation, step, looks)],
    }


def _step(conversation: Conversation, step: Step, looks: Looks) -> Iterator[dict[str, Any]]:
    match step:
        case Say() if step.agent:
            if looks.thinking and step.text.strip():
                yield {"kind": "think", "html": prose(step.text.strip("\n"))}
        case Say():
            if step.text.strip():
                yield {"kind": "say", "html": prose(step.text.strip("\n"))}
        case Think():
            if looks.thinking and step.text.strip():
                yield {"kind": "think", "html": prose(step.text.strip("\n"))}
        case Mark("said") if step.text:
            yield {"kind": "mark", "text": one_line(neutralise_line(typed_label(step)) + ":")}
            yield {"kind": "say", "html": prose(step.text.strip("\n"))}
        case Mark():
            words = one_line(f"{_MARKS.get(step.kind, '')} {shorten(neutralise_line(step.text), 200)}")
            if words:
                yield {"kind": "mark", "text": words}
        case Call():
            yield from _call(step, looks)


def _call(call: Call, looks: Looks) -> Iterator[dict[str, Any]]:
    by = "subagent" if call.agent else ""
    if call.edits and not call.failed:
        yield from (edit_context(edit, by) for edit in call.edits)
        return
    lines = neutralise(call.output).strip("\n").split("\n") if call.output.strip() and looks.output else []
    subject = neutralise(call.input).strip("\n")
    yield {
        "kind": "call",
        "tool": neutralise_line(call.tool),
        "asked": shorten(_gist(subject), 160),
        "input": plain(subject) if one_line(subject) != shorten(subject, 160) else "",
        "output": plain("\n".join(_bounded(lines, _OUTPUT))),
        "size": count(len(lines), "line") if lines else "",
        "failed": call.failed,
        "by": by,
    }


def _gist(text: str) -> str:
    """What a call was about: of a JSON object the value that says most, else the text itself."""
    if not text.startswith("{"):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    questions = value.get("questions")
    if isinstance(questions, list) and questions and isinstance(questions[0], dict):
        value = questions[0]
    candidates = (value.get(name) for name in _SAYING)
    return next((each for each in candidates if isinstance(each, str) and each.strip()), text)


def _bounded(lines: Sequence[str], most: int) -> list[str]:
    return [*lines[:most], f"[{count(len(lines) - most, 'more line')}]"] if len(lines) > most else list(lines)


def edit_context(edit: Edit, by: str = "") -> dict[str, Any]:
    """An edit as the macros of `turn.html` show it."""
    size = sizes(edit)
    words = {"create": "Created", "delete": "Deleted", "rename": "Moved"}.get(edit.op, "Edited")
    return {
        "kind": "edit",
        "op": words,
        "path": neutralise_line(edit.path),
        "moved_from": neutralise_line(edit.moved_from or ""),
        "added": size[0] if size else None,
        "deleted": size[1] if size else None,
        "by": by,
        "changed": edit.user_modified,
        "rows": list(_rows(hunks_of(edit), edit.path)),
        "long": sum(len(hunk.lines) for hunk in hunks_of(edit)) > 60,
    }


def _rows(hunks: Sequence[Hunk], path: str) -> Iterator[tuple[str, str, Markup]]:
    """(class, sign, code) of each line of a diff; `gap` between hunks."""
    left = _HUNK
    for at, hunk in enumerate(hunks):
        if at:
            yield "gap", "", Markup("⋯")
        shown = hunk.lines[: max(left, 0)]
        left -= len(shown)
        code = highlighted_lines([neutralise_line(line[1:].expandtabs(4)) for line in shown], path)
        for line, html in zip(shown, code, strict=True):
            yield {"+": "add", "-": "del"}.get(line[:1], "same"), line[:1].strip(), html
        if len(shown) < len(hunk.lines):
            yield "gap", "", Markup("{}").format(count(len(hunk.lines) - len(shown), "more line"))
            return
