"""An error that no one catches in a coroutine that a poller has woken."""

from __future__ import annotations

import pytest

from lua.schedule import CONCURRENT, ran

PROGRAM = """
local schedulers = require 'schedulers'
local socket = require 'net.socket'
local a, b = table.unpack(assert(socket.pair_stream()))
schedulers.spawn(function()
  WAIT
  error 'this is the reason'
end)
schedulers.spawn(function()
  b:sendable(1)
  EVENT
end)
schedulers.run()
"""


@pytest.mark.parametrize("scheduler", CONCURRENT)
@pytest.mark.parametrize(
    ("wait", "event"),
    [
        ("assert(a:recvline(nil, 60))", "assert(b:sendall 'line\\n')"),
        ("assert(not a:recvable(0.01))", ""),
        ("assert(not a:recvline(nil, 60))", "a:close()"),
    ],
    ids=["ready", "late", "closed"],
)
def test_uncaught_error(scheduler: str, wait: str, event: str) -> None:
    """The program ends with it, and with the line that raised it."""
    text = PROGRAM.replace("WAIT", wait).replace("EVENT", event)
    done = ran(text, scheduler, scheduler)
    assert done.returncode != 0
    assert "stdin:7: this is the reason" in done.stderr
