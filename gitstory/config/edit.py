"""Change one setting in a TOML text and nothing else: comments, order and spelling stay as the person wrote them.

The text is parted into statements only as far as needed to find one; whether the result says what was meant is then
judged by tomllib, on the whole. What cannot be done so is refused.
"""

from __future__ import annotations

import copy
import os
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from gitstory.config.load import read_text
from gitstory.config.setting import ConfigError
from gitstory.config.toml_values import quoted, shown

Name = tuple[str, ...]


class _Statement(Struct, frozen=True):
    """A table header (`value` is None) or a `key = value`: its full name and where it lies in the text.

    `table` is the table it stands in; `start` to `end` are its lines, a comment behind it included, `value` its value.
    """

    name: Name
    table: Name
    start: int
    end: int
    value: tuple[int, int] | None = None
    of_array: bool = False


class _Odd(Exception):
    """The text is not understood well enough to change it."""


def set_value(text: str, name: Name, value: Any) -> str:
    """`text` with the setting `name` (its parts) being `value`. Raises `ConfigError` where that cannot be done."""
    wanted = copy.deepcopy(_parsed(text))
    table = wanted
    for part in name[:-1]:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise _cannot(f"{part} is not a table")
    table[name[-1]] = list(value) if isinstance(value, tuple) else value
    return _checked(lambda: _set(text, name, value, wanted), wanted)


def unset_value(text: str, name: Name) -> str:
    """`text` without the setting; the same text where it is not there."""
    wanted = copy.deepcopy(_parsed(text))
    table: Any = wanted
    for part in name[:-1]:
        table = table.get(part) if isinstance(table, dict) else None
    if not isinstance(table, dict) or name[-1] not in table:
        return text
    del table[name[-1]]
    return _checked(lambda: _unset(text, name, wanted), wanted)


def write_text(path: Path, text: str) -> None:
    """Replace a settings file at once or not at all; a person's own link to it stays a link. Raises `ConfigError`."""
    target = path.resolve()
    temporary = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            raise ConfigError(f"{path} is a directory, not a settings file", hint="move it away")
        if target.exists() and not os.access(target, os.W_OK):
            raise ConfigError(f"{path} is read-only", hint="nothing was changed; make it writable first")
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".config-", suffix=".toml")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()
        raise ConfigError(f"cannot write {path}: {error.strerror}", hint="nothing was changed") from None


def change_file(path: Path, name: Name, value: Any) -> bool:
    """Set one setting in a file, or remove it (None); whether anything changed. Raises `ConfigError`."""
    before = read_text(path) or ""
    mark = "\ufeff" if before.startswith("\ufeff") else ""
    text = before[len(mark) :]
    after = unset_value(text, name) if value is None else set_value(text, name, value)
    if after == text:
        return False
    write_text(path, mark + after)
    return True


# --- deciding ---


def _set(text: str, name: Name, value: Any, wanted: Mapping[str, Any]) -> str:
    line_end = "\r\n" if "\r\n" in text else "\n"
    statements = list(_statements(text))
    for statement in statements:
        if statement.value is not None and not statement.of_array and name[: len(statement.name)] == statement.name:
            # The setting itself, or an inline table that holds it (which has no comments to lose).
            return _with_value(text, statement, shown(_at(wanted, statement.name)))
    row = f"{quoted(name[-1])} = {shown(value)}{line_end}"
    headers = [s for s in statements if s.value is None and s.name == name[:-1] and not s.of_array]
    if headers or len(name) == 1:
        inside = [s for s in statements if s.table == name[:-1] and not s.of_array]
        return _insert(text, (inside or headers)[-1].end if inside or headers else 0, row, line_end)
    # Keys like `redact.hosts` beside which the new one fits; not those of a table below, such as [redact.rules].
    dotted = [
        s
        for s in statements
        if s.value is not None
        and not s.of_array
        and s.name[: len(name) - 1] == name[:-1]
        and s.table == name[: len(s.table)]
    ]
    if dotted:
        beside = dotted[-1]
        rest = ".".join(quoted(part) for part in name[len(beside.table) :])
        return _insert(text, beside.end, f"{rest} = {shown(value)}{line_end}", line_end)
    header = "[" + ".".join(quoted(part) for part in name[:-1]) + "]" + line_end
    gap = line_end if text.strip() else ""
    return _insert(text, len(text), gap + header + row, line_end)


def _unset(text: str, name: Name, wanted: Mapping[str, Any]) -> str:
    for statement in _statements(text):
        if statement.value is None or statement.of_array:
            continue
        if statement.name == name:
            return text[: statement.start] + text[statement.end :]
        if name[: len(statement.name)] == statement.name:
            return _with_value(text, statement, shown(_at(wanted, statement.name)))
    raise _Odd("it is spread over a table of its own")


def _at(content: Mapping[str, Any], name: Name) -> Any:
    value: Any = content
    for part in name:
        value = value[part]
    return value


def _with_value(text: str, statement: _Statement, value: str) -> str:
    assert statement.value is not None
    start, end = statement.value
    line = text.count("\n", 0, start) + 1
    if any(char == "#" for _at, char in _outside_strings(text, start, end)):
        raise _Odd(f"the value at line {line} has comments inside, which would be lost")
    return text[:start] + value + text[end:]


def _insert(text: str, at: int, row: str, line_end: str) -> str:
    before = text[:at]
    if before and not before.endswith("\n"):
        before += line_end
    return before + row + text[at:]


def _checked(make: Any, wanted: Mapping[str, Any]) -> str:
    try:
        text: str = make()
        values = tomllib.loads(text)
    except _Odd as error:
        raise _cannot(str(error)) from None
    except tomllib.TOMLDecodeError:
        raise _cannot("the file is written in a way that is not understood") from None
    if _bare(values) != _bare(wanted):
        raise _cannot("the file is written in a way that is not understood")
    return text


def _bare(value: Any) -> Any:
    """Without empty tables, which say nothing."""
    if isinstance(value, Mapping):
        inner = {key: _bare(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item != {}}
    return value


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the settings file is not valid TOML: {error}", hint="correct that first") from None


def _cannot(why: str) -> ConfigError:
    return ConfigError(f"cannot change this setting in the file: {why}", hint="nothing was changed; edit it by hand")


# --- finding ---


def _statements(text: str) -> Iterator[_Statement]:
    """The headers and `key = value`s of a valid TOML text, in order."""
    at, of_array = 0, False
    table: Name = ()
    while at < len(text):
        start = at
        while at < len(text) and text[at] in " \t":
            at += 1
        if at >= len(text) or text[at] in "#\r\n":
            at = _line_end(text, at)
        elif text[at] == "[":
            stop = _value_end(text, at)
            of_array = text.startswith("[[", at)
            table = _name_of(text[at:stop].strip("[] \t\r"), "[{}]")
            at = _line_end(text, stop)
            yield _Statement(table, table, start, at, None, of_array)
        else:
            equals = next(place for place, char in _outside_strings(text, at, len(text)) if char == "=")
            name = _name_of(text[at:equals], "{} = 0")
            first = equals + 1
            while text[first] in " \t":
                first += 1
            stop = _value_end(text, first)
            last = first + len(text[first:stop].rstrip(" \t\r\n"))
            at = _line_end(text, stop)
            yield _Statement((*table, *name), table, start, at, (first, last), of_array)


def _name_of(spelt: str, frame: str) -> Name:
    value: Any = tomllib.loads(frame.format(spelt.strip()))
    parts = []
    while isinstance(value, dict) and value:
        (part, value), *_rest = value.items()
        parts.append(part)
    return tuple(parts)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _value_end(text: str, at: int) -> int:
    """Where a value or header that starts at `at` ends: at a line end or comment outside of brackets and strings."""
    depth = 0
    in_comment = False
    for place, char in _outside_strings(text, at, len(text)):
        if char == "\n":
            in_comment = False
            if depth == 0:
                return place
        elif in_comment:
            continue
        elif char == "#":
            if depth == 0:
                return place
            in_comment = True
        elif char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
    return len(text)


def _outside_strings(text: str, at: int, end: int) -> Iterator[tuple[int, str]]:
    """(place, character) of what is outside of strings; the text of a comment is given too, quotes in it included."""
    comment = False
    while at < end:
        char = text[at]
        if comment or char not in "\"'":
            comment = char == "#" or (comment and char != "\n")
            yield at, char
            at += 1
            continue
        at = _string_end(text, at, _opening(text, at))


def _opening(text: str, at: int) -> str:
    triple: Sequence[str] = ('"""', "'''")
    return text[at : at + 3] if text[at : at + 3] in triple else text[at]


def _string_end(text: str, at: int, quote: str) -> int:
    place = at + len(quote)
    while place < len(text):
        if text[place] == "\\" and quote[0] == '"':
            place += 2
        elif text.startswith(quote, place):
            place += len(quote)
            # Up to two more quotes may belong to the end of a text in three.
            while len(quote) == 3 and text[place : place + 1] == quote[0]:
                place += 1
            return place
        else:
            place += 1
    return len(text)
