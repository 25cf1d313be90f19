"""A list on the terminal to choose from: type to narrow it, arrow keys to move, a preview beside it.

`pick` takes one or, with `many`, several. prompt-toolkit, which draws it, is loaded only when something is picked.
"""

from __future__ import annotations

from gitstory.cli.picker.choices import Choice, Piece, Source, matching
from gitstory.cli.picker.pick_on_terminal import can_pick, pick

__all__ = ["Choice", "Piece", "Source", "can_pick", "matching", "pick"]
