"""`git story backfill`: stories for commits made before gitstory was there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from gitstory.cli.output import say, say_json, warn
from gitstory.cli.shared_options import json_option, open_repo
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.worker.backfill import BackfillRequest, Outcome


@click.command()
@click.argument("revisions", nargs=-1, metavar="[RANGE...]")
@click.option("--all", "everything", is_flag=True, help="Every commit of every branch (else those of HEAD).")
@click.option("--since", metavar="DATE", help="Only commits newer than DATE, as `git log --since` takes it.")
@click.option("--anyone", is_flag=True, help="Commits of other authors too, not only your own.")
@click.option("--from", "source", type=click.Choice(["entire"]), help="Use the transcripts that Entire keeps here.")
@click.option("--dry-run", is_flag=True, help="Say what would be linked, store nothing.")
@json_option
def command(
    revisions: tuple[str, ...],
    everything: bool,
    since: str | None,
    anyone: bool,
    source: str | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Link commits that are older than gitstory here to conversations that are still on this machine.

    Only your own commits (by `user.email`, `user.name`) are looked at, and a conversation is linked only where lines
    it wrote, or a commit it reports, prove it, or a commit that adds to its SpecStory file and changes what it edited.
    Running it again, or after an interruption, does no harm.

    --from entire reads the transcripts that Entire keeps in the repository (its branch entire/checkpoints/v1, or
    refs below refs/entire/checkpoints) instead of those on this machine, and links the commits of all authors:
    those of Claude Code, Codex, Copilot CLI, Droid, Gemini CLI, OpenCode and Pi. No transcript stays behind: what is
    stored is redacted, as always.
    """
    from gitstory.git.dates import check_dates
    from gitstory.worker.backfill import BackfillRequest

    with open_repo() as repo:
        if repo.disabled:
            raise GitStoryError("gitstory is disabled here", hint="`git story enable` starts recording again")
        wanted = revisions or (("--branches", "--tags", "--remotes", "HEAD") if everything else ("HEAD",))
        if not everything:
            for revision in revisions:
                if ".." not in revision:
                    repo.resolve(revision)
        repo.resolve("HEAD") if not revisions and not everything else None
        check_dates(repo, since)
        extra = (f"--since={since}",) if since else ()
        if source is not None and everything:
            wanted = _CODE
        report = _linked(repo, BackfillRequest((*extra, *wanted), anyone, dry_run), source)
    if as_json:
        say_json({"commits": report.commits, "linked": report.linked, "conversations": report.conversations})
    else:
        _report(report, dry_run, source is not None)
    return 0


def _linked(repo: Repo, request: BackfillRequest, source: str | None) -> Outcome:
    """The outcome, of a process of its own: an item at which it stands still or dies is set aside."""
    from gitstory.recording.recording_setup import setup
    from gitstory.recording.worker_watchdog import beside_worker
    from gitstory.worker.supervise import repeated

    setup(repo)  # what is wrong with the settings is said before anything is begun

    def work(own: Repo, watched: bool) -> Outcome:
        with beside_worker(own.home, _JOURNAL, watched=watched) as tasks:
            recording = setup(own)
            recording = replace(recording, context=replace(recording.context, tasks=tasks))
            if source is None:
                from gitstory.worker.backfill import backfill

                return backfill(own, recording, request, _progress)
            from gitstory.worker.other_tools_transcripts import replay

            return replay(own, recording, request, _progress)

    return repeated(repo, work, _JOURNAL, warn)


_JOURNAL = "backfill-"
_CODE = ("--exclude=entire/*", "--branches", "--tags", "--exclude=*/entire/*", "--remotes", "HEAD")
"""Every commit but those of Entire's own branches."""


def _progress(stage: str, done: int, of: int) -> None:
    """One line that is written over, only where a person looks on."""
    if not sys.stderr.isatty() or done % 50:
        return
    sys.stderr.write(f"\r\x1b[K{stage}: {done}{f' of {of}' if of else ''}")
    sys.stderr.flush()


def _report(report: Outcome, dry_run: bool, everybody: bool) -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    from gitstory.text.wording import count

    done = "would be linked" if dry_run else "linked"
    linked = f"{report.linked:,} of {count(report.commits, 'commit')}"
    say(f"{linked} {done} to {count(report.conversations, 'conversation')}")
    if report.foreign and not everybody:
        say(f"{count(report.foreign, 'commit')} of other authors left out; --anyone includes them")
        if not report.commits:
            say("if these are yours, add your address: `git story config set identity.emails ADDRESS`")
    for problem in report.problems[:5]:
        warn(problem)
