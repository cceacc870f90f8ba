"""netsocket.tls as test_tls.py calls it: in threads, or as coroutines of each loop."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

import netsocket
from netsocket import aio, tls
from python.loops import KINDS, loop_of
from support.fronts import process
from support.machine_lag import PATIENCE
from support.net.certificates import Authority

EACH = pytest.mark.parametrize("style", ["plain", *KINDS])
WITHIN = 60.0
AT_ONCE = {"alpn", "close", "getpeercert", "getpeername", "pending", "timeout"}


async def failed(call: Any, code: int, op: str) -> netsocket.Failure:
    with pytest.raises(OSError, match=op) as caught:
        await call
    error: OSError = caught.value
    assert netsocket.is_failure(error)
    assert (error.errno, error.op) == (code, op)
    return error


class InThread:
    """A connection or a reader whose calls that wait run in threads."""

    def __init__(self, plain: Any) -> None:
        self.plain = plain

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.plain, name)
        if name == "reader":
            return lambda *args: InThread(call(*args))
        return call if name in AT_ONCE else partial(asyncio.to_thread, call)

    def __enter__(self) -> InThread:
        return self

    def __exit__(self, *_: object) -> None:
        self.plain.close()


def plain_pair(style: Style) -> tuple[tls.Connection, tls.Connection]:
    """A client's and a server's end, for a test without a loop."""
    a, b = netsocket.pair_stream()
    with ThreadPoolExecutor(1) as pool:
        server = pool.submit(tls.server, b, style.server_context, WITHIN)
        client = tls.client(a, style.client_context(), "localhost", WITHIN)
        return client, server.result(WITHIN)


class Style:
    """client and server as tls has them, and what both know of certificates."""

    def __init__(self, name: str, authority: Authority) -> None:
        self.name = name
        self._authority = authority
        self.server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server_context.load_cert_chain(
            authority.path("server.pem"), authority.path("server.key")
        )

    def client_context(self, ca: str = "ca.pem", own: str = "") -> ssl.SSLContext:
        made = ssl.create_default_context(cafile=self._authority.path(ca))
        made.verify_flags |= ssl.VERIFY_X509_STRICT  # as it is from CPython 3.13 on
        if own:
            names = (self._authority.path(f"{own}.{end}") for end in ("pem", "key"))
            made.load_cert_chain(*names)
        return made

    def strict_context(self) -> ssl.SSLContext:
        """A server's that wants a certificate of its clients."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        names = (self._authority.path(f"server.{end}") for end in ("pem", "key"))
        context.load_cert_chain(*names)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(self._authority.path("ca.pem"))
        return context

    async def _made(self, plain: Any, coroutine: Any, *args: Any) -> Any:
        if self.name != "plain":
            return await coroutine(*args)
        conn = InThread(await asyncio.to_thread(plain, *args))
        if conn.timeout() == 0:  # its calls would not wait
            conn.timeout(WITHIN)
        return conn

    async def client(
        self,
        sock: netsocket.Socket,
        host: str = "localhost",
        context: ssl.SSLContext | None = None,
        sec: float = WITHIN,
    ) -> Any:
        context = context or self.client_context()
        return await self._made(tls.client, aio.tls_client, sock, context, host, sec)

    async def server(
        self,
        sock: netsocket.Socket,
        context: ssl.SSLContext | None = None,
        sec: float = WITHIN,
    ) -> Any:
        context = context or self.server_context
        return await self._made(tls.server, aio.tls_server, sock, context, sec)

    async def pair(self) -> tuple[Any, Any]:
        """A client's and a server's end of one connection."""
        a, b = netsocket.pair_stream()
        return await asyncio.gather(self.client(a), self.server(b))

    def run(self, main: Callable[[Style], Awaitable[Any]]) -> Any:
        async def all_of_it() -> Any:
            try:
                return await asyncio.wait_for(main(self), PATIENCE)
            finally:
                await asyncio.get_running_loop().shutdown_default_executor()

        before = process.descriptors(os.getpid())
        with loop_of("asyncio" if self.name == "plain" else self.name) as loop:
            result = loop.run_until_complete(all_of_it())
        assert process.descriptors(os.getpid()) == before
        return result
