"""`show`, `log`, `blame` and `why` where only the message of a commit names its turns."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.gitrepo import GitRepo
from tests.integration.hooked import FILE, HELLO, ID, ONE, TWO, enable, friendlier, make_program, make_project
from tests.integration.story_of import git_story, lines, links, story

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs the shims as programs")


@pytest.fixture
def origin(repo: GitRepo, tmp_path: Path, home: Path) -> GitRepo:
    """A repository whose commits carry trailers and history files."""
    program = make_program(tmp_path)
    make_project(repo, program, "story.link.mode", "trailers")
    repo.git("config", "story.history.commit", "true")
    enable(repo, program)
    friendlier(repo, home)
    return repo


@pytest.fixture
def clone(origin: GitRepo, tmp_path: Path, home: Path) -> GitRepo:
    """Somebody else's clone: no record, no conversation, nothing enabled."""
    for transcript in (home / ".claude").rglob("*.jsonl"):
        transcript.unlink()
    origin.git("clone", "-q", str(origin.path), str(tmp_path / "clone"))
    return GitRepo(tmp_path / "clone")


def forged(clone: GitRepo, trailer: str, files: dict[str, str | bytes] | None = None) -> str:
    return clone.commit(f"Forged\n\n{trailer}", {"forged.txt": "a line that nobody knows of\n"} | (files or {}))


def test_show_tells_what_the_file_says(clone: GitRepo) -> None:
    said = git_story(clone.path, "show", "HEAD~1").stdout
    assert "Add the greeting" in said and "wrote 2 of 2 added lines" in said
    assert "Done: `hello.py` greets." in said
    assert links(clone.path, "HEAD") == {ID: "lines"}
    assert [turn["prompt"] for turn in story(clone.path)["conversations"][0]["turns"]] == ["Be friendlier"]
    assert "Be friendlier" in git_story(clone.path, "log").stdout
    assert not (clone.path / ".git/gitstory").exists()


def test_lines_are_those_the_turn_is_shown_to_have_written(clone: GitRepo) -> None:
    assert lines(clone.path, "hello.py", "HEAD~1") == {1: "turn-1", 2: "turn-1"}
    assert lines(clone.path, "hello.py") == {2: "turn-2"}
    told = [json.loads(line) for line in git_story(clone.path, "blame", "--json", "hello.py").stdout.splitlines()]
    assert [(one["conversation"], one["turn"]) for one in told] == [(ID, "turn-1"), (ID, "turn-2")]
    assert "Be friendlier" in git_story(clone.path, "why", "hello.py:2").stdout


def test_a_line_of_ones_own_is_nobodys(clone: GitRepo) -> None:
    clone.write("hello.py", HELLO + "def mine():\n    return 'written by a person'\n")
    clone.commit(f"Mine\n\n{ONE}")
    assert links(clone.path) == {ID: "lines"} and lines(clone.path, "hello.py") == {2: "turn-1"}


def test_a_turn_that_wrote_nothing_of_it_is_only_named(clone: GitRepo) -> None:
    forged(clone, ONE)
    assert links(clone.path) == {ID: "manual"} and lines(clone.path, "forged.txt") == {}
    assert "named in the commit's message" in git_story(clone.path, "show").stdout


NOWHERE = (
    "../outside.md",
    ".gitstory/history/../../outside.md",
    ".gitstory/history/../secret.md",
    ".gitstory/history/sub/inner.md",
    "/etc/passwd.md",
    "outside.md",
    "./.gitstory/history/link.md",
    ".gitstory/history/link.md",
    ".gitstory/history/none.md",
    ".gitstory/history/plain.md",
)


def test_a_trailer_leads_nowhere_else(clone: GitRepo, tmp_path: Path) -> None:
    text = (clone.path / FILE).read_text()
    for name in ("outside.md", ".gitstory/secret.md", ".gitstory/history/sub/inner.md"):
        clone.write(name, text)
    (tmp_path / "outside.md").write_text(text)
    clone.write(".gitstory/history/plain.md", "no history file of ours\n")
    (clone.path / ".gitstory/history/link.md").symlink_to(tmp_path / "outside.md")
    forged(clone, "\n".join(f"Story: {path}#turn-1" for path in NOWHERE))
    assert len(clone.git("log", "-1", "--format=%(trailers:key=Story)").splitlines()) == len(NOWHERE)
    assert story(clone.path)["conversations"] == []


FOLDED = FILE.replace("2026", "\n  2026").replace("greeting_", "greeting_\n\t")


@pytest.mark.parametrize(
    "trailer",
    [
        f"Story: {FILE}#turn-1",
        f"Story: {FOLDED}#turn-1",
        f"story:{FILE}#turn-1",
        f"STORY :  {FILE}#turn-1  ",
        f"Story: **/*_{ID[:23]}*.md#turn-1",
        f"Story: .gitstory/history/*{ID}.md#turn-1",
        f"Reviewed-by: A <a@example.com>\nStory: {FOLDED}\n #turn-1",
    ],
)
def test_every_way_in_which_a_trailer_can_be_written(clone: GitRepo, trailer: str) -> None:
    """As git itself reads trailers: folded, in any case; and whole paths, as earlier versions wrote them."""
    clone.git("reset", "-q", "--soft", "HEAD~2")
    clone.git("commit", "-q", "-m", f"Greeting\n\n{trailer}")
    assert clone.git("log", "-1", "--format=%(trailers:key=Story,valueonly)").strip()
    assert links(clone.path) == {ID: "lines"}


@pytest.mark.parametrize("pattern", ["*", "*.md", "**", "*_*", "*_1*", "*greet*hello*bye*x", "2026*"])
def test_a_pattern_that_says_too_little(clone: GitRepo, pattern: str) -> None:
    forged(clone, f"Story: .gitstory/history/{pattern}.md#turn-1")
    assert story(clone.path)["conversations"] == []


def test_of_two_files_none_is_meant(clone: GitRepo) -> None:
    other = ID[:-1] + "2"
    text = (clone.path / FILE).read_text()
    clone.write(FILE.replace(ID, other), text.replace(ID, other))
    forged(clone, ONE)
    assert story(clone.path)["conversations"] == []
    forged(clone, f"Story: {FILE}#turn-1")
    assert links(clone.path) == {ID: "manual"}


def test_a_turn_that_is_not_there(clone: GitRepo) -> None:
    forged(clone, f"Story: {FILE}#turn-77")
    assert story(clone.path)["conversations"] == []


def test_a_file_that_is_not_committed(clone: GitRepo) -> None:
    text = (clone.path / FILE).read_text()
    clone.git("checkout", "-q", "--orphan", "bare")
    clone.git("rm", "-q", "-r", "--cached", ".gitstory")
    clone.git("commit", "-q", "-m", f"Greeting, friendly\n\n{ONE}\n{TWO}")
    (clone.path / FILE).unlink()
    assert story(clone.path)["conversations"] == []
    clone.write(FILE, text)
    assert lines(clone.path, "hello.py") == {1: "turn-1", 2: "turn-2"}


def test_what_was_forgotten_stays_so(origin: GitRepo) -> None:
    git_story(origin.path, "drain")
    assert links(origin.path) == {ID: "lines"}
    git_story(origin.path, "forget", "--yes", ID)
    assert story(origin.path)["conversations"] == []


def test_the_record_is_the_better_one(origin: GitRepo) -> None:
    git_story(origin.path, "drain")
    (turn,) = story(origin.path)["conversations"][0]["turns"][-1:]
    assert turn["evidence"] == "lines" and turn["id"] != "turn-2"


def test_a_claim_on_a_file_without_lines(clone: GitRepo) -> None:
    text = (clone.path / FILE).read_text().replace("`hello.py`", "`picture.bin`")
    clone.write(FILE, text)
    clone.commit(f"Picture\n\n{ONE}", {"picture.bin": b"\0\1" + HELLO.encode()})
    assert links(clone.path) == {ID: "files"} and lines(clone.path, "picture.bin") == {}


def test_text_of_a_file_is_shown_harmless(clone: GitRepo) -> None:
    text = (clone.path / FILE).read_text().replace("Be friendlier", "Be \x1b[31mred")
    clone.write(FILE, text)
    forged(clone, f"Story: {FILE}#turn-2")
    assert "\x1b" not in git_story(clone.path, "show").stdout
