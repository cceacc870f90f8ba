"""What Python calls leave in memory: nothing, and how much a socket takes.

NSK_STEADY is how many calls are counted; a million takes some seconds.
"""

from __future__ import annotations

import os

import pytest

import measured

pytestmark = pytest.mark.skipif(
    "NSK_SANITIZED" in os.environ, reason="a sanitizer has memory of its own"
)
CALLS = os.environ.get("NSK_STEADY", "20000")

GROWTH = """
import itertools, sys, tracemalloc
import netsocket

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

a, b = netsocket.pair_stream()
listener = netsocket.bind_inet_stream("127.0.0.1", 0)
listener.listen()
into = netsocket.msghdr.new()
iov = netsocket.iovec.new()
iov.addn(64)
into.iov(iov)
into.control(netsocket.cmsghdrs.new())
buffer = bytearray(64)
calls = {
    "accept": (listener.accept,),
    "recv": (b.recv,),
    "recvmsg": (b.recvmsg, into),
    "recv_into": (b.recv_into, buffer),
    "readv": (b.readv, iov),
}
call, *args = calls[sys.argv[1]]

def run(times):
    for _ in itertools.repeat(None, times):
        try:
            call(*args)
        except BlockingIOError:
            pass
        else:
            raise SystemExit(3)

for _ in range(2):  # the first time warms up what measuring itself needs
    blocks, memory = sys.getallocatedblocks(), resident()
    run(int(sys.argv[2]))
    result = sys.getallocatedblocks() - blocks, resident() - memory
print(*result)
a.close(), b.close(), listener.close()
"""


@pytest.mark.parametrize("call", ["accept", "recv", "recvmsg", "recv_into", "readv"])
def test_h047_nothing_there(call: str) -> None:
    """An again leaves nothing, however often it comes."""
    blocks, resident = measured.python(GROWTH, call, CALLS)
    assert blocks <= 5
    assert resident <= 16 * 1024


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
    assert much[:2] == nothing[:2]
    assert much[2] <= nothing[2] + 64


IDLE = """
import sys
import netsocket

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

raw = sys.argv[1] == "raw"
kept = []
def make(count):
    for _ in range(count):
        a, b = netsocket.pair_stream()
        kept.extend((a.unwrap(), b.unwrap()) if raw else (a, b))

make(100)
before = resident()
make(9000)
print((resident() - before) / 18000)
"""


def test_idle_socket() -> None:
    """9,000 pairs: a socket object takes at most 80 bytes more than its bare number."""
    (raw,) = measured.python(IDLE, "raw")
    (wrapped,) = measured.python(
        "import warnings\nwarnings.simplefilter('ignore')" + IDLE, "socket"
    )
    assert wrapped - raw <= 80, f"{wrapped} B an object, {raw} B a number"
