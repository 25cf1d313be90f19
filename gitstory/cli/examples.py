"""The examples that end the help of every command, and the command lines in them.

Each line is a shell command, with a comment that says what it does. They fit one example project: the file slugs.py,
the branches main and topic, the tag v1.0, the remote origin and the conversation 5f0e6a52. A test runs each of them
there (tests/integration/test_documented.py).
"""

from __future__ import annotations

EXAMPLES: dict[str, str] = {
    "": """
git story enable              # start recording in this repository
git story show                # the story of the last commit
git story why slugs.py:9      # why line 9 is there
git story blame slugs.py      # which conversation wrote each line
git story search slugify      # find a conversation by its words
git story help secrets        # how secrets are kept out
""",
    "show": """
git story show                # the last commit
git story show main..topic    # each commit of a range
git story show --full HEAD    # with every step of every turn
git story show 5f0e6a52       # a whole conversation
git story show 5f0e6a52#2     # its second turn
""",
    "log": """
git story log                       # the history of HEAD
git story log main..topic           # the commits of a branch
git story log --oneline -n 20       # one line per commit
git story log --since=1.month -- slugs.py
""",
    "blame": """
git story blame slugs.py               # the whole file
git story blame -L 7,11 slugs.py       # some lines
git story blame -w -C HEAD -- slugs.py # options of git blame
git story blame --json slugs.py        # for scripts
""",
    "why": """
git story why slugs.py:9               # one line
git story why slugs.py:7-11            # several lines
git story why slugs.py:slugify         # a function
git story why HEAD:slugs.py:9          # the line as it is in a revision
git story why slugs.py                 # the commits of the file
""",
    "explain": """
git story explain                # why HEAD is linked as it is
git story explain HEAD~1         # why nothing is linked to a commit
git story explain --json HEAD    # for scripts
""",
    "ui": """
git story ui                     # open a browser
git story ui --no-browser        # print the address alone
git story ui --port 8080
git story ui --all-repos         # every repository here
""",
    "conversations": """
git story conversations                         # those of this repository
git story conversations --agent claude-code
git story conversations --since="2 weeks ago" -n 0
git story conversations --all                   # on this machine
""",
    "review": """
git story review                                # this branch
git story review main..topic
git story review --full main..topic             # nothing cut
git story review --html main..topic -o brief.html
git story review --since-review HEAD~1          # only what came later
""",
    "tell": """
git story tell --as handoff                     # this branch
git story tell main..topic --as post -o post.md
git story tell main..topic --as adr -o adr      # one file a decision
git story tell main..topic --as changelog --fragment -o changes
""",
    "check": """
git story check                                 # report, never fail
git story check main..topic --min-coverage 80   # fail below 80 %
git story check main..topic --require-story
""",
    "stats": """
git story stats                                 # the history of HEAD
git story stats --since="3 months ago" --by week
git story stats --all --path slugs.py
""",
    "rules": """
git story rules                             # what people keep asking for
git story rules review                      # accept, edit or reject each
git story rules --write agents --dry-run    # the diff of AGENTS.md
git story rules --check main..topic         # added lines that break one
""",
    "rules review": """
git story rules review                      # each that is proposed
git story rules review --all                # decide again about each
""",
    "rules accept": """
git story rules accept --all                # all that are proposed
""",
    "rules edit": """
git story rules edit 427349b3 "Use bun, never node."
""",
    "rules reject": """
git story rules reject 427349b3             # it does not come back
""",
    "search": """
git story search slugify
git story search '"accented letters"'           # words in this order
git story search 'normal*' --file slugs.py      # the beginning of a word
git story search --role prompt --since=2024-01-01 letters
""",
    "resume": """
git story resume                     # the conversation behind HEAD
git story resume slugs.py:9          # the one that wrote a line
git story resume --run               # start its agent now
git story resume --context HEAD      # what another agent needs to continue
""",
    "backfill": """
git story backfill                   # the commits of HEAD
git story backfill --all             # the commits of every branch
git story backfill --dry-run --since=2024-01-01
git story backfill --from entire
""",
    "link": """
git story link HEAD 5f0e6a52         # a conversation
git story link HEAD 5f0e6a52#2       # one turn of it
""",
    "unlink": """
git story unlink HEAD 5f0e6a52       # a conversation
git story unlink HEAD 5f0e6a52#1     # one turn of it
""",
    "import": """
git story import git-ai --dry-run    # how many commits have its notes
git story import git-ai --all
git story import entire main..topic
""",
    "heal": """
git story heal --dry-run             # what would be re-attached
git story heal --all                 # after squash merges on a server
""",
    "drain": """
git story drain                      # process the queue now
git story drain --wait 30            # give up after 30 seconds
""",
    "watch": """
git story watch                      # until Ctrl-C
git story watch --daemon             # in the background
git story watch --stop
git story watch --unit systemd       # a unit that starts it at login
""",
    "save": """
git story save                       # choose on the terminal
git story save 5f0e6a52              # one conversation
git story save --running 5f0e6a52    # with the turn in progress
""",
    "history": """
git story history write              # write all files
git story history list
git story history open 5f0e6a52      # in your editor
git story history clean --dry-run    # files that would be removed
""",
    "history write": """
git story history write                            # all of this repository
git story history write 5f0e6a52 --detail prompts  # one, prompts only
git story history write --format specstory
""",
    "history list": """
git story history list
git story history list --json        # for scripts
""",
    "history open": """
git story history open               # the latest conversation
git story history open 5f0e6a52
""",
    "history clean": """
git story history clean --dry-run    # show what would be removed
git story history clean              # files of deleted conversations
git story history clean --all        # every history file
""",
    "forget": """
git story forget --dry-run 5f0e6a52  # show what would be erased
git story forget 5f0e6a52            # a conversation
git story forget 5f0e6a52#2          # one turn
git story forget --story-only HEAD   # the story of a commit
""",
    "redact": """
git story redact --literal 'cr-me-br-l-e'          # a text
git story redact --dry-run 'cr-[a-z-]+'            # a pattern
git story redact --yes 'token=(?P<secret>[a-z]+)'  # a part of the match
""",
    "scan": """
git story scan                       # exit code 1 if something is found
git story scan --fix                 # and redact it
""",
    "off": """
git story off                          # this repository
git story off --conversation 5f0e6a52  # one conversation
git story on                           # record again
""",
    "on": """
git story on                           # this repository
git story on --conversation 5f0e6a52   # one conversation
""",
    "share": """
git story share 5f0e6a52 -o slugs.html        # a conversation
git story share main..topic -o topic.html     # those behind a range
git story share 5f0e6a52 --hide 1 -o part.html
git story share 5f0e6a52 --gist               # asks before it uploads
""",
    "site": """
git story site --out public --yes
git story site --out public --yes --range main..topic
""",
    "export": """
git story export --agent-trace main..topic    # Agent Trace records
git story export --git-ai HEAD                # a git-ai note
git story export --git-ai --write             # into refs/notes/ai
""",
    "push": """
git story push --preview             # what would leave this machine
git story push                       # asks the first time
git story push --yes origin          # agrees without a terminal
""",
    "pull": """
git story pull                       # from the branch's remote
git story pull origin
git story pull --keep origin         # the remote may erase nothing here
""",
    "sync": """
git story sync                       # pull, then push
git story sync --yes origin
""",
    "enable": """
git story enable                            # this repository
git story enable --global                   # all your repositories
git story enable --auto-push --auto-pull    # with git push and git pull
git story enable --pre-commit               # by the pre-commit framework
""",
    "disable": """
git story disable                    # this repository
git story disable --global           # undo git story enable --global
""",
    "status": """
git story status
git story status --json              # for scripts
""",
    "doctor": """
git story doctor                     # makes a commit in a scratch clone
git story doctor --no-trial          # look only
""",
    "config": """
git story config                                # all settings
git story config docs                           # what each one means
git story config get link.mode
git story config set capture.ignore_agents aider
""",
    "config docs": """
git story config docs
""",
    "config get": """
git story config get history.detail
""",
    "config list": """
git story config list
git story config list --json         # for scripts
""",
    "config path": """
git story config path
""",
    "config set": """
git story config set link.mode both
git story config set --team history.detail prompts  # for everybody
git story config set capture.ignore_agents aider codex
""",
    "config unset": """
git story config unset link.mode
""",
    "agents": """
git story agents                     # the agents found on this machine
git story agents -v                  # the places searched
""",
    "inspect": """
git story inspect claude-code                  # its files
git story inspect claude-code --search slugify
""",
    "completion": """
git story completion bash
git story completion fish > git-story.fish
""",
    "help": """
git story help                       # commands and topics
git story help linking               # a topic
git story help why                   # a command
""",
    "version": """
git story version
git story version --build-options    # what a bug report needs
""",
    "hook": """
git-story hook post-commit "$@" || :     # in a hook of your own
""",
}
"""Path of a command below `git story` -> its examples, one a line."""


def command_lines(name: str) -> list[str]:
    """The examples of the command called `name` (as in "history write"), one a line; none if there are none."""
    return EXAMPLES.get(name, "").strip().splitlines()
