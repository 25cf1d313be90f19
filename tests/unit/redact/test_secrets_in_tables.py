"""How often the rows of a table are looked at, and how far."""

from __future__ import annotations

import random

from gitstory.redact import passwords_in_prose, secrets_in_tables
from gitstory.redact.engine import Redactor, Settings
from tests.unit.redact import corpus

RNG = random.Random(3)
SECRET = corpus.draw(RNG, corpus.BASE62, 24)


def names(line: str, columns: secrets_in_tables.Columns) -> list[str]:
    """The values found below, asked for at every cell of the first row as the search for labels does."""
    row = line.split("\n", maxsplit=1)[0]
    places = [at for at in range(len(row)) if at == 0 or row[at - 1] == ","]
    return [
        span.secret
        for at in places
        for span in columns.below(line, at, row.index(",", at) if "," in row[at:] else len(row))
    ]


def test_a_row_with_many_telling_names_is_looked_at_once() -> None:
    asked: list[str] = []

    def telling(name: str) -> str | None:
        asked.append(name)
        return "token" if name.endswith("token") else None

    header = ",".join(f"a{number}_token" for number in range(20))
    text = f"{header}\n" + ",".join([SECRET] * 20) + "\n"
    assert names(text, secrets_in_tables.Columns(telling)) == [SECRET] * 20
    assert len(asked) == 20


def test_a_row_whose_end_is_far_from_its_first_name_is_still_found() -> None:
    more = ",".join(f"a_column_of_{number:022}" for number in range(8))
    assert 200 < len(more) < 400
    text = f"token,{more},password,{more}\n{'1,' * 9}{SECRET}{',1' * 8}\n"
    assert SECRET not in Redactor(Settings()).text(text)


def test_what_ends_a_sentence_is_no_part_of_its_password() -> None:
    for ending in (".", "!?", "です。", "입니다.", "だ"):
        span = passwords_in_prose.after(f"the password is {SECRET}{ending}", 12, label="password")
        assert span is not None
        assert span.secret == SECRET


def test_blanks_around_what_links_a_label_and_its_password() -> None:
    for text in (f"password  :   {SECRET}", f"password is {SECRET}", f"password \t= '{SECRET}'"):
        span = passwords_in_prose.after(text, 8, label="password")
        assert span is not None
        assert span.secret == SECRET
    span = passwords_in_prose.pair("credentials: ada  /  " + SECRET, 11)
    assert span is not None
    assert span.secret == SECRET
