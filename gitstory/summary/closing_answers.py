"""What a turn did, in the agent's own words: its closing answer, and that in one line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitstory.model import Call, Mark, Say, Turn
from gitstory.text.late_pattern import late_pattern
from gitstory.text.markdown_blocks import Block, blocks, split_sentences
from gitstory.text.wording import count, one_line, shorten

_LEAD = late_pattern(r"[:：]\s*[*_`]*\Z")
_HOOK = late_pattern(
    r"\b(?:stop hook|the hook|hook (?:feedback|error|says|output|message)|system.reminder|as the hook"
    r"|background (?:task|command|agent)|task.notification|late.arriving|already completed"
    r"|acknowledg\w+ (?:that|the notification))\b",
    re.IGNORECASE,
)
_IDLE = late_pattern(
    r"(?:(?:all )?done|perfect|excellent|great|good|ok(?:ay)?|all (?:tasks|tests|checks|done|clean|set|good)"
    r"|everything (?:is|looks) (?:good|done|clean|in place)|both changes are|let me know|would you like|want me to"
    r"|shall i|should i|let me|now let|you're right|ready)\b",
    re.IGNORECASE,
)


_ASIDE = late_pattern(
    r"\W{0,4}(?:verif|validat|test(?:s|ing)?\b(?: results?)?\W{0,3}(?:$|:)|next steps?|checks?\W{0,3}(?:$|:)"
    r"|notes?\W{0,3}:)",
    re.IGNORECASE,
)
_CHECKED = late_pattern(
    r"\b(?:tests?|checks?|lint|build|typecheck|suite)\b[^.;]{0,60}"
    r"\b(?:pass(?:es|ed|ing)?|clean|green|succeed(?:s|ed)?|compiles?)\b",
    re.IGNORECASE,
)
_OPENERS = late_pattern(r"\A(?:(?:all )?done|perfect|excellent|great|good|ok(?:ay)?|all set)[.!]\s*", re.IGNORECASE)
_GENERIC = late_pattern(
    r"\b(?:here(?:'s|\sis|\sare)|summary|what (?:was|changed|i)|changes? (?:made|i made|are|were)|the changes"
    r"|files? changed|changed files)\b",
    re.IGNORECASE,
)
"""A lead-in that says nothing of what was done: "Here's what was changed:"."""
_LEADS_ON = late_pattern(
    r"\W{0,4}(?:so,? )?here(?:'s|’s|\sis|\sare)\s"
    r"(?:what|how|where|the\s(?:summary|breakdown)|a\s(?:\w{1,20}\s)?summary)\b[^.]{0,80}\.?\W{0,3}\Z",
    re.IGNORECASE,
)
"""A sentence that only leads on, also where no colon follows: "Here's what was going wrong and what we changed."."""
_CAUSES = late_pattern(
    r"\W{0,6}(?![^\n]{0,80}\b(?:solved|fixed|resolved|addressed)\b)(?:the\s)?"
    r"(?:diagnosis|root cause|cause|problem|symptoms?|what (?:was|went|happened|i found|caused)|why\b"
    r"|findings?|issues? (?:identified|found)|background)",
    re.IGNORECASE,
)
"""A heading over what was wrong: what was done about it counts first."""
_LINK = late_pattern(r"\[([^\[\]]{1,120})\]\([^()\s]{1,300}\)")
_PROGRAM = late_pattern(r"^::[a-z-]{2,40}\{.*|<oai-mem-citation>[^\0]{0,4000}?(?:</oai-mem-citation>|\Z)", re.MULTILINE)
"""What an answer of Codex has for the program that shows it."""
_COMMIT = late_pattern(
    r"""\bgit\ commit\b[^\n]{0,120}?\s-[a-z]{0,3}m[ ]{0,4}
      (?:\\?["']?\$\(cat[ ]<<-?[ ]?\\?['"]?\w{2,10}['"\\]{0,4}[ ]{0,4}(?:\n|\\n)|\\?(["']))
      [ ]{0,8}([^\n"'\\$`]{6,200})""",
    re.VERBOSE,
)
"""The message of a commit: behind `-m`, or the first line of the document that is put there."""
_MOST_ANSWERS = 4
_MOST_PARTS = 8
_MOST_ITEMS = 3
"""To-do items or files that are named where no answer tells."""
_LONGEST_HEADER, _LONGEST_NAME, _FEWEST_COLUMNS = 9, 4, 3
"""Words and bars of the row that names a table's columns; words of one name in a row of at least so many."""
_MARKS = late_pattern(r"\*\*|__|[━═─]{2,200}")


def is_lead_in(text: str) -> bool:
    """Whether a sentence only leads to what follows: "Here's a summary of the changes:"."""
    return _LEAD.search(text) is not None


def is_about_hook(text: str) -> bool:
    """Whether an answer is to a hook or a notice of the agent's program, rather than to the person."""
    return len(text) < 700 and _HOOK.search(text) is not None


def closing_answers(turn: Turn, after: int | None = None) -> list[str]:
    """What the agent said after the last edit of the turn (and after step `after`), the closing answer first.

    Answers to hooks are left out; without an edit, all that it said counts.
    """
    last = max((at for at, step in enumerate(turn.steps) if isinstance(step, Call) and step.edits), default=-1)
    start = max(last, after or 0)
    texts = [
        step.text
        for step in turn.steps[max(start, 0) :]
        if isinstance(step, Say) and step.agent is None and step.text.strip()
    ]
    plain = [text for text in texts if not is_about_hook(text)]
    long = [text for text in plain if len(text) > 60]
    return list(reversed(long or plain))


def one_line_answer(turn: Turn, width: int = 280) -> str:
    """What was done, as the agent says after its last edit: of its answers the last one that tells.

    An answer to a review by a hook ("Reviewed, no concerns") is passed over where one before it tells. Where none
    after the last edit does, those between the edits count, then the commit, the to-do items, the files' names. In a
    turn with edits, a line that only says what comes next tells nothing.
    """
    from gitstory.summary.stated_changes import states_change

    closing = closing_answers(turn) or [text for text in turn.answers if text.strip()][-1:]
    lines = [line for text in closing[:_MOST_ANSWERS] if (line := summary_line(text, width))]
    stated = next((line for line in lines if states_change(line)), None)
    stated = stated or _between_edits(turn, width) or _committed(turn, width)
    return stated or _saying_anything(lines, turn) or shorten(_worked_on(turn), width)


def _saying_anything(lines: Sequence[str], turn: Turn) -> str:
    """The first of the lines that does not only say what comes next; "" where all do."""
    from gitstory.summary.stated_changes import begins_with_next, promises

    edited = next(turn.edits, None) is not None
    return next((line for line in lines if not promises(line) and not (edited and begins_with_next(line))), "")


def _worked_on(turn: Turn) -> str:
    """The to-do items in progress at the edits or, where there are none, the files edited; "" without an edit."""
    calls = [step for step in turn.steps if isinstance(step, Call) and step.edits]
    items = list(dict.fromkeys(one_line(call.todo).rstrip(".") for call in calls if call.todo))
    if items:
        return f"Worked on: {'; '.join(items[-_MOST_ITEMS:])}."
    names = list(dict.fromkeys(one_line(edit.path).replace("\\", "/").rpartition("/")[2] for edit in turn.edits))
    more = f" and {count(len(names) - _MOST_ITEMS, 'more file')}" if len(names) > _MOST_ITEMS else ""
    return f"Changed {', '.join(names[:_MOST_ITEMS])}{more}." if names else ""


def _committed(turn: Turn, width: int) -> str:
    """The subject of the last commit that the agent made in the turn; "" where it made none, or edited nothing."""
    calls = [step for step in turn.steps if isinstance(step, Call)]
    if not any(call.edits for call in calls):
        return ""
    subjects = (_COMMIT.search(call.input) for call in reversed(calls) if "git commit" in call.input)
    return next((shorten(f"Committed: {one_line(match[2])}", width) for match in subjects if match), "")


def _between_edits(turn: Turn, width: int) -> str:
    """What an answer between the edits tells, the last one first; "" where none does."""
    from gitstory.summary.stated_changes import promises, states_change

    edits = [at for at, step in enumerate(turn.steps) if isinstance(step, Call) and step.edits]
    steps = turn.steps[edits[0] : edits[-1]] if edits else ()
    texts = [step.text for step in steps if isinstance(step, Say) and step.agent is None and len(step.text) > 60]
    for text in reversed(texts[-_MOST_ANSWERS:]):
        if is_lead_in(text) or is_about_hook(text):
            continue
        if states_change(line := summary_line(text, width)) and not promises(line):
            return line
    return ""


def summary_line(text: str, width: int) -> str:
    """An answer in one line of at most `width` columns; "" where nothing of it can stand in one.

    What leads to a list counts only where it says what was done. Causes come after what was done.
    """
    from gitstory.summary.stated_changes import states_change

    text = _without_boxes(_PROGRAM.sub("", text)) or text
    parts: list[str] = []
    causes: list[str] = []
    rows = 0
    for block in blocks(text):
        rows = rows + 1 if block.shape == "row" else 0
        if (rows == 1 and _is_header(block.text)) or _is_aside(block):
            continue
        of_causes = any(_CAUSES.match(heading) for heading in block.section)
        if block.shape == "heading" or is_lead_in(block.text):
            if not _GENERIC.search(block.text) and states_change(block.text):
                parts.append(f"{block.text.rstrip('*_` :')}:")
            elif block.shape == "paragraph" and not of_causes:
                parts += _ahead_of_lead_in(block.text)
            continue
        if of_causes:
            causes += _sayings(block)
            continue
        parts += _sayings(block)
        if sum(map(len, parts)) > 3 * width or len(parts) >= _MOST_PARTS:
            break
    ordered = [*_in_order(parts), *_in_order(causes[:_MOST_PARTS])]
    return shorten(_MARKS.sub("", " ".join(ordered)).rstrip(";"), width)


def parts_about_work(text: str) -> Iterator[str]:
    """The sentences, items and rows of an answer that may say what was done: no headings and lead-ins, no checks, no
    next steps."""
    rows = 0
    for block in blocks(_without_boxes(_PROGRAM.sub("", text)) or text):
        rows = rows + 1 if block.shape == "row" else 0
        header = rows == 1 and _is_header(block.text)
        if block.shape == "heading" or header or _is_aside(block) or is_lead_in(block.text):
            continue
        parts = split_sentences(block.text) if block.shape == "paragraph" else (block.text,)
        yield from (part for part in parts if not _is_idle(part))


def _in_order(parts: Sequence[str]) -> list[str]:
    """The parts of an answer that tell something, from the first one that says what was done."""
    from gitstory.summary.stated_changes import states_change

    parts = [_LINK.sub(r"\1", _OPENERS.sub("", part)) for part in parts]
    kept = [part for part in parts if part and not _is_idle(part)] or [part for part in parts if part]
    first = next((at for at, part in enumerate(kept) if states_change(part)), 0)
    return [*kept[first:], *kept[:first]]


def _ahead_of_lead_in(text: str) -> list[str]:
    """The sentences of a paragraph ahead of the one that leads on: "Plan written. Here's the summary:"."""
    from gitstory.summary.stated_changes import states_change

    return [each for each in list(split_sentences(text))[:-1] if states_change(each)]


def _without_boxes(text: str) -> str:
    """An answer less the boxes in which Claude Code teaches ("★ Insight ───" to "───"), in its explanatory style."""
    if "★" not in text:
        return text
    kept, box = list[str](), False
    for line in text.splitlines():
        bare = line.strip(" `")
        if box:
            box = not bare or bool(bare.strip("─"))
        elif bare.startswith("★") and bare.endswith("─"):
            box = True
        else:
            kept.append(line)
    return "\n".join(kept).strip()


def _is_header(row: str) -> bool:
    """Whether the first row of a table names its columns; a table whose columns have no names has none."""
    from gitstory.summary.stated_changes import states_change

    names = row.split(" | ")
    if len(names) >= _FEWEST_COLUMNS and all(len(name.split()) <= _LONGEST_NAME for name in names):
        return "`" not in row and not any(map(str.isdigit, row))
    return "`" not in row and len(row.split()) <= _LONGEST_HEADER and not states_change(row)


def _is_aside(block: Block) -> bool:
    """Whether a block is about checks and next steps, rather than about what was done."""
    from gitstory.summary.stated_changes import states_change

    if any(_ASIDE.match(text) for text in block.section):
        return True
    return _ASIDE.match(block.text) is not None and not (block.shape == "paragraph" and states_change(block.text))


def _sayings(block: Block) -> Sequence[str]:
    if block.shape == "row":
        head, _, rest = block.text.partition(" | ")
        return [f"{head}: {rest};" if rest else f"{head};"]
    if block.shape == "paragraph":
        return list(split_sentences(block.text))
    return [block.text if block.text[-1:] in ".!?;" else f"{block.text};"]


def _is_idle(part: str) -> bool:
    """Whether a sentence says nothing of what was done."""
    from gitstory.summary.stated_changes import only_checked

    return (
        (_IDLE.match(part) is not None and len(part) < 90)
        or part.rstrip("*_`)").endswith("?")
        or (_CHECKED.search(part) is not None and len(part) < 120)
        or only_checked(part)
        or _LEADS_ON.match(part) is not None
    )


def was_interrupted(turn: Turn) -> bool:
    return any(isinstance(step, Mark) and step.kind == "interrupted" for step in turn.steps)
