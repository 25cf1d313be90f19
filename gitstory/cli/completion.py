"""`git story completion`: completion scripts for shells."""

from __future__ import annotations

import click

from gitstory.cli.main import COMPLETE_VARIABLE, group

_VIA_GIT = {
    "bash": """\
_git_story() {
    local IFS=$'\\n' item
    COMPREPLY=()
    for item in $(env COMP_WORDS="git-story ${COMP_WORDS[*]:2}" COMP_CWORD=$((COMP_CWORD - 1)) \\
            _GIT_STORY_COMPLETE=bash_complete git-story); do
        case "$item" in plain,*) COMPREPLY+=("${item#plain,}") ;; *) compopt -o default 2>/dev/null ;; esac
    done
}
""",
}


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print a completion script for SHELL.

    \b
    bash:  eval "$(git story completion bash)"    in ~/.bashrc
    zsh:   eval "$(git story completion zsh)"     in ~/.zshrc
    fish:  git story completion fish > ~/.config/fish/completions/git-story.fish
    """
    from click.shell_completion import get_completion_class

    completion = get_completion_class(shell)
    assert completion is not None
    click.echo(completion(group, {}, "git-story", COMPLETE_VARIABLE).source())
    if shell in _VIA_GIT:
        click.echo(_VIA_GIT[shell])
