"""Colours and other marks between the letters hide nothing from the rules, and places are those in the text."""

from __future__ import annotations

import pytest

from gitstory.attribution.private_turns import Private
from gitstory.redact import text_without_styling
from gitstory.redact.engine import Redactor
from gitstory.redact.settings import Settings
from gitstory.redact.spans import Span

E = "\x1b"
SHOWN = [
    f"DB_PASSWORD={E}[32mhunter7Zq!x9{E}[0m",
    f"{E}[36mDB_PASSWORD{E}[0m={E}[32mhunter7Zq!x9{E}[0m",
    f"{E}[34mpassword{E}[0m: {E}[33mhunter7Zq!x9{E}[0m",
    f'{E}[34;1m"db_password"{E}[0m{E}[1;39m:{E}[0m{E}[0;32m"hunter7Zq!Blue42"{E}[0m',
    f"DB_{E}[01;31m{E}[KPASSWORD{E}[m{E}[K=hunter7Zq42",
    f"{E}[32m+{E}[mDB_PASSWORD={E}[32mhunter7Zq42{E}[m",
    f"mysql -u root {E}[1m-p{E}[0mhunter7Zq42 x",
    f"DB_PASSWORD={E}]8;;http://x{E}\\hunter7Zq42{E}]8;;{E}\\",
    f"DB_PASSWORD{E}(B=hunter7Zq42",
    "DB_PASSWORD=\\u001b[32mhunter7Zq!x9\\u001b[0m",
    "DB_PASSWORD=\\x1b[32mhunter7Zq!x9",
    "DB_PASSWORD=\\033[32mhunter7Zq!x9",
    "DB_PASSWORD=\\e[32mhunter7Zq!x9",
    "DB_PASSWORD=^[[32mhunter7Zq!x9^[[0m",
    "DB_P\x08PA\x08ASSWORD=hunter7Zq!x9",
    "<b>password</b>: hunter7Zq42",
    "pass\u200bword: hunter7Zq42",
    "\uff50\uff41\uff53\uff53word: hunter7Zq42",
]


@pytest.mark.parametrize("text", SHOWN)
@pytest.mark.parametrize("around", [("", ""), ("first\n", "\nlast"), ("a\n\n\n\n\n\n", f"\n\n\n\n\n\n\n{E}[1mb{E}[m")])
def test_a_value_behind_a_mark_is_hidden(text: str, around: tuple[str, str]) -> None:
    before, after = around
    clean = Redactor(Settings()).text(before + text + after)
    assert "hunter7" not in clean and clean.startswith(before) and clean.endswith(after)
    assert Redactor(Settings()).texts([before, text, after])[1] == clean[len(before) : len(clean) - len(after)]


@pytest.mark.parametrize(
    "text",
    [
        f"{E}[32m+{E}[mnumber = 17",
        "the <b>password</b> field",
        "re.compile('^[[a-z]password=')",
        "\u2714\ufe0f password reset works",
        f"{E}[1mtests{E}[0m: 12 passed",
    ],
)
def test_what_is_no_secret_stays_as_it_is_written(text: str) -> None:
    assert Redactor(Settings()).text(text) == text


@pytest.mark.parametrize("lead", [f"{E}[34m", "\\x1b[0m", "%20", "=3D", "\\u0022", "\\n", "\\xa0", "x\\r\\n", "\u7528"])
def test_a_home_directory_behind_an_escape_is_hidden(lead: str) -> None:
    assert Redactor(Settings()).text(f"{lead}/home/otheracct/x") == f"{lead}~/x"


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("a\\nZoe", "a  Zoe"),
        ("\\\\nZoe", "   Zoe"),
        ("%20Zoe=3Db", "   Zoe   b"),
        ("\\u0022Zoe\\xa0", "      Zoe    "),
        ("\u7528\u6237Zoe", "  Zoe"),
        (f"{E}[32mZoe\\e[1m", "     Zoe     "),
        ("C:\\dir 50% =a", "C:\\dir 50% =a"),
    ],
)
def test_written_escapes_are_blanks_of_the_same_length(text: str, blank: str) -> None:
    assert text_without_styling.blanked(text) == blank


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (f"{E}[1m#private{E}[0m", "#private"),
        ("<b>#private</b> x", "#private x"),
        ("\u200b#private", "#private"),
        ("\uff03private", "#private"),
        (f"a{E}]0;\u200b\x07b", "ab"),
        ("as it is", "as it is"),
    ],
)
def test_a_text_as_it_is_read(text: str, read: str) -> None:
    assert text_without_styling.as_read(text) == read
    assert Private("#private").marked(text) is ("#private" in read)


def test_only_the_lines_around_a_mark_are_read_again() -> None:
    lines = [f"line {number}" for number in range(100)]
    lines[50] = f"{E}[1mline{E}[0m 50"
    read: list[str] = []

    def find(plain: str) -> list[Span]:
        read.append(plain)
        at = plain.index("line 50")
        return [Span(at, at + 7, "x", "line 50")]

    text = "\n".join(lines)
    [span] = text_without_styling.spans(text, find)
    assert text[span.start : span.end] == f"line{E}[0m 50"
    assert read == ["line 48\nline 49\nline 50\nline 51\nline 52\n"]
    assert text_without_styling.spans("no marks here", find) == []


@pytest.mark.parametrize("sign", [sign for signs, _ in text_without_styling._MARKS for sign in signs])
def test_each_sign_has_its_first_character_looked_for(sign: str) -> None:
    row = next(row for row in text_without_styling._SOUGHT if sign.encode("latin-1") in row[1])
    assert sign[:1].encode("latin-1") in row[0]
