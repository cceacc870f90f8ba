"""http_server.py PORT FOLDER [SECONDS]: serves the regular files of FOLDER over HTTP/1.1,
each connection in a task of asyncio.

A connection is kept for more requests, until it is silent for SECONDS. SIGTERM ends the
server: answers under way go on to their end, nothing else does.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import re
import signal
import stat
import sys
import time
import urllib.parse
from email.utils import formatdate
from typing import NamedTuple

import netsocket
from netsocket import aio

PIECE = 1 << 20  # each has SECONDS, so that a slow client is no silent one
FIELDS, LONGEST = 100, 8192
WORDS = {
    200: "OK",
    206: "Partial Content",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    416: "Range Not Satisfiable",
    431: "Request Header Fields Too Large",
}
TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
FIRST = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.([01])")
FIELD = re.compile(rb"([^\s:]+):\s*(.*?)\s*")
RANGE = re.compile(rb"bytes=(\d*)-(\d*)")


class Refused(Exception):
    """A request that gets this status, and is the last one."""

    def __init__(self, status: int) -> None:
        self.status = status


class Request(NamedTuple):
    method: bytes
    target: bytes
    range: bytes
    keep: bool


# ---------------------------------------------------------------------- the request


def status_of(error: OSError) -> int:
    """What is wrong with a line that has not come."""
    if isinstance(error, TimeoutError):
        return 408
    return 431 if error.errno == errno.EMSGSIZE else 400


async def read_fields(rd: aio.Reader, sec: float) -> dict[bytes, bytes]:
    """The fields by their names in lower case."""
    fields: dict[bytes, bytes] = {}
    limit = time.monotonic() + sec
    for _ in range(FIELDS):
        try:
            text = await rd.line(max(limit - time.monotonic(), 0))
        except OSError as error:
            raise Refused(status_of(error)) from error
        if text == b"":
            return fields
        match = FIELD.fullmatch(text or b"")
        if match is None:
            raise Refused(400)
        fields[match[1].lower()] = match[2]
    raise Refused(431)


async def read_request(rd: aio.Reader, first: bytes, sec: float) -> Request:
    match = FIRST.fullmatch(first)
    if match is None:
        raise Refused(400)
    method, target, minor = match.groups()
    fields = await read_fields(rd, sec)
    if minor == b"1" and b"host" not in fields:
        raise Refused(400)
    has_body = (
        b"transfer-encoding" in fields or fields.get(b"content-length", b"0") != b"0"
    )
    last = b"close" in fields.get(b"connection", b"").lower()
    asked = b"" if b"if-range" in fields else fields.get(b"range", b"")
    return Request(method, target, asked, minor == b"1" and not last and not has_body)


# ---------------------------------------------------------------------- the file


def find(folder: str, target: bytes) -> tuple[int, str] | None:
    """The open file of a target and its type; None if there is none to be had."""
    bare = re.sub(rb"^http://[^/]*|[?#].*", b"", target)
    path = os.fsdecode(urllib.parse.unquote_to_bytes(bare))
    if path[:1] != "/" or "\0" in path or re.search(r"/\.\.?/", path + "/"):
        return None
    if path[-1] == "/":
        path += "index.html"
    try:
        fd = os.open(folder + path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        return None
    return fd, TYPES.get(os.path.splitext(path)[1], "application/octet-stream")


def byte_range(text: bytes, size: int) -> tuple[int, int] | None:
    """The first and the last byte that are asked for; None where it has to be all."""
    match = RANGE.fullmatch(text)
    if match is None or match[1] + match[2] == b"":
        return None
    if not match[1]:
        return max(size - int(match[2]), 0), size - 1
    first, last = int(match[1]), int(match[2] or size - 1)
    if match[2] and last < first:
        return None
    return first, min(last, size - 1)


# ---------------------------------------------------------------------- the server


class Server:
    def __init__(self, folder: str, sec: float) -> None:
        self.folder, self.sec = folder, sec
        self.idle: set[netsocket.Socket] = set()  # connections that wait for a request
        self.stopping = False

    async def send_head(
        self, sock: netsocket.Socket, status: int, keep: bool, *fields: str
    ) -> None:
        head = (
            f"HTTP/1.1 {status} {WORDS[status]}",
            f"Date: {formatdate(usegmt=True)}",
            f"Connection: {'keep-alive' if keep else 'close'}",
            *fields,
        )
        await aio.sendall(sock, ("\r\n".join(head) + "\r\n\r\n").encode(), self.sec)

    async def send_words(
        self, sock: netsocket.Socket, status: int, keep: bool, *more: str
    ) -> bool:
        words = f"{WORDS[status]}\n".encode()
        size = f"Content-Length: {len(words)}"
        await self.send_head(sock, status, keep, "Content-Type: text/plain", size, *more)
        await aio.sendall(sock, words, self.sec)
        return keep

    async def send_file(self, sock: netsocket.Socket, fd: int, at: int, to: int) -> None:
        while at <= to:
            if not await aio.sendable(sock, self.sec):
                raise TimeoutError("the client has stopped reading")
            try:
                sent = sock.sendfile(fd, min(to - at + 1, PIECE), at)
            except BlockingIOError:
                continue
            if sent == 0:
                raise EOFError("the file has become shorter")
            at += sent

    async def answer(self, sock: netsocket.Socket, request: Request) -> bool:
        """Whether the connection is as good as before."""
        keep = request.keep and not self.stopping
        if request.method not in (b"GET", b"HEAD"):
            return await self.send_words(sock, 405, False, "Allow: GET, HEAD")
        found = find(self.folder, request.target)
        if found is None:
            return await self.send_words(sock, 404, keep and request.method == b"GET")
        fd, kind = found
        with contextlib.closing(os.fdopen(fd, "rb")):
            return await self.answer_file(sock, request, fd, kind, keep)

    async def answer_file(
        self, sock: netsocket.Socket, request: Request, fd: int, kind: str, keep: bool
    ) -> bool:
        size = os.fstat(fd).st_size
        asked = byte_range(request.range, size)
        first, last = asked or (0, size - 1)
        if asked and first > last:
            return await self.send_words(
                sock, 416, keep, f"Content-Range: bytes */{size}"
            )
        fields = [
            "Accept-Ranges: bytes",
            f"Content-Type: {kind}",
            f"Content-Length: {last - first + 1}",
        ]
        if asked:
            fields.append(f"Content-Range: bytes {first}-{last}/{size}")
        await self.send_head(sock, 206 if asked else 200, keep, *fields)
        if request.method == b"GET":
            await self.send_file(sock, fd, first, last)
        return keep

    async def next_request(self, sock: netsocket.Socket, rd: aio.Reader) -> bytes | None:
        """Its first line; None at the end, or after a long silence."""
        self.idle.add(sock)
        try:
            return await rd.line(self.sec)
        except OSError as error:
            if error.errno == errno.EMSGSIZE:
                raise Refused(431) from error
            return None
        finally:
            self.idle.discard(sock)

    async def serve(self, sock: netsocket.Socket) -> None:
        sock.tcpnodelay(True)
        rd = aio.reader(sock, LONGEST)
        with contextlib.suppress(OSError, EOFError):
            keep = True
            while keep and not self.stopping:
                try:
                    first = await self.next_request(sock, rd)
                    if first is None:
                        return
                    request = await read_request(rd, first, self.sec)
                    keep = await self.answer(sock, request)
                except Refused as refused:
                    keep = await self.send_words(sock, refused.status, False)
            await part(sock, rd)

    def stop(self, listener: netsocket.Socket) -> None:
        self.stopping = True
        listener.close()
        for sock in self.idle:
            sock.close()


async def part(sock: netsocket.Socket, rd: aio.Reader) -> None:
    """A close with bytes that were never received would take the answer back."""
    sock.shutdown(netsocket.SHUT_WR)
    limit = time.monotonic() + 1
    while await rd.read(65536, max(limit - time.monotonic(), 0)):
        pass


async def main(port: str, folder: str, sec: float) -> None:
    server = Server(folder, sec)
    with netsocket.bind_inet_stream("127.0.0.1", port, True) as listener:
        listener.listen()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, server.stop, listener)
        print(listener.getsockname(), flush=True)
        await aio.serve(listener, server.serve)


port, folder = sys.argv[1:3]
asyncio.run(main(port, folder, float((*sys.argv, "60")[3])))
