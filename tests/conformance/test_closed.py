"""Every method on a closed object, and every method on an object of another class."""

from __future__ import annotations

import time
from typing import Any

import pytest

from conformance.bad_arguments import good_arguments
from support.fronts import manifest
from support.fronts.front import Front, Handle
from support.fronts.manifest import Row
from support.machine_lag import LATE
from support.net.peers import Peers

covers = pytest.mark.covers

# These ask no system, or are harmless.
STILL_ANSWER = (
    "fd",
    "family",
    "pending",
    "socktype",
    "protocol",
    "close",
    "delgcfn",
    "fileno",
    "gettimeout",
)


def rows(chapter: str, language: str) -> list[Row]:
    return list(manifest.surface(chapter, language).values())


CLOSED = [
    pytest.param(
        row.name,
        marks=covers(row.id, "error"),
    )
    for row in rows("SOCKET", "lua")
    if row.name not in STILL_ANSWER
]


def arguments(net: Front, name: str) -> list[Any]:
    row = manifest.surface("SOCKET", net.language)[name]
    required = sum(param.required for param in row.params)
    return good_arguments(net, row, required)


@pytest.mark.measures
@pytest.mark.parametrize("name", CLOSED)
def test_h095_closed_object(net: Front, name: str) -> None:
    """EBADF at once, with what the call was, and nothing is opened."""
    made = net.pair_stream().all[0]
    assert made.close().value is True
    args = arguments(net, name)
    start = time.monotonic()
    with net.no_new_descriptors():
        failure = made.call(name, *args).fails("EBADF")
    assert time.monotonic() - start < LATE
    assert failure.op


@pytest.mark.parametrize("name", ["recvable", "sendable"])
@pytest.mark.parametrize("sec", [0, 0.1, float("inf")])
def test_h043_closed_wait(net: Front, name: str, sec: float) -> None:
    made = net.pair_stream().all[0]
    made.close()
    made.call(name, sec).fails("EBADF")


@pytest.mark.parametrize("message", [b"", b"x"])
@pytest.mark.parametrize("name", ["send", "write"])
def test_closed_send_of_nothing(net: Front, name: str, message: bytes) -> None:
    """Even an empty message has to be sent on something."""
    made = net.pair_stream().all[0]
    made.close()
    made.call(name, message).fails("EBADF", op=name)


@pytest.mark.parametrize(
    "name", [name for name in STILL_ANSWER if name in manifest.surface("SOCKET", "lua")]
)
def test_harmless_on_a_closed_object(net: Front, name: str) -> None:
    made = net.pair_stream().all[0]
    made.close()
    assert made.call(name, *arguments(net, name)).kind == "value"


def test_closed_object_leaves_the_new_owner_alone(net: Front) -> None:
    """The number is another file's now; nothing of the dead object reaches it."""
    made, other_end = net.pair_stream().all
    number = made.fd().value
    made.close()
    heir, peer = net.pair_stream().all
    assert heir.fd().value == number
    made.send(b"stray").fails("EBADF")
    made.shutdown().fails("EBADF")
    made.close()
    made.forget()
    assert peer.recv().is_again()
    assert heir.send(b"mine").value == 4
    assert peer.recv().value == b"mine"
    assert other_end.recv().is_end()


METHODS = [
    pytest.param(chapter, row.name, id=f"{chapter}.{row.name}")
    for chapter in ("SOCKET", "ADDRINFO", "MSGHDR", "CMSGHDR", "CMSGHDRS", "IOVEC")
    for row in rows(chapter, "lua")
]


@pytest.mark.parametrize("chapter, name", METHODS)
def test_wrong_self(net: Front, peers: Peers, chapter: str, name: str) -> None:
    """A method called on something else raises; it never takes it for its own."""
    sock: Handle = net.pair_stream().all[0]
    ai: Handle = net.addrinfo.inet("127.0.0.1", 80).value
    owner, other = (ai, sock) if chapter == "ADDRINFO" else (sock, ai)
    if chapter == "CMSGHDR":
        owner = net.cmsghdr.new(1, 77, b"x").value
    elif chapter not in ("SOCKET", "ADDRINFO"):
        owner = net.functions(f"{chapter}_MAKE").call("new").value
    with net.no_new_descriptors():
        strangers: list[Any] = [other, None, 5, "x", [], {}, True]
        for wrong in strangers:
            assert net.borrow(owner, name, wrong).raised.text
        assert net.borrow(owner, name).raised.text
    assert sock.fd().value >= 0
    assert sock.send(b"x").value == 1
