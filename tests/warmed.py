"""What a process of the program computes once and keeps, computed before it is forked: expressions compiled when first
needed, decoders of stored values, templates. Nothing of it depends on a repository or on the environment; what does is
kept apart (`gitstory.safe_open.apart`).

The test process is warmed as well (tests/conftest.py): commands that run in it fork their worker, in which all of this
would be computed anew each time and be lost."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gitstory import safe_open
from gitstory.redact import token_formats
from gitstory.worker import supervise
from tests.claude_session import ClaudeSession
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.stories import START, Told

_EXPRESSION = ({"return": "re.Pattern[str]"}, {"return": "re.Pattern[bytes]"})
"""What a function is annotated with that takes nothing and compiles an expression."""
_KEPT = ("PATH", "LANG", "TMPDIR", "SYSTEMROOT")

# Each is run once, for what it leaves in memory; what it prints is not looked at. None starts another program.
RUNS = (
    ("enable", "--no-hooks"),
    ("status", "--json"),
    ("drain",),
    ("show",),
    ("show", "--json"),
    ("log",),
    ("log", "--json", "--all"),
    ("blame", "calc.py"),
    ("why", "calc.py:5"),
    ("why", "--json", "calc.py:5"),
    ("search", "divide"),
    ("review", "--json", "HEAD^.."),
    ("rules",),
    ("stats",),
    ("scan",),
    ("history", "list"),
    ("tell", "--as", "post", "HEAD"),
    ("config", "list"),
    ("conversations",),
    ("export", "--agent-trace", "HEAD"),
    ("export", "--git-ai", "HEAD"),
    ("share", "--help"),
    ("forget", "--help"),
    ("--help",),
)


def warm() -> None:
    """Run the program's commands in this process, in a repository of their own; nothing where there is no git."""
    if shutil.which("git") is None:
        return
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="gitstory-") as folder, safe_open.apart(), _without_forks():
        try:
            os.environ.clear()
            os.environ.update({name: before[name] for name in _KEPT if name in before}, **_environment(Path(folder)))
            repo = _repository(Path(folder))
            for args in RUNS:
                story(repo.path, *args)
            _compile()
        finally:
            os.environ.clear()
            os.environ.update(before)


def _compile() -> None:
    """The expressions that are compiled when first needed, whatever text it is that needs them."""
    for name, module in list(sys.modules.items()):
        for one in list(vars(module).values()) if name.startswith("gitstory.") else ():
            if hasattr(one, "cache_info") and getattr(one, "__annotations__", {}) in _EXPRESSION:
                one()
    for shape in token_formats.SHAPES:
        assert shape.pattern


@contextmanager
def _without_forks() -> Iterator[None]:
    """Work is done in this process, which keeps what it computed."""
    can_fork = supervise.can_fork
    supervise.can_fork = lambda: False
    try:
        yield
    finally:
        supervise.can_fork = can_fork


def _environment(home: Path) -> dict[str, str]:
    (home / ".gitconfig").write_text("[user]\n\tname = Dev One\n\temail = dev@example.com\n[gc]\n\tauto = 0\n")
    names = {"HOME": "", "XDG_CONFIG_HOME": ".config", "XDG_DATA_HOME": ".local/share", "XDG_CACHE_HOME": ".cache"}
    return {"GIT_CONFIG_NOSYSTEM": "1", **{name: str(home / path) for name, path in names.items()}}


def _repository(home: Path) -> GitRepo:
    """With stories, and a commit of which there is none yet."""
    repo = Told(GitRepo.init(home / "repo")).repo
    session = ClaudeSession(home, repo.path, int(START) + 400, "11111111-aaaa-4bbb-8ccc-000000000001")
    session.prompt("Add a greeting. Always use f-strings, because they are short; ask dev@example.com, key sk-none")
    session.write("hello.py", "def greet(name):\n    return f'hello {name}'\n")
    session.say("Done: `hello.py` greets, because **you** asked for it.")
    repo.commit("Add a greeting", at=int(START) + 500)
    return repo
