"""User code that runs inside a call: fileno(), functions before the close, finalizers."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import netsocket

Pair = tuple[netsocket.Socket, netsocket.Socket]


class Source:
    """A file whose fileno() does something first."""

    def __init__(self, fd: Any, act: Callable[[], Any]) -> None:
        self.fd, self.act = fd, act

    def fileno(self) -> Any:
        self.act()
        return self.fd


@pytest.fixture
def pair() -> Iterator[Pair]:
    a, b = netsocket.pair_stream()
    with a, b:
        yield a, b


@pytest.fixture
def null() -> Iterator[int]:
    fd = os.open("/dev/zero", os.O_RDONLY)
    yield fd
    os.close(fd)


def test_h077_fileno_closes_the_socket(pair: Pair, null: int) -> None:
    """What is used afterwards is read after fileno() has run: EBADF, no stranger's fd."""
    a, b = pair
    with pytest.raises(OSError, match="Bad file descriptor"):
        a.sendfile(Source(null, a.close), 1)
    with pytest.raises(OSError, match="Bad file descriptor"):
        b.sendfd(Source(null, b.close))


def test_h077_fileno_changes_the_iovec(null: int) -> None:
    """The buffers are looked at when they are used, not before."""
    iov = netsocket.iovec.new()
    iov.add(b"x" * 10)

    def shrink() -> None:
        iov.set(b"yy", 1)
        iov.add(b"z" * 5)

    assert iov.readv(Source(null, shrink)) == 7
    assert iov.concat() == bytes(7)


@pytest.mark.parametrize("fd", ["0", None, 1.0, [], True])
def test_fileno_of_another_type(pair: Pair, fd: Any) -> None:
    a, _ = pair
    for call in (lambda s: a.sendfile(s, 1), a.sendfd, netsocket.iovec.new().readv):
        with pytest.raises(TypeError):
            call(Source(fd, lambda: None))


@pytest.mark.parametrize("fd", [-2, 2**31, 2**63, -(2**63) - 1])
def test_h006_fileno_out_of_range(pair: Pair, fd: int) -> None:
    a, _ = pair
    for call in (lambda s: a.sendfile(s, 1), a.sendfd, netsocket.iovec.new().readv):
        with pytest.raises((ValueError, OverflowError)):
            call(Source(fd, lambda: None))


def test_fileno_of_a_closed_object(pair: Pair) -> None:
    """-1 is how Python's own objects say it."""
    a, _ = pair
    for call in (lambda s: a.sendfile(s, 1), a.sendfd, netsocket.iovec.new().readv):
        with pytest.raises(OSError, match=r"\[Errno 9\]"):
            call(Source(-1, lambda: None))


def test_fileno_that_raises(pair: Pair) -> None:
    a, _ = pair

    def fail() -> None:
        raise KeyError("mine")

    for call in (lambda s: a.sendfile(s, 1), a.sendfd, netsocket.iovec.new().writev):
        with pytest.raises(KeyError, match="mine"):
            call(Source(0, fail))
    assert a.fd() >= 0


def test_closed_file_object(pair: Pair, tmp_path: Any) -> None:
    a, _ = pair
    with open(tmp_path / "file", "wb+") as file:
        file.write(b"x")
    with pytest.raises(ValueError, match="closed file"):
        a.sendfile(file, 1)


@pytest.fixture
def unraisable(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda it: seen.append(it.exc_value))
    return seen


def raise_it(error: BaseException) -> None:
    raise error


def test_h100_without_errfn(pair: Pair, unraisable: list[Any]) -> None:
    """What is not caught goes where Python reports such things."""
    a, _ = pair
    error = RuntimeError("mine")
    a.addgcfn(None, raise_it, error)
    a.close()
    assert unraisable == [error]


def test_h100_errfn_that_fails(pair: Pair, unraisable: list[Any]) -> None:
    a, _ = pair
    ran: list[int] = []
    a.addgcfn(None, ran.append, 1)
    a.addgcfn(raise_it, raise_it, RuntimeError("mine"))
    a.close()
    assert len(unraisable) == 1
    assert ran == [1]
    assert a.fd() == -1


def test_h117_exception_under_way(pair: Pair) -> None:
    """A close inside an exception's handling, or a with block left by one, keeps it."""
    a, _ = pair
    seen: list[Any] = []
    a.addgcfn(seen.append, raise_it, RuntimeError("inner"))
    with pytest.raises(KeyError, match="outer"), a:
        raise KeyError("outer")
    assert [str(error) for error in seen] == ["inner"]


def test_h117_cycle_through_a_function() -> None:
    """A function that holds its own socket is a cycle, and the collector ends it."""
    ran = []
    a, b = netsocket.pair_stream()
    number = a.fd()
    a.addgcfn(None, lambda own: ran.append(own.fd()), a)
    del a
    with pytest.warns(ResourceWarning):
        gc.collect()
    b.close()
    assert ran == [number]


@pytest.mark.parametrize("name", ["iov", "control"])
def test_parts_of_a_message_are_let_go(name: str) -> None:
    """A message that is collected, or gets another part, keeps nothing alive."""
    made = netsocket.msghdr.new()
    make = netsocket.iovec.new if name == "iov" else netsocket.cmsghdrs.new
    part = make()
    count = sys.getrefcount(part)
    getattr(made, name)(part)
    assert sys.getrefcount(part) == count + 1
    getattr(made, name)(None)
    assert sys.getrefcount(part) == count
    getattr(made, name)(part)
    del made
    assert sys.getrefcount(part) == count


def test_h117_objects_give_their_class_back() -> None:
    """Each object holds a reference to its class and returns it when it ends."""
    for make in (
        netsocket.msghdr.new,
        netsocket.cmsghdrs.new,
        netsocket.iovec.new,
        lambda: netsocket.cmsghdr.new(1, 77, b"x"),
    ):
        cls = type(make())
        before = sys.getrefcount(cls)
        for _ in range(1000):
            make()
        assert sys.getrefcount(cls) - before < 10


# -------------------------------------------------- code that runs in a conversion


@pytest.mark.parametrize("answer", [42, 1 << 400, b"x" * 4096, object(), None])
def test_the_name_of_a_type(answer: Any) -> None:
    """A metaclass may answer with anything, or not at all: it is not asked."""

    def name(_: type) -> Any:
        if answer is None:
            raise KeyError
        return answer

    odd: Any = type("Meta", (type,), {"__name__": property(name)})("Odd", (), {})

    with pytest.raises(TypeError, match=r"fd: int expected, got Odd$"):
        netsocket.wrap(odd())


@pytest.mark.skipif(
    sys.version_info < (3, 12), reason="classes give buffers from 3.12 on"
)
@pytest.mark.parametrize("method", ["add", "set"])
@pytest.mark.parametrize("when", ["__buffer__", "__release_buffer__"])
def test_code_in_a_buffer(method: str, when: str) -> None:
    """A row is looked at after the argument has been asked for its buffer, and not again
    after that has been let go."""
    iov = netsocket.iovec.new()
    iov.add(b"A" * 4096)
    views: list[memoryview] = []

    class Evil:
        def __buffer__(self, flags: int) -> memoryview:
            if when == "__buffer__":
                views.append(memoryview(iov))
            return memoryview(b"new")

        def __release_buffer__(self, view: memoryview) -> None:
            if when == "__release_buffer__":
                iov.add(b"late")

    args: list[Any] = [Evil()] if method == "add" else [Evil(), 1]
    if when == "__buffer__":
        with pytest.raises(BufferError, match="in use"):
            getattr(iov, method)(*args)
        assert views[0] == b"A" * 4096
        views.pop().release()
    else:
        assert getattr(iov, method)(*args) == (2 if method == "add" else True)
        assert iov.get(len(iov)) == b"late"
        assert iov.get(len(iov) - 1) == b"new"


@pytest.fixture
def collected() -> Iterator[Callable[[int, Callable[[], Any]], Any]]:
    """Makes a call in which, before 3.12, the collector runs at the n-th container."""

    def call(n: int, act: Callable[[], Any]) -> Any:
        gc.set_threshold(n + gc.get_count()[0], 1, 1)
        gc.enable()
        try:
            return act()
        finally:
            gc.disable()
            gc.set_threshold(*usual)

    usual = gc.get_threshold()
    gc.disable()
    yield call
    gc.set_threshold(*usual)
    gc.enable()


class Cycle:
    """What only the collector ends, doing something then."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act, self.me = act, self

    def __del__(self) -> None:
        self.act()


@pytest.mark.parametrize("have_list", [True, False])
def test_addgcfn_beside_the_collector(
    collected: Callable[[int, Callable[[], Any]], Any], have_list: bool
) -> None:
    """A finalizer closes the socket: the function is called, or refused with EBADF."""
    for n in range(1, 30):
        a, b = netsocket.pair_stream()
        called: list[int] = []
        if have_list:
            a.addgcfn(None, called.append, 0)
        gc.collect()
        Cycle(a.close)
        code = 0
        try:
            collected(n, lambda: a.addgcfn(None, called.append, 1))  # noqa: B023
        except OSError as error:
            code = error.errno or 0
        assert code in (0, errno.EBADF)
        a.close()
        b.close()
        gc.collect()
        assert called == [1] * (code == 0) + [0] * have_list


def test_descriptors_taken_beside_the_collector(
    collected: Callable[[int, Callable[[], Any]], Any], null: int
) -> None:
    """Of two who take them, one a finalizer, one has them."""
    for n in range(1, 20):
        a, b = netsocket.pair_stream()
        with a, b:
            b.sendfd(null)
            into = netsocket.msghdr.new()
            room, control = netsocket.iovec.new(), netsocket.cmsghdrs.new()
            room.addn(9)
            into.iov(room)
            into.control(control)
            assert a.recvmsg(into) == 1
            first: Any = control.shift()
            taken: list[Any] = []
            gc.collect()
            Cycle(lambda: taken.append(first.data()))  # noqa: B023
            taken.append(collected(n, first.data))
            gc.collect()
            (fds,) = [fds for fds in taken if fds is not None]
            assert len(taken) == 2
            os.close(fds[0])
