"""Stories as other tools record them: only what gitstory found itself, and names of conversations that reveal
nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from gitstory.git.notes_tree_paths import find_note, note_changes
from gitstory.git.refs import Snapshot, rewrite, tree_of
from gitstory.git.repo import Repo
from gitstory.interop.formats import git_ai
from gitstory.model import Story
from gitstory.store.batch_changes import Changes


def own(story: Story, redact: Callable[[str], str]) -> Story:
    """Pure: the story without other tools' claims, and without ids that could be secrets."""
    links = tuple(
        link
        for link in story.links
        if not link.recorded_by and all(redact(name) == name for name in (link.agent, link.conversation))
    )
    keys = {(link.agent, link.conversation) for link in links}
    files = [
        replace(file, ranges=tuple(one for one in file.ranges if (one.agent, one.conversation) in keys))
        for file in story.files
    ]
    return replace(story, links=links, files=tuple(file for file in files if file.ranges))


def write_notes(repo: Repo, notes: Mapping[str, str]) -> list[str]:
    """Put notes where git-ai has none; returns the commits that got one. The ref's history stays.

    Raises `git.refs.RefBusy`, `git.refs.RefRefused`.
    """
    written: list[str] = []

    def build(seen: Snapshot) -> Mapping[str, Changes]:
        tree = tree_of(repo.objects, seen[git_ai.REF])
        new = {commit: text for commit, text in notes.items() if find_note(repo.objects, tree, commit) is None}
        written[:] = new
        return {git_ai.REF: note_changes(repo.objects, tree, {one: text.encode() for one, text in new.items()})}

    if notes:
        rewrite(repo, [git_ai.REF], build, message="Notes added by git story export", lasting=True)
    return written
