"""What `git story blame` makes of a command line: what is ours, what git is given, what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click
from msgspec import Struct

from gitstory.render.blame_style import Style

WITH_VALUE = frozenset({
    "-L", "-S", "--contents", "--date", "--since", "--until", "--after", "--before", "--ignore-rev",
    "--ignore-revs-file", "--encoding", "--diff-algorithm",
})  # fmt: skip
"""Options of git whose value is the next argument."""
_VALUE_LETTERS = "LSMC"
_FORMATS = {"--json": "json", "--porcelain": "porcelain", "-p": "porcelain", "--line-porcelain": "line-porcelain"}
_DROPPED = frozenset({"--progress", "--no-progress", "--no-porcelain", "--no-line-porcelain"})
_REFUSED = {
    "--incremental": "--porcelain has the same headers",
    "--show-stats": "`git blame --show-stats` prints them",
}
_REFUSED_IN_TEXT = {
    "-c": "`git blame -c` prints the format of `git annotate`",
    "--score-debug": "`git blame --score-debug` prints the scores",
    "--color-lines": "colours tell the turns apart; `git blame --color-lines` has git's",
    "--color-by-age": "colours tell the turns apart; `git blame --color-by-age` has git's",
}
_LONG_NAMES = {"--show-email": "e", "--show-name": "f", "--show-number": "n"}


class BlameRequest(Struct, frozen=True):
    """The format asked for ("" is the text for people), how that looks, `--date`, and the arguments git is given."""

    shape: str
    style: Style
    date: str | None
    args: list[str]


def parse_request(args: Sequence[str]) -> BlameRequest:
    """Take out what is ours; everything else is left to git, in order. Raises `click.UsageError`."""
    kept: list[str] = []
    shape, date, letters = "", None, set[str]()
    abbrev: int | None = None
    rest = iter(args)
    for arg in rest:
        if arg == "--":
            kept += [arg, *rest]
        elif arg in _FORMATS:
            shape = _FORMATS[arg] if shape != "json" else shape
        elif arg in _REFUSED:
            raise click.UsageError(f"{arg} is not offered; {_REFUSED[arg]}")
        elif arg in WITH_VALUE:
            value = next(rest, None)
            date = value if arg == "--date" else date
            kept += [arg, *([] if value is None else [value])]
        elif arg not in _DROPPED:
            letters |= set(_letters(arg))
            letters |= {arg} & _REFUSED_IN_TEXT.keys()
            date = arg.removeprefix("--date=") if arg.startswith("--date=") else date
            abbrev = _abbrev(arg, abbrev)
            kept.append(arg)
    shape = "porcelain" if "p" in letters and not shape else shape
    if shape == "line-porcelain":
        kept.insert(0, "--line-porcelain")
    if not shape:
        _refuse(letters)
    return BlameRequest(shape, _style(letters, abbrev), date, kept)


def revision_is_named(args: Sequence[str]) -> bool:
    """Whether what stands before the file names a revision."""
    return any(True for _ in _positional(args))


def _positional(args: Sequence[str]) -> Iterator[str]:
    rest = iter(args)
    for arg in rest:
        if arg in WITH_VALUE:
            next(rest, None)
        elif not arg.startswith("-"):
            yield arg


def _letters(arg: str) -> str:
    """The flags of a bundle like `-ws`, up to the first letter that takes what follows as its value."""
    if arg.startswith("--"):
        return _LONG_NAMES.get(arg, "")
    if not arg.startswith("-"):
        return ""
    end = next((at for at, letter in enumerate(arg) if letter in _VALUE_LETTERS), len(arg))
    return arg[1:end]


def _abbrev(arg: str, before: int | None) -> int | None:
    value = arg.removeprefix("--abbrev=")
    # git adds one column, in which `^` marks a boundary.
    return int(value) + 1 if value != arg and value.isdecimal() else 40 if arg == "--no-abbrev" else before


def _refuse(letters: set[str]) -> None:
    names = letters & _REFUSED_IN_TEXT.keys() | ({"-c"} if "c" in letters else set())
    for name in sorted(names):
        raise click.UsageError(f"{name} is not offered; {_REFUSED_IN_TEXT[name]}")


def _style(letters: set[str], abbrev: int | None) -> Style:
    return Style(
        short="s" in letters,
        mail="e" in letters,
        raw_time="t" in letters,
        file_names="f" in letters,
        numbers="n" in letters,
        blank_boundary="b" in letters,
        id_length=64 if "l" in letters else abbrev or 8,
    )
