"""Certain labels, from transcripts and repository alone.

L1: a commit whose `[branch sha]` line stands in the output of a conversation's own `git commit`.
L2: an added line whose exact text, in that very file, exactly one turn ever wrote, before the commit.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from corpus.commits import Commit
from corpus.gitcmd import blobs
from corpus.rebuild import Corpus, Person
from corpus.values import Shell, Talk

PRINTED = re.compile(
    r"^\s*\[(?:[^\]\s]+|detached HEAD)(?: \(root-commit\))? ([0-9a-f]{7,40})\] (.*?)\r?$", re.MULTILINE
)
COMMITS = re.compile(r"\bgit\b[^|;&\n]*\bcommit\b|\bgt (create|modify|submit)\b")
LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class TurnKey:
    """A turn of a talk: `talk` indexes the person's talks, `turn` the talk's turns (-1: before the first prompt)."""

    talk: int
    turn: int


@dataclass
class Made:
    """An L1 label: this turn's shell made this commit. `sure` is False where only subject and author agree."""

    commit: str
    key: TurnKey
    sure: bool


@dataclass
class Labels:
    """All labels of one person. `lines`: (commit, path, line number, text, turn)."""

    made: list[Made] = field(default_factory=list)
    lines: list[tuple[str, str, int, str, TurnKey]] = field(default_factory=list)
    shared: set[tuple[str, int]] = field(default_factory=set)
    """(commit, talk) where a telling new line was written by several turns, all of this one talk."""


@dataclass
class Index:
    """Everything a person's conversations wrote, for lookups by path and text.

    `wrote`: (path, text) -> {turn: (earliest time, all writes sure)}; `shell`: text -> turns that had it in a command;
    `took`: (path, text) -> talks that removed it.
    """

    wrote: dict[tuple[str, str], dict[TurnKey, tuple[float, bool]]] = field(default_factory=lambda: defaultdict(dict))
    shell: dict[str, set[TurnKey]] = field(default_factory=lambda: defaultdict(set))
    took: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))


def telling(text: str) -> bool:
    """At least eight characters that are no space, with a letter: a line that two people do not type by chance."""
    packed = "".join(text.split())
    return len(packed) >= 8 and LETTER.search(packed) is not None


def index(person: Person) -> Index:
    built = Index()
    assert person.roots
    for number, talk in enumerate(person.talks):
        for write in talk.writes:
            path = person.roots.relative(write.path)
            key = TurnKey(number, write.turn)
            if path is None:
                for text in filter(telling, write.added):
                    built.shell[text].add(key)
                continue
            for text in filter(telling, write.added):
                time, sure = built.wrote[path, text].get(key, (write.time, True))
                built.wrote[path, text][key] = (min(time, write.time), sure and write.sure)
            for text in filter(telling, write.again):
                built.wrote[path, text].setdefault(key, (write.time, False))
            for text in write.removed:
                built.took[path, text].add(number)
        for turn, command in [(s.turn, s.command) for s in talk.shells] + talk.other:
            for text in filter(telling, command.split("\n")):
                built.shell[text].add(TurnKey(number, turn))
    return built


def label(corpus: Corpus, person: Person, found: dict[str, Commit], others: list[Index], own: Index) -> Labels:
    labels = Labels(made=commands(person, found))
    candidates: dict[tuple[str, str], list[tuple[int, str, TurnKey]]] = defaultdict(list)
    looser: dict[tuple[str, str], list[tuple[int, str, TurnKey]]] = defaultdict(list)
    for commit in found.values():
        for path, rows in commit.added.items():
            for number, text in rows:
                key = sole_writer(commit, path, text, own, others)
                if key is not None:
                    candidates[commit.oid, path].append((number, text, key))
                elif (talk := sole_talk(commit, path, text, own, others)) is not None:
                    looser[commit.oid, path].append((number, text, talk))
    confirmed = confirm(corpus, found, candidates)
    labels.lines = confirmed
    labels.shared = {(oid, key.talk) for oid, _, _, _, key in confirm(corpus, found, looser)}
    return labels


def sole_writer(commit: Commit, path: str, text: str, own: Index, others: list[Index]) -> TurnKey | None:
    """The one turn that ever wrote this text to this path, if it did so before the commit, and for sure."""
    writers = own.wrote.get((path, text))
    if not writers or len(writers) != 1 or not telling(text):
        return None
    key, (time, sure) = next(iter(writers.items()))
    if not sure or key.turn < 0 or time > commit.committed + 1:
        return None
    if own.shell.get(text, {key}) - {key}:
        return None
    if any((path, text) in other.wrote or text in other.shell for other in others):
        return None
    return key


def sole_talk(commit: Commit, path: str, text: str, own: Index, others: list[Index]) -> TurnKey | None:
    """A turn of the one conversation that ever wrote this text to this path, before the commit for sure."""
    writers = own.wrote.get((path, text))
    if not writers or not telling(text) or len({key.talk for key in writers}) != 1:
        return None
    key = min(writers, key=lambda k: writers[k][0])
    if writers[key][0] > commit.committed + 1 or not any(sure for _, sure in writers.values()):
        return None
    if any(other.talk != key.talk for other in own.shell.get(text, ())):
        return None
    return None if any((path, text) in other.wrote or text in other.shell for other in others) else key


def confirm(
    corpus: Corpus, found: dict[str, Commit], candidates: dict[tuple[str, str], list[tuple[int, str, TurnKey]]]
) -> list[tuple[str, str, int, str, TurnKey]]:
    """Keeps lines whose text stands once in the file at the commit and not at all in the file at any parent."""
    names: dict[str, None] = {}
    for oid, path in candidates:
        names[f"{oid}:{path}"] = None
        for parent in found[oid].parents:
            names[f"{parent}:{found[oid].moved.get(path, path)}"] = None
    counted: dict[str, Counter[str]] = {}
    for name, data in blobs(corpus.clone, names):
        rows = (data or b"").decode(errors="replace").split("\n")
        counted[name] = Counter(row.rstrip("\r") for row in rows)
    kept = []
    for (oid, path), rows in candidates.items():
        now = counted[f"{oid}:{path}"]
        before = [counted[f"{parent}:{found[oid].moved.get(path, path)}"] for parent in found[oid].parents]
        for number, text, key in rows:
            if now[text] == 1 and not any(old[text] for old in before):
                kept.append((oid, path, number, text, key))
    return kept


def commands(person: Person, found: dict[str, Commit]) -> list[Made]:
    """L1 labels of a person. A printed id that the clone does not have is tried by subject and author, once."""
    by_subject: dict[tuple[str, str], list[Commit]] = defaultdict(list)
    prefixes: dict[str, list[Commit]] = defaultdict(list)
    for commit in found.values():
        by_subject[commit.subject.strip(), commit.email].append(commit)
        prefixes[commit.oid[:7]].append(commit)
    made: dict[tuple[str, TurnKey], Made] = {}
    for number, talk in enumerate(person.talks):
        for shell in talk.shells:
            if shell.turn < 0 or not COMMITS.search(shell.command):
                continue
            for sha, subject in printed(shell):
                key = TurnKey(number, shell.turn)
                exact = [c for c in prefixes.get(sha[:7], []) if c.oid.startswith(sha) and same(c.subject, subject)]
                near = [c for email in person.emails for c in by_subject.get((subject.strip(), email), [])]
                near = [c for c in near if abs(c.authored - shell.time) < 3600] if len(near) > 1 else near
                if len(exact) == 1:
                    made[exact[0].oid, key] = Made(exact[0].oid, key, True)
                elif not exact and len(near) == 1 and subject:
                    made.setdefault((near[0].oid, key), Made(near[0].oid, key, False))
    return list(made.values())


def printed(shell: Shell) -> list[tuple[str, str]]:
    return PRINTED.findall(shell.output) + [(sha, "") for sha in shell.commits]


def same(whole: str, shown: str) -> bool:
    """Whether a printed subject is the commit's; output may have been cut or redacted."""
    return not shown or whole.strip() == shown.strip() or whole.startswith(shown[:20]) or "REDACTED" in shown


def talk_ids(talk: Talk) -> set[str]:
    return {talk.id, *talk.aliases}
