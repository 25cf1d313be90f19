"""Evidence in words, and what a turn edited, for every renderer."""

from __future__ import annotations

from collections.abc import Sequence

from gitstory.model import Evidence, Turn
from gitstory.summary.commit_story import CommitView, ConversationView
from gitstory.summary.find_edit import is_agents_own, same_file, sizes
from gitstory.text.wording import count, listed, one_line, recorder_label, signer_label

_MOST_FILES = 6

EditedFile = tuple[str, int, int, bool]
"""Path as shown, lines added, lines deleted, and whether these are recorded."""


def evidence_words(view: ConversationView, commit: CommitView | None = None) -> str:
    """Why a conversation is tied to a commit, in one line without a full stop."""
    with_files = None if commit is None or not commit.files else commit
    evidence = view.link.evidence
    if view.link.recorded_by:
        joined = view.turns and view.conversation is not None and view.conversation.source
        return _claim_words(view, with_files) + (
            "; its turns are from its transcript on this machine" if joined else ""
        )
    if evidence == "lines":
        return _lines_words(view, with_files)
    if evidence == "files":
        names = files_in_common(view, with_files)
        return f"edited {names or 'files of this commit'}; what it wrote there is not recorded"
    if evidence == "manual" and commit is not None and commit.story is not None and not commit.story.decisions:
        return "named in the commit's message"  # a person's own link is a decision
    return evidence_short(evidence)


def _claim_words(view: ConversationView, commit: CommitView | None) -> str:
    """Whose word it is comes first: nothing but that ties the conversation to the commit."""
    tool = recorder_label(view.link.recorded_by)
    if view.link.recorded_in == "body":
        return f"named in the message body, by {tool} (unverified)"
    if view.added:
        whole = commit.added if commit is not None else 0
        return f"{tool} attributes {_of(view.added, whole, 'added line')} to it"
    if view.link.evidence == "files":
        return f"edited files of this commit, by {tool}"
    return f"linked by {tool} (unverified)"


def _lines_words(view: ConversationView, commit: CommitView | None) -> str:
    parts: list[str] = []
    if view.added:
        whole = commit.added if commit is not None else 0
        parts.append(f"wrote {_share(view.added, whole, 'added line')}")
    if view.removed:
        whole = commit.deleted if commit is not None else 0
        parts.append(f"removed {_share(view.removed, whole, 'deleted line')}")
    if not parts:
        parts.append(f"wrote {count(view.link.lines, 'line')}")
    if view.drifted:
        parts.append(f"{view.drifted:,} after formatting")
    if view.ended:
        parts.append(f"line ends differ in {view.ended:,}")
    return ", ".join(parts)


def _of(part: int, whole: int, what: str) -> str:
    if whole == part > 1:
        return f"all {count(whole, what)}"
    return f"{part:,} of {count(whole, what)}" if whole >= part else count(part, what)


def _share(part: int, whole: int, what: str) -> str:
    """`8 of 8 added lines`; the part alone where the whole is not known."""
    return f"{part:,} of {count(whole, what)}" if whole >= part else count(part, what)


def evidence_short(evidence: Evidence) -> str:
    return {
        "lines": "wrote lines of this commit",
        "command": "made this commit",
        "manual": "linked by a person",
        "files": "edited files of this commit",
        "time": "was running before this commit; nothing else is known",
        "context": "said since the last commit",
    }[evidence]


def files_in_common(view: ConversationView, commit: CommitView | None) -> str:
    """The commit's files that the conversation's turns edited, as words; "" where none is known."""
    if commit is None:
        return ""
    edited = {edit.path for each in view.turns if each.turn is not None for edit in each.turn.edits}
    names = [file.path for file in commit.files if any(same_file(path, file.path) for path in edited)]
    return listed([*names[:3], f"{len(names) - 3} more"] if len(names) > 3 else names)


def edited_files(turn: Turn, commit_files: Sequence[str], places: Sequence[str]) -> list[EditedFile]:
    """What a turn edited, one entry a file in order of the first edit."""
    edited: dict[str, EditedFile] = {}
    for edit in turn.edits:
        name = shown_path(edit.path, commit_files, places)
        if name == edit.path and is_agents_own(name):
            continue
        size = sizes(edit)
        _, added, deleted, is_known = edited.get(name, (name, 0, 0, False))
        more, less = size or (0, 0)
        edited[name] = (name, added + more, deleted + less, is_known or size is not None)
    return list(edited.values())


def shown_path(path: str, commit_files: Sequence[str], places: Sequence[str]) -> str:
    """A recorded path as short as it is still clear: from the repository's top, else from where the agent worked."""
    for name in commit_files:
        if same_file(path, name) and len(name) <= len(path):
            return name
    for place in places:
        if path.startswith(place.rstrip("/") + "/"):
            return path[len(place.rstrip("/")) + 1 :]
    return path


def signed_words(view: CommitView) -> list[str]:
    """`Co-authored by aider (gpt-4o); no conversation found.`, a sentence for each place that names an agent."""
    how = {"message": "Co-authored", "author": "Authored", "committer": "Committed"}
    sentences: list[str] = []
    for where, lead in how.items():
        names = [
            f"{signer_label(signer.agent)}{f' ({one_line(signer.model)})' if signer.model else ''}"
            for signer in view.signed
            if signer.where == where
        ]
        of = "" if not view.conversations else " of it" if len(names) == 1 else " of theirs"
        if names:
            sentences.append(f"{lead} by {listed(names)}; no conversation{of} found.")
    return sentences


def unexplained(view: CommitView) -> tuple[int, list[tuple[str, int]]]:
    """The number of unattributed added lines, and the files they are in (the most first)."""
    files = sorted(((file.path, file.unexplained) for file in view.files if file.unexplained), key=lambda f: -f[1])
    return sum(number for _, number in files), files


def false_words(view: CommitView) -> str:
    """How many stored lines do not match the commit's content; "" where there are none."""
    if not view.false:
        return ""
    them = "does not match this commit and is" if view.false == 1 else "do not match this commit and are"
    return f"{count(view.false, 'stored line')} {them} left out"


def unexplained_words(view: CommitView) -> str:
    """`6 lines in util.py and 2 in a.py are not attributed to any conversation`; "" where all are."""
    total, files = unexplained(view)
    if not total:
        return ""
    parts = [f"{number:,} in {path}" for path, number in files[:_MOST_FILES]]
    parts[0] = f"{count(files[0][1], 'line')} in {files[0][0]}"
    if len(files) > _MOST_FILES:
        rest = files[_MOST_FILES:]
        parts.append(f"{sum(n for _, n in rest):,} in {count(len(rest), 'more file')}")
    return f"{listed(parts)} {'is' if total == 1 else 'are'} not attributed to any conversation"
