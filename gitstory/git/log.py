"""Records of commits from one `git log`, framed so that no byte of a commit can break the frame.

git takes a commit's text for C strings: whatever an object holds, no field that git prints contains a NUL. A record is
a fixed number of fields, each ended by NUL, the commit's id first; what follows up to the next id are entries of
`--raw -z` or `--numstat -z`, which say themselves how many paths come after them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from gitstory.git.process import GitFailed
from gitstory.git.repo import Repo

PLAIN = ("--no-notes", "--no-color", "--no-show-signature", "--encoding=UTF-8", "--no-ext-diff", "--no-textconv")
"""Options that keep the person's settings out of what `git log` prints."""
_ID = re.compile(rb"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
_COUNTS = re.compile(rb"(?:\d+|-)\t(?:\d+|-)\t")
_LATEST = 253_402_300_799
"""The last second of the year 9999, beyond which neither git nor Python shows a date."""

Entry = tuple[bytes, ...]
"""What one file's entry consists of: its facts, then the paths that follow as fields of their own."""


class Record(Struct, frozen=True):
    """One commit: the fields that were asked for, after its id, and its entries."""

    oid: str
    fields: tuple[bytes, ...]
    entries: tuple[Entry, ...] = ()


def log(
    repo: Repo,
    fields: Sequence[str],
    args: Sequence[str] = (),
    *,
    config: Sequence[str] = (),
    revisions: Sequence[str] | None = None,
) -> Iterator[Record]:
    """What `git log ARGS` prints, `revisions` given on standard input. Raises `GitFailed`.

    `fields` are placeholders of git's formats, `config` settings (`name=value`) for this call.
    """
    options = [part for setting in config for part in ("-c", setting)]
    command = [*options, "log", *PLAIN, "-z", format_of(fields), *args]
    if revisions is None:
        out = repo.git(*command)
    else:
        out = repo.git(*command, "--stdin", input="".join(f"{rev}\n" for rev in revisions).encode())
    return records(out, len(fields))


def log_of(
    repo: Repo, oids: Iterable[str], fields: Sequence[str], args: Sequence[str] = (), *, config: Sequence[str] = ()
) -> Iterator[Record]:
    """The records of the commits `oids` name, in that order.

    What is not here, or is no commit, is left out; so is one that git cannot read, which costs the others nothing.
    """
    wanted = list(oids)
    given = ("--no-walk=unsorted", "--ignore-missing", *args)
    return each_of(wanted, lambda some: log(repo, fields, given, config=config, revisions=some))


def each_of(oids: Sequence[str], ask: Callable[[Sequence[str]], Iterator[Record]]) -> Iterator[Record]:
    """What `ask` returns for all of `oids`; where it fails, for each half of them, down to those it fails for."""
    if not oids:
        return
    try:
        objects = ask(oids)
    except GitFailed:
        if len(oids) > 1:
            middle = len(oids) // 2
            yield from each_of(oids[:middle], ask)
            yield from each_of(oids[middle:], ask)
        return
    yield from objects


def format_of(fields: Sequence[str]) -> str:
    return "--format=tformat:%H%x00" + "".join(f"{field}%x00" for field in fields)


def records(out: bytes, count: int) -> Iterator[Record]:
    """Pure: the records of what git printed, with `count` fields after each id."""
    tokens = iter(out.split(b"\0"))
    head: tuple[str, tuple[bytes, ...]] | None = None
    files: list[Entry] = []
    for token in tokens:
        word = token.lstrip(b"\n")
        if _ID.match(word):
            if head is not None:
                yield Record(*head, tuple(files))
            head, files = (word.decode(), tuple([next(tokens, b"") for _ in range(count)])), []
        elif word and (entry := _entry(word, tokens)) is not None:
            files.append(entry)
    if head is not None:
        yield Record(*head, tuple(files))


def entries(out: bytes) -> Iterator[Entry]:
    """Pure: the entries of what `--raw -z` or `--numstat -z` printed without any commits."""
    tokens = iter(out.split(b"\0"))
    for token in tokens:
        if (entry := _entry(token, tokens)) is not None:
            yield entry


def _entry(word: bytes, tokens: Iterator[bytes]) -> Entry | None:
    more = _paths_after(word)
    return None if more is None else (word, *(next(tokens, b"") for _ in range(more)))


def _paths_after(word: bytes) -> int | None:
    """How many paths follow an entry as fields of their own; None for what is none."""
    if word.startswith(b":"):
        renamed = not word.startswith(b"::") and word.rpartition(b" ")[2][:1] in (b"R", b"C")
        return 2 if renamed else 1
    match = _COUNTS.match(word)
    if match is None:
        return None
    return 0 if match.end() < len(word) else 2


def seconds(field: bytes) -> int:
    """Epoch seconds; 0 (as git shows it) for what is no date or one that no calendar has."""
    if not field.isdigit() or len(field) > 12:
        return 0
    number = int(field)
    return number if number <= _LATEST else 0


def text_of(data: bytes) -> str:
    """Bytes of git as text that can always be printed: invalid UTF-8 becomes the replacement character."""
    return data.decode("utf-8", "replace")
