"""Which commits a review is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct, structs

from gitstory.errors import GitStoryError
from gitstory.git.commit_details import CommitInfo, commit_infos, is_range
from gitstory.git.repo import Repo, UnknownRevision

_MAINS = ("main", "master", "trunk", "develop")
MOST_COMMITS = 1000


class Reach(Struct, frozen=True):
    """`name` as it is said to a person; commits of `tip` that `base` lacks, the oldest first.

    `base` is where the diff starts (the merge base), "" where the history itself does.
    """

    name: str
    base: str
    tip: str
    commits: tuple[CommitInfo, ...]


class NothingToReview(GitStoryError):
    def __init__(self, name: str, *, shallow: bool = False) -> None:
        hint = "name what to look at: `HEAD` is the last commit, `HEAD~3..HEAD` the last three"
        super().__init__(
            f"no commits in {name}",
            hint=f"{hint}; `git fetch --unshallow` gets what this shallow clone lacks" if shallow else hint,
        )


def reach(repo: Repo, range_: str | None, since: str | None = None) -> Reach:
    """`A..B`, `A...B`, a branch (what the main one lacks), a commit that is in it, or None for HEAD.

    `since` is the commit of an earlier review: what was there then, also under another id, is left out.
    Raises `NothingToReview`, `UnknownRevision` or `NoCommits`.
    """
    name, left, right = _sides(repo, range_)
    tip = repo.resolve(right)
    base = _merge_base(repo, left, tip) if left else ""
    exclude = [base] if base else []
    if since is not None:
        seen = repo.resolve(since)
        oids = _listed(repo, "--cherry-pick", "--right-only", f"{seen}...{tip}", *(f"^{one}" for one in exclude))
        name = f"{name} since {seen[:10]}"
    else:
        oids = _listed(repo, tip, *(f"^{one}" for one in exclude))
    commits = tuple(commit_infos(repo, oids))
    if not commits:
        raise NothingToReview(name, shallow=repo.shallow)
    return Reach(name, base, tip, commits)


def redacted(where: Reach, clean: Callable[[str], str]) -> Reach:
    """The same with messages and names of branches made safe to give away."""
    commits = tuple(
        structs.replace(commit, subject=clean(commit.subject), body=clean(commit.body)) for commit in where.commits
    )
    return structs.replace(where, name=clean(where.name), commits=commits)


def _listed(repo: Repo, *args: str) -> list[str]:
    out = repo.git("rev-list", "--reverse", f"--max-count={MOST_COMMITS}", *args, "--")
    return out.decode().split()


def _sides(repo: Repo, range_: str | None) -> tuple[str, str, str]:
    """(name, left, right); left is "" for the beginning of history."""
    if range_ is not None and is_range(range_):
        left, dots, right = range_.partition("...") if "..." in range_ else range_.partition("..")
        if not dots:
            raise GitStoryError(f"cannot review {range_}", hint="name a range as A..B")
        return range_, repo.resolve(left or "HEAD"), right or "HEAD"
    tip = range_ or _short(repo, "HEAD") or "HEAD"
    commit = repo.resolve(tip)
    for left in _bases(repo, tip):
        if not _is_within(repo, commit, left):
            return f"{left}..{tip}", repo.resolve(left), tip
    if range_ is None:
        base = next(_bases(repo, tip), None)
        name = f"{base}..{tip}" if base else f"{tip} that no other branch has"
        raise NothingToReview(name, shallow=repo.shallow)
    parents = repo.git("rev-list", "--parents", "--max-count=1", commit).decode().split()[1:]
    return range_, parents[0] if parents else "", range_


def _bases(repo: Repo, tip: str) -> Iterator[str]:
    """What a branch is compared with: its upstream, unless that is the same branch elsewhere; then the main one."""
    branch = _short(repo, "HEAD") if tip == "HEAD" else tip
    upstream = _short(repo, f"{branch}@{{upstream}}") if branch else ""
    main = branch in _MAINS
    if upstream and (main or upstream.partition("/")[2] != branch):
        yield upstream
    if main:
        return
    head = _short(repo, "refs/remotes/origin/HEAD")
    for name in dict.fromkeys(filter(None, (head, *(f"origin/{one}" for one in _MAINS), *_MAINS))):
        if _exists(repo, name):
            yield name
            return


def _short(repo: Repo, name: str) -> str:
    done = repo.run("rev-parse", "--abbrev-ref", "--verify", "--quiet", "--end-of-options", name, check=False)
    output = done.stdout.decode("utf-8", "replace").strip().removeprefix("--end-of-options").strip()
    return output if done.returncode == 0 and output != "HEAD" else ""


def _exists(repo: Repo, name: str) -> bool:
    try:
        repo.resolve(name)
    except UnknownRevision:
        return False
    return True


def _merge_base(repo: Repo, left: str, tip: str) -> str:
    """Where they parted; `left` itself where they have nothing in common."""
    done = repo.run("merge-base", left, tip, check=False)
    return done.stdout.decode().split()[0] if done.returncode == 0 and done.stdout.strip() else left


def _is_within(repo: Repo, commit: str, branch: str) -> bool:
    return repo.run("merge-base", "--is-ancestor", commit, branch, check=False).returncode == 0
