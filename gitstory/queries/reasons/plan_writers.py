"""Who wrote a plan file: a turn of the conversation at hand where git lacks the file, else its commit's story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from gitstory.git.repo import Repo
from gitstory.model import Call, Conversation, Edit, Turn
from gitstory.queries.reasons.text_relevance import subject
from gitstory.queries.reasons.turns_of_task import earlier
from gitstory.queries.reasons.values import Document, Scene
from gitstory.sources.story_source import StorySource
from gitstory.summary.dependent_prompts import is_command, says_little
from gitstory.summary.find_edit import same_file
from gitstory.summary.short_ids import turn_name

_MOST_COMMITS = 5
_LARGEST = 400_000


def written_here(scene: Scene, name: str) -> Document | None:
    """The plan file `name` as an earlier step of the conversation wrote it; None where none did."""
    bare = name.lstrip("~/")
    for turn, edit in _edits_before(scene):
        text = edit.after if edit.after is not None else _created(edit)
        if text and len(text) <= _LARGEST and same_file(edit.path, bare):
            request = _request(scene.conversation, turn)
            origin = (request.prompt, scene.place(request)) if request is not None else ("", "")
            return Document(bare, scene.place(turn), text, *origin)
    return None


def _edits_before(scene: Scene) -> Iterator[tuple[Turn, Edit]]:
    """The edits ahead of the scene's, the last one first."""
    turns = [(scene.turn, scene.turn.steps[: scene.step]), *((turn, turn.steps) for turn in scene.before)]
    for turn, steps in turns:
        for step in reversed(steps):
            if isinstance(step, Call):
                yield from ((turn, edit) for edit in reversed(step.edits))


def _created(edit: Edit) -> str:
    """The text of a new file that is recorded as a patch."""
    lines = [line for hunk in edit.hunks for line in hunk.lines]
    whole = edit.op == "create" and len(edit.hunks) == 1 and all(line.startswith("+") for line in lines)
    return "\n".join(line[1:] for line in lines) if whole else ""


def with_request(repo: Repo, source: StorySource, document: Document, scene: Scene) -> Document:
    """`document` with the request that the conversation which wrote most of it was given, unless it came later."""
    commit = scene.commit
    if document.request or not commit.strip("0"):
        return document
    out = repo.run("log", f"-{_MOST_COMMITS}", "--format=%H", commit, "--", document.path, check=False).stdout
    for oid in reversed(out.decode("ascii", "replace").split()):
        turn = _writer(source, oid, document.path)
        if turn is not None and not _came_later(turn[1], scene.turn):
            conversation, request = turn
            return replace(document, request=request.prompt, request_source=turn_name(conversation.id, request.index))
    return document


def _came_later(request: Turn, turn: Turn) -> bool:
    return request.time is not None and turn.time is not None and request.time > turn.time


def _writer(source: StorySource, oid: str, path: str) -> tuple[Conversation, Turn] | None:
    story = source.story(oid)
    lines: Counter[tuple[str, str, str]] = Counter()
    for file in story.files if story is not None else ():
        if file.path == path:
            for part in file.ranges:
                lines[part.agent, part.conversation, part.turn] += part.end - part.start + 1
    for (agent, name, turn), _ in lines.most_common(1):
        conversation = source.conversation(agent, name)
        wrote = next((each for each in conversation.turns if each.id == turn), None) if conversation else None
        request = _request(conversation, wrote) if conversation is not None and wrote is not None else None
        if conversation is not None and request is not None:
            return conversation, request
    return None


def _request(conversation: Conversation, turn: Turn) -> Turn | None:
    """The request whose task the turn worked on."""
    moved = Scene(conversation, turn, subject("", ()), len(turn.steps))
    turns = [each for each in (turn, *earlier(moved)) if each.prompt.strip() and not says_little(each.prompt)]
    plain = [each for each in turns if not is_command(each.prompt) and each.kind != "question"]
    return next(iter(plain), None)
