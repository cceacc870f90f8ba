"""recv_into, and the buffer protocol of the message classes: what only Python has."""

from __future__ import annotations

import array
import mmap
import socket
import threading
from typing import Any

import pytest

import netsocket
from support.fronts.front import Front
from support.net.peers import Peers, reset

covers = pytest.mark.covers


@covers("PY_SOCKET.recv_into", "success")
@pytest.mark.parametrize(
    "make",
    [bytearray, lambda n: memoryview(bytearray(n)), lambda n: array.array("b", bytes(n))],
)
def test_any_writable_buffer(python_net: Front, make: Any) -> None:
    a, b = python_net.pair_stream().all
    a.send(b"abcdef")
    buffer = make(10)
    assert b.recv_into(buffer).value == 6
    assert bytes(buffer)[:7] == b"abcdef\0"


def test_mmap(python_net: Front) -> None:
    a, b = python_net.pair_stream().all
    a.send(b"mapped")
    with mmap.mmap(-1, 4096) as buffer:
        assert b.recv_into(buffer).value == 6
        assert buffer[:6] == b"mapped"


def test_part_of_a_buffer(python_net: Front) -> None:
    """nbytes bounds it, and a slice of a memoryview says where."""
    a, b = python_net.pair_stream().all
    a.send(b"0123456789")
    buffer = bytearray(b"." * 10)
    assert b.recv_into(buffer, 3).value == 3
    assert b.recv_into(memoryview(buffer)[5:7]).value == 2
    assert b.recv_into(buffer, 0).value == 5  # 0 is all of it
    assert buffer == b"56789" + b"34" + b"..."


@covers("PY_SOCKET.recv_into", "again", "end")
def test_again_and_end(python_net: Front) -> None:
    a, b = python_net.pair_stream().all
    buffer = bytearray(b"kept")
    assert b.recv_into(buffer).is_again()
    a.close()
    assert b.recv_into(buffer).is_end()
    assert buffer == b"kept"


@covers("PY_SOCKET.recv_into", "error")
def test_reset(python_net: Front, peers: Peers) -> None:
    ours, theirs = peers.stream(python_net)
    reset(theirs)
    ours.recvable(5)
    ours.recv_into(bytearray(4)).fails("ECONNRESET", op="recv_into")


@pytest.mark.parametrize("nbytes", [-1, 5, 2**31, 2**63 - 1, -(2**63)])
def test_h056_bounds(python_net: Front, nbytes: int) -> None:
    """Never a byte beyond the buffer."""
    a, b = python_net.pair_stream().all
    a.send(b"0123456789")
    buffer = bytearray(b"four")
    b.recv_into(buffer, nbytes).fails("EINVAL")
    assert buffer == b"four"
    b.recv_into(bytearray()).fails("EINVAL")
    assert b.recv().value == b"0123456789"


@pytest.mark.parametrize(
    "wrong", [b"bytes", "text", 5, None, [], memoryview(b"read-only")]
)
def test_h056_not_writable(python_net: Front, wrong: Any) -> None:
    a, b = python_net.pair_stream().all
    a.send(b"x")
    assert b.recv_into(wrong).raised.name in ("TypeError", "BufferError")
    assert b.recv().value == b"x"


def test_h056_not_contiguous(python_net: Front) -> None:
    a, b = python_net.pair_stream().all
    a.send(b"x")
    assert b.recv_into(memoryview(bytearray(10))[::2]).raised.name in (
        "TypeError",
        "BufferError",
    )


def test_refused_with_its_name() -> None:
    """CPython's words alone, "Object is not writable", are about no call."""
    gaps = memoryview(bytearray(4))[::2]
    a, b = netsocket.pair_stream()
    with a, b:
        with pytest.raises(BufferError, match=r"^recv_into\(\) buffer: .*not writable"):
            b.recv_into(b"read-only")
        with pytest.raises(BufferError, match=r"^recv_into\(\) buffer: .*C-contiguous"):
            b.recv_into(gaps)
        with pytest.raises(BufferError, match=r"^send\(\) msg: .*C-contiguous"):
            a.send(gaps)


def test_h053_truncation(python_net: Front) -> None:
    a, b = python_net.pair_dgram().all
    a.send(b"0123456789")
    buffer = bytearray(4)
    assert b.recv_into(buffer, 0, socket.MSG_TRUNC).value == 4
    assert buffer == b"0123"


def test_h062_buffer_is_pinned(python_net: Front) -> None:
    """While a call waits on it, the memory cannot be moved."""
    a, b = netsocket.pair_stream()
    with a, b:
        b.nonblock(False)
        buffer = bytearray(8)
        started = threading.Thread(target=b.recv_into, args=(buffer,))
        started.start()
        with socket.socket(fileno=socket.dup(a.fileno())) as own:
            tries = 0
            while True:  # the thread may not be inside yet
                tries += 1
                assert tries < 10_000_000
                try:
                    buffer.append(0)
                    del buffer[-1:]
                except BufferError:
                    break
            own.send(b"now")
            started.join(10)
        buffer.append(1)
        assert buffer[:3] == b"now"


def test_iovec_of_one_is_a_buffer() -> None:
    """Its memory is looked at and written to in place, and stays while it is seen."""
    iov = netsocket.iovec.new()
    iov.add(b"abc")
    with memoryview(iov) as view:
        assert bytes(view) == b"abc"
        view[0:1] = b"X"
        with pytest.raises(BufferError):
            iov.add(b"x")
        with pytest.raises(BufferError):
            iov.consume(1)
        with pytest.raises(BufferError):
            iov.set(b"", 1)
    assert iov.get(1) == b"Xbc"
    iov.add(b"second")
    with pytest.raises(BufferError):
        memoryview(iov)


def test_cmsghdr_is_a_buffer() -> None:
    """Its bytes, read-only; descriptors are no bytes."""
    made = netsocket.cmsghdr.new(1, 77, b"data")
    assert bytes(made) == b"data"
    assert memoryview(made).readonly
    with pytest.raises(BufferError):
        memoryview(netsocket.cmsghdr.rights(0))


@pytest.mark.parametrize("name", ["MsgHdr", "CmsgHdr", "CmsgHdrs", "IoVec"])
def test_h117_classes(name: str) -> None:
    """Made by their constructors' functions only, not picklable, not to be subclassed."""
    cls = getattr(netsocket, name)
    with pytest.raises(TypeError):
        cls()
    with pytest.raises(TypeError):
        type("Sub", (cls,), {})


def test_closed(python_net: Front) -> None:
    made = python_net.pair_stream().all[0]
    made.close()
    made.recv_into(bytearray(4)).fails("EBADF")


@covers("PY_IOVEC.delete", "success", "error")
def test_delete_is_del(python_net: Front) -> None:
    """`del` is a word of Python: delete does the same."""
    made = python_net.iovec.new().value
    made.add(b"one")
    made.add(b"two")
    assert made.delete(1).value == b"one"
    assert made.call("del", 1).value == b"two"
    made.delete(1).fails("EINVAL", text="element")
