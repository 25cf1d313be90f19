"""GitHub Actions: the event file, and comments on pull requests (REST, API version 2022-11-28)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from gitstory.errors import GitStoryError
from gitstory.forge.api import Api
from gitstory.forge.comment import ChangeRequest, pages


class NoRequest(GitStoryError):
    def __init__(self) -> None:
        super().__init__(
            "this job is not about a pull request", hint="run it on `pull_request`, or on merge request pipelines"
        )


class GitHubJob(Struct, frozen=True):
    """What a workflow's environment says. `token` is "" where the job has none."""

    request: ChangeRequest
    number: int
    repository: str
    api: str
    token: str
    summary: Path | None


def job(env: Mapping[str, str]) -> GitHubJob:
    """Reads `GITHUB_EVENT_PATH` (`pull_request`, `pull_request_target`). Raises `NoRequest`."""
    try:
        event: Any = json.loads(Path(env["GITHUB_EVENT_PATH"]).read_text("utf-8"))
        pull = event["pull_request"]
        base, head = pull["base"], pull["head"]
        origin = (head.get("repo") or {}).get("full_name")
        request = ChangeRequest(str(base["sha"]), str(head["sha"]), origin != (base.get("repo") or {}).get("full_name"))
        number = int(pull["number"])
    except (KeyError, TypeError, ValueError, AttributeError, OSError, RecursionError):
        raise NoRequest from None
    summary = env.get("GITHUB_STEP_SUMMARY")
    return GitHubJob(
        request,
        number,
        env.get("GITHUB_REPOSITORY", ""),
        env.get("GITHUB_API_URL") or "https://api.github.com",
        env.get("GITHUB_TOKEN") or env.get("GH_TOKEN") or "",
        Path(summary) if summary else None,
    )


class PullComments:
    """Comments of a pull request, which GitHub keeps as those of an issue."""

    def __init__(self, job: GitHubJob) -> None:
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        self._api = Api(job.api, {**headers, "Authorization": f"Bearer {job.token}"})
        self._root = f"/repos/{quote(job.repository)}/issues"
        self._number = job.number

    def all(self) -> Iterator[tuple[str, str]]:
        for page in pages(self._api, f"{self._root}/{self._number}/comments"):
            yield str(page.get("id")), str(page.get("body") or "")

    def create(self, text: str) -> None:
        self._api.call("POST", f"{self._root}/{self._number}/comments", {"body": text})

    def replace(self, id: str, text: str) -> None:
        self._api.call("PATCH", f"{self._root}/comments/{quote(id)}", {"body": text})
