"""What only a person at a terminal does: rewinds, compacts, answers, sends a plan back, interrupts.

At Claude Code's own screen. Each scenario ends with a commit by hand, whose lines must have the turns that wrote them.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.lab.agents import ClaudeCode
from tests.lab.bench import CALC, SUBTRACT, Bench
from tests.lab.interactive import BUSY, PATIENCE, Person, at_claude, filled_in
from tests.lab.model import Model
from tests.lab.plan import Reply, ToolCall
from tests.lab.programs import CLAUDE_CODE, Package
from tests.lab.test_hooks import wait_for
from tests.lab.test_story import FIRST, MULTIPLY, SECOND

pytestmark = pytest.mark.lab

PLUS, MINUS = "    return a + b\n", "    return a - b\n"


@pytest.fixture
def agent(installed: Callable[[Package], Path], model: Model, home: Path) -> ClaudeCode:
    return ClaudeCode(installed(CLAUDE_CODE), home, model.url)


def calls_that_add(bench: Bench, text: str, after: str) -> tuple[ToolCall, ToolCall]:
    calc = bench.repo.path / "calc.py"
    return bench.agent.read(calc), bench.agent.edit(calc, after, after + text)


def whole(bench: Bench) -> dict[str, Any]:
    """The conversation, as `git story show` prints it."""
    return dict(json.loads(bench.story("show", "--json", bench.conversation).stdout))


def prompts(bench: Bench) -> list[tuple[str, bool]]:
    return [(turn["prompt"], turn["abandoned"]) for turn in whole(bench)["turns"]]


def marks(bench: Bench, kind: str) -> list[tuple[int, str]]:
    """(turn, text) of the marks of one kind."""
    turns = whole(bench)["turns"]
    return [
        (turn["index"], step.get("text", ""))
        for turn in turns
        for step in turn["steps"]
        if (step.get("type"), step.get("kind")) == ("mark", kind)
    ]


def committed(bench: Bench, *owners: tuple[str | None, int]) -> None:
    """Commit calc.py by hand; (prompt, lines) must be what `blame` says of it from its first line on."""
    bench.commit_by_hand("Change calc", "calc.py")
    said = [line["prompt"] for line in bench.blame("calc.py")]
    assert said == [prompt for prompt, lines in owners for _ in range(lines)]
    assert "abandoned" not in bench.story("show").stdout


def rewind(person: Person, choice: str) -> None:
    """Esc Esc, the message before the last, and one of the ways to go back to it."""
    person.press("Escape", "Escape", shows="Restore the code and/or conversation")
    person.press("Up", shows="❯ " + FIRST)
    person.press("Enter", shows="Restore code and conversation")
    if "❯ " + choice not in person.terminal.screen():
        person.press("Down", shows="❯ " + choice)
    person.terminal.keys("Enter")
    person.terminal.wait("shift+tab to cycle", gone="Never mind")
    person.terminal.keys("C-u")


def test_rewound_turn_owns_nothing(enabled: Bench) -> None:
    with at_claude(enabled) as person:
        person.ask(FIRST, *calls_that_add(enabled, SUBTRACT, PLUS), answer="First is done.")
        rewind(person, "1. Restore code and conversation")
        assert (enabled.repo.path / "calc.py").read_text() == CALC
        person.ask(SECOND, *calls_that_add(enabled, MULTIPLY, PLUS), answer="Second is done.")
    committed(enabled, (None, 2), (SECOND, 4))
    assert prompts(enabled) == [(FIRST, True), (SECOND, False)]


def test_rewound_conversation_whose_code_was_kept(enabled: Bench) -> None:
    """Only the conversation goes back: the first turn's lines are in the commit, and still its own."""
    with at_claude(enabled) as person:
        person.ask(FIRST, *calls_that_add(enabled, SUBTRACT, PLUS), answer="First is done.")
        rewind(person, "2. Restore conversation")
        person.ask(SECOND, *calls_that_add(enabled, MULTIPLY, MINUS), answer="Second is done.")
    committed(enabled, (None, 2), (FIRST, 4), (SECOND, 4))


def test_compacted_conversation(enabled: Bench) -> None:
    """The summary is nobody's prompt, and what was before it is still known."""
    with at_claude(enabled) as person:
        person.ask(FIRST, *calls_that_add(enabled, SUBTRACT, PLUS), answer="First is done.")
        person.say("/compact")
        person.terminal.wait("Compacted")
        person.ask(SECOND, *calls_that_add(enabled, MULTIPLY, MINUS), answer="Second is done.")
    committed(enabled, (None, 2), (FIRST, 4), (SECOND, 4))
    assert prompts(enabled) == [(FIRST, False), (SECOND, False)]
    assert len(marks(enabled, "compacted")) == 1


def test_answer_to_a_question(enabled: Bench) -> None:
    """The words typed below the choices are the person's."""
    options = [{"label": "Subtract", "description": "a - b"}, {"label": "Divide", "description": "a / b"}]
    question = {"question": "Which operation is it?", "header": "Operation", "multiSelect": False, "options": options}
    typed = "Subtract, and leave add alone"
    with at_claude(enabled) as person:
        calls = calls_that_add(enabled, SUBTRACT, PLUS)
        enabled.script(FIRST, ToolCall("AskUserQuestion", {"questions": [question]}), *calls, answer="First is done.")
        person.say(FIRST)
        person.terminal.wait("Which operation is it?", "❯ 1.")
        person.press("Down", shows="❯ 3.")
        person.say(typed)
        person.until("First is done.")
    committed(enabled, (None, 2), (FIRST, 4))
    assert prompts(enabled) == [(FIRST, False)]
    assert marks(enabled, "said") == [(1, typed)]


def test_interrupted_and_corrected(enabled: Bench) -> None:
    """Esc while the model thinks; the correction replaces a line of what was interrupted."""
    correction = "No, the other way round"
    asked, let_go = threading.Event(), threading.Event()

    def think() -> None:
        asked.set()
        let_go.wait(PATIENCE)

    with at_claude(enabled) as person:
        read, edit = calls_that_add(enabled, SUBTRACT, PLUS)
        enabled.script(FIRST, read, edit, answer="Never shown.", before_answer=think)
        person.say(FIRST)
        assert asked.wait(PATIENCE)
        person.terminal.wait(BUSY)
        person.terminal.keys("Escape")
        person.terminal.wait("Interrupted", gone=BUSY)
        let_go.set()
        calc = enabled.repo.path / "calc.py"
        person.ask(correction, read, enabled.agent.edit(calc, MINUS, "    return b - a\n"), answer="Corrected.")
    committed(enabled, (None, 2), (FIRST, 3), (correction, 1))
    assert prompts(enabled) == [(FIRST, False), (correction, False)]
    assert [turn for turn, _ in marks(enabled, "interrupted")] == [1]


def test_plan_sent_back_and_approved(enabled: Bench) -> None:
    """What is typed to a plan is the person's, and the edit is the turn's that began with the plan."""
    typed = "Subtract rather than divide"
    plans = r"/[^\s\"\\]+/plans/[\w-]+\.md"
    first, fill_first = filled_in(enabled, ToolCall("Write", {"content": "# Plan\n\nDivide\n"}), "file_path", plans)
    second, fill_second = filled_in(enabled, ToolCall("Write", {"content": "# Plan\n\nSubtract\n"}), "file_path", plans)
    ready = ToolCall("ExitPlanMode")
    read, edit = calls_that_add(enabled, SUBTRACT, PLUS)
    with at_claude(enabled, "--permission-mode", "plan") as person:
        enabled.model.plan = {
            FIRST: [
                Reply("A plan.", calls=(first,), before=fill_first),
                Reply("Ready.", calls=(ready,)),
                Reply("To read it.", calls=(enabled.agent.shell("true"),)),
                Reply("Another plan.", calls=(second,), before=fill_second),
                Reply("Ready again.", calls=(ready,)),
                Reply("Reading.", calls=(read,)),
                Reply("Editing.", calls=(edit,)),
                Reply("First is done."),
            ]
        }
        person.say(FIRST)
        person.terminal.wait("Would you like to proceed?", "Divide", "❯ 1.")
        person.press("Down", "Down", shows="❯ 3.")
        person.say(typed)
        person.terminal.wait("Would you like to proceed?", "Ready again.", "Subtract", "❯ 1.")
        person.press("Down", shows="❯ 2. Yes, manually approve edits")
        person.terminal.keys("Enter")
        person.terminal.wait("make this edit to calc.py", "❯ 1. Yes")
        person.terminal.keys("Enter")
        person.until("First is done.")
    committed(enabled, (None, 2), (FIRST, 4))
    assert prompts(enabled) == [(FIRST, False)]
    assert marks(enabled, "said") == [(1, typed)]


def finished(bench: Bench) -> int:
    """How often a subagent, which works in the background here, was reported to be done."""
    (transcript,) = bench.agent.transcripts()
    return sum('"enqueue"' in line and "<status>completed" in line for line in transcript.read_text().splitlines())


def test_subagent_and_follow_up(enabled: Bench) -> None:
    """A subagent edits in one turn, and is sent on by a message in the next: each turn has its own lines."""
    task, more = "Add subtract to calc.py", "Add multiply to calc.py as well"
    asked = {"description": "calc", "prompt": task, "subagent_type": "general-purpose", "run_in_background": False}
    message = ToolCall("SendMessage", {"summary": "multiply", "message": more})
    send, fill = filled_in(enabled, message, "to", r"agentId: (\w+)")
    enabled.script(task, *calls_that_add(enabled, SUBTRACT, PLUS), answer="Subtask is done.")
    enabled.script(more, *calls_that_add(enabled, MULTIPLY, MINUS), answer="Follow-up is done.")
    with at_claude(enabled) as person:
        person.ask(FIRST, ToolCall("Agent", asked), answer="First is done.")
        wait_for(lambda: finished(enabled) == 1)
        person.until("First is done.")
        last = [Reply("Sending.", calls=(send,), before=fill), Reply("Second is sent.")]
        enabled.model.plan = {**enabled.model.plan, SECOND: last}
        person.say(SECOND)
        person.until("Second is sent.")
        wait_for(lambda: finished(enabled) == 2)
        person.until("Second is sent.")
    committed(enabled, (None, 2), (FIRST, 4), (SECOND, 4))
    assert prompts(enabled) == [(FIRST, False), (SECOND, False)]


FORMATTER = """
import json, pathlib, sys
path = pathlib.Path(json.load(sys.stdin)["tool_input"]["file_path"])
path.write_text(path.read_text().replace("'", '"').replace("name, value", "name,\\n    value,"))
"""


def test_formatter_as_a_hook(enabled: Bench, tmp_path: Path) -> None:
    """The agent's own hook formats each edit; the next edit is of the formatted file."""
    script = tmp_path / "formatter.py"
    script.write_text(FORMATTER)
    command = {"type": "command", "command": f"{sys.executable} {script}"}
    hooks = {"PostToolUse": [{"matcher": "Edit|Write", "hooks": [command]}]}
    folder = enabled.agent.home / ".claude"
    folder.mkdir(exist_ok=True)
    (folder / "settings.json").write_text(json.dumps({"hooks": hooks}))
    raw = "\n\ndef pair(name, value):\n    return {'name': name, 'value': value}\n"
    after = '    return {"name": name, "value": value}\n'
    more = "\n\ndef label(name):\n    return 'label of ' + name\n"
    with at_claude(enabled) as person:
        person.ask(FIRST, *calls_that_add(enabled, raw, PLUS), answer="First is done.")
        person.ask(SECOND, *calls_that_add(enabled, more, after), answer="Second is done.")
    text = (enabled.repo.path / "calc.py").read_text()
    assert '{"name": name' in text and "    value,)" in text, "the formatter did not run"
    committed(enabled, (None, 2), (FIRST, 5), (SECOND, 4))
