"""`git story ui`: what the buttons do, and that each does what its command does."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from gitstory.ui.button_commands import ACTIONS, remedy
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.served import Answer, Served, served
from tests.stories import AGENT, ID, Told


@pytest.fixture
def told(repo: GitRepo) -> Told:
    made = Told(repo)
    story(repo.path, "enable", "--no-hooks")
    return made


def csrf(server: Served) -> str:
    return re.findall(r'name="csrf" value="([^"]+)"', server.page("/control"))[0]


def press(server: Served, action: str, **fields: str) -> Answer:
    return server.form("/control", csrf(server), action=action, **fields)


def buttons(page: str) -> set[str]:
    return set(re.findall(r'name="action" value="([^"]+)"', page))


@pytest.mark.parametrize("csrf_sent", ["", "wrong", None])
def test_a_form_without_its_token_does_nothing(told: Told, csrf_sent: str | None) -> None:
    with served(told.repo.path) as server:
        token = csrf(server)[::-1] if csrf_sent is None else csrf_sent
        answer = server.form("/control", token, action="off")
        assert answer.status == 403 and "not made by this run" in answer.text
        assert "on" not in buttons(server.page("/control"))


def test_a_form_from_elsewhere_does_nothing(told: Told) -> None:
    with served(told.repo.path) as server:
        body = f"csrf={csrf(server)}&action=off"
        for headers in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
            assert server.ask("/control", method="POST", body=body, headers=headers).status == 403
        assert "off" in buttons(server.page("/control"))


def test_recording_is_paused_and_resumed(told: Told) -> None:
    with served(told.repo.path) as server:
        assert "nothing is recorded here since" in press(server, "off").text
        page = server.page("/control")
        assert "Not recording" in page and {"on"} == buttons(page) & {"on", "off"}
        assert "switched off since" in story(told.repo.path, "status").out
        assert "recording again" in press(server, "on").text
        assert {"off"} == buttons(server.page("/control")) & {"on", "off"}


def test_settings_are_written_where_the_command_writes_them(told: Told, home: Path) -> None:
    with served(told.repo.path) as server:
        assert "emails-off" in buttons(server.page("/control"))
        assert press(server, "emails-off").status == 200
        assert story(told.repo.path, "config", "get", "redact.emails").out == "false\n"
        assert "emails-on" in buttons(server.page("/control"))


def test_hooks_are_installed_and_removed(told: Told) -> None:
    hook = told.repo.path / ".git/hooks/post-commit"
    with served(told.repo.path) as server:
        press(server, "enable")
        assert hook.exists()
        sure = press(server, "disable")
        assert "git story disable" in sure.text and hook.exists(), "it asks first"
        press(server, "disable", sure="1")
        assert not hook.exists()


def test_forgetting_shows_what_it_removes_and_asks(told: Told) -> None:
    with served(told.repo.path) as server:
        assert f"/conversation/{AGENT}/{ID}" in server.page("/conversations")
        asked = press(server, "forget", id=ID)
        assert "5 stored turns would be forgotten, 2 stories would be rewritten or removed" in asked.text
        assert server.read(f"/conversation.json/{AGENT}/{ID}")["id"] == ID
        done = press(server, "forget", id=ID, sure="1")
        assert done.status == 200 and "will be forgotten" in done.text
        server.page(f"/conversation/{AGENT}/{ID}", 404)
        assert "t0" not in server.page("/file/~/calc.py").partition('id="code"')[2].partition("</main>")[0]


def test_a_conversation_is_hidden_shared_and_saved(told: Told) -> None:
    with served(told.repo.path) as server:
        assert buttons(server.page(f"/conversation/{AGENT}/{ID}")) == {"save", "hide", "show", "share", "forget"}
        assert "is private now" in press(server, "hide", id=ID).text
        assert "is recorded again" in press(server, "show", id=ID).text
        shared = press(server, "share", id=ID)
        path = Path(re.findall(r">(\S+\.html): ", shared.text)[0])
        assert path.is_file() and "raise ZeroDivisionError instead" in path.read_text()


@pytest.mark.parametrize("sent", ["", "--all", "-y", "a b", "x\0y"])
def test_no_option_gets_in_through_the_name_of_a_conversation(told: Told, sent: str) -> None:
    with served(told.repo.path) as server:
        answer = press(server, "forget", id=sent, sure="1")
        assert answer.status == 400 and "which conversation?" in answer.text
        assert server.read(f"/conversation.json/{AGENT}/{ID}")


def test_an_unknown_button(told: Told) -> None:
    with served(told.repo.path) as server:
        assert press(server, "rm").status == 400


def test_modules_of_the_work_tree_are_not_run(told: Told) -> None:
    told.repo.write("gitstory/__init__.py", "raise SystemExit('taken over')\n")
    told.repo.write("gitstory/__main__.py", "print('taken over')\n")
    with served(told.repo.path, start=True) as server:
        assert "taken over" not in press(server, "drain").text


def test_the_push_is_shown_before_anything_leaves(told: Told, tmp_path: Path) -> None:
    told.repo.git("init", "-q", "--bare", str(tmp_path / "remote.git"))
    told.repo.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    with served(told.repo.path) as server:
        assert "1 conversation" in press(server, "preview").text
        press(server, "push", sure="1")
        listed = told.repo.git("ls-remote", str(tmp_path / "remote.git"))
        assert listed == "", "nobody agreed on a terminal"


def test_push_and_pull(told: Told, tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    told.repo.git("init", "-q", "--bare", str(remote))
    told.repo.git("remote", "add", "origin", str(remote))
    story(told.repo.path, "push", "--yes", "origin")
    told.repo.git("push", "-q", "origin", "HEAD:refs/heads/main")
    before = told.repo.git("ls-remote", str(remote), "refs/story/data")
    assert story(told.repo.path, "link", told.first, ID).code == 0
    with served(told.repo.path) as server:
        pushed = press(server, "push", sure="1")
        assert told.repo.git("ls-remote", str(remote), "refs/story/data") != before, pushed.text
    other = tmp_path / "other"
    told.repo.git("clone", "-q", "-b", "main", str(remote), str(other))
    with served(other) as server:
        assert press(server, "pull").status == 200
        assert ID in server.page("/conversations")


def test_what_is_stored_is_scanned_and_redacted(told: Told) -> None:
    told.repo.git("config", "story.redact.rules.error", "ZeroDivisionError")
    address = f"/conversation.json/{AGENT}/{ID}"
    with served(told.repo.path) as server:
        stored = json.dumps(server.read(address))
        assert "ZeroDivisionError" in stored
        findings = press(server, "scan")
        assert findings.status == 200 and "error" in findings.text
        sure = press(server, "scan-fix")
        assert "git story scan --fix" in sure.text and json.dumps(server.read(address)) == stored, "it asks first"
        press(server, "scan-fix", sure="1")
    assert "ZeroDivisionError" not in story(told.repo.path, "show", "--json", ID).out


def test_the_watcher_is_started_and_stopped(told: Told) -> None:
    with served(told.repo.path) as server:
        assert press(server, "watch").status == 200
        try:
            assert "unwatch" in buttons(server.page("/control"))
            assert json.loads(story(told.repo.path, "status", "--json").out)["watcher"]
        finally:
            press(server, "unwatch")
        assert not json.loads(story(told.repo.path, "status", "--json").out)["watcher"]


@pytest.mark.parametrize(
    ("button", "key", "value"),
    [
        ("autosave-on", "history.autosave", "true"),
        ("autosave-off", "history.autosave", "false"),
        ("emails-on", "redact.emails", "true"),
        ("hosts-on", "redact.hosts", "true"),
        ("hosts-off", "redact.hosts", "false"),
    ],
)
def test_a_setting(told: Told, home: Path, button: str, key: str, value: str) -> None:
    story(told.repo.path, "config", "set", key, "false" if value == "true" else "true")
    with served(told.repo.path) as server:
        press(server, button)
    assert story(told.repo.path, "config", "get", key).out == f"{value}\n"


@pytest.mark.parametrize("button", ["drain", "backfill", "scan", "doctor"])
def test_a_button_shows_what_its_command_prints(told: Told, home: Path, button: str) -> None:
    with served(told.repo.path) as server:
        page = press(server, button)
    printed = story(told.repo.path, *ACTIONS[button].args)
    lines = [line.strip() for line in (printed.out + printed.err).splitlines() if line.strip()]
    assert lines and html.escape(lines[0]) in page.text


def test_findings_have_the_button_of_the_command_that_their_hint_names(told: Told) -> None:
    assert remedy("`git story enable` renews them") == "enable"
    assert remedy("`git story drain` says more") == "drain"
    assert remedy("free some space") is None
    told.repo.git("config", "story.link.mode", "nonsense")
    with served(told.repo.path) as server:
        assert "Problems" in server.page("/control")


def test_each_button_names_a_command_that_exists() -> None:
    from gitstory.cli.main import COMMANDS

    names = {name for section in COMMANDS.values() for name in section}
    for action in ACTIONS.values():
        assert action.args[0] in names and (not action.asks or action.asks[0] in names)


def test_statistics_have_a_plot_and_the_same_numbers_in_a_table(told: Told) -> None:
    told.repo.commit("Later", {"more.py": "a = 1\n" * 7}, at=1_770_000_000)
    with served(told.repo.path) as server:
        html = server.page("/stats")
        counts = server.read("/stats.json")
        assert counts == json.loads(story(told.repo.path, "stats", "--json").out)
        assert "<svg" in html and html.count("bar-told") == len(counts["times"]) > 1
        for share in counts["times"]:
            assert f">{share['name']}<" in html


def test_a_review_has_the_brief_and_then_the_diff_in_the_order_of_the_turns(told: Told) -> None:
    with served(told.repo.path) as server:
        html = server.page(f"/review?range={told.first}..HEAD")
        assert "What was asked" in html and "Corrections by the person" in html
        turns = re.findall(r'<p class="card[^"]*"(?: data-o="\d+")?>(?:<a [^>]*>[^#<]*#(\d+)|(Unattributed))', html)
        assert turns == [("2", ""), ("5", ""), ("", "Unattributed")]

        printed = json.loads(story(told.repo.path, "review", "--json", f"{told.first}..HEAD").out)
        assert server.read(f"/review.json?range={told.first}..HEAD") == printed
        assert "name a branch or a range" in server.page("/review")
        server.page("/review?range=none..HEAD", 404)
