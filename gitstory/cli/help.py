"""`git story help`: the help of a command, or a page about a topic."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from gitstory.errors import GitStoryError

TOPICS = Path(__file__).parent / "topics"
"""One text file for each topic; its first line is the title."""


@click.command()
@click.argument("name", metavar="[COMMAND | TOPIC]", nargs=-1)
@click.pass_context
def command(ctx: click.Context, name: tuple[str, ...]) -> None:
    """Show the help of a COMMAND, or explain a TOPIC.

    Without an argument it lists the commands and the topics. A name that is both, such as agents, shows both.
    """
    from gitstory.cli.output import console

    text = page(ctx.find_root(), name) if name else overview(ctx.find_root())
    with console() as out:
        for line in text.splitlines():
            out.line(line)


def topics() -> dict[str, str]:
    """Name -> title of every topic, ordered by name."""
    return {file.stem: file.read_text("utf-8").partition("\n")[0] for file in sorted(TOPICS.glob("*.txt"))}


def topic(name: str) -> str | None:
    """The text of a topic; None if there is no such topic."""
    return (TOPICS / f"{name}.txt").read_text("utf-8") if name in topics() else None


def overview(root: click.Context) -> str:
    """The help of `git story`, followed by the list of topics."""
    formatter = root.make_formatter()
    with formatter.section("Topics (git story help TOPIC)"):
        formatter.write_dl(list(topics().items()))
    return f"{root.get_help()}\n\n{formatter.getvalue()}"


def page(root: click.Context, words: tuple[str, ...]) -> str:
    """The topic and the help of the command that `words` name. Raises `GitStoryError` where they name neither."""
    pages = [topic(words[0]) if len(words) == 1 else None, command_help(root, words)]
    texts = [text.strip("\n") for text in pages if text is not None]
    if not texts:
        raise GitStoryError(f"no command or topic is called {' '.join(words)!r}", hint=_hint(root, words[0]))
    return "\n\n".join(texts)


def command_help(root: click.Context, words: tuple[str, ...]) -> str | None:
    """What `git story WORDS --help` prints; None if there is no such command."""
    ctx = root
    for word in words:
        found_command = ctx.command.get_command(ctx, word) if isinstance(ctx.command, click.Group) else None
        if found_command is None:
            return None
        ctx = click.Context(found_command, info_name=word, parent=ctx)
    return ctx.get_help()


def _hint(root: click.Context, word: str) -> str:
    assert isinstance(root.command, click.Group)
    names = [*root.command.list_commands(root), *topics()]
    near = difflib.get_close_matches(word, names, n=1)
    return f"did you mean `git story help {near[0]}`?" if near else "`git story help` lists commands and topics"
