"""The answer to "why is this here" for a person at a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from gitstory.git.commit_details import path_text
from gitstory.git.log import text_of
from gitstory.model import Turn
from gitstory.queries.commit_behind_line import CommitWords
from gitstory.queries.line_history import EarlierVersion
from gitstory.queries.reasons.choose import LINES
from gitstory.queries.why import After, Answer, WhyView
from gitstory.render.reasons import write_all_reasons, write_reasons
from gitstory.render.story import write_hunk
from gitstory.summary.find_edit import MadeEdit, window
from gitstory.summary.short_ids import short_id, turn_name
from gitstory.summary.turn_labels import turn_label
from gitstory.text.console import Console, neutralise, neutralise_line
from gitstory.text.wording import (
    agent_label,
    clock,
    count,
    day,
    first_lines,
    listed,
    recorder_label,
    shell_word,
    shorten,
    width_of,
)

_WIDEST = 100
_CODE_LINES = 8
_EDIT_REACH = 5
_EDIT_LINES = 16
_VERSIONS = 3
_SUBJECT = 60
_TITLE = 60
_LEAST_TITLE = 20
_LONGEST_CODE = 400


class Extent(Struct, frozen=True):
    """How much is shown of an answer; `whole`: everything that is known, reasons with their scores."""

    reasons: int = LINES
    edit: int = _EDIT_LINES
    most_versions: int = _VERSIONS
    whole: bool = False


def write_why(view: WhyView, console: Console, *, whole: bool = False) -> None:
    """Write every answer. All text from outside is made harmless here.

    An answer is at most some 60 lines long, and the shorter the more there are; with `whole` nothing is left out.
    """
    extent = Extent(whole=whole)
    if len(view.answers) > 1 and not whole:
        share = len(view.answers)
        extent = Extent(max(LINES // share, 5), max(_EDIT_LINES // share, 4), 1)
    target = view.target
    span = str(target.start) if target.start == target.end else f"{target.start}-{target.end}"
    at = f" in {neutralise_line(target.rev)}" if target.rev is not None else ""
    name = f" ({neutralise_line(target.name)})" if target.name else ""
    console.line(console.paint(f"{neutralise_line(target.path)}:{span}{name}{at}", "bold"))
    for answer in view.answers:
        console.line()
        _answer(answer, console, extent)
    if view.more:
        console.line()
        console.line(f"and {count(view.more, 'more origin')}; ask for fewer lines to see them")
    _next(view, console)


def _next(view: WhyView, console: Console) -> None:
    """What to type to read on."""
    for answer in view.answers:
        if answer.turn is not None and answer.owner is not None:
            name = shell_word(neutralise_line(turn_name(answer.owner.conversation, answer.turn.index)))
            console.line()
            console.line(console.paint(f"next: git story show {name} shows the whole turn", "dim"))
            return


def _room(console: Console) -> int:
    """Columns that are used: what is piped has no width of its own."""
    return max(min(console.width, _WIDEST), 40) if console.screen else _WIDEST


def _answer(answer: Answer, console: Console, extent: Extent) -> None:
    digits = len(str(answer.lines[-1].line))
    for line in answer.lines[:_CODE_LINES]:
        code = neutralise_line(text_of(line.text).removesuffix("\r").expandtabs(8))
        console.line(f"  {console.paint(f'{line.line:>{digits}}', 'dim')}  {code[:_LONGEST_CODE]}".rstrip())
    if len(answer.lines) > _CODE_LINES:
        console.line(console.paint(f"  and {count(len(answer.lines) - _CODE_LINES, 'more line')}", "dim"))
    console.line()
    if answer.turn is None:
        _not_recorded(answer, console, extent)
    else:
        _recorded(answer, console, extent)
    versions = answer.versions if extent.whole else answer.versions[: extent.most_versions]
    if versions:
        _heading("before that, in its place", console)
        for life in versions:
            _life(life, console)
        if len(versions) < len(answer.versions):
            console.line(console.paint("  and earlier ones: --all shows them", "dim"))


def _commit(answer: Answer) -> str:
    commit = answer.commit
    return f"{commit.oid[:10]} {neutralise_line(commit.author)} {day(commit.time, commit.zone)}  " + shorten(
        neutralise_line(commit.summary), _SUBJECT
    )


def _not_recorded(answer: Answer, console: Console, extent: Extent) -> None:
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
        else:
            why = f"{label} wrote this, but the text of that turn is not stored here"
            console.line(f"{console.paint('not recorded', 'yellow')}: {why}")
    elif answer.has_story:
        why = "the commit has a story, but no conversation explains this line"
        console.line(f"{console.paint('not recorded', 'yellow')}: {why}")
    else:
        console.line(f"{console.paint('not recorded', 'yellow')}: no conversation is recorded for this commit")
    console.line(_commit(answer))
    if answer.words is not None:
        _commit_words(answer, answer.words, console, extent)


def _commit_words(answer: Answer, words: CommitWords, console: Console, extent: Extent) -> None:
    """The message as far as the line above does not show it, and the change."""
    if len(words.message) > 1 or len(words.message[0]) > _SUBJECT:
        _heading("the commit's message", console)
        for line in words.message:
            console.line(f"  {neutralise_line(line)}".rstrip())
    for name in words.co_authors:
        console.line(f"co-authored by {neutralise_line(name)}")
    if words.numbers:
        console.line(f"names {neutralise_line(listed(list(words.numbers)))}")
    for each in words.conversations:
        link, title = each.link, each.title
        how = "linked by a person" if link.evidence == "manual" else "of this commit"
        label, name = agent_label(neutralise_line(link.agent)), neutralise_line(short_id(link.conversation))
        begun = f"conversation {how}: {label} "
        room = console.width - len(begun) - len(name) - 2
        called = f"  {shorten(neutralise_line(title), room)}" if title and room >= _LEAST_TITLE else ""
        console.line(f"{begun}{console.paint(name, 'yellow')}{called}")
    if words.turns:
        _heading("turns that edited the file; what they wrote there is not recorded", console)
        for turn in words.turns:
            room = console.width - len(turn.name) - 4
            console.line(
                f"  {console.paint(neutralise_line(turn.name), 'yellow')}  {shorten(neutralise_line(turn.label), room)}"
            )
    if words.hunk:
        _heading("the change", console)
        lines, before, behind = _middle(words.hunk, answer, extent.edit, False)
        if before:
            console.line(console.paint("  …", "dim"))
        write_hunk([line[:_LONGEST_CODE] for line in lines], console, "  ")
        if behind:
            console.line(console.paint("  …", "dim"))


def _recorded(answer: Answer, console: Console, extent: Extent) -> None:
    turn, owner = answer.turn, answer.owner
    assert turn is not None and owner is not None
    agent = agent_label(neutralise_line(owner.agent))
    label = console.paint(agent, "bold", "cyan")
    when = clock(turn.time, answer.commit.zone)
    name = neutralise_line(turn_name(owner.conversation, turn.index))
    free = _room(console) - width_of(f"{agent} {name}    {when}")
    title = shorten(neutralise_line(_label(turn, answer)), max(min(free, _TITLE), _LEAST_TITLE))
    console.line("  ".join(part for part in (f"{label} {console.paint(name, 'yellow')}", title, when) if part))
    if answer.recorded_by:
        console.line(console.paint(f"{recorder_label(answer.recorded_by)} says so", "yellow"))
    console.line("not committed yet" if answer.commit.uncommitted else f"commit {_commit(answer)}")
    if answer.reasons:
        _heading("why", console)
        if extent.whole:
            write_all_reasons(answer.reasons, console, _room(console))
        else:
            write_reasons(answer.reasons, console, _room(console), extent.reasons)
    if answer.edit is None:
        _heading("the edit is not recorded", console)
    else:
        _edit(answer, answer.edit, console, extent)
    if answer.after:
        _heading("after it", console)
        for each in answer.after:
            _after(each, answer, console)


def _heading(text: str, console: Console) -> None:
    console.line()
    console.line(console.paint(text, "bold"))


def _edit(answer: Answer, edit: MadeEdit, console: Console, extent: Extent) -> None:
    by = f", subagent {neutralise_line(edit.agent)}" if edit.agent else ""
    if edit.hunk is None:
        _heading(f"the edit{by}: content not recorded", console)
        for line in first_lines(neutralise(f"{edit.tool} {edit.input}"), _room(console) - 2, 4):
            console.line(f"  {line}")
        return
    _heading(f"the edit ({neutralise_line(edit.tool)}{by})", console)
    reach = 12 if extent.whole else _EDIT_REACH
    lines, cut_before, cut_behind = window(edit.hunk, [text_of(line.text) for line in answer.lines], reach)
    if not extent.whole and len(lines) > extent.edit:
        lines, cut_before, cut_behind = _middle(lines, answer, extent.edit, cut_before)
    if cut_before:
        console.line(console.paint("  …", "dim"))
    write_hunk([line[:_LONGEST_CODE] for line in lines], console, "  ")
    if cut_behind:
        console.line(console.paint("  …", "dim"))


def _middle(lines: Sequence[str], answer: Answer, most: int, cut_before: bool) -> tuple[Sequence[str], bool, bool]:
    """`most` of the lines, around the first one asked for."""
    wanted = {text_of(line.text).strip() for line in answer.lines}
    at = next((n for n, line in enumerate(lines) if line.startswith("+") and line[1:].strip() in wanted), 0)
    start = max(min(at - most // 2, len(lines) - most), 0)
    return lines[start : start + most], cut_before or start > 0, start + most < len(lines)


def _after(each: After, answer: Answer, console: Console) -> None:
    what = console.paint("correction", "magenta") if each.correction else "edited the file again"
    when = clock(each.turn.time, answer.commit.zone, answer.turn.time if answer.turn is not None else None)
    prompt = shorten(neutralise_line(_label(each.turn, answer)), _room(console) - 40)
    console.line(f"  {each.turn.index}. {when}  {what}: {prompt}")


def _label(turn: Turn, answer: Answer) -> str:
    """What a turn was about."""
    return turn_label(turn, answer.conversation.turns if answer.conversation is not None else ())


def _life(life: EarlierVersion, console: Console) -> None:
    commit = life.commit
    who = agent_label(neutralise_line(life.owner.agent)) if life.owner is not None else neutralise_line(commit.author)
    name = life.owner.conversation if life.owner is not None else ""
    number = f" {neutralise_line(turn_name(name, life.turn.index))}" if life.turn is not None else ""
    what = neutralise_line(turn_label(life.turn) if life.turn is not None else commit.summary)
    head = f"  {commit.oid[:10]} {who}{number} {day(commit.time, commit.zone)}  "
    console.line(head + shorten(what, max(_room(console) - len(head), 20)))
    for line in life.lines[:1]:
        path = path_text(line.path)
        code = neutralise_line(text_of(line.text).removesuffix("\r").expandtabs(8))
        console.line(console.paint(f"    {neutralise_line(path)}:{line.orig_line}  {code}", "dim").rstrip())
    if len(life.lines) > 1:
        console.line(console.paint(f"    and {count(len(life.lines) - 1, 'more line')}", "dim"))
