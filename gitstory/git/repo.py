"""One open repository: where it is, and cheap questions to it.

Everything goes through git itself, so that SHA-256 and reftable repositories, alternates, partial and shallow
clones work as in git. Objects are read through one lasting `cat-file --batch-command`-like process.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from gitstory.errors import GitStoryError

from .batch_requests import AnswersAhead, chunks, is_askable
from .config_snapshot import ConfigSnapshot, KeptConfig
from .mailmap_limits import is_too_large, without_mailmap
from .process import FETCHES, GitMissing, clean_env, fetching_env, git, git_program, is_lacking

OPT_OUT = "disabled"
"""In gitstory's own directory: `git story disable` was run here. The hooks look for it too (`hooks/shim.sh`)."""


class NotARepository(GitStoryError):
    def __init__(self, where: Path | None) -> None:
        super().__init__(
            f"not a git repository: {where or Path.cwd()}",
            hint="run inside a repository, or make one with `git init`",
        )


class SomebodyElses(NotARepository):
    """A repository that git does not open, since its directory is another account's."""

    def __init__(self, where: Path | None) -> None:
        place = where or Path.cwd()
        GitStoryError.__init__(
            self,
            f"the repository in {place} is of another account, and git does not open it",
            hint="`git status` says how to allow it, by `safe.directory`, if you trust what is in it",
        )


class UnknownRevision(GitStoryError):
    def __init__(self, rev: str, *, shallow: bool = False) -> None:
        hint = "`git fetch --unshallow` gets the history that this shallow clone lacks" if shallow else None
        super().__init__(f"unknown revision: {rev}", hint=hint or "`git log --oneline` lists what there is")


class NoCommits(GitStoryError):
    def __init__(self) -> None:
        super().__init__("this repository has no commits yet", hint="commit something first")


class Repo:
    """A repository found from a directory inside it (work tree, subdirectory, bare or linked).

    `git_dir` is this worktree's own, `common_dir` the shared one; `worktree` is None in a bare repository.
    """

    def __init__(self, git_dir: Path, common_dir: Path, worktree: Path | None, object_format: str) -> None:
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.worktree = worktree
        self.object_format = object_format
        self.tips_when_opened: dict[str, str] | None = None
        """Where HEAD and the branches were, by their full names; None where git was not asked or there is no commit."""
        self._objects: Objects | None = None
        # HEAD too: settings may be included on some branches only.
        files = (common_dir / "config", git_dir / "config.worktree", git_dir / "HEAD")
        self._config = KeptConfig(tuple(map(str, files)))

    @classmethod
    def open(cls, start: Path | None = None, *, with_tips: bool = False) -> Repo:
        """`with_tips` has git say in the same breath where HEAD and all branches are (`tips_when_opened`).

        Raises `NotARepository`.
        """
        # The fourth question fails outside of a work tree, after the others have been answered, HEAD without a commit.
        args: tuple[str, ...] = ("--absolute-git-dir", "--git-common-dir", "--show-object-format", "--show-toplevel")
        args += ("HEAD", "--branches", "--symbolic-full-name", "--branches") if with_tips else ()
        done = git("rev-parse", "--path-format=absolute", *args, cwd=start, check=False, located=start is not None)
        lines = done.stdout.decode("utf-8", "surrogateescape").split("\n")[:-1]
        if len(lines) < 3:
            raise SomebodyElses(start) if b"safe.directory" in done.stderr else NotARepository(start)
        git_dir, common, fmt, *rest = lines
        repo = cls(Path(git_dir), Path(common), Path(rest[0]) if rest and rest[0] else None, fmt)
        branches, odd = divmod(
            len(rest), 2
        )  # HEAD's commit is after the top, one of a branch made meanwhile may be too
        if with_tips and done.returncode == 0 and not odd:
            names = ["HEAD", *rest[branches + 1 :]]
            repo.tips_when_opened = dict(zip(names, rest[1 : branches + 1], strict=True))
        return repo

    def twin(self) -> Repo:
        """The same repository for a process of its own: it shares what is known, and starts git for itself."""
        twin = Repo(self.git_dir, self.common_dir, self.worktree, self.object_format)
        twin._config = self._config
        return twin

    @property
    def home(self) -> Path:
        """gitstory's own directory inside the repository; may not exist yet."""
        return self.common_dir / "gitstory"

    @property
    def disabled(self) -> bool:
        """Whether the person wants nothing recorded here, though hooks may be there: those of all repositories."""
        return (self.home / OPT_OUT).exists()

    def git(self, *args: str | bytes, input: bytes | None = None, check: bool = True) -> bytes:
        """Run git in this repository; returns stdout."""
        return self.run(*args, input=input, check=check).stdout

    def run(
        self, *args: str | bytes, input: bytes | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[bytes]:
        where: list[str] = [f"--git-dir={self.git_dir}"]
        if self.worktree is not None:
            where.append(f"--work-tree={self.worktree}")
        cwd = self.worktree if self.worktree is not None and self.worktree.is_dir() else self.git_dir
        if self.worktree is not None and is_too_large(self.worktree):
            args = without_mailmap(args)
        return git(*where, *args, input=input, check=check, cwd=cwd)

    @property
    def settings(self) -> ConfigSnapshot:
        """git's configuration here, as it is now."""
        return self._config.now(self.run)

    def read_settings(self) -> None:
        """Have them known in every process that is forked from this one."""
        self._config.now(self.run)

    def config(self, key: str) -> str | None:
        """The value of one setting that counts, without line ends after it; None where there is none."""
        text = self.settings.text(key)
        return text.rstrip("\n") if text is not None else None

    def resolve(self, rev: str) -> str:
        """The full id of the commit `rev` names. Raises `UnknownRevision` or `NoCommits`."""
        oid = self._named(f"{rev}^{{commit}}")
        if oid is not None:
            return oid
        if rev == "HEAD":
            raise NoCommits
        raise UnknownRevision(rev, shallow=self.shallow)

    def _named(self, spec: str) -> str | None:
        """The id that `spec` names: by the lasting process, as hardly a command does without one, else in git's words
        for an object that is not there."""
        with suppress(DamagedObject):
            if (git_object := self.objects.read(spec)) is not None:
                return git_object[0]
        done = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", spec, check=False)
        return done.stdout.decode().strip() or None if done.returncode == 0 else None

    @property
    def shallow(self) -> bool:
        return (self.common_dir / "shallow").exists()

    def ref(self, name: str) -> str | None:
        """The id a full ref name points at, None where there is no such ref."""
        return self._named(name)

    def worktrees(self) -> list[Path]:
        """The directories of the main and all linked worktrees git knows, also those that are gone."""
        if not (self.common_dir / "worktrees").is_dir():
            return [self.common_dir.parent if self.common_dir.name == ".git" else self.common_dir]
        worktrees: list[Path] = []
        for field in self.git("worktree", "list", "--porcelain").split(b"\n"):
            if field.startswith(b"worktree "):
                worktrees.append(Path(field[9:].decode("utf-8", "surrogateescape")))
        return worktrees

    @property
    def objects(self) -> Objects:
        if self._objects is None:
            self._objects = Objects(self)
        return self._objects

    def close(self) -> None:
        if self._objects is not None:
            self._objects.close()
            self._objects = None

    def __enter__(self) -> Repo:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class TooBig(GitStoryError):
    def __init__(self, size: int) -> None:
        super().__init__(f"an object of {size} bytes is bigger than what is read here")


class DamagedObject(GitStoryError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"an object of this repository is damaged: {name}",
            hint="`git fsck` lists what is damaged; `git story status` says what it means for the stories",
        )


class LackingObject(DamagedObject):
    """An object that a partial clone left with its remote."""

    def __init__(self, name: str) -> None:
        GitStoryError.__init__(self, f"this clone lacks an object: {name}", hint=FETCHES)


def content_fetched(repo: Repo, name: str, error: LackingObject) -> bytes:
    """The content of a blob that a person asked for, from the remote of a partial clone. Raises `error` where that
    cannot be reached."""
    done = subprocess.run(
        [git_program(), f"--git-dir={repo.git_dir}", "cat-file", "blob", name],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=fetching_env(located=True),
        check=False,
    )
    if done.returncode != 0:
        raise error
    return done.stdout


class _NotSaid(DamagedObject):
    """git died before it named the object."""

    def __init__(self) -> None:
        super().__init__("which one, git does not say")


class Objects:
    """Reads objects through one `git cat-file --batch` process."""

    def __init__(self, repo: Repo) -> None:
        self._git_dir = repo.git_dir
        self._process = self._start()
        self._ahead: AnswersAhead | None = None

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                [git_program(), f"--git-dir={self._git_dir}", "cat-file", "--batch"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=clean_env(),
            )
        except FileNotFoundError as error:
            raise GitMissing from error

    def read(self, spec: str | bytes, limit: int | None = None) -> tuple[str, str, bytes] | None:
        """(id, type, content) of what `spec` names (an id, `rev:path`, ...); None if there is no such object.

        Raises `TooBig` for one of more than `limit` bytes, without holding it in memory, and `DamagedObject`.
        """
        name = spec.encode("utf-8", "surrogateescape") if isinstance(spec, str) else spec
        if not is_askable(name):
            return None
        self._catch_up()
        self._ask(name + b"\n")
        try:
            return self._answer(limit)
        except _NotSaid:
            raise self._unreadable(name) from None

    def _unreadable(self, name: bytes) -> DamagedObject:
        """Why git died of an object, by asking another for it alone."""
        done = git(f"--git-dir={self._git_dir}", "cat-file", "-p", name, check=False)
        kind = LackingObject if is_lacking(done.stderr.decode("utf-8", "replace")) else DamagedObject
        return kind(name.decode("utf-8", "replace"))

    def _ask(self, lines: bytes) -> None:
        try:
            self._write(lines)
        except BrokenPipeError:  # somebody ended it
            self.close()
            self._process = self._start()
            self._write(lines)

    def _write(self, lines: bytes) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        pipe.write(lines)
        pipe.flush()

    def _answer(self, limit: int | None) -> tuple[str, str, bytes] | None:
        pipe_out = self._process.stdout
        assert pipe_out is not None
        header = pipe_out.readline()
        parts = header.rsplit(b" ", 2)
        if len(parts) != 3 or not parts[2].strip().isdigit():
            if not header:
                self._gave_up("")
            return None
        size = int(parts[2])
        if limit is not None and size > limit:
            left = size + 1
            while left > 0 and (chunk := pipe_out.read(min(left, 1 << 20))):
                left -= len(chunk)
            raise TooBig(size)
        content = pipe_out.read(size)
        if len(content) < size or not pipe_out.read(1):
            self._gave_up(parts[0].decode())
        return parts[0].decode(), parts[1].decode(), content

    def _gave_up(self, name: str) -> NoReturn:
        """git dies of an object whose content is damaged: start another for what is asked next."""
        self.close()
        self._process = self._start()
        raise DamagedObject(name) if name else _NotSaid

    def blob(self, spec: str | bytes, limit: int | None = None) -> bytes | None:
        """The content of a blob, None if there is no such blob. Raises `TooBig` beyond `limit` bytes."""
        git_object = self.read(spec, limit)
        return git_object[2] if git_object is not None and git_object[1] == "blob" else None

    def blobs(self, specs: Sequence[bytes], limit: int | None = None) -> Iterator[bytes | None]:
        """The contents of many blobs, in order; git reads ahead meanwhile.

        None for what is not there or no blob; one that is damaged or of more than `limit` bytes comes back empty.
        """
        for chunk in chunks([spec if is_askable(spec) else b"" for spec in specs]):
            self._catch_up()
            self._ahead = AnswersAhead(self._answers(chunk, limit))
            yield from self._ahead

    def _answers(self, chunk: Sequence[bytes], limit: int | None) -> Iterator[bytes | None]:
        self._ask(b"".join(spec + b"\n" for spec in chunk))
        for number in range(1, len(chunk) + 1):
            try:
                answer = self._answer(limit)
            except TooBig:
                answer = ("", "blob", b"")
            except DamagedObject:
                answer = ("", "blob", b"")
                self._ask(b"".join(spec + b"\n" for spec in chunk[number:]))
            yield answer[2] if answer is not None and answer[1] == "blob" else None

    def _catch_up(self) -> None:
        """Take what git was asked for and nobody took, so that what is asked next gets its own answer."""
        if self._ahead is not None:
            self._ahead.catch_up()

    def tree(self, spec: str | bytes) -> Iterator[tuple[bytes, int, str]]:
        """(name, mode, id) of a tree's entries; nothing if there is no such tree."""
        git_object = self.read(spec)
        if git_object is None or git_object[1] != "tree":
            return
        size = len(git_object[0]) // 2
        data, at = git_object[2], 0
        while at < len(data):
            space = data.index(b" ", at)
            nul = data.index(b"\0", space)
            yield data[space + 1 : nul], int(data[at:space], 8), data[nul + 1 : nul + 1 + size].hex()
            at = nul + 1 + size

    def close(self) -> None:
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process.wait()

    def __del__(self) -> None:
        """One that was left open, because an error came between, ends with its owner and says nothing."""
        if hasattr(self, "_process"):
            with suppress(OSError):
                self.close()
