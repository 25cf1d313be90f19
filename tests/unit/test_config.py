from __future__ import annotations

import os
import tomllib
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from gitstory.cli.config import command
from gitstory.config import KEYS, ConfigError, Key, find_key, load, person_file, read_all
from gitstory.config.edit import change_file, set_value, unset_value
from gitstory.config.load import read_file
from gitstory.config.settings_table import markdown_table, parts_of
from gitstory.config.toml_values import shown
from gitstory.errors import GitStoryError
from gitstory.git.repo import Repo
from gitstory.recording.recording_setup import setup
from gitstory.redact.engine import Redactor
from gitstory.redact.settings import Settings
from tests.gitrepo import GitRepo

DOCS = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"


def person(text: str | bytes) -> Path:
    path = person_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.fixture
def opened(repo: GitRepo) -> Repo:
    return Repo.open(repo.path)


# --- what counts ---


def test_nothing_set_means_the_defaults(opened: Repo) -> None:
    config = load(opened)
    assert config.enabled and config.thinking and config.detail == "full" and config.link_mode == "notes"
    assert config.history_path == ".gitstory/history"
    assert config.warnings == ()
    assert {name for name, (_, origins) in read_all(opened).values.items() if origins != ("default",)} == set()


def test_git_config_overrides_the_persons_file(repo: GitRepo, opened: Repo) -> None:
    person(
        'color = "never"\n[capture]\noutput_limit = 10\n[redact.rules]\na = "1"\n[agents."my.tool"]\nroots = ["/x"]\n'
    )
    repo.git("config", "story.capture.outputLimit", "20")
    repo.git("config", "story.redact.rules.b", "2")
    repo.git("config", "--add", "story.identity.emails", "one@example.com")
    repo.git("config", "--add", "story.identity.emails", "two@example.com")
    repo.git("config", "story.remote", "elsewhere")
    repo.git("config", "story.capture.thinking", "off")
    config = load(opened)
    assert (config.output_limit, config.color, config.remote, config.thinking) == (20, "never", "elsewhere", False)
    assert config.redact_rules == (("a", "1"), ("b", "2"))
    assert config.emails == ("one@example.com", "two@example.com")
    assert config.roots == {"my.tool": ("/x",)}
    assert config.warnings == ()


def test_a_committed_file_narrows_and_never_widens(repo: GitRepo, opened: Repo) -> None:
    person(
        "[capture]\noutput_limit = 500\nignore_paths = ['mine']\n"
        "[redact]\nemails = false\nhosts = false\n[redact.rules]\nx = 'mine'\n"
    )
    repo.write(
        ".gitstory/config.toml",
        "[capture]\noutput_limit = 300\nthinking = false\ndetail = 'prompts'\nignore_paths = ['theirs']\n"
        "[redact]\nemails = true\nhosts = true\n[redact.rules]\nx = 'other'\ny = 'more'\n",
    )
    config = load(opened)
    assert (config.output_limit, config.thinking, config.detail) == (300, False, "prompts")
    assert config.ignore_paths == ("mine", "theirs")
    assert config.redact_emails and config.redact_hosts
    assert dict(config.redact_rules) == {"x": "mine", "team-x": "other", "y": "more"}
    repo.write(".gitstory/config.toml", "[capture]\noutput_limit = 800\nthinking = true\n[redact]\nemails = false\n")
    config = load(opened)
    assert (config.output_limit, config.redact_emails) == (500, False), "the person's own word stands"
    assert len(config.warnings) == 1 and "redact.emails = false" in config.warnings[0]
    person("")
    repo.write(".gitstory/config.toml", "[capture]\noutput_limit = 99999\n[redact]\nemails = false\n")
    config = load(opened)
    assert (config.output_limit, config.redact_emails) == (1500, True)
    assert len(config.warnings) == 2


@pytest.mark.parametrize("key", [key for key in KEYS if key.scope == "person"], ids=lambda key: key.name)
def test_keys_of_the_person_are_not_read_from_a_committed_file(repo: GitRepo, opened: Repo, key: Key) -> None:
    name = key.name.replace("<agent>", "codex")
    plain = {"list": "['x']", "text": "'refs/heads/x'", "bool": "true", "count": "7"}
    value = repr(key.choices[-1]) if key.choices else plain[key.kind]
    repo.write(".gitstory/config.toml", f"{name} = {value}\n")
    before = load(None)
    config = load(opened)
    assert len(config.warnings) == 1 and f"{name} in .gitstory/config.toml is ignored" in config.warnings[0]
    for field in config.__struct_fields__:
        assert field == "warnings" or getattr(config, field) == getattr(before, field)


def test_a_committed_file_may_hide_more_and_let_nothing_pass(repo: GitRepo, opened: Repo) -> None:
    person("redact.keep_paths = ['*.pem']\nredact.allow_literals = ['x1']\nredact.host_names = ['mine']\n")
    repo.write(
        ".gitstory/config.toml",
        "[redact]\nhost_names = ['*.corp']\nhomes = false\nwithhold_paths = ['vault.yaml']\n"
        "withhold_tools = ['vault']\n"
        "allow_literals = ['y']\nkeep_paths = ['*']\nallow = ['.+']\n",
    )
    config = load(opened)
    assert (config.redact_host_names, config.redact_homes) == (("mine", "*.corp"), True)
    assert (config.withhold_paths, config.withhold_tools) == (("vault.yaml",), ("vault",))
    assert (config.keep_paths, config.redact_allow_literals, config.redact_allow) == (("*.pem",), ("x1",), ())
    assert len(config.warnings) == 4
    made = setup(opened).keeping.redact
    assert made == Settings(
        emails=True,
        host_names=("mine", "*.corp"),
        allow_literals=("x1",),
        withhold_paths=("vault.yaml",),
        withhold_tools=("vault",),
        keep_paths=("*.pem",),
    )


def test_the_teams_rule_of_the_same_name_counts_beside_the_persons(repo: GitRepo, opened: Repo) -> None:
    person("[redact.rules]\nx = 'mine'\nteam-x = 'also mine'\n")
    repo.write(".gitstory/config.toml", "[redact.rules]\nx = 'theirs'\n")
    redactor = Redactor(setup(opened).keeping.redact)
    assert redactor.text("mine theirs") == "[redacted:x:1] [redacted:team-x-2:1]"


def test_lists_and_rules_are_bounded(opened: Repo) -> None:
    person("redact.host_names = [" + "'x'," * 1001 + "]\n")
    with pytest.raises(ConfigError, match="1000 at most"):
        load(opened)
    person("[redact.rules]\n" + "".join(f"r{n} = 'x{n}'\n" for n in range(101)))
    with pytest.raises(ConfigError, match="100 at most"):
        load(opened)


def test_matters_of_taste_are_the_persons_if_he_has_any(repo: GitRepo, opened: Repo) -> None:
    repo.write(".gitstory/config.toml", "history.format = 'specstory'\nhistory.path = 'docs/why'\n")
    assert (load(opened).history_format, load(opened).history_path) == ("specstory", "docs/why")
    person("history.format = 'gitstory'\n")
    assert load(opened).history_format == "gitstory"


def test_what_goes_into_messages_is_the_persons_own_affair(repo: GitRepo, opened: Repo) -> None:
    repo.write(".gitstory/config.toml", "link.mode = 'both'\nhistory.commit = true\n")
    assert (load(opened).link_mode, load(opened).history_commit) == ("notes", False)
    assert "link.mode" in "\n".join(load(opened).warnings)
    person("link.mode = 'trailers'\n")
    assert load(opened).link_mode == "trailers"


def test_unknown_keys_are_told_with_the_nearest(repo: GitRepo, opened: Repo) -> None:
    person("[capture]\nthinkin = true\n[zzz]\nq = 1\n")
    repo.git("config", "story.colour", "never")
    said = "\n".join(load(opened).warnings)
    assert "unknown setting capture.thinkin" in said and "did you mean capture.thinking?" in said
    assert "unknown setting zzz.q" in said
    assert "unknown setting story.colour in git's configuration" in said


@pytest.mark.parametrize(
    "path", ["../x", "/etc", "a/../../b", ".git/hooks", ".GIT/x", "C:\\x", "\\x", "", "a\nb", "..\\x", ".git./x"]
)
def test_histories_stay_inside(repo: GitRepo, opened: Repo, path: str) -> None:
    repo.write(".gitstory/config.toml", f"history.path = {shown(path)}\n")
    with pytest.raises(ConfigError, match="inside of the repository"):
        load(opened)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x = [", "is not valid TOML"),
        (b"color = '\xff'\n", r"is not UTF-8 \(line 1\)"),
        (b"#" * (1 << 20) + b"\n", "is bigger than"),
        (b"capture.thinking = 1\n", "capture.thinking must be true or false"),
        (b"capture.output_limit = true\n", "capture.output_limit must be a whole number"),
        (b"capture.output_limit = -1\n", "capture.output_limit must be a whole number"),
        (b"capture.detail = 'all'\n", 'capture.detail must be one of "prompts"'),
        (b"capture.detail = ['full']\n", 'capture.detail must be one of "prompts"'),
        (b"redact.allow = 'x'\n", "redact.allow must be a list of texts"),
        (b"redact.rules = ['x']\n", "redact.rules must be a table"),
        (b"story.remote = '--upload-pack=x'\n", "story.remote must be the name"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_line(content: bytes, said: str) -> None:
    person(content)
    with pytest.raises(ConfigError, match=said) as told:
        load(None)
    assert told.value.hint and "\n" not in told.value.message


def test_a_directory_in_place_of_the_file_is_told() -> None:
    person_file().mkdir(parents=True)
    with pytest.raises(ConfigError, match="is a directory"):
        load(None)
    with pytest.raises(ConfigError, match="is a directory"):
        change_file(person_file(), ("color",), "never")


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
@pytest.mark.parametrize("linked", [".gitstory", ".gitstory/config.toml"])
def test_a_committed_link_is_not_followed(repo: GitRepo, opened: Repo, tmp_path: Path, linked: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "config.toml").write_text("color = 'never'\n")
    (repo.path / linked).parent.mkdir(exist_ok=True)
    (repo.path / linked).symlink_to(outside if linked == ".gitstory" else outside / "config.toml")
    with pytest.raises(ConfigError, match="symbolic link"):
        load(opened)


def test_a_byte_order_mark_is_no_error_and_stays() -> None:
    path = person(b"\xef\xbb\xbfcolor = 'never'\r\n")
    assert load(None).color == "never"
    change_file(path, ("capture", "thinking"), False)
    assert path.read_bytes() == b"\xef\xbb\xbfcolor = 'never'\r\n\r\n[capture]\r\nthinking = false\r\n"


# --- changing files ---

OWN = """\
# my settings

color = "never"   # no colours, please

[capture]         # what is kept
# thinking is long
thinking = true # for now
ignore_paths = [
    "a#b",
    'c]d',
]

# about redaction
[redact.rules]
"a b" = '''one = "two" # three'''
"""


def test_only_the_one_line_changes() -> None:
    assert set_value(OWN, ("capture", "thinking"), False) == OWN.replace("thinking = true #", "thinking = false #")
    assert set_value(OWN, ("color",), "always") == OWN.replace('"never"', '"always"')
    assert set_value(OWN, ("redact", "rules", "a b"), "x") == OWN.replace("'''one = \"two\" # three'''", '"x"')
    lists = set_value(OWN, ("capture", "ignore_paths"), ("q",))
    assert lists == OWN.replace("[\n    \"a#b\",\n    'c]d',\n]", '["q"]')


def test_new_settings_stand_where_they_belong() -> None:
    assert set_value(OWN, ("capture", "detail"), "prompts") == OWN.replace(
        "]\n\n# about", ']\ndetail = "prompts"\n\n# about'
    )
    assert set_value(OWN, ("redact", "rules", "z"), "y").endswith("# three'''\nz = \"y\"\n")
    assert set_value(OWN, ("link", "mode"), "both") == OWN + '\n[link]\nmode = "both"\n'
    assert set_value("", ("color",), "never") == 'color = "never"\n'
    assert set_value("a.b = 1", ("a", "c"), "x") == 'a.b = 1\na.c = "x"\n'
    assert set_value("[a]\nb = 1", ("a", "c"), True) == "[a]\nb = 1\nc = true\n"


@pytest.mark.parametrize("order", list(permutations(range(5))), ids=str)
def test_settings_can_be_set_in_any_order(order: tuple[int, ...]) -> None:
    """Also a key of a table whose own table below, such as [redact.rules], is there already."""
    pairs: list[tuple[tuple[str, ...], Any]] = [
        (("redact", "rules", "ticket"), "T-[0-9]{4}"),
        (("redact", "host_names"), ("build7",)),
        (("agents", "codex", "roots"), ("/other",)),
        (("color",), "never"),
        (("redact", "rules", "order"), "O-[0-9]{4}"),
    ]
    text = ""
    for at in order:
        text = set_value(text, *pairs[at])
    assert tomllib.loads(text) == {
        "redact": {"rules": {"ticket": "T-[0-9]{4}", "order": "O-[0-9]{4}"}, "host_names": ["build7"]},
        "agents": {"codex": {"roots": ["/other"]}},
        "color": "never",
    }


def test_removing_takes_the_one_line() -> None:
    assert unset_value(OWN, ("capture", "thinking")) == OWN.replace("thinking = true # for now\n", "")
    assert unset_value(OWN, ("capture", "nothing")) == OWN
    assert unset_value("capture = { thinking = true, detail = 'full' }\n", ("capture", "thinking")) == (
        'capture = { detail = "full" }\n'
    )


def test_line_ends_stay() -> None:
    text = OWN.replace("\n", "\r\n")
    made = set_value(text, ("capture", "detail"), "full")
    assert made.count("\n") == made.count("\r\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[capture]\nignore_paths = [\n  'a', # because\n]\n", "line 2 has comments inside"),
        ("capture = 1\n", "capture is not a table"),
        ("x = [", "not valid TOML"),
    ],
)
def test_what_would_lose_something_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        set_value(text, ("capture", "ignore_paths"), ("b",))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.booleans() | st.integers(0, 99) | TEXTS | st.lists(TEXTS, max_size=3).map(tuple)
PLACES = st.sampled_from(
    [("color",), ("capture", "detail"), ("capture", "ignore_paths"), ("redact", "rules", "a b"), ("n", "m", "o")]
)


@given(PLACES, VALUES, PLACES, VALUES)
def test_any_value_is_read_back_and_the_rest_stays(
    one: tuple[str, ...], value: object, two: tuple[str, ...], other: object
) -> None:
    text = set_value(set_value(OWN, one, value), two, other)

    def at(content: object, name: tuple[str, ...]) -> object:
        for part in name:
            assert isinstance(content, dict)
            content = content[part]
        return tuple(content) if isinstance(content, list) else content

    read = tomllib.loads(text)
    assert at(read, two) == other
    assert one == two or at(read, one) == value
    assert text.count("# my settings") == text.count("# thinking is long") == text.count("# about redaction") == 1
    gone = tomllib.loads(unset_value(text, two))
    assert two[-1] not in (at(gone, two[:-1]) if len(two) < 3 else gone.get(two[0], {}).get(two[1], {}))  # type: ignore[operator]


def test_nothing_is_half_written(monkeypatch: pytest.MonkeyPatch) -> None:
    path = person("color = 'never'\n")

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="No space left"):
        change_file(path, ("color",), "always")
    assert path.read_text() == "color = 'never'\n"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links and modes")
def test_a_persons_own_link_and_mode_stay(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("color = 'never'\n")
    real.chmod(0o600)
    person_file().parent.mkdir(parents=True)
    person_file().symlink_to(real)
    assert change_file(person_file(), ("color",), "always")
    assert person_file().is_symlink() and real.read_text() == 'color = "always"\n'
    assert real.stat().st_mode & 0o777 == 0o600
    assert not change_file(person_file(), ("color",), "always")


# --- the command and its documentation ---


def run(*args: str) -> str:
    done = CliRunner().invoke(command, list(args), catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_set_get_unset(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.path)
    run("set", "capture.output_limit", "7")
    assert run("get", "capture.output_limit") == "7\n"
    run("set", "--team", "capture.ignore_paths", "dist/*", "*.lock")
    assert run("get", "capture.ignore_paths") == "dist/*\n*.lock\n"
    assert (repo.path / ".gitstory/config.toml").read_text() == '[capture]\nignore_paths = ["dist/*", "*.lock"]\n'
    run("set", "redact.rules.my-ticket", "T-[0-9]{4}")
    assert run("get", "redact.rules.my-ticket") == "T-[0-9]{4}\n"
    run("unset", "capture.output_limit")
    assert "capture.output_limit = 1500  # default" in run("list")
    assert run("get", "capture.ignore_paths", "--json") == '["dist/*","*.lock"]\n'
    assert run("path").splitlines() == [str(person_file()), str(repo.path / ".gitstory/config.toml")]


@pytest.mark.parametrize(
    "args",
    [
        ("set", "nonsense", "1"),
        ("get", "redact.rules.none"),
        ("set", "redact.rules.my.ticket", "T-[0-9]{4}"),
        ("set", "--team", "story.remote", "origin"),
        ("set", "--team", "redact.emails", "false"),
        ("set", "capture.enabled", "perhaps"),
        ("set", "redact.rules.x", "(a*)*"),
        ("set", "redact.allow", "("),
    ],
)
def test_the_command_refuses_and_writes_nothing(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    monkeypatch.chdir(repo.path)
    with pytest.raises(GitStoryError):
        run(*args)
    assert not person_file().exists() and not (repo.path / ".gitstory").exists()


def test_outside_of_a_repository_the_persons_settings_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("set", "color", "never")
    assert 'color = "never"  # person' in run()


def test_every_key_is_documented_and_no_other() -> None:
    assert markdown_table() in DOCS.read_text(encoding="utf-8")
    assert run("docs") == markdown_table()


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_the_table_holds_together(key: Key) -> None:
    assert find_key(key.name) is key
    assert key.check(key.default, "default") == key.default
    assert key.help.endswith(".")


def test_names_of_agents_and_rules_may_hold_dots() -> None:
    assert parts_of("agents.my.tool.roots") == ("agents", "my.tool", "roots")
    assert parts_of("redact.rules.a.b") == ("redact", "rules", "a.b")


@pytest.mark.parametrize(
    "text",
    [
        "a" + ".a" * 100_000 + " = 1",
        "[" + "a." * 100_000 + "a]",
        "x = {" + "a." * 100_000 + "a = 1}",
        '"a"' + '."a"' * 50_000 + " = 1",
        "x = " + "[" * 200_000,
        "x = " + "1" * 200_000,
        "#" * 300_000,
    ],
    ids=["key", "table", "inline", "quoted", "arrays", "digits", "size"],
)
def test_a_file_that_would_keep_the_parser_busy_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError):
        read_file(path)


def test_patterns_with_many_dots_are_settings(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[capture]\nignore_paths = [" + ", ".join(f'"a{n}.b.c.py"' for n in range(100)) + "]\n")
    assert len(read_file(path)["capture"]["ignore_paths"]) == 100
