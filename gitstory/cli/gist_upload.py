"""A page uploaded as a secret gist by gh, GitHub's own program, which knows who the person is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from gitstory.errors import GitStoryError


def upload(path: Path, yes: bool) -> int:
    """Ask, upload, print the address. Raises GitStoryError if gh is missing or fails, or the person declines."""
    from gitstory.cli.forget import confirm
    from gitstory.cli.output import say
    from gitstory.git.find_program import absolute_only, find_program

    program = find_program("gh", os.environ.get("PATH"))
    if program is None:
        raise GitStoryError("gh is not on your PATH", hint=f"{path} is written; share that file as you like")
    confirm(f"Upload {path.name} to a secret gist? Whoever has the address can read it", yes)
    args = [program, "gist", "create", "--desc", "Conversations behind code, by gitstory", "--", str(path)]
    done = subprocess.run(
        args,
        env=absolute_only(os.environ),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        why = next(iter(done.stderr.strip().splitlines()), f"it ended with {done.returncode}")
        raise GitStoryError(f"gh did not take it: {why}", hint=f"`gh auth status` says more; {path} is written")
    say(done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "uploaded")
    return 0
