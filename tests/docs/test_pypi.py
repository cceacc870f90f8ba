"""What the page of the package index shows works, and leads nowhere that is not there."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from support.machine_lag import PATIENCE

from .pages import ROOT
from .programs import blocks, environment, run

PAGE = ROOT / "docs" / "pypi.md"
CLIENT, *SERVERS = (block.code for block in blocks(PAGE))


@pytest.mark.parametrize("code", SERVERS, ids=["plain", "asyncio"])
def test_client_and_server(code: str) -> None:
    """As shown, but for the port, which is the system's choice."""
    listen = "server.listen()\n"
    indent = code[: code.index(listen)].rpartition("\n")[2]
    tells = f"{listen}{indent}print(server.getsockname().port(), flush=True)\n"
    code = code.replace("7000, True", "0, True").replace(listen, tells)
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as server:
        try:
            assert server.stdout is not None
            port = server.stdout.readline().strip()
            done = run("client.py", code=CLIENT.replace("7000", port))
            assert (done.stdout, done.stderr) == ("b'hello\\n'\n", "")
            with socket.create_connection(("127.0.0.1", int(port)), PATIENCE) as client:
                client.sendall(b"one\ntwo\n")
                client.shutdown(socket.SHUT_WR)
                with client.makefile("rb") as answer:
                    assert answer.read() == b"one\ntwo\n"
        finally:
            server.kill()


def test_no_link_is_relative() -> None:
    assert "](" not in PAGE.read_text()
