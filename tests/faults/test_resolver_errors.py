"""What the resolver says, told by every call that asks it; and that there is no way."""

from __future__ import annotations

import errno
import socket

import pytest

from .lua_child import LuaChild
from .plan import ALWAYS, Rule
from .setup import Setup

pytestmark = pytest.mark.parametrize("fault_net", ["python", "lua"], indirect=True)

SYSTEM = """
    local _, err = require 'net.socket'.addrinfo.getaddrinfo('localhost', 80)
    return err.system.name
"""
CONNECTS = [
    "connect_stream",
    "connect_inet_stream",
    "connect_inet6_stream",
    "connect_dgram",
    "connect_inet_dgram",
    "connect_inet6_dgram",
]


@pytest.mark.parametrize("name", ["EAI_AGAIN", "EAI_FAIL", "EAI_BADFLAGS", "EAI_FAMILY"])
def test_getaddrinfo(setup: Setup, name: str) -> None:
    rule = Rule("getaddrinfo", value=getattr(socket, name))
    with setup.net.plan.armed(rule):
        setup.front.addrinfo.getaddrinfo("localhost", 80).fails(name, op="getaddrinfo")


@pytest.mark.parametrize("name", ["EAI_AGAIN", "EAI_BADFLAGS", "EAI_FAMILY"])
def test_getnameinfo(setup: Setup, name: str) -> None:
    ai = setup.inet(80)
    with setup.net.plan.armed(Rule("getnameinfo", value=getattr(socket, name))):
        ai.getnameinfo().fails(name, op="getnameinfo")


@pytest.mark.parametrize("name", ["EMFILE", "ENFILE"])
def test_no_descriptor_to_ask_with(setup: Setup, name: str) -> None:
    """glibc calls the name unknown then; errno tells."""
    code = getattr(errno, name)
    rule = Rule("getaddrinfo", code, value=socket.EAI_NONAME, times=ALWAYS)
    with setup.net.plan.armed(rule):
        outcome = setup.front.addrinfo.getaddrinfo("localhost", 80)
    outcome.fails("EAI_SYSTEM", op="getaddrinfo", addr="localhost")
    if isinstance(setup.front, LuaChild):
        with setup.net.plan.armed(rule):
            assert setup.front.run(SYSTEM) == [name.encode()]


@pytest.mark.parametrize("call", CONNECTS)
def test_connect(setup: Setup, call: str) -> None:
    """EAI_AGAIN is nothing to try again here: the caller knows how long."""
    rule = Rule("getaddrinfo", value=socket.EAI_AGAIN, times=ALWAYS)
    with setup.net.plan.armed(rule):
        setup.front.call(call, "localhost", 80).fails("EAI_AGAIN", addr="localhost")


@pytest.mark.parametrize("call", CONNECTS[:3])
def test_no_thread_for_it(setup: Setup, call: str) -> None:
    """Of a call with a deadline, which the resolver in place might miss."""
    with setup.net.plan.armed(Rule("pthread_create", value=errno.EAGAIN)):
        outcome = setup.front.call(call, "localhost", 80, 20)
    failure = outcome.fails("EAI_MEMORY", op="pthread_create", addr="localhost")
    assert failure.domain == "resolver"


@pytest.mark.parametrize("name", ["EHOSTUNREACH", "ENETUNREACH"])
@pytest.mark.parametrize(
    "call, host",
    [
        ("connect_dgram", "127.0.0.1"),
        ("connect_inet_dgram", "127.0.0.1"),
        ("connect_inet6_dgram", "::1"),
    ],
)
def test_no_way_there(setup: Setup, call: str, host: str, name: str) -> None:
    """connect(2) of a datagram socket looks for the way, and sends nothing."""
    rule = Rule("connect", getattr(errno, name), times=ALWAYS)
    with setup.net.plan.armed(rule):
        setup.front.call(call, host, 9).fails(name, op="connect")


def test_no_port_left(setup: Setup) -> None:
    with setup.net.plan.armed(Rule("connect", errno.EADDRNOTAVAIL)):
        outcome = setup.front.call("connect", setup.inet(9), 5)
    outcome.fails("EADDRNOTAVAIL", op="connect")
