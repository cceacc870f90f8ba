"""mqtt_client_cpython.py PORT COUNT: mqtt_client.py with CPython's socket."""

from __future__ import annotations

import socket
import struct
import sys
from typing import BinaryIO

port, count = int(sys.argv[1]), int(sys.argv[2])
CONNECT, CONNACK, DISCONNECT = 0x10, 0x20, 0xE0
PUBLISH, ONCE, PUBACK = 0x30, 0x32, 0x40
SUBSCRIBE, SUBACK = 0x82, 0x90


def text_of(text: bytes) -> bytes:
    return struct.pack(">H", len(text)) + text


def length_of(n: int) -> bytes:
    if n < 128:
        return bytes((n,))
    return bytes((n % 128 + 128,)) + length_of(n // 128)


def send(sock: socket.socket, kind: int, body: bytes) -> None:
    sock.sendall(bytes((kind,)) + length_of(len(body)) + body)


def read_exactly(file: BinaryIO, n: int) -> bytes:
    data = file.read(n)
    if len(data) < n:
        raise EOFError("the broker has closed the connection")
    return data


def expect(file: BinaryIO, wanted: int) -> bytes:
    kind = read_exactly(file, 1)[0]
    size = shift = 0
    byte = 128
    while byte >= 128:
        byte = read_exactly(file, 1)[0]
        size, shift = size | (byte & 127) << shift, shift + 7
    if kind != wanted:
        raise RuntimeError("this is another packet")
    return read_exactly(file, size)


with socket.create_connection(("127.0.0.1", port), 60) as sock:
    file, length = sock.makefile("rb"), 0
    send(sock, CONNECT, text_of(b"MQTT") + b"\4\2\0\x3c" + text_of(b"bench"))
    assert expect(file, CONNACK) == b"\0\0"
    send(sock, SUBSCRIBE, b"\0\1" + text_of(b"bench/#") + b"\0")
    assert expect(file, SUBACK) == b"\0\1\0"
    for i in range(1, count + 1):
        ident = struct.pack(">H", i & 0xFFFF)
        send(sock, ONCE, text_of(b"bench/topic") + ident + b"x" * (i % 200))
        assert expect(file, PUBACK) == ident
        message = expect(file, PUBLISH)
        length += len(message) - 2 - int.from_bytes(message[:2], "big")
    send(sock, DISCONNECT, b"")
    print(length)
