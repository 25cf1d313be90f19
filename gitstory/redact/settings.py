"""What redaction is told; apart from the engine, whose patterns take long to compile."""

from __future__ import annotations

from msgspec import Struct


class Settings(Struct, frozen=True):
    """What configuration may say. Own rules add to the built-in ones; nothing switches those off but the allow-list.

    `rules` are (id, regular expression) pairs: the group named `secret`, else the whole match, is hidden.
    `allow` are regular expressions a found secret must match in full to be left alone, `allow_literals` whole secrets.
    `host_names` are always hidden (`*.corp.example` and all hosts under it); `hosts` hides every host of a URI that is
    not a well-known public one. `machines` are names of the person's own; unless None, prompts, bare host names and
    addresses of networks are hidden with them. Of calls that name a file of `withhold.PATHS` (less `keep_paths`) or
    `withhold_paths`, or use a tool of `withhold_tools`, no output is kept.
    """

    rules: tuple[tuple[str, str], ...] = ()
    allow: tuple[str, ...] = ()
    allow_literals: tuple[str, ...] = ()
    emails: bool = True
    hosts: bool = False
    host_names: tuple[str, ...] = ()
    homes: bool = True
    machines: tuple[str, ...] | None = None
    withhold_paths: tuple[str, ...] = ()
    keep_paths: tuple[str, ...] = ()
    withhold_tools: tuple[str, ...] = ()
