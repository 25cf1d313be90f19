"""The transcripts that Entire keeps in a repository: every copy of each, over the whole history of its refs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from gitstory.errors import GitStoryError
from gitstory.git.repo import DamagedObject, Repo, TooBig
from gitstory.interop.formats import entire

MOST_COPIES = 200_000
"""Copies that are listed, and commits of the refs that are looked at: the newest ones."""
MOST_CONVERSATIONS = 20_000
BIGGEST_COPY = 256 << 20
"""Bytes of one copy that is read."""

_PATH = re.compile(rb"(?:[0-9a-f]{2}/[0-9a-zA-Z]{6,30}/)?(?:\d{1,4}/)?full\.jsonl(?:\.\d{1,4})?\Z")
_FOLDER = len("ab/0123456789")
"""Characters that distinguish the folders of checkpoints on the branch."""


class Copies(Struct, frozen=True):
    """One conversation: its id as Entire has it, the blobs of its transcript's copies, and who stored them.

    `people` are (e-mail, name) pairs.
    """

    conversation: str
    blobs: tuple[str, ...]
    people: frozenset[tuple[str, str]] = frozenset()


class NoCheckpoints(GitStoryError):
    def __init__(self) -> None:
        super().__init__(
            "there are no checkpoints of Entire in this clone",
            hint=f"`git fetch origin {entire.BRANCH}:{entire.BRANCH}` fetches them where the remote has some",
        )


def refs(repo: Repo) -> list[str]:
    """The refs checkpoints are at: this clone's branch, those of remotes, and refs of one checkpoint each."""
    patterns = (f"refs/heads/{entire.BRANCH}", f"refs/remotes/**/{entire.BRANCH}", entire.REFS)
    output = repo.run("for-each-ref", "--format=%(refname)", *patterns, check=False).stdout
    return output.decode("utf-8", "surrogateescape").split("\n")[:-1]


def count(repo: Repo) -> int:
    """How many checkpoints with a transcript the newest state of the refs holds; 0 where there are none."""
    listed = refs(repo)
    own = [ref for ref in listed if ref.startswith(entire.REFS)]
    trees = [ref for ref in listed if ref not in own][:3]
    names: set[bytes] = set()
    for ref in trees:
        out = repo.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", ref, check=False).stdout
        names.update(name[:_FOLDER] for name in out.split(b"\0") if _PATH.match(name))
    stdin = "".join(f"{ref}:0/full.jsonl\n" for ref in own[:MOST_CONVERSATIONS]).encode("utf-8", "surrogateescape")
    out = repo.git("cat-file", "--batch-check=%(objecttype)", input=stdin) if own else b""
    return len(names) + out.split(b"\n").count(b"blob")


def conversations(repo: Repo) -> list[Copies]:
    """Every conversation with a copy here. Raises `NoCheckpoints`."""
    listed = refs(repo)
    if not listed:
        raise NoCheckpoints
    copies: dict[str, dict[str, tuple[str, str]]] = {}
    for blob, (metadata, person) in _copies(repo, listed).items():
        named = _session(repo, metadata)
        if named and (named in copies or len(copies) < MOST_CONVERSATIONS):
            copies.setdefault(named, {})[blob] = person
    return [Copies(named, tuple(blobs), frozenset(blobs.values())) for named, blobs in sorted(copies.items())]


def contents(repo: Repo, blobs: Sequence[str]) -> Iterator[bytes]:
    """The copies of a transcript that can be read, the largest first; one that is missing or too big is left out."""
    sizes: list[tuple[int, str]] = []
    stdin = "".join(f"{blob}\n" for blob in blobs).encode()
    for line in repo.git(
        "cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", input=stdin
    ).splitlines():
        oid, kind, *rest = line.split()
        if kind == b"blob" and rest and int(rest[0]) <= BIGGEST_COPY:
            sizes.append((int(rest[0]), oid.decode()))
    before = b""
    for _, blob in sorted(sizes, reverse=True):
        try:
            copy = repo.objects.blob(blob, BIGGEST_COPY)
        except (TooBig, DamagedObject):
            continue
        # Most copies are the beginning of a later one.
        if copy and not before.startswith(copy):
            yield copy
            before = copy


def _copies(repo: Repo, listed: Sequence[str]) -> dict[str, tuple[str, tuple[str, str]]]:
    """Blob -> where its metadata is (`COMMIT:PATH`) and who stored it, oldest first."""
    stdin = "".join(f"{ref}\n" for ref in listed).encode("utf-8", "surrogateescape")
    args = (
        "--raw",
        "--no-abbrev",
        "-m",
        "--root",
        "--no-renames",
        "--format=%x01%H%x00%ae%x00%an",
        f"--max-count={MOST_COPIES}",
    )
    out = repo.git("log", "--reverse", *args, "--no-notes", "--ignore-missing", "--stdin", input=stdin)
    copies: dict[str, tuple[str, tuple[str, str]]] = {}
    commit, email, name = "", "", ""
    for line in out.split(b"\n"):
        if line.startswith(b"\x01"):
            commit, email, name = [*line[1:].decode("utf-8", "replace").split("\0"), "", ""][:3]
        elif line.startswith(b":") and len(copies) < MOST_COPIES:
            fields, _, path = line.partition(b"\t")
            oid = fields.split(b" ")[3]
            if _PATH.match(path) and oid.strip(b"0"):
                folder = path.rpartition(b"/")[0].decode("ascii")
                place = f"{commit}:{f'{folder}/' if folder else ''}metadata.json"
                copies.setdefault(oid.decode("ascii"), (place, (email, name)))
    return copies


def _session(repo: Repo, metadata: str) -> str:
    """The id of the conversation that a metadata file is about; "" where it cannot be read."""
    try:
        content = repo.objects.blob(metadata, entire.BIGGEST)
    except (TooBig, DamagedObject):
        return ""
    claim = entire.claim(content, None, "") if content else None
    return claim.conversation if claim is not None else ""
