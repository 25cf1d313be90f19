"""Which pull request or merge brought each commit of a range. Pure: commits and their messages decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gitstory.git.commit_details import CommitInfo
from gitstory.model import Story
from gitstory.sources.story_source import TurnRef

_PULL = re.compile(
    r"(?:Merge pull request #|Merged PR |Merged in [^\n]{1,200}\(pull request #|Merge !)(\d{1,9})\b\)?[:\s]*"
)
_REQUEST = re.compile(r"^See merge request [^\s!]{0,200}!(\d{1,9})\s*$", re.MULTILINE)
_SQUASHED = re.compile(r"(?<!\s)\s*+\((?:(?:#|GH-|PR #?)(\d{1,9})|!(\d{1,9}))\)\s*$")
_BRANCH = re.compile(r"Merge (?:remote-tracking )?branch(?:es)? '([^'\n]{1,200})'")
_FROM = re.compile(r"from [^\s/]{1,100}/(\S{1,200})\s*$")
_TITLE_WORDS = 12


class CommitGroup(Struct, frozen=True):
    """The commits that one pull request or merge brought, the oldest first.

    `number` is `#12` or `!12`, "" for a merge without one and for `direct` commits, which no merge brought. `turns`
    are those that the stories of these commits name.
    """

    number: str
    title: str
    commits: tuple[str, ...]
    direct: bool = False
    turns: frozenset[TurnRef] = frozenset()

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.number, self.title)))


def commit_groups(
    tip: str, commits: Sequence[CommitInfo], stories: Mapping[str, Story] | None = None
) -> tuple[CommitGroup, ...]:
    """The groups of `commits`, the oldest first, those that no merge brought last; () where there is nothing to group.

    `tip` is the newest of them: the chain of its first parents is what the others were merged into. A turn is of the
    first group whose stories name it.
    """
    by_oid = {commit.oid: commit for commit in commits}
    chain = list(_chain(tip, by_oid))
    taken = set(chain)
    groups: dict[str, CommitGroup] = {}
    direct: list[str] = []
    for oid in reversed(chain):
        brought = _brought(by_oid[oid], by_oid, taken)
        taken |= brought
        number, title = _named(by_oid[oid])
        if not brought and not number:
            direct.append(oid)
            continue
        key = number or oid
        inside = (*(each.oid for each in commits if each.oid in brought), oid)
        group = groups.get(key, CommitGroup(number, title, ()))
        groups[key] = replace(group, commits=(*group.commits, *inside))
    direct += [commit.oid for commit in commits if commit.oid not in taken]
    if direct and groups:
        groups[""] = CommitGroup("", "Commits that no pull request or merge brought", tuple(direct), direct=True)
    return tuple(_with_turns(groups.values(), stories or {})) if len(groups) > 1 else ()


def _chain(tip: str, by_oid: Mapping[str, CommitInfo]) -> Iterator[str]:
    while (commit := by_oid.get(tip)) is not None:
        yield tip
        tip = commit.parents[0] if commit.parents else ""


def _brought(merge: CommitInfo, by_oid: Mapping[str, CommitInfo], taken: set[str]) -> set[str]:
    """What `merge` brought: all behind its further parents that is in the range and was not there before."""
    brought: set[str] = set()
    waiting = list(merge.parents[1:])
    while waiting:
        oid = waiting.pop()
        if oid in by_oid and oid not in taken and oid not in brought:
            brought.add(oid)
            waiting += by_oid[oid].parents
    return brought


def _named(commit: CommitInfo) -> tuple[str, str]:
    """(number, title) of the pull request or merge that a commit's message names; ("", its subject) otherwise."""
    subject, body = commit.subject, commit.body
    first = next((line.strip() for line in body.splitlines() if line.strip()), "")
    pull = _PULL.match(subject)
    if pull is not None:
        rest, branch = subject[pull.end() :], _FROM.search(subject)
        sign = "!" if subject.startswith("Merge !") else "#"
        return f"{sign}{pull[1]}", _short(first if branch is not None and first else branch[1] if branch else rest)
    request, branch = _REQUEST.search(body), _BRANCH.match(subject)
    title = first if request is not None and first and not _REQUEST.match(first) else branch[1] if branch else subject
    if request is not None:
        return f"!{request[1]}", _short(title)
    squashed = _SQUASHED.search(subject)
    if squashed is not None:
        return f"#{squashed[1]}" if squashed[1] else f"!{squashed[2]}", _short(subject[: squashed.start()])
    return "", _short(title)


def _short(title: str) -> str:
    words = title.split()
    return " ".join(words[:_TITLE_WORDS]) + ("…" if len(words) > _TITLE_WORDS else "")


def _with_turns(groups: Iterable[CommitGroup], stories: Mapping[str, Story]) -> Iterator[CommitGroup]:
    taken: set[TurnRef] = set()
    for group in groups:
        named = {
            TurnRef(link.agent, link.conversation, turn.id)
            for oid in group.commits
            if oid in stories
            for link in stories[oid].links
            if link.evidence != "time"
            for turn in link.turns
        }
        yield replace(group, turns=frozenset(named - taken))
        taken |= named
