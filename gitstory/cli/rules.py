"""`git story rules`: what people keep telling agents here, as rules with their sources."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitstory.cli.open_store import open_store
from gitstory.cli.output import say, say_json, warn
from gitstory.cli.shared_options import json_option, local_zone, open_repo
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.rules.repository_rules import RuleList
    from gitstory.rules.rule_files import RuleFileChange
    from gitstory.rules.values import DerivedRule, Status

_STAGED = "\0staged"


@click.group(invoke_without_command=True)
@click.option(
    "--write",
    "target",
    metavar="TARGET",
    help="Write the rules into agents, claude, gemini, copilot, cursor, windsurf, or a path.",
)
@click.option("--dry-run", is_flag=True, help="With --write: print the diff, change nothing.")
@click.option("--accepted", is_flag=True, help="With --write: only rules that a person accepted.")
@click.option(
    "--template",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="With --write: a Jinja2 template of the lines.",
)
@click.option(
    "--check",
    "range_",
    is_flag=False,
    flag_value=_STAGED,
    metavar="[RANGE]",
    help="Check added lines against the written rules (default: what is staged).",
)
@click.option(
    "--all", "everything", is_flag=True, help="Also rules that were rejected, or that a document states already."
)
@click.option("--llm", "model", metavar="MODEL", help="Let this model of llm word the rules; sources stay the same.")
@click.option("--yes", is_flag=True, help="Do not ask before sending anything to the model.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    target: str | None,
    dry_run: bool,
    accepted: bool,
    template: Path | None,
    range_: str | None,
    everything: bool,
    model: str | None,
    yes: bool,
    as_json: bool,
) -> int:
    """List what people keep telling agents in this repository, as rules.

    A rule is a sentence that a person typed: "always", "never" and "from now on", or what was asked for in several
    conversations. Each names its sources; `git story show SOURCE` shows one. The newest wins over what it contradicts.
    Wishes of which nothing says that they are meant for good stand apart, and are not written unless you accept them.

    --write puts the rules between two marks of a rule file and leaves the rest of it alone. --check exits with 1 if an
    added line breaks a written rule that names a path, an identifier or a command.

    --llm sends what was typed for each rule, redacted, to a model that you have set up in llm, and asks before that. A
    sentence without a source is dropped; rules that a person accepted keep their words.
    """
    if ctx.invoked_subcommand is not None:
        if target is not None or range_ is not None:
            raise click.UsageError(f"--write and --check do not go with `{ctx.invoked_subcommand}`")
        return 0
    if target is not None and range_ is not None:
        raise click.UsageError("--write and --check exclude each other")
    if range_ is not None and model is not None:
        raise click.UsageError("--llm and --check exclude each other")
    if range_ is not None:
        return _check(None if range_ == _STAGED else range_, as_json)
    if target is not None:
        worded = (model, yes)
        return _write(target, template, worded, dry_run=dry_run, accepted=accepted, as_json=as_json)
    with _listed() as (repo, _root, listed):
        listed = _worded(repo, listed, model, yes=yes)
        if as_json:
            _say_objects(listed, everything)
            return 0
        from gitstory.cli.output import console
        from gitstory.render.rules import write_rules

        with console() as out:
            write_rules(listed, out, local_zone(), everything=everything)
    return 0


@command.command()
@click.option("--all", "everything", is_flag=True, help="Ask about accepted and rejected rules again.")
def review(everything: bool) -> int:
    """Accept, edit or reject each rule.

    Needs a terminal. What you decide is kept in `.gitstory/rules.toml`; a rejected rule does not come back. Scripts use
    `accept`, `edit` and `reject`.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise GitStoryError(
            "cannot ask about rules: not a terminal",
            hint="`git story rules accept ID` and `reject ID` decide about one",
        )
    from gitstory.cli.rules_review import ask

    with _listed() as (_repo, root, listed):
        rules = [*listed.rules, *listed.possible, *(listed.rejected if everything else ())]
        return ask(root, rules, local_zone(), everything=everything)


@command.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Every rule that is proposed.")
def accept(ids: tuple[str, ...], everything: bool) -> int:
    """Accept rules."""
    return _decide(ids, "accepted", everything)


@command.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def reject(ids: tuple[str, ...]) -> int:
    """Reject rules; they do not come back."""
    return _decide(ids, "rejected", everything=False)


@command.command()
@click.argument("id_", metavar="ID")
@click.argument("text", nargs=-1, required=True, metavar="TEXT...")
def edit(id_: str, text: tuple[str, ...]) -> int:
    """Accept a rule in other words."""
    words = " ".join(" ".join(text).split())
    if not words:
        raise GitStoryError("no words for the rule", hint="`git story rules reject ID` takes one away")
    return _decide((id_,), "accepted", everything=False, text=words)


def _decide(ids: tuple[str, ...], status: Status, everything: bool, text: str = "") -> int:
    from gitstory.rules.save_accepted_and_rejected import decide
    from gitstory.text.wording import count

    with _listed() as (_repo, root, listed):
        chosen = [rule for rule in listed.rules if everything and rule.status == "proposed"]
        chosen += [_named(listed, name) for name in ids]
        if not chosen and not everything:
            raise GitStoryError("no rule was named", hint="`git story rules` lists them; --all takes every one")
        decide(root, chosen, status, text)
    say(f"{count(len(chosen), 'rule')} {status}; `git story rules --write agents` writes what is accepted")
    return 0


def _named(listed: RuleList, name: str) -> DerivedRule:
    everything = [*listed.rules, *listed.possible, *listed.rejected, *(rule for rule, _ in listed.stated)]
    mine = [rule for rule in everything if name and rule.id.startswith(name.lower())]
    if len(mine) != 1:
        what = "no rule" if not mine else f"{len(mine)} rules"
        raise GitStoryError(f"{what} with the id {name}", hint="`git story rules --all` lists them")
    return mine[0]


def _worded(repo: Repo, listed: RuleList, model: str | None, *, yes: bool) -> RuleList:
    """The rules in the words of a model, if one was named. Says what would be sent and asks. Raises GitStoryError."""
    if model is None:
        return listed
    from msgspec.structs import replace

    from gitstory.cli.llm_consent import agreed, redactor
    from gitstory.language_model import announcement, load, phrase, prompt_text
    from gitstory.rules import model_wording as worded

    language, clean = load(model), redactor(repo)
    rules = list(listed.rules)
    for batch in worded.batches(rules):
        items = worded.quotations(batch)
        prompt = prompt_text(worded.TASK, items, clean)
        agreed(announcement(language, items, prompt), yes=yes)
        rules = worded.with_words(rules, phrase(language, prompt, items, clean), language.name)
    return replace(listed, rules=tuple(rules))


def _write(
    target: str, template: Path | None, worded: tuple[str | None, bool], *, dry_run: bool, accepted: bool, as_json: bool
) -> int:
    from gitstory.rules import rule_files

    path = rule_files.target_path(target)
    text = None if template is None else template.read_text(encoding="utf-8", errors="replace")
    with _listed() as (repo, root, listed):
        listed = _worded(repo, listed, worded[0], yes=worded[1])
        rules = [rule for rule in listed.rules if not accepted or rule.status == "accepted"]
        changes = rule_files.changes(root, path, rules, text)
        if dry_run:
            for change in changes:
                for line in change.diff().splitlines():
                    say(line)
            return 0
        copies = rule_files.write(root, changes, repo.home / "backups")
    if as_json:
        say_json(
            {
                "schema": "gitstory.rules-written/1",
                "files": [one.path for one in changes if one.changed],
                "rules": len(rules),
            }
        )
        return 0
    _say_written(changes, rules, copies)
    return 0


def _say_written(changes: list[RuleFileChange], rules: list[DerivedRule], copies: list[str]) -> None:
    from gitstory.text.wording import count

    changed = [change for change in changes if change.changed]
    for change in changed:
        say(f"{change.path}: {'removed' if change.after is None else count(len(rules), 'rule')}")
    if not changed:
        say("nothing changed")
    for copy in copies:
        say(f"the file as it was before: {copy}")
    if new := sum(rule.status == "proposed" for rule in rules):
        warn(
            f"{count(new, 'rule')} not reviewed by anybody",
            "`git story rules review` asks about each; --accepted leaves them out",
        )


def _check(range_: str | None, as_json: bool) -> int:
    from gitstory.cli.output import complain
    from gitstory.queries.review.commit_range import reach
    from gitstory.render.rules import violation_line, violation_object
    from gitstory.rules.changes_to_check import range_changes, staged_changes
    from gitstory.rules.rules_in_force import check
    from gitstory.text.wording import count

    with open_repo() as repo:
        if range_ is None:
            changes = partial(staged_changes, repo)
        else:
            span = reach(repo, range_)
            changes = partial(range_changes, repo, span.base, span.tip)
        violated, checked, problems = check(_root(repo), changes)
    for problem in problems:
        warn(problem)
    for violation in violated:
        say_json(violation_object(violation)) if as_json else say(violation_line(violation))
    if violated:
        complain(
            f"{count(len(violated), 'added line')} against a rule",
            "`git story show SOURCE` shows why the rule is there",
        )
    elif not as_json:
        say(f"{count(checked, 'rule')} checked, nothing against them")
    return 1 if violated else 0


@contextmanager
def _listed() -> Iterator[tuple[Repo, Path, RuleList]]:
    from gitstory.rules.repository_rules import rule_list

    with open_store() as (repo, sources):
        root = _root(repo)
        yield repo, root, rule_list(repo, sources.store, root)


def _root(repo: Repo) -> Path:
    if repo.worktree is None:
        raise GitStoryError("rules need a work tree", hint="run it in a checkout of this repository")
    return repo.worktree


def _say_objects(listed: RuleList, everything: bool) -> None:
    from gitstory.render.rules import rule_object

    for rule in listed.rules:
        say_json(rule_object(rule))
    for rule, place in listed.stated if everything else ():
        say_json(rule_object(rule, place))
    for rule in listed.rejected if everything else ():
        say_json(rule_object(rule))
    for rule in listed.possible if everything else ():
        say_json(rule_object(rule, possible=True))
