"""The entry of `git story`: the table of commands, and what becomes of errors.

Exit codes: 0 done, 1 an error a person can act on, 2 wrong usage, 3 unexpected (a log file says more),
130 interrupted. A closed pipe ends us silently, by the signal that ends git itself.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import click

from gitstory import __version__
from gitstory.cli.lazy_group import HIDDEN, LazyGroup
from gitstory.errors import GitStoryError

COMPLETE_VARIABLE = "_GIT_STORY_COMPLETE"

COMMANDS = {
    "Read stories": {
        "show": ("gitstory.cli.show", "Show the story of a commit."),
        "log": ("gitstory.cli.log", "Show one short summary per commit."),
        "blame": ("gitstory.cli.blame", "Show which conversation or person wrote each line of a file."),
        "why": ("gitstory.cli.why", "Show why a line is there."),
        "explain": ("gitstory.cli.explain", "Show how conversations were linked to a commit, or why not."),
        "conversations": ("gitstory.cli.conversations", "List the conversations of this repository."),
        "review": ("gitstory.cli.review", "Summarize a range of commits for a reviewer."),
        "tell": ("gitstory.cli.tell", "Write up the work behind commits, from quotations."),
        "check": ("gitstory.cli.check", "Fail if too few lines of a range are attributed."),
        "stats": ("gitstory.cli.stats", "Show how much of the code is attributed to conversations."),
        "rules": ("gitstory.cli.rules", "List what people keep telling agents here, as rules."),
        "search": ("gitstory.cli.search", "Search the text of conversations."),
        "resume": ("gitstory.cli.resume", "Resume the conversation behind a commit or line."),
        "ui": ("gitstory.ui.command", "Read the code with its reasons in a browser."),
    },
    "Record stories": {
        "backfill": ("gitstory.cli.backfill", "Link commits that are older than gitstory here."),
        "link": ("gitstory.cli.link", "Link a conversation to a commit by hand."),
        "unlink": ("gitstory.cli.unlink", "Remove the link between a conversation and a commit."),
        "import": ("gitstory.cli.import_", "Import what another tool recorded for commits."),
        "heal": ("gitstory.cli.heal", "Re-attach stories to commits that were squashed or rebased."),
        "drain": ("gitstory.cli.drain", "Process the commits that wait in the queue."),
    },
    "Keep histories": {
        "watch": ("gitstory.cli.watch", "Save the turns of conversations while you work."),
        "save": ("gitstory.cli.save", "Save chosen conversations to history files and the archive."),
        "history": ("gitstory.cli.history", "Keep conversations as Markdown files next to the code."),
    },
    "Erase": {
        "forget": ("gitstory.cli.forget", "Erase a conversation, a turn or a commit's story for good."),
        "redact": ("gitstory.cli.redact", "Replace a text in everything that is stored."),
        "scan": ("gitstory.cli.scan", "Re-scan stored data with the current redaction rules."),
        "off": ("gitstory.cli.off", "Pause recording, here or for one conversation."),
        "on": ("gitstory.cli.on", "Resume recording."),
    },
    "Share stories": {
        "share": ("gitstory.cli.share", "Write conversations as one HTML file that opens anywhere."),
        "site": ("gitstory.ui.site_command", "Write commits, files and conversations as a web site."),
        "export": ("gitstory.cli.export", "Print stories as records that other tools read."),
        "push": ("gitstory.cli.push", "Push stories to a remote (asks for confirmation the first time)."),
        "pull": ("gitstory.cli.pull", "Fetch and merge the stories of a remote."),
        "sync": ("gitstory.cli.sync", "Pull, then push."),
    },
    "Set up": {
        "enable": ("gitstory.cli.enable", "Start recording in this repository, or in all of them."),
        "disable": ("gitstory.cli.disable", "Stop recording and put the hooks back as they were."),
        "status": ("gitstory.cli.status", "Show what is set up, queued, stored and failing."),
        "doctor": ("gitstory.cli.doctor", "Test recording on a scratch clone and report what fails."),
        "config": ("gitstory.cli.config", "Read and change settings."),
        "agents": ("gitstory.cli.agents", "List supported coding agents and the stores found here."),
        "inspect": ("gitstory.cli.inspect", "Show an agent's raw conversation files."),
        "completion": ("gitstory.cli.completion", "Print a completion script for bash, zsh or fish."),
        "help": ("gitstory.cli.help", "Show the help of a command or a topic."),
        "version": ("gitstory.cli.version", "Show the version."),
    },
    HIDDEN: {
        "hook": ("gitstory.cli.hook", "Note that a commit was made, from a hook of your own."),
    },
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    name="git story",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`git story help` lists the topics that explain more. "
    "Exit codes: 0 done, 1 error, 2 usage, 3 unexpected, 130 interrupted.",
)
@click.version_option(__version__, "--version", message="git-story version %(version)s")
@click.option("--no-pager", is_flag=True, help="Do not pipe long output into a pager.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    help="When to colour; otherwise NO_COLOR and color.ui decide.",
)
@click.option(
    "--debug", is_flag=True, help="Say on stderr what is done, and how long it takes (or GITSTORY_DEBUG=FILE)."
)
@click.pass_context
def group(ctx: click.Context, no_pager: bool, color: str | None, debug: bool) -> None:
    """Show why any commit and any line is there.

    Conversations with coding agents are linked to the commits and lines they led to. Nothing leaves this machine
    unless you push it.
    """
    ctx.obj = {"no_pager": no_pager, "color": color}
    if debug or os.environ.get("GITSTORY_DEBUG"):
        from gitstory.cli.debug_log import begin

        begin("stderr" if debug else os.environ["GITSTORY_DEBUG"])


def run(args: Sequence[str] | None = None) -> int:
    """Run one command line (without the program's name) and return the exit code."""
    arguments = list(sys.argv[1:] if args is None else args)
    _unicode_streams()
    _leave_out_the_work_tree()
    try:
        if COMPLETE_VARIABLE in os.environ:
            from click.shell_completion import shell_complete

            return shell_complete(group, {}, "git-story", COMPLETE_VARIABLE, os.environ[COMPLETE_VARIABLE])
        code = _invoke(arguments)
        sys.stdout.flush()
        return code
    except GitStoryError as error:
        return _complain(error.message, error.hint, error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)  # the whole help, in its lines
        return 2
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "git story"
        # A file may be called so, too: `-o:2`.
        dashed = "; `--` goes before a name that begins with a dash" if isinstance(error, click.NoSuchOption) else ""
        return _complain(error.format_message(), f"`{where} --help` shows the usage{dashed}", 2)
    except click.ClickException as error:
        return _complain(error.format_message(), None, 1)
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError as error:
        return _closed_pipe(error)
    except Exception as error:  # noqa: BLE001 - the last line of defence: a person gets a file, not a traceback
        return _unexpected(error)


def _invoke(arguments: list[str]) -> int:
    try:
        with group.make_context("git story", arguments) as ctx:
            result = group.invoke(ctx)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    return result if isinstance(result, int) else 0


def _leave_out_the_work_tree() -> None:
    """Drop relative entries of PATH (they name the current directory) for what packages of others start, too."""
    if not all(map(os.path.isabs, os.environ.get("PATH", os.sep).split(os.pathsep))):
        from gitstory.git.find_program import absolute_only

        os.environ["PATH"] = absolute_only({"PATH": os.environ["PATH"]})["PATH"]


def _unicode_streams() -> None:
    """Output is UTF-8 with plain newlines everywhere, and printing a strange name never raises."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _complain(message: str, hint: str | None, code: int) -> int:
    from gitstory.cli.output import complain

    complain(message, hint)
    return code


def _closed_pipe(error: BrokenPipeError) -> int:
    from gitstory.cli.output import PagerLeft, die_of_closed_pipe, stdout_is_closed

    ours = isinstance(error, PagerLeft) or stdout_is_closed()
    return die_of_closed_pipe() if ours else _unexpected(error)


def _unexpected(error: Exception) -> int:
    from gitstory.cli.crash_report import write_crash
    from gitstory.cli.system_errors import explained

    refused = explained(error)
    if refused is not None:
        return _complain(*refused, 1)
    where = write_crash(error)
    message = f"unexpected {type(error).__name__}: {error}"
    return _complain(message, f"the details are in {where}; please send that file with your report", 3)


if __name__ == "__main__":
    sys.exit(run())
