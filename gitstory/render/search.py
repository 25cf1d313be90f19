"""What a search found, for a terminal and for scripts."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from gitstory.git.repo import Repo
from gitstory.search.query import Hit, Landing
from gitstory.summary.short_ids import short_id
from gitstory.text.console import Console, neutralise_line
from gitstory.text.wording import agent_label, count, day, one_line, recorder_label, rfc3339, shorten, width_of

_MOST_COMMITS = 3
_WORD = re.compile(r"\S+")


def subjects(repo: Repo, commits: Collection[str]) -> dict[str, str]:
    """Full commit id -> subject, of those that are still here."""
    if not commits:
        return {}
    stdin = "".join(f"{commit}\n" for commit in sorted(commits)).encode()
    process = repo.run(
        "log", "--no-walk=unsorted", "--ignore-missing", "--stdin", "-z", "--format=%H %s", input=stdin, check=False
    )
    rows = process.stdout.decode("utf-8", "replace").split("\0")
    return {oid: subject for oid, _, subject in (row.partition(" ") for row in rows) if oid}


def hit_object(hit: Hit, subjects_: Mapping[str, str]) -> dict[str, Any]:
    """One hit as `--json` prints it."""
    return {
        "schema": "gitstory.search/1",
        "agent": hit.agent,
        "conversation": hit.conversation,
        "title": hit.title,
        "repository": hit.repo,
        "turn": {
            "id": hit.turn,
            "index": hit.number,
            "time": rfc3339(hit.time),
            "prompt": hit.prompt,
            "kind": hit.kind or None,
        },
        "branch": hit.branch,
        "role": hit.role,
        "snippet": hit.snippet,
        "marks": [list(one) for one in hit.marks],
        "score": hit.score,
        "words": hit.words,
        **({"label": hit.label} if hit.label else {}),
        **({"recorded_by": hit.recorded_by} if hit.recorded_by else {}),
        "commits": [
            {
                "commit": landing.commit,
                "subject": subjects_.get(landing.commit),
                "evidence": landing.evidence,
                "lines": landing.lines,
                "files": [
                    {"path": path, "ranges": [{"start": start, "end": end} for start, end in ranges]}
                    for path, ranges in sorted(landing.files.items())
                ],
                **({"recorded_by": landing.recorded_by} if landing.recorded_by else {}),
            }
            for landing in hit.landings
        ],
    }


def repository_names(repos: Collection[str]) -> dict[str, str]:
    """git's common directory -> what people call the repository; {} where there is only one to speak of.

    Its folder's name, with as much of the path before it as distinguishes it from others of that name.
    """
    if len(repos) < 2:
        return {}
    parts = {repo: _called(repo) for repo in repos}
    names = {repo: "/".join(said[-1:]) for repo, said in parts.items()}
    for width in range(2, max(map(len, parts.values()), default=0) + 1):
        often = Counter(names.values())
        names = {repo: name if often[name] == 1 else "/".join(parts[repo][-width:]) for repo, name in names.items()}
    return names


def _called(common_dir: str) -> list[str]:
    parts = list(PurePath(common_dir).parts)
    if len(parts) > 1 and parts[-1] == ".git":
        return parts[:-1]
    return [*parts[:-1], parts[-1].removesuffix(".git")]


def write_hits(
    hits: Collection[Hit], subjects_: Mapping[str, str], out: Console, names: Mapping[str, str] | None = None
) -> None:
    zone = time.localtime().tm_gmtoff // 60
    if not hits:
        out.line("nothing found")
    elif all(hit.words == "some" for hit in hits):
        out.line(out.paint("no turn has all of these words; these have some of them:", "dim"))
        out.line()
    for number, hit in enumerate(hits):
        if number:
            out.line()
        prompt = shorten(neutralise_line(hit.line), max(20, out.width - 24))
        out.line(f"{out.paint(hit_name(hit), 'yellow')}  {out.paint(prompt, 'bold')}")
        about = [(names or {}).get(hit.repo, ""), agent_label(hit.agent), day(hit.time, zone), hit.role, teller(hit)]
        out.line(f"    {out.paint(', '.join(neutralise_line(one) for one in about if one), 'dim')}")
        if hit.role != "prompt" or one_line(hit.snippet) != one_line(hit.prompt) or hit.marks:
            for line in marked_lines(hit, out):
                out.line(f"    {line}")
        for landing in hit.landings[:_MOST_COMMITS]:
            text = neutralise_line(landing_text(landing, subjects_))
            out.line(f"    -> {out.paint(landing.commit[:10], 'yellow')} {text}")
        if len(hit.landings) > _MOST_COMMITS:
            out.line(f"    -> and {count(len(hit.landings) - _MOST_COMMITS, 'more commit')}")


def hit_name(hit: Hit) -> str:
    """As `git story show` takes it. Checkpoints of one conversation may each count from 1: only the id tells then."""
    return (
        f"{neutralise_line(short_id(hit.conversation))}#{neutralise_line(hit.turn) if hit.recorded_by else hit.number}"
    )


def marked_lines(hit: Hit, out: Console) -> Iterator[str]:
    """The snippet, its marks painted; on a screen in lines that fit between words, elsewhere on one line."""
    room = max(out.width - 4, 20) if out.screen else None
    line, used = "", 0
    for word, painted in _words(hit, out):
        width = width_of(word)
        if used and room is not None and used + 1 + width > room:
            yield line
            line, used = "", 0
        line = f"{line} {painted}" if used else painted
        used += width + (1 if used else 0)
    if line:
        yield line


def _words(hit: Hit, out: Console) -> Iterator[tuple[str, str]]:
    """Each word of the snippet as it is and as it is painted; a mark may cover a part of a word."""
    snippet = hit.snippet
    for word in _WORD.finditer(snippet):
        parts, at = [], word.start()
        for start, end in hit.marks:
            first, last = max(start, at), min(end, word.end())
            if first < last:
                parts += [
                    neutralise_line(snippet[at:first]),
                    out.paint(neutralise_line(snippet[first:last]), "bold", "red"),
                ]
                at = last
        parts.append(neutralise_line(snippet[at : word.end()]))
        yield neutralise_line(word[0]), "".join(parts)


def teller(hit: Hit) -> str:
    """Whose word it is that a turn was so at all; "" for what gitstory found itself."""
    return f"as {recorder_label(hit.recorded_by)} recorded it" if hit.recorded_by else ""


def landing_text(landing: Landing, subjects_: Mapping[str, str]) -> str:
    """The commit's subject and the lines a turn led to in it."""
    places = [
        f"{path}:{','.join(f'{a}-{b}' if a != b else str(a) for a, b in ranges[:3])}{',...' if ranges[3:] else ''}"
        for path, ranges in sorted(landing.files.items())[:2]
    ]
    more = f" and {count(len(landing.files) - 2, 'more file')}" if len(landing.files) > 2 else ""
    subject = subjects_.get(landing.commit, "a commit that is gone")
    how = [f"{', '.join(places)}{more}"] if places else [landing.evidence] if landing.evidence != "context" else []
    if landing.recorded_by:
        tool = recorder_label(landing.recorded_by)
        how.append(f"{tool} says so" if how else f"{tool} names the conversation")
    where = f" ({'; '.join(how)})"
    return f"{shorten(one_line(subject), 60)}{where}"
