"""What git itself says of lines without a conversation: the message, who signed it, numbers, the change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from gitstory.git.blame import Blame, BlameLine
from gitstory.git.commit_details import commit_infos, path_text
from gitstory.git.repo import Repo
from gitstory.model import Link, Story
from gitstory.queries.verified_stories import checked
from gitstory.sources.story_source import StorySource
from gitstory.summary.coauthors import Signed, signed
from gitstory.summary.find_edit import same_file
from gitstory.summary.short_ids import turn_name
from gitstory.summary.turn_labels import turn_label

MESSAGE_LINES = 10
_TRAILER = re.compile(r"[A-Z][\w-]{2,40}: \S")
_CO_AUTHOR = re.compile(r"co-authored-by:[ \t]*+([^<>\n]{1,80})(?:<|\Z)", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\w/])(?:[\w.-]{1,60}/[\w.-]{1,60})?#\d{1,9}\b|\bgh-\d{1,9}\b"
    r"|\b(?!(?:AES|SHA|MD|UTF|ISO|IEC|RSA|GPT|HTTP|TLS|SSL|CP|MIT|BSD|GPL|LGPL|AGPL|MAJOR|MINOR|PHASE|STEP|TASK|PART)-)[A-Z]{2,10}-\d{1,7}\b"
)
_HUNK = re.compile(rb"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@.*$", re.MULTILINE)
_CONTEXT = 3
_MOST_NUMBERS, _MOST_TURNS = 8, 5


class FileTurn(Struct, frozen=True):
    """A turn of the commit that edited the file, of which the text of the edit is not recorded."""

    agent: str
    conversation: str
    index: int
    label: str

    @property
    def name(self) -> str:
        """As every command takes it."""
        return turn_name(self.conversation, self.index)


class CommitConversation(Struct, frozen=True):
    """A conversation of the commit that explains none of the lines, and those of its turns that edited the file."""

    link: Link
    title: str
    """What it is called, else what its first turn was about; "" where neither is stored."""
    turns: tuple[FileTurn, ...] = ()


class CommitWords(Struct, frozen=True):
    """`message` without its trailers, `numbers` the pull requests and issues it names. `hunk` is the change of the
    lines, each led by " ", "-" or "+"."""

    message: tuple[str, ...]
    co_authors: tuple[str, ...] = ()
    signed: tuple[Signed, ...] = ()
    numbers: tuple[str, ...] = ()
    conversations: tuple[CommitConversation, ...] = ()
    hunk: tuple[str, ...] = ()

    @property
    def turns(self) -> tuple[FileTurn, ...]:
        """The last few turns that edited the file, in the order of the conversations."""
        return tuple(turn for each in self.conversations for turn in each.turns)[-_MOST_TURNS:]


def commit_words(
    repo: Repo, source: StorySource, blame: Blame, lines: Sequence[BlameLine], story: Story | None
) -> CommitWords | None:
    """None where git has no such commit (lines that are not committed yet)."""
    first = lines[0]
    info = next(commit_infos(repo, [first.commit]), None) if first.commit.strip("0") else None
    if info is None:
        return None
    text = f"{info.subject}\n\n{info.body}"
    # A forged record is shown here no more than `show` shows it.
    verified = checked(repo, [info], {info.oid: story} if story is not None else {}).get(info.oid)
    links = () if verified is None else verified.story.links
    return CommitWords(
        tuple(body_lines(info.subject, info.body)),
        tuple(
            dict.fromkeys(name.strip() for line in info.body.splitlines()[-50:] for name in _CO_AUTHOR.findall(line))
        ),
        signed(info, {link.agent for link in links}),
        tuple(dict.fromkeys(_NUMBER.findall(text)))[:_MOST_NUMBERS],
        tuple(_conversations(source, links, path_text(first.path))),
        _hunk(repo, blame, first),
    )


def _conversations(source: StorySource, links: Sequence[Link], path: str) -> Iterator[CommitConversation]:
    keys = [(link.agent, link.conversation) for link in links]
    metas = {key: source.meta(*key) for key in keys}
    wanted = {key: _with_unknown_text(link) for key, link in zip(keys, links, strict=True)}
    for key, meta in metas.items():
        if meta is not None and not meta.title:
            wanted[key] = wanted[key] | {identity for identity, _ in meta.turns[:1]}
    read = source.excerpts({key: ids for key, ids in wanted.items() if ids})
    for key, link in zip(keys, links, strict=True):
        meta, turns = metas[key], read[key].turns if key in read else ()
        title = meta.title if meta is not None else ""
        if meta is not None and not title and turns and turns[0].id == meta.turns[0][0]:
            title = turn_label(turns[0])
        own = [turn for turn in turns if turn.id in _with_unknown_text(link)]
        edited = [turn for turn in own if any(same_file(edit.path, path) for edit in turn.edits)]
        yield CommitConversation(
            link, title, tuple(FileTurn(*key, turn.index, turn_label(turn, own)) for turn in edited)
        )


def _with_unknown_text(link: Link) -> set[str]:
    """The turns of a link of which only the files they edited are known."""
    return {turn.id for turn in link.turns if turn.evidence == "files"}


def body_lines(subject: str, body: str) -> list[str]:
    """The whole message less the trailers at its end; at most ten lines, the last one an ellipsis where it goes on."""
    kept = body.rstrip().splitlines()
    while kept and (not kept[-1].strip() or _TRAILER.match(kept[-1])):
        kept.pop()
    lines = [subject, *(["", *kept] if kept else [])]
    return lines if len(lines) <= MESSAGE_LINES else [*lines[: MESSAGE_LINES - 1], "…"]


def _hunk(repo: Repo, blame: Blame, line: BlameLine) -> tuple[str, ...]:
    """The part of the commit's diff that holds the line."""
    previous = blame.previous.get((line.commit, line.path))
    new = line.commit.encode() + b":" + line.path
    if previous is None:
        return ()
    old = previous[0].encode() + b":" + previous[1]
    args = ("diff", f"-U{_CONTEXT}", "--no-color", "--no-ext-diff", "--no-textconv", "--text", "--end-of-options")
    out = repo.run(*args, old, new, check=False).stdout
    heads = list(_HUNK.finditer(out))
    for at, head in enumerate(heads):
        start, size = int(head[1]), int(head[2] or 1)
        if start <= line.orig_line < start + size:
            end = heads[at + 1].start() if at + 1 < len(heads) else len(out)
            body = out[head.end() + 1 : end].decode("utf-8", "replace").splitlines()
            return tuple(each for each in body if each[:1] in (" ", "+", "-"))
    return ()
