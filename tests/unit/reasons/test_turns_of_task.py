"""Which earlier turns belong to the task of a line, and which are about something else."""

from __future__ import annotations

from gitstory.queries.reasons.gather import gather
from gitstory.queries.reasons.turns_of_task import earlier
from tests.unit.reasons.scenes import PATH, SAID, edit, only, scene, turn


def test_what_was_asked_before_the_work_was_merged_is_another_task() -> None:
    turns = (
        turn(1, "Bring the branch of the parser up to date with main", SAID),
        turn(2, "ok, merged. can we tag it please?", SAID),
        turn(3, "yes", edit()),
    )
    assert [each.index for each in earlier(scene(*turns))] == [2]


def test_a_request_of_its_own_that_edited_other_files_is_another_task() -> None:
    words = "disk_cache.read and cache_key of cache_store"
    asked = turn(2, "Is it worth to read from the disk in the cache?", SAID, kind="question")
    for path, shown in (("src/other.py", []), (PATH, [f"Look why {words} are untracked"])):
        before = turn(1, f"Look why {words} are untracked", edit("x = 1", path=path), kind="request")
        found = only(gather(scene(before, asked, turn(3, "Implement this", edit()))), "earlier-request")
        assert [each.text for each in found if "untracked" in each.text] == shown


def test_a_chore_ahead_of_the_task_is_not_what_was_asked() -> None:
    sync = turn(1, "let's bring this branch up to date with origin/main please", SAID)
    found = gather(scene(sync, turn(2, "/review-pr", SAID), turn(3, "yep, in 3 commits", edit())))
    assert not [each for each in only(found, "earlier-request") if "origin" in each.text]
