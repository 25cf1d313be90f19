"""What a shell command and its output tell: files it wrote, commits it made.

Pure functions over text, for every agent that records its shell calls. They claim only what stands there: an
expansion, a glob or a script they cannot see yields nothing, a program known to write a file yields its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from msgspec.structs import replace

from gitstory.agents import patches
from gitstory.agents.patches import absolute
from gitstory.agents.shell import python, sed
from gitstory.agents.shell.command_parser import Simple, Word, simple_commands
from gitstory.agents.shell.control_flow import CLOSES, OPENS, PIPES, Ended, ran
from gitstory.agents.shell.powershell import has_here_string, powershell_edits
from gitstory.model import Edit


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMITTING = frozenset({"commit", "cherry-pick", "merge", "rebase", "revert", "am", "pull", "stash", "subtree"})
_COMMITTED = re.compile(r"^\[[^\]\n]{1,250} ([0-9a-f]{7,64})\] ", re.MULTILINE)
_STOPPED = re.compile(
    r"timed? ?out (?:after|in)\b|exceeded (?:the )?timeout"
    r"|\b(?:was|been|user|command) (?:aborted|cancell?ed|interrupted)\b"
    r"|Operation cancelled|<error>Command was aborted|aborted by user after|\bSIG(?:KILL|TERM|INT)\b",
    re.IGNORECASE,
)
_TELLTALE = re.compile(
    r">|\b(?:sed|perl|mv|cp|rm|tee|touch|apply_?patch|truncate|rename|sh|bash|zsh|python[\d.]*|patch|apply)\b"
)
_QUIET_GIT = _words("""
    log show status diff reflog branch blame grep fetch push rev-parse rev-list ls-files ls-tree ls-remote cat-file
    notes config remote checkout switch add tag describe clone init worktree shortlog for-each-ref show-ref
""")
_QUIET = _words("""
    cat echo printf head tail less more grep rg ag sed awk find ls wc sort uniq cut tr jq diff cd pwd true false test
    [ sleep date which type tee curl wget export set env mkdir touch cp mv rm
""")
_KEYWORDS = _words("if then else elif fi while until do done esac ! { } time sudo command nohup")
_HEADERS = _words("for case select function")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_PYTHON = re.compile(r"\A(?:python|pypy)[\d.]*\Z")
_SED_SCRIPT = frozenset({"-e", "-f", "--expression", "--file"})


def commits_made(command: str, output: str) -> tuple[str, ...]:
    """Ids in the `[branch abc1234] subject` lines of `output`, if `command` can have made commits."""
    if "] " not in output:
        return ()
    texts = [match[1] for match in _COMMITTED.finditer(output.replace("\r", ""))]
    return tuple(dict.fromkeys(texts)) if texts and _may_commit(command) else ()


def shell_edits(
    command: str, cwd: str | None = None, time: float | None = None, ended: Ended = "well"
) -> tuple[Edit, ...]:
    """The files that `command`, run in `cwd`, wrote, moved or removed, in order.

    A file that it wrote perhaps is known by name only. Of one that did not end well, only what it surely wrote before
    counts, where the text is known.
    """
    if has_here_string(command):  # no sh has those: agents on Windows do not say which shell it is
        return powershell_edits(command, cwd, time) if ended == "well" else ()
    if not _TELLTALE.search(command):
        return ()
    run = _Run(time, cwd, ended)
    run.all(command)
    return tuple(edit for edit in run.edits if ended == "well" or edit.after is not None or edit.hunks)


def how_it_ended(code: int | None, failed: bool) -> Ended:
    """How a command ended whose exit code is `code`: killed by a signal or by `timeout` it was stopped."""
    stopped = code is not None and (code in (124, 137) or code > 128 or code < 0)
    return "stopped" if stopped else "badly" if failed or code else "well"


def was_stopped(printed: str) -> bool:
    """Whether what is printed of a command that failed says that it was stopped rather than ended."""
    return _STOPPED.search(printed) is not None


def _may_commit(command: str) -> bool:
    return any(_is_committing(_program(simple.words)) for simple in simple_commands(command) if simple.words)


def _is_committing(words: Sequence[Word]) -> bool:
    if not words:
        return False
    name = words[0].text.rsplit("/", 1)[-1].removesuffix(".exe")
    if name != "git":
        return name not in _QUIET
    verb = next(iter(_operands(words[1:], frozenset({"-C", "-c", "--git-dir", "--work-tree"}))), None)
    return verb is None or verb.text in COMMITTING or verb.text not in _QUIET_GIT


def _program(words: Sequence[Word]) -> Sequence[Word]:
    """`words` from the program on: keywords, assignments and harmless wrappers before it are left out."""
    for index, word in enumerate(words):
        if word.text in _HEADERS:
            break
        if word.text not in _KEYWORDS and not _ASSIGNMENT.match(word.text) and word.text != "env":
            return words[index:]
    return ()


def _operands(words: Sequence[Word], valued: frozenset[str] = frozenset()) -> list[Word]:
    """The arguments that are not options; `valued` are options that take the next word along."""
    operands: list[Word] = []
    skip = only = False
    for word in words:
        if skip:
            skip = False
        elif only or not word.text.startswith("-") or word.text == "-":
            operands.append(word)
        elif word.text == "--":
            only = True
        else:
            skip = word.text in valued
    return operands


def _scripts(words: Sequence[Word], short: str, long: str) -> list[Word]:
    """What the options `short` and `long` are given."""
    later = [after for word, after in pairwise(words) if word.text in (short, long)]
    return later + [Word(w.text[len(long) + 1 :], w.exact) for w in words if w.text.startswith(f"{long}=")]


def _has(words: Sequence[Word], *options: str) -> bool:
    return any(word.text in options for word in words)


_Place = tuple[str | None, bool]
"""The directory of a shell, and whether it is unknown."""


class _Subshells:
    """Where a shell is after each simple command: a `cd` in parentheses, in a part of a pipeline or in a list that
    runs in the background is one of a subshell, and moves nothing after it."""

    def __init__(self, place: _Place) -> None:
        self.before = self.list_begin = place
        self.parentheses: list[tuple[_Place, _Place]] = []
        self.compounds: list[_Place] = []
        self.last_end = ""

    def begin(self, simple: Simple, place: _Place) -> None:
        """Enter `simple`, in a shell at `place`."""
        self.before = place
        for word in simple.words:
            if word.text in OPENS:
                self.compounds.append(place)
            elif word.text in CLOSES and self.compounds:
                self.before = self.compounds.pop()
            elif word.text not in _KEYWORDS:
                break

    def end(self, simple: Simple, place: _Place) -> _Place:
        """Return where the shell is after `simple`, which ended at `place`."""
        if simple.end == "(":
            self.parentheses.append((place, self.list_begin))
            self.list_begin = place
        elif simple.end == ")" and self.parentheses:
            place, self.list_begin = self.parentheses.pop()
        elif simple.end in PIPES or self.last_end in PIPES:
            place = self.before
        if simple.end == "&":
            place = self.list_begin
        if simple.end not in ("&&", "||", "(", ")", *PIPES):
            self.list_begin = place
        self.last_end = simple.end
        return place


@dataclass
class _Run:
    """One reading of a command line: where it is, what the pipe carries, what was written so far."""

    time: float | None
    cwd: str | None
    ended: Ended = "well"
    depth: int = 0
    lost: bool = False
    """It changed to a directory nobody can tell."""
    edits: list[Edit] = field(default_factory=list)

    def all(self, command: str) -> None:
        piped: str | None = None
        commands = simple_commands(command)
        shells = _Subshells((self.cwd, self.lost))
        for simple, chance in zip(commands, ran(commands, self.ended), strict=True):
            shells.begin(simple, (self.cwd, self.lost))
            if (simple.words or simple.redirects) and chance != "never":
                piped = self._perhaps(simple, piped) if chance == "perhaps" else self._simple(simple, piped)
                piped = piped if simple.end in PIPES else None
            self.cwd, self.lost = shells.end(simple, (self.cwd, self.lost))

    def _perhaps(self, simple: Simple, piped: str | None) -> str | None:
        """Account for a simple command that may not have run: the files it names, and no place after a `cd`."""
        before, place = len(self.edits), (self.cwd, self.lost)
        printed = self._simple(simple, piped)
        named = [path for edit in self.edits[before:] for path in (edit.moved_from, edit.path) if path]
        self.edits[before:] = [Edit(path, source="shell", time=self.time) for path in dict.fromkeys(named)]
        if (self.cwd, self.lost) != place:
            self.cwd, self.lost = None, True
        return printed

    def _simple(self, simple: Simple, piped: str | None) -> str | None:
        """Account for one simple command; what it is known to print."""
        words = _program(simple.words)
        words = words[2:] if [word.text for word in words[:2]] in (["uv", "run"], ["poetry", "run"]) else words
        name = _PYTHON.sub("python", words[0].text.rsplit("/", 1)[-1]) if words else ""
        fed = simple.body if simple.body is not None else piped
        printed = _printed(name, words[1:], fed)
        if handler := getattr(self, "_do_" + name.replace("-", "_"), None):
            handler(words[1:], fed)
        elif name in ("apply_patch", "applypatch") and self.ended == "well":
            self.edits += patches.edits(fed or (words[1].text if len(words) > 1 else ""), self.cwd, "shell", self.time)
        for redirect in simple.redirects:
            if redirect.operator in (">", ">>", ">|", "&>", "&>>"):
                text = printed if redirect.number in ("", "1") and not redirect.operator.startswith("&") else None
                self._write(redirect.target, text, redirect.operator.endswith(">>"))
                printed = None if redirect.number in ("", "1") else printed
        return printed

    def _write(self, target: Word, text: str | None, append: bool = False) -> None:
        for path in self._paths([target]):
            if (path.startswith("/dev/") and not path.startswith("/dev/shm/")) or path.isdigit():
                continue
            if text is None or (append and not text):
                self.edits.append(Edit(path, source="shell", time=self.time))
            elif append:
                self.edits.append(patches.inserted(path, text, "shell", self.time))
            else:
                self.edits.append(Edit(path, source="shell", after=text, time=self.time))

    def _paths(self, words: Sequence[Word]) -> Iterator[str]:
        for word in words:
            if word.exact and word.text and "\n" not in word.text:
                path = self._absolute(word.text)
                if not self.lost or _is_absolute(path):
                    yield path

    def _absolute(self, path: str) -> str:
        """`path` where the command stands; on Windows Git's own shell writes `C:/` as `/c/`."""
        if self.cwd and self.cwd[1:2] == ":" and (drive := re.match(r"/([A-Za-z])/", path)):
            path = f"{drive[1].upper()}:/{path[3:]}"
        return absolute(path, self.cwd)

    def _do_cd(self, words: Sequence[Word], _: str | None) -> None:
        target = next(iter(_operands(words)), None)
        if target is None or not target.exact or target.text == "-":
            self.cwd, self.lost = None, True
        else:
            path = self._absolute(target.text)
            self.lost = self.lost and not _is_absolute(path)
            self.cwd = None if self.lost else path

    _do_pushd = _do_cd

    def _do_tee(self, words: Sequence[Word], fed: str | None) -> None:
        for target in _operands(words):
            self._write(target, fed, _has(words, "-a", "--append"))

    def _do_sed(self, words: Sequence[Word], _: str | None) -> None:
        if not any(re.match(r"-[nErsuz]*i|--in-place", word.text) for word in words):
            return
        files = _operands([word for word in words if word.text], _SED_SCRIPT)
        scripts = _scripts(words, "-e", "--expression")
        if not scripts and not _has(words, "-f", "--file"):
            scripts, files = files[:1], files[1:]
        plain = not any(
            re.match(r"-[nErsuz]*[nsz]|--(?:quiet|silent|null-data|separate|file)\b", word.text) for word in words
        )
        extended = any(re.match(r"-[uEr]*[Er]|--regexp-extended", word.text) for word in words)
        self._replaced(files, scripts if plain else [], "extended" if extended else "basic")

    def _do_perl(self, words: Sequence[Word], _: str | None) -> None:
        if any(re.match(r"-\w*i", word.text) for word in words):
            options = [word.text for word in words if re.match(r"-\w*[pn0]", word.text)]
            scripts = [after for word, after in pairwise(words) if re.fullmatch(r"-\w*e", word.text)]
            files = _operands(words, frozenset(w.text for w in words if re.fullmatch(r"-\w*e", w.text)))
            loops = bool(options) and not any("0" in one or "n" in one for one in options)
            self._replaced(files, scripts if loops else [], "perl")

    def _replaced(self, files: Sequence[Word], scripts: Sequence[Word], kind: str) -> None:
        """Files in which scripts replace literal texts, known by name where they do anything else."""
        exact = all(script.exact for script in scripts)
        pairs = sed.replacements([script.text for script in scripts], kind) if exact else ()
        self.edits += [Edit(p, source="shell", replacements=pairs, time=self.time) for p in self._paths(files)]

    def _do_python(self, words: Sequence[Word], fed: str | None) -> None:
        given = next((after for word, after in pairwise(words) if word.text == "-c"), None)
        alone = [word.text for word in _operands(words)] in ([], ["-"])
        program = fed if given is None and alone else given.text if given is not None and given.exact else None
        for written_file in python.written(program) if program is not None and self.ended == "well" else ():
            if written_file.replaced:
                paths = self._paths([Word(written_file.path, True)])
                self.edits += [
                    Edit(path, source="shell", replacements=written_file.replaced, time=self.time) for path in paths
                ]
            else:
                self._write(Word(written_file.path, True), written_file.text, written_file.append)

    def _do_patch(self, words: Sequence[Word], fed: str | None) -> None:
        if self.ended != "well" or _has(words, "--dry-run", "--check", "--stat", "--cached", "-i", "-o"):
            return
        depth = next((word.text[-1] for word in words if re.fullmatch(r"-p\d", word.text)), "1")
        edits = patches.unified(fed or "", None if self.lost else self.cwd)
        plain = depth in "01" and not _has(words, "-R", "--reverse", "-d", "--directory")
        named = list(self._paths(_operands(words, frozenset({"-p", "-d"}))[:1]))
        for edit in edits:
            path = named[0] if named and len(edits) == 1 else edit.path
            result = replace(edit, path=path, source="shell", time=self.time)
            self.edits.append(result if plain else Edit(path, source="shell", time=self.time))

    def _named(self, words: Sequence[Word]) -> None:
        self.edits += [Edit(path, source="shell", time=self.time) for path in self._paths(words)]

    def _do_touch(self, words: Sequence[Word], _: str | None) -> None:
        self._named(_operands(words, frozenset({"-d", "-r", "-t"})))

    def _do_truncate(self, words: Sequence[Word], _: str | None) -> None:
        self._named(_operands(words, frozenset({"-s", "-r"})))

    def _do_rm(self, words: Sequence[Word], _: str | None) -> None:
        self.edits += [Edit(p, "delete", "shell", time=self.time) for p in self._paths(_operands(words))]

    def _do_mv(self, words: Sequence[Word], _: str | None) -> None:
        for source, target in self._pairs(words):
            self.edits.append(Edit(target, "rename", "shell", moved_from=source, time=self.time))

    def _do_cp(self, words: Sequence[Word], _: str | None) -> None:
        for _source, target in self._pairs(words):
            self.edits.append(Edit(target, source="shell", time=self.time))

    def _pairs(self, words: Sequence[Word]) -> Iterator[tuple[str, str]]:
        operands = _operands(words, frozenset({"-t", "--target-directory", "-S"}))
        if len(operands) < 2 or not operands[-1].exact:
            return
        *sources, last = operands
        for target in self._paths([last]):
            for source in self._paths(sources):
                name = source.rsplit("/", 1)[-1]
                into = len(sources) > 1 or last.text.endswith(("/", "/.")) or last.text in (".", "..")
                into = into or ("." in name and "." not in target.rsplit("/", 1)[-1])
                yield source, f"{target.rstrip('/')}/{name}" if into else target

    def _do_git(self, words: Sequence[Word], fed: str | None) -> None:
        outer = self.cwd
        if len(words) > 2 and words[0].text == "-C" and words[1].exact:
            self.cwd, words = self._absolute(words[1].text), words[2:]
        verb = words[0].text if words else ""
        if verb == "mv":
            self._do_mv(words[1:], None)
        elif verb == "rm" and not _has(words, "--cached", "-n", "--dry-run"):
            self._do_rm(words[1:], None)
        elif verb == "apply":
            self._do_patch([word for word in words[1:] if word.text != "-"], fed)
        self.cwd = outer

    def _do_sh(self, words: Sequence[Word], fed: str | None) -> None:
        given = next((after for word, after in pairwise(words) if re.fullmatch(r"-[a-z]*c", word.text)), None)
        alone = [word.text for word in _operands(words)] in ([], ["-"])
        script = fed if given is None and alone else given.text if given is not None and given.exact else None
        inner = _Run(self.time, self.cwd, self.ended, self.depth + 1, self.lost)
        if script is not None and inner.depth < 4:
            inner.all(script)
        self.edits += inner.edits

    _do_bash = _do_zsh = _do_sh


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or path[1:3] == ":/"


def _printed(name: str, words: Sequence[Word], fed: str | None) -> str | None:
    """What a command prints, where its words tell it all."""
    if name in ("cat", "tee"):
        return fed if name == "tee" or not words or [word.text for word in words] == ["-"] else None
    if not all(word.exact for word in words):
        return None
    texts = [word.text for word in words]
    if name == "echo":
        newline = texts[:1] != ["-n"]
        texts = texts if newline else texts[1:]
        plain = not texts or (not re.fullmatch(r"-[neE]+", texts[0]) and "\\" not in " ".join(texts))
        return " ".join(texts) + ("\n" if newline else "") if plain else None
    if name == "printf" and texts and texts[0] != "-v":
        return _formatted(texts[0], texts[1:])
    return None


def _formatted(form: str, values: Sequence[str]) -> str | None:
    if re.search(r"\\[^nt\\]", form) or re.search(r"%[^s%]", form) or form.count("%s") != len(values):
        return None
    if "%s" not in form and values:
        return None
    plain = re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), form)
    pieces = plain.split("%s")
    mixed = "".join(piece + value for piece, value in zip(pieces, [*values, ""], strict=True))
    return mixed.replace("%%", "%") if "%%" not in "".join(values) else None
