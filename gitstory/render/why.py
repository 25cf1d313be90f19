"""The answer to "why is this here" for a person at a terminal."""

from __future__ import annotations

from gitstory.git.history import path_text
from gitstory.git.log import text_of
from gitstory.queries.line_history import Life
from gitstory.queries.why import After, Answer, WhyView
from gitstory.render.story import write_hunk
from gitstory.summary.edits import MadeEdit, window
from gitstory.summary.short_ids import short_id, turn_name
from gitstory.text.console import Console, neutralise, neutralise_line
from gitstory.text.words import agent_label, clock, count, day, first_lines, recorder_label, shorten, wrap

_WIDEST = 100
_CODE_LINES = 12
_PROMPT_LINES = 12
_REASON_LINES = 8


def write_why(view: WhyView, console: Console) -> None:
    """Write every answer. All text from outside is made harmless here."""
    target = view.target
    span = str(target.start) if target.start == target.end else f"{target.start}-{target.end}"
    at = f" in {neutralise_line(target.rev)}" if target.rev is not None else ""
    name = f" ({neutralise_line(target.name)})" if target.name else ""
    console.line(console.paint(f"{neutralise_line(target.path)}:{span}{name}{at}", "bold"))
    for answer in view.answers:
        console.line()
        _answer(answer, console)
    if view.more:
        console.line()
        console.line(f"and {count(view.more, 'more origin')}; ask for fewer lines to see them")
    _next(view, console)


def _next(view: WhyView, console: Console) -> None:
    """What to type to read on."""
    for answer in view.answers:
        if answer.turn is not None and answer.owner is not None:
            name = neutralise_line(turn_name(answer.owner.conversation, answer.turn.index))
            console.line()
            console.line(console.paint(f"next: git story show {name} shows the whole turn", "dim"))
            return


def _room(console: Console) -> int:
    return max(min(console.width, _WIDEST), 40)


def _answer(answer: Answer, console: Console) -> None:
    digits = len(str(answer.lines[-1].line))
    for line in answer.lines[:_CODE_LINES]:
        code = neutralise_line(text_of(line.text).removesuffix("\r").expandtabs(8))
        console.line(f"  {console.paint(f'{line.line:>{digits}}', 'dim')}  {code}".rstrip())
    if len(answer.lines) > _CODE_LINES:
        console.line(console.paint(f"  and {count(len(answer.lines) - _CODE_LINES, 'more line')}", "dim"))
    console.line()
    if answer.turn is None:
        _not_recorded(answer, console)
    else:
        _recorded(answer, console)
    if answer.lives:
        console.line()
        console.line(console.paint("before that, in its place", "bold"))
        for life in answer.lives:
            _life(life, console)


def _commit(answer: Answer) -> str:
    commit = answer.commit
    return f"{commit.oid[:10]} {neutralise_line(commit.author)} {day(commit.time, commit.zone)}  " + shorten(
        neutralise_line(commit.summary), 60
    )


def _not_recorded(answer: Answer, console: Console) -> None:
    if answer.commit.uncommitted:
        console.line("not recorded: the line is not committed yet")
        return
    if answer.owner is not None:
        label = agent_label(neutralise_line(answer.owner.agent))
        if answer.recorded_by:
            who = recorder_label(answer.recorded_by)
            name = neutralise_line(short_id(answer.owner.conversation))
            console.line(f"{who} says {label} wrote this, in conversation {name};")
            console.line("which turn it was is not recorded")
            console.line(_commit(answer))
            return
        why = f"{label} wrote this, but the text of that turn is not stored here"
    elif answer.has_story:
        why = "the commit has a story, but no conversation explains this line"
    else:
        why = "no conversation is recorded for this commit"
    console.line(f"{console.paint('not recorded', 'yellow')}: {why}")
    console.line(_commit(answer))


def _recorded(answer: Answer, console: Console) -> None:
    turn, owner = answer.turn, answer.owner
    assert turn is not None and owner is not None
    title = shorten(neutralise_line(answer.conversation.title), 50) if answer.conversation is not None else ""
    label = console.paint(agent_label(neutralise_line(owner.agent)), "bold", "cyan")
    when = clock(turn.time, answer.commit.zone)
    name = neutralise_line(turn_name(owner.conversation, turn.index))
    console.line("  ".join(part for part in (f"{label} {console.paint(name, 'yellow')}", title, when) if part))
    if answer.recorded_by:
        console.line(console.paint(f"{recorder_label(answer.recorded_by)} says so", "yellow"))
    console.line("not committed yet" if answer.commit.uncommitted else f"commit {_commit(answer)}")
    _heading("the request", console)
    for line in first_lines(neutralise(turn.prompt), _room(console) - 4, _PROMPT_LINES):
        console.line(f"  {console.paint('>', 'blue')} {line}".rstrip())
    if answer.edit is None:
        _heading("the edit is not recorded", console)
    else:
        _edit(answer, answer.edit, console)
    if answer.after:
        _heading("after it", console)
        for each in answer.after:
            _after(each, answer, console)


def _heading(text: str, console: Console) -> None:
    console.line()
    console.line(console.paint(text, "bold"))


def _edit(answer: Answer, edit: MadeEdit, console: Console) -> None:
    if edit.reason is not None:
        by = f", subagent {neutralise_line(edit.agent)}" if edit.agent else ""
        _heading(f"what the agent {edit.reason.kind} just before{by}", console)
        style = () if edit.reason.kind == "said" else ("dim",)
        # The words nearest to the edit are the last ones.
        lines = list(wrap(neutralise(edit.reason.text), _room(console) - 2))
        if len(lines) > _REASON_LINES:
            lines = ["…", *lines[-_REASON_LINES:]]
        for line in lines:
            console.line(f"  {console.paint(line, *style)}".rstrip())
    if edit.hunk is None:
        _heading("the edit: content not recorded", console)
        for line in first_lines(neutralise(f"{edit.tool} {edit.input}"), _room(console) - 2, 4):
            console.line(f"  {line}")
        return
    _heading(f"the edit ({neutralise_line(edit.tool)})", console)
    lines_shown, cut_before, cut_behind = window(edit.hunk, [text_of(line.text) for line in answer.lines])
    if cut_before:
        console.line(console.paint("  …", "dim"))
    write_hunk(lines_shown, console, "  ")
    if cut_behind:
        console.line(console.paint("  …", "dim"))


def _after(each: After, answer: Answer, console: Console) -> None:
    what = console.paint("correction", "magenta") if each.correction else "edited the file again"
    when = clock(each.turn.time, answer.commit.zone, answer.turn.time if answer.turn is not None else None)
    prompt = shorten(neutralise_line(each.turn.prompt), _room(console) - 40)
    console.line(f"  {each.turn.index}. {when}  {what}: {prompt}")


def _life(life: Life, console: Console) -> None:
    commit = life.commit
    who = agent_label(neutralise_line(life.owner.agent)) if life.owner is not None else neutralise_line(commit.author)
    name = life.owner.conversation if life.owner is not None else ""
    number = f" {neutralise_line(turn_name(name, life.turn.index))}" if life.turn is not None else ""
    what = neutralise_line(life.turn.prompt[:400] if life.turn is not None else commit.summary)
    head = f"  {commit.oid[:10]} {who}{number} {day(commit.time, commit.zone)}  "
    console.line(head + shorten(what, max(_room(console) - len(head), 20)))
    for line in life.lines[:3]:
        path = path_text(line.path)
        code = neutralise_line(text_of(line.text).removesuffix("\r").expandtabs(8))
        console.line(console.paint(f"    {neutralise_line(path)}:{line.orig_line}  {code}", "dim").rstrip())
    if len(life.lines) > 3:
        console.line(console.paint(f"    and {count(len(life.lines) - 3, 'more line')}", "dim"))
