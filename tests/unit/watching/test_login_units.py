"""Units for the system, with paths that try to mean something else."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gitstory.watching.login_units import launchd, systemd, unit_name

ODD = ["plain", "two words", "100% $HOME %h ${x}", "a'b\"c\\d", "träger", "<&>", "-dash", "x;y #z"]


@pytest.mark.parametrize("name", ODD)
def test_launchd_reads_what_was_meant(tmp_path: Path, name: str) -> None:
    program = str(tmp_path / name / "git-story")
    made = plistlib.loads(launchd([program, "watch"], tmp_path / name).encode())
    assert made["ProgramArguments"] == [program, "watch"] and made["WorkingDirectory"] == str(tmp_path / name)


@pytest.mark.parametrize("name", ODD)
def test_systemd_takes_it(tmp_path: Path, name: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze")
    program = tmp_path / name / "git-story"
    program.parent.mkdir()
    program.symlink_to(sys.executable)
    unit = tmp_path / f"{unit_name(program.parent)}.service"
    text = systemd([str(program), "watch"], program.parent)
    unit.write_text(text)
    command = ["systemd-analyze", "--user", "verify", "--man=no", str(unit)]
    env = {"XDG_RUNTIME_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    mine = [line for line in done.stderr.splitlines() if unit.name in line]
    assert mine == [], done.stderr
    if set(name) & set("\"'\\$"):
        assert 'ExecStart="/bin/sh" ' in text
        return
    # Where the program is not there it does complain: it had understood the path, blanks and all.
    program.unlink()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert f"Command {program} is not executable" in done.stderr


def test_names_are_told_apart() -> None:
    one, two = unit_name(Path("/a/app")), unit_name(Path("/b/app"))
    assert one != two and one.startswith("gitstory-watch-app-")
