"""TLS in memory: what has been received and what is to be sent, no socket."""

from __future__ import annotations

import errno
import ssl
import threading
from collections import deque
from itertools import repeat

from .. import AddrInfo
from .._idna import encoded
from .failures import CUT, failure, words_of

RECORD = 16384  # bytes of plain text that a record has at most
LOST = "a call was interrupted while it decrypted, and a record may be lost"
WHOLE = RECORD + 22  # bytes of it as TLS 1.3 sends it


class Engine:
    """An SSLObject between two memory BIOs, for one thread at a time: OpenSSL's calls run
    without the interpreter's lock. A signal handler may close the connection while its
    own thread is inside, so the lock is one that a thread may take again.
    """

    def __init__(
        self, context: ssl.SSLContext, server_side: bool, host: str | None
    ) -> None:
        self.lock = threading.RLock()
        self.received = ssl.MemoryBIO()
        self.encrypted = ssl.MemoryBIO()
        if host is not None and not host.isascii():
            host = encoded(host).decode()  # as the resolver was asked for it
        self.ssl = context.wrap_bio(self.received, self.encrypted, server_side, host)
        self.address: AddrInfo | None = None
        self.closed = False
        self.plain: deque[bytes] = deque()  # decrypted, what each record had
        self.cut = False  # no more bytes come
        self._ended = False  # the peer has said close-notify
        self._shut = False  # and this end
        # Why nothing is received any more, after what has come before.
        self._broken: tuple[int, str, Exception | None] | None = None

    @property
    def peer(self) -> str | None:
        """The subject of errors."""
        return str(self.address or "") or None

    def closes(self) -> bool:
        """Whether this call is the one that closes the connection."""
        with self.lock:
            was, self.closed = self.closed, True
        return not was

    def check(self, op: str) -> None:
        """OpenSSL would call what follows our own close-notify a breach of the peer's."""
        if self.closed:
            raise failure(errno.EBADF, op)

    def fails(self, error: ssl.SSLError, op: str) -> OSError:
        """The failure that OpenSSL speaks of, which is the end of the connection."""
        self._breaks(errno.EPROTO, words_of(error), error)
        return failure(errno.EPROTO, op, words_of(error), self.peer)

    def _breaks(self, code: int, words: str, cause: Exception | None = None) -> None:
        self._broken = self._broken or (code, words, cause)

    def idle(self) -> bool:
        """Whether nothing can be decrypted before more comes, which may come still."""
        there = self.plain or self.received.pending
        # A close-notify puts by what is there after _shut is set: it is looked at last.
        return not (there or self._ended or self._broken or self.cut or self._shut)

    def feed(self, data: bytes) -> None:
        """Takes what the socket has received; no bytes: its end."""
        with self.lock:
            if data:
                self.received.write(data)
            else:
                self.cut = True

    def handshake(self) -> bool:
        """Goes on with the handshake as far as it comes: whether that is its end."""
        with self.lock:
            try:
                self.ssl.do_handshake()
            except ssl.SSLWantReadError:
                if self.cut:
                    raise failure(errno.EPROTO, "handshake", CUT, self.peer) from None
                return False
            except ssl.SSLError as error:
                raise self.fails(error, "handshake") from error
        return True

    def decrypt(
        self, op: str, fed: bytes | None = None, every: bool = False
    ) -> bytes | None:
        """The bytes of a record, or of every one that is there; none at the end; None
        where more have to be received. fed: what the socket has received before, as of
        feed. Among what comes in a renegotiation may be data, which OpenSSL takes in a
        read alone: no write may come between.

        An end of the socket is none of TLS: contexts of Python take it for one, so
        OpenSSL does not hear of it.
        """
        plain, received = self.plain, self.received
        with self.lock:
            if self.closed:
                raise failure(errno.EBADF, op)
            if fed:
                received.write(fed)
            elif fed is not None:
                self.cut = True
            # Nothing is left that a renegotiation of TLS 1.2 would come upon in a write.
            while received.pending and not self._broken and self._decrypt():
                pass
            if not plain:
                return self._nothing(op)
            if not every:
                return plain.popleft()
            data = b"".join(plain)
            plain.clear()
            return data

    def _decrypt(self) -> bool:
        """Decrypts some of the records that are there: whether more may be."""
        plain, read = self.plain, self.ssl.read
        count = self.received.pending // WHOLE
        try:
            if count > 1:
                # Those before one that fails, or is there in part, are kept.
                plain.extend(map(read, repeat(RECORD, count)))
            else:
                plain.append(read(RECORD))
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLZeroReturnError:  # the peer's close-notify, after our own
            self._ended = True
            return False
        except ssl.SSLError as error:
            self._breaks(errno.EPROTO, words_of(error), error)
            return False
        except BaseException:  # a signal handler's, or for want of memory
            self._breaks(errno.EPROTO, LOST)
            raise
        if plain[-1]:
            return True
        self._ended = True
        while plain and not plain[-1]:
            plain.pop()
        return False

    def _nothing(self, op: str) -> bytes | None:
        if self._ended:
            return b""
        if self.cut and not self._broken:
            self._breaks(errno.EPROTO, CUT)
        if self._broken:
            code, words, cause = self._broken
            raise failure(code, op, words, self.peer) from cause
        return None

    def encrypt(self, view: memoryview | bytes, op: str) -> int:
        """Encrypts: how many bytes, fewer while OpenSSL has to receive first."""
        at = 0
        with self.lock:
            self.check(op)
            if self._shut:
                raise failure(errno.EPIPE, op, subject=self.peer)
            try:
                at = self.ssl.write(view)
                while at < len(view):
                    at += self.ssl.write(view[at:])
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError as error:
                raise self.fails(error, op) from error
        return at

    def close_notify(self) -> None:
        """Encrypts the word that nothing follows; a broken connection has none. OpenSSL
        then takes what it has for the peer's answer: what is still to be decrypted, by
        the call that receives, is put by meanwhile."""
        with self.lock:
            if self._shut:
                return
            self._shut = True
            received = self.received.read()
            try:
                self.ssl.unwrap()
            except ssl.SSLError:
                pass
            finally:
                if received:
                    self.received.write(received)
