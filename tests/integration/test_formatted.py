"""Files that a formatter changed, from a transcript to what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines

FORMATTED = 'def heron(\n    lands_at_noon,\n    stays_until_evening,\n):\n    return {"nest": lands_at_noon}\n'


@pytest.mark.parametrize("hooked", [True, False])
def test_a_formatter_after_each_edit_or_before_the_commit(repo: GitRepo, home: Path, hooked: bool) -> None:
    """What black does as an agent's own hook, and in the pre-commit framework."""
    repo.commit("zero", {"README.md": "birds\n"}, at=1_780_000_000)
    session = ClaudeSession(home, repo.path, 1_780_000_010)
    first = session.prompt("let the heron land")
    session.write("heron.py", "def heron(lands_at_noon, stays_until_evening):\n    return {'nest':lands_at_noon}\n")
    second = session.prompt("and the stork")
    if hooked:
        repo.write("heron.py", FORMATTED)
        session.edit("heron.py", "lands_at_noon}\n", "lands_at_noon}\nSTORK_LANDS = 'at night'\n")
    else:
        session.edit("heron.py", "lands_at_noon}\n", "lands_at_noon}\nSTORK_LANDS = 'at night'\n")
    repo.write("heron.py", f'{FORMATTED}STORK_LANDS = "at night"\n')
    repo.commit("Birds", at=session.time + 5)
    git_story(repo.path, "backfill")
    assert lines(repo.path, "heron.py") == {**dict.fromkeys(range(1, 6), first), 6: second}
    shown = git_story(repo.path, "show").stdout
    assert "wrote 6 of 6 added lines, 6 after formatting" in " ".join(shown.split())
