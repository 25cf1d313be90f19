"""SpecStory's Markdown: the own small store; real histories where a folder of some is named."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from gitstory.agents import specstory
from gitstory.agents.specstory import AGENT
from gitstory.model import Conversation, Think
from gitstory.testing import Expect, conformance
from tests.examples import tries
from tests.smallstores import DATA

STORE = DATA / "specstory" / "app" / ".specstory" / "history"
NEW, OLD = "5ec57000-0000-4000-8000-000000000001", "5ec57000-0000-4000-8000-000000000002"


def read(root: Path = STORE) -> dict[str, Conversation]:
    return {one.id: one for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


def test_it_conforms(tmp_path: Path) -> None:
    conformance(AGENT, STORE, tmp_path, Expect(2, 3, 3, 0), readings=tries(150))


def test_prompts_answers_and_what_tools_say_they_did() -> None:
    one = read()[NEW]
    first, second = one.turns
    assert (one.version, one.times, one.models) == ("Markdown v2.1.0, Claude Code", "recorded", ("quill-2",))
    assert one.places == (STORE.parents[1].as_posix(),)
    assert (first.prompt, first.time) == ("Add a subtract function\nand say so in notes.md", 1772445600.0)
    assert second.prompt == "Thanks"
    assert [step.text for step in first.steps if isinstance(step, Think)] == ["Two files are needed."]
    calc, notes, state = first.edits
    assert (calc.path, calc.after, calc.hunks) == ("/home/dev/app/calc.py", None, ())
    assert (notes.op, notes.after) == ("create", "# Notes on the calculator\n\nsubtract was added\n")
    assert (state.source, state.after) == ("shell", "done\n")
    assert [commit for call in first.calls for commit in call.commits] == ["f316eb9"]


def test_files_of_2025_have_no_times() -> None:
    one = read()[OLD]
    assert (one.times, one.turns[0].time, one.started) == ("bounds", None, 1746090000.0)
    assert list(one.turns[0].answers) == ["The greeting names the person now."]


def test_what_only_looks_like_a_heading_is_none() -> None:
    text = "_**User (2026-03-02 10:00:00Z)**_\nnot alone\n\n_**User (2026-03-02 10:00:00Z)**_\n\nalone\n"
    (source,) = [one for one in AGENT.sources(STORE) if one.id == NEW]
    one = specstory.conversation(source, text, "")
    assert [turn.prompt for turn in one.turns] == ["alone"]


def test_a_slash_command_is_the_prompt_and_not_the_skill_it_loads() -> None:
    typed = (
        "<command-message>lore</command-message>\n<command-name>/lore</command-name>\n<command-args>all</command-args>"
    )
    local = "<command-name>/clear</command-name>\n<command-message>clear</command-message>"
    skill = "Base directory for this skill: /home/dev/.claude/skills/lore\n\n# Lore"
    text = "\n".join(f"_**User (2026-03-02 10:00:00Z)**_\n\n{said}\n" for said in (local, typed, skill))
    (source,) = [one for one in AGENT.sources(STORE) if one.id == NEW]
    one = specstory.conversation(source, text, "")
    assert [turn.prompt for turn in one.turns] == ["/lore all"]


def test_other_markdown_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("_**User**_\n\nhi\n")
    assert list(AGENT.sources(tmp_path)) == []


REAL = os.environ.get("GITSTORY_SPECSTORY", "")
"""Taken before tests get an environment of their own."""


@pytest.mark.real_files(REAL or "/nowhere")
def test_real_histories() -> None:
    root = Path(REAL)
    found = read(root)
    assert all(one.turns and one.skipped == 0 for one in found.values())
    for source in AGENT.sources(root):
        # Nobody spoke in the others: a command like /model, or nothing, and no answer.
        assert (
            source.id in found or re.search("^_\\*\\*(Agent|Assistant)", source.path.read_text("utf-8"), re.M) is None
        )


CURSOR = """_**User (2026-03-02 10:00:00Z)**_

Add a form

---

_**Agent (default)**_

<tool-use data-tool-type="write" data-tool-name="edit_file_v2">

<details><summary>Tool use: **edit_file_v2** • Edit file: /w/a &amp; b/form.py</summary>

</details>

</tool-use>

<tool-use data-tool-type="write" data-tool-name="search_replace"><details>
<summary>Tool use: **search_replace** • Edit file: src/list.py</summary>

**Chunk 1**
Lines added: 1, lines removed: 1

```diff
@@ -1,2 +1,2 @@
 def items():
-    return []
+    return [1]
```

</details></tool-use>

<tool-use data-tool-type="write" data-tool-name="edit_file"><details>
<summary>Tool use: **edit_file** • Edit file: src/no.py</summary>

Status: **cancelled**

</details></tool-use>

<tool-use data-tool-type="write" data-tool-name="write_file"><details>
<summary>Tool use: **write_file** `src/gemini.py`</summary>

Result: ok

</details></tool-use>

<tool-use data-tool-type="write" data-tool-name="Create"><details>
<summary>Tool use: **Create**</summary>

Path: `src/droid.py`

</details></tool-use>

<tool-use data-tool-type="read" data-tool-name="read_file"><details>
<summary>Tool use: **read_file** `src/read.py`</summary>

</details></tool-use>

<tool-use data-tool-type="shell" data-tool-name="run_terminal_cmd"><details>
<summary>Tool use: **run_terminal_cmd** • Run command: echo x &gt; f</summary>

```bash
echo x > f
```

```
done
```

</details></tool-use>

The form is there.
"""


def test_calls_of_cursor_and_others_name_the_file_above_what_they_show() -> None:
    (source,) = [one for one in AGENT.sources(STORE) if one.id == NEW]
    (turn,) = specstory.conversation(source, CURSOR, "/w").turns
    assert [(edit.path, edit.after, len(edit.hunks)) for edit in turn.edits] == [
        ("/w/a & b/form.py", None, 0),
        ("/w/src/list.py", None, 1),
        ("/w/src/gemini.py", None, 0),
        ("/w/src/droid.py", None, 0),
        ("/w/f", "x\n", 0),
    ]
    assert [edit.hunks[0].lines for edit in turn.edits if edit.hunks] == [
        (" def items():", "-    return []", "+    return [1]")
    ]
    calls = list(turn.calls)
    assert [call.failed for call in calls] == [False, False, True, False, False, False, False]
    assert (calls[-1].input, calls[-1].output) == ("echo x > f", "done\n")
    assert list(turn.answers) == ["The form is there."]


@pytest.mark.parametrize(
    ("shown", "lines"),
    [
        ("+const a = f&lt;T&gt;(&#96;x&#96; &amp;&amp; y);", ("+const a = f<T>(`x` && y);",)),
        ("+<b>&lt; &amp;lt;</b>", ("+<b>&lt; &amp;lt;</b>",)),
        ("+a &amp;lt; b", ("+a &lt; b",)),
        ("+if a && b:", ("+if a && b:",)),
        ('+text.replace("&amp;", "&")', ('+text.replace("&amp;", "&")',)),
    ],
)
def test_what_is_escaped_in_a_block_is_read_as_it_was(shown: str, lines: tuple[str, ...]) -> None:
    text = (
        "_**User (2026-03-02 10:00:00Z)**_\n\nfix it\n\n_**Agent (quill-2 2026-03-02 10:00:01Z)**_\n\n"
        '<tool-use data-tool-type="write" data-tool-name="edit_file"><details>\n'
        f"<summary>Tool use: **edit_file** • Edit file: a.ts</summary>\n\n```diff\n@@ -1 +1 @@\n{shown}\n```\n\n"
        "</details></tool-use>\n"
    )
    (source,) = [one for one in AGENT.sources(STORE) if one.id == NEW]
    (turn,) = specstory.conversation(source, text, "/w").turns
    assert [hunk.lines for edit in turn.edits for hunk in edit.hunks] == [lines]


def test_a_patch_of_codex_that_is_shown_file_by_file() -> None:
    shown = (
        "**Update: `calc.py`**\n\n```diff\n@@\n def add(a, b):\n-    return a\n+    return a + b\n```\n\n"
        "**Add: `notes.md`**\n\n```diff\n+# Notes\n+\n+```bash\n+make\n+```\n```\n\n**Delete: `old.py`**\n"
    )
    text = (
        "_**User (2026-03-02 10:00:00Z)**_\n\nfix it\n\n_**Agent (quill-2 2026-03-02 10:00:01Z)**_\n\n"
        '<tool-use data-tool-type="write" data-tool-name="apply_patch"><details>\n'
        f"<summary>Tool use: **apply_patch**</summary>\n{shown}</details></tool-use>\n"
    )
    (source,) = [one for one in AGENT.sources(STORE) if one.id == NEW]
    (turn,) = specstory.conversation(source, text, "/home/dev/app").turns
    calc, notes, old = turn.edits
    assert (calc.path, calc.hunks[0].lines) == (
        "/home/dev/app/calc.py",
        (" def add(a, b):", "-    return a", "+    return a + b"),
    )
    assert (notes.op, notes.after) == ("create", "# Notes\n\n```bash\nmake\n```\n")
    assert (old.path, old.op) == ("/home/dev/app/old.py", "delete")
