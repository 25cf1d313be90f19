"""`make demo`: a throw-away repository, the bundled conversation in a real store, a commit through the real hooks.

`conversation.jsonl` has the layout Claude Code writes, with @ROOT@ for the project's directory and @+N@ for a time N
seconds after the conversation began. Its edits are replayed into the work tree, as the agent would have left it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = HERE.parent / ".demo"
BEGAN = time.time() - 300


def main() -> int:
    shutil.rmtree(PLACE, ignore_errors=True)
    home, project = PLACE / "home", PLACE / "project"
    home.mkdir(parents=True)
    env = sealed(home)
    run(["git", "init", "-q", "-b", "main", str(project)], PLACE, env, shown=False)
    run(["git", "commit", "-q", "--allow-empty", "-m", "Start"], project, env, shown=False)
    print("A new repository. From now on, conversations are kept with the commits they lead to:\n")
    run(["git", "story", "enable"], project, env)
    leave_conversation(home, project)
    print(
        "An agent was asked for something here, and corrected once (demo/conversation.jsonl). Now a person commits:\n"
    )
    run(["git", "add", "-A"], project, env)
    run(["git", "commit", "-q", "-m", "Add slugs for article titles"], project, env)
    run(["git", "story", "show", "HEAD"], project, env)
    run(["git", "story", "blame", "slugs.py"], project, env)
    run(["git", "story", "why", "slugs.py:9"], project, env)
    print(f"Look around in {project.relative_to(Path.cwd()) if project.is_relative_to(Path.cwd()) else project}.")
    return 0


def sealed(home: Path) -> dict[str, str]:
    """Nothing of the person's own is read or written: an empty HOME, and `git story` from this checkout."""
    kept = {name: os.environ[name] for name in ("PATH", "TERM", "LANG", "NO_COLOR", "COLUMNS") if name in os.environ}
    kept["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
    (home / ".gitconfig").write_text("[user]\n\tname = Dev One\n\temail = dev@example.com\n", encoding="utf-8")
    return {**kept, "HOME": str(home), "USERPROFILE": str(home), "GIT_CONFIG_NOSYSTEM": "1", "GIT_PAGER": "cat"}


def leave_conversation(home: Path, project: Path) -> None:
    """Put the sample where Claude Code keeps conversations of `project`, and its files where the agent wrote them."""
    folder = re.sub(r"[^A-Za-z0-9-]", "-", str(project.resolve()))
    text = (HERE / "conversation.jsonl").read_text(encoding="utf-8")
    text = text.replace("@ROOT@", json.dumps(str(project.resolve()))[1:-1])
    text = re.sub(r"@\+(\d+)@", lambda match: stamp(BEGAN + int(match[1])), text)
    records = [json.loads(line) for line in text.splitlines()]
    store = home / ".claude" / "projects" / folder / f"{records[0]['sessionId']}.jsonl"
    store.parent.mkdir(parents=True)
    store.write_text(text, encoding="utf-8")
    for record in records:
        result = record.get("toolUseResult", {})
        if "filePath" not in result:
            continue
        path = Path(result["filePath"])
        if "content" in result:
            path.write_text(result["content"], encoding="utf-8")
        else:
            path.write_text(
                result["originalFile"].replace(result["oldString"], result["newString"], 1), encoding="utf-8"
            )


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def run(command: list[str], where: Path, env: dict[str, str], *, shown: bool = True) -> None:
    if shown:
        print(
            "$ " + " ".join(part if re.fullmatch(r"[\w./:=-]+", part) else f"'{part}'" for part in command), flush=True
        )
    subprocess.run(command, cwd=where, env=env, check=True)
    if shown:
        print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
