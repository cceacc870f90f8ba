"""device.getifaddrs: the interfaces, checked against the kernel's own listings."""

from __future__ import annotations

import ipaddress
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.fronts.front import Front
from support.processes.limits import descriptors_left

covers = pytest.mark.covers

SYS = Path("/sys/class/net")
IFF = {b"up": 1, b"broadcast": 2, b"loopback": 8, b"pointopoint": 16, b"running": 64,
       b"noarp": 128, b"promisc": 256, b"multicast": 4096}  # fmt: skip


def read(name: str, what: str) -> str:
    return (SYS / name / what).read_text().strip()


@covers("DEVICE.getifaddrs", "success")
def test_against_sysfs(net: Front) -> None:
    """Every interface with its index, mtu, link address and flags."""
    devices = net.device.getifaddrs().value
    assert {name.decode() for name in devices} == {
        path.name for path in SYS.iterdir() if path.is_dir()
    }
    for name, device in devices.items():
        text = name.decode()
        assert device[b"index"] == int(read(text, "ifindex"))
        assert device[b"mtu"] == int(read(text, "mtu"))
        assert device.get(b"ether", b"").decode() == read(text, "address")
        flags = int(read(text, "flags"), 16)
        for flag in (
            b"broadcast",
            b"loopback",
            b"pointopoint",
            b"noarp",
            b"multicast",
            b"up",
        ):
            assert device.get(flag, False) is bool(flags & IFF[flag])


def test_loopback(net: Front) -> None:
    lo = net.device.getifaddrs().value[b"lo"]
    assert lo[b"loopback"] is True
    assert lo[b"up"] is True
    assert {b"address": b"127.0.0.1", b"netmask": b"255.0.0.0"}.items() <= lo[b"inet"][
        0
    ].items()
    for six in lo[b"inet6"]:
        assert six[b"address"] == b"::1"
        assert six[b"netmask"] == b"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"


def by_ip() -> dict[str, Any]:
    """What the program `ip` says, by interface."""
    if not shutil.which("ip"):
        pytest.skip("there is no program ip here")
    text = subprocess.run(["ip", "-j", "addr"], check=True, capture_output=True).stdout
    return {row["ifname"]: row for row in json.loads(text)}


def test_against_ip(net: Front) -> None:
    """The same addresses with the same masks, as another program sees them."""
    rows = by_ip()
    devices = net.device.getifaddrs().value
    for name, row in rows.items():
        device = devices[name.encode()]
        for family, key in (("inet", b"inet"), ("inet6", b"inet6")):
            wanted = {
                (one["local"], one["prefixlen"])
                for one in row["addr_info"]
                if one["family"] == family
            }
            assert {told(one) for one in device[key]} == wanted


def told(one: dict[bytes, bytes]) -> tuple[str, int]:
    address = one[b"address"].decode().partition("%")[0]
    mask = int(ipaddress.ip_address(one[b"netmask"].decode()))
    return address, mask.bit_count() if hasattr(mask, "bit_count") else bin(mask).count(
        "1"
    )


def test_in_a_netns(in_netns: None, net: Front) -> None:
    """In another network there are other interfaces: nothing is cached."""
    devices = net.device.getifaddrs().value
    assert b"lo" in devices
    assert all(
        device.get(b"loopback") for name, device in devices.items() if name == b"lo"
    )


def test_added_addresses(in_netns: None, net: Front) -> None:
    """Several addresses of one interface, with a broadcast and a point-to-point one."""
    if not shutil.which("ip"):
        pytest.skip("there is no program ip here")
    for line in (
        "link add nsk0 type veth peer name nsk1",
        "link set nsk0 up mtu 1300",
        "addr add 10.9.8.7/24 broadcast 10.9.8.255 dev nsk0",
        "addr add 10.7.7.1 peer 10.7.7.2/32 dev nsk0",
        "addr add fd00:9::1/64 dev nsk0 nodad",
    ):
        done = subprocess.run(["ip", *line.split()], capture_output=True, text=True)
        if done.returncode != 0 and "veth" in line:
            pytest.skip(f"no veth: {done.stderr}")
        assert done.returncode == 0, done.stderr
    device = net.device.getifaddrs().value[b"nsk0"]
    assert (device[b"mtu"], device[b"up"]) == (1300, True)
    four = {one[b"address"]: one for one in device[b"inet"]}
    assert four[b"10.9.8.7"][b"broadcast"] == b"10.9.8.255"
    assert four[b"10.9.8.7"][b"netmask"] == b"255.255.255.0"
    assert b"10.7.7.1" in four
    six = {one[b"address"].partition(b"%")[0] for one in device[b"inet6"]}
    assert b"fd00:9::1" in six
    link_local = [
        one[b"address"] for one in device[b"inet6"] if one[b"address"][:4] == b"fe80"
    ]
    assert all(address.endswith(b"%nsk0") for address in link_local)


def test_the_other_end(in_netns: None, net: Front) -> None:
    """An interface with one other end tells its address, and no other interface one."""
    if not shutil.which("ip"):
        pytest.skip("there is no program ip here")
    for line in (
        "tuntap add mode tun name nsk2",
        "link set nsk2 up",
        "link set lo up",
        "addr add 10.7.7.1 peer 10.7.7.2/32 dev nsk2",
    ):
        done = subprocess.run(["ip", *line.split()], capture_output=True, text=True)
        if done.returncode != 0 and "tuntap" in line:
            pytest.skip(f"no tun: {done.stderr}")
        assert done.returncode == 0, done.stderr
    devices = net.device.getifaddrs().value
    (ours,) = devices[b"nsk2"][b"inet"]
    assert (ours[b"address"], ours[b"point2point"]) == (b"10.7.7.1", b"10.7.7.2")
    (loopback,) = devices[b"lo"][b"inet"]
    assert b"point2point" not in loopback


@covers("DEVICE.getifaddrs", "error")
def test_h091_no_descriptor_left(net: Front) -> None:
    """It needs a socket for its questions: EMFILE without one, and nothing leaks."""
    wanted = net.device.getifaddrs().value
    with descriptors_left(net, 0):
        refused = net.device.getifaddrs()
    refused.fails("EMFILE", op="getifaddrs")
    with net.no_new_descriptors():
        assert net.device.getifaddrs().value == wanted


@pytest.mark.parametrize("room", [1, 2])
def test_h120_few_descriptors(net: Front, room: int) -> None:
    """With little room it is whole or an error, never a listing with holes."""
    wanted = net.device.getifaddrs().value
    with descriptors_left(net, room):
        outcome = net.device.getifaddrs()
    if outcome.kind == "value":
        assert outcome.value == wanted
    else:
        outcome.fails("EMFILE")
