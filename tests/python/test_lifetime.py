"""The object's life in Python: with, collection, weak references, what is refused."""

from __future__ import annotations

import copy
import errno
import gc
import os
import pickle
import select
import selectors
import socket
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import netsocket
from support.processes.children import output_of, run_python

covers = pytest.mark.covers


def catch(call: Callable[[], None]) -> BaseException | None:
    """The exception, without the frames that keep its locals alive."""
    try:
        call()
    except KeyError as error:
        return error.with_traceback(None)
    return None


@pytest.fixture
def pair() -> Iterator[tuple[Any, Any]]:
    a, b = netsocket.pair_stream()
    with a, b:
        yield a, b


def is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def test_with_closes() -> None:
    """`with` gives the object itself, and closes at its end and on an error's way out."""
    made = netsocket.new_inet_stream()
    with made as inside:
        assert inside is made
        fd = made.fd()
        assert is_open(fd)
    assert made.fd() == -1
    assert not is_open(fd)
    with pytest.raises(KeyError), netsocket.new_inet_stream() as other:
        raise KeyError
    assert other.fd() == -1


def test_with_on_what_is_closed_inside() -> None:
    with netsocket.new_inet_stream() as made:
        made.close()


def test_results_work_in_with() -> None:
    """bind and connect give the socket alone, so that `with` takes them directly."""
    with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
        listener.listen()
        port = listener.getsockname().port()
        with netsocket.connect_inet_stream("127.0.0.1", port, 5) as client:
            assert isinstance(client, netsocket.Socket)
        with netsocket.connect(listener.getsockname(), 5) as client:
            assert client.getpeername().port() == port


def test_h117_collected_open_warns() -> None:
    """A ResourceWarning that shows the socket; the descriptor is closed."""
    held = [netsocket.new_inet_stream()]
    fd = held[0].fd()
    shown = rf"unclosed <netsocket\.Socket fd={fd} AF_INET"
    with pytest.warns(ResourceWarning, match=shown):
        held.clear()
    assert not is_open(fd)


def test_collected_closed_is_quiet(recwarn: pytest.WarningsRecorder) -> None:
    made = netsocket.new_inet_stream()
    made.close()
    unwrapped = netsocket.new_inet_stream()
    fd = unwrapped.unwrap()
    del made, unwrapped
    gc.collect()
    assert not recwarn.list
    assert is_open(fd)
    os.close(fd)


def test_h117_warning_as_error() -> None:
    """-W error: the warning cannot be raised from a finalizer, and still it closes."""
    program = """
import gc, os, sys, netsocket
sys.unraisablehook = lambda what: print(what.exc_type.__name__)
s = netsocket.new_inet_stream()
fd = s.fd()
del s
gc.collect()
try:
    os.fstat(fd)
except OSError:
    print("closed")
"""
    printed = output_of(run_python(program, options=("-W", "error")))
    assert printed.split() == ["ResourceWarning", "closed"]


def test_h117_pending_exception_survives() -> None:
    """A collection while an exception is on its way does not change it."""

    def fail() -> None:
        held = netsocket.new_inet_stream()
        raise KeyError("mine", held.fd())

    with pytest.warns(ResourceWarning, match="unclosed"):
        assert type(catch(fail)) is KeyError


def test_collected_in_a_cycle() -> None:
    class Holder:
        pass

    holder: Any = Holder()
    holder.me = holder
    holder.sock = netsocket.new_inet_stream()
    fd = holder.sock.fd()
    del holder
    with pytest.warns(ResourceWarning):
        gc.collect()
    assert not is_open(fd)


def test_end_of_the_interpreter() -> None:
    """Open sockets at exit: closed, warned about when asked, no crash."""
    program = """
import netsocket
kept = [netsocket.new_inet_stream() for _ in range(5)]
kept.append(kept)
print("end")
"""
    ended = run_python(program, options=("-X", "dev"))
    assert (ended.status, ended.output) == (0, "end\n")


def test_unwrap_that_a_function_made_impossible(pair: tuple[Any, Any]) -> None:
    """What it left pending stops the unwrap. The socket stays as it is, and can be
    closed."""
    a, b = pair
    fd = b.fd()
    a.sendall(b"text")
    b.addgcfn(None, lambda: b.reader().peek(1))
    with pytest.raises(OSError, match="pending") as caught:
        b.unwrap()
    assert caught.value.errno == errno.EBUSY
    assert b.recv(9) == b"text"
    b.addgcfn(None, list)
    b.close()
    assert not is_open(fd)


def test_weak_references(pair: tuple[Any, Any]) -> None:
    seen: list[str] = []
    made = netsocket.new_inet_stream()
    reference = weakref.ref(made, lambda _: seen.append("gone"))
    assert reference() is made
    made.close()
    del made
    assert reference() is None
    assert seen == ["gone"]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_h117_not_picklable(pair: tuple[Any, Any], protocol: int) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(pair[0], protocol)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_h117_not_copied(pair: tuple[Any, Any], duplicate: Any) -> None:
    with pytest.raises(TypeError):
        duplicate(pair[0])


@pytest.mark.parametrize("cls", [netsocket.Socket, netsocket.AddrInfo])
def test_h117_not_made_by_hand(cls: Any) -> None:
    """No object without its descriptor: neither by a call nor by __new__."""
    for make in (cls, lambda: cls.__new__(cls), lambda: object.__new__(cls)):
        with pytest.raises(TypeError):
            make()
    with pytest.raises(TypeError):
        type("Sub", (cls,), {})


def test_h117_second_init_is_refused_or_harmless(pair: tuple[Any, Any]) -> None:
    a, b = pair
    fd = a.fd()
    try:
        a.__init__()
    except TypeError:
        pass
    assert a.fd() == fd
    assert a.send(b"x") == 1
    assert b.recv() == b"x"


def test_repr(pair: tuple[Any, Any]) -> None:
    a, _ = pair
    assert repr(a) == f"<netsocket.Socket fd={a.fd()} AF_UNIX SOCK_STREAM>"
    a.close()
    assert repr(a) == "<netsocket.Socket closed>"


@covers("PY_SOCKET.fileno", "success")
@covers("PY_SOCKET.gettimeout", "success")
def test_standard_protocol(python_net: Any) -> None:
    """fileno() and gettimeout(), as select, selectors and asyncio want them."""
    made = python_net.new_inet_stream().value
    assert made.fileno().value == made.fd().value
    assert made.gettimeout().value == 0.0
    assert made.nonblock(False).value is True
    assert made.gettimeout().value is None
    made.close()
    assert made.fileno().value == -1


def test_select_and_selectors(pair: tuple[Any, Any]) -> None:
    a, b = pair
    b.send(b"x")
    assert select.select([a], [a], [], 0) == ([a], [a], [])
    with selectors.DefaultSelector() as selector:
        selector.register(a, selectors.EVENT_READ, "data")
        (key, events), *_ = selector.select(0)
        assert (key.fileobj, key.data, events) == (a, "data", selectors.EVENT_READ)


def test_address_is_hashable() -> None:
    """Equal addresses have equal hashes, so they are keys."""
    make = netsocket.addrinfo.inet
    by_address = {make("127.0.0.1", 80): "http"}
    assert by_address[netsocket.addrinfo.new_inet_stream("127.0.0.1", 80)] == "http"
    assert make("127.0.0.1", 81) not in by_address
    assert make("127.0.0.1", 80) != "127.0.0.1:80"
    assert len({make("127.0.0.1", 80), make("127.0.0.1", 80)}) == 1


def test_address_does_not_change() -> None:
    ai: Any = netsocket.addrinfo.inet()
    for name in ("port", "anything"):
        with pytest.raises(AttributeError):
            setattr(ai, name, 5)


def test_text_types() -> None:
    """str, with surrogates for odd bytes; bytes for an abstract name."""
    unix = netsocket.addrinfo.unix
    assert unix("/tmp/x").addr() == "/tmp/x"
    assert unix(b"/tmp/\xff").addr() == "/tmp/\udcff"
    assert unix("/tmp/\udcff").addr() == "/tmp/\udcff"
    assert unix(b"\0name").addr() == b"\0name"
    assert type(netsocket.addrinfo.inet().addr()) is str


def test_foreign_descriptor_survives_a_failed_wrap() -> None:
    with open(os.devnull) as file:
        with pytest.raises(OSError, match="not a socket|non-socket") as caught:
            netsocket.wrap(file.fileno())
        assert caught.value.filename == f"fd {file.fileno()}"
        assert is_open(file.fileno())


def test_wrap_takes_over_from_cpython() -> None:
    """detach() of one is wrap() of the other, both ways."""
    ours, theirs = socket.socketpair()
    with theirs, netsocket.wrap(ours.detach()) as made:
        made.send(b"x")
        assert theirs.recv(5) == b"x"
        with socket.socket(fileno=made.unwrap()) as back:
            back.sendall(b"y")
            assert theirs.recv(5) == b"y"


FORK_BESIDE_A_CLOSE = """
import os, threading
import netsocket

a, b = netsocket.pair_stream()
begun, over = threading.Event(), threading.Event()

def function():
    begun.set()
    over.wait(20)

b.addgcfn(None, function)
closer = threading.Thread(target=b.close)
closer.start()
begun.wait(20)
child = os.fork()
if child == 0:
    fd = b.fd()
    b.close()
    try:
        os.fstat(fd)
    except OSError:
        os._exit(0)
    os._exit(1)
over.set()
closer.join()
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), b.fd())
"""


def test_fork_beside_a_close_whose_functions_run() -> None:
    """That close is the parent's: the child's own closes the child's copy."""
    assert output_of(run_python(FORK_BESIDE_A_CLOSE)) == "0 -1\n"


def test_a_child_leaves_the_path(tmp_path: Path) -> None:
    """It is its parent's, who removes it."""
    program = """
import os, sys
import netsocket
made = netsocket.bind_unix_stream(sys.argv[1], unlink=True)
child = os.fork()
if child == 0:
    made.close()
    os._exit(0)
os.waitpid(child, 0)
print(os.path.exists(sys.argv[1]))
made.close()
print(os.path.exists(sys.argv[1]))
"""
    ended = run_python(program, str(tmp_path / "socket"))
    assert output_of(ended).split() == ["True", "False"]
