"""The templates of all pages: everything is escaped unless it was made as markup here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
STATIC = HERE / "app"
"""The files that pages of the application ask for, beside its templates."""


@cache
def engine() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def fill(template: str, **context: Any) -> str:
    """A template of this folder, filled."""
    return engine().get_template(template).render(**context)


def pieces_of(template: str, **context: Any) -> Iterator[str]:
    """The same bit by bit: what comes late in the template may still be computed when the beginning is out."""
    return engine().get_template(template).generate(**context)
