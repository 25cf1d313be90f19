"""The plan files that a turn names or reads, as they were at a commit: names are found purely, git has the texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitstory.git.repo import DamagedObject, Repo, TooBig
from gitstory.model import Call, Turn
from gitstory.queries.reasons.plan_writers import written_here
from gitstory.queries.reasons.plans import task_of
from gitstory.queries.reasons.turns_of_task import earlier
from gitstory.queries.reasons.values import Document, Scene
from gitstory.sources.story_source import StorySource
from gitstory.summary.asking_part import asking_part
from gitstory.text.late_pattern import late_pattern

_NAME = late_pattern(
    r"(?:~|\.{1,2})?/?(?:[\w.@+ -]{1,64}/){0,12}[\w.@+-]{1,64}\.(?:md|mdx|markdown|txt|rst|adoc|org)\b"
)
_PLANNED = late_pattern(
    r"plan|design|spec|todo|task|prd|roadmap|require|proposal|rfc|adr|issue|brief|story|stories|feature|backlog|review|context"
    r"|notes?\b|milestone|phase|research|decision|architecture|handoff|progress|implementation|analysis|bug",
    re.IGNORECASE,
)
_NOT_PLANS = late_pattern(
    r"(?:^|/)(?:README|CHANGELOG|CLAUDE|AGENTS|GEMINI|LICENSE|SKILL|CONTRIBUTING|SECURITY)\b|node_modules/|(?:^|/)\.(?:claude|cursor|codex|agents|gemini|github)/|/\.?(?:skills|plugins)/",
    re.IGNORECASE,
)
_READS = late_pattern(r"read|view|cat|open|fetch|get_file", re.IGNORECASE)
_MOST = 5
_FARTHEST = 3
"""Earlier turns whose plan files count though none names them."""
_LONGEST_NAME = 400
_LONGEST_ASKING = 600
"""Characters of a request whose files count whatever their name is."""
_LARGEST = 400_000


def named(scene: Scene) -> list[str]:
    """The names of plan files, as recorded, those the edit is likeliest to follow first."""
    turn, chain = scene.turn, earlier(scene)
    task = task_of(turn, scene.agent, scene.step) if scene.agent is not None else ""
    texts = [task, asking_part(turn.prompt), turn.expanded]
    names = [name for text in texts for name in _names(text)]
    from_prompt = _requested(turn.prompt)
    meant = from_prompt.union(*(_requested(before.prompt) for before in chain))
    names += _read(scene, turn, scene.step, scene.agent)
    if scene.agent is not None:
        names += _read(scene, turn, scene.step, None)
    for before in chain:
        names += [*_names(before.prompt), *_names(before.expanded), *_read(scene, before, len(before.steps), None)]
    names += [name for before in scene.before[:_FARTHEST] for name in _written(scene, before)]
    own = scene.subject.path
    # A long text, a plan that was pasted, also names the files to change.
    distinct = [name for name in dict.fromkeys(map(_bare, names)) if name in meant or _is_planned(name, scene)]
    distinct.sort(key=lambda name: name not in from_prompt and _PLANNED.search(name.rsplit("/", 1)[-1]) is None)
    return [name for name in distinct if not name.endswith(own) and not own.endswith("/" + name) and name != own]


def _requested(prompt: str) -> set[str]:
    """The files that a request names; a long text that was pasted into it does not count."""
    return {_bare(name) for name in _names(asking_part(prompt)[:_LONGEST_ASKING])}


def _is_planned(name: str, scene: Scene) -> bool:
    """Whether a file has the name of a plan; the folder that holds the repository may be called anything."""
    within = (
        name[len(top) :] for place in scene.conversation.places if name.startswith(top := place.rstrip("/") + "/")
    )
    return _PLANNED.search(next(within, name)) is not None


def _bare(name: str) -> str:
    return name.removeprefix("@").removeprefix("./")


def _names(text: str) -> Iterator[str]:
    for match in _NAME.finditer(text[:60_000]):
        name = (_before(text, match.start()) + match[0]).strip().split(" ")[-1]
        if not _NOT_PLANS.search(name):
            yield name


def _before(text: str, start: int) -> str:
    """What of a name stands ahead of `start`: the expression takes the end of a very long one."""
    at = start
    while at > max(0, start - _LONGEST_NAME) and (text[at - 1].isalnum() or text[at - 1] in "_.@+-/~"):
        at -= 1
    return text[at:start]


def _read(scene: Scene, turn: Turn, end: int, agent: str | None) -> list[str]:
    """Files with the name of a plan that were read ahead of step `end`, the last one first."""
    texts: list[str] = []
    for step in turn.steps[:end]:
        if isinstance(step, Call) and step.agent == agent and not step.edits and len(step.input) < 2000:
            texts += [name for name in _names(step.input) if _is_planned(name, scene)]
    return texts[::-1]


def _written(scene: Scene, turn: Turn) -> list[str]:
    """Files with the name of a plan that a turn wrote: the findings of a review, the steps of a task."""
    names = [name for edit in turn.edits for name in _names(edit.path)]
    return [name for name in dict.fromkeys(names) if _is_planned(name, scene)][:2]


def documents(repo: Repo, source: StorySource, scene: Scene) -> tuple[Document, ...]:
    """The first few of the named files that git has at the commit or its first parent."""
    names = named(scene)[: 4 * _MOST]
    if not names or not scene.commit:
        return ()
    tree: list[str] | None = None
    result: list[Document] = []
    for name in names:
        hit = None
        for path in _candidates(name, scene):
            hit = _text(repo, scene.commit, path)
            if hit is not None:
                break
        if hit is None:
            if tree is None:
                tree = _tree(repo, scene.commit)
            alike = (_text(repo, scene.commit, path) for path in _same_name(name, tree))
            hit = next((text for text in alike if text is not None), None) or written_here(scene, name)
        if hit is not None and hit.path not in {one.path for one in result} and hit.path != scene.subject.path:
            result.append(hit)
        if len(result) == _MOST:
            break
    return tuple(result)


def _candidates(name: str, scene: Scene) -> Iterator[str]:
    """Paths from the repository's top that a recorded name can mean."""
    for place in scene.conversation.places:
        if name.startswith(place.rstrip("/") + "/"):
            yield name[len(place.rstrip("/")) + 1 :]
    if not name.startswith(("/", "~")):
        yield name


def _same_name(name: str, tree: Sequence[str]) -> list[str]:
    """The path that ends as the name does and has the longest common end; none where several have."""
    parts = name.strip("~/").split("/")
    hits = [path for path in tree if path.rsplit("/", 1)[-1] == parts[-1]]
    common = {path: _common(path.split("/"), parts) for path in hits}
    if len(hits) > 1:
        most = max(common.values())
        hits = [path for path in hits if common[path] == most]
    return hits if len(hits) == 1 else []


def _common(texts: Sequence[str], two: Sequence[str]) -> int:
    count = 0
    for a, b in zip(reversed(texts), reversed(two), strict=False):
        if a != b:
            break
        count += 1
    return count


def _tree(repo: Repo, commit: str) -> list[str]:
    out = repo.run("ls-tree", "-r", "--name-only", "-z", commit, check=False).stdout
    return [name for name in out.decode("utf-8", "replace").split("\0") if name]


def _text(repo: Repo, commit: str, path: str) -> Document | None:
    for rev in (commit, f"{commit}^"):
        try:
            blob = repo.objects.blob(f"{rev}:{path}", _LARGEST)
        except (TooBig, DamagedObject):
            return None
        if blob is not None:
            return Document(path, f"{path}@{commit[:7]}", blob.decode("utf-8", "replace"))
    return None
