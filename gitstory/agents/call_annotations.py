"""What tool calls contain beside their work: the person's answers and refusals, plans, the to-do in progress.

Agents' tools for this differ in names and shapes and are alike in substance, so one place reads them all. Seen in
Codex (`request_user_input`, `update_plan`), Copilot CLI (`ask_user`), OpenCode (`question`, `todowrite`), Gemini CLI
(`ask_user`, `write_todos`, `exit_plan_mode`), Qwen Code, Cursor (`ask_question`, `create_plan`), Cline and Roo
(`ask_followup_question`, `update_todo_list`, `plan_mode_respond`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from gitstory.agents.json_values import first, items, mapping, text
from gitstory.agents.question_answers import answered, question_text, questions_of, quoted
from gitstory.agents.stores.jsonl import decode
from gitstory.model import Edit, Mark, Occasion

_ASKING = frozenset(
    {
        "askuserquestion",
        "askuserquestions",
        "askuser",
        "askquestion",
        "askquestions",
        "askfollowupquestion",
        "vscodeaskquestions",
        "question",
        "requestuserinput",
        "userinput",
        "clarify",
    }
)
_PLANNING = frozenset({"exitplanmode", "createplan", "planexit", "planmoderespond", "submitplan", "presentplan"})
_LISTING = frozenset(
    {"todowrite", "todo", "writetodos", "updateplan", "updatetodo", "updatetodos", "updatetodolist", "managetodolist"}
)
_SPAWNING = frozenset({"task", "agent", "spawnagent", "newtask", "subagent", "runsubagent", "delegate", "usesubagents"})

_PLAN_KEYS = ("plan", "planText", "plan_text", "content", "response", "overview", "summary")
_PLAN_PATHS = ("plan_filename", "planFilePath", "plan_path", "path", "file_path", "filePath")
_TASK_KEYS = ("prompt", "task", "message", "instructions", "description")
_VALUE_KEYS = (
    "answers", "answer", "selected", "selectedOptions", "selectedOptionIds", "selected_options", "labels", "label",
    "freeformText", "freeText", "freeform", "text", "response", "notes", "other",
)  # fmt: skip
_DOING = frozenset({"inprogress", "active", "doing", "todostatusinprogress"})

_LEAD = re.compile(
    r"\A(?:the\s)?user(?:'s)?\s(?:has\s)?(?:selected|responded|answered|replied|chose|said|answer|response)"
    r"(?:\s(?:option\s\d+|with|is))?\s*:?\s*",
    re.IGNORECASE,
)
_ELEMENT = re.compile(r"<(answer|user_message|feedback|response)>\s*+((?:(?!<\1>).)*?)(?:(?<!\s)\s*+)?</\1>", re.DOTALL)
_NO_ANSWER = re.compile(
    r"\A\W*(?:the\s)?(?:user\s(?:has\s)?(?:dismissed|skipped|declined|cancel|submitted without|did not|rejected|denied)"
    r"|no answer|unanswered|\(no answer|question (?:dismissed|skipped|cancel)|cancel|skipped|dismissed)",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\A(?:\[?[^\n]{0,120}?\b(?:user|person)\b[^\n]{0,160}?(?:reject|den(?:y|ied)|declin|refus)"
    r"|[^\n]{0,40}\b(?:rejected|denied|declined)\b[^\n]{0,60}?\buser\b|plan rejected\b)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"(?:feedback|reason|said|message|instructions?|comments?)\b[^\n:]{0,60}:\s*(?:<feedback>\s*)?(.+?)"
    r"(?:(?<!\s)\s*+</feedback>.*|(?<!\n)\n++(?:Note: |Revise the plan|The plan is stored|Please )[^\n]*.*)?\Z",
    re.DOTALL | re.IGNORECASE,
)
_PROGRAMS = re.compile(
    r"\A(?:user (?:denied|rejected|cancel|declined)|no feedback|none|operation cancel)", re.IGNORECASE
)
"""Reasons that a program gives for itself."""
_CHECKBOX = re.compile(
    r"^[ \t]*+(?:(?:[-*+]|\d++[.)])[ \t]*+)?\[([ xX~/>-])\][ \t]*+(\S[^\n]*?)[ \t\r]{0,40}$", re.MULTILINE
)
_LONGEST_ANSWER = 8_000


class Exchange(Struct, frozen=True):
    """What one call contains: the person's words about it, its plan, and the task of a subagent that it starts."""

    words: tuple[Mark, ...] = ()
    plan: str = ""
    task: str = ""


class Exchanges:
    """Takes the calls of a conversation in order; `doing` is the to-do item in progress when the next one is made."""

    def __init__(self) -> None:
        self.doing = ""
        self._items: dict[str, str] = {}
        self._written: dict[str, str] = {}

    def take(
        self,
        tool: str,
        ident: str,
        given: Mapping[str, Any],
        output: str,
        *,
        failed: bool = False,
        edits: Sequence[Edit] = (),
        answers: object = None,
        time: float | None = None,
    ) -> Exchange:
        """One call with its arguments and its result. `answers` is where the agent keeps them apart from its text."""
        name = plain_name(tool)
        for edit in edits:
            if edit.after is not None and edit.path.endswith(".md"):
                self._written[edit.path] = edit.after
        if name in _LISTING:
            self._list(given)
        if name in _ASKING:
            return Exchange(() if failed and answers is None else tuple(_answers(given, output, answers, ident, time)))
        planning = name in _PLANNING
        words = _refusal(output, ident, time, "plan" if planning else "refusal") if failed or planning else ()
        task = first(given, _TASK_KEYS)
        return Exchange(words, self._plan(given) if planning else "", task if name in _SPAWNING else "")

    def _plan(self, given: Mapping[str, Any]) -> str:
        plan = next((text(given.get(key)) for key in _PLAN_KEYS if text(given.get(key)).strip()), "")
        named = first(given, _PLAN_PATHS).replace("\\", "/")
        if plan and not named:
            return plan
        if named:
            return next((body for path, body in self._written.items() if path.endswith(named.rpartition("/")[2])), plan)
        plans = [body for path, body in self._written.items() if "/plan" in path]
        return plans[-1] if plans else ""

    def _list(self, given: Mapping[str, Any]) -> None:
        listed = next((given[key] for key in ("todos", "plan", "items", "todoList", "tasks") if given.get(key)), None)
        if isinstance(listed, str):
            marked = [(sign, said) for sign, said in _CHECKBOX.findall(listed)]
            self.doing = next((said for sign, said in marked if sign in "-~/>"), "")
            return
        doing = ""
        for fields in map(mapping, items(listed)):
            keys = ("content", "step", "description", "title", "text", "task")
            encoded = first(fields, keys)
            ident = str(fields.get("id", ""))
            encoded = encoded or self._items.get(ident, "")
            if ident and encoded:
                self._items[ident] = encoded
            if not doing and plain_name(text(fields.get("status"))) in _DOING:
                doing = encoded
        self.doing = doing


def plain_name(tool: str) -> str:
    """A tool's name without case, separators, version and the prefix of the server it is from."""
    name = re.sub(r"v\d+$", "", re.sub(r"[^a-z0-9]", "", tool.rpartition("__")[2].lower()))
    return name.removesuffix("tool") if name != "tool" else name


def arguments(given: Mapping[str, Any], shown: str) -> Mapping[str, Any]:
    """A call's arguments: as kept, else from its `shown` input if that is JSON."""
    if given or not shown.startswith("{"):
        return given
    return decode(shown.encode("utf-8", "replace")) or {}


def _answers(given: Mapping[str, Any], output: str, apart: object, ident: str, time: float | None) -> list[Mark]:
    questions = questions_of(given)
    value = apart if apart is not None else _object(output).get("answers")
    marks = _from_object(questions, value, ident, time)
    if marks or not output.strip() or _NO_ANSWER.match(output):
        return marks
    if (pairs := quoted(questions, output, ident, time)) or len(questions) != 1:
        return pairs
    element = _ELEMENT.search(output)
    words = (element[2] if element else _LEAD.sub("", output)).strip()
    if _object(words):
        words = "\n".join(_values(_object(words), questions[0]))
    return [answered(questions[0], [words], ident, time)] if words and len(words) < _LONGEST_ANSWER else []


def _object(shown: str) -> Mapping[str, Any]:
    at = shown.find("{")
    return (decode(shown[at:].strip().encode("utf-8", "replace")) or {}) if 0 <= at < 40 else {}


def _from_object(questions: Sequence[Mapping[str, Any]], result: object, ident: str, time: float | None) -> list[Mark]:
    """Answers kept by question: by its text, id or place, or as a list in its order."""
    pairs: list[tuple[Mapping[str, Any], object]] = []
    if isinstance(result, Mapping):
        pairs = [(_question(questions, str(key)), value) for key, value in result.items()]
    elif isinstance(result, list):
        for place, value in enumerate(result):
            named = mapping(value)
            key = next((text(named.get(one)) for one in ("questionId", "id", "question") if named.get(one)), "")
            pairs.append((_question(questions, key or str(place)), value))
    marks = [answered(question, _values(value, question), ident, time) for question, value in pairs]
    return [mark for mark in marks if mark.text]


def _question(questions: Sequence[Mapping[str, Any]], key: str) -> Mapping[str, Any]:
    for question in questions:
        if key in (question_text(question), text(question.get("id")), text(question.get("header"))):
            return question
    if key.isdigit() and int(key) < len(questions):
        return questions[int(key)]
    return questions[0] if len(questions) == 1 else {}


def _values(value: object, question: Mapping[str, Any]) -> list[str]:
    """The texts of an answer; ids of options become their labels."""
    if isinstance(value, str):
        labels = {
            text(mapping(each).get("id")): text(mapping(each).get("label")) for each in items(question.get("options"))
        }
        return [labels.get(value.strip()) or value] if value.strip() and not _NO_ANSWER.match(value) else []
    if isinstance(value, list):
        return [said for one in value for said in _values(one, question)]
    if isinstance(value, Mapping):
        return [said for key in _VALUE_KEYS if key in value for said in _values(value[key], question)]
    return []


def _refusal(output: str, ident: str, time: float | None, occasion: Occasion) -> tuple[Mark, ...]:
    """What the person said when they refused a call; nothing where they gave no reason."""
    if not _REFUSED.match(output):
        return ()
    match = _REASON.search(output)
    reason = match[1].strip() if match else ""
    if not reason or _PROGRAMS.match(reason) or len(reason) > _LONGEST_ANSWER:
        return ()
    return (Mark("said", reason, time, occasion, call=ident),)
