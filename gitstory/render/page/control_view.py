"""The control page: what is recorded and how, with a button for each change and the command that the button runs."""

from __future__ import annotations

import time
from collections.abc import Mapping

from msgspec import Struct

from gitstory.render.page.frame import Frame, framed
from gitstory.render.page.markdown_html import coded
from gitstory.text.console import neutralise, neutralise_line
from gitstory.text.wording import count

CONVERSATION_BUTTONS = ("save", "hide", "show", "share", "forget")
"""Those of a conversation's page."""


class Button(Struct, frozen=True):
    """`line` is the command line it runs."""

    name: str
    label: str
    does: str
    line: str


class ControlState(Struct, frozen=True):
    """`agents` are (name, conversations, of this repository, places), `findings` (message, hint, button or None)."""

    enabled: bool
    hooks: list[tuple[str, str]]
    off_since: float | None
    watching: bool
    waiting: int
    stories: int
    conversations: int
    agents: list[tuple[str, int, int, list[str]]]
    findings: list[tuple[str, str, str | None]]
    settings: dict[str, bool]


def control_page(state: ControlState, buttons: Mapping[str, Button], frame: Frame, json: str) -> str:
    off = "" if state.off_since is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(state.off_since))
    stored = f"{count(state.stories, 'story', 'stories')}, {count(state.conversations, 'conversation')}"
    return framed(
        frame,
        "control.html",
        "Control",
        tab="control",
        json=json,
        state=state,
        off=off,
        stored=stored,
        buttons=buttons,
        findings=[(coded(message), coded(hint), name) for message, hint, name in state.findings],
        agents=[
            (neutralise_line(label), count(all_, "conversation"), here, [neutralise_line(root) for root in roots])
            for label, all_, here, roots in state.agents
        ],
    )


def confirm_page(button: Button, line: str, preview: str, conversation: str, frame: Frame) -> str:
    """What a button would do, and a button that does it."""
    return framed(
        frame,
        "confirm.html",
        button.label,
        tab="control",
        button=button,
        line=neutralise_line(line),
        preview=neutralise(preview),
        conversation=conversation,
    )


def outcome_page(button: Button, line: str, text: str, failed: bool, conversation: str, frame: Frame) -> str:
    """What a command printed."""
    back = frame.links.conversation("~", conversation) if conversation and button.name != "forget" else ""
    return framed(
        frame,
        "outcome.html",
        button.label,
        tab="control",
        line=neutralise_line(line),
        text=neutralise(text),
        failed=failed,
        back=back,
    )
