from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from gitstory import safe_open
from gitstory.agents.stores import jsonl
from gitstory.safe_open import Aside, FileRefused, Overtime


def fifo(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's path is a short one
        try:
            one.bind(path.name)
        finally:
            os.chdir(here)


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def outside(path: Path) -> None:
    (path.parent.parent / "elsewhere").write_text("not ours")
    path.symlink_to("../elsewhere")


PLANTED = [(fifo, "FIFO"), (a_socket, "socket"), (loop, "circle"), (device, "device"), (outside, "out of the store")]


@pytest.mark.parametrize(("plant", "reason"), PLANTED)
def test_what_is_no_file_of_the_store_is_not_opened_and_is_named(plant, reason: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    store = tmp_path / "store"
    store.mkdir()
    plant(store / "one.jsonl")
    with safe_open.within("agent", [safe_open.bound(store)]):
        assert safe_open.facts(store / "one.jsonl") is None
        assert safe_open.stamp(store / "one.jsonl") == (0, 0)
        with pytest.raises(FileRefused, match=reason):
            safe_open.opened(store / "one.jsonl")
        with pytest.raises(FileRefused, match=reason):
            safe_open.content(store / "one.jsonl")
    assert [(one.agent, one.path) for one in safe_open.all_aside()] == [("agent", str(store / "one.jsonl"))]


def test_a_link_within_the_store_and_a_store_that_is_a_link_are_followed(tmp_path: Path) -> None:
    real = tmp_path / "disk" / "store"
    (real / "a").mkdir(parents=True)
    (real / "a" / "one.txt").write_text("text")
    (real / "b").symlink_to("a")
    (real / "b.txt").symlink_to("a/one.txt")
    (tmp_path / "store").symlink_to(real)
    for root in (real, tmp_path / "store"):
        with safe_open.within("agent", [safe_open.bound(root)]):
            assert [safe_open.content(root / name) for name in ("a/one.txt", "b/one.txt", "b.txt")] == [b"text"] * 3


def test_a_folder_that_leads_out_of_the_store_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "one.txt").write_text("text")
    (tmp_path / "store" / "in").symlink_to("../other")
    with safe_open.within("agent", [safe_open.bound(tmp_path / "store")]):
        assert safe_open.facts(tmp_path / "store" / "in" / "one.txt") is None
        assert safe_open.facts(tmp_path / "other" / "one.txt") is not None  # named by a reader itself


def test_what_is_gone_and_what_no_file_can_be_called_are_plain_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "a\0b", tmp_path):
        assert safe_open.facts(path) is None
        with pytest.raises(OSError):
            safe_open.opened(path)
    assert safe_open.all_aside() == []


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(bytes(100))
    assert safe_open.content(tmp_path / "big", 100) == bytes(100)
    with pytest.raises(FileRefused, match="larger"):
        safe_open.content(tmp_path / "big", 99)


def test_a_file_that_claims_more_than_any_transcript_has_is_not_read(tmp_path: Path) -> None:
    sparse = tmp_path / "sparse.jsonl"
    sparse.touch()
    os.truncate(sparse, safe_open.LARGEST)
    safe_open.opened(sparse).close()
    os.truncate(sparse, 200 << 30)
    with pytest.raises(FileRefused, match="larger than 1024 MB"):
        safe_open.opened(sparse)
    assert list(jsonl.JsonLines(sparse)) == []
    with safe_open.within("claude-code", [safe_open.bound(tmp_path)]), pytest.raises(FileRefused):
        safe_open.opened(sparse)
    [named] = safe_open.all_aside()
    assert (named.path, named.reason) == (str(sparse), "larger than 1024 MB")
    safe_open.opened(sparse, most=None).close()


class Clock:
    """Processor time that passes as a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(time, "thread_time", lambda: self.now)


def test_a_file_that_uses_up_its_time_is_set_aside_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, path = Clock(monkeypatch), tmp_path / "slow"
    path.write_bytes(b"x")
    heard: list[Aside] = []
    safe_open.remember([], heard.append)
    with safe_open.within("agent", []):
        with pytest.raises(Overtime), safe_open.budgeted(path):
            clock.now += safe_open.FIRST_SECONDS - 1
            assert not safe_open.is_late()
            clock.now += 3
            assert safe_open.is_late()  # whatever a reader makes of it, the end says so
        assert [one.path for one in heard] == [str(path)]
        with pytest.raises(Overtime), safe_open.budgeted(path):
            raise AssertionError("it was opened again")
        path.write_bytes(b"xy")
        with pytest.raises(Overtime), safe_open.budgeted(path):
            raise AssertionError("it was tried again at once")
        monkeypatch.setattr(safe_open, "RETRIED_AFTER", 0.0)
        with safe_open.budgeted(path):
            assert not safe_open.is_late()


def test_the_conversations_of_one_file_share_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, path = Clock(monkeypatch), tmp_path / "many.db"
    path.write_bytes(b"x")
    read = 0
    with safe_open.within("agent", []):
        for _ in range(100):
            try:
                with safe_open.budgeted(path):
                    clock.now += 1.0
                    safe_open.is_late()
                    read += 1
            except Overtime:
                break
    assert read == safe_open.FIRST_SECONDS + 1


def test_the_time_of_a_listing_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    with pytest.raises(Overtime), safe_open.within("agent", [], 10.0, "store"):
        clock.now += 11
        assert safe_open.is_late()


def test_what_was_set_aside_before_is_left_alone_until_all_is_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "slow"
    path.write_bytes(b"x")
    stamp = (*safe_open.stamp(path), 0, 0)
    safe_open.remember([Aside("agent", str(path), "slow", stamp, time.time(), lasting=True)], None)
    with safe_open.within("agent", []):
        with pytest.raises(Overtime, match="slow"), safe_open.budgeted(path):
            raise AssertionError("it was opened again")
        safe_open.forget()
        with safe_open.budgeted(path):
            pass


def test_what_was_no_file_in_another_run_is_not_named_again(tmp_path: Path) -> None:
    """A run in the same process begins with what lasts alone: the FIFO may be gone, or be of another repository."""
    lasting = Aside("agent", str(tmp_path / "slow"), "slow", (1, 1, 0, 0), time.time(), lasting=True)
    fifo(tmp_path / "fifo")
    safe_open.remember([lasting], None)
    with safe_open.within("agent", []):
        assert not safe_open.is_file(tmp_path / "fifo")
    assert [one.path for one in safe_open.all_aside()] == [str(tmp_path / "fifo"), lasting.path]
    safe_open.remember([], None)
    assert safe_open.all_aside() == [lasting]


def test_what_is_opened_apart_leaves_nothing_behind(tmp_path: Path) -> None:
    fifo(tmp_path / "fifo")
    with safe_open.within("agent", []), safe_open.apart():
        assert not safe_open.is_file(tmp_path / "fifo")
        assert safe_open.all_aside() != []
    assert safe_open.all_aside() == []


def test_what_is_remembered_of_a_folder_is_made_anew_when_it_changes(tmp_path: Path) -> None:
    os.utime(tmp_path, (1, 1))
    made: list[int] = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    assert [safe_open.remembered("kind", tmp_path, make) for _ in range(3)] == [0, 0, 0]
    assert safe_open.remembered("other kind", tmp_path, make) == 1
    (tmp_path / "new").touch()
    assert [safe_open.remembered("kind", tmp_path, make) for _ in range(2)] == [2, 3]  # so fresh, it may change again
