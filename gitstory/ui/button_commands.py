"""What the buttons do: each is a command line of `git story`, run as it stands in a process of its own."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from gitstory.errors import GitStoryError
from gitstory.hooks.git_story_executable import isolated_python

_LONGEST = 600.0
"""Seconds after which a command is ended."""
_ID = re.compile(r"[^\s\0-][^\s\0]{0,300}\Z")
_MOST_OUTPUT = 40_000


class Action(Struct, frozen=True):
    """A button. `args` has "{id}" where the conversation stands; `asks` are the arguments that show what it would do.

    `succeeds` are the exit codes that are no failure.
    """

    label: str
    args: tuple[str, ...]
    does: str = ""
    asks: tuple[str, ...] = ()
    succeeds: tuple[int, ...] = (0,)
    kind: Literal["repository", "conversation"] = "repository"


def _setting(key: str, value: str, label: str) -> Action:
    return Action(label, ("config", "set", key, value))


ACTIONS: Mapping[str, Action] = {
    "enable": Action("Install the hooks", ("enable",), "Record from now on; repairs hooks that were overwritten."),
    "disable": Action("Remove the hooks", ("disable",), "What is stored stays.", asks=("status",)),
    "off": Action("Pause recording", ("off",), "Commits made meanwhile are never recorded."),
    "on": Action("Resume recording", ("on",), "What happened meanwhile stays private."),
    "watch": Action("Start saving turns", ("watch", "--daemon"), "Saves each turn while you work."),
    "unwatch": Action("Stop saving turns", ("watch", "--stop")),
    "autosave-on": _setting("history.autosave", "true", "Save every conversation"),
    "autosave-off": _setting("history.autosave", "false", "Save chosen conversations only"),
    "emails-on": _setting("redact.emails", "true", "Hide e-mail addresses"),
    "emails-off": _setting("redact.emails", "false", "Keep e-mail addresses"),
    "hosts-on": _setting("redact.hosts", "true", "Hide host names"),
    "hosts-off": _setting("redact.hosts", "false", "Keep host names"),
    "drain": Action("Process the queue", ("drain",)),
    "backfill": Action("Link earlier commits", ("backfill", "--all"), "Conversations must still be on this machine."),
    "scan": Action("Scan", ("scan",), "Re-scans what is stored with the current redaction rules.", succeeds=(0, 1)),
    "scan-fix": Action("Redact the findings", ("scan", "--fix"), "For good.", asks=("scan",)),
    "preview": Action("Preview the push", ("push", "--preview"), "Shows all that would leave this machine."),
    "push": Action("Push", ("push",), "Only to a remote that you have agreed to on a terminal.", ("push", "--preview")),
    "pull": Action("Pull", ("pull",)),
    "doctor": Action("Test recording", ("doctor",), "Makes a test commit in a scratch clone.", succeeds=(0, 1)),
    "save": Action("Save", ("save", "{id}"), "Writes its history file and the archive.", kind="conversation"),
    "hide": Action(
        "Record no more of it", ("off", "--conversation", "{id}"), "All of it is left out.", kind="conversation"
    ),
    "show": Action("Record it again", ("on", "--conversation", "{id}"), kind="conversation"),
    "share": Action(
        "Share without names",
        ("share", "{id}", "--force"),
        "Writes one HTML file without names of people, addresses and paths.",
        kind="conversation",
    ),
    "forget": Action(
        "Forget", ("forget", "{id}", "--yes"), "For good.", ("forget", "{id}", "--dry-run"), kind="conversation"
    ),
}
"""Name in an address -> what it does."""

_HINTED = re.compile(r"`git story ([a-z][a-z -]*)`")


class NoSuchAction(GitStoryError):
    def __init__(self, name: str) -> None:
        super().__init__(f"there is no button called {name}", hint="the control page has those there are")


class ActionOutcome(Struct, frozen=True):
    """A command line as a person would type it, and what it printed."""

    line: str
    code: int
    text: str
    failed: bool


def remedy(hint: str) -> str | None:
    """The name of the button for the command that a hint names; None where there is none."""
    wanted = {tuple(match.split()) for match in _HINTED.findall(hint)}
    return next((name for name, action in ACTIONS.items() if action.args in wanted), None)


def command_line(args: tuple[str, ...], conversation: str = "") -> tuple[str, ...]:
    """The arguments with the conversation in its place. Raises GitStoryError for what could be an option."""
    if "{id}" in args and not _ID.match(conversation):
        raise GitStoryError("which conversation?", hint="use the buttons of a conversation's page")
    return tuple(conversation if arg == "{id}" else arg for arg in args)


def find(name: str) -> Action:
    if name not in ACTIONS:
        raise NoSuchAction(name)
    return ACTIONS[name]


def run(action: Action, args: tuple[str, ...], where: Path) -> ActionOutcome:
    """Run a command line in a repository. Modules of the work tree are never imported (`-P`)."""
    line = " ".join(("git story", *args))
    try:
        done = subprocess.run(
            [*isolated_python(), *args],
            cwd=where,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ActionOutcome(line, 1, "It took too long and was ended.", True)
    text = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
    return ActionOutcome(line, done.returncode, text[:_MOST_OUTPUT], done.returncode not in action.succeeds)
