"""Any calls, in any order, on both languages at a time: they cannot be told apart."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from support.fronts import manifest
from support.fronts.front import SOCKET, Front, Handle
from support.fronts.manifest import Row
from support.fronts.outcome import VALUE, Outcome

from .seen import alike
from .values import arguments, for_front, value_of

# A finalizer is called whenever the collector likes, a descriptor taken out would stay
# open, a blocking socket would wait without end for bytes that are not sent, no two
# sockets have one cookie, and what the kernel knows of a connection has times in it.
APART = {"addgcfn", "delgcfn", "unwrap", "nonblock", "cookie", "tcpinfo"}
METHODS = [
    row
    for name, row in manifest.surface(SOCKET, "lua").items()
    if row.languages == ("python", "lua") and name not in APART
]
OPTIONS = [option.row for option in manifest.options() if option.name not in APART]
NUMBERED = {"fd", "acceptfd", "recvfd"}  # give a number that the process chooses
MOST = 8  # sockets at a time

Fronts = tuple[Front, Front]


class Conversation(RuleBasedStateMachine):
    """Sockets that exist twice; what is done to one is done to its twin."""

    fronts: Fronts

    def __init__(self) -> None:
        super().__init__()
        self.twins: list[tuple[Handle, Handle]] = []

    def keep(self, python: Outcome, lua: Outcome) -> None:
        """Sockets that a call has made join in."""
        for first, second in zip(python.values, lua.values):
            if isinstance(first, Handle) and first.chapter == SOCKET:
                self.twins.append((first, second))

    def on_both(self, row: Row, twin: int, args: tuple[Any, ...]) -> None:
        python, lua = (
            on.call(row.name, *for_front(net, on, args))
            for net, on in zip(self.fronts, self.twins[twin % len(self.twins)])
        )
        numbers = [one.value for one in (python, lua) if one.kind == VALUE and one.values]
        if row.name in NUMBERED and len(numbers) == 2:
            assert min(numbers) >= 0 or max(numbers) == -1, f"{row.id}: {numbers}"
            if row.name != "fd":
                for net, number in zip(self.fronts, numbers):
                    net.call("close", number)
            return
        if row.name == "recvfds" and len(numbers) == 2:
            came = [one.all for one in (python, lua)]
            for net, (fds, _) in zip(self.fronts, came):
                for fd in fds:
                    net.call("close", fd)
            assert len({(len(fds), bytes(msg)) for fds, msg in came}) == 1, came
            return
        assert alike(python, lua, len(args)), f"{row.id}{args}: {python}, Lua: {lua}"
        self.keep(python, lua)

    @initialize(kind=st.sampled_from(["pair_stream", "pair_dgram", "pair_seqpacket"]))
    def begin(self, kind: str) -> None:
        self.pair(kind)

    @precondition(lambda self: len(self.twins) < MOST)
    @rule(kind=st.sampled_from(["pair_stream", "pair_dgram", "pair_seqpacket"]))
    def pair(self, kind: str) -> None:
        pairs = [net.call(kind).all for net in self.fronts]
        self.twins += list(zip(*pairs))

    @precondition(lambda self: len(self.twins) < MOST)
    @rule(
        kind=st.sampled_from(
            ["new_inet_stream", "new_inet_dgram", "new_inet6_stream", "new_unix_stream"]
        )
    )
    def new(self, kind: str) -> None:
        self.twins.append(
            (self.fronts[0].call(kind).value, self.fronts[1].call(kind).value)
        )

    @rule(twin=st.integers(0, MOST), data=st.data())
    def option(self, twin: int, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(OPTIONS))
        setting = row.params[: data.draw(st.integers(0, 1))]
        args = tuple(data.draw(value_of(row, param)) for param in setting)
        self.on_both(row, twin, args)

    @rule(twin=st.integers(0, MOST), data=st.data())
    def method(self, twin: int, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(METHODS))
        if row.name in ("dup", "accept", "acceptwait") and len(self.twins) >= MOST:
            return
        self.on_both(row, twin, data.draw(arguments(row)))

    # What moves bytes is drawn more often, or there would be nothing to compare.

    @rule(
        twin=st.integers(0, MOST),
        name=st.sampled_from(["send", "sendall", "writev", "sendmsg", "sendfd"]),
        data=st.data(),
    )
    def give(self, twin: int, name: str, data: st.DataObject) -> None:
        row = manifest.surface(SOCKET, "lua")[name]
        self.on_both(row, twin, data.draw(arguments(row)))

    @rule(
        twin=st.integers(0, MOST),
        name=st.sampled_from(
            ["recv", "recvall", "recvline", "recvfrom", "readv", "recvmsg", "recvfd"]
        ),
        data=st.data(),
    )
    def take(self, twin: int, name: str, data: st.DataObject) -> None:
        row = manifest.surface(SOCKET, "lua")[name]
        self.on_both(row, twin, data.draw(arguments(row)))

    def teardown(self) -> None:
        for net in self.fronts:
            net.reset()


def test_alike(both: Fronts) -> None:
    """The kind of outcome, its values, its error and what was done are the same."""

    class Bound(Conversation):
        fronts = both

    run_state_machine_as_test(Bound, settings=settings())
