"""Two versions of gitstory at one remote: neither loses what the other one stored, also where one erases.

The older one is this project as it was before it stored the kinds of turns and what is said within one: it knows
neither these keys, nor the index, nor how an erasure is transferred since.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.gitrepo import GitRepo

ROOT = Path(__file__).resolve().parents[2]
OLDER = "382d9b869b4d5f43ca3f1e6119eb7778640f7aaf"

WRITE = """
import sys
from pathlib import Path
from gitstory.git.repo import Repo
from gitstory.model import Conversation, FileStory, Link, Range, Say, Story, Turn, TurnLink
from gitstory.store.store import Batch, StoryStore
stories, conversations = [], []
for name in sys.argv[2:]:
    given = {"kind": "request", "expanded": "what " + name + " stands for"}
    more = given if "expanded" in Turn.__struct_fields__ else {}
    turns = [Turn(f"t{at}", at, f"{name} asks {at}", steps=(Say(f"answer {at}"),) * at, **more) for at in (1, 2, 3)]
    conversations.append(Conversation("codex", "talk-" + name, tuple(turns), title=name, updated=1.7e9))
    piece = Range(1, 2, "codex", "talk-" + name, "t3", "0" * 16)
    commit = name.encode().hex().rjust(40, "0")
    link = Link("codex", "talk-" + name, "lines", 2, (TurnLink("t3", 3, "lines", 2),))
    stories.append(Story(commit, (link,), (FileStory("a.py", 2, 0, (piece,)),)))
with Repo.open(Path(sys.argv[1])) as repo:
    StoryStore(repo).write(Batch(stories, conversations))
"""


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The older program."""
    folder = tmp_path_factory.mktemp("older")
    done = subprocess.run(
        ["git", "archive", OLDER, "gitstory", "hooks", "pyproject.toml"], cwd=ROOT, capture_output=True
    )
    if done.returncode != 0:
        pytest.skip("this copy of the project is without its history")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


class Person:
    """A clone, and the program that is used in it."""

    def __init__(self, remote: Path, name: str, program: Path) -> None:
        self.path, self.program = remote.parent / name, program
        subprocess.run(["git", "clone", "-q", str(remote), str(self.path)], check=True, capture_output=True)
        self.git = GitRepo(self.path)
        self("enable", "--no-hooks")

    def run(self, *args: str) -> str:
        env = {**os.environ, "PYTHONPATH": str(self.program)}
        done = subprocess.run([sys.executable, *args], cwd=self.path, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def __call__(self, *args: str) -> str:
        return self.run("-m", "gitstory", *args)

    def write(self, *names: str) -> None:
        self.run("-c", WRITE, str(self.path), *names)

    def stored(self) -> dict[str, str]:
        """The ids of all records by their paths."""
        rows = (line.split("\t") for line in self.git.git("ls-tree", "-r", "refs/story/data").splitlines())
        return {path: facts.split()[2] for facts, path in rows}


def import_history(repo: GitRepo) -> None:
    """So many commits that the newer program dates the commits of its chains."""
    commits = "".join(
        f"commit refs/heads/main\ncommitter P <p@localhost> {1_700_000_000 + at * 60} +0000\ndata 1\nx\n"
        + ("from refs/heads/main^0\n" if at == 0 else "")
        for at in range(2_100)
    )
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repo.path, input=commits.encode(), check=True)


def dates(where: Person) -> list[int]:
    """The times of the commits that the remote's chain has, the newest first."""
    return [int(date) for date in where.git.git("log", "--format=%ct", "refs/story-remotes/origin/data").split()]


@pytest.fixture
def people(older: Path, tmp_path: Path, home: Path) -> tuple[Person, Person]:
    remote = tmp_path / "remote.git"
    GitRepo.init(remote, "--bare", "-b", "main")
    first = GitRepo.init(tmp_path / "first", "-b", "main")
    first.commit("first", {"a.py": "a\n"})
    import_history(first)
    first.git("push", "-q", str(remote), "main")
    now, then = Person(remote, "now", ROOT), Person(remote, "then", older)
    assert now.run("-c", "import gitstory; print(gitstory.__file__)").startswith(str(ROOT / "gitstory"))
    assert then.run("-c", "import gitstory; print(gitstory.__file__)").startswith(str(older))
    return now, then


def names(stored: dict[str, str]) -> set[str]:
    return {path.split("/")[3] for path in stored if path.startswith("conversations/")}


@pytest.mark.slow
def test_what_each_stores_is_there_for_both(people: tuple[Person, Person]) -> None:
    now, then = people
    now.write("new")
    now("push", "--yes")
    ours = now.stored()
    then.write("old")
    then("pull", "--yes")
    then("push", "--yes")
    now.write("newer")  # both have gone on since
    now("sync", "--yes")
    assert dates(now)[0] > 1_700_000_000 and 0 in dates(now), "each program's own"
    then.write("older")
    then("sync", "--yes")
    now("pull", "--yes")
    assert now.stored() == then.stored()
    assert names(now.stored()) == {"talk-new", "talk-newer", "talk-old", "talk-older"}
    assert sum(path.startswith("commits/") for path in now.stored()) == 4
    assert ours.items() <= then.stored().items(), "keys that the older program does not know are kept"
    assert "what new stands for" in now.git.git("grep", "-h", "stands for", "refs/story/data")


@pytest.mark.matrix
def test_what_one_erases_does_not_come_back_and_costs_nothing_else(people: tuple[Person, Person]) -> None:
    now, then = people
    now.write("one", "two", "three")
    now("push", "--yes")
    then("pull", "--yes")
    then.write("late")  # not pushed yet
    now("forget", "--yes", "talk-one")
    now("push", "--yes")
    then("push", "--yes")  # takes the erasure in, or keeps what it has until the person agrees
    then("pull", "--yes")
    then("forget", "--yes", "talk-two")
    then("push", "--yes")
    now.write("last")
    now("pull", "--yes")
    now("push", "--yes")
    then("pull", "--yes")
    assert dates(now)[0] > 1_700_000_000
    assert now.stored() == then.stored()
    assert names(now.stored()) == {"talk-three", "talk-late", "talk-last"}
