"""No descriptor left, but sockets in cycles: they are collected before a call fails."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.machine_lag import PATIENCE

# Every descriptor below the limit is taken, by sockets that are kept or in cycles.
PROGRAM = """
import asyncio, errno, gc, resource, socket, sys, warnings
import netsocket
from netsocket import aio
from netsocket import addrinfo

warnings.simplefilter("ignore", ResourceWarning)
gc.set_threshold(1_000_000)
LIMIT = 40
server = netsocket.bind_inet_stream("127.0.0.1", 0)
server.listen()
port = server.getsockname().port()
client = netsocket.connect_inet_stream("127.0.0.1", port, 5)
ai = addrinfo.new_inet_stream("127.0.0.1", port)
any = addrinfo.new_inet_stream("127.0.0.1", 0)
loop = asyncio.new_event_loop()
file = open("/proc/self/exe", "rb")
group = netsocket.new_inet_dgram()
group.mcastif("lo")
many = addrinfo.inet("239.79.1.1", 0)
netlink = netsocket.new(socket.AF_NETLINK, socket.SOCK_RAW)
makers = {
    "new": lambda: netsocket.new(socket.AF_INET, socket.SOCK_STREAM),
    "new_unix_dgram": netsocket.new_unix_dgram,
    "pair_stream": netsocket.pair_stream,
    "dup": client.dup,
    "accept": server.accept,
    "acceptfd": server.acceptfd,
    "acceptwait": lambda: server.acceptwait(5),
    "bind": lambda: netsocket.bind(any),
    "bind_inet_stream": lambda: netsocket.bind_inet_stream("127.0.0.1", 0),
    "connect": lambda: netsocket.connect(ai, 5),
    "connect_inet_stream": lambda: netsocket.connect_inet_stream("127.0.0.1", port, 5),
    "connect_stream": lambda: netsocket.connect_stream("127.0.0.1", port, 5),
    "connect by name": lambda: netsocket.connect_inet_stream("localhost", port, 5),
    "connect by name, no limit": lambda: netsocket.connect_inet_stream("localhost", port),
    "race by name": lambda: netsocket.connect_stream(
        "localhost", port, 60, attempt_delay=60
    ),
    "bind by name": lambda: netsocket.bind_inet_stream("localhost", 0),
    "getaddrinfo": lambda: addrinfo.getaddrinfo("localhost", port),
    "getnameinfo": any.getnameinfo,
    "getifaddrs": netsocket.device.getifaddrs,
    "sendfileall": lambda: client.sendfileall(file, 1, 0, 5),
    "mcastif": group.mcastif,
    "mcastif by address": lambda: group.mcastif("127.0.0.1"),
    "mcastjoin": lambda: group.mcastjoin(many, "127.0.0.1"),
    "wait for a close": lambda: netlink.recvable(0.001) or True,
    "aio.connect by name": lambda: loop.run_until_complete(
        waiting(aio.connect_stream("localhost", port, 60, attempt_delay=60))
    ),
    "aio.accept": lambda: loop.run_until_complete(waiting(aio.accept(server))),
    "aio.connect": lambda: loop.run_until_complete(waiting(aio.connect(ai))),
}


async def waiting(call):
    return await call


resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
kept = []
last = -1
while last < LIMIT - 1:
    s = netsocket.new_unix_dgram()
    cycle = [s]
    cycle.append(cycle)
    if sys.argv[2] == "kept":
        kept.append(s)
    last = s.fd()
    del s, cycle
try:
    made = makers[sys.argv[1]]()
    print("made")
except OSError as error:
    print(errno.errorcode[error.errno])
"""
MAKERS = [
    "new", "new_unix_dgram", "pair_stream", "dup", "accept", "acceptfd", "acceptwait",
    "bind", "bind_inet_stream", "connect", "connect_inet_stream", "connect_stream",
    "connect by name", "connect by name, no limit", "race by name", "bind by name",
    "getaddrinfo", "getnameinfo", "getifaddrs", "sendfileall", "mcastif",
    "mcastif by address", "mcastjoin",
    "wait for a close", "aio.accept", "aio.connect", "aio.connect by name",
]  # fmt: skip


def run(maker: str, how: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, maker, how],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("maker", MAKERS)
def test_sockets_in_cycles_make_room(maker: str) -> None:
    assert run(maker, "dropped") == "made"


@pytest.mark.parametrize("maker", ["new", "accept", "connect"])
def test_sockets_that_are_kept_do_not(maker: str) -> None:
    assert run(maker, "kept") == "EMFILE"
