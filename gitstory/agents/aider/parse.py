"""The lines of an Aider history as conversations.

What the person typed begins with `#### ` and what Aider printed with `> `; both end with two spaces, and the model's
own text does not. An edit took effect where `Applied edit to` follows the answer, a commit is Aider's own where it
follows that.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from gitstory.agents.aider import answer_edits
from gitstory.agents.base import Source
from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.json_values import cut
from gitstory.agents.token_usage import count, tokens
from gitstory.effects import patches
from gitstory.model import Conversation, Tokens

_HEAD = re.compile(r"# aider chat started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*\Z")
_VERSION = re.compile(r"Aider v(\S{1,60})\Z")
_MODEL = re.compile(r"(Main m|M|Editor m)odels?: (\S{1,200}?),? with (\S{1,40}) edit format")
_USED = re.compile(r"Tokens: (\S+) sent,(?: \S+ cache write,)?(?: (\S+) cache hit,)? (\S+) received")
_APPLIED = re.compile(r"Applied edit to (.+)\Z")
_COMMIT = re.compile(r"Commit ([0-9a-f]{7,40})\b")
_GIT_PLACE = re.compile(r"Git working dir: (.+)\Z")
_CREATED = re.compile(r"Create new file\?.*: y")
_AUTOMATIC = (
    "# Fix any errors below",
    "The LLM did not conform to the edit format.",
    "You need to add a new file",
    "I ran this command:",
)
"""Beginnings of what Aider itself typed, as versions before 0.50 wrote it down."""
_ASKING = ("/ask", "/code", "/architect", "/help", "/context", "/web", "/copy-context", "/paste", "/voice")
"""Commands whose words go to the model."""


def conversations(lines: Iterable[str], source: Source, place: str) -> Iterator[Conversation]:
    """The sessions in which something was asked, in their order, each read to the head of the next one."""
    used: set[str] = set()
    sessions = list(_sessions(lines))
    starts = [_moment(head) for head, _ in sessions]
    for number, (_, body) in enumerate(sessions):
        session = _Session(Draft("aider", "", str(source.path), times="bounds"), place)
        session.read(body)
        draft = session.draft
        if not draft.turns:
            continue
        ident = _ident(sessions[number][0], draft.turns[0].prompt)
        draft.id = ident if ident not in used else f"{ident}.{number}"
        used.add(draft.id)
        draft.started = starts[number]
        later = next((one for one in starts[number + 1 :] if one is not None), None)
        draft.updated = source.modified if later is None else later
        yield draft.finished()


def _sessions(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    head, body = "", list[str]()
    for line in lines:
        match = _HEAD.match(line)
        if match:
            yield head, body
            head, body = match[1], []
        else:
            body.append(line.removesuffix("\r"))
    yield head, body


def _moment(head: str) -> float | None:
    """When a session began: Aider writes the local time without its zone, and most often we are where it was."""
    try:
        return time.mktime(time.strptime(head, "%Y-%m-%d %H:%M:%S"))
    except (ValueError, OverflowError):
        return None


def _ident(head: str, prompt: str) -> str:
    digest = blake2b(prompt.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{''.join(filter(str.isdigit, head)) or 'undated'}-{digest}"


class _Session:
    """One session as it is read. `pending` are the edits of the last answer that were not applied yet."""

    def __init__(self, draft: Draft, place: str) -> None:
        self.draft = draft
        self.model = self.format = ""
        self.pending: list[CallDraft] = []
        self.applied: CallDraft | None = None
        self.command: CallDraft | None = None
        self.created = False
        draft.seen_in(place)

    def read(self, lines: list[str]) -> None:
        typed: list[str] = []
        reply: list[str] = []
        for line in [*lines, "> "]:
            kind = _kind(line)
            if typed and kind != "typed":
                self._typed("\n".join(typed))
                typed = []
            if reply and kind:
                self._replied(reply)
                reply = []
            if kind == "typed":
                typed.append(line[5:].rstrip())
            elif kind == "told":
                self._notice(line[2:].strip())
            elif reply or line.strip():
                reply.append(line)

    def _typed(self, words: str) -> None:
        self.pending, self.applied, self.command = [], None, None
        name, _, rest = words.partition(" ")
        if words.startswith(_AUTOMATIC) and self.draft.turns:
            return
        if words.startswith(("/", "!")) and not (name in _ASKING and rest.strip()):
            if self.draft.turns:
                self.command = self.draft.call(CallDraft(name.split("\n")[0][:40], input=cut(rest.strip())))
        elif words.strip() and words.strip() != "<blank>":
            self.draft.prompt(words.strip())

    def _replied(self, lines: list[str]) -> None:
        if not self.draft.turns:
            return
        self.pending, self.applied, self.command, self.created = [], None, None, False
        self.draft.used(self.model)
        for piece in answer_edits.pieces(lines, self.format):
            if piece.kind == "say":
                self.draft.say(piece.text)
            elif piece.kind == "think":
                self.draft.think(piece.text)
            else:
                path = patches.absolute(piece.path, self.draft.cwd)
                call = CallDraft("edit", input=piece.path, failed=True, cwd=self.draft.cwd)
                call.arguments = {"path": piece.path, "edit": answer_edits.edit(piece, path)}
                self.pending.append(self.draft.call(call))

    def _notice(self, words: str) -> None:
        if match := _APPLIED.match(words):
            self._apply(match[1].strip())
        elif match := _COMMIT.match(words):
            if self.applied is not None:
                self.applied.commits, self.applied = (match[1],), None
        elif match := _USED.match(words):
            if self.draft.turns:
                self.draft.used(self.model, _tokens(*match.groups(default="")))
        elif match := _MODEL.match(words):
            if not match[1].startswith("Editor"):
                self.model = match[2]
            self.format = match[3]
        elif match := _VERSION.match(words):
            self.draft.version = match[1]
        elif match := _GIT_PLACE.match(words):
            self.draft.seen_in(match[1])
        elif _CREATED.match(words):
            self.created = True
        elif self.command is not None and len(self.command.output) < 20_000:
            self.command.output += words + "\n"

    def _apply(self, path: str) -> None:
        """The edits that Aider says it made of the answer; a path it found by a likeness is the one it names."""
        mine = [one for one in self.pending if one.arguments["path"] == path]
        if not mine:
            others = {one.arguments["path"] for one in self.pending}
            alike = {one for one in others if one.rsplit("/", 1)[-1] == path.rsplit("/", 1)[-1]} or others
            mine = [one for one in self.pending if len(alike) == 1 and one.arguments["path"] in alike]
        for call in mine:
            call.failed, call.input = False, path
            call.edits = answer_edits.applied(
                call.arguments["edit"], patches.absolute(path, self.draft.cwd), self.created
            )
            self.pending.remove(call)
        if not mine and self.draft.turns:
            named = answer_edits.by_name(patches.absolute(path, self.draft.cwd))
            mine = [self.draft.call(CallDraft("edit", input=path, edits=named))]
        self.applied = mine[-1] if mine else self.applied


def _kind(line: str) -> str:
    if not line.endswith("  ") and line not in ("> ", "####"):
        return ""
    return "typed" if line.startswith("####") else "told" if line.startswith(">") else ""


def _tokens(sent: str, hit: str, received: str) -> Tokens | None:
    """Aider rounds what is above a thousand."""
    return tokens(_count(sent), _count(received), _count(hit))


def _count(words: str) -> int:
    number = words.rstrip(".,").replace(",", "")
    factor = {"k": 1000, "M": 1000000}.get(number[-1:], 1)
    try:
        return count(float(number.rstrip("kM")) * factor) if len(number) < 12 else 0
    except ValueError:
        return 0
