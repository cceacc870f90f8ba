"""64 KiB at a time through a blocking stream, as a process of its own."""

import os
import sys
import time

import netsocket

CHUNK = 65536


def send_whole(sock: netsocket.Socket, data: bytes) -> None:
    n = sock.send(data)
    while n < len(data):
        data = data[n:]
        n = sock.send(data)


def send(sock: netsocket.Socket, rounds: int, _path: str) -> None:
    data = b"x" * CHUNK
    for _ in range(rounds):
        send_whole(sock, data)


def receive(sock: netsocket.Socket, rounds: int, _path: str) -> None:
    left = rounds * CHUNK
    while left > 0:
        left -= len(sock.recv(CHUNK))


def into(sock: netsocket.Socket, rounds: int, _path: str) -> None:
    buffer = bytearray(CHUNK)
    left = rounds * CHUNK
    while left > 0:
        left -= sock.recv_into(buffer)


def sendfile(sock: netsocket.Socket, rounds: int, path: str) -> None:
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        for _ in range(rounds * CHUNK // size):
            done = 0
            while done < size:
                done += sock.sendfile(file, size - done, done)


def copy(sock: netsocket.Socket, rounds: int, path: str) -> None:
    size = os.path.getsize(path)
    with open(path, "rb", buffering=0) as file:
        for _ in range(rounds * CHUNK // size):
            file.seek(0)
            while data := file.read(CHUNK):
                send_whole(sock, data)


WORK = {
    "send": send,
    "receive": receive,
    "into": into,
    "sendfile": sendfile,
    "copy": copy,
}
mode, fd, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
sock = netsocket.wrap(fd, False)
sock.nonblock(False)
begin = time.process_time()
WORK[mode](sock, count, sys.argv[4])
print(f"{time.process_time() - begin:.9f}")
sock.close()
