"""A file or a folder as of a revision, each line with the turn that wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from gitstory.git.blame import Blame, blame
from gitstory.git.new_objects import TREE
from gitstory.git.repo import DamagedObject, Repo
from gitstory.queries.blame import BlameView, blame_view
from gitstory.queries.line_target import NoTarget
from gitstory.queries.uncommitted_lines import UncommittedSource
from gitstory.sources.story_source import StorySource, TurnRef

_BINARY_HEAD = 8_000
"""Bytes in which git looks for a NUL, to recognise a binary file."""
LINK = 0o120000
SUBMODULE = 0o160000


class FolderEntry(Struct, frozen=True):
    """One entry of a folder."""

    name: bytes
    mode: int

    @property
    def is_folder(self) -> bool:
        return self.mode == TREE


class FolderPage(Struct, frozen=True):
    path: str
    rev: str | None
    entries: tuple[FolderEntry, ...]


class FilePage(Struct, frozen=True):
    """`view` is None for a binary or empty file, and where its lines were not read. `rev` None is the work tree."""

    path: str
    rev: str | None
    view: BlameView | None
    binary: bool = False
    has_lines: bool = False


class LineRun(Struct, frozen=True):
    """Consecutive lines of one commit and one turn: `start` and `end` are positions in the blame, `end` behind it."""

    start: int
    end: int
    commit: str
    owner: TurnRef | None


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


BlameFile = Callable[[Repo, str, str | None], Blame]
"""(repository, path, revision's id or None for the work tree) -> the blame of the whole file."""


def git_blame(repo: Repo, path: str, rev: str | None) -> Blame:
    """The blame of a whole file; without a revision, of the work tree (of HEAD in a bare repository)."""
    if rev is None and repo.worktree is None:
        rev = "HEAD"
    return blame([*([rev] if rev is not None else []), "--", _bytes(path)], repo)


def file_or_folder(
    repo: Repo, source: StorySource, path: str, rev: str | None, blame_file: BlameFile = git_blame
) -> FilePage | FolderPage:
    """What `path` (from the top; "" is the top) is in `rev`, or in the work tree. Raises GitStoryError."""
    page = what_is_at(repo, path, rev)
    if isinstance(page, FolderPage) or not page.has_lines:
        return page
    return replace(page, view=attributed(repo, source, blame_file(repo, path, page.rev)))


def what_is_at(repo: Repo, path: str, rev: str | None) -> FilePage | FolderPage:
    """The same without the lines of a file: `view` is None. Raises GitStoryError."""
    if rev is not None:
        rev = repo.resolve(rev)
    at = rev or "HEAD"
    if rev is None:
        repo.resolve("HEAD")
    name = at.encode() + b":" + _bytes(path) if path else at.encode() + b"^{tree}"
    entry_object = repo.objects.read(name)
    if entry_object is not None and entry_object[1] == "tree":
        return FolderPage(path, rev, tuple(_sorted(repo, entry_object[0])))
    if entry_object is None and not (rev is None and _on_disk(repo, path)):
        if repo.run("ls-tree", at, "--", b":(top,literal)" + _bytes(path), check=False).stdout:
            raise DamagedObject(f"{at[:10]}:{path}")
        raise NoTarget(f"no such file in {at[:10]}: {path}", "the folder above it lists what there is")
    if entry_object is not None and entry_object[1] != "blob":
        raise NoTarget(f"{path} is a submodule: its files are in another repository")
    content = _content(repo, path, rev) if rev is None else entry_object[2] if entry_object is not None else b""
    if b"\0" in content[:_BINARY_HEAD] or not content:
        return FilePage(path, rev, None, binary=bool(content))
    return FilePage(path, rev, None, has_lines=True)


def attributed(repo: Repo, source: StorySource, lines: Blame) -> BlameView:
    """As `git story blame`: uncommitted lines are attributed too."""
    if not any(commit.uncommitted for commit in lines.commits.values()):
        return blame_view(repo, source, lines)
    pool = UncommittedSource(repo, source)
    return blame_view(repo, pool, lines, pending=pool.owners)


def runs(view: BlameView) -> Iterator[LineRun]:
    """The lines in stretches that were written together."""
    lines, owners = view.blame.lines, view.owners
    start = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or lines[at].commit != lines[start].commit or owners[at] != owners[start]:
            yield LineRun(start, at, lines[start].commit, owners[start])
            start = at


def _sorted(repo: Repo, tree: str) -> list[FolderEntry]:
    """Folders first, then files, each by name."""
    entries = [FolderEntry(name, mode) for name, mode, _ in repo.objects.tree(tree)]
    return sorted(entries, key=lambda entry: (not entry.is_folder, entry.name.lower(), entry.name))


def _on_disk(repo: Repo, path: str) -> bool:
    """Whether the work tree has a file that git has in its index, but HEAD has not."""
    if repo.worktree is None or ".." in path.split("/") or not path:
        return False
    listed = repo.run("ls-files", "-z", "--", b":(top,literal)" + _bytes(path), check=False).stdout
    return bool(listed) and (repo.worktree / path).is_file()


def _content(repo: Repo, path: str, rev: str | None) -> bytes:
    """The head of the file in the work tree; of HEAD where it is not there, or leads elsewhere."""
    if repo.worktree is not None and rev is None:
        on_disk = repo.worktree / path
        try:
            if not on_disk.is_symlink():
                with on_disk.open("rb") as file:
                    return file.read(_BINARY_HEAD)
        except OSError:
            pass
    return (repo.objects.blob(b"HEAD:" + _bytes(path)) or b"")[:_BINARY_HEAD]
