"""What the shims do, for hook managers that call a program: `python -I -m gitstory.hooks.entry EVENT`.

Never fails and says nothing. Imports neither click nor pygit2: pre-commit already costs 150 ms.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from gitstory.agents.catalog import MARKER_VARIABLES, STORE_VARIABLES
from gitstory.errors import GitStoryError
from gitstory.git.process import git
from gitstory.git.repo import OPT_OUT
from gitstory.hooks.git_story_executable import start, start_worker
from gitstory.recording.queue_file import EVENTS, Event, append

MOST_PAIRS = 20_000
"""Most rewritten commits that are recorded one by one, as in the shim."""


def main(args: Sequence[str] | None = None) -> int:
    """Spool the event named by the first argument and start the worker; always 0, as a hook must."""
    names = sys.argv[1:] if args is None else args
    if not names or names[0] not in EVENTS:
        return 0
    try:
        record(names[0], os.environ, _pairs(names, os.environ))
    except (OSError, GitStoryError):
        return 0  # git must not notice; the commit is found by the next drain
    return 0


def record(event: str, env: Mapping[str, str], pairs: Sequence[tuple[str, str, str]]) -> None:
    """One event a pair, or one for HEAD. Raises OSError where the spool cannot be written, GitStoryError outside."""
    args = ("--path-format=absolute", "--git-common-dir", "HEAD")
    output = git("rev-parse", *args, located=False).stdout.decode("utf-8", "surrogateescape")
    common, commit = output.splitlines()
    if (Path(common) / "gitstory" / OPT_OUT).exists():
        return
    markers = {
        name: env[name] for name in (*MARKER_VARIABLES, *STORE_VARIABLES) if env.get(name) and len(env[name]) <= 1000
    }
    where = str(Path.cwd())
    if event == "post-rewrite" and not pairs:
        by = env.get("PRE_COMMIT_REWRITE_COMMAND", "")
        append(Path(common) / "gitstory", Event(event, commit, None, where, markers, _replaced(by), by))
    elif event == "post-rewrite":
        for was, now, by in pairs:
            append(Path(common) / "gitstory", Event(event, now, None, where, markers, was, by))
    else:
        append(Path(common) / "gitstory", Event(event, commit, None, where, markers))
    start_worker(Path.cwd(), env)
    pulled = event == "post-merge" or (event == "post-rewrite" and env.get("PRE_COMMIT_REWRITE_COMMAND") == "rebase")
    if (pulled or any(by == "rebase" for _, _, by in pairs)) and (Path(common) / "gitstory" / "auto-pull.on").exists():
        start(["pull", "--background"], Path.cwd(), env)


def _pairs(args: Sequence[str], env: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(old, new, git's word) from stdin, where git itself gives it to us: pre-commit keeps it."""
    if args[0] != "post-rewrite" or "PRE_COMMIT" in env or sys.stdin is None or sys.stdin.isatty():
        return []
    by = args[1] if len(args) > 1 else ""
    lines = (line.split() for line in islice(sys.stdin, MOST_PAIRS))
    return [(words[0], words[1], by) for words in lines if len(words) >= 2]


def _replaced(by: str) -> str | None:
    """The commit that an amend replaced: the reflog knows."""
    if by != "amend":
        return None
    done = git("rev-parse", "--verify", "--quiet", "HEAD@{1}", check=False, located=False)
    return done.stdout.decode().strip() or None


if __name__ == "__main__":
    sys.exit(main())
