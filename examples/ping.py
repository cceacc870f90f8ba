"""ping.py HOST [COUNT]: asks a host for an echo, and says how long it took and how many
hops the answer had left."""

from __future__ import annotations

import random
import struct
import sys
import time

import netsocket

REQUEST, REPLY = 8, 0
ID = random.randrange(0x10000)


def checksum(data: bytes) -> int:
    data += bytes(len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def request(number: int) -> bytes:
    body = struct.pack("!HH", ID, number) + b"how are you?"
    total = checksum(struct.pack("!BBH", REQUEST, 0, 0) + body)
    return struct.pack("!BBH", REQUEST, 0, total) + body


def opened() -> netsocket.Socket:
    """A socket for echoes alone, for those in net.ipv4.ping_group_range; else one that
    sees all of ICMP, which takes a privilege."""
    inet, icmp = netsocket.AF_INET, netsocket.IPPROTO_ICMP
    try:
        made = netsocket.new(inet, netsocket.SOCK_DGRAM, icmp)
    except OSError:
        made = netsocket.new(inet, netsocket.SOCK_RAW, icmp)
    made.recvttl(True)
    made.recverr(True)
    return made


def answered(packet: bytes, raw: bool) -> int | None:
    """The number of our request that a received packet answers, or None."""
    at = (packet[0] & 15) * 4 if raw else 0
    if len(packet) < at + 8:
        return None
    kind, _, _, ident, number = struct.unpack_from("!BBHHH", packet, at)
    ours = kind == REPLY and (not raw or ident == ID)
    return int(number) if ours else None


def wait_for(own: netsocket.Socket, number: int, deadline: netsocket.Deadline) -> str:
    raw = own.socktype() == netsocket.SOCK_RAW
    buffer, control = netsocket.iovec.new(), netsocket.cmsghdrs.new()
    buffer.addn(2048)
    message = netsocket.msghdr.new()
    message.iov(buffer)
    message.control(control)
    while own.recvable(deadline):
        told = own.errqueue()
        if told is not None:
            return f"from {told['offender']}: ICMP {told['type']}, {told['code']}"
        n = own.recvmsg(message)
        hops, sender = control.shift(), message.name()
        if answered(buffer.concat(0, n), raw) == number and hops and sender:
            return f"from {sender.addr()!s}: hops left {hops.value()}"
    return "no answer"


def main() -> None:
    to = netsocket.addrinfo.getaddrinfo(sys.argv[1], None, netsocket.AF_INET)[0]
    with opened() as own:
        for number in range(1, int(sys.argv[2] if len(sys.argv) > 2 else 4) + 1):
            began = time.monotonic()
            own.sendto(request(number), to)
            said = wait_for(own, number, netsocket.deadline(1))
            print(f"{number} {said}, {(time.monotonic() - began) * 1e3:.3f} ms")


if __name__ == "__main__":
    main()
