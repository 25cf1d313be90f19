"""A model that says what a plan tells it: a small HTTP server on this machine, for agents that think it is real."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import ModuleType, TracebackType
from typing import Any

from tests.lab import wire_chat, wire_gemini, wire_messages, wire_responses
from tests.lab.plan import ASIDE, Plan, Reply, choose


@dataclass(frozen=True)
class Asked:
    """One request as it came in; `prompt` is the plan's prompt it was answered for, None for an aside."""

    method: str
    path: str
    body: dict[str, Any]
    prompt: str | None = None


@dataclass
class Model:
    """The server. Use as a context manager; `plan` may be changed between two turns.

    `pace` is how many seconds an answer takes. At 0 edits, commits and the next prompt fall into one second, which
    no person's work does but which shows where an order was guessed from times. A request without tools is an aside
    (a title, a summary), even where it quotes the prompt word for word; not so `in_words`, for an agent without tools.
    """

    plan: Plan = field(default_factory=dict)
    pace: float = 0.0
    in_words: bool = False
    asked: list[Asked] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)

    def __enter__(self) -> Model:
        self._serial = count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def check(self) -> None:
        """Raise what went wrong in a `before` callback, which runs in the server's thread."""
        if self.failures:
            raise self.failures.pop(0)

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, str, bytes]:
        """Status, content type and body for one request."""
        route = path.partition("?")[0].rstrip("/")
        if route.endswith("/messages/count_tokens"):
            self.asked.append(Asked(method, path, body))
            return _json({"input_tokens": 100})
        if route.endswith("/messages"):
            reply = self._reply(method, path, body, wire_messages)
            whole = wire_messages.message(reply, next(self._serial), str(body.get("model", "lab")))
            return _events(wire_messages.stream(whole)) if body.get("stream") else _json(whole)
        if route.endswith("/responses"):
            reply = self._reply(method, path, body, wire_responses)
            serial = next(self._serial)
            output = wire_responses.items(reply, serial)
            return _events(wire_responses.stream(output, serial, str(body.get("model", "lab"))))
        if route.endswith("/chat/completions"):
            said = wire_chat.message(self._reply(method, path, body, wire_chat), serial := next(self._serial))
            named = str(body.get("model", "lab"))
            if body.get("stream"):
                return _events(wire_chat.stream(said, serial, named))
            return _json(wire_chat.whole(said, serial, named))
        model, _, verb = route.rpartition("/")[2].partition(":")
        if verb in ("generateContent", "streamGenerateContent"):
            said = wire_gemini.answer(self._reply(method, path, body, wire_gemini), next(self._serial), model)
            return _events(wire_gemini.stream(said)) if verb.startswith("stream") else _json(said)
        self.asked.append(Asked(method, path, body))
        if verb == "countTokens":
            return _json({"totalTokens": 100})
        if route.endswith("/models"):
            return _json({"object": "list", "data": [], "models": []})
        return _json({"error": {"type": "not_found_error", "message": "not part of the lab"}}, 404)

    def _reply(self, method: str, path: str, body: dict[str, Any], wire: ModuleType) -> Reply:
        found = choose(self.plan, list(wire.history(body))) if self.in_words or wire.offers_tools(body) else None
        self.asked.append(Asked(method, path, body, found[0] if found else None))
        if found is None:
            return ASIDE
        threading.Event().wait(self.pace)
        if found[1].before:
            found[1].before()
        return found[1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(length)
                try:
                    body = json.loads(raw) if raw else {}
                    self._send(*model.answer(self.command, self.path, body))
                except ConnectionError:  # the person interrupted the agent, which hung up
                    self.close_connection = True
                except BaseException as error:  # noqa: BLE001  told to the test by check(); the agent gets a plain 400
                    model.failures.append(error)
                    self._send(*_json({"error": {"type": "invalid_request_error", "message": "lab failure"}}, 400))

            def do_GET(self) -> None:
                self._send(*model.answer(self.command, self.path, {}))

            def do_HEAD(self) -> None:
                self._send(200, "text/plain", b"")

            def _send(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Silence: `asked` is the record."""

        return Handler


def _json(value: dict[str, Any], status: int = 200) -> tuple[int, str, bytes]:
    return status, "application/json", json.dumps(value).encode()


def _events(body: bytes) -> tuple[int, str, bytes]:
    return 200, "text/event-stream", body
