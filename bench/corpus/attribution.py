"""Scores the line -> turn ranges of one backfill, and of `git story blame` on a sample of files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from corpus.judge import Judge
from corpus.labels import TurnKey, telling
from corpus.landed import loose
from corpus.report import ratio
from corpus.unite import moment


@dataclass
class LineScore:
    """`labelled`: certain lines by (agent, hard, outcome); `rest`: attributed telling lines that have no label."""

    labelled: Counter[tuple[str, bool, str]] = field(default_factory=Counter)
    rest: Counter[str] = field(default_factory=Counter)
    attributed: int = 0
    foreign: int = 0
    rows: list[tuple[object, ...]] = field(default_factory=list)

    def add(self, other: LineScore) -> None:
        self.labelled.update(other.labelled)
        self.rest.update(other.rest)
        self.attributed += other.attributed
        self.foreign += other.foreign
        self.rows += other.rows

    def lines(self) -> list[str]:
        text = [f"lines attributed {self.attributed}, of them in commits of other authors {self.foreign}"]
        for agent in sorted({agent for agent, _, _ in self.labelled}):
            for hard in (True, False):
                got = {o: self.labelled[agent, hard, o] for o in ("right", "turn", "conversation", "none")}
                told = got["right"] + got["turn"] + got["conversation"]
                if told + got["none"]:
                    name = "certain" if hard else "certain, turn of two readings"
                    text.append(
                        f"{agent}, {name} lines {told + got['none']}: precision {ratio(got['right'], told)}, "
                        f"recall {ratio(got['right'], told + got['none'])}, abstained {got['none']}, "
                        f"wrong turn {got['turn']}, wrong conversation {got['conversation']}"
                    )
        backed = self.rest["same turn"]
        text.append(
            f"attributed lines without a label: {dict(self.rest)}; the named turn's tools hold the text: "
            f"{ratio(backed, sum(self.rest.values()))}"
        )
        return text


class Attribution:
    """Compares claims with labels. A claim is (conversation id, turn id) for one line of one commit."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.wanted = {
            (oid, path, number): (text, key)
            for oid, path, number, text, key in judge.labels.lines
            if judge.found[oid].email in judge.person.emails
        }
        self.by_text = {(oid, text): key for (oid, _, _), (text, key) in self.wanted.items()}
        self.known: dict[tuple[str, str], TurnKey | None] = {}
        self.line_sets: dict[TurnKey, set[str]] = {}

    def score(self, stories: Iterable[dict[str, Any]]) -> LineScore:
        result = LineScore()
        claims: dict[tuple[str, str, int], tuple[str, str]] = {}
        for story in stories:
            commit = self.judge.found.get(story["commit"])
            if commit is None:
                continue
            turns = self.turns_of(story)
            self.known.update(turns)
            for entry in story["files"]:
                rows = dict(commit.added.get(entry["path"], ()))
                for span in entry["ranges"]:
                    key = turns.get((span["conversation"], span["turn"]))
                    for number in range(span["start"], span["end"] + 1):
                        at = (commit.oid, entry["path"], number)
                        claims[at] = (span["conversation"], span["turn"])
                        result.attributed += 1
                        result.foreign += commit.email not in self.judge.person.emails
                        if at in self.wanted:
                            self.labelled(result, at, span, key)
                        elif number not in rows:
                            result.rest["not an added line"] += 1
                            result.rows.append(("not added", *at, span["conversation"], span["turn"], ""))
                        elif telling(rows[number]):
                            self.unlabelled(result, at, rows[number], span, key)
        for at, (text, key) in self.wanted.items():
            if at not in claims:
                talk = self.judge.person.talks[key.talk]
                result.labelled[talk.agent, talk.turns[key.turn].hard, "none"] += 1
                result.rows.append(("abstained", *at, talk.id, key.turn + 1, text))
        return result

    def turns_of(self, story: dict[str, Any]) -> dict[tuple[str, str], TurnKey | None]:
        """Each turn a story names, as the judge knows it: by native id, else by time, else by prompt."""
        named: dict[tuple[str, str], TurnKey | None] = {}
        for link in story["conversations"]:
            for turn in link["turns"]:
                named[link["id"], turn["id"]] = self.find(link["id"], turn)
        return named

    def find(self, conversation: str, turn: dict[str, Any]) -> TurnKey | None:
        if turn["id"] in self.judge.turn_of:
            return self.judge.turn_of[turn["id"]]
        talk = self.judge.talk_of.get(conversation)
        if talk is None:
            return None
        time = moment(turn.get("time"))
        prompt = loose(turn.get("prompt") or "")[:40]
        order = [n for n, t in enumerate(self.judge.person.talks[talk].turns) if time and abs(t.time - time) < 2]
        if not order and prompt:
            order = [n for n, t in enumerate(self.judge.person.talks[talk].turns) if loose(t.prompt).startswith(prompt)]
        return TurnKey(talk, order[0]) if order else None

    def outcome(self, wanted: TurnKey, conversation: str, claimed: TurnKey | None) -> str:
        talk = self.judge.person.talks[wanted.talk]
        if claimed == wanted:
            return "right"
        told = claimed.talk if claimed else self.judge.talk_of.get(conversation)
        if told != wanted.talk:
            return "conversation"
        if not talk.turns[wanted.turn].hard:
            last = max((n for n in range(wanted.turn) if talk.turns[n].hard), default=0)
            if claimed is None or last <= claimed.turn <= wanted.turn:
                return "right"
        return "turn"

    def labelled(self, result: LineScore, at: tuple[str, str, int], span: dict[str, Any], key: TurnKey | None) -> None:
        text, wanted = self.wanted[at]
        talk = self.judge.person.talks[wanted.talk]
        outcome = self.outcome(wanted, span["conversation"], key)
        result.labelled[talk.agent, talk.turns[wanted.turn].hard, outcome] += 1
        if outcome != "right":
            said = f"{span['conversation']}#{span['turn']} (turn {key.turn + 1 if key else '?'})"
            result.rows.append((f"wrong {outcome}", *at, f"{talk.id} turn {wanted.turn + 1}", said, text))

    def unlabelled(
        self, result: LineScore, at: tuple[str, str, int], text: str, span: dict[str, Any], key: TurnKey | None
    ) -> None:
        talk = self.judge.talk_of.get(span["conversation"])
        kind = self.support(text, key, talk)
        commit = self.judge.found[at[0]]
        if talk is not None and self.judge.landed.left(commit, at[1], text, talk) == 0:
            kind = "landed before"
        result.rest[kind] += 1
        if kind != "same turn":
            result.rows.append((kind, *at, span["conversation"], span["turn"], text))

    def support(self, text: str, key: TurnKey | None, talk: int | None) -> str:
        """Where the loosened text stands: in the tools of the named turn, of another turn, in a file or output the
        conversation was shown (a subagent may have written it), or nowhere."""
        packed = loose(text)
        if key is not None:
            if key not in self.line_sets:
                said = self.judge.person.talks[key.talk]
                self.line_sets[key] = {loose(x) for w in said.writes if w.turn == key.turn for x in w.added}
            if packed in self.line_sets[key] or packed in self.judge.turn_text(key):
                return "same turn"
        if talk is None:
            return "unknown conversation"
        if packed in self.judge.squeezed(talk):
            return "other turn"
        said = json.dumps(text.strip(), ensure_ascii=False)[1:-1].encode()
        return "shown to it" if said in self.judge.person.files[self.judge.person.talks[talk].id][1] else "nowhere"

    def sample(self, count: int) -> list[str]:
        """Paths with the most certain lines, for `git story blame`."""
        counted = Counter(path for _, path, _ in self.wanted)
        return [path for path, _ in sorted(counted.items(), key=lambda kv: (-kv[1], kv[0]))[:count]]

    def blame(self, path: str, rows: Iterable[dict[str, Any]], result: LineScore) -> None:
        """Counts a file's blame rows against the labels of the commits they name."""
        for row in rows:
            wanted = self.by_text.get((row["commit"], row["text"].rstrip("\r\n")))
            if wanted is None:
                continue
            talk = self.judge.person.talks[wanted.talk]
            hard = talk.turns[wanted.turn].hard
            if row["conversation"] is None:
                result.labelled[talk.agent, hard, "none"] += 1
                continue
            result.attributed += 1
            key = self.known.get((row["conversation"], row["turn"]))
            outcome = self.outcome(wanted, row["conversation"], key)
            result.labelled[talk.agent, hard, outcome] += 1
            if outcome != "right":
                at = (row["commit"], path, row["line"])
                said = f"{row['conversation']}#{row['turn']}"
                result.rows.append((f"blame {outcome}", *at, f"{talk.id} turn {wanted.turn + 1}", said, row["text"]))


HEADS = ("verdict", "commit", "path", "line", "expected or conversation", "claimed or turn", "text")
