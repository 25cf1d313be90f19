"""`git story blame` against git's own, on real repositories."""

from __future__ import annotations

import json
import random
import re
import subprocess
from pathlib import Path

import pytest

from gitstory.model import FileStory, Story
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.golden import check
from tests.stories import AGENT, CALC_2, ID, Told, link, ranged, store

ENTRY = re.compile(rb"[0-9a-f]{40} \d+ \d+( \d+)?$")


@pytest.fixture
def told(repo: GitRepo) -> Told:
    return Told(repo)


def git_blame(where: Path, *args: str) -> bytes:
    return subprocess.run(["git", "blame", *args], cwd=where, capture_output=True, check=True).stdout


def without_ours(out: bytes) -> bytes:
    """Drop lines that begin with `story-` in header position."""
    kept, inside = [], False
    for row in out.split(b"\n"):
        if inside and row.startswith(b"story-"):
            continue
        inside = not row.startswith(b"\t") if inside else ENTRY.match(row) is not None
        kept.append(row)
    return b"\n".join(kept)


def timeless(out: bytes) -> bytes:
    """git dates lines that are not committed with the present second, which may pass between two runs."""
    return re.sub(rb"(author|committer)-time \d+", rb"\1-time", out) if b"\nauthor Not Committed Yet\n" in out else out


def json_lines(where: Path, *args: str) -> list[dict[str, object]]:
    said = story(where, "blame", "--json", *args)
    assert (said.code, said.err) == (0, "")
    return [json.loads(line) for line in said.out.splitlines()]


def test_what_it_prints(told: Told) -> None:
    check("blame.txt", story(told.repo.path, "blame", "calc.py").out)
    check("blame-short.txt", story(told.repo.path, "blame", "-s", "-L5,8", "calc.py").out)
    check("blame.porcelain", story(told.repo.path, "blame", "--porcelain", "calc.py").out)


@pytest.mark.parametrize(
    ("args", "heading", "line"),
    [
        ((), "aea563b1 2025-11-20  Claude Code 0c9f3a52#5  No, raise", "│ 6      if b == 0:"),
        (("-t",), "aea563b1 1763600300 +0000  Claude Code", "│ 6      if"),
        (("--date=iso",), "aea563b1 2025-11-20 00:58:20 +0000  Claude Code", "│ 6      if"),
        (("--date", "format:%d.%m.%y"), "aea563b1 20.11.25  Claude Code", "│ 6      if"),
        (("--abbrev=10",), "aea563b16c1 2025-11-20  Claude Code", "│ 6      if"),
        (("-l",), "aea563b16c1", "│ 6      if"),
        (("-f",), "aea563b1 2025-11-20  calc.py  Claude Code", "│ 6      if"),
        (("--show-number",), "aea563b1 2025-11-20  Claude Code", "│ 6 6      if"),
        (("-s",), "aea563b1  0c9f3a52#5", "│ 6      if"),
    ],
)
def test_options_of_git_take_effect(told: Told, args: tuple[str, ...], heading: str, line: str) -> None:
    heading = heading.replace("aea563b16c1", told.third if "-l" in args else told.third[:11])
    rows = story(told.repo.path, "blame", *args, "-L6,6", "calc.py").out.splitlines()
    assert rows[0].startswith(heading), rows
    assert rows[1].startswith(line)


def test_a_boundary_is_marked_or_left_blank_and_addresses_are_shown(told: Told) -> None:
    first = told.repo.git("rev-list", "--max-parents=0", "HEAD")
    rows = story(told.repo.path, "blame", "-L1,1", "calc.py").out
    assert rows.startswith(f"^{first[:7]} 2025-11-20  Dev One  Add")
    assert story(told.repo.path, "blame", "--root", "-L1,1", "calc.py").out.startswith(f"{first[:8]} 2025")
    assert story(told.repo.path, "blame", "-b", "-L1,1", "calc.py").out.startswith("2025-11-20  Dev One")
    assert "2025-11-20  <dev@example.com>  Add" in story(told.repo.path, "blame", "-e", "-L1,1", "calc.py").out


@pytest.mark.parametrize("option", ["-c", "-wc", "--score-debug", "--color-lines", "--color-by-age", "--show-stats"])
def test_options_without_effect_are_refused(told: Told, option: str) -> None:
    done = story(told.repo.path, "blame", option, "calc.py")
    assert (done.code, done.out) == (2, "") and "is not offered" in done.err
    assert option == "--show-stats" or story(told.repo.path, "blame", "--porcelain", option, "calc.py").code == 0


def test_lines_are_cut_at_the_edge_of_a_screen_and_nowhere_else(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    told.repo.commit("Long", {"long.txt": "x" * 300 + "\nshort\n"})
    whole = story(told.repo.path, "blame", "long.txt").out.splitlines()
    assert whole[1].endswith("x" * 300)
    monkeypatch.setenv("GIT_PAGER_IN_USE", "1")
    shown = story(told.repo.path, "blame", "long.txt").out.splitlines()
    assert [len(row) for row in shown[1:]] == [60, len("  2  short")] and shown[1].endswith("x…")


def test_json_is_the_contract(told: Told) -> None:
    found = json_lines(told.repo.path, "--", "calc.py")
    assert [one["turn"] for one in found] == [None, None, "t2", "t2", "t2", "t5", "t5", "t2"]
    assert list(found[0]) == ["line", "commit", "orig_line", "text", "agent", "conversation", "turn", "prompt"]
    assert found[7] == {
        "line": 8,
        "commit": told.second,
        "orig_line": 6,
        "text": "    return a / b",
        "agent": AGENT,
        "conversation": ID,
        "turn": "t2",
        "prompt": "Add a divide function.\n\nKeep it small.",
    }
    assert found[0]["agent"] is None and found[0]["prompt"] is None


def test_a_revision_a_range_and_a_name(told: Told) -> None:
    assert len(json_lines(told.repo.path, "HEAD~1", "--", "calc.py")) == 6
    assert [one["line"] for one in json_lines(told.repo.path, "-L", "6,7", "calc.py")] == [6, 7]
    assert [one["line"] for one in json_lines(told.repo.path, "-L:divide", "calc.py")] == [5, 6, 7, 8]
    assert [one["line"] for one in json_lines(told.repo.path, "-L/raise/,+1", "HEAD", "calc.py")] == [7]


@pytest.mark.parametrize(
    "args",
    [
        ("calc.py",),
        ("-w", "calc.py"),
        ("-M", "-C", "calc.py"),
        ("-M20", "-C", "-C40", "calc.py"),
        ("-wse", "HEAD~1", "calc.py"),
        ("--since", "2025-11-20T00:56:00Z", "--", "calc.py"),
        ("--ignore-rev", "HEAD", "calc.py"),
        ("--ignore-revs-file", "ignored", "calc.py"),
        ("--reverse", "HEAD~2..HEAD", "calc.py"),
        ("--first-parent", "calc.py"),
        ("--contents", "other.py", "calc.py"),
        ("-S", "grafts", "calc.py"),
        ("-b", "--root", "--date=iso", "--abbrev=12", "-l", "-t", "-f", "-n", "calc.py"),
        ("-L", "2,3", "-L5,+2", "HEAD", "--", "calc.py"),
    ],
)
def test_everything_git_takes_gives_its_bytes(told: Told, args: tuple[str, ...]) -> None:
    where = told.repo.path
    (where / "ignored").write_text(f"{told.second}\n")
    (where / "other.py").write_text("x\n" + CALC_2)
    (where / "grafts").write_text(f"{told.third}\n")
    for shape in ("--porcelain", "--line-porcelain"):
        said = story(where, "blame", shape, *args)
        assert (said.code, said.err) == (0, "")
        assert timeless(without_ours(said.bytes)) == timeless(git_blame(where, shape, *args))
    assert story(where, "blame", *args).code == 0
    assert len(json_lines(where, *args)) > 0


@pytest.mark.parametrize(
    "content",
    [
        b"one\r\ntwo\r\nthree\r\n",
        b"no line end",
        b"story-turn x\nstory-agent y\n\tstory-turn tab\n",
        b"\xff\xfe\x00latin \xe9\n\x80\n\n\n",
        b"a\rb\rc\n\x0c\x1c\x1d\x85\n\xe2\x80\xa8sep\n",
        b"0123456789012345678901234567890123456789 1 1 1\nauthor nobody\n",
        b"",
    ],
)
def test_odd_content_keeps_gits_bytes(repo: GitRepo, content: bytes) -> None:
    repo.git("config", "core.autocrlf", "false")
    repo.commit("Odd", {"odd.txt": b"first\n" + content, "plain.txt": "x\n"}, at=1_763_600_000)
    oid = repo.commit("Again\tauthor x", {"odd.txt": b"zero\nfirst\n" + content})
    rows = FileStory("odd.txt", 1, 0, (ranged(b"zero\n", 1, 1, "t1"),))
    store(repo.path, [Story(commit=oid, links=(link(),), files=(rows,))])
    for shape in ("--porcelain", "--line-porcelain"):
        said = story(repo.path, "blame", shape, "odd.txt")
        assert b"\nstory-turn t1\n\tzero\n" in said.bytes
        assert without_ours(said.bytes) == git_blame(repo.path, shape, "odd.txt")
    found = json_lines(repo.path, "odd.txt")
    assert len(found) == git_blame(repo.path, "odd.txt").count(b"\n")
    assert found[0]["turn"] == "t1" and all(one["turn"] is None for one in found[1:])


def test_thousands_of_lines_in_many_commits_through_renames(repo: GitRepo) -> None:
    rnd = random.Random(7)
    lines: list[str] = []
    name, stories, wrote = "a.txt", [], {}
    for number in range(25):
        at = rnd.randrange(len(lines) + 1)
        new = [f"line {number} {i} {rnd.random()}" for i in range(120)]
        lines[at:at] = new
        if number in (8, 16):
            repo.git("mv", name, f"dir {number}/ü{number}.txt") if (
                repo.path / f"dir {number}"
            ).mkdir() is None else None
            name = f"dir {number}/ü{number}.txt"
        text = "\n".join(lines) + "\n"
        oid = repo.commit(f"Change {number}", {name: text}, at=1_763_600_000 + number * 600)
        if number % 3:
            span = ranged(text, at + 1, at + 120, f"t{number}")
            stories.append(Story(commit=oid, links=(link(),), files=(FileStory(name, 120, 0, (span,)),)))
            wrote.update(dict.fromkeys(new, f"t{number}"))
    store(repo.path, stories)
    said = story(repo.path, "blame", "--porcelain", name)
    assert without_ours(said.bytes) == git_blame(repo.path, "--porcelain", name)
    found = json_lines(repo.path, name)
    assert len(found) == 3000
    assert [one["turn"] for one in found] == [wrote.get(str(one["text"])) for one in found]


def test_a_range_the_content_does_not_bear_out_is_no_turn(told: Told) -> None:
    forged = Story(
        commit=told.second,
        links=(link(),),
        files=(FileStory("calc.py", 4, 0, (ranged("something\nelse\nquite\ndifferent\n", 1, 4, "t2"),)),),
    )
    store(told.repo.path, [forged])
    turns = [one["turn"] for one in json_lines(told.repo.path, "calc.py")]
    assert turns == [None, None, None, None, None, "t5", "t5", None]
    beyond = Story(
        commit=told.second,
        links=(link(),),
        files=(FileStory("calc.py", 4, 0, (ranged(CALC_2, 3, 600, "t2"),)),),
    )
    store(told.repo.path, [beyond])
    assert [one["turn"] for one in json_lines(told.repo.path, "-L3,5", "calc.py")] == [None, None, None]


def test_white_space_seen_through_still_finds_the_turn(told: Told) -> None:
    text = (told.repo.path / "calc.py").read_text().replace("        raise", "          raise")
    told.repo.commit("Indent", {"calc.py": text})
    assert [one["turn"] for one in json_lines(told.repo.path, "-w", "-L6,7", "calc.py")] == ["t5", "t5"]
    assert [one["turn"] for one in json_lines(told.repo.path, "-L6,7", "calc.py")] == ["t5", None]


def test_lines_not_committed_yet_are_nobodys(told: Told) -> None:
    told.repo.write("calc.py", "new = 1\n" + (told.repo.path / "calc.py").read_text())
    found = json_lines(told.repo.path, "calc.py")
    assert set(str(found[0]["commit"])) == {"0"} and found[0]["agent"] is None
    assert [one["turn"] for one in found][6:8] == ["t5", "t5"]
    assert "not committed yet" in story(told.repo.path, "blame", "calc.py").out


def test_from_a_subdirectory_and_in_a_bare_repository(told: Told) -> None:
    told.repo.git("mv", "calc.py", "moved.py")
    told.repo.commit("Move", {"sub/x.py": "1\n"})
    assert [one["turn"] for one in json_lines(told.repo.path / "sub", "../moved.py")][5:7] == ["t5", "t5"]
    bare = told.repo.path.parent / "bare.git"
    subprocess.run(["git", "clone", "-q", "--mirror", str(told.repo.path), str(bare)], check=True)
    for args in (("moved.py",), ("HEAD", "moved.py"), ("--", "moved.py"), ("-L", "6,7", "HEAD", "--", "moved.py")):
        assert "t5" in [one["turn"] for one in json_lines(bare, *args)]


@pytest.mark.parametrize(
    ("args", "said", "code"),
    [
        (("nope.py",), "no such path", 1),
        (("HEAD~2", "--", "util.py"), "no such path", 1),
        (("nope", "--", "calc.py"), "unknown revision: nope", 1),
        (("-L", "99,100", "calc.py"), "has only 8 lines", 1),
        (("-L:zork", "calc.py"), "no match", 1),
        (("-L/zork/", "calc.py"), "-L", 1),
        (("--zork", "calc.py"), "unknown option", 2),
        (("--incremental", "calc.py"), "--incremental", 2),
        ((), "which file", 2),
        (("--ignore-rev", "nope", "calc.py"), "nope", 1),
    ],
)
def test_mistakes_are_one_line_and_a_hint(told: Told, args: tuple[str, ...], said: str, code: int) -> None:
    done = story(told.repo.path, "blame", *args)
    assert (done.code, done.out) == (code, "")
    assert said in done.err and len(done.err.splitlines()) == 2 and "\nhint: " in done.err


def test_no_commits_and_no_repository(repo: GitRepo) -> None:
    repo.write("a.py", "1\n")
    assert "no commits yet" in story(repo.path, "blame", "a.py").err
    done = story(repo.path.parent, "blame", "a.py")
    assert done.code == 1 and "not a git repository" in done.err


def test_what_was_verified_is_not_read_again_and_not_believed_of_others(told: Told) -> None:
    (told.repo.path / ".git" / "gitstory").mkdir(exist_ok=True)
    first = json_lines(told.repo.path, "-L5,8", "calc.py")
    assert (told.repo.path / ".git" / "gitstory" / "verified").stat().st_size == 8
    assert json_lines(told.repo.path, "-L5,8", "calc.py") == first
    forged = ranged("other\n" * 4, 3, 6, "t2")
    changed = Story(commit=told.second, links=(link(),), files=(FileStory("calc.py", 4, 0, (forged,)),))
    store(told.repo.path, [changed])
    assert [one["turn"] for one in json_lines(told.repo.path, "-L5,8", "calc.py")] == [None, "t5", "t5", None]
