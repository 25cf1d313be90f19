"""Repositories made by somebody who means harm: committed settings, a forged store, forged notes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitstory.git.line_hashes import lines_hash
from gitstory.model import Conversation, FileStory, Mark, Range, Say, Story, Think, Turn, TurnLink
from tests.claude_session import ClaudeSession
from tests.cli import Said
from tests.cli import story as run
from tests.examples import tries
from tests.gitrepo import GitRepo
from tests.integration.everything import traces_of
from tests.stories import AGENT, CALC_3, Told, link, store

DATA = "refs/story/data"
NOTES = "refs/notes/story"
ESCAPE = "\x1b[31m\x1b]0;owned\x07\x9b2J\u202egnp\u2066\x08\r"
INJECTION = (
    f"{ESCAPE}```\n````\n# Heading\n[click](http://evil.example)\n<script>alert(1)</script> <img src=x onerror=1> @all"
)

READERS: list[tuple[str, ...]] = [
    ("show",),
    ("show", "--full"),
    ("show", "--markdown"),
    ("show", "--notes-text"),
    ("show", "--json"),
    ("log",),
    ("log", "--all", "--json"),
    ("blame", "calc.py"),
    ("blame", "--json", "calc.py"),
    ("blame", "--porcelain", "calc.py"),
    ("why", "calc.py:6"),
    ("why", "--json", "calc.py:6"),
    ("status",),
    ("status", "--json"),
    ("scan",),
    ("scan", "--json"),
    ("conversations",),
    ("heal", "--dry-run"),
    ("forget", "--all", "--dry-run"),
    ("redact", "--dry-run", "nothing-like-this"),
]


def readings(repo: GitRepo) -> Iterator[tuple[tuple[str, ...], Said]]:
    """Every reader's answer; none may fail in a way that was not foreseen, or let a control character through."""
    for args in READERS:
        said = run(repo.path, *args)
        assert said.code in (0, 1), (args, said.err)
        text = said.bytes.decode() + said.err
        bad = {char for char in text if (ord(char) < 32 and char not in "\n\t") or 127 <= ord(char) < 160}
        assert "--json" in args or not bad | ({"\u202e", "\u2066"} & set(text)), (args, bad)
        yield args, said


def put(repo: GitRepo, files: dict[str, bytes], ref: str = DATA) -> None:
    """A ref with these files, made by git alone; names may be what git itself would refuse."""
    stream = [b"commit %s\ncommitter x <x@y> 0 +0000\ndata 0\n\nfrom %s^0\n" % (ref.encode(), ref.encode())]
    if not repo.git("for-each-ref", ref):
        stream = [b"commit %s\ncommitter x <x@y> 0 +0000\ndata 0\n" % ref.encode()]
    for name, data in files.items():
        stream.append(b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(data), data))
    repo.git("fast-import", "--quiet", "--force", input=b"".join(stream))


@pytest.fixture
def told(repo: GitRepo) -> Told:
    return Told(repo)


# --- what is committed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        'story.remote = "ext::sh -c touch% pwned"\n[agents.claude-code]\nroots = ["/etc", "../../.."]\n',
        '[history]\npath = "../../../outside"\n',
        '[history]\npath = "/etc/cron.d"\n',
        '[capture]\nenabled = true\ndetail = "full"\nprivate_marker = "x"\nprivate_periods = ["0..1"]\n',
        "[redact.rules]\nbomb = '((a+)+)+$'\n",
        "[redact.rules]\nbomb = '(?:x?){40}x{40}'\n",
        '[redact]\nallow = [".*"]\nemails = false\n',
        "core = {fsmonitor = 'touch pwned'}\n[hooks]\npost-commit = 'touch pwned'\n",
        "a = [" * 2000,
        "\x00\xff",
    ],
    ids=["remote", "path-up", "path-root", "widen", "bomb", "bomb2", "allow", "programs", "deep", "binary"],
)
def test_committed_settings_can_only_narrow(repo: GitRepo, home: Path, text: str) -> None:
    """Nothing is run, nothing outside is touched, no secret gets in; at worst nothing is recorded, and that is said."""
    repo.commit("theirs", {"a": "1\n", ".gitstory/config.toml": text.encode("latin-1")}, at=1_780_000_000)
    assert run(repo.path, "enable", "--no-hooks").code in (0, 1)
    session = ClaudeSession(home, repo.path, 1_780_000_100)
    token = "ghp_" + "x7Kp2mQ9vR4tL8wZ3nB6yD1cF5hJ0sAqE2uG"
    session.prompt(f"Use {token} of k.zulu@private-host.com")
    session.write("b.py", "written_by = 'the session'\n")
    repo.commit("b", at=1_780_000_200)
    said = run(repo.path, "drain")
    assert said.code in (0, 1) and (said.code == 0 or said.err.startswith(("warning: ", "error: ")))
    assert traces_of(repo, token) == [] and traces_of(repo, "k.zulu@private-host") == []
    assert not list(repo.path.rglob("pwned")) and not (repo.path.parent.parent / "outside").exists()
    assert run(repo.path, "show").code == 0


def test_a_settings_file_that_is_a_link(repo: GitRepo, home: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.toml").write_text("[capture]\nenabled = false\n")
    repo.commit("one", {"a": "1\n"})
    (repo.path / ".gitstory").mkdir()
    (repo.path / ".gitstory" / "config.toml").symlink_to(tmp_path / "elsewhere.toml")
    repo.commit("link")
    run(repo.path, "enable", "--no-hooks")
    assert "is a symbolic link" in run(repo.path, "drain").err


# --- a forged store -----------------------------------------------------------------------------------------------


def test_injections_in_every_text(told: Told) -> None:
    """Terminal, Markdown and HTML: whatever stands in prompts, answers, titles, names and paths is shown as text."""
    oid = told.repo.commit(f"Subject {ESCAPE.strip()}", {"c.py": "1\n"})
    steps = (Say(INJECTION), Think(INJECTION), Mark("interrupted", INJECTION))
    turn = Turn("h1", 1, INJECTION, steps=steps, models=(INJECTION,), branch=INJECTION)
    evil = Conversation(AGENT, "evil", (turn,), title=INJECTION, models=(INJECTION,), places=(INJECTION,))
    files = (FileStory(f"c.py{ESCAPE}", 1, 0, (Range(1, 1, AGENT, "evil", "h1", lines_hash([b"1"])),)),)
    store(told.repo.path, [Story(oid, (link(TurnLink("h1", 1, "lines", 1), lines=1, name="evil"),), files)], [evil])
    for args, said in readings(told.repo):
        if "--markdown" in args:
            assert "<script>" not in _outside_of_fences(said.out) and "](http" not in _outside_of_fences(said.out)
            assert "\n# Heading" not in _outside_of_fences(said.out)


def _outside_of_fences(text: str) -> str:
    """Markdown without its fenced blocks, code spans and escaped characters."""
    kept: list[str] = []
    fence = ""
    for line in text.splitlines():
        found = re.match(r" *(`{3,})[^`]*$", line)
        if fence:
            fence = "" if line.strip() == fence else fence
        elif found is not None:
            fence = found[1]
        else:
            kept.append(re.sub(r"\\.", "", re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", line)))
    return "\n" + "\n".join(kept)


def test_agents_and_ids_that_are_none(told: Told) -> None:
    for agent, name in (("../../etc", "passwd"), ("a/b", "c\nd"), (ESCAPE, ESCAPE), ("", ""), ("x" * 5000, "y" * 5000)):
        turn = Turn("../t", 1, "hello")
        made = Story(
            told.third,
            (link(TurnLink("../t", 1, "lines", 1), lines=1, name=name),),
            (FileStory("../../../etc/passwd", 1, 0, (Range(1, 1, agent, name, "../t", "00"),)),),
        )
        store(told.repo.path, [made], [Conversation(agent, name, (turn,))])
        for _args, said in readings(told.repo):
            assert "root:" not in said.out


FORGED: dict[str, Callable[[Told], dict[str, bytes]]] = {
    "not-json": lambda told: {_record(told.third): b"{" * 10_000},
    "deep-json": lambda told: {_record(told.third): b'{"schema":"gitstory.commit/1","links":' + b"[" * 200_000},
    "invalid-utf8": lambda told: {_record(told.third): b'{"schema":"gitstory.commit/1","commit":"\xff\xfe"}'},
    "lone-surrogate": lambda told: {_record(told.third): _json(told, files=[{"path": "\udce9"}])},
    "wrong-types": lambda told: {_record(told.third): _json(told, links={"a": 1}, files="x")},
    "other-commit": lambda told: {_record(told.third): _json(told, commit=told.second)},
    "huge-numbers": lambda told: {_record(told.third): _json(told, files=[_ranges(told, 1, 10**30)])},
    "negative": lambda told: {_record(told.third): _json(told, files=[_ranges(told, -5, -1)])},
    "beyond-the-file": lambda told: {_record(told.third): _json(told, files=[_ranges(told, 1, 10**9)])},
    "many-ranges": lambda told: {
        _record(told.third): _json(told, files=[{"path": "calc.py", "ranges": [_range(1, 2)] * 20_000}])
    },
    "big-blob": lambda told: {_record(told.third): b" " * (9 << 20)},
    "no-format": lambda told: {"format.json": b"\xff"},
    "traversal": lambda told: {"conversations/../../../etc/passwd": b"x", "commits/..%2f..%2f/x.json": b"{}"},
    "odd-names": lambda told: {"commits/zz/\x1b[31m.json": b"{}", "tombstones/x/y": b"", "commits/ab": b"x"},
    "deep-tree": lambda told: {"/".join(["conversations"] + ["a"] * 400): b"x"},
    "meta-lies": lambda told: {
        "conversations/00/claude-code/x/meta.json": b'{"schema":"gitstory.conversation/1","agent":"a","id":"b"}'
    },
    "tombstone-lies": lambda told: {"tombstones/commit/zz/notahash.json": b"{}", "tombstones/a": b"{}"},
}


def _record(commit: str) -> str:
    return f"commits/{commit[:2]}/{commit[2:]}.json"


def _json(told: Told, **fields: object) -> bytes:
    record = {"schema": "gitstory.commit/1", "commit": told.third, **fields}
    return json.dumps(record, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _range(start: int, end: int) -> dict[str, object]:
    return {"start": start, "end": end, "agent": AGENT, "conversation": "x", "turn": "t", "hash": "00"}


def _ranges(told: Told, start: int, end: int) -> dict[str, object]:
    return {"path": "calc.py", "ranges": [_range(start, end)]}


@pytest.mark.parametrize("name", FORGED)
def test_forged_records(told: Told, name: str) -> None:
    try:
        put(told.repo, FORGED[name](told))
    except AssertionError:  # git itself refuses such a name
        assert name in ("traversal", "odd-names")
    for _args, said in readings(told.repo):
        assert "root:" not in said.out and "Traceback" not in said.err


@pytest.mark.parametrize("ref", [DATA, NOTES])
@pytest.mark.parametrize("what", ["blob", "tree", "tag", "self"])
def test_refs_that_name_no_commit(told: Told, ref: str, what: str) -> None:
    repo = told.repo
    blob = repo.git("hash-object", "-w", "--stdin", input=b"x")
    target = {
        "blob": blob,
        "tree": repo.git("rev-parse", "HEAD^{tree}"),
        "tag": repo.git("mktag", input=f"object {blob}\ntype blob\ntag x\ntagger x <x@y> 0 +0000\n\nx\n".encode()),
        "self": repo.git("rev-parse", "HEAD"),
    }[what]
    place = repo.path / ".git" / ref
    place.parent.mkdir(exist_ok=True)
    place.write_text(target + "\n")
    assert list(readings(repo))


def test_entries_that_are_links_and_submodules(told: Told) -> None:
    """A record that is a symbolic link is its own text, never the file it names."""
    repo = told.repo
    blob = repo.git("hash-object", "-w", "--stdin", input=b"/etc/passwd")
    inner = repo.git("mktree", input=f"120000 blob {blob}\t{told.third[2:]}.json\n".encode())
    commits = repo.git("mktree", input=f"040000 tree {inner}\t{told.third[:2]}\n".encode())
    gone = f"160000 commit {told.first}\tconversations\n"
    top = repo.git("mktree", "--missing", input=f"040000 tree {commits}\tcommits\n{gone}".encode())
    repo.git("update-ref", DATA, repo.git("commit-tree", top, "-m", "x"))
    for _args, said in readings(repo):
        assert "root:" not in said.out


def test_lines_that_content_does_not_bear_out_are_nobodys(told: Told) -> None:
    """A forged record claims lines a person wrote, with a hash of other lines, or with none."""
    for claimed in ("", "0" * 16, lines_hash([b"something else"])):
        ranges = (Range(1, 2, AGENT, "forged", "f1", claimed),)
        forged = Story(
            told.third,
            (link(TurnLink("f1", 1, "lines", 2), lines=2, name="forged"),),
            (FileStory("calc.py", 2, 0, ranges),),
        )
        store(told.repo.path, [forged], [Conversation(AGENT, "forged", (Turn("f1", 1, "I wrote this"),))])
        for line in (1, 2, 6, 7):
            assert "I wrote this" not in run(told.repo.path, "why", f"calc.py:{line}").out
        rows = [json.loads(row) for row in run(told.repo.path, "blame", "--json", "calc.py").out.splitlines()]
        assert len(rows) == len(CALC_3.splitlines()) and all(row["conversation"] != "forged" for row in rows)


def test_show_and_log_leave_out_what_content_does_not_bear_out(told: Told) -> None:
    """As blame does: a claim with a hash of other lines, beyond the file, of a file that is not there, of no parent."""
    true, elsewhere = lines_hash([b"x = 1"]), lines_hash([b"something else"])
    claims: dict[str, tuple[FileStory, ...]] = {
        "hash": (FileStory("util.py", 2, 0, (Range(1, 2, AGENT, "forged", "f1", elsewhere),)),),
        "none": (FileStory("util.py", 2, 0, (Range(1, 1, AGENT, "forged", "f1"),)),),
        "beyond": (FileStory("util.py", 2, 0, (Range(1, 900, AGENT, "forged", "f1", true),)),),
        "file": (FileStory("gone.py", 2, 0, (Range(1, 1, AGENT, "forged", "f1", true),)),),
        "removed": (FileStory("util.py", 0, 1, removed=(Range(1, 1, AGENT, "forged", "f1", true),)),),
        "many": (FileStory("util.py", 2, 0, tuple(Range(n, n, AGENT, "forged", "f1", "00") for n in range(3, 9000))),),
    }
    for name, files in claims.items():
        made = Story(told.third, (link(TurnLink("f1", 1, "lines", 2), lines=2, name="forged"),), files)
        store(told.repo.path, [made], [Conversation(AGENT, "forged", (Turn("f1", 1, "I wrote this"),))])
        for _ in range(2):  # what was found false is not remembered as true
            for args, said in readings(told.repo):
                assert args[0] not in ("show", "log") or "I wrote this" not in said.out, (name, args)
        shown = json.loads(run(told.repo.path, "show", "--json").out)
        assert (shown["conversations"], shown["files"]) == ([], []), name
        assert "not match this commit" in run(told.repo.path, "show").out
        assert told.third not in [json.loads(row)["commit"] for row in _rows(told, "log", "--json", "--all")]
        assert told.third in [json.loads(row)["commit"] for row in _rows(told, "log", "--json", "--include-empty")]
        assert len(_rows(told, "log", "--json", "-n", "1")) == 1


def _rows(told: Told, *args: str) -> list[str]:
    return run(told.repo.path, *args).out.splitlines()


def test_what_is_true_of_a_forged_record_stays(told: Told) -> None:
    """Claims are lowered to the lines that fit; ranges of a renamed file's former content are looked for there."""
    repo = told.repo
    repo.git("mv", "util.py", "tools.py")
    oid = repo.commit("Move", {"tools.py": "y = 2\n"})
    assert repo.git("show", "--name-status", "--format=", oid).startswith("R")
    gone = Range(1, 1, AGENT, "mover", "m1", lines_hash([b"x = 1"]))
    false = Range(1, 1, AGENT, "mover", "m2", lines_hash([b"x = 1"]))
    turns = (TurnLink("m1", 1, "lines", 40), TurnLink("m2", 2, "lines", 1))
    files = (FileStory("tools.py", 0, 1, (false,), (gone,)),)
    made = Story(oid, (link(*turns, lines=41, name="mover"),), files)
    store(repo.path, [made], [Conversation(AGENT, "mover", (Turn("m1", 1, "Take x out"), Turn("m2", 2, "I lie")))])
    for _ in range(2):
        shown = json.loads(run(repo.path, "show", "--json").out)
        [one] = shown["conversations"]
        assert (one["lines"], [turn["prompt"] for turn in one["turns"]]) == (1, ["Take x out"])
        assert [(len(file["ranges"]), len(file["removed"])) for file in shown["files"]] == [(0, 1)]


def test_a_record_that_lost_its_ranges_claims_files(told: Told) -> None:
    """One beyond its bound is stored without ranges: that it wrote there is all that is left to say."""
    made = Story(told.third, (link(TurnLink("t5", 5, "lines", 900_000), lines=900_000),))
    store(told.repo.path, [made])
    [one] = json.loads(run(told.repo.path, "show", "--json").out)["conversations"]
    assert (one["evidence"], one["lines"]) == ("files", 0)


def test_forged_notes_are_never_believed(told: Told) -> None:
    """A note is a view: readers take nothing from it."""
    told.repo.git("notes", f"--ref={NOTES}", "add", "-f", "-m", f"claude-code: wrote 2 of 2 {INJECTION}", told.first)
    for args, said in readings(told.repo):
        assert args == ("scan", "--json") or "wrote 2 of 2" not in said.out
    assert "no conversation is recorded" in run(told.repo.path, "show", told.first).out


@settings(max_examples=tries(25))
@given(st.dictionaries(st.sampled_from(["links", "files", "decisions", "open", "carried_from"]), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["agent", "conversation", "turn", "turns", "evidence", "path", "ranges", "start", "end", "id"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)))  # fmt: skip
def test_any_record_at_all(told: Told, fields: dict[str, object]) -> None:
    put(told.repo, {_record(told.third): _json(told, **fields)})
    for args in (("show", "--json"), ("blame", "--json", "calc.py"), ("why", "calc.py:6"), ("log", "--json", "--all")):
        said = run(told.repo.path, *args)
        assert said.code in (0, 1), (args, said.err)
