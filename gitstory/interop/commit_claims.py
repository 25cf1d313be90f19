"""Finds what other tools keep of given commits: their notes, their checkpoints, their trailers. Reads nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from gitstory.git.log import log_of, text_of
from gitstory.git.repo import DamagedObject, Repo, TooBig
from gitstory.interop.formats import (
    agent_note,
    agent_trace,
    commit_trailers,
    entire,
    git_ai,
    git_memento,
    git_prompt_story,
    whogitit,
)
from gitstory.interop.formats.claims import MOST_CONVERSATIONS, Claim
from gitstory.interop.formats.commit_trailers import Line

_BIGGEST_NOTE = 16 << 20


class ClaimReader:
    def __init__(self, repo: Repo, unreadable: Counter[str]) -> None:
        self._repo = repo
        self._unreadable = unreadable

    # --- notes ---

    def notes(self, ref: str, commits: Sequence[str]) -> Iterator[tuple[str, list[Claim]]]:
        """What the notes at `ref` say of those of `commits` that have one."""
        tool, parse = _parser(ref)
        for commit, note in self._read(ref, commits):
            claims = parse(note, ref) if note else None
            if claims is None:
                self._unreadable[tool] += 1
            elif claims:
                yield commit, claims

    def _read(self, ref: str, commits: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """The note of each commit that has one, empty where it is damaged, absent or too big."""
        left = list(commits)
        for parted in (1, 0, 2):  # the fan-out most trees have comes first
            there: list[bytes | None] = []
            specs = [f"{ref}:{_fanned(commit, parted)}".encode() for commit in left]
            there.extend(self._repo.objects.blobs(specs, _BIGGEST_NOTE))
            yield from ((commit, note) for commit, note in zip(left, there, strict=True) if note is not None)
            left = [commit for commit, note in zip(left, there, strict=True) if note is None]
            if not left:
                return

    # --- files ---

    def traces(self, commits: Sequence[str]) -> Iterator[tuple[str, list[Claim]]]:
        """What Agent Trace records say that are committed with HEAD."""
        top = f"HEAD:{agent_trace.FOLDER}"
        names = [name for name, _, _ in self._repo.objects.tree(top)]
        for commit, name in agent_trace.records_there(names, commits):
            try:
                record = self._repo.objects.blob(f"{top}/{name}", agent_trace.BIGGEST)
            except (TooBig, DamagedObject):
                record = None
            claims = agent_trace.claims(record, commit, f"{agent_trace.FOLDER}/{name}") if record else None
            if claims is None:
                self._unreadable[agent_trace.TOOL] += 1
            elif claims:
                yield commit, claims

    # --- messages ---

    def messages(self, named: Mapping[str, bytes]) -> Iterator[tuple[str, list[Claim]]]:
        """What messages say, from the raw commits; git is asked which of their lines are trailers."""
        keys = {commit: commit_trailers.lines(_message(raw)) for commit, raw in named.items()}
        keys = {commit: lines for commit, lines in keys.items() if lines}
        if not keys:
            return
        trailers = self._trailers(list(keys))
        for commit, lines in keys.items():
            # Trailers first: what a line in the body says of the same conversation then counts for nothing.
            ordered = sorted(lines, key=lambda line: line not in trailers.get(commit, set()))[: commit_trailers.MOST]
            claims: list[Claim] = []
            for line in ordered:
                place = "trailer" if line in trailers.get(commit, set()) else "body"
                claims += self._followed(*line, place)
            if claims:
                yield commit, claims

    def _trailers(self, commits: Sequence[str]) -> dict[str, set[Line]]:
        formats = [f"%(trailers:key={key},valueonly,unfold)" for key in commit_trailers.KEYS]
        trailers: dict[str, set[Line]] = {}
        for record in log_of(self._repo, commits, formats):
            for key, field in zip(commit_trailers.KEYS, record.fields, strict=True):
                values = (value.strip() for value in text_of(field).split("\n"))
                trailers.setdefault(record.oid, set()).update((key, value) for value in values if value)
        return trailers

    def _followed(self, key: str, value: str, place: str) -> list[Claim]:
        if key != entire.TRAILER:
            claim = commit_trailers.linked(key, value, place)
            return [] if claim is None else [claim]
        checkpoint = entire.checkpoint_id(value)
        return [] if checkpoint is None else self._checkpoint(checkpoint, place)

    # --- Entire ---

    @cached_property
    def _branches(self) -> list[str]:
        """The refs that may have checkpoints: this clone's branch, else what a remote's was when it was last
        fetched."""
        remotes = self._repo.run("remote", check=False).stdout.decode("utf-8", "surrogateescape").split()
        names = (f"refs/heads/{entire.BRANCH}", *(f"refs/remotes/{name}/{entire.BRANCH}" for name in remotes))
        return [name for name in names if self._repo.objects.read(f"{name}^{{tree}}") is not None]

    def _checkpoint(self, checkpoint: str, place: str) -> list[Claim]:
        """The conversations of a checkpoint; none where it is not in this clone."""
        for top in (
            f"{entire.own_ref(checkpoint)}:",
            f"{entire.own_ref(checkpoint)}:{entire.folder(checkpoint)}",
            *(f"{branch}:{entire.folder(checkpoint)}" for branch in self._branches),
        ):
            names = [name for name, _, _ in self._repo.objects.tree(top)]
            if names:
                return list(self._sessions(top, names, place))
        return []

    def _sessions(self, top: str, names: Sequence[bytes], place: str) -> Iterator[Claim]:
        numbered = sorted(int(name) for name in names if name.isdigit() and len(name) < 4)[:MOST_CONVERSATIONS]
        lead = top if top.endswith(":") else f"{top}/"
        for folder in [f"{lead}{number}/" for number in numbered] or ([lead] if b"metadata.json" in names else []):
            metadata = self._blob(f"{folder}metadata.json")
            claim = entire.claim(metadata, self._blob(f"{folder}prompt.txt"), place) if metadata else None
            if claim is None:
                self._unreadable[entire.TOOL] += 1
            else:
                yield claim

    def _blob(self, spec: str) -> bytes | None:
        try:
            return self._repo.objects.blob(spec, entire.BIGGEST)
        except (TooBig, DamagedObject):
            return None


def _parser(ref: str) -> tuple[str, Callable[[bytes, str], list[Claim] | None]]:
    if ref == git_prompt_story.REF:
        return git_prompt_story.TOOL, git_prompt_story.claims
    if ref == git_memento.REF:
        return git_memento.TOOL, plain_claims
    if ref == agent_note.REF:
        return agent_note.TOOL, agent_note.claims
    if ref == whogitit.REF:
        return whogitit.TOOL, whogitit.claims
    return git_ai.TOOL, git_ai.claims


def plain_claims(note: bytes, place: str = git_memento.REF) -> list[Claim]:
    """What a note at git's own notes ref says, where git-prompt-story or git-memento wrote it."""
    if note.lstrip()[:1] == b"{":
        return git_prompt_story.claims(note, place) or []
    return git_memento.claims(note, place) if git_memento.is_note(note) else []


def _fanned(oid: str, parted: int) -> str:
    cuts = [oid[2 * at : 2 * at + 2] for at in range(parted)]
    return "/".join([*cuts, oid[2 * parted :]])


def _message(raw: bytes) -> bytes:
    return raw.partition(b"\n\n")[2]
