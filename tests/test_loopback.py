"""The test server itself: other tests lean on it."""

from __future__ import annotations

from http.client import HTTPConnection

from tests.loopback import Answer, LoopbackServer


def get(server: LoopbackServer, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_answers_scripted_pages_and_logs_requests() -> None:
    with LoopbackServer() as server:
        server.add("/a?x=1", b"hello", headers={"Content-Type": "text/plain"})
        server.add("/c", chunks=[b"one ", b"two"])
        assert get(server, "/a?x=1", {"User-Agent": "me"}) == (200, b"hello")
        assert get(server, "/c") == (200, b"one two")
        assert get(server, "/nothing")[0] == 404
        assert [request.path for request in server.requests] == ["/a?x=1", "/c", "/nothing"]
        assert server.requests[0].headers["user-agent"] == "me"
        assert server.count("/c") == 1


def test_validators_turn_into_304_and_sequences_advance() -> None:
    with LoopbackServer() as server:
        server.add("/e", b"body", headers={"ETag": '"v1"'})
        assert get(server, "/e", {"If-None-Match": '"v1"'}) == (304, b"")
        assert get(server, "/e", {"If-None-Match": '"v2"'}) == (200, b"body")
        server.add_sequence("/s", [Answer(b"", 503), Answer(b"fine")])
        assert [get(server, "/s")[0] for _ in range(3)] == [503, 200, 200]
