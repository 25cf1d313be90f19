"""The README's table of agents, made of what each reader gets out of its small store in tests/data.

`make agents-table` (`python -m tests.agents_table`) writes it anew; a test holds that it is up to date.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from gitstory.agents import registry
from gitstory.agents.catalog import AGENTS
from gitstory.testing import Findings, findings
from gitstory.testing.whole_agent_store import conversations, read_all
from tests.smallstores import DATA, built

README = Path(__file__).resolve().parents[1] / "README.md"
ROOTS = {"crush": "app/.crush", "specstory": "app/.specstory/history", "gemini-cli": "tmp", "qwen": "projects"}
"""Where in its small store an agent's root lies, if that is not the store itself."""

_BEGIN, _END = "<!-- agents: written by `make agents-table` -->\n", "<!-- end of agents -->\n"
_HEAD = ("agent", "prompts", "edits", "times", "tokens", "subagents")


def of_small_store(name: str) -> Findings:
    """What the reader called `name` finds in tests/data/<name>."""
    with tempfile.TemporaryDirectory(prefix="gitstory-table-") as folder:
        store = built(name, Path(folder))
        return findings(conversations(read_all(registry.agent(name), [store / ROOTS.get(name, ".")])))


def table() -> str:
    """The table in Markdown: one row for each reader that has a small store, in the registry's order."""
    rows = [_HEAD, ("---",) * len(_HEAD)]
    rows += [(registry.agent(name).label, *_cells(of_small_store(name))) for name in AGENTS if (DATA / name).is_dir()]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cells(found: Findings) -> tuple[str, ...]:
    edits = "yes" if found.edits_with_text else "names" if found.edits else "-"
    times = "yes" if found.timed > found.bounded else "bounds" if found.bounded else "-"
    return (_yes(found.prompts), edits, times, _yes(found.tokens), _yes(found.subagents))


def _yes(count: int) -> str:
    return "yes" if count else "-"


def with_table(readme: str) -> str:
    """The README with the table as it should be. Raises ValueError where its place is not marked."""
    place = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
    if not place.search(readme):
        raise ValueError("README.md has no place for the table of agents")
    return place.sub(lambda _: f"{_BEGIN}{table()}{_END}", readme)


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8")), encoding="utf-8", newline="\n")
