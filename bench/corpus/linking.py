"""Scores the links of commits to conversations that one backfill made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from corpus.commits import Commit
from corpus.judge import Judge
from corpus.people import NOBODY
from corpus.report import ratio

REASONS = ("lines", "command", "files", "manual")


@dataclass
class LinkScore:
    """Counts over one person's own commits; `rows` is the confusion list, to be read by hand."""

    commits: int = 0
    linked: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    by_evidence: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_agent: Counter[tuple[str, str]] = field(default_factory=Counter)
    recall: Counter[tuple[str, bool]] = field(default_factory=Counter)
    foreign: int = 0
    excused: int = 0
    bots: int = 0
    context: int = 0
    unknown: int = 0
    rows: list[tuple[object, ...]] = field(default_factory=list)

    def add(self, other: LinkScore) -> None:
        for name in ("commits", "linked", "foreign", "excused", "bots", "context", "unknown"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("verdicts", "by_evidence", "by_agent", "recall"):
            getattr(self, name).update(getattr(other, name))
        self.rows += other.rows

    def lines(self) -> list[str]:
        v = self.verdicts
        backed = v["right"] + v["likely"]
        text = [
            f"own commits {self.commits}, with a link {self.linked}; links {sum(v.values())}: {dict(v)}",
            f"precision: {ratio(backed, backed + v['wrong'])} without weak and open ones",
            f"precision, weak and open ones held wrong: {ratio(backed, sum(v.values()))}",
            f"links that are certain: {ratio(v['right'], sum(v.values()))}",
        ]
        for kind in KINDS:
            hit, miss = self.recall[kind, True], self.recall[kind, False]
            if hit + miss:
                text.append(f"recall {kind}: {ratio(hit, hit + miss)}")
        text += [
            f"by evidence: {spread(self.by_evidence)}",
            f"by agent: {spread(self.by_agent)}",
            f"links to bots {self.bots}, to foreign authors {self.foreign} (+{self.excused} that certain labels back)",
            f"context or time only {self.context}; links to conversations the stores do not have {self.unknown}",
        ]
        return text


KINDS = (
    "all certain (id printed, or a line only it wrote)",
    "under another e-mail of the person",
    "command: id printed",
    "command: subject only",
    "lines: several turns of it",
    "lines: >=1 certain",
    "lines: >=3 certain",
    "lines: >=10 certain",
)


def spread(counts: Counter[tuple[str, str]]) -> str:
    return ", ".join(f"{first}/{second} {n}" for (first, second), n in sorted(counts.items()))


def score(judge: Judge, stories: Iterable[dict[str, Any]]) -> LinkScore:
    result = LinkScore()
    emails = judge.person.emails
    result.commits = sum(c.email in emails for c in judge.found.values())
    claimed: dict[tuple[str, int], str] = {}
    for story in stories:
        commit = judge.found.get(story["commit"])
        if commit is None:
            continue
        result.linked += any(link["evidence"] in REASONS for link in story["conversations"])
        for link in story["conversations"]:
            _one(judge, commit, link, result, claimed)
    _recall(judge, claimed, result)
    return result


def _one(
    judge: Judge, commit: Commit, link: dict[str, Any], result: LinkScore, claimed: dict[tuple[str, int], str]
) -> None:
    evidence = link["evidence"]
    if evidence not in REASONS:
        result.context += 1
        return
    talk = judge.talk_of.get(link["id"])
    if talk is None:
        result.unknown += 1
        result.rows.append(("unknown", commit.oid[:12], link["id"], evidence, link.get("lines"), "", commit.subject))
        return
    claimed[commit.oid, talk] = evidence
    verdict, reason = judge.link(commit, talk)
    if commit.email not in judge.person.emails:
        kind = "bots" if NOBODY.search(commit.email) else "foreign"
        kind = "excused" if verdict == "right" else kind
        setattr(result, kind, getattr(result, kind) + 1)
        result.rows.append((kind, commit.oid[:12], link["id"], evidence, link.get("lines"), reason, commit.subject))
        return
    result.verdicts[verdict] += 1
    result.by_evidence[evidence, verdict] += 1
    result.by_agent[link["agent"], verdict] += 1
    if verdict != "right":
        result.rows.append((verdict, commit.oid[:12], link["id"], evidence, link.get("lines"), reason, commit.subject))


def _recall(judge: Judge, claimed: dict[tuple[str, int], str], result: LinkScore) -> None:
    wanted: dict[tuple[str, int], set[str]] = {}
    for pair, sure in judge.certain_commands.items():
        names = {"command: id printed", KINDS[0]} if sure else {"command: subject only"}
        wanted.setdefault(pair, set()).update(names)
    for pair, count in judge.certain_lines.items():
        names = {f"lines: >={least} certain" for least in (1, 3, 10) if count >= least}
        wanted.setdefault(pair, set()).update(names | {KINDS[0]})
    for pair in judge.labels.shared:
        wanted.setdefault(pair, set()).update({KINDS[0], "lines: several turns of it"})
    for (oid, talk), kinds in sorted(wanted.items()):
        if judge.found[oid].email not in judge.person.emails:
            continue
        if judge.found[oid].email != judge.person.email:
            kinds = {"under another e-mail of the person"}
        hit = (oid, talk) in claimed
        for kind in kinds:
            result.recall[kind, hit] += 1
        if not hit:
            count = judge.certain_lines.get((oid, talk), 0)
            why = f"missed: {count} certain lines; {', '.join(k for k in sorted(kinds) if k.startswith('command'))}"
            row = ("missed", oid[:12], judge.person.talks[talk].id, "", count, why, judge.found[oid].subject)
            result.rows.append(row)


HEADS = ("verdict", "commit", "conversation", "evidence", "lines", "reason", "subject")
