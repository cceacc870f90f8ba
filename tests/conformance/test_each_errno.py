"""What the reference lists as errors of a call and no other case brings about."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.fronts.front import Front, Handle
from support.net.peers import Peers, reset
from support.processes.passed_fds import closing, passed_fds

# ------------------------------------------------------------------------ addresses

INET6_ONES = ["new_inet6", "new_inet6_dgram", "new_inet6_stream"]


@pytest.mark.parametrize("name", INET6_ONES)
def test_inet6_address(net: Front, name: str) -> None:
    make = net.addrinfo
    more = (net.const("SOCK_STREAM"), 0) if name == "new_inet6" else ()
    make.call(name, "127.0.0.1", 80, *more).fails("EAFNOSUPPORT")
    make.call(name, "fe80::1%nsk-no-such", 80, *more).fails("EAI_NONAME")
    make.call(name, "::1", 65536, *more).fails("EAI_SERVICE")


@pytest.mark.parametrize("name", ["new_inet_dgram", "new_inet_stream"])
def test_inet_address(net: Front, name: str) -> None:
    net.addrinfo.call(name, "127.0.0.1", 65536).fails("EAI_SERVICE")


@pytest.mark.level("strict")
@pytest.mark.parametrize(
    "name", ["unix", "new_unix", "new_unix_dgram", "new_unix_stream"]
)
def test_unix_address(net: Front, name: str) -> None:
    make = net.addrinfo
    more = (net.const("SOCK_STREAM"), 0) if name == "new_unix" else ()
    make.call(name, b"x" * 109, *more).fails("ENAMETOOLONG")
    make.call(name, b"", *more).fails("EINVAL")


@pytest.mark.parametrize("family", ["inet", "inet6"])
@pytest.mark.parametrize(
    "name",
    [
        "bind_inet_stream",
        "bind_inet_dgram",
        "bind_inet6_stream",
        "bind_inet6_dgram",
        "connect_inet_stream",
        "connect_inet6_stream",
    ],
)
def test_numbers_of_the_other_family(net: Front, name: str, family: str) -> None:
    if f"_{family}_" in name:
        return
    host = "::1" if family == "inet6" else "127.0.0.1"
    net.call(name, host, 9).fails("EAI_ADDRFAMILY")


@pytest.mark.parametrize("name", ["connect_dgram", "connect_inet_dgram"])
def test_broadcast_address(net: Front, name: str) -> None:
    """That of loopback, which no option of the new socket allows."""
    net.call(name, "127.255.255.255", 9).fails("EACCES", op="connect")


@pytest.mark.parametrize("name", ["bind_unix_dgram", "bind_unix_stream"])
def test_path_under_a_file(net: Front, folder: Path, name: str) -> None:
    (folder / "file").write_bytes(b"")
    net.call(name, str(folder / "file" / "socket")).fails("ENOTDIR", op="bind")


# -------------------------------------------------------------------------- options

OUT_OF_RANGE = [
    ("mcastttl", "new_inet_dgram", 256),
    ("mtudiscover", "new_inet_dgram", -1),
    ("priority", "new_inet_dgram", -1),
    ("sndbuf", "new_inet_dgram", -1),
    ("sndlowat", "new_inet_dgram", -1),
    ("timestamping", "new_inet_dgram", -1),
    ("tos", "new_inet_dgram", 256),
    ("udpsegment", "new_inet_dgram", -1),
    ("tcpdeferaccept", "new_inet_stream", -1),
    ("tcpkeepalive", "new_inet_stream", -1),
    ("tcpkeepintvl", "new_inet_stream", -1),
    ("tcpnotsentlowat", "new_inet_stream", -1),
    ("tcpusertimeout", "new_inet_stream", -1),
]


@pytest.mark.level("strict")
@pytest.mark.parametrize("name, made, value", OUT_OF_RANGE)
def test_option_out_of_range(net: Front, name: str, made: str, value: int) -> None:
    net.call(made).value.call(name, value).fails("EINVAL")


def test_ipv6only_of_a_bound_socket(net: Front) -> None:
    net.bind_inet6_dgram("::1", 0).value.ipv6only(False).fails("EINVAL")


@pytest.mark.parametrize("family", ["inet", "inet6"])
def test_option_that_there_is_not(net: Front, family: str) -> None:
    """getsockopt of a number that no level has."""
    made = net.call(f"new_{family}_stream").value
    made.getsockopt(net.const("SOL_SOCKET"), 9999, 4).fails("ENOPROTOOPT")


# ------------------------------------------------------------------------ transfers


def row(net: Front, data: bytes | int) -> Handle:
    iov: Handle = net.iovec.new().value
    added = iov.addn(data) if isinstance(data, int) else iov.add(data)
    assert added.kind == "value"
    return iov


def test_readv_of_a_folder(net: Front, folder: Path) -> None:
    with closing(os.open(folder, os.O_RDONLY)) as (fd,), passed_fds(net, fd) as (theirs,):
        row(net, 9).readv(theirs).fails("EISDIR", op="readv")


def test_writev_to_a_device_that_is_full(net: Front) -> None:
    with (
        closing(os.open("/dev/full", os.O_WRONLY)) as (fd,),
        passed_fds(net, fd) as (theirs,),
    ):
        row(net, b"x").writev(theirs).fails("ENOSPC", op="writev")


def test_readv_without_a_connection(net: Front) -> None:
    net.new_inet_stream().value.readv(row(net, 9)).fails("ENOTCONN", op="readv")


def test_recv_into_without_a_connection(python_net: Front) -> None:
    made = python_net.new_inet_stream().value
    made.recv_into(bytearray(9)).fails("ENOTCONN", op="recv_into")


def test_sendto_of_a_connected_unix_stream(net: Front) -> None:
    ours, _ = net.pair_stream().all
    ai = net.addrinfo.unix("/nsk/nowhere").value
    ours.sendto(b"x", ai).fails("EISCONN", op="sendto")


def test_sendfd_to_what_has_gone(net: Front) -> None:
    ours, theirs = net.pair_dgram().all
    theirs.close()
    ours.sendfd(0).fails("ECONNREFUSED", op="sendfd")


def test_sendfileall_after_shutdown(net: Front, folder: Path) -> None:
    ours, _ = net.pair_stream().all
    assert ours.shutdown(net.const("SHUT_WR")).kind == "value"
    (folder / "file").write_bytes(b"bytes")
    ours.sendfileall(net.open_file(folder / "file")).fails("EPIPE", op="sendfileall")


def test_sendfileall_without_room(net: Front, folder: Path) -> None:
    ours, _ = net.pair_stream().all
    while ours.send(b"x" * 65536).kind == "value":
        pass
    (folder / "file").write_bytes(b"bytes")
    outcome = ours.sendfileall(net.open_file(folder / "file"), 5, 0, 0)
    assert outcome.timeout is not None  # ETIMEDOUT


def test_read_of_nothing(net: Front) -> None:
    ours, _ = net.pair_stream().all
    assert ours.reader().value.read(5, 0).timeout is not None  # ETIMEDOUT


# --------------------------------------------------------------------------- resets


def was_reset(net: Front, peers: Peers) -> Handle:
    ours, theirs = peers.stream(net)
    reset(theirs)
    assert ours.recvable(20).value is True
    return ours


def test_recvmsg_of_a_reset_connection(net: Front, peers: Peers) -> None:
    message = net.msghdr.new().value
    assert message.iov(row(net, 9)).kind == "value"
    was_reset(net, peers).recvmsg(message).fails("ECONNRESET", op="recvmsg")


def test_sendmsg_to_a_reset_connection(net: Front, peers: Peers) -> None:
    message = net.msghdr.new().value
    assert message.iov(row(net, b"x")).kind == "value"
    was_reset(net, peers).sendmsg(message).fails("ECONNRESET", op="sendmsg")


def test_sendfile_to_a_reset_connection(net: Front, peers: Peers, folder: Path) -> None:
    (folder / "file").write_bytes(b"bytes")
    file = net.open_file(folder / "file")
    was_reset(net, peers).sendfile(file, 5).fails("ECONNRESET", op="sendfile")


# -------------------------------------------------------------------------- limits


def limit_of(name: str) -> int:
    return int(Path(f"/proc/sys/net/ipv4/{name}").read_text())


def test_mcastjoin_of_too_many_groups(net: Front) -> None:
    ours = net.new_inet_dgram().value
    for n in range(limit_of("igmp_max_memberships")):
        group = net.addrinfo.inet(f"239.79.{n // 250}.{n % 250 + 1}", 0).value
        assert ours.mcastjoin(group, "lo").kind == "value"
    last = net.addrinfo.inet("239.80.1.1", 0).value
    ours.mcastjoin(last, "lo").fails("ENOBUFS")


def test_mcastjoinsrc_of_too_many_senders(net: Front) -> None:
    ours = net.new_inet_dgram().value
    group = net.addrinfo.inet("239.79.1.1", 0).value
    for n in range(limit_of("igmp_max_msf")):
        sender = net.addrinfo.inet(f"127.0.{n // 250}.{n % 250 + 1}", 0).value
        assert ours.mcastjoinsrc(group, sender, "lo").kind == "value"
    last = net.addrinfo.inet("127.1.1.1", 0).value
    ours.mcastjoinsrc(group, last, "lo").fails("ENOBUFS")
