"""Where editors keep their stores, and what the addresses and workspaces in them name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitstory.agents import registry
from gitstory.agents.stores import editors
from gitstory.model import Call, Conversation, Edit, Say, Turn

WINDOWS = Path("/mnt/c/Users/dev/AppData/Roaming/Cursor/User")


@pytest.mark.parametrize(
    ("address", "here", "inside"),
    [
        ("file:///home/dev/a%20b", "/home/dev/a b", "/home/dev/a b"),
        ("file:///c%3A/work/app", "c:/work/app", "/mnt/c/work/app"),
        ("vscode-remote://wsl%2Bubuntu/home/dev/app", "/home/dev/app", "/home/dev/app"),
        ("vscode-remote://ssh-remote%2Bhost/srv/app/", "/srv/app", "/srv/app"),
        ("file://wsl.localhost/Ubuntu/home/dev", "//wsl.localhost/Ubuntu/home/dev", "/home/dev"),
        ("\\\\wsl$\\Ubuntu\\home\\dev", "//wsl$/Ubuntu/home/dev", "/home/dev"),
        ({"$mid": 1, "fsPath": "c:\\work", "path": "/c:/work", "scheme": "file"}, "c:/work", "/mnt/c/work"),
        ({"fsPath": "/home/dev/app"}, "/home/dev/app", "/home/dev/app"),
        ({"scheme": "file", "authority": "server", "path": "/share/x"}, "//server/share/x", "//server/share/x"),
        ({"external": "file:///srv", "scheme": "file"}, "/srv", "/srv"),
        ("untitled:Untitled-1", "", ""),
        ({"scheme": "untitled", "path": "Untitled-1"}, "", ""),
        ("git:/x", "", ""),
        (7, "", ""),
    ],
)
def test_the_path_of_an_address(address: Any, here: str, inside: str) -> None:
    assert editors.path_of(address) == here
    assert editors.local(here, WINDOWS) == inside
    assert editors.local(here, Path("/home/dev/.config")) == here


def test_a_conversation_of_windows_is_told_under_the_names_linux_inside_of_it_has() -> None:
    edit = Edit("c:/work/b.py", "rename", moved_from="c:/work/a.py")
    call = Call("run", edits=(edit,), cwd="c:/work")
    one = Conversation("cursor", "c", (Turn("1", 1, "", steps=(Say("c:/work"), call)),), places=("c:/work",))
    assert editors.relocated(one, Path("/home/dev")) is one
    moved = editors.relocated(one, WINDOWS)
    assert (moved.places, moved.turns[0].steps[0]) == (("/mnt/c/work",), Say("c:/work"))
    (told,) = moved.turns[0].calls
    assert (told.cwd, told.edits[0].path, told.edits[0].moved_from) == (
        "/mnt/c/work",
        "/mnt/c/work/b.py",
        "/mnt/c/work/a.py",
    )


def test_folders_of_a_window(tmp_path: Path) -> None:
    told = tmp_path / "workspace.json"
    assert editors.folders(tmp_path) == ()
    told.write_text('{"folder":"file:///home/dev/app"}')
    assert editors.folders(tmp_path) == ("/home/dev/app",)
    listed = [
        {"path": "../app"},
        {"path": "/srv/lib"},
        {"uri": "vscode-remote://wsl%2Bu/home/x"},
        {"path": "../app"},
        7,
    ]
    several = tmp_path / "all.code-workspace"
    several.write_text("// all of it\n" + json.dumps({"folders": listed, "settings": {"a": "//no comment"}}))
    told.write_text(json.dumps({"workspace": several.as_uri()}))
    assert editors.folders(tmp_path) == (f"{tmp_path.parent.as_posix()}/app", "/srv/lib", "/home/x")
    several.unlink()
    assert editors.folders(tmp_path) == ()


def test_the_editors_of_windows_are_found_from_linux_inside_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "c" / "dev" / "AppData" / "Roaming" / "Cursor" / "User"
    there.mkdir(parents=True)
    monkeypatch.setattr(editors, "WINDOWS", tmp_path / "c")
    home = tmp_path / "home"
    assert there not in editors.users({}, home, ("Cursor",))
    assert there in editors.users({"WSL_DISTRO_NAME": "Ubuntu"}, home, ("Cursor",))


def test_editors_of_other_makes_are_looked_for_where_they_were_used(tmp_path: Path) -> None:
    first = [tmp_path / ".config/Code/User", tmp_path / "Library/Application Support/Code/User"]
    assert list(editors.users({}, tmp_path)) == first
    used = [tmp_path / one for one in (".config/VSCodium/User", ".vscode-server/data/User")]
    used.append(tmp_path / ".var/app/com.visualstudio.code/config/Code/User")
    for one in used:
        one.mkdir(parents=True)
    assert set(editors.users({}, tmp_path)) == {*first, *used}
    portable = tmp_path / "portable" / "user-data" / "User"
    portable.mkdir(parents=True)
    assert portable in editors.users({"VSCODE_PORTABLE": str(tmp_path / "portable")}, tmp_path)


@pytest.mark.parametrize(
    ("agent", "setting"),
    [
        ("roo", "roo-cline.customStoragePath"),
        ("roo", "zoo-code.customStoragePath"),
        ("kilo-code", "kilo-code.customStoragePath"),
    ],
)
def test_tasks_are_found_where_the_extensions_setting_puts_them(agent: str, setting: str, tmp_path: Path) -> None:
    user = tmp_path / ".config" / "Code" / "User"
    for folder, name in ((user, "one"), (user / "profiles" / "p1", "two")):
        folder.mkdir(parents=True)
        told = f'{{ // where tasks are\n "{setting}": "{tmp_path / name}", }}'
        (folder / "settings.json").write_text(told)
    (tmp_path / ".config" / "Cursor" / "User").mkdir(parents=True)
    (tmp_path / ".config" / "Cursor" / "User" / "settings.json").write_text(f'{{"{setting}": "relative"}}')
    roots = registry.agent(agent).roots({}, tmp_path)
    assert {tmp_path / "one" / "tasks", tmp_path / "two" / "tasks"} <= set(roots)
    assert all(root.is_absolute() for root in roots)
