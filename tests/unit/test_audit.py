"""What `make audit` makes of pip-audit's reports, with and without a service that answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.audit import Audit, main, read, told

BAD = {"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}
KNOWN = {"name": "a", "version": "1.0", "vulns": []}
UNSAFE = {"name": "b", "version": "1.0", "vulns": [BAD]}
UNKNOWN = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (1.0)"}


def report(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def program(folder: Path, text: str, code: int = 0) -> str:
    """A pip-audit that writes `text` where it is told to."""
    made = folder / "pip-audit"
    written = f"echo '{text}' >\"$2\"\n" if text else ""
    made.write_text(f'#!/bin/sh\nwhile [ "$1" != --output ]; do shift; done\n{written}exit {code}\n')
    made.chmod(0o755)
    return str(made)


def test_reports() -> None:
    assert read(report(KNOWN, UNSAFE, UNKNOWN)) == Audit(2, 1, ("b 1.0: PYSEC-1 (fixed in 1.1)",))
    for text in ("", "{", "[]", "{}", report(UNKNOWN)):
        assert read(text).checked == 0


@pytest.mark.parametrize(
    ("text", "exit", "code"),
    [
        (report(KNOWN), 0, 0),
        (report(UNSAFE), 1, 1),
        (report(UNKNOWN), 0, 0),  # pip-audit says "no known vulnerabilities" of an index without advisories
        ("", 1, 0),  # no connection: pip-audit fails and writes nothing
        ("Traceback", 1, 0),
    ],
)
def test_it_fails_for_advisories_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, exit: int, code: int
) -> None:
    assert main(program(tmp_path, text, exit), ["requirements/review.txt"]) == code
    said = capsys.readouterr().out
    assert ("skipped, no advisory service" in said) == (read(text).checked == 0)


def test_no_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(str(tmp_path / "none"), ["x.txt"]) == 0 and "skipped" in capsys.readouterr().out


def test_what_is_said() -> None:
    assert told("x", Audit(2, 1, ("b 1.0: PYSEC-1 (fixed in 1.1)",))) == [
        "x: 2 packages checked, advisories: 1",
        "x: not known to the service: 1",
        "  b 1.0: PYSEC-1 (fixed in 1.1)",
    ]
