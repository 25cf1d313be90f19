"""`git story search --semantic`: what is found, what words still do, what goes, and life without the model."""

from __future__ import annotations

import json
import os
import re
import signal
import site
import sqlite3
import stat
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from gitstory.git.file_lock import single_flight
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.searched import found, index, numbers
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON
from tests.meanings import PROMPTS
from tests.terminal import Terminal

ID = "11111111-aaaa-4bbb-8ccc-000000000001"
ROOT = Path(__file__).resolve().parents[2]
EXTRA = ("numpy", "safetensors", "tokenizers", "wordllama")
QUESTION = "login fails when password expires"
ANSWER = 1 + PROMPTS.index("Users cannot sign in once their credentials lapse")

needs_model = pytest.mark.skipif(find_spec("wordllama") is None, reason="the extra `semantic` is not installed")


@pytest.fixture
def session(repo: GitRepo, home: Path) -> ClaudeSession:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    return ClaudeSession(home, repo.path, NOON, ID)


@pytest.fixture
def project(repo: GitRepo, session: ClaudeSession) -> GitRepo:
    for number, prompt in enumerate(PROMPTS):
        session.prompt(prompt)
        if number == 0:
            session.write("src/auth.py", "def frobnicate_token():\n    return 7\n")
            repo.commit("Let people in", at=session.time + 5)
        session.say("Done.")
    git_story(repo.path, "drain")
    return repo


def vectors(project: GitRepo) -> dict[int, bytes]:
    """Number of a turn -> the vector of its prompt."""
    with sqlite3.connect(index(project)) as db:
        rows = db.execute("SELECT t.number, v.vector FROM vectors v JOIN turns t ON t.id = v.turn WHERE v.role = 0")
        return dict(rows.fetchall())


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@needs_model
def test_other_words_find_the_turn_first(project: GitRepo) -> None:
    assert numbers(project, QUESTION) == [], "no turn has all of these words"
    first, *_ = found(project, "--semantic", QUESTION)
    assert (first["turn"]["index"], first["role"], first["marks"]) == (ANSWER, "prompt", [])
    assert first["schema"] == "gitstory.search/1" and [one["subject"] for one in first["commits"]] == ["Let people in"]
    out = git_story(project.path, "search", "--semantic", QUESTION).stdout
    assert f"{ID[:8]}#{ANSWER}" in out and "src/auth.py:1-2" in out


@needs_model
def test_who_has_the_words_comes_first(project: GitRepo) -> None:
    for words in ("frobnicate_token", "frobnicateToken", '"Log slow SQL"', "Canadian postal", "monol*"):
        exact = numbers(project, words)
        assert exact == numbers(project, "--semantic", words)[: len(exact)] != [], words
    assert numbers(project, "--semantic") == numbers(project), "without words the newest"
    assert numbers(project, "--semantic", os.fsdecode(b"spinner \xff"))[0] == 16, "whatever is typed"
    assert numbers(project, "--semantic", "🎉") == numbers(project, "🎉") == []


@needs_model
def test_filters(project: GitRepo) -> None:
    def asked(*args: str) -> list[int]:
        return numbers(project, "--semantic", QUESTION, *args)

    for args in (
        ("--file", "auth.py"),
        ("--commit", "HEAD"),
        ("--author", "Dev One"),
        ("--agent", "claude-code"),
        ("--role", "prompt"),
        ("--branch", "main"),
        ("--since", "2020-01-01"),
        ("--all-repos",),
        ("-n", "1"),
    ):
        assert asked(*args)[:1] == [ANSWER], args
    assert asked("--file", "auth.py") == asked("--commit", "HEAD") == [ANSWER]
    for args in (
        ("--file", "other.py"),
        ("--commit", "HEAD~1"),
        ("--author", "Somebody"),
        ("--agent", "codex"),
        ("--branch", "other"),
        ("--since", "2099-01-01"),
    ):
        assert asked(*args) == [], args
    assert ANSWER not in asked("--role", "answer")


@needs_model
def test_the_setting_asks_for_it(project: GitRepo) -> None:
    git_story(project.path, "config", "set", "search.semantic", "true")
    assert numbers(project, QUESTION)[0] == ANSWER
    assert numbers(project, "--no-semantic", QUESTION) == []


@needs_model
def test_new_turns_get_vectors_and_gone_ones_lose_theirs(project: GitRepo, session: ClaudeSession) -> None:
    found(project, "--semantic", QUESTION)
    before = vectors(project)
    assert sorted(before) == list(range(1, len(PROMPTS) + 1))
    modes = {stat.S_IMODE(path.stat().st_mode) for path in index(project).parent.glob("search*")}
    assert modes == {0o600}
    session.prompt("Play a sound when a message arrives")
    assert numbers(project, "--semantic", "audio chime notifications")[0] == len(PROMPTS) + 1
    assert before.items() < vectors(project).items()
    session.path.unlink()
    assert numbers(project, "--semantic", "audio chime notifications")[:1] != [len(PROMPTS) + 1]
    assert sorted(vectors(project)) == sorted(before), "what is recorded stays"


@needs_model
def test_what_is_forgotten_loses_its_vectors(project: GitRepo) -> None:
    found(project, "--semantic", QUESTION)
    gone = vectors(project)[ANSWER]
    assert gone in bytes_of(project.path / ".git")
    git_story(project.path, "forget", f"{ID}#{ANSWER}", "--yes")
    assert gone not in bytes_of(project.path / ".git")
    assert ANSWER not in numbers(project, "--semantic", QUESTION)
    assert gone not in bytes_of(project.path / ".git") and len(vectors(project)) == len(PROMPTS) - 1


@needs_model
def test_nothing_is_written_where_gitstory_is_not(home: Path, tmp_path: Path) -> None:
    other = GitRepo.init(tmp_path / "other")
    other.commit("base", at=NOON)
    ClaudeSession(home, other.path, NOON, ID).prompt(PROMPTS[0])
    assert numbers(other, "--semantic", QUESTION) == [1]
    assert not (other.path / ".git/gitstory").exists()


@needs_model
def test_all_repositories_are_ranked_together(project: GitRepo, home: Path, tmp_path: Path) -> None:
    other = GitRepo.init(tmp_path / "other")
    other.commit("base", at=NOON)
    talk = ClaudeSession(home, other.path, NOON, "22222222-aaaa-4bbb-8ccc-000000000002")
    talk.prompt("Paint the fence")
    talk.prompt("Refuse a sign in after too many wrong passwords")
    where = [(hit["repository"], hit["turn"]["index"]) for hit in found(project, "--semantic", "--all-repos", QUESTION)]
    assert set(where[:2]) == {(str(project.path / ".git"), ANSWER), (str(other.path / ".git"), 2)}
    assert (str(other.path / ".git"), 1) not in where, "the best of a repository is not good enough for that alone"
    assert not (other.path / ".git/gitstory").exists()
    kept = sorted((home / ".local/share/gitstory/search").iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept if path.name != "places.json"} == {0o600}


@needs_model
def test_words_have_to_do_while_another_process_is_at_the_index(project: GitRepo) -> None:
    assert numbers(project, "spinner") == [16]
    with single_flight(index(project).with_suffix(".lock")) as got:
        assert got
        said = git_story(project.path, "search", "--json", "--semantic", "spinner")
    assert json.loads(said.stdout.splitlines()[0])["turn"]["index"] == 16
    assert (
        said.stderr == "warning: another process is at the index; passages without a vector are found by words only\n"
    )
    assert numbers(project, "--semantic", QUESTION)[0] == ANSWER


@needs_model
@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_killed_while_embedding(project: GitRepo) -> None:
    died = git_story(project.path, "search", "--semantic", QUESTION, check=False, GITSTORY_FAULT="search.embedded")
    assert died.returncode in (-signal.SIGKILL, 137), (died.returncode, died.stderr)
    assert numbers(project, "--semantic", QUESTION)[0] == ANSWER


@needs_model
def test_nothing_that_could_reach_a_network_is_loaded(project: GitRepo) -> None:
    found(project, QUESTION)  # reading the agents' stores loads more, and is another matter
    args = [sys.executable, "-X", "importtime", "-m", "gitstory", "search", "--json", "--semantic", QUESTION]
    done = subprocess.run(args, cwd=project.path, capture_output=True, text=True, env=_env(), check=True)
    loaded = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if "|" in line}
    assert {"numpy", "tokenizers"} <= loaded
    assert loaded & {"wordllama", "requests", "huggingface_hub", "httpx2", "pydantic", "ssl", "socket"} == set()


def test_words_alone_load_nothing_of_it(project: GitRepo) -> None:
    args = [sys.executable, "-X", "importtime", "-m", "gitstory", "search", "--json", "spinner"]
    done = subprocess.run(args, cwd=project.path, capture_output=True, text=True, env=_env(), check=True)
    loaded = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "gitstory.cli.search_indexes" in loaded
    assert not loaded & {
        *EXTRA,
        "gitstory.embedding",
        "gitstory.search.meaning_search",
        "gitstory.cli.embedding_progress",
    }


@needs_model
def test_a_terminal_is_told_what_takes_so_long(project: GitRepo, session: ClaudeSession, tmp_path: Path) -> None:
    for number in range(500):
        session.prompt(f"Count to {number}")
    terminal = Terminal(tmp_path / "tmux", project.path, 120, 40)
    try:
        terminal.keys("-l", f"{sys.executable} -m gitstory search --semantic -n 1 '{QUESTION}' | cat; echo re''ady")
        terminal.keys("Enter")
        seen = terminal.wait("ready")
        assert f"#{ANSWER}" in seen and "embedding" not in seen, "the line is written over, and goes"
    finally:
        terminal.close()
    git_story(project.path, "search", "spinner")
    index(project).unlink()
    said = git_story(project.path, "search", "--semantic", "-n", "1", QUESTION).stderr
    assert re.fullmatch(r"embedding [\d,]+ passages of turns for search by meaning, this once\n", said)
    assert git_story(project.path, "search", "--semantic", "-n", "1", QUESTION).stderr == ""


# --- without the extra ---


def _env(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def without(project: GitRepo, packages: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """The command in a Python that has everything but the extra."""
    packages.mkdir(exist_ok=True)
    for folder in site.getsitepackages():
        for path in Path(folder).iterdir() if Path(folder).is_dir() else ():
            link = packages / path.name
            if not path.name.startswith(EXTRA) and path.suffix != ".pth" and not link.exists():
                link.symlink_to(path)
    return subprocess.run(
        [sys.executable, "-S", "-m", "gitstory", *args],
        cwd=project.path,
        capture_output=True,
        text=True,
        env=_env(PYTHONPATH=os.pathsep.join((str(ROOT), str(packages)))),
        check=False,
    )


def test_without_the_extra_it_says_how_to_get_it(project: GitRepo, tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    done = without(project, packages, "search", "--semantic", QUESTION)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "error: semantic search needs a model that is not installed",
        'hint: pip install "gitstory-cli[semantic]"',
    ]
    done = without(project, packages, "search", "--json", "spinner")
    assert (done.returncode, done.stderr) == (0, "") and json.loads(done.stdout)["turn"]["prompt"] == PROMPTS[15]


def test_without_the_extra_the_setting_leaves_words(project: GitRepo, tmp_path: Path) -> None:
    git_story(project.path, "config", "set", "search.semantic", "true")
    done = without(project, tmp_path / "packages", "search", "--json", "spinner")
    assert done.returncode == 0 and json.loads(done.stdout)["turn"]["prompt"] == PROMPTS[15]
    assert done.stderr.startswith("warning: only by words: semantic search needs a model that is not installed\nhint: ")
