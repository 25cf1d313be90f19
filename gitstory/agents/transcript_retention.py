"""When agents delete their own transcripts.

Claude Code removes those not written to for `cleanupPeriodDays` (default 30) whenever it starts; the setting may stand
in the person's, the project's and the administrator's settings. Others are not known to delete any, but people do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gitstory.agents.catalog import AGENTS
from gitstory.agents.stores.jsonl import stored

_UNKNOWN = 30.0
"""Days taken for an agent that is not known to delete anything."""
AHEAD = 7.0
"""Days before the deletion at which a transcript is taken to be nearing it."""


def due_after(agent: str, env: Mapping[str, str], home: Path, trees: Iterable[Path]) -> float:
    """Days without a write after which a transcript of `agent` is to be kept elsewhere; `trees` are the work trees."""
    info = AGENTS.get(agent)
    period = (info.kept_days if info is not None else None) or _UNKNOWN
    if agent == "claude-code":
        period = _claude(env, home, trees, period)
    return max(period - AHEAD, period / 2)


def _claude(env: Mapping[str, str], home: Path, trees: Iterable[Path], default: float) -> float:
    """The shortest period that any of the settings names: which one counts depends on where it is started."""
    times = [days for path in _settings(env, home, trees) if (days := _days(path)) is not None]
    return min(times, default=default)


def _settings(env: Mapping[str, str], home: Path, trees: Iterable[Path]) -> Iterator[Path]:
    configured = [
        Path(part.strip()).expanduser() for part in env.get("CLAUDE_CONFIG_DIR", "").split(",") if part.strip()
    ]
    for folder in (*configured, home / ".claude"):
        yield folder / "settings.json"
    for tree in trees:
        yield tree / ".claude" / "settings.json"
        yield tree / ".claude" / "settings.local.json"
    yield Path("/etc/claude-code/managed-settings.json")
    yield Path("/Library/Application Support/ClaudeCode/managed-settings.json")


def _days(path: Path) -> float | None:
    days = (stored(path) or {}).get("cleanupPeriodDays")
    good = isinstance(days, int | float) and not isinstance(days, bool) and 0 <= days < 1e6
    return float(days) if good and days is not None else None
