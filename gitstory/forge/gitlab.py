"""GitLab CI: the job's variables, and notes on merge requests (REST, v4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from msgspec import Struct

from gitstory.forge.api import Api
from gitstory.forge.comment import ChangeRequest, pages
from gitstory.forge.github import NoRequest


class GitLabJob(Struct, frozen=True):
    """`token` is a project's or person's access token (scope `api`): a job's own may not write notes."""

    request: ChangeRequest
    number: str
    project: str
    api: str
    token: str


def job(env: Mapping[str, str]) -> GitLabJob:
    """Reads the predefined variables of merge request pipelines. Raises `NoRequest`."""
    try:
        head = env.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or env["CI_COMMIT_SHA"]
        foreign = env.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", env["CI_PROJECT_ID"]) != env["CI_PROJECT_ID"]
        request = ChangeRequest(env["CI_MERGE_REQUEST_DIFF_BASE_SHA"], head, foreign)
        token = env.get("GITSTORY_GITLAB_TOKEN") or env.get("GITLAB_TOKEN") or ""
        return GitLabJob(request, env["CI_MERGE_REQUEST_IID"], env["CI_PROJECT_ID"], env["CI_API_V4_URL"], token)
    except KeyError:
        raise NoRequest from None


class MergeNotes:
    """Notes of a merge request; those the system writes are passed over."""

    def __init__(self, job: GitLabJob) -> None:
        self._api = Api(job.api, {"PRIVATE-TOKEN": job.token})
        self._root = f"/projects/{quote(job.project, safe='')}/merge_requests/{quote(job.number, safe='')}/notes"

    def all(self) -> Iterator[tuple[str, str]]:
        for page in pages(self._api, self._root):
            if not page.get("system"):
                yield str(page.get("id")), str(page.get("body") or "")

    def create(self, text: str) -> None:
        self._api.call("POST", self._root, {"body": text})

    def replace(self, id: str, text: str) -> None:
        self._api.call("PUT", f"{self._root}/{quote(id, safe='')}", {"body": text})
