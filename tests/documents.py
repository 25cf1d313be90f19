"""The command lines of the documentation, and the example project in which tests run them.

A block of ```sh holds command lines. A block of ```console holds lines behind "$ " and, below them, what they print.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from demo.project import BEGAN, at, build, run, sealed_environment
from gitstory.cli.examples import EXAMPLES, command_lines
from gitstory.cli.help import TOPICS, topics
from gitstory.watching.watcher_lock import is_recorded

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
_FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)


class Command(NamedTuple):
    """A command line and the lines that the page shows below it (None where it shows nothing)."""

    line: str
    output: str | None


class Block(NamedTuple):
    """Command lines that belong together, and where they are."""

    name: str
    commands: tuple[Command, ...]


def pages() -> dict[str, list[Block]]:
    """Name of a page, a topic or the help of a command -> its blocks."""
    blocks = {page.relative_to(ROOT).as_posix(): list(page_blocks(page)) for page in PAGES}
    for topic in topics():
        examples = (TOPICS / f"{topic}.txt").read_text("utf-8").partition("Examples:\n")[2]
        blocks[f"help {topic}"] = [Block(topic, tuple(map(_alone, examples.splitlines())))]
    for name in EXAMPLES:
        blocks[f"--help {name}".strip()] = [Block(line, (_alone(line),)) for line in command_lines(name)]
    return {name: of_page for name, of_page in blocks.items() if of_page}


def page_blocks(page: Path) -> Iterator[Block]:
    """The blocks of command lines of a Markdown page."""
    text = page.read_text("utf-8")
    for fence in _FENCE.finditer(text):
        if fence["kind"] in ("sh", "console"):
            body = re.sub(f"(?m)^{fence['indent']}", "", fence["text"])
            commands = _console(body) if fence["kind"] == "console" else map(_alone, _joined(body))
            line = text.count("\n", 0, fence.start()) + 1
            yield Block(f"{page.name}:{line}", tuple(command for command in commands if command.line))


def _alone(line: str) -> Command:
    """A line without its comment, and without output."""
    return Command(re.sub(r"(^|\s+)# .*$", "", line).strip(), None)


def _joined(body: str) -> list[str]:
    return re.sub(r"\\\n\s*", "", body).splitlines()


def _console(body: str) -> Iterator[Command]:
    for part in re.split(r"(?m)^\$ ", body)[1:]:
        line, _, output = part.partition("\n")
        yield Command(_alone(line).line, output.rstrip("\n") or None)


def with_output(text: str, example: ExampleProject) -> str:
    """A page with the output below each command of its ```console blocks as the program prints it."""

    def updated(fence: re.Match[str]) -> str:
        if fence["kind"] != "console":
            return fence[0]
        shown = "\n".join(
            f"$ {line}\n{example.shell(line).stdout.rstrip()}" for line, _output in _console(fence["text"])
        )
        example.reset()
        return f"```console\n{shown}\n```"

    return _FENCE.sub(updated, text)


class ExampleProject:
    """Two branches, a tag, a remote, a file and a conversation: what the examples of the documentation name."""

    def __init__(self, place: Path) -> None:
        self.place, self.pristine = place / "example", place / "pristine"
        self.home, self.project = self.place / "home", self.place / "articles"
        self.home.mkdir(parents=True)
        self.env = build(self.home, self.project, sealed_environment(self.home))
        self.env["EDITOR"] = "true"
        start = at(self.env, BEGAN - 60)
        self._run(["git", "tag", "v1.0", "HEAD~1"], start)
        self._run(["git", "switch", "-q", "-c", "topic"], start)
        self._run(["git", "branch", "-q", "-f", "main", "v1.0"], start)
        self._run(["git", "clone", "-q", "--bare", ".", str(self.place / "origin.git")], start)
        self._run(["git", "remote", "add", "origin", "../origin.git"], start)
        self._run(["git", "fetch", "-q"], start)
        self._run(["git", "branch", "-q", "--set-upstream-to=origin/main", "main"], start)
        self._run(["git", "story", "push", "--yes", "origin"], self.env)
        shutil.copytree(self.place, self.pristine, symlinks=True)

    def _run(self, command: list[str], env: dict[str, str]) -> None:
        run(command, self.project, env)

    def reset(self) -> None:
        """Put everything back as it was, at the same paths; a watcher is ended, a worker that still runs writes
        somewhere else."""
        if is_recorded(self.project / ".git" / "gitstory"):
            subprocess.run(["git", "story", "watch", "--stop"], cwd=self.project, env=self.env, capture_output=True)
        aside = Path(tempfile.mkdtemp(prefix="aside-", dir=self.place.parent))
        fresh = aside / "fresh"
        shutil.copytree(self.pristine, fresh, symlinks=True)
        for number in range(20):
            self.place.rename(aside / f"left-{number}")
            try:
                fresh.rename(self.place)
                break
            except OSError:  # a process that was just ended has made the directory again
                continue
        shutil.rmtree(aside, ignore_errors=True)

    def shell(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script in the project with bash, which stops at the first command that fails; questions get a yes."""
        with _terminal_that_says_yes() as stdin:
            return subprocess.run(
                ["bash", "-e", "-o", "pipefail", "-c", script],
                cwd=self.project,
                env=self.env,
                stdin=stdin,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )


@contextmanager
def _terminal_that_says_yes() -> Iterator[int]:
    ours, theirs = os.openpty()
    try:
        os.write(ours, b"y\n" * 4)
        yield theirs
    finally:
        os.close(theirs)
        os.close(ours)


def main() -> None:
    """Bring the output of examples up to date in all pages."""
    with tempfile.TemporaryDirectory(prefix="gitstory-examples-", ignore_cleanup_errors=True) as folder:
        example = ExampleProject(Path(folder))
        for page in PAGES:
            text = page.read_text("utf-8")
            page.write_text(with_output(text, example), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
