"""What a reader of one agent's store has to offer.

A reader enumerates `Source`s cheaply (names, sizes, times: no parsing) and reads one source whole. It never writes,
never locks, never raises for bad content: what it cannot understand it counts in `Conversation.skipped`: unreadable
records, and records of a type it does not know. `gitstory.testing` holds any reader to all of this.

No times in the store: keep the order of the records, leave the turns' and edits' times None, set
`Conversation.times = "bounds"`, and give as `started` and `updated` what surely lies before and after (a dated head
of the session, the file's modification; None where nothing is known). Linking then goes by content alone, and
`git story explain` says that the times are bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from gitstory.agents.catalog import AGENTS, expanded
from gitstory.effects.patches import absolute
from gitstory.model import Conversation


class Source(Struct, frozen=True):
    """One thing to read: a transcript file (with its satellites), or one conversation of a database.

    `folder` is the agent's own project key where the path has one (Claude Code: the encoded directory name), to
    rule out other projects without opening anything. `stamp` changes whenever a reading would (sizes and mtimes of
    the file and its satellites, or a row version). `id` is the conversation's native id where the name tells. `also`
    are the other files of a conversation that is in several: a reading of any of them is of all, and each is a source.
    """

    agent: str
    path: Path
    stamp: tuple[int, ...]
    size: int
    modified: float
    id: str | None = None
    folder: str | None = None
    also: tuple[Path, ...] = ()


class Reading(Struct, frozen=True):
    """What a source holds now."""

    conversations: tuple[Conversation, ...]


class Agent(Protocol):
    """One coding agent's store.

    An agent that keeps its store within the work tree has an attribute `local` besides: the paths of what would be
    roots, from the top of each work tree (`(".aider.chat.history.md",)`). One that retells conversations of others has
    `secondhand = True`: those that an agent's own store has, by their ids, are left to it.
    """

    name: str
    """The identifier used everywhere: "claude-code", "codex"."""
    label: str
    """The name people know: "Claude Code"."""
    markers: Mapping[str, str]
    """Environment variables a git hook sees when this agent runs git: variable -> what it holds, one of
    "present", "conversation", "call"."""

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        """Directories (or files) where this agent stores conversations, existing or not, best first."""
        ...

    def sources(self, root: Path) -> Iterator[Source]:
        """What `root` holds, newest first where that is cheap; nothing if it does not exist."""
        ...

    def places(self, source: Source) -> tuple[str, ...]:
        """The working directories a source names in its cheap part (its head), possibly none.

        Used to rule conversations of other repositories out without parsing everything.
        """
        ...

    def folder_of(self, directory: Path) -> str | None:
        """The `Source.folder` this agent would use for `directory`; None where it has no such thing."""
        ...

    def read(self, source: Source) -> Reading:
        """Read a source from its start."""
        ...


class Entry(Struct, frozen=True):
    """One piece: its `key` names it in the store for ever, `size` in bytes, `modified` in epoch seconds where known.

    `about` is a word or two of what it is, as the store has it: a record's type, a heading.
    """

    key: str
    size: int
    modified: float | None = None
    about: str = ""


class Inspectable(Protocol):
    """What a reader may offer besides `Agent` where the pieces of its store are not those of its files."""

    def entries(self, root: Path) -> Iterator[Entry]:
        """Every piece below `root`; nothing where there is none."""
        ...

    def value(self, root: Path, key: str) -> bytes:
        """The piece called `key`. Raises KeyError where there is none, OSError where it cannot be read."""
        ...


class Guarded(Protocol):
    """What a reader offers besides `Agent` if its store contains credentials, which are never shown."""

    def hides(self, key: str) -> bool:
        """Whether the piece called `key` holds credentials."""
        ...


class Reader:
    """What the built-in readers share: the facts of the catalog, and the usual answers of a store of plain files."""

    name: str
    label: str
    markers: Mapping[str, str]
    local: tuple[str, ...]
    secondhand: bool

    def __init_subclass__(cls) -> None:
        info = AGENTS.get(getattr(cls, "name", ""))
        if info is not None:
            cls.label, cls.markers, cls.local, cls.secondhand = info.label, info.markers, info.local, info.secondhand

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        return list(expanded(AGENTS[self.name].roots, env, home))

    def places(self, source: Source) -> tuple[str, ...]:
        """None are known without reading all of a source."""
        return ()

    def folder_of(self, directory: Path) -> str | None:
        """Folders are not named for directories, or not alike in all versions."""
        return None


class FolderReader(Reader):
    """A store whose sources name their working directory as `Source.folder`."""

    def places(self, source: Source) -> tuple[str, ...]:
        return (absolute(source.folder, None),) if source.folder else ()

    def folder_of(self, directory: Path) -> str | None:
        return directory.as_posix()
