"""The one error type that reaches a person.

Subclasses stand beside the code that raises them. The command line prints ``message`` on one
line, ``hint`` on the next, and exits with ``exit_code``.
"""

from __future__ import annotations

from typing import Any


class GitStoryError(Exception):
    """A failure a person can act on: what went wrong, and what to do about it."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle without `__init__`, whose parameters differ in subclasses: a worker sends its error to its parent."""
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[GitStoryError], args: tuple[Any, ...], attributes: dict[str, Any]) -> GitStoryError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(attributes)
    return error
