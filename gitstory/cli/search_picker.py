"""`git story search` on a terminal: pick a turn while typing, and see it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gitstory.cli.picker import Choice, Piece, pick
from gitstory.render.picker_rows import hit_preview, hit_row
from gitstory.render.search import repository_names
from gitstory.search.db.tokenizer import unfinished
from gitstory.search.query import Hit

if TYPE_CHECKING:
    from gitstory.cli.search_indexes import Searched
    from gitstory.git.repo import Repo

_MOST = 200


def pick_hit(searched: Searched, query: str) -> tuple[Hit, ...] | None:
    """The hit the person chose, None if they left. Words still being typed are found by their beginning."""
    from gitstory.cli.output import settings
    from gitstory.text.console import wants_color

    finder, typed = searched.finder, query
    names = repository_names(searched.repos)

    def source(text: str) -> list[Choice[Hit]]:
        nonlocal typed
        typed = unfinished(text)
        hits = finder.find(typed, _MOST)
        return [
            Choice("\0".join((hit.repo, hit.agent, hit.conversation, hit.turn)), hit_row(hit, names), hit)
            for hit in hits
        ]

    def preview(hit: Hit) -> Iterable[Piece]:
        return hit_preview(hit, finder.passages(hit, typed), searched.subjects([hit], 5), names)

    color = wants_color(None, os.environ, settings(), terminal=sys.stdout.isatty(), paged=False)
    picked = pick(source, preview=preview, query=query, color=color)
    return None if picked is None else tuple(picked)


def show_hit(repo: Repo, hit: Hit) -> None:
    """The turn, as `git story show ID#TURN` shows it."""
    from gitstory.cli.output import console
    from gitstory.queries.conversation import recorded_by_others, whole
    from gitstory.render.conversation import write_conversation
    from gitstory.store.store import StoryStore

    key = (hit.agent, hit.conversation)
    if hit.recorded_by and StoryStore(repo).meta(*key) is None:
        view = recorded_by_others(repo, key, [one.commit for one in hit.landings], hit.turn)
    else:
        view = whole(repo, StoryStore(repo), f"{hit.agent}:{hit.conversation}#{hit.number}")
    with console() as out:
        write_conversation(view, out)
