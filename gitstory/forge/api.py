"""JSON over HTTPS with a job's token, and nothing else: no redirects, bounded answers, one short message a failure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from msgspec import Struct

from gitstory.errors import GitStoryError

SECONDS = 30.0
LARGEST = 20 << 20
"""Bytes of an answer that are read."""


class RequestRefused(GitStoryError):
    """The forge said no; `status` is HTTP's."""

    def __init__(self, status: int, what: str) -> None:
        super().__init__(f"the forge answered {status} to {what}", hint="look at what the job's token may do")
        self.status = status


class ForgeUnreachable(GitStoryError):
    def __init__(self, why: str) -> None:
        super().__init__(f"the forge could not be asked: {why}", hint="the brief is in the job's log all the same")


class _Stay(HTTPRedirectHandler):
    """A redirect would take the token along to wherever it leads."""

    def redirect_request(self, *args: Any) -> None:
        return None


class Api(Struct, frozen=True):
    """An API's address and the headers that say who asks."""

    base: str
    headers: Mapping[str, str]

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The decoded answer, None for an empty one. Raises `RequestRefused` or `ForgeUnreachable`."""
        if not self.base.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise ForgeUnreachable(f"{self.base} is not an https address")
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", "User-Agent": "gitstory", **self.headers}
        request = Request(self.base.rstrip("/") + path, data, sent, method=method)
        try:
            with build_opener(_Stay).open(request, timeout=SECONDS) as answer:
                text = answer.read(LARGEST)
        except HTTPError as error:
            raise RequestRefused(error.code, f"{method} {path.partition('?')[0]}") from None
        except (URLError, OSError) as error:
            raise ForgeUnreachable(str(getattr(error, "reason", error))) from None
        try:
            return json.loads(text) if text.strip() else None
        except (ValueError, RecursionError):
            raise ForgeUnreachable("its answer is no JSON") from None
