"""`git story enable`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitstory.cli.options import open_repo
from gitstory.cli.output import say, warn

if TYPE_CHECKING:
    from gitstory.git.repo import Repo


@click.command()
@click.option("--global", "everywhere", is_flag=True, help="For all repositories of yours, not only this one.")
@click.option("--no-hooks", is_flag=True, help="Install no hooks: commits are found by the next `git story` command.")
@click.option(
    "--pre-commit", "framework", is_flag=True, help="Record through the pre-commit framework; writes its configuration."
)
@click.option(
    "--auto-push/--no-auto-push",
    default=None,
    help="Push stories after each `git push`, to remotes you have agreed to with `git story push`; off by default.",
)
def command(everywhere: bool, no_hooks: bool, framework: bool, auto_push: bool | None) -> None:
    """Start recording in this repository.

    Puts small hooks where git looks for them (core.hooksPath, linked worktrees and husky included) and lets
    `git log` show stories (notes.displayRef); nothing else is configured. A hook that is there already is kept
    as NAME.gitstory-previous and goes on being run; `git story disable` puts it back. A hook that is committed in
    the repository is not touched. Doing it again repairs what another tool has overwritten.

    --global sets core.hooksPath in your own configuration to a directory of ours. Its hooks run each
    repository's own .git/hooks too, which git would otherwise no longer look at. A repository with a
    core.hooksPath of its own (husky) is not reached: run `git story enable` there; also in one with a hook called
    reference-transaction or post-index-change, which would cost every commit of all others. `pre-commit install`
    refuses to work while core.hooksPath is set. If you have set core.hooksPath yourself, our hooks join yours.

    --pre-commit puts entries into .pre-commit-config.yaml, leaving the rest as it is, and installs the framework for
    each of their stages. It costs what the framework costs at each commit, instead of 2 ms.
    """
    if framework and (everywhere or no_hooks):
        raise click.UsageError("--pre-commit goes with neither --global nor --no-hooks")
    from gitstory.cli.setup_report import report
    from gitstory.hooks import setup
    from gitstory.hooks.program import own_program

    program = own_program()
    if everywhere:
        done = setup.enable_global(program, hooks=not no_hooks)
    else:
        repo = open_repo()
        again = repo.disabled
        done = setup.enable_framework(repo, program) if framework else setup.enable(repo, program, hooks=not no_hooks)
        _begin(repo, again)
    for line in report(done):
        say(line)
    if auto_push is not None:
        _set_auto_push(everywhere, auto_push)
    if not program:
        warn("git-story is not installed as a program; the hooks will look for it on PATH")
    if not everywhere and (kept := _entire()):
        say(f"entire   {kept}")
    say("past     `git story backfill` links the commits you made before to conversations still on this machine")
    say("next     commit as usual, then `git story show`; `git story disable` undoes all of this")


def _entire() -> str:
    from gitstory.render.words import offer
    from gitstory.worker import checkpoints

    kept = checkpoints.count(open_repo())
    return offer(kept) if kept else ""


def _set_auto_push(everywhere: bool, wanted: bool) -> None:
    from gitstory.git.process import git

    scope = "--global" if everywhere else "--local"
    git("config", scope, "story.autoPush", "true" if wanted else "false", located=False)
    if wanted:
        say("sharing  stories follow each `git push` to a remote that `git story push` has pushed stories to")
    else:
        say("sharing  stories leave this machine only by `git story push` and `sync`")


def _begin(repo: Repo, again: bool) -> None:
    """Remember where the branches are: what comes after is ours to record, also where no hook tells of it.

    `again`: it was disabled here, and what was committed meanwhile is not recorded by itself.
    """
    from msgspec.structs import replace

    from gitstory.worker import state
    from gitstory.worker.missed import tips

    known = state.load(repo.home)
    if known.tips is None or again:
        state.save(repo.home, replace(known, tips=tips(repo)))
