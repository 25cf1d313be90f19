"""`git story enable`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from gitstory.cli.no_story_hint import remote_stories
from gitstory.cli.output import say, warn
from gitstory.cli.shared_options import open_repo

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
@click.option("--auto-pull/--no-auto-pull", default=None, help="Pull stories after each `git pull`; off by default.")
def command(everywhere: bool, no_hooks: bool, framework: bool, auto_push: bool | None, auto_pull: bool | None) -> None:
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
    from gitstory.hooks.git_story_executable import own_program

    program = own_program()
    repo = None if everywhere else open_repo()
    _set_sharing(everywhere, auto_push, auto_pull)
    if repo is None:
        done = setup.enable_global(program, hooks=not no_hooks)
    else:
        again = repo.disabled
        done = setup.enable_framework(repo, program) if framework else setup.enable(repo, program, hooks=not no_hooks)
        _begin(repo, again)
    for line in report(done):
        say(line)
    for line in _sharing(auto_push, auto_pull):
        say(line)
    if repo is not None:
        say(f"found    {_agents_here(repo)}")
    if not program:
        warn("git-story is not installed as a program; the hooks will look for it on PATH")
    if repo is not None and (kept := _entire(repo)):
        say(f"entire   {kept}")
    remote = remote_stories(repo) if repo is not None else ""
    if remote:
        say(f"shared   {remote}")
    say("past     `git story backfill` links the commits you made before to conversations still on this machine")
    say("next     commit as usual, then `git story show`; `git story disable` undoes all of this")


def _entire(repo: Repo) -> str:
    from gitstory.interop import entire_transcripts
    from gitstory.text.wording import offer

    kept = entire_transcripts.count(repo)
    return offer(kept) if kept else ""


def _set_sharing(everywhere: bool, auto_push: bool | None, auto_pull: bool | None) -> None:
    from gitstory.git.process import git

    scope = "--global" if everywhere else "--local"
    for name, wanted in (("story.autoPush", auto_push), ("story.autoPull", auto_pull)):
        if wanted is not None:
            git("config", scope, name, "true" if wanted else "false", located=False)


def _sharing(auto_push: bool | None, auto_pull: bool | None) -> Iterator[str]:
    if auto_push:
        yield "sharing  stories follow each `git push` to a remote that `git story push` has pushed stories to"
    elif auto_push is not None:
        yield "sharing  stories leave this machine only by `git story push` and `sync`"
    if auto_pull:
        yield "sharing  stories of the remote come after each `git pull`; `git story pull` gets those there now"
    elif auto_pull is not None:
        yield "sharing  stories come from a remote only by `git story pull` and `sync`"


def _agents_here(repo: Repo) -> str:
    """The agents whose stores are on this machine, with their conversations of this repository."""
    from gitstory.agents.registry import discover
    from gitstory.environment import surroundings
    from gitstory.queries.agents import store_views
    from gitstory.recording.recording_setup import with_local
    from gitstory.text.wording import count, listed

    agents = discover().agents
    there = [view for view in store_views(agents, with_local(surroundings(), agents, repo), repo) if view.is_found]
    here = [f"{view.label} ({count(view.here, 'conversation')} of this repository)" for view in there if view.here]
    if here:
        return listed(here)
    if there:
        return f"{listed([view.label for view in there])}, without a conversation of this repository yet"
    return "no agent's store; `git story agents --verbose` lists the places searched"


def _begin(repo: Repo, again: bool) -> None:
    """Remember where the branches are: what comes after is ours to record, also without a hook.

    `again`: it was disabled here, and what was committed meanwhile is not recorded by itself.
    """
    from msgspec.structs import replace

    from gitstory.recording import worker_state
    from gitstory.worker.unhooked_commits import tips

    memory = worker_state.load(repo.home)
    if memory.tips is None or again:
        worker_state.save(repo.home, replace(memory, tips=tips(repo)))
