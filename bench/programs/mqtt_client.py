"""mqtt_client.py PORT COUNT: publishes COUNT messages, each of which a broker confirms,
and receives them again by a subscription."""

from __future__ import annotations

import struct
import sys

import netsocket

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


def send(sock: netsocket.Socket, kind: int, body: bytes) -> None:
    sock.sendall(bytes((kind,)) + length_of(len(body)) + body, 60)


def expect(rd: netsocket.Reader, wanted: int) -> bytes:
    kind = rd.readexactly(1, 60)[0]
    size = shift = 0
    byte = 128
    while byte >= 128:
        byte = rd.readexactly(1, 60)[0]
        size, shift = size | (byte & 127) << shift, shift + 7
    if kind != wanted:
        raise RuntimeError("this is another packet")
    return rd.readexactly(size, 60)


with netsocket.connect_inet_stream("127.0.0.1", port, 60) as sock:
    rd, length = sock.reader(), 0
    send(sock, CONNECT, text_of(b"MQTT") + b"\4\2\0\x3c" + text_of(b"bench"))
    assert expect(rd, CONNACK) == b"\0\0"
    send(sock, SUBSCRIBE, b"\0\1" + text_of(b"bench/#") + b"\0")
    assert expect(rd, SUBACK) == b"\0\1\0"
    for i in range(1, count + 1):
        ident = struct.pack(">H", i & 0xFFFF)
        send(sock, ONCE, text_of(b"bench/topic") + ident + b"x" * (i % 200))
        assert expect(rd, PUBACK) == ident
        message = expect(rd, PUBLISH)
        length += len(message) - 2 - int.from_bytes(message[:2], "big")
    send(sock, DISCONNECT, b"")
    print(length)
