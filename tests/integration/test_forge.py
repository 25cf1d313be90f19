"""The Action's and the GitLab template's own steps, run in order against fakes of the forges on loopback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import program
from tests.claude_session import ClaudeSession
from tests.forges import Forge, serving
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON
from tests.planted import Planted

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the steps are written for bash")

ROOT = Path(__file__).resolve().parents[2]
MARK = "<!-- gitstory review -->"
SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.fixture
def github() -> Iterator[Forge]:
    with serving(Forge(), "/repos/acme/app/issues/7/comments", r"/repos/acme/app/issues/comments/(\d+)") as forge:
        yield forge


@pytest.fixture
def gitlab() -> Iterator[Forge]:
    root = "/projects/42/merge_requests/7/notes"
    with serving(Forge(), root, rf"{root}/(\d+)") as forge:
        yield forge


@pytest.fixture
def origin(repo: GitRepo, home: Path, tmp_path: Path) -> GitRepo:
    """A branch of two commits, one by a conversation and one by hand, pushed with its stories."""
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    bare = tmp_path / "origin.git"
    repo.git("clone", "-q", "--bare", ".", str(bare))
    repo.git("remote", "add", "origin", str(bare))
    repo.git("switch", "-q", "-c", "topic")
    session = ClaudeSession(home, repo.path, NOON)
    session.prompt("Write a greeting, @everybody")
    session.say("I'll let greet return an f-string instead of concatenation, because it reads better in one line.")
    session.write("hello.py", "def greet(name):\n    return f'hello {name}'\n")
    repo.commit("greet", at=session.time + 5)
    repo.commit("by hand", {"a:b,c.py": "by_hand = True\n", "poetry.lock": "x\n" * 50}, at=session.time + 50)
    git_story(repo.path, "drain")
    repo.git("push", "-q", "origin", "main", "topic")
    git_story(repo.path, "push", "--yes", "origin")
    return repo


@pytest.fixture
def checkout(origin: GitRepo, tmp_path: Path, home: Path) -> GitRepo:
    """What actions/checkout leaves: a detached, shallow clone, on a machine that has no transcripts."""
    (home / ".claude").rename(tmp_path / "elsewhere")
    made = GitRepo(tmp_path / "checkout")
    origin.git("clone", "-q", "--depth=1", "--branch=topic", f"file://{tmp_path}/origin.git", str(made.path))
    made.git("checkout", "-q", "--detach")
    return made


def event(origin: GitRepo, tmp_path: Path, *, fork: bool = False) -> Path:
    """The payload of `pull_request`, cut down to what is read (GitHub's webhook documentation)."""
    base, head = origin.git("rev-parse", "main"), origin.git("rev-parse", "topic")
    source = "someone/app" if fork else "acme/app"
    pull = {
        "number": 7,
        "base": {"ref": "main", "sha": base, "repo": {"full_name": "acme/app"}},
        "head": {"ref": "topic", "sha": head, "repo": {"full_name": source, "fork": fork}},
    }
    path = tmp_path / "event.json"
    path.write_text(json.dumps({"action": "synchronize", "number": 7, "pull_request": pull}))
    return path


def action() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
    return loaded


class Runner:
    """Runs the steps of action.yml as GitHub does: bash, its environment files, expressions of inputs."""

    def __init__(self, checkout: GitRepo, forge: Forge, event: Path, tmp_path: Path, token: str = "t0ken") -> None:
        self.action = action()
        self.cwd = checkout.path
        self.env_file = tmp_path / "env"
        self.summary = tmp_path / "summary.md"
        self.token = token
        (tmp_path / "temp").mkdir(exist_ok=True)
        self.env = {
            **os.environ,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_API_URL": forge.address,
            "GITHUB_REPOSITORY": "acme/app",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_ENV": str(self.env_file),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "RUNNER_TEMP": str(tmp_path / "temp"),
        }

    def run(self, **given: str) -> tuple[int, str]:
        """All steps until one fails; the exit code and what they printed."""
        inputs = {name: one["default"] for name, one in self.action["inputs"].items()} | given
        printed = ""
        for step in self.action["runs"]["steps"]:
            assert step["shell"] == "bash"
            env = {name: self.expand(str(value), inputs) for name, value in step.get("env", {}).items()}
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.cwd, env={**self.env, **env}, capture_output=True, text=True, check=False,
            )  # fmt: skip
            printed += done.stdout + done.stderr
            if done.returncode:
                return done.returncode, printed
            for line in self.env_file.read_text().splitlines() if self.env_file.exists() else ():
                name, _, value = line.partition("=")
                self.env[name] = value
        return 0, printed

    def expand(self, text: str, inputs: dict[str, str]) -> str:
        def value(found: re.Match[str]) -> str:
            asked = found[1].strip()
            if asked == "inputs.comment == 'true' && inputs.token || ''":
                return self.expand(inputs["token"], inputs) if inputs["comment"] == "true" else ""
            if asked == "github.token":
                return self.token
            assert asked.startswith("inputs."), asked
            return inputs[asked.removeprefix("inputs.")]

        return re.sub(r"\$\{\{(.*?)\}\}", value, text)


def program_of(folder: Path) -> str:
    """A git-story that needs no Python to start; `test_the_action_installs_itself` starts a real one."""
    return str(program.install(folder / "bin"))


def test_one_comment_is_kept_up_to_date(origin: GitRepo, checkout: GitRepo, github: Forge, tmp_path: Path) -> None:
    for _ in range(120):
        github.add("a comment of somebody")
    github.foreign.add(github.add(f"{MARK}\nforged by somebody"))
    runner = Runner(checkout, github, event(origin, tmp_path), tmp_path)
    code, printed = runner.run(program=program_of(tmp_path))
    assert code == 0, printed
    body = github.comments[-1]["body"]
    assert body.startswith(f"{MARK}\n### Why: ") and "f-string instead of concatenation" in body
    assert "@everybody" not in re.sub(r"(?s)```.*?```", "", body).replace("\\@", "")
    assert "comment created" in printed and len(github.comments) == 122
    assert "::notice file=a%3Ab%2Cc.py,line=1,endLine=1,title=gitstory::no recorded conversation" in printed
    assert all(headers["authorization"] == "Bearer t0ken" for _, _, headers in github.calls)
    assert (
        Runner(checkout, github, event(origin, tmp_path), tmp_path)
        .run(program=program_of(tmp_path))[1]
        .count("comment unchanged")
        == 1
    )
    origin.commit("more", {"more.py": "more = True\n"})
    origin.git("push", "-q", "origin", "topic")
    code, printed = Runner(checkout, github, event(origin, tmp_path), tmp_path).run(program=program_of(tmp_path))
    assert code == 0 and "comment updated" in printed, printed
    assert len(github.comments) == 122 and "more.py" in github.comments[-1]["body"]
    assert github.comments[120]["body"] == f"{MARK}\nforged by somebody"


def test_a_fork_needs_no_secret(origin: GitRepo, checkout: GitRepo, github: Forge, tmp_path: Path) -> None:
    github.status = 403
    runner = Runner(checkout, github, event(origin, tmp_path, fork=True), tmp_path)
    code, printed = runner.run(program=program_of(tmp_path))
    assert code == 0 and "warning: no comment: the forge answered 403" in printed, printed
    assert "### Why: " in runner.summary.read_text() and github.comments == []
    runner = Runner(checkout, github, event(origin, tmp_path, fork=True), tmp_path, token="")
    before = len(github.calls)
    code, printed = runner.run(program=program_of(tmp_path))
    assert code == 0 and "the job has no token" in printed and len(github.calls) == before


def test_the_gate(origin: GitRepo, checkout: GitRepo, github: Forge, tmp_path: Path) -> None:
    runner = Runner(checkout, github, event(origin, tmp_path), tmp_path)
    assert runner.run(program=program_of(tmp_path), **{"min-coverage": "60"})[0] == 0
    code, printed = runner.run(program=program_of(tmp_path), **{"min-coverage": "80"})
    assert code == 1 and "2 of 3 added lines" in printed
    assert "error: 66.6 % of the added lines are explained, 80 % are asked for" in printed
    assert "::error title=gitstory::66.6 %25 of" in printed and "::warning file=a%3Ab%2Cc.py" in printed
    code, printed = runner.run(program=program_of(tmp_path), **{"require-story": "true"})
    assert code == 1 and "1 commit without a story" in printed and "by hand" in printed


def test_a_forge_that_does_not_answer_fails_nothing(
    origin: GitRepo, checkout: GitRepo, github: Forge, tmp_path: Path
) -> None:
    runner = Runner(checkout, github, event(origin, tmp_path), tmp_path)
    runner.env["GITHUB_API_URL"] = "http://127.0.0.1:1"
    code, printed = runner.run(program=program_of(tmp_path))
    assert code == 0 and "warning: no comment: the forge could not be asked" in printed, printed
    runner.env["GITHUB_API_URL"] = "http://forge.example"
    assert "is not an https address" in runner.run(program=program_of(tmp_path))[1]


@pytest.mark.slow
def test_the_action_installs_itself(origin: GitRepo, checkout: GitRepo, github: Forge, tmp_path: Path) -> None:
    """Needs a package index, as on a runner. Nothing that is planted in the checkout is imported or run, beside a
    token or before."""
    planted = Planted(checkout, tmp_path / "mark")
    assert next(iter(action()["runs"]["steps"]))["name"] == "Install gitstory"
    runner = Runner(checkout, github, event(origin, tmp_path), tmp_path)
    code, printed = runner.run()
    assert code == 0, printed
    assert (tmp_path / "temp" / "gitstory" / "bin" / "git-story").exists() and len(github.comments) == 1
    assert planted.ran() == []


def test_gitlab(origin: GitRepo, checkout: GitRepo, gitlab: Forge, tmp_path: Path) -> None:
    gitlab.add(f"{MARK}\nwritten by the system", system=True)
    spec, job = yaml.safe_load_all((ROOT / "templates/review.yml").read_text())
    inputs = {
        name: str(one["default"]).lower() if isinstance(one.get("default"), bool) else one["default"]
        for name, one in spec["spec"]["inputs"].items()
    }
    inputs |= {"min-coverage": "80", "program": program_of(tmp_path)}
    lines = [
        re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda found: inputs[found[1]], line)
        for line in job["gitstory"]["script"]
    ]
    checkout.git("fetch", "-q", "--unshallow", "origin", "+refs/heads/*:refs/remotes/origin/*")
    env = {
        **os.environ,
        "CI_PROJECT_DIR": str(checkout.path),
        "GITLAB_CI": "true",
        "CI_API_V4_URL": gitlab.address,
        "CI_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": origin.git("rev-parse", "main"),
        "CI_COMMIT_SHA": origin.git("rev-parse", "topic"),
    }
    script = ["bash", "-eo", "pipefail", "-c", "\n".join(lines)]
    done = subprocess.run(script, cwd=checkout.path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "80 % are asked for" in done.stderr
    assert "### Why: " in done.stdout and "the job has no token" in done.stderr and len(gitlab.comments) == 1
    report: list[dict[str, Any]] = json.loads((checkout.path / "gl-code-quality-report.json").read_text())
    assert [one["location"] for one in report] == [{"path": "a:b,c.py", "lines": {"begin": 1, "end": 1}}]
    env["GITSTORY_GITLAB_TOKEN"] = "t0ken"
    for said in ("comment created", "comment unchanged"):
        done = subprocess.run(script, cwd=checkout.path, env=env, capture_output=True, text=True, check=False)
        assert said in done.stdout, done.stdout + done.stderr
    assert len(gitlab.comments) == 2 and gitlab.calls[-1][2]["private-token"] == "t0ken"


def test_what_is_posted_goes_through_the_rules_of_today(
    origin: GitRepo, checkout: GitRepo, github: Forge, tmp_path: Path
) -> None:
    checkout.git("fetch", "-q", "--unshallow", "origin")
    git_story(checkout.path, "pull", "origin")
    checkout.git("config", "--add", "story.redact.rules.words", "concaten[a-z]{1,9}")
    runner = Runner(checkout, github, event(origin, tmp_path), tmp_path)
    code, printed = runner.run(program=program_of(tmp_path))
    assert code == 0, printed
    assert "concatenation" not in github.comments[0]["body"]


def test_outside_of_a_job(origin: GitRepo) -> None:
    done = git_story(origin.path, "review", "--post", check=False)
    assert done.returncode == 1 and "works in GitHub Actions and GitLab CI" in done.stderr
    done = git_story(origin.path, "check", "--request", check=False, GITHUB_ACTIONS="true")
    assert done.returncode == 1 and "not about a pull request" in done.stderr
    done = git_story(origin.path, "check", "--json", "main..topic")
    told = json.loads(done.stdout)
    assert (told["passed"], told["added"], told["explained"], told["coverage"]) == (True, 3, 2, 66.67)
    assert [one["subject"] for one in told["untold"]] == ["by hand"]
