"""Token counts as the providers' interfaces name them, brought to one meaning (`model.Tokens`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitstory.model import Tokens

_LARGEST = 1 << 48


def anthropic(usage: Any) -> Tokens | None:
    """`input_tokens` without those counted separately as written to or read from the cache."""
    names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens")
    return counted_apart(usage, *names) if isinstance(usage, dict) else None


def counted_apart(used: Mapping[str, Any], read: str, cached: str, stored: str, written: str) -> Tokens | None:
    """Counts under these names, where what came from the cache and what was put there is not within what was read."""
    from_cache = count(used.get(cached))
    return tokens(count(used.get(read)) + count(used.get(stored)) + from_cache, count(used.get(written)), from_cache)


def counted_either_way(used: Mapping[str, Any], read: str, cached: str, stored: str, written: str) -> Tokens | None:
    """The same, where some programs count the cache within what was read and some apart: it can be the greater then."""
    within, from_cache, to_cache = (count(used.get(name)) for name in (read, cached, stored))
    whole = within if within >= from_cache + to_cache else within + from_cache + to_cache
    return tokens(whole, count(used.get(written)), from_cache)


def openai(usage: Any) -> Tokens | None:
    """`input_tokens` with the cached ones in it (`prompt_tokens`, `completion_tokens` in the older interface)."""
    if not isinstance(usage, dict):
        return None
    details = usage.get("input_tokens_details") or usage.get("prompt_tokens_details")
    inner = details.get("cached_tokens") if isinstance(details, dict) else None
    read = count(usage.get("input_tokens")) or count(usage.get("prompt_tokens"))
    written = count(usage.get("output_tokens")) or count(usage.get("completion_tokens"))
    return tokens(read, written, count(usage.get("cached_input_tokens")) or count(inner))


def tokens(input: int, output: int, cached: int = 0) -> Tokens | None:
    """None where nothing was counted: most often the agent wrote zeros in place of what it did not know."""
    return Tokens(input, output, min(cached, input)) if input or output else None


def count(value: Any) -> int:
    """A count as it may stand in a record; 0 for anything that is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LARGEST:
        return 0
    return int(value)


def together(*counts: Tokens | None) -> Tokens | None:
    """The sum of those that are there."""
    tokenses = [one for one in counts if one is not None]
    return sum(tokenses[1:], tokenses[0]) if tokenses else None
