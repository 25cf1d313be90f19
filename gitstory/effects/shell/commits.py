"""Commits that a shell command made, from the command and what it printed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitstory.effects.shell.command_parser import Word, simple_commands
from gitstory.effects.shell.operands import operands, program


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMITTING = frozenset({"commit", "cherry-pick", "merge", "rebase", "revert", "am", "pull", "stash", "subtree"})
_COMMITTED = re.compile(r"^\[[^\]\n]{1,250} ([0-9a-f]{7,64})\] ", re.MULTILINE)
_QUIET_GIT = _words("""
    log show status diff reflog branch blame grep fetch push rev-parse rev-list ls-files ls-tree ls-remote cat-file
    notes config remote checkout switch add tag describe clone init worktree shortlog for-each-ref show-ref
""")
_QUIET = _words("""
    cat echo printf head tail less more grep rg ag sed awk find ls wc sort uniq cut tr jq diff cd pwd true false test
    [ sleep date which type tee curl wget export set env mkdir touch cp mv rm
""")


def commits_made(command: str, output: str) -> tuple[str, ...]:
    """Ids in the `[branch abc1234] subject` lines of `output`, if `command` can have made commits."""
    if "] " not in output:
        return ()
    texts = [match[1] for match in _COMMITTED.finditer(output.replace("\r", ""))]
    return tuple(dict.fromkeys(texts)) if texts and _may_commit(command) else ()


def _may_commit(command: str) -> bool:
    return any(_is_committing(program(simple.words)) for simple in simple_commands(command) if simple.words)


def _is_committing(words: Sequence[Word]) -> bool:
    if not words:
        return False
    name = words[0].text.rsplit("/", 1)[-1].removesuffix(".exe")
    if name != "git":
        return name not in _QUIET
    verb = next(iter(operands(words[1:], frozenset({"-C", "-c", "--git-dir", "--work-tree"}))), None)
    return verb is None or verb.text in COMMITTING or verb.text not in _QUIET_GIT
