"""What counts as progress of a transfer, and which processes go with one that is ended."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gitstory.git.process_tree import below, end
from gitstory.git.stalled_transfers import SLOWEST, TALK, Progress, Stalled, output_of

PATIENCE = 10.0
ENOUGH = SLOWEST * PATIENCE


def receiving(amount: str) -> bytes:
    return f"Receiving objects:  12% (1/8), {amount} | 5.00 KiB/s\r".encode()


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        ([], False),
        ([b"Counting objects: 100% (8/8), done.\n"], True),
        ([b"Resolving deltas:  50% (1/2)\r"], True),
        ([b"remote: Counting objects: 100% (8/8), done.\n"], True),
        ([b"warning: something\n"], True),
        ([receiving("20.00 KiB")], True),
        ([receiving("900 bytes")], False),
        ([receiving("9.00 KiB")], False),
        ([b"Receiving objects:  12% (1/8)\r"], False),
        ([b"Receiving objects: 100% (8/8), done.\n"], True),
        ([receiving("1.00 GiB"), receiving("1.01 GiB")], True),
        ([b"Writing objects:   1% (1/99), 2.50 MiB | 1.00 MiB/s\r"], True),
    ],
)
def test_a_line_of_git_is_progress_or_not(lines: list[bytes], counts: bool) -> None:
    progress = Progress(PATIENCE, 0.0)
    for line in lines:
        progress.take(line, 8.0)
    assert progress.left(8.0) == (PATIENCE if counts else 2.0)


def test_a_trickle_of_bytes_and_endless_talk_are_no_progress() -> None:
    trickle, talk, honest = Progress(PATIENCE, 0.0), Progress(PATIENCE, 0.0), Progress(PATIENCE, 0.0)
    seconds = range(1, int(TALK * PATIENCE) + 20)
    for now in seconds:
        trickle.take(receiving(f"{now / 100:.2f} KiB"), now)
        talk.take(b"remote: Counting objects: %d\r" % now, now)
        honest.take(receiving(f"{2 * now:.2f} KiB"), now)
    assert trickle.left(seconds[-1]) < 0 and talk.left(seconds[-1]) < 0
    assert honest.left(seconds[-1]) > 0


def started(code: str) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-S", "-c", code], stdin=pipe, stdout=pipe, stderr=pipe)


def test_what_was_said_is_kept_without_the_progress_that_is_passed_on() -> None:
    code = (
        "import os; os.write(2, b'Counting objects: 1\\rfatal: x\\rremote: Total 3\\nrest'); os.write(1, b'o' * 99999)"
    )
    passed: list[bytes] = []
    with started(code) as process:
        assert output_of(process, passed.append, None) == (b"o" * 99999, b"fatal: x\rrest")
    assert passed == [b"Counting objects: 1\r", b"remote: Total 3\n"]


def test_who_says_nothing_is_given_up() -> None:
    with started("import sys; sys.stdin.read()") as process:
        clock = iter([0.0, 11.0]).__next__
        with pytest.raises(Stalled):
            output_of(process, None, PATIENCE, clock)
        process.kill()


def test_what_a_process_started_is_found_by_the_parents() -> None:
    listed = b"  1 0\n 10 1\n 11 10\n12 11\n 13 1\n 10 12\nbad line\n x 10\n"
    assert sorted(below(10, listed)) == [10, 11, 12] and below(13, listed) == []


def test_what_a_process_started_ends_with_it() -> None:
    process = subprocess.Popen(["sh", "-c", "sleep 600 & echo; wait"], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"\n"
    end(process, os.environ.get("PATH"), group=False)
    assert process.stdout.read() == b"", "who held the other end of the pipe is gone"
    assert process.wait() != 0
    process.stdout.close()
