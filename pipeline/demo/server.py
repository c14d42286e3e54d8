"""Serves the bundled newsroom on 127.0.0.1, so that the demo goes through the real HTTP path."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

NEWSROOM = Path(__file__).parent / "newsroom"

#: The address the bundled files call their own; what is served names the server's real one.
PLACEHOLDER = b"http://newsroom.example"

_CONTENT_TYPES = {".html": "text/html; charset=utf-8", ".xml": "application/xml", ".txt": "text/plain; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class _Document:
    body: bytes
    content_type: str
    etag: str


class NewsroomServer:
    """``with NewsroomServer() as newsroom``: the bundled pages at ``newsroom.base``, on a port the system picks.

    Raises OSError when no port of 127.0.0.1 can be opened.
    """

    def __init__(self, folder: Path = NEWSROOM) -> None:
        self._httpd = _Server(("127.0.0.1", 0), _Handler)
        self._httpd.documents = _load(folder, self.base)
        # A short poll keeps the end of the demo quick.
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(0.05,), name="newsroom", daemon=True)

    @property
    def base(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return f"http://127.0.0.1:{self._httpd.server_address[1]}"

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that answers, in order."""
        return tuple(sorted(self._httpd.documents))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._httpd.shutdown()
        self._thread.join(5)
        self._httpd.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    documents: dict[str, _Document]

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that hangs up is no matter for the demo's output."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "dealwire-demo"
    disable_nagle_algorithm = True
    timeout = 30

    def log_message(self, format: str, *args: object) -> None:
        """The ingest shows its own progress."""

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        document = self.server.documents.get(self.path.partition("?")[0])
        if document is None:
            self.send_error(404)
            return
        unchanged = self.headers.get("If-None-Match") == document.etag
        self.send_response(304 if unchanged else 200)
        self.send_header("ETag", document.etag)
        if not unchanged:
            self.send_header("Content-Type", document.content_type)
            self.send_header("Content-Length", str(len(document.body)))
        self.end_headers()
        if with_body and not unchanged:
            self.wfile.write(document.body)


def _load(folder: Path, base: str) -> dict[str, _Document]:
    """Every file of the newsroom by the path it answers at; a folder's index.html answers for the folder."""
    documents: dict[str, _Document] = {}
    for file in sorted(folder.rglob("*")):
        content_type = _CONTENT_TYPES.get(file.suffix)
        if content_type is None:
            continue
        body = file.read_bytes().replace(PLACEHOLDER, base.encode("ascii"))
        path = "/" + file.relative_to(folder).as_posix().removesuffix("index.html")
        documents[path] = _Document(body, content_type, f'"{hashlib.sha256(body).hexdigest()[:16]}"')
    return documents
