"""Talking to another repository about a few refs, and about nothing else.

Only what `git story push`, `pull` and `sync` call may use the network, and readers while a first pull is not finished
(`sources.unpulled_stories`). Every call names its refs in full; what a person configured for the remote beyond its
address (fetch refspecs, mirror, prune, tags, filters) is left out, so that it cannot move a ref of ours or anything
else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from gitstory.errors import GitStoryError

from .process import STALLED, Finished, clean_env, over_network, with_config
from .refs import QUIETLY
from .remote_addresses import without_password
from .repo import Repo
from .transfer_negotiation import NONE, QUIET, Lineage, environment

ALIAS = "gitstory"
"""The name under which git knows the remote during our calls."""

_KEPT = ("proxy", "proxyauthmethod", "uploadpack", "receivepack", "serveroption", "vcs")
"""Settings of a remote that say how to reach it."""


class NoRemote(GitStoryError):
    def __init__(self) -> None:
        super().__init__(
            "there is no remote to share stories with",
            hint="`git remote add origin URL`, or name one: `git story push REMOTE`, `git config story.remote REMOTE`",
        )


class RemoteUnreachable(GitStoryError):
    """The remote did not answer, or not to us; nothing was changed there."""

    def __init__(self, remote: Remote, stderr: bytes) -> None:
        super().__init__(
            f"cannot reach {remote.name}: {_error_line(stderr)}",
            hint=f"`git ls-remote {remote.name}` asks it the same; nothing was changed",
        )


class RemoteDamaged(RemoteUnreachable):
    """The remote answered, and cannot send or take what was asked for: it lacks objects, or has damaged ones."""

    def __init__(self, remote: Remote, stderr: bytes) -> None:
        super().__init__(remote, stderr)
        self.message = f"{remote.name} has damaged or missing objects: {_error_line(stderr)}"
        self.hint = "`git fsck` in its repository names them, a copy of it has them; nothing was changed here"


_DAMAGED = re.compile(
    rb"unable to read|bad tree object|bad object|inflate|too long, exceeds|object file .{1,200} is empty|corrupt"
    rb"|did not receive expected object|not our ref|missing (?:blob|tree|commit|necessary objects)|invalid object"
    rb"|fsck error|did not send all|sha1 mismatch|hash mismatch|unable to unpack"
)


def failure(remote: Remote, stderr: bytes) -> RemoteUnreachable:
    """What a git that ended with `stderr` says of the remote."""
    kind = RemoteDamaged if _DAMAGED.search(stderr) else RemoteUnreachable
    return kind(remote, stderr)


class RemoteStalled(RemoteUnreachable):
    """The remote sent nothing, or nothing new, for too long; git was ended."""

    def __init__(self, remote: Remote, seconds: float) -> None:
        super().__init__(remote, f"fatal: no progress for {seconds:g} seconds".encode())
        self.hint = (
            f"`git config story.timeout SECONDS` sets how long to wait, `git ls-remote {remote.name}` shows whether "
            "it answers; nothing was changed here"
        )


class Remote(Struct, frozen=True):
    """Another repository.

    `name` is as the person names it, `url` what git makes of that, `settings` how to reach it, `track` what its refs
    are kept under here.
    """

    name: str
    url: str
    settings: tuple[tuple[str, str], ...]
    track: str

    @property
    def shown(self) -> str:
        """The address without a password in it."""
        return without_password(self.url)


class PushRefused(Struct, frozen=True):
    """A ref that the remote (or git, because the remote's had moved) did not take, and the reason in its words."""

    ref: str
    reason: str


class Caller(Struct, frozen=True):
    """Who waits for the answer: a person at a terminal may be asked for a password; see `process.over_network`.

    `timeout` is in seconds for each call, `patience` in seconds of a call without progress.
    """

    terminal: bool = False
    unattended: bool = False
    timeout: float | None = None
    patience: float | None = None
    on_progress: Callable[[bytes], None] | None = None
    """Called with the progress of a push or fetch, if a person waits for it."""


# --- which one ---


def default_remote(repo: Repo, *, push: bool) -> str:
    """The remote git itself would take for the branch at hand: its own, then origin, then the only one there is.

    Raises `NoRemote`.
    """
    head = _branch(repo)
    keys = [f"branch.{head}.pushRemote", "remote.pushDefault"] if push else []
    for key in (*keys, f"branch.{head}.remote"):
        name = repo.config(key)
        if name and name != ".":
            return name
    names = remote_names(repo)
    if "origin" in names:
        return "origin"
    if len(names) == 1:
        return names[0]
    raise NoRemote


def _branch(repo: Repo) -> str:
    """The branch at hand, "" where HEAD is on none or no setting says anything of a branch's remote."""
    if not any(key.endswith((b".remote", b".pushremote")) for key, _value in repo.settings.sections("branch")):
        return ""
    return repo.run("symbolic-ref", "--quiet", "--short", "HEAD", check=False).stdout.decode("utf-8", "replace").strip()


def remote_names(repo: Repo) -> list[str]:
    """Those that git's configuration has a setting of."""
    keys = [key.decode("utf-8", "replace").split(".", 1)[1] for key, _value in repo.settings.sections("remote")]
    return list(dict.fromkeys(key.rpartition(".")[0] for key in keys if "." in key))


def resolve(repo: Repo, name: str, *, push: bool) -> list[Remote]:
    """The repositories a remote's name (or a URL or path) stands for: one, or each of several push URLs.

    Raises `NoRemote` for an empty or impossible name.
    """
    if not name or name.startswith("-") or not name.isprintable():
        raise NoRemote
    settings = _settings(repo, name)
    explicit = [value for key, value in settings if key == "pushurl"] if push else []
    addresses = explicit or [value for key, value in settings if key == "url"] or [name]
    shown = _rewritten(repo, name, addresses, push=push, configured=bool(settings))
    kept = tuple((key, value) for key, value in settings if key in _KEPT)
    remotes = []
    for address, url in zip(addresses, shown, strict=True):
        # An explicit pushurl escapes url.<x>.pushInsteadOf, and must keep doing so.
        own = [("url", address), ("pushurl", address)] if explicit else [("url", address)]
        remotes.append(Remote(name, url, (*own, *kept), _track(name, url if explicit or not settings else "")))
    return remotes if push else remotes[:1]


def _track(name: str, url: str) -> str:
    """A name for refs: the remote's, or a hash where that will not do or the address is not the remote's first."""
    plain = (
        re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name) and ".." not in name and not name.endswith((".", ".lock"))
    )
    if plain and not url:
        return name
    return "url-" + hashlib.sha256((url or name).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _settings(repo: Repo, name: str) -> list[tuple[str, str]]:
    settings = []
    for key, value in repo.settings.sections("remote"):
        section, _, variable = key.decode("utf-8", "surrogateescape").removeprefix("remote.").rpartition(".")
        if section == name and value is not None:
            settings.append((variable, value.decode("utf-8", "surrogateescape")))
    return settings


def _rewritten(repo: Repo, name: str, addresses: Sequence[str], *, push: bool, configured: bool) -> list[str]:
    """The addresses after url.<x>.insteadOf, as git prints them."""
    if configured:
        args = ["get-url", *(["--push"] if push else []), "--all", "--", name]
        done = repo.run("remote", *args, check=False)
        lines = done.stdout.decode("utf-8", "surrogateescape").splitlines()
        if done.returncode == 0 and len(lines) == len(addresses):
            return lines
    outputs = [repo.run("ls-remote", "--get-url", "--", address, check=False).stdout for address in addresses]
    texts = [said.decode("utf-8", "surrogateescape").strip() for said in outputs]
    return [text or address for text, address in zip(texts, addresses, strict=True)]


# --- asking, fetching, pushing ---


def ls_remote(repo: Repo, remote: Remote, refs: Sequence[str], caller: Caller) -> dict[str, str]:
    """ref -> id of those of `refs` that the remote has. Raises `RemoteUnreachable`."""
    done = _run(repo, remote, caller, "ls-remote", "--quiet", ALIAS, *refs)
    if done.returncode != 0:
        raise failure(remote, done.stderr)
    ids = {}
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        oid, _, ref = line.partition("\t")
        if ref in refs and re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", oid):
            ids[ref] = oid
    return ids


def fetch(
    repo: Repo,
    remote: Remote,
    refs: Sequence[str],
    haves: Sequence[str],
    caller: Caller,
    folder: Path,
    lineage: Lineage = NONE,
) -> None:
    """Fetch what refs of the remote lead to, whole (also in a partial clone), as a pack in `folder`; no ref moves.

    `folder` is a folder of objects that borrows from the repository. `haves` are commits of ours that the remote may
    build on: git would otherwise offer it the newest commits of all branches, and ours, which are from 1970, last.
    With a `lineage` git does not check that all came which the new commits lead to: the caller does. Raises
    `RemoteUnreachable`.
    """
    strict = ["-c", "fetch.fsckObjects=true", "-c", "gc.auto=0", "-c", "maintenance.auto=false"]
    strict += ["-c", "fetch.unpackLimit=1"]  # a pack, instead of loose objects
    strict += ["-c", "core.alternateRefsPrefixes=refs/story-remotes/none/"]  # offer nothing but `haves`
    narrow = ("--progress", "--no-tags", "--no-prune", "--refmap=", "--no-write-fetch-head", "--no-recurse-submodules")
    shared = [f"--negotiation-tip={oid}" for oid in haves]
    whole = (*strict, "fetch", *narrow, "--no-filter", *shared, ALIAS, *refs)
    if lineage:
        args = (*_UNCHECKED, *strict, "fetch", *narrow, *shared, ALIAS, *refs)
        done = _run(repo, remote, caller, *args, lineage=lineage, objects=folder)
    if not lineage or (done.returncode != 0 and any(sign in done.stderr for sign in _NOT_ASSUMED)):
        done = _run(repo, remote, caller, *whole, objects=folder)
    if done.returncode != 0:
        raise failure(remote, done.stderr)


_UNCHECKED = tuple(
    part
    for setting in ("promisor=true", "partialclonefilter=blob:limit=1000g")
    for part in ("-c", f"remote.{ALIAS}.{setting}")
)
"""Settings of a partial clone whose filter leaves nothing out. With them git does not read all trees of the last seen
commits to see whether something is missing: for one call, so that nothing is written into the repository's settings."""

_NOT_ASSUMED = (b"shallow", b"graft", b"unresolved delta", b"missing", b"did not send all", b"filter", b"promisor")
"""In the complaint of a git or server that does not cope with a `Lineage`."""


def push(
    repo: Repo,
    remote: Remote,
    moves: Mapping[str, tuple[str, str | None]],
    caller: Caller,
    *,
    lineage: Lineage = NONE,
    atomic: bool = True,
) -> list[PushRefused]:
    """Move refs of the remote to (new id, from the id they have there now; None: none); returns those not moved.

    A ref that is not where it was seen stays. With `atomic` all of them move or none. Raises `RemoteUnreachable`.
    """
    narrow = ["--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"]
    narrow += ["--progress"]
    # Where the remote's own commit is not here, what stands for it must not become the base of a delta.
    narrow += ["--no-thin"] if lineage.commits else []
    leases = [f"--force-with-lease={ref}:{old or ''}" for ref, (_new, old) in moves.items()]
    specs = [f"{new}:{ref}" for ref, (new, _old) in moves.items()]
    whole = ["--atomic"] if atomic else ["--no-atomic"]
    done = _run(repo, remote, caller, "push", *narrow, *whole, *leases, ALIAS, *specs, lineage=lineage)
    if done.returncode == 0:
        return []
    if atomic and b"does not support --atomic" in done.stderr:
        return push(repo, remote, moves, caller, lineage=lineage, atomic=False)
    refused = list(_refused(done.stdout.decode("utf-8", "replace")))
    if not refused:
        raise failure(remote, done.stderr)
    return refused


def _refused(porcelain: str) -> Iterator[PushRefused]:
    for line in porcelain.splitlines():
        flag, _, rest = line.partition("\t")
        names, _, summary = rest.partition("\t")
        if flag == "!":
            _, opened, reason = summary.rstrip().partition("(")
            reason = reason[:-1] if opened and reason.endswith(")") else summary.strip("[] ")
            yield PushRefused(names.rpartition(":")[2], reason)


def _run(
    repo: Repo, remote: Remote, caller: Caller, *args: str, lineage: Lineage = NONE, objects: Path | None = None
) -> Finished:
    place = {} if objects is None else {"GIT_OBJECT_DIRECTORY": str(objects)}
    if not lineage:
        return call(repo, remote, caller, place, *args)
    with environment(repo, lineage) as assumed:
        return call(repo, remote, caller, {**assumed, **place}, *QUIET, *args)


def call(
    repo: Repo,
    remote: Remote,
    caller: Caller,
    extra: Mapping[str, str],
    *args: str,
    config: Sequence[tuple[str, str]] = (),
) -> Finished:
    """Run a git command that may talk to `remote`, which it knows as `ALIAS`.

    `extra` are environment variables, `config` settings for this call. Raises `RemoteStalled`.
    """
    where = [f"--git-dir={repo.git_dir}"]
    if repo.worktree is not None:
        where.append(f"--work-tree={repo.worktree}")
    cwd = repo.worktree if repo.worktree is not None and repo.worktree.is_dir() else repo.git_dir
    settings = [(f"remote.{ALIAS}.{key}", value) for key, value in remote.settings]
    done = over_network(
        [*where, *QUIETLY, *args],
        cwd=cwd,
        env=with_config(clean_env(extra), [*config, *settings]),
        terminal=caller.terminal,
        unattended=caller.unattended,
        timeout=caller.timeout,
        patience=caller.patience,
        on_progress=caller.on_progress if "--progress" in args else None,
    )
    if done.stderr == STALLED:
        raise RemoteStalled(remote, caller.patience or 0.0)
    return done


def _error_line(stderr: bytes) -> str:
    """The first line of git's complaint that says what is wrong."""
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    complaints = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "ssh:", "ERROR:"))] or lines
    return (
        without_password(complaints[0].removeprefix("fatal: ").removeprefix("error: ")) if complaints else "no answer"
    )
