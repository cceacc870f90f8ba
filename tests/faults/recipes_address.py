"""Recipes for addresses and for the poller."""

from __future__ import annotations

import errno
from collections.abc import Callable

from support.fronts.front import Handle
from support.fronts.outcome import Outcome
from support.fronts.wire import Callback

from .setup import Case, Setup, done, equals, recipe


def gives(text: str) -> Callable[[Outcome], None]:
    """The answer is an address that reads as text, or a list that begins with one."""

    def check(outcome: Outcome) -> None:
        ai = outcome.value
        first = ai[0] if isinstance(ai, list) else ai
        assert isinstance(first, Handle)
        assert first.text().endswith(text), first.text()

    return check


def _from(text: str, *args: object) -> Callable[[Setup], Case]:
    return lambda s: Case(args, check=gives(text))


recipe("ADDRESS.inet")(_from("127.0.0.1:80", "127.0.0.1", 80))
recipe("ADDRESS.inet6")(_from("[::1]:80", "::1", 80))
recipe("ADDRESS.inet6/zone")(_from("[fe80::1%lo]:80", "fe80::1%lo", 80))
recipe("ADDRESS.unix")(_from("@name", b"\0name"))
recipe("ADDRESS.new_inet")(_from("127.0.0.1:80", "127.0.0.1", 80, 1, 0))
recipe("ADDRESS.new_inet6")(_from("[::1]:80", "::1", 80, 1, 0))
recipe("ADDRESS.new_unix")(_from("/path", "/path", 1, 0))
recipe("ADDRESS.new_inet_stream", "ADDRESS.new_inet_dgram")(
    _from("127.0.0.1:80", "127.0.0.1", 80)
)
recipe("ADDRESS.new_inet6_stream", "ADDRESS.new_inet6_dgram")(
    _from("[::1]:80", "::1", 80)
)
recipe("ADDRESS.new_unix_stream", "ADDRESS.new_unix_dgram")(_from("/path", "/path"))
recipe("ADDRESS.vsock")(_from("vsock:2:1024", 2, 1024))
recipe("ADDRESS.netlink")(_from("netlink:7:0x3", 7, 3))
recipe("ADDRESS.packet")(
    _from("packet:lo:0x0800:02:fc:00:00:00:01", "lo", 0x800, "02:fc:00:00:00:01")
)
recipe("ADDRESS.raw")(_from("family-77:616263", 77, b"abc"))
recipe("ADDRESS.getaddrinfo")(_from(":80", "localhost", 80))
recipe("ADDRESS.getaddrinfo/numeric")(_from("127.0.0.1:80", "127.0.0.1", 80))
recipe("ADDRESS.getaddrinfo_stream", "ADDRESS.getaddrinfo_dgram")(
    _from(":80", "localhost", "80", False, True)
)


@recipe(
    "ADDRINFO.family",
    "ADDRINFO.socktype",
    "ADDRINFO.protocol",
    "ADDRINFO.addr",
    "ADDRINFO.port",
    "ADDRINFO.raw",
    "ADDRINFO.canonname",
)
def ask(s: Setup) -> Case:
    return Case(target=s.inet(80))


@recipe("ADDRINFO.addr/zone")
def zone(s: Setup) -> Case:
    ai = s.front.addrinfo.inet6("fe80::1%lo", 80).value
    return Case(target=ai)


@recipe("ADDRINFO.canonname/given")
def canonname(s: Setup) -> Case:
    found = s.front.addrinfo.getaddrinfo_stream("127.0.0.1", 80, False, True).value
    return Case(target=found[0])


@recipe("ADDRINFO.getnameinfo")
def getnameinfo(s: Setup) -> Case:
    flags = s.const("NI_NUMERICHOST", "NI_NUMERICSERV")

    def check(outcome: Outcome) -> None:
        assert outcome.value == {b"host": b"127.0.0.1", b"service": b"80"}

    return Case([flags], s.inet(80), check=check)


@recipe("ADDRINFO.getnameinfo/names")
def names(s: Setup) -> Case:
    def check(outcome: Outcome) -> None:
        assert set(outcome.value) == {b"host", b"service"}

    return Case(target=s.inet(80), check=check)


@recipe("LUA_POLLER.use")
def use(s: Setup) -> Case:
    """Without one, which is where every program begins and where this one stays."""
    return Case([None])


@recipe("LUA_MODULE.warnleaks")
def warnleaks(s: Setup) -> Case:
    return Case(
        [True], check=equals(False), after=lambda _: done(s.front.module.warnleaks(False))
    )


@recipe("LUA_POLLER.generation")
def generation(s: Setup) -> Case:
    return Case([])


@recipe("LUA_POLLER.error")
def error(s: Setup) -> Case:
    return Case([errno.EPROTO, "handshake", "words", "host"])


@recipe("LUA_POLLER.nosigpipe")
def nosigpipe(s: Setup) -> Case:
    return Case([Callback("same"), 5], check=equals(5))


@recipe("LUA_POLLER.sendpart")
def sendpart(s: Setup) -> Case:
    a, b = s.pair()
    return Case([a, "words", 2, 3], check=equals(2), watched=[a, b])


@recipe("LUA_POLLER.nonblock")
def nonblock(s: Setup) -> Case:
    a, b = s.pair()
    return Case([a.fd().value, False], check=equals(True), watched=[b])


@recipe("LUA_POLLER.now", "LUA_POLLER.time")
def now(s: Setup) -> Case:
    return Case([])
