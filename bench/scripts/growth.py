"""The same call over and over, with nothing there for it, or the same message sent and
received: how many objects more Python has afterwards, and by how many bytes the process
has grown."""

import gc
import itertools
import sys
from typing import Any

import netsocket


def resident() -> int:
    """Without the pages of files, which come when code runs for the first time. The
    rollup walks over the pages; some kernels count for statm by each processor, and add
    up late."""
    with open("/proc/self/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if "Anonymous:" in line) * 1024


a, b = netsocket.pair_stream()
listener = netsocket.bind_inet_stream("127.0.0.1", 0)
listener.listen()
out, into, iov = netsocket.msghdr.new(), netsocket.msghdr.new(), netsocket.iovec.new()
iov.addn(64)
out.iov(iov)
into.iov(iov)
into.control(netsocket.cmsghdrs.new())


def message() -> None:
    if a.sendmsg(out) != 64 or b.recvmsg(into) != 64:
        raise SystemExit(4)
    raise BlockingIOError  # as the others end


udp = netsocket.bind_inet_dgram("127.0.0.1", 0)
at = udp.getsockname()


def datagrams() -> None:
    left = udp.sendmany([b"datagram" * 10] * 64, at)
    while left > 0:
        left -= len(udp.recvmany(64, 2000))
    raise BlockingIOError


calls: dict[str, tuple[Any, ...]] = {
    "accept": (listener.accept,),
    "recv": (b.recv,),
    "recvfrom": (b.recvfrom,),
    "recvfd": (b.recvfd,),
    "recvmsg": (b.recvmsg, into),
    "recv_into": (b.recv_into, bytearray(64)),
    "readv": (b.readv, iov),
    "message": (message,),
    "recvmany": (datagrams,),
}
call, *args = calls[sys.argv[1]]


def run(times: int) -> None:
    for _ in itertools.repeat(None, times):
        try:
            call(*args)
        except BlockingIOError:
            pass
        else:
            raise SystemExit(3)


def blocks() -> int:
    """What the interpreter keeps for the next objects of a kind is given back before."""
    gc.collect()
    return sys.getallocatedblocks()


def grown(times: int) -> tuple[int, int]:
    before, memory = blocks(), resident()
    run(times)
    return blocks() - before, resident() - memory


# The first one warms up what measuring itself needs, and few calls show what it keeps. A
# leak grows in every round; what the interpreter keeps of the measuring itself, which is
# up to 50 objects in one round of some and the same for any number of calls, does not.
ROUNDS = 40
grown(int(sys.argv[2]))
price, _ = min(grown(10) for _ in range(4))
left, memory = grown(int(sys.argv[2]))
for _ in range(ROUNDS):
    if left <= price and memory <= 0:
        break
    left, memory = map(min, zip((left, memory), grown(int(sys.argv[2]))))
print(left - price, memory)
a.close()
b.close()
listener.close()
