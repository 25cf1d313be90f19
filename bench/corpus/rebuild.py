"""Lays out what lay on a person's machine: a clone of the code, and the agents' stores under a home."""

from __future__ import annotations

import re
import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from corpus import claude, codex
from corpus.checkpoints import versions
from corpus.gitcmd import git
from corpus.people import People
from corpus.roots import Roots, known_paths
from corpus.sniff import agent_of
from corpus.unite import unite
from corpus.values import Talk, Version

SHARED_HOMES = {f"/home/{name}" for name in ("user", "runner", "ubuntu", "vscode", "node", "dev", "agent", "developer")}


@dataclass
class Person:
    """One person's share of a corpus. `emails` are all the person's; `email` the one git is configured with."""

    email: str
    emails: set[str]
    talks: list[Talk] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    roots: Roots | None = None

    @property
    def slug(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.email.lower()).strip("-")


@dataclass
class Corpus:
    name: str
    mirror: Path
    clone: Path
    people: list[Person]
    skipped: dict[str, int]
    bots: People

    @property
    def folder(self) -> Path:
        return self.clone.parent


def load(mirror: Path, folder: Path, all_branches: bool = False) -> Corpus:
    """Clone, unite, read and group. Only Claude Code and Codex are rebuilt; other agents are counted in `skipped`."""
    name = mirror.parent.name if mirror.name in ("repo", ".git") else mirror.name
    clone = make_clone(mirror, folder / "clone", all_branches)
    skipped: dict[str, int] = defaultdict(int)
    pairs: list[tuple[str, str]] = []
    united: list[tuple[str, str, bytes, list[Version]]] = []
    for session, copies in versions(mirror):
        pairs += [(copy.checkpoint, copy.author) for copy in copies]
        agent = agent_of(max((copy.data for copy in copies), key=len))
        if agent not in ("claude-code", "codex"):
            skipped[agent] += 1
            continue
        united.append((session, agent, unite([copy.data for copy in copies]), copies))
        for copy in copies:
            copy.data = b""
    known = People(mirror, pairs)
    owners = by_machine([(known.owner(copies), home_of(data)) for _, _, data, copies in united])
    owners = [known.dominant() if owner == "unknown" else owner for owner in owners]
    people: dict[str, Person] = {}
    for email, (session, agent, data, _) in zip(owners, united, strict=True):
        person = people.setdefault(email, Person(email, known.cluster(email)))
        person.files[session] = (agent, data)
    paths = known_paths(clone)
    for person in people.values():
        read_talks(person)
        person.roots = Roots(person.talks, paths)
    order = sorted(people.values(), key=lambda p: -len(p.files))
    return Corpus(name, mirror, clone, order, dict(skipped), known)


def home_of(data: bytes) -> str:
    """The home directory a conversation was held in, empty where it says nothing of the person."""
    match = re.search(rb'"cwd":"((?:/Users|/home|[A-Za-z]:\\\\+Users)(?:/|\\\\+)[^/"\\]+)', data)
    home = match[1].decode(errors="replace").lower() if match else ""
    return "" if home in SHARED_HOMES else home


def by_machine(found: list[tuple[str, str]]) -> list[str]:
    """Owners, corrected: all conversations held in one home belong to the person most of them belong to."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for owner, home in found:
        if owner != "unknown":
            votes[home][owner] += 1
    return [votes[home].most_common(1)[0][0] if home and votes[home] else owner for owner, home in found]


def read_talks(person: Person) -> None:
    """Reads the person's conversations, the earliest first, so that copied records belong to where they were made."""
    seen: dict[str, str] = {}
    first = {session: stamp(data) for session, (_, data) in person.files.items()}
    for session in sorted(person.files, key=lambda s: (first[s], s)):
        agent, data = person.files[session]
        talk = claude.read(session, data, seen) if agent == "claude-code" else codex.read(session, data)
        person.talks.append(talk)


def stamp(data: bytes) -> str:
    match = re.search(rb'"timestamp":"([^"]+)"', data)
    return match[1].decode() if match else ""


def make_clone(mirror: Path, clone: Path, all_branches: bool) -> Path:
    """A clone of the code only: main and what it reaches, or every branch and pull request of the mirror."""
    if clone.exists():
        shutil.rmtree(clone)
    clone.parent.mkdir(parents=True, exist_ok=True)
    main = git(mirror, "symbolic-ref", "--short", "HEAD").strip()
    git(
        mirror,
        "clone",
        "--quiet",
        "--shared",
        "--no-tags",
        "--single-branch",
        "--no-checkout",
        "--branch",
        main,
        ".",
        str(clone),
    )
    if all_branches:
        refs = [r for r in git(mirror, "for-each-ref", "--format=%(refname)").split() if "entire/" not in r]
        specs = [f"+{r}:refs/remotes/origin/{r.removeprefix('refs/').removeprefix('heads/')}" for r in refs]
        git(clone, "fetch", "--quiet", "--no-tags", "origin", *specs)
    else:
        git(clone, "remote", "remove", "origin")
    git(clone, "checkout", "--quiet", "--force", main, check=False)
    return clone


def write_home(person: Person, clone: Path, home: Path, as_recorded: bool = False) -> None:
    """Writes the stores. Unless `as_recorded`, the person's checkout directories become the clone's path."""
    if home.exists():
        shutil.rmtree(home)
    home.mkdir(parents=True)
    swaps = [] if as_recorded or person.roots is None else [_swap(r, clone) for r in person.roots.outer()]
    for session, (agent, data) in person.files.items():
        for pattern, target in swaps:
            data = pattern.sub(target, data)
        path = home / (_claude_name(session, data) if agent == "claude-code" else _codex_name(session, data))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _swap(root: str, clone: Path) -> tuple[re.Pattern[bytes], object]:
    """Finds a root in JSON text, with its tail: a Windows tail gets forward slashes."""
    if re.match(r"^[a-z]:", root):
        parts = [re.escape(part) for part in root[2:].strip("/").split("/")]
        sep = r"(?:\\\\|/)"
        found = rf"(?i:[{root[0]}]:{sep}{sep.join(parts)})(?![\w-])((?:{sep}[\w.@ ()\[\]-]+)*)"
        new = str(clone).encode()
        return re.compile(found.encode()), lambda m: new + m[1].replace(b"\\\\", b"/")
    return re.compile(re.escape(root).encode() + rb"(?![\w-]|\.\w)"), str(clone).encode().replace(b"\\", b"\\\\")


def _claude_name(session: str, data: bytes) -> str:
    place = re.search(rb'"cwd":"((?:[^"\\]|\\.)*)"', data)
    cwd = place[1].decode(errors="replace").replace("\\\\", "\\") if place else "/unknown"
    return f".claude/projects/{re.sub(r'[^A-Za-z0-9-]', '-', cwd)}/{session}.jsonl"


def _codex_name(session: str, data: bytes) -> str:
    time = stamp(data) or "2026-01-01T00:00:00Z"
    day, clock = time[:10], time[11:19].replace(":", "-")
    return f".codex/sessions/{day.replace('-', '/')}/rollout-{day}T{clock}-{session}.jsonl"
