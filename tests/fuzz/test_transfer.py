"""recvline and recvall: however the bytes arrive, the same lines and blocks come out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fronts.front import Front
from fronts.outcome import Outcome

SEGMENTS = st.lists(
    st.one_of(st.text("ab\n", max_size=9).map(str.encode), st.just(None)), max_size=25
)


def taken(outcome: Outcome) -> bytes:
    """The bytes of a call that was successful, at the end, or out of time."""
    if outcome.kind == "timeout":
        done = outcome.done
        assert isinstance(done, bytes)
        return done
    return outcome.data


def line_of(buffered: bytes, most: int) -> bytes:
    found = buffered.find(b"\n", 0, most)
    return buffered[: found + 1] if found >= 0 else buffered[:most]


@given(segments=SEGMENTS, most=st.integers(1, 12), ends=st.booleans())
def test_lines(net: Front, segments: list[bytes | None], most: int, ends: bool) -> None:
    """None stands for a call of recvline; after the last segment all is taken."""
    a, b = net.pair_stream().all
    buffered = b""
    for segment in segments:
        if segment is None:
            expected = line_of(buffered, most)
            outcome = b.recvline(most, 0)
            whole = expected.endswith(b"\n") or len(expected) == most
            assert outcome.kind == ("value" if whole else "timeout")
            assert taken(outcome) == expected
            buffered = buffered[len(expected) :]
        else:
            a.send(segment)
            buffered += segment
    if ends:
        a.close()
    while buffered:
        expected = line_of(buffered, most)
        assert taken(b.recvline(most, 0)) == expected
        buffered = buffered[len(expected) :]
    assert b.recvline(most, 0).kind == ("end" if ends else "timeout")
    net.reset()


@given(segments=SEGMENTS, count=st.integers(1, 12), ends=st.booleans())
def test_blocks(net: Front, segments: list[bytes | None], count: int, ends: bool) -> None:
    """None stands for a call of recvall."""
    a, b = net.pair_stream().all
    buffered = b""
    for segment in segments:
        if segment is None:
            outcome = b.recvall(count, 0)
            assert outcome.kind == ("value" if len(buffered) >= count else "timeout")
            assert taken(outcome) == buffered[:count]
            buffered = buffered[count:]
        else:
            a.send(segment)
            buffered += segment
    if ends:
        a.close()
    while buffered:
        assert taken(b.recvall(count, 0)) == buffered[:count]
        buffered = buffered[count:]
    assert b.recvall(count, 0).kind == ("end" if ends else "timeout")
    net.reset()
