"""SIGPIPE never gets out, in a process that keeps the signal's default: death.

The Lua child is such a process. Python ignores the signal at its start, so there a
child of its own restores the default first; a runner that ignores it hides the fault.
"""

from __future__ import annotations

import signal

import pytest

from support.fronts import process
from support.fronts.front import Front
from support.net.peers import Peers, reset
from support.processes.children import output_of, run_python

PROGRAM = """
import signal, sys
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
import netsocket

kind, method = sys.argv[1:]
a, b = getattr(netsocket, kind)()
b.close()
seen = []
for _ in range(3):
    try:
        getattr(a, method)(b"x")
    except OSError as error:
        seen.append(type(error).__name__)
a.close()
assert signal.getsignal(signal.SIGPIPE) is signal.SIG_DFL
assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()
print(",".join(seen))
"""


@pytest.mark.parametrize("method", ["send", "write"])
@pytest.mark.parametrize("kind", ["pair_stream", "pair_seqpacket"])
def test_h050_python_with_default_action(kind: str, method: str) -> None:
    seen = output_of(run_python(PROGRAM, kind, method)).strip()
    assert seen == ",".join(["BrokenPipeError"] * 3)


def ignored_signals(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        line = next(line for line in status if line.startswith("SigIgn"))
    return int(line.split()[1], 16)


@pytest.mark.parametrize("method", ["send", "write"])
def test_h050_every_way_of_sending(net: Front, peers: Peers, method: str) -> None:
    """TCP after a reset, a unix pair, with flags: EPIPE, and the process lives."""
    ours, theirs = peers.stream(net)
    reset(theirs)
    names: list[str] = []
    while len(names) < 2:
        outcome = ours.call(method, b"x")
        if outcome.kind == "error":
            names.append(outcome.failure.name)
    assert names[-1] == "EPIPE"
    if net.language == "lua":
        assert not ignored_signals(net.pid) & 1 << (signal.SIGPIPE - 1)
    assert process.descriptors(net.pid)
