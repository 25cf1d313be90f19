"""Which objects a repository has."""

from __future__ import annotations

from collections.abc import Iterable

from .repo import Repo


def present(repo: Repo, oids: Iterable[str]) -> list[str]:
    """Those of the ids that the repository has objects of."""
    stdin = "".join(f"{oid}\n" for oid in oids).encode()
    if not stdin:
        return []
    output = repo.git("cat-file", "--batch-check", input=stdin).decode("ascii", "replace")
    return [line.split()[0] for line in output.splitlines() if not line.endswith(" missing")]
