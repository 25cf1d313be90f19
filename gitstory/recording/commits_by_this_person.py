"""Whether a commit is the work of the person this machine belongs to."""

from __future__ import annotations

import re

from gitstory.git.changed_files import Commit
from gitstory.recording.recording_setup import RecordingSetup

_ANYBODY = frozenset({"admin", "dev", "developer", "git", "github", "gitlab", "root", "test", "ubuntu", "user", "x"})
_NOREPLY = re.compile(r"(?:\d+\+)?([^@]+)@users\.noreply\.")


def own(commit: Commit, setup: RecordingSetup) -> bool:
    """Whether the person this machine belongs to wrote the commit: by e-mail, by name, or by a forge's login.

    A login that a forge put in place of the address (`123+login@users.noreply...`) is the person's if it is their
    name or the local part of one of their addresses. Names that anybody may have prove nothing.
    """
    if "[bot]" in commit.author_name or "[bot]" in commit.author_email:
        return False
    email, name = commit.author_email.lower(), commit.author_name.casefold()
    emails = {one.lower() for one in setup.emails}
    names = {one.casefold() for one in setup.names} - _ANYBODY
    if email in emails or name in names:
        return True
    login = _NOREPLY.match(email)
    return login is not None and login.group(1) in names | ({one.partition("@")[0] for one in emails} - _ANYBODY)
