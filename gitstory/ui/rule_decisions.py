"""The page of rules: what people keep telling agents, and decisions about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gitstory.errors import GitStoryError
from gitstory.render.page.rules_view import rules_page, rules_written_page
from gitstory.render.rules import rule_object
from gitstory.rules.repository_rules import RuleList, rule_list
from gitstory.rules.rule_files import changes, target_path, write
from gitstory.rules.save_accepted_and_rejected import decide
from gitstory.text.wording import count
from gitstory.ui.guard import csrf_is_right
from gitstory.ui.request_context import Forged, Place
from gitstory.ui.responses import html, json_list

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gitstory.rules.values import DerivedRule, Status
    from gitstory.ui.workspace import Workspace

_DECISIONS: dict[str, Status] = {"accept": "accepted", "edit": "accepted", "reject": "rejected"}


def rules(place: Place, request: Request) -> Response:
    """The rules with their sources, those that wait for a decision first."""
    with place.workspaces.open() as space:
        return _page(place, _listed(space), "")


def rules_json(place: Place, request: Request) -> Response:
    """What `git story rules --all --json` prints."""
    with place.workspaces.open() as space:
        listed = _listed(space)
    stated = [rule_object(rule, where) for rule, where in listed.stated]
    possible = [rule_object(rule, possible=True) for rule in listed.possible]
    return json_list([*map(rule_object, listed.rules), *stated, *map(rule_object, listed.rejected), *possible])


def act(place: Place, request: Request, form: dict[str, str]) -> Response:
    """Accept, edit or reject a rule, or write the accepted ones into a file that agents read."""
    if not csrf_is_right(place.access, form.get("csrf", "")):
        raise Forged
    decision = form.get("decision", "")
    with place.workspaces.open(process=False) as space:
        root, listed = _root(space), _listed(space)
        if decision == "write":
            return _write(place, space, listed, form)
        if decision not in _DECISIONS:
            raise GitStoryError(f"there is no decision called {decision}", hint="use the buttons of the page of rules")
        text = " ".join(form.get("text", "").split())
        if decision == "edit" and not text:
            raise GitStoryError("the rule has no words", hint="write what agents are to do, or reject it")
        rule = _named(listed, form.get("id", ""))
        decide(root, [rule], _DECISIONS[decision], text if decision == "edit" else "")
        return _page(place, _listed(space), f"{_DECISIONS[decision]}: {text or rule.text}")


def _write(place: Place, space: Workspace, listed: RuleList, form: dict[str, str]) -> Response:
    root, target = _root(space), form.get("target", "")
    accepted = [rule for rule in listed.rules if rule.status == "accepted"]
    planned = changes(root, target_path(target), accepted) if accepted else []
    if form.get("sure") != "1":
        return html(rules_written_page(planned, target, len(accepted), place.frame()))
    copies = write(root, planned, space.repo.home / "backups")
    files = ", ".join(change.path for change in planned if change.changed)
    outcome = f"{count(len(accepted), 'rule')} written to {files}" if files else "nothing changed"
    return _page(place, _listed(space), "; as it was before: ".join([outcome, *copies]))


def _page(place: Place, listed: RuleList, outcome: str) -> Response:
    return html(rules_page(listed, outcome, place.frame(), place.links.page("rules.json")))


def _listed(space: Workspace) -> RuleList:
    return rule_list(space.repo, space.sources.store, _root(space))


def _root(space: Workspace) -> Path:
    if space.repo.worktree is None:
        raise GitStoryError("rules need a work tree", hint="run `git story ui` in a checkout of this repository")
    return space.repo.worktree


def _named(listed: RuleList, name: str) -> DerivedRule:
    every = [*listed.rules, *listed.possible, *listed.rejected, *(rule for rule, _ in listed.stated)]
    rule = next((each for each in every if each.id == name), None)
    if rule is None:
        raise GitStoryError(f"no rule with the id {name}", hint="reload the page of rules: it may have changed")
    return rule
