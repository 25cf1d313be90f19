"""Who may ask: this machine, the browser that was given the token, and forms of our own pages.

Every request is looked at before anything else is done for it. A page of another site that a browser has open can send
requests here: it has no cookie (SameSite=Strict), another Origin, and, where it made its name point here, another Host.
"""

from __future__ import annotations

from hmac import compare_digest
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # With no-referrer, browsers say that our own forms come from nowhere ("Origin: null").
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_SAFE = ("GET", "HEAD")
_ENTER = """<!doctype html><html lang="en"><meta charset="utf-8"><title>gitstory</title>
<meta http-equiv="refresh" content="0; url=/"><p><a href="/">Continue</a></p></html>"""


class Access:
    """The secrets of one run: the token in the address that is printed, the browser's cookie, the token of forms."""

    def __init__(self, port: int, opened_again: Callable[[], None] = lambda: None) -> None:
        """`opened_again` is called when a browser without the cookie comes with the token that was used."""
        self.opened_again = opened_again
        self.hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost"))
        self.cookie_name = f"gitstory-{port}"
        self.csrf = token_urlsafe(24)
        self._cookie = token_urlsafe(32)
        self._token = token_urlsafe(32)
        self._used = False
        self.address = f"http://127.0.0.1:{port}/?token={self._token}"

    def exchange(self, token: str) -> str | None:
        """The cookie for the token, once; None for another token, and from the second time on."""
        if self._used or not self.is_token(token):
            return None
        self._used = True
        return self._cookie

    def is_token(self, token: str) -> bool:
        return compare_digest(token.encode(), self._token.encode())

    def knows(self, cookie: str) -> bool:
        return compare_digest(cookie.encode(), self._cookie.encode())


class RequestGuard:
    """Answers 403 to whoever may not ask; sets what every answer has to say to the browser."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = _headers(scope)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with(message.get("headers", []), scope["path"])
            await send(message)

        token = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
        enters = bool(token) and scope["path"] == "/" and scope["method"] == "GET"
        why = self._refused(scope, headers, enters)
        if why is None and enters:
            await self._enter(token, guarded, headers)
        elif why is None and not self._access.knows(_cookie(headers, self._access.cookie_name)):
            await _refuse(guarded, "open the address that `git story ui` printed; it works once")
        elif why is not None:
            await _refuse(guarded, why)
        else:
            await self._app(scope, receive, guarded)

    def _refused(self, scope: Scope, headers: dict[str, str], enters: bool) -> str | None:
        """Why a request is refused whatever its cookie is. The first one of a browser comes from a file of ours."""
        if headers.get("host", "") not in self._access.hosts:
            return "this address is not the one that `git story ui` printed"
        origin = headers.get("origin")
        if origin is not None and origin.removeprefix("http://") not in self._access.hosts:
            return "requests of other sites are refused"
        if origin is not None and not origin.startswith("http://"):
            return "requests of other sites are refused"
        if headers.get("sec-fetch-site", "none") in ("cross-site", "same-site") and not enters:
            return "requests of other sites are refused"
        if scope["method"] in _SAFE:
            return None
        if scope["method"] != "POST":
            return "only GET and POST are served"
        return None if origin is not None else "a form has to say where it comes from"

    async def _enter(self, token: str, send: Send, headers: dict[str, str]) -> None:
        cookie = self._access.exchange(token)
        if cookie is None:
            if self._access.knows(_cookie(headers, self._access.cookie_name)):
                await _answer(send, 200, _ENTER, [])
                return
            if self._access.is_token(token):
                self._access.opened_again()
            await _refuse(send, "this address was used already; start `git story ui` again for another one")
            return
        value = f"{self._access.cookie_name}={cookie}; Path=/; HttpOnly; SameSite=Strict"
        await _answer(send, 200, _ENTER, [(b"set-cookie", value.encode())])


def _headers(scope: Scope) -> dict[str, str]:
    """The headers by name; of one that came twice, all values together, which then fit nothing."""
    values: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1")
        values[key] = f"{values[key]}; {text}" if key in values else text
    return values


def _cookie(headers: dict[str, str], name: str) -> str:
    parts = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
    return next((value for key, _, value in parts if key == name), "")


def _with(headers: Any, path: str) -> list[tuple[bytes, bytes]]:
    """The answer's headers with ours; pages are not kept anywhere."""
    there = {name.lower() for name, _ in headers}
    ours = [one for one in HEADERS if one[0] not in there]
    if b"cache-control" not in there:
        ours.append((b"cache-control", b"no-store"))
    return [*headers, *ours]


async def _refuse(send: Send, why: str) -> None:
    await _answer(send, 403, f"403: {why}\n", [], kind=b"text/plain; charset=utf-8")


async def _answer(
    send: Send, status: int, text: str, headers: list[tuple[bytes, bytes]], *, kind: bytes = b"text/html; charset=utf-8"
) -> None:
    body = text.encode()
    size = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind), size, *headers]})
    await send({"type": "http.response.body", "body": body})


def csrf_is_right(access: Access, sent: str) -> bool:
    """Whether a form carries the token of this run."""
    return compare_digest(sent.encode(), access.csrf.encode())
