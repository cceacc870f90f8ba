"""Peers of bench/programs that speak TLS, and those that are clients of servers."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import ssl
from pathlib import Path
from typing import IO

from lib import certificate
from lib.peers import LOOPBACK, WITHIN, Handler, Peer, Server, Threads

TURNS = 20  # requests or lines of a connection


class EchoHandler(Handler):
    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(line)


class TlsThreads(Threads):
    context: ssl.SSLContext

    def finish_request(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        # A client need not say that it ends.
        with contextlib.suppress(ssl.SSLEOFError):
            with self.context.wrap_socket(request, server_side=True) as conn:
                EchoHandler(conn, client_address, self)


def tls_echo(folder: Path) -> Peer:
    made = TlsThreads(LOOPBACK, EchoHandler)
    made.context = certificate.make(folder)
    peer = Server(made)
    peer.more = (str(folder / "cert.pem"),)
    return peer


class Client(Peer):
    """Connects to the program as often as it is told, and has TURNS answers each time."""

    where = "0"

    def __init__(self, folder: Path) -> None:
        pass

    def talk(self, conn: socket.socket) -> bytes:
        raise NotImplementedError

    def connected(self, port: int) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port), WITHIN)

    def drive(self, said: IO[str], count: int) -> str:
        port, digest = int(said.readline()), hashlib.sha256()
        for _ in range(count):
            with self.connected(port) as conn:
                digest.update(self.talk(conn))
        return digest.hexdigest()

    def close(self) -> None:
        pass


class HttpClient(Client):
    def talk(self, conn: socket.socket) -> bytes:
        file, bodies = conn.makefile("rb"), b""
        for i in range(TURNS):
            last = b"Connection: close\r\n" if i == TURNS - 1 else b""
            conn.sendall(b"GET /page/%d HTTP/1.1\r\nHost: here\r\n%b\r\n" % (i, last))
            bodies += file.readline().split()[1]
            size = 0
            while (field := file.readline().lower()) not in (b"\r\n", b""):
                if field.startswith(b"content-length:"):
                    size = int(field.partition(b":")[2])
            bodies += file.read(size)
        return bodies + file.read()


class LineClient(Client):
    def talk(self, conn: socket.socket) -> bytes:
        conn.sendall(b"hello\n")
        return conn.makefile("rb").read()


class TlsClient(Client):
    def __init__(self, folder: Path) -> None:
        certificate.make(folder)
        self.more = str(folder / "cert.pem"), str(folder / "key.pem")
        self.context = ssl.create_default_context(cafile=self.more[0])

    def connected(self, port: int) -> socket.socket:
        plain = super().connected(port)
        return self.context.wrap_socket(plain, server_hostname="localhost")

    def talk(self, conn: socket.socket) -> bytes:
        file, answers = conn.makefile("rb"), b""
        for i in range(TURNS):
            conn.sendall(b"line %d\n" % i)
            answers += file.readline()
        assert isinstance(conn, ssl.SSLSocket)
        # A server need not say that it ends, and may have closed.
        with contextlib.suppress(OSError):
            conn.unwrap()
        return answers
