"""A port in front of a server that can be made to fail in all the ways in which a server fails."""

from __future__ import annotations

import contextlib
import enum
import socket
import threading
from collections.abc import Iterator

from tools.guide_process import free_port


class Way(enum.Enum):
    """What happens to who comes to the gate."""

    passes = enum.auto()
    away = enum.auto()
    """Nothing listens."""
    hangs = enum.auto()
    """Connections stay open, and nothing more ever comes, as from a frozen machine."""
    cuts = enum.auto()
    """The connection ends in the middle of an answer."""


class Gate:
    """Give ``port`` instead of ``target`` to whoever shall meet the faults."""

    def __init__(self, target: int) -> None:
        self.target, self.port = target, free_port()
        self._way: Way | bytes = Way.passes
        self._passing = threading.Event()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.be(Way.passes)

    def be(self, way: Way | bytes) -> None:
        """Behave so from now on. Bytes are the answer to whatever comes, after which the connection ends."""
        self._way = way
        if way is not Way.hangs:
            for connection in list(self._open) if way is not Way.passes else ():
                _close(connection)
            self._passing.set()
        else:
            self._passing.clear()
        if way is Way.away:
            if self._listener:
                _close(self._listener)
            self._listener = None
        elif self._listener is None:
            self._listener = socket.socket()
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind(("127.0.0.1", self.port))
            self._listener.listen(128)
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    @contextlib.contextmanager
    def being(self, way: Way | bytes) -> Iterator[None]:
        """So for a while, and then as a server should be."""
        self.be(way)
        try:
            yield
        finally:
            self.be(Way.passes)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        try:
            self._passing.wait()
            way = self._way
            if way is Way.passes:
                with socket.create_connection(("127.0.0.1", self.target), timeout=10) as server:
                    server.settimeout(None)
                    self._open.add(server)
                    back = threading.Thread(target=self._pump, args=(server, connection), daemon=True)
                    back.start()
                    self._pump(connection, server)
                    back.join()
                    self._open.discard(server)
            else:
                connection.recv(65536)
                connection.sendall(way if isinstance(way, bytes) else b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{")
        except OSError:  # either side has gone
            pass
        finally:
            self._open.discard(connection)
            _close(connection)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while part := source.recv(65536):
                self._passing.wait()
                sink.sendall(part)
        except OSError:
            pass
        finally:
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_WR)


def _close(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
