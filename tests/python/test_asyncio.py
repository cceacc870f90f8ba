"""asyncio's sock_* functions on our objects."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from typing import Any

import pytest

import netsocket


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 20), debug=True)


def test_sendall_and_recv() -> None:
    """A MiB through a unix pair: sock_sendall waits for room, sock_recv for data."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()  # typed for socket.socket alone
        a, b = netsocket.pair_stream()
        data = os.urandom(1 << 20)
        with a, b:

            async def receive() -> bytes:
                pieces = []
                while piece := await loop.sock_recv(b, 65536):
                    pieces.append(piece)
                return b"".join(pieces)

            receiver = asyncio.create_task(receive())
            await loop.sock_sendall(a, data)
            a.shutdown(netsocket.SHUT_WR)
            assert await receiver == data

    run(main())


def test_datagrams() -> None:
    """sock_sendto and sock_recvfrom take and give our addresses."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()  # typed for socket.socket alone
        if not hasattr(loop, "sock_sendto"):  # Python 3.11
            return
        with netsocket.bind_inet_dgram("127.0.0.1", 0) as one:
            with netsocket.bind_inet_dgram("127.0.0.1", 0) as two:
                waiting = asyncio.create_task(loop.sock_recvfrom(two, 100))
                assert await loop.sock_sendto(one, b"hello", two.getsockname()) == 5
                data, address = await waiting
                assert data == b"hello"
                assert address == one.getsockname()

    run(main())


def test_cancelled_receive_leaves_the_socket_usable() -> None:
    async def main() -> None:
        loop: Any = asyncio.get_running_loop()  # typed for socket.socket alone
        a, b = netsocket.pair_stream()
        with a, b:
            task = asyncio.create_task(loop.sock_recv(a, 10))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            b.send(b"later")
            assert await loop.sock_recv(a, 10) == b"later"

    run(main())


def test_readers_and_writers() -> None:
    """add_reader and add_writer watch the object itself."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()  # typed for socket.socket alone
        a, b = netsocket.pair_stream()
        with a, b:
            ready: asyncio.Future[bytes] = loop.create_future()
            loop.add_reader(a, lambda: ready.set_result(a.recv()))
            writable = asyncio.Event()
            loop.add_writer(b, writable.set)
            await writable.wait()
            b.send(b"x")
            assert await ready == b"x"
            loop.remove_reader(a)
            loop.remove_writer(b)

    run(main())


def test_what_sock_accept_and_sock_connect_do() -> None:
    """The guide says of one that it works with an address of ours, of the other why it
    does not."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()  # typed for socket.socket alone
        with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
            listener.listen()
            with netsocket.new_inet_stream() as sock:
                with pytest.raises(TypeError, match="AddrInfo expected, got tuple"):
                    await loop.sock_connect(sock, ("127.0.0.1", 1))
                await loop.sock_connect(sock, listener.getsockname())
                unpacked = pytest.raises(TypeError, match="aio.accept")
                with unpacked, pytest.warns(ResourceWarning):
                    await loop.sock_accept(listener)

    run(main())
