"""Small pieces of wording that every renderer shares: names, counts, times, cutting and wrapping. All pure."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from gitstory.agents.catalog import AGENTS
from gitstory.text.late_pattern import late_pattern

_OLDER_LABELS = {"cursor-ide": "Cursor"}
"""Agents that stored conversations may name, and that no reader has."""
_RECORDERS = {
    "entire": "Entire",
    "agent-trace": "Agent Trace",
    "agent-note": "Agent Note",
    "claude-session": "the commit's message",
    "agent-logs-url": "the commit's message",
    "copilot-session": "the commit's message",
}
"""Other tools as a sentence names them; the rest go by the names they have."""
_SIGNERS = {"aider": "aider", "claude": "Claude", "copilot": "Copilot"}
_LEAST_LAST = 8
"""Columns below which the last of several parts says nothing."""
_LABEL = late_pattern(r"(?:[^\s|]+ ){1,3} +(?=\S)")
_COLOR = late_pattern(r"\x1b\[[0-9;]*m")
_KEPT = "\u00a0"
_SENTENCE_END = late_pattern(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[A-Z0-9`*_À-Þ]|$)")
_FENCE = late_pattern(r"```.*?(?:```|\Z)", re.DOTALL)
_MARKUP = late_pattern(r"^(?:#+\s+|[-*]\s+|>\s+)", re.MULTILINE)


def agent_label(agent: str) -> str:
    """`claude-code` -> `Claude Code`."""
    info = AGENTS.get(agent)
    if info is not None:
        return info.label
    return _OLDER_LABELS.get(agent) or " ".join(part.capitalize() for part in one_line(agent).split("-"))


def signer_label(agent: str) -> str:
    """`claude` -> `Claude`: as it calls itself in a message, which need not be its command line program."""
    return _SIGNERS.get(agent) or agent_label(agent)


def recorder_label(tool: str) -> str:
    """`entire` -> `Entire`."""
    return _RECORDERS.get(tool) or one_line(tool)


def not_understood(agent: str, version: str, records: int) -> str:
    """`12 of Claude Code 2.3.0`."""
    return f"{records:,} of {agent_label(agent)}{f' {one_line(version)[:40]}' if version else ', no version recorded'}"


def count(number: int, what: str, many: str | None = None) -> str:
    return f"{number:,} {what if number == 1 else many or what + 's'}"


def often(number: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def listed(items: list[str]) -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def one_line(text: str) -> str:
    """Every stretch of white space as one space."""
    return " ".join(text.split())


def rfc3339(seconds: float | None) -> str | None:
    """Epoch seconds as `2026-11-20T16:25:00Z`, with milliseconds where there are any; None stays None."""
    if seconds is None:
        return None
    whole, milli = divmod(round(seconds * 1000), 1000)
    try:
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
    except (OverflowError, ValueError, OSError):
        return None
    return f"{text.zfill(19)}{f'.{milli:03d}' if milli else ''}Z"


def local(seconds: float | None, zone: int, form: str) -> str:
    """Epoch seconds in a zone (minutes east of UTC), by `strftime`; "" where unknown or beyond the calendar."""
    if seconds is None:
        return ""
    try:
        return time.strftime(form, time.gmtime(seconds + zone * 60))
    except (OverflowError, ValueError, OSError):
        return ""


def day(seconds: float | None, zone: int = 0) -> str:
    return local(seconds, zone, "%Y-%m-%d")


def ago(seconds: float, now: float | None = None) -> str:
    """`3 h`, `12 d`, `4 mo`, `2 y`: how long ago, in one unit."""
    passed = max((time.time() if now is None else now) - seconds, 0)
    for size, name in ((31_557_600, "y"), (2_629_800, "mo"), (86_400, "d"), (3_600, "h"), (60, "min")):
        if passed >= size:
            return f"{int(passed // size)} {name}"
    return "now"


def clock(seconds: float | None, zone: int, beside: float | None = None) -> str:
    """`16:25`, with the day before it where that is not the day of `beside`."""
    if seconds is None:
        return ""
    same = beside is not None and day(seconds, zone) == day(beside, zone)
    return local(seconds, zone, "%H:%M" if same else "%Y-%m-%d %H:%M")


def zone_text(zone: int) -> str:
    sign, minutes = ("-", -zone) if zone < 0 else ("+", zone)
    return f"{sign}{minutes // 60:02d}{minutes % 60:02d}"


def git_date(seconds: int, zone: int) -> str:
    """As git's default date: `Fri Nov 20 16:25:00 2026 +0000`. English names whatever the locale."""
    parts = local(seconds, zone, "%w %m %d %H:%M:%S %Y").split()
    if len(parts) != 5:
        return str(seconds)
    weekday = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")[int(parts[0])]
    month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][int(parts[1]) - 1]
    return f"{weekday} {month} {int(parts[2])} {parts[3]} {parts[4]} {zone_text(zone)}"


def width_of(text: str) -> int:
    """Columns a terminal gives `text`: wide characters two, marks that join the one before none."""
    if text.isascii():
        return len(text)
    return len(text) + sum(_columns(char) - 1 for char in text if char > "\x7f")


@cache
def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shorten(text: str, width: int) -> str:
    """`text` on one line in at most `width` columns, with an ellipsis where it was cut."""
    flat = one_line(text[: 4 * width + 400])
    if width_of(flat) <= width and len(text) <= 4 * width + 400:
        return flat
    cut = _fitting(flat, width - 1).rstrip()
    space = cut.rfind(" ")
    if space > 2 * len(cut) // 3 and len(cut) < len(flat) and flat[len(cut)] != " ":
        cut = cut[:space].rstrip()
    return cut + "…"


def cut(text: str, width: int) -> str:
    """`text` in at most `width` columns, its spaces kept, with an ellipsis where it was cut."""
    return text if width_of(text) <= width else _fitting(text, width - 1) + "…"


def shorten_spaced(parts: Sequence[str], width: int) -> str:
    """The parts two spaces apart on one line of at most `width` columns; the last one is cut first."""
    head = "  ".join(one_line(part) for part in parts[:-1])
    if not head or width - width_of(head) - 2 < _LEAST_LAST:
        return cut("  ".join(one_line(part) for part in parts), width)
    return f"{head}  {shorten(parts[-1], width - width_of(head) - 2)}"


def shorten_path(path: str, width: int) -> str:
    """A path in at most `width` columns: folders are cut off at its beginning, since its end distinguishes files."""
    if width_of(path) <= width:
        return path
    tail = path
    while "/" in tail and width_of(tail) > width - 2:
        tail = tail.partition("/")[2]
    return f"…/{tail}" if width_of(tail) <= width - 2 else "…" + _fitting(tail[::-1], width - 1)[::-1]


def _fitting(text: str, width: int) -> str:
    """The longest head of `text` in at most `width` columns."""
    if text.isascii():
        return text[: max(width, 0)]
    used = 0
    for at, char in enumerate(text):
        used += _columns(char)
        if used > width:
            return text[:at]
    return text


def padded(text: str, width: int) -> str:
    return text + " " * (width - width_of(text))


def wrap(text: str, width: int) -> Iterator[str]:
    """`text` in lines of at most `width` columns; its own line ends stay, indentation is kept where it fits."""
    width = max(width, 10)
    for line in text.expandtabs(4).splitlines():
        line = line.rstrip()
        if width_of(line) <= width:
            yield line
            continue
        indent = line[: min(len(line) - len(line.lstrip()), width // 2)]
        yield from _filled(line.split(), indent, width)


def hanging(line: str, width: int) -> Iterator[str]:
    """A row "label    text" broken between words to `width` columns, with the label in a column of its own.

    What stands in backticks is kept together, so that a command can be copied. Any other line is left as it is.
    """
    label = _LABEL.match(line)
    if width_of(line) <= width or label is None:
        yield line
        return
    indent = " " * len(_COLOR.sub("", label[0]))
    words = re.sub(r"`[^`]*`", lambda quoted: quoted[0].replace(" ", _KEPT), line[label.end() :]).split(" ")
    for at, part in enumerate(_filled(words, indent, width)):
        yield (part if at else label[0] + part[len(indent) :]).replace(_KEPT, " ")


def _filled(words: list[str], indent: str, width: int) -> Iterator[str]:
    line = ""
    for word in words:
        if line and width_of(f"{indent}{line} {word}") > width:
            yield indent + line
            line = ""
        line = f"{line} {word}" if line else word
        while width_of(indent + line) > width:
            head = _fitting(line, width - len(indent)) or line[:1]
            yield indent + head
            line = line[len(head) :]
    if line:
        yield indent + line


def first_lines(text: str, width: int, most: int) -> list[str]:
    """`text` wrapped and cut to `most` lines; an ellipsis ends what was cut."""
    lines: list[str] = []
    for line in wrap(text.strip("\n")[: width * (most + 2) * 4], width):
        if len(lines) == most:
            lines[-1] = shorten(lines[-1] + " " + "…" * 3, width) if len(lines[-1]) >= width else lines[-1] + " …"
            break
        lines.append(line)
    return lines


def sentences(text: str, most: int = 2, limit: int = 280) -> str:
    """The first sentences of an answer, on one line: code blocks and heading marks left out, cut to `limit` columns."""
    plain = _MARKUP.sub("", _FENCE.sub(" ", text[:8000])).strip()
    paragraph = next((part for part in re.split(r"\n\s*\n", plain) if part.strip()), "")
    flat = one_line(paragraph)
    parts = [part.strip() for part in _SENTENCE_END.split(flat) if part.strip()]
    return shorten(" ".join(parts[:most]), limit)


def offer(checkpoints: int) -> str:
    """What can be done with transcripts that Entire keeps."""
    return (
        f"Entire keeps the transcripts of {count(checkpoints, 'checkpoint')} in this repository: "
        "`git story backfill --all --from entire` links commits by them"
    )


_SHELL_WORD = late_pattern(r"[A-Za-z0-9@%+=:,./_-][A-Za-z0-9@%+=:,./_#-]*\Z")


def shell_word(text: str) -> str:
    """A name of others as one word of a command that a person copies, or an agent obeys."""
    return text if _SHELL_WORD.match(text) else "'" + text.replace("'", "'\"'\"'") + "'"
