"""Processor time of commands as one project's transcripts grow: n, 3 n and 9 n of them, and the same of a remote's.

    python bench/stores/growth.py [--start 1000] [--steps 3] [--forged] [--folder DIR] [--only drain,search]

Makes a repository with one commit in a folder of its own, and transcripts of Claude Code of which each edited a file of
that repository, or (`--forged`) as many conversations in refs/story/data as if a remote had them. Prints seconds of
processor time (user and system, of the process and its children) and, from the second size on, the ratio to the size
before: 3 is linear. Needs `git-story` on PATH.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

COMMANDS = {
    "drain (first)": ["drain"],
    "drain (one more commit)": ["drain"],
    "agents": ["agents"],
    "conversations": ["conversations"],
    "search (first)": ["search", "greeting"],
    "search (again)": ["search", "greeting"],
    "history": ["history", "write"],
    "explain": ["explain"],
    "status": ["status"],
    "show": ["show"],
}
WORDS = [f"word{n}" for n in range(2000)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--start", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--forged", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    top = given.folder or Path(tempfile.mkdtemp(prefix="stores-growth-"))
    sizes = [given.start * 3**step for step in range(given.steps)]
    wanted = [name for name in COMMANDS if not given.only or any(one in name for one in given.only.split(","))]
    columns = {size: _measured(top / str(size), size, given.forged, wanted) for size in sizes}
    print(f"{'':<26}" + "".join(f"{size:>16,}" for size in sizes))
    for name in wanted:
        cells = []
        for number, size in enumerate(sizes):
            ratio = columns[size][name] / max(columns[sizes[number - 1]][name], 1e-9) if number else 0
            cells.append(f"{columns[size][name]:>9.2f}" + (f" x{ratio:<5.1f}" if number else " " * 7))
        print(f"{name:<26}" + "".join(cells))
    if given.folder is None:
        shutil.rmtree(top)


def _measured(folder: Path, size: int, forged: bool, wanted: list[str]) -> dict[str, float]:
    if folder.exists():
        shutil.rmtree(folder)
    home, repo = folder / "home", folder / "project"
    home.mkdir(parents=True)
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "LANG": "C.UTF-8"}
    (home / ".gitconfig").write_text("[user]\n\tname = Dev One\n\temail = dev@example.com\n")
    _git(folder, env, "init", "-q", str(repo))
    _git(repo, env, "commit", "-q", "--allow-empty", "-m", "Start")
    _git(repo, env, "story", "enable", "--no-hooks")
    if forged:
        _forge(repo, size)
    else:
        _transcripts(home, repo, size)
    found: dict[str, float] = {}
    for name in wanted:
        if name.startswith("drain"):
            (repo / f"{name[7]}.py").write_text("def greet(name):\n    return 'hello ' + name\n")
            _git(repo, env, "add", "-A")
            _git(repo, env, "commit", "-q", "-m", "Greet")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["git", "story", *COMMANDS[name]], cwd=repo, env=env, capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found[name] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"  {size:>8,} {name:<26} {found[name]:8.2f} s", flush=True)
    return found


def _git(folder: Path, env: dict[str, str], *args: str) -> None:
    subprocess.run(["git", *args], cwd=folder, env=env, check=True, capture_output=True)


def _transcripts(home: Path, repo: Path, size: int) -> None:
    store = home / ".claude" / "projects" / re.sub(r"[^A-Za-z0-9-]", "-", str(repo.resolve()))
    store.mkdir(parents=True)
    chance = random.Random(1)
    for number in range(size):
        ident = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        path = store / f"{ident}.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in _records(ident, repo, number, chance)))
        moment = 1_795_000_000 - number * 60
        os.utime(path, (moment, moment))
    os.utime(store, (1_795_000_000, 1_795_000_000))


def _records(ident: str, repo: Path, number: int, chance: random.Random) -> list[dict[str, object]]:
    def text(words: int) -> str:
        return " ".join(chance.choices(WORDS, k=words))

    def record(
        kind: str, uid: str, parent: str | None, message: dict[str, object], **more: object
    ) -> dict[str, object]:
        common = {"cwd": str(repo), "sessionId": ident, "version": "2.1.240", "timestamp": "2026-11-18T10:00:00.000Z"}
        return {
            "parentUuid": parent,
            "isSidechain": False,
            "type": kind,
            "uuid": uid,
            **common,
            "message": message,
            **more,
        }

    found: list[dict[str, object]] = []
    parent = None
    for turn in range(3):
        asked, called, done, said = (f"{ident}-{turn}-{part}" for part in range(4))
        path = f"{repo}/file{number}.py"
        given = {"file_path": path, "content": f"def f{number}_{turn}():\n    return '{text(5)}'\n"}
        use = {"type": "tool_use", "id": called, "name": "Write", "input": given}
        result = {"type": "tool_result", "tool_use_id": called, "content": "ok", "is_error": False}
        found += [
            record("user", asked, parent, {"role": "user", "content": f"Add a greeting: {text(20)}"}),
            record("assistant", called, asked, {"id": called, "role": "assistant", "model": "m", "content": [use]}),
            record(
                "user",
                done,
                called,
                {"role": "user", "content": [result]},
                toolUseResult={
                    "type": "create",
                    "filePath": path,
                    "content": given["content"],
                    "structuredPatch": [],
                },
            ),
            record(
                "assistant",
                said,
                done,
                {"id": said, "role": "assistant", "model": "m", "content": [{"type": "text", "text": text(60)}]},
            ),
        ]
        parent = said
    return found


def _forge(repo: Path, size: int) -> None:
    """As many conversations in the record as a hostile remote may send, each of one turn."""
    from gitstory.git.repo import Repo
    from gitstory.model import Conversation, Say, Turn
    from gitstory.store.batch_changes import Batch
    from gitstory.store.store import StoryStore

    chance = random.Random(1)
    made = []
    for number in range(size):
        ident = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        turn = Turn(
            f"{ident}-0",
            1,
            f"Add a greeting {number}",
            time=1_795_000_000.0 - number,
            steps=(Say(" ".join(chance.choices(WORDS, k=40))),),
        )
        made.append(
            Conversation(
                "claude-code",
                ident,
                turns=(turn,),
                places=(str(repo),),
                started=1_795_000_000.0 - number,
                updated=1_795_000_000.0 - number,
            )
        )
    with Repo.open(repo) as opened:
        store = StoryStore(opened)
        for start in range(0, size, 5000):
            store.write(Batch(conversations=made[start : start + 5000]))


if __name__ == "__main__":
    main()
