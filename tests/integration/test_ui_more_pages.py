"""`git story ui`: rules, write-ups, the agents' raw stores, the debug log, turns and tokens."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gitstory.model import Conversation, Say, Tokens, Turn
from tests.claude_session import ClaudeSession
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.served import Answer, Served, served
from tests.stories import AGENT, ID, Told, store

RULE = "Always run the linter before you commit."
SECRET = "ghp_" + "9aB3cD5eF7gH1iJ2kL4mN6oP8qR0sT1uV2wX"


@pytest.fixture
def told(repo: GitRepo) -> Told:
    """A repository in which a person gave a rule."""
    made = Told(repo)
    turns = (
        Turn(id="r1", index=1, prompt="Add a helper", time=1_763_500_000.0, steps=(Say("Done."),)),
        Turn(id="r2", index=2, prompt=RULE, time=1_763_500_060.0, steps=(Say("I will."),)),
    )
    store(repo.path, [], [Conversation(agent=AGENT, id="11112222-3333-4444-8555-666677778888", turns=turns)])
    story(repo.path, "enable", "--no-hooks")
    return made


def decide(server: Served, **fields: str) -> Answer:
    csrf = re.findall(r'name="csrf" value="([^"]+)"', server.page("/rules"))
    return server.form("/rules", csrf[0], **fields)


def listed(server: Served) -> dict[str, str]:
    return {rule["rule"]: rule["status"] for rule in server.read("/rules.json")}


def test_rules_are_accepted_edited_rejected_and_written(told: Told) -> None:
    where = told.repo.path
    with served(where) as server:
        [rule] = server.read("/rules.json")
        assert RULE.rstrip(".") in rule["rule"]
        html = server.page("/rules")
        assert f"/conversation/{AGENT}/11112222-3333-4444-8555-666677778888?turn=2#turn-2" in html
        assert "no rule is accepted yet" in decide(server, decision="write", target="agents").text

        assert decide(server, decision="accept", id=rule["id"]).status == 200
        assert listed(server) == {rule["rule"]: "accepted"}
        assert json.loads(story(where, "rules", "--json").out)["status"] == "accepted", "as the command sees it"

        shown = decide(server, decision="write", target="agents")
        assert "AGENTS.md" in shown.text and not (where / "AGENTS.md").exists(), "it is shown first"
        assert "1 rule written to AGENTS.md" in decide(server, decision="write", target="agents", sure="1").text
        assert rule["rule"] in (where / "AGENTS.md").read_text()

        decide(server, decision="edit", id=rule["id"], text="Run   the linter\nfirst.")
        assert listed(server) == {"Run the linter first.": "accepted"}
        decide(server, decision="reject", id=rule["id"])
        assert set(listed(server).values()) == {"rejected"}
        assert story(where, "rules", "--json").out == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"decision": "accept", "id": "ffffffff"},
        {"decision": "drop", "id": ""},
        {"decision": "edit", "id": "", "text": " "},
        {"decision": "write", "target": "../outside.md"},
    ],
)
def test_what_cannot_be_decided_changes_nothing(told: Told, fields: dict[str, str]) -> None:
    with served(told.repo.path) as server:
        decide(server, decision="accept", id=server.read("/rules.json")[0]["id"])
        before = (told.repo.path / ".gitstory/rules.toml").read_text()
        assert decide(server, **fields).status == 400
        assert (told.repo.path / ".gitstory/rules.toml").read_text() == before
        assert server.form("/rules", "wrong", decision="reject", id="x").status == 403


@pytest.mark.parametrize("form", ["post", "changelog", "adr", "handoff", "standup", "release-notes"])
def test_each_form_of_a_write_up_is_what_the_command_prints(told: Told, form: str) -> None:
    where = told.repo.path
    with served(where) as server:
        printed = story(where, "tell", "HEAD", "--as", form)
        assert printed.code == 0
        assert server.read(f"/tell.json?as={form}&of=HEAD")["markdown"] == printed.out
        html = server.page(f"/tell?as={form}&of=HEAD")
        assert f"git story tell HEAD --as {form}" in html
        assert 'name="of" value="HEAD"' in html


def test_what_cannot_be_written_up_is_said_beside_the_form(told: Told) -> None:
    with served(told.repo.path) as server:
        html = server.page("/tell?of=none..HEAD", 404)
        assert "unknown revision" in html and 'name="as"' in html
        assert "not a range" in server.page("/tell?of=--all", 404)


def test_a_raw_store_is_searched_and_its_secrets_are_masked(told: Told, home: Path) -> None:
    session = ClaudeSession(home, told.repo.path, 1_763_100_000)
    session.prompt(f"Use the walrus token {SECRET} for the upload")
    with served(told.repo.path) as server:
        assert "Claude Code" in server.page("/stores")
        [file] = [row["key"] for row in server.read("/stores.json?agent=claude-code") if row["key"].endswith(".jsonl")]
        assert file in server.page("/stores?agent=claude-code")
        pieces = server.read(f"/stores.json?agent=claude-code&file={file}")
        assert pieces
        hits = server.read("/stores.json?agent=claude-code&q=WALRUS")
        printed = story(told.repo.path, "inspect", "claude-code", "--search", "WALRUS", "--json").out.splitlines()
        assert hits == [json.loads(line) for line in printed] and len(hits) == 1
        key = hits[0]["key"]
        html = server.page(f"/stores?agent=claude-code&key={key}")
        assert "walrus token" in html and SECRET not in html and "data-copy" in html
        everything = [
            html,
            *(server.page(f"/stores?agent=claude-code{more}") for more in ("", f"&file={file}", "&q=token")),
        ]
        assert SECRET not in "".join(everything)
        session.prompt("A later walrus")
        assert len(server.read("/stores.json?agent=claude-code&q=walrus")) == 2, "as it is now"
        assert "no-such" in server.page("/stores?agent=claude-code&key=no-such", 400)
        server.page("/stores?agent=no-agent", 400)
        assert "bytes" in server.page("/stores?agent=claude-code&q=walrus")


def test_the_debug_log(told: Told) -> None:
    with served(told.repo.path) as server:
        assert "There is no debug log" in server.page("/log")
        log = told.repo.path / ".git/gitstory/debug.log"
        log.write_text("first <b>\nlast\n")
        assert "last\nfirst &lt;b&gt;" in server.page("/log")
        assert server.read("/log.json")["lines"] == ["last", "first <b>"]


def test_all_changes_of_a_conversation_by_file(told: Told) -> None:
    with served(told.repo.path) as server:
        assert f'href="/changes/{AGENT}/{ID}"' in server.page(f"/conversation/{AGENT}/{ID}")
        html = server.page(f"/changes/{AGENT}/{ID}")
        assert "1 file · +8 −0 · 3 edits" in html
        turns = re.findall(r'Edited in <a href="[^"]*\?turn=(\d)#', html)
        assert turns == ["2", "4", "5"]
        [file] = server.read(f"/changes.json/{AGENT}/{ID}")["files"]
        assert [edit["turn"] for edit in file["edits"]] == [2, 4, 5]
        assert "No file was changed" in server.page("/changes/~/11112222-3333-4444-8555-666677778888")


def test_turns_corrections_and_tokens(told: Told) -> None:
    turns = tuple(
        Turn(id=f"u{n}", index=n, prompt="Go on", time=1_763_500_000.0 + n * 86_400, tokens=Tokens(1000 * n, n, 10))
        for n in range(1, 4)
    )
    store(told.repo.path, [], [Conversation(agent="codex", id="tokens", turns=turns)])
    with served(told.repo.path) as server:
        counted = server.read("/usage.json")
        by_agent = {row["name"]: row for row in counted["agents"]}
        assert by_agent["codex"]["turns"] == by_agent["codex"]["counted"] == 3
        assert by_agent["codex"]["tokens"] == {"input": 6000, "cached": 30, "output": 6}
        assert by_agent[AGENT]["turns"] == 7 and by_agent[AGENT]["corrections"] == 1
        assert sum(row["turns"] for row in counted["times"]) == counted["turns"] == 10
        html = server.page("/usage")
        assert "6,000 tokens read, 6 written (recorded for 3 turns)" in html and html.count("<svg") == 2
        assert f"/conversation/{AGENT}/{ID}" not in html
        assert 'data-load="/usage"' in server.page("/stats")
        assert "<html" not in server.page("/usage?part=1")
