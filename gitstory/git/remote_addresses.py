"""What a remote's address says: without a password in it, and whether anybody may read there."""

from __future__ import annotations

import os
import re
from pathlib import Path

from .process import over_network, stranger_env

_PROBE_SECONDS = 10.0
_FORGES = ("github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "git.sr.ht")
"""Hosts whose ssh addresses have an https twin that answers without an account where everybody may read."""

_SCP = re.compile(r"(?:[^@/]+@)?([A-Za-z0-9.-]+):(?!//)(.+)\Z")
_URL = re.compile(r"([a-z+]+)://(?:[^@/]*@)?([^/:]*)(:\d+)?/(.*)\Z", re.IGNORECASE | re.DOTALL)


def without_password(text: str) -> str:
    """Text with what stands before the "@" of an http address taken out."""
    return re.sub(r"(?i)\b(https?://)[^@/\s]*@", r"\1", text)


def open_address(url: str) -> str | None:
    """The address at which anybody could read the repository if it is public; None if that is unknown."""
    scp = _SCP.match(url)
    if scp is not None:
        return f"https://{scp[1]}/{scp[2].lstrip('/')}" if scp[1].lower() in _FORGES else None
    parts = _URL.match(url)
    if parts is None:
        return None
    scheme, host, port, path = parts[1].lower(), parts[2], parts[3] or "", parts[4]
    if scheme in ("http", "https", "git"):
        return f"{scheme}://{host}{port}/{path}"
    if scheme in ("ssh", "git+ssh", "ssh+git") and host.lower() in _FORGES:
        return f"https://{host}/{path}"
    return None


def known_public(url: str) -> bool:
    """Whether the repository was just now read, or can only be read, without logging in.

    False says nothing: the host may not have answered, or there is no way to ask. No password, token, cookie or
    netrc of the person's goes along with the question.
    """
    address = open_address(url)
    if address is None:
        return False
    if address.startswith("git://"):
        return True  # the protocol has no way to log in
    done = over_network(
        ["-c", "credential.helper=", "-c", "core.askPass=", "ls-remote", "--quiet", "--", address, "HEAD"],
        cwd=Path(os.sep),
        env=stranger_env(),
        unattended=True,
        timeout=_PROBE_SECONDS,
    )
    return done.returncode == 0
