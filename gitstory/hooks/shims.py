"""The text of the hooks: the scripts of `hooks/`, filled in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import gitstory

Scope = Literal["local", "global"]

EVENTS = ("post-commit", "post-merge", "post-rewrite", "pre-push")
"""The hooks with a use. post-commit: a commit was made (also by rebase, cherry-pick, revert). post-merge: git runs no
post-commit for a merge or a pull. post-rewrite: which commit became which. pre-push: the record is complete before it
can be pushed. Not post-checkout (a checkout changes no history)."""

TRAILER_EVENTS = ("prepare-commit-msg", "commit-msg")
"""With `link.mode` trailers or both. commit-msg: a message written in an editor gets them when it is written."""

HISTORY_EVENTS = ("pre-commit",)
"""With `history.commit`: history files are staged with their commit."""

OPTIONAL_EVENTS = HISTORY_EVENTS + TRAILER_EVENTS
"""Installed only where the person's settings ask for them."""

AUTO_PULL = "auto-pull"
"""No hook: what post-merge and post-rewrite also do where `story.auto_pull` asks for it."""

FRAMEWORK_EVENTS = EVENTS
"""What the pre-commit framework is given by `enable --pre-commit`, and `TRAILER_EVENTS` where they are asked for."""

OTHER_EVENTS = (
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "pre-rebase",
    "post-checkout",
    "pre-receive",
    "update",
    "proc-receive",
    "post-receive",
    "post-update",
    "pre-auto-gc",
    "sendemail-validate",
    "p4-changelist",
    "p4-prepare-changelist",
    "p4-post-changelist",
    "p4-pre-submit",
)
"""What a global hooks directory would hide from git. push-to-checkout is left out: git does something else when
there is such a hook, and its own default is the better one."""

HOT_EVENTS = ("reference-transaction", "post-index-change")
"""Would be hidden too, but git runs them several times a commit (measured: + 10 ms with nothing to pass on to), and
hardly anybody has one. They are passed on only once a repository with such a hook has said `git story enable`."""

MARK = b"# gitstory hook (format "
"""Stands in every hook of ours."""


def is_ours(content: bytes) -> bool:
    """Whether a hook file was written by any version of gitstory."""
    return MARK in content[:400]


def shim(event: str, program: str, scope: Scope = "local") -> bytes:
    """The hook for one of `EVENTS` or `OPTIONAL_EVENTS`; `program` is the path of git-story ("": look on PATH)."""
    text = _script("shim.sh")
    for name, value in (("@EVENT@", event), ("@PROGRAM@", program), ("@SCOPE@", scope)):
        text = text.replace(name, value.replace("'", "'\\''"))
    return text.encode("utf-8", "surrogateescape")


def passthrough(event: str) -> bytes:
    """The hook of the global directory for one of `OTHER_EVENTS` or `HOT_EVENTS`."""
    return _script("pass.sh").replace("@EVENT@", event).encode()


@cache
def _script(name: str) -> str:
    package = Path(gitstory.__file__).parent
    built = package / "_hooks" / name
    return (built if built.is_file() else package.parent / "hooks" / name).read_text(encoding="utf-8")
