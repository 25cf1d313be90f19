"""Fakes of the forges' REST APIs on loopback, as far as comments go, with the payloads their documentation shows."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Forge:
    """`comments` are those of the one request, as dicts like the API's; `calls` all that was asked.

    Comments whose `id` is in `foreign` cannot be changed; `status` answers every write instead where it is set.
    """

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.calls: list[tuple[str, str, dict[str, str]]] = []
        self.foreign: set[int] = set()
        self.status = 0
        self.address = ""

    def add(self, body: str, **more: Any) -> int:
        made = {"id": 100 + len(self.comments), "body": body, **more}
        self.comments.append(made)
        return int(made["id"])


@contextmanager
def serving(forge: Forge, lists: str, one: str) -> Iterator[Forge]:
    """`lists` is the path of the list of comments, `one` a pattern for that of a single one (its last group the id)."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            asked = dict(re.findall(r"(\w+)=(\d+)", query))
            size, page = int(asked.get("per_page", 30)), int(asked.get("page", 1))
            self._log()
            if path == lists:
                self._answer(200, forge.comments[(page - 1) * size : page * size])
            else:
                self._answer(404, {"message": "Not Found"})

        def do_POST(self) -> None:
            self._log()
            body = self._body()
            if forge.status or self.path != lists:
                self._answer(forge.status or 404, {"message": "Resource not accessible by integration"})
                return
            self._answer(201, {"id": forge.add(body["body"]), **body})

        def do_PATCH(self) -> None:
            self._change()

        def do_PUT(self) -> None:
            self._change()

        def _change(self) -> None:
            self._log()
            body = self._body()
            found = re.fullmatch(one, self.path)
            hit = [each for each in forge.comments if found and each["id"] == int(found[1])]
            if forge.status or not hit or hit[0]["id"] in forge.foreign:
                self._answer(
                    forge.status or (403 if hit else 404), {"message": "Must have admin rights to Repository."}
                )
                return
            hit[0]["body"] = body["body"]
            self._answer(200, hit[0])

        def _log(self) -> None:
            forge.calls.append((self.command, self.path, {key.lower(): value for key, value in self.headers.items()}))

        def _body(self) -> dict[str, Any]:
            read: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            return read

        def _answer(self, status: int, value: Any) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    forge.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
