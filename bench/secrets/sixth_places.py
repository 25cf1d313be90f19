"""Where the sixth corpus puts what it holds: prompts, calls of tools and their replies, logs, diffs, tables."""

from __future__ import annotations

import json
from collections.abc import Callable

Place = Callable[[str], str]
Named = Callable[[str, str], str]


def _rows(text: str, form: str) -> str:
    return "\n".join(form.format(n=n, row=row) for n, row in enumerate(text.split("\n"), 7))


def _said(text: str) -> str:
    return json.dumps({"type": "user", "message": {"role": "user", "content": text}, "uuid": "u-1"}, ensure_ascii=False)


def _reply(text: str) -> str:
    block = {"type": "tool_result", "tool_use_id": "toolu_01", "content": text, "is_error": False}
    return json.dumps({"type": "user", "message": {"role": "user", "content": [block]}})


def _call(text: str) -> str:
    block = {"type": "tool_use", "name": "Write", "input": {"file_path": "src/a", "content": f"# made\n{text}\n"}}
    return json.dumps({"type": "assistant", "message": {"content": [block]}})


def _arguments(text: str) -> str:
    command = json.dumps({"command": ["bash", "-lc", f"cat <<'END' > out\n{text}\nEND"]})
    return json.dumps({"type": "function_call", "name": "shell", "arguments": command})


def _hunk(text: str, sign: str) -> str:
    rows = _rows(text, sign + "{row}")
    return f"diff --git a/conf b/conf\n--- a/conf\n+++ b/conf\n@@ -4,3 +4,9 @@\n same\n{rows}\n same"


def _table(text: str) -> str:
    cells = "\n".join(f"| {n} | `{row}` |" for n, row in enumerate(text.split("\n"), 1))
    return f"| # | line |\n|---|---|\n{cells}\n"


WRAPS: tuple[tuple[str, Place], ...] = (
    ("prompt", lambda t: f"Here is what I have, it does not work:\n{t}\nWhat is wrong?"),
    ("prompt record", _said),
    ("prompt fenced", lambda t: f"look:\n```text\n{t}\n```\nplease fix"),
    ("tool reply", _reply),
    ("tool reply numbered", lambda t: _reply(_rows(t, "{n:>6}→{row}"))),
    ("tool input", _call),
    ("tool input twice", _arguments),
    ("reply twice", lambda t: json.dumps({"output": json.dumps({"stdout": t, "exit_code": 0})})),
    ("cat -n", lambda t: _rows(t, "{n:>6}\t{row}")),
    ("nl", lambda t: _rows(t, "{n:>6}  {row}")),
    ("sed numbers", lambda t: _rows(t, "{n:>4}: {row}")),
    ("hunk added", lambda t: _hunk(t, "+")),
    ("hunk removed", lambda t: _hunk(t, "-")),
    ("hunk kept", lambda t: _hunk(t, " ")),
    ("colour hunk", lambda t: _rows(t, "\x1b[32m+{row}\x1b[m")),
    ("colour log", lambda t: _rows(t, "\x1b[90m10:00:0{n}\x1b[0m \x1b[36mINFO\x1b[39m {row}")),
    ("dim", lambda t: _rows(t, "\x1b[2m{row}\x1b[22m")),
    ("stamped log", lambda t: _rows(t, "2026-05-01T10:00:0{n}Z INFO worker {row}")),
    ("service log", lambda t: _rows(t, "api-1  | {row}")),
    (
        "actions group",
        lambda t: "##[group]Run step\n" + _rows(t, "2026-05-01T10:00:00.0000000Z {row}") + "\n##[endgroup]",
    ),
    ("grep -n", lambda t: _rows(t, "deploy/prod.conf:{n}:{row}")),
    ("table", _table),
    ("quote", lambda t: _rows(t, "> {row}")),
    ("indented", lambda t: _rows(t, "        {row}")),
    ("console", lambda t: f"root@web1:/srv# ./show\n{t}\nroot@web1:/srv# "),
    ("cut before", lambda t: f"[2048 characters truncated] ...ueue: 4\nretries: 3\n{t}\n"),
    ("cut after", lambda t: f"{t}\nretries: 3\nqueue: 4 ... [output truncated, 3120 more characters]"),
)
"""A passage of one or more lines."""

TOKENS: tuple[tuple[str, Place], ...] = (
    ("asked", lambda s: f"is {s} one of ours?"),
    ("asked in record", lambda s: _said(f"it gave me {s}\nnow what")),
    ("value in code", lambda s: f'setup("{s}", retries=2)'),
    ("value in reply", lambda s: _reply(f"created: {s}\n")),
    ("value numbered", lambda s: f"     8\tvalue: {s}\n     9\tother: 1\n"),
    ("value in hunk", lambda s: f"@@ -1 +1 @@\n-x = ''\n+x = '{s}'\n"),
    ("value twice escaped", lambda s: json.dumps(json.dumps({"v": s, "n": 1}))),
    ("value in three", lambda s: json.dumps({"a": json.dumps({"b": json.dumps({"c": f"got {s}"})})})),
    ("value coloured", lambda s: f"\x1b[1;33m{s}\x1b[0m is set\n"),
    ("value in table", lambda s: f"| prod | {s} |\n| test | none |\n"),
    ("value in log", lambda s: f"2026-05-01 10:00:00 DEBUG x={s} took 3 ms\n"),
    ("value in environment", lambda s: f"A=1\nX={s}\nB=2\n"),
    ("value in list", lambda s: f"- {s}\n- next\n"),
    ("value in array", lambda s: f'["one", "{s}"]'),
    ("value in html", lambda s: f'<input type="hidden" value="{s}">'),
    ("value exported", lambda s: f"export X='{s}' && make\n"),
    ("value piped", lambda s: f"printf %s {s} | pbcopy\n"),
    ("value commented", lambda s: f"x()  # was {s}\n"),
    ("value in csv", lambda s: f"7,{s},active\n"),
    ("value in bars", lambda s: f"│ {s} │\n"),
    ("value at end", lambda s: f"Done. {s}"),
    ("value cut", lambda s: f"got {s}... [truncated]"),
)
"""One token; nothing beside it says what it is. In "value cut" the last third is missing."""

NAMED: tuple[tuple[str, Named], ...] = (
    ("env file", lambda n, s: f"{n}={s}\n"),
    ("env quoted", lambda n, s: f'{n}="{s}"\n'),
    ("yaml value", lambda n, s: f"{n}: {s}\n"),
    ("yaml nested", lambda n, s: f"config:\n  {n}: '{s}'\n  size: 3\n"),
    ("json value", lambda n, s: f'{{"{n}": "{s}", "size": 3}}'),
    ("json once", lambda n, s: _reply(f"{n}={s}\nDEBUG=1\n")),
    ("json twice", lambda n, s: _arguments(f"{n}={s}")),
    ("json name value", lambda n, s: json.dumps([{"name": n, "value": s}])),
    ("numbered env", lambda n, s: f"     1\tDEBUG=1\n     2\t{n}={s}\n"),
    ("arrow numbered", lambda n, s: f"     2→{n} = '{s}'\n"),
    ("env added", lambda n, s: f"@@ -1 +1,2 @@\n DEBUG=1\n+{n}={s}\n"),
    ("env removed", lambda n, s: f"@@ -1,2 +1 @@\n DEBUG=1\n-{n}: {s}\n"),
    ("env coloured", lambda n, s: f"\x1b[34m{n}\x1b[0m=\x1b[32m{s}\x1b[0m\n"),
    ("table row", lambda n, s: f"| name | value |\n|---|---|\n| `{n}` | `{s}` |\n"),
    ("log pair", lambda n, s: f"2026-05-01T10:00:00Z INFO loaded {n}={s} in 3 ms\n"),
    ("set in shell", lambda n, s: f"$ {n}={s} npm start\n" if n.isidentifier() else f"$ env '{n}={s}' npm start\n"),
    ("toml value", lambda n, s: f'[service]\n"{n}" = "{s}"\n'),
    ("xml value", lambda n, s: f'<add key="{n}" value="{s}" />\n'),
    ("prompt says", lambda n, s: f"I put {n} = {s} into .env, still 401"),
    ("prompt lines", lambda n, s: f"here are the settings\n\n{n}\n{s}\n\ncan you wire them up?"),
    ("terraform variable", lambda n, s: f'variable "{n}" {{\n  default = "{s}"\n}}\n'),
    ("docker flag", lambda n, s: f"docker run -d -e {n}={s} acme/app\n"),
    ("github env", lambda n, s: f"      env:\n        {n}: {s}\n"),
    ("printenv", lambda n, s: f"$ printenv {n}\n{s}\n"),
    ("powershell", lambda n, s: f"$env:{n} = '{s}'\n"),
    ("sql row", lambda n, s: f"INSERT INTO config VALUES ('{n}', '{s}');\n"),
    ("csv row", lambda n, s: f"name,value\n{n},{s}\n"),
    ("code assignment", lambda n, s: f"os.environ['{n}'] = '{s}'\n"),
)
"""A value beside the name of its setting."""
