"""netsocket.aio: a signal's handler runs while the loop sleeps in its poll.

Each case is a program of its own, because a signal belongs to a whole process.
"""

from __future__ import annotations

import pytest

from python.loops import EACH
from support.machine_lag import LATE
from support.processes.children import output_of, run_python

PROGRAM = f"""
import asyncio, importlib, os, signal, sys, threading, time
import netsocket
from netsocket import aio

MAIN = threading.get_native_id()
ended = threading.Event()

def sleeps():
    with open(f"/proc/self/task/{{MAIN}}/wchan") as file:
        return "poll" in file.read()

def watch(loop):
    until = time.monotonic() + 20
    while not sleeps() and time.monotonic() < until:
        time.sleep(0.005)
    os.kill(os.getpid(), signal.SIGALRM)
    if not ended.wait({LATE}):
        loop.call_soon_threadsafe(print, "the loop slept on")

async def main(how):
    a, b = netsocket.pair_stream()
    call = aio.recv(b)
    ends = {{"close": b.close, "unwrap": b.unwrap, "call": call.close}}
    signal.signal(signal.SIGALRM, lambda *_: ends[how]())
    task = asyncio.create_task(call)
    thread = threading.Thread(target=watch, args=(asyncio.get_running_loop(),))
    thread.start()
    try:
        await task
    except (OSError, RuntimeError) as error:
        print(error)
    ended.set()
    thread.join()
    a.close(), b.close()

loop = importlib.import_module(sys.argv[1]).new_event_loop()
loop.run_until_complete(main(sys.argv[2]))
loop.close()
"""
SAYS = {
    "close": "[Errno 9] recv: Bad file descriptor",
    "unwrap": "[Errno 9] recv: Bad file descriptor",
    "call": "cannot reuse already awaited coroutine",
}


@EACH
@pytest.mark.parametrize("how", SAYS)
def test_what_it_ends_is_heard_of(kind: str, how: str) -> None:
    """The task goes on at once, and not with what wakes the loop next."""
    assert output_of(run_python(PROGRAM, kind, how)).strip() == SAYS[how]
