"""An address as a Python object: its repr, its copies, its pickles."""

from __future__ import annotations

import copy
import pickle
import socket
import subprocess
import sys
from typing import Any

import pytest

import netsocket

inet, inet6, unix = (
    netsocket.addrinfo.inet,
    netsocket.addrinfo.inet6,
    netsocket.addrinfo.unix,
)
STREAM, DGRAM = netsocket.SOCK_STREAM, netsocket.SOCK_DGRAM


def unnamed() -> Any:
    a, b = netsocket.pair_stream()
    with a, b:
        return a.getsockname()


ADDRESSES = {
    "127.0.0.1:80 AF_INET SOCK_STREAM IPPROTO_TCP": lambda: (
        netsocket.addrinfo.new_inet_stream("127.0.0.1", 80)
    ),
    "[::1]:53 AF_INET6 SOCK_DGRAM IPPROTO_UDP": lambda: (
        netsocket.addrinfo.new_inet6_dgram("::1", 53)
    ),
    "127.0.0.1:80 AF_INET": lambda: inet("127.0.0.1", 80),
    "[fe80::1%lo]:7 AF_INET6 SOCK_STREAM IPPROTO_132": lambda: inet6(
        "fe80::1%lo", 7, STREAM, 132
    ),
    "/a/path AF_UNIX SOCK_STREAM": lambda: unix("/a/path", STREAM),
    r"/a\x0ab\xff AF_UNIX SOCK_DGRAM": lambda: unix(b"/a\nb\xff", DGRAM),
    "@name AF_UNIX SOCK_STREAM": lambda: unix(b"\0name", STREAM),
    "AF_UNIX SOCK_STREAM": unnamed,
}


def parts(ai: Any) -> tuple[Any, ...]:
    names = ("family", "socktype", "protocol", "addr", "port", "canonname")
    return (str(ai), *(getattr(ai, name)() for name in names))


@pytest.mark.parametrize("text", ADDRESSES)
def test_repr(text: str) -> None:
    shown = repr(ADDRESSES[text]())
    assert shown.replace("IPPROTO_SCTP", "IPPROTO_132") == f"<netsocket.AddrInfo {text}>"


@pytest.mark.parametrize("text", ADDRESSES)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(text: str, protocol: int) -> None:
    ai = ADDRESSES[text]()
    again = pickle.loads(pickle.dumps(ai, protocol))
    assert type(again) is netsocket.AddrInfo
    assert again == ai
    assert parts(again) == parts(ai)


def test_pickle_of_a_canonical_name() -> None:
    (ai, *_) = netsocket.addrinfo.getaddrinfo_stream("127.0.0.1", 80, canonname=True)
    assert ai.canonname() == "127.0.0.1"
    assert parts(pickle.loads(pickle.dumps(ai))) == parts(ai)


def test_pickle_into_another_process() -> None:
    ai = ADDRESSES["127.0.0.1:80 AF_INET"]()
    program = "import pickle, sys; print(pickle.load(sys.stdin.buffer))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=pickle.dumps(ai),
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"127.0.0.1:80\n"


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copy(duplicate: Any) -> None:
    """It never changes, so it is its own copy."""
    ai = inet("127.0.0.1", 80)
    assert duplicate(ai) is ai
    assert duplicate([ai]) == [ai]


@pytest.mark.parametrize(
    "data", [b"", b"\x02", socket.AF_INET.to_bytes(2, sys.byteorder) + b"12", b"x" * 129]
)
def test_what_is_no_address_is_refused(data: bytes) -> None:
    restore: Any = inet("127.0.0.1", 80).__reduce__()[0]
    with pytest.raises(ValueError, match="not an address"):
        restore(data, 0, 0, None)
