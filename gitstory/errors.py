"""The one error type that reaches a person.

Subclasses stand beside the code that raises them. The command line prints ``message`` on one
line, ``hint`` on the next, and exits with ``exit_code``.
"""


class GitStoryError(Exception):
    """A failure a person can act on: what went wrong, and what to do about it."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
