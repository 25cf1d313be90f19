"""The effects of a shell command, from its words and its output: files it wrote, commits it made.

Pure functions over text, for every agent that records its shell calls. They claim only what stands there: an
expansion, a glob or a script they cannot see yields nothing, a program known to write a file yields its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from msgspec.structs import replace

from gitstory.effects import patches
from gitstory.effects.patches import absolute
from gitstory.effects.shell import python, sed
from gitstory.effects.shell.command_parser import Simple, Word, simple_commands
from gitstory.effects.shell.commits import commits_made
from gitstory.effects.shell.control_flow import PIPES, Ended, ran
from gitstory.effects.shell.operands import has_option, operands, option_values, program
from gitstory.effects.shell.powershell import has_here_string, powershell_edits
from gitstory.effects.shell.predicted_output import printed_text
from gitstory.effects.shell.working_directories import Subshells
from gitstory.model import Edit

__all__ = ["Ended", "commits_made", "how_it_ended", "shell_edits", "was_stopped"]

_STOPPED = re.compile(
    r"timed? ?out (?:after|in)\b|exceeded (?:the )?timeout"
    r"|\b(?:was|been|user|command) (?:aborted|cancell?ed|interrupted)\b"
    r"|Operation cancelled|<error>Command was aborted|aborted by user after|\bSIG(?:KILL|TERM|INT)\b",
    re.IGNORECASE,
)
_TELLTALE = re.compile(
    r">|\b(?:sed|perl|mv|cp|rm|tee|touch|apply_?patch|truncate|rename|sh|bash|zsh|python[\d.]*|patch|apply)\b"
)
_PYTHON = re.compile(r"\A(?:python|pypy)[\d.]*\Z")
_SED_SCRIPT = frozenset({"-e", "-f", "--expression", "--file"})


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


@dataclass
class _Run:
    """One reading of a command line: where it is, what the pipe carries, what was written so far."""

    time: float | None
    cwd: str | None
    ended: Ended = "well"
    depth: int = 0
    lost: bool = False
    """The current directory is unknown."""
    edits: list[Edit] = field(default_factory=list)

    def all(self, command: str) -> None:
        piped: str | None = None
        commands = simple_commands(command)
        shells = Subshells((self.cwd, self.lost))
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
        words = program(simple.words)
        words = words[2:] if [word.text for word in words[:2]] in (["uv", "run"], ["poetry", "run"]) else words
        name = _PYTHON.sub("python", words[0].text.rsplit("/", 1)[-1]) if words else ""
        fed = simple.body if simple.body is not None else piped
        printed = printed_text(name, words[1:], fed)
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
        target = next(iter(operands(words)), None)
        if target is None or not target.exact or target.text == "-":
            self.cwd, self.lost = None, True
        else:
            path = self._absolute(target.text)
            self.lost = self.lost and not _is_absolute(path)
            self.cwd = None if self.lost else path

    _do_pushd = _do_cd

    def _do_tee(self, words: Sequence[Word], fed: str | None) -> None:
        for target in operands(words):
            self._write(target, fed, has_option(words, "-a", "--append"))

    def _do_sed(self, words: Sequence[Word], _: str | None) -> None:
        if not any(re.match(r"-[nErsuz]*i|--in-place", word.text) for word in words):
            return
        files = operands([word for word in words if word.text], _SED_SCRIPT)
        scripts = option_values(words, "-e", "--expression")
        if not scripts and not has_option(words, "-f", "--file"):
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
            files = operands(words, frozenset(w.text for w in words if re.fullmatch(r"-\w*e", w.text)))
            loops = bool(options) and not any("0" in one or "n" in one for one in options)
            self._replaced(files, scripts if loops else [], "perl")

    def _replaced(self, files: Sequence[Word], scripts: Sequence[Word], kind: str) -> None:
        """Files in which scripts replace literal texts, known by name where they do anything else."""
        exact = all(script.exact for script in scripts)
        pairs = sed.replacements([script.text for script in scripts], kind) if exact else ()
        self.edits += [Edit(p, source="shell", replacements=pairs, time=self.time) for p in self._paths(files)]

    def _do_python(self, words: Sequence[Word], fed: str | None) -> None:
        given = next((after for word, after in pairwise(words) if word.text == "-c"), None)
        alone = [word.text for word in operands(words)] in ([], ["-"])
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
        if self.ended != "well" or has_option(words, "--dry-run", "--check", "--stat", "--cached", "-i", "-o"):
            return
        depth = next((word.text[-1] for word in words if re.fullmatch(r"-p\d", word.text)), "1")
        edits = patches.unified(fed or "", None if self.lost else self.cwd)
        plain = depth in "01" and not has_option(words, "-R", "--reverse", "-d", "--directory")
        named = list(self._paths(operands(words, frozenset({"-p", "-d"}))[:1]))
        for edit in edits:
            path = named[0] if named and len(edits) == 1 else edit.path
            moved = replace(edit, path=path, source="shell", time=self.time)
            self.edits.append(moved if plain else Edit(path, source="shell", time=self.time))

    def _named(self, words: Sequence[Word]) -> None:
        self.edits += [Edit(path, source="shell", time=self.time) for path in self._paths(words)]

    def _do_touch(self, words: Sequence[Word], _: str | None) -> None:
        self._named(operands(words, frozenset({"-d", "-r", "-t"})))

    def _do_truncate(self, words: Sequence[Word], _: str | None) -> None:
        self._named(operands(words, frozenset({"-s", "-r"})))

    def _do_rm(self, words: Sequence[Word], _: str | None) -> None:
        self.edits += [Edit(p, "delete", "shell", time=self.time) for p in self._paths(operands(words))]

    def _do_mv(self, words: Sequence[Word], _: str | None) -> None:
        for source, target in self._pairs(words):
            self.edits.append(Edit(target, "rename", "shell", moved_from=source, time=self.time))

    def _do_cp(self, words: Sequence[Word], _: str | None) -> None:
        for _source, target in self._pairs(words):
            self.edits.append(Edit(target, source="shell", time=self.time))

    def _pairs(self, words: Sequence[Word]) -> Iterator[tuple[str, str]]:
        listed = operands(words, frozenset({"-t", "--target-directory", "-S"}))
        if len(listed) < 2 or not listed[-1].exact:
            return
        *sources, last = listed
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
        elif verb == "rm" and not has_option(words, "--cached", "-n", "--dry-run"):
            self._do_rm(words[1:], None)
        elif verb == "apply":
            self._do_patch([word for word in words[1:] if word.text != "-"], fed)
        self.cwd = outer

    def _do_sh(self, words: Sequence[Word], fed: str | None) -> None:
        given = next((after for word, after in pairwise(words) if re.fullmatch(r"-[a-z]*c", word.text)), None)
        alone = [word.text for word in operands(words)] in ([], ["-"])
        script = fed if given is None and alone else given.text if given is not None and given.exact else None
        inner = _Run(self.time, self.cwd, self.ended, self.depth + 1, self.lost)
        if script is not None and inner.depth < 4:
            inner.all(script)
        self.edits += inner.edits

    _do_bash = _do_zsh = _do_sh


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or path[1:3] == ":/"
