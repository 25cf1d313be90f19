"""The pages that sum up: a review of a range, and statistics; each also as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitstory.errors import GitStoryError
from gitstory.git.commit_details import MissingObjects
from gitstory.git.dates import check_dates, since_time
from gitstory.queries.review.brief import brief
from gitstory.queries.review.commit_range import reach
from gitstory.queries.review.diff_by_turn import in_turns
from gitstory.queries.review.length_budget import fitted
from gitstory.queries.stats import stats
from gitstory.queries.stats_sums import Stats
from gitstory.queries.token_usage import Usage, usage
from gitstory.render.page.review_view import no_review, review_page
from gitstory.render.page.stats_view import stats_view
from gitstory.render.page.usage_view import usage_object, usage_part, usage_view
from gitstory.render.review import named_by, review_object
from gitstory.render.stats import stats_object
from gitstory.summary.short_ids import short_ids
from gitstory.ui.request_context import Place, query_of
from gitstory.ui.responses import html, is_part, json_object

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_STATS = ("range", "since", "until", "author", "path")


def review(place: Place, request: Request) -> Response:
    """The brief of a branch or range, then its diff in the order of the turns."""
    wanted = query_of(request, ("range",)).get("range")
    lacking: list[MissingObjects] = []
    with place.workspaces.open() as space:
        try:
            where = reach(space.repo, wanted, None)
        except GitStoryError as error:
            if wanted is not None:
                raise
            return html(no_review(place.frame(), "", f"{error.message}: name a branch or a range"))
        full = brief(space.repo, space.sources, where, whole=True, lacking=lacking)
        name = named_by(short_ids(space.sources.store.index.ended()))
        diffs = in_turns(space.repo, space.sources, where.commits)
        json = place.links.page("review.json", range=wanted or "")
        return html(review_page(fitted(full), name, diffs, place.frame(), wanted or "", json))


def review_json(place: Place, request: Request) -> Response:
    """What `git story review --json` prints."""
    with place.workspaces.open() as space:
        where = reach(space.repo, query_of(request, ("range",)).get("range"), None)
        return json_object(review_object(brief(space.repo, space.sources, where, whole=True, lacking=[])))


def stats_page(place: Place, request: Request) -> Response:
    """How much of the code is attributed, by time, agent, folder, file and author."""
    query = query_of(request, _STATS)
    return html(stats_view(_stats(place, query), place.frame(), query, place.links.page("stats.json", **query)))


def stats_json(place: Place, request: Request) -> Response:
    """What `git story stats --json` prints."""
    return json_object(stats_object(_stats(place, query_of(request, _STATS))))


def _stats(place: Place, query: dict[str, str]) -> Stats:
    options = [f"--{name}={query[name]}" for name in ("since", "until", "author") if name in query]
    with place.workspaces.open() as space:
        check_dates(space.repo, query.get("since"), query.get("until"))
        revisions = [query["range"]] if "range" in query else []
        paths = [query["path"]] if "path" in query else []
        return stats(space.repo, space.sources, revisions, options=options, paths=paths)


def usage_page(place: Place, request: Request) -> Response:
    """Turns, corrections and tokens, as a page or as a piece of the one with statistics."""
    counted = _usage(place, request)
    if is_part(request):
        return html(usage_part(counted))
    return html(usage_view(counted, place.frame(), place.links.page("usage.json", **query_of(request, ("since",)))))


def usage_json(place: Place, request: Request) -> Response:
    """Turns, corrections and tokens of the stored conversations."""
    return json_object(usage_object(_usage(place, request)))


def _usage(place: Place, request: Request) -> Usage:
    query = query_of(request, ("since",))
    with place.workspaces.open() as space:
        check_dates(space.repo, query.get("since"))
        return usage(space.sources.store, since_time(space.repo, query["since"]) if "since" in query else None)
