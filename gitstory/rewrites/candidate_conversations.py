"""Which stored conversations a commit could carry lines of, by names alone. Light: readers ask this every time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from gitstory.git.changed_files import Commit, suffix
from gitstory.git.log import log, seconds
from gitstory.git.object_existence import files_among, present_commits
from gitstory.git.repo import Repo

if TYPE_CHECKING:
    from gitstory.store.record_index.index import RecordIndex

Key = tuple[str, str]
"""(agent, native conversation id)."""

RECENT = 200
"""Commits that a base of `record_index.ancestors` may be away."""
_MOST_MOVED = 40
"""Conversations looked at for files that may have been renamed; more would cost a reader too much."""


def of(recorded: RecordIndex, commit: Commit) -> set[Key]:
    """The conversations with lines in a file that the commit changed."""
    names = {path for change in commit.files for path in (change.path, change.old_path)}
    return {key for path in names for key in recorded.conversations_at(path.decode("utf-8", "surrogateescape"))}


def could_carry(repo: Repo, recorded: RecordIndex, commit: Commit) -> set[Key]:
    """The conversations whose lines a commit could hold: of files it changed, and of files that new ones of it may
    have been called before (same suffix, and gone under the old name)."""
    conversations = of(recorded, commit)
    likely = recorded.paths_ending(added_files(commit).values())
    if not likely:
        return conversations
    there = files_among(repo, commit.oid, likely)
    moved: set[Key] = set()
    for path in likely:
        if path not in there:
            moved |= recorded.conversations_at(path) - conversations
        if len(moved) > _MOST_MOVED:
            return conversations
    return conversations | moved


def added_files(commit: Commit) -> dict[bytes, bytes]:
    """The files that a commit added, with the suffix of each: they may have had another name before."""
    old = {change.path for change in commit.files if any(change.old)}
    return {
        change.path: suffix(change.path.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        for change in commit.files
        if change.new and change.path not in old
    }


def possible_sources(repo: Repo, recorded: RecordIndex, keys: Iterable[Key], commits: Sequence[Commit]) -> set[Key]:
    """Those of the conversations that explain a commit which is not behind all of `commits`: others carry nothing."""
    names = [commit.oid for commit in commits]
    without = set(names) if _is_chain(commits) else set()
    explained = {key: sources for key in keys if (sources := recorded.explained([key]) - without)}
    if not explained:
        return set()
    based = repo.run("merge-base", "--octopus", *names, check=False).stdout.decode().split()
    aside = apart(repo, recorded, set().union(*explained.values()), based[:1])
    return {key for key, sources in explained.items() if sources & aside.keys()}


def _is_chain(commits: Sequence[Commit]) -> bool:
    """Whether each commit but one is the only parent of another one: none of them is a copy of another."""
    names = {commit.oid for commit in commits}
    parents = [parent for commit in commits for parent in commit.parents if parent in names]
    return len(set(parents)) == len(parents) == len(names) - 1 and all(len(one.parents) < 2 for one in commits)


def apart(repo: Repo, recorded: RecordIndex, candidates: Iterable[str], commits: Sequence[str]) -> dict[str, float]:
    """Those of the `candidates`, commits with a story, that are not ancestors of any of `commits`, with the time each
    was made.

    One that is not here any more was surely made before; its time is minus infinity.
    """
    names = set(candidates) - set(commits)
    return _not_behind(repo, names - _known_ancestors(repo, recorded, names, commits), commits)


def _not_behind(repo: Repo, names: Iterable[str], commits: Sequence[str]) -> dict[str, float]:
    wanted = sorted(names)
    here = present_commits(repo, wanted)
    times_by_commit = dict.fromkeys(set(wanted) - set(here), float("-inf"))
    if here:
        revisions = [*here, *(f"^{commit}" for commit in commits)]
        times = {record.oid: float(seconds(record.fields[0])) for record in log(repo, ["%ct"], revisions=revisions)}
        times_by_commit.update((one, times[one]) for one in here if one in times)
    return times_by_commit


def _known_ancestors(repo: Repo, recorded: RecordIndex, names: set[str], commits: Sequence[str]) -> set[str]:
    """Those of `names` that the index knows to be ancestors of one of `commits`.

    Where it knows nothing about recent commits, it learns it about one of `commits`, if that is a recent one of HEAD.
    """
    if not names or not commits or not recorded.is_lasting or repo.shallow:
        return set()
    from gitstory.store.record_index import ancestors

    bases = ancestors.bases(recorded)
    recent = commits if any(base in commits for base in bases[:1]) else _recent(repo, commits) if bases else ()
    base = next((base for base in bases if base in recent), None)
    if base is None and (base := _newest_behind_head(repo, commits)) is not None:
        _learn(repo, recorded, base)
    return set() if base is None else ancestors.ancestors_among(recorded, base, names)


def _learn(repo: Repo, recorded: RecordIndex, base: str) -> None:
    """Keep which stories are of ancestors of `base`. Those of an earlier base that is one too are known already."""
    from gitstory.store.record_index import ancestors

    behind: set[str] = set()
    for earlier in ancestors.bases(recorded):
        if repo.run("merge-base", "--is-ancestor", earlier, base, check=False).returncode == 0:
            behind = ancestors.ancestors_of(recorded, earlier)
            break
    stored = set(recorded.commits())
    apart_from_it = _not_behind(repo, stored - behind - {base}, [base])
    ancestors.save(recorded, base, stored - apart_from_it.keys())


def _newest_behind_head(repo: Repo, commits: Sequence[str]) -> str | None:
    """The first of HEAD's recent commits that is one of `commits`."""
    head = repo.ref("HEAD")
    return head if head in commits else next((one for one in _recent(repo, ["HEAD"]) if one in commits), None)


def _recent(repo: Repo, commits: Sequence[str]) -> list[str]:
    """`commits` and the commits before them, as many as are read at no cost."""
    listed = repo.run("rev-list", f"--max-count={RECENT}", *commits, "--", check=False).stdout
    return listed.decode("ascii", "replace").split()
