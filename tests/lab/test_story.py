"""The main job, with nothing pretended but the model: an agent works, someone commits, the commit tells why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.gitrepo import GitRepo
from tests.lab.agents import Session
from tests.lab.bench import CALC, NOTES, SUBTRACT, Bench, ranges, strong_turns

pytestmark = pytest.mark.lab

FIRST = "Add subtract and note it down"
SECOND = "Add multiply too"
MULTIPLY = "\n\ndef multiply(a, b):\n    return a * b\n"
LABELS = {"claude-code": "Claude Code", "codex": "Codex"}


def first_turn(bench: Bench) -> str:
    """The agent's usual first turn, committed by itself; the commit's id."""
    bench.turn(FIRST, *bench.add_subtract(bench.commit_call("Add subtract")))
    return bench.repo.git("rev-parse", "HEAD")


def second_turn(bench: Bench, session: Session = "resume") -> None:
    """One more edit, left in the work tree."""
    calc, line = bench.repo.path / "calc.py", "    return a - b\n"
    bench.turn(SECOND, bench.agent.read(calc), bench.agent.edit(calc, line, line + MULTIPLY), session=session)


def only_conversation(bench: Bench, story: dict[str, Any]) -> dict[str, Any]:
    (conversation,) = story["conversations"]
    assert (conversation["agent"], conversation["id"]) == (bench.agent.name, bench.conversation)
    return dict(conversation)


def test_agents_own_commit_names_its_turn(enabled: Bench) -> None:
    commit = first_turn(enabled)
    story = enabled.show()
    assert (story["schema"], story["commit"], story["subject"]) == ("gitstory.story/1", commit, "Add subtract")
    conversation = only_conversation(enabled, story)
    assert conversation["evidence"] == "lines"
    assert strong_turns(conversation) == [(1, FIRST, "lines")]
    assert ranges(story, "calc.py") == [(3, 6)]
    assert ranges(story, "notes.md") == [(1, 3)]
    assert conversation["lines"] == 7


def test_blame_gives_each_line_its_turn(enabled: Bench) -> None:
    first_turn(enabled)
    lines = enabled.blame("calc.py")
    assert [line["text"] for line in lines] == (CALC + SUBTRACT).splitlines()
    assert [line["conversation"] for line in lines] == [None] * 2 + [enabled.conversation] * 4
    assert {line["prompt"] for line in lines[2:]} == {FIRST}
    turns = {part["turn"] for file in enabled.show()["files"] for part in file["ranges"]}
    assert {line["turn"] for line in lines[2:]} == turns


def test_note_reads_well(enabled: Bench) -> None:
    first_turn(enabled)
    enabled.story("drain")
    note = enabled.note()
    assert LABELS[enabled.agent.name] in note
    assert FIRST in note
    assert enabled.note("HEAD~1") == ""


def test_terminal_output_tells_prompt_and_answer(enabled: Bench) -> None:
    enabled.turn(FIRST, *enabled.add_subtract(enabled.commit_call("Add subtract")), answer="Subtract is in place.")
    said = enabled.story("show").stdout
    assert FIRST in said
    assert "Subtract is in place." in said


def test_person_commits_a_later_turn(enabled: Bench) -> None:
    first_turn(enabled)
    second_turn(enabled)
    enabled.commit_by_hand("Add multiply")
    story = enabled.show()
    conversation = only_conversation(enabled, story)
    assert strong_turns(conversation) == [(2, SECOND, "lines")]
    assert ranges(story, "calc.py") == [(7, 10)]
    assert [line["prompt"] for line in enabled.blame("calc.py")] == [None] * 2 + [FIRST] * 4 + [SECOND] * 4


def test_resumed_conversation_commits_again(enabled: Bench) -> None:
    first_turn(enabled)
    calc, line = enabled.repo.path / "calc.py", "    return a - b\n"
    edit = enabled.agent.edit(calc, line, line + MULTIPLY)
    enabled.turn(SECOND, enabled.agent.read(calc), edit, enabled.commit_call("Add multiply"), session="resume")
    stories = [json.loads(line) for line in enabled.story("log", "--json").stdout.splitlines()]
    assert [strong_turns(only_conversation(enabled, story)) for story in stories] == [
        [(2, SECOND, "lines")],
        [(1, FIRST, "lines")],
    ]


def test_new_conversation_is_another_one(enabled: Bench) -> None:
    first_turn(enabled)
    second_turn(enabled, session="new")
    enabled.commit_by_hand("Add multiply")
    (latest,) = enabled.show()["conversations"]
    (earlier,) = enabled.show("HEAD~1")["conversations"]
    assert strong_turns(latest) == [(1, SECOND, "lines")]
    assert latest["id"] != earlier["id"]


def test_drain_while_the_agent_still_works(enabled: Bench) -> None:
    """The commit is seconds old, its turn still open: a right story now, the same turn complete afterwards."""
    seen: dict[str, Any] = {}

    def look() -> None:
        enabled.story("drain")
        seen["story"] = enabled.show()
        seen["note"] = enabled.note()

    enabled.turn(
        FIRST, *enabled.add_subtract(enabled.commit_call("Add subtract")), before_answer=look, answer="Late word."
    )
    assert strong_turns(only_conversation(enabled, seen["story"])) == [(1, FIRST, "lines")]
    assert FIRST in seen["note"]
    enabled.story("drain")
    assert strong_turns(only_conversation(enabled, enabled.show())) == [(1, FIRST, "lines")]
    assert "Late word." in enabled.story("show", "--full").stdout


def test_drain_inside_the_committing_call(enabled: Bench) -> None:
    """The agent's own shell drains right after its commit, when its store lags most."""
    enabled.turn(FIRST, *enabled.add_subtract(enabled.commit_call("Add subtract", then=" && git story drain || true")))
    story = enabled.show()
    assert strong_turns(only_conversation(enabled, story)) == [(1, FIRST, "lines")]
    assert ranges(story, "calc.py") == [(3, 6)]


def test_agent_commits_what_a_person_wrote(enabled: Bench) -> None:
    enabled.repo.write("by_hand.py", "WRITTEN = 'by a person'\n")
    enabled.turn("Commit my work please", enabled.commit_call("Add by_hand", flags="-q"))
    story = enabled.show()
    conversation = only_conversation(enabled, story)
    assert strong_turns(conversation) == [(1, "Commit my work please", "command")]
    assert conversation["evidence"] == "command"
    assert ranges(story, "by_hand.py") == []
    assert [line["turn"] for line in enabled.blame("by_hand.py")] == [None]


def test_commit_of_unrelated_files_has_no_link(enabled: Bench) -> None:
    """The agent's edit of calc.py stays pending while a person commits something else, and is linked later."""
    enabled.turn(FIRST, *enabled.add_subtract())
    enabled.repo.write("README.md", "# Calculator\n")
    enabled.commit_by_hand("Add a readme", "README.md")
    unrelated = enabled.show()
    assert [c for c in unrelated["conversations"] if c["evidence"] != "time"] == []
    assert ranges(unrelated, "README.md") == []
    enabled.commit_by_hand("Add subtract")
    assert strong_turns(only_conversation(enabled, enabled.show())) == [(1, FIRST, "lines")]


def test_commit_before_any_conversation_has_no_link(enabled: Bench) -> None:
    enabled.repo.write("README.md", "# Calculator\n")
    enabled.commit_by_hand("Add a readme")
    enabled.turn(FIRST, *enabled.add_subtract())
    assert enabled.show()["conversations"] == []


def test_lines_a_person_added_stay_the_persons(enabled: Bench) -> None:
    enabled.turn(FIRST, *enabled.add_subtract())
    calc = enabled.repo.path / "calc.py"
    calc.write_text(
        '"""By hand."""\n' + calc.read_text().replace("return a - b", "return a - b  # checked by a person")
    )
    enabled.commit_by_hand("Add subtract")
    story = enabled.show()
    assert strong_turns(only_conversation(enabled, story)) == [(1, FIRST, "lines")]
    assert ranges(story, "calc.py") == [(4, 6)]
    assert [line["turn"] is None for line in enabled.blame("calc.py")] == [True] * 3 + [False] * 3 + [True]


def test_removed_lines_are_told(enabled: Bench) -> None:
    first_turn(enabled)
    calc = enabled.repo.path / "calc.py"
    gone = "\n\ndef subtract(a, b):\n    return a - b\n"
    edit = enabled.agent.edit(calc, "    return a + b\n" + gone, "    return a + b\n")
    enabled.turn("Drop subtract again", enabled.agent.read(calc), edit, session="resume")
    enabled.commit_by_hand("Drop subtract")
    story = enabled.show()
    assert strong_turns(only_conversation(enabled, story)) == [(2, "Drop subtract again", "lines")]
    (file,) = story["files"]
    assert [(part["start"], part["end"]) for part in file["removed"]] == [(3, 6)]


HEREDOC = "cat > list.txt <<'END'\nfirst entry\nsecond entry\nEND\n"


@pytest.mark.parametrize("together", [True, False])
def test_file_written_by_the_shell(enabled: Bench, together: bool) -> None:
    """The command tells the file's content; written and committed within one second, as agents do."""
    commit = "git add -A && git commit -m 'Add a list'"
    calls = [HEREDOC + commit] if together else [HEREDOC, commit]
    enabled.turn("List two things", *(enabled.agent.shell(call) for call in calls))
    story = enabled.show()
    assert strong_turns(only_conversation(enabled, story)) == [(1, "List two things", "lines")]
    assert ranges(story, "list.txt") == [(1, 2)]


def test_file_a_program_wrote_for_the_agent(enabled: Bench) -> None:
    """What was written is told nowhere, but the hook's environment names the conversation."""
    write = enabled.agent.shell("seq 100 120 | rev > list.txt")
    enabled.turn("List some numbers", write, enabled.commit_call("Add a list"))
    story = enabled.show()
    assert strong_turns(only_conversation(enabled, story)) == [(1, "List some numbers", "command")]
    assert ranges(story, "list.txt") == []


def test_amended_by_a_person(enabled: Bench) -> None:
    old = first_turn(enabled)
    enabled.repo.git("commit", "-q", "--amend", "-m", "Add subtract, in better words")
    story = enabled.show()
    assert story["commit"] != old
    assert strong_turns(only_conversation(enabled, story)) == [(1, FIRST, "lines")]
    assert ranges(story, "calc.py") == [(3, 6)]
    assert FIRST in enabled.note()


def test_worktree(enabled: Bench) -> None:
    tree = enabled.repo.path.parent / "side tree"
    enabled.repo.git("worktree", "add", "-q", "-b", "side", str(tree))
    enabled.turn(FIRST, *enabled.add_subtract(enabled.commit_call("Add subtract"), root=tree), cwd=tree)
    assert enabled.show("HEAD", cwd=tree) == enabled.show("side")
    assert strong_turns(only_conversation(enabled, enabled.show("side"))) == [(1, FIRST, "lines")]
    enabled.repo.git("worktree", "remove", "--force", str(tree))
    assert ranges(enabled.show("side"), "notes.md") == [(1, 3)]


def test_hook_that_never_ran_is_made_up_for(bench: Bench) -> None:
    """Work and commit first, enable afterwards: the next command finds the commit by itself or by backfill."""
    bench.turn(FIRST, *bench.add_subtract(bench.commit_call("Add subtract")))
    bench.story("enable")
    bench.story("backfill", "--all")
    assert strong_turns(only_conversation(bench, bench.show())) == [(1, FIRST, "lines")]


def test_agents_store_is_only_read(enabled: Bench) -> None:
    first_turn(enabled)
    before = {path: path.read_bytes() for path in enabled.agent.transcripts()}
    enabled.story("drain")
    enabled.show()
    assert {path: path.read_bytes() for path in enabled.agent.transcripts()} == before


def test_secret_in_a_prompt_is_not_stored(enabled: Bench) -> None:
    secret = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fL3iO6"
    settings = enabled.repo.path / "settings.ini"
    write = enabled.agent.write(settings, f"token = {secret}\n")
    enabled.turn(f"Write the token {secret} down", write, enabled.commit_call("Add settings"))
    assert enabled.show()["conversations"] != []
    assert secret.encode() not in stored_bytes(enabled)


def stored_bytes(bench: Bench) -> bytes:
    """Everything gitstory put into the object database."""
    refs = bench.repo.git("for-each-ref", "--format=%(refname)", "refs/story", "refs/notes/story").split()
    assert refs
    objects = bench.repo.git("rev-list", "--objects", "--no-object-names", *refs).encode() + b"\n"
    return bench.repo.git("cat-file", "--batch", input=objects).encode("utf-8", "surrogateescape")


def test_other_repository_is_left_alone(enabled: Bench, tmp_path: Path) -> None:
    """The same agent works elsewhere on a file of the same name: no link here."""
    other = GitRepo.init(tmp_path / "other")
    other.commit("Add calc", {"calc.py": CALC})
    calls = enabled.add_subtract(root=other.path)
    enabled.turn(FIRST, *calls, cwd=other.path)
    enabled.repo.write("calc.py", CALC + SUBTRACT)
    enabled.repo.write("notes.md", NOTES)
    enabled.commit_by_hand("Type it all in myself")
    assert enabled.show()["conversations"] == []
