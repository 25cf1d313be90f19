"""A conversation as JSON: every step and edit, also those whose fields the encoder leaves out for being the default."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from gitstory.agents import registry
from gitstory.agents.catalog import AGENTS
from gitstory.model import Call, Conversation, Edit, Hunk, Mark, Replacement, Say, Step, Think, Turn
from gitstory.queries.conversation import ConversationWhole
from gitstory.render.conversation import conversation_markdown, transcript_object, write_conversation
from gitstory.render.json import dump
from gitstory.testing.whole_agent_store import conversations, read_all
from gitstory.text.console import Console
from tests.agents_table import ROOTS
from tests.smallstores import DATA, built

EDITS = (
    Edit("gone.py", op="delete", source="shell"),
    Edit("touched.py", source="shell"),
    Edit("moved.py", op="rename", moved_from="old.py"),
    Edit("whole.py", op="create", after="a = 1\n", time=1000.0),
    Edit("found.py", replacements=(Replacement("a", "b"),)),
    Edit("patched.py", hunks=(Hunk(1, 1, ("-a", "+b")),), user_modified=True),
)
STEPS: tuple[Step, ...] = (
    Say("Done."),
    Think("Hm."),
    Call("Bash"),
    Call("Edit", edits=EDITS, time=1000.0),
    Mark("compacted"),
)


def printed(one: Conversation) -> dict[str, list[dict[str, list[dict[str, object]]]]]:
    found: dict[str, list[dict[str, list[dict[str, object]]]]] = json.loads(
        dump(transcript_object(ConversationWhole(one, False, (), len(one.turns))))
    )
    return found


def test_every_kind_of_step_and_edit_is_printed() -> None:
    one = Conversation("claude-code", "1", (Turn("t", 1, "Do it", steps=STEPS),))
    steps = printed(one)["turns"][0]["steps"]
    assert [step["type"] for step in steps] == ["say", "think", "call", "call", "mark"]
    edits = steps[3]["edits"]
    assert isinstance(edits, list)
    assert [edit["path"] for edit in edits] == [edit.path for edit in EDITS]
    assert edits[5]["hunks"] == [{"old_start": 1, "new_start": 1, "lines": ["-a", "+b"]}]
    assert edits[3]["time"] == "1970-01-01T00:16:40Z"


@pytest.mark.parametrize("name", [name for name in AGENTS if (DATA / name).is_dir()])
def test_every_conversation_of_every_small_store_is_printed(name: str, tmp_path: Path) -> None:
    root = built(name, tmp_path) / ROOTS.get(name, ".")
    read = list(conversations(read_all(registry.agent(name), [root])))
    assert read
    for one in read:
        assert len(printed(one)["turns"]) == len(one.turns)
        assert conversation_markdown(ConversationWhole(one, False, (), len(one.turns)), full=True)


def test_a_turn_whose_lines_were_replaced_later_says_so() -> None:
    one = Conversation("claude-code", "1", (Turn("t", 1, "Cache it"), Turn("u", 2, "Read it again instead")))
    view = ConversationWhole(one, False, (), 2, outcomes={"t": "replaced"})
    assert [turn["outcome"] for turn in transcript_object(view)["turns"]] == ["replaced", None]
    out = io.StringIO()
    write_conversation(view, Console(out))
    assert [line for line in out.getvalue().splitlines() if "replaced later" in line] == ["1.  replaced later"]
