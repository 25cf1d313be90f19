"""The table of settings: each with its name, kind, default, who may set it, and what a committed file may do."""

from __future__ import annotations

from collections.abc import Iterator

from gitstory.config.setting import ConfigError, Key, split_name
from gitstory.config.toml_values import shown

_NARROWS = "A committed file can only narrow this."
_OWN = "Never read from a committed file."

KEYS: tuple[Key, ...] = (
    Key("capture.enabled", "bool", True, "Record commits and conversations.", "false", security=_NARROWS),
    Key(
        "capture.detail",
        "choice",
        "full",
        "What is stored of a turn: prompts alone, prompts and answers, or also thinking, tool calls and edits.",
        "least",
        ("prompts", "prompts+answers", "full"),
        _NARROWS,
    ),
    Key("capture.thinking", "bool", True, "Store the agent's recorded reasoning.", "false", security=_NARROWS),
    Key(
        "capture.output_limit",
        "count",
        1500,
        "Characters kept of the output of one shell command.",
        "least",
        security=_NARROWS,
    ),
    Key(
        "capture.ignore_paths",
        "list",
        (),
        "Files (patterns as in .gitignore) whose edits are not stored and link to nothing.",
        "union",
        security="A committed file adds to the person's list.",
    ),
    Key(
        "capture.ignore_agents",
        "list",
        (),
        "Agents whose conversations are never read.",
        "union",
        security="A committed file adds to the person's list.",
    ),
    Key(
        "capture.ignore_branches",
        "list",
        (),
        "Branches (patterns with `*`) whose commits are not recorded.",
        "union",
        security="A committed file adds to the person's list.",
    ),
    Key(
        "capture.archive",
        "bool",
        True,
        "Keep conversations of this repository that led to no commit before their agent deletes them; never pushed.",
        "false",
        security=_NARROWS,
    ),
    Key(
        "capture.private_marker",
        "text",
        "#private",
        "A word that, typed in a prompt, keeps this turn and the rest of the conversation private; empty for none.",
        security=_OWN,
    ),
    Key(
        "capture.private_conversations",
        "list",
        (),
        "Conversations that are not recorded, as AGENT/ID; `git story off --conversation` writes this.",
        security=_OWN,
    ),
    Key(
        "capture.private_periods",
        "list",
        (),
        "Times in which nothing is recorded, START..END in seconds since 1970; `git story off` and `on` write this.",
        security=_OWN,
    ),
    Key(
        "link.mode",
        "choice",
        "notes",
        "How a commit shows its story: a git note, `Story:` trailers in the message, or both.",
        choices=("notes", "trailers", "both"),
        security=_OWN,
    ),
    Key(
        "link.wait",
        "count",
        1500,
        "Milliseconds a commit may wait for its trailers and history files; what takes longer is left out.",
        security=_OWN,
    ),
    Key(
        "history.path",
        "text",
        ".gitstory/history",
        "Folder for Markdown histories, relative to the top of the work tree.",
        "override",
        security="Always inside of the work tree and outside of .git.",
    ),
    Key(
        "history.autosave",
        "bool",
        False,
        "Write history files after each commit; trailers (`link.mode`) need them and do so anyway.",
        "override",
    ),
    Key(
        "history.commit",
        "bool",
        False,
        "Let history files be committed: stage them with each commit; otherwise `.git/info/exclude` keeps them out.",
        "false",
        security="A committed file cannot turn it on.",
    ),
    Key(
        "history.detail",
        "choice",
        "full",
        "How much of a turn history files hold; never more than is stored.",
        "least",
        ("prompts", "prompts+answers", "full"),
        _NARROWS,
    ),
    Key(
        "history.format",
        "choice",
        "gitstory",
        "The shape of history files: gitstory's own, or SpecStory's Markdown v2.1.0.",
        "override",
        ("gitstory", "specstory"),
    ),
    Key("redact.emails", "bool", True, "Hide e-mail addresses.", "true", security=_NARROWS),
    Key("redact.hosts", "bool", False, "Hide host names that are not well known.", "true", security=_NARROWS),
    Key(
        "redact.host_names",
        "list",
        (),
        "Hosts that are hidden wherever they stand; `*.corp.example` means that domain and all hosts under it.",
        "union",
        security="A committed file adds to the person's list.",
    ),
    Key(
        "redact.homes",
        "bool",
        True,
        "Write `~` for home directories, and hide your account name in other paths.",
        "true",
        security=_NARROWS,
    ),
    Key(
        "redact.withhold_paths",
        "list",
        (),
        "Files whose contents and output are not kept, beside those known for secrets (`.env`, `*.pem`, `id_rsa` ...).",
        "union",
        security="A committed file adds to the person's list.",
    ),
    Key(
        "redact.withhold_tools",
        "list",
        (),
        "Tools of agents whose output is never kept.",
        "union",
        security="A committed file adds to the person's list.",
    ),
    Key(
        "redact.keep_paths",
        "list",
        (),
        "Files that are named like files of secrets and hold none (`tests/*.pem`); `withhold_paths` beats it.",
        security=_OWN,
    ),
    Key(
        "redact.rules",
        "table",
        {},
        "Own rules: name = regular expression; what it matches (or its group `secret`) is hidden.",
        "union",
        security="A committed file adds rules; it cannot replace or remove any.",
    ),
    Key(
        "redact.allow",
        "list",
        (),
        "Regular expressions for findings that are no secrets and may be stored.",
        security=_OWN,
    ),
    Key(
        "redact.allow_literals",
        "list",
        (),
        "Findings, letter for letter, that are no secrets and may be stored.",
        security=_OWN,
    ),
    Key(
        "search.semantic",
        "bool",
        False,
        "`git story search` ranks by meaning too; needs the extra `semantic`.",
        security=_OWN,
    ),
    Key("identity.emails", "list", (), "Further e-mail addresses you commit with.", security=_OWN),
    Key("identity.names", "list", (), "Further names you commit with.", security=_OWN),
    Key(
        "agents.<agent>.roots",
        "list",
        (),
        "Further folders in which an agent's conversations lie.",
        security=_OWN,
    ),
    Key(
        "story.remote",
        "text",
        "",
        "The remote that stories are pushed to and pulled from; empty for the branch's own.",
        security=_OWN,
    ),
    Key(
        "story.ref",
        "text",
        "refs/story/data",
        "The ref that holds the stories at the remote; a branch where it takes nothing else (refs/heads/gitstory).",
        security=_OWN,
    ),
    Key(
        "story.auto_push",
        "bool",
        False,
        "Push stories after each `git push`, to remotes you have pushed stories to before.",
        security=_OWN,
    ),
    Key(
        "story.auto_pull",
        "bool",
        False,
        "Pull stories after each `git pull`.",
        security=_OWN,
    ),
    Key(
        "story.timeout",
        "count",
        120,
        "Seconds without progress after which `push`, `pull` and `sync` give up; 0 waits for ever.",
        security=_OWN,
    ),
    Key(
        "story.pull",
        "choice",
        "background",
        "The first pull of many stories: texts come in the background, or you wait, or they come when needed.",
        choices=("background", "wait", "when-needed"),
        security=_OWN,
    ),
    Key(
        "color",
        "choice",
        "auto",
        "When to colour the output.",
        choices=("auto", "always", "never"),
        security=_OWN,
    ),
    Key(
        "debug",
        "text",
        "",
        "`true`: say on stderr what is done and how long it takes; else a file to write that to. Redacted.",
        security=_OWN,
    ),
)


def find_key(name: str) -> Key:
    """The key of a name, `redact.rules.<id>` being an item of its table. Raises `ConfigError`."""
    for key in KEYS:
        if key.matches(name) or (
            key.kind == "table" and name.startswith(key.name + ".") and len(name) > len(key.name) + 1
        ):
            return key
    raise ConfigError(f"unknown setting: {name}", hint=suggestion(name) or "`git story config list` shows them all")


def suggestion(name: str) -> str | None:
    """`did you mean ...?` for a name that is no key."""
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), [key.name for key in KEYS], n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else None


def table_rows() -> Iterator[tuple[str, str, str, str, str]]:
    """(name, kind, default, who, help) of every key, as `docs/configuration.md` shows them."""
    for key in KEYS:
        kind = " \\| ".join(f"`{choice}`" for choice in key.choices) if key.choices else key.kind
        who = "person" if key.scope == "person" else "person, team"
        yield f"`{key.name}`", kind, f"`{shown(key.default)}`", who, " ".join(filter(None, (key.help, key.security)))


def markdown_table() -> str:
    """The key table of docs/configuration.md."""
    rows = [("key", "kind", "default", "set by", "meaning"), ("---",) * 5, *table_rows()]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def parts_of(name: str) -> tuple[str, ...]:
    """The TOML path of a setting: an agent's or rule's own name is one part, whatever it holds."""
    key = find_key(name)
    if key.kind == "table" and name != key.name:
        return (*key.name.split("."), name[len(key.name) + 1 :])
    return tuple(split_name(name))
