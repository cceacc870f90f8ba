"""The iovec as an object: elements count from 1, offsets from 0."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.parts import iovec
from support.fronts.front import Front, Handle

covers = pytest.mark.covers

NO_COUNT = (-1, -(2**31), -(2**63), 2**63, -(2**63) - 1)
NO_INDEX = (0, -1, 4, 2**31, 2**32 + 1, 2**63 - 1, -(2**63))
PROPERTY = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def elements(made: Handle) -> list[bytes]:
    return [made.get(i + 1).value for i in range(len(made))]


@covers("IOVEC_MAKE.new", "success")
@covers("IOVEC.add", "success")
@covers("IOVEC.addn", "success")
@covers("IOVEC.get", "success")
@covers("IOVEC.bytes", "success")
def test_building(net: Front) -> None:
    """add and addn say which element they made; get gives it back."""
    made = net.iovec.new().value
    assert (len(made), made.bytes().value) == (0, 0)
    assert made.add(b"one").value == 1
    assert made.addn(4).value == 2
    assert made.add(b"").value == 3
    assert made.addn(0).value == 4
    assert elements(made) == [b"one", bytes(4), b"", b""]
    assert (len(made), made.bytes().value) == (4, 7)


@pytest.mark.parametrize("index", NO_INDEX)
@covers("IOVEC.set", "error")
@covers("IOVEC.del", "error")
def test_no_such_element(net: Front, index: int) -> None:
    """get has nothing to give, set and del are errors; nothing changes."""
    made = iovec(net, b"a", b"b", b"c")
    assert made.get(index).value is None
    made.set(b"x", index).fails("EINVAL", text="element")
    made.call("del", index).fails("EINVAL", text="element")
    assert elements(made) == [b"a", b"b", b"c"]


@covers("IOVEC.set", "success")
def test_set(net: Front) -> None:
    made = iovec(net, b"a", b"b", b"c")
    assert made.set(b"long", 2).value is True
    assert made.set(b"", 3).value is True
    assert elements(made) == [b"a", b"long", b""]
    assert made.bytes().value == 5


@covers("IOVEC.del", "success")
def test_del(net: Front) -> None:
    """The others move up."""
    made = iovec(net, b"a", b"bb", b"ccc")
    assert made.call("del", 2).value == b"bb"
    assert elements(made) == [b"a", b"ccc"]
    assert made.call("del", 2).value == b"ccc"
    assert made.call("del", 1).value == b"a"
    assert made.bytes().value == 0
    made.call("del", 1).fails("EINVAL")


@covers("IOVEC.concat", "success")
@pytest.mark.parametrize(
    "args, wanted",
    [
        ((), b"onetwothree"),
        ((0,), b"onetwothree"),
        ((None, None), b"onetwothree"),
        ((1,), b"netwothree"),
        ((3, 3), b"two"),
        ((2, 5), b"etwot"),
        ((0, 0), b""),
        ((11,), b""),
        ((5, 1000), b"othree"),
        ((1000,), b""),
        ((2**62, 2**62), b""),
        ((2**63 - 1, 2**63 - 1), b""),
        ((4, 2**63 - 1), b"wothree"),
    ],
)
def test_concat(net: Front, args: tuple[Any, ...], wanted: bytes) -> None:
    assert iovec(net, b"", b"one", b"two", b"", b"three").concat(*args).value == wanted


@covers("IOVEC.consume", "success")
@pytest.mark.parametrize("n", [0, 1, 3, 4, 6, 10, 11, 12, 2**31, 2**63 - 1])
def test_consume(net: Front, n: int) -> None:
    """The first bytes are forgotten; what is left is told."""
    made = iovec(net, b"", b"one", b"two", b"", b"three")
    left = b"onetwothree"[n:]
    assert made.consume(n).value == len(left)
    assert made.concat().value == left
    assert made.bytes().value == len(left)


def test_consume_piece_by_piece(net: Front) -> None:
    """An element that is eaten from the front is still one, and can be replaced."""
    made = iovec(net, b"abcdef", b"gh")
    made.consume(2)
    assert elements(made) == [b"cdef", b"gh"]
    made.consume(1)
    assert made.set(b"NEW", 1).value is True
    assert made.concat().value == b"NEWgh"
    assert made.consume(3).value == 2
    assert elements(made) == [b"gh"]


@covers("IOVEC.addn", "error")
@covers("IOVEC.concat", "error")
@covers("IOVEC.consume", "error")
@pytest.mark.parametrize("n", NO_COUNT)
def test_h054_no_count(net: Front, n: int) -> None:
    """Refused, never wrapped to a huge number."""
    made = iovec(net, b"abc")
    made.addn(n).fails("EINVAL")
    made.consume(n).fails("EINVAL")
    made.concat(n).fails("EINVAL")
    made.concat(0, n).fails("EINVAL")
    assert elements(made) == [b"abc"]


@pytest.mark.skipif(
    "NSK_SANITIZED" in os.environ, reason="a sanitizer reports the refused allocation"
)
def test_h054_more_than_memory(net: Front) -> None:
    """A buffer that cannot be is not enough memory, and leaves the iovec as it was."""
    made = iovec(net, b"abc")
    outcome = made.addn(2**62)
    if net.language == "python":
        assert outcome.raised.name == "MemoryError"
    else:
        assert "not enough memory" in outcome.raised.text
    assert elements(made) == [b"abc"]
    assert made.add(b"d").value == 2


@pytest.mark.parametrize("wrong", [5, 1.5, True, None, [], {}])
def test_wrong_bytes(net: Front, wrong: Any) -> None:
    made = iovec(net, b"abc")
    assert made.add(wrong).raised
    assert made.set(wrong, 1).raised
    assert elements(made) == [b"abc"]


def test_add_copies(net: Front) -> None:
    """What was added is the iovec's own."""
    made = net.iovec.new().value
    source = bytearray(b"before")
    made.add(source)
    source[:] = b"after!"
    assert elements(made) == [b"before"]


def test_many_elements(net: Front) -> None:
    made = net.iovec.new().value
    for n in range(3000):
        assert made.add(b"%d" % (n % 10)).value == n + 1
    assert made.concat(2990).value == b"0123456789"
    made.consume(2999)
    assert elements(made) == [b"9"]


@PROPERTY
@given(
    parts=st.lists(st.binary(max_size=12), max_size=8),
    steps=st.lists(
        st.tuples(st.sampled_from(["consume", "del", "set", "add"]), st.integers(0, 20),
                  st.binary(max_size=9)),
        max_size=8,
    ),
)  # fmt: skip
def test_against_a_model(net: Front, parts: list[bytes], steps: list[Any]) -> None:
    """Whatever is done, an iovec is a list of byte strings."""
    made = iovec(net, *parts)
    model = list(parts)
    for name, n, data in steps:
        if name == "add":
            made.add(data)
            model.append(data)
        elif name == "consume":
            rest = b"".join(model)[n:]
            assert made.consume(n).value == len(rest)
            while model and n >= len(model[0]):
                n -= len(model.pop(0))
            if model:
                model[0] = model[0][n:]
        elif 1 <= n <= len(model):
            if name == "del":
                assert made.call("del", n).value == model.pop(n - 1)
            else:
                made.set(data, n)
                model[n - 1] = data
    assert elements(made) == model
    assert made.bytes().value == sum(map(len, model))
    whole = b"".join(model)
    for offset in range(0, len(whole) + 2, 3):
        assert made.concat(offset, 5).value == whole[offset : offset + 5]
