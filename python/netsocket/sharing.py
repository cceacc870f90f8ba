"""Sockets for another process: once this module is imported, multiprocessing takes a
Socket where it takes a socket.socket, as an argument of a Process and through pipes and
queues.
"""

from __future__ import annotations

import os as _os
from multiprocessing import reduction as _reduction
from typing import Any as _Any

from . import Socket as _Socket
from . import wrap as _wrap


def _made(handle: _Any, timeout: float) -> _Socket:
    """In the other process. Blocking mode is the open socket's, a timeout this one's."""
    fd = handle.detach()
    try:
        sock = _wrap(fd, False)
    except BaseException:
        _os.close(fd)
        raise
    sock.timeout(timeout)
    return sock


def _reduced(sock: _Socket) -> tuple[_Any, ...]:
    timeout = sock.timeout()  # a closed one ends here
    return _made, (_reduction.DupFd(sock.fd()), timeout)


_reduction.register(_Socket, _reduced)
