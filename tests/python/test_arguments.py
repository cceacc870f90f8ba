"""How Python calls: names, counts, buffers, and classes of integers."""

from __future__ import annotations

import array
import enum
import inspect
import mmap
import socket
from collections.abc import Iterator
from typing import Any

import pytest

import netsocket
import netsocket.aio
from support.fronts import manifest


@pytest.fixture
def pair() -> Iterator[tuple[Any, Any]]:
    a, b = netsocket.pair_stream()
    with a, b:
        yield a, b


def owner(chapter: str) -> Any:
    return {
        "MODULE": netsocket,
        "ADDRESS": netsocket.addrinfo,
        "SOCKET": netsocket.Socket,
        "READER": netsocket.Reader,
        "DEADLINE": netsocket.Deadline,
        "ADDRINFO": netsocket.AddrInfo,
        "MSGHDR_MAKE": netsocket.msghdr,
        "MSGHDR": netsocket.MsgHdr,
        "CMSGHDR_MAKE": netsocket.cmsghdr,
        "CMSGHDR": netsocket.CmsgHdr,
        "CMSGHDRS_MAKE": netsocket.cmsghdrs,
        "CMSGHDRS": netsocket.CmsgHdrs,
        "IOVEC_MAKE": netsocket.iovec,
        "IOVEC": netsocket.IoVec,
        "DEVICE": netsocket.device,
    }[chapter]


ROWS = [row for row in manifest.rows() if "python" in row.languages]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_signature(row: manifest.Row) -> None:
    """help() shows the parameters of the manifest, with their names and defaults."""
    function = getattr(owner(row.chapter), row.name)
    signature = inspect.signature(function)
    names = [name for name in signature.parameters if name != "self"]
    assert names == [param.name for param in row.listed]
    by_name = inspect.Parameter.KEYWORD_ONLY
    assert [param.name for param in row.params if param.named] == [
        name for name in names if signature.parameters[name].kind is by_name
    ]
    assert function.__doc__
    for param in row.params:
        shown = signature.parameters[param.name]
        assert (shown.default is inspect.Parameter.empty) == (
            param.required or param.rest
        )


@pytest.mark.parametrize(
    "call",
    [
        lambda: netsocket.new_inet(
            socktype=1, protocol=0, reuseaddr=True, reuseport=None
        ),
        lambda: netsocket.new_inet(1, protocol=0),
        lambda: netsocket.new(family=1, socktype=1, protocol=0, nonblock=False),
        lambda: netsocket.bind_inet_stream(port=0, host="127.0.0.1"),
        lambda: netsocket.bind_inet_stream("127.0.0.1", port=0, reuseport=True),
        lambda: netsocket.bind(
            ai=netsocket.addrinfo.new_inet_stream(port=0), reuseaddr=True
        ),
    ],
)
def test_named_arguments(call: Any) -> None:
    with call() as made:
        assert made.fd() >= 0


library: Any = netsocket  # for calls that no type checker would let pass


@pytest.mark.parametrize(
    "call, word",
    [
        (lambda s: library.new_inet(1, socktype=1, protocol=0), "socktype"),
        (lambda s: library.new_inet(1, 0, nonsense=True), "nonsense"),
        (lambda s: library.new_inet(1, 0, True, True, True), "new_inet"),
        (lambda s: library.new_inet(protocol=0), "socktype"),
        (lambda s: library.pair_stream(1), "pair_stream"),
        (lambda s: s.recv(bufsize=10), "keyword"),
        (lambda s: s.send(msg=b"x"), "keyword"),
        (lambda s: s.write(b"x", 0), "write"),
        (lambda s: s.fd(1), "fd"),
        (lambda s: s.recvline(5), "recvline.* positional"),
        (lambda s: s.recvline(5, sec=5), "recvline.* positional"),
        (lambda s: s.recvline(n=5), "unexpected .*'n'"),
        (lambda s: library.aio.recvline(s, 5), "recvline.* positional"),
        (lambda s: library.aio.recvline(max=5, sec=5), "missing .*'sock'"),
        (lambda s: library.aio.recv(s, bufsize=5), "unexpected .*'bufsize'"),
        (lambda s: library.aio.send(s, msg=b"x"), "missing .*'msg'"),
        (lambda s: library.aio.send(s, None, sec=1), "msg: .*NoneType"),
        (lambda s: s.nonblock(True, True), "nonblock"),
    ],
)
def test_impossible_calls(pair: tuple[Any, Any], call: Any, word: str) -> None:
    """Twice, unknown, too many, missing, named where that is not possible."""
    with pytest.raises(TypeError, match=word):
        call(pair[0])


class Kind(enum.IntEnum):
    STREAM = 1


def test_enumerations_are_integers() -> None:
    with netsocket.new(socket.AF_INET, Kind.STREAM) as made:
        assert made.socktype() == 1
    with netsocket.new_inet(socket.SOCK_STREAM, socket.IPPROTO_TCP) as made:
        assert made.protocol() == 6


@pytest.mark.parametrize("value", [True, False, 1.0, "1", None, b"1"])
def test_not_integers(value: Any) -> None:
    with pytest.raises(TypeError, match="socktype"):
        netsocket.new_inet(value, 0)


def test_booleans_are_not_numbers(pair: tuple[Any, Any]) -> None:
    with pytest.raises(TypeError, match="sec"):
        pair[0].recvable(True)


BUFFERS: list[Any] = [
    b"data",
    bytearray(b"data"),
    memoryview(b"data"),
    memoryview(b"__data__")[2:6],
    array.array("B", b"data"),
    array.array("i", [1, 2]),
    memoryview(array.array("i", [1, 2])),
    memoryview(bytes(8)).cast("B", (2, 4)),
]


@pytest.mark.parametrize("method", ["send", "write", "sendto"])
@pytest.mark.parametrize("buffer", BUFFERS, ids=lambda buffer: type(buffer).__name__)
def test_h062_buffers(method: str, buffer: Any) -> None:
    """Any C-contiguous buffer, of any item size and shape, and it is let go of again."""
    with netsocket.bind_inet_dgram("127.0.0.1", 0) as made:
        ai = made.getsockname()
        made.connect(ai)
        args = (buffer, ai) if method == "sendto" else (buffer,)
        data = memoryview(buffer).tobytes()
        assert getattr(made, method)(*args) == len(data)
        assert made.recvable(5)
        assert made.recv() == data
    if isinstance(buffer, bytearray):
        buffer.append(0)
        buffer.pop()


@pytest.mark.parametrize(
    "buffer", ["text", 5, None, [1, 2], memoryview(b"abcd")[::2], object()]
)
def test_h062_no_buffers(pair: tuple[Any, Any], buffer: Any) -> None:
    """Text has no bytes, and pieces with gaps are refused, not copied wrongly."""
    with pytest.raises((TypeError, BufferError)):
        pair[0].send(buffer)
    with pytest.raises(BlockingIOError):
        pair[1].recv()


def test_h062_buffer_let_go_after_a_failure(pair: tuple[Any, Any]) -> None:
    a, b = pair
    data = bytearray(b"x" * 10)
    with mmap.mmap(-1, 4096) as mapped:
        b.close()
        for buffer in (data, mapped):
            with pytest.raises(BrokenPipeError):
                a.send(buffer)
            with pytest.raises(TypeError):
                a.send(buffer, "flag")
    data.append(0)


HALF = "eth\udc80"  # a half of a character, as of a name that was decoded wrongly
NO_UTF8: dict[str, Any] = {
    "getaddrinfo port": lambda _: netsocket.addrinfo.getaddrinfo("127.0.0.1", HALF),
    "inet addr": lambda _: netsocket.addrinfo.inet(HALF, 80),
    "bind_inet_stream port": lambda _: netsocket.bind_inet_stream("127.0.0.1", HALF),
    "connect_inet_stream port": lambda _: netsocket.aio.connect_inet_stream(None, HALF),
    "connect_stream host": lambda _: netsocket.connect_stream(HALF, 80),
    "bindtodevice value": lambda sock: sock.bindtodevice(HALF),
    "mcastif value": lambda sock: sock.mcastif(HALF),
}


@pytest.mark.parametrize("what", NO_UTF8)
def test_no_utf8(pair: tuple[Any, Any], what: str) -> None:
    """It is told as any other value that makes no sense: with call and argument."""
    why = "cannot be written in UTF-8"
    if "host" in what:
        why = "is no host name, not by IDNA either"
    with pytest.raises(ValueError, match="EINVAL") as caught:
        NO_UTF8[what](pair[0])
    assert str(caught.value) == f"{what}: EINVAL (22) {why}"
    assert getattr(caught.value, "op", None) == what.partition(" ")[0]


def test_path_like_and_bytes_paths(tmp_path: Any) -> None:
    """A path is str or bytes; both spell the same bytes."""
    for path in ("/nonexistent/é", b"/nonexistent/\xc3\xa9"):
        with pytest.raises(FileNotFoundError) as caught:
            netsocket.connect_unix_stream(path)
        assert caught.value.filename == "/nonexistent/é"


class Exact:
    """A class whose values lie about being equal."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def test_foreign_objects_as_arguments(pair: tuple[Any, Any]) -> None:
    for value in (Exact(), object(), netsocket, int):
        with pytest.raises(TypeError, match="ai"):
            pair[0].sendto(b"x", value)
