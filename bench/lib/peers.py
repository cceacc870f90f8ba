"""The peers of bench/programs: small servers on the loopback, one for each program, and
the same for every library."""

from __future__ import annotations

import hashlib
import re
import socket
import socketserver
import struct
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO

WITHIN = 300  # seconds: a program that stops in the middle ends its peer's connection


class Peer:
    """`where` is what its programs are told: a port or a path; `more` are arguments that
    follow the count."""

    where: str
    more: tuple[str, ...] = ()

    def drive(self, said: IO[str], count: int) -> str:
        """What it does as a client of a program that says its port: what is answered."""
        return ""

    def heard(self) -> str:
        """What the last program has sent, where nothing is answered."""
        return ""

    def close(self) -> None:
        raise NotImplementedError


class Server(Peer):
    """One of socketserver, in a thread."""

    def __init__(self, made: socketserver.TCPServer) -> None:
        self.made = made
        self.where = str(made.server_address[1])
        self.thread = Thread(target=made.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.made.shutdown()
        self.thread.join()
        self.made.server_close()


class Handler(socketserver.StreamRequestHandler):
    timeout = WITHIN
    disable_nagle_algorithm = True


class Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True


LOOPBACK = "127.0.0.1", 0


class RedisHandler(Handler):
    def word(self) -> bytes:
        return self.rfile.read(int(self.rfile.readline()[1:]) + 2)[:-2]

    def handle(self) -> None:
        store: dict[bytes, bytes] = {}
        while head := self.rfile.readline():
            name, *words = [self.word() for _ in range(int(head[1:]))]
            if name == b"SET":
                store[words[0]] = words[1]
                self.wfile.write(b"+OK\r\n")
            elif name == b"DBSIZE":
                self.wfile.write(b":%d\r\n" % len(store))
            else:
                found = [store.get(word) for word in words]
                bulks = [
                    b"$-1\r\n" if one is None else b"$%d\r\n%b\r\n" % (len(one), one)
                    for one in found
                ]
                many = b"*%d\r\n" % len(found) if name == b"MGET" else b""
                self.wfile.write(many + b"".join(bulks))


def redis(folder: Path) -> Peer:
    return Server(Threads(LOOPBACK, RedisHandler))


class DnsHandler(socketserver.BaseRequestHandler):
    """An alias and two addresses; some answers follow a stray one, of another id."""

    def handle(self) -> None:
        message, sock = self.request
        question = message[12:]
        host = int(question[5 : question[0] + 1])
        alias = struct.pack(">HHHIH", 0xC00C, 5, 1, 60, 6) + b"\3www\xc0" + b"\x0c"
        first, second = (
            struct.pack(">HHHIH4B", 0xC00C, 1, 1, 60, 4, 10, host >> 8, host & 255, last)
            for last in (1, 2)
        )
        body = b"\x85\x80\0\1\0\3\0\0\0\0" + question + alias + first + second
        if host % 10 == 0:
            sock.sendto(bytes((message[0] ^ 1, message[1])) + body, self.client_address)
        sock.sendto(message[:2] + body, self.client_address)


def dns(folder: Path) -> Peer:
    return Server(socketserver.UDPServer(LOOPBACK, DnsHandler))


class HttpHandler(Handler):
    """Every second page comes in chunks."""

    def handle(self) -> None:
        while head := self.rfile.readline():
            page = int(head.split()[1][1:])
            keep = True
            while (field := self.rfile.readline()) not in (b"\r\n", b""):
                keep = keep and field.lower() != b"connection: close\r\n"
            body = b"%d" % page * 100
            if page % 2:
                how = b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            else:
                size = len(body)
                how = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (
                    size,
                    body,
                )
            fields = b"Server: bench\r\nContent-Type: text/plain\r\n"
            self.wfile.write(b"HTTP/1.1 200 OK\r\n" + fields + how)
            if not keep:
                return


def http(folder: Path) -> Peer:
    return Server(Threads(LOOPBACK, HttpHandler))


class SmtpServer(Threads):
    """Keeps a digest of what it is sent, without the heads of the mails."""

    mails, digest = 0, hashlib.sha256()

    def heard(self) -> str:
        told = f"{self.mails} mails, {self.digest.hexdigest()}"
        self.mails, self.digest = 0, hashlib.sha256()
        return told


class SmtpHandler(Handler):
    server: SmtpServer

    def mail(self) -> None:
        self.wfile.write(b"354 go on\r\n")
        text = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            text += line
        self.server.digest.update(text.partition(b"\r\n\r\n")[2].rstrip())
        self.server.mails += 1

    def handle(self) -> None:
        self.wfile.write(b"220 bench\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.mail()
            elif word in (b"MAIL", b"RCPT"):
                self.server.digest.update(line.partition(b"<")[2].partition(b">")[0])
            many = b"250-bench\r\n250-SIZE 1000000\r\n" if word == b"EHLO" else b""
            self.wfile.write(
                many + (b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            )


class Smtp(Server):
    def __init__(self, folder: Path) -> None:
        self.server = SmtpServer(LOOPBACK, SmtpHandler)
        super().__init__(self.server)

    def heard(self) -> str:
        return self.server.heard()


class MqttHandler(Handler):
    """Confirms each packet, and sends its own messages back to the client."""

    def body(self) -> bytes:
        size = shift = 0
        while True:
            byte = self.rfile.read(1)[0]
            size, shift = size | (byte & 127) << shift, shift + 7
            if byte < 128:
                return self.rfile.read(size)

    def handle(self) -> None:
        while head := self.rfile.read(1):
            body = self.body()
            if head == b"\x10":
                self.wfile.write(b"\x20\2\0\0")
            elif head == b"\x82":
                self.wfile.write(b"\x90\3" + body[:2] + b"\0")
            elif head == b"\x32":
                at = 2 + int.from_bytes(body[:2], "big")
                message = body[:at] + body[at + 2 :]
                high, low = divmod(len(message), 128)
                size = bytes((low + 128, high) if high else (low,))
                self.wfile.write(b"\x40\2" + body[at : at + 2] + b"\x30" + size + message)


def mqtt(folder: Path) -> Peer:
    return Server(Threads(LOOPBACK, MqttHandler))


class Syslog(Peer):
    """A collector on a unix socket, as /dev/log is. It keeps a digest of what has come,
    without the times."""

    LINE = re.compile(rb"<(\d+)>\w{3} [ \d]\d [\d:]{8} (.*?)\0?$")

    def __init__(self, folder: Path) -> None:
        self.where = str(folder / "log")
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(self.where)
        self.digests: Queue[str] = Queue()
        self.thread = Thread(target=self.collect)
        self.thread.start()

    def collect(self) -> None:
        """An empty message asks for the digest, one of a zero ends the thread."""
        lines, digest = 0, hashlib.sha256()
        while (message := self.sock.recv(4096)) != b"\0":
            if message:
                line = self.LINE.match(message)
                digest.update(b" ".join(line.groups()) if line else b"?")
                lines += 1
            else:
                self.digests.put(f"{lines} lines, {digest.hexdigest()}")
                lines, digest = 0, hashlib.sha256()

    def tell(self, message: bytes) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.sendto(message, self.where)

    def heard(self) -> str:
        self.tell(b"")
        return self.digests.get(timeout=WITHIN)

    def close(self) -> None:
        self.tell(b"\0")
        self.thread.join()
        self.sock.close()
        Path(self.where).unlink()
