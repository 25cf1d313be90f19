"""Where transcripts have a passage: replies of tools as agents store them, logs, diffs, editors' views, notebooks."""

from __future__ import annotations

import html
import json
from collections.abc import Callable

Place = Callable[[str], str]


def _lines(text: str, before: str, after: str = "") -> str:
    return "\n".join(before + row + after for row in text.split("\n"))


def _numbered(text: str, form: str) -> str:
    return "\n".join(form.format(n, row) for n, row in enumerate(text.split("\n"), 9))


def _codex(text: str) -> str:
    output = json.dumps({"output": text, "metadata": {"exit_code": 0, "duration_seconds": 0.1}})
    return json.dumps({"type": "function_call_output", "call_id": "call_1", "output": output})


def _claude(text: str) -> str:
    result = {"tool_use_id": "toolu_1", "type": "tool_result", "content": [{"type": "text", "text": text}]}
    return json.dumps({"type": "user", "message": {"role": "user", "content": [result]}})


def _nested(text: str) -> str:
    return json.dumps({"a": json.dumps({"b": json.dumps({"c": text})})})


def _notebook(text: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": text.splitlines(keepends=True)}]}, indent=1)


PLACES: tuple[tuple[str, Place], ...] = (
    ("bare", str),
    ("chat", lambda t: f"I get this and do not know why:\n\n{t}\n\nCan you look into it?"),
    ("fence", lambda t: f"```\n{t}\n```"),
    ("claude result", _claude),
    ("codex output", _codex),
    ("json in json in json", _nested),
    ("edit call", lambda t: json.dumps({"file_path": "a", "old_string": "x = 1", "new_string": t})),
    ("bash call", lambda t: json.dumps({"command": f"cat > conf <<'EOF'\n{t}\nEOF", "description": "Write it"})),
    ("apply patch", lambda t: f"*** Begin Patch\n*** Update File: conf\n@@\n{_lines(t, '+')}\n*** End Patch"),
    ("diff removed", lambda t: "@@ -1,9 +0,0 @@\n" + _lines(t, "-")),
    ("combined diff", lambda t: "@@@ -1,1 -1,1 +1,9 @@@\n" + _lines(t, "++")),
    ("coloured diff", lambda t: _lines(t, "\x1b[32m+\x1b[m\x1b[32m", "\x1b[m")),
    ("compose log", lambda t: _lines(t, "web-1   | ")),
    ("actions log", lambda t: _lines(t, "2026-05-01T10:00:00.1234567Z ")),
    ("gh run log", lambda t: _lines(t, "build\tRun tests\t2026-05-01T10:00:00.1234567Z ")),
    ("journal", lambda t: _lines(t, "May 01 10:00:00 h1 app[123]: ")),
    ("pod log", lambda t: _lines(t, "[pod/web-7d9/app] ")),
    ("level log", lambda t: _lines(t, "2026-05-01 10:00:00,123 DEBUG app: ")),
    ("cat -n", lambda t: _numbered(t, "{:6}\t{}")),
    ("arrow numbers", lambda t: _numbered(t, "{:6}→{}")),
    ("bat", lambda t: _numbered(t, "{:4}   │ {}")),
    ("bar numbers", lambda t: _numbered(t, "{:6}|{}")),
    ("colon numbers", lambda t: _numbered(t, "{}: {}")),
    ("L numbers", lambda t: _numbered(t, "L{}: {}")),
    ("vim numbers", lambda t: _numbered(t, "{:4} {}")),
    ("grep", lambda t: _numbered(t, "config/app.txt:{}:{}")),
    ("grep context", lambda t: _numbered(t, "config/app.txt-{}-{}")),
    ("quoted twice", lambda t: _lines(t, "> > ")),
    ("list item", lambda t: "- it says\n\n" + _lines(t, "      ")),
    ("tabs", lambda t: _lines(t, "\t\t")),
    ("notebook", _notebook),
    ("pytest", lambda t: _lines(t, "E       ")),
    ("comment", lambda t: _lines(t, "# ")),
    ("slashes", lambda t: _lines(t, "// ")),
    ("html", lambda t: f"<pre>{html.escape(t)}</pre>"),
    ("python repr", lambda t: f"stdout={t!r}, returncode=0"),
    ("crlf", lambda t: t.replace("\n", "\r\n")),
    ("box", lambda t: "\n".join(f"│ {row:<90} │" for row in t.split("\n"))),
    ("prompt", lambda t: f"ada@h1:~/app$ cat conf\n{t}\nada@h1:~/app$ "),
    ("cat -A", lambda t: _lines(t, "", "$")),
    ("yaml block", lambda t: "output: |\n" + _lines(t, "  ") + "\nstatus: 0"),
)

TOKEN_PLACES: tuple[tuple[str, Place], ...] = (
    ("sentence", lambda s: f"I pasted {s} by mistake, is that a problem?"),
    ("sentence start", lambda s: f"{s} is what it printed."),
    ("question", lambda s: f"does {s} still work?"),
    ("quoted", lambda s: f'It said "{s}" was refused.'),
    ("list", lambda s: f"* staging: {s}\n* prod: ask Eve\n"),
    ("table", lambda s: f"| env | value |\n| --- | --- |\n| prod | `{s}` |\n"),
    ("console", lambda s: f"$ ./setup\n? Paste it here: {s}\nSaved.\n"),
    ("argument", lambda s: f"./bin/sync {s} --dry-run"),
    ("positional quoted", lambda s: f'svc.connect("{s}")'),
    ("kwarg", lambda s: f"svc = Service(x='{s}', retries=3)"),
    ("array", lambda s: json.dumps(["a", s, "b"])),
    ("claude result", lambda s: _claude(f"value: {s}\nok")),
    ("codex output", lambda s: _codex(f"{s}\n")),
    ("escaped json", lambda s: json.dumps(json.dumps({"x": s}))),
    ("three json", lambda s: _nested(json.dumps({"x": s}))),
    ("env lines", lambda s: f"A=1\nX={s}\nB=2\n"),
    ("shell quoted", lambda s: f"X='{s}' ./run"),
    ("url query", lambda s: f"https://api.acme.dev/v1/me?x={s}&page=1" if "/" not in s else f"x={s}"),
    ("header", lambda s: f"> X-Svc: {s}\r\n> Accept: */*\r\n"),
    ("yaml item", lambda s: f"items:\n  - {s}\n  - other\n"),
    ("toml", lambda s: f'x = "{s}" # old\n'),
    ("ini", lambda s: f"[svc]\nx = {s}\n"),
    ("xml attr", lambda s: f'<svc x="{s}" y="1"/>' if '"' not in s and "&" not in s else s),
    ("xml text", lambda s: f"<x>{s}</x>"),
    ("csv", lambda s: f"svc,{s},2026-01-01\n"),
    ("semicolons", lambda s: f"svc;{s};2026-01-01\n"),
    ("diff", lambda s: f'@@ -1 +1 @@\n-x: "{s}"\n+x: ${{X}}\n'),
    ("actions log", lambda s: f"2026-05-01T10:00:00.1234567Z X: {s}\n"),
    ("compose log", lambda s: f"web-1  | using {s}\n"),
    ("go struct", lambda s: f"{{Name:svc Val:{s} N:3}}"),
    ("ruby hash", lambda s: f'{{"x"=>"{s}", "n"=>3}}'),
    ("js template", lambda s: f"const u = `${{base}}/${{'{s}'}}`;"),
    ("assertion", lambda s: f"assert x == '{s}'\nE   AssertionError\n"),
    ("error", lambda s: f"ValueError: unknown value: {s}\n"),
    ("json error", lambda s: json.dumps({"error": {"message": f"Incorrect value provided: {s}."}})),
    ("colour", lambda s: f"\x1b[1m{s}\x1b[0m"),
    ("angle", lambda s: f"<{s}>"),
    ("k8s env", lambda s: f"        - name: X\n          value: {s}\n"),
    ("crlf", lambda s: f"x: {s}\r\ny: 1\r\n"),
    ("comment", lambda s: f"// {s}\n"),
)
"""A token, with nothing beside it that says so."""

NAMED_PLACES: tuple[tuple[str, Callable[[str, str], str]], ...] = (
    ("env", lambda n, s: f"A=1\n{n}={s}\n"),
    ("env spaces", lambda n, s: f"{n} = {s}\n"),
    ("export", lambda n, s: f'export {n}="{s}"\n'),
    ("yaml", lambda n, s: f"env:\n    {n}: {s}\n    A: 1\n"),
    ("yaml item", lambda n, s: f"- {n}={s}\n- A=1\n"),
    ("json", lambda n, s: json.dumps({n: s, "a": 1})),
    ("json in json", lambda n, s: json.dumps({"stdout": json.dumps({n: s})})),
    ("three json", lambda n, s: _nested(f"{n}={s}\nA=1\n")),
    ("toml", lambda n, s: f'[env]\n{n} = "{s}"\n'),
    ("diff", lambda n, s: f"@@ -1 +1 @@\n-{n}=\n+{n}={s}\n"),
    ("claude result", lambda n, s: _claude(f"     1\t{n}={s}\n     2\tA=1\n")),
    ("codex output", lambda n, s: _codex(f"{n}={s}\nA=1\n")),
    ("declare", lambda n, s: f'declare -x {n}="{s}"\n'),
    ("xtrace", lambda n, s: f"+ {n}={s}\n+ run\n"),
    ("docker", lambda n, s: f"docker run --env {n}={s} app"),
    ("set env", lambda n, s: f"railway variables --set {n}={s}"),
    ("gh secret", lambda n, s: f"gh secret set {n} -b'{s}'"),
    ("node", lambda n, s: f"process.env.{n} = '{s}'" if n.isidentifier() else f"process.env['{n}'] = '{s}'"),
    ("python", lambda n, s: f'os.environ["{n}"]="{s}"\n'),
    ("ruby", lambda n, s: f"ENV['{n}'] ||= '{s}'\n"),
    ("elixir", lambda n, s: f'System.put_env("{n}", "{s}")\n'),
    ("java", lambda n, s: f'env.put("{n}", "{s}");'),
    ("plist", lambda n, s: f"<key>{n}</key>\n<string>{s}</string>\n" if "&" not in s else f"{n}={s}"),
    ("table", lambda n, s: f"| {n} | {s} | set in CI |\n"),
    ("columns", lambda n, s: f"{n}      {s}\nA      1\n"),
    ("bullets", lambda n, s: f"- `{n}`: `{s}`\n"),
    ("sentence", lambda n, s: f"I set {n} to {s} but it is not read."),
    ("colon chat", lambda n, s: f"here you go, {n}: {s}"),
    ("pair", lambda n, s: json.dumps({"name": n, "value": s, "type": "plain"})),
    ("actions log", lambda n, s: f"2026-05-01T10:00:00.1Z   {n}: {s}\n"),
    ("php", lambda n, s: f"define('{n}', '{s}');"),
    ("hcl map", lambda n, s: f'  "{n}" = "{s}"\n'),
    ("systemd", lambda n, s: f'Environment="{n}={s}"\n'),
    ("lower flag", lambda n, s: f"svc --{n.lower().replace('_', '-').replace('.', '-')}={s}"),
    ("ps", lambda n, s: f"[Environment]::SetEnvironmentVariable('{n}', '{s}')"),
    ("nix", lambda n, s: f'{n} = "{s}";'),
)
