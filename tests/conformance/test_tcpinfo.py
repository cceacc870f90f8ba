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

from support.fronts.front import Front, Handle
from support.net.peers import Peers, wait_until

covers = pytest.mark.covers

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "options.md"
# The structure's fields from its ninth byte on, by their form. Left out are those that no
# kernel fills, change with each millisecond, or are absent without a limit.
LAYOUT = """
I rto_us ato_us snd_mss_bytes rcv_mss_bytes unacked sacked lost retrans
I - - - - - pmtu_bytes rcv_ssthresh_bytes rtt_us rttvar_us snd_ssthresh snd_cwnd
I advmss_bytes reordering rcv_rtt_us rcv_space_bytes total_retrans
Q - - bytes_acked bytes_received
I segs_out segs_in notsent_bytes min_rtt_us data_segs_in data_segs_out
Q delivery_rate_bytes_per_s busy_time_us rwnd_limited_us sndbuf_limited_us
I delivered delivered_ce
Q bytes_sent bytes_retrans
I dsack_dups reord_seen rcv_ooopack snd_wnd_bytes rcv_wnd_bytes rehash
H total_rto total_rto_recoveries
I total_rto_time_ms received_ce delivered_e1_bytes delivered_e0_bytes
I delivered_ce_bytes received_e1_bytes received_e0_bytes received_ce_bytes
"""


def laid_out() -> dict[bytes, tuple[int, str]]:
    """Where each field is, and its form."""
    found = {b"retransmits": (2, "B"), b"probes": (3, "B"), b"backoff": (4, "B")}
    at = 8
    for form, *names in map(str.split, LAYOUT.strip().splitlines()):
        for name in names:
            if name != "-":
                found[name.encode()] = (at, form)
            at += struct.calcsize(form)
    return found


PLACES = laid_out()


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
    for name, bit, size in ((b"usec_ts", 64, 248), (b"tfo_child", 128, 276)):
        assert found.get(name) is (bool(raw[5] & bit) if len(raw) >= size else None)


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
