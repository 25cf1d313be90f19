"""`git story forget`: erase what is stored of a conversation, a turn or a commit, or everything."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from gitstory.cli.output import say, warn
from gitstory.cli.shared_options import open_repo
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.erasure.forget import Scope
    from gitstory.git.object_purge import Purged
    from gitstory.git.repo import Repo
    from gitstory.store.erasure_plan import Wish
    from gitstory.store.store import StoryStore


@click.command()
@click.argument("what", required=False, metavar="[CONVERSATION[#TURN] | REV]")
@click.option("--all", "everything", is_flag=True, help="Everything that is stored here.")
@click.option("--story-only", is_flag=True, help="With REV: keep the conversations, forget only the commit's story.")
@click.option("--gc", is_flag=True, help="Also have git rewrite its packs (`git gc --prune=now`).")
@click.option("--dry-run", is_flag=True, help="Say what would be forgotten, change nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def command(what: str | None, everything: bool, story_only: bool, gc: bool, dry_run: bool, yes: bool) -> int:
    """Erase a conversation, one turn of it, or a commit's story, for good.

    CONVERSATION is the beginning of its id, TURN a turn's number; any other name is a revision. With a revision,
    conversations that no other commit here is linked to are erased too. Stored text, notes, caches and old objects are
    removed at once, it is never recorded again, and the next `git story push` erases it on the remote. The agent's own
    files are not touched.
    """
    if (what is None) == (not everything):
        raise click.UsageError("name a conversation, a turn or a revision, or give --all")
    from gitstory.cli.history import refresh
    from gitstory.cli.link import undisturbed
    from gitstory.erasure.forget import forget, scope
    from gitstory.store.store import StoryStore
    from gitstory.worker.ensure_drained import ensure_drained

    with open_repo() as repo:
        ensure_drained(repo)
        store = StoryStore(repo)
        wish = _wish(repo, store, what, story_only)
        affected = scope(store.contents, wish)
        _announce(affected, dry_run)
        if dry_run:
            return 0
        confirm("Forget this for good?", yes)
        with undisturbed(repo):
            done = forget(repo, store, wish, rewrite_packs=gc)
        tell(done)
        refresh(repo, StoryStore(repo))
        _left_over(repo, affected)
    return 0


def confirm(question: str, yes: bool) -> None:
    """Ask, unless `--yes` was given. Raises GitStoryError without a terminal, `Abort` if the answer is no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise GitStoryError(
            "cannot ask for confirmation: not a terminal", hint="add --yes, or --dry-run to see what would be done"
        )
    click.confirm(question, abort=True, err=True)


def tell(done: Purged) -> None:
    """What became of the old objects."""
    if done.removed:
        say(f"{done.removed} old objects removed")
    if done.refused:
        warn(f"old objects could not be removed: {done.refused}", "git's own collection removes them in some weeks")
    elif done.packed:
        warn(
            f"{done.packed} old objects are in packs, which cannot be changed in place",
            "`git gc --prune=now` writes them anew; it also drops what git keeps for undoing (lost stashes, resets)",
        )


def _wish(repo: Repo, store: StoryStore, what: str | None, story_only: bool) -> Wish:
    from gitstory.erasure.forget import everything, of_commit
    from gitstory.git.repo import NoCommits, UnknownRevision
    from gitstory.queries.manual_links import NoSuchConversation, parse

    if what is None:
        return everything(repo, store.contents)
    meant = parse(what)
    try:
        return _conversation(repo, store, meant.prefix, meant.turn)
    except NoSuchConversation as none:
        if meant.turn is not None:
            raise
        try:
            commit = repo.resolve(what)
        except (UnknownRevision, NoCommits):
            raise none from None
    if store.story(commit) is None and store.note(commit) is None:
        raise GitStoryError(f"nothing is recorded of {commit[:10]}", hint="`git story log` lists what is")
    return of_commit(repo, store.contents, commit, story_only=story_only)


def _conversation(repo: Repo, store: StoryStore, prefix: str, turn: str | None) -> Wish:
    """A conversation that is stored, or that is only in its agent's store and shall never be."""
    from gitstory.queries.manual_links import choose, choose_turn
    from gitstory.recording.live_conversations import Live, named_so
    from gitstory.recording.recording_setup import setup
    from gitstory.store.erasure_plan import Wish

    recording = setup(repo)
    near = named_so(recording, prefix)
    key = choose(prefix, [*store.find(prefix), *near])
    meta = store.meta(*key)
    turns = dict(meta.turns) if meta is not None else {}
    if key in near:
        with Live(repo, store, recording, always=[key], since=float("inf")) as live:
            whole = live.whole(key)
        turns = {turn.id: turn.index for turn in whole.turns} | turns if whole is not None else turns
    if turn is not None:
        return Wish(turns=frozenset({(*key, choose_turn(turn, key, list(turns.items()))[0])}))
    return Wish(frozenset({key}), elsewhere=frozenset((key[0], one) for one in turns))


def _announce(scope: Scope, dry_run: bool) -> None:
    from gitstory.text.wording import count

    verb = "would be" if dry_run else "will be"
    wish = scope.wish
    for agent, name in sorted(wish.conversations)[:20]:
        say(f"conversation {name} ({agent})")
    if len(wish.conversations) > 20:
        say(f"and {count(len(wish.conversations) - 20, 'more conversation')}")
    for agent, name, turn in sorted(wish.turns)[:20]:
        say(f"turn {turn} of {name} ({agent})")
    stories = count(len(scope.noted), "story", "stories")
    say(f"{count(scope.turns, 'stored turn')} {verb} forgotten, {stories} {verb} rewritten or removed")


def _left_over(repo: Repo, scope: Scope) -> None:
    """What forgetting does not reach, said where it is so."""
    from gitstory.config.load import load
    from gitstory.erasure.forget import histories

    files = histories(repo, load(repo).history_path, scope.wish.conversations)
    if files:
        warn(f"still in files of the work tree: {', '.join(files[:5])}", "delete and commit; older commits keep them")
