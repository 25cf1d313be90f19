"""Which records name something: the index of the record knows it. Where no reader has made one yet, `git grep` finds
it in half a second for fifty thousand records."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import suppress

import msgspec

from gitstory.model import Story
from gitstory.store import record_paths
from gitstory.store.record_index.index import RecordIndex
from gitstory.store.records import Meta
from gitstory.store.snapshot import Contents

MOST_TEXTS = 100
"""Texts that git searches for at once; with more, all records are read."""

_ESCAPED = [rb"\/", *(rb"\u00%d" % digit for digit in range(2, 8))]
"""How a record of another program may write letters that ours leave as they are: such a record is always read."""

_METAS = b":(top,glob)conversations/*/*/*/meta.json"
_STORIES = b":(top)commits"

_REMEMBERED = 4
_Question = tuple[str, str, bytes, frozenset[str]]
_answers: dict[_Question, list[bytes]] = {}


def stories_naming(contents: Contents, conversations: Collection[str]) -> Iterator[Story]:
    """The stories that name any of these conversations by its id, and perhaps others."""
    holding = _holding(contents, _STORIES, conversations)
    if holding is None:
        return contents.stories(contents.commits())
    commits = (record_paths.commit_of(path.split(b"/")[1:]) for path in holding)
    return contents.stories([commit for commit in commits if commit is not None])


def metas_naming(contents: Contents, texts: Collection[str]) -> Iterator[Meta]:
    """The metas of conversations that have a turn with any of these ids, or are a subagent's of such a conversation,
    and perhaps others."""
    holding = _holding(contents, _METAS, texts)
    if holding is None:
        return contents.metas()
    return (meta for path in holding if (meta := contents.meta_at(path)) is not None)


def _holding(contents: Contents, where: bytes, texts: Collection[str]) -> list[bytes] | None:
    """The paths of the records that hold any of the texts; None where nobody can say it without reading all of them."""
    if contents.root is None or not texts:
        return []
    question = (str(contents.repo.common_dir), contents.root, where, frozenset(texts))
    if question not in _answers:
        while len(_answers) >= _REMEMBERED:
            del _answers[next(iter(_answers))]
        holding = _indexed(contents, where, texts)
        if holding is None and len(texts) <= MOST_TEXTS:
            holding = _grep(contents, contents.root.encode(), where, texts)
        if holding is None:
            return None
        _answers[question] = holding
    return _answers[question]


def _indexed(contents: Contents, where: bytes, texts: Collection[str]) -> list[bytes] | None:
    """The same from the index of the record; None where there is none."""
    index = RecordIndex.lasting(contents)
    if index is None:
        return None
    try:
        if where == _STORIES:
            return [record_paths.commit_path(commit) for commit in index.stories_with_ids(texts)]
        return [folder + b"/" + record_paths.META for folder in index.metas_holding(texts)]
    except sqlite3.Error:
        return None
    finally:
        index.close()


def _grep(contents: Contents, root: bytes, where: bytes, texts: Collection[str]) -> list[bytes] | None:
    patterns = sorted({*_ESCAPED, *(form for text in texts for form in _forms(text))})
    how = ("--no-color", "--no-textconv", "--full-name", "--no-recurse-submodules", "-l", "-z", "-a", "-F")
    stdin = b"".join(one + b"\n" for one in patterns)
    done = contents.repo.run("grep", *how, "-f", "-", root, "--", where, input=stdin, check=False)
    rows = done.stdout.split(b"\0")[:-1]
    if done.returncode > 1 or not all(row.startswith(root + b":") for row in rows):
        return None
    return [row[len(root) + 1 :] for row in rows]


def _forms(text: str) -> Iterator[bytes]:
    """A text as it may stand in a record, with its quotation marks: an id is never a part of a string."""
    import json

    yield json.dumps(text).encode()
    with suppress(UnicodeEncodeError):  # then only the other encoder wrote it
        yield msgspec.json.encode(text)
