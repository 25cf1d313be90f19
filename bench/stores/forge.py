"""A repository with a record of many conversations, in gitstory's stored format; for `bench/growth`.

Each conversation has six turns of random words (some 26 KB together) and wrote the ten lines of one commit. A file has
1,000 lines, written by a hundred commits. Conversations are written through gitstory's own `StoryStore`, 2,000 at a
time, straight into the repository: no transcript is read and no worker runs.
"""

from __future__ import annotations

import random
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from gitstory.git.line_hashes import lines_hash
from gitstory.git.repo import Repo
from gitstory.model import Call, Conversation, Edit, FileStory, Hunk, Link, Range, Say, Story, Turn, TurnLink
from gitstory.store.batch_changes import Batch
from gitstory.store.record_paths import Tombstone
from gitstory.store.store import StoryStore

AGENT = "claude-code"
TURNS = 6
EACH = 10
"""Lines of a commit."""
PER_FILE = 100
"""Commits of a file."""
BEGINNING = 1_750_000_000
STEP = 600
"""Seconds from one commit to the next."""
_AT_ONCE = 2000
_POOL = 1 << 23


class Work(Struct, frozen=True):
    """The n-th commit of a record: which lines it adds to which file."""

    number: int
    files: int
    seed: int

    @property
    def path(self) -> str:
        file = self.number % self.files
        return f"src/part{file % 40}/module{file}.py"

    @property
    def first(self) -> int:
        return self.number // self.files * EACH + 1

    @property
    def time(self) -> int:
        return BEGINNING + STEP * self.number

    @property
    def lines(self) -> list[str]:
        chance = random.Random(self.seed * 1_000_003 + self.number)
        names = [f"value_{chance.getrandbits(32):08x}" for _ in range(EACH)]
        return [f"{name} = compute({chance.getrandbits(24)}, '{name[6:]}')" for name in names]

    @property
    def conversation(self) -> str:
        return str(uuid.UUID(int=random.Random(f"{self.seed} {self.number}").getrandbits(128), version=4))


class Words:
    """Text of random words from a vocabulary, as long as asked for; words are read out of one long text."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        letters = "aeiounrstlmdkpbg"
        known = ["".join(self._chance.choices(letters, k=self._chance.randint(3, 11))) for _ in range(20_000)]
        self._pool = " ".join(self._chance.choices(known, k=_POOL // 8))

    def text(self, size: int) -> str:
        at = self._chance.randrange(len(self._pool) - size)
        return self._pool[at : at + size]


def works(count: int, seed: int = 1, start: int = 0, files: int | None = None) -> list[Work]:
    shared = files or max(1, (start + count) // PER_FILE)
    return [Work(number, shared, seed) for number in range(start, start + count)]


def commit(repo: Path, items: Sequence[Work], branch: str = "main", author: str = "Dev One") -> list[str]:
    """Make the commits on top of `branch` with one `git fast-import`; returns their ids. The work tree stays."""
    ref = f"refs/heads/{branch}"
    tip = subprocess.run(["git", "rev-parse", "-q", "--verify", ref], cwd=repo, capture_output=True, check=False)
    texts: dict[str, bytearray] = {}
    marks = repo / ".git" / "marks" if (repo / ".git").is_dir() else repo / "marks"
    process = subprocess.Popen(
        ["git", "fast-import", "--quiet", "--force", f"--export-marks={marks}"], cwd=repo, stdin=subprocess.PIPE
    )
    assert process.stdin is not None
    for index, work in enumerate(items):
        if work.path not in texts:
            texts[work.path] = bytearray(_before(repo, ref, work.path) if tip.returncode == 0 else b"")
        text = texts[work.path]
        text += "".join(f"{line}\n" for line in work.lines).encode()
        head = (
            f"commit {ref}\nmark :{index + 1}\ncommitter {author} <{author[-3:].lower()}@localhost> {work.time} +0000\n"
        )
        message = f"Change {work.number} of {work.path}"
        head += f"data {len(message)}\n{message}\n"
        if index == 0 and tip.returncode == 0:
            head += f"from {tip.stdout.decode().strip()}\n"
        process.stdin.write(head.encode() + f"M 100644 inline {work.path}\ndata {len(text)}\n".encode() + text + b"\n")
    process.stdin.close()
    if process.wait() != 0:
        raise SystemExit("git fast-import failed")
    rows = (line.split() for line in marks.read_text().splitlines())
    ids = {int(mark[1:]): oid for mark, oid in rows}
    marks.unlink()
    return [ids[index + 1] for index in range(len(items))]


def _before(repo: Path, ref: str, path: str) -> bytes:
    return subprocess.run(["git", "show", f"{ref}:{path}"], cwd=repo, capture_output=True, check=False).stdout


def batches(items: Sequence[Work], commits: Sequence[str], place: Path, words: Words) -> Iterator[Batch]:
    """The stories, conversations and notes of these commits."""
    for start in range(0, len(items), _AT_ONCE):
        stories, conversations, notes = [], [], {}
        for work, oid in list(zip(items, commits, strict=True))[start : start + _AT_ONCE]:
            stories.append(_story(work, oid))
            conversations.append(_conversation(work, place, words))
            notes[oid] = (
                f"{AGENT} {work.conversation[:8]}: {words.text(80)}\nEvidence: wrote {EACH} of {EACH} added lines\n"
            )
        yield Batch(stories, conversations, notes)


def _story(work: Work, oid: str) -> Story:
    turn = f"{work.conversation}-t{TURNS}"
    link = Link(AGENT, work.conversation, "lines", EACH, (TurnLink(turn, TURNS, "lines", EACH),))
    digest = lines_hash([line.encode() for line in work.lines])
    written = Range(work.first, work.first + EACH - 1, AGENT, work.conversation, turn, digest)
    return Story(oid, (link,), (FileStory(work.path, EACH, 0, (written,)),))


def _conversation(work: Work, place: Path, words: Words) -> Conversation:
    ident = work.conversation
    turns = []
    for index in range(1, TURNS + 1):
        time = float(work.time - 60 * (TURNS - index + 1))
        read = Call("Read", f"{ident}-r{index}", f"{place}/{work.path}", words.text(1300), time=time + 5)
        steps = (Say(words.text(900), time + 2), read, Say(words.text(1200), time + 40))
        if index == TURNS:
            hunk = Hunk(work.first, work.first, tuple(f"+{line}" for line in work.lines))
            edit = Edit(f"{place}/{work.path}", hunks=(hunk,), time=time + 20)
            steps = (*steps[:2], Call("Edit", f"{ident}-e", work.path, "ok", edits=(edit,), time=time + 20), steps[2])
        turns.append(
            Turn(f"{ident}-t{index}", index, words.text(400), time=time, steps=steps, ended=time + 40, kind="request")
        )
    bounds = float(work.time - 60 * TURNS), float(work.time)
    title = words.text(60)
    return Conversation(AGENT, ident, tuple(turns), title, (str(place),), ("model-1",), *bounds)


def record(repo: Path, made: Iterator[Batch]) -> None:
    """Write batches into the record of `repo`."""
    with Repo.open(repo) as opened:
        store = StoryStore(opened)
        for batch in made:
            store.write(batch)


def bury(repo: Path, count: int, seed: int = 9) -> None:
    """Add tombstones of conversations that are not in the record."""
    chance = random.Random(seed)
    graves = [Tombstone("conversation", (AGENT, f"{chance.getrandbits(128):032x}")) for _ in range(count)]
    with Repo.open(repo) as opened:
        StoryStore(opened).write(Batch(tombstones=graves))
