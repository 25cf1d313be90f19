"""What went wrong: attempts that did not stay, tool calls that failed, and where a person put the agent right. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from gitstory.model import Call, Mark, Say
from gitstory.queries.review.choice_sentences import sentences
from gitstory.queries.review.test_runs import outcome, suite_command
from gitstory.recording.trim_conversation import is_shell
from gitstory.summary.closing_answers import was_interrupted
from gitstory.summary.disagreement import complains
from gitstory.summary.find_edit import hunks_of
from gitstory.tell.considered_options import accepts_plan
from gitstory.tell.outcome import IN_PLACE
from gitstory.tell.quotation_extracts import claim_against, closing, excerpt, prompt, sentence
from gitstory.tell.relevant_diff import TurnChanges, change_for, edits_of
from gitstory.tell.values import Cited, FailedCall, FalseStart, LoggedTurn, PutRight
from gitstory.text.wording import one_line, shorten

_DID_NOT_WORK = re.compile(
    r"""\b(?: (?:did|does|do)(?:\sno|n')t\s(?:seem\sto\s)?(?:work|help|fix|apply|take\seffect)
          | (?:isn'?t|not|wasn'?t)\sworking | still\s(?:fail|not\swork|doesn'?t|broken|the\ssame
            |get(?:ting|s)?\s(?:the|an?)\b)
          | (?:different|another|alternative|better|simpler)\sapproach | wrong\sapproach
          | (?:my|the)\s(?:earlier|previous|first)\s(?:fix|attempt|approach|change|edit|assumption)\b
          | that(?:\s(?:broke|failed)|\sdid\snot)\b
          | (?:i|we)\s(?:need\sto\s|should\s|will\s|'ll\s|have\s)?(?:revert|undo|roll(?:ing|ed)?\sback)
          | (?:was|is)\s(?:my|a)\smistake
          | i\s(?:made\sa\smistake|was\swrong|misread|misunderstood|missed|forgot|overlooked)
          | won'?t\s(?:work|fix|help) | revealed\san?\b | was\s(?:clobbering|overriding|breaking|masking) )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_OWNS_UP = re.compile(
    r"\byou(?:'re|\sare|\swere)\s(?:absolutely\s|completely\s|quite\s)?right\s?(?:[.,!—–-]|to\s(?:call|push|question|flag|point))[^.?!]{0,200}"
    r"\b(?:bug|wrong|miss\w*|mistake|should\shave|shouldn't|broke\w*|sorry|apologi\w+|fault|incorrect\w*|not\swhat|did\snot|didn't)\b"
    r"|\byou(?:'re|\sare)\sright[,.!—–-]{1,2}\si(?:'ll|\swill)\s\w+|\bgood\s(?:pieces\sof\s)?feedback\b|\bi\ssee\s(?:exactly\s)?what\s(?:happened|went\swrong)\b"
    r"|\bthat\swas\sa\sbug\b|\bi\swas\swrong\b|\bmy\s(?:mistake|bad|fault|error)\b|\bi\s(?:misread|misunderstood|overlooked|apologi[sz]e)\b"
    r"|\bgood\scatch\b(?!\sto\b)|\bi\sbroke\b|\bi\smade\sa\smistake\b",
    re.IGNORECASE,
)
_FIRST_WORDS = 300
_SUCCEEDED = re.compile(
    r"\b(?:pass(?:ed|es)|succeeded|went\sthrough|worked)\b[^.;]{0,40}\b(?:first|previous|earlier)\b", re.IGNORECASE
)
_NO_HELP = re.compile(
    r"\b(?:still\s(?:not|does\s?n[o']t|doesn't|no|the\ssame|fail\w*|broken|get\w*|see\w*|happening|there)|no\schanges?\b"
    r"|(?:that|it|this)\s(?:did|does|do)(?:\snot|n'?t)\s(?:work|help|fix)|not\sworking|(?:don'?t|do\snot)\slike\b|not\swhat\si\s(?:want|meant|asked)|same\s(?:error|issue|problem|result))",
    re.IGNORECASE,
)
_REJECTED = re.compile(
    r"The user doesn't want to (?:proceed|take)|Sibling tool call errored|\[Request interrupted|user rejected", re.I
)
_NOISE = re.compile(
    r"\s{0,80}+(?:Exit code \d|</?tool_use_error>|Traceback|at |File |={3}|-{3}|[\^~][\^~\s]{0,200}+\Z)"
)
_STRONG = re.compile(
    r"\s*(?:error|fatal|panic|thread '|FAIL|E  |npm (?:ERR|error)|make: \*\*\*"
    r"|bash: |zsh: |/bin/\w+: |curl: |ssh: |psql: )"
    r"|.{0,80}(?:[Ee]rror|Exception)\b(?:\[\w+\])?:"
)
_FINE = re.compile(r".*\.\.\. ok\Z|\s*(?:warning|info|debug|//|#|\+|-\s|✓|>)|.*\b(?:0 errors|passed)\b", re.IGNORECASE)
_ERROR = re.compile(
    r"error|fail|cannot|can't|could not|not found|denied|invalid|undefined|unexpected|no such|exception|refused"
    r"|timed? ?out|panic|emerg|missing|does not exist|unknown|unable|unmatched|\bno \w{2,20} .{1,80} found\b",
    re.IGNORECASE,
)
_COLOURS = re.compile(r"\x1b?\[[0-9;]{1,12}m")
_LOOKS = re.compile(r"\s*(?:cd \S+ && )?(?:ls|grep|rg|find|which|cat|head|tail|test|diff|stat)\b")
_LEAST_LINES, _SHARE = 4, 0.5
_COMMAND, _LINE = 140, 220


def false_starts(turns: Sequence[LoggedTurn]) -> list[FalseStart]:
    """Attempts that did not stay, in order of time: one a turn, and what the agent itself said did not work."""
    results = [*_undone(turns), *_written_over(turns), *_reported(turns)]
    results = list({start.words.source: start for start in reversed(results)}.values())
    gone = {start.words.source for start in results}
    for logged in turns:
        results += [start for start in _admitted(logged) if logged.source not in gone]
    order = {logged.source: at for at, logged in enumerate(turns)}
    return sorted(results, key=lambda start: (start.words.time or 0.0, order.get(start.words.source, 0)))


def _undone(turns: Sequence[LoggedTurn]) -> Iterator[FalseStart]:
    for logged in turns:
        files = tuple(dict.fromkeys(edit.path for edit in edits_of(logged)))
        if logged.turn.abandoned and logged.by_person and any(logged.turn.calls):
            yield FalseStart("taken back", _short(logged), files)
        elif was_interrupted(logged.turn) and logged.by_person and any(logged.turn.calls):
            yield FalseStart("interrupted", _was_doing(logged), files)


def _was_doing(logged: LoggedTurn) -> Cited:
    """What the agent said last before a person stopped it; the prompt where it had said nothing."""
    words = next((text for text in reversed(list(logged.turn.answers)) if text.strip()), "")
    last = next((each for each in reversed(list(sentences(words))) if len(each.split()) > 3), "")
    return logged.cite(sentence(last)) if last else _short(logged)


def _short(logged: LoggedTurn) -> Cited:
    return logged.cite(excerpt(logged.turn.prompt, 3, 300), "person")


def _written_over(turns: Sequence[LoggedTurn]) -> Iterator[FalseStart]:
    """Turns most of whose added lines a later turn of the conversation took out again."""
    writer: dict[tuple[object, str, str], int] = {}
    added: dict[int, int] = {}
    lost: dict[int, dict[int, int]] = {}
    for at, logged in enumerate(turns):
        for path, line in _lines(logged):
            name = (logged.key, path, line[1:].strip())
            if line[0] == "-" and (owner := writer.pop(name, at)) != at:
                lost.setdefault(owner, {})[at] = lost.get(owner, {}).get(at, 0) + 1
            elif line[0] == "+":
                writer[name] = at
                added[at] = added.get(at, 0) + 1
    for at, by in sorted(lost.items()):
        gone = sum(by.values())
        if gone >= _LEAST_LINES and gone >= _SHARE * added[at] and turns[at].by_person:
            most = max(by, key=lambda later: by[later])
            files = tuple(dict.fromkeys(edit.path for edit in edits_of(turns[at])))
            yield FalseStart("written over", _short(turns[at]), files, gone, turns[most].source)


def undone(turns: Sequence[LoggedTurn]) -> dict[str, str]:
    """Turns whose lines a later turn took out again -> that turn, by their sources."""
    return {start.words.source: start.by for start in _written_over(turns)}


def _reported(turns: Sequence[LoggedTurn]) -> Iterator[FalseStart]:
    """Turns of which the next prompt says that it did not help."""
    for before, logged in pairwise(turns):
        follows = before.key == logged.key and before.turn.index == logged.turn.index - 1
        if follows and logged.by_person and _is_report(logged) and any(before.turn.calls):
            claim = closing(before)
            if claim is not None:
                files = tuple(dict.fromkeys(edit.path for edit in edits_of(before)))
                yield FalseStart("did not help", claim, files, by=logged.source)


def _is_report(logged: LoggedTurn) -> bool:
    """Whether a prompt says that what was just done does not work."""
    return _NO_HELP.search(logged.turn.prompt[:200]) is not None or (
        logged.correction and complains(logged.turn.prompt)
    )


def _lines(logged: LoggedTurn) -> Iterator[tuple[str, str]]:
    for edit in edits_of(logged):
        for hunk in hunks_of(edit):
            for line in hunk.lines:
                if line[:1] in ("+", "-") and sum(map(str.isalnum, line)) >= _LEAST_LINES:
                    yield edit.path, line


def _admitted(logged: LoggedTurn) -> Iterator[FalseStart]:
    """The first sentence in which the agent says that something it tried did not work."""
    for step in logged.turn.steps:
        if not isinstance(step, Say) or step.agent is not None:
            continue
        for words in sentences(step.text):
            long = 5 < len(words.split()) < 60 and not words.rstrip().endswith("?")
            if long and _DID_NOT_WORK.search(words) and not _SUCCEEDED.search(words):
                yield FalseStart("did not work", logged.cite(sentence(words)))
                return


def failed_calls(turns: Sequence[LoggedTurn]) -> list[FailedCall]:
    """The calls that failed, in order; the same command counts once. What a person refused did not fail."""
    results: dict[tuple[str, str], FailedCall] = {}
    for logged in turns:
        for call in logged.turn.calls:
            if not call.failed or call.plan or _REJECTED.search(call.output[:400]):
                continue
            tests = is_shell(call.tool) and suite_command(call.input)
            line = error_line(call.output) or (shorten(outcome(call)[1], _LINE) if tests else "")
            if not line or (is_shell(call.tool) and _LOOKS.match(call.input)):
                continue
            name = (call.tool, IN_PLACE.sub("", call.input))
            before = results.get(name)
            if before is not None:
                results[name] = replace(before, times=before.times + 1)
            else:
                results[name] = FailedCall(
                    call.tool, _command(call), line, logged.source, call.time or logged.turn.time
                )
    return list(results.values())


def _command(call: Call) -> str:
    first = next((line for line in call.input.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    return shorten(one_line(IN_PLACE.sub("", first) or first), _COMMAND)


def error_line(output: str) -> str:
    """The line of an output that says what went wrong; "" where none can stand alone."""
    raw = (line for line in re.split(r"[\r\n]+", output) if line.strip() and not _NOISE.match(line))
    lines = [flat for line in raw if sum(map(str.isalpha, flat := one_line(_COLOURS.sub("", line)))) > 8]
    strong = [line for line in lines if _STRONG.match(line)]
    informative = [line for line in lines if _ERROR.search(line) and not _FINE.match(line)]
    first = next(iter(strong or informative), "")
    if first.endswith(":") and lines[-1] != first:
        first = f"{first} {lines[lines.index(first) + 1]}"
    return shorten(first, _LINE)


def put_right(turns: Sequence[LoggedTurn]) -> list[PutRight]:
    """Where a person corrected the agent, in order: refusals with their reason count too."""
    before: LoggedTurn | None = None
    results: list[PutRight] = []
    for logged in turns:
        same = before is not None and before.key == logged.key and before.turn.index == logged.turn.index - 1
        if logged.by_person and (logged.correction or (same and _concedes(logged))):
            words = prompt(logged)
            claim = claim_against(before, logged.turn.prompt) if before is not None and same else None
            results.append(PutRight(claim, words, closing(logged), change_for(words.text, TurnChanges(logged))))
        results += _refusals(logged)
        before = logged
    return results


def _concedes(logged: LoggedTurn) -> bool:
    """Whether the agent's first words own up to a fault, which a person may have named by a question."""
    answer = next((text for text in logged.turn.answers if text.strip()), "")
    ended = next(reversed(list(logged.turn.answers)), "")
    return any(_OWNS_UP.search(text[:_FIRST_WORDS]) is not None for text in (answer, ended))


def _refusals(logged: LoggedTurn) -> Iterator[PutRight]:
    changes = TurnChanges(logged)
    for at, mark in enumerate(logged.turn.steps):
        if isinstance(mark, Mark) and mark.occasion in ("refusal", "plan") and not is_consent(mark):
            words = logged.cite(excerpt(mark.text, 6, 600), "person")
            yield PutRight(_refused(logged, mark), words, None, change_for(words.text, changes, at))


def is_consent(mark: Mark) -> bool:
    """Whether a person who refused a call said nothing, or asked to carry a plan out: then nothing was put right."""
    return not mark.text.strip() or (mark.occasion == "plan" and accepts_plan(mark.text))


def _refused(logged: LoggedTurn, mark: Mark) -> Cited | None:
    call = next((each for each in logged.turn.calls if mark.call and each.id == mark.call), None)
    return logged.cite(f"{call.tool}: {_command(call)}") if call is not None and not call.plan else None
