"""Which wishes, said once, may be meant for good: those about the work of an agent, not about the program. Pure.

"Do not guess" and "avoid numpy" may be rules; "do not show the total" is a wish for the program at hand.
"""

from __future__ import annotations

_WORK = frozenset(
    """amend ask assume avoid bypass change comment commit create delete edit force-push guess hard-code
    hardcode implement install invent merge mock modify monkeypatch overwrite publish push rebase refactor
    rely rename revert run skip squash stub suppress swallow touch use wait write""".split()  # noqa: SIM905
)
"""What agents do while they work."""
_COMPARED = frozenset("larger smaller bigger more less longer shorter same additional extra solid".split())  # noqa: SIM905
"""Words that compare with what only the conversation knows."""
_POINTING = frozenset("it its that this them these those he she they other".split())  # noqa: SIM905


def names_no_place(text: str) -> bool:
    """Whether a wish names no file, no number, no call and nothing that only its conversation knows."""
    plain = text.rstrip(".")
    if any(char.isdigit() or char in "@/()" for char in plain) or "." in plain or "_" in plain:
        return False
    return _POINTING.isdisjoint(word.strip(",;:").lower() for word in plain.split())


def about_work(text: str) -> bool:
    """Whether a ban forbids something that agents do, and does not compare with what only the conversation knows."""
    words = [word.strip(",;:.").lower() for word in text.split()]
    if words[:1] in (["never"], ["avoid"]):
        words = words[words[0] == "never" :]
    elif words[:2] == ["do", "not"]:
        words = words[2:]
    else:
        return False
    return bool(words) and words[0] in _WORK and not any(word in _COMPARED for word in words[1:])
