"""`git story config`: read and change settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitstory.cli.output import say, say_json, warn
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.config import Key
    from gitstory.git.repo import Repo


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Read and change settings; without a subcommand, list them.

    Yours are in your configuration directory and in `git config story.*`; the team's are committed in
    .gitstory/config.toml, which can only narrow what is stored. `git story config docs` explains each key.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
def list_(as_json: bool = False) -> None:
    """Show every setting, its value and where that comes from."""
    from gitstory.config import read_all
    from gitstory.config.toml_values import shown

    loaded = read_all(_repo())
    _tell(loaded.warnings)
    values = {name: found for name, found in loaded.values.items() if "<" not in name}
    if as_json:
        say_json({name: {"value": value, "from": list(origins)} for name, (value, origins) in values.items()})
        return
    for name, (value, origins) in values.items():
        say(f"{name} = {shown(value)}  # {' + '.join(origins)}")


@command.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
def get(key: str, as_json: bool) -> None:
    """Print the value of KEY, items of a list one a line."""
    from gitstory.config import find_key, read_all
    from gitstory.config.toml_values import shown

    setting = find_key(key)
    loaded = read_all(_repo())
    _tell(loaded.warnings)
    value = _value(loaded.values, setting, key)
    if as_json:
        say_json(value)
    elif isinstance(value, str):
        say(value)
    elif isinstance(value, tuple):
        for item in value:
            say(item)
    else:
        say(shown(value))


def _value(values: Any, setting: Key, name: str) -> Any:
    if name in values:
        return values[name][0]
    if setting.kind == "table":
        item = name[len(setting.name) + 1 :]
        value = values[setting.name][0]
        if item not in value:
            raise GitStoryError(f"{name} is not set", hint=f"`git story config get {setting.name}` shows what is")
        return value[item]
    return setting.default


@command.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("key")
@click.argument("values", nargs=-1, metavar="VALUE...")
@click.option("--team", "where", flag_value="team", help="In .gitstory/config.toml, for everybody.")
@click.option("--person", "where", flag_value="person", default="person", help="In your own settings (the default).")
def set_(key: str, values: tuple[str, ...], where: str) -> None:
    """Set KEY to VALUE; a list takes several values, a JSON array, or none to be empty."""
    from gitstory.config import find_key
    from gitstory.config.edit import change_file
    from gitstory.config.settings_table import parts_of
    from gitstory.config.toml_values import shown

    setting = find_key(key)
    _known_agent(setting, key)
    path = _file(where, setting)
    value = _checked(setting, key, values, where)
    changed = change_file(path, parts_of(key), value)
    say(f"{key} = {shown(value)} in {path}" + ("" if changed else " (as it was)"))
    _hooks(setting)


@command.command()
@click.argument("key")
@click.option("--team", "where", flag_value="team", help="In .gitstory/config.toml, for everybody.")
@click.option("--person", "where", flag_value="person", default="person", help="In your own settings (the default).")
def unset(key: str, where: str) -> None:
    """Remove KEY, so that its default counts again."""
    from gitstory.config import find_key
    from gitstory.config.edit import change_file
    from gitstory.config.settings_table import parts_of

    setting = find_key(key)
    path = _file(where, setting, to_set=False)
    changed = change_file(path, parts_of(key), None)
    say(f"{key} {'removed from' if changed else 'is not set in'} {path}")
    _hooks(setting)


def _hooks(key: Key) -> None:
    """Some settings take hooks of their own, in repositories that have any."""
    if key.name not in ("link.mode", "history.commit"):
        return
    from gitstory.cli.setup_report import report
    from gitstory.hooks import setup
    from gitstory.hooks.git_story_executable import own_program

    repo = _repo()
    done = setup.renew(repo, own_program()) if repo is not None else None
    if done is not None:
        for line in report(done):
            if line.startswith(("hooks", "chained")):
                say(line)
    say("next     in other repositories, `git story enable` puts the hooks for this in place")


@command.command()
def path() -> None:
    """Print where the settings files are: yours, then the team's."""
    from gitstory.config import person_file, team_file

    repo = _repo()
    say(str(person_file()))
    team = team_file(repo) if repo is not None else None
    if team is not None:
        say(str(team))


@command.command()
def docs() -> None:
    """Explain every key, as Markdown."""
    from gitstory.config.settings_table import markdown_table

    for line in markdown_table().splitlines():
        say(line)


def _repo() -> Repo | None:
    from gitstory.cli.shared_options import open_repo
    from gitstory.git.repo import NotARepository

    try:
        return open_repo()
    except NotARepository:
        return None


def _tell(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        warn(warning)


def _file(where: str, key: Key, *, to_set: bool = True) -> Path:
    from gitstory.cli.shared_options import open_repo
    from gitstory.config import person_file, team_file
    from gitstory.config.load import refuse_link

    if where != "team":
        return person_file()
    if to_set and key.scope == "person":
        raise GitStoryError(
            f"{key.name} is never read from a committed file", hint="leave out --team to set it for you"
        )
    path = team_file(open_repo())
    if path is None:
        raise GitStoryError("a bare repository has no work tree for the team's file", hint="run this in a clone")
    refuse_link(path)
    return path


def _checked(key: Key, name: str, values: tuple[str, ...], where: str) -> Any:
    from gitstory.config.load import parse

    if key.kind == "table":
        return _rule(key, name, values)
    if key.kind != "list" and len(values) != 1:
        raise click.UsageError(f"{name} takes one value, {len(values)} were given")
    value = key.check(parse(key, _items(values) if key.kind == "list" else list(values)), "as given")
    if where == "team" and key.widens(value):
        raise GitStoryError(
            f"a committed file can only narrow {name}, so this would be ignored",
            hint="set it without --team, for you alone",
        )
    if key.name == "redact.allow":
        for pattern in value:
            _safe(pattern, name)
    return value


def _known_agent(key: Key, name: str) -> None:
    """Refuse a setting of an agent that no reader is for: it would never have an effect."""
    if "<agent>" not in key.name:
        return
    from gitstory.agents.registry import discover, unknown
    from gitstory.config.settings_table import parts_of

    agent, names = parts_of(name)[1], {one.name for one in discover().agents}
    if agent not in names:
        raise unknown(agent, names)


def _items(values: tuple[str, ...]) -> list[str]:
    """The items of a list, which may also be given as one JSON array of strings."""
    if len(values) != 1 or not (values[0].startswith("[") and values[0].rstrip().endswith("]")):
        return list(values)
    import json

    try:
        value = json.loads(values[0])
    except ValueError:
        return list(values)
    return [str(item) for item in value]


def _rule(key: Key, name: str, values: tuple[str, ...]) -> str:
    if name == key.name:
        raise click.UsageError(f"name the item: {key.name}.NAME")
    if len(values) != 1 or not values[0]:
        raise click.UsageError(f"{name} takes one regular expression, {len(values)} were given")
    from gitstory.redact.custom_rules import Rule

    Rule(name[len(key.name) + 1 :], values[0])
    return values[0]


def _safe(pattern: str, what: str) -> None:
    from gitstory.redact.custom_rules import compile_safe

    compile_safe(pattern, what)
