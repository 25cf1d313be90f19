# ruff: noqa: E501
"""Every fact of a made-up person, in every form, in every page, file and export that may leave the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON

ID = "6b6b6b6b-1111-4222-8333-444455556666"
FORMS = (
    "quentin@xavierson.club", "Q.Xavierson@mail.xavierson.sh", "mailto:quentin%40xavierson.club", "quentin\\u0040xavierson.club",
    "quentin at xavierson dot club", "quentin [at] xavierson [dot] club", "<quentin@xavierson.club>.Then", "Quentin Xavierson",
    "QUENTIN XAVIERSON", "quentin.xavierson", "qxavierson", "Xavierson, Quentin", "Xavierson_Quentin", "@qxavierson",
    "/srv/quentin/x", "/home/quentin/x", "/Users/Quentin Xavierson/x", "/Users/Quentin\\ Xavierson/x", "C:\\Users\\Quentin Xavierson\\x",
    "C:\\\\Users\\\\Quentin Xavierson\\\\x", "C:/Users/Quentin Xavierson/x", "\\\\wsl$\\Ubuntu\\home\\quentin\\x", "/mnt/c/Users/Quentin Xavierson/x",
    "file:///Users/Quentin%20Xavierson/x", "%2Fhome%2Fquentin%2Fx", '{"path":"\\/home\\/quentin\\/x"}', "~quentin/x",
    "quentin@xps-of-quentin:~/src$ git push", "[qxavierson@xps-of-quentin src]$ ls", "root@xps-of-quentin:/etc# ls",
    "ssh quentin@db1.xavierson.internal", "scp a quentin@db1.xavierson.internal:/srv", "HOSTNAME=xps-of-quentin", "db7.xavierson.com",
    "https://quentin.xavierson.club/x", "git@git.xavierson.internal:quentin/app.git", "from 41.7.8.9 port 22", "41.7.8.9:8080",
    "fe80::1ff:fe23:4567:890a", "mac 3c:22:fb:01:02:03", "Author: Quentin Xavierson <quentin@xavierson.club>",
    "Signed-off-by: Quentin Xavierson <quentin@xavierson.club>", "drwxr-xr-x 2 quentin quentin 4096 May 1 10:00 x", "uid=1000(quentin) gid=1000(quentin)",
    "USER=quentin", "LOGNAME=quentin", '"user": "quentin"', "sudo -u quentin ls", "chown quentin:quentin x", "Hi Quentin,", "Quentin's laptop",
    "thanks, quentin!", "qx (Quentin X.)",
)  # fmt: skip
FACTS = ("quentin", "xavierson", "41.7.8.9", "fe80::1ff", "3c:22:fb", "db7.", "db1.")


@pytest.fixture
def project(repo: GitRepo, home: Path) -> GitRepo:
    """A conversation whose prompts, answers, output, edits and commit hold every form."""
    repo.git("config", "user.name", "Quentin Xavierson")
    repo.git("config", "user.email", "quentin@xavierson.club")
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON, ID)
    session.prompt("Write hello.py, not hallo.py. " + " ; ".join(FORMS))
    session.write("hello.py", "def hello():\n    return 1\n" + "".join(f"# {form}\n" for form in FORMS))
    session.say("Because the old one failed:\n\n" + "\n\n".join(FORMS))
    repo.commit("Greet Quentin, for quentin@xavierson.club\n\nSee xps-of-quentin.", at=session.time + 5)
    session.time += 100
    session.prompt("No, that is wrong: use return 2, says Quentin")
    session.edit("hello.py", "return 1", "return 2")
    session.say("Done, Quentin.")
    repo.commit("Return 2, Quentin Xavierson", at=session.time + 5)
    git_story(repo.path, "drain")
    return repo


def facts_in(text: str, repo: GitRepo) -> list[str]:
    low = text.lower()
    return [low[max(0, at - 50) : at + 40] for fact in (*FACTS, str(repo.path).lower()) if (at := low.find(fact)) >= 0]


def _files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder))
            yield path.read_text("utf-8", errors="replace")


def _share(repo: GitRepo, *args: str) -> str:
    git_story(repo.path, "share", *args, "-o", "page.html", "--force")
    return (repo.path / "page.html").read_text()


def _site(repo: GitRepo) -> str:
    """The pages of conversations; those of commits and files show authors and subjects, as git does."""
    git_story(repo.path, "site", "--out", "pages", "--yes")
    return "\n".join(_files(repo.path / "pages" / "conversation"))


def _history(form: str) -> Callable[[GitRepo], str]:
    def write(repo: GitRepo) -> str:
        git_story(repo.path, "history", "write", "--anonymise", "--format", form)
        return "\n".join(_files(repo.path / ".gitstory" / "history"))

    return write


def _tell(form: str) -> Callable[[GitRepo], str]:
    return lambda repo: git_story(repo.path, "tell", "HEAD~2..HEAD", "--as", form, "--anonymise").stdout


EXPORTS: dict[str, Callable[[GitRepo], str]] = {
    "share of a commit": lambda repo: _share(repo, "HEAD"),
    "share of a range": lambda repo: _share(repo, "HEAD~2..HEAD"),
    "share of a conversation": lambda repo: _share(repo, ID[:8]),
    "site": _site,
    "history": _history("gitstory"),
    "history for specstory": _history("specstory"),
    "agent-trace": lambda repo: git_story(repo.path, "export", "--agent-trace", "--anonymise", "HEAD~2..HEAD").stdout,
    "git-ai": lambda repo: git_story(repo.path, "export", "--git-ai", "--anonymise", "HEAD~2..HEAD").stdout,
    "review": lambda repo: git_story(repo.path, "review", "--markdown", "--anonymise", "HEAD~2..HEAD").stdout,
    "tell post": _tell("post"),
    "tell handoff": _tell("handoff"),
    "tell standup": _tell("standup"),
    "tell release notes": _tell("release-notes"),
    "tell changelog": _tell("changelog"),
}


WITHOUT_FILES = ("tell changelog", "tell release notes")
"""Which list commits alone."""


@pytest.mark.parametrize("name", EXPORTS)
def test_nothing_of_a_person_is_in(project: GitRepo, name: str) -> None:
    text = EXPORTS[name](project)
    assert facts_in(text, project) == []
    assert "hello.py" in text or (name in WITHOUT_FILES and "person" in text)
