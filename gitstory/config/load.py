"""Where settings come from, and what counts in the end.

The person's word: defaults, then `gitstory/config.toml` in the user's configuration directory, then `git config
story.*`. The team's file `.gitstory/config.toml` is committed, so anybody who can push can change it: it may narrow
what is stored and fill in matters of taste, nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from gitstory import safe_open
from gitstory.config.setting import ConfigError, Key
from gitstory.config.settings_table import KEYS, suggestion
from gitstory.config.toml_values import shown
from gitstory.fault_points import tell, wanted

if TYPE_CHECKING:
    from gitstory.git.repo import Repo

Origin = Literal["default", "person", "git", "team"]
TEAM_FILE = Path(".gitstory", "config.toml")
_BOUND = 1 << 18
"""Bytes of a settings file that are looked at."""
_DOTS = 50
"""Dots of one line outside of strings."""
_STRING = re.compile(r"""\"[^\"]*+\"|'[^']*+'""")


class Config(Struct, frozen=True):
    """All settings as they count for one repository and person. `warnings` are for a person's eyes."""

    enabled: bool
    detail: Literal["prompts", "prompts+answers", "full"]
    thinking: bool
    output_limit: int
    ignore_paths: tuple[str, ...]
    ignore_agents: tuple[str, ...]
    ignore_branches: tuple[str, ...]
    archive: bool
    private_marker: str
    private_conversations: tuple[str, ...]
    private_periods: tuple[str, ...]
    link_mode: Literal["notes", "trailers", "both"]
    link_wait: int
    history_path: str
    history_autosave: bool
    history_commit: bool
    history_detail: Literal["prompts", "prompts+answers", "full"]
    history_format: Literal["gitstory", "specstory"]
    redact_emails: bool
    redact_hosts: bool
    redact_rules: tuple[tuple[str, str], ...]
    redact_allow: tuple[str, ...]
    redact_allow_literals: tuple[str, ...]
    redact_host_names: tuple[str, ...]
    redact_homes: bool
    withhold_paths: tuple[str, ...]
    withhold_tools: tuple[str, ...]
    keep_paths: tuple[str, ...]
    semantic: bool
    emails: tuple[str, ...]
    names: tuple[str, ...]
    roots: Mapping[str, tuple[str, ...]]
    remote: str
    remote_ref: str
    auto_push: bool
    auto_pull: bool
    timeout: int
    pull: Literal["background", "wait", "when-needed"]
    color: Literal["auto", "always", "never"]
    debug: str = ""
    warnings: tuple[str, ...] = ()


class Loaded(Struct, frozen=True):
    """name -> (value, origins) of every key that counts, agents' keys spelt out."""

    values: Mapping[str, tuple[Any, tuple[Origin, ...]]]
    warnings: tuple[str, ...]


class _Layer(Struct):
    values: dict[str, Any]
    warnings: list[str]


def person_file() -> Path:
    """The person's settings file; it may not exist."""
    from platformdirs import user_config_path

    return user_config_path("gitstory", appauthor=False) / "config.toml"


def team_file(repo: Repo) -> Path | None:
    """The team's settings file of a repository with a work tree; it may not exist."""
    return None if repo.worktree is None else repo.worktree / TEAM_FILE


def load(repo: Repo | None = None) -> Config:
    """What counts for this repository, or outside of any. Raises `ConfigError` for a file that cannot be used:
    what it would have kept from being stored is not known."""
    loaded = read_all(repo)
    values = {name: value for name, (value, _origins) in loaded.values.items()}
    wanted(values["debug"])
    tell("settings read, %d warnings", len(loaded.warnings))
    return Config(
        enabled=values["capture.enabled"] and not (repo is not None and repo.disabled),
        detail=values["capture.detail"],
        thinking=values["capture.thinking"],
        output_limit=values["capture.output_limit"],
        ignore_paths=values["capture.ignore_paths"],
        ignore_agents=values["capture.ignore_agents"],
        ignore_branches=values["capture.ignore_branches"],
        archive=values["capture.archive"],
        private_marker=values["capture.private_marker"],
        private_conversations=values["capture.private_conversations"],
        private_periods=values["capture.private_periods"],
        link_mode=values["link.mode"],
        link_wait=values["link.wait"],
        history_path=values["history.path"],
        history_autosave=values["history.autosave"],
        history_commit=values["history.commit"],
        history_detail=values["history.detail"],
        history_format=values["history.format"],
        redact_emails=values["redact.emails"],
        redact_hosts=values["redact.hosts"],
        redact_rules=tuple(values["redact.rules"].items()),
        redact_allow=values["redact.allow"],
        redact_allow_literals=values["redact.allow_literals"],
        redact_host_names=values["redact.host_names"],
        redact_homes=values["redact.homes"],
        withhold_paths=values["redact.withhold_paths"],
        withhold_tools=values["redact.withhold_tools"],
        keep_paths=values["redact.keep_paths"],
        semantic=values["search.semantic"],
        emails=values["identity.emails"],
        names=values["identity.names"],
        roots={name[7:-6]: value for name, value in values.items() if name.startswith("agents.") and "<" not in name},
        remote=values["story.remote"],
        remote_ref=values["story.ref"],
        auto_push=values["story.auto_push"],
        auto_pull=values["story.auto_pull"],
        timeout=values["story.timeout"],
        pull=values["story.pull"],
        color=values["color"],
        debug=values["debug"],
        warnings=loaded.warnings,
    )


def read_all(repo: Repo | None = None) -> Loaded:
    """Every setting with where its value comes from. Raises `ConfigError`."""
    person = _layer(read_file(person_file()), str(person_file()))
    git = _git_layer(repo)
    team = _team_layer(repo)
    values: dict[str, tuple[Any, tuple[Origin, ...]]] = {}
    for key in KEYS:
        names = {name for layer in (person, git, team) for name in layer.values if key.matches(name)}
        for name in sorted(names | {key.name}):
            values[name] = _decide(key, name, person, git, team)
    return Loaded(values, (*person.warnings, *git.warnings, *team.warnings))


def _decide(key: Key, name: str, person: _Layer, git: _Layer, team: _Layer) -> tuple[Any, tuple[Origin, ...]]:
    value, origins = key.default, ["default"]
    if name in person.values:
        value, origins = person.values[name], ["person"]
    if name in git.values:
        if key.kind == "table":
            value, origins = {**value, **git.values[name]}, [*(origins if value else ()), "git"]
        else:
            value, origins = git.values[name], ["git"]
    if name in team.values:
        if key.merge == "override":
            if origins == ["default"]:
                value, origins = team.values[name], ["team"]
        elif (narrowed := key.narrow(value, team.values[name])) != value:
            origins = [*(origin for origin in origins if key.merge == "union" and value), "team"]
            value = narrowed
    return value, tuple(dict.fromkeys(origins))  # type: ignore[arg-type]


def read_file(path: Path) -> dict[str, Any]:
    """The content of a TOML file, {} where there is none. Raises `ConfigError` with one line for a person."""
    text = read_text(path)
    if text is None:
        return {}
    import tomllib

    if _too_deep(text):
        raise ConfigError(f"{path} is nested too deeply", hint="no setting needs that; nothing was changed")
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except ValueError as error:  # also a number of too many digits, which is no TOMLDecodeError
        raise ConfigError(f"{path} is not valid TOML: {error}", hint="correct that line; nothing was changed") from None
    except RecursionError:
        raise ConfigError(f"{path} is nested too deeply", hint="no setting needs that; nothing was changed") from None


def _too_deep(text: str) -> bool:
    """Whether a line has more names in a row than any setting: the time tomllib takes grows with their square."""
    return any(line.count(".") > _DOTS and _STRING.sub("", line).count(".") > _DOTS for line in text.split("\n"))


def read_text(path: Path) -> str | None:
    """The text of a settings file, None where there is none, line ends as they are. Raises `ConfigError`."""
    try:
        with safe_open.opened(path) as file:
            data = file.read(_BOUND + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError:
        raise ConfigError(f"{path} is a directory, not a settings file", hint="move it away") from None
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", hint="check its permissions") from None
    if len(data) > _BOUND:
        raise ConfigError(
            f"{path} is bigger than a settings file may be ({_BOUND} bytes)", hint="is it the right file?"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path} is not UTF-8 (line {line})", hint="save it as UTF-8") from None


def _layer(content: Mapping[str, Any], where: str) -> _Layer:
    layer = _Layer({}, [])
    for name, key, value in _flat(content):
        if key is None:
            hint = suggestion(name)
            layer.warnings.append(f"unknown setting {name} in {where}" + (f"; {hint}" if hint else ""))
        else:
            layer.values[name] = key.check(value, where)
    return layer


def _flat(content: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Key | None, Any]]:
    for part, value in content.items():
        name = f"{above}{part}"
        key = next((key for key in KEYS if key.matches(name)), None)
        if key is None and isinstance(value, Mapping) and value:
            yield from _flat(value, f"{name}.")
        elif key is not None or not isinstance(value, Mapping):
            yield name, key, value


def _team_layer(repo: Repo | None) -> _Layer:
    path = team_file(repo) if repo is not None else None
    if path is None:
        return _Layer({}, [])
    refuse_link(path)
    layer = _layer(read_file(path), str(TEAM_FILE))
    for name in list(layer.values):
        key = next(key for key in KEYS if key.matches(name))
        if key.scope == "person":
            layer.warnings.append(f"{name} in {TEAM_FILE} is ignored: only your own settings can set it")
            del layer.values[name]
        elif key.widens(layer.values[name]):
            layer.warnings.append(
                f"{name} = {shown(layer.values[name])} in {TEAM_FILE} is ignored: a committed file can only narrow it"
            )
            del layer.values[name]
    return layer


def refuse_link(path: Path) -> None:
    """Raise for a team file that is or lies in a symbolic link: a repository could point it anywhere."""
    for place in (path, path.parent):
        if place.is_symlink():
            raise ConfigError(f"{place} is a symbolic link", hint="replace it by a real file; links are not followed")


def _git_layer(repo: Repo | None) -> _Layer:
    from gitstory.git.config_snapshot import read
    from gitstory.git.process import git

    config = read(partial(git, located=False)) if repo is None else repo.settings
    texts: dict[str, list[str]] = {}
    for listed, value in config.sections("story"):
        spelt = listed.decode("utf-8", "replace").removeprefix("story.")
        texts.setdefault(spelt, []).append("true" if value is None else value.decode("utf-8", "replace"))
    layer = _Layer({}, [])
    for spelt, values in texts.items():
        name, key = _from_git(spelt)
        if key is None:
            layer.warnings.append(f"unknown setting story.{spelt} in git's configuration")
        elif key.kind == "table":
            layer.values.setdefault(key.name, {})[name[len(key.name) + 1 :]] = values[-1]
        else:
            layer.values[name] = key.check(parse(key, values), f"git config story.{spelt}")
    return layer


def _from_git(spelt: str) -> tuple[str, Key | None]:
    """git's spelling of a name: variables have no "_" and lose their case (`outputLimit`, `output-limit`)."""
    own = {key.name[6:].replace("_", ""): key.name for key in KEYS if key.name.startswith("story.")}
    spelt = own.get(spelt.replace("-", "").lower(), spelt)
    for key in KEYS:
        if key.kind == "table" and spelt.startswith(key.name + "."):
            return spelt, key
        if key.matches(spelt):
            return spelt, key
        if key.name.replace("_", "").lower() == spelt.replace("-", "").lower():
            return key.name, key
    return spelt, None


_BOOLS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def parse(key: Key, texts: list[str]) -> Any:
    """The value that words on a command line or in git's configuration mean; `Key.check` judges it."""
    last = texts[-1] if texts else ""
    convert: dict[str, Callable[[], Any]] = {
        "bool": lambda: _BOOLS.get(last.lower(), last),
        "count": lambda: int(last) if last.isascii() and last.isdigit() else last,
        "list": lambda: tuple(text for text in texts if text),
    }
    return convert.get(key.kind, lambda: last)()
