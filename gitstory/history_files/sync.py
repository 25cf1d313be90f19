"""History files kept up with the record and the agents' stores: what goes into which file, and when."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from gitstory.config.load import Config, load
from gitstory.errors import GitStoryError
from gitstory.git.atomic_write import stamp
from gitstory.git.commit_details import commit_ids, commit_infos
from gitstory.git.remote_addresses import open_address
from gitstory.git.repo import Repo
from gitstory.history_files.folder import HistoryFile, HistoryFolder, file_name
from gitstory.history_files.render import TurnCommit, history_markdown
from gitstory.history_files.specstory_format import specstory_markdown, specstory_name
from gitstory.model import Call, Conversation, Say, Think, Turn
from gitstory.recording.live_conversations import Live
from gitstory.recording.recording_setup import setup
from gitstory.recording.trim_conversation import Keep, distill
from gitstory.store.store import StoryStore

Key = tuple[str, str]
"""(agent, native conversation id)."""

RECENT = 86_400.0
"""Seconds back from now in which a conversation counts as running."""
_NEWEST = 50
QUIET = 600.0
"""Seconds without a word after which a turn that stopped in the middle of its work is taken for ended."""


class WrittenHistory(Struct, frozen=True):
    """One conversation's file; `changed` says whether it had to be written."""

    key: Key
    path: Path
    changed: bool
    turns: int


class NoWorkTree(GitStoryError):
    def __init__(self) -> None:
        super().__init__(
            "a bare repository has no place for history files",
            hint="`git story show CONVERSATION --markdown` prints one",
        )


def folder(repo: Repo, config: Config) -> HistoryFolder:
    """Raises `NoWorkTree`, or `Elsewhere` where the configured folder leads out of the work tree."""
    if repo.worktree is None:
        raise NoWorkTree
    return HistoryFolder(repo.worktree, config.history_path)


def keep_out(repo: Repo, place: HistoryFolder) -> bool:
    """Have git leave the folder alone in this clone, unless it does already or some of it is tracked.

    `.git/info/exclude` is used, not `.gitignore`: nothing about it can be committed by accident. Returns whether the
    line was added.
    """
    inside = place.folder.relative_to(place.top).as_posix()
    if repo.run("ls-files", "-z", "--", inside, check=False).stdout:
        return False
    if repo.run("check-ignore", "-q", "--no-index", "--", f"{inside}/x.md", check=False).returncode == 0:
        return False
    path = repo.common_dir / "info" / "exclude"
    excluded = path.read_bytes() if path.is_file() else b""
    end = b"" if not excluded or excluded.endswith(b"\n") else b"\n"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(excluded + end + f"/{_pattern(inside)}/\n".encode())
    return True


def _pattern(path: str) -> str:
    """A path as .gitignore reads it literally."""
    return "".join(f"\\{char}" if char in "*?[]\\!# " else char for char in path)


def write_histories(
    repo: Repo,
    store: StoryStore,
    live: Live,
    config: Config,
    keys: Collection[Key] | None = None,
    *,
    running: bool = False,
    people: People | None = None,
) -> Iterator[WrittenHistory]:
    """Write the files of `keys` (default: all of this repository, stored or in the agents' stores), the oldest first.

    A turn that is still running is left out unless `running`, names and places of people are with `people`.
    What is written was redacted; a conversation whose words may not be kept has no file.

    Raises `RedactionFailed` before anything of a conversation is written.
    """
    place = folder(repo, config)
    if not config.history_commit:
        keep_out(repo, place)
    place.tidy()
    stored = {(meta.agent, meta.id): meta for meta in store.conversations()}
    wanted = sorted({*stored, *(trace.key for trace in live.ours())} if keys is None else set(keys))
    commits = landed(repo, store)
    for key in wanted:
        conversation = _united(store, live, key)
        if conversation is None:
            continue
        if not running:
            conversation = without_running(conversation, _written(live, key), time.time())
        conversation = _detailed(_as_landed(conversation, commits.get(key, {})), config)
        if any(turn.prompt.strip() or turn.steps for turn in conversation.turns):
            if people is not None:
                conversation = people.conversation(conversation)
            yield _write(place, conversation, commits.get(key, {}), config, people)


class People(Protocol):
    """Hides names and places of people in texts and conversations."""

    def text(self, text: str) -> str: ...
    def conversation(self, conversation: Conversation) -> Conversation: ...


def _write(
    place: HistoryFolder,
    conversation: Conversation,
    commits: Mapping[str, Sequence[TurnCommit]],
    config: Config,
    people: People | None,
) -> WrittenHistory:
    if config.history_format == "specstory":
        text = specstory_markdown(conversation)
    else:
        text = history_markdown(conversation, commits, thinking=config.history_detail == "full")
    if people is not None:
        text = people.text(text)  # the subjects of commits
    path, changed = place.write(conversation.key, _name(conversation, config), text)
    return WrittenHistory(conversation.key, path, changed, len(conversation.turns))


def _name(conversation: Conversation, config: Config) -> str:
    if config.history_format == "specstory":
        return specstory_name(conversation)
    words = next((turn.prompt for turn in conversation.turns if turn.prompt.strip()), conversation.title)
    return file_name(conversation.id, conversation.started, words)


def path_of(place: HistoryFolder, store: StoryStore, live: Live, key: Key, config: Config) -> str | None:
    """The path, from the top of the work tree, of a conversation's file, also of one that is not written yet.

    None where nothing of it may be written.
    """
    there = place.find(key)
    if there is not None:
        return there.path.relative_to(place.top).as_posix()
    # All of it, for the first words alone: what gives itself away as a secret later is one there as well.
    conversation = _united(store, live, key)
    if conversation is None or not conversation.turns:
        return None
    return place.free(key, _name(conversation, config)).relative_to(place.top).as_posix()


def _united(store: StoryStore, live: Live, key: Key) -> Conversation | None:
    """Stored and live turns together, in order: agents delete and cut down what is stored already."""
    fresh, kept = live.recorder.prepare(key), store.conversation(*key)
    if fresh is None or kept is None:
        return fresh or kept
    turns = {turn.id: turn for turn in kept.turns} | {turn.id: turn for turn in fresh.turns}
    return replace(fresh, turns=tuple(sorted(turns.values(), key=lambda turn: turn.index)))


def _as_landed(conversation: Conversation, commits: Mapping[str, Sequence[TurnCommit]]) -> Conversation:
    """Turns that led to commits are not abandoned, whatever the agent says of the conversation."""
    return replace(
        conversation,
        turns=tuple(replace(turn, abandoned=turn.abandoned and turn.id not in commits) for turn in conversation.turns),
    )


def _detailed(conversation: Conversation, config: Config) -> Conversation:
    """As much as history files may hold, which can be less than what is stored."""
    if config.history_detail == "full":
        return conversation
    return distill(conversation, Keep(config.history_detail, thinking=False), lambda path: path)


def _written(live: Live, key: Key) -> float | None:
    """When the agent last wrote to the conversation (epoch seconds); None where it does not have it."""
    times = [stamp(source.path)[1] / 1e9 for _, source in live.gathered.sources.get(key, ())]
    return max(times, default=None)


def without_running(conversation: Conversation, written: float | None, now: float) -> Conversation:
    """Pure: `told` without its last turn where that one seems to go on.

    It runs while its last step is no answer and the agent wrote something lately; agents mark no end.
    """
    if not conversation.turns or written is None or now - written > QUIET or not goes_on(conversation.turns[-1]):
        return conversation
    return replace(conversation, turns=conversation.turns[:-1])


def goes_on(turn: Turn) -> bool:
    """Whether a turn stopped in the middle: nothing answered yet, or work after the last answer."""
    last = next(
        (step for step in reversed(turn.steps) if isinstance(step, Say | Think | Call) and not step.agent), None
    )
    interrupted = bool(turn.steps) and getattr(turn.steps[-1], "kind", "") == "interrupted"
    return not isinstance(last, Say) and not interrupted


def landed(repo: Repo, store: StoryStore) -> dict[Key, dict[str, list[TurnCommit]]]:
    """conversation -> turn id -> commits it led to that a branch or tag still holds, the oldest first."""
    listed = repo.run("rev-list", "--branches", "--tags", "--remotes", "HEAD", check=False).stdout
    here = set(listed.decode("ascii", "replace").split())
    stories = store.stories([commit for commit in store.commits() if commit in here])
    infos = {info.oid: info for info in commit_infos(repo, stories)}
    page = _Page(repo)
    landings: dict[Key, dict[str, list[TurnCommit]]] = {}
    for oid in sorted(infos, key=lambda oid: (infos[oid].committed, oid)):
        for link in stories[oid].links:
            turns = landings.setdefault((link.agent, link.conversation), {})
            for turn in link.turns:
                if turn.evidence != "context":
                    turns.setdefault(turn.id, []).append(TurnCommit(oid, infos[oid].subject, page(oid)))
    return landings


class _Page:
    """The address of a commit at the forge of `origin`, "" if the forge is unknown."""

    def __init__(self, repo: Repo) -> None:
        address = open_address(repo.config("remote.origin.url") or "") or ""
        is_plain = address.startswith("https://") and all(char.isalnum() or char in "/:.-_~" for char in address)
        self._base = address.removesuffix("/").removesuffix(".git") if is_plain else ""

    def __call__(self, oid: str) -> str:
        return f"{self._base}/commit/{oid}" if self._base else ""


def lost(files: Iterable[HistoryFile], existing: Collection[Key]) -> list[HistoryFile]:
    """Pure: files of conversations that neither the record nor an agent's store knows any more."""
    return [file for file in files if file.key not in existing]


def autosave(repo: Repo) -> list[WrittenHistory]:
    """Write recent conversations, and those of the newest commits; nothing if recording is off.

    Where only trailers need files (`link.mode`), conversations that led to no commit have none.
    """
    recording = setup(repo)
    if not recording.enabled:
        return []
    store, config = StoryStore(repo), load(repo)
    with Live(repo, store, recording, since=time.time() - RECENT) as live:
        recent = {trace.key for trace in live.ours()} if config.history_autosave else set()
        heads = commit_ids(repo, everything=True, limit=_NEWEST)
        for story in store.stories(heads).values():
            recent |= {(link.agent, link.conversation) for link in story.links if link.evidence != "time"}
        if config.history_commit:
            # The next commit brings them up to date: a file that git has would else be changed after every commit.
            place = folder(repo, config)
            recent = {key for key in recent if place.find(key) is None}
        return list(write_histories(repo, store, live, config, recent))


class Refreshed(Struct, frozen=True):
    """Files that had to be `removed` or `rewritten` after something was erased; git's history knows `tracked`."""

    removed: tuple[Path, ...] = ()
    rewritten: tuple[Path, ...] = ()
    tracked: tuple[Path, ...] = ()


def refresh(repo: Repo, store: StoryStore, live: Live, config: Config) -> Refreshed:
    """Rewrite the existing files without what was erased, after `forget` and `redact`."""
    place = folder(repo, config)
    files = {file.key: file for file in place.files()}
    if not files:
        return Refreshed()
    existing = {*((meta.agent, meta.id) for meta in store.conversations()), *live.keys()}
    gone = lost(files.values(), existing)
    rewritten = [one.path for one in write_histories(repo, store, live, config, files.keys() & existing) if one.changed]
    for file in gone:
        place.remove(file)
    removed = [file.path for file in gone]
    return Refreshed(tuple(removed), tuple(rewritten), tuple(_tracked(repo, [*removed, *rewritten])))


def _tracked(repo: Repo, paths: Sequence[Path]) -> list[Path]:
    def is_tracked(path: Path) -> bool:
        return repo.run("ls-files", "--error-unmatch", "--", str(path), check=False).returncode == 0

    return [path for path in paths if is_tracked(path)]
