"""Exceptions: the subclass of the errno, their attributes, their words."""

from __future__ import annotations

import errno
import os
import pickle
import socket
import sys
import typing
from typing import Any

import pytest

import netsocket
from netsocket import aio, tls
from support.net.peers import Peers, port_of

NOTES = sys.version_info >= (3, 11)


def test_oserror_attributes(peers: Peers) -> None:
    port = peers.refused_port()
    with pytest.raises(ConnectionRefusedError) as caught:
        netsocket.connect_inet_stream("127.0.0.1", port, 5)
    error: Any = caught.value
    assert (error.errno, error.strerror) == (errno.ECONNREFUSED, "Connection refused")
    assert (error.op, error.filename) == ("connect", f"127.0.0.1:{port}")
    assert error.filename2 is None
    assert str(error) == f"[Errno 111] connect 127.0.0.1:{port}: Connection refused"
    assert (error.timeout, error.done) == (False, 0)


@pytest.mark.parametrize(
    "call, cls",
    [
        (lambda: netsocket.connect_unix_stream("/none/x"), FileNotFoundError),
        (lambda: netsocket.bind_unix_stream("/dev/null/x"), NotADirectoryError),
        (lambda: netsocket.wrap(0x7FFFFFFF), OSError),
        (lambda: netsocket.addrinfo.getaddrinfo(), socket.gaierror),
        (lambda: netsocket.addrinfo.inet("x"), OSError),
        (lambda: netsocket.wrap(-1), ValueError),
        (lambda: netsocket.wrap(2**100), (ValueError, OverflowError)),
    ],
)
def test_h108_classes(call: Any, cls: Any) -> None:
    with pytest.raises(cls) as caught:
        call()
    if cls is OSError:
        assert type(caught.value).__bases__ == (OSError,)


def test_h108_again() -> None:
    a, b = netsocket.pair_stream()
    with a, b, pytest.raises(BlockingIOError) as caught:
        a.recv()
    error: Any = caught.value
    assert (error.errno, error.op) == (errno.EAGAIN, "recv")


def test_h108_in_progress(peers: Peers) -> None:
    """connect under way: BlockingIOError with EINPROGRESS, then EALREADY."""
    ai = netsocket.addrinfo.inet("127.0.0.1", peers.black_hole()[1])
    with netsocket.new_inet_stream() as made:
        for code in (errno.EINPROGRESS, errno.EALREADY):
            with pytest.raises(BlockingIOError) as caught:
                made.connect(ai)
            assert caught.value.errno == code


def test_h108_timeout(peers: Peers) -> None:
    port = peers.black_hole()[1]
    with pytest.raises(TimeoutError) as caught:
        netsocket.connect_inet_stream("127.0.0.1", port, 0.05)
    error: Any = caught.value
    assert error.timeout is True
    assert (error.errno, error.op) == (errno.ETIMEDOUT, "connect")
    assert error.filename == f"127.0.0.1:{port}"
    assert error.strerror == "no answer within 0.05 s"
    assert error.args == (errno.ETIMEDOUT, error.strerror)
    assert repr(error) == f"TimeoutError({errno.ETIMEDOUT}, '{error.strerror}')"


def test_h108_gaierror() -> None:
    with pytest.raises(socket.gaierror) as caught:
        netsocket.bind_inet_stream("127.0.0.1", "no-such-service")
    error: Any = caught.value
    assert str(error) == (
        f"[Errno {error.errno}] getaddrinfo no-such-service: {error.strerror}"
    )
    assert (error.errno, error.op) == (socket.EAI_SERVICE, "getaddrinfo")
    assert error.filename == "no-such-service"
    assert error.strerror


def test_argument_error_words() -> None:
    """A ValueError says which parameter of which function, and what it must be."""
    words = r"^recv bufsize: EINVAL \(22\) must be at least 1$"
    a, b = netsocket.pair_stream()
    with a, b, pytest.raises(ValueError, match=words):
        a.recv(0)
    with pytest.raises(
        ValueError, match=r"^connect_inet_stream conndeadl: EINVAL \(22\) .+"
    ):
        netsocket.connect_inet_stream("127.0.0.1", 1, -1)


def test_pending_error_is_an_exception(peers: Peers) -> None:
    """error() returns it, and does not raise it."""
    port = peers.refused_port()
    with netsocket.new_inet_stream() as made:
        with pytest.raises(BlockingIOError):
            made.connect(netsocket.addrinfo.inet("127.0.0.1", port))
        assert made.sendable(5)
        pending = made.error()
        assert isinstance(pending, ConnectionRefusedError)
        assert made.error() is None


def test_errors_are_picklable(peers: Peers) -> None:
    """An exception may cross a process: class, errno, call, address and text survive."""
    with pytest.raises(OSError, match="Address already in use") as caught:
        netsocket.bind_inet_stream("127.0.0.1", port_of(peers.listener()))
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is type(caught.value)
    assert (again.errno, again.filename) == (caught.value.errno, caught.value.filename)
    assert str(again) == str(caught.value)
    assert vars(again) == vars(caught.value)


def test_bytes_in_an_address_of_an_error() -> None:
    with pytest.raises(FileNotFoundError) as caught:
        netsocket.connect_unix_stream(b"/none/\xff")
    assert caught.value.filename == "/none/\udcff"
    assert str(caught.value) == "[Errno 2] connect /none/\\xff: No such file or directory"


def test_control_bytes_of_an_error_are_shown() -> None:
    with pytest.raises(FileNotFoundError, match=r"connect /none/a\\x0ab: No such"):
        netsocket.connect_unix_stream("/none/a\nb")


def test_what_was_tried_is_in_the_traceback(peers: Peers) -> None:
    """A note for each address, which says what `attempts` has; before 3.11 none."""
    port = peers.refused_port()
    with pytest.raises(ConnectionRefusedError) as caught:
        netsocket.connect_stream(None, port, 5)
    error: Any = caught.value
    notes = [
        f"{tried['op']} {tried['addr']}: {tried['name']} ({tried['code']}) "
        f"{os.strerror(tried['code'])}, after {tried['seconds']:.3f} s"
        for tried in error.attempts
    ]
    assert len(notes) == 2
    assert getattr(error, "__notes__", None) == (notes if NOTES else None)


@pytest.mark.parametrize("made", [netsocket.errors.OSError, netsocket.EndOfStream])
def test_a_failure_of_the_programs_own(made: Any) -> None:
    """It reads as any OSError does, and has the attributes of a failure."""
    error = made(errno.EIO, "words", "file")
    assert str(error) == str(OSError(errno.EIO, "words", "file"))
    assert (error.op, error.done, error.timeout, error.attempts) == ("", 0, False, ())


@pytest.mark.parametrize(
    "call, op",
    [
        (lambda: netsocket.connect_unix_stream("/none/x"), "connect"),
        (
            lambda: netsocket.connect_inet_stream("127.1", "no-such-service"),
            "getaddrinfo",
        ),
        (lambda: netsocket.bind_unix_stream("/none/x"), "bind"),
    ],
)
def test_failure_is_known_by_its_attributes(call: Any, op: str) -> None:
    """is_failure and isinstance tell ours from others, also a type checker."""
    with pytest.raises(OSError, match=op) as caught:
        call()
    error: OSError = caught.value
    assert isinstance(error, netsocket.Failure)
    assert netsocket.is_failure(error)
    assert (error.op, error.timeout) == (op, False)
    tried: list[netsocket.Attempt] = list(error.attempts)
    assert len(tried) == (op == "connect")


@pytest.mark.parametrize("other", [OSError(1, "x"), ValueError("x"), None])
def test_others_are_no_failure(other: object) -> None:
    assert not netsocket.is_failure(other)


def test_type_hints_can_be_had() -> None:
    """Of each function, class and method, as frameworks ask for them."""
    modules = [netsocket, aio, tls, netsocket.addrinfo, netsocket.errors, netsocket.iovec]
    public = [one for module in modules for one in vars(module).items()]
    found = [one for name, one in public if callable(one) and name[0] != "_"]
    found += [
        m for one in found for m in getattr(one, "__dict__", {}).values() if callable(m)
    ]
    for one in found:
        typing.get_type_hints(one)
    assert set(typing.get_type_hints(netsocket.Failure)) >= {"op", "done", "timeout"}


def test_each_errno_has_its_class() -> None:
    """As OSError itself chooses it, by the same name."""
    for code in errno.errorcode:
        wanted = type(OSError(code, ""))
        made = netsocket.errors.__dict__[wanted.__name__]
        assert made.__bases__ == (wanted,)
        assert made.__module__ == "netsocket.errors"
