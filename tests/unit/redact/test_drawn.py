"""Tokens of services that no table has, and what looks like them."""

from __future__ import annotations

import random
import string

import pytest

from gitstory.redact.engine import Redactor, Settings

HEX = string.digits + "abcdef"
ONE = string.ascii_lowercase + string.digits
BASE62 = string.ascii_letters + string.digits


def drawn(seed: int, alphabet: str, count: int) -> str:
    rng = random.Random(f"{seed} {count}")
    while True:
        made = "".join(rng.choice(alphabet) for _ in range(count))
        if sum(map(str.isdigit, made)) > 2 and any(map(str.isalpha, made)):
            return made


def uuid(seed: int, third: str = "4b1f") -> str:
    return "-".join((drawn(seed, HEX, 8), "9ac1", third, "8d0e", drawn(seed, HEX, 12)))


TOKENS = {
    "prefix and random characters": lambda n: "vndr_" + drawn(n, BASE62, 32),
    "prefix of several parts": lambda n: "zq_live_svc_" + drawn(n, BASE62, 28),
    "prefix and hexadecimal digits": lambda n: "qwsn." + drawn(n, HEX, 64),
    "prefix and small letters": lambda n: "zqk-" + drawn(n, ONE, 40),
    "prefix and capitals": lambda n: "ZQK-" + drawn(n, ONE, 40).upper(),
    "prefix and UUID": lambda n: "zqkv-" + uuid(n),
    "prefix and two parts": lambda n: f"zqk_{drawn(n, HEX, 40)}_{drawn(n, BASE62, 24)}",
    "prefix without a sign": lambda n: "zqxv" + drawn(n, HEX, 40),
    "base64 with signs": lambda n: f"zqk_{drawn(n, BASE62, 18)}+{drawn(n, BASE62, 21)}/{drawn(n, BASE62, 14)}",
    "no prefix": lambda n: drawn(n, BASE62, 40),
    "id and secret": lambda n: f"{drawn(n, BASE62, 26)}:{drawn(n, HEX, 48)}",
}
PLACES = (
    "use {} now",
    "SVC={}\n",
    '{{"svc": "{}"}}',
    "?k={}&page=2",
    "svc: {}",
    "\x1b[36m{}\x1b[0m",
    '"\\n{}\\n"',
    "({}).",
    "a,{},b\n",
)


@pytest.mark.parametrize("kind", TOKENS)
def test_tokens_that_no_table_has(kind: str) -> None:
    for seed, place in enumerate(PLACES):
        token = TOKENS[kind](seed)
        assert token[8:20] not in Redactor(Settings()).text(place.format(token)), (place, token)


BLOCK = "\n".join(drawn(seed, BASE62, 64) for seed in range(6))
HARMLESS = {
    "an agent's id": "toolu_bdrk_01" + drawn(1, BASE62, 22),
    "an id in the order of time": "vndr-" + "01a1f9a0-110b-7f32-b39f-54c11301b4a2",
    "a file's name": f"pack-{drawn(2, HEX, 40)}.idx",
    "a path": f"/nix/store/{drawn(3, ONE, 32)}-glibc-2.38",
    "a checksum": f"sha512-{drawn(4, BASE62, 86)}==",
    "a hash by its name": f'hash: "{drawn(5, BASE62, 44)}"',
    "lines of base64": f"-----BEGIN CERTIFICATE-----\n{BLOCK}\n-----END CERTIFICATE-----",
    "lines of base64, written out": f"-----BEGIN CERTIFICATE-----\n{BLOCK}\n-----END CERTIFICATE-----".replace(
        "\n", "\\n"
    ),
    "an object of Kubernetes": "pod/api-server-7d9f8b6c5d-x2x4z",
    "an identifier": "getUserByIdentifierAndRegion2024ForTheAccountOfTheUser",
    "a class": "css-1q2w3e4r5t-MuiButtonBase-root-MuiButton-root",
    "a slug": "how-to-write-10-tests-in-2024-with-pytest-and-mypy",
    "a commit's archive": f"owner-repo-{drawn(6, HEX, 40)}.tar.gz",
    "a picture's first bytes": "data:image/png;base64,iVBORw0KGgo" + drawn(7, BASE62, 80),
}


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_only_looks_like_a_token(kind: str) -> None:
    text = HARMLESS[kind]
    for whole in (text, f'"{text}"', f"see {text} here", f"x\n{text}\ny"):
        assert Redactor(Settings()).text(whole) == whole


PLACES_OF_SECRETS = {
    "a key of a service nobody listed": "X-Acme-Key: {}",
    "a setting named key": "FOO_KEY={}",
    "a personal access token": "ACME_PAT={}",
    "an address that lets in": "see https://acme.dev/hooks/catch/{} there",
    "a login's second word": "acme login bob {}",
    "a password for an account": "acme -u bob -p {}",
    "a label in Czech": "heslo je {}",
    "a label in Vietnamese": "mật khẩu: {}",
    "a label in Indonesian": "kata sandi adalah {}",
    "names and passwords in French": "identifiants : admin / {}",
}


@pytest.mark.parametrize("kind", PLACES_OF_SECRETS)
def test_values_by_their_place(kind: str) -> None:
    for seed in range(5):
        value = drawn(seed, BASE62, 26)
        assert value[6:18] not in Redactor(Settings()).text(PLACES_OF_SECRETS[kind].format(value))


def test_words_of_a_wallet() -> None:
    words = "river copper silent harvest window tiger marble planet garden winter falcon bridge"
    for text in (f"seed phrase: {words}", f'mnemonic = "{words}"', f"recovery phrase:\n{words}"):
        assert "copper" not in Redactor(Settings()).text(text)
    prose = "the phrase means that every reader will find what they asked for and nothing else"
    assert Redactor(Settings()).text(prose) == prose


def test_hexadecimal_value_behind_a_name_in_capitals() -> None:
    value = drawn(3, HEX, 32)
    assert value not in Redactor(Settings()).text(f"acme SECRET {value}")
    assert value in Redactor(Settings()).text(f"the key of commit {value}")
