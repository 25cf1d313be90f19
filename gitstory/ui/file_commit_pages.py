"""The pages of files, lines, commits and conversations, each also as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gitstory.errors import GitStoryError
from gitstory.git.commit_details import commit_info
from gitstory.git.log_selection import Selection
from gitstory.model import Conversation
from gitstory.queries.commit_page import commit_page
from gitstory.queries.conversation import whole
from gitstory.queries.file_page import FilePage, FolderPage, file_or_folder, what_is_at
from gitstory.queries.line_target import NoTarget, Target
from gitstory.queries.log import log_views
from gitstory.queries.share import shared_conversation
from gitstory.queries.show import story_views
from gitstory.queries.uncommitted_lines import UncommittedSource
from gitstory.queries.why import versions_before, why
from gitstory.render.conversation import transcript_object
from gitstory.render.json import blame_lines, story_object, why_object
from gitstory.render.page.commit_view import commit_html
from gitstory.render.page.control_view import CONVERSATION_BUTTONS
from gitstory.render.page.conversation_changes_view import changes_object, changes_page
from gitstory.render.page.conversation_view import TURNS, conversation_page
from gitstory.render.page.file_view import file_head, file_page, file_pieces, folder_page
from gitstory.render.page.links import ANY_AGENT
from gitstory.render.page.lists_view import commit_row
from gitstory.render.page.why_view import before_part, why_page, why_part
from gitstory.ui.control_page import button_of
from gitstory.ui.request_context import Place, number, rev_and_path, tail, text_of
from gitstory.ui.responses import html, is_part, json_list, json_object, raw_list
from gitstory.ui.streamed_pages import streamed

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gitstory.queries.explain import ExplainView
    from gitstory.ui.workspace import Workspace

_LINES = re.compile(r"(\d{1,8})(?:-(\d{1,8}))?\Z")
_RECENT = 8
_FEW_VERSIONS, _MOST_VERSIONS = 2, 10
"""Earlier versions of a line beside its file, and on a page of their own: each takes a blame of a few lines."""


def start(place: Place, request: Request) -> Response:
    """The top folder of the work tree, with the latest commits that have conversations."""
    with place.workspaces.open() as space:
        page = file_or_folder(space.repo, space.sources, "", None)
        assert isinstance(page, FolderPage)
        chosen = Selection(_here(space), ("--max-count=200",))
        recent = [commit_row(view, place.links) for view in log_views(space.repo, space.sources, chosen, limit=_RECENT)]
        return html(folder_page(page, place.frame(), None, recent))


def _here(space: Workspace) -> Path:
    return space.repo.worktree or space.repo.git_dir


def file(place: Place, request: Request) -> Response:
    """A file or a folder as of a revision."""
    rev, path = rev_and_path(request, place, "file")
    with place.workspaces.open() as space:
        page = what_is_at(space.repo, path, rev)
        if isinstance(page, FolderPage):
            return html(folder_page(page, place.frame(), rev, None))
        if not page.has_lines:
            return html(file_page(page, place.frame(), rev))
    return streamed(place, request, file_head(path, place.frame()), partial(_lines, place, path, rev))


def _lines(place: Place, path: str, rev: str | None) -> Iterator[str]:
    """The page of a file that has lines, which take git a while."""
    with place.workspaces.open(process=False) as space:
        page = file_or_folder(space.repo, space.sources, path, rev, place.workspaces.blames.of)
    assert isinstance(page, FilePage)
    yield from file_pieces(page, place.frame(), rev)


def file_json(place: Place, request: Request) -> Response:
    """Of a file what `git story blame --json` prints; of a folder its entries."""
    rev, path = rev_and_path(request, place, "file.json")
    with place.workspaces.open() as space:
        page = file_or_folder(space.repo, space.sources, path, rev)
        if isinstance(page, FilePage):
            return raw_list(blame_lines(page.view) if page.view is not None else ())
        names = [(entry.name.decode("utf-8", "replace"), entry.is_folder) for entry in page.entries]
        return json_list({"name": name, "folder": folder} for name, folder in names)


def _target(request: Request, rev: str | None, path: str) -> Target:
    match = _LINES.match(request.query_params.get("lines", ""))
    if match is None:
        raise NoTarget("which lines?", "an address ends in ?lines=12 or ?lines=12-20")
    first = max(int(match[1]), 1)
    return Target(path, first, max(int(match[2] or first), first), rev)


def why_lines(place: Place, request: Request) -> Response:
    """Why lines are there: a page, or the piece of one that a file's page shows."""
    rev, path = rev_and_path(request, place, "why")
    target = _target(request, rev, path)
    with place.workspaces.open(process=False) as space:
        pool = UncommittedSource(space.repo, space.sources)
        whole_file = place.workspaces.blames.of(space.repo, path, rev)
        if request.query_params.get("part") == "before":
            earlier = versions_before(
                space.repo, pool, target, pending=pool.owners, whole=whole_file, versions=_FEW_VERSIONS
            )
            return html(before_part(earlier, place.links))
        versions = 0 if is_part(request) else _MOST_VERSIONS
        view = why(space.repo, pool, target, pending=pool.owners, whole=whole_file, versions=versions)
    if not view.answers:
        raise NoTarget(f"{path} has no line {target.start}", "lines count from 1")
    if is_part(request):
        return html(why_part(view, place.links))
    json = place.links.page(request.url.path.removeprefix(f"{place.links.base}/").replace("why/", "why.json/", 1))
    return html(why_page(view, place.frame(), rev, f"{json}?lines={target.start}-{target.end}"))


def why_json(place: Place, request: Request) -> Response:
    """What `git story why --json` prints."""
    rev, path = rev_and_path(request, place, "why.json")
    target = _target(request, rev, path)
    with place.workspaces.open() as space:
        pool = UncommittedSource(space.repo, space.sources)
        return json_object(why_object(why(space.repo, pool, target, pending=pool.owners)))


def commit(place: Place, request: Request) -> Response:
    """A commit: its turns beside its diff."""
    revision = "/".join(map(text_of, tail(request, place, "commit")))
    with place.workspaces.open() as space:
        page = commit_page(space.repo, space.sources, revision)
        json = place.links.page(f"commit.json/{page.view.commit.oid}")
        return html(commit_html(page, place.frame(), json))


def commit_json(place: Place, request: Request) -> Response:
    """What `git story show --json` prints of a commit."""
    revision = "/".join(map(text_of, tail(request, place, "commit.json")))
    with place.workspaces.open() as space:
        info = commit_info(space.repo, revision)
        [view] = story_views(space.repo, space.sources, [info])
        return json_object(story_object(view))


def explain(place: Place, request: Request) -> Response:
    """How conversations were linked to a commit, computed again now."""
    from gitstory.render.page.explain_view import explain_page, explain_part

    view = _explained(place, "/".join(map(text_of, tail(request, place, "explain"))))
    if is_part(request):
        return html(explain_part(view, place.links))
    return html(explain_page(view, place.frame(), place.links.page(f"explain.json/{view.commit.oid}")))


def explain_json(place: Place, request: Request) -> Response:
    """What `git story explain --json` prints."""
    from gitstory.render.explain import explain_object

    return json_object(explain_object(_explained(place, "/".join(map(text_of, tail(request, place, "explain.json"))))))


def _explained(place: Place, revision: str) -> ExplainView:
    from gitstory.queries.explain import explain as explained
    from gitstory.recording.live_conversations import Live

    with place.workspaces.open() as space:
        space.repo.resolve(revision)
        with Live(space.repo, space.sources.store) as live:
            return explained(space.repo, space.sources, live, revision)


def conversation(place: Place, request: Request) -> Response:
    """A conversation as a document; of a long shown the part with the turn asked for."""
    name = _conversation_name(tail(request, place, "conversation"))
    with place.workspaces.open() as space:
        what = shared_conversation(space.repo, space.sources, name)
        shown = what.conversations[0]
        key = shown.conversation.key
        stored = space.sources.store.meta(*key) is not None
    turn = number(request.query_params.get("turn"), 1)
    at = next((n for n, each in enumerate(shown.turns) if each.turn.index == turn), 0)
    json = place.links.conversation(*key).replace("/conversation/", "/conversation.json/", 1)
    buttons = [button_of(name) for name in CONVERSATION_BUTTONS]
    return html(conversation_page(what, place.frame(), at // TURNS * TURNS, stored, json, buttons=buttons))


def conversation_json(place: Place, request: Request) -> Response:
    """What `git story show CONVERSATION --json` prints."""
    name = _conversation_name(tail(request, place, "conversation.json"))
    with place.workspaces.open() as space:
        return json_object(transcript_object(whole(space.repo, space.sources.store, name)))


def changes(place: Place, request: Request) -> Response:
    """All that a conversation changed, file by file."""
    conversation = _whole(place, tail(request, place, "changes"))
    json = place.links.conversation(*conversation.key).replace("/conversation/", "/changes.json/", 1)
    return html(changes_page(conversation, place.frame(), json))


def changes_json(place: Place, request: Request) -> Response:
    """The files that a conversation changed, with the turns of their edits."""
    return json_object(changes_object(_whole(place, tail(request, place, "changes.json"))))


def _whole(place: Place, parts: list[bytes]) -> Conversation:
    with place.workspaces.open() as space:
        [part] = shared_conversation(space.repo, space.sources, _conversation_name(parts)).conversations
    return replace(part.conversation, turns=tuple(each.turn for each in part.turns))


def _conversation_name(parts: list[bytes]) -> str:
    """`AGENT:ID`, or the beginning of an id."""
    agent, name = text_of(parts[0]), "/".join(map(text_of, parts[1:]))
    if not name:
        raise GitStoryError("which conversation?", hint="the list of conversations has those there are")
    return name if agent == ANY_AGENT else f"{agent}:{name}"
