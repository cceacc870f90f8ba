"""Iovecs against a list, control messages and options against what was put in."""

from __future__ import annotations

import socket
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from conformance.parts import cmsgs
from support.fronts.front import Front, Handle

from .seen import alike

INDEX = st.one_of(st.integers(-1, 8), st.sampled_from([2**31, -(2**63), 2**63 - 1]))
COUNT = st.one_of(st.integers(0, 60), st.sampled_from([-1, 2**31, 2**63 - 1]))
DATA = st.binary(max_size=12)


class Buffers(RuleBasedStateMachine):
    """An iovec and the list of bytes that it should be."""

    net: Front

    def __init__(self) -> None:
        super().__init__()
        self.made: Handle = self.net.iovec.new().value
        self.model: list[bytes] = []

    @rule(data=DATA)
    def add(self, data: bytes) -> None:
        self.model.append(data)
        assert self.made.add(data).value == len(self.model)

    @rule(size=st.integers(0, 30))
    def add_zeros(self, size: int) -> None:
        self.model.append(bytes(size))
        assert self.made.addn(size).value == len(self.model)

    @rule(index=INDEX)
    def get(self, index: int) -> None:
        known = 1 <= index <= len(self.model)
        assert self.made.get(index).value == (self.model[index - 1] if known else None)

    @rule(index=INDEX, data=DATA)
    def replace(self, index: int, data: bytes) -> None:
        outcome = self.made.set(data, index)
        if 1 <= index <= len(self.model):
            self.model[index - 1] = data
            assert outcome.value is True
        else:
            outcome.fails("EINVAL")

    @rule(index=INDEX)
    def remove(self, index: int) -> None:
        outcome = self.made.call("del", index)
        if 1 <= index <= len(self.model):
            assert outcome.value == self.model.pop(index - 1)
        else:
            outcome.fails("EINVAL")

    @rule(offset=COUNT, size=st.one_of(st.none(), COUNT))
    def concat(self, offset: int, size: int | None) -> None:
        whole = b"".join(self.model)
        outcome = self.made.concat(offset, size)
        if offset < 0 or (size is not None and size < 0):
            outcome.fails("EINVAL")
        elif outcome.kind == "value":
            last = len(whole) if size is None else offset + size
            assert outcome.value == whole[offset:last]
        else:
            assert offset > len(whole), outcome
            outcome.fails("EINVAL")

    @rule(size=st.integers(0, 40))
    def consume(self, size: int) -> None:
        whole = b"".join(self.model)
        left = max(len(whole) - size, 0)
        assert self.made.consume(size).value == left
        self.model = [self.made.get(i + 1).value for i in range(len(self.made))]
        assert b"".join(self.model) == whole[len(whole) - left :]

    @rule()
    def through_the_kernel(self) -> None:
        """What writev sends is what readv of the same shape receives."""
        whole = b"".join(self.model)
        a, b = self.net.pair_dgram().all
        if not whole:
            return
        assert a.writev(self.made).value == len(whole)
        twin = self.net.iovec.new().value
        for element in self.model:
            twin.addn(len(element))
        assert b.readv(twin).value == len(whole)
        assert twin.concat().value == whole
        a.close()
        b.close()

    def teardown(self) -> None:
        assert len(self.made) == len(self.model)
        assert self.made.bytes().value == sum(map(len, self.model))
        self.net.reset()


def test_iovec(net: Front) -> None:
    class Bound(Buffers):
        pass

    Bound.net = net
    run_state_machine_as_test(Bound, settings=settings())


LEVELS = st.sampled_from(
    [
        socket.SOL_SOCKET,
        socket.IPPROTO_IP,
        socket.IPPROTO_IPV6,
        socket.IPPROTO_UDP,
        4711,
        -1,
    ]
)
CONTROL = st.tuples(LEVELS, st.integers(-3, 110), st.binary(max_size=48)).filter(
    lambda drawn: drawn[:2] != (socket.SOL_SOCKET, socket.SCM_RIGHTS)
)


@given(drawn=st.lists(CONTROL, max_size=6))
def test_control_in_its_order(net: Front, drawn: list[tuple[int, int, bytes]]) -> None:
    """A queue gives back what was pushed; decoding made-up data harms nothing."""
    queue = cmsgs(net, *[net.cmsghdr.new(*one).value for one in drawn])
    for level, kind, data in drawn:
        first = queue.shift().value
        assert (first.level().value, first.type().value) == (level, kind)
        assert first.data().value == data
        assert len(first) == len(data)
        assert first.value().kind == "value"
    assert queue.shift().value is None


@given(drawn=CONTROL)
def test_control_decoded_alike(
    both: tuple[Front, Front], drawn: tuple[int, int, bytes]
) -> None:
    python, lua = (net.cmsghdr.new(*drawn).value.value() for net in both)
    assert alike(python, lua, 1)


NUMBERS: dict[str, tuple[int, int]] = {
    "rcvbuf": (socket.SOL_SOCKET, socket.SO_RCVBUF),
    "sndbuf": (socket.SOL_SOCKET, socket.SO_SNDBUF),
    "rcvlowat": (socket.SOL_SOCKET, socket.SO_RCVLOWAT),
    "tcpkeepalive": (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
    "tcpkeepcnt": (socket.IPPROTO_TCP, socket.TCP_KEEPCNT),
    "tcpusertimeout": (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
    "mcastttl": (socket.IPPROTO_IP, socket.IP_MULTICAST_TTL),
}


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(sorted(NUMBERS)),
            st.one_of(st.integers(-2, 300), st.integers(-(2**33), 2**33)),
        ),
        max_size=12,
    )
)
def test_options_are_the_kernels(net: Front, steps: list[tuple[str, Any]]) -> None:
    """Set or refused, what is read is what the kernel has; a set gives the old value."""
    stream, packets = net.new_inet_stream().value, net.new_inet_dgram().value
    with stream.second_reader() as of_stream, packets.second_reader() as of_packets:
        for name, number in steps:
            multicast = name.startswith("mcast")  # which a stream does not have
            made = packets if multicast else stream
            theirs = of_packets if multicast else of_stream
            before = theirs.getsockopt(*NUMBERS[name])
            outcome = made.call(name, number)
            after = theirs.getsockopt(*NUMBERS[name])
            assert made.call(name).value == after
            if outcome.kind == "value":
                assert outcome.value == before
            else:
                assert after == before
    stream.close()
    packets.close()
    net.reset()
