"""The command line that both benches share: which corpus, which person, how to lay it out, where results go."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.commits import Commit, commits
from corpus.judge import Judge
from corpus.labels import Index, index, label
from corpus.live import Live
from corpus.rebuild import Corpus, Person, load, write_home
from corpus.story import Story


@dataclass
class Case:
    """One person of one corpus, laid out and labelled."""

    corpus: Corpus
    person: Person
    judge: Judge
    story: Story


def arguments(about: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("repo", nargs="?", type=Path, help="git directory of the corpus (default: $GITSTORY_CORPUS)")
    parser.add_argument("--person", default="all", help="e-mail of one person (default: all)")
    parser.add_argument("--as-recorded", action="store_true", help="leave recorded directories as they are")
    parser.add_argument(
        "--all-branches", action="store_true", help="clone every branch and pull request, not only main"
    )
    parser.add_argument("--work", type=Path, help="where clone and homes go (default: a temporary directory)")
    parser.add_argument("--out", type=Path, help="directory for the confusion lists")
    parser.add_argument("--entire", action="store_true", help="one `backfill --from entire` for all, no stores")
    parser.add_argument("--live", action="store_true", help="make the commits anew through the hooks, no backfill")
    parser.add_argument("--limit", type=int, default=150, help="with --live: at most so many commits, the latest")
    parser.add_argument("--labels-only", action="store_true", help="print label counts, run nothing")
    parser.add_argument("--samples", type=int, default=0, help="print so many random certain lines, to check by hand")
    return parser


def prepare(options: argparse.Namespace) -> Iterator[Case]:
    repo = options.repo or os.environ.get("GITSTORY_CORPUS")
    if not repo:
        raise SystemExit("name a corpus: bench/linking REPO, or set GITSTORY_CORPUS")
    mirror = Path(repo).resolve()
    work = options.work or Path(tempfile.mkdtemp(prefix="gitstory-bench-"))
    corpus = load(mirror, work.resolve(), options.all_branches)
    found = commits(corpus.clone, ("--all",) if options.all_branches else ("HEAD",))
    print(
        f"# {corpus.name}: {len(found)} commits, {len(corpus.people)} persons, left out: {corpus.skipped or 'nothing'}"
    )
    indexes = {person.email: index(person) for person in corpus.people}
    for person in corpus.people:
        if options.person in ("all", person.email):
            yield case(corpus, person, found, indexes, options)


def case(
    corpus: Corpus, person: Person, found: dict[str, Commit], indexes: dict[str, Index], options: argparse.Namespace
) -> Case:
    others = [other for email, other in indexes.items() if email != person.email]
    own = indexes[person.email]
    labels = label(corpus, person, found, others, own)
    judge = Judge(corpus.clone, person, own, labels, found)
    home = corpus.folder / f"home-{person.slug}"
    write_home(person, corpus.clone, home, options.as_recorded)
    return Case(corpus, person, judge, Story(corpus.clone, home, person))


def stories(case: Case, options: argparse.Namespace) -> list[dict[str, Any]]:
    """What gitstory recorded: by one backfill, or commit by commit. Labels of commits not replayed are dropped."""
    if options.entire:
        done = case.story.replay(case.corpus.mirror)
        print(f"backfill --from entire: {done.seconds:.1f} s, {done.peak_mb:.0f} MB" if done else "the same run")
        return case.story.log()
    if not options.live:
        done = case.story.backfill()
        print(f"backfill: {done.seconds:.1f} s, {done.peak_mb:.0f} MB")
        return case.story.log()
    live = Live(case.corpus.clone, case.person, case.judge.found)
    recorded = live.replay(options.limit)
    labels, replayed = case.judge.labels, set(live.named.values())
    labels.lines = [row for row in labels.lines if row[0] in replayed]
    labels.made = [made for made in labels.made if made.commit in replayed]
    labels.shared = {pair for pair in labels.shared if pair[0] in replayed}
    same = sum(made == name for made, name in live.named.items())
    print(f"live: {len(replayed)} commits made anew, {same} with their original id")
    return recorded


def describe(case: Case) -> str:
    labels, found, talks = case.judge.labels, case.judge.found, case.person.talks
    hard = sum(talks[key.talk].turns[key.turn].hard for *_, key in labels.lines)
    agents = ", ".join(f"{sum(t.agent == a for t in talks)} {a}" for a in sorted({t.agent for t in talks}))
    return (
        f"## {case.person.email}: conversations {agents}; "
        f"own commits {sum(c.email in case.person.emails for c in found.values())}; "
        f"certain commands {sum(m.sure for m in labels.made)} (+{sum(not m.sure for m in labels.made)} by subject); "
        f"certain lines {len(labels.lines)} ({hard} with a certain turn) "
        f"in {len({row[0] for row in labels.lines})} commits, {len(case.judge.certain_lines)} pairs"
    )


def main(
    about: str,
    run: Callable[[Case, argparse.Namespace], object],
    finish: Callable[[list[object], argparse.Namespace], None],
) -> None:
    options = arguments(about).parse_args()
    results = []
    for one in prepare(options):
        print(describe(one))
        if options.samples:
            samples(one, options.samples)
        if not options.labels_only and one.judge.person.talks:
            results.append(run(one, options))
    if results:
        finish(results, options)


def samples(case: Case, count: int) -> None:
    import random

    drawn = random.Random(7).sample(case.judge.labels.lines, min(count, len(case.judge.labels.lines)))
    for oid, path, number, text, key in drawn:
        talk = case.person.talks[key.talk]
        prompt = " ".join(talk.turns[key.turn].prompt.split())[:90]
        print(f"   {oid[:10]} {case.judge.found[oid].subject[:50]!r} {path}:{number} {text.strip()[:70]!r}")
        print(f"        {talk.agent} {talk.id} turn {key.turn + 1}: {prompt!r}")
