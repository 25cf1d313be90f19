"""The control page: what is set up, and buttons that change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitstory.config.load import load
from gitstory.errors import GitStoryError
from gitstory.render.page.control_view import Button, ControlState, confirm_page, control_page, outcome_page
from gitstory.ui import button_commands
from gitstory.ui.guard import csrf_is_right
from gitstory.ui.request_context import Forged, Place
from gitstory.ui.responses import html, json_object

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from gitstory.git.repo import Repo


def control(place: Place, request: Request) -> Response:
    """What is set up in this repository."""
    from gitstory.cli.status import status

    with place.workspaces.open() as space:
        report = status(space.repo)
        settings = _settings(space.repo)
    findings = [(each.message, each.hint, button_commands.remedy(each.hint)) for each in report.findings]
    state = ControlState(
        enabled=report.installed.enabled and not report.installed.disabled,
        hooks=[(hook.event, hook.state) for hook in report.installed.hooks],
        off_since=report.off_since,
        watching=report.watcher is not None,
        waiting=report.waiting,
        stories=report.stories,
        conversations=report.conversations,
        agents=[(one.label, one.conversations, one.here, list(one.roots)) for one in report.agents if one.is_found],
        findings=findings,
        settings=settings,
    )
    buttons = {name: button_of(name) for name in button_commands.ACTIONS}
    return html(control_page(state, buttons, place.frame(), place.links.page("control.json")))


def _settings(repo: Repo) -> dict[str, bool]:
    try:
        config = load(repo)
    except GitStoryError:  # among the findings
        return {}
    return {"autosave": config.history_autosave, "emails": config.redact_emails, "hosts": config.redact_hosts}


def control_json(place: Place, request: Request) -> Response:
    """What `git story status --json` prints."""
    from gitstory.cli.status import status
    from gitstory.cli.status_report import status_json

    with place.workspaces.open() as space:
        return json_object(status_json(status(space.repo)))


def button_of(name: str) -> Button:
    action = button_commands.find(name)
    line = " ".join(("git story", *("ID" if arg == "{id}" else arg for arg in action.args)))
    return Button(name, action.label, action.does, line)


def act(place: Place, request: Request, form: dict[str, str]) -> Response:
    """Press a button: what it would do is shown first, where it can be; else it is done."""
    if not csrf_is_right(place.access, form.get("csrf", "")):
        raise Forged
    name, conversation = form.get("action", ""), form.get("id", "")
    action = button_commands.find(name)
    args = button_commands.command_line(action.args, conversation)
    with place.workspaces.open(process=False) as space:
        where: Path = space.repo.worktree or space.repo.git_dir
    if action.asks and form.get("sure") != "1":
        shown = button_commands.run(action, button_commands.command_line(action.asks, conversation), where)
        line = " ".join(("git story", *args))
        return html(confirm_page(button_of(name), line, shown.text, conversation, place.frame()))
    outcome = button_commands.run(action, args, where)
    place.workspaces.forget_processed()
    page = outcome_page(button_of(name), outcome.line, outcome.text, outcome.failed, conversation, place.frame())
    return html(page, 400 if outcome.failed else 200)
