"""Every fact of a made-up person, in every form that texts of agents have it in; and what is nobody's stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.redact.domains import domain_at, top_domains
from gitstory.redact.engine import Redactor, Settings

FACTS = ("alice", "smith", "müller", "иван", "почта", "wonder", "41.7.8.9", "fe80", "laptop")
BACK = "\\"

HOMES = {
    r"C:\Users\Alice Smith\x": r"~\x",
    r"C:\\Users\\Alice Smith\\x": r"~\\x",
    r'{"cwd":"C:\\\\Users\\\\Alice Smith\\\\app"}': r'{"cwd":"~\\\\app"}',
    r'"C:\Users\Alice Smith"': r'"~"',
    r"c:\users\alice\src": r"~\src",
    "C:/Users/Alice Smith/x": "~/x",
    "C:/Users/alice/x": "~/x",
    r"\\files\Users\Alice Smith\x": r"~\x",
    r"see \\wsl$\Ubuntu\home\alice\x": r"see ~\x",
    r"\\wsl.localhost\Ubuntu\home\alice\x": r"~\x",
    "/mnt/c/Users/Alice Smith/x": "~/x",
    "/mnt/c/Users/alice/x": "~/x",
    r"/mnt/c/Users/Alice\ Smith/x": "~/x",
    "/Users/Alice Smith/Library/x": "~/Library/x",
    r"/Users/Alice\ Smith/x": "~/x",
    "file:///C:/Users/Alice%20Smith/x": "file:///~/x",
    "file:///home/alice/x": "file://~/x",
    "file:///Users/Alice%20Smith/x": "file://~/x",
    "%2Fhome%2Falice%2Fx": "~%2Fx",
    "C%3A%5CUsers%5CAlice%20Smith%5Cx": "~%5Cx",
    r'{"path":"\/home\/alice\/x"}': r'{"path":"~\/x"}',
    "/home/müller/x": "~/x",
    "/home/иван/x": "~/x",
}
ADDRESSES = (
    "alice@wonder.club",
    "alice@wonder.sh",
    "alice@wonder.so",
    "alice@wonder.care",
    "alice@wonder.zip",
    "Alice.Smith+work@mail.wonder.technology",
    "alice@wonder.co.uk",
    "müller@wonder.de",
    "иван@почта.рф",
    "alice@xn--wonder-cua.xn--p1ai",
    "alice@wonder.internal",
    "alice%40wonder.club",
    r"alice\u0040wonder.club",
    "<alice@wonder.club>.Then",
    "alice@wonder.club.Then it",
)
MACHINES = (
    "alice@laptop:~/src$ ls",
    "alice@laptop:~$ ls",
    "[alice@laptop src]$ ls",
    "alice@laptop ~ % ls",
    "root@laptop:/etc# ls",
    "ssh db1.wonder.internal",
    "curl api.wonder.com",
    "laptop-1.local",
    "listening on 41.7.8.9:80",
    "10.41.7.8.9 41.7.8.9",
    "fe80::1ff:fe23:4567:890a",
    "addr fe80::1ff:fe23:4567:890a%eth0",
)
NOBODY = (
    "version 1.2.3.4 and v10.2.0.1, numpy==1.26.4.1",
    "http://127.0.0.1:8000 and 0.0.0.0 and ::1",
    "192.0.2.7, 203.0.113.9, 2001:db8::1 are examples",
    "std::vector dec::add 12:30:45 Dead::Beef",
    "import os.path; self.config.name; java.net.URL; README.md main.rs",
    "@types/node@20.1.0 and package@main.rs:12 and @app.route",
    "git@github.com:org/app.git",
    "noreply@github.com and someone@example.org",
)


@pytest.mark.parametrize("text", HOMES)
def test_homes(text: str) -> None:
    assert Redactor(Settings()).text(text) == HOMES[text]


@pytest.mark.parametrize("text", ADDRESSES)
def test_addresses(text: str) -> None:
    made = Redactor(Settings()).text(f"mail {text} now").lower()
    assert "[redacted:email:1]" in made
    assert not any(fact in made for fact in FACTS)


@pytest.mark.parametrize("text", MACHINES)
def test_machines(text: str) -> None:
    made = Redactor(Settings(hosts=True, machines=("laptop",))).text(text).lower()
    assert not any(fact in made.replace("10.41.7.8.9", "") for fact in FACTS), made


@pytest.mark.parametrize("text", NOBODY)
def test_what_is_nobodys_stays(text: str) -> None:
    assert Redactor(Settings(hosts=True, machines=("laptop",)), Path("/home/devone")).text(text) == text


def test_every_top_domain_is_known() -> None:
    assert len(top_domains()) > 1500
    for name in ("club", "sh", "so", "care", "рф", "xn--p1ai", "中国", "museum"):
        assert domain_at(f"wonder.{name}", 0) == f"wonder.{name}"


def test_a_name_ends_at_its_top_domain() -> None:
    assert domain_at("wonder.org.Then", 0) == "wonder.org"
    assert domain_at("wonder.notadomain", 0) is None


@pytest.mark.parametrize(
    "text", ["on snarkbox.corp.wumpus.io now", "SNARKBOX.local", "snarkbox", "\\nsnarkbox.wumpus.io\\n"]
)
def test_one_s_own_host_goes_with_its_domain(text: str) -> None:
    clean = Redactor(Settings(machines=("snarkbox",))).text(text)
    assert not {"snarkbox", "corp", "wumpus"} & set(clean.lower().replace("\\n", " ").replace(".", " ").split())
