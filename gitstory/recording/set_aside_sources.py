"""Files of the agents' stores that were set aside, kept between runs: none takes its budget of time a second time.

Losing the list costs that time once more, never a story.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from gitstory import safe_open
from gitstory.git import safe_own_files
from gitstory.safe_open import Aside

NAME = "set-aside.json"
_MOST = 200
_LARGEST = 1 << 20


def load(home: Path) -> tuple[Aside, ...]:
    """What is set aside in the repository whose directory `home` is; nothing where that is not known."""
    try:
        return msgspec.json.decode(safe_own_files.content(home / NAME, _LARGEST), type=tuple[Aside, ...])
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return ()


def begin(home: Path) -> None:
    """Leave alone what earlier runs set aside, and remember what this one does."""
    safe_open.remember(load(home), partial(_keep, home) if home.is_dir() else None)


def clear(home: Path) -> None:
    """Have everything tried again."""
    safe_open.forget()
    safe_own_files.remove(home / NAME)


def _keep(home: Path, refused_file: Aside) -> None:
    others = [known for known in load(home) if known.path != refused_file.path]
    with suppress(OSError):
        safe_own_files.write(home / NAME, msgspec.json.encode([*others, refused_file][-_MOST:]))
