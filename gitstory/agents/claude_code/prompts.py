"""Which user-role records of Claude Code hold a prompt of the person, and what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from gitstory.agents import automated_prompts
from gitstory.agents.conversation_builder import is_name
from gitstory.agents.json_values import blocks, mapping, mappings
from gitstory.agents.prompt_text import clean, slash_command, without_reminders

LOCAL = frozenset(
    """
    add-dir agents allowed-tools bashes bug chrome clear color compact config context copy cost desktop diff doctor
    effort exit export extra-usage fast feedback help hooks ide install-github-app install-slack-app keybindings
    login logout mcp memory migrate-installer mobile model output-style passes permissions plugin plugins
    privacy-settings quit rate-limit-options release-notes reload-plugins remote-control remote-env rename resume
    rewind sandbox session skills stats status statusline tag tasks terminal-setup theme think-back todos upgrade
    usage usage-credits vim voice
    """.split()  # noqa: SIM905 - a list would take a line a word
)
"""Slash commands the program itself carries out: no prompt comes of them (up to 2.1.2xx)."""

_SUMMARY = "This session is being continued from a previous conversation that ran out of context."
_OUTPUTS = ("<local-command-stdout>", "<local-command-stderr>")
_TEAMMATE = "<teammate-message "
_PLAN = "Implement the following plan:"
_TRANSCRIPT = "read the full transcript at: "
_BETWEEN_NAMES = re.compile(r"[\s/\\]")
_BETWEEN_FOLDERS = re.compile(r"[/\\]")
_SKILL = "Base directory for this skill: "
_LEAD_OF_EXPANSION, _LONGEST_EXPANSION = 1_200, 4_000
_INSTRUCTION, _ATTACHED = "<system_instruction>", "The user has attached these files."
_MOST_ATTACHED = 20
_DOCUMENTS = (".md", ".mdx", ".txt", ".rst", ".adoc", ".org", ".log")
_CAVEATS = ("<local-command-caveat>", "Caveat: The messages below were generated")


def is_human(record: dict[str, Any]) -> bool:
    """Whether the record's own labels leave open that a person wrote it."""
    if record.get("isMeta") or record.get("isCompactSummary") or record.get("isVisibleInTranscriptOnly"):
        return False
    return _origin(record) in (None, "human") and record.get("promptSource") != "system"


def is_labelled(record: dict[str, Any]) -> bool:
    """Whether the record itself says that a person wrote it."""
    return bool(_origin(record) == "human")


def _origin(record: dict[str, Any]) -> Any:
    return mapping(record.get("origin")).get("kind")


def raw_text(content: object) -> str:
    """The text of a message's content as it stands."""
    return content if isinstance(content, str) else "\n".join(_texts(content))


def _texts(content: object) -> list[str]:
    return [
        text for block in blocks(content) if block.get("type") == "text" and isinstance(text := block.get("text"), str)
    ]


def prompt_text(content: object, labelled: bool = False) -> str:
    """The person's words in a message's content, "" for none. `labelled`: the record says that a person wrote it."""
    own = (clean(text, labelled) for text in _texts(content) if not text.startswith(_SUMMARY))
    return "\n".join(filter(None, own))


def task(text: str) -> str:
    """What a team's lead asked of a teammate: in a teammate's own session that is the prompt. "" for other text."""
    return automated_prompts.message(text) if _TEAMMATE in text else ""


def planning_conversation(record: dict[str, Any], prompt: str) -> str:
    """The id of the conversation that made the plan in a prompt that hands one over, "" where it is not named."""
    if not record.get("planContent") and not prompt.startswith(_PLAN):
        return ""
    path, ending, _ = prompt.partition(_TRANSCRIPT)[2].partition("\n")[0].partition(".jsonl")
    name = _BETWEEN_NAMES.split(path)[-1]
    return name if ending and is_name(name) else ""


def expansion(raw: str, typed: str) -> str:
    """What a command or skill says of the task: its beginning, and the lines that hold the arguments as `typed`.

    The rest is a procedure that is the same for every task. The line that says where a skill is stored is left out.
    """
    text = without_reminders(raw).strip()
    text = (text.partition("\n")[2] if text.startswith(_SKILL) else text).strip()
    if len(text) <= _LEAD_OF_EXPANSION:
        return text
    cut = max(text.rfind("\n", 0, _LEAD_OF_EXPANSION), 0) or text.rfind(" ", 0, _LEAD_OF_EXPANSION)
    lead, rest = text[: max(cut, 0)].rstrip(), text[max(cut, 0) :]
    given = typed.partition(" ")[2].strip()
    named = [line.strip() for line in rest.splitlines() if len(given) > 1 and given in line]
    return "\n".join([lead, "[...]", *named])[:_LONGEST_EXPANSION]


def attached_files(raw: str) -> tuple[str, ...]:
    """Paths of the files that were attached to a prompt in an application around the agent, as that lists them.

    Source: Conductor 2026 puts an element `system_instruction` with the list, an item a line, into the user's message.
    """
    if not raw.lstrip().startswith(_INSTRUCTION) or _ATTACHED not in raw:
        return ()
    lines = raw.partition(_ATTACHED)[2].splitlines()[1 : 1 + _MOST_ATTACHED]
    items = takewhile(lambda line: line.startswith("- "), lines)
    return tuple(path for line in items if (path := line[2:].strip()))


def mentions(paths: Sequence[str]) -> str:
    """Attached files as Claude Code's own prompts name them, by their names: `@plan.md @notes.md`."""
    return " ".join("@" + _BETWEEN_FOLDERS.split(path)[-1] for path in paths)


def is_mentioned(path: str, prompt: str) -> bool:
    """Whether a prompt has the file's name as a whole: `plan.md` is not mentioned by `myplan.md` or `plan.md.bak`."""
    name = re.escape(mentions([path])[1:])
    return re.search(rf"(?<![\w.-]){name}(?![\w-]|\.\w)", prompt, re.ASCII) is not None


def is_document(path: str) -> bool:
    """Whether an attached file can hold what a prompt asks for, rather than code that it is about."""
    return path.lower().endswith(_DOCUMENTS)


def images(content: object) -> int:
    return sum(block.get("type") == "image" for block in mappings(content))


def is_local(text: str) -> bool:
    """Whether a prompt as typed is a command that the program carries out itself."""
    return text.startswith("/") and not LOCAL.isdisjoint(text[1:].split(None, 1)[:1])


def is_command_output(text: str) -> bool:
    return text.lstrip().startswith(_OUTPUTS)


def is_caveat(text: str) -> bool:
    return text.lstrip().startswith(_CAVEATS)


def typed_command(text: str) -> tuple[str, bool] | None:
    """A slash command record as it was typed, and whether it surely expands to a prompt; None for other text.

    Commands with a prompt behind them put `<command-message>` first, the program's own put `<command-name>` first.
    """
    text = without_reminders(text).lstrip()
    command = slash_command(text)
    if command is None:
        return None
    name, arguments = command
    typed = f"/{name} {arguments}".strip()
    return typed, text.startswith("<command-message>")


def is_person_queued(text: str) -> bool:
    """Whether queued text is the person's: not a notification of the harness, not a command of the program."""
    stripped = text.strip()
    return bool(clean(stripped)) and not is_local(stripped) and not (stripped[:2] == '{"' and stripped[-1:] == "}")
