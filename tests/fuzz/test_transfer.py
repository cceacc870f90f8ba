"""recvline and recvall: however the bytes arrive, the same lines and blocks come out."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from support.fronts.front import Front, Handle
from support.fronts.outcome import Outcome

# None stands for a call.
SEGMENTS = st.lists(
    st.one_of(st.text("ab\n", max_size=9).map(str.encode), st.just(None)), max_size=25
)


def line_of(buffered: bytes, most: int) -> bytes:
    found = buffered.find(b"\n", 0, most)
    return buffered[: found + 1] if found >= 0 else buffered[:most]


class Model:
    """What the socket has still to give."""

    def __init__(self, own: Handle, call: Callable[[], Outcome], most: int) -> None:
        self.own, self.call, self.most = own, call, most
        self.left = b""
        self.ended = False

    def expect(self, expected: bytes, whole: bool) -> bool:
        """One call of no time; False when it gave nothing, and nothing has gone."""
        outcome = self.call()
        if whole or (self.ended and expected):
            assert outcome.value == expected
            self.left = self.left[len(expected) :]
            return True
        assert outcome.kind == ("end" if self.ended else "timeout")
        if not self.ended:
            assert outcome.done == len(expected) == len(self.left)
        return False

    def line(self) -> bool:
        expected = line_of(self.left, self.most)
        return self.expect(
            expected, expected.endswith(b"\n") or len(expected) == self.most
        )

    def block(self) -> bool:
        return self.expect(self.left[: self.most], len(self.left) >= self.most)

    def run(
        self,
        segments: list[bytes | None],
        ends: bool,
        peer: Handle,
        one: Callable[[], bool],
    ) -> None:
        for segment in segments:
            if segment is None:
                one()
            else:
                peer.send(segment)
                self.left += segment
        if ends:
            peer.close()
            self.ended = True
        while one():
            pass
        if self.left:
            assert self.own.recv(1000).value == self.left


@given(segments=SEGMENTS, most=st.integers(1, 12), ends=st.booleans())
def test_lines(net: Front, segments: list[bytes | None], most: int, ends: bool) -> None:
    a, b = net.pair_stream().all
    model = Model(b, lambda: b.recvline(most, 0), most)
    model.run(segments, ends, a, model.line)
    net.reset()


@given(segments=SEGMENTS, count=st.integers(1, 12), ends=st.booleans())
def test_blocks(net: Front, segments: list[bytes | None], count: int, ends: bool) -> None:
    a, b = net.pair_stream().all
    model = Model(b, lambda: b.recvall(count, 0), count)
    model.run(segments, ends, a, model.block)
    net.reset()
