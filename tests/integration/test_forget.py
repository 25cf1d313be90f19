"""Taking things back: what was forgotten is in no byte below the git directory, and does not return."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gitstory.erasure.forget import resume
from gitstory.git.repo import Repo
from gitstory.store.store import DATA_REF, NOTES_REF, StoryStore
from tests.claude_session import ClaudeSession
from tests.cli import story as run
from tests.gitrepo import GitRepo
from tests.integration.everything import objects, traces_of
from tests.integration.story_of import git_story, lines, links, story

NOON = 1_780_000_000
SECRET = "the launch code of the heron is quartz-seven"
OTHER = "keep the second module as it is"
BASE = "".join(f"line number {n} of the base\n" for n in range(1, 21))


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    return repo


def talk(project: GitRepo, home: Path) -> tuple[ClaudeSession, ClaudeSession]:
    """Two conversations and three commits; the first tells SECRET wherever an agent records something."""
    one = ClaudeSession(home, project.path, NOON, "11111111-aaaa-4bbb-8ccc-000000000001")
    one.prompt(f"Mark the start; {SECRET}")
    one.say(f"I see: {SECRET}.")
    one.edit("base.txt", "line number 2 of the base\n", "line number 2 of the base\nthe start was marked here\n")
    one.bash(f"echo '{SECRET}'", SECRET)
    project.commit("first", at=NOON + 100)
    git_story(project.path, "drain")
    one.time = NOON + 150
    one.prompt("And mark the middle of it")
    one.edit("base.txt", "line number 9 of the base\n", "line number 9 of the base\nthe middle was marked here\n")
    project.commit("second", at=NOON + 200)
    git_story(project.path, "drain")
    two = ClaudeSession(home, project.path, NOON + 250, "22222222-aaaa-4bbb-8ccc-000000000002")
    two.prompt(OTHER)
    two.write("second.py", "the_second_module = 'as it is'\n")
    project.commit("third", at=NOON + 300)
    git_story(project.path, "drain")
    return one, two


def forget(project: GitRepo, *args: str) -> str:
    said = git_story(project.path, "forget", "--yes", *args).stdout
    traces = traces_of(project, SECRET)
    assert traces == []
    return said


def test_a_conversation_is_gone_at_once(project: GitRepo, home: Path) -> None:
    one, two = talk(project, home)
    assert traces_of(project, SECRET)
    said = forget(project, one.id[:8])
    assert "2 stored turns will be forgotten, 2 stories will be rewritten or removed" in said
    assert traces_of(project, one.id) == [] and traces_of(project, "claude-code/11111111") == []
    assert links(project.path, "HEAD~1") == links(project.path, "HEAD~2") == {}
    assert project.git("notes", "--ref=story", "list").count("\n") == 0
    assert links(project.path) == {two.id: "lines"}
    assert "no conversation is recorded" in run(project.path, "show", "HEAD~1").out


def test_it_stays_gone(project: GitRepo, home: Path) -> None:
    """Whatever reads the agent's store again: late words, backfill, a new commit, a damaged cache, an explicit link."""
    one, _two = talk(project, home)
    forget(project, one.id)
    one.say(f"One more word about it: {SECRET}")
    one.prompt(f"Again: {SECRET}")
    one.write("new.py", "written_after = 'it was forgotten'\n")
    project.commit("fourth", at=NOON + 400)
    git_story(project.path, "drain")
    git_story(project.path, "backfill", "--all")
    assert git_story(project.path, "link", "HEAD", one.id, check=False).returncode == 1
    assert links(project.path) == {}
    assert lines(project.path, "new.py") == {}
    assert traces_of(project, SECRET) == [] and traces_of(project, one.id) == []
    assert OTHER in git_story(project.path, "show", "HEAD~1").stdout


def test_a_turn_is_gone_and_the_others_stay(project: GitRepo, home: Path) -> None:
    one, _two = talk(project, home)
    said = forget(project, f"{one.id}#1")
    assert "1 stored turn will be forgotten" in said
    assert links(project.path, "HEAD~1") == {one.id: "lines"}
    assert links(project.path, "HEAD~2") == {}
    assert "And mark the middle of it" in git_story(project.path, "show", "HEAD~1").stdout
    one.say(f"Late: {SECRET}")
    git_story(project.path, "backfill", "--all")
    turns = story(project.path, "HEAD~1")["conversations"][0]["turns"]
    assert [turn["index"] for turn in turns] == [2]
    assert lines(project.path, "base.txt", "HEAD~2") == {}


def test_a_title_does_not_outlive_its_turn(project: GitRepo, home: Path) -> None:
    one, _two = talk(project, home)
    with one.path.open("a") as file:
        file.write(json.dumps({"type": "ai-title", "aiTitle": f"Where {SECRET}", "sessionId": one.id}) + "\n")
    git_story(project.path, "backfill", "--all")
    assert story(project.path, "HEAD~1")["conversations"][0]["title"] == f"Where {SECRET}"
    forget(project, f"{one.id}#1")
    git_story(project.path, "backfill", "--all")
    assert traces_of(project, SECRET) == []


def test_the_story_of_a_commit_takes_its_conversation_along(project: GitRepo, home: Path) -> None:
    one, two = talk(project, home)
    git_story(project.path, "forget", "--yes", "HEAD")
    assert traces_of(project, OTHER) == [] and traces_of(project, two.id) == []
    assert links(project.path, "HEAD~1") == {one.id: "lines"}
    git_story(project.path, "backfill", "--all")
    assert links(project.path) == {}


def test_a_conversation_that_another_commit_tells_of_stays(project: GitRepo, home: Path) -> None:
    one, _two = talk(project, home)
    git_story(project.path, "forget", "--yes", "HEAD~1")
    assert links(project.path, "HEAD~1") == {} and links(project.path, "HEAD~2") == {one.id: "lines"}
    git_story(project.path, "backfill", "--all")
    assert links(project.path, "HEAD~1") == {}


def test_story_only_keeps_the_conversation(project: GitRepo, home: Path) -> None:
    _one, two = talk(project, home)
    git_story(project.path, "forget", "--yes", "--story-only", "HEAD")
    assert links(project.path) == {}
    with Repo.open(project.path) as opened:
        assert StoryStore(opened).meta("claude-code", two.id) is not None


def test_an_amended_commit_does_not_keep_it(project: GitRepo, home: Path) -> None:
    """The story of a commit that was rewritten away does not count as another commit that tells of it."""
    _one, two = talk(project, home)
    project.git("commit", "-q", "--amend", "-m", "third, better said")
    git_story(project.path, "drain")
    assert links(project.path) == {two.id: "lines"}
    git_story(project.path, "forget", "--yes", "HEAD")
    assert traces_of(project, OTHER) == [] and traces_of(project, two.id) == []


def test_everything(project: GitRepo, home: Path) -> None:
    talk(project, home)
    project.git("notes", "--ref=story", "add", "-m", "a note by hand", "HEAD~3")
    forget(project, "--all")
    assert traces_of(project, OTHER) == []
    assert project.git("notes", "--ref=story", "list") == ""
    git_story(project.path, "backfill", "--all")
    assert [links(project.path, f"HEAD~{n}") for n in range(4)] == [{}, {}, {}, {}]
    third = ClaudeSession(home, project.path, NOON + 500)
    third.prompt("Something new")
    third.write("third.py", "the_third_module = 'is recorded again'\n")
    project.commit("fifth", at=NOON + 600)
    git_story(project.path, "drain")
    assert links(project.path) == {third.id: "lines"}


def test_old_objects_and_reflogs_do_not_keep_it(project: GitRepo, home: Path) -> None:
    """Nothing but the person's own objects and the new state is left, though others kept reflogs and fetched."""
    project.git("config", "core.logAllRefUpdates", "always")
    one, _two = talk(project, home)
    project.git("notes", "--ref=story", "append", "-m", "by hand", "HEAD")
    project.git("update-ref", "refs/story-remotes/origin/data", DATA_REF)
    (project.path / ".git" / "FETCH_HEAD").write_text(f"{project.git('rev-parse', DATA_REF)}\t\tof elsewhere\n")
    forget(project, one.id)
    assert project.git("for-each-ref", "refs/story-remotes") == ""
    assert (project.path / ".git" / "FETCH_HEAD").read_text() == ""
    kept = set(project.git("rev-list", "--objects", "--all").replace("\n", " ").split())
    left = [data for oid, data in objects(project) if oid not in kept]
    assert [data for data in left if b"gitstory" in data] == []


def test_packed_objects_are_named_and_gc_removes_them(project: GitRepo, home: Path) -> None:
    one, _two = talk(project, home)
    project.git("gc", "-q")
    said = git_story(project.path, "forget", "--yes", one.id)
    assert "old objects are in packs" in said.stderr and "`git gc --prune=now`" in said.stderr
    assert traces_of(project, SECRET)
    project.git("gc", "-q", "--prune=now")
    assert traces_of(project, SECRET) == []


def test_gc_can_be_asked_for(project: GitRepo, home: Path) -> None:
    one, _two = talk(project, home)
    project.git("gc", "-q")
    said = git_story(project.path, "forget", "--yes", "--gc", one.id)
    assert "packs" not in said.stderr and traces_of(project, SECRET) == []


def test_what_a_person_lost_can_still_be_found(project: GitRepo, home: Path) -> None:
    """Only objects of ours are pruned: a dropped stash is still there."""
    one, _two = talk(project, home)
    project.write("base.txt", "mine, not committed\n")
    project.git("stash", "-q")
    lost = project.git("rev-parse", "stash@{0}")
    project.git("stash", "drop", "-q")
    blob = project.git("hash-object", "-w", "--stdin", input=b"a blob of mine\n")
    forget(project, one.id)
    assert "mine, not committed" in project.git("show", f"{lost}:base.txt")
    assert project.git("cat-file", "-p", blob) == "a blob of mine"
    assert "missing" not in project.git("fsck", "--full", "--no-dangling")


def test_a_fork_does_not_bring_it_back(project: GitRepo, home: Path) -> None:
    """A resumed copy of a conversation repeats its records under another id."""
    one, _two = talk(project, home)
    fork = ClaudeSession(home, project.path, NOON + 1000, "33333333-aaaa-4bbb-8ccc-000000000003")
    fork.path.write_text(one.path.read_text().replace(one.id, fork.id))
    fork._parent = one._parent
    forget(project, one.id)
    fork.prompt("Go on from there")
    fork.write("fork.py", "written_in_the_fork = True\n")
    project.commit("fork", at=NOON + 1100)
    git_story(project.path, "drain")
    assert links(project.path) == {fork.id: "lines"}
    assert traces_of(project, SECRET) == []


def test_subagents_go_with_the_conversation(project: GitRepo, home: Path) -> None:
    from gitstory.model import Conversation, Turn
    from gitstory.store.store import Batch

    one, _two = talk(project, home)
    child = Conversation("claude-code", "child-0001", (Turn("c1", 1, SECRET),), parent=one.id, subagent=True)
    with Repo.open(project.path) as opened:
        StoryStore(opened).write(Batch(conversations=[child]))
    forget(project, one.id)
    assert traces_of(project, "child-0001") == []


def test_dry_run_changes_nothing(project: GitRepo, home: Path) -> None:
    one, _two = talk(project, home)
    before = project.git("for-each-ref")
    said = git_story(project.path, "forget", "--dry-run", one.id).stdout
    assert f"conversation {one.id} (claude-code)" in said
    assert "2 stored turns would be forgotten, 2 stories would be rewritten or removed" in said
    assert project.git("for-each-ref") == before


def test_nobody_to_ask(project: GitRepo, home: Path) -> None:
    one, _two = talk(project, home)
    before = project.git("for-each-ref")
    said = git_story(project.path, "forget", one.id, check=False)
    assert said.returncode == 1 and said.stderr.splitlines()[1].startswith("hint: add --yes")
    assert project.git("for-each-ref") == before


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("99999999",), 1, "error: no conversation's id starts with 99999999\nhint:"),
        (("1111#9",), 1, "has no turn 9\nhint: its turns are 1 to 2"),
        (("HEAD~3",), 1, "error: nothing is recorded of"),
        ((), 2, "error: name a conversation, a turn or a revision, or give --all\n"),
        (("--all", "HEAD"), 2, "error: name a conversation"),
    ],
    ids=["unknown", "no-turn", "no-story", "nothing", "both"],
)
def test_errors(project: GitRepo, home: Path, args: tuple[str, ...], code: int, said: str) -> None:
    talk(project, home)
    done = run(project.path, "forget", "--yes", *args)
    assert done.code == code and said in done.err and len(done.err.splitlines()) == 2


def test_a_conversation_that_was_never_stored_can_be_kept_out(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON, "44444444-aaaa-4bbb-8ccc-000000000004")
    session.prompt(SECRET)
    forget(project, "44444444")
    session.write("never.py", "never_recorded = True\n")
    project.commit("never", at=NOON + 100)
    git_story(project.path, "drain")
    assert links(project.path) == {} and traces_of(project, SECRET) == []


def test_stopped_in_the_middle_it_is_finished_by_the_next_command(project: GitRepo, home: Path) -> None:
    """Killed after the store was written: the text lies in old objects and caches until any command runs."""
    from gitstory.store.erasure_plan import Wish, forgetting, widened

    one, _two = talk(project, home)
    with Repo.open(project.path) as opened:
        store = StoryStore(opened)
        (opened.home / "taking-back").touch()
        wish = Wish(frozenset({("claude-code", one.id)}))
        store.update(lambda contents: forgetting(contents, widened(contents, wish), lambda s, t: "note"))
    assert traces_of(project, SECRET)
    git_story(project.path, "show")
    assert traces_of(project, SECRET) == [] and traces_of(project, one.id) == []
    assert not (project.path / ".git" / "gitstory" / "taking-back").exists()


def test_finishing_twice_does_no_harm(project: GitRepo, home: Path) -> None:
    one, two = talk(project, home)
    forget(project, one.id)
    with Repo.open(project.path) as opened:
        resume(opened)
        resume(opened)
    assert links(project.path) == {two.id: "lines"}


def test_a_pull_does_not_bring_it_back(project: GitRepo, home: Path, tmp_path: Path) -> None:
    """Another machine still has it all: the union of both stores does not."""
    from gitstory.store.record_merge import merge
    from tests.integration.everything import tree_files

    one, _two = talk(project, home)
    shutil.copytree(project.path, tmp_path / "other")
    other = GitRepo(tmp_path / "other")
    forget(project, one.id)
    merged = merge(tree_files(project, DATA_REF), tree_files(other, DATA_REF))
    assert merged == merge(tree_files(other, DATA_REF), tree_files(project, DATA_REF))
    assert [path for path, data in merged.items() if SECRET.encode() in data or one.id.encode() in path + data] == []
    assert any(OTHER.encode() in data for data in merged.values())


def test_a_worktree_and_a_bare_clone(project: GitRepo, home: Path, tmp_path: Path) -> None:
    one, _two = talk(project, home)
    linked = tmp_path / "linked"
    project.git("worktree", "add", "-q", str(linked))
    bare = tmp_path / "bare.git"
    project.git("clone", "-q", "--mirror", str(project.path), str(bare))
    git_story(linked, "forget", "--yes", one.id)
    assert traces_of(project, SECRET) == []
    git_story(bare, "forget", "--yes", "--gc", one.id)
    assert traces_of(GitRepo(bare), SECRET) == []


def test_sha256_and_reftable(tmp_path: Path, home: Path) -> None:
    repo = GitRepo.init(tmp_path / "sha256", "--object-format=sha256")
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    one, two = talk(repo, home)
    git_story(repo.path, "forget", "--yes", one.id)
    assert traces_of(repo, SECRET) == [] and links(repo.path) == {two.id: "lines"}


def test_history_files_in_the_work_tree_are_pointed_at(project: GitRepo, home: Path) -> None:
    one, _two = talk(project, home)
    project.write(f".gitstory/history/2026-start-{one.id}.md", "told\n")
    said = git_story(project.path, "forget", "--yes", one.id)
    assert f"still in files of the work tree: .gitstory/history/2026-start-{one.id}.md" in said.stderr


def test_both_refs_stay_parentless_and_readable(project: GitRepo, home: Path) -> None:
    one, _two = talk(project, home)
    forget(project, one.id)
    for ref in (DATA_REF, NOTES_REF):
        assert project.git("rev-list", "--count", ref) == "1"
    assert "missing" not in project.git("fsck", "--full", "--no-dangling")


def test_it_travels_with_the_next_push(project: GitRepo, home: Path, tmp_path: Path) -> None:
    """What was pushed is taken back on the remote, and on a machine that pulls, which does not bring it back either."""
    one, two = talk(project, home)
    remote = GitRepo.init(tmp_path / "remote.git", "--bare")
    project.git("remote", "add", "origin", str(remote.path))
    project.git("push", "-q", "origin", "main")
    git_story(project.path, "push", "--yes")
    project.git("clone", "-q", "-b", "main", str(remote.path), str(tmp_path / "other"))
    other = GitRepo(tmp_path / "other")
    git_story(other.path, "pull")
    assert links(other.path, "HEAD~1") == {one.id: "lines"}
    git_story(project.path, "forget", "--yes", one.id)
    assert traces_of(project, SECRET) == []
    git_story(other.path, "sync", "--yes")
    git_story(project.path, "pull")
    git_story(project.path, "push", "--yes")
    git_story(other.path, "pull", "--yes")
    for repo in (project, other):
        assert links(repo.path, "HEAD~1") == {} and links(repo.path) == {two.id: "lines"}
        assert SECRET not in git_story(repo.path, "log", "--all", "--json").stdout
        assert traces_of(repo, SECRET) == []
    stored = remote.git("rev-list", "--objects", "--all")
    assert all(SECRET.encode() not in data for oid, data in objects(remote) if oid in stored)
    remote.git("gc", "-q", "--prune=now")
    assert traces_of(remote, SECRET) == []


def test_what_is_switched_on_or_off_here_stays_so(project: GitRepo, home: Path) -> None:
    talk(project, home)
    own = project.path / ".git" / "gitstory"
    marks = ["disabled", "auto-pull.on", "pre-commit.json", "backfill-lock", "pull.lock"]
    for name in marks:
        (own / name).touch()
    forget(project, "--all")
    assert [name for name in marks if (own / name).exists()] == marks
