"""A shell command line taken apart, as far as one can without running it: simple commands, words, redirections.

POSIX sh with bash's common additions. Never raises; what it cannot follow (unclosed quotes, arithmetic, functions)
ends up as inexact words, which the caller passes over.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LIMIT = 1 << 20
"""Characters of a command that are looked at."""

_SPACE = re.compile(r"(?:[ \t\r]|\\\r?\n)+")
_COMMENT = re.compile(r"#[^\n]*")
_REDIRECT = re.compile(r"(\d{0,9}+)(&>>|&>|>>|>\||>&|<<<|<<-|<<|<>|<&|>|<)")
_OPERATOR = re.compile(r";;|&&|\|\||\|&|[;&|()\n]")
_BARE = re.compile(r"[^\s'\"\\$`;&|()<>]+")
_SINGLE = re.compile(r"'([^']*)'")
_QUOTED_STOP = re.compile(r'["`]|\\.|\$\(', re.DOTALL)
_DOCUMENT_INSIDE = re.compile(r"[^\n)<]{0,200}+(?:<(?!<)[^\n)<]{0,100}+){0,3}+<<-?[ \t]{0,20}+['\"]?(\w{1,60}+)")
_MOST_UNENDED = 50
"""Here-documents inside of `$(` that do not end, after which no more ends are looked for: each costs a search."""
_ESCAPED = re.compile(r'\\([\\"$`]|\n)')
_GLOB = re.compile(r"[*?\[{]")


class Word(NamedTuple):
    """`text` without its quotes; `exact` is False where expansion would make something else of it."""

    text: str
    exact: bool


class Redirect(NamedTuple):
    """`operator` such as ">>" of descriptor `number` ("" is the operator's own) to or from `target`."""

    operator: str
    number: str
    target: Word


class Simple(NamedTuple):
    """One simple command, `end` being the operator after it.

    A bare "(" or ")" has no words and that as its end; so has an operator that joins what follows to a ")".

    `body` is the text its here-document or here-string feeds it, None where there is none or it is not exact.
    """

    words: list[Word]
    redirects: list[Redirect]
    body: str | None
    end: str


def simple_commands(command: str) -> list[Simple]:
    """The simple commands of `command` in order."""
    return _Scanner(command[:LIMIT]).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.commands: list[Simple] = []
        self.documents: list[tuple[int, str, bool, bool]] = []
        self.unended = 0
        self._begin()

    def _begin(self) -> None:
        self.words: list[Word] = []
        self.redirects: list[Redirect] = []
        self.body: str | None = None

    def run(self) -> list[Simple]:
        while self.at < len(self.text):
            self._step()
        self._end("")
        return self.commands

    def _step(self) -> None:
        text, at = self.text, self.at
        if match := _SPACE.match(text, at):
            self.at = match.end()
        elif text[at] == "#":
            match = _COMMENT.match(text, at)
            self.at = match.end() if match else at + 1
        elif match := _REDIRECT.match(text, at):
            self.at = match.end()
            self._redirect(match[2], match[1])
        elif match := _OPERATOR.match(text, at):
            self.at = match.end()
            self._end(match[0])
            if match[0] == "\n":
                self._read_documents()
        else:
            self.words.append(self._word())

    def _end(self, operator: str) -> None:
        joins = operator in ("&&", "||", "|") and self.commands and self.commands[-1].end == ")"
        if self.words or self.redirects or operator in ("(", ")") or joins:
            self.commands.append(Simple(self.words, self.redirects, self.body, operator))
        self._begin()

    def _redirect(self, operator: str, number: str) -> None:
        if blank := _SPACE.match(self.text, self.at):
            self.at = blank.end()
        if self.at >= len(self.text) or self.text[self.at] in "\n;|()&<>":
            return
        quoted = self.text[self.at] in "'\"\\"
        target = self._word()
        if operator in ("<<", "<<-"):
            self.documents.append((len(self.commands), target.text, operator == "<<-", quoted))
        elif operator == "<<<":
            self.body = target.text + "\n" if target.exact else None
        self.redirects.append(Redirect(operator, number, target))

    def _read_documents(self) -> None:
        for index, delimiter, dedent, quoted in self.documents:
            body = self._document(delimiter, dedent)
            exact = body if body is not None and (quoted or _is_plain(body)) else None
            if index < len(self.commands):
                self.commands[index] = self.commands[index]._replace(body=exact)
        self.documents = []

    def _document(self, delimiter: str, dedent: bool) -> str | None:
        lines: list[str] = []
        while self.at < len(self.text):
            stop = self.text.find("\n", self.at)
            stop = len(self.text) if stop < 0 else stop
            line = self.text[self.at : stop]
            self.at = min(stop + 1, len(self.text))
            line = line.lstrip("\t") if dedent else line
            if line == delimiter:
                return "".join(kept + "\n" for kept in lines)
            lines.append(line)
        return None

    def _word(self) -> Word:
        parts: list[str] = []
        exact, begin = True, self.at
        while self.at < len(self.text):
            part = self._part()
            if part is None:
                break
            parts.append(part.text)
            exact = exact and part.exact
        if self.at == begin:
            self.at += 1
        return Word("".join(parts), exact)

    def _part(self) -> Word | None:
        """The next piece of a word; None at the word's end."""
        text, at = self.text, self.at
        if match := _BARE.match(text, at):
            self.at = match.end()
            return Word(match[0], not (_GLOB.search(match[0]) or match[0].startswith("~")))
        if match := _SINGLE.match(text, at):
            self.at = match.end()
            return Word(match[1], True)
        if text[at] == '"':
            return self._double_quoted()
        if text[at] == "\\":
            self.at = at + 2
            return Word(text[at + 1 : at + 2], True)
        if text[at] in "$`":
            self.at = self._expansion_end(at)
            return Word(text[at : self.at], False)
        if text[at] == "'":
            self.at = len(text)
            return Word(text[at + 1 :], False)
        return None

    def _double_quoted(self) -> Word:
        """A double-quoted piece; a command substitution in it may hold quotes of its own."""
        begin = self.at = self.at + 1
        while match := _QUOTED_STOP.search(self.text, self.at):
            if match[0] == '"':
                self.at = match.end()
                inside = self.text[begin : match.start()]
                return Word(_unescaped(inside), _is_fixed(inside))
            self.at = match.end() if match[0].startswith("\\") else self._expansion_end(match.start())
        self.at = len(self.text)
        return Word(self.text[begin:], False)

    def _expansion_end(self, at: int) -> int:
        text = self.text
        if text[at] == "`":
            stop = text.find("`", at + 1)
            return len(text) if stop < 0 else stop + 1
        closing = {"(": ")", "{": "}"}.get(text[at + 1 : at + 2])
        if closing is None:
            return at + 1
        if closing == ")" and (end := self._document_end(at + 2)) is not None:
            return end
        opening, depth = text[at + 1], 0
        for place in range(at + 1, len(text)):
            depth += (text[place] == opening) - (text[place] == closing)
            if depth == 0:
                return place + 1
        return len(text)

    def _document_end(self, at: int) -> int | None:
        """Where the `$(` ends whose command begins at `at` and reads a here-document, which may hold anything."""
        inside = _DOCUMENT_INSIDE.match(self.text, at) if self.unended < _MOST_UNENDED else None
        if inside is None:
            return None
        line = self.text.find("\n", inside.end())
        match = document_end(inside[1]).search(self.text, line + 1) if line >= 0 else None
        self.unended += match is None
        return match.end() if match is not None else None


def document_end(delimiter: str) -> re.Pattern[str]:
    """The line that ends a here-document, with the bracket that ends the `$(` around it."""
    return re.compile(rf"^[ \t]{{0,80}}+{delimiter}[ \t\r]{{0,80}}+\n?[^\n]{{0,200}}?\)", re.MULTILINE)


def _is_plain(body: str) -> bool:
    """Whether an unquoted here-document says what it says: nothing in it is expanded."""
    return "$" not in body and "`" not in body and "\\\\" not in body and "\\\n" not in body


def _is_fixed(inside: str) -> bool:
    bare = _ESCAPED.sub("", inside)
    return "$" not in bare and "`" not in bare


def _unescaped(inside: str) -> str:
    return _ESCAPED.sub(lambda match: "" if match[1] == "\n" else match[1], inside)
