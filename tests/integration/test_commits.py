"""The ways people and agents commit, each on a real repository with a real agent store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines, links, removed, story

NOON = 1_780_000_000
BASE = "".join(f"line number {n} of the base\n" for n in range(1, 21))


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    repo.commit("base", {"base.txt": BASE, "README.md": "# project\n"}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    return repo


def committed(project: GitRepo, message: str = "change", at: int = NOON + 500) -> str:
    oid = project.commit(message, at=at)
    git_story(project.path, "drain")
    return oid


def test_a_person_commits_what_one_turn_wrote(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Add a greeting")
    session.write("hello.py", "def greet(name):\n    return f'hello {name}'\n")
    committed(project)
    assert links(project.path) == {session.id: "lines"}
    assert lines(project.path, "hello.py") == {1: turn, 2: turn}


def test_a_partially_staged_file_gives_only_the_staged_lines_turn(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    first = session.prompt("Mark the start")
    session.edit("base.txt", "line number 2 of the base\n", "line number 2 of the base\nthe start was marked here\n")
    second = session.prompt("Mark the end")
    session.edit("base.txt", "line number 19 of the base\n", "line number 19 of the base\nthe end was marked here\n")
    whole = (project.path / "base.txt").read_text()
    part = whole.replace("the end was marked here\n", "")
    project.write("base.txt", part)
    project.git("add", "base.txt")
    project.write("base.txt", whole)
    project.time = NOON + 100
    project.git("commit", "-q", "-m", "first half")
    git_story(project.path, "drain")
    assert lines(project.path, "base.txt") == {3: first}
    committed(project, "second half", NOON + 200)
    assert lines(project.path, "base.txt") == {21: second}


def test_one_turns_files_split_over_three_commits(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Write three modules")
    for name in ("one", "two", "three"):
        session.write(f"{name}.py", f"value_of_{name} = 'the content of {name}'\n")
    for n, name in enumerate(("one", "two", "three")):
        project.git("add", f"{name}.py")
        project.time = NOON + 100 + n * 100
        project.git("commit", "-q", "-m", name)
    git_story(project.path, "drain")
    for back, name in enumerate(("three", "two", "one")):
        assert lines(project.path, f"{name}.py", f"HEAD~{back}") == {1: turn}
        assert links(project.path, f"HEAD~{back}") == {session.id: "lines"}


def test_the_agent_commits_in_the_middle_of_a_turn(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Add it, commit, and go on")
    session.write("a.py", "first_part = 'written before the commit'\n")
    oid = session.commit(project, "first part")
    session.write("b.py", "second_part = 'written after the commit'\n")
    git_story(project.path, "drain")
    assert lines(project.path, "a.py", oid) == {1: turn}
    committed(project, "second part")
    assert lines(project.path, "b.py") == {1: turn}


def test_one_prompt_three_commits(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Three commits please")
    oids = []
    for n in range(3):
        session.write(f"part{n}.py", f"part_number_{n} = 'of three parts'\n")
        oids.append(session.commit(project, f"part {n}"))
    git_story(project.path, "drain")
    for n, oid in enumerate(oids):
        assert lines(project.path, f"part{n}.py", oid) == {1: turn}


def test_a_commit_long_after_the_turn(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Prepare this for later")
    session.write("later.py", "prepared_for_later = True\n")
    project.git("stash", "-u", "-q")
    project.commit("something of mine", {"mine.txt": "typed by hand, all of it\n"}, at=NOON + 86400)
    project.git("stash", "pop", "-q")
    committed(project, "at last", NOON + 20 * 86400)
    assert lines(project.path, "later.py") == {1: turn}
    assert links(project.path, "HEAD~1") == {}


def test_two_conversations_in_one_directory(project: GitRepo, home: Path) -> None:
    one = ClaudeSession(home, project.path, NOON)
    two = ClaudeSession(home, project.path, NOON + 1)
    first, second = one.prompt("Work on the head"), two.prompt("Work on the tail")
    one.edit("base.txt", "line number 1 of the base\n", "the head was rewritten by one\n")
    two.time = one.time
    two.edit("base.txt", "line number 20 of the base\n", "the tail was rewritten by two\n")
    committed(project)
    assert lines(project.path, "base.txt") == {1: first, 20: second}
    assert removed(project.path, "base.txt") == {1: first, 20: second}
    assert links(project.path) == {one.id: "lines", two.id: "lines"}


def test_conversation_in_the_main_checkout_commit_in_a_linked_worktree(project: GitRepo, home: Path) -> None:
    tree = project.path.parent / "linked"
    project.git("worktree", "add", "-q", "-b", "side", str(tree))
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Change it over there")
    linked = GitRepo(tree)
    here, session.cwd = session.cwd, tree
    session.write("there.py", "written_in = 'the linked worktree'\n")
    session.cwd = here
    committed(linked)
    assert lines(tree, "there.py") == {1: turn}


def test_conversation_in_a_worktree_that_is_gone(project: GitRepo, home: Path) -> None:
    tree = project.path / ".worktrees" / "feature"
    project.git("worktree", "add", "-q", "-b", "feature", str(tree))
    session = ClaudeSession(home, tree, NOON)
    turn = session.prompt("Build the feature")
    session.write("src/deep/feature.py", "the_feature = 'was built in a worktree'\nand_it = 'works as asked for'\n")
    linked = GitRepo(tree)
    linked.commit("feature", at=NOON + 100)
    project.git("worktree", "remove", "--force", str(tree))
    project.time = NOON + 200
    project.git("merge", "-q", "--ff-only", "feature")
    git_story(project.path, "backfill", "--all")
    assert lines(project.path, "src/deep/feature.py") == {1: turn, 2: turn}


def test_conversation_in_a_subdirectory(project: GitRepo, home: Path) -> None:
    (project.path / "pkg").mkdir()
    session = ClaudeSession(home, project.path / "pkg", NOON)
    turn = session.prompt("Add a module here")
    session.write("inner.py", "inside_the_package = True\n")
    committed(project)
    assert lines(project.path / "pkg", "pkg/inner.py") == {1: turn}


def test_a_conversation_that_only_reads_is_not_the_reason(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("What does this project do?")
    session.bash("cat README.md", "# project")
    session.say("It is a project.")
    project.write("mine.txt", "typed by hand, not by an agent\n")
    committed(project)
    assert links(project.path) == {}


def test_an_abandoned_conversation_is_not_the_reason(project: GitRepo, home: Path) -> None:
    abandoned = ClaudeSession(home, project.path, NOON)
    abandoned.prompt("Try it with recursion")
    abandoned.edit("base.txt", "line number 5 of the base\n", "tried with recursion and given up\n")
    project.git("checkout", "-q", "--", "base.txt")
    other = ClaudeSession(home, project.path, NOON + 100)
    turn = other.prompt("Do it with a loop")
    other.edit("base.txt", "line number 5 of the base\n", "done with a plain loop instead\n")
    committed(project)
    assert links(project.path) == {other.id: "lines"}
    assert lines(project.path, "base.txt") == {5: turn}


def test_reverted_and_replaced_lines_belong_to_the_last_turn(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Use a list")
    session.edit("base.txt", "line number 7 of the base\n", "container = list_of_all_things()\n")
    second = session.prompt("No, use a set instead")
    session.edit("base.txt", "container = list_of_all_things()\n", "container = set_of_all_things()\n")
    committed(project)
    assert lines(project.path, "base.txt") == {7: second}


def test_a_heredoc_is_as_good_as_a_write(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Generate the settings")
    text = "setting_one = 'generated by the shell'\nsetting_two = 'generated as well'\n"
    project.write("settings.py", text)
    session.bash(f"cat > settings.py <<'EOF'\n{text}EOF", "")
    committed(project)
    assert lines(project.path, "settings.py") == {1: turn, 2: turn}


def test_a_file_changed_by_sed_is_linked_by_name_only(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Rename it everywhere")
    project.write("base.txt", BASE.replace("base", "foundation"))
    session.bash("sed -i 's/base/foundation/' base.txt", "")
    committed(project)
    found = story(project.path)
    assert [one["evidence"] for one in found["conversations"]] == ["files"]
    assert lines(project.path, "base.txt") == {}


def test_a_formatter_between_edit_and_commit_is_seen_through(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Add the table")
    session.write("table.js", "const table={one:'first entry',two:'second entry'}\nexport default table\n")
    project.write("table.js", 'const table = { one: "first entry", two: "second entry" };\nexport default table;\n')
    committed(project)
    assert lines(project.path, "table.js") == {1: turn, 2: turn}


def test_line_endings_do_not_matter(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Add a batch file")
    session.write("run.bat", "echo this is the batch file\necho it has two lines\n")
    project.write("run.bat", b"echo this is the batch file\r\necho it has two lines\r\n")
    committed(project)
    assert lines(project.path, "run.bat") == {1: turn, 2: turn}


def test_dependency_bumps_and_bots_link_to_nothing(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Add a lock file")
    session.write("lock.txt", "package-one==1.0.0\npackage-two==2.0.0\n")
    committed(project)
    project.write("lock.txt", "package-one==1.0.1\npackage-two==2.0.0\n")
    project.git("add", "-A")
    project.time = NOON + 600
    project.git(
        "-c", "user.name=dependabot[bot]", "-c", "user.email=bot@example.com", "commit", "-qm", "Bump package-one"
    )
    git_story(project.path, "drain")
    git_story(project.path, "backfill", "--all")
    assert links(project.path) == {}


def test_a_conversation_of_an_unrelated_repository_is_never_linked(
    project: GitRepo, home: Path, tmp_path: Path
) -> None:
    other = GitRepo.init(tmp_path / "unrelated")
    other.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    session = ClaudeSession(home, other.path, NOON)
    session.prompt("Change the base")
    session.edit("base.txt", "line number 3 of the base\n", "the very same sentence in both\n")
    project.write("base.txt", BASE.replace("line number 3 of the base\n", "the very same sentence in both\n"))
    committed(project)
    assert links(project.path) == {}


def test_a_merge_has_a_story_only_for_what_neither_parent_has(project: GitRepo, home: Path) -> None:
    project.git("checkout", "-q", "-b", "side")
    project.commit("side", {"base.txt": BASE.replace("number 4 ", "number four, by the side, ")}, at=NOON)
    project.git("checkout", "-q", "main")
    project.commit("main", {"base.txt": BASE.replace("number 4 ", "number four, by the main, ")}, at=NOON + 10)
    project.git("merge", "-q", "side", check=False)
    session = ClaudeSession(home, project.path, NOON + 20)
    turn = session.prompt("Resolve the conflict")
    merged = BASE.replace("line number 4 of the base", "line number four of both sides, resolved")
    session.write("base.txt", merged)
    committed(project, "merge", NOON + 100)
    assert lines(project.path, "base.txt") == {4: turn}


def test_a_root_commit(repo: GitRepo, home: Path) -> None:
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON)
    turn = session.prompt("Start a project")
    session.write("main.py", "print('the very first line')\n")
    oid = repo.commit("root", at=NOON + 100)
    git_story(repo.path, "backfill", "--all")
    assert lines(repo.path, "main.py", oid) == {1: turn}


def test_an_octopus_merge_without_own_lines_has_no_story(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Three branches")
    for name in ("x", "y", "z"):
        project.git("checkout", "-q", "-b", name, "main")
        session.write(f"{name}.py", f"module_named_{name} = 'of the octopus'\n")
        project.commit(name, at=session.time + 1)
    project.git("checkout", "-q", "main")
    project.time = session.time + 50
    project.git("merge", "-q", "-m", "octopus", "x", "y", "z")
    git_story(project.path, "backfill", "--all")
    assert links(project.path) == {}
    assert links(project.path, "x") == {session.id: "lines"}


def test_a_failed_edit_explains_nothing(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Change it")
    session.failed_edit("base.txt", "no such line", "this sentence was never written by it")
    project.write("base.txt", BASE + "this sentence was never written by it\n")
    committed(project)
    assert links(project.path) == {}


def test_git_mv_then_edit_keeps_the_lines(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    first = session.prompt("Write it")
    session.write("old.py", "".join(f"statement_{n} = 'written at first'\n" for n in range(6)))
    second = session.prompt("Move it and go on")
    project.git("add", "-A")
    project.git("mv", "old.py", "new.py")
    session.bash("git mv old.py new.py", "")
    session.edit("new.py", "statement_3 = 'written at first'\n", "statement_3 = 'changed after the move'\n")
    committed(project)
    found = lines(project.path, "new.py")
    assert found[4] == second
    assert {found[n] for n in (1, 2, 3, 5, 6)} == {first}


def test_a_deleted_file_is_the_turns_doing(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Drop the base")
    (project.path / "base.txt").unlink()
    session.bash("rm base.txt", "")
    committed(project)
    assert set(removed(project.path, "base.txt").values()) == {turn}
    assert len(removed(project.path, "base.txt")) == 20


def test_what_a_person_adds_between_stays_the_persons(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Write the first half")
    session.write("half.py", "first_half = 'by the agent'\n")
    project.write("half.py", "first_half = 'by the agent'\nsecond_half = 'typed by a person'\n")
    committed(project)
    assert lines(project.path, "half.py") == {1: turn}


def test_a_path_that_is_not_utf8_and_content_that_is_not(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Add a file")
    session.write("plain.py", "plain_text = 'next to strange bytes'\n")
    project.write("latin.txt", "caf\xe9 au lait\n".encode("latin-1"))
    strange = project.path / "str\udcffange.txt"
    strange.write_bytes(b"strange\n")
    committed(project)
    assert lines(project.path, "plain.py") == {1: turn}


def test_what_a_commit_took_is_not_claimed_again(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Add a check")
    text = "check_that_everything_is_fine(now=True)\n"
    session.edit("base.txt", "line number 9 of the base\n", f"line number 9 of the base\n{text}")
    committed(project, "add", NOON + 100)
    assert lines(project.path, "base.txt") == {10: turn}
    project.write("base.txt", BASE)
    committed(project, "taken out by hand", NOON + 200)
    project.write("base.txt", BASE + text)
    committed(project, "put elsewhere by hand", NOON + 300)
    assert links(project.path) == {}


SMALL = "import os\n\nprint(os.name)\n"


def test_a_small_file_that_was_renamed_before_it_was_committed(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Print the name of the system")
    session.write("tool.py", SMALL)
    (project.path / "tool.py").rename(project.path / "name.py")
    committed(project)
    assert lines(project.path, "name.py") == dict.fromkeys((1, 2, 3), turn)


def test_a_small_file_that_two_files_could_have_been_is_nobodys(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Print the name of the system twice")
    session.write("one.py", SMALL)
    session.write("two.py", SMALL)
    (project.path / "one.py").rename(project.path / "name.py")
    (project.path / "two.py").unlink()
    committed(project)
    assert lines(project.path, "name.py") == {}


def test_a_small_file_that_was_committed_is_not_written_again_by_a_copy(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Print the name of the system")
    session.write("tool.py", SMALL)
    committed(project)
    project.commit("a copy", {"copy.py": SMALL}, at=NOON + 5000)
    git_story(project.path, "drain")
    assert lines(project.path, "copy.py") == {}


def test_a_commit_that_only_removes_what_a_turn_removed(project: GitRepo, home: Path) -> None:
    project.commit(
        "calc", {"calc.py": "def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n"}, at=NOON - 500
    )
    git_story(project.path, "drain")
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Drop sub again")
    session.edit("calc.py", "    return a + b\n\n\ndef sub(a, b):\n    return a - b\n", "    return a + b\n")
    committed(project)
    assert removed(project.path, "calc.py") == dict.fromkeys((3, 4, 5, 6), turn)
    assert links(project.path) == {session.id: "lines"}
