"""Calls of TLS that end before they have begun, or in the middle of a step."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import threading
from typing import Any

import pytest

from python.loops import KINDS
from python.tls_styles import EACH, WITHIN, Style, failed, plain_pair
from support.machine_lag import PATIENCE
from support.net.certificates import Authority


def test_a_close_that_is_interrupted(authority: Authority) -> None:
    """What a signal handler raises comes out of it, and nothing stays open."""
    client, server = plain_pair(Style("plain", authority))
    channel: Any = client._channel

    def interrupted(flags: int) -> None:
        raise KeyboardInterrupt

    channel.push = interrupted
    with server, pytest.raises(KeyboardInterrupt):
        client.close()
    assert channel.sock.fd() == -1


@pytest.mark.parametrize("style", KINDS)
def test_a_call_without_a_loop(style: str, authority: Authority) -> None:
    """It is an error, and the next call has its turn."""

    def step_without_a_loop(coroutine: Any) -> None:
        with pytest.raises(RuntimeError, match="no running event loop"):
            coroutine.send(None)

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            for call in (client.recv(), client.recvall(1), client.sendall(b"x")):
                await asyncio.to_thread(step_without_a_loop, call)
            await server.sendall(b"here")
            assert await client.recv() == b"here"
            assert await client.sendall(b"there") == 5

    Style(style, authority).run(main)


@EACH
def test_a_receive_that_is_interrupted_in_a_record(
    style: str, authority: Authority
) -> None:
    """What was decrypted before comes still, and then an error: no later byte follows."""

    class Handled(Exception):
        """What a signal's handler raises."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            await client.sendall(b"x")
            assert await server.recv() == b"x"
            engine = getattr(server, "plain", server)._channel.engine
            own, reads = engine.ssl, iter([False, True])

            class Interrupted:
                def read(self, n: int) -> bytes:
                    data: bytes = own.read(n)
                    if next(reads):
                        raise Handled
                    return data

            engine.ssl = Interrupted()
            here = getattr(client, "plain", client)._channel
            for text in (b"before", b"lost", b"after"):
                here.engine.encrypt(text, "sendall")
            records = here.engine.encrypted.read()
            await asyncio.to_thread(here.sock.sendall, records, WITHIN)
            with pytest.raises(Handled):
                await server.recv()
            engine.ssl = own
            assert await server.recv() == b"before"
            for _ in range(2):
                error = await failed(server.recvall(1), errno.EPROTO, "recvall")
                assert "a record may be lost" in str(error)

    Style(style, authority).run(main)


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_child_beside_a_thread_that_decrypts(authority: Authority) -> None:
    """It can close its copy, though the thread that holds the lock is not there."""
    client, server = plain_pair(Style("plain", authority))
    channel: Any = client._channel
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with channel.engine.lock:
            held.set()
            done.wait()

    with client, server:
        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(int(PATIENCE))  # else it would wait without end
            client.close()
            os._exit(channel.sock.fd() != -1)
        status = os.waitpid(child, 0)[1]
        done.set()
        thread.join()
        assert status == 0
        client.sendall(b"still here\n")
        assert server.recvline() == b"still here\n"
