"""What is not even searched: output of calls that name a file of secrets, and the contents of edits to one."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec.structs import replace

from gitstory.model import Call, Conversation, Edit, Hunk, Replacement, Step
from gitstory.redact import secret_printing_commands
from gitstory.redact.settings import Settings

PATHS = (
    ".env", ".env.*", "*.env", ".envrc", "*.pem", "*.key", "*.p8", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx",
    "*.ppk", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", ".netrc", "_netrc", ".pgpass", ".my.cnf", ".htpasswd",
    ".git-credentials", ".pypirc", ".aws/credentials", ".docker/config.json", "*.tfvars", "*.tfstate", "secrets.y*ml",
    ".npmrc", ".yarnrc.yml", ".kube/config", "kubeconfig*", "*.kubeconfig", "gh/hosts.yml", ".vault-token", ".s3cfg",
    ".boto", "rclone.conf", ".authinfo*", "application_default_credentials.json", "credentials.tfrc.json",
    "*.auto.tfvars.json", "terraform.tfvars.json", ".dockercfg", "*.ovpn", "etc/shadow", "wg*.conf", ".vault_pass*",
    "initialAdminPassword", "secret", "*.secret", "SECRET_KEY", "*authtoken*", "*.token", "auth_token", "access_token",
    "*passwd.txt", "*password.txt", "*passwords.txt", "*secret.txt", "*secrets.txt", "*credentials.txt", "*.creds",
    "master.key", "credentials.json", ".cookie", "*_passphrase", "*.passphrase", "*.password", "*.pwd",
)  # fmt: skip
"""Globs over the last part of a path, or over its last two parts where the glob has a slash."""
HARMLESS = ("*.pub", "*.example", "*.sample", "*.template", "*.dist", "*.tmpl", "process.env", "import.meta.env")

NOTICE = "[redacted:withheld]"
_WORD = re.compile(r"""[^\s"'`=<>|;&()\[\]{},]{2,300}""")


def rules(settings: Settings) -> Rules:
    """The rules that these settings ask for."""
    return _rules(settings.withhold_paths, settings.keep_paths, settings.withhold_tools)


@lru_cache(maxsize=8)
def _rules(paths: tuple[str, ...], kept: tuple[str, ...], tools: tuple[str, ...]) -> Rules:
    return Rules(paths, kept, tools)


class Rules:
    """`paths` are globs beside `PATHS`, `kept` what of those alone is harmless here; what is asked for by name is never
    kept. `tools` are names whose output is never kept, compared without case."""

    def __init__(self, paths: Iterable[str], kept: Iterable[str], tools: Iterable[str]) -> None:
        paths = tuple(paths)
        self._requested = _union(paths)
        self._secret = _union(PATHS)
        self._harmless = _union((*HARMLESS, *kept))
        self._tools = frozenset(tool.lower() for tool in tools)
        self._hints = tuple(sorted({_hint(glob) for glob in (*PATHS, *paths)}))
        self.names = lru_cache(maxsize=4096)(self._names)

    def _names(self, path: str) -> bool:
        """Whether the path is one of a file of secrets."""
        parts = path.replace("\\", "/").rstrip("/:.").split("/")
        ends = (parts[-1], "/".join(parts[-2:]))
        if any(map(self._requested.match, ends)):
            return True
        return any(map(self._secret.match, ends)) and not any(map(self._harmless.match, ends))

    def apply(self, conversation: Conversation) -> Conversation:
        """The conversation without the withheld texts; the same object where there are none."""
        turns = tuple(
            turn if (steps := tuple(map(self._step, turn.steps))) == turn.steps else replace(turn, steps=steps)
            for turn in conversation.turns
        )
        return conversation if turns == conversation.turns else replace(conversation, turns=turns)

    def _step(self, step: Step) -> Step:
        if not isinstance(step, Call):
            return step
        edits = tuple(_emptied(edit) if self.names(edit.path) else edit for edit in step.edits)
        if step.output and (
            step.tool.lower() in self._tools
            or self.in_words(command := step.input[:4000])
            or secret_printing_commands.prints_secret(command)
        ):
            step = replace(step, output=NOTICE)
        if edits != step.edits:
            # The arguments of an edit hold the same contents; a command line is needed to understand the story.
            step = replace(step, edits=edits, input=step.input if len(step.input) < 300 else NOTICE)
        return step

    def in_words(self, text: str) -> bool:
        """Whether one of the words is a path of a file of secrets; a quick look first whether any could be."""
        low = text.lower()
        return any(hint in low for hint in self._hints) and any(map(self.names, _WORD.findall(text)))


def names_secret_file(text: str) -> bool:
    """Whether one of the words is a path of a file of secrets, by the built-in rules alone."""
    return _rules((), (), ()).in_words(text)


def _hint(glob: str) -> str:
    """The longest part of a glob that stands in whatever it matches."""
    plain = re.sub(r"\[[^\]]*\]?", "*", glob.lower()).replace("?", "*").replace("\\", "/")
    return max(plain.rpartition("/")[2].split("*"), key=len)


def _union(globs: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(fnmatch.translate(glob) for glob in globs) or r"(?!)", re.I)


def _emptied(edit: Edit) -> Edit:
    """Keeps the number of lines of every text, so that ranges of lines still hold."""
    return replace(
        edit,
        before=None if edit.before is None else _blank(edit.before),
        after=None if edit.after is None else _blank(edit.after),
        hunks=tuple(Hunk(one.old_start, one.new_start, tuple(_line(line) for line in one.lines)) for one in edit.hunks),
        replacements=tuple(Replacement(_blank(one.old), _blank(one.new), one.all) for one in edit.replacements),
    )


def _line(line: str) -> str:
    return line[:1] + _blank(line[1:])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]+", NOTICE, text)
