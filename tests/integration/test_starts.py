"""Nothing of the work tree is run as code, in whichever way gitstory starts."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from gitstory.cli.main import COMMANDS
from gitstory.git.file_lock import single_flight
from gitstory.hooks import shims
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, links
from tests.integration.test_commits import BASE, NOON
from tests.planted import BIN, GIT, PROGRAMS, ROOT, Planted, careless, names, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc for what still runs")

WAYS: dict[str, list[str]] = {
    "show": ["show"],
    "log": ["log"],
    "blame": ["blame hello.py"],
    "why": ["why hello.py:1"],
    "explain": ["explain HEAD"],
    "conversations": ["conversations", "conversations --all"],
    "review": ["review HEAD~1..HEAD", "review --html HEAD~1..HEAD"],
    "rules": ["rules", "rules --write agents", "rules --check"],
    "site": ["site --out site-of-it --yes"],
    "ui": ["ui --help"],  # it serves until Ctrl-C: tests/integration/test_ui_access.py starts it
    "tell": ["tell HEAD~1..HEAD --as post", "tell --as handoff"],
    "check": ["check HEAD~1..HEAD"],
    "stats": ["stats"],
    "search": ["search greeting", "search --all-repos greeting", "search --semantic greeting"],
    "resume": ["resume", "resume --run"],
    "backfill": ["backfill --all"],
    "link": ["link HEAD {id}"],
    "unlink": ["unlink HEAD {id}"],
    "import": ["import entire"],
    "heal": ["heal"],
    "drain": ["drain", "drain --wait 30", "drain --background"],
    "watch": ["watch --daemon", "watch --stop", "watch --unit systemd", "watch --unit launchd"],
    "save": ["save {id}"],
    "history": ["history write", "history list"],
    "forget": ["forget --yes {id}"],
    "redact": ["redact --yes nothing-of-this"],
    "scan": ["scan"],
    "off": ["off"],
    "on": ["on"],
    "share": ["share HEAD", "share --gist --yes HEAD"],
    "export": ["export --agent-trace HEAD"],
    "push": ["push --yes origin", "push --background -- origin"],
    "pull": ["pull origin"],
    "sync": ["sync --yes origin"],
    "enable": ["enable", "enable --auto-push", "enable --pre-commit"],
    "disable": ["disable"],
    "status": ["status", "status --json"],
    "doctor": ["doctor"],
    "config": ["config list"],
    "agents": ["agents --verbose"],
    "inspect": ["inspect claude-code"],
    "completion": ["completion bash"],
    "help": ["help", "help secrets"],
    "version": ["version", "version --build-options"],
    "hook": [f"hook {event}" for event in shims.EVENTS + shims.OPTIONAL_EVENTS],
}
"""Every command, as it is run in a planted work tree."""

PYTHON = ("hooks/git_story_executable.py", "start.py")
"""The modules that start Python; the second for a locale without UTF-8."""

BY_NAME = ("shutil.which", "os.system", "os.popen", "os.execvp", "os.execlp", "os.execvpe", "os.spawnvp")
"""They look a program up where a work tree may be."""

LAST = ("forget", "disable")
"""These take away what others need."""


@pytest.fixture
def project(repo: GitRepo, home: Path, tmp_path: Path) -> Planted:
    """A conversation's commit, a remote, and everything planted."""
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    repo.git("config", "story.link.wait", "600000")
    session = ClaudeSession(home, repo.path, NOON, "11111111-aaaa-4bbb-8ccc-000000000001")
    session.prompt("Write a greeting")
    session.write("hello.py", "def greet(name):\n    return f'hello {name}'\n")
    repo.commit("greet", at=NOON + 100)
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "origin.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    return Planted(repo, tmp_path / "mark")


def share(repo: GitRepo) -> None:
    """Agree to push stories to the remote."""
    git_story(repo.path, "backfill", "--all")
    git_story(repo.path, "push", "--yes", "origin")


def test_what_is_planted_is_what_can_be_imported(project: Planted) -> None:
    there = {path.stem for path in project.repo.path.iterdir()}
    assert names() <= there and {"gitstory", "msgspec", "types", "json", "pygit2", "venv", "watchdog"} <= names()
    # It does run where Python is started without care: the other tests can fail.
    run([sys.executable, "-m", "gitstory", "status"], project.repo.path, os.environ)
    assert project.ran() != []


def test_every_command(project: Planted) -> None:
    assert set(WAYS) == {name for section in COMMANDS.values() for name in section}
    where = project.repo.path
    # What Python imports to start is up to the person's own PYTHONPATH; everything else is up to us.
    env = {**careless(), "PYTHONPATH": str(ROOT), "EDITOR": "vi"}
    in_order = sorted(WAYS, key=lambda name: (name in LAST, name != "enable"))
    for name in in_order:
        for line in WAYS[name]:
            words = shlex.split(line.format(id="11111111"))
            done = run([BIN / "git-story", *words], where, env)
            assert done.returncode in (0, 1), f"{line}: {done.returncode}\n{done.stdout}{done.stderr}"
            if name in ("drain", "show", "blame", "why", "status", "enable", "push"):
                assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
            assert "cannot import" not in done.stderr and "partially initialized" not in done.stderr, line
            if "--unit" in line:
                assert "-m" not in shlex.split(done.stdout) or " -P" in done.stdout.replace('"', "")
            assert project.ran() == [] if "--daemon" not in line else True, line


@pytest.mark.parametrize("start", [["-P", "-m", "gitstory"], ["-I", "-m", "gitstory"]], ids=" ".join)
def test_as_a_module(project: Planted, start: list[str]) -> None:
    where, env = project.repo.path, {**os.environ, "PYTHONPATH": str(ROOT)}
    for line in ("enable --no-hooks", "hook post-commit", "drain --wait 60", "show"):
        done = run([sys.executable, *start, *line.split()], where, env)
        assert done.returncode == 0, done.stderr
    assert project.ran() == [] and links(where) == {"11111111-aaaa-4bbb-8ccc-000000000001": "lines"}


@pytest.mark.parametrize("start", [["git-story"], ["python", "-I", "-m", "gitstory"]], ids=" ".join)
def test_in_a_locale_without_utf8(project: Planted, start: list[str]) -> None:
    """The program starts itself again there."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run([BIN / start[0], *start[1:], "status"], project.repo.path, env)
    assert done.returncode == 0 and project.ran() == [], done.stderr


def test_a_module_started_without_care_imports_ours(repo: GitRepo, home: Path, tmp_path: Path) -> None:
    """`python -m gitstory` beside a stranger's msgspec.py; a folder `gitstory` would be found before we are."""
    mark = tmp_path / "mark"
    for name in ("msgspec", "click", "platformdirs", "pygit2"):
        repo.write(f"{name}.py", f"open({str(mark)!r}, 'a').write('x')\n")
    done = run([sys.executable, "-m", "gitstory", "status"], repo.path, {**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    assert not mark.exists()


@pytest.mark.parametrize("found", ["by its path", "on PATH"])
def test_every_hook(project: Planted, tmp_path: Path, found: str) -> None:
    repo, log = project.repo, tmp_path / "started"
    wrapper = tmp_path / "outside" / "git-story"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$*" >>"{log}"\nexec "{BIN}/git-story" "$@"\n')
    wrapper.chmod(0o755)
    repo.git("config", "story.link.mode", "both")
    repo.git("config", "story.history.commit", "true")
    git_story(repo.path, "enable", "--auto-push")
    share(repo)
    hooks = repo.path / ".git/hooks"
    events = shims.EVENTS + shims.OPTIONAL_EVENTS
    for event in events:
        (hooks / event).write_bytes(shims.shim(event, str(wrapper) if found == "by its path" else ""))
    env = careless()
    env["PATH"] = env["PATH"].replace(str(BIN), str(wrapper.parent))
    for words in (
        ["commit", "-q", "--allow-empty", "-m", "one"],
        ["commit", "-q", "--allow-empty", "--amend", "-m", "again"],
        ["switch", "-q", "-c", "side", "HEAD~1"],
        ["commit", "-q", "--allow-empty", "-m", "two"],
        ["merge", "-q", "-m", "both", "main"],
        ["push", "-q", "origin", "side"],
    ):
        done = run([GIT, *words], repo.path, env)
        assert done.returncode == 0, f"{words}: {done.stderr}"
    assert project.ran() == []
    started = log.read_text()
    for way in (
        "drain --background",
        "drain --wait 5",
        "hook pre-commit",
        "hook prepare-commit-msg",
        "push --background",
    ):
        assert way in started, f"{way} not in {started}"
    assert "one" not in repo.git("log", "-1", "--format=%s", "refs/notes/story")
    assert git_story(repo.path, "status").returncode == 0


def test_a_head_that_only_git_can_read(project: Planted) -> None:
    """The shim asks git then, and git is looked for outside of the work tree."""
    repo = project.repo
    git_story(repo.path, "enable")
    repo.git("pack-refs", "--all")
    event = "post-merge"
    with single_flight(repo.path / ".git/gitstory/worker.lock", timeout=60) as held:
        assert held  # the worker waits, and the spool stays to be looked at
        done = run(["/bin/sh", repo.path / ".git/hooks" / event], repo.path, careless())
        assert f"{event}\t{repo.git('rev-parse', 'HEAD')}\t" in (repo.path / ".git/gitstory/spool").read_text()
    assert done.returncode == 0 and project.ran() == []


def test_every_pre_commit_hook(project: Planted, tmp_path: Path) -> None:
    repo = project.repo
    git_story(repo.path, "enable", "--no-hooks")
    share(repo)
    env = careless()
    env["PATH"] = f"{BIN}{os.pathsep}{env['PATH']}"  # as the framework puts its own environment first
    message = tmp_path / "message"
    message.write_text("a message\n")
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()):
        words = shlex.split(hook["entry"])
        rest = [] if hook.get("pass_filenames") is False else [str(message)]
        done = run([BIN / words[0], *words[1:], *rest], repo.path, env)
        assert done.returncode in ((0, 1) if "check" in hook["id"] else (0,)), f"{hook['id']}: {done.stderr}"
        assert project.ran() == [], hook["id"]
    assert (repo.path / ".git/gitstory/state.json").exists()
    assert links(repo.path) == {"11111111-aaaa-4bbb-8ccc-000000000001": "lines"}


def steps() -> Iterator[tuple[str, str]]:
    for step in yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]:
        yield step["name"], step["run"]
    _, job = yaml.safe_load_all((ROOT / "templates/review.yml").read_text())
    for line in job["gitstory"]["script"]:
        yield "gitlab", line


@pytest.mark.slow
def test_what_installs_it_beside_a_token(project: Planted, tmp_path: Path) -> None:
    """Needs a package index. What GitLab's job runs up to its first git-story; the Action installs in the same way
    among planted files in `test_forge.test_the_action_installs_itself`."""
    where = project.repo.path
    env = {**os.environ, "CI_PROJECT_DIR": str(where), "GITLAB_TOKEN": "t0ken"}
    lines = [line for name, line in steps() if name == "gitlab"]
    lines = lines[: next(number for number, line in enumerate(lines) if '$program" pull' in line)]
    script = "\n".join(lines).replace("$[[ inputs.package ]]", str(ROOT)).replace("$[[ inputs.program ]]", "")
    script += '\n"$program" --version; pwd; env'
    done = run(["/bin/bash", "-eo", "pipefail", "-c", script], where, env)
    assert done.returncode == 0, done.stderr
    assert "git-story version" in done.stdout and str(where) in done.stdout.splitlines()
    assert "GITLAB_TOKEN" not in done.stdout
    assert project.ran() == []


def test_every_python_in_scripts_is_isolated() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    texts = [text for _, text in steps()] + [hook["entry"] for hook in hooks]
    texts += [path.read_text() for path in (ROOT / "hooks").iterdir()]
    options = [option for text in texts for option in re.findall(r'python3?"? +(-\S+)', text)]
    assert set(options) == {"-I"} and len(options) >= 10


def test_one_place_starts_python_and_no_program_goes_by_its_bare_name() -> None:
    """A way to start something that is not here would not be tried by the tests above."""
    wrong = []
    for path in sorted((ROOT / "gitstory").rglob("*.py")):
        name = path.relative_to(ROOT / "gitstory").as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr == "executable" and name not in PYTHON:
                wrong.append(f"{name}:{node.lineno} sys.executable")
            if isinstance(node, ast.Attribute) and ast.unparse(node) in BY_NAME:
                wrong.append(f"{name}:{node.lineno} {node.attr}")
            if isinstance(node, ast.Call) and _starts(node) and node.args and isinstance(node.args[0], ast.List):
                first = node.args[0].elts[0]
                if isinstance(first, ast.Constant):
                    wrong.append(f"{name}:{node.lineno} {first.value!r}")
    assert wrong == []


def _starts(node: ast.Call) -> bool:
    called = node.func
    return isinstance(called, ast.Attribute) and called.attr in ("run", "Popen", "call", "check_call", "check_output")


def test_a_git_directory_among_committed_files_is_no_repository(repo: GitRepo, tmp_path: Path) -> None:
    """Its settings name programs; a conversation that took place in it must not have us open it."""
    from gitstory.git.repo_discovery import common_dir_of

    inner = repo.path / "tests" / "fixture.git"
    subprocess.run([GIT, "init", "-q", "--bare", str(inner)], check=True)
    assert common_dir_of(inner) == repo.path / ".git" and common_dir_of(inner / "objects") == repo.path / ".git"
    alone = tmp_path / "alone.git"
    subprocess.run([GIT, "init", "-q", "--bare", str(alone)], check=True)
    assert common_dir_of(alone) == alone
    assert common_dir_of(repo.path / ".git" / "hooks") == repo.path / ".git"


def test_a_program_is_looked_for_in_absolute_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gitstory.git.find_program import absolute_only, find_program

    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
        program = tmp_path / folder / "tool"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    monkeypatch.chdir(tmp_path / "here")
    for path in (".", "", ":", "../there", "./"):
        assert find_program("tool", path) is None
        assert find_program("tool", f"{path}:{tmp_path}/there") == f"{tmp_path}/there/tool"
    (tmp_path / "there" / "tool").chmod(0o644)
    assert find_program("tool", f"{tmp_path}/there/.") is None
    kept = absolute_only({"PATH": ".:/bin:", "PYTHONPATH": ":", "PYTHONUSERBASE": "x", "OTHER": "."})
    assert kept == {"PATH": "/bin", "OTHER": "."}
    assert PROGRAMS


def test_the_lock_has_every_dependency() -> None:
    """What the Action and GitLab's template install is pinned by hashes, whatever is added to pyproject.toml."""
    import tomllib

    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    locked = (ROOT / "requirements/review.txt").read_text()
    for one in wanted:
        name = re.split(r"[<>=!;\[ ~]", one)[0]
        assert re.search(rf"(?m)^{re.escape(name)}==[^\\]+\\\n    --hash=sha256:", locked), (
            f"run `make lock` for {name}"
        )
