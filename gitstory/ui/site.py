"""The pages as files that open without a server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path, PurePosixPath

from msgspec import Struct
from msgspec.structs import replace

from gitstory.errors import GitStoryError
from gitstory.git.atomic_write import write_atomically
from gitstory.git.commit_details import CommitInfo, commit_ids, commit_infos, is_range
from gitstory.git.repo import Repo
from gitstory.queries.commit_page import page_of
from gitstory.queries.conversations import ConversationRow, Listing
from gitstory.queries.file_page import FilePage, file_or_folder
from gitstory.queries.share import SharedConversation, SharedPage, SharedTurn
from gitstory.queries.show import story_views
from gitstory.queries.stats import stats
from gitstory.render.page.commit_view import commit_html
from gitstory.render.page.conversation_view import conversation_page
from gitstory.render.page.file_view import file_page
from gitstory.render.page.frame import Frame
from gitstory.render.page.links import lines_anchor
from gitstory.render.page.lists_view import Window, conversations_page, timeline_page
from gitstory.render.page.stats_view import stats_view
from gitstory.render.page.templates import HERE, STATIC
from gitstory.sources.story_source import Key
from gitstory.summary.corrections import corrections
from gitstory.summary.short_ids import short_ids
from gitstory.text.wording import shorten
from gitstory.ui.published_code import Redacted, published_commit, published_file
from gitstory.ui.published_stories import PublicSource

TABS = (("", "Timeline"), ("conversations", "Conversations"), ("stats", "Statistics"))
_PAGE = 200
_MOST_FILES = 500
_NO_ADDRESS = re.compile(r'<a\b[^<>]*\bhref=""[^<>]*>((?:(?!</?a\b).)*)</a>', re.DOTALL)
"""A link to what the site does not have."""
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


class SiteContents(Struct, frozen=True):
    """What the site has pages of; files are those of the tip that its commits changed."""

    commits: Sequence[CommitInfo]
    conversations: frozenset[Key]
    files: frozenset[str]
    tip: str


def file_name(*names: str) -> str:
    """A name for a file that is safe everywhere, readable, and another one for other names."""
    digest = sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()[:10]
    words = _UNSAFE.sub("-", shorten(names[-1].rsplit("/", 1)[-1], 40)).strip("-")
    return f"{words}-{digest}.html" if words else f"{digest}.html"


class SiteLinks:
    """Addresses relative to a page `up` folders below the top; "" for what the site has not."""

    live = False

    def __init__(self, contents: SiteContents, up: int) -> None:
        self._commits = {info.oid for info in contents.commits}
        self._contents = contents
        self._up = "../" * up

    def file(self, path: str, rev: str | None = None, line: int = 0, end: int = 0) -> str:
        if path not in self._contents.files or rev not in (None, self._contents.tip):
            return ""
        return f"{self._up}file/{file_name(path)}{lines_anchor(line, end)}"

    def commit(self, oid: str) -> str:
        return f"{self._up}commit/{oid}.html" if oid in self._commits else ""

    def conversation(self, agent: str, id: str, turn: int | None = None) -> str:
        if (agent, id) not in self._contents.conversations:
            return ""
        return f"{self._up}conversation/{file_name(agent, id)}" + (f"#turn-{turn}" if turn is not None else "")

    def page(self, name: str, **query: str) -> str:
        start = query.get("start", "")
        if name in ("", "commits"):
            number = int(start or 0) // _PAGE
            return f"{self._up}{f'commits-{number + 1}' if number else 'index'}.html"
        return f"{self._up}{name}.html" if name in ("conversations", "stats") else ""

    def static(self, name: str) -> str:
        return f"{self._up}static/{name}"


class SiteWriter:
    """Writes the pages of `contents` below `out`; `redacted` takes secrets out of the lines of code."""

    def __init__(
        self, repo: Repo, source: PublicSource, contents: SiteContents, out: Path, name: str, redacted: Redacted
    ) -> None:
        self._repo = repo
        self._source = source
        self._contents = contents
        self._out = out
        self._name = name
        self._redacted = redacted
        self.files = 0
        self.bytes = 0

    def write(self) -> None:
        """Everything. Raises GitStoryError where a file cannot be written."""
        for name in ("app.css", "app.js", "theme.js", "icon.svg"):
            self._put(f"static/{name}", (STATIC / name).read_bytes())
        self._put("static/page.css", (HERE / "page.css").read_bytes())
        for name, text in self._pages():
            self._put(name, _NO_ADDRESS.sub(r"<span>\1</span>", text).encode("utf-8", "replace"))

    def _pages(self) -> Iterator[tuple[str, str]]:
        yield from self._timeline()
        yield from self._commits()
        yield from self._conversations()
        yield from self._files()
        [first, *_] = [*self._contents.commits, None]
        revisions = [info.oid for info in self._contents.commits[:1]] if first is not None else []
        yield "stats.html", stats_view(stats(self._repo, self._source, revisions), self._frame(0), {}, "")

    def _frame(self, up: int) -> Frame:
        return Frame(SiteLinks(self._contents, up), self._name, tabs=TABS)

    def _timeline(self) -> Iterator[tuple[str, str]]:
        commits = self._contents.commits
        for start in range(0, max(len(commits), 1), _PAGE):
            views = list(story_views(self._repo, self._source, commits[start : start + _PAGE]))
            window = Window(start, _PAGE, len(commits), {})
            name = f"commits-{start // _PAGE + 1}.html" if start else "index.html"
            yield name, timeline_page(views, window, self._frame(0), [], "")

    def _commits(self) -> Iterator[tuple[str, str]]:
        for info in self._contents.commits:
            page = published_commit(page_of(self._repo, self._source, info), self._redacted)
            yield f"commit/{info.oid}.html", commit_html(page, self._frame(1))

    def _conversations(self) -> Iterator[tuple[str, str]]:
        commits = self._contents.commits
        stories = self._source.stories([info.oid for info in commits])
        led: dict[Key, dict[str, list[str]]] = {}
        for info in reversed(commits):
            for link in stories[info.oid].links if info.oid in stories else ():
                turns = led.setdefault((link.agent, link.conversation), {})
                for turn in link.turns:
                    if turn.evidence not in ("context", "time"):
                        turns.setdefault(turn.id, []).append(info.oid)
        infos = {info.oid: info for info in commits}
        rows = []
        short = short_ids(self._contents.conversations)
        for key in sorted(self._contents.conversations):
            conversation = self._source.conversation(*key)
            if conversation is None:
                continue
            corrected = corrections(list(conversation.turns))
            shown = tuple(
                SharedTurn(turn, tuple(led.get(key, {}).get(turn.id, ())), turn.id in corrected)
                for turn in conversation.turns
            )
            oids = tuple(dict.fromkeys(oid for turn in shown for oid in turn.commits))
            part = SharedConversation(replace(conversation, turns=()), shown, len(shown))
            what = SharedPage(key[1], tuple(infos[oid] for oid in oids), (part,))
            page = conversation_page(what, self._frame(1), 0, True, "", most=len(shown))
            yield f"conversation/{file_name(*key)}", page
            first = next((turn.prompt for turn in conversation.turns if turn.prompt.strip()), "")
            rows.append(
                ConversationRow(
                    *key,
                    short[key],
                    conversation.title,
                    first,
                    conversation.started,
                    conversation.updated,
                    len(shown),
                    oids,
                    True,
                    True,
                )
            )
        rows.sort(key=lambda row: (-(row.updated or row.started or 0.0), row.id))
        yield "conversations.html", conversations_page(Listing(tuple(rows)), self._frame(0), [], {}, "")

    def _files(self) -> Iterator[tuple[str, str]]:
        for path in sorted(self._contents.files):
            page = file_or_folder(self._repo, self._source, path, self._contents.tip)
            if isinstance(page, FilePage):
                published = published_file(page, self._redacted)
                yield f"file/{file_name(path)}", file_page(published, self._frame(1), self._contents.tip)

    def _put(self, name: str, data: bytes) -> None:
        path = self._out / name
        try:
            if any((self._out / folder).is_symlink() for folder in PurePosixPath(name).parents):
                raise OSError(0, "a folder on the way is a link")
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, data, 0o644)
        except OSError as error:
            raise GitStoryError(f"cannot write {path}: {error.strerror or error}", hint="name another --out") from None
        self.files += 1
        self.bytes += len(data)


def published(contents: SiteContents, redacted: Redacted) -> SiteContents:
    """The contents with the messages of commits redacted."""
    commits = [replace(info, subject=redacted(info.subject), body=redacted(info.body)) for info in contents.commits]
    return replace(contents, commits=commits)


def contents_of(repo: Repo, source: PublicSource, revisions: str | None) -> SiteContents:
    """What a range (default: the history of HEAD) has to show. Raises `UnknownRevision` or `NoCommits`."""
    oids = commit_ids(repo, [revisions] if revisions else [])
    commits = list(commit_infos(repo, oids))
    stories = source.stories(oids)
    keys = {(link.agent, link.conversation) for story in stories.values() for link in story.links}
    tip = repo.resolve("HEAD" if not revisions or not oids else oids[0] if is_range(revisions) else revisions)
    touched = dict.fromkeys(file.path for oid in oids if oid in stories for file in stories[oid].files)
    listed = repo.git("ls-tree", "-r", "-z", "--name-only", tip).split(b"\0")
    there = {name.decode("utf-8", "surrogateescape") for name in listed}
    files = [path for path in touched if path in there][:_MOST_FILES]
    return SiteContents(commits, frozenset(keys), frozenset(files), tip)
