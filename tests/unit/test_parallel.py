"""Tests run in several processes: each once, whatever happens to a process, and all is reported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parallel import in_memory, ranges

SAMPLE = """
import os, sys, warnings
from pathlib import Path
import pytest

RUN = Path(__file__).with_name("run")

@pytest.fixture(autouse=True)
def noted(request, tmp_path):
    assert list(tmp_path.iterdir()) == []
    with RUN.open("a") as file:
        file.write(request.node.name + "\\n")

@pytest.fixture(scope="module")
def shared():
    yield
    with RUN.open("a") as file:
        file.write("torn down\\n")

@pytest.mark.parametrize("number", range(20))
def test_passes(number, shared, capsys):
    print("hidden", number)
    assert capsys.readouterr().out == f"hidden {number}\\n"

def test_ends_its_process(): os._exit(9)
def test_fails(): print("what it printed"); assert [1, 2] == [1, 3]
def test_exits(): sys.exit(3)
def test_warns(shared): warnings.warn("a warning")
def test_is_skipped(): pytest.skip("a reason")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_each_test_is_run_once_and_reported(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    options = ["-p", "no:cacheprovider", f"--rootdir={tmp_path}", f"--basetemp={tmp_path / 'folders'}"]
    command = [sys.executable, "-m", "pytest", "-rfs", "-p", "tests.parallel", "--processes=3", *options, str(tmp_path)]
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, env=env, check=False)
    names = (tmp_path / "run").read_text().split("\n")[:-1]
    tests = [name for name in names if name != "torn down"]
    assert sorted(tests) == sorted(set(tests))
    assert len(tests) == 25
    assert "torn down" in names
    assert done.returncode == 1
    assert "3 failed, 21 passed, 1 skipped, 1 warning" in done.stdout
    assert "\nits process ended: 9\n" in done.stdout
    assert "At index 1 diff: 2 != 3" in done.stdout
    assert "what it printed" in done.stdout and "hidden" not in done.stdout
    assert "SystemExit: 3" in done.stdout and "a reason" in done.stdout and "UserWarning: a warning" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("modules", ["", "a", "aab", "a" * 40 + "b" * 200 + "c" * 3 + "d" * 40])
def test_ranges_hold_each_test_once_and_get_smaller(modules: str, count: int) -> None:
    parts = list(ranges(modules, count))
    assert [index for part in parts for index in range(*part)] == list(range(len(modules)))
    for start, stop in parts:
        assert len(set(modules[start:stop])) == 1, "of one module"
        assert stop - start <= max(1, (len(modules) - start) // (8 * count))


def shared_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **asked: str) -> Path | None:
    for name in ("TMPDIR", "PYTEST_DEBUG_TEMPROOT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in asked.items():
        monkeypatch.setenv(name, value)
    return in_memory(tmp_path, needed=1)


@pytest.mark.skipif(sys.platform != "linux", reason="there is no memory for files")
def test_folders_are_in_memory_where_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dead, alive, other = (tmp_path / name for name in ("gitstory-4194999-x", f"gitstory-{os.getpid()}-x", "gitstory-x"))
    for folder in (dead, alive, other):
        folder.mkdir()
        (folder / "file").touch()
    found = shared_memory(tmp_path, monkeypatch)
    assert found is not None and found.parent == tmp_path and not list(found.iterdir())
    assert set(tmp_path.iterdir()) == {found, alive, other}, "those of a run that was killed are removed"
    assert shared_memory(tmp_path, monkeypatch, TMPDIR=str(tmp_path)) is None
    assert in_memory(tmp_path, needed=1 << 60) is None
    assert in_memory(tmp_path / "absent", needed=1) is None
