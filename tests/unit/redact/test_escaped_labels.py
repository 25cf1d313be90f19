"""Labels of other languages are read where JSON writes them in escapes."""

from __future__ import annotations

import json

import pytest

from gitstory.redact.engine import Redactor, Settings


@pytest.mark.parametrize("label", ["비밀번호: {}", "密码：{}", "Пароль: {}", "パスワードは {} です"])
@pytest.mark.parametrize("levels", [1, 2, 3])
def test_a_label_in_escapes_leads_a_password(label: str, levels: int) -> None:
    text = f"first line\n{label.format('7bkl10vtVVRi')}\nlast"
    for _ in range(levels):
        text = json.dumps({"out": text})
    kept = Redactor(Settings()).text(text)
    assert kept == text.replace("7bkl10vtVVRi", "[redacted:password:1]") or "7bkl10" not in kept
    assert kept.count("\\u") == text.count("\\u")


def test_other_escapes_change_nothing() -> None:
    text = json.dumps({"out": "größer als überall: Fuß\nстрока: текст"})
    assert Redactor(Settings()).text(text) == text
