"""`git story agents`: whose conversations can be read, and what of them is on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitstory.cli.shared_options import json_option

if TYPE_CHECKING:
    from gitstory.agents.registry import Discovered
    from gitstory.git.repo import Repo
    from gitstory.queries.agents import AgentView


@click.command()
@click.option("-v", "--verbose", is_flag=True, help="Show the places searched, and the agents that were not found.")
@json_option
def command(verbose: bool, as_json: bool) -> int:
    """List supported coding agents and the stores found here.

    For each: how many conversations are of this repository, the newest, the versions of the format, and records that
    could not be understood (of this repository's; others are not opened).
    """
    from gitstory.agents.registry import discover

    found_agents = discover()
    views = _views(found_agents)
    if as_json:
        from gitstory.render.agents import agents_object
        from gitstory.render.json import dump

        click.echo(dump(agents_object(views, found_agents.problems)))
        return 0
    from gitstory.cli.output import console
    from gitstory.render.agents import write_agents

    with console() as out:
        write_agents(views, found_agents.problems, out, verbose=verbose)
    return 0


def _views(found_agents: Discovered) -> list[AgentView]:
    from gitstory.agents.catalog import AGENTS
    from gitstory.environment import surroundings
    from gitstory.git.repo import NotARepository, Repo
    from gitstory.queries.agents import agent_views

    try:
        repo = Repo.open()
    except NotARepository:
        return agent_views(found_agents.agents, surroundings(), None, (), AGENTS, ())
    with repo:
        return _of_repository(found_agents, repo)


def _of_repository(found_agents: Discovered, repo: Repo) -> list[AgentView]:
    from msgspec.structs import replace

    from gitstory.agents.catalog import AGENTS
    from gitstory.queries.agents import agent_views
    from gitstory.recording.live_conversations import Live
    from gitstory.recording.remembered_agent_roots import load
    from gitstory.store.store import StoryStore

    with Live(repo, StoryStore(repo)) as live:
        here = {trace.key for trace in live.ours()}
        briefs = [one for one in live.gathered.summaries if one.key in here]
        used = [agent.name for agent in live.setup.context.agents]
        views = agent_views(found_agents.agents, live.setup.context.where, repo, briefs, AGENTS, used)
    named = load(repo.home)
    return [replace(view, remembered=tuple(named.get(view.store.agent, ()))) for view in views]
