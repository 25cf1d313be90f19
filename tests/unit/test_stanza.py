"""Our entries in a `.pre-commit-config.yaml`: everything else stays byte for byte, there and back."""

from __future__ import annotations

import pytest
import yaml

from gitstory.hooks.precommit_config import IDS, StanzaError, has_ours, stages, with_stanza, without_stanza
from gitstory.hooks.shims import EVENTS, TRAILER_EVENTS

PLAIN = """repos:
-   repo: https://example.com/tools
    rev: v1
    hooks:
    -   id: tool
"""
TEXTS = {
    "plain": PLAIN,
    "nothing": "",
    "comments only": "# what we check\n",
    "no newline at the end": PLAIN.rstrip("\n"),
    "indented": "repos:\n  - repo: local   # ours\n    hooks:\n      - id: a\n        name: a\n        entry: true\n"
    "        language: system\n\n# the end\n",
    "comments of the last item": PLAIN + "    # -   id: not-now\n    #     args: []\n# of the file\n",
    "keys after": PLAIN + "\n\ndefault_stages: [pre-commit]  # all\nci:\n  skip: [tool]\n",
    "keys before": "minimum_pre_commit_version: '3.2'\nexclude: |\n  (?x)^(\n    repos: no\n  )$\n" + PLAIN,
    "windows": PLAIN.replace("\n", "\r\n"),
    "windows, no newline at the end": PLAIN.replace("\n", "\r\n").rstrip("\r\n"),
    "a block at the end": PLAIN + "        exclude: |\n          one\n          two\n\n\nfail_fast: true\n",
    "an alias at the end": "x: &args [a, b]\n" + PLAIN + "        args: *args\n",
    "an alias as the last item": "x: &a one\n" + PLAIN + "        args:\n        - *a\nfail_fast: true\n",
    "a flow item": 'repos:\n- {repo: meta, hooks: [{id: check-hooks-apply}]}\n# "repos:\n',
    "an empty list": "repos: []\n",
    "an empty list and more": "repos: []\nfail_fast: true\n",
    "a document start": "---\n" + PLAIN + "...\n",
    "not ascii": "# Prüfungen\n" + PLAIN.replace("tool", "wörk"),
}


@pytest.mark.parametrize("events", [EVENTS, EVENTS + TRAILER_EVENTS], ids=["usual", "trailers"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_there_and_back(text: str, events: tuple[str, ...]) -> None:
    new = with_stanza(text, events)
    assert stages(new) == events and has_ours(new) and not has_ours(text)
    before, after = yaml.safe_load(text) or {}, yaml.safe_load(new)
    assert after["repos"][:-1] == (before.get("repos") or [])
    assert {**after, "repos": 0} == {**before, "repos": 0}
    # Each line that was there is there, in its order, with its own end.
    kept = iter(new.splitlines(keepends=True))
    lines = text.splitlines(keepends=True)
    for line in lines[:-1]:
        assert line in kept or line.strip() == "repos: []"
    assert without_stanza(new) == text
    assert with_stanza(new, events) == new


def test_other_events_replace_the_stanza() -> None:
    both = with_stanza(PLAIN, EVENTS + TRAILER_EVENTS)
    assert with_stanza(both, EVENTS) == with_stanza(PLAIN, EVENTS)


def test_hooks_put_in_by_hand_are_left() -> None:
    by_id = PLAIN + "-   repo: https://example.com/gitstory\n    rev: v1\n    hooks:\n    -   id: gitstory-capture\n"
    assert with_stanza(by_id, EVENTS) == by_id and stages(by_id) == ("post-commit",)
    by_entry = PLAIN + "-   repo: local\n    hooks:\n    -   id: x\n        entry: git-story hook post-merge\n"
    assert with_stanza(by_entry, EVENTS) == by_entry and stages(by_entry) == ("post-merge",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("repos: [{repo: meta, hooks: [{id: identity}]}]\n", "between brackets"),
        ("repos: {a: b}\n", "no list"),
        ("- repos\n", "no mapping"),
        ("repos: [\n", "not valid YAML"),
        ("repos:\n\t- a\n", "not valid YAML"),
    ],
)
def test_what_cannot_be_added_to_is_said(text: str, why: str) -> None:
    with pytest.raises(StanzaError, match=why):
        with_stanza(text, EVENTS)


def test_the_ids_are_those_of_the_manifest() -> None:
    from pathlib import Path

    manifest = yaml.safe_load((Path(__file__).resolve().parents[2] / ".pre-commit-hooks.yaml").read_text())
    there = {
        hook["id"]: hook["stages"][0] for hook in manifest if hook["id"] not in ("gitstory-check", "gitstory-rules")
    }
    assert there == IDS
