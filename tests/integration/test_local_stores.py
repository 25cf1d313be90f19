"""Agents that keep their store within the work tree: found there, also from a linked one, and linked by content."""

from __future__ import annotations

import pytest

from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines, links
from tests.integration.test_commits import BASE, NOON

BLOCK = """
# aider chat started at 2026-05-28 20:00:00

> Aider v0.86.2
> Main model: quill-2 with diff edit format
#### Add a greeting{two}

Here it is.

hello.py
```python
<<<<<<< SEARCH
=======
def greet(name):
    return f"hello {{name}}"
>>>>>>> REPLACE
```

> hello.py
> Create new file? (Y)es/(N)o [Yes]: y{two}
> Applied edit to hello.py{two}
""".format(two="  ")


@pytest.mark.parametrize("linked", [False, True])
def test_aider(repo: GitRepo, linked: bool) -> None:
    repo.commit("base", {"base.txt": BASE, ".gitignore": ".aider*\n"}, at=NOON - 1000)
    where = repo
    if linked:
        repo.git("worktree", "add", "-q", "-b", "topic", str(repo.path.parent / "topic"))
        where = GitRepo(repo.path.parent / "topic")
    git_story(where.path, "enable", "--no-hooks")
    where.write(".aider.chat.history.md", BLOCK)
    where.commit("greet", {"hello.py": 'def greet(name):\n    return f"hello {name}"\n'}, at=NOON + 100)
    git_story(where.path, "drain")
    assert list(links(where.path).values()) == ["lines"]
    assert list(lines(where.path, "hello.py")) == [1, 2]
    assert "Add a greeting" in git_story(where.path, "why", "hello.py:1").stdout
    assert "Aider" in git_story(where.path, "agents").stdout
