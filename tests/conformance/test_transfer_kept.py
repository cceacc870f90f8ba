"""A call that is called off keeps nothing to itself: its bytes come from the next one.

In Python a signal handler raises while the call waits; in Lua its coroutine is closed.
"""

from __future__ import annotations

import select
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.fronts.lua_front import LuaFront
from support.fronts.outcome import Outcome
from support.net.peers import wait_until


class CalledOff(Exception):
    pass


def interrupt_main(kick: threading.Event) -> None:
    """Send a signal once the main thread waits in poll(2) or epoll_wait(2)."""
    kick.wait(10)
    own = Path(f"/proc/self/task/{threading.main_thread().native_id}/syscall")
    polls = {"7", "271", "232", "281"}  # poll, ppoll, epoll_wait, epoll_pwait
    wait_until(lambda: own.read_text().split()[0] in polls, "the call waits")
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR2)


def called_off_in_python(made: Handle, name: str, args: tuple[Any, ...]) -> Outcome:
    def stop(number: int, frame: Any) -> None:
        raise CalledOff

    before = signal.signal(signal.SIGUSR2, stop)
    kick = threading.Event()
    thread = threading.Thread(target=interrupt_main, args=(kick,))
    thread.start()
    try:
        kick.set()
        outcome = made.call(name, *args)
    finally:
        thread.join(10)
        signal.signal(signal.SIGUSR2, before)
    assert outcome.raised.name == "CalledOff"
    return outcome


CLOSE_COROUTINE = """
    local made, name = ...
    local poller = require 'net.socket'.poller
    local function wait(fd, sec) return coroutine.yield(fd, sec) end
    poller.use {wait_readable = wait, wait_writable = wait}
    local thread = coroutine.create(made[name])
    local ok, fd = coroutine.resume(thread, made, select(3, ...))
    assert(ok and math.type(fd) == 'integer', fd)
    assert(coroutine.close(thread))
    poller.use(nil)
"""


def called_off(made: Handle, name: str, *args: Any) -> Outcome | None:
    """A call that has begun, waits, and is ended from outside."""
    if isinstance(made.front, LuaFront):
        made.front.run(CLOSE_COROUTINE, made, name, *args)
        return None
    return called_off_in_python(made, name, args)


@pytest.mark.parametrize("name", ["recvall", "recvline"])
def test_h055_bytes_come_from_the_next_receive(net: Front, name: str) -> None:
    a, b = net.pair_stream().all
    b.send(b"begun ")
    with net.no_new_descriptors():
        called_off(a, name, 100, 20)
    b.send(b"and ended\nrest")
    assert a.recvline(100, 5).value == b"begun and ended\n"
    assert a.recv().value == b"rest"


def test_h055_kept_bytes_are_peeked_and_taken(net: Front) -> None:
    """MSG_PEEK shows them and leaves them; each way to receive takes them in order."""
    a, b = net.pair_stream().all
    b.send(b"kept")
    called_off(a, "recvall", 100, 20)
    peek = net.const("MSG_PEEK")
    assert a.recv(10, peek).value == b"kept"
    assert a.recv(2, peek).value == b"ke"
    assert a.recv(1).value == b"k"
    assert a.recvall(2, 0).value == b"ep"
    assert a.recvfrom(10).all[0] == b"t"
    assert a.recv().is_again()


def test_h055_kept_bytes_count_as_ready(net: Front) -> None:
    """recvable and select see them, though the kernel has nothing."""
    a, b = net.pair_stream().all
    quiet, _ = net.pair_stream().all
    b.send(b"kept")
    called_off(a, "recvline", 100, 20)
    assert a.recvable(0).value is True
    for sec in (0, 5):
        readers, writers = net.select([quiet, a], [], sec).all
        assert readers == [a]
        assert writers == []
    readers, writers = net.select([a, b], [b], 5).all
    assert readers == [a]
    assert writers == [b]
    assert a.recv().value == b"kept"
    assert net.select([a], [], 0).all == ([], [])


def test_h055_kept_twice(net: Front) -> None:
    """Called off again with more, the order is the stream's."""
    a, b = net.pair_stream().all
    for piece in (b"one ", b"two ", b"three "):
        b.send(piece)
        called_off(a, "recvall", 100, 20)
    b.send(b"four\n")
    assert a.recvline(100, 5).value == b"one two three four\n"


def test_h055_kept_and_the_end(net: Front) -> None:
    """They come before the end of the stream."""
    a, b = net.pair_stream().all
    b.send(b"last")
    called_off(a, "recvall", 100, 20)
    b.close()
    assert a.recvall(100, 5).value == b"last"
    assert a.recvall(100, 5).is_end()


def test_kept_with_a_path_to_remove(net: Front, folder: Path) -> None:
    """A bound socket that removes its path at close keeps bytes as well."""
    path = folder / "bound"
    made = net.bind_unix_stream(str(path), None, True).value
    listener = net.bind_unix_stream(str(folder / "server")).value
    assert listener.listen().value is True
    assert made.connect(listener.getsockname().value).value is True
    sender = listener.accept().value
    sender.send(b"kept")
    called_off(made, "recvall", 100, 20)
    assert path.exists()
    assert made.recvable(0).value is True
    assert made.recv().value == b"kept"
    assert made.recvable(0).kind == "timeout"
    assert path.exists()
    made.close()
    assert not path.exists()


def test_accept_called_off(net: Front) -> None:
    """No descriptor is left, and the socket is as before."""
    listener = net.bind_inet_stream("127.0.0.1", 0).value
    listener.listen()
    with net.no_new_descriptors():
        called_off(listener, "acceptwait", 20)
    port = listener.getsockname().value.port().value
    client = net.connect_inet_stream("127.0.0.1", port, 5).value
    made = listener.acceptwait(5).value
    assert made.getpeername().value == client.getsockname().value


def test_h057_send_called_off(net: Front) -> None:
    """In Python the exception of the handler has the count; what was counted arrives."""
    a, b = net.pair_stream().all
    outcome = called_off(a, "sendall", b"x" * (1 << 20), 20)
    a.close()
    with b.second_reader() as own:
        received = 0
        while piece := own.recv(1 << 16):
            received += len(piece)
            assert select.select([own], [], [], 5)[0]
    assert 0 < received < 1 << 20
    if net.language == "python":
        assert outcome is not None
        assert outcome.done == received
