"""Every call of git starts here."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from gitstory.errors import GitStoryError
from gitstory.fault_points import listening, tell

from .find_program import absolute_only, find_program

# Set by git for hooks and by agents for their shells; they would point our own calls at the wrong index or
# repository, or make git ask questions. GIT_DIR and friends are honoured once, when the repository is opened.
_FOREIGN = (
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_QUARANTINE_PATH",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_NOTES_REF",
    "GIT_NOTES_DISPLAY_REF",
    "GIT_TRACE",
    "GIT_TRACE2",
    "GIT_TRACE2_EVENT",
    "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_DATE",
)


class GitMissing(GitStoryError):
    def __init__(self) -> None:
        super().__init__("git was not found on PATH", hint="install git 2.30 or newer")


def git_program() -> str:
    """The absolute path of git. Raises `GitMissing`."""
    program = find_program("git", os.environ.get("PATH"))
    if program is None:
        raise GitMissing
    return program


class GitFailed(GitStoryError):
    """A git command that should have worked did not; `stderr` is what it said."""

    def __init__(self, args: Sequence[str], code: int, stderr: bytes) -> None:
        self.code = code
        self.stderr = stderr.decode("utf-8", "replace").strip()
        name = args[0] if args else ""
        if is_lacking(self.stderr):
            super().__init__(f"git {name}: this clone lacks objects that are needed for it", hint=FETCHES)
        else:
            super().__init__(f"git {name}: {error_line(self.stderr) or f'exit code {code}'}")


_MAPPED = (
    ("core.packedGitWindowSize", "1m"),
    ("core.packedGitLimit", "32m"),
    ("core.deltaBaseCacheLimit", "16m"),
)
"""How much of the packs a git of ours holds in memory: by default it maps whole packs, 1 GB of a large record, and
keeps 96 MB of what it unpacked. To read everything then takes it up to a fifth longer, and a `blame` no longer."""

_LACKING = ("lazy fetching disabled", "from promisor remote")
"""What git says where a partial clone lacks an object, and where its remote does not give it."""
FETCHES = "`git fetch --refetch --no-filter` gets all that a partial clone lacks, `git checkout` what one commit needs"


def is_lacking(text: str) -> bool:
    return any(sign in text for sign in _LACKING)


def error_line(text: str) -> str:
    """The line of git's words that says what went wrong: not a warning before it, nor its prefix."""
    lines = [line for line in text.splitlines() if line.strip()]
    first = next((line for line in lines if line.startswith(("fatal: ", "error: "))), lines[0] if lines else "")
    return first.removeprefix("fatal: ").removeprefix("error: ").removeprefix("warning: ")


def clean_env(extra: Mapping[str, str] | None = None, *, located: bool = True) -> dict[str, str]:
    """The environment for a git of ours: no foreign settings, no prompts, English, no optional locks, no program of
    the work tree.

    `located` drops GIT_DIR and GIT_WORK_TREE too, for calls that name their repository themselves.
    """
    env = {k: v for k, v in absolute_only(os.environ).items() if k not in _FOREIGN}
    if located:
        env.pop("GIT_DIR", None)
        env.pop("GIT_WORK_TREE", None)
        env.pop("GIT_COMMON_DIR", None)
    # A partial clone would fetch what it lacks: nothing of ours uses the network unasked.
    env.update(GIT_OPTIONAL_LOCKS="0", GIT_TERMINAL_PROMPT="0", GIT_NO_LAZY_FETCH="1", LC_ALL="C")
    env = with_config(env, _MAPPED)
    if extra:
        env.update(extra)
    return env


def variables(*starts: str) -> dict[str, str]:
    """The variables of this process whose names begin with one of `starts`."""
    return {name: os.environ[name] for name in os.environ if name.startswith(starts)}


def with_config(env: Mapping[str, str], pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Settings for one call through the environment: an address may hold a password, which `ps` need not show.

    git knows these variables from 2.31 on.
    """
    changed = dict(env)
    count = env.get("GIT_CONFIG_COUNT", "")
    first = int(count) if count.isascii() and count.isdigit() else 0
    for number, (key, value) in enumerate(pairs, first):
        changed[f"GIT_CONFIG_KEY_{number}"] = key
        changed[f"GIT_CONFIG_VALUE_{number}"] = value
    return {**changed, "GIT_CONFIG_COUNT": str(first + len(pairs))}


def fetching_env(*, located: bool) -> dict[str, str]:
    """`clean_env` for what a person asks for in a partial clone: as in git itself, which fetches what it lacks."""
    env = clean_env(located=located)
    env.pop("GIT_NO_LAZY_FETCH", None)
    return env


def git(
    *args: str | bytes,
    cwd: Path | None = None,
    input: bytes | None = None,
    check: bool = True,
    located: bool = True,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run git once and return what it said; raises `GitFailed` on a bad exit unless `check` is off."""
    began = time.perf_counter() if listening() else 0.0
    try:
        done = subprocess.run(
            [git_program(), *args],
            cwd=cwd,
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            env=clean_env(env, located=located),
            check=False,
        )
    except FileNotFoundError as error:
        raise GitMissing from error
    _tell(args, done.returncode, began)
    if check and done.returncode != 0:
        names = [a if isinstance(a, str) else a.decode("utf-8", "replace") for a in args]
        settings = {at + 1 for at, name in enumerate(names) if name == "-c"}
        words = [a for at, a in enumerate(names) if at not in settings and not a.startswith(("-", "/"))]
        raise GitFailed(words or names, done.returncode, done.stderr)
    return done


_CHUNK = 1 << 20


def output_in_chunks(git_dir: Path, *args: str) -> Iterator[bytes]:
    """What git prints, about a megabyte of whole lines at a time: for what would be too long to hold.

    Raises `GitFailed` at its end, and `GitMissing`.
    """
    import tempfile  # for no reader

    began = time.perf_counter() if listening() else 0.0
    with tempfile.TemporaryFile() as words:
        try:
            process = subprocess.Popen(
                [git_program(), f"--git-dir={git_dir}", *args],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=words,
                env=clean_env(),
            )
        except FileNotFoundError as error:
            raise GitMissing from error
        with process:
            pipe = process.stdout
            assert pipe is not None
            while lines := pipe.readlines(_CHUNK):
                yield b"".join(lines)
        _tell(args, process.returncode, began)
        if process.returncode != 0:
            words.seek(0)
            raise GitFailed(args, process.returncode, words.read())


def _tell(args: Sequence[str | bytes], code: int, began: float) -> None:
    if listening():
        words = " ".join(a if isinstance(a, str) else a.decode("utf-8", "replace") for a in args)
        tell("git %s: exit %d, %.1f ms", words[:300], code, (time.perf_counter() - began) * 1000)


Finished = subprocess.CompletedProcess[bytes]

STALLED = b"fatal: no progress"
"""The stderr of a git that was ended because it waited too long for a remote."""

_NOBODY_THERE = {
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
    "GCM_INTERACTIVE": "never",
    "GIT_TERMINAL_PROMPT": "0",
}
_FOR_STRANGERS = ("PATH", "SYSTEMROOT", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def stranger_env() -> dict[str, str]:
    """An environment without any credentials: to find out what anybody may read over http."""
    kept = {k: v for k, v in absolute_only(os.environ).items() if k in _FOR_STRANGERS or k.lower() in _PROXIES}
    # curl would look for a netrc in the home directory of the password database if there were no HOME.
    nowhere = {"HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    return {**kept, **nowhere, "GIT_ALLOW_PROTOCOL": "http:https", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def over_network(
    args: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    terminal: bool = False,
    unattended: bool = False,
    timeout: float | None = None,
    patience: float | None = None,
    on_progress: Callable[[bytes], None] | None = None,
) -> Finished:
    """Run a git that may use the network; after `timeout` seconds it is ended, with all that it started.

    So it is after `patience` seconds without progress, which it is asked to report with `--progress`; its stderr is
    then `STALLED`.

    With `terminal` git may ask for a password there, as it always does; without, what answers for the person
    (askpass, helpers, agents) still may. `unattended`: without a person; git runs in a session of its own,
    without a terminal, so that neither ssh nor a credential helper can ask or hang. `on_progress` is given what
    git says of its progress, as it comes.
    """
    from . import process_tree
    from .stalled_transfers import Stalled, output_of

    wanted = {**env, **(_NOBODY_THERE if unattended else {})}
    if terminal and not unattended:
        del wanted["GIT_TERMINAL_PROMPT"]
    try:
        process = subprocess.Popen(
            [git_program(), *args],
            cwd=cwd,
            env=wanted,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=unattended,
        )
    except FileNotFoundError as error:
        raise GitMissing from error
    began = time.perf_counter() if listening() else 0.0
    with process:
        try:
            if on_progress is None and patience is None:
                out, err = process.communicate(timeout=timeout)
            else:
                out, err = output_of(process, on_progress, patience)
        except (subprocess.TimeoutExpired, Stalled) as why:
            process_tree.end(process, os.environ.get("PATH"), group=unattended)
            words = STALLED if isinstance(why, Stalled) else b"fatal: no answer in time"
            return Finished(process.args, 128, b"", words)
        except BaseException:
            process_tree.end(process, os.environ.get("PATH"), group=unattended)
            raise
    _tell(args, process.returncode, began)
    return Finished(process.args, process.returncode, out, err)
