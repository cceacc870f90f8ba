"""A thread inside a call, for those who close what it waits for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import netsocket
from support.machine_lag import late
from support.net.peers import wait_until

WAKE = late(0.05)  # seconds, those of a quiet machine


class Inside:
    """A call that blocks in a thread; `error` is what it raised."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.error: Any = None
        self.value: Any = None
        self.ended = 0.0
        self._thread = threading.Thread(target=self._run, args=(call,), daemon=True)
        self._thread.start()
        # Off the processor and in a system call: it waits in the kernel.
        wait_until(self._waits, "the thread is inside its call")

    def _run(self, call: Callable[[], Any]) -> None:
        try:
            self.value = call()
        except BaseException as error:
            self.error = error
        self.ended = time.monotonic()

    def _waits(self) -> bool:
        with open(f"/proc/self/task/{self._thread.native_id}/syscall") as file:
            number = file.read().split()[0]
        return number not in ("running", "202")  # 202: a futex, the GIL's

    def join(self) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()


def full_pair() -> tuple[Any, Any]:
    a, b = netsocket.pair_stream()
    while True:
        try:
            a.send(b"x" * 65536)
        except BlockingIOError:
            return a, b
