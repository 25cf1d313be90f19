"""Roo Code, an extension of VS Code made of Cline: its tasks are stored as Cline's are.

So do two extensions made of it: Zoo Code, which went on where Roo Code ended and takes its tasks over, and CoStrict.
They count as Roo Code's, because an imported task is one conversation. That their folders hold the same files
is said by readers of Zoo Code's tasks (superbased-observer) and by the scripts of CoStrict that collect its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gitstory.agents.cline import tasks
from gitstory.agents.stores import editors

_EXTENSIONS = ("rooveterinaryinc.roo-cline", "zoocodeorganization.zoo-code", "zgsm-ai.zgsm")


_ELSEWHERE = ("roo-cline.customStoragePath", "zoo-code.customStoragePath", "zgsm.customStoragePath")
"""Settings that move the tasks to another folder."""


class Roo(tasks.TaskReader):
    name = "roo"

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        paths = [one for name in _EXTENSIONS for one in editors.storage(name, env, home)]
        return [one / "tasks" for one in (*paths, *editors.stored_elsewhere(_ELSEWHERE, env, home))]


AGENT = Roo()
