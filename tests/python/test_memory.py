"""What Python calls leave in memory: nothing, and how much a socket takes.

`./dev bench memory` does the same with a million calls, and prints what it finds.
"""

from __future__ import annotations

import os

import pytest

from support.processes import measured

pytestmark = [
    pytest.mark.measures,
    pytest.mark.skipif(
        "NSK_SANITIZED" in os.environ, reason="a sanitizer has memory of its own"
    ),
]
CALLS = os.environ.get("NSK_STEADY", "20000")
FEW = 2  # objects that measuring keeps at one time more than at another


@pytest.mark.parametrize(
    "call", ["accept", "recv", "recvfrom", "recvfd", "recvmsg", "recv_into", "readv"]
)
def test_h047_nothing_there(call: str) -> None:
    """An again leaves nothing, however often it comes."""
    blocks, resident = measured.script("growth.py", call, CALLS)
    assert blocks <= FEW
    assert resident <= 16 * 1024


def test_many_datagrams() -> None:
    """64 a call, over a million in `check`."""
    blocks, resident = measured.script("growth.py", "recvmany", str(int(CALLS) // 10))
    assert blocks <= FEW
    assert resident <= 64 * 1024


STEADY = """
import itertools, sys, tracemalloc
import netsocket

a, b = getattr(netsocket, sys.argv[1])()
def message(control):
    made, iov = netsocket.msghdr.new(), netsocket.iovec.new()
    iov.addn(64)
    made.iov(iov)
    if control:
        made.control(netsocket.cmsghdrs.new())
    return made
out, into = message(False), message(sys.argv[2] == "control")
if sys.argv[2] == "control":
    b.passcred(True)
sendmsg, recvmsg = a.sendmsg, b.recvmsg

def run(times):
    for _ in itertools.repeat(None, times):
        sendmsg(out)
        recvmsg(into)

tracemalloc.start()
blocks, before = sys.getallocatedblocks(), 0
for times in (100, 0, 5000):  # 0 is the price of measuring
    blocks = sys.getallocatedblocks()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    run(times)
    after, peak = tracemalloc.get_traced_memory()
    blocks = sys.getallocatedblocks() - blocks
    print(blocks, after - before, peak - before)
a.close(), b.close()
"""


@pytest.mark.parametrize("control", ["plain", "control"])
@pytest.mark.parametrize("pair", ["pair_stream", "pair_dgram"])
def test_reused_message_allocates_nothing(pair: str, control: str) -> None:
    """sendmsg and recvmsg with the same objects: 5,000 of each take not a byte more than
    none of each does, also not meanwhile."""
    numbers = measured.python(STEADY, pair, control)
    nothing, much = numbers[3:6], numbers[6:9]
    assert much[0] <= nothing[0] and much[1] <= nothing[1]
    assert much[2] <= nothing[2] + 64


LARGE = """
import sys, tracemalloc
import netsocket

a, b = netsocket.pair_stream()
with a, b:
    for size in (1 << 17, 1 << 22):
        b.send(b"x")
        tracemalloc.start()
        got = a.recv(size)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(peak - size, sys.getsizeof(got))
"""


def test_large_receive_of_little() -> None:
    """There is one block of the size that was asked for, and none of it stays."""
    for numbers in zip(*[iter(measured.python(LARGE))] * 2):
        more, stays = numbers
        assert more < 4096 and stays < 64


LIMITED = """
import tracemalloc
import netsocket

a, b = netsocket.pair_stream()
with a, b:
    a.send(b"xyz")
    tracemalloc.start()
    try:
        b.recvall(1 << 30, 0)
    except TimeoutError:
        print(tracemalloc.get_traced_memory()[1], b.pending())
"""


def test_large_receive_out_of_time() -> None:
    """What came stays where it is: no object was made for it, from which it would have to
    be copied, and a call for gigabytes would end long after its time."""
    peak, pending = measured.python(LIMITED)
    assert peak < 4096 and pending == 3


def test_idle_socket() -> None:
    """9,000 pairs: a socket object takes at most 80 bytes more than its bare number."""
    (raw,) = measured.script("idle.py", "raw")
    (made,) = measured.script("idle.py", "socket")
    assert made - raw <= 80, f"{made} B an object, {raw} B a number"
