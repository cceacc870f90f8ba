"""tcpinfo: the kernel's structure, field for field, beside what CPython reads."""

from __future__ import annotations

import re
import socket
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fronts.front import Front, Handle
from peers import Peers, wait_until

covers = pytest.mark.covers

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "options.md"
# Where some fields are in the structure, and their form.
PLACES = {
    b"retransmits": (2, "B"),
    b"rto_us": (8, "I"),
    b"snd_mss_bytes": (16, "I"),
    b"pmtu_bytes": (60, "I"),
    b"rtt_us": (68, "I"),
    b"snd_ssthresh": (76, "I"),
    b"snd_cwnd": (80, "I"),
    b"advmss_bytes": (84, "I"),
    b"total_retrans": (100, "I"),
    b"bytes_acked": (120, "Q"),
    b"bytes_received": (128, "Q"),
    b"segs_out": (136, "I"),
    b"min_rtt_us": (148, "I"),
    b"bytes_sent": (200, "Q"),
    b"snd_wnd_bytes": (228, "I"),
    b"total_rto": (240, "H"),
    b"received_ce": (248, "I"),
}


def kernel(own: socket.socket) -> bytes:
    return own.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 280)


def places(raw: bytes) -> dict[bytes, int]:
    return {
        name: struct.unpack_from("=" + form, raw, at)[0]
        for name, (at, form) in PLACES.items()
        if at + struct.calcsize(form) <= len(raw)
    }


def told(made: Handle) -> Mapping[bytes, Any]:
    found: Mapping[bytes, Any] = made.tcpinfo().value
    return found


@covers("SOCKET.tcpinfo", "success")
def test_fields_are_where_the_kernel_has_them(net: Front, peers: Peers) -> None:
    """What is beyond the end of an older kernel's structure is absent."""
    ours, theirs = peers.stream(net)
    ours.sendall(bytes(1000))
    theirs.recv(1000, socket.MSG_WAITALL)
    theirs.sendall(bytes(300))
    assert ours.recvall(300).value == bytes(300)
    # The acknowledgement of the last bytes may be under way still.
    wait_until(lambda: told(ours)[b"bytes_acked"] == 1001, "all is acknowledged")
    with ours.second_reader() as own:
        before, found, raw = kernel(own), told(ours), kernel(own)
        while places(before) != places(raw):  # an acknowledgement came or went meanwhile
            before, found, raw = raw, told(ours), kernel(own)
    wanted = places(raw)
    assert {name: found[name] for name in wanted} == wanted
    assert not (set(PLACES) - set(wanted)) & set(found)
    assert found[b"bytes_received"] == 300
    assert found[b"segs_out"] >= found[b"data_segs_out"] >= 1
    assert found[b"ca_state"] == b"open"
    assert found[b"sack"] is bool(raw[5] & 2)
    shifts = raw[6] if sys.byteorder == "little" else raw[6] >> 4 | raw[6] << 4 & 0xF0
    assert (found[b"snd_wscale"], found[b"rcv_wscale"]) == (shifts & 15, shifts >> 4)
    assert isinstance(found[b"delivery_rate_app_limited"], bool)


def test_states(net: Front, peers: Peers) -> None:
    """The states have ss(8)'s names, and what has no limit has no number."""
    made = net.bind_inet_stream("127.0.0.1", 0).value
    assert told(made)[b"state"] == b"close"
    made.listen()
    assert told(made)[b"state"] == b"listen"
    ours, theirs = peers.stream(net)
    assert told(ours)[b"state"] == b"established"
    assert b"max_pacing_rate_bytes_per_s" not in told(ours)
    ours.setsockopt(socket.SOL_SOCKET, 47, 1_000_000)  # SO_MAX_PACING_RATE
    assert told(ours)[b"max_pacing_rate_bytes_per_s"] == 1_000_000
    theirs.close()
    wait_until(lambda: told(ours)[b"state"] == b"close_wait", "the peer's end has come")


@covers("SOCKET.tcpinfo", "error")
def test_of_no_tcp_socket(net: Front) -> None:
    net.new_inet_dgram().value.tcpinfo().fails("ESOCKTNOSUPPORT", op="tcpinfo")
    net.pair_stream().all[0].tcpinfo().fails("EAFNOSUPPORT", op="tcpinfo")
    made = net.new_inet6_stream().value
    made.close()
    made.tcpinfo().fails("EBADF", op="tcpinfo")


def test_every_field_is_in_the_reference(net: Front, peers: Peers) -> None:
    ours, _ = peers.stream(net)
    entry = PAGE.read_text().partition("### sock:tcpinfo()")[2].partition("**Errors**")[0]
    rows = "".join(line.split("|")[1] for line in entry.splitlines() if line[:3] == "| `")
    assert {name.decode() for name in told(ours)} <= set(re.findall(r"`(\w+)`", rows))
