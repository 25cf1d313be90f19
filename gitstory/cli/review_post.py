"""`git story review --post`: the brief as the one comment that is kept on a pull or merge request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gitstory.cli.output import say, warn
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.forge.comment import ChangeRequest, Comments
    from gitstory.forge.github import GitHubJob
    from gitstory.forge.gitlab import GitLabJob

TOKENS = ("GITHUB_TOKEN", "GH_TOKEN", "GITSTORY_GITLAB_TOKEN", "GITLAB_TOKEN")
"""The variables that `ci_job` takes a token from."""


def ci_job(env: Mapping[str, str]) -> GitHubJob | GitLabJob:
    """The CI job this runs in. Raises GitStoryError where it is none, or none about a request."""
    from gitstory.forge import github, gitlab

    if env.get("GITHUB_ACTIONS") == "true":
        return github.job(env)
    if env.get("GITLAB_CI") == "true":
        return gitlab.job(env)
    raise GitStoryError(
        "--post works in GitHub Actions and GitLab CI", hint="elsewhere: `git story review --markdown` and paste it"
    )


def span(request: ChangeRequest) -> str:
    """The commits of a request, from where its branch began."""
    return f"{request.base}...{request.head}"


def post(job: GitHubJob | GitLabJob, text: str) -> int:
    """Keep the comment; where that cannot be (a fork's job has no token that may write), the job tells the brief.

    Never fails the job for a comment: `check` is the gate.
    """
    from gitstory.forge.comment import keep

    if job.token:
        try:
            say(f"comment {keep(_comments(job), text)}")
            return 0
        except GitStoryError as error:
            warn(f"no comment: {error.message}", error.hint)
    else:
        warn("no comment: the job has no token", "give it one that may write comments; the brief follows here")
    _elsewhere(job, text)
    return 0


def _comments(job: GitHubJob | GitLabJob) -> Comments:
    from gitstory.forge.github import GitHubJob, PullComments
    from gitstory.forge.gitlab import MergeNotes

    return PullComments(job) if isinstance(job, GitHubJob) else MergeNotes(job)


def _elsewhere(job: GitHubJob | GitLabJob, text: str) -> None:
    """Into the job's summary where there is one, else into its log."""
    summary = getattr(job, "summary", None)
    if summary is None:
        for line in text.splitlines():
            say(line)
        return
    with summary.open("a", encoding="utf-8") as file:
        file.write(text)
    say("the brief is in the job's summary")
