"""What `git blame`'s own options change in the text of `git story blame`."""

from __future__ import annotations

from msgspec import Struct


class Style(Struct, frozen=True):
    """Each field is one option of git: -s, -e, -t, -f, -n, -b; `id_length` in characters (-l, --abbrev)."""

    short: bool = False
    mail: bool = False
    raw_time: bool = False
    file_names: bool = False
    numbers: bool = False
    blank_boundary: bool = False
    id_length: int = 8
