"""`make audit`: the locked dependencies against published advisories, by pip-audit.

`python -m tests.audit PIP-AUDIT LOCK...` fails where an advisory names a locked version. Where the services cannot be
reached, or know none of the packages (a mirror of an index has no advisories), it says so and fails nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

SERVICES = ("pypi", "osv")
_SECONDS = 300


class Audit(NamedTuple):
    """Packages that were looked up and those that could not be; "NAME VERSION: ADVISORY (fixed in ...)" for each."""

    checked: int
    unknown: int
    found: tuple[str, ...]


def read(report: str) -> Audit:
    """Pure: what pip-audit's JSON says; nothing checked where it is none."""
    try:
        listed: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Audit(0, 0, ())
    known = [one for one in listed if "vulns" in one]
    found = tuple(
        f"{one['name']} {one['version']}: {each['id']} (fixed in {', '.join(each['fix_versions']) or 'no version yet'})"
        for one in known
        for each in one["vulns"]
    )
    return Audit(len(known), len(listed) - len(known), found)


def told(lock: str, audit: Audit) -> list[str]:
    """Pure: the lines for one lock."""
    if not audit.checked:
        return [f"{lock}: skipped, no advisory service can be asked from here"]
    lines = [f"{lock}: {audit.checked} packages checked, advisories: {len(audit.found)}"]
    if audit.unknown:
        lines.append(f"{lock}: not known to the service: {audit.unknown}")
    return [*lines, *(f"  {one}" for one in audit.found)]


def ask(program: str, lock: str) -> Audit:
    """By the first service that knows any of the packages."""
    audit = Audit(0, 0, ())
    with TemporaryDirectory() as folder:
        for service in SERVICES:
            out = Path(folder, f"{service}.json")
            words = ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "--timeout", "10"]
            words += ["--vulnerability-service", service, "--format", "json", "--output", str(out), "-r", lock]
            try:
                subprocess.run([program, *words], capture_output=True, timeout=_SECONDS, check=False)
            except (OSError, subprocess.TimeoutExpired):
                continue
            audit = read(out.read_text(encoding="utf-8")) if out.exists() else audit
            if audit.checked:
                break
    return audit


def main(program: str, locks: Sequence[str]) -> int:
    bad = 0
    for lock in locks:
        audit = ask(program, lock)
        print("\n".join(told(lock, audit)))
        bad += len(audit.found)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
