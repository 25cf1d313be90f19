"""The page of a file: its lines in runs, each under the turn or the person that wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup, escape

from gitstory.git.blame import BlamedCommit
from gitstory.git.commit_details import path_text
from gitstory.git.log import text_of
from gitstory.queries.blame import BlameView
from gitstory.queries.file_page import LINK, SUBMODULE, FilePage, FolderPage, LineRun, runs
from gitstory.render.page.frame import Frame, framed, framed_pieces, head_of
from gitstory.render.page.links import WORK_TREE, Links
from gitstory.render.page.syntax_highlighting import highlighted_lines
from gitstory.render.page.turn_legend import Owners, age_class
from gitstory.text.console import neutralise_line
from gitstory.text.wording import ago, count, shorten

LONGEST_LINE = 5_000
"""Characters of a line that are shown."""
_TAB = 4
"""Columns of a tab: lines have little room between their headings and their reasons."""
MOST_ENTRIES = 1_500
"""Entries of a folder that are shown."""


def file_page(page: FilePage, frame: Frame, rev_name: str | None) -> str:
    """`rev_name` is the revision as it was asked for (a branch, say), for links; None is the work tree."""
    return "".join(file_pieces(page, frame, rev_name))


def file_pieces(page: FilePage, frame: Frame, rev_name: str | None) -> Iterator[str]:
    """The page of a file bit by bit; it begins with `file_head`."""
    path = neutralise_line(page.path)
    shared = _about(page.path, frame, rev_name, page.rev)
    if page.view is None:
        words = "This file is binary; its lines are not shown." if page.binary else "This file is empty."
        return framed_pieces(frame, "file.html", path, tab="", runs=None, facts=words, **shared)
    owners = Owners(frame.links, page.view.conversations)
    html = _runs(page.view, owners, frame.links)
    attributed = sum(owner is not None for owner in page.view.owners)
    facts = f"{count(len(page.view.owners), 'line')}, {attributed:,} attributed"
    return framed_pieces(frame, "file.html", path, tab="", runs=html, facts=facts, **shared)


def file_head(path: str, frame: Frame) -> str:
    """What the page of a file begins with, whatever its lines are."""
    return head_of(frame, neutralise_line(path), tab="")


def _about(path: str, frame: Frame, rev_name: str | None, rev: str | None) -> dict[str, Any]:
    links = frame.links
    name = rev_name or WORK_TREE
    return {
        "crumbs": list(_crumbs(path, links, rev_name)),
        "rev": neutralise_line(rev_name) if rev_name else "work tree",
        "rev_link": links.commit(rev) if rev else "",
        "history": links.page("commits", path=path) if links.live else "",
        "why": links.page(f"why/{_tail(links, path, name)}") if links.live else "",
        "json": links.page(f"file.json/{_tail(links, path, name)}") if links.live else "",
        "now": links.file(path) if rev_name and links.live else "",
    }


def _tail(links: Links, path: str, rev: str) -> str:
    """`<rev>/<path>`, as addresses have it."""
    return links.file(path, rev).split("/file/", 1)[-1]


def _crumbs(path: str, links: Links, rev: str | None) -> Iterator[tuple[str, str]]:
    """(name, address) of each folder above, then of the file itself (without an address)."""
    parts = path.split("/") if path else []
    for at, part in enumerate(parts, 1):
        yield neutralise_line(part), links.file("/".join(parts[:at]), rev) if at < len(parts) else ""


def _runs(view: BlameView, owners: Owners, links: Links) -> Iterator[Markup]:
    texts = [neutralise_line(_text(line.text)) for line in view.blame.lines]
    path = path_text(view.blame.lines[0].path) if view.blame.lines else ""
    code = highlighted_lines(texts, path)
    for run in runs(view):
        yield _run(view, run, owners, links, code)


def _text(data: bytes) -> str:
    text = text_of(data).removesuffix("\r").expandtabs(_TAB)
    return text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}… [{len(text) - LONGEST_LINE:,} more]"


def _run(view: BlameView, run: LineRun, owners: Owners, links: Links, code: list[Markup]) -> Markup:
    commit = view.blame.commits[run.commit]
    age = "now" if commit.uncommitted else ago(commit.time)
    shade = "y0" if commit.uncommitted else age_class(commit.time)
    if run.owner is not None:
        owner = owners.of(run.owner, view.turn_of(run.start))
        head = _head(owner.link, owner.label, f"{owner.agent} {owner.name}", age, commit, links)
        opening = Markup('<div class="run {} {}" data-o="{}">').format(owner.classes, shade, owner.number)
    else:
        words = "not committed yet" if commit.uncommitted else neutralise_line(commit.summary)
        head = _head("", words, neutralise_line(commit.author), age, commit, links)
        opening = Markup('<div class="run u {}">').format(shade)
    rows = "".join(
        f'<div class="l" id="L{at + 1}"><a class="n" href="#L{at + 1}">{at + 1}</a><code>{code[at]}</code></div>'
        for at in range(run.start, run.end)
    )
    return Markup(f'{opening}{head}<div class="ls">{rows}</div></div>\n')


def _head(link: str, label: str, who: str, age: str, commit: BlamedCommit, links: Links) -> str:
    short = shorten(label, 110)
    title = Markup('<a class="w" href="{}">{}</a>').format(link, short) if link else escape(short)
    where = links.commit(commit.oid) if not commit.uncommitted else ""
    name = Markup('<a href="{}">{}</a>').format(where, commit.oid[:8]) if where else escape("")
    return (
        f'<div class="h"><div class="h1"><span class="w">{title}</span><span class="age">{escape(age)}</span></div>'
        f'<div class="h2">{escape(who)} <span class="id">{name}</span></div></div>'
    )


def folder_page(page: FolderPage, frame: Frame, rev_name: str | None, recent: list[dict[str, Any]] | None) -> str:
    """The entries of a folder; `recent` are the latest commits with conversations, None for another than the top."""
    rows = [
        {
            "name": neutralise_line(path_text(entry.name)) + ("/" if entry.is_folder else ""),
            "link": ""
            if entry.mode == SUBMODULE
            else frame.links.file(f"{page.path}/{path_text(entry.name)}".lstrip("/"), rev_name),
            "note": {LINK: "link", SUBMODULE: "submodule"}.get(entry.mode, ""),
            "folder": entry.is_folder,
        }
        for entry in page.entries[:MOST_ENTRIES]
    ]
    more = len(page.entries) - len(rows)
    title = neutralise_line(page.path) or frame.repository
    shared = _about(page.path, frame, rev_name, page.rev)
    return framed(
        frame,
        "folder.html",
        title,
        tab="",
        rows=rows,
        more=count(more, "more entry", "more entries") if more > 0 else "",
        recent=recent,
        **shared,
    )
