"""The repositories of this machine that agents worked in, and an index for each: what `search --all-repos` looks in.

Each repository keeps an index of its own, so that its rules, its record and what is forgotten in it stay its own
affair. One where gitstory was enabled has it in its git directory; for the others, where a reader writes nothing, it
is stored in the person's data directory, named by a digest of git's common directory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import DecodeError
from msgspec import json as msgjson

from gitstory import safe_open
from gitstory.git.atomic_write import write_atomically
from gitstory.git.repo import NotARepository, Repo
from gitstory.git.repo_discovery import common_dir_of
from gitstory.search.db.schema import discard
from gitstory.search.fingerprint import Look
from gitstory.search.update import index_path
from gitstory.store.store import StoryStore

if TYPE_CHECKING:
    from gitstory.agents.base import Agent, Source
    from gitstory.environment import Surroundings

MANY = 500
"""Conversations from which on the index of a repository without a directory of gitstory's is kept elsewhere."""
_PLACES = "places.json"
_HEADS = 3
"""Conversations of one folder that are asked where they took place, until one says."""


class Indexed(NamedTuple):
    """An open repository and the path of its index."""

    repo: Repo
    path: Path


def folder() -> Path:
    """The directory of indexes of repositories without a gitstory directory; it may not exist."""
    from platformdirs import user_data_path

    return user_data_path("gitstory", appauthor=False) / "search"


def outside(common_dir: Path) -> Path:
    """The index in the person's data directory of one repository, whether there is one or not."""
    name = blake2b(str(common_dir).encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()
    return folder() / f"{name}.db"


def index_of(repo: Repo) -> Path | None:
    """Where the index of one repository is kept; None where it is made anew for each search.

    A repository gitstory was never enabled in gets no directory from a reader. Where a remote has sent many
    conversations, each search would take seconds: then the index is kept in the person's data directory.
    """
    own = index_path(repo)
    if own is not None:
        return own
    path = outside(repo.common_dir)
    many = path.is_file() or len(list(islice(StoryStore(repo).contents.conversation_keys(), MANY))) == MANY
    return path if many else None


def indexed(agents: Iterable[Agent], where: Surroundings, look: Look, also: Repo | None = None) -> list[Indexed]:
    """The repositories that conversations in the agents' stores took place in, and `also`.

    The caller closes them. Indexes of repositories that are gone, or that have got a place of their own, are removed.
    """
    common_dirs = {also.common_dir.resolve()} if also is not None else set()
    common_dirs |= {
        common for place in _places(agents, where, look) if (common := common_dir_of(Path(place))) is not None
    }
    repositories = []
    for common in sorted(common_dirs):
        with suppress(NotARepository, OSError):  # not for this person to open, as git has it
            repo = Repo.open(common)
            repositories.append(Indexed(_with_tree(repo), index_path(repo) or outside(repo.common_dir)))
    _tidy({one.path for one in repositories})
    return repositories


def _with_tree(repo: Repo) -> Repo:
    """The same with its main work tree, which git does not name when it is asked from within the git directory."""
    if repo.worktree is not None or repo.common_dir.name != ".git":
        return repo
    try:
        return Repo.open(repo.common_dir.parent)
    except NotARepository:
        return repo


def _tidy(wanted: Collection[Path]) -> None:
    with suppress(OSError):
        for path in folder().glob("*.db"):
            if path not in wanted:
                discard(path)
                path.with_suffix(".lock").unlink(missing_ok=True)


def _places(agents: Iterable[Agent], where: Surroundings, look: Look) -> set[str]:
    """The directories conversations took place in. What a conversation's head says does not change, so it is kept."""
    from gitstory.linking.repo_match import all_sources

    path = folder() / _PLACES
    remembered = _load(path)
    now: dict[str, list[str]] = {}
    for name, sources in _heads(all_sources(agents, where, look.sources)):
        directories = remembered.get(name) or next(
            (list(places) for agent, source in sources if (places := agent.places(source))), []
        )
        if directories:
            now[name] = directories
    if now != remembered:
        with suppress(OSError):
            write_atomically(path, msgjson.encode(now))
    return {place for places in now.values() for place in places}


def _heads(sources: Iterable[tuple[Agent, Source]]) -> Iterator[tuple[str, list[tuple[Agent, Source]]]]:
    """What is asked for its places, by a name: a folder of one project by its newest conversations, all else each."""
    folders: dict[str, list[tuple[Agent, Source]]] = {}
    for agent, source in sources:
        key = source.folder if source.folder is not None else f"{source.path}\0{source.id or ''}"
        text = f"{agent.name}\0{key}".encode("utf-8", "surrogateescape")
        folders.setdefault(blake2b(text, digest_size=12).hexdigest(), []).append((agent, source))
    for name, held in folders.items():
        yield name, sorted(held, key=lambda each: -each[1].modified)[:_HEADS]


def _load(path: Path) -> dict[str, list[str]]:
    try:
        return msgjson.decode(safe_open.content(path), type=dict[str, list[str]])
    except (OSError, DecodeError):
        return {}
