"""The servers that clients of luasocket talk to. Each answers only when `count` clients
are there at a time: clients that wait in turn would wait without end."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from support.machine_lag import PATIENCE

PAGE = b"0123456789" * 30_000


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    server_address: tuple[str, int]

    def __init__(self, talk: type[Talk], count: int) -> None:
        self.together = threading.Barrier(count, timeout=PATIENCE)
        self.kept: dict[str, bytes] = {}
        super().__init__(("127.0.0.1", 0), talk)


class Talk(socketserver.StreamRequestHandler):
    """A line for each command, and `answers` for those that take nothing more."""

    server: Server
    answers: ClassVar[dict[str, str]] = {}

    def handle(self) -> None:
        self.server.together.wait()
        self.say("220 ready")
        while words := self.rfile.readline().decode().split():
            verb = words[0].upper()
            if special := getattr(self, f"do_{verb}", None):
                special()
            else:
                self.say(self.answers.get(verb, "502 unknown"))
            if verb == "QUIT":
                return

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class Smtp(Talk):
    answers: ClassVar = dict.fromkeys(["EHLO", "HELO", "MAIL", "RCPT"], "250 fine") | {
        "QUIT": "221 bye"
    }

    def do_DATA(self) -> None:
        self.say("354 go on")
        text = b""
        while (line := self.rfile.readline()) != b".\r\n":
            text += line
        self.server.kept["mail"] = text
        self.say("250 kept")


class Ftp(Talk):
    answers: ClassVar = {
        "USER": "331 and the word",
        "PASS": "230 come in",
        "CWD": "250 there",
        "TYPE": "200 so be it",
        "QUIT": "221 bye",
    }

    def do_EPSV(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.say(f"229 here (|||{self.listener.getsockname()[1]}|)")

    def do_RETR(self) -> None:
        with self.data() as data:
            data.sendall(PAGE)
        self.say("226 done")

    def do_STOR(self) -> None:
        with self.data() as data, data.makefile("rb") as stream:
            self.server.kept["file"] = stream.read()
        self.say("226 done")

    def data(self) -> socket.socket:
        self.say("150 here it comes")
        with self.listener:
            return self.listener.accept()[0]


class Redis(Talk):
    """What redis-lua sends is RESP: a count, and that many strings with their lengths."""

    def handle(self) -> None:
        self.server.together.wait()
        while head := self.rfile.readline():
            verb, *rest = (self.string() for _ in range(int(head[1:])))
            self.say(self.answer(verb.upper(), rest))

    def answer(self, verb: str, rest: list[str]) -> str:
        if verb == "PING":
            return "+PONG"
        if verb == "SET":
            self.server.kept[rest[0]] = rest[1].encode()
            return "+OK"
        found = self.server.kept.get(rest[0])
        return "$-1" if found is None else f"${len(found)}\r\n{found.decode()}"

    def string(self) -> str:
        size = int(self.rfile.readline()[1:])
        return self.rfile.read(size + 2)[:size].decode()


class HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    server_address: tuple[str, int]

    def __init__(self, count: int) -> None:
        self.together = threading.Barrier(count, timeout=PATIENCE)
        super().__init__(("127.0.0.1", 0), Http)


class Http(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HttpServer

    def do_GET(self) -> None:
        self.server.together.wait()
        self.answer(PAGE)

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers["content-length"])))

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Own", "value")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        del args


@contextlib.contextmanager
def running(server: Server | HttpServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def https(count: int, certificate: Path) -> HttpServer:
    server = HttpServer(count)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return server
