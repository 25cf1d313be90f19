"""Clean text stays as it is: named harmless values, the standard library's sources, real agents' transcripts."""

from __future__ import annotations

import json
import random
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gitstory.redact import plausible_secret
from gitstory.redact.engine import Redactor, Settings
from tests.unit.redact.corpus import BASE62, HEX, draw

PERSONAL = {"home", "user", "email", "host"}
MOST = 0.005
"""Share of characters of clean text that may be altered."""

rng = random.Random(20)
OID, SHA256, UUID = draw(rng, HEX, 40), draw(rng, HEX, 64), "-".join(draw(rng, HEX, n) for n in (8, 4, 4, 4, 12))
CLEAN = [
    "password = get_password()",
    "password: string;",
    "token: string",
    "def login(user: str, password: str = '') -> Token:",
    "API_KEY=your-key-here",
    "API_KEY=<your api key>",
    "export TOKEN=${TOKEN}",
    "PASSWORD=$(pass show db)",
    "password: ${{ secrets.DB_PASSWORD }}",
    'password = os.environ["DB_PASSWORD"]',
    "apiKey: process.env.API_KEY,",
    'password="test"',
    "password: changeme",
    "POSTGRES_PASSWORD=postgres",
    "postgres://postgres:postgres@localhost:5432/test",
    "https://user:password@example.com/",
    "postgres://app:${DB_PASSWORD}@db/app",
    "secret = load_secret(name)",
    "self.token = tokens[index + 1]",
    "max_tokens=4096, prompt_tokens: 12345678",
    "next_page_token: CAUQAA1234abcd9876zxyw",
    "the password is wrong, try again",
    "Authorization: Bearer <token>",
    "Authorization: Bearer $TOKEN",
    "curl -u user:password https://example.com",
    "tokenizer = AutoTokenizer.from_pretrained('x')",
    'key = "customer_id_and_region_2024"',
    "primary_key=True, foreign_key='user.id'",
    "PWD=/srv/work/app OLDPWD=/srv",
    "--- PASS: TestSaveChanges_EmptyBaseCommit (0.05s)",
    "git commit -p && mkdir -p build/output1 && cp -a one2three four",
    f"commit {OID}",
    f"index {OID[:7]}..{OID[7:14]} 100644",
    f"sha256:{SHA256}",
    f"session {UUID}",
    f'"integrity": "sha512-{draw(rng, BASE62 + "+/", 86)}=="',
    f'hash = "{SHA256}"',
    f"pip hash --hash=sha256:{SHA256}",
    "-----BEGIN CERTIFICATE-----\nMIIB" + draw(rng, BASE62, 60) + "\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMIIB" + draw(rng, BASE62, 60) + "\n-----END PUBLIC KEY-----",
    'if "-----BEGIN RSA PRIVATE KEY-----" in text:\n    return True',
    "data:image/png;base64,iVBORw0KGgo" + draw(rng, BASE62 + "+/", 400),
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + draw(rng, BASE62, 43),
    "git@github.com:org/repo.git",
    "ssh://git@host.internal/org/repo",
    "Co-authored-by: Bot <noreply@example.com>",
    "mail dev@example.com or 1234+dev@users.noreply.github.com",
    "icon@2x.png, pkg@1.2.3, @app.route, a @ b.T, actions/checkout@v4",
    "sk-fading-circle-animation-delay-element-twelve",
    "task-management-system-with-a-very-long-name-indeed",
    "class SkipTokenAuthenticationMiddlewareFactoryBuilder2Test:",
    "/usr/home-made/x ./home/dir src/home/page.tsx https://example.com/home/about",
]


@pytest.mark.parametrize("text", CLEAN)
def test_harmless_text_is_left_alone(text: str) -> None:
    for whole in (text, json.dumps(text), f"+{text}\n context", f"{text}\n\n{text}"):
        assert Redactor(Settings(), Path("/srv/people/dev"), ["dev"]).text(whole) == whole


def altered(texts: Iterator[str]) -> tuple[int, int, list[str]]:
    """All characters, those altered by rules for secrets, and what they were."""
    size, count, shown = 0, 0, []
    redactor = Redactor(Settings())
    for text in texts:
        size += len(text)
        for finding in redactor.redact(text)[1]:
            if finding.rule not in PERSONAL:
                count += finding.end - finding.start
                shown.append(f"{finding.rule}: {text[max(0, finding.start - 30) : finding.end]!r}")
    return size, count, shown


def test_sources_of_the_standard_library() -> None:
    folder = Path(sysconfig.get_paths()["stdlib"])
    size, count, shown = altered(path.read_text(errors="replace") for path in sorted(folder.glob("[a-m]*.py")))
    assert size > 1_000_000
    assert count <= size * MOST / 10, shown


def test_real_transcripts(fixtures: Path) -> None:
    size, count, shown = altered(strings_under(fixtures))
    assert size > 1_000_000
    assert count <= size * MOST, shown


def strings_under(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.jsonl")):
        for line in path.read_text(errors="replace").splitlines():
            try:
                yield "\n\n".join(strings(json.loads(line)))
            except json.JSONDecodeError:
                yield line


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


@pytest.mark.parametrize(
    "value", ["", "x", "tokenz", "passwordpasswordx", "1" * 38 + "q", "the_and", "abcdabcdabcdz", "testingx" * 8]
)
def test_what_is_not_made_up_of_weak_words(value: str) -> None:
    assert not plausible_secret.is_weak(value)


@pytest.mark.parametrize(
    "value", ["tests", "testing-123", "apikeyapi", "abcdabc", "theanais", "my_secret.token/2", "1" * 64]
)
def test_what_is_made_up_of_weak_words(value: str) -> None:
    assert plausible_secret.is_weak(value), "in whatever way it comes apart"
