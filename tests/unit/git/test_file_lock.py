from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gitstory.git.file_lock import single_flight

HOLDER = """
import sys
from pathlib import Path
from gitstory.git.file_lock import single_flight
with single_flight(Path(sys.argv[1])) as got:
    print(got, flush=True)
    sys.stdin.readline()
"""


def hold(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_one_at_a_time_and_free_again(tmp_path: Path) -> None:
    path = tmp_path / "gitstory" / "drain.lock"
    with hold(path) as other:
        assert other.stdout is not None and other.stdout.readline() == "True\n"
        with single_flight(path) as got:
            assert not got
        with single_flight(path, timeout=0.05) as got:
            assert not got
        other.communicate("\n")
    with single_flight(path) as got:
        assert got
        with single_flight(path) as again:
            assert not again


def test_the_waiting_one_gets_it(tmp_path: Path) -> None:
    path = tmp_path / "drain.lock"
    with hold(path) as other:
        assert other.stdout is not None and other.stdout.readline() == "True\n"
        assert other.stdin is not None
        other.stdin.close()
        with single_flight(path, timeout=30) as got:
            assert got


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "drain.lock"
    with hold(path) as other:
        assert other.stdout is not None and other.stdout.readline() == "True\n"
        other.kill()
        other.wait()
        with single_flight(path) as got:
            assert got


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_nobody_else_may_touch_it(tmp_path: Path) -> None:
    path = tmp_path / "gitstory" / "drain.lock"
    with single_flight(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
