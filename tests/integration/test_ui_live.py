"""`git story ui`: the description of its JSON, several repositories, changes as they happen, and what the wheel has."""

from __future__ import annotations

import json
import re
import socket
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.claude_session import ClaudeSession
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.served import LONGEST, ROOT, Served, begin, end, served
from tests.stories import AGENT, ID, Told

DESCRIBED = json.loads((ROOT / "gitstory/render/page/app/openapi.json").read_text())


def misfits(value: Any, schema: dict[str, Any], at: str = "$") -> list[str]:
    """Where a value is not as a schema says."""
    if "$ref" in schema:
        return misfits(value, DESCRIBED["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], at)
    if "oneOf" in schema:
        tried = [misfits(value, one, at) for one in schema["oneOf"]]
        return [] if [] in tried else tried[0]
    kinds = schema.get("type", [])
    names = [kinds] if isinstance(kinds, str) else kinds
    types = {"string": str, "integer": int, "number": int | float, "boolean": bool, "object": dict, "array": list}
    if value is None:
        return [] if "null" in names else [f"{at} is null"]
    if not any(isinstance(value, types[name]) for name in names if name != "null"):
        return [f"{at} is {type(value).__name__}, not {names}"]
    wrong = [f"{at} is {value!r}"] if "const" in schema and value != schema["const"] else []
    wrong += [f"{at} is {value!r}"] if "enum" in schema and value not in schema["enum"] else []
    if isinstance(value, dict):
        wrong += [f"{at} lacks {name}" for name in schema.get("required", ()) if name not in value]
        for name, inner in schema.get("properties", {}).items():
            wrong += misfits(value[name], inner, f"{at}.{name}") if name in value else []
    if isinstance(value, list) and "items" in schema:
        wrong += [one for n, item in enumerate(value) for one in misfits(item, schema["items"], f"{at}[{n}]")]
    return wrong


ASKED = {
    "/file.json/{rev}/{path}": "/file.json/~/calc.py",
    "/why.json/{rev}/{path}": "/why.json/HEAD/calc.py?lines=5-6",
    "/commits.json": "/commits.json",
    "/commit.json/{rev}": "/commit.json/HEAD",
    "/explain.json/{rev}": "/explain.json/HEAD",
    "/conversations.json": "/conversations.json",
    "/conversation.json/{agent}/{id}": f"/conversation.json/{AGENT}/{ID}",
    "/changes.json/{agent}/{id}": f"/changes.json/{AGENT}/{ID}",
    "/search.json": "/search.json?q=divide",
    "/review.json": "/review.json?range=HEAD~2..HEAD",
    "/stats.json": "/stats.json",
    "/usage.json": "/usage.json",
    "/rules.json": "/rules.json",
    "/tell.json": "/tell.json?as=handoff&of=HEAD",
    "/stores.json": "/stores.json?agent=claude-code",
    "/log.json": "/log.json",
    "/control.json": "/control.json",
    "/openapi.json": "/openapi.json",
}


def test_the_description_has_every_address_and_answers_are_as_it_says(repo: GitRepo, home: Path) -> None:
    from gitstory.ui.app import PAGES

    served_names = {name.split("/")[0] for name in PAGES if name.split("/")[0].endswith(".json")}
    assert {path.split("/")[1] for path in DESCRIBED["paths"]} == served_names
    assert set(ASKED) == set(DESCRIBED["paths"])
    Told(repo)
    ClaudeSession(home, repo.path, 1_763_100_000).prompt("Begin")
    with served(repo.path) as server:
        for path, address in ASKED.items():
            answers = DESCRIBED["paths"][path]["get"]["responses"]
            schema = answers["200"]["content"]["application/json"]["schema"]
            assert misfits(server.read(address), schema) == [], path
        folder = server.read("/file.json/~/")
        assert misfits(folder, {"type": "array", "items": {"$ref": "#/x/FolderEntry"}}) == []
        for path in ("/commit.json/none", "/file.json/~/none", "/why.json/~/calc.py", "/conversation.json/~/ffff"):
            answer = server.ask(path)
            assert answer.status in (400, 404) and misfits(answer.json, {"$ref": "#/x/Error"}) == []


def test_every_page_has_a_sibling_in_json() -> None:
    from gitstory.ui.app import PAGES

    pages = {name for name in PAGES if not name.split("/")[0].endswith(".json")} - {""}
    assert {re.sub(r"^([^/]+)", r"\1.json", name) for name in pages} <= set(PAGES)


def test_all_repositories(tmp_path: Path, home: Path) -> None:
    for name in ("first", "second", "deep/first"):
        repo = GitRepo.init(tmp_path / name)
        repo.commit("base", {"base.txt": "a\n"}, at=1_763_000_000)
        session = ClaudeSession(home, repo.path, 1_763_100_000)
        session.prompt(f"Explain the walrus in {name}")
        session.write("walrus.txt", f"walrus of {name}\n")
        repo.commit(f"walrus of {name}", at=1_763_100_100)
    with served(tmp_path / "first", "--all-repos") as server:
        rows = re.findall(r'<a class="subject" href="(/repo/[^"]+/)">([^<]+)', server.page("/"))
        assert sorted(name for _, name in rows) == ["first", "first", "second"]
        assert len({address for address, _ in rows}) == 3
        for address, _ in rows:
            assert "walrus.txt" in server.page(address)
            assert f'href="{address}commits"' in server.page(f"{address}commits")
            assert server.read(f"{address}file.json/~/base.txt")[0]["text"] == "a"
        assert server.read(f"{rows[0][0]}search.json?q=walrus"), "which waits for the indexes"
        html = server.page(f"{rows[0][0]}search?q=walrus")
        found = set(re.findall(r'<a class="subject" href="(/repo/[^/]+/)conversation/', html))
        assert found == {address for address, _ in rows}, "hits lead to their own repositories"
        server.page("/commits", 404)


def changes(port: int, host: str, cookie: str) -> socket.socket:
    """A stream of events."""
    stream = socket.create_connection(("127.0.0.1", port), timeout=LONGEST)
    stream.sendall(f"GET /events HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode())
    return stream


def until(stream: socket.socket, wanted: bytes) -> bytes:
    seen = b""
    while wanted not in seen:
        part = stream.recv(4096)
        assert part, seen
        seen += part
    return seen


def test_a_commit_and_a_new_turn_are_told_as_they_happen(repo: GitRepo, home: Path) -> None:
    Told(repo)
    story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, int(time.time()) - 100)
    session.prompt("Begin")
    with served(repo.path) as server, changes(server.port, server.host, server.cookie) as stream:
        assert b"text/event-stream" in until(stream, b": looking")
        session.prompt("And go on")
        assert b"data: stores" in until(stream, b"\n\n")
        repo.commit("Later", {"later.txt": "x\n"})
        until(stream, b"data: refs")
        assert server.ask("/events", cookie=" ").status == 403


def test_ctrl_c_ends_it_while_a_page_listens(repo: GitRepo) -> None:
    Told(repo)
    process = begin(repo.path)
    assert process.stdout is not None and process.stderr is not None
    with process.stdout, process.stderr:
        server = Served(process, process.stdout.readline().decode().strip()).enter()
        with changes(server.port, server.host, server.cookie) as stream:
            until(stream, b": looking")
            assert end(process) == 0
        assert process.stderr.read() == b""


@pytest.mark.slow
def test_the_wheel_has_all_that_pages_need(tmp_path: Path) -> None:
    import subprocess
    import sys

    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    here = {path.relative_to(ROOT).as_posix() for path in (ROOT / "gitstory/render/page").rglob("*.*")}
    assert {name for name in here if "__pycache__" not in name} <= names
    assert any(name.endswith("app/app.css") for name in names)
