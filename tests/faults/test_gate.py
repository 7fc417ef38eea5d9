"""The gate makes a server fail as it is told, and lets everything pass otherwise."""

from __future__ import annotations

import http.server
import threading

import httpx
import pytest

from faults.gate import Gate, Way


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *arguments):
        pass


@pytest.fixture
def gate():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    gate = Gate(server.server_port)
    yield gate
    gate.be(Way.away)
    server.shutdown()
    server.server_close()


def get(gate: Gate) -> str:
    return httpx.get(f"http://127.0.0.1:{gate.port}/", timeout=1).text


@pytest.mark.parametrize(
    ("way", "error"),
    [(Way.away, httpx.ConnectError), (Way.hangs, httpx.ReadTimeout), (Way.cuts, httpx.RemoteProtocolError)],
)
def test_a_fault_begins_and_ends(gate, way, error):
    assert get(gate) == "hello"
    with gate.being(way), pytest.raises(error):
        get(gate)
    assert get(gate) == "hello"


def test_bytes_are_the_answer(gate):
    with gate.being(b"HTTP/1.1 500 Broken\r\nContent-Length: 2\r\n\r\nno"):
        assert get(gate) == "no"
    assert get(gate) == "hello"


def test_a_connection_that_is_open_meets_the_fault_too(gate):
    with httpx.Client(base_url=f"http://127.0.0.1:{gate.port}", timeout=1) as client:
        assert client.get("/").text == "hello"
        with gate.being(Way.hangs), pytest.raises(httpx.ReadTimeout):
            client.get("/")
