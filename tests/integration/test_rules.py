"""`git story rules`: derived from conversations, decided about, written, checked by real git and pre-commit."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from gitstory.cli.main import run
from gitstory.git.repo import Repo
from gitstory.model import Call, Conversation, Edit, FileStory, Mark, Story, Turn, TurnLink
from gitstory.rules.repository_rules import rule_list
from gitstory.rules.rule_file_block import BEGIN, END
from gitstory.store.store import StoryStore
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.models import fake_model
from tests.stories import START, link, ranged, store

DAY = 86_400


def talks(repo: GitRepo, *prompts: tuple[str, str]) -> None:
    """Store one conversation for each (first letter of its id, prompt), a day apart."""
    store(repo.path, (), [talk(letter, [prompt], number) for number, (letter, prompt) in enumerate(prompts)])


def talk(letter: str, prompts: Sequence[str], day: int = 0) -> Conversation:
    turns = tuple(
        Turn(id=f"{letter}{number}", index=number, prompt=prompt, time=START + day * DAY + number, kind="request")
        for number, prompt in enumerate(prompts, 1)
    )
    return Conversation(agent="claude-code", id=f"{letter * 8}-1111-4222-8333-444455556666", turns=turns, started=START)


@pytest.fixture
def asked(repo: GitRepo) -> GitRepo:
    repo.commit("Begin", {"README.md": "# Project\n", "cli.ts": "export {}\n"})
    talks(
        repo,
        ("a", "use bun not node"),
        ("b", "run it again, and use bun, not node"),
        ("c", "use bun not node"),
        ("d", "from now on never use `any` in types"),
        ("e", "fix the build please"),
    )
    return repo


def rules(repo: GitRepo, *args: str) -> list[dict[str, object]]:
    done = story(repo.path, "rules", "--json", *args)
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_each_rule_names_its_sources_and_times(asked: GitRepo) -> None:
    [bun, any_] = rules(asked)
    assert bun["rule"] == "Use bun not node."
    assert (bun["count"], bun["conversations"]) == (3, 3)
    assert [source["source"] for source in bun["sources"]] == ["cccccccc#1", "bbbbbbbb#1", "aaaaaaaa#1"]
    assert bun["first"] == "2025-11-20T00:53:21Z" and bun["last"] == "2025-11-22T00:53:21Z"
    assert any_["rule"] == "Never use `any` in types."
    shown = story(asked.path, "rules")
    assert "said 3 times in 3 conversations, 2025-11-20 to 2025-11-22" in shown.out
    assert "fix the build" not in shown.out


def test_a_source_is_what_show_takes(asked: GitRepo) -> None:
    assert "use bun not node" in story(asked.path, "show", "cccccccc#1").out


def test_no_conversations(repo: GitRepo) -> None:
    repo.commit("Begin", {"a": "1\n"})
    done = story(repo.path, "rules")
    assert done.code == 0 and done.out.startswith("no rules in 0 conversations")
    assert story(repo.path, "rules", "--write", "agents").code == 0
    assert not (repo.path / "AGENTS.md").exists()


def test_automated_turns_are_not_asked(repo: GitRepo) -> None:
    repo.commit("Begin", {"a": "1\n"})
    turn = Turn(id="1", index=1, prompt="Never stop before all tests pass.", kind="automated", time=START)
    store(repo.path, (), [Conversation(agent="codex", id="f" * 8, turns=(turn,))])
    assert rules(repo) == []


def test_what_was_said_at_a_refusal_is_a_rule(repo: GitRepo) -> None:
    repo.commit("Begin", {"a": "1\n"})
    mark = Mark("said", "do not stash anything, read the files you need", occasion="refusal")
    turn = Turn(
        id="1", index=1, prompt="look at it", time=START, kind="request", steps=(Call("Bash", failed=True), mark)
    )
    store(repo.path, (), [Conversation(agent="codex", id="f" * 8, turns=(turn,))])
    [rule] = rules(repo)
    assert rule["sources"][0]["evidence"] == ["refusal"]  # type: ignore[index]


def test_the_scope_is_the_folder_that_was_edited(repo: GitRepo) -> None:
    repo.commit("Begin", {"a": "1\n"})
    edits = tuple(Edit(path=f"{repo.path}/web/src/{name}.ts", after="x") for name in "abc")
    turn = Turn(id="1", index=1, prompt="never use default exports in modules", time=START, kind="request",
                steps=(Call("Edit", edits=edits),))  # fmt: skip
    store(repo.path, (), [Conversation(agent="codex", id="f" * 8, turns=(turn,))])
    assert [rule["scope"] for rule in rules(repo)] == ["web/src"]
    assert story(repo.path, "rules", "--write", "cursor").code == 0
    text = (repo.path / ".cursor/rules/gitstory-web-src.mdc").read_text()
    assert "globs: web/src/**" in text and "Never use default exports in modules." in text


class TestRuleFileLines:
    LINE = "Always run the linter before you push."

    def listed(self, repo: GitRepo) -> list[dict[str, object]]:
        return [rule for rule in rules(repo) if rule["rule"] == self.LINE]

    def test_a_line_written_by_hand_is_a_rule_with_its_date_and_place(self, repo: GitRepo) -> None:
        repo.commit("Begin", {"CLAUDE.md": "# Project\n\nA parser.\n"})
        repo.commit("Say when to lint", {"CLAUDE.md": f"# Project\n\nA parser.\n- {self.LINE}\n"})
        [rule] = self.listed(repo)
        assert (rule["count"], rule["conversations"], rule["stated_in"]) == (0, 0, "CLAUDE.md:4")
        [source] = rule["sources"]  # type: ignore[misc]
        assert (source["source"], source["evidence"]) == ("CLAUDE.md:4", ["place"])
        assert source["time"] == rule["first"] is not None
        assert "written into a rule file by hand" in story(repo.path, "rules").out
        assert story(repo.path, "why", "CLAUDE.md:4").code == 0

    def test_it_is_written_to_other_files_only(self, repo: GitRepo) -> None:
        repo.commit("Say when to lint", {"CLAUDE.md": f"- {self.LINE}\n"})
        assert story(repo.path, "rules", "--write", "claude").out == "nothing changed\n"
        assert story(repo.path, "rules", "--write", "agents").code == 0
        assert f"- {self.LINE} [CLAUDE.md:1]" in (repo.path / "AGENTS.md").read_text()
        assert [rule["stated_in"] for rule in self.listed(repo)] == ["CLAUDE.md:1"]

    def test_what_came_in_bulk_is_not_by_hand(self, repo: GitRepo) -> None:
        text = "".join(f"- Always keep part {number} small.\n" for number in range(20))
        repo.commit("Generate a rule file", {"CLAUDE.md": f"{text}- {self.LINE}\n"})
        assert rules(repo) == []

    def test_what_an_agent_committed_is_not_by_hand(self, repo: GitRepo) -> None:
        message = "Say when to lint\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
        repo.commit(message, {"CLAUDE.md": f"- {self.LINE}\n"})
        assert rules(repo) == []

    def test_what_a_turn_wrote_is_not_by_hand(self, repo: GitRepo) -> None:
        oid = repo.commit("Say when to lint", {"CLAUDE.md": f"- {self.LINE}\n"})
        turn = Turn(id="a1", index=1, prompt="write a rule file", time=START, kind="request")
        talked = Conversation(agent="claude-code", id="a" * 8, turns=(turn,), started=START)
        range_ = ranged(f"- {self.LINE}\n", 1, 1, "a1", name=talked.id)
        links = (link(TurnLink("a1", 1, "lines", 1), lines=1, name=talked.id),)
        story_ = Story(oid, links, (FileStory("CLAUDE.md", 1, 0, (range_,)),))
        store(repo.path, [story_], [talked])
        assert rules(repo) == []

    def test_what_another_tool_derived_is_not_by_hand(self, repo: GitRepo) -> None:
        head = "---\ndescription: AI rules derived by SpecStory from the project AI interaction history\n---\n"
        repo.commit("Derive rules", {".cursor/rules/derived-cursor-rules.mdc": f"{head}\n- {self.LINE}\n"})
        assert rules(repo) == []

    def test_our_own_block_is_not_by_hand(self, asked: GitRepo) -> None:
        assert story(asked.path, "rules", "--write", "agents").code == 0
        asked.commit("Write the rules", {})
        assert [len(rule["sources"]) for rule in rules(asked)] == [3, 1]  # type: ignore[arg-type]


def test_a_model_words_the_rules_only_after_consent(
    asked: GitRepo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(asked.path)
    answer = "Run scripts with bun, never use node. [cccccccc#1, bbbbbbbb#1]\nDo not use tabs.\nNever use eval. [x#1]"
    with fake_model(answer) as prompts:
        assert run(["rules", "--llm", "fake-for-tests"]) == 1
        refused = capsys.readouterr()
        assert (refused.out, prompts) == ("", [])
        assert "redacted) to the model fake-for-tests" in refused.err
        assert run(["rules", "--llm", "fake-for-tests", "--yes", "--write", "agents"]) == 0
    text = (asked.path / "AGENTS.md").read_text()
    assert "- Run scripts with bun, never use node. [cccccccc#1, bbbbbbbb#1, aaaaaaaa#1]" in text
    assert "- Never use `any` in types. [dddddddd#1]" in text
    assert "tabs" not in text and "eval" not in text
    assert len(prompts) == 1 and "[dddddddd#1] from now on never use `any` in types" in prompts[0]


class TestCache:
    def cached(self, repo: GitRepo) -> Path:
        (repo.path / ".git/gitstory").mkdir(exist_ok=True)
        return repo.path / ".git/gitstory/cache/directives.msgpack"

    def read(self, repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], int]:
        """The rules, and how many conversations were read from the store for them."""
        asked_for: list[int] = []
        whole = StoryStore.excerpts

        def counted(
            self: StoryStore, wanted: dict[tuple[str, str], None], folders: dict[tuple[str, str], str]
        ) -> dict[tuple[str, str], Conversation]:
            asked_for.append(len(wanted))
            return whole(self, wanted, folders)

        with monkeypatch.context() as patched, Repo.open(repo.path) as opened:
            patched.setattr(StoryStore, "excerpts", counted)
            listed = rule_list(opened, StoryStore(opened), repo.path)
        return [rule.text for rule in listed.rules], sum(asked_for)

    def test_a_conversation_is_read_once(self, asked: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cached(asked)
        first, read = self.read(asked, monkeypatch)
        assert read == 5
        assert self.read(asked, monkeypatch) == (first, 0)
        talks(asked, ("9", "from now on never use `eval` in hooks"))
        assert self.read(asked, monkeypatch) == ([*first, "Never use `eval` in hooks."], 1)

    def test_without_the_cache_the_rules_are_the_same(self, asked: GitRepo) -> None:
        path = self.cached(asked)
        first = rules(asked)
        assert rules(asked) == first
        path.unlink()
        assert rules(asked) == first
        path.write_bytes(path.read_bytes()[:-20] + b"\xff" * 20)
        assert rules(asked) == first

    def test_what_was_forgotten_is_forgotten(self, asked: GitRepo) -> None:
        self.cached(asked)
        assert len(rules(asked)) == 2
        assert story(asked.path, "forget", "dddddddd", "--yes").code == 0
        assert not self.cached(asked).exists()
        assert len(rules(asked)) == 1


class TestDecisions:
    def test_a_rejected_rule_does_not_come_back(self, asked: GitRepo) -> None:
        [bun, any_] = rules(asked)
        assert story(asked.path, "rules", "reject", str(any_["id"])).code == 0
        assert [rule["id"] for rule in rules(asked)] == [bun["id"]]
        talks(asked, ("9", "never use `any` in types!"))
        assert [rule["id"] for rule in rules(asked)] == [bun["id"]]
        assert [rule["status"] for rule in rules(asked, "--all")] == ["proposed", "rejected"]

    def test_accepted_rules_come_first_and_outlive_their_conversations(self, asked: GitRepo) -> None:
        any_ = rules(asked)[1]
        assert story(asked.path, "rules", "accept", str(any_["id"])[:4]).code == 0
        assert [rule["status"] for rule in rules(asked)] == ["accepted", "proposed"]
        assert story(asked.path, "forget", "dddddddd", "--yes").code == 0
        assert rules(asked)[0]["rule"] == "Never use `any` in types."

    def test_a_rule_in_other_words(self, asked: GitRepo) -> None:
        bun = rules(asked)[0]
        assert story(asked.path, "rules", "edit", str(bun["id"]), "Use", "bun,", "never", "node.").code == 0
        assert rules(asked)[0]["rule"] == "Use bun, never node."
        assert rules(asked)[0]["id"] == bun["id"]
        empty = story(asked.path, "rules", "edit", str(bun["id"]), " ")
        assert empty.code == 1 and "no words for the rule" in empty.err
        assert rules(asked)[0]["rule"] == "Use bun, never node."

    def test_an_id_that_is_none(self, asked: GitRepo) -> None:
        done = story(asked.path, "rules", "accept", "zzzz")
        assert done.code == 1 and "no rule with the id zzzz" in done.err

    def test_review_needs_a_terminal(self, asked: GitRepo) -> None:
        done = story(asked.path, "rules", "review")
        assert done.code == 1 and "not a terminal" in done.err and "accept ID" in done.err

    def test_a_damaged_file_is_named(self, asked: GitRepo) -> None:
        (asked.path / ".gitstory").mkdir(exist_ok=True)
        (asked.path / ".gitstory/rules.toml").write_text("[[rule]\n")
        done = story(asked.path, "rules")
        assert done.code == 1 and ".gitstory/rules.toml is not as it should be" in done.err


class TestWriting:
    def test_the_second_run_changes_nothing_and_the_rest_stays(self, asked: GitRepo) -> None:
        path = asked.path / "CLAUDE.md"
        path.write_bytes(b"# By hand\r\n\r\nKeep this.\r\n")
        first = story(asked.path, "rules", "--write", "claude")
        assert first.code == 0, first.err
        written = path.read_bytes()
        assert written.startswith(b"# By hand\r\n\r\nKeep this.\r\n") and b"- Use bun not node. [cccccccc#1" in written
        assert b"\n" not in written.replace(b"\r\n", b"")
        assert "nothing changed" in story(asked.path, "rules", "--write", "claude").out
        assert path.read_bytes() == written

    def test_the_file_as_it_was_is_kept_once(self, asked: GitRepo) -> None:
        (asked.path / "AGENTS.md").write_text("# By hand\n")
        out = story(asked.path, "rules", "--write", "AGENTS.md").out
        [line] = [line for line in out.splitlines() if line.startswith("the file as it was before: ")]
        assert Path(line.partition(": ")[2]).read_text() == "# By hand\n"

    def test_a_dry_run_is_a_diff(self, asked: GitRepo) -> None:
        (asked.path / "AGENTS.md").write_text("# By hand\n")
        out = story(asked.path, "rules", "--write", "agents", "--dry-run").out
        assert out.startswith("--- a/AGENTS.md\n+++ b/AGENTS.md\n") and "+- Use bun not node." in out
        assert (asked.path / "AGENTS.md").read_text() == "# By hand\n"
        patch = subprocess.run(["git", "apply", "--check", "-"], input=out.encode(), cwd=asked.path, check=False)
        assert patch.returncode == 0

    @pytest.mark.parametrize(
        ("target", "path"),
        [
            ("gemini", "GEMINI.md"),
            ("copilot", ".github/copilot-instructions.md"),
            ("cursor", ".cursor/rules/gitstory.mdc"),
            ("windsurf", ".windsurf/rules/gitstory.md"),
            ("docs/RULES.md", "docs/RULES.md"),
        ],
    )
    def test_targets(self, asked: GitRepo, target: str, path: str) -> None:
        assert story(asked.path, "rules", "--write", target).code == 0
        assert "- Use bun not node." in (asked.path / path).read_text()

    @pytest.mark.parametrize("target", ["/etc/x.md", "../x.md", ".git/x.md", "run.sh"])
    def test_targets_that_are_none(self, asked: GitRepo, target: str) -> None:
        done = story(asked.path, "rules", "--write", target)
        assert done.code == 1 and "cannot write rules to" in done.err

    def test_a_link_out_of_the_work_tree(self, asked: GitRepo, tmp_path: Path) -> None:
        outside = tmp_path / "outside.md"
        outside.write_text("theirs\n")
        (asked.path / "AGENTS.md").symlink_to(outside)
        assert story(asked.path, "rules", "--write", "agents").code == 1
        assert outside.read_text() == "theirs\n"

    def test_a_link_within_it_stays_a_link(self, asked: GitRepo) -> None:
        (asked.path / "CLAUDE.md").write_text("# By hand\n")
        (asked.path / "AGENTS.md").symlink_to("CLAUDE.md")
        assert story(asked.path, "rules", "--write", "agents").code == 0
        assert (asked.path / "AGENTS.md").is_symlink() and "Use bun" in (asked.path / "CLAUDE.md").read_text()

    def test_two_blocks_are_refused_whole(self, asked: GitRepo) -> None:
        path = asked.path / "AGENTS.md"
        assert story(asked.path, "rules", "--write", "agents").code == 0
        path.write_text(path.read_text() * 2)
        before = path.read_text()
        done = story(asked.path, "rules", "--write", "agents")
        assert done.code == 1 and "AGENTS.md:" in done.err and "more than one block" in done.err
        assert path.read_text() == before

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_read_only_file(self, asked: GitRepo) -> None:
        path = asked.path / "AGENTS.md"
        path.write_text("# By hand\n")
        path.chmod(stat.S_IRUSR)
        done = story(asked.path, "rules", "--write", "agents")
        assert done.code == 1 and "read-only" in done.err

    def test_a_template_decides_the_lines(self, asked: GitRepo, tmp_path: Path) -> None:
        template = tmp_path / "rules.j2"
        template.write_text("{% for rule in rules %}\n* {{ rule.text }} ({{ rule.sources | length }})\n{% endfor %}\n")
        assert story(asked.path, "rules", "--write", "agents", "--template", str(template)).code == 0
        assert "* Use bun not node. (3)" in (asked.path / "AGENTS.md").read_text()
        template.write_text("{{ rules.__class__.__mro__ }}")
        assert story(asked.path, "rules", "--write", "agents", "--template", str(template)).code == 1

    @pytest.mark.parametrize(
        "template",
        [
            "{{ 'x' * 10**9 }}",
            "{% include 'x' %}",
            "{% for n in range(10**9) %}x{% endfor %}",
            "<!-- gitstory:rules end -->",
            "{% for n in range(20000) %}0123456789{% endfor %}",
        ],
    )
    def test_a_template_that_goes_too_far(self, asked: GitRepo, tmp_path: Path, template: str) -> None:
        path = tmp_path / "rules.j2"
        path.write_text(template)
        said = story(asked.path, "rules", "--write", "agents", "--template", str(path))
        assert said.code == 1 and said.err.startswith("error: the template ")
        assert not (asked.path / "AGENTS.md").exists()

    def test_words_cannot_end_the_block(self, repo: GitRepo) -> None:
        repo.commit("Begin", {"a": "1\n"})
        talks(repo, ("a", "never print `<!-- gitstory:rules end -->` in logs"))
        assert story(repo.path, "rules", "--write", "agents").code == 0
        assert story(repo.path, "rules", "--write", "agents").out.startswith("nothing changed")

    def test_what_the_readme_says_is_not_written(self, asked: GitRepo) -> None:
        (asked.path / "README.md").write_text("# Project\n\nWe never use `any` in types here.\n")
        assert [rule["rule"] for rule in rules(asked)] == ["Use bun not node."]
        assert rules(asked, "--all")[1]["stated_in"] == "README.md:3"


class TestChecking:
    def test_the_round_trip(self, asked: GitRepo) -> None:
        assert story(asked.path, "rules", "--write", "agents").code == 0
        asked.commit("Write the rules", {})
        (asked.path / "package.json").write_text('{"scripts": {\n  "start": "node server.js"\n}}\n')
        asked.git("add", "-A")
        done = story(asked.path, "rules", "--check")
        assert done.code == 1
        assert done.out == "package.json:2: node: Use bun not node. [cccccccc#1, bbbbbbbb#1, aaaaaaaa#1]\n"
        asked.git("commit", "-q", "-m", "Break a rule")
        assert story(asked.path, "rules", "--check", "HEAD~1..HEAD").out == done.out
        [found] = [
            json.loads(line) for line in story(asked.path, "rules", "--check", "HEAD", "--json").out.splitlines()
        ]
        assert (found["path"], found["line"], found["sources"][0]) == ("package.json", 2, "cccccccc#1")
        report = story(asked.path, "check", "HEAD~1..HEAD")
        assert report.code == 0 and "package.json:2: node: Use bun not node." in report.out
        assert story(asked.path, "check", "HEAD~1..HEAD", "--rules").code == 1

    def test_accepted_rules_hold_without_a_rule_file(self, asked: GitRepo) -> None:
        assert story(asked.path, "rules", "accept", "--all").code == 0
        (asked.path / "a.ts").write_text("let x: any\n")
        asked.git("add", "a.ts")
        done = story(asked.path, "rules", "--check")
        assert done.code == 1 and done.out.startswith("a.ts:1: any: Never use `any` in types. [dddddddd#1]")

    def test_rules_that_cannot_be_read_end_no_check(self, asked: GitRepo) -> None:
        (asked.path / ".gitstory").mkdir(exist_ok=True)
        (asked.path / ".gitstory/rules.toml").write_text("[[rule]\n")
        (asked.path / "AGENTS.md").write_text("<!-- gitstory:rules end -->\n")
        done = story(asked.path, "rules", "--check")
        assert done.code == 0 and done.err.count("warning:") == 2
        assert story(asked.path, "check", "HEAD").code == 0

    def test_a_million_rules_of_a_stranger(self, asked: GitRepo) -> None:
        lines = "".join(f"- Never use `name{number}`. [x#1]\n" for number in range(30_000))
        long = f"- Never use `{'a' * 500_000}`. [x#1]\n"
        (asked.path / "AGENTS.md").write_text(f"{BEGIN}\n{long}{lines}{END}\n")
        (asked.path / "a.py").write_text("name7 = 1\n" * 1000)
        asked.git("add", "-A")
        done = story(asked.path, "rules", "--check")
        assert done.code == 1 and done.out.count("\n") == 200

    def test_nothing_against_the_rules(self, asked: GitRepo) -> None:
        assert story(asked.path, "rules", "--write", "agents").code == 0
        asked.git("add", "-A")
        done = story(asked.path, "rules", "--check")
        assert done.code == 0 and done.out == "2 rules checked, nothing against them\n"

    def test_pre_commit_runs_it(self, asked: GitRepo) -> None:
        assert story(asked.path, "rules", "--write", "agents").code == 0
        hook = (
            "repos:\n-   repo: local\n    hooks:\n    -   id: gitstory-rules\n        name: rules\n"
            f"        entry: {sys.executable} -I -m gitstory rules --check\n        language: system\n"
            "        always_run: true\n        pass_filenames: false\n"
        )
        (asked.path / ".pre-commit-config.yaml").write_text(hook)
        asked.git("add", "-A")
        run = [sys.executable, "-m", "pre_commit", "run", "--color=never"]
        assert subprocess.run(run, cwd=asked.path, check=False, capture_output=True).returncode == 0
        (asked.path / "a.ts").write_text("let x: any\n")
        asked.git("add", "a.ts")
        done = subprocess.run(run, cwd=asked.path, check=False, capture_output=True, text=True)
        assert done.returncode == 1 and "a.ts:1: any: Never use `any` in types. [dddddddd#1]" in done.stdout
        subprocess.run([*run[:3], "install"], cwd=asked.path, check=True, capture_output=True)
        before = asked.git("rev-parse", "HEAD")
        commit = ["git", "commit", "-q", "-m", "Break a rule"]
        refused = subprocess.run(commit, cwd=asked.path, check=False, capture_output=True, text=True)
        assert refused.returncode == 1 and "Never use `any` in types. [dddddddd#1]" in refused.stdout + refused.stderr
        assert asked.git("rev-parse", "HEAD") == before
        assert "from now on never use `any` in types" in story(asked.path, "show", "dddddddd#1").out


def test_a_committed_transcript_is_nobody_s_wish_here(repo: GitRepo) -> None:
    time = "2026-11-30 10:00:00Z"
    history = ".specstory/history/2026-11-30_10-00-00Z-hi.md"
    repo.write(
        history,
        f"<!-- Generated by SpecStory, Markdown v2.1.0 -->\n\n# {time}\n\n"
        f"<!-- Claude Code Session 7b0a2f4e-1111-4222-8333-444455556666 ({time}) -->\n\n_**User ({time})**_\n\n"
        "Always run `make lint` before each commit in the whole project.\n\n---\n\n"
        f"_**Agent (claude-sonnet-4-5 {time})**_\n\nOk.\n\n---\n",
    )
    repo.commit("Begin", {"a.txt": "a\n"})
    repo.git("rm", "-q", "--cached", history)
    assert "make lint" in repr(rules(repo)), "one's own, which git does not have"
    repo.git("add", "-f", history)
    assert rules(repo) == []
