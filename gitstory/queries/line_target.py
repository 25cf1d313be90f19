"""What `git story why` was asked about: a file, lines or a name in it, and perhaps a revision.

`FILE:LINE`, `FILE:LINE-LINE`, `FILE:NAME`, `REV:FILE:LINE`. Files, revisions and names may all hold colons (`C:\\a.py`,
`HEAD^{/fix: it}`, `Class::method`), so every reading is tried against what there is, the plainest first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from msgspec import Struct

from gitstory.errors import GitStoryError
from gitstory.git.line_hashes import split_lines
from gitstory.git.log import text_of
from gitstory.git.repo import DamagedObject, LackingObject, Repo, TooBig, UnknownRevision, content_fetched

_LINES = re.compile(r"L?(\d+)(?:[-,]L?(\d+)|\+(\d+))?$")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_HOW = "ask for FILE:LINE, FILE:LINE-LINE, FILE:NAME or REV:FILE:LINE"
_BRACKETS = frozenset("}])")
_MOST_LINES = 400


class NoTarget(GitStoryError):
    def __init__(self, message: str, hint: str = _HOW) -> None:
        super().__init__(message, hint=hint)


class Target(Struct, frozen=True):
    """Lines `start` to `end` of `path` (from the top, forward slashes) in `rev`; None is the work tree.

    `name` is the symbol asked for, "" where lines were.
    """

    path: str
    start: int
    end: int
    rev: str | None = None
    name: str = ""


class FileTarget(Struct, frozen=True):
    """A file found: its path from the top, the revision (None for the work tree), its content."""

    path: str
    rev: str | None
    content: bytes


def find_target(repo: Repo, text: str, here: Path) -> Target:
    """The lines `text` names. Raises `NoTarget` with one line about what is missing, or `UnknownRevision`."""
    target = find_target_or_file(repo, text, here)
    if isinstance(target, FileTarget):
        raise NoTarget(f"which line of {text}?")
    return target


def find_target_or_file(repo: Repo, text: str, here: Path) -> Target | FileTarget:
    """The lines that `text` names, or the file where it names a file alone. Raises as `find_target`."""
    if not text.strip():
        raise NoTarget("why what?")
    missing: list[str] = []
    for file, what in _splits(text):
        place = _find_file(repo, file, here)
        if place is not None:
            return _in_file(place, what)
        missing.append(file)
    whole = _find_file(repo, text, here)
    if whole is not None:
        return whole
    raise _nothing_there(repo, text, missing or [text], here)


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """(file, lines or name) at each colon, the last one first; a drive's colon and `::` inside a name are no split."""
    at = len(text)
    while (at := text.rfind(":", 0, at)) > 0:
        drive = at == 1 and _DRIVE.match(text) is not None
        if not drive and text[at + 1 :] and not text[at + 1 :].startswith(":") and not text[:at].endswith(":"):
            yield text[:at], text[at + 1 :]


def _find_file(repo: Repo, file: str, here: Path) -> FileTarget | None:
    """The file as it stands in the work tree, else `REV:FILE`, else the file of HEAD (a bare repository)."""
    path = _from_top(repo, file, here)
    if repo.worktree is not None and path is not None:
        on_disk = repo.worktree / path
        if on_disk.is_file() and (_exists(repo, f"HEAD:{path}") or _exists(repo, f":{path}")):
            return FileTarget(path, None, on_disk.read_bytes())
    at = file.find(":")
    while at > 0:
        place = _in_revision(repo, file[:at], file[at + 1 :], here)
        if place is not None:
            return place
        at = file.find(":", at + 1)
    return None if path is None else _in_revision(repo, "HEAD", file, here)


def _exists(repo: Repo, name: str) -> bool:
    if "\n" in name:  # which the process that reads objects takes for two names
        return repo.run("cat-file", "-e", name, check=False).returncode == 0
    try:
        return repo.objects.read(name, 0) is not None
    except TooBig:
        return True
    except DamagedObject:
        return False


def _in_revision(repo: Repo, rev: str, file: str, here: Path) -> FileTarget | None:
    # git splits at the first colon outside of braces (`HEAD^{/fix: it}:file`).
    if rev.startswith("-") or not file or rev.count("{") != rev.count("}"):
        return None
    paths = [_from_top(repo, file, here)]
    if not file.startswith(("./", "../")):
        paths.append(PurePosixPath(file.replace("\\", "/")).as_posix() if "\\" in file else file)
    for path in dict.fromkeys(paths):
        blob = _blob(repo, f"{rev}:{path}") if path else None
        if blob is not None and path is not None:
            return FileTarget(path, rev, blob)
    return None


def _blob(repo: Repo, name: str) -> bytes | None:
    """The content of a file; fetched where a partial clone left it with its remote, as `git blame` does it."""
    try:
        return repo.objects.blob(name)
    except LackingObject as error:
        return content_fetched(repo, name, error)


def _from_top(repo: Repo, file: str, here: Path) -> str | None:
    """`file` as seen from the top of the repository; None if it is outside. Symbolic links are not followed
    in the last part, so that a link is its own file."""
    top = repo.worktree
    if top is None:
        return file.replace("\\", "/") if not Path(file).is_absolute() else None
    given = Path(file)
    whole = given if given.is_absolute() else here / given
    folder = whole.parent.resolve()
    try:
        return (folder / whole.name).relative_to(top.resolve()).as_posix()
    except ValueError:
        return None


def _nothing_there(repo: Repo, text: str, files: list[str], here: Path) -> GitStoryError:
    """Say which part is wrong: the revision, the file, or that git does not know the file yet."""
    file = files[0]
    rev, colon, path = file.partition(":")
    if not rev:
        return NoTarget(f"no file is named in {text}")
    if colon and path and not _DRIVE.match(file):
        process = repo.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}", check=False)
        return NoTarget(f"no such file in {rev}: {path}") if process.returncode == 0 else UnknownRevision(rev)
    if repo.ref("HEAD") is None:
        repo.resolve("HEAD")
    inside = _from_top(repo, file, here)
    if repo.worktree is not None and inside is not None and (repo.worktree / inside).is_dir():
        from gitstory.text.wording import shell_word

        hint = f"name a file in it; `git story log -- {shell_word(file)}` lists its commits"
        return NoTarget(f"{file} is a directory", hint)
    if repo.worktree is not None and inside is not None and (repo.worktree / inside).is_file():
        return NoTarget(f"not committed yet: {file}", "git knows no line of this file; `git add` it first")
    return NoTarget(f"no such file: {file}")


def _in_file(place: FileTarget, what: str) -> Target:
    lines = split_lines(place.content)
    match = _LINES.match(what)
    if match is None:
        start, end = find_name(lines, what)
        if not start:
            raise NoTarget(f"{what} is not in {place.path}", "a name is looked for as a whole word; give a line number")
        return Target(place.path, start, end, place.rev, what)
    start = int(match[1])
    end = int(match[2]) if match[2] else start + max(int(match[3]) - 1, 0) if match[3] else start
    if end < start:
        raise NoTarget(f"the lines {what} of {place.path} end before they begin", f"write {place.path}:{end}-{start}")
    if start < 1 or end > len(lines):
        count = f"{len(lines)} line" + ("" if len(lines) == 1 else "s")
        raise NoTarget(f"{place.path} has {count}, not {what}", f"lines count from 1 to {len(lines)}")
    return Target(place.path, start, end, place.rev)


_DEFINES = (
    r"\b(?:def|class|func|fn|fun|function|interface|struct|enum|trait|impl|type|module|namespace|object|protocol|record|"
    r"union|macro|macro_rules!|sub|proc|procedure|const|let|var|val|static|public|private|protected|internal|export|"
    r"defn|defun|define|resource|message|service|rule|CREATE|create)\b"
    # What may stand between: more keywords and types, and the receiver of a Go method.
    r"(?:\s*+\([^()]{0,200}+\)\s*+|[^(={:]{0,200}?)"
)


def find_name(lines: list[bytes], name: str) -> tuple[int, int]:
    """First and last line of where `name` is defined, else the first line that holds it as a word; (0, 0) if none.

    `A.b`, `A::b` and `A#b` are looked for as `b` after the definition of `A`. A definition reaches to the last line
    that is indented deeper, with a closing bracket of its own.
    """
    texts = [text_of(line).rstrip() for line in lines]
    start = _definition(texts, name, 0)
    if start:
        return start, _end_of(texts, start)
    after = 0
    parts = [part for part in re.split(r"::|[.#]", name) if part]
    for part in parts[:-1]:
        after = _definition(texts, part, after) or after
    last = parts[-1] if parts else name
    start = _definition(texts, last, after)
    if start:
        return start, _end_of(texts, start)
    word = _word(last)
    at = next((number for number, text in enumerate(texts, 1) if number > after and word.search(text)), 0)
    return at, at


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")


def definitions(name: str) -> tuple[str, ...]:
    """Patterns of lines that define `name`, the surest first."""
    word = _word(name).pattern
    return (
        _DEFINES + word,
        # A name at the start of the line with a parameter list and a body, a binding, or a key.
        rf"^\s*+(?:[\w<>,*&\[\]:~ ]+\s[*&]?)?{word}\s*+\([^;]*+$",
        rf"^\s*+[\"']?{word}[\"']?\s*+(?::=|=(?!=)|:)",
        rf"^\[++\s*+[\"']?{word}",
        rf"^#++\s.*{word}",
    )


def _definition(texts: list[str], name: str, after: int) -> int:
    """Number of the first line behind `after` that looks like a definition of `name`; 0 for none."""
    for pattern in definitions(name):
        regex = re.compile(pattern)
        for number, text in enumerate(texts[after:], after + 1):
            if len(text) < 2000 and name in text and regex.search(text):
                return number
    return 0


def _end_of(texts: list[str], start: int) -> int:
    depth = _indent(texts[start - 1])
    end = start
    for number in range(start + 1, min(len(texts), start + _MOST_LINES) + 1):
        text = texts[number - 1]
        if not text.strip():
            continue
        if _indent(text) <= depth and not _goes_on(text.strip()):
            return number if text.strip()[0] in _BRACKETS else end
        end = number
    return end


def _goes_on(text: str) -> bool:
    """Whether a line that is not indented deeper still leads into the body: `{` alone, or a parameter list's end."""
    return text == "{" or (text[0] in ")]" and text[-1] in ":{")


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
