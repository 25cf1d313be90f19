"""`make demo`: a throw-away repository, the bundled conversation in a real store, a commit through the real hooks."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from demo.project import add_conversation, sealed_environment

PLACE = Path(__file__).resolve().parent.parent / ".demo"
BEGAN = time.time() - 300


def main() -> int:
    shutil.rmtree(PLACE, ignore_errors=True)
    home, project = PLACE / "home", PLACE / "project"
    home.mkdir(parents=True)
    env = sealed_environment(home)
    show(["git", "init", "-q", "-b", "main", str(project)], PLACE, env, quiet=True)
    show(["git", "commit", "-q", "--allow-empty", "-m", "Start"], project, env, quiet=True)
    print("A new repository. From now on, conversations are stored with the commits they lead to:\n")
    show(["git", "story", "enable"], project, env)
    add_conversation(home, project, BEGAN)
    print("An agent worked here and was corrected once (demo/conversation.jsonl). Now a person commits:\n")
    show(["git", "add", "-A"], project, env)
    show(["git", "commit", "-q", "-m", "Add slugs for article titles"], project, env)
    show(["git", "story", "show", "HEAD"], project, env)
    show(["git", "story", "blame", "slugs.py"], project, env)
    show(["git", "story", "why", "slugs.py:9"], project, env)
    place = project.relative_to(Path.cwd()) if project.is_relative_to(Path.cwd()) else project
    print(f"The repository is in {place}.")
    return 0


def show(command: list[str], where: Path, env: dict[str, str], *, quiet: bool = False) -> None:
    """Run a command, with its prompt and output on the screen unless `quiet`."""
    if not quiet:
        words = [part if re.fullmatch(r"[\w./:=-]+", part) else f"'{part}'" for part in command]
        print("$ " + " ".join(words), flush=True)
    subprocess.run(command, cwd=where, env=env, check=True)
    if not quiet:
        print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
