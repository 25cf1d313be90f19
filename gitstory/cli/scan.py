"""`git story scan`: stored data, re-scanned with the current redaction rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gitstory.cli.output import console, say, say_json
from gitstory.cli.shared_options import json_option, open_repo
from gitstory.text.console import neutralise_line

if TYPE_CHECKING:
    from gitstory.erasure.find_stored_secrets import StoredFinding


@click.command()
@click.option("--fix", is_flag=True, help="Redact what is found, for good.")
@click.option("--gc", is_flag=True, help="With --fix: have git rewrite its packs (`git gc --prune=now`).")
@json_option
def command(fix: bool, gc: bool, as_json: bool) -> int:
    """Re-scan stored data with the current redaction rules.

    Finds secrets that were stored before a rule existed. Each is shown with a marker in the place of the secret. Exits
    with 1 if anything was found and not fixed.
    """
    from gitstory.cli.forget import tell
    from gitstory.cli.history import refresh
    from gitstory.cli.link import undisturbed
    from gitstory.erasure import redact_stored
    from gitstory.erasure.find_stored_secrets import by_rule
    from gitstory.recording.recording_setup import setup
    from gitstory.store.store import StoryStore
    from gitstory.worker.ensure_drained import ensure_drained

    with open_repo() as repo:
        ensure_drained(repo)
        store = StoryStore(repo)
        how = setup(repo).keeping
        findings = list(redact_stored.findings(store, how))
        if as_json:
            say_json({"schema": "gitstory.scan/1", "findings": [_plain(one) for one in findings]})
        else:
            _print(findings)
        if not findings:
            return 0
        if not fix:
            return 1
        with undisturbed(repo):
            done = redact_stored.fix(repo, store, how, rewrite_packs=gc)
        if not as_json:
            rules = ", ".join(f"{count} {rule}" for rule, count in by_rule(findings).items())
            say(f"redacted: {rules}")
            tell(done)
            refresh(repo, StoryStore(repo))
    return 0


def _plain(finding: StoredFinding) -> dict[str, Any]:
    from msgspec import to_builtins

    fields: dict[str, Any] = to_builtins(finding)
    return fields


def _print(findings: list[StoredFinding]) -> None:
    if not findings:
        say("nothing found")
        return
    from gitstory.text.wording import count

    with console() as out:
        last = ""
        for finding in findings:
            where = _where(finding)
            if where != last:
                out.line(out.paint(neutralise_line(where), "bold"))
                last = where
            out.line(f"  {neutralise_line(finding.rule)}: {neutralise_line(finding.context)}")
        places = len({(one.agent, one.conversation, one.commit) for one in findings})
        out.line(f"{count(len(findings), 'finding')} in {count(places, 'place')}; `git story scan --fix` redacts them")


def _where(finding: StoredFinding) -> str:
    if finding.commit is not None:
        return f"note of {finding.commit[:10]}"
    turn = f", turn {finding.index}" if finding.index is not None else ""
    return f"{finding.conversation} ({finding.agent}){turn}, {finding.part}"
