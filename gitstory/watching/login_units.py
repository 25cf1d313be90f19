"""Units by which the system itself starts a watcher at login: systemd's user units and launchd's agents. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

NAME = "gitstory-watch"


def systemd(words: Sequence[str], where: Path) -> str:
    """A user unit. Quoting as in systemd.syntax(7) and systemd.service(5): `%` stands for specifiers everywhere, `$`
    for variables in commands alone."""
    name = unit_name(where)
    if set(words[0]) & set("\"'\\$"):
        # systemd takes no program of such a name; a word of a command may be anything.
        words = ["/bin/sh", "-c", 'exec "$0" "$@"', *words]
    path = "".join(char if char.isprintable() else "?" for char in str(where)).replace("%", "%%").rstrip("\\")
    return (
        f"# Save as ~/.config/systemd/user/{name}.service, then:\n"
        f"#   systemctl --user enable --now {name}.service\n"
        "[Unit]\n"
        f"Description=git story watch in {path}\n"
        "\n"
        "[Service]\n"
        "Type=exec\n"
        f"WorkingDirectory={_path(str(where))}\n"
        f"ExecStart={' '.join(_word(word) for word in words)}\n"
        "Nice=10\n"
        "Restart=on-failure\n"
        "RestartSec=30\n"
        "\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )


def _path(text: str) -> str:
    """A path as a setting's whole value: not split at blanks, so not quoted."""
    return text.replace("%", "%%")


def _word(text: str) -> str:
    """A word of a command line."""
    escaped = "".join(_escaped(char) for char in text)
    return f'"{escaped}"'


def _escaped(char: str) -> str:
    plain = {"\\": "\\\\", '"': '\\"', "%": "%%", "$": "$$"}
    if char in plain:
        return plain[char]
    return f"\\x{ord(char):02x}" if ord(char) < 32 or ord(char) == 127 else char


def launchd(words: Sequence[str], where: Path) -> str:
    """An agent's property list."""
    import plistlib

    label = f"gitstory.{unit_name(where)}"
    settings = {
        "Label": label,
        "ProgramArguments": list(words),
        "WorkingDirectory": str(where),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ProcessType": "Background",
        "Nice": 10,
    }
    return plistlib.dumps(settings, sort_keys=False).decode("utf-8")


def unit_name(where: Path) -> str:
    """`gitstory-watch-myproject-1a2b3c4d`: one for each repository, whatever else is called like it."""
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in where.name)[:40].strip("-")
    digest = blake2b(str(where).encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
    return "-".join(filter(None, [NAME, plain.lower(), digest]))
