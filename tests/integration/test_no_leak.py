"""No secret of a conversation is in any byte that gitstory writes: by every command, and however it is stopped.

A command that is not in `RUNS` fails the first test: whoever adds one says here how it is run.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from gitstory.cli.main import COMMANDS
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.everything import objects, own_objects
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON
from tests.unit.redact import corpus

ID = "5ec4e7a0-1111-4222-8333-444455556666"
OTHER = "5ec4e7b1-1111-4222-8333-444455556666"

SEMANTIC = ["how workers begin", *(["--semantic"] if find_spec("wordllama") is not None else [])]

RUNS: dict[str, list[list[str]]] = {
    "drain": [[]],
    "import": [["git-ai", "--all"], ["entire"]],
    "backfill": [["--all"]],
    "show": [[], ["--full"], ["--json"], ["--markdown", "--full"], ["--notes-text"], [ID, "--full"], [OTHER, "--json"]],
    "log": [["--all", "--json"], ["-n", "5"]],
    "blame": [["app.py"], ["--json", "app.py"], ["--porcelain", "app.py"]],
    "why": [["app.py:1"], ["app.py:1", "--json"]],
    "explain": [["HEAD"]],
    "conversations": [["--json"], ["--all"]],
    "review": [["--full"], ["HEAD~2..", "-o", "out/review.md"], ["HEAD~2..HEAD", "--html", "-o", "out/review.html"]],
    "tell": [["HEAD~2..HEAD", "--as", "post"], [ID[:8], "--as", "handoff", "-o", "out/handoff.md"]],
    "rules": [[], ["--json", "--all"], ["--write", "agents"], ["--check", "HEAD~2..HEAD"]],
    "site": [["--out", "out/site", "--yes", "--force"]],
    "ui": [["--help"]],
    "check": [["HEAD~2..HEAD", "--code-quality", "out/quality.json"]],
    "stats": [[]],
    "search": [["worker"], ["worker", "--json"], ["queue"], ["worker", "--all-repos"], SEMANTIC],
    "resume": [[ID[:8]], [ID[:8], "--context"]],
    "link": [["HEAD", OTHER]],
    "unlink": [["HEAD", OTHER]],
    "heal": [["--all"], []],
    "history": [["write"], ["list"], ["write", "--format", "specstory"], ["write", "--running"]],
    "watch": [["--unit", "systemd"], ["--daemon"], ["--stop"]],
    "save": [[ID[:8], OTHER], [ID, "--json", "--running"]],
    "share": [[ID[:8], "-o", "out/share.html"], ["HEAD~2..HEAD", "--keep-names", "-o", "out/kept.html"]],
    "export": [["--agent-trace", "HEAD~2..HEAD", "-o", "out/trace.jsonl"], ["--git-ai", "--write", "HEAD~2..HEAD"]],
    "push": [["--yes", "origin"]],
    "pull": [["origin"]],
    "sync": [["--yes", "origin"]],
    "status": [[], ["--json"]],
    "help": [[], ["secrets"]],
    "version": [[]],
    "scan": [[], ["--fix"]],
    "redact": [["worker starts", "--yes"]],
    "agents": [["-v"]],
    "inspect": [["claude-code", "--search", "worker"]],
    "config": [["list"], ["set", "history.autosave", "true"]],
    "off": [[]],
    "on": [[]],
    "doctor": [[]],
    "enable": [["--no-hooks"], []],
    "disable": [[]],
    "completion": [["bash"]],
    "hook": [["post-commit"]],
    "forget": [[OTHER, "--yes"]],
}  # fmt: skip
"""How each command is run; the last ones undo things, so the order counts."""

SHOWS_COMMITTED = {"explain", "blame"}
"""Commands that print lines of the committed file, which hold what the person committed."""


def known() -> set[str]:
    return {name for group in COMMANDS.values() for name in group}


def test_every_command_is_run() -> None:
    assert known() - RUNS.keys() == set(), "say in RUNS how the new command is run"


@pytest.fixture
def secrets() -> list[str]:
    rng = random.Random(20261127)
    return [secret for _, secret in corpus.tokens(rng)]


@pytest.fixture
def world(repo: GitRepo, home: Path, secrets: list[str], tmp_path: Path) -> GitRepo:
    """Two conversations full of secrets, in everything that can be said and done in one; nothing recorded yet."""
    repo.commit("base", {"base.txt": BASE, ".gitignore": "out/\n"}, at=NOON - 1000)
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "origin.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    git_story(repo.path, "enable", "--no-hooks")
    (repo.path / "out").mkdir()
    share = [secrets[at::6] for at in range(6)]
    session = ClaudeSession(home, repo.path, NOON, ID)
    listed = "\n".join(f"TOKEN_{n}={one}" for n, one in enumerate(share[0]))
    session.prompt(f"The worker starts before the queue.\n{listed}")
    session.say("I'll use this in a header:\n\n" + "\n".join(f"Authorization: Bearer {one}" for one in share[1]))
    session._assistant({"type": "thinking", "thinking": "\n".join(f'"api_key": "{one}",' for one in share[2])})
    session.bash("env | sort", "\n".join(f"export SECRET_{n}='{one}'" for n, one in enumerate(share[3])))
    session.bash(f"curl -H 'X-Api-Key: {share[4][0]}' https://example.com", f'{{"token":"{share[4][1]}"}}')
    session.write("app.py", "worker = 'starts'\n" + "".join(f"KEY_{n} = '{one}'\n" for n, one in enumerate(share[4])))
    session.write(f"conf-{share[5][0]}.txt", "a file with a telling name\nand two lines\n")
    (repo.path / f"conf-{share[5][0]}.txt").unlink()  # names of committed files stay as they are, like git's own trees
    session.say("The queue is there now.")
    repo.commit("worker", at=session.time + 5)
    other = ClaudeSession(home, repo.path, NOON + 5000, OTHER)
    other.prompt("Why does the worker fail with " + " ".join(f"password={one}" for one in share[5]) + "?")
    other.edit("app.py", "worker = 'starts'", "worker = 'starts later'")
    other.say(f"Because {share[5][1]} was revoked.")
    repo.commit("later", at=other.time + 5)
    return repo


def written(repo: GitRepo, home: Path) -> Iterator[tuple[str, bytes]]:
    """Every byte below the git directories and the home, and in the output folder; what the person committed, and the
    agents' own files, left out."""
    own = own_objects(repo)
    places = [repo.path / ".git", repo.path / "out", repo.path / ".gitstory", home]
    places += [repo.path.parent / "origin.git", repo.path.parent / "debug.log"]
    for root in places:
        for path in sorted(root.rglob("*")) if root.is_dir() else [root] if root.exists() else []:
            relative = path.relative_to(root.parent).as_posix()
            if not path.is_file() or "/.claude/" in relative or f"{path.parent.name}{path.name}" in own:
                continue
            data = path.read_bytes()
            yield relative, data
            yield relative, inflated(data)
            yield from rows(path)
    yield from ((f"object {oid}", data) for oid, data in objects(repo) if oid not in own)


def inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data)
    except zlib.error:
        return b""


_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"


def rows(path: Path) -> Iterator[tuple[str, bytes]]:
    """The values of an index, unpacked where they are packed."""
    if path.read_bytes()[:6] != b"SQLite":
        return
    with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as index:
        for (table,) in list(index.execute(_TABLES)):
            for row in index.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    data = value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else b""
                    yield f"{path.name}:{table}", data
                    yield f"{path.name}:{table}", inflated(data)


def leaked(secrets: list[str], found: Iterator[tuple[str, bytes]]) -> dict[str, set[str]]:
    """secret -> places where twelve characters of it in a row stand."""
    pieces = {piece: one for one in secrets for piece in windows(one)}
    seen: dict[str, set[str]] = {}
    texts: dict[bytes, str] = {data: place for place, data in found if data}
    for data, place in texts.items():
        text = data.decode("utf-8", "replace")
        for piece, secret in pieces.items():
            if piece in text:
                seen.setdefault(secret, set()).add(place)
    return seen


def windows(secret: str) -> list[str]:
    bare = secret.rpartition("/webhooks/" if "/webhooks/" in secret else ".com/")[2]
    return [bare[at : at + 12] for at in range(0, max(len(bare) - 11, 1), 4)]


def test_nothing_is_left_by_any_command(world: GitRepo, home: Path, secrets: list[str]) -> None:
    log = str(world.path.parent / "debug.log")
    planted = leaked(secrets, ((str(path), path.read_bytes()) for path in (home / ".claude").rglob("*.jsonl")))
    assert planted.keys() == set(secrets)
    committed = {one for one in secrets if one in (world.path / "app.py").read_text("utf-8")}
    printed: list[tuple[str, bytes]] = []
    printed_with_code: list[tuple[str, bytes]] = []
    for name, runs in RUNS.items():
        for args in runs:
            done = git_story(world.path, name, *args, check=False, GITSTORY_DEBUG=log)
            assert done.returncode in (0, 1) and "Traceback" not in done.stderr, (name, args, done.stderr)
            where = printed_with_code if name in SHOWS_COMMITTED else printed
            where.append((" ".join([name, *args]), (done.stdout + done.stderr).encode()))
        if name in ("drain", "history", "scan"):
            assert leaked(secrets, written(world, home)) == {}, name
    assert leaked(secrets, written(world, home)) == {}
    assert leaked(secrets, iter(printed)) == {}
    assert leaked(secrets, iter(printed_with_code)).keys() <= committed
    for made in ("share.html", "kept.html", "review.html", "review.md", "quality.json"):
        assert (world.path / "out" / made).stat().st_size > 100 or made == "quality.json"
    assert (world.path.parent / "debug.log").stat().st_size > 1000
    assert list((world.path / ".gitstory" / "history").glob("*.md"))


NOT_STORED = "5ec4e7c2-1111-4222-8333-444455556666"


def test_a_conversation_that_is_not_stored_is_printed_redacted(world: GitRepo, home: Path, secrets: list[str]) -> None:
    listed = " ".join(f"password={one}" for one in secrets[:12])
    session = ClaudeSession(home, world.path, NOON + 9000, NOT_STORED)
    session.title(f"Sign in with {listed}")
    session.prompt(f"The second worker signs in with {listed}")
    session.say(f"I take {listed} for that line.")
    session.edit("app.py", "'starts later'", "'starts later still'")
    session.prompt(f"No, not with {listed}!")
    for args in (
        ["conversations"],
        ["conversations", "--json"],
        ["conversations", "--all"],
        ["show", NOT_STORED, "--full"],
        ["why", "app.py:1"],
        ["why", "app.py:1", "--json"],
        ["blame", "-L1,1", "app.py"],
        ["blame", "--json", "-L1,1", "app.py"],
        ["explain", "HEAD"],
        ["explain", "HEAD", "--json"],
        ["resume", NOT_STORED, "--json"],
        ["resume", NOT_STORED, "--context"],
        ["forget", NOT_STORED, "--dry-run"],
        ["inspect", "claude-code", "--search", "signs in"],
    ):
        done = git_story(world.path, *args, check=False)
        assert done.returncode == 0, (args, done.stderr)
        assert NOT_STORED[:8] in done.stdout or args[0] in ("blame", "why", "explain", "resume"), args
        committed = {one for one in secrets if one in (world.path / "app.py").read_text("utf-8")}
        printed = leaked(secrets, iter([(" ".join(args), (done.stdout + done.stderr).encode())]))
        assert printed.keys() <= (committed if args[0] == "explain" else set()), args


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
@pytest.mark.parametrize(
    ("point", "args"),
    [
        ("record.prepared", ["drain"]),
        ("refs.stored", ["drain"]),
        ("refs.moved", ["drain"]),
        ("drain.recorded", ["drain"]),
        ("cache.closing", ["drain"]),
        ("files.written", ["history", "write"]),
        ("files.written", ["share", ID[:8], "-o", "out/share.html"]),
        ("search.done", ["search", "worker"]),
        ("sync.sent", ["push", "--yes", "origin"]),
    ],
)
def test_nothing_is_left_where_it_is_killed(
    world: GitRepo, home: Path, secrets: list[str], point: str, args: list[str]
) -> None:
    done = git_story(
        world.path, *args, check=False, GITSTORY_FAULT=point, GITSTORY_DEBUG=str(world.path.parent / "debug.log")
    )
    assert done.returncode == -9, (done.returncode, done.stderr)
    assert leaked(secrets, written(world, home)) == {}
    subprocess.run(["git", "fsck", "--strict"], cwd=world.path, check=True, capture_output=True)
