"""Where a transcript has a secret: prose, commands, their output, code, settings, nested JSON, diffs, tables."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

Place = Callable[[str, random.Random], str]


def _json(text: str, levels: int) -> str:
    for level in range(levels):
        text = json.dumps({"type": "tool_result", "content": text} if level % 2 == 0 else text)
    return text


TOKEN_PLACES: tuple[tuple[str, Place], ...] = (
    ("chat", lambda s, r: f"please use {s} for the deploy, I will rotate it tomorrow"),
    ("chat alone", lambda s, r: s),
    ("chat end", lambda s, r: f"here it is: {s}."),
    ("chat brackets", lambda s, r: f"I put it in the vault ({s}), see the wiki"),
    ("markdown code", lambda s, r: f"Run it with `{s}` and look at the log."),
    ("markdown fence", lambda s, r: f"Set this:\n```bash\nexport X={s}\n```\nthen restart"),
    ("markdown table", lambda s, r: f"| service | value |\n|---|---|\n| api | {s} |\n"),
    ("markdown list", lambda s, r: f"- first\n- {s}\n- last\n"),
    ("echo", lambda s, r: f"$ echo {s} | wc -c\n41\n"),
    ("env dump", lambda s, r: f"HOME=/root\nLANG=C.UTF-8\nSVC={s}\nPATH=/usr/bin:/bin\n"),
    ("export", lambda s, r: f'export SVC="{s}"\n./run.sh\n'),
    ("inline env", lambda s, r: f"SVC={s} python3 manage.py migrate"),
    ("curl header", lambda s, r: f"curl -s -H 'X-Svc: {s}' https://api.acme.dev/v1/items"),
    ("curl bearer", lambda s, r: f'curl -H "Authorization: Bearer {s}" https://api.acme.dev/v1/me'),
    ("query string", lambda s, r: f"GET /v1/items?k={s}&page=2 HTTP/1.1" if "://" not in s else f"GET {s}"),
    ("flag", lambda s, r: f"$ svc login --value {s} --region eu\nok\n"),
    ("json", lambda s, r: json.dumps({"svc": s, "port": 5432, "debug": False})),
    ("json pretty", lambda s, r: json.dumps({"a": {"svc": s}}, indent=2)),
    ("json in json", lambda s, r: _json(json.dumps({"svc": s}), 1)),
    ("json thrice", lambda s, r: _json(json.dumps({"svc": s}) + "\nnext line\n", 3)),
    ("yaml", lambda s, r: f"svc:\n  value: {s}\n  replicas: 2\n"),
    ("yaml quoted", lambda s, r: f"    value: '{s}'\n"),
    ("toml", lambda s, r: f'[svc]\nvalue = "{s}"\n'),
    ("ini", lambda s, r: f"[svc]\nvalue={s}\n"),
    ("xml", lambda s, r: f"<svc><value>{s}</value></svc>"),
    ("python", lambda s, r: f'client = Client("{s}", timeout=30)\n'),
    ("javascript", lambda s, r: f"const c = new Client({{ k: '{s}' }});\n"),
    ("go", lambda s, r: f"c := svc.New(`{s}`)\n"),
    ("ruby", lambda s, r: f"c = Client.new(k: '{s}')\n"),
    ("hcl", lambda s, r: f'  value     = "{s}"\n  sensitive = true\n'),
    ("csv", lambda s, r: f"id,name,value\n7,svc,{s}\n8,other,x\n"),
    ("csv quoted", lambda s, r: f'"7","svc","{s}","2026-01-01"\n'),
    ("diff added", lambda s, r: f"@@ -1,2 +1,3 @@\n a = 1\n+b = '{s}'\n c = 3\n"),
    ("diff removed", lambda s, r: f"@@ -4,2 +4,1 @@\n-SVC={s}\n b\n"),
    ("numbered", lambda s, r: f"     7→  svc: {s}\n     8→  port: 80\n"),
    ("grep output", lambda s, r: f"src/app/settings.py:14:SVC = '{s}'\n"),
    ("log line", lambda s, r: f'2026-05-01T10:00:00.123Z ERROR svc rejected "{s}" status=401\n'),
    (
        "traceback",
        lambda s, r: f"  File \"app.py\", line 3, in <module>\n    raise AuthError('bad value {s}')\nAuthError\n",
    ),
    ("colour", lambda s, r: f"\x1b[33msvc\x1b[0m=\x1b[36m{s}\x1b[0m\n"),
    ("docker inspect", lambda s, r: json.dumps([{"Config": {"Env": ["PATH=/bin", f"SVC={s}"]}}], indent=4)),
    ("docker run", lambda s, r: f"docker run -d -e SVC={s} -p 80:80 acme/app"),
    ("dockerfile", lambda s, r: f"FROM python:3.12\nENV SVC={s}\nRUN make\n"),
    ("compose", lambda s, r: f"    environment:\n      - SVC={s}\n      - DEBUG=1\n"),
    ("kubectl set", lambda s, r: f"kubectl set env deploy/app SVC={s} -n prod"),
    ("html", lambda s, r: f'<input type="hidden" name="svc" value="{s}">'),
    ("crlf", lambda s, r: f"a=1\r\nsvc={s}\r\nb=2\r\n"),
    ("wrapped terminal", lambda s, r: "\n".join(("$ svc use " + s)[at : at + 72] for at in range(0, len(s) + 10, 72))),
    ("comment", lambda s, r: f"# old one: {s}\nx = 1\n"),
    ("sql", lambda s, r: f"INSERT INTO settings VALUES (3, 'svc', '{s}');"),
    ("commit message", lambda s, r: f"Use the new one\n\nIt was {s} before.\n"),
    ("slack quote", lambda s, r: f"> can you try {s}?\nyes, works\n"),
    ("powershell", lambda s, r: f'$env:SVC = "{s}"; ./deploy.ps1\n'),
    ("http dump", lambda s, r: f"> POST /v1/x HTTP/1.1\n> x-svc: {s}\n> accept: */*\n"),
    ("python repr", lambda s, r: f"{{'svc': '{s}', 'n': 3}}"),
)
"""A token in a place that does not say that it is secret."""


def _camel(name: str) -> str:
    head, *rest = name.lower().split("_")
    return head + "".join(part.title() for part in rest)


NAMED_PLACES: tuple[tuple[str, Callable[[str, str, random.Random], str]], ...] = (
    ("env file", lambda n, s, r: f"DEBUG=0\n{n}={s}\nPORT=80\n"),
    ("env quoted", lambda n, s, r: f'{n}="{s}"\n'),
    ("env dump", lambda n, s, r: f"$ env | sort\nHOME=/root\n{n}={s}\nUSER=ci\n"),
    ("export", lambda n, s, r: f"export {n}='{s}'"),
    ("inline", lambda n, s, r: f"{n}={s} ./deploy --prod" if " " not in s else f"{n}='{s}' ./deploy"),
    ("docker -e", lambda n, s, r: f'docker run -e "{n}={s}" acme/app'),
    ("docker inspect", lambda n, s, r: json.dumps({"Env": [f"{n}={s}", "PATH=/bin"]}, indent=2)),
    ("json", lambda n, s, r: json.dumps({_camel(n): s, "timeout": 3})),
    ("json upper", lambda n, s, r: json.dumps({"env": {n: s}}, indent=2)),
    ("json in json", lambda n, s, r: json.dumps({"output": json.dumps({n: s})})),
    ("json thrice", lambda n, s, r: json.dumps(json.dumps(json.dumps({n.lower(): s})))),
    ("json neighbours", lambda n, s, r: json.dumps([{"Name": n, "Value": s}])),
    ("json neighbours reversed", lambda n, s, r: json.dumps({"value": s, "key": n})),
    ("json value object", lambda n, s, r: json.dumps({n.lower(): {"value": s, "sensitive": True, "type": "string"}})),
    ("json value object pretty", lambda n, s, r: json.dumps({n.lower(): {"type": "string", "value": s}}, indent=2)),
    ("yaml", lambda n, s, r: f"app:\n  {n.lower()}: {s}\n  port: 1\n"),
    ("yaml dashes", lambda n, s, r: f'  {n.lower().replace("_", "-")}: "{s}"\n'),
    ("yaml pair", lambda n, s, r: f"- name: {n}\n  value: {s}\n"),
    ("toml", lambda n, s, r: f'[app]\n{n.lower()} = "{s}"\n'),
    ("properties", lambda n, s, r: f"app.{n.lower().replace('_', '.')}={s}\n"),
    ("ini", lambda n, s, r: f"[app]\n{n.lower()} = {s}\n"),
    ("xml", lambda n, s, r: f'<add key="{n}" value="{s}" />' if "&" not in s else ""),
    ("hcl", lambda n, s, r: f'  {n.lower()} = "{s}"\n'),
    ("python", lambda n, s, r: f'{n} = "{s}"\n'),
    ("python environ", lambda n, s, r: f'os.environ["{n}"] = "{s}"'),
    ("python default", lambda n, s, r: f'os.getenv("{n}", "{s}")'),
    ("javascript", lambda n, s, r: f"const config = {{ {_camel(n)}: '{s}' }};"),
    ("javascript fallback", lambda n, s, r: f"const k = process.env.{n} || '{s}';"),
    ("typescript", lambda n, s, r: f'export const {n}: string = "{s}";'),
    ("go", lambda n, s, r: f'os.Setenv("{n}", "{s}")'),
    ("diff", lambda n, s, r: f"-{n}={s}\n+{n}=${{{n}}}\n"),
    ("numbered", lambda n, s, r: f"     3→{n}={s}\n     4→X=1\n"),
    ("grep", lambda n, s, r: f".env:3:{n}={s}\n"),
    ("shell flag", lambda n, s, r: f"svc --{n.lower().replace('_', '-')} {s} up"),
    ("github secret set", lambda n, s, r: f"gh secret set {n} --body '{s}' --repo acme/app"),
    ("fly secrets", lambda n, s, r: f"fly secrets set {n}={s}"),
    ("heroku config", lambda n, s, r: f"=== app Config Vars\n{n}: {s}\nWEB: 1\n"),
    ("powershell", lambda n, s, r: f"$env:{n}='{s}'"),
    ("setx", lambda n, s, r: f'setx {n} "{s}"'),
    ("markdown table", lambda n, s, r: f"| Variable | Value |\n|---|---|\n| {n} | {s} |\n"),
    ("markdown table code", lambda n, s, r: f"| `{n}` | `{s}` |\n"),
    ("markdown bold", lambda n, s, r: f"- **{n}**: `{s}`\n"),
    ("csv", lambda n, s, r: f"name,value\n{n},{s}\n"),
    ("aligned", lambda n, s, r: f"{n:<32}  {s}\n"),
    ("fish", lambda n, s, r: f"set -gx {n} {s}"),
)
"""A value beside the name of its setting."""

TEXT_PLACES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("plain", lambda t: t),
    ("fence", lambda t: f"This is what I ran:\n```\n{t}\n```\nand it worked."),
    ("json", lambda t: json.dumps({"stdout": t, "stderr": "", "exit": 0})),
    ("json twice", lambda t: json.dumps({"body": json.dumps({"out": t})})),
    ("diff", lambda t: "@@ -0,0 +1,9 @@\n" + "\n".join("+" + row for row in t.split("\n"))),
    ("numbered", lambda t: "\n".join(f"{n:6}→{row}" for n, row in enumerate(t.split("\n"), 1))),
    ("quoted", lambda t: "\n".join("> " + row for row in t.split("\n"))),
    ("indented", lambda t: "\n".join("    " + row for row in t.split("\n"))),
    ("crlf", lambda t: t.replace("\n", "\r\n")),
)
"""Whole passages, as tools and people quote them."""
