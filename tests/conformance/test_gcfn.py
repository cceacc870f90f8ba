"""Functions that run before a descriptor is closed or given away."""

from __future__ import annotations

import os
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.fronts.outcome import Failure
from support.fronts.wire import Callback

covers = pytest.mark.covers

RECORD, RAISE, CLOSE, ADD = map(Callback, ("record", "raise", "close", "add"))


def added(made: Handle, fn: Callback, *args: Any, errfn: Callback | None = None) -> Any:
    return made.addgcfn(errfn, fn, *args).value


@covers("SOCKET.addgcfn", "success")
def test_last_added_first(net: Front) -> None:
    """Each once, with its arguments as they were given."""
    made = net.pair_stream().all[0]
    for args in ([], [1], [b"two", None, True], [2.5, None]):
        added(made, RECORD, *args)
    assert net.recorded() == []
    assert made.close().value is True
    assert net.recorded() == [[2.5, None], [b"two", None, True], [1], []]
    assert made.close().value is True
    assert net.recorded() == []


@pytest.mark.parametrize("how", ["close", "close(flag)", "unwrap", "collected"])
def test_before_each_end(net: Front, how: str) -> None:
    """The descriptor is still open when they run, whichever end it is."""
    made, peer = net.pair_stream().all
    added(made, RECORD, b"ran")
    if how == "close":
        assert made.close().value is True
    elif how == "close(flag)":
        assert made.close(2).value is True
    elif how == "unwrap":
        fd = made.unwrap().value
        assert net.recorded() == [[b"ran"]]
        assert net.close(fd).value is True
        return
    else:
        made.forget()
    assert net.recorded() == [[b"ran"]]
    assert peer.recv().is_end()


def test_the_socket_as_an_argument(net: Front) -> None:
    """The function gets the object itself, still open."""
    made, peer = net.pair_stream().all
    fd = made.fd().value
    added(made, RECORD, made)
    assert made.close().value is True
    (args,) = net.recorded()
    assert args == [made]
    assert fd not in net.descriptors() or net.language == "lua"
    assert made.fd().value == -1
    assert peer.recv().is_end()


@covers("SOCKET.delgcfn", "success")
def test_taken_back(net: Front) -> None:
    """A handle works once; the others stay, in their order."""
    made = net.pair_stream().all[0]
    handles = [added(made, RECORD, n) for n in range(5)]
    assert len(set(handles)) == 5
    assert made.delgcfn(handles[2]).value is True
    assert made.delgcfn(handles[2]).value is False
    assert made.delgcfn(handles[4]).value is True
    another = added(made, RECORD, 9)
    assert made.delgcfn(handles[4]).value is False
    assert another not in handles
    made.close()
    assert net.recorded() == [[9], [3], [1], [0]]
    assert made.delgcfn(handles[0]).value is False


@pytest.mark.parametrize("handle", [0, -1, 2**62, -(2**63), 2**63 - 1])
def test_no_such_handle(net: Front, handle: int) -> None:
    made = net.pair_stream().all[0]
    assert made.delgcfn(handle).value is False
    added(made, RECORD)
    assert made.delgcfn(handle).value is False
    made.close()
    assert net.recorded() == [[]]


def test_handle_of_another_socket(net: Front) -> None:
    """Handles are a socket's own: with that of another nothing is taken."""
    a, b = net.pair_stream().all
    added(a, RECORD, b"a")
    handle = added(b, RECORD, b"b")
    assert b.delgcfn(handle).value is True
    a.close()
    b.close()
    assert net.recorded() == [[b"a"]]


def test_h100_a_failing_one_stops_nothing(net: Front) -> None:
    """The others run, the error goes to errfn, the descriptor is closed."""
    made, peer = net.pair_stream().all
    added(made, RECORD, b"last")
    added(made, RAISE, errfn=RECORD)
    added(made, RECORD, b"first")
    assert made.close().value is True
    assert net.recorded() == [[b"first"], [b"raised by the test"], [b"last"]]
    assert peer.recv().is_end()


def test_h100_unwrap_with_a_failing_one(net: Front) -> None:
    made, peer = net.pair_stream().all
    added(made, RAISE, errfn=RECORD)
    fd = made.unwrap().value
    assert net.recorded() == [[b"raised by the test"]]
    assert made.fd().value == -1
    again = net.wrap(fd).value
    again.send(b"alive")
    assert peer.recv().value == b"alive"


@pytest.mark.parametrize("how", ["close", "unwrap"])
def test_h098_close_inside(net: Front, how: str) -> None:
    """A nested close does nothing: the rest run, and the descriptor is closed once."""
    made, peer = net.pair_stream().all
    added(made, RECORD, b"after")
    added(made, CLOSE, made, b"inside")
    heirs_before = set(net.descriptors())
    outcome = made.call(how)
    assert [args[-1] for args in net.recorded()] == [b"inside", b"after"]
    if how == "unwrap":
        assert outcome.value in heirs_before
        net.close(outcome.value)
    else:
        assert outcome.value is True
    assert peer.recv().is_end()


def test_h098_number_is_not_closed_twice(net: Front) -> None:
    """What opens while the close is under way keeps its descriptor."""
    made = net.pair_stream().all[0]
    added(made, CLOSE, made)
    made.close()
    a, b = net.pair_stream().all
    made.close()
    made.forget()
    a.send(b"mine")
    assert b.recv().value == b"mine"
    net.recorded()


def test_h098_add_inside(net: Front) -> None:
    """A socket that is ending takes no more functions: EBADF, and the end comes."""
    made, peer = net.pair_stream().all
    added(made, RECORD, b"after")
    added(made, ADD, made)
    assert made.close().value is True
    (refused,), after = net.recorded()
    assert isinstance(refused, Failure)
    assert refused.name == "EBADF"
    assert after == [b"after"]
    assert peer.recv().is_end()


@covers("SOCKET.addgcfn", "error")
def test_closed(net: Front) -> None:
    made = net.pair_stream().all[0]
    made.close()
    made.addgcfn(None, RECORD).fails("EBADF", op="addgcfn")
    made.forget()
    assert net.recorded() == []


def test_h009_a_copy_has_none(net: Front) -> None:
    made = net.pair_stream().all[0]
    added(made, RECORD, b"once")
    copy = made.dup().value
    copy.close()
    assert net.recorded() == []
    made.close()
    assert net.recorded() == [[b"once"]]


@pytest.mark.parametrize("wrong", [5, 1.5, "x", True, [], {}])
def test_wrong_functions(net: Front, wrong: Any) -> None:
    made = net.pair_stream().all[0]
    assert made.addgcfn(wrong, RECORD).raised
    assert made.addgcfn(None, wrong).raised
    assert made.addgcfn(None, None).raised
    made.close()
    assert net.recorded() == []


def test_many(net: Front) -> None:
    """As many as one likes, each in its turn, with many arguments."""
    made = net.pair_stream().all[0]
    for n in range(300):
        added(made, RECORD, n)
    added(made, RECORD, *range(200))
    made.close()
    calls = net.recorded()
    assert calls[0] == list(range(200))
    assert calls[1:] == [[n] for n in reversed(range(300))]


def test_collected_with_itself_as_an_argument(net: Front) -> None:
    """A function that refers to its own socket does not keep it alive."""
    made, peer = net.pair_stream().all
    added(made, RECORD, made, b"ran")
    before = set(net.descriptors())
    made.forget()
    if net.language == "python":
        # The record holds the object that the collector had given up.
        assert [args[-1] for args in net.recorded()] == [b"ran"]
    else:
        assert [args[-1] for args in net.recorded()] == [b"ran"]
    assert len(before) - len(set(net.descriptors())) == 1
    assert peer.recv().is_end()


def test_with_a_descriptor_of_ones_own(net: Front) -> None:
    """The usual use: a watcher of the descriptor forgets it before it is closed."""
    made = net.pair_stream().all[0]
    number = made.fd().value
    added(made, RECORD, number)
    assert os.path.exists(f"/proc/{net.pid}/fd/{number}")
    made.close()
    assert net.recorded() == [[number]]
    assert number not in net.descriptors()
