"""A client of TLS as a process of its own: tls.py LIBRARY WORK PORT COUNT CA. It prints
the seconds of processor time that COUNT handshakes or MiB took."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
import time

import netsocket
from netsocket import aio, tls

MIB = 1 << 20
CHUNK = bytes(MIB)
ROOM = 65536
LIBRARY, WORK, PORT, COUNT, CA = sys.argv[1:]
count, address = int(COUNT), ("127.0.0.1", int(PORT))
context = ssl.create_default_context(cafile=CA)


def ours() -> tls.Connection:
    sock = netsocket.connect_inet_stream(*address, 10)
    conn = tls.client(sock, context, "localhost", 10)
    conn.timeout(60)
    return conn


def theirs() -> ssl.SSLSocket:
    sock = socket.create_connection(address)
    return context.wrap_socket(sock, server_hostname="localhost")


def plain() -> None:
    connect = ours if LIBRARY == "netsocket" else theirs
    if WORK == "handshake":
        for _ in range(count):
            with connect() as conn:
                conn.recv(1)
        return
    with connect() as conn:
        if WORK == "send":
            for _ in range(count):
                conn.sendall(CHUNK)
        left = count * MIB if WORK == "receive" else 0
        while left > 0:
            left -= len(conn.recv(ROOM))


async def our_coroutines() -> None:
    for _ in range(count if WORK == "handshake" else 1):
        sock = await aio.connect_inet_stream(*address, 10)
        with await aio.tls_client(sock, context, "localhost", 10) as conn:
            if WORK == "handshake":
                await conn.recv(1)
            if WORK == "send":
                for _ in range(count):
                    await conn.sendall(CHUNK)
            left = count * MIB if WORK == "receive" else 0
            while left > 0:
                left -= len(await conn.recv(ROOM))


async def streams() -> None:
    for _ in range(count if WORK == "handshake" else 1):
        reader, writer = await asyncio.open_connection(*address, ssl=context)
        if WORK == "handshake":
            await reader.read(1)
        if WORK == "send":
            for _ in range(count):
                writer.write(CHUNK)
                await writer.drain()
        left = count * MIB if WORK == "receive" else 0
        while left > 0:
            left -= len(await reader.read(ROOM))
        writer.close()
        await writer.wait_closed()


start = time.process_time()
if LIBRARY == "netsocket.aio":
    asyncio.run(our_coroutines())
elif LIBRARY == "asyncio":
    address = ("localhost", int(PORT))
    asyncio.run(streams())
else:
    plain()
print(time.process_time() - start)
