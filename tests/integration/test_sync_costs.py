"""What a push or pull transfers and reads depends on what changed, not on how much is stored."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gitstory.erasure.forget import forget
from gitstory.git import repo as git_repo
from gitstory.git.fetch_push import Caller, resolve
from gitstory.git.repo import Objects, Repo
from gitstory.store.erasure_plan import Wish
from gitstory.store.store import DATA_REF, NOTES_REF, StoryStore
from gitstory.store.sync.pull_push import StoreRemote, pull, push
from gitstory.summary.note_text import note_text
from tests.cli import story as run
from tests.gitrepo import GitRepo
from tests.integration.test_sync import clone, commits, oid, remote, tree, write

__all__ = ["remote"]

SIZES = (150, 600)
WISH = Wish(conversations=frozenset({("codex", "talk-9")}))


def transferred(where: GitRepo, how: str) -> int:
    """Objects that one push or pull transfers, by git's own count."""
    lines: list[bytes] = []
    with Repo.open(where.path) as repo:
        place = StoreRemote(resolve(repo, "origin", push=True)[0])
        who = Caller(on_progress=lines.append)
        if how == "push":
            push(repo, place, note_text, who)
        else:
            pull(repo, place, note_text, who, erase=True)
    counts = re.findall(rb"(?:Writing|Receiving|Unpacking) objects: 100% \((\d+)/", b"".join(lines))
    return sum(int(count) for count in counts)


def is_named(where: GitRepo, name: str) -> bool:
    """Whether any object that git has, reachable or not, holds the name."""
    args = ["git", "cat-file", "--batch", "--batch-all-objects"]
    everything = subprocess.run(args, cwd=where.path, capture_output=True, check=True).stdout
    return re.search(name.encode() + rb"(?!\d)", everything) is not None


def two_clones(base: Path, size: int) -> tuple[GitRepo, GitRepo]:
    """Two clones with `size` stories, which their remote has too."""
    base.mkdir()
    there = GitRepo.init(base / "remote.git", "--bare")
    one, two = clone(there, "one"), clone(there, "two")
    write(one.path, *range(size))
    for where in (one, two):
        assert run(where.path, "sync", "--yes").code == 0
    return one, two


@pytest.mark.parametrize("seen_by", ["others", "oneself"])
def test_an_erasure_transfers_only_what_it_changed(tmp_path: Path, seen_by: str) -> None:
    counts = []
    for size in SIZES:
        one, two = two_clones(tmp_path / str(size), size)
        assert run(one.path, "forget", "--yes", "talk-7").code == 0
        if seen_by == "oneself":
            counts.append(transferred(one, "push"))
        else:
            assert run(one.path, "push", "--yes").code == 0
            counts.append(transferred(two, "pull"))
            write(one.path, size + 1)
            assert run(one.path, "push", "--yes").code == 0
            assert run(two.path, "drain").code == 0  # removes what is left of the erased
            counts[-1] += transferred(two, "pull")
        for where in (one, two) if seen_by == "others" else (one,):
            assert oid(7) not in commits(where.path)
            where.git("gc", "-q", "--prune=now")
            assert not is_named(where, "talk-7")
            where.git("fsck", "--strict", "--no-dangling")
        there = GitRepo(one.path.parent / "remote.git")
        there.git("fsck", "--strict", "--no-dangling")
        assert tree(one.path) == tree(there.path)
        assert there.git("rev-list", "--count", DATA_REF) == ("1" if seen_by == "oneself" else "2")
        there.git("gc", "-q", "--prune=now")
        assert not is_named(there, "talk-7")
    assert counts[1] <= counts[0] + 6, "no more for four times the stories"
    assert counts[0] < SIZES[0] / 2


def test_what_was_erased_is_in_no_state_kept_of_a_remote(remote: GitRepo) -> None:
    """Also when the erasure comes before the push of another one, and after what others pushed meanwhile."""
    one, two = clone(remote, "one"), clone(remote, "two")
    write(one.path, *range(20))
    for where in (one, two):
        assert run(where.path, "sync", "--yes").code == 0
    for name in ("talk-3", "talk-4"):
        assert run(one.path, "forget", "--yes", name).code == 0
    names = one.git("for-each-ref", "--format=%(refname)", "refs/story-remotes", "refs/story-base").split()
    assert names == ["refs/story-base/origin/data", "refs/story-base/origin/notes"]
    for name in ("talk-3", "talk-4"):
        assert not is_named(one, name), "not in a tree or commit either"
    write(two.path, 50)
    assert run(two.path, "push", "--yes").code == 0
    assert run(one.path, "sync", "--yes").code == 0
    assert run(two.path, "pull", "--yes").code == 0
    assert tree(one.path) == tree(two.path) == tree(remote.path)
    assert tree(one.path, NOTES_REF) == tree(two.path, NOTES_REF) == tree(remote.path, NOTES_REF)
    assert one.git("for-each-ref", "refs/story-base") == ""
    assert oid(50) in commits(one.path) and oid(3) not in commits(two.path)


def test_a_server_that_sends_too_little_after_an_erasure_is_refused(remote: GitRepo) -> None:
    """The commit that counted as known is not taken for what the new chain leads to."""
    one, two = clone(remote, "one"), clone(remote, "two")
    write(one.path, *range(20))
    for where in (one, two):
        assert run(where.path, "sync", "--yes").code == 0
    before = two.git("for-each-ref", "refs/story-remotes", "refs/story")
    base = remote.git("commit-tree", f"{DATA_REF}^{{tree}}", "-m", "a beginning that the server will lack")
    tip = remote.git("commit-tree", f"{DATA_REF}^{{tree}}", "-p", base, "-m", "tip")
    remote.git("update-ref", DATA_REF, tip)
    wrapper = remote.path.parent / "upload-pack"
    wrapper.write_text(
        f'#!/bin/sh\nexport GIT_GRAFT_FILE={remote.path}/grafts\nexec git upload-pack "$@"\n', encoding="utf-8"
    )
    wrapper.chmod(0o755)
    (remote.path / "grafts").write_text(f"{tip}\n")
    two.git("config", "remote.origin.uploadpack", str(wrapper))
    said = run(two.path, "pull")
    assert said.code == 1 and "did not send all" in said.err and said.err.count("\n") == 2
    assert two.git("for-each-ref", "refs/story-remotes", "refs/story") == before


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many objects are read, and how often git is called."""
    counts: Counter[str] = Counter()
    answer, call = Objects._answer, git_repo.git

    def counted_answer(self: Objects, limit: int | None) -> tuple[str, str, bytes] | None:
        counts["objects"] += 1
        return answer(self, limit)

    def counted_call(*args: Any, **kwargs: Any) -> subprocess.CompletedProcess[bytes]:
        counts["calls"] += 1
        return call(*args, **kwargs)

    monkeypatch.setattr(Objects, "_answer", counted_answer)
    monkeypatch.setattr(git_repo, "git", counted_call)
    return counts


def place_of(repo: Repo) -> StoreRemote:
    return StoreRemote(resolve(repo, "origin", push=True)[0])


def pushing(repo: Repo) -> object:
    return push(repo, place_of(repo), note_text, Caller())


def pulling(repo: Repo, *, erase: bool = False) -> object:
    return pull(repo, place_of(repo), note_text, Caller(), erase=erase)


def forgetting(repo: Repo) -> object:
    return forget(repo, StoryStore(repo), WISH)


def test_work_follows_what_changed(tmp_path: Path, work: Counter[str]) -> None:
    """Four times the stories, and no more objects read or calls made for one story or one erasure."""
    done: dict[str, list[Counter[str]]] = {}

    def measured(name: str, step: Callable[[Repo], object], repo: Repo) -> None:
        work.clear()
        step(repo)
        done.setdefault(name, []).append(Counter(work))

    for size in SIZES:
        one, two = two_clones(tmp_path / str(size), size)
        with Repo.open(one.path) as mine, Repo.open(two.path) as others:
            for each in (mine, others):
                each.home.mkdir(exist_ok=True)
                _ = StoryStore(each).index  # made once, by whatever reads first
            write(one.path, size + 1)
            measured("push", pushing, mine)
            measured("pull", pulling, others)
            write(one.path, size + 2, talk="talk-5", turns=4)
            measured("push of a longer conversation", pushing, mine)
            measured("pull of it", pulling, others)
            measured("forget", forgetting, mine)
            measured("push after it", pushing, mine)
            measured("what it would erase", pulling, others)
            measured("erased", partial(pulling, erase=True), others)
            assert commits(one.path) == commits(two.path)
    for name, (few, many) in done.items():
        assert many["calls"] <= few["calls"] + 2, name
        assert many["objects"] <= few["objects"] * 1.3 + 20, (name, few, many)


@pytest.fixture
def behind(remote: GitRepo) -> GitRepo:
    """A clone with all stories of the remote but the last one."""
    one, two = clone(remote, "one"), clone(remote, "two")
    write(one.path, *range(20))
    for where in (one, two):
        assert run(where.path, "sync", "--yes").code == 0
    write(one.path, 50)
    assert run(one.path, "push", "--yes").code == 0
    return two


def test_a_server_that_serves_no_shallow_client_is_asked_as_usual(remote: GitRepo, behind: GitRepo) -> None:
    calls = remote.path.parent / "calls"
    wrapper = remote.path.parent / "upload-pack"
    lines = ["#!/bin/sh", f"echo >> {calls}"]
    lines += [f'if [ "$(wc -l < {calls})" = 2 ]; then echo "fatal: no shallow clients here" >&2; exit 1; fi']
    wrapper.write_text("\n".join([*lines, 'exec git upload-pack "$@"\n']), encoding="utf-8")
    wrapper.chmod(0o755)
    behind.git("config", "remote.origin.uploadpack", str(wrapper))
    assert run(behind.path, "pull").code == 0
    assert calls.read_text().count("\n") == 3, "the list of refs, the fetch that failed, and another one"
    assert oid(50) in commits(behind.path)


@pytest.mark.parametrize(
    "settings",
    [(), ("uploadpack.allowFilter=true",), ("uploadpack.allowFilter=true", "uploadpackfilter.allow=false")],
    ids=["no filters", "filters", "refuses this filter"],
)
@pytest.mark.parametrize("protocol", [0, 2])
def test_a_pull_is_whole_and_leaves_no_sign_of_a_partial_clone(
    remote: GitRepo, settings: tuple[str, ...], protocol: int
) -> None:
    """git is told for one call that the remote is one of a partial clone, whatever the remote makes of it."""
    one, two = clone(remote, "one"), clone(remote, "two")
    for setting in settings:
        remote.git("config", *setting.split("="))
    write(one.path, *range(5))
    for where in (one, two):
        where.git("config", "protocol.version", str(protocol))
        assert run(where.path, "sync", "--yes").code == 0
    config = two.git("config", "--local", "--list")
    write(one.path, 50, 51)
    assert run(one.path, "push", "--yes").code == 0
    assert run(two.path, "pull").code == 0
    assert tree(one.path) == tree(two.path)
    two.git("fsck", "--strict", "--no-dangling")
    assert two.git("config", "--local", "--list") == config
    assert not list((two.path / ".git" / "objects" / "pack").glob("*.promisor"))
    assert run(one.path, "forget", "--yes", "talk-3").code == 0 and run(one.path, "push", "--yes").code == 0
    assert run(two.path, "pull", "--yes").code == 0
    assert run(two.path, "drain").code == 0  # removes what is left of the erased
    assert oid(3) not in commits(two.path)
    two.git("gc", "-q", "--prune=now")
    assert not is_named(two, "talk-3")
    two.git("fsck", "--strict", "--no-dangling")


def test_a_pull_reads_nothing_of_what_it_has(remote: GitRepo, behind: GitRepo) -> None:
    """git does not read all trees of the last seen commits to see whether something is missing."""
    trace = remote.path.parent / "trace"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_TRACE2_PERF", str(trace))
        assert run(behind.path, "pull").code == 0
    assert oid(50) in commits(behind.path)
    assert "index-pack" in trace.read_text() and "rev-list --objects" not in trace.read_text()
