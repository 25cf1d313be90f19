"""What a commit says of agents that took part: well-known lines, and nothing that only looks like one."""

from __future__ import annotations

import pytest

from gitstory.git.commit_details import CommitInfo
from gitstory.summary.coauthors import Signed, signed


def commit(
    body: str = "", author: str = "Dev One", email: str = "dev@example.com", committer: str = "Dev One"
) -> CommitInfo:
    return CommitInfo("0" * 40, (), author, email, 0, 0, committer, 0, "subject", body)


@pytest.mark.parametrize(
    ("line", "agent", "model"),
    [
        ("Co-authored-by: aider (gpt-4o) <aider@aider.chat>", "aider", "gpt-4o"),
        ("Co-authored-by: aider (openrouter/x (free)) <noreply@aider.chat>", "aider", "openrouter/x (free)"),
        ("Co-Authored-By: Claude <noreply@anthropic.com>", "claude", ""),
        ("Co-Authored-By: Claude Opus 4.6 (1M context) <noreply@anthropic.com>", "claude", "Opus 4.6"),
        ("co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>", "copilot", ""),
        ("Co-authored-by: Cursor <cursoragent@cursor.com>\r", "cursor", ""),
        ("Co-authored-by: Codex <noreply@openai.com>", "codex", ""),
        ("Assisted-by: Grok Code Fast via Crush <crush@charm.land>", "crush", "Grok Code Fast"),
        (
            "Co-authored-by: x <158243242+devin-ai-integration[bot]@users.noreply.github.com>",
            "devin",
            "",
        ),
    ],
)
def test_lines(line: str, agent: str, model: str) -> None:
    assert signed(commit(f"Because.\n\nSigned-off-by: Dev One <dev@example.com>\n{line}\n")) == (
        Signed(agent, model, "message"),
    )


@pytest.mark.parametrize(
    "body",
    [
        "Co-authored-by: Claude Monet <claude@example.com>",
        "Co-authored-by: aider (gpt-4o) <dev@example.com>",
        "Co-authored-by: Claude <noreply@anthropic.com> and more",
        "We had Co-authored-by: Claude <noreply@anthropic.com>",
        "Co-authored-by: Claude <noreply@anthropic.com>\n\nand then a paragraph",
        "Reviewed-by: Claude <noreply@anthropic.com>",
        "Co-authored-by: mallory <1+evil+Copilot@users.noreply.github.com>",
        "Co-authored-by: " + "a" * 100_000,
    ],
)
def test_what_is_no_such_line(body: str) -> None:
    assert signed(commit(body)) == ()


def test_names_commits_were_made_under() -> None:
    assert signed(commit(author="Dev One (aider)", committer="Dev One (aider)")) == (Signed("aider", "", "author"),)
    assert signed(commit(committer="Dev One (aider)")) == (Signed("aider", "", "committer"),)
    assert signed(commit(email="198982749+Copilot@users.noreply.github.com")) == (Signed("copilot", "", "author"),)
    assert signed(commit(author="Aider Jones")) == ()


def test_each_once_and_not_those_a_conversation_is_known_of() -> None:
    body = "Co-authored-by: aider (m) <aider@aider.chat>\nCo-authored-by: Claude <noreply@anthropic.com>"
    one = commit(body, author="Dev One (aider)")
    assert [each.agent for each in signed(one)] == ["aider", "claude"]
    assert [each.agent for each in signed(one, {"claude-code"})] == ["aider"]
    assert [each.agent for each in signed(one, {"aider", "codex"})] == ["claude"]
