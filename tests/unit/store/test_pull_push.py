"""What one pull and one push move, remember and refuse, between real repositories."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gitstory.git import fetch_push
from gitstory.git.fetch_push import Caller, PushRefused, RemoteUnreachable, resolve
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Link, Story, Turn, TurnLink
from gitstory.store.record_paths import TAKING_BACK, Tombstone
from gitstory.store.store import DATA_REF, NOTES_REF, SUBJECTS, Batch, StoryStore
from gitstory.store.sync import known_remotes, pull_push
from gitstory.store.sync.apply_merge import Absorbed
from gitstory.store.sync.pull_push import NotTaken, OthersQuicker, Seen, StoreRemote, look, pull, push
from gitstory.store.tracking_ref_replacements import base_of, base_ref, replace_tracking
from gitstory.summary.note_text import note_text
from tests.gitrepo import GitRepo

WHO = Caller()
COMMIT, OTHER = "a" * 40, "b" * 40
ONE = ("codex", "c1")
HASH = Tombstone("conversation", ONE)


class Side:
    """One clone with gitstory's directory, or the remote."""

    def __init__(self, base: Path, name: str, *args: str) -> None:
        self.files = GitRepo.init(base / name, *args)
        self.repo = Repo.open(self.files.path)
        if not args:
            self.repo.home.mkdir(parents=True)

    @property
    def place(self) -> StoreRemote:
        return StoreRemote(resolve(self.repo, "../remote.git", push=True)[0])

    def write(self, commit: str = COMMIT) -> None:
        """A story that names c1, or c2 for another commit than the first one."""
        key = ONE if commit == COMMIT else ("codex", "c2")
        link = Link(*key, "lines", 1, (TurnLink("t1", 1, "lines", 1),))
        talk = Conversation(*key, turns=(Turn("t1", 1, "p"),))
        StoryStore(self.repo).write(Batch([Story(commit, (link,))], [talk], {commit: f"note of {commit[:2]}"}))

    def erase(self, *tombstones: Tombstone) -> None:
        StoryStore(self.repo).write(Batch(tombstones=tombstones or [HASH]))

    def push(self) -> pull_push.Pushed:
        return push(self.repo, self.place, note_text, WHO)

    def pull(self, erase: bool = False) -> Absorbed | None:
        return pull(self.repo, self.place, note_text, WHO, erase=erase)

    def at(self, ref: str) -> str | None:
        return self.files.git("rev-parse", "-q", "--verify", ref, check=False) or None

    def refs(self, *below: str) -> set[str]:
        return set(self.files.git("for-each-ref", "--format=%(refname)", *below).split())

    def chain(self, ref: str) -> int:
        return int(self.files.git("rev-list", "--count", ref))

    @property
    def tracking(self) -> dict[str, str | None]:
        return {ref: self.at(ours) for ref, ours in self.place.refs.items()}

    @property
    def remembered(self) -> known_remotes.RemoteState:
        return known_remotes.load(self.repo.home).of(self.place.remote.url)


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[tuple[Side, Side, Side]]:
    """A remote and two clones."""
    three = Side(tmp_path, "remote.git", "--bare"), Side(tmp_path, "one"), Side(tmp_path, "two")
    yield three
    for side in three:
        side.repo.close()


def test_notes_go_along_only_beside_the_usual_ref(sides: tuple[Side, Side, Side]) -> None:
    place = sides[1].place
    track = f"refs/story-remotes/{place.remote.track}"
    assert place.refs == {DATA_REF: f"{track}/data", NOTES_REF: f"{track}/notes"}
    assert StoreRemote(place.remote, "refs/heads/x").refs == {"refs/heads/x": f"{track}/data"}


def test_a_first_push_brings_the_records_and_then_the_notes(sides: tuple[Side, Side, Side]) -> None:
    remote, one, _ = sides
    one.write()
    pushed = one.push()
    assert (pushed.sent, pushed.tries, pushed.notes, pushed.absorbed.nothing) == (True, 2, True, True)
    for ref in (DATA_REF, NOTES_REF):
        assert remote.at(f"{ref}^{{tree}}") == one.at(f"{ref}^{{tree}}") is not None
        assert remote.files.git("log", "-1", "--format=%s%d", ref, "--no-decorate").startswith(SUBJECTS[ref])
    assert one.tracking == {DATA_REF: remote.at(DATA_REF), NOTES_REF: remote.at(NOTES_REF)}
    assert (one.remembered.data, one.remembered.notes) == (remote.at(DATA_REF), remote.at(NOTES_REF))
    assert one.remembered.name == one.place.remote.name
    again = one.push()
    assert (again.sent, again.tries) == (False, 1)


def test_news_are_pushed_upon_what_the_remote_has(sides: tuple[Side, Side, Side]) -> None:
    remote, one, _ = sides
    one.write()
    one.push()
    one.write(OTHER)
    assert one.push().tries == 1
    assert (remote.chain(DATA_REF), remote.chain(NOTES_REF)) == (2, 2)
    assert remote.at(f"{DATA_REF}^{{tree}}") == one.at(f"{DATA_REF}^{{tree}}")
    assert remote.at(f"{NOTES_REF}^{{tree}}") == one.at(f"{NOTES_REF}^{{tree}}")


def test_a_push_with_nothing_to_give_gives_nothing(sides: tuple[Side, Side, Side]) -> None:
    remote, one, _ = sides
    pushed = one.push()
    assert (pushed.sent, pushed.tries, remote.refs()) == (False, 1, set())
    assert one.pull() is None and not one.remembered.data


def test_what_the_remote_has_is_pulled_and_tracked(sides: tuple[Side, Side, Side]) -> None:
    remote, one, two = sides
    one.write()
    one.push()
    pulled = two.pull()
    assert pulled == Absorbed(stories=1, new_conversations=1, turns=1, notes=1)
    assert StoryStore(two.repo).story(COMMIT) == StoryStore(one.repo).story(COMMIT)
    assert two.tracking == one.tracking and two.remembered.data == remote.at(DATA_REF)
    assert two.pull() == Absorbed()
    assert two.push().sent is False


def test_two_that_pushed_at_once_both_have_everything(sides: tuple[Side, Side, Side]) -> None:
    _, one, two = sides
    one.write()
    one.push()
    two.write(OTHER)
    pushed = two.push()
    assert (pushed.absorbed.stories, pushed.sent, pushed.tries) == (1, True, 1)
    pulled = one.pull()
    assert pulled is not None and pulled.stories == 1
    assert one.at(f"{DATA_REF}^{{tree}}") == two.at(f"{DATA_REF}^{{tree}}")


def test_after_an_erasure_a_new_chain_begins(sides: tuple[Side, Side, Side]) -> None:
    remote, one, _ = sides
    one.write()
    one.push()
    one.erase()
    assert one.push().sent
    assert (remote.chain(DATA_REF), remote.at(f"{DATA_REF}^{{tree}}")) == (1, one.at(f"{DATA_REF}^{{tree}}"))
    assert remote.at(f"{NOTES_REF}^{{tree}}") == one.at(f"{NOTES_REF}^{{tree}}")


def test_commits_of_a_chain_are_dated_and_an_erasure_still_knows_what_the_remote_has(
    sides: tuple[Side, Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    there, one, _ = sides
    for date, commit in ((1_600_000_000, COMMIT), (1_500_000_000, OTHER)):
        monkeypatch.setattr(pull_push, "deep_date", lambda repo, date=date: date)
        one.write(commit)
        one.push()
    log = there.files.git("log", "--format=%at %ct", DATA_REF)
    assert log == "0 1600000000\n0 1600000000", "none is older than its parent"
    one.erase()
    replace_tracking(one.repo)
    base = base_of(one.repo, one.place.refs[DATA_REF])
    assert base is not None and base.of == there.at(DATA_REF), "a dated commit names no person either"


def test_an_erasure_of_others_waits_until_it_is_accepted(sides: tuple[Side, Side, Side]) -> None:
    remote, one, two = sides
    one.write()
    one.push()
    two.pull()
    one.erase()
    one.push()
    pulled = two.pull()
    assert pulled is not None and pulled.waiting.names == {HASH.name} and pulled.buried == 0
    assert two.remembered.waiting == pulled.waiting and two.remembered.undecided
    two.write(OTHER)
    before = two.at(f"{DATA_REF}^{{tree}}")
    assert two.push().sent, "all that is ours but what was erased there"
    assert before == two.at(f"{DATA_REF}^{{tree}}") != remote.at(f"{DATA_REF}^{{tree}}")
    assert HASH.path.decode() in remote.files.git("ls-tree", "-r", "--name-only", DATA_REF)
    assert "c1" not in remote.files.git("ls-tree", "-r", "--name-only", DATA_REF)
    taken = two.pull(erase=True)
    assert taken is not None and (taken.buried, bool(taken.waiting)) == (1, False)
    assert not two.remembered.waiting and (two.repo.home / TAKING_BACK).is_file()
    assert two.at(f"{DATA_REF}^{{tree}}") == remote.at(f"{DATA_REF}^{{tree}}")


def test_what_was_erased_here_is_not_kept_alive_by_what_was_seen_of_a_remote(sides: tuple[Side, Side, Side]) -> None:
    _, one, two = sides
    one.write()
    one.write(OTHER)
    one.push()
    two.erase(Tombstone("commit", (COMMIT,)))
    assert two.pull() is not None
    assert (two.repo.home / TAKING_BACK).is_file(), "its bytes came along"
    base = base_ref(two.place.refs[DATA_REF])
    assert two.refs("refs/story-remotes") == set() and base in two.refs("refs/story-base")
    assert look(two.repo, two.place, WHO).is_known, "it is not fetched again"
    assert two.push().sent
    assert two.refs("refs/story-base") == set() and two.tracking[DATA_REF] is not None


def test_a_ref_that_is_gone_there_is_not_tracked_any_more(sides: tuple[Side, Side, Side]) -> None:
    remote, one, _ = sides
    one.write()
    one.push()
    remote.files.git("update-ref", "-d", NOTES_REF)
    seen = look(one.repo, one.place, WHO)
    assert (seen.data, seen.notes, seen.tree) == (remote.at(DATA_REF), None, remote.at(f"{DATA_REF}^{{tree}}"))
    assert one.tracking == {DATA_REF: remote.at(DATA_REF), NOTES_REF: None}
    assert one.push().tries == 1 and remote.at(f"{NOTES_REF}^{{tree}}") == one.at(f"{NOTES_REF}^{{tree}}")
    remote.files.git("update-ref", "-d", DATA_REF)
    assert look(one.repo, one.place, WHO) == Seen(notes=remote.at(NOTES_REF))
    assert one.tracking[DATA_REF] is None


def refuse(remote: Side, *refs: str) -> None:
    hook = remote.repo.git_dir / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ncase $1 in\n" + "".join(f"{ref}) exit 1;;\n" for ref in refs) + "esac\n")
    hook.chmod(0o755)


def test_a_remote_that_takes_no_notes_has_the_records(sides: tuple[Side, Side, Side]) -> None:
    remote, one, _ = sides
    refuse(remote, NOTES_REF)
    one.write()
    pushed = one.push()
    assert (pushed.sent, pushed.notes, pushed.tries) == (True, False, 3)
    assert remote.refs() == {DATA_REF}
    one.write(OTHER)
    assert one.push().notes is False
    assert remote.at(f"{DATA_REF}^{{tree}}") == one.at(f"{DATA_REF}^{{tree}}")


def test_a_remote_that_takes_no_records_is_named_with_its_reason(sides: tuple[Side, Side, Side]) -> None:
    remote, one, _ = sides
    refuse(remote, DATA_REF)
    one.write()
    with pytest.raises(NotTaken, match=f"does not take {DATA_REF}: hook declined") as raised:
        one.push()
    assert raised.value.hint is not None and "git config story.ref refs/heads/gitstory" in raised.value.hint
    refuse(remote, DATA_REF, NOTES_REF)
    with pytest.raises(NotTaken, match=f"does not take {DATA_REF}"):
        one.push()


def test_stories_as_a_branch_go_without_notes(sides: tuple[Side, Side, Side]) -> None:
    remote, one, two = sides
    one.write()
    place = StoreRemote(one.place.remote, "refs/heads/gitstory")
    pushed = push(one.repo, place, note_text, WHO)
    assert (pushed.sent, pushed.tries, pushed.notes) == (True, 1, False)
    assert remote.refs() == {"refs/heads/gitstory"}
    pulled = pull(two.repo, StoreRemote(two.place.remote, "refs/heads/gitstory"), note_text, WHO)
    assert pulled is not None and pulled.stories == 1


class Race:
    """Moves the remote's records right before each of the next pushes, `times` times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, by: Side, times: int) -> None:
        self.by, self.left = by, times
        self.asked = fetch_push.push
        monkeypatch.setattr(fetch_push, "push", self.push)
        monkeypatch.setattr(pull_push, "_pause", lambda tries: None)

    def push(self, *args: Any, **options: Any) -> list[PushRefused]:
        if self.left > 0:
            self.left -= 1
            self.by.write(f"{self.left:040x}")
            self.by.files.git("push", "-q", "-f", "../remote.git", f"{DATA_REF}:{DATA_REF}")
        return self.asked(*args, **options)


def test_a_push_is_tried_again_when_others_are_quicker(
    sides: tuple[Side, Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    remote, one, two = sides
    two.write(OTHER)
    two.push()
    one.write()
    Race(monkeypatch, two, 1)
    pushed = one.push()
    assert (pushed.sent, pushed.tries, pushed.absorbed.stories) == (True, 2, 2)
    assert remote.at(f"{DATA_REF}^{{tree}}") == one.at(f"{DATA_REF}^{{tree}}")


@pytest.mark.parametrize(("attempts", "seconds", "tries"), [(2, 60.0, 2), (5, -1.0, 1)])
def test_a_push_gives_up_when_others_are_always_quicker(
    sides: tuple[Side, Side, Side], monkeypatch: pytest.MonkeyPatch, attempts: int, seconds: float, tries: int
) -> None:
    _, one, two = sides
    two.write(OTHER)
    two.push()
    one.write()
    monkeypatch.setattr(pull_push, "ATTEMPTS", attempts)
    monkeypatch.setattr(pull_push, "SECONDS", seconds)
    Race(monkeypatch, two, 99)
    with pytest.raises(OthersQuicker, match=f"each of the {tries} times we tried; ours are still here") as raised:
        one.push()
    assert raised.value.hint == "try again in a moment"
    assert StoryStore(one.repo).story(COMMIT) is not None


def test_a_remote_that_does_not_answer(sides: tuple[Side, Side, Side]) -> None:
    remote, one, _ = sides
    place = one.place
    (remote.repo.git_dir / "HEAD").unlink()
    for ask in (pull, push):
        with pytest.raises(RemoteUnreachable):
            ask(one.repo, place, note_text, WHO)


def test_nothing_is_remembered_where_gitstory_has_no_directory(sides: tuple[Side, Side, Side]) -> None:
    _, one, two = sides
    one.write()
    one.push()
    two.repo.home.rmdir()
    assert two.pull() is not None
    assert not two.repo.home.exists() and two.tracking == one.tracking


def test_the_pause_grows_and_stays_short(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr("random.uniform", lambda low, high: high)
    for tries in (1, 2, 5, 6, 12):
        pull_push._pause(tries)
    assert slept == [0.1, 0.2, 1.6, 2.0, 2.0]


# --- what is decided between two tries ---


@pytest.mark.parametrize(
    ("reason", "again", "passing"),
    [
        ("stale info", False, True),
        ("fetch first", False, True),
        ("non-fast-forward", False, True),
        ("cannot lock ref", False, True),
        ("reference already exists", False, True),
        ("failed to update ref", False, True),
        ("incorrect old value provided", False, True),
        ("is at 1 but expected 2", False, True),
        ("hook declined", False, False),
        ("stale info", True, False),
    ],
)
def test_which_refusals_pass(sides: tuple[Side, Side, Side], reason: str, again: bool, passing: bool) -> None:
    _remote, one, _ = sides
    seen = Seen()
    refused = [PushRefused(DATA_REF, reason)]
    assert pull_push._passing(one.repo, one.place, seen, seen if again else None, refused, WHO) is passing
    moved = Seen(data=COMMIT)
    assert pull_push._passing(one.repo, one.place, moved, moved, refused, WHO), "the remote has another one by now"
    assert pull_push._passing(
        one.repo, one.place, Seen(notes=OTHER), Seen(notes=OTHER), [PushRefused(NOTES_REF, reason)], WHO
    )


@pytest.mark.parametrize(
    ("refused", "culprit"),
    [
        ([], False),
        ([PushRefused(DATA_REF, "hook declined")], True),
        ([PushRefused(DATA_REF, "atomic push failed")], False),
        ([PushRefused(NOTES_REF, "hook declined"), PushRefused(DATA_REF, "atomic push failed")], False),
    ],
)
def test_a_ref_that_was_only_spared_is_not_the_one_refused(refused: list[PushRefused], culprit: bool) -> None:
    assert pull_push._culprit(refused, DATA_REF) is culprit


def test_what_the_remote_is_known_to_have_of_what_is_pushed(sides: tuple[Side, Side, Side]) -> None:
    _, one, two = sides
    one.write()
    one.write(OTHER)
    one.push()
    repo, place = one.repo, one.place
    old, notes = one.at(DATA_REF), one.tracking[NOTES_REF]
    assert old is not None and notes is not None
    lineage = pull_push._lineage(repo, place, {DATA_REF: ("1" * 40, old), NOTES_REF: ("2" * 40, None)})
    assert (lineage.parents, lineage.commits) == ({"1" * 40: (old,)}, ())
    two.erase(Tombstone("commit", (COMMIT,)))
    two.pull()
    base = base_of(two.repo, two.place.refs[DATA_REF])
    assert base is not None and not pull_push._lineage(two.repo, two.place, {DATA_REF: ("1" * 40, "3" * 40)})
    moves = {DATA_REF: ("1" * 40, base.of)}
    lineage = pull_push._lineage(two.repo, two.place, moves)
    assert (lineage.parents, lineage.commits) == ({"1" * 40: (base.of,)}, ())
    for keep in (two.repo.common_dir / "objects" / "pack").glob("*.keep"):
        keep.unlink()
    two.files.git("repack", "-a", "-d", "-q")
    two.files.git("prune", "--expire=now")
    two.repo.close()
    lineage = pull_push._lineage(two.repo, two.place, moves)
    assert lineage.parents == {"1" * 40: (base.commit,), base.of: (base.commit,)} and lineage.commits == (base.data,)


def test_locks_that_were_left_are_cleared_before_a_remote_is_looked_at(
    sides: tuple[Side, Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, one, _ = sides
    cleared: list[list[str]] = []
    monkeypatch.setattr(pull_push, "clear_stale_locks", lambda repo, refs: cleared.append(refs))
    look(one.repo, one.place, WHO)
    assert cleared == [list(one.place.refs.values())]


def test_a_remote_that_lost_objects_is_not_believed(sides: tuple[Side, Side, Side]) -> None:
    """A chain that began anew is fetched beside the old one, and takes its place only if all of it is here."""
    remote, one, two = sides
    one.write()
    one.push()
    two.pull()
    tracked = two.tracking[DATA_REF]
    one.erase()
    one.push()
    look(two.repo, two.place, WHO)
    assert two.tracking[DATA_REF] == remote.at(DATA_REF) != tracked
    assert not [ref for ref in two.refs() if ref.endswith("-new")]
