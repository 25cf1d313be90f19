"""What git is to assume about commits during one fetch or push, so that it transfers only what the other side lacks.

git finds what two repositories have in common through the parents of commits. A chain that begins anew after an
erasure has no parent in common with the old one, and git would transfer the whole store. Two settings change that for
one call; neither writes anything, and a git or server that ignores them transfers more, never less:

- `GIT_GRAFT_FILE` gives the new commit the old one as its parent, in this process alone. `git push` then leaves out
  what the old commit holds. It takes their parents from branches and tags: git reads history by date, and would read
  all of theirs before it comes to our commits, which are from 1970, or from `deep_date` where a remote has them.
- `GIT_SHALLOW_FILE` says that history here ends at the old commit. To such a client, `git upload-pack` sends nothing
  that the tree of the old commit holds.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from .new_objects import TREE, object_id, read_entries
from .refs import tree_of
from .repo import Repo

QUIET = ("-c", "advice.graftFileDeprecated=false")
"""For each git that runs in such an environment."""


class Lineage(Struct, frozen=True):
    """`parents`: commit -> the commits that count as its parents. `ends`: the commits where history ends here.

    `roots` are commits that count as having no parents. `commits` are commit objects that are not stored here, but that
    `parents` names.
    """

    parents: Mapping[str, tuple[str, ...]] = {}
    ends: tuple[str, ...] = ()
    commits: tuple[bytes, ...] = ()
    roots: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parents or self.ends or self.roots)


NONE = Lineage()
_SUBMODULE = 0o160000
"""The mode of an entry that names a commit of another repository."""


_MOST_TIPS = 2000
"""Branches and tags that are read; of more, the history of the others is read by git."""


def tips(repo: Repo) -> tuple[str, ...]:
    """The commits that branches, remote-tracking branches and tags name."""
    facts = "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname)"
    refs = ("refs/heads", "refs/remotes", "refs/tags")
    listed = repo.run("for-each-ref", f"--count={_MOST_TIPS}", facts, *refs, check=False).stdout.decode()
    fields = listed.split()
    return tuple(dict.fromkeys(oid for kind, oid in zip(fields[::2], fields[1::2], strict=True) if kind == "commit"))


_DEPTH = 2000
"""Commits of the branches that are later than a commit of ours at a remote: a receiving git reads them for each push,
which takes some hundredths of a second, and a person who looks at all refs sees ours only after them."""
_LATEST = 1 << 33


def deep_date(repo: Repo) -> int:
    """The time of the commit that is `_DEPTH` commits back in the history of branches and tags; 0 where there are not
    so many.

    git compares histories from the latest commit to the earliest. To one that receives commits of 1970 it would be
    shown only after all of the project's history that nothing in them leads to what the remote lacks.
    """
    stdin = "".join(f"{oid}\n" for oid in tips(repo)).encode()
    which = ("--max-count=1", f"--skip={_DEPTH}", "--format=%ct", "--stdin")
    lines = repo.run("rev-list", *which, input=stdin, check=False).stdout.decode("ascii", "replace").split("\n")
    return _time(lines[1]) if stdin and len(lines) > 1 else 0


def committed_at(repo: Repo, commit: str | None) -> int:
    """The time of a commit; 0 for none, and for an impossible time."""
    got = repo.objects.read(commit) if commit is not None else None
    head = got[2].partition(b"\n\n")[0] if got is not None else b""
    lines = (line.split(b" ") for line in head.split(b"\n") if line.startswith(b"committer "))
    return max((_time(words[-2].decode("ascii", "replace")) for words in lines if len(words) > 2), default=0)


def _time(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 and int(text) < _LATEST else 0


@contextmanager
def environment(repo: Repo, lineage: Lineage) -> Iterator[dict[str, str]]:
    """The environment variables that make git assume `lineage`; their files are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="gitstory-") as name:
        folder = Path(name)
        wanted = {}
        parents: dict[str, tuple[str, ...]] = dict.fromkeys(lineage.roots, ())
        parents.update(lineage.parents)
        if parents:
            rows = (" ".join((child, *above)) for child, above in parents.items())
            wanted["GIT_GRAFT_FILE"] = _written(folder / "grafts", rows)
        if lineage.ends:
            own = ""
            with suppress(OSError):
                own = (repo.common_dir / "shallow").read_text()
            wanted["GIT_SHALLOW_FILE"] = _written(folder / "shallow", [*own.split(), *lineage.ends])
        if lineage.commits:
            for data in lineage.commits:
                _store_loose(folder / "objects", object_id(repo.object_format, "commit", data), data)
            wanted["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = str(folder / "objects")
        yield wanted


def _written(path: Path, rows: Iterator[str] | list[str]) -> str:
    path.write_text("".join(f"{row}\n" for row in rows))
    return str(path)


def _store_loose(objects: Path, oid: str, data: bytes) -> None:
    import zlib

    path = objects / oid[:2] / oid[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zlib.compress(b"commit %d\0" % len(data) + data))


def is_complete(repo: Repo, tip: str, complete: str) -> bool:
    """Whether everything is here that the commit `tip` leads to, given that it is so for the commit `complete`.

    Costs what differs between the two, also where they have no parent in common: `git rev-list` would read all trees
    of `complete`. A tree is read once, so that one which repeats itself costs no more than its objects.
    """
    listed = repo.run("rev-list", "--reverse", "--topo-order", tip, f"^{complete}", "--", check=False)
    if listed.returncode != 0:
        return False
    walk = _Walk(repo, tree_of(repo.objects, complete))
    return all(walk.holds(commit) for commit in listed.stdout.decode().split()) and walk.has_files()


class _Walk:
    """Looks for what trees lead to, but for what the tree `complete` and those that were looked at before lead to."""

    def __init__(self, repo: Repo, complete: str | None) -> None:
        self._repo = repo
        self._complete = complete
        self._seen: set[str] = set()
        self._files: set[str] = set()

    def holds(self, commit: str) -> bool:
        """Whether the commit's tree and all trees in it are here. Its files are noted for `has_files`."""
        tree = tree_of(self._repo.objects, commit)
        if tree is None:
            return False
        waiting = [(tree, self._complete)]
        while waiting:
            new, old = waiting.pop()
            if new == old or new in self._seen:
                continue
            self._seen.add(new)
            entries = read_entries(self._repo.objects, new)
            if not entries and not self._is_tree(new):
                return False
            before = read_entries(self._repo.objects, old)
            for name, (mode, oid) in entries.items():
                if before.get(name) == (mode, oid):
                    continue
                if mode == TREE:
                    inner = before.get(name, (0, ""))
                    waiting.append((oid, inner[1] if inner[0] == TREE else None))
                elif mode != _SUBMODULE:
                    self._files.add(oid)
        self._complete = tree
        return True

    def _is_tree(self, oid: str) -> bool:
        read = self._repo.objects.read(oid)
        return read is not None and read[1] == "tree"

    def has_files(self) -> bool:
        """Whether the files that were noted are here."""
        stdin = "".join(f"{oid}\n" for oid in self._files).encode()
        listed = self._repo.git("cat-file", "--batch-check=%(objecttype)", "--buffer", input=stdin) if stdin else b""
        return listed.split() == [b"blob"] * len(self._files)
