"""A real HTTP server on 127.0.0.1 for tests: scripted answers, a log of what was asked, no outside network."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived. ``path`` keeps the query; ``at`` is time.monotonic()."""

    method: str
    path: str
    headers: Mapping[str, str]  # lower-case names
    at: float
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send back. With ``chunks`` the body is sent chunked, ``chunk_delay`` seconds apart; else with a length.

    An answer with an ``ETag`` or ``Last-Modified`` header turns into 304 when the request names the same validator.
    ``length`` overrides the Content-Length that is claimed (to lie about it).
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    chunks: Sequence[bytes] | None = None
    chunk_delay: float = 0.0
    length: int | None = None


class LoopbackServer:
    """``with LoopbackServer() as server``: script answers by path (query included), then read ``server.requests``."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._answers: dict[str, Callable[[Request], Answer]] = {}
        self._stopping = threading.Event()
        self._connections: set[socket] = set()
        self._lock = threading.Lock()
        self._httpd = _Server(("127.0.0.1", 0), _handler_for(self))
        self._httpd.owner = self
        # A short poll keeps shutdown (and so every test) quick.
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._httpd.server_address[1])

    def url(self, path: str) -> str:
        """The full address of ``path`` (which begins with a slash)."""
        return f"http://127.0.0.1:{self.port}{path}"

    def add(
        self,
        path: str,
        body: bytes = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        delay: float = 0.0,
        chunks: Sequence[bytes] | None = None,
        chunk_delay: float = 0.0,
        length: int | None = None,
    ) -> str:
        """Answer ``path`` like this from now on (replacing what it answered before); returns its URL."""
        answer = Answer(body, status, dict(headers or {}), delay, chunks, chunk_delay, length)
        return self.add_handler(path, lambda request: answer)

    def add_sequence(self, path: str, answers: Sequence[Answer]) -> str:
        """Give these answers one after the other; the last one is repeated."""
        left = list(answers)
        lock = threading.Lock()

        def take(request: Request) -> Answer:
            with lock:
                return left.pop(0) if len(left) > 1 else left[0]

        return self.add_handler(path, take)

    def add_handler(self, path: str, handler: Callable[[Request], Answer]) -> str:
        """Let a function decide the answer for ``path``."""
        self._answers[path] = handler
        return self.url(path)

    def count(self, path: str) -> int:
        """How often ``path`` was asked for."""
        return sum(1 for request in self.requests if request.path == path)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._httpd.shutdown()
        self._thread.join(5)
        with self._lock:
            for connection in self._connections:
                try:
                    connection.shutdown(SHUT_RDWR)
                except OSError:
                    continue
        self._httpd.server_close()

    def _answer(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
        handler = self._answers.get(request.path)
        if handler is None:
            return Answer(b"no such page", 404, {"Content-Type": "text/plain"})
        answer = handler(request)
        return Answer(b"", 304, answer.headers, answer.delay) if _unchanged(request, answer) else answer

    def _sleep(self, seconds: float) -> None:
        """Wait, but no longer than until the server stops."""
        if seconds > 0:
            self._stopping.wait(seconds)


def _unchanged(request: Request, answer: Answer) -> bool:
    if answer.status != 200:
        return False
    given = {name.lower(): value for name, value in answer.headers.items()}
    if "if-none-match" in request.headers:
        return request.headers["if-none-match"] == given.get("etag")
    return "last-modified" in given and request.headers.get("if-modified-since") == given["last-modified"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    owner: LoopbackServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what many tests are about: no noise on stderr."""


def _handler_for(server: LoopbackServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 30

        def setup(self) -> None:
            super().setup()
            with server._lock:
                server._connections.add(self.connection)

        def finish(self) -> None:
            with server._lock:
                server._connections.discard(self.connection)
            super().finish()

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            self._respond(with_body=True)

        def do_POST(self) -> None:
            self._respond(with_body=True, sent=self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def do_HEAD(self) -> None:
            self._respond(with_body=False)

        def _respond(self, *, with_body: bool, sent: bytes = b"") -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = server._answer(Request(self.command, self.path, headers, time.monotonic(), sent))
            server._sleep(answer.delay)
            given = {name.lower() for name in answer.headers}
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.chunks is not None:
                if "transfer-encoding" not in given:
                    self.send_header("Transfer-Encoding", "chunked")
            elif answer.status not in (204, 304) and "content-length" not in given:
                self.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
            self.end_headers()
            if not with_body or answer.status in (204, 304):
                return
            if answer.chunks is None:
                self.wfile.write(answer.body)
                if answer.length is not None and answer.length != len(answer.body):
                    self.close_connection = True
                return
            for chunk in answer.chunks:
                if server._stopping.is_set():
                    break
                if chunk:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                server._sleep(answer.chunk_delay)
            self.wfile.write(b"0\r\n\r\n")

    return Handler
