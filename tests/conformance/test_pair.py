"""Pairs of connected unix sockets."""

from __future__ import annotations

import os
import socket

import pytest

from support.fronts.front import Front

covers = pytest.mark.covers

KINDS = {
    "pair_stream": socket.SOCK_STREAM,
    "pair_dgram": socket.SOCK_DGRAM,
    "pair_seqpacket": socket.SOCK_SEQPACKET,
}


@pytest.mark.parametrize(
    "name, args, kind",
    [
        *(
            pytest.param(name, (), kind, marks=covers(f"MODULE.{name}", "success"))
            for name, kind in KINDS.items()
        ),
        *(
            pytest.param("pair", (kind,), kind, marks=covers("MODULE.pair", "success"))
            for kind in KINDS.values()
        ),
    ],
)
def test_h004_pair(net: Front, name: str, args: tuple[int, ...], kind: int) -> None:
    """Two real unix sockets, both flags set, that talk both ways."""
    pair = net.call(name, *args).all
    for made in pair:
        assert made.family().value == socket.AF_UNIX
        assert made.socktype().value == kind
        assert made.flags() & os.O_NONBLOCK
        assert made.flags() & os.O_CLOEXEC
    a, b = pair
    assert a.fd().value != b.fd().value
    assert a.send(b"there").value == 5
    assert b.recv().value == b"there"
    assert b.send(b"back").value == 4
    assert a.recv().value == b"back"


@pytest.mark.parametrize("nonblock", [True, False, None])
def test_pair_nonblock(net: Front, nonblock: bool | None) -> None:
    """The mode is the caller's choice; absent means non-blocking."""
    for made in net.pair(socket.SOCK_STREAM, 0, nonblock).all:
        assert bool(made.flags() & os.O_NONBLOCK) is (nonblock is not False)
        assert made.nonblock().value is (nonblock is not False)


@covers("MODULE.pair", "error")
@pytest.mark.parametrize(
    "args, error",
    [
        ((99,), "EINVAL"),
        ((socket.SOCK_RDM,), "ESOCKTNOSUPPORT"),
        ((socket.SOCK_STREAM, 17), "EPROTONOSUPPORT"),
    ],
)
def test_h010_impossible_pair(net: Front, args: tuple[int, ...], error: str) -> None:
    """A failure leaves neither half, and no TCP imitation appears."""
    with net.no_new_descriptors():
        net.pair(*args).fails(error, op="socketpair")


@pytest.mark.parametrize("kind", [2**31, -(2**33)])
def test_h006_type_beyond_int(net: Front, kind: int) -> None:
    with net.no_new_descriptors():
        net.pair(kind).fails("EINVAL")


def test_closing_one_ends_the_other(net: Front) -> None:
    a, b = net.pair_stream().all
    assert a.close().value is True
    assert b.recv().is_end()


def test_h001_collected_pair_closes(net: Front) -> None:
    before = net.descriptors()
    a, b = net.pair_stream().all
    a.forget()
    assert b.recv().is_end()
    b.forget()
    assert net.descriptors() == before
