"""The refs of other tools' records: one call of git shows whether searchable text changed."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import NamedTuple

from gitstory.git.commit_details import OWN_REFS, shallow_edge
from gitstory.git.repo import Repo
from gitstory.store.record_paths import DATA_REF

NOTES = ("refs/notes/ai", "refs/notes/ai-remote/origin", "refs/notes/agentnote", "refs/notes/whogitit")
"""The notes that may hold prompts; all other tools' notes only name conversations."""
CLAIMS = b"foreign"
"""What an index's table of objects lists commits under with records of other tools."""
_CHECKPOINTS = (
    "refs/heads/entire/checkpoints/v1",
    "refs/remotes/**/entire/checkpoints/v1",
    "refs/entire/checkpoints",
)
_NO_TIPS = (b"refs/story/", b"refs/notes/", b"refs/gitstory/", b"refs/stash")
_FORM = "--format=%(refname) %(objectname) %(tree)"


class ForeignState(NamedTuple):
    """`tree` is that of our own record, "" for none. `refs` are other tools' (name -> id), and `digest` stands for them
    and, where there are any, for all tips; "" where there are none.
    """

    tree: str
    refs: Mapping[str, str]
    digest: str


def standing(repo: Repo) -> ForeignState:
    """As of now: one git process where no other tool keeps anything, else two."""
    out = repo.run("for-each-ref", _FORM, DATA_REF, *NOTES, *_CHECKPOINTS, check=False).stdout
    rows = [line.split(" ") for line in out.decode("utf-8", "surrogateescape").splitlines()]
    tree = next((top for name, _, top in rows if name == DATA_REF), "")
    refs = {name: oid for name, oid, _ in rows if name != DATA_REF}
    if not refs:
        return ForeignState(tree, {}, "")
    digest = blake2b(repr((sorted(refs.items()), sorted(shallow_edge(repo)))).encode("utf-8", "surrogateescape"))
    for line in repo.run("show-ref", "--head", check=False).stdout.splitlines():
        if not line.partition(b" ")[2].startswith(_NO_TIPS):
            digest.update(line)
    return ForeignState(tree, refs, digest.hexdigest()[:32])


def tips(repo: Repo) -> list[str]:
    """Where history is walked from: all refs but gitstory's own, notes and the stash, and HEAD."""
    args = ("rev-list", "--no-walk=unsorted", *(f"--exclude={ref}" for ref in OWN_REFS), "--all")
    oids = repo.run(*args, check=False).stdout.decode("ascii", "replace").split()
    return sorted({*oids, *filter(None, [repo.ref("HEAD")])})
