"""A schema registry for the tests: a real HTTP server with the part of Confluent's REST interface that clients use.

None of the real ones (Confluent's, Karapace, Apicurio) can be installed from a package index as it is. The other side of the
wire is Confluent's own: its serialisers register schemas here and write the values that are read.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Registry:
    """The schemas by number; `asked` has the paths that were asked for."""

    def __init__(self, user: str = "", password: str = "") -> None:
        self.schemas: list[dict[str, Any]] = []
        self.versions: dict[str, list[int]] = {}
        """By subject, the numbers of its schemas."""
        self.asked: list[str] = []
        self.token = f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}" if user else None
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registry.asked.append(self.path)
                self.answer(registry.get(self.path.partition("?")[0]))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.answer(registry.post(self.path.partition("?")[0], body))

            def answer(self, found: dict[str, Any] | None) -> None:
                code = 200 if found is not None else 404
                if registry.token and self.headers.get("Authorization") != registry.token:
                    code, found = 401, None
                data = json.dumps(found or {"error_code": 40403, "message": "Schema not found"}).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def get(self, path: str) -> dict[str, Any] | None:
        """A schema by its number, or by subject and version."""
        if (by_number := re.fullmatch(r"/schemas/ids/(\d+)", path)) and 0 < int(by_number[1]) <= len(self.schemas):
            return self.schemas[int(by_number[1]) - 1]
        if by_version := re.fullmatch(r"/subjects/([^/]+)/versions/(\d+)", path):
            number = self.versions[urllib.parse.unquote(by_version[1])][int(by_version[2]) - 1]
            return {"subject": by_version[1], "version": int(by_version[2]), "id": number, **self.schemas[number - 1]}
        return None

    def post(self, path: str, schema: dict[str, Any]) -> dict[str, Any] | None:
        """Registers a schema under a subject, or finds the one that is registered."""
        found = re.fullmatch(r"/subjects/([^/]+)(?:/versions)?", path)
        if found is None:
            return None
        if schema not in self.schemas:
            self.schemas.append(schema)
        number = self.schemas.index(schema) + 1
        subject = urllib.parse.unquote(found[1])
        versions = self.versions.setdefault(subject, [])
        if number not in versions:
            versions.append(number)
        version = versions.index(number) + 1
        return {"id": number, "subject": subject, "version": version, **schema}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
