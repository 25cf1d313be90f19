"""Values in forms that no list has are hidden by how unlikely their parts are; paths, hosts, files, ids stay."""

from __future__ import annotations

import random

import pytest

from bench.secrets.draw import ALPHABETS, characters, uuid
from gitstory.redact import file_extensions, generated_values
from gitstory.redact.engine import Redactor, Settings

rng = random.Random(77)


def redacted(text: str) -> str:
    return Redactor(Settings()).text(text)


def drawn(alphabet: str, size: int) -> str:
    return characters(rng, ALPHABETS[alphabet], size)


@pytest.mark.parametrize(
    ("head", "alphabet", "tail"),
    [
        ("kp~", "b62", ""), ("nu+", "low", ""), ("zol/", "b62", ""), ("4711|", "b62", ""), ("v3.", "b58", ""),
        ("", "alpha", ""), ("", "low", ".apps"), ("acme_eu_", "up", ""), ("wov.", "url", ""), ("fez_prod_", "low", ""),
        ("qq-", "b32", ""), ("", "b64", "=="),
    ],
)  # fmt: skip
def test_a_drawn_body_in_any_form_is_hidden(head: str, alphabet: str, tail: str) -> None:
    kept = 0
    for _ in range(30):
        body = drawn(alphabet, 30)
        kept += body[4:20] in redacted(f"the value {head}{body}{tail} is set")
    assert kept <= 2


def test_what_stands_behind_a_uuid_is_hidden_and_the_uuid_stays() -> None:
    first, body = uuid(rng), drawn("low", 30)
    assert redacted(f"x: {first}_{body}") == f"x: {first}_[redacted:token:1]"


@pytest.mark.parametrize("two", ["{}@{hex}", "{}@{}"])
def test_two_drawn_parts_are_no_address_of_mail(two: str) -> None:
    text = two.replace("{hex}", drawn("hex", 32)).replace("{}", drawn("b62", 22))
    assert text[:14] not in redacted(f"x = {text}")


@pytest.mark.parametrize("form", ["PTX-{}-{}-{}-{}", "v2.{}-{}-{}-{}", "app_{}-{}-{}-{}-{}"])
def test_groups_behind_a_name_are_hidden(form: str) -> None:
    kept = 0
    for _ in range(20):
        groups = [drawn("up", 6) for _ in range(form.count("{}"))]
        kept += "-".join(groups)[:20] in redacted(f"serial {form.format(*groups)} ok")
    assert kept <= 1


@pytest.mark.parametrize(
    "form",
    [
        "index-{b}.js", "assets/{b}.woff2", "https://{l}.cloudfront.net/x", "{l}.execute-api.eu-west-1.amazonaws.com",
        "./{b}/out", "~/.cache/{b}", "toolu_{b}", "msg_{b}", "req_{b}", "run_{b}", "call_{b}", "acme_user_{b}",
        "commit {x}", "blob/{x}", "sha256:{x}", "integrity sha512-{b}{b}{b}==", "{u}", "trace {u}-{x}",
        "id: {b}", '"session_id": "{b}"', "grid-cols-[1fr_110px_52px_80px_32px]",
        "1769012345|{x}|fix it",
    ],
)  # fmt: skip
def test_ids_files_hosts_and_sums_stay(form: str) -> None:
    for _ in range(10):
        text = form.replace("{x}", drawn("hex", 40)).replace("{u}", uuid(rng))
        text = text.replace("{b}", drawn("b62", 24)).replace("{l}", drawn("low", 13))
        assert redacted(f"see {text} there") == f"see {text} there"


@pytest.mark.parametrize(
    ("name", "file"), [("a.py", True), ("x.apps", False), ("a.b.example.org", True), ("a.zz9", False)]
)
def test_ends_of_files_and_hosts(name: str, file: bool) -> None:
    assert file_extensions.is_file(name) is file


def test_signed_thoughts_are_no_tokens() -> None:
    body = "/".join(drawn("b62", 24) for _ in range(6))
    assert generated_values.find(f"ErcB{body}=", 30, 50) is not None
    assert generated_values.find(f"ErcB{'CkYI'}{body}=", 30, 50) is None
