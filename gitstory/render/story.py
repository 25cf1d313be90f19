"""The story of a commit for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gitstory.model import Call, Edit, Hunk, Mark, Say, Think, Turn
from gitstory.summary.closing_answers import one_line_answer
from gitstory.summary.commit_story import CommitView, ConversationView, Reverted, TurnView
from gitstory.summary.dependent_prompts import says_little
from gitstory.summary.evidence_in_words import (
    edited_files,
    evidence_short,
    evidence_words,
    false_words,
    signed_words,
    unexplained_words,
)
from gitstory.summary.find_edit import hunks_of
from gitstory.summary.short_ids import short_id, turn_name
from gitstory.summary.turn_labels import is_explained
from gitstory.summary.typed_while_working import typed_label
from gitstory.text.console import Console, neutralise, neutralise_line
from gitstory.text.wording import agent_label, clock, count, first_lines, git_date, one_line, shell_word, shorten, wrap

_WIDEST = 100
_PROMPT_LINES = 6
_OUTPUT_LINES = 12
_FILES = 8
_WORDS = 4
"""Remarks of a turn that are shown below its prompt."""
_WORDS_LINES = 12
_TASK_LINES = 20


def write_story(view: CommitView, console: Console, *, full: bool = False) -> None:
    """Write one commit's story. All text from outside is made harmless here."""
    _head(view, console, full)
    for each in view.conversations:
        console.line()
        _conversation(view, each, console, full)
    for at, (text, style) in enumerate(_tail(view)):
        if not at:
            console.line()
        for line in wrap(neutralise_line(text), _width(console)):
            console.line(console.paint(line, *style))
    if not view.conversations:
        _sizes(view, console)


def write_next(view: CommitView, console: Console) -> None:
    """What to type to read on: the turn that did most of the commit, whole."""
    turns = [
        (each, turn)
        for each in view.conversations
        for turn in each.turns
        if turn.turn is not None and turn.link.evidence != "context"
    ]
    if turns:
        each, turn = max(turns, key=lambda pair: pair[1].link.lines)
        name = shell_word(neutralise_line(turn_name(each.link.conversation, turn.link.index)))
        console.line()
        console.line(console.paint(f"next: git story show {name} shows the whole turn", "dim"))


def _width(console: Console) -> int:
    return max(min(console.width, _WIDEST), 40)


def _head(view: CommitView, console: Console, full: bool) -> None:
    commit = view.commit
    console.line(console.paint(f"commit {commit.oid}", "yellow"))
    if len(commit.parents) > 1:
        console.line("Merge:  " + " ".join(oid[:10] for oid in commit.parents))
    console.line(f"Author: {neutralise_line(commit.author)} <{neutralise_line(commit.email)}>")
    console.line(f"Date:   {git_date(commit.time, commit.zone)}")
    console.line()
    console.line("    " + console.paint(neutralise_line(commit.subject), "bold"))
    if full and commit.body:
        console.line()
        for line in neutralise(commit.body).splitlines():
            console.line(f"    {line}".rstrip())


def _conversation(view: CommitView, each: ConversationView, console: Console, full: bool) -> None:
    console.line(_title(each, console))
    words = neutralise_line(evidence_words(each, view))
    sure = each.link.evidence in ("lines", "command") and not each.link.recorded_by
    console.line(console.paint(words, "green" if sure else "yellow"))
    if each.conversation is None:
        console.line(console.paint("its text is not stored here (forgotten, or not fetched yet)", "dim"))
    elif each.link.recorded_by and not each.turns:
        console.line(console.paint(f"  {neutralise_line(each.link.conversation)}", "dim"))
    if each.planned is not None and each.conversation is not None:
        name = short_id(each.conversation.parent or "")
        console.line(neutralise_line(f"carries out the plan that {name} made for:"))
        write_prompt(each.planned, console, full)
    collapsed = False
    for turn in each.turns:
        brief = turn.turn is None or (turn.link.evidence == "context" and not full)
        if not (brief and collapsed):
            console.line()
        collapsed = brief
        if brief:
            _brief(view, turn, console)
        else:
            _turn(view, each, turn, console, full)


def _title(each: ConversationView, console: Console) -> str:
    label = console.paint(agent_label(neutralise_line(each.link.agent)), "bold", "cyan")
    if each.conversation is None:
        return f"{label}  {console.paint(neutralise_line(each.link.conversation), 'dim')}"
    name = console.paint(neutralise_line(short_id(each.link.conversation)), "yellow")
    title = shorten(neutralise_line(each.conversation.title), 60)
    models = ", ".join(neutralise_line(model) for model in each.conversation.models[:3])
    return "  ".join(part for part in (f"{label} {name}", title, console.paint(models, "dim")) if part)


def _stamp(view: CommitView, turn: Turn) -> str:
    return clock(turn.time, view.commit.zone, view.commit.time)


def _brief(view: CommitView, each: TurnView, console: Console) -> None:
    if each.turn is None:
        text = f"{each.link.index}. {evidence_short(each.link.evidence)}, text not stored"
    else:
        room = _width(console) - 20
        text = f"{each.link.index}. {_stamp(view, each.turn)}  {shorten(neutralise_line(each.label), room)}"
    console.line(console.paint("  " + text, "dim"))


def _turn(view: CommitView, parent: ConversationView, each: TurnView, console: Console, full: bool) -> None:
    turn = each.turn
    assert turn is not None
    console.line(_turn_head(view, parent, each, turn, console))
    write_prompt(turn, console, full, "" if full else each.label)
    if not full:
        write_words(turn, console)
    if full:
        for step in turn.steps:
            write_step(step, console)
        return
    answer = neutralise_line(one_line_answer(turn))
    for line in wrap(answer, _width(console) - 5) if answer else ():
        console.line(f"     {line}")
    files = [file.path for file in view.files]
    places = parent.conversation.places if parent.conversation is not None else ()
    write_edited(turn, files, places, console)


def _turn_head(view: CommitView, parent: ConversationView, each: TurnView, turn: Turn, console: Console) -> str:
    parts = [f"  {console.paint(f'{each.link.index}.', 'bold')} {_stamp(view, turn)}".rstrip()]
    if each.correction:
        parts.append(console.paint("correction", "magenta"))
    if turn.added_to:
        parts.append("added while it worked")
    if each.link.lines and len(parent.turns) > 1:
        parts.append(count(each.link.lines, "line"))
    elif each.link.evidence != parent.link.evidence:
        parts.append(evidence_short(each.link.evidence))
    if turn.abandoned and each.link.evidence != "lines":
        parts.append(console.paint("abandoned", "yellow"))
    return "  ".join(parts)


def write_prompt(turn: Turn, console: Console, full: bool, label: str = "") -> None:
    """What the person asked, in its first lines or `full`; the `label` of a prompt that says little by itself."""
    room = _width(console) - 7
    text = neutralise(label if label and says_little(turn.prompt) and is_explained(turn, label) else turn.prompt)
    if turn.kind == "automated":
        console.line(console.paint("     not typed by a person:", "dim"))
    for line in list(wrap(text, room)) if full else first_lines(text, room, _PROMPT_LINES):
        console.line(f"     {console.paint('>', 'blue')} {line}".rstrip())
    if turn.images:
        console.line(f"     {console.paint('>', 'blue')} [{count(turn.images, 'image')}]")


def write_words(turn: Turn, console: Console) -> None:
    """What the person typed in the course of a turn, in its first lines."""
    words = list(turn.words)
    for mark in words[:_WORDS]:
        write_typed(mark, console, 2)
    if len(words) > _WORDS:
        console.line(console.paint(f"     and {count(len(words) - _WORDS, 'more remark')}", "dim"))


def write_typed(mark: Mark, console: Console, most: int) -> None:
    """A person's words in the middle of a turn, in at most `most` lines, with what they follow."""
    room = _width(console) - 7
    console.line(f"     {console.paint(shorten(neutralise_line(typed_label(mark)), room), 'dim')}")
    for line in first_lines(neutralise(mark.text), room, most):
        console.line(f"     {console.paint('>', 'blue')} {line}".rstrip())


def write_edited(turn: Turn, files: Sequence[str], places: Sequence[str], console: Console) -> None:
    """The files a turn edited, in one line; nothing where it edited none."""
    edited = edited_files(turn, files, places)
    parts: list[str] = []
    for name, added, deleted, is_known in edited[:_FILES]:
        shown = neutralise_line(name)
        if is_known:
            plus = console.paint(f"+{added}", "green")
            minus = console.paint(f"-{deleted}", "red")
            shown += f" {plus} {minus}" if deleted else f" {plus}"
        parts.append(shown)
    if len(edited) > _FILES:
        parts.append(count(len(edited) - _FILES, "more file"))
    if parts:
        console.line("     edited " + ", ".join(parts))


def write_step(step: Say | Think | Call | Mark, console: Console) -> None:
    """One step, after an empty line."""
    console.line()
    room = _width(console) - 5
    if isinstance(step, Say | Think) and step.agent:
        console.line(f"     subagent {neutralise_line(step.agent)}")
    if isinstance(step, Say):
        _block(wrap(neutralise(step.text), room), console)
    elif isinstance(step, Think):
        _block(wrap(neutralise(step.text), room - 2), console, "dim", lead="  ")
    elif isinstance(step, Mark) and step.kind == "said" and step.text:
        write_typed(step, console, _WORDS_LINES)
    elif isinstance(step, Mark):
        text = f"[{step.kind}] {step.text}" if step.text else f"[{step.kind}]"
        _block([shorten(neutralise_line(text), room)], console, "yellow")
        if step.task and step.task.strip() != step.text.strip():
            _block(first_lines(neutralise(step.task), room - 2, _TASK_LINES), console, lead="  ")
    else:
        _call(step, console, room)


def _call(call: Call, console: Console, room: int) -> None:
    who = f" (subagent {call.agent})" if call.agent else ""
    head = neutralise_line(call.tool + who) + (console.paint(" failed", "red") if call.failed else "")
    is_shown = any(edit.path == call.input for edit in call.edits)
    shown = [] if is_shown else first_lines(neutralise(call.input), room - 2, _OUTPUT_LINES)
    if len(shown) == 1 and len(call.tool) + len(shown[0]) + 2 <= room:
        console.line(f"     {console.paint(head, 'bold')} {shown[0]}")
    else:
        console.line(f"     {console.paint(head, 'bold')}")
        _block(shown, console, lead="  ")
    for edit in call.edits:
        write_edit(edit, console)
    if not call.edits:
        _block(first_lines(neutralise(call.output), room - 2, _OUTPUT_LINES), console, "dim", lead="  ")


def _block(lines: Iterable[str], console: Console, *styles: str, lead: str = "") -> None:
    for line in lines:
        console.line(f"     {lead}{console.paint(line, *styles)}".rstrip())


def write_edit(edit: Edit, console: Console, lead: str = "     ") -> None:
    """An edit as a diff."""
    name = neutralise_line(edit.path)
    if edit.moved_from:
        name = f"{neutralise_line(edit.moved_from)} -> {name}"
    hunks = hunks_of(edit)
    note = "" if hunks or edit.op in ("delete", "rename") else ", content not recorded"
    console.line(f"{lead}{console.paint(f'{edit.op} {name}{note}', 'bold')}")
    for hunk in hunks:
        write_hunk(hunk.lines, console, lead, position(hunk))


def position(hunk: Hunk) -> str:
    """The `@@` line of a hunk; "" where the agent recorded no position."""
    if not hunk.new_start and not hunk.old_start:
        return ""
    signs = [line[:1] for line in hunk.lines]
    old, new = len(signs) - signs.count("+"), len(signs) - signs.count("-")
    return f"@@ -{hunk.old_start},{old} +{hunk.new_start},{new} @@"


def write_hunk(lines: Iterable[str], console: Console, lead: str = "     ", at: str = "") -> None:
    """Lines of a diff in git's colours."""
    if at:
        console.line(f"{lead}{console.paint(at, 'cyan')}")
    styles = {"+": ("green",), "-": ("red",)}
    for line in lines:
        safe = neutralise_line(line.expandtabs(4)) if "\t" in line else neutralise_line(line)
        console.line(f"{lead}{console.paint(safe, *styles.get(line[:1], ()))}")


def _tail(view: CommitView) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is said below the conversations, with its style."""
    story = view.story
    if not view.conversations and not view.signed:
        yield "no conversation is recorded for this commit", ()
    elif view.conversations and (words := unexplained_words(view)):
        yield words, ("yellow",)
    for words in signed_words(view):
        yield words, ()
    if words := false_words(view):
        yield words, ("yellow",)
    for revert in view.reverts:
        yield _reverted_words(view, revert), ()
    if story is not None and story.carried_from:
        names = ", ".join(one_line(oid)[:10] for oid in story.carried_from[:5])
        yield f"carried over from {names} (history was rewritten)", ("dim",)
    if story is not None and story.open:
        yield "the agent was still at work; the story is completed when it is done", ("dim",)


def _reverted_words(view: CommitView, reverted_commit: Reverted) -> str:
    """`reverts 0123456789 "subject" (Claude Code, 16:25: prompt)`."""
    if reverted_commit.commit is None:
        return f"reverts {reverted_commit.oid[:10]}, which is not in this clone"
    text = f'reverts {reverted_commit.oid[:10]} "{shorten(one_line(reverted_commit.commit.subject), 60)}"'
    if reverted_commit.link is None:
        return f"{text} (no conversation is recorded for it)"
    label = agent_label(reverted_commit.link.agent)
    if reverted_commit.turn is None:
        return f"{text} ({label})"
    return (
        f"{text} ({label}, {_stamp(view, reverted_commit.turn)}: {shorten(one_line(reverted_commit.turn.prompt), 80)})"
    )


def _sizes(view: CommitView, console: Console) -> None:
    for file in view.files[:_FILES]:
        plus, minus = console.paint(f"+{file.added}", "green"), console.paint(f"-{file.deleted}", "red")
        size = "binary" if file.added is None else f"{plus} {minus}"
        console.line(f"  {neutralise_line(file.path)} {size}")
    if len(view.files) > _FILES:
        console.line(f"  {count(len(view.files) - _FILES, 'more file')}")
