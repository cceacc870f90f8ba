"""Hosts beyond ASCII: a str is encoded, bytes go to the resolver as they are."""

from __future__ import annotations

import asyncio
import builtins
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

import netsocket
from netsocket import aio, tls
from netsocket._idna import encoded
from support.machine_lag import PATIENCE

# Both ways know capitals and the ideographic full stop.
SPELLINGS = ["bücher.example", "BÜCHER.Example", "bücher\u3002example"]
REFUSED = ["\udce9x", "é" * 70, "bücher..example", "\u2603" * 300]


@pytest.fixture(params=["package", "codec"])
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the package, and as where it is not installed."""
    way: str = request.param
    if way == "package":
        pytest.importorskip("idna", reason="the package is optional")
    else:
        plain = builtins.__import__

        def without(name: str, *args: Any, **named: Any) -> Any:
            if name == "idna":
                raise ImportError(name)
            return plain(name, *args, **named)

        monkeypatch.setattr(builtins, "__import__", without)
    return way


@pytest.mark.parametrize("host", SPELLINGS)
def test_resolved(in_netns: None, by: str, host: str) -> None:
    (found,) = netsocket.addrinfo.getaddrinfo(host, 80, netsocket.AF_INET)
    assert (found.addr(), found.port()) == ("127.0.0.3", 80)


def test_which_standard(by: str) -> None:
    """Where the two differ."""
    assert (
        encoded("straße.example")
        == {
            "package": b"xn--strae-oqa.example",
            "codec": b"strasse.example",
        }[by]
    )


def test_connected(in_netns: None, by: str) -> None:
    """Bound and connected, in place and in a coroutine."""

    async def connected() -> Any:
        return await aio.connect_stream(SPELLINGS[0], port, PATIENCE)

    with netsocket.bind_inet_stream(SPELLINGS[0], 0) as listener:
        listener.listen()
        port = listener.getsockname().port()
        assert listener.getsockname().addr() == "127.0.0.3"
        for made in (
            netsocket.connect_stream(SPELLINGS[0], port, PATIENCE),
            netsocket.connect_inet_stream(SPELLINGS[0], port, PATIENCE),
            asyncio.run(connected()),
        ):
            with made, listener.acceptwait(PATIENCE):
                assert made.getpeername().addr() == "127.0.0.3"


CALLS: list[Callable[[Any], Any]] = [
    lambda host: netsocket.connect_stream(host, 80, 5),
    lambda host: netsocket.connect_inet6_stream(host, 80, 5),
    lambda host: netsocket.connect_inet_dgram(host, 80, 5),
    lambda host: netsocket.bind_stream(host, 0),
    lambda host: netsocket.bind_inet_dgram(host, 0),
    lambda host: netsocket.addrinfo.getaddrinfo(host, 80),
    lambda host: netsocket.addrinfo.getaddrinfo_stream(host, 80),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("host", REFUSED)
def test_refused(by: str, call: Callable[[Any], Any], host: str) -> None:
    """The argument has its name in the error, and no name server is asked."""
    with pytest.raises(ValueError, match=r" host\b.*: EINVAL .* no host name") as caught:
        call(host)
    assert not isinstance(caught.value, UnicodeError)


def test_too_long(by: str) -> None:
    """Its labels are short enough, and there are too many: as of any host."""
    host = "ü." * 60 + "example"
    with pytest.raises((netsocket.errors.gaierror, ValueError)):
        netsocket.addrinfo.getaddrinfo(host, 80)


def test_bytes_are_as_they_are(in_netns: None) -> None:
    with pytest.raises(netsocket.errors.gaierror):
        netsocket.addrinfo.getaddrinfo("bücher.example".encode(), 80, netsocket.AF_INET)


def test_a_zone_is_no_name() -> None:
    """An interface may be called anything."""
    with pytest.raises(netsocket.errors.gaierror, match=re.escape("fe80::1%")):
        netsocket.addrinfo.getaddrinfo("fe80::1%größe", 80)


def test_numeric_hosts_are_not_encoded() -> None:
    with pytest.raises(netsocket.errors.OSError, match="bücher"):
        netsocket.addrinfo.inet("bücher", 80)


def test_name_of_a_certificate(by: str) -> None:
    """The client asks the server for the same name that it has asked the resolver for."""
    asked: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda layer, name, context: asked.append(name)
    a, b = netsocket.pair_stream()
    with a, b:
        with pytest.raises(TimeoutError):
            tls.client(a, ssl.create_default_context(), "straße.example", 0)
        with suppress(OSError):  # it has no certificate
            tls.server(b, context, 0)
    assert asked == [encoded("straße.example").decode()]
