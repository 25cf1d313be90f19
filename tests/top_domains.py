"""`python -m tests.top_domains`: writes `gitstory/redact/top_domains.txt` anew from the package publicsuffixlist.

The list is that of the domains' registry, as the Public Suffix List has it: every last label, international ones both
as they are written and as they are sent (`xn--`). The first line names the release it was made from.
"""

from __future__ import annotations

import sys
from importlib import metadata, resources
from pathlib import Path

PLACE = Path(__file__).resolve().parents[1] / "gitstory" / "redact" / "top_domains.txt"


def labels(rules: str) -> set[str]:
    """The last label of each rule of the registry's own part, in both spellings."""
    official = rules.partition("===BEGIN ICANN DOMAINS===")[2].partition("===END ICANN DOMAINS===")[0]
    lines = (line.split()[0] for line in official.splitlines() if line.strip() and not line.startswith("//"))
    plain = {line.rpartition(".")[2] for line in lines}
    return plain | {label.encode("idna").decode("ascii") for label in plain if not label.isascii()}


def main() -> int:
    release = metadata.version("publicsuffixlist")
    rules = resources.files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8")
    found = sorted(labels(rules))
    PLACE.write_text(f"# Top-level domains, from publicsuffixlist {release}\n" + "\n".join(found) + "\n", "utf-8")
    print(f"{len(found)} written to {PLACE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
