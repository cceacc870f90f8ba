"""The fault build's own eyes: a tracker that saw nothing would prove nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from support.fronts.front import Handle

from .child import Net
from .lua_child import LuaChild
from .plan import Rule
from .setup import Setup, done

LANGUAGES = pytest.mark.parametrize("fault_net", ["python", "lua"], indirect=True)

# Deeper than any call before: the first collection makes the frames of its own call and
# frees all others, so that none is left for a finalizer that the second would call.
LOSE = """
local socket = require 'net.socket'
local function deep(n)
  if n > 0 then return (deep(n - 1)) end
  fault.call(0, 0, collectgarbage)
  for _ = 1, 3 do socket.new_unix_stream() end
  fault.call(0, 1 << 40, collectgarbage)
end
deep(100)
"""


def two_owners(setup: Setup, own: Handle) -> None:
    setup.front.call("wrap", own.fd().value)


def closed_twice(setup: Setup, own: Handle) -> None:
    fd = own.fd().value
    done(setup.front.module.close(fd))
    own.close()


def used_after_close(setup: Setup, own: Handle) -> None:
    fd = own.fd().value
    done(setup.front.module.close(fd))
    own.send(b"x")


@LANGUAGES
@pytest.mark.parametrize(
    ("misuse", "reason"),
    [
        (two_owners, "two owners"),
        (closed_twice, "closed twice"),
        (used_after_close, "used after it was closed"),
    ],
)
def test_h008_the_ledger_aborts(
    setup: Setup, misuse: Callable[[Setup, Handle], None], reason: str
) -> None:
    """What works by luck in every other build ends the child here."""
    own, _peer = setup.pair()
    with suppress(AssertionError, EOFError, OSError):  # of the dead child
        misuse(setup, own)
    assert reason in setup.net.plan.reason


@LANGUAGES
def test_h120_the_loop_guard_aborts(setup: Setup) -> None:
    own, _peer = setup.pair()
    with suppress(AssertionError, EOFError, OSError):
        with setup.net.plan.armed(Rule("send", 4, times=1000), limit=20):
            own.send(b"x")
    assert "more system calls" in setup.net.plan.reason


@LANGUAGES
def test_every_system_call_is_counted(setup: Setup) -> None:
    assert {"socket", "close", "ppoll", "getaddrinfo", "malloc"} <= set(
        setup.net.plan.names
    )


@pytest.mark.parametrize("fault_net", ["lua"], indirect=True)
def test_h110_a_lost_finalizer(fault_net: Net) -> None:
    """Lua drops a finalizer that it has no memory to call; the state closes in the end
    what no one else will."""
    front, window = fault_net.front, fault_net.window
    assert isinstance(front, LuaChild)
    front.run(LOSE)
    lost = fault_net.plan.owned()
    window.collect()
    assert fault_net.plan.owned() == lost, "the finalizers were not lost: prove it anew"
    assert len(lost) > 0
    window.end()
    assert not fault_net.plan.owned()
