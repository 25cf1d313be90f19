"""The forms a write-up can have, each made by a module of its own that is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Literal, get_args

from gitstory.tell.values import Material

Form = Literal["post", "changelog", "adr", "handoff", "standup", "release-notes"]
FORMS: tuple[str, ...] = get_args(Form)


def written(form: str, material: Material) -> str:
    """The write-up as Markdown that ends in a newline."""
    name = form.replace("-", "_")
    make = getattr(import_module(f"gitstory.tell.{name}"), name)
    text: str = make(material)
    return text
