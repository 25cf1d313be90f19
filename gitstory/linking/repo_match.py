"""Which conversations may belong to this repository, cheaply first.

A source is ruled out by its folder's name, by the directories its head names, or by what its trace says, in that
order; only the last needs it parsed, and the parse is kept (`linking.trace_cache`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct, field

from gitstory.agents.base import Agent, Source
from gitstory.attribution.conversation_trace import Trace, located
from gitstory.attribution.link import Candidate
from gitstory.attribution.realpaths import RealPaths
from gitstory.attribution.repository_of_path import guess_root, inside, normal, relative, remote_key
from gitstory.attribution.timeline import Placed
from gitstory.environment import Surroundings
from gitstory.git.repo import Repo

PathFilter = Callable[[str], bool]
"""Whether a path of the repository is to be left alone."""


class Here(Struct, frozen=True):
    """This repository as conversations would name it: roots of all its work trees (normal form) and its remotes."""

    roots: tuple[str, ...]
    remotes: frozenset[str]
    real: RealPaths = field(default_factory=RealPaths)

    @property
    def scope(self) -> bytes:
        return "\n".join([*sorted(self.roots), *sorted(self.remotes)]).encode("utf-8", "surrogateescape")

    def holds(self, directory: str) -> bool:
        """Whether a directory is in one of the work trees, under any of its names."""
        return inside(directory, self.roots) or self.real.is_inside(directory, self.roots)

    def is_below(self, directory: str) -> bool:
        """Whether one of the work trees is in `directory`, or is it."""
        places = (directory, self.real(directory))
        return any(inside(root, places) for root in self.roots)

    def locate(
        self,
        path: str,
        guessed: str | None = None,
        changed: Container[str] = (),
    ) -> tuple[str, str] | None:
        """(root, path in the repository) of an absolute path; None for one that is in no work tree.

        `guessed` is one more root. A path within a work tree that leads through a link in it is the file that the link
        leads to, unless a commit `changed` a file of the name as it was recorded: the link may be younger.
        """
        key = relative(path, (*self.roots, guessed) if guessed else self.roots)
        if key is not None and (key[0] == guessed or key[1] in changed):
            return key
        return self.real.below(path, self.roots) or key


def here(repo: Repo) -> Here:
    """Every work tree git knows, under the name git gives and under its real path, and a bare repository's own.

    Of a submodule git lists the git directory instead of the work tree.
    """
    trees = [*repo.worktrees(), *([repo.worktree] if repo.worktree else [])]
    roots: dict[str, None] = {}
    for tree in trees:
        roots[normal(str(tree))] = None
        roots[normal(str(tree.resolve()))] = None
    urls = [url for name, url in repo.settings.sections("remote") if url and name.endswith(b".url")]
    return Here(tuple(roots), frozenset(remote_key(url.decode("utf-8", "replace")) for url in urls))


def all_sources(
    agents: Iterable[Agent],
    where: Surroundings,
    listed: dict[tuple[str, Path], tuple[Source, ...]] | None = None,
) -> Iterator[tuple[Agent, Source]]:
    """Every source of every agent, each path once. `known` keeps what a root holds for the next call."""
    seen: set[tuple[Path, str | None]] = set()
    for agent in agents:
        for root in agent_roots(agent, where):
            for source in _sources(agent, root, listed):
                if (source.path, source.id) not in seen:
                    seen.add((source.path, source.id))
                    yield agent, source


def agent_roots(agent: Agent, where: Surroundings) -> tuple[Path, ...]:
    """Where an agent's conversations are looked for, there or not."""
    return (*agent.roots(where.env, where.home), *where.stores.get(agent.name, ()))


def _sources(agent: Agent, root: Path, listed: dict[tuple[str, Path], tuple[Source, ...]] | None) -> Iterable[Source]:
    if listed is None:
        return agent.sources(root)
    key = (agent.name, root)
    if key not in listed:
        listed[key] = tuple(agent.sources(root))
    return listed[key]


def may_hold(source: Source, ident: str) -> bool:
    """Whether a source is, or by its name could be, the conversation whose id begins with `ident`.

    Where the name has no whole id it may have the first letters of it (Gemini CLI's do).
    """
    if source.id is not None:
        return source.id.startswith(ident)
    cut = ident[:_CUT]
    return bool(cut) and any(part.startswith(cut) for part in _PARTS.split(source.path.stem))


_CUT = 8
_PARTS = re.compile(r"[-_.]")


def plausible(agent: Agent, source: Source, at: Here, exists: Callable[[str], bool]) -> bool:
    """Whether a source could be of this repository, from its name and head alone.

    Yes also for a source whose directories are all gone or unknown (the checkout may have moved) and for one that
    began above the repository; what it edited decides then.
    """
    if source.folder is not None:
        ours = [agent.folder_of(Path(root)) for root in at.roots]
        if any(_related(source.folder, name) for name in ours if name):
            return True
    places = [normal(place) for place in agent.places(source)]
    if not places or any(at.holds(place) or at.is_below(place) for place in places):
        return True
    return not any(exists(place) for place in places)


def _related(folder: str, ours: str) -> bool:
    """Whether one of two encoded directory names continues the other."""
    return folder == ours or folder.startswith(f"{ours}-") or ours.startswith(f"{folder}-")


class Tie(Struct, frozen=True):
    """What ties a conversation to this repository: `known` if it surely belongs here, `touching` if its paths are to be
    looked for in the work trees, and a directory besides them that was guessed from names."""

    is_known: bool
    touching: bool = False
    guessed: str | None = None


_ENOUGH = 6
"""Deep paths of the repository that conversations wrote below one lost directory, for it to count as a checkout."""


def place(
    traces: Sequence[Trace],
    at: Here,
    agents: Collection[Agent],
    tracked: Callable[[], Collection[str]],
    exists: Callable[[str], bool],
    ignored: PathFilter = lambda path: False,
    sure: Callable[[Trace], bool] = lambda trace: False,
    changed: Container[str] = (),
) -> tuple[list[Candidate], list[Placed]]:
    """The traces that may belong here with their edits at paths of the repository; the others are left out.

    `sure` says of which ones something outside of their paths does: a commit of this repository that they report.
    `changed` are the paths that the commits at hand name.
    """
    folders = {name for agent in agents for root in at.roots if (name := agent.folder_of(Path(root)))}
    ties = [_tie(trace, at, folders, tracked, exists, sure(trace)) for trace in traces]
    proven = _checkouts(traces, ties, tracked)
    candidates: list[Candidate] = []
    edits: list[Placed] = []
    for trace, tie in zip(traces, ties, strict=True):
        is_known = tie.is_known or tie.guessed in proven or any(inside(place, proven) for place in trace.places)
        if not is_known and not tie.touching:
            continue
        locate = partial(at.locate, guessed=tie.guessed, changed=changed)
        touched = list(located(trace, locate)) if tie.touching else []
        if not touched and not is_known:
            continue
        number = len(candidates)
        candidates.append(Candidate(trace, guessed=not is_known))
        edits += [
            Placed(number, serial, root, path, edit, origin)
            for serial, root, edit, path, origin in touched
            if not ignored(path)
        ]
    return candidates, edits


def ours(traces: Sequence[Trace], at: Here, agents: Collection[Agent]) -> list[Trace]:
    """The traces of conversations that took place, or edited something, in this repository as it stands.

    Unlike `place` it guesses nothing: a conversation with an unknown directory is of no repository.
    """
    candidates, _ = place(traces, at, agents, frozenset, lambda directory: True)
    return [one.trace for one in candidates if one.trace.turns]


def _checkouts(traces: Sequence[Trace], ties: Sequence[Tie], tracked: Callable[[], Collection[str]]) -> frozenset[str]:
    """Guessed directories that surely were checkouts of this repository: a conversation that surely is of it worked
    there, or many of its deeper files were written there."""
    paths: dict[str, set[str]] = {}
    proven: set[str] = set()
    for trace, tie in zip(traces, ties, strict=True):
        if tie.guessed is None:
            continue
        if tie.is_known:
            proven.add(tie.guessed)
        below = {key[1] for edit in trace.edits if (key := relative(edit.path, [tie.guessed])) is not None}
        paths.setdefault(tie.guessed, set()).update(path for path in below if "/" in path and path in tracked())
    return frozenset(proven | {root for root, found in paths.items() if len(found) >= _ENOUGH})


def _tie(
    trace: Trace,
    at: Here,
    folders: Collection[str],
    tracked: Callable[[], Collection[str]],
    exists: Callable[[str], bool],
    sure: bool,
) -> Tie:
    is_known = sure or any(at.holds(place) for place in trace.places)
    is_known = is_known or trace.folder in folders or any(remote_key(url) in at.remotes for url in trace.remotes)
    touching = any(at.locate(edit.path) for edit in trace.edits)
    strays = {edit.path for edit in trace.edits if not _tracked_here(edit.path, at, tracked)}
    if not strays:
        return Tie(is_known or touching, True)
    if not is_known and any(exists(place) for place in trace.places):
        # The conversation took place in another directory of this machine; only what it wrote in here is ours.
        return Tie(touching, touching)
    guessed = guess_root(strays, tracked(), trace.places, sure=sure)
    if guessed is None or guessed in at.roots or at.real(guessed) in at.roots:
        return Tie(is_known or touching, is_known or touching)
    return Tie(is_known or touching, True, guessed)


def _tracked_here(path: str, at: Here, tracked: Callable[[], Collection[str]]) -> bool:
    """Whether a path is of a work tree as it stands; below one may also have been a work tree that is gone."""
    locate = at.locate(path)
    if locate is None:
        return False
    # A look at the disk spares most commits the listing of all files.
    return "/" not in locate[1] or os.path.lexists(path) or locate[1] in tracked()
