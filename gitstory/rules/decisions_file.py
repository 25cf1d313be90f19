"""What people decided about rules: `.gitstory/rules.toml` in the work tree, to be committed and reviewed like code.

[[rule]]
id = "b7d0c2e1"          # of the rule as it was derived
status = "accepted"      # or "rejected"
text = "Use bun, not node."
scope = "synthase"       # optional
sources = ["4de91640#3"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from gitstory import safe_open
from gitstory.errors import GitStoryError
from gitstory.git.atomic_write import write_atomically
from gitstory.rules.group_directives import rule_id
from gitstory.rules.values import DerivedRule, Status

NAME = ".gitstory/rules.toml"
_MOST_BYTES = 1_000_000
_HEAD = (
    "# What was decided about rules; written by `git story rules`. Commit it, so that everybody has the same rules.\n"
)


class Decided(Struct, frozen=True):
    """What a person decided about one rule."""

    id: str
    status: Status
    text: str = ""
    scope: str = ""
    sources: tuple[str, ...] = ()


def read_decided(root: Path) -> dict[str, Decided]:
    """The decisions in a work tree by the id of their rule. Raises GitStoryError where the file cannot be read."""
    path = root / NAME
    try:
        data = safe_open.content(path, _MOST_BYTES)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise GitStoryError(f"cannot read {NAME}: {error.strerror or error}") from error
    try:
        entries = tomllib.loads(data.decode("utf-8")).get("rule", [])
        return {entry.id: entry for entry in map(_decided, entries) if entry is not None}
    except (ValueError, AttributeError, TypeError) as error:
        raise GitStoryError(
            f"{NAME} is not as it should be: {error}", hint="correct it or restore it from git"
        ) from None


def _decided(entry: dict[str, Any]) -> Decided | None:
    status, ident = entry.get("status"), entry.get("id")
    if status not in ("accepted", "rejected") or not isinstance(ident, str):
        return None
    text, scope = entry.get("text", ""), entry.get("scope", "")
    sources = entry.get("sources", [])
    if not all(isinstance(value, str) for value in (text, scope, *sources)):
        return None
    return Decided(ident, status, " ".join(text.split()), scope.strip("/ "), tuple(sources))


def write_decided(root: Path, decided: Iterable[Decided]) -> None:
    """Replace the file."""
    import tomli_w

    entries = [
        {name: value for name, value in _fields(decision).items() if value or name in ("id", "status")}
        for decision in sorted(decided, key=lambda decision: (decision.status, decision.text.lower(), decision.id))
    ]
    data = (_HEAD + tomli_w.dumps({"rule": entries}, multiline_strings=False)).encode()
    write_atomically(root / NAME, data, 0o644)


def _fields(decision: Decided) -> dict[str, Any]:
    return {
        "id": decision.id, "status": decision.status, "text": decision.text, "scope": decision.scope,
        "sources": list(decision.sources),
    }  # fmt: skip


def with_decisions(rules: Iterable[DerivedRule], decided: dict[str, Decided]) -> list[DerivedRule]:
    """`rules` with what was decided about each: found by the id of any of its wordings. Those accepted come first.

    Accepted rules whose conversations are not here are rules_with_status of what the file says.
    """
    rules_with_status: list[DerivedRule] = []
    used: set[str] = set()
    for rule in rules:
        names = {rule.id, *(rule_id(directive.rule) for directive in rule.directives)}
        decision = next((decided[name] for name in sorted(names) if name in decided), None)
        if decision is None:
            rules_with_status.append(rule)
            continue
        used.add(decision.id)
        text = decision.text if decision.status == "accepted" and decision.text else rule.text
        rules_with_status.append(
            replace(rule, id=decision.id, text=text, scope=decision.scope or rule.scope, status=decision.status)
        )
    rest = [one for one in decided.values() if one.id not in used and one.status == "accepted" and one.text]
    rules_with_status += [DerivedRule(one.id, one.text, (), 0.0, one.scope, (), "accepted") for one in rest]
    return sorted(rules_with_status, key=lambda rule: {"accepted": 0, "proposed": 1, "rejected": 2}[rule.status])
