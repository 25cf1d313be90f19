r"""Line ends as evidence of drift: the commit has CRLF where the agent wrote LF, or the other way.

A mere difference proves nothing: git itself turns CRLF into LF when it is configured to, and agents' edit tools show a
CRLF file as LF to the model and keep its line ends on disk. So drift is said only where the file was new, or had before
the line ends the agent wrote, and git was not configured to convert.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Literal

from msgspec import Struct

from gitstory.git.repo import Repo

Ends = Literal["", "lf", "crlf"]
"""How all lines of a text end; "" for none, or some so and some so."""


def ends_of(text: str) -> Ends:
    """The line ends of a text; the last line counts only with one."""
    all_ends, crlf = text.count("\n"), text.count("\r\n")
    return "" if not all_ends or 0 < crlf < all_ends else "crlf" if crlf else "lf"


class FileEnds(Struct, frozen=True):
    """One file of a commit: `before` in the first parent ("" where it had none, or mixed), `crlf` of each line now.

    `new` says that no parent had the file; `converted` whether git turns CRLF into LF when the file is added.
    """

    crlf: tuple[bool, ...] = ()
    before: Ends = ""
    new: bool = False
    converted: Callable[[], bool] = lambda: False

    def drifted(self, index: int, wrote: Ends) -> bool:
        """Whether line `index` (0-based) ends otherwise than its edit wrote it, and neither git nor a tool did that."""
        if not wrote or not index < len(self.crlf) or self.crlf[index] == (wrote == "crlf"):
            return False
        if not self.new and self.before != wrote:
            return False
        return self.crlf[index] or not self.converted()


def converting(repo: Repo) -> Callable[[bytes], bool]:
    """Whether git turns CRLF into LF when a path is added, by its attributes and `core.autocrlf`; asked once a path."""

    @cache
    def converts(path: bytes) -> bool:
        done = repo.run("check-attr", "-z", "--stdin", "text", "eol", "crlf", input=path + b"\0", check=False)
        fields = done.stdout.split(b"\0")
        attributes = {fields[at + 1]: fields[at + 2] for at in range(0, len(fields) - 2, 3)}
        text, old = attributes.get(b"text", b"unspecified"), attributes.get(b"crlf", b"unspecified")
        if text == b"unspecified":
            text = old
        if text in (b"set", b"auto", b"input") or (
            text == b"unspecified" and attributes.get(b"eol") in (b"lf", b"crlf")
        ):
            return True
        return text == b"unspecified" and (repo.config("core.autocrlf") or "").lower() in ("true", "input", "1", "yes")

    return converts
