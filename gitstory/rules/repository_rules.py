"""The rules of a repository: of its stored conversations and of those in the agents' stores on this machine."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from gitstory.git.repo import Repo
from gitstory.recording.live_conversations import Key, Live
from gitstory.rules.decisions_file import read_decided, with_decisions
from gitstory.rules.directive_cache import ReadConversation, load, made_for, save
from gitstory.rules.directives import directives_of
from gitstory.rules.group_directives import LEAST, LEAST_POSSIBLE
from gitstory.rules.group_directives import rules as grouped
from gitstory.rules.handwritten_rules import StatedRules, rule_lines, written_by_hand
from gitstory.rules.possible_rules import about_work, names_no_place
from gitstory.rules.repository_documents import for_people, rule_file_texts
from gitstory.rules.values import DerivedRule, Directive
from gitstory.rules.written_already import Documents
from gitstory.store.record_paths import TOMBSTONES
from gitstory.store.store import StoryStore

_AT_ONCE = 50
"""Conversations that are in memory at once."""
MOST_RULES, MOST_WORDS = 40, 600
_MOST_POSSIBLE = 8


class RuleList(Struct, frozen=True):
    """Rules, those accepted first, then the surest; `read` conversations were looked at.

    `stated` are rules that a document for people has already, each with its place; `rejected` those that a person did
    not want; `more` counts those left out by the limits. `possible` are wishes of which nothing says that they are
    meant for good: they become rules where a person accepts them, and are never written before.
    """

    rules: tuple[DerivedRule, ...]
    read: int
    stated: tuple[tuple[DerivedRule, str], ...] = ()
    rejected: tuple[DerivedRule, ...] = ()
    more: int = 0
    possible: tuple[DerivedRule, ...] = ()


def rule_list(repo: Repo, store: StoryStore, root: Path) -> RuleList:
    """Derive the rules. Raises GitStoryError where `.gitstory/rules.toml` cannot be read."""
    decided = read_decided(root)
    in_files = rule_file_texts(root)
    lines = list(rule_lines(in_files))
    directives = written_by_hand(repo, store, lines)
    read = 0
    for mine in _directives(repo, store, root):
        read += 1
        directives += mine
    documents, files = for_people(root), Documents(in_files)
    all_rules = [
        replace(rule, places=tuple(dict.fromkeys([*rule.places, *files.places(rule.text)])))
        for rule in with_decisions(grouped(directives, StatedRules(lines).places, LEAST_POSSIBLE), decided)
    ]
    rejected = tuple(rule for rule in all_rules if rule.status == "rejected")
    places = {rule.id: documents.places(rule.text)[:1] for rule in all_rules if rule.status == "proposed"}
    stated = tuple((rule, places[rule.id][0]) for rule in all_rules if places.get(rule.id) and _is_sure(rule))
    open_rules = [rule for rule in all_rules if rule.status != "rejected" and not places.get(rule.id)]
    sure = [rule for rule in open_rules if _is_sure(rule)]
    shown = _within_limits(sure)
    possible = [
        rule for rule in open_rules if not _is_sure(rule) and names_no_place(rule.text) and about_work(rule.text)
    ]
    return RuleList(tuple(shown), read, stated, rejected, len(sure) - len(shown), tuple(possible[:_MOST_POSSIBLE]))


def _is_sure(rule: DerivedRule) -> bool:
    """Whether a rule was decided about, or is surely meant for good."""
    return rule.status != "proposed" or rule.score >= LEAST


def _within_limits(rules: list[DerivedRule]) -> list[DerivedRule]:
    shown, words = [], 0
    for rule in rules[:MOST_RULES]:
        words += len(rule.text.split())
        if words > MOST_WORDS:
            break
        shown.append(rule)
    return shown


def _directives(repo: Repo, store: StoryStore, root: Path) -> Iterator[Sequence[Directive]]:
    """The directives of each conversation once: of those stored, then of those that only their agents have."""
    with Live(repo, store) as live:
        stored = yield from _stored(repo, store, root)
        keys = {trace.key for trace in live.ours()} - stored
        for key in sorted(keys - _committed(repo, live, keys)):
            visible = live.visible(key)
            if visible is not None:
                yield _redacted(list(directives_of(visible, str(root))), live)


def _committed(repo: Repo, live: Live, keys: Collection[Key]) -> set[Key]:
    """Those whose transcript is a file that the repository has (`.specstory/history`): anybody may have committed it,
    and nobody here has said it."""
    top = repo.worktree
    if top is None:
        return set()
    paths = {
        key: [
            source.path.relative_to(top).as_posix()
            for _, source in live.gathered.sources.get(key, ())
            if source.path.is_relative_to(top)
        ]
        for key in keys
    }
    named = sorted({path for inside in paths.values() for path in inside})
    if not named:
        return set()
    listed = repo.git("--literal-pathspecs", "ls-files", "-z", "--", *named, check=False)
    tracked = set(listed.decode("utf-8", "surrogateescape").split("\0"))
    return {key for key, inside in paths.items() if not tracked.isdisjoint(inside)}


def _stored(repo: Repo, store: StoryStore, root: Path) -> Generator[Sequence[Directive], None, set[Key]]:
    """The directives of stored conversations, read where the cache has none of their folder. Returns their keys."""
    folders = store.contents.conversation_folders()
    purpose = made_for(root, store.contents.top.get(TOMBSTONES, (0, ""))[1])
    cached = load(repo, purpose)
    kept = {key: entry for key, entry in cached.items() if entry.folder == folders.get(key)}
    yield from (entry.directives for entry in kept.values())
    unread = sorted(folders.keys() - kept.keys())
    for keys in _batched(unread, _AT_ONCE):
        for key, conversation in store.excerpts(dict.fromkeys(keys), folders).items():
            mine = tuple(directives_of(conversation, str(root)))
            kept[key] = ReadConversation(*key, folders[key], mine)
            yield mine
    if unread or len(kept) < len(cached):
        save(repo, purpose, kept)
    return set(kept)


def _batched(keys: Sequence[Key], size: int) -> Iterator[Sequence[Key]]:
    """`keys` in runs of at most `size`."""
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def _redacted(directives: list[Directive], live: Live) -> list[Directive]:
    texts = (
        live.redacted(*(text for directive in directives for text in (directive.text, directive.rule)))
        if directives
        else []
    )
    pairs = zip(texts[::2], texts[1::2], strict=True)
    return [replace(directive, text=text, rule=rule) for directive, (text, rule) in zip(directives, pairs, strict=True)]
