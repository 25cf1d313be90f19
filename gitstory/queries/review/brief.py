"""A brief put together from the stories of a range and from whose lines are left at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from gitstory.attribution.trim import is_shell
from gitstory.git.history import MissingObjects
from gitstory.git.repo import Repo
from gitstory.model import Evidence, Mark, Story, Turn
from gitstory.queries.review.dropped import dropped
from gitstory.queries.review.reach import Reach
from gitstory.queries.review.sentences import decision, first_words, rejection, sentences
from gitstory.queries.review.surviving import Survived, made_by_tools, runs, survived
from gitstory.queries.review.testing import outcome, suite_command
from gitstory.queries.review.values import Brief, FileBrief, FileShape, Quote, Speaker, SuiteRun
from gitstory.queries.verified_stories import checked
from gitstory.sources.chain import SourceChain
from gitstory.sources.story_source import Key, StorySource, TurnRef, load, turns_by_ref
from gitstory.summary.asks import says_little
from gitstory.summary.corrections import corrections
from gitstory.summary.labels import is_explained, turn_label
from gitstory.text.words import one_line, shorten

_MOST = 40
"""Pieces of one kind that are kept at all."""
_OF_ONE_TURN = 2
"""Sentences of one kind that one turn may give, so that a talkative one does not fill the brief."""
_REASONED = 2
"""The worth of a sentence that gives a reason: of what an agent chose, only such sentences are quoted."""
_QUESTION = 120
"""Columns of a question that is shown with its answer."""


class ReviewTurn(Struct, frozen=True):
    """What is known of one turn. `lines` are left at the end of the range; `named` tells that a story of it names the
    turn, rather than that the conversation went on with it meanwhile."""

    ref: TurnRef
    turn: Turn
    lines: int
    evidence: Evidence
    correction: bool
    named: bool = True
    label: str = ""


def brief(
    repo: Repo, source: SourceChain, reach: Reach, *, whole: bool = True, lacking: list[MissingObjects] | None = None
) -> Brief:
    """Everything that can be said of a range. `whole` and `lacking` as for `survived`."""
    commits = {commit.oid: commit for commit in reach.commits}
    found = checked(repo, list(commits.values()), source.stories(list(commits)))
    stories = {oid: one.story for oid, one in found.items()}
    left = survived(repo, source, reach.base, reach.tip, commits.keys(), whole=whole, lacking=lacking)
    everything = _review_turns(source, stories.values(), left, max(commit.committed for commit in reach.commits))
    told = [one for one in everything if one.named]
    by_ref = {one.ref: one for one in told}
    files = tuple(sorted((_file(one, by_ref) for one in left), key=lambda file: made_by_tools(file.path)))
    explained = sum(file.explained for file in files)
    return Brief(
        reach.name,
        reach.base,
        reach.tip,
        reach.commits,
        sum(bool(story.links) for story in stories.values()),
        len({one.ref.key for one in told if one.evidence != "context"}),
        explained + sum(file.unexplained for file in files),
        explained,
        requests=_requests(told),
        decided=(*_choices(told), *_sayings(told, decision, rejection, _REASONED))[:_MOST],
        rejected=_sayings(told, rejection),
        corrected=tuple(found for one in told for found in _corrections(one))[:_MOST],
        files=files,
        tests=_tests(told),
        dropped=dropped(repo, source, reach.commits, stories, everything)[:_MOST],
    )


def quote(one: ReviewTurn, text: str, speaker: Speaker) -> Quote:
    return Quote(text, one.ref, one.turn.index, speaker, one.turn.time)


def _prompt(one: ReviewTurn) -> Quote:
    """The first words of a request or, where they say little, what the turn was about."""
    own = first_words(one.turn.prompt)
    return quote(
        one, one.label if says_little(one.turn.prompt) and is_explained(one.turn, one.label) else own, "person"
    )


def _corrections(one: ReviewTurn) -> Iterator[Quote]:
    """The prompt, where it corrects, and what the person said when they refused a call or a plan."""
    if one.correction:
        yield _prompt(one)
    for mark in one.turn.words:
        if mark.occasion in ("refusal", "plan"):
            yield quote(one, first_words(mark.text), "person")


def _choices(told: Sequence[ReviewTurn]) -> Iterator[Quote]:
    """What the person answered when the agent asked: each a decision, with what it is about."""
    for one in told:
        for mark in one.turn.words if one.lines or one.evidence != "context" else ():
            if mark.question:
                asked = shorten(one_line(mark.question), _QUESTION)
                yield quote(one, f"{asked} {first_words(mark.text)}", "person")


def _review_turns(
    source: StorySource, stories: Iterable[Story], left: Sequence[Survived], end: int
) -> list[ReviewTurn]:
    """The turns that the stories name, and those their conversations went on with until `end`, as far as their texts
    are stored; in order of conversation and number."""
    evidence = _evidence(stories)
    lines = sum((one.owners for one in left), Counter[TurnRef]())
    refs = {*evidence, *_between(source, evidence)}
    conversations = load(source, refs, before=True)
    corrected = {(key, name) for key, one in conversations.items() for name in corrections(one.turns)}
    turns = turns_by_ref(conversations)
    told = [
        ReviewTurn(
            ref,
            turns[ref],
            lines[ref],
            evidence.get(ref, "context"),
            (ref.key, ref.turn) in corrected,
            ref in evidence,
            turn_label(turns[ref], conversations[ref.key].turns),
        )
        for ref in refs
        if ref in turns and (ref in evidence or (turns[ref].time or end + 1) <= end)
    ]
    begun = {key: min((turn.time or 0.0 for turn in one.turns), default=0.0) for key, one in conversations.items()}
    return sorted(told, key=lambda one: (begun[one.ref.key], one.ref.key, one.turn.index))


def _evidence(stories: Iterable[Story]) -> dict[TurnRef, Evidence]:
    """The surest tie of each turn that is more than having been at work at the time."""
    found: dict[TurnRef, Evidence] = {}
    for story in stories:
        for link in story.links:
            for turn in link.turns if link.evidence != "time" else ():
                ref = TurnRef(link.agent, link.conversation, turn.id)
                if found.get(ref, "context") == "context":
                    found[ref] = turn.evidence
    return found


def _between(source: StorySource, named: Iterable[TurnRef]) -> Iterator[TurnRef]:
    """The turns of the same conversations from the first one named on."""
    turns: dict[Key, set[str]] = {}
    for ref in named:
        turns.setdefault(ref.key, set()).add(ref.turn)
    for key, names in turns.items():
        meta = source.meta(*key)
        listed = meta.turns if meta is not None else ()
        first = min((index for name, index in listed if name in names), default=0)
        yield from (TurnRef(*key, name) for name, index in listed if index > first)


def _requests(told: Sequence[ReviewTurn]) -> tuple[Quote, ...]:
    """The requests whose lines are there, those of most lines first; then those that only made a commit."""
    asked = [one for one in told if one.evidence != "context" and not one.correction and one.turn.prompt.strip()]
    asked = [one for one in asked if one.turn.kind != "automated"]
    full = [one for one in asked if not says_little(one.turn.prompt) or " → " in one.label]
    return tuple(_prompt(one) for one in sorted(full, key=lambda one: -one.lines)[:_MOST])


def _sayings(
    told: Sequence[ReviewTurn],
    score: Callable[[str], int],
    unless: Callable[[str], int] = lambda sentence: 0,
    least: int = 1,
) -> tuple[Quote, ...]:
    """The sentences that tell most: of turns whose lines are there, by the score, people's words before agents'.

    `least` is the score that an agent's sentence needs.
    """
    found: list[tuple[tuple[int, int, int], Quote]] = []
    seen: set[str] = set()
    for one in sorted(told, key=lambda one: -one.lines):
        mine: list[tuple[tuple[int, int, int], Quote]] = []
        for speaker, sentence in _spoken(one):
            worth = score(sentence)
            same = sentence.lower()
            if worth >= (1 if speaker == "person" else least) and not unless(sentence) and same not in seen:
                seen.add(same)
                mine.append(((one.lines > 0, worth, speaker == "person"), quote(one, sentence, speaker)))
        found += sorted(mine, key=lambda pair: pair[0], reverse=True)[:_OF_ONE_TURN]
    found.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(one for _, one in found[:_MOST])


def _spoken(one: ReviewTurn) -> Iterator[tuple[Speaker, str]]:
    """What was said in a turn, sentence by sentence; a correction is told as one."""
    for text in () if one.correction else (one.turn.prompt,):
        yield from (("person", sentence) for sentence in sentences(text))
    for text in one.turn.answers:
        yield from (("agent", sentence) for sentence in sentences(text))
    for step in one.turn.steps:
        if isinstance(step, Mark) and step.kind == "said" and not step.question:
            yield from (("person", sentence) for sentence in sentences(step.text))


def _file(one: Survived, told: Mapping[TurnRef, ReviewTurn]) -> FileBrief:
    shapes = tuple(FileShape(_prompt(told[ref]), lines) for ref, lines in one.owners.most_common() if ref in told)
    change = one.change
    return FileBrief(
        change.path, change.added, change.deleted, one.owners.total(), shapes, runs(one.open), looked=one.looked
    )


def _tests(told: Sequence[ReviewTurn]) -> tuple[SuiteRun, ...]:
    """Each test command with its last result, what was run last first; those whose result is not known at the end."""
    found: dict[str, SuiteRun] = {}
    for one in told:
        for call in one.turn.calls:
            command = suite_command(call.input) if is_shell(call.tool) else ""
            if not command:
                continue
            result, line = outcome(call)
            before = found.pop(command, None)
            failed = before is not None and (before.failed_before or before.result == "failed")
            count = before.runs + 1 if before is not None else 1
            found[command] = SuiteRun(command, result, quote(one, line, "tool"), count, failed)
    latest = list(reversed(found.values()))
    latest.sort(key=lambda run: run.result == "unknown")
    return tuple(latest[:_MOST])
