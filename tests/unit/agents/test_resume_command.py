"""Commands that continue a conversation: only for plain names."""

from __future__ import annotations

import pytest

from gitstory.agents.resume_command import resume_command


def test_the_id_is_one_argument() -> None:
    assert resume_command("codex", "0199-a") == ("codex", "resume", "0199-a")
    assert resume_command("copilot-cli", "a1") == ("copilot", "--resume=a1")


@pytest.mark.parametrize("name", ["", "-rf", "--dangerous", "a b", "a;b", "$(a)", "a\nb", "../a", "a/b", "x" * 300])
def test_an_id_that_is_no_name_is_given_to_no_program(name: str) -> None:
    assert resume_command("claude-code", name) is None


def test_a_task_of_clines_editors_is_not_given_to_its_program() -> None:
    assert resume_command("cline", "1795816588963_awchi") == ("cline", "--id", "1795816588963_awchi")
    assert resume_command("cline", "1795816588963") is None


def test_an_older_task_of_kilo_codes_editor_is_not_given_to_its_program() -> None:
    assert resume_command("kilo-code", "ses_0a1b") == ("kilo", "--session", "ses_0a1b")
    assert resume_command("kilo-code", "01987a6e-0000-4000-8000-000000000001") is None


def test_an_agent_without_such_a_command() -> None:
    assert resume_command("some-editor", "a1") is None
