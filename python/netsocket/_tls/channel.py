"""A socket with TLS: what waits is a coroutine, run by any loop or none."""

from __future__ import annotations

import errno
import math
import os
import sys
import threading
import warnings
from typing import NoReturn, Protocol

from .. import MSG_DONTWAIT, MSG_MORE, Deadline, Socket, deadline
from .._arguments import bad_value
from .engine import RECORD, WHOLE, Engine
from .failures import failure, named
from .types import Limit

BATCH = 4 * WHOLE  # received at a time
PAUSE = 0.01  # seconds
AHEAD = 1 << 20  # bytes that a call that sends may receive of a peer that renegotiates


class Loop(Protocol):
    def is_closed(self) -> bool: ...


class Waits(Protocol):
    """How a channel waits: in place, or in a loop."""

    def __init__(self, sock: Socket) -> None: ...
    async def receive(self, limit: Limit) -> bytes:
        """At least a byte; none at the end. Takes nothing where it fails."""

    async def send(self, view: memoryview, limit: Limit) -> int:
        """At least a byte. The exception has in done what has gone."""

    async def pause(self, sec: float) -> None: ...
    def loop(self) -> Loop | None:
        """That in which a call waits, if it does that in one."""


class Single:
    """Neither copied nor pickled, as a socket is not: there is no doubt who closes it."""

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"cannot pickle {type(self)}")


class Turn:
    """A direction's, and what the call that has it does. One that takes it over from a
    call whose loop has closed makes a new one."""

    def __init__(self) -> None:
        lock = threading.Lock()
        self.acquire, self.release, self.locked = lock.acquire, lock.release, lock.locked
        self.loop: Loop | None = None
        self.batch: bytes | memoryview = b""  # plain bytes that it sends
        self.data = b""  # encrypted ones that are on their way
        self.sent = 0  # how many of them have gone


class Channel(Single):
    """One call at a time receives, and one sends."""

    def __init__(self, sock: Socket, waits: type[Waits], engine: Engine) -> None:
        self.sock = sock
        self.engine = engine
        self.store = bytearray()  # received, decrypted and not read
        self.reading = Turn()  # of the call that receives
        self.writing = Turn()  # of the call that sends
        self.waits = waits(sock)
        self._process = os.getpid()
        self._left = b""  # encrypted bytes, which go first
        self._begun = b""  # plain bytes that have been encrypted and not sent to the end

    # ------------------------------------------------------------------ arguments

    def check(self, op: str) -> None:
        self.engine.check(op)

    def limit(self, sec: Limit, op: str) -> Limit:
        self.check(op)
        return limit_of(self.sock, sec, op)

    def hold(self, writes: bool, op: str) -> Turn:
        """A second call would take or send bytes between those of the first. What it
        gives goes to free."""
        self.check(op)
        loop = self.waits.loop()
        turn = self.writing if writes else self.reading
        if not turn.acquire(False):
            with self.engine.lock:  # one that sends may have had it for a moment
                if not turn.acquire(False):
                    turn = self._take_over(writes, op)
        turn.loop = loop
        return turn

    def free(self, turn: Turn) -> None:
        if turn is self.reading or turn is self.writing:  # else it has been taken over
            turn.loop = None
            turn.release()

    def _take_over(self, writes: bool, op: str) -> Turn:
        """A call whose loop has closed never goes on. What it has in hand is left for the
        next one, and what it does when it is collected changes nothing any more."""
        loop = (self.writing if writes else self.reading).loop
        if loop is None or not loop.is_closed():
            words = "another call is under way"
            raise failure(errno.EBUSY, op, words, self.engine.peer)
        turn = Turn()
        turn.acquire()
        if writes:
            self._begins(self.writing)
            self._lands(self.writing)
            self.writing = turn
        else:
            self.reading = turn
        return turn

    # ------------------------------------------------------------------ receiving

    def try_receive(self, op: str, every: bool, fed: bytes | None = None) -> bytes | None:
        """What a record has of what has come, or all; none at the end; None: it has to
        wait."""
        engine = self.engine
        data = engine.decrypt(op, fed, every)
        if engine.encrypted.pending or self._left:
            self.push()
        return data

    async def receive(self, limit: Limit, op: str, every: bool) -> bytes:
        """The same once more has come; the call that tried in vain waits for it."""
        while True:
            wait = self._short(limit)
            fed = None
            try:
                fed = await self.waits.receive(wait)
            except OSError as error:
                if wait is limit or not getattr(error, "timeout", False):
                    raise named(error, op) from error.__cause__
            data = self.try_receive(op, every, fed)
            if data is not None:
                return data

    def _short(self, limit: Limit) -> Limit:
        """While an answer of OpenSSL's has no room, a receive looks at that too; its last
        wait is within the limit itself, whose words its error has."""
        if not self._left or self.writing.data or _left(limit) <= PAUSE:
            return limit
        return PAUSE

    def push(self, flags: int = 0) -> None:
        """Sends at once what OpenSSL has to say, as far as there is room."""
        with self.engine.lock:
            if self.writing.data:
                return  # that call goes on with it
            data = self._left + self.engine.encrypted.read()
            sent = 0
            try:
                if data:
                    sent = self.sock.send(data, MSG_DONTWAIT | flags)
            except OSError:
                pass  # the next receive says so
            self._left = data[sent:]

    # -------------------------------------------------------------------- sending

    async def flush(self, limit: Limit, op: str) -> None:
        """Sends all that is encrypted. What is left goes first the next time."""
        engine, turn = self.engine, self.writing
        while True:
            with engine.lock:
                turn.sent = 0
                turn.data = data = self._left or engine.encrypted.read()
            if not data:
                return
            view = memoryview(data)
            try:
                while turn.sent < len(data):
                    turn.sent += await self.waits.send(view[turn.sent :], limit)
            except BaseException as error:
                turn.sent += getattr(error, "done", 0)
                raise
            finally:
                self._lands(turn)

    # Of a turn that has been taken over both have been done.

    def _lands(self, turn: Turn) -> None:
        if turn.data:
            self._left = turn.data[turn.sent :]
            turn.data = b""

    def _begins(self, turn: Turn) -> None:
        if turn.batch:
            self._begun = self._begun or bytes(turn.batch)
            turn.batch = b""

    async def send(self, view: memoryview, limit: Limit, op: str, most: int) -> int:
        """Encrypts and sends one batch, or goes on with the one that was begun."""
        begun = len(self._begun) or self.engine.encrypt(view[:most], op)
        while not begun:
            await self._answer(limit, op)
            begun = self.engine.encrypt(view[:most], op)
        turn = self.writing
        turn.batch = view[:begun]
        try:
            await self.flush(limit, op)
        except BaseException:
            self._begins(turn)
            raise
        self._begun = turn.batch = b""
        return begun

    async def _answer(self, limit: Limit, op: str) -> None:
        """Sends and receives what OpenSSL has to have before it encrypts: the peer
        renegotiates."""
        await self.flush(limit, op)
        if self._hears(op):
            return
        if _left(limit) == 0:
            late = failure(errno.ETIMEDOUT, op, "the peer renegotiates")
            late.timeout = True
            raise late
        await self.waits.pause(min(PAUSE, _left(limit)))

    def _hears(self, op: str) -> bool:
        """Whether something has come. A call that receives sees to it itself; one that
        begins meanwhile waits for the engine's lock."""
        with self.engine.lock:
            if len(self.store) > AHEAD or not self.reading.acquire(False):
                return False
            try:
                fed = self.sock.recv(BATCH, MSG_DONTWAIT)
                self.store += self.engine.decrypt(op, fed, every=True) or b""
            except BlockingIOError:
                return False
            finally:
                self.reading.release()
        return True

    def same(self, view: memoryview, op: str) -> None:
        """What was begun is sent to its end before anything else."""
        begun = len(self._begun)
        if begun and view[:begun] != self._begun:
            raise bad_value(op, "msg", "a record of other bytes was begun")

    # ------------------------------------------------------- the begin and the end

    async def handshake(self, limit: Limit) -> None:
        while True:
            done = self.engine.handshake()
            try:
                await self.flush(limit, "handshake")
                if done:
                    return
                self.engine.feed(await self.waits.receive(limit))
            except OSError as error:
                raise named(error, "handshake") from error.__cause__

    async def shutdown(self, limit: Limit) -> None:
        await self.flush(limit, "shutdown")
        self._begun = b""
        self.engine.close_notify()
        await self.flush(limit, "shutdown")

    def close(self) -> None:
        """A close-notify goes before where there is room for it at once. A child's would
        end the connection of its parent, of which a thread may hold the engine's lock."""
        if os.getpid() != self._process:
            self.engine.closed = True
            self.sock.close()
            return
        if not self.engine.closes():
            return
        try:
            if not sys.is_finalizing():
                self._farewell()
        finally:  # whatever a signal handler raises
            self.sock.close()

    def _farewell(self) -> None:
        # A close that leaves something unread, be it a ticket of TLS 1.3, resets the
        # connection, and what was sent may be lost with it.
        try:
            if self.sock.recvable(0):
                self.sock.recv(RECORD, MSG_DONTWAIT)
        except OSError:
            pass
        if not self.writing.data and not self._left:
            self.engine.close_notify()
        self.push(MSG_MORE)  # in one segment with the FIN of the close

    # The channel is what every call and reader holds: the connection's object may go
    # before them.

    def __del__(self) -> None:
        if hasattr(self, "_begun") and not self.engine.closed:
            try:
                warnings.warn(f"unclosed {self!r}", ResourceWarning, 2, self)
            finally:  # also where warnings are errors
                self.close()

    def __repr__(self) -> str:
        return f"<netsocket.tls.Connection of {self.sock!r}>"


def limit_of(sock: Socket, sec: Limit, op: str) -> Limit:
    """One deadline for a call; without seconds the socket's timeout, or None."""
    try:
        if sec is None:
            sec = sock.timeout() or None
        return None if sec is None or sec == math.inf else deadline(sec)
    except OSError as error:
        raise named(error, op) from None
    except (TypeError, ValueError) as error:
        raise named(type(error)(str(error).replace("deadline", op, 1)), op) from None


def _left(limit: Limit) -> float:
    if limit is None:
        return math.inf
    return limit.left() if isinstance(limit, Deadline) else limit
