"""`git story tell`: a write-up of the work behind commits, made of quotations and counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitstory.cli.llm_consent import redactor
from gitstory.cli.open_store import open_store_with_trailers
from gitstory.cli.output_file import print_or_write
from gitstory.cli.shared_options import anonymise_option, anonymous
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.sources.chain import SourceChain
    from gitstory.tell.values import Material

FORMS = ("post", "changelog", "adr", "handoff", "standup", "release-notes")


@click.command()
@click.argument("name", required=False, metavar="[RANGE|CONVERSATION|REV]")
@click.option("--as", "form", type=click.Choice(FORMS), required=True, help="What to write.")
@click.option("--fragment", is_flag=True, help="With `changelog`: fragments for towncrier, one a commit.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write to this file; a folder for `adr` and --fragment."
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option(
    "--llm", "model", metavar="MODEL", help="Add a summary by this model of llm, each sentence with its source."
)
@click.option("--yes", is_flag=True, help="Do not ask before sending anything to the model.")
@anonymise_option
def command(
    name: str | None,
    form: str,
    fragment: bool,
    output: Path | None,
    force: bool,
    model: str | None,
    yes: bool,
    anonymise: bool,
) -> int:
    """Write up the work behind a RANGE, a CONVERSATION or a REV as Markdown.

    Every sentence is quoted from the log, with its turn (`git story show ID#N` shows it in full) or commit, or is a
    count. Nothing is paraphrased, and what the log does not say is left out. All is redacted with the current rules.

    \b
    post           decisions with what became of them, false starts, corrections,
                   failed tool calls, and slots for your own view
    changelog      a section for CHANGELOG.md (Keep a Changelog)
    adr            architecture decision records (MADR 4.0), one file a decision
    handoff        what the next person or agent needs, on at most 120 lines
    standup        what was done and what is open, by day
    release-notes  what a range brings, by pull request

    --llm sends the quotations, redacted, to a model that you have set up in llm, and asks before that. Its sentences
    are kept only where they name their sources, and stand apart from the quotations.

    Without an argument: the current branch against its upstream or the main branch.
    """
    if fragment and form != "changelog":
        raise click.UsageError("--fragment goes with --as changelog")
    if model is not None and (form == "adr" or fragment):
        raise click.UsageError("--llm does not go with adr and --fragment, which are quotations alone")
    folder = output is not None and (form == "adr" or fragment)
    if output is not None:
        _check(output, force, folder=folder)
    with open_store_with_trailers() as (repo, sources):
        clean = anonymous(repo).text if anonymise else redactor(repo)
        material = _material(repo, sources, name, form, clean)
        if output is not None and folder:
            return _write_files(output, material, clean, fragment)
        text = clean(_text(form, material, fragment))
    if form == "adr" and not text.strip():
        raise GitStoryError(
            f"no decision with an option or a reason in {material.name}",
            hint="`git story tell --as post` has what else was said",
        )
    if model is not None:
        text = _phrased(text, form, material, model, clean, yes=yes)
    return print_or_write(text, output)


def _material(repo: Repo, sources: SourceChain, name: str | None, form: str, clean: Callable[[str], str]) -> Material:
    from gitstory.tell.quotable_material import material

    gathered = material(repo, sources, name or _branch(repo), clean)
    if form != "adr":
        return gathered
    from msgspec.structs import replace

    from gitstory.tell.adr import recorded
    from gitstory.tell.surviving_lines import standing

    return replace(gathered, standing=standing(repo, sources, [each.at for each in recorded(gathered.turns)]))


def _text(form: str, material: Material, fragment: bool) -> str:
    if fragment:
        from gitstory.tell.changelog import fragments

        return "\n".join(f"<!-- {name} -->\n\n{text}" for name, text in fragments(material))
    from gitstory.tell.write_up_forms import written

    return written(form, material)


def _phrased(text: str, form: str, material: Material, model: str, clean: Callable[[str], str], *, yes: bool) -> str:
    """The write-up with a model's summary. Says what would be sent and asks; Raises GitStoryError."""
    from gitstory.cli.llm_consent import agreed
    from gitstory.language_model import announcement, load, phrase, prompt_text
    from gitstory.tell.model_wording import quotations, task, with_summary

    language = load(model)
    items = quotations(material)
    prompt = prompt_text(task(form), items, clean)
    agreed(announcement(language, items, prompt), yes=yes)
    return with_summary(text, phrase(language, prompt, items, clean), language.name)


def _write_files(folder: Path, material: Material, clean: Callable[[str], str], fragment: bool) -> int:
    """Write records or fragments that the folder does not have yet."""
    from gitstory.cli.output import say
    from gitstory.cli.output_file import write_page
    from gitstory.text.wording import count

    files = _fragments(folder, material) if fragment else _records(folder, material)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GitStoryError(f"cannot make {folder}: {error.strerror or error}", hint="name another with -o") from None
    for name, text in files:
        write_page(folder / name, clean(text))
    what = count(len(files), "file") if files else "nothing new"
    say(f"{folder}: {what} written" if files else f"{folder}: {what} to write")
    return 0


def _fragments(folder: Path, material: Material) -> list[tuple[str, str]]:
    from gitstory.tell.changelog import fragments

    return [(name, text) for name, text in fragments(material) if not (folder / name).exists()]


def _records(folder: Path, material: Material) -> list[tuple[str, str]]:
    """(name, text) of the records whose decision no file of the folder is about, numbered on from the last."""
    from gitstory.tell.adr import numbered, records

    existing: dict[str, str] = {}
    for path in sorted(folder.glob("*.md")) if folder.is_dir() else ():
        try:
            existing[path.name] = path.read_text("utf-8", "replace")
        except OSError as error:
            raise GitStoryError(f"cannot read {path}: {error.strerror or error}") from None
    return numbered(records(material), existing)


def _check(output: Path, force: bool, *, folder: bool) -> None:
    if not folder:
        from gitstory.cli.share import free

        free(output, force)
    elif output.exists() and not output.is_dir():
        raise GitStoryError(f"{output} is a file", hint="name a folder with -o: each decision gets a file in it")


def _branch(repo: Repo) -> str:
    """The range of the current branch; HEAD where no other branch lacks its commits."""
    from gitstory.queries.review.commit_range import NothingToReview, reach

    try:
        return reach(repo, None).name
    except NothingToReview:
        return "HEAD"
