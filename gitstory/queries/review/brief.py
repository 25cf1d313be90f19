"""A brief put together from the stories of a range and from whose lines are left at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gitstory.git.commit_details import MissingObjects
from gitstory.git.repo import Repo
from gitstory.model import Evidence, Story, Turn
from gitstory.queries.review.answered_questions import answered, decides
from gitstory.queries.review.choice_evidence import Saying, answers_before_edits, sayings
from gitstory.queries.review.choice_sentences import first_words, request_words
from gitstory.queries.review.commit_range import Reach
from gitstory.queries.review.commits_by_pull_request import CommitGroup, commit_groups
from gitstory.queries.review.discarded_work import dropped
from gitstory.queries.review.quoted_choices import agent_decision, agent_rejection, person_decision, person_rejection
from gitstory.queries.review.surviving_lines import Survived, made_by_tools, runs, survived
from gitstory.queries.review.test_runs import outcome, suite_command
from gitstory.queries.review.values import Brief, FileBrief, FileShape, Quote, Speaker, SuiteRun
from gitstory.queries.verified_stories import checked
from gitstory.recording.trim_conversation import is_shell
from gitstory.sources.chain import SourceChain
from gitstory.sources.story_source import Key, StorySource, TurnRef, load, turns_by_ref
from gitstory.summary.corrections import corrections
from gitstory.summary.dependent_prompts import says_little
from gitstory.summary.refused_or_replaced import Outcome, outcomes
from gitstory.summary.turn_labels import turn_label

_MOST = 200
"""Pieces of one kind that are kept at all."""
_REASONED = 2
"""The worth of a sentence that gives its reason."""
_OF_ONE_TURN = 2
"""Sentences of one kind that one turn may give, so that a talkative one does not fill the brief."""


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
    outcome: Outcome = ""


def brief(
    repo: Repo, source: SourceChain, reach: Reach, *, whole: bool = True, lacking: list[MissingObjects] | None = None
) -> Brief:
    """Everything that can be said of a range. `whole` and `lacking` as for `survived`."""
    commits = {commit.oid: commit for commit in reach.commits}
    checked_stories = checked(repo, list(commits.values()), source.stories(list(commits)))
    stories = {oid: each.story for oid, each in checked_stories.items()}
    left = survived(repo, source, reach.base, reach.tip, commits.keys(), whole=whole, lacking=lacking)
    everything = _review_turns(source, stories.values(), left, max(commit.committed for commit in reach.commits))
    reviewed = [each for each in everything if each.named]
    by_ref = {each.ref: each for each in reviewed}
    files = tuple(sorted((_file(each, by_ref) for each in left), key=lambda file: made_by_tools(file.path)))
    explained = sum(file.explained for file in files)
    groups = commit_groups(reach.tip, reach.commits, stories)
    return Brief(
        reach.name,
        reach.base,
        reach.tip,
        reach.commits,
        sum(bool(story.links) for story in stories.values()),
        len({each.ref.key for each in reviewed if each.evidence != "context"}),
        explained + sum(file.unexplained for file in files),
        explained,
        requests=_spread(_requests(reviewed), groups)[:_MOST],
        decided=(*_choices(reviewed), *_quoted(reviewed, _decides))[:_MOST],
        rejected=_quoted(reviewed, _rejects),
        corrected=tuple(quoted for each in reviewed for quoted in _corrections(each))[:_MOST],
        files=files,
        tests=_tests(reviewed),
        dropped=dropped(repo, source, reach.commits, stories, everything)[:_MOST],
        groups=groups,
    )


def quote(reviewed: ReviewTurn, text: str, speaker: Speaker) -> Quote:
    return Quote(text, reviewed.ref, reviewed.turn.index, speaker, reviewed.turn.time, reviewed.outcome)


def _prompt(reviewed: ReviewTurn) -> Quote:
    """The first words of a request; what became of the agent's work on it says nothing of them."""
    return replace(quote(reviewed, request_words(reviewed.turn, reviewed.label), "person"), outcome="")


def _corrections(reviewed: ReviewTurn) -> Iterator[Quote]:
    """The prompt, where it corrects, and what the person said when they refused a call or a plan."""
    if reviewed.correction:
        yield _prompt(reviewed)
    for mark in reviewed.turn.words:
        if mark.occasion in ("refusal", "plan"):
            yield quote(reviewed, first_words(mark.text), "person")


def _choices(reviewed: Sequence[ReviewTurn]) -> Iterator[Quote]:
    """What the person answered when the agent asked, ahead of an edit: each a decision, with what it is about."""
    for reviewed_turn in reviewed:
        for mark in (
            answers_before_edits(reviewed_turn.turn)
            if reviewed_turn.lines or reviewed_turn.evidence != "context"
            else ()
        ):
            if decides(mark.question, mark.text):
                yield quote(reviewed_turn, answered(mark.question, mark.text), "person")


def _review_turns(
    source: StorySource, stories: Iterable[Story], left: Sequence[Survived], end: int
) -> list[ReviewTurn]:
    """The turns that the stories name, and those their conversations went on with until `end`, as far as their texts
    are stored; in order of conversation and number."""
    evidence = _evidence(stories)
    lines = sum((item.owners for item in left), Counter[TurnRef]())
    refs = {*evidence, *_between(source, evidence)}
    conversations = load(source, refs, before=True)
    corrected = {(key, name) for key, item in conversations.items() for name in corrections(item.turns)}
    turns = turns_by_ref(conversations)
    became = {key: outcomes(item.turns) for key, item in conversations.items()}
    reviewed = [
        ReviewTurn(
            ref,
            turns[ref],
            lines[ref],
            evidence.get(ref, "context"),
            (ref.key, ref.turn) in corrected,
            ref in evidence,
            turn_label(turns[ref], conversations[ref.key].turns),
            became[ref.key].get(ref.turn, ""),
        )
        for ref in refs
        if ref in turns and (ref in evidence or (turns[ref].time or end + 1) <= end)
    ]
    begun = {key: min((turn.time or 0.0 for turn in item.turns), default=0.0) for key, item in conversations.items()}
    return sorted(reviewed, key=lambda item: (begun[item.ref.key], item.ref.key, item.turn.index))


def _evidence(stories: Iterable[Story]) -> dict[TurnRef, Evidence]:
    """The surest tie of each turn that is more than having been at work at the time."""
    surest: dict[TurnRef, Evidence] = {}
    for story in stories:
        for link in story.links:
            for turn in link.turns if link.evidence != "time" else ():
                ref = TurnRef(link.agent, link.conversation, turn.id)
                if surest.get(ref, "context") == "context":
                    surest[ref] = turn.evidence
    return surest


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


def _requests(reviewed: Sequence[ReviewTurn]) -> tuple[Quote, ...]:
    """The requests whose lines are there, those of most lines first; then those that only made a commit."""
    requests = [one for one in reviewed if one.evidence != "context" and not one.correction and one.turn.prompt.strip()]
    requests = [one for one in requests if one.turn.kind != "automated"]
    full = [one for one in requests if not says_little(one.turn.prompt) or " → " in one.label]
    return tuple(_prompt(one) for one in sorted(full, key=lambda item: -item.lines))


def _spread(quotes: Sequence[Quote], groups: Sequence[CommitGroup]) -> tuple[Quote, ...]:
    """`quotes` with the first one of each pull request or merge ahead of the second one of any."""
    place = {ref: number for number, group in enumerate(groups) for ref in group.turns}
    counted: Counter[int] = Counter()
    ranked: list[tuple[int, Quote]] = []
    for quoted in quotes:
        number = place.get(quoted.ref, -1)
        ranked.append((counted[number], quoted))
        counted[number] += 1
    return tuple(quoted for _, quoted in sorted(ranked, key=lambda pair: pair[0]))


def _quoted(reviewed: Sequence[ReviewTurn], score: Callable[[Saying], int]) -> tuple[Quote, ...]:
    """The sentences with the highest scores: of turns with lines in the result, people's words before agents'."""
    quotes: list[tuple[tuple[int, int, int], Quote]] = []
    seen: set[str] = set()
    for each in sorted(reviewed, key=lambda each: -each.lines):
        mine: list[tuple[tuple[int, int, int], Quote]] = []
        for saying in sayings(each.turn, correction=each.correction, stands=bool(each.lines)):
            worth = score(saying)
            same = saying.text.lower()
            if worth and same not in seen:
                seen.add(same)
                by_person = saying.speaker == "person"
                mine.append(((each.lines > 0, worth, by_person), quote(each, saying.text, saying.speaker)))
        quotes += sorted(mine, key=lambda pair: pair[0], reverse=True)[:_OF_ONE_TURN]
    quotes.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(each for _, each in quotes[:_MOST])


def _decides(saying: Saying) -> int:
    if _rejects(saying):
        return 0
    if saying.speaker == "person":
        return _certain(saying, person_decision(saying.text, saying.pasted))
    return agent_decision(saying.text)


def _rejects(saying: Saying) -> int:
    if saying.speaker == "person":
        return _certain(saying, person_rejection(saying.text, saying.pasted))
    return agent_rejection(saying.text)


def _certain(saying: Saying, worth: int) -> int:
    """`worth` of a person's sentence: where no edit shows it, it has to give a reason and to be typed."""
    return worth if saying.shown_by_edits or (worth >= _REASONED and not saying.pasted) else 0


def _file(left: Survived, reviewed_by_ref: Mapping[TurnRef, ReviewTurn]) -> FileBrief:
    shapes = tuple(
        FileShape(_prompt(reviewed_by_ref[ref]), lines)
        for ref, lines in left.owners.most_common()
        if ref in reviewed_by_ref
    )
    change = left.change
    return FileBrief(
        change.path, change.added, change.deleted, left.owners.total(), shapes, runs(left.open), looked=left.looked
    )


def _tests(reviewed: Sequence[ReviewTurn]) -> tuple[SuiteRun, ...]:
    """Each test command with its last result, what was run last first; those whose result is not known at the end."""
    latest_runs: dict[str, SuiteRun] = {}
    for each in reviewed:
        for call in each.turn.calls:
            command = suite_command(call.input) if is_shell(call.tool) else ""
            if not command:
                continue
            result, line = outcome(call)
            before = latest_runs.pop(command, None)
            failed = before is not None and (before.failed_before or before.result == "failed")
            count = before.runs + 1 if before is not None else 1
            latest_runs[command] = SuiteRun(command, result, quote(each, line, "tool"), count, failed)
    latest = list(reversed(latest_runs.values()))
    latest.sort(key=lambda run: run.result == "unknown")
    return tuple(latest[:_MOST])
