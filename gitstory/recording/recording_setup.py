"""From configuration and environment to what linking and recording need."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from msgspec import Struct

from gitstory.agents.base import Agent
from gitstory.agents.registry import deferred
from gitstory.attribution.private_turns import Forgotten, Private, parse_conversation, parse_period
from gitstory.config.load import Config, load
from gitstory.environment import Surroundings, surroundings
from gitstory.git.repo import Repo
from gitstory.linking.linker import Context
from gitstory.linking.repo_match import PathFilter
from gitstory.recording import remembered_agent_roots, set_aside_sources
from gitstory.recording.archive_reader import archived
from gitstory.recording.quarantine import Skipping
from gitstory.recording.recorder import Keeping
from gitstory.recording.trim_conversation import Keep
from gitstory.redact.cacheable_paths import clean
from gitstory.redact.settings import Settings as RedactSettings
from gitstory.store.erasure_plan import anywhere
from gitstory.store.record_paths import Tombstone
from gitstory.store.store import StoryStore


class RecordingSetup(Struct, frozen=True):
    """`emails` and `names` are the person's, `ignored_branches` patterns of branches whose commits are not recorded."""

    enabled: bool
    context: Context
    keeping: Keeping
    emails: tuple[str, ...]
    names: tuple[str, ...]
    ignored_branches: tuple[str, ...] = ()
    private: Private = Private()


def setup(repo: Repo, where: Surroundings | None = None) -> RecordingSetup:
    """What this repository's configuration and the environment ask for. Raises `ConfigError`."""
    config = load(repo)
    set_aside_sources.begin(repo.home)
    where = where or surroundings()
    readers: tuple[Agent, ...] = tuple(agent for agent in deferred() if agent.name not in config.ignore_agents)
    where = with_local(Surroundings(where.env, where.home, remembered_agent_roots.stores(repo, config)), readers, repo)
    # Last, so that the agents' own stores come first if they have as much.
    readers = (*readers, *archived(repo, config.ignore_agents))
    ignored = path_filter(config.ignore_paths)
    kept_back = private(repo, config)
    return RecordingSetup(
        config.enabled,
        Context(readers, where, ignored, kept_back, clean, Skipping(repo.home)),
        _keeping(config, where, ignored, kept_back),
        tuple(filter(None, [repo.config("user.email"), *config.emails])),
        tuple(filter(None, [repo.config("user.name"), *config.names])),
        config.ignore_branches,
        kept_back,
    )


def with_local(where: Surroundings, readers: Iterable[Agent], repo: Repo) -> Surroundings:
    """The same with the stores that agents keep within this repository's work trees, which their `local` names."""
    trees = repo.worktrees() if any(hasattr(reader, "local") for reader in readers) else []
    stores = dict(where.stores)
    for reader in readers:
        names: tuple[str, ...] = getattr(reader, "local", ())
        stores[reader.name] = (*stores.get(reader.name, ()), *(tree / name for tree in trees for name in names))
    return Surroundings(where.env, where.home, {name: found for name, found in stores.items() if found})


def private(repo: Repo, config: Config) -> Private:
    """What is not to be recorded here. Raises GitStoryError for a setting that cannot be understood."""
    return Private(
        config.private_marker,
        tuple(map(parse_period, config.private_periods)),
        tuple(map(parse_conversation, config.private_conversations)),
        _forgotten(repo),
    )


def _forgotten(repo: Repo) -> Forgotten:
    """Answers from the store's tombstones, which are read when first asked."""
    store = StoryStore(repo)

    def is_dead(agent: str, conversation: str, turn: str | None) -> bool:
        if not store.contents.tombstones:
            return False
        if turn is None:
            return store.contents.dead(Tombstone("conversation", (agent, conversation)))
        return store.contents.dead(Tombstone("turn", (agent, conversation, turn)), anywhere(agent, turn))

    return is_dead


def _keeping(config: Config, where: Surroundings, ignored: PathFilter, kept_back: Private) -> Keeping:
    user = where.env.get("USER") or where.env.get("USERNAME") or ""
    return Keeping(
        Keep(config.detail, config.thinking, config.output_limit, ignored),
        RedactSettings(
            rules=config.redact_rules,
            allow=config.redact_allow,
            allow_literals=config.redact_allow_literals,
            emails=config.redact_emails,
            hosts=config.redact_hosts,
            host_names=config.redact_host_names,
            homes=config.redact_homes,
            withhold_paths=config.withhold_paths,
            keep_paths=config.keep_paths,
            withhold_tools=config.withhold_tools,
        ),
        where.home,
        (user,) if len(user) > 2 else (),
        kept_back,
        config.link_mode != "trailers",
    )


def path_filter(patterns: tuple[str, ...]) -> PathFilter:
    """Whether a path of the repository is to be left alone, by patterns as in .gitignore."""
    if not patterns:
        return lambda path: False
    from gitstory.config.gitignore_matcher import matcher

    return matcher(patterns)


def ignored(repo: Repo, commit: str, patterns: tuple[str, ...]) -> bool:
    """Whether a commit is only on branches that are not recorded."""
    if not patterns:
        return False
    listed = repo.run("for-each-ref", "--format=%(refname:short)", f"--contains={commit}", "refs/heads", check=False)
    branches = listed.stdout.decode("utf-8", "replace").split()
    return bool(branches) and all(any(fnmatchcase(branch, one) for one in patterns) for branch in branches)
