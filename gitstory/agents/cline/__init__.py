"""Cline: the sessions of its command line program (3.x, 2026), and the tasks of its extension of VS Code.

Both are folders of a few JSON files. Roo Code was made of the extension: `gitstory.agents.roo`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from gitstory.agents.base import Reading, Source
from gitstory.agents.cline import sessions, tasks
from gitstory.agents.stores import editors


class Cline(tasks.TaskReader):
    name = "cline"

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        paths = [one / "tasks" for one in editors.storage("saoudrizwan.claude-dev", env, home)]
        return list(dict.fromkeys([*super().roots(env, home), *paths]))

    def sources(self, root: Path) -> Iterator[Source]:
        yield from sessions.sources(self.name, root)
        yield from super().sources(root)

    def places(self, source: Source) -> tuple[str, ...]:
        return super().places(source) if _is_task(source) else sessions.places(source)

    def read(self, source: Source) -> Reading:
        return super().read(source) if _is_task(source) else Reading((sessions.conversation(source),))


def _is_task(source: Source) -> bool:
    return source.path.name == tasks.MESSAGES


AGENT = Cline()
