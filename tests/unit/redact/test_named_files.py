"""A file that is called after its secret: the value is hidden, and the paths of other files stay as they are."""

from __future__ import annotations

import pytest

from gitstory.model import Call, Conversation, Edit, Turn
from gitstory.redact.engine import Redactor, redact_conversation
from gitstory.redact.settings import Settings

VALUES = ["hunter7Zq!x9", "sunshine42", "Hx7Zq9kTw2Lm4", "xK9#mQ2$vL"]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "path",
    ["/tmp/a/password={}.md", "/tmp/a/DB_PASSWORD={}.txt", "cat /x/passwd={}.json", "/x/DB_PASSWORD={}/notes.md"],
)
def test_a_value_in_the_name_of_a_file_is_hidden(path: str, value: str) -> None:
    call = Call("Read", input=path.format(value), edits=(Edit(path.format(value), "create"),))
    safe = redact_conversation(
        Conversation("codex", "1", turns=(Turn("a", 1, "x", steps=(call,)),)), Redactor(Settings())
    )
    assert value not in repr(safe) and "[redacted:password:1]" in repr(safe)


@pytest.mark.parametrize(
    "path",
    [
        "/src/password.py",
        "/src/auth/password=config.json",
        "/src/token=index2.ts",
        "/src/password-reset.html",
        "secret=MySecret2.java",
        "/src/[token=4f3d2a77].md",
        "password=words.txt",
        "api_key=keys.json",
        "/run/user/1000/keyring/control.md",
    ],
)
def test_ordinary_paths_stay_so_that_edits_are_attributed(path: str) -> None:
    call = Call("Write", input=path, edits=(Edit(path, "create", after="x = 1\n"),))
    conversation = Conversation("codex", "1", turns=(Turn("a", 1, "x", steps=(call,)),))
    assert redact_conversation(conversation, Redactor(Settings())) == conversation
