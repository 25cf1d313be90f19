# ruff: noqa: E501
"""A made-up person with accents, two surnames, an account and machines, in every form that texts have them in."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gitstory.queries import anonymize
from gitstory.queries.person_name_patterns import account_patterns, patterns
from gitstory.redact.custom_rules import compile_safe
from gitstory.redact.settings import Settings

FACTS = ("jose", "josé", "garcia", "garcía", "nuñez", "nunez", "zephyr", "wonder.", "wonder dot", "41.7.8.9", "10.20.30", "fe80", "a4:83", "db7")  # fmt: skip
HOMES = (
    "/home/jgarcia/x", "/net/home/jgarcia/x", "/net/jgarcia/x", "/u/jgarcia/x", "/nfs/home1/jgarcia/app", "~jgarcia/x", "cd ~jgarcia",
    "see ~jgarcia.", "/mnt/c/Users/José García/x", r"C:\Users\José García\x", r"C:\Users\Jose Garcia\AppData", r"C:\Users\Jose Garcia",
    '"C:\\\\Users\\\\Jose Garcia"', "/Users/Jose Garcia/x", "/Users/Jose Garcia", "'/Users/Jose Garcia'", "/Users/jose garcia/x",
    "/home/Jose Garcia/x", "file:///C:/Users/Jose%20Garcia/x", "/c/Users/Jose Garcia/x", "/cygdrive/c/Users/Jose Garcia/x",
    r"\\nas\home\Jose Garcia\x", r"\\zephyr-lap\c$\x", "-Users-jose-garcia-app", "-home-jgarcia-src",
)  # fmt: skip
NAMES = (
    "José García Nuñez wrote", "Jose Garcia Nunez wrote", "jose garcia", "JOSE GARCIA", "García, José", "Garcia", "by garcia at noon",
    "José", "Jose Garcia", "josegarcia", "jose_garcia", "jose-garcia", "j.garcia", "jgarcia2", "garcia.jose", "JGarcia", "joses-mbp",
    "Joses-MacBook-Pro.local", "Jose%20Garcia", "Jos%C3%A9", r"Jos\u00e9 Garc\u00eda", "Jos&eacute;", "Jos&#233;", "José's laptop",
    "Jose\u0301 Garci\u0301a",
)  # fmt: skip
ACCOUNTS = (
    "drwxr-xr-x 3 jgarcia staff 96", "uid=501(jgarcia) gid=20(staff)", "USER=jgarcia", "author: jgarcia", "github.com/jgarcia/app",
    "git@github.com:jgarcia/app.git", "@jgarcia please", "whoami\njgarcia", '{"user":"jgarcia"}',
)  # fmt: skip
ADDRESSES = (
    "jose@wonder.club", "JOSE.GARCIA@WONDER.CLUB", "jose (at) wonder (dot) club", "jose at wonder dot club", "jose[at]wonder.club",
    "mailto:jose%40wonder.club",
)  # fmt: skip
MACHINES = (
    "jgarcia@zephyr-lap:~$ ls", "[jgarcia@zephyr-lap src]$", "root@zephyr-lap:/# id", "ZEPHYR-LAP", "zephyr-lap.local", "hostname: db7",
    "HOSTNAME=db7", "db7:~# ls", "ssh db7", "ssh jgarcia@db7", "scp x jgarcia@db7:/tmp", "ssh://jgarcia@db7/x", "Host db7", "10.20.30.40",
    "http://10.20.30.40:80", "from 41.7.8.9 port 22", "fe80::a483:e7ff:fe01:2345", "a4:83:e7:01:23:45", "a483.e701.2345",
)  # fmt: skip
NOBODY = (
    "use max_length and white space, then see the long page",
    "ssh into the box with an ssh key",
    "const hostname = getHost();",
    "import os; os.path.join(a, b)",
    "~/src and ~/.config",
)


@pytest.fixture
def anonymous(monkeypatch: pytest.MonkeyPatch) -> anonymize.Anonymous:
    monkeypatch.setattr(anonymize.platform, "node", lambda: "zephyr-lap")
    keeping = SimpleNamespace(redact=Settings(), home=Path("/home/jgarcia"), users=("jgarcia",))
    recording = SimpleNamespace(keeping=keeping, names=("José García Nuñez",), emails=("jose.garcia@wonder.club",))
    repo = SimpleNamespace(worktree=Path("/srv/work/app"))
    return anonymize.Anonymous(cast(Any, repo), cast(Any, recording), ("José García Nuñez",))


@pytest.mark.parametrize("text", (*HOMES, *NAMES, *ACCOUNTS, *ADDRESSES, *MACHINES))
def test_nothing_of_the_person_is_left(anonymous: anonymize.Anonymous, text: str) -> None:
    made = anonymous.text(text).lower()
    assert not any(fact in made for fact in FACTS), made


@pytest.mark.parametrize("text", NOBODY)
def test_what_is_nobodys_stays(anonymous: anonymize.Anonymous, text: str) -> None:
    assert anonymous.text(text) == text


def test_a_name_without_accents_is_also_found_with_them(anonymous: anonymize.Anonymous) -> None:
    rules = [compile_safe(one, "name")[0] for one in patterns(["Jose Garcia"], [], [])]
    for text in ("José García", "jose garcía", "JOSÉ GARCÍA"):
        assert any(rule.search(text) for rule in rules), text


def test_rules_of_long_names_are_short_enough() -> None:
    name = "Ákös-Ödön Żółć Lászlóné Őrségi-Szentgyörgyvölgyi Aurélie Françoise"
    for pattern in patterns([name], ["akos.odon@example.hu"], ["akosodon"]):
        compile_safe(pattern, "name")


def test_an_account_that_is_a_word_is_hidden_where_accounts_stand() -> None:
    rules = [compile_safe(one, "account")[0] for one in account_patterns("ada")]
    hidden = ("~ada/x", "ada@h1", "USER=ada", "uid=1(ada)", "-rw-r--r-- 1 ada staff 3 x")
    assert all(any(rule.search(text) for rule in rules) for text in hidden)
    assert not any(rule.search("the ada language, ada_max") for rule in rules)
