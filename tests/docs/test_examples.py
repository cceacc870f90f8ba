"""The examples that README.md does not show."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from fronts.agent_process import lua_command
from peers import Peers

from .programs import EXAMPLES, command, environment, run, server


@pytest.fixture
def file(folder: Path) -> Path:
    """More than a socket's buffers hold."""
    made = folder / "file"
    made.write_bytes(b"all work and no play\n" * 400_000)
    return made


def test_demo() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "demo.py")],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=55,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" yes") >= 13
    assert " NO" not in done.stdout


@pytest.mark.parametrize("client", ["file_client.lua", "file_client.py"])
def test_file_that_ends_early(client: str, file: Path) -> None:
    """A server that is killed in the middle is a failure, not a shorter file."""
    with server("file_server.lua", "127.0.0.1:0", str(file)) as (process, at):
        with subprocess.Popen(
            [*command(client), str(EXAMPLES / client), at],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        ) as receiving:
            assert receiving.stdout is not None
            receiving.stdout.read(1)  # it has begun, and the pipe is soon full
            process.kill()
            process.wait()
            _, error = receiving.communicate(timeout=30)
    assert receiving.returncode == 1
    assert b"has left early" in error or b"ECONNRESET" in error or b"[Errno 104]" in error


def test_file_server_outlives_a_client(file: Path) -> None:
    with server("file_server.lua", "127.0.0.1:0", str(file), "2") as (process, at):
        host, _, port = at.rpartition(":")
        with socket.create_connection((host, int(port))) as rude:
            rude.recv(1)
        done = run("file_client.py", at)
        assert process.wait(30) == 0
    assert (done.returncode, done.stdout) == (0, file.read_text())


def test_http_answer_other_than_200(peers: Peers) -> None:
    listener = peers.listener()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with subprocess.Popen(
        [lua_command(), str(EXAMPLES / "http_get.lua"), url],
        stderr=subprocess.PIPE,
        env=environment(),
    ) as getting:
        peer = peers.accept(listener)
        peer.recv(4096)
        peer.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")
        peer.close()
        _, error = getting.communicate(timeout=30)
    assert getting.returncode == 1
    assert b"the server says 404 Not Found" in error


def test_poller_of_cqueues() -> None:
    probe = subprocess.run(
        [lua_command(), "-e", "require 'cqueues'"], capture_output=True
    )
    if probe.returncode != 0:
        pytest.skip("cqueues is not installed")
    with server("echo_server.lua", "0") as (_, at):
        done = run("cqueues_poller.lua", at.rpartition(":")[2], "50")
    assert (done.stdout, done.stderr) == ("50 clients\n", "")
