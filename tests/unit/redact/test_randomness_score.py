"""Words that only a generator makes are hidden by their letters alone; names, ids and paths stay."""

from __future__ import annotations

import random

import pytest

from bench.secrets.draw import ALPHABETS, characters
from gitstory.redact import preceding_line, randomness_score
from gitstory.redact.engine import Redactor, Settings
from tests import letter_pairs

rng = random.Random(41)


def redacted(text: str) -> str:
    return Redactor(Settings()).text(text)


def drawn(alphabet: str, size: int) -> str:
    return characters(rng, ALPHABETS[alphabet], size)


@pytest.mark.parametrize(
    "word",
    [
        "getUserById", "HTTPServerRequestHandler", "x86_64_linux_gnu", "utf8mb4_general_ci", "CONFIG_SHA256_ENABLED",
        "PasswordResetTokenGenerator2", "i18nextBrowserLanguageDetector", "testLoginWith2Factors", "9f86d081884c7d65",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    ],
)  # fmt: skip
def test_words_of_code_are_a_persons(word: str) -> None:
    assert randomness_score.odds(word) < 6


@pytest.mark.parametrize("alphabet", ["b62", "low", "up", "b32", "alpha"])
def test_random_words_are_a_generators(alphabet: str) -> None:
    words = [drawn(alphabet, 16) for _ in range(200)]
    assert sum(randomness_score.odds(word) >= 10 for word in words) >= 190


def test_the_table_is_that_of_its_generator() -> None:
    rows = randomness_score.PLACE.read_text("ascii").splitlines()
    assert rows[0].startswith("#")
    assert {len(row) for row in rows[1:]} == {randomness_score.SYMBOLS} and len(rows) == randomness_score.SYMBOLS + 1
    assert len(list(letter_pairs.rows(letter_pairs.Counter({"made": 2, "Up9": 1})))) == randomness_score.SYMBOLS


@pytest.mark.parametrize(
    "text",
    [
        "ejabberdctl register bob acme.dev {}", "ip ospf message-digest-key 1 md5 {}", ".LOGON td1/bob,{};",
        "bob  pptpd  {}  *", "mysql -h db -u root -p{} app < dump.sql", "7z a -p{} -mhe=on x.7z dir",
        'connect("db", "app", "{}")', "the one from yesterday: {}",
    ],
)  # fmt: skip
def test_a_generated_password_needs_no_rule_of_its_own(text: str) -> None:
    words = [drawn("b62", 14) for _ in range(20)]
    assert sum(word not in redacted(text.format(word)) for word in words) >= 18


@pytest.mark.parametrize(
    "text",
    [
        "instructor-k5zt.7 blocks dotfiles-3g7u.13", "tasks\\bdt5se00u.output", "const OID_EC_CURVE_P256V1 = 3",
        'd="M13 10V3L4 14h7v7l9-11h-7z"', "project_dir=/tmp/agentv-av9vi-live-MjBReY", "by KumiKo2007 on Friday",
        "alt='Nagi-ovo%2Fvoyager'", "exec-c0812caa-123b-4c79-ac5f-71e6271a4d4f ran", "codec 'big5hkscs'",
        "uses: acme/configure-credentials@7474bc4690e29a8392af63c5b98e7449536d5c3a",
        "see the token policy in `64142ddf9c3cf36419ad8b22cc5811abefc84a9e`", "drwxrwxr-x 2 root root",
        '"user_id": "e1a39599-ba29-47b2-97bd-541c8d6a898c", "token_type": "x"',
    ],
)  # fmt: skip
def test_names_and_ids_stay(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    "text", ["DEPLOYER_PK=0x{}", "PRAGMA key = \"x'{}'\";", "--macaroonhex {}", "secret of the bot -> {}"]
)
def test_hexadecimal_that_its_line_calls_a_secret(text: str) -> None:
    value = drawn("hex", 64)
    assert value not in redacted(text.format(value))


def test_only_the_line_of_a_value_tells() -> None:
    assert preceding_line.is_labelled("the password\nis here", 3 + len("the password")) is False
    assert preceding_line.is_labelled("the password is here", 16) is True


def test_tokens_of_nobody_are_found_by_their_form() -> None:
    for form in ("zq_live_{b62}", "qpt_{low}", "kx-{group}-{group}-{group}-{group}", 'x: "{b62}.{b62}"'):
        token = form.replace("{b62}", drawn("b62", 26)).replace("{low}", drawn("low", 26))
        while "{group}" in token:
            token = token.replace("{group}", drawn("low", 8), 1)
        assert token[-20:-1] not in redacted(f"value {token}"), token


@pytest.mark.parametrize(
    "form",
    [
        "toolu_01{22}", "msg_01{22}", "call_{24}", "req_011C{20}", "chatcmpl-{29}", "run_{24}", "tool_{20}",
        "index-{8}.js", "/tmp/tmp.{10}", "/tmp/claude-{4}/x", "https://www.youtube.com/watch?v={11}",
        "PR_kwDO{14}",
        "gid://app/X/{9}", "MDQ6{20}",
        'id: "{21}"', "toolu_9UJhXrQvH6L0D8tIdcbv4YPw msg_01{22}",
    ],
)  # fmt: skip
def test_ids_of_agents_and_services_stay(form: str) -> None:
    head, _, rest = form.partition("{")
    size, _, tail = rest.partition("}")
    for _ in range(40):
        text = f"see {head}{drawn('b62', int(size))}{tail} there"
        assert redacted(text) == text
