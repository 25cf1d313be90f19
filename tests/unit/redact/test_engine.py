"""Markers, positions, personal data, own rules, and that line ends and identities survive."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitstory import model
from gitstory.redact import batches, custom_rules, engine, identity
from gitstory.redact.engine import RedactionFailed, Redactor, Settings, redact_conversation
from tests.examples import some, tries
from tests.unit.redact import corpus, hostile, repeated

RNG = random.Random(8)
GITHUB = "gh" + "p_" + corpus.draw(RNG, corpus.BASE62, 36)
GITHUB_2 = "gh" + "p_" + corpus.draw(RNG, corpus.BASE62, 36)
PASSWORD = "t9Kq" + "zV7w#Lm2"
HOME = Path("/home/devone")


def clean(text: str, **options: object) -> str:
    return Redactor(Settings(**options), HOME, ["devone"]).text(text)  # type: ignore[arg-type]


def test_same_secret_same_marker() -> None:
    redactor = Redactor(Settings())
    assert redactor.text(f"{GITHUB} {GITHUB_2} {GITHUB}") == (
        "[redacted:github-token:1] [redacted:github-token:2] [redacted:github-token:1]"
    )
    assert redactor.text(GITHUB_2) == "[redacted:github-token:2]"
    assert redactor.findings == {"github-token": 4}


def test_findings_say_where() -> None:
    text = f"é {GITHUB} and /home/other/x"
    redacted, findings = Redactor(Settings()).redact(text)
    assert redacted == "é [redacted:github-token:1] and ~/x"
    assert [text[one.start : one.end] for one in findings] == [GITHUB, "/home/other"]
    assert [one.marker for one in findings] == ["[redacted:github-token:1]", "~"]


def test_a_known_secret_is_hidden_where_nothing_betrays_it() -> None:
    secret = corpus.draw(RNG, corpus.BASE62, 24)
    texts = [f"it printed {secret} again", f"API_TOKEN={secret}"]
    assert Redactor(Settings()).texts(texts) == ["it printed [redacted:token:1] again", "API_TOKEN=[redacted:token:1]"]


def test_known_secrets_are_found_across_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 64)
    secret = corpus.draw(RNG, corpus.BASE62, 24)
    texts = [f"{number} {secret} x" for number in range(20)] + ["nothing \x00 here", f"API_TOKEN={secret}"]
    redacted = Redactor(Settings()).texts(texts)
    assert redacted == [text.replace(secret, "[redacted:token:1]") for text in texts]


def test_numbers_of_an_earlier_run_are_not_reused() -> None:
    assert clean(f"[redacted:github-token:3] {GITHUB}") == "[redacted:github-token:3] [redacted:github-token:4]"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/home/devone/work/a.py", "~/work/a.py"),
        ("/home/someone/work", "~/work"),
        ("/Users/Some.One/x", "~/x"),
        (r"C:\Users\Dev One\x", r"~\x"),
        (r"C:\Users\devone\x", r"~\x"),
        (r"C:\\Users\\devone\\x", r"~\\x"),
        ("C:/Users/devone/x", "~/x"),
        ("/mnt/c/Users/devone/x", "~/x"),
        ("/c/Users/devone/x", "~/x"),
        ("file:///home/devone/x", "file://~/x"),
        ("file:///C:/Users/devone/x", "file:///~/x"),
        ("projects/-home-devone-work-app/1", "projects/-~-work-app/1"),
        ("%2Fhome%2Fdevone%2Fx", "~%2Fx"),
        ('"cwd":"/home/devone"', '"cwd":"~"'),
        (r"a\n/home/devone/x", r"a\n~/x"),
        ("/srv/devone/data", "/srv/[user]/data"),
        (r"D:\data\devone\x", r"D:\data\[user]\x"),
        ("PATH=/usr/bin:/home/devone/bin:/opt", "PATH=/usr/bin:~/bin:/opt"),
        ("devone wrote this", "devone wrote this"),
    ],
)
def test_homes_and_users(before: str, after: str) -> None:
    assert clean(before) == after


def test_a_common_account_name_does_not_spoil_paths() -> None:
    redactor = Redactor(Settings(), Path("/root"), ["root", "dev", "test"])
    assert redactor.text("2>/dev/null /root/x src/test/dev") == "2>/dev/null ~/x src/test/dev"


def test_emails_and_hosts_follow_the_settings() -> None:
    text = "jo.doe" + "@corp.io at https://git.corp.internal/x and https://github.com/y on build7.corp"
    assert clean(text).startswith("[redacted:email:1] at https://git.corp.internal/x")
    assert clean(text, emails=False) == text
    hidden = clean(text, hosts=True, host_names=("build7.corp",))
    assert "git.corp.internal" not in hidden
    assert "build7.corp" not in hidden
    assert "https://github.com/y" in hidden


@pytest.mark.parametrize("top", ["internal", "corp", "lan", "local", "intranet", "home.arpa", "private", "de", "com"])
def test_addresses_of_company_networks_are_addresses(top: str) -> None:
    address = "jo.doe" + f"@mail.acme.{top}"
    assert clean(f"ask {address}, or <{address}>.") == "ask [redacted:email:1], or <[redacted:email:1]>."
    assert clean(f"git@mail.acme.{top}:org/repo.git jo@example.{top} noreply@acme.{top}").count("[redacted") == (
        0 if top == "com" else 1
    )


@pytest.mark.parametrize(
    ("name", "text", "after"),
    [
        ("build7", "ssh build7 rebuild7 build7-a build7.corp BUILD7:22", "ssh # rebuild7 build7-a #.corp #:22"),
        ("db.corp", "db.corp xdb.corp http://db.corp:80/db.corp/ my.db.corp", "# xdb.corp http://#:80/#/ my.#"),
        ("*.corp", "a.b.corp corp xcorp x.corpus -h=git.corp.", "# # xcorp x.corpus -h=#."),
        ("büro", "ssh Büro bürokrat", "ssh # bürokrat"),
    ],
)
def test_named_hosts(name: str, text: str, after: str) -> None:
    assert re.sub(r"\[redacted:host:\d+\]", "#", clean(text, host_names=(name,))) == after


def test_homes_stay_where_the_person_wants_them() -> None:
    assert clean("/home/devone/x /srv/devone/y", homes=False) == "/home/devone/x /srv/devone/y"


def test_own_rules_and_allow_list() -> None:
    rules = (("ticket", r"TICKET-\d{4}"), ("corp", r"corp=(?P<secret>\w{4,20})"))
    assert (
        clean("TICKET-1234 corp=hidden TICKET-12", rules=rules)
        == "[redacted:ticket:1] corp=[redacted:corp:1] TICKET-12"
    )
    assert clean(GITHUB, allow=(r"ghp_\w+",)) == GITHUB
    assert clean(f"{GITHUB} {GITHUB_2}", allow_literals=(GITHUB,)) == f"{GITHUB} [redacted:github-token:1]"


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+b", "(.*)*x", "(", "", "a*", r"(\w+)\1", ".*.*.*.*=x", "(a{1,30}){1,30}b"]
)
def test_dangerous_or_broken_rules_are_refused(pattern: str) -> None:
    with pytest.raises(custom_rules.BadRule):
        Redactor(Settings(rules=(("own", pattern),)))


@pytest.mark.parametrize("name", ["Own", "a b", "", "x]", "a" * 62, "team.x"])
def test_rule_ids_cannot_forge_markers(name: str) -> None:
    with pytest.raises(custom_rules.BadRule):
        Redactor(Settings(rules=((name, "abc"),)))


def test_a_slow_rule_fails_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom_rules, "SECONDS", -1.0)
    conversation = model.Conversation("codex", "c1", turns=(model.Turn("1", 1, "hello"),))
    with pytest.raises(RedactionFailed, match="take too long"):
        redact_conversation(conversation, Redactor(Settings(rules=(("own", "abc"),))))


def test_any_failure_fails_closed_without_quoting_the_text() -> None:
    class Broken(Redactor):
        def texts(self, texts: list[str]) -> list[str]:
            raise ValueError(texts[0])

    with pytest.raises(RedactionFailed) as raised:
        redact_conversation(model.Conversation("codex", "c1", title=GITHUB), Broken(Settings()))
    assert GITHUB not in str(raised.value)
    assert raised.value.__cause__ is None


def conversation() -> model.Conversation:
    rows = (
        "-----BEGIN " + "PRIVATE KEY-----",
        *(corpus.draw(RNG, corpus.BASE62, 64) for _ in range(3)),
        "-----END " + "PRIVATE KEY-----",
    )
    hunk = model.Hunk(1, 1, (" a = 1", *("+" + row for row in rows), f'-password = "{PASSWORD}"', "+", " "))
    edit = model.Edit(
        "/home/devone/work/x.py",
        before=f"t = '{GITHUB}'\n",
        after="/home/devone\n",
        hunks=(hunk,),
        replacements=(model.Replacement(GITHUB, f"x {GITHUB_2}"),),
        moved_from="/home/devone/work/y.py",
    )
    call = model.Call(
        "Bash", "toolu_01", f"echo {GITHUB}", f"{PASSWORD} ok", edits=(edit,), commits=("ab" * 20,), cwd="/home/devone"
    )
    steps = (model.Say(f"say {GITHUB}"), model.Think(f"think {GITHUB}"), call, model.Mark("rewound", GITHUB))
    turn = model.Turn("9f1c2d3e-0000-4000-8000-1234567890ab", 1, f"use {GITHUB}", steps=steps, branch=f"fix/{GITHUB}")
    return model.Conversation(
        "claude-code", "9f1c2d3e-1111-4000-8000-1234567890ab", (turn,), f"title {GITHUB}", ("/home/devone/work",),
        remotes=(f"https://dev:{GITHUB}@github.com/o/r",), heads=("cd" * 20,), parent="p1", source="/home/devone/x",
    )  # fmt: skip


def test_every_text_of_a_conversation_is_redacted_and_every_identity_kept() -> None:
    old = conversation()
    new = redact_conversation(old, Redactor(Settings(), HOME, ["devone"]))
    shown = repr(new)
    body = next(old.turns[0].edits).hunks[0].lines[3][1:]
    for secret in (GITHUB, GITHUB_2, PASSWORD, "devone", body):
        assert secret not in shown
    assert (new.agent, new.id, new.parent, new.heads) == (old.agent, old.id, old.parent, old.heads)
    assert new.turns[0].id == old.turns[0].id
    call = next(new.turns[0].calls)
    assert call.commits == ("ab" * 20,)
    assert call.edits[0].path == "~/work/x.py"
    lines = call.edits[0].hunks[0].lines
    assert [line[0] for line in lines] == list(" +++++-+ ")
    assert lines[1:6] == ("+[redacted:private-key:1]",) * 5
    assert new.remotes == ("https://dev:[redacted:github-token:1]@github.com/o/r",)


def test_output_of_reads_of_secret_files_is_withheld() -> None:
    calls = (
        model.Call("Bash", input="cat config/.env", output="A=1"),
        model.Call("Read", input="/srv/app/deploy.pem", output="x"),
        model.Call("Bash", input="cat .env.example && echo $PWD", output="A=2"),
        model.Call("Secrets", input="", output="A=3"),
        model.Call("Write", input="x", edits=(model.Edit("/srv/.env", after="A=1\n\nB=2\n"),)),
    )
    old = model.Conversation("codex", "c", (model.Turn("1", 1, "x", steps=calls),))
    new = redact_conversation(old, Redactor(Settings(withhold_tools=("secrets",))))
    assert [call.output for call in new.turns[0].calls] == ["[redacted:withheld]"] * 2 + [
        "A=2",
        "[redacted:withheld]",
        "",
    ]
    assert next(new.turns[0].edits).after == "[redacted:withheld]\n\n[redacted:withheld]\n"
    again = redact_conversation(new, Redactor(Settings(withhold_tools=("secrets",))))
    assert again == new


@pytest.mark.parametrize(
    ("path", "options", "withheld"),
    [
        ("config/vault.yaml", {}, False),
        ("config/vault.yaml", {"withhold_paths": ("vault.y*ml",)}, True),
        ("config/vault.yaml", {"withhold_paths": ("config/*.yaml",)}, True),
        (".env.example", {"withhold_paths": (".env.example",)}, True),
        ("tests/key.pem", {}, True),
        ("tests/key.pem", {"keep_paths": ("tests/*.pem",)}, False),
        ("deploy/key.pem", {"keep_paths": ("tests/*.pem",)}, True),
        (".env", {"keep_paths": ("*",)}, False),
        ("tests/key.pem", {"keep_paths": ("*",), "withhold_paths": ("*.pem",)}, True),
    ],
)
def test_rules_by_path(path: str, options: dict[str, tuple[str, ...]], withheld: bool) -> None:
    turn = model.Turn("1", 1, "x", steps=(model.Call("Bash", input=f"cat {path}", output="A=1"),))
    new = redact_conversation(model.Conversation("codex", "c", (turn,)), Redactor(Settings(**options)))  # type: ignore[arg-type]
    assert (next(new.turns[0].calls).output == "[redacted:withheld]") is withheld


def test_the_time_of_all_own_rules_is_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A committed file could else name a hundred rules that each stay just below the bound."""
    redactor = Redactor(Settings(rules=tuple((f"own-{n}", f"abc{n}") for n in range(3))))
    redactor.text("abc" * 10)
    monkeypatch.setattr(custom_rules, "SECONDS", redactor._own[0].clock.spent)
    assert len({id(rule.clock) for rule in redactor._own}) == 1
    with pytest.raises(custom_rules.BadRule, match="take too long"):
        redactor.text("abc" * 1000)


@pytest.mark.parametrize("after", ["", "\n[... 90 characters left out ...]\nrest", "…"])
def test_a_token_that_was_cut_off_is_still_one(after: str) -> None:
    assert clean(f"got {GITHUB[:25]}{after}") == f"got [redacted:github-token:1]{after}"


def test_a_clean_conversation_is_returned_as_it_is() -> None:
    old = model.Conversation("codex", "c", (model.Turn("1", 1, "fix the test", steps=(model.Say("done"),)),))
    assert redact_conversation(old, Redactor(Settings())) is old


def test_batches_find_what_single_texts_find() -> None:
    texts = [text for _, _, text in list(corpus.cases(21, 1))[::40]] + ["", "a\x00b", "password:", "x" * 30]
    together = Redactor(Settings()).texts(texts)
    alone = Redactor(Settings())
    first = [alone.text(text) for text in texts]
    strip = engine.MARKER.sub
    differing = [
        (one, two)
        for one, two in zip(together, first, strict=True)
        if strip("#", one) != strip("#", two) and two.count("[r") > one.count("[r")
    ]
    assert not differing


def test_redacting_twice_changes_nothing_more() -> None:
    for _, _, text in some(list(corpus.cases(31, 1))[::7]):
        once = Redactor(Settings(), HOME, ["devone"]).text(text)
        assert Redactor(Settings(), HOME, ["devone"]).text(once) == once


def test_markers_are_the_same_in_every_run() -> None:
    texts = [text for _, _, text in list(corpus.cases(41, 1))[::60]]
    assert Redactor(Settings()).texts(texts) == Redactor(Settings()).texts(texts)


MARKED = "\n,\\n, ,\",',\\,=,: ,://,@,-,+,│,\x00,~,\r\n,.,%2F,é,\ud800,İ,x"
MARKS = MARKED.split(",")
NAMES = ["password", "token=", "api_key", "/home/a", "Users\\", "Bearer ", "cookie: ", "a@b.io", "[redacted:token:1]"]
STARTS = ["-----BEGIN PRIVATE " + "KEY-----", "-----END PRIVATE " + "KEY-----", "eyJ", "sk-", "AK" + "IA", "AAAA" * 10]
WHOLE = [f" {GITHUB} ", GITHUB, GITHUB[:12], GITHUB[12:], PASSWORD]
PIECES = st.sampled_from(MARKS + NAMES + STARTS + WHOLE)


@settings(max_examples=tries(300))
@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=200))
def test_any_text_keeps_its_lines_and_redacts_once(text: str) -> None:
    redactor = Redactor(Settings(), HOME, ["devone"])
    once, findings = redactor.redact(text)
    assert once.count("\n") == text.count("\n")
    assert f" {GITHUB} " not in once
    rebuilt, at = [], 0
    for one in findings:
        assert at <= one.start < one.end <= len(text)
        rebuilt += [text[at : one.start], one.marker]
        at = one.end
    assert "".join([*rebuilt, text[at:]]) == once
    twice = Redactor(Settings(), HOME, ["devone"]).text(once)
    assert Redactor(Settings(), HOME, ["devone"]).text(twice) == twice


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_hostile_text_is_redacted_like_any_other(name: str) -> None:
    """Texts made to be slow (bench/redaction times them): none raises, loses a line or hides the secret at its end."""
    text = f"{hostile.TEXTS[name][:20_000]}\n{GITHUB}\n"
    redacted = Redactor(Settings()).text(text)
    assert redacted.count("\n") == text.count("\n")
    assert GITHUB not in redacted


@pytest.mark.parametrize("name", repeated.UNITS)
def test_repeated_text_is_redacted_like_any_other(name: str) -> None:
    text = f"{repeated.texts(8_000)[name]}\n{GITHUB}\n"
    assert GITHUB not in Redactor(Settings()).text(text)


@pytest.mark.parametrize("name", repeated.UNITS)
def test_work_grows_with_the_text_and_no_more(name: str) -> None:
    """Counted in calls of functions and methods of expressions and texts. Some detectors begin at a certain size."""
    small, large = repeated.texts(6_000)[name], repeated.texts(24_000)[name]
    calls(small)  # what is compiled and remembered once for all texts is no work of these
    assert calls(large) <= 4.5 * calls(small) + 8_000


def calls(text: str) -> int:
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    redactor = Redactor(Settings(), HOME, ["devone"])
    sys.setprofile(count)
    try:
        redactor.text(text)
    finally:
        sys.setprofile(None)
    return counted


def test_a_secret_behind_many_names_is_hidden_whole() -> None:
    secret = corpus.draw(RNG, corpus.BASE62, 400)
    assert secret[-20:] not in clean("token=" * 50 + secret)
    assert secret[:20] not in clean("token=" * 50 + secret)


def test_names_are_told_from_paths() -> None:
    assert identity.Names(None, ["dev", "x", "bad name", "ada-l"]).users == ("ada-l",)
