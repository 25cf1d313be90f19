"""The raw store of one agent: its files, the pieces of one, the pieces that hold a text, or one piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from gitstory.agents.base import Agent, Entry
from gitstory.environment import Surroundings
from gitstory.errors import GitStoryError
from gitstory.queries import raw_store_pieces
from gitstory.queries.raw_store_pieces import is_inspectable

_BESIDE = 40
"""Characters shown on either side of what was searched for."""


class NoSuchPiece(GitStoryError):
    def __init__(self, agent: str, key: str) -> None:
        super().__init__(f"nothing is called {key} in the store of {agent}", hint=f"`git story inspect {agent}` lists")


class InspectHit(Struct, frozen=True):
    """A piece that holds a text, with what stands around its first place; `times` is how often it does."""

    entry: Entry
    around: str
    times: int


def roots(agent: Agent, where: Surroundings) -> list[Path]:
    """The agent's stores that are there. Raises GitStoryError where there is none."""
    places = list(dict.fromkeys((*where.stores.get(agent.name, ()), *agent.roots(where.env, where.home))))
    there = [root for root in places if root.exists()]
    if not there:
        looked = ", ".join(map(str, places[:4]))
        raise GitStoryError(f"no store of {agent.label} was found", hint=f"looked at {looked}")
    return there


def overview(agent: Agent, there: Sequence[Path]) -> Iterator[tuple[Path, Entry]]:
    """The files of the store, or the pieces a reader names itself, with the root of each."""
    for root in there:
        if is_inspectable(agent):
            yield from ((root, entry) for entry in agent.entries(root))
            continue
        for path in raw_store_pieces.files(agent, root):
            try:
                yield root, raw_store_pieces.file_entry(root, path)
            except OSError:
                continue


def pieces(agent: Agent, there: Sequence[Path], file: str) -> list[Entry]:
    """The pieces of a file, or those a reader names itself that begin so. Raises `NoSuchPiece`."""
    for root in there:
        if is_inspectable(agent):
            entries = [entry for entry in agent.entries(root) if entry.key.startswith(file)]
        else:
            named = (
                path for path in raw_store_pieces.files(agent, root) if raw_store_pieces.file_key(root, path) == file
            )
            entries = [entry for path in named for entry in raw_store_pieces.parts(agent, root, path)]
        if entries:
            return entries
    raise NoSuchPiece(agent.name, file)


def search(
    agent: Agent,
    there: Sequence[Path],
    text: str,
    mask: Callable[[str], str],
    enough: Callable[[], bool] = lambda: False,
) -> Iterator[InspectHit]:
    """The pieces that hold `text`, whatever the case, until `enough` of the store was read.

    What is shown around it is masked before it is cut out: half a secret looks like none.
    """
    wanted = text.casefold()
    for root in there:
        for entry, data in raw_store_pieces.texts(agent, root):
            if enough():
                return
            decoded = data.decode("utf-8", "replace")
            folded = decoded.casefold()
            at = folded.find(wanted)
            if at >= 0:
                safe = mask(decoded)
                at = safe.casefold().find(wanted)
                around = _around(safe, at, len(text)) if at >= 0 else "(in what is masked)"
                yield InspectHit(entry, around, folded.count(wanted))


def _around(text: str, at: int, length: int) -> str:
    start, end = max(at - _BESIDE, 0), at + length + _BESIDE
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def value(agent: Agent, there: Sequence[Path], key: str) -> bytes:
    """One piece, as it is. Raises `NoSuchPiece` or GitStoryError."""
    for root in there:
        try:
            return raw_store_pieces.value(agent, root, key)
        except KeyError:
            continue
        except OSError as error:
            raise GitStoryError(f"{key} cannot be read: {error.strerror or error}") from error
    raise NoSuchPiece(agent.name, key)
