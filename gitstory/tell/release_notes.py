"""What a range brings, by pull request: what it is called, what was asked for, what was done. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from gitstory.git.commit_details import CommitInfo
from gitstory.tell.changelog import line
from gitstory.tell.commit_kinds import ChangelogEntry, entries
from gitstory.tell.quotation_extracts import closing, excerpt, says_enough
from gitstory.tell.quotation_markdown import bullets, document, inline, quoted
from gitstory.tell.values import LoggedTurn, Material
from gitstory.text.escape_markdown import span
from gitstory.text.wording import count, one_line, shorten

_MERGED = re.compile(r"Merge (?:pull request #(\d{1,7}) from \S+|branch '[^']+' into .*|branch '([^']+)')")
_REQUEST = re.compile(r"See merge request \S*!(\d{1,7})")
_MOST_LINES, _MOST_REQUESTS, _WORDS = 8, 60, 240


class PullRequest(Struct, frozen=True):
    """The commits that came by one pull or merge request; `number` "" for those that came by none."""

    number: str
    title: str
    entries: tuple[ChangelogEntry, ...]


def release_notes(material: Material) -> str:
    """One section for each pull request, the newest first, then the commits that belong to none."""
    return document(_sections(material))


def _sections(material: Material) -> Iterator[str]:
    requests = pull_requests(material)
    numbered = [each for each in requests if each.number]
    commits = sum(len(each.entries) for each in requests)
    yield "# Release notes"
    grouped = f", {count(len(numbered), 'pull request')}" if numbered else ""
    yield f"{count(commits, 'commit')}{grouped}."
    turns = {commit: logged for logged in material.turns for commit in logged.commits}
    if alarms := [line(entry) for each in requests for entry in each.entries if entry.breaking]:
        yield f"## Breaking changes\n\n{bullets(alarms)}"
    listed = [each for each in numbered if _prompted(each, turns) is not None or _noticed(each)]
    for each in listed[:_MOST_REQUESTS]:
        yield f"## {inline(each.title)} (#{each.number})"
        yield from _request(each, turns)
    if silent := [each for each in numbered if each not in listed]:
        yield "## Other pull requests"
        yield bullets(f"{inline(each.title)} (#{each.number})" for each in silent[:_MOST_REQUESTS])
    rest = [each for each in requests if not each.number]
    for each in rest:
        yield "## Other changes" if numbered else "## Changes"
        yield from _request(each, turns)


def _request(each: PullRequest, turns: Mapping[str, LoggedTurn]) -> Iterator[str]:
    logged = _prompted(each, turns)
    if each.number and logged is not None:
        prompts = logged.cite(shorten(one_line(excerpt(logged.turn.prompt, 3, 300)), _WORDS), "person")
        done = closing(logged)
        yield bullets(["asked: " + quoted(prompts), *(["done: " + quoted(done)] if done is not None else [])])
    noticed = _noticed(each)
    if each.number and len(each.entries) == 1 and each.entries[0].words.text == each.title:
        yield f"- commit {span(each.entries[0].commit.oid[:10])}"  # the heading is its subject
        return
    rows = [line(entry) for entry in noticed[: _MOST_LINES if each.number else 100]]
    left = len(each.entries) - len(rows)
    if left:
        rows.append(f"{count(left, 'more commit')}")
    yield bullets(rows)


def _prompted(each: PullRequest, turns: Mapping[str, LoggedTurn]) -> LoggedTurn | None:
    """The first turn behind a pull request whose prompt says something; an address alone says nothing."""
    behind = (turns[entry.commit.oid] for entry in each.entries if entry.commit.oid in turns)
    return next((logged for logged in behind if says_enough(logged.turn.prompt)), None)


def _noticed(each: PullRequest) -> list[ChangelogEntry]:
    """The commits of a pull request that users notice."""
    return [entry for entry in each.entries if entry.heading is not None]


def pull_requests(material: Material) -> list[PullRequest]:
    """Commits grouped by the pull request that brought them, the newest first."""
    by_oid = {entry.commit.oid: entry for entry in entries(material)}
    parents = {commit.oid: commit.parents for commit in material.history}
    taken: set[str] = set()
    results: list[PullRequest] = []
    for commit in material.history:
        if len(commit.parents) > 1 and (number := _number(commit)):
            brought = [oid for oid in _brought(commit, parents) if oid in by_oid and oid not in taken]
            taken.update(brought)
            results.append(PullRequest(number, _title(commit), tuple(by_oid[oid] for oid in reversed(brought))))
    for entry in by_oid.values():
        if entry.request and entry.commit.oid not in taken:
            taken.add(entry.commit.oid)
            results.append(PullRequest(entry.request, entry.words.text, (entry,)))
    rest = tuple(entry for oid, entry in by_oid.items() if oid not in taken)
    return [*reversed(results), *([PullRequest("", "", rest)] if rest else [])]


def _number(commit: CommitInfo) -> str:
    merged, request = _MERGED.match(commit.subject), _REQUEST.search(commit.body)
    return (merged[1] if merged is not None and merged[1] else "") or (request[1] if request is not None else "")


def _title(commit: CommitInfo) -> str:
    first = next((text.strip() for text in commit.body.splitlines() if text.strip()), "")
    return shorten(first or commit.subject, 120)


def _brought(merge: CommitInfo, parents: Mapping[str, Sequence[str]]) -> list[str]:
    """The commits of a range that a merge brought in: behind its other parents and not behind its first."""
    before = _behind(merge.parents[:1], parents)
    return [oid for oid in _behind(merge.parents[1:], parents) if oid not in before]


def _behind(starts: Sequence[str], parents: Mapping[str, Sequence[str]]) -> dict[str, None]:
    seen: dict[str, None] = {}
    queue = [oid for oid in starts if oid in parents]
    while queue:
        oid = queue.pop()
        if oid not in seen:
            seen[oid] = None
            queue += [parent for parent in parents[oid] if parent in parents]
    return seen
