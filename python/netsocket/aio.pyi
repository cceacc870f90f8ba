import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import Any, Literal, final, overload

from typing_extensions import Buffer, Unpack

from . import (
    AddrInfo,
    IoVec,
    MsgHdr,
    Packet,
    Socket,
    _ConnectOptions,
    _Descriptor,
    _Host,
    _Path,
    _Port,
    _Seconds,
)
from ._tls.loop import Connection

__all__ = [
    "Reader",
    "accept",
    "connect",
    "connect_dgram",
    "connect_inet6_dgram",
    "connect_inet6_stream",
    "connect_inet_dgram",
    "connect_inet_stream",
    "connect_stream",
    "connect_unix_stream",
    "getaddrinfo",
    "getnameinfo",
    "reader",
    "recv",
    "recv_into",
    "recvable",
    "recvall",
    "recvfd",
    "recvfds",
    "recvfrom",
    "recvline",
    "recvmany",
    "recvmsg",
    "send",
    "sendable",
    "sendall",
    "sendfile",
    "sendmany",
    "sendmsg",
    "sendto",
    "serve",
    "tls_client",
    "tls_server",
]

@final
class Reader:
    """Lines, exact counts and marks out of a stream, as coroutines."""

    def __aiter__(self) -> Reader: ...
    def __anext__(self) -> Coroutine[Any, Any, bytes]: ...
    # surface: AIO READER
    def read(self, n: int, sec: _Seconds | None = None) -> Coroutine[Any, Any, bytes]:
        """Read 1 to n bytes, what there is.

        n: the most bytes to take, at least 1.
        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes; b'' at the end of the stream.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EINVAL (ValueError): n below 1, sec negative or NaN. ETIMEDOUT: the
            time is up. EBUSY: another receive is under way. ECONNRESET, EBADF.
        Waits: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    def readexactly(
        self, n: int, sec: _Seconds | None = None
    ) -> Coroutine[Any, Any, bytes]:
        """Read exactly n bytes.

        n: how many; 0 gives an empty string at once.
        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EPROTO: the stream ended before n bytes were there (EndOfStream, which
            is an OSError and an EOFError). EINVAL (ValueError): n negative, sec
            negative or NaN. ETIMEDOUT: the time is up. EBUSY: another receive is
            under way. ECONNRESET, EBADF.
        Waits: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    def readuntil(
        self, mark: Buffer, sec: _Seconds | None = None
    ) -> Coroutine[Any, Any, bytes]:
        """Read up to and with a mark.

        mark: the bytes to look for.
        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EMSGSIZE: no mark within limit bytes; again at each call until read
            takes some. EPROTO: the stream ended without the mark (EndOfStream).
            EINVAL (ValueError): an empty mark, sec negative or NaN. ETIMEDOUT: the
            time is up. EBUSY: another receive is under way. ECONNRESET, EBADF.
        Waits: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    def readline(self, sec: _Seconds | None = None) -> Coroutine[Any, Any, bytes]:
        """Read a line with its newline; the last one may have none.

        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes; b'' at the end of the stream.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EMSGSIZE: no newline within limit bytes. EINVAL (ValueError): sec
            negative or NaN. ETIMEDOUT: the time is up. EBUSY: another receive is
            under way. ECONNRESET, EBADF.
        Waits: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    def line(self, sec: _Seconds | None = None) -> Coroutine[Any, Any, bytes | None]:
        """Read a whole line and return it without its newline.

        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes; None at the end of the stream.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EPROTO: the stream ended in the middle of a line (EndOfStream).
            EMSGSIZE: no newline within limit bytes. EINVAL (ValueError): sec negative
            or NaN. ETIMEDOUT: the time is up. EBUSY: another receive is under way.
            ECONNRESET, EBADF.
        Waits: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    def lines(self, sec: _Seconds | None = None) -> AsyncIterator[bytes]:
        """Return an iterator of the lines, each waited for at most sec seconds.

        sec: how long each line may take, in seconds; left out, without a limit.

        Returns: an iterator.
        Errors: none; the iterator raises those of line.
        Waits: never; each step of the iterator as line does.
        Source: recv(2), poll(2).
        """
    def readall(
        self, max: int, sec: _Seconds | None = None
    ) -> Coroutine[Any, Any, bytes]:
        """Read everything to the end of the stream, at most max bytes.

        max: the most bytes to take, 0 or more.
        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EMSGSIZE: more than max bytes. EINVAL (ValueError): max negative, sec
            negative or NaN. ETIMEDOUT: the time is up. EBUSY: another receive is
            under way. ECONNRESET, EBADF.
        Waits: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    def peek(self, n: int, sec: _Seconds | None = None) -> Coroutine[Any, Any, bytes]:
        """Return the next n bytes without taking them, fewer only at the end.

        n: how many, 1 to limit.
        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes; b'' at the end of the stream.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EINVAL (ValueError): n below 1 or above limit, sec negative or NaN.
            ETIMEDOUT: the time is up. EBUSY: another receive is under way.
            ECONNRESET, EBADF.
        Waits: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    # surface: end

# surface: AIO
@overload
def accept(
    sock: Socket,
    sec: _Seconds | None = None,
    with_ai: Literal[False] | None = False,
    patient: bool | None = False,
) -> Coroutine[Any, Any, Socket]:
    """Take the next connection, with its peer's address when asked.

    sock: a listening Socket.
    sec: how long at most; None, the default, without a limit; 0 is one attempt.
    with_ai: true asks for the peer's address as well; false by default.
    patient: true waits out EMFILE and ENFILE as well: it tries again after pauses
        of 1 to 50 ms, in which other tasks run, until sec seconds have passed;
        false by default.

    Errors: EMFILE, ENFILE, ENOBUFS, ENOMEM: the connection stays in the queue.
        EINVAL: not listening. ETIMEDOUT, EBADF, EBUSY.
    Waits: for a connection, at most sec seconds.
    Cancelled: it has taken none; the next one that comes is there for the next
        call.
    """

@overload
def accept(
    sock: Socket,
    sec: _Seconds | None = None,
    *,
    with_ai: Literal[True],
    patient: bool | None = False,
) -> Coroutine[Any, Any, tuple[Socket, AddrInfo]]:
    """Take the next connection, with its peer's address when asked.

    sock: a listening Socket.
    sec: how long at most; None, the default, without a limit; 0 is one attempt.
    with_ai: true asks for the peer's address as well; false by default.
    patient: true waits out EMFILE and ENFILE as well: it tries again after pauses
        of 1 to 50 ms, in which other tasks run, until sec seconds have passed;
        false by default.

    Errors: EMFILE, ENFILE, ENOBUFS, ENOMEM: the connection stays in the queue.
        EINVAL: not listening. ETIMEDOUT, EBADF, EBUSY.
    Waits: for a connection, at most sec seconds.
    Cancelled: it has taken none; the next one that comes is there for the next
        call.
    """

@overload
def accept(
    sock: Socket,
    sec: _Seconds | None,
    with_ai: Literal[True],
    patient: bool | None = False,
) -> Coroutine[Any, Any, tuple[Socket, AddrInfo]]:
    """Take the next connection, with its peer's address when asked.

    sock: a listening Socket.
    sec: how long at most; None, the default, without a limit; 0 is one attempt.
    with_ai: true asks for the peer's address as well; false by default.
    patient: true waits out EMFILE and ENFILE as well: it tries again after pauses
        of 1 to 50 ms, in which other tasks run, until sec seconds have passed;
        false by default.

    Errors: EMFILE, ENFILE, ENOBUFS, ENOMEM: the connection stays in the queue.
        EINVAL: not listening. ETIMEDOUT, EBADF, EBUSY.
    Waits: for a connection, at most sec seconds.
    Cancelled: it has taken none; the next one that comes is there for the next
        call.
    """

def connect(
    ai: AddrInfo, conndeadl: _Seconds | None = None, **options: Unpack[_ConnectOptions]
) -> Coroutine[Any, Any, Socket]:
    """Open a socket connected to an address.

    ai: an AddrInfo.
    conndeadl: seconds for the whole call; 0 is one attempt.
    options: as the plain calls have them, by name.

    Errors: as socket.connect: ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, ETIMEDOUT,
        EMFILE.
    Waits: for the connection, at most conndeadl seconds. Nothing in it blocks the
        loop.
    Cancelled: it leaves nothing: the socket is closed.
    """

def connect_dgram(
    host: _Host,
    port: _Port,
    conndeadl: _Seconds | None = None,
    **options: Unpack[_ConnectOptions],
) -> Coroutine[Any, Any, Socket]:
    """Open a UDP socket with a peer, over IPv6 or IPv4.

    host: a name or a numeric address, str or bytes; None is loopback.
    port: an integer, a decimal text, or the name of a service.
    conndeadl: seconds for the name.
    options: as the plain calls have them, by name.

    Errors: as the plain calls: EAI_NONAME, EAI_AGAIN, EAI_SERVICE, ENETUNREACH,
        EHOSTUNREACH, EACCES, EMFILE.
    Waits: for the name, at most conndeadl seconds; in digits it needs no
        resolver.
    Cancelled: it leaves no socket. A resolver that is still asked ends by itself,
        and its answer is freed.
    """

def connect_inet6_dgram(
    host: _Host,
    port: _Port,
    conndeadl: _Seconds | None = None,
    **options: Unpack[_ConnectOptions],
) -> Coroutine[Any, Any, Socket]:
    """Open a UDP socket with a peer, over IPv6.

    host: a name or a numeric address, str or bytes; None is loopback.
    port: an integer, a decimal text, or the name of a service.
    conndeadl: seconds for the name.
    options: as the plain calls have them, by name.

    Errors: as the plain calls: EAI_NONAME, EAI_AGAIN, EAI_SERVICE, ENETUNREACH,
        EHOSTUNREACH, EACCES, EMFILE.
    Waits: for the name, at most conndeadl seconds; in digits it needs no
        resolver.
    Cancelled: it leaves no socket. A resolver that is still asked ends by itself,
        and its answer is freed.
    """

def connect_inet6_stream(
    host: _Host,
    port: _Port,
    conndeadl: _Seconds | None = None,
    **options: Unpack[_ConnectOptions],
) -> Coroutine[Any, Any, Socket]:
    """Open a TCP connection over IPv6.

    host: a name or a numeric address, str or bytes; None is loopback.
    port: an integer, a decimal text, or the name of a service.
    conndeadl: seconds for the name, every address and every retry together.
    options: as the plain calls have them, by name.

    Errors: as the plain calls: EAI_NONAME, EAI_AGAIN, EAI_SERVICE, ECONNREFUSED,
        ENETUNREACH, EHOSTUNREACH, ETIMEDOUT, EMFILE.
    Waits: for the name and the connection, at most conndeadl seconds. A name that
        needs the resolver is looked up on a thread of the library, one for each
        family, so a slow resolver holds nothing up. The times of connect_stream
        are those of the race.
    Cancelled: it leaves no socket. A resolver that is still asked ends by itself,
        and its answer is freed.
    """

def connect_inet_dgram(
    host: _Host,
    port: _Port,
    conndeadl: _Seconds | None = None,
    **options: Unpack[_ConnectOptions],
) -> Coroutine[Any, Any, Socket]:
    """Open a UDP socket with a peer, over IPv4.

    host: a name or a numeric address, str or bytes; None is loopback.
    port: an integer, a decimal text, or the name of a service.
    conndeadl: seconds for the name.
    options: as the plain calls have them, by name.

    Errors: as the plain calls: EAI_NONAME, EAI_AGAIN, EAI_SERVICE, ENETUNREACH,
        EHOSTUNREACH, EACCES, EMFILE.
    Waits: for the name, at most conndeadl seconds; in digits it needs no
        resolver.
    Cancelled: it leaves no socket. A resolver that is still asked ends by itself,
        and its answer is freed.
    """

def connect_inet_stream(
    host: _Host,
    port: _Port,
    conndeadl: _Seconds | None = None,
    **options: Unpack[_ConnectOptions],
) -> Coroutine[Any, Any, Socket]:
    """Open a TCP connection over IPv4.

    host: a name or a numeric address, str or bytes; None is loopback.
    port: an integer, a decimal text, or the name of a service.
    conndeadl: seconds for the name, every address and every retry together.
    options: as the plain calls have them, by name.

    Errors: as the plain calls: EAI_NONAME, EAI_AGAIN, EAI_SERVICE, ECONNREFUSED,
        ENETUNREACH, EHOSTUNREACH, ETIMEDOUT, EMFILE.
    Waits: for the name and the connection, at most conndeadl seconds. A name that
        needs the resolver is looked up on a thread of the library, one for each
        family, so a slow resolver holds nothing up. The times of connect_stream
        are those of the race.
    Cancelled: it leaves no socket. A resolver that is still asked ends by itself,
        and its answer is freed.
    """

def connect_stream(
    host: _Host,
    port: _Port,
    conndeadl: _Seconds | None = None,
    **options: Unpack[_ConnectOptions],
) -> Coroutine[Any, Any, Socket]:
    """Open a TCP connection over IPv6 or IPv4, whichever answers first (RFC 8305).

    host: a name or a numeric address, str or bytes; None is loopback.
    port: an integer, a decimal text, or the name of a service.
    conndeadl: seconds for the name, every address and every retry together.
    options: as the plain calls have them, by name.

    Errors: as the plain calls: EAI_NONAME, EAI_AGAIN, EAI_SERVICE, ECONNREFUSED,
        ENETUNREACH, EHOSTUNREACH, ETIMEDOUT, EMFILE.
    Waits: for the name and the connection, at most conndeadl seconds. A name that
        needs the resolver is looked up on a thread of the library, one for each
        family, so a slow resolver holds nothing up. The times of connect_stream
        are those of the race.
    Cancelled: it leaves no socket. A resolver that is still asked ends by itself,
        and its answer is freed.
    """

def connect_unix_stream(
    pathname: _Path, conndeadl: _Seconds | None = None, **options: Unpack[_ConnectOptions]
) -> Coroutine[Any, Any, Socket]:
    """Open a unix stream connection.

    pathname: str, bytes or a path; with a leading NUL a Linux abstract name.
    conndeadl: seconds for the whole call.
    options: as the plain calls have them, by name.

    Errors: ENOENT, ECONNREFUSED, EACCES, ENAMETOOLONG, ETIMEDOUT, EMFILE.
    Waits: while the queue of the listener is full, at most conndeadl seconds.
    Cancelled: it leaves nothing: the socket is closed.
    """

def getaddrinfo(
    host: _Host = None,
    port: _Port = None,
    family: int | None = 0,
    socktype: int | None = 0,
    protocol: int | None = 0,
    /,
    *flags: int | None,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, list[AddrInfo]]:
    """Resolve a host and a port.

    host: a name or a numeric address, str or bytes; None is loopback, or with
        AI_PASSIVE the wildcard.
    port: an integer, a decimal text, or the name of a service.
    family: AF_INET, AF_INET6 or, by default, AF_UNSPEC for both.
    socktype: a SOCK_ constant; 0, the default, is SOCK_STREAM, or the type that
        protocol goes with.
    protocol: an IPPROTO_ constant; 0, the default, is any.
    *flags: AI_ constants.
    sec: how long at most, by keyword only; None, the default, without a limit.

    Errors: EAI_NONAME, EAI_AGAIN, EAI_FAIL, EAI_SERVICE, EAI_FAMILY,
        EAI_SOCKTYPE, EAI_BADFLAGS, EAI_SYSTEM as for the plain call; EAI_MEMORY:
        no thread, and a limit of time. ETIMEDOUT, EMFILE.
    Waits: for the resolver, at most sec seconds, unless host and port are
        numeric: a thread of the library asks it.
    Cancelled: it leaves nothing. A resolver that is still asked ends by itself,
        and its answer is freed.
    """

def getnameinfo(
    ai: AddrInfo, /, *flags: int | None, sec: _Seconds | None = None
) -> Coroutine[Any, Any, dict[str, str]]:
    """Look up host and service names of an address.

    ai: an AddrInfo.
    *flags: NI_ constants. With NI_NUMERICHOST and NI_NUMERICSERV nothing is
        looked up.
    sec: how long at most, by keyword only; None, the default, without a limit.

    Errors: EAI_NONAME, EAI_AGAIN, EAI_FAMILY, EAI_BADFLAGS as for the plain call;
        EAI_MEMORY: no thread, and a limit of time. ETIMEDOUT, EMFILE.
    Waits: for the resolver, at most sec seconds, unless the flags hold
        NI_NUMERICHOST and NI_NUMERICSERV: a thread of the library asks it.
    Cancelled: it leaves nothing. A resolver that is still asked ends by itself,
        and its answer is freed.
    """

def reader(sock: Socket, limit: int | None = 65536, size: int | None = 16384) -> Reader:
    """Make a reader, which takes lines, counts and marks out of a stream.

    sock: a Socket.
    limit: how far a mark or a newline is looked for, 65536 bytes by default.
    size: how much one receive reads ahead at most, 16384 bytes by default.

    Errors: EOPNOTSUPP: not a stream. EBADF: closed.
    Waits: never: this is a plain call.
    Cancelled: it cannot be.
    """

def recv(
    sock: Socket,
    bufsize: int | None = None,
    /,
    *flags: int | None,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, bytes]:
    """Receive at most bufsize bytes.

    sock: a Socket.
    bufsize: how many at most; left out, 4,096 of a stream, 65,536 of a packet.
    *flags: MSG_ flags; with MSG_DONTWAIT, MSG_OOB or MSG_ERRQUEUE nothing is
        waited for, and what would block is a BlockingIOError.
    sec: how long at most, by keyword only; None, the default, without a limit; 0
        is one attempt.

    Errors: ECONNRESET, ETIMEDOUT, EBADF, EBUSY.
    Waits: for something to receive, at most sec seconds.
    Cancelled: it has received nothing; what comes is there for the next receive.
    """

def recv_into(
    sock: Socket,
    buffer: Buffer,
    nbytes: int | None = 0,
    /,
    *flags: int | None,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, int]:
    """Receive into a writable buffer.

    sock: a Socket.
    buffer: a writable C-contiguous buffer, which must not be resized meanwhile.
    nbytes: how much of it to fill at most; 0, the default, all.
    *flags: MSG_ flags; with MSG_DONTWAIT, MSG_OOB or MSG_ERRQUEUE nothing is
        waited for, and what would block is a BlockingIOError.
    sec: how long at most, by keyword only; None, the default, without a limit; 0
        is one attempt.

    Errors: ECONNRESET, ETIMEDOUT, EBADF, EBUSY.
    Waits: for something to receive, at most sec seconds.
    Cancelled: it has received nothing; what comes is there for the next receive.
    """

def recvable(sock: Socket, sec: _Seconds | None = None) -> Coroutine[Any, Any, bool]:
    """Wait until a receive would not block; False when sec seconds have passed.

    sock: a Socket.
    sec: how long at most; None, the default, without a limit; 0 only asks.

    Errors: EBADF: closed. EBUSY: another coroutine waits for this.
    Waits: at most sec seconds; a socket that is ready is not waited for.
    Cancelled: it changes nothing.
    """

def recvall(
    sock: Socket, n: int, sec: _Seconds | None = None
) -> Coroutine[Any, Any, bytes]:
    """Receive exactly n bytes; fewer only where the stream ends.

    sock: a Socket.
    n: how many; 0 is b'' at once.
    sec: how long at most, over all; None, the default, without a limit; 0 is one
        attempt.

    Errors: ECONNRESET, ETIMEDOUT, EOPNOTSUPP, EBADF, EBUSY.
    Waits: for the bytes, at most sec seconds.
    Cancelled: it loses none: the bytes that had come are pending, for the next
        receive.
    """

def recvfd(
    sock: Socket, /, *flags: int | None, sec: _Seconds | None = None
) -> Coroutine[Any, Any, int | None]:
    """Take a message that carries one descriptor.

    sock: a Socket.
    *flags: MSG_ flags; with MSG_DONTWAIT, MSG_OOB or MSG_ERRQUEUE nothing is
        waited for, and what would block is a BlockingIOError.
    sec: how long at most, by keyword only; None, the default, without a limit; 0
        is one attempt.

    Errors: EINVAL: with MSG_PEEK. EBADMSG, ETIMEDOUT, EBADF, EBUSY.
    Waits: for something to receive, at most sec seconds.
    Cancelled: it has received nothing; what comes is there for the next receive.
    """

def recvfds(
    sock: Socket,
    bufsize: int | None = None,
    /,
    *flags: int | None,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, tuple[list[int], bytes]]:
    """Take a message and the descriptors that it carries.

    sock: a Socket.
    bufsize: at most so many bytes, by default as for recv.
    *flags: MSG_ flags; with MSG_DONTWAIT, MSG_OOB or MSG_ERRQUEUE nothing is
        waited for, and what would block is a BlockingIOError.
    sec: how long at most, by keyword only; None, the default, without a limit; 0
        is one attempt.

    Errors: EINVAL: with MSG_PEEK. EMFILE, EMSGSIZE, ETIMEDOUT, EBADF, EBUSY.
    Waits: for something to receive, at most sec seconds.
    Cancelled: it has received nothing; what comes is there for the next receive.
    """

def recvfrom(
    sock: Socket,
    bufsize: int | None = None,
    /,
    *flags: int | None,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, tuple[bytes, AddrInfo | None]]:
    """Receive at most bufsize bytes and the sender's address.

    sock: a Socket.
    bufsize: as of recv.
    *flags: MSG_ flags; with MSG_DONTWAIT, MSG_OOB or MSG_ERRQUEUE nothing is
        waited for, and what would block is a BlockingIOError.
    sec: how long at most, by keyword only; None, the default, without a limit; 0
        is one attempt.

    Errors: ECONNRESET, ETIMEDOUT, EBADF, EBUSY.
    Waits: for something to receive, at most sec seconds.
    Cancelled: it has received nothing; what comes is there for the next receive.
    """

def recvline(
    sock: Socket, *, max: int | None = 65536, sec: _Seconds | None = None
) -> Coroutine[Any, Any, bytes]:
    """Receive up to and with the next newline, at most max bytes.

    sock: a Socket.
    max: the most bytes to take, by keyword only, 65536 by default; a line that is
        longer comes in parts.
    sec: how long at most, over all, by keyword only; None, the default, without a
        limit; 0 is one attempt.

    Errors: ECONNRESET, ETIMEDOUT, EOPNOTSUPP, EBADF, EBUSY.
    Waits: for the line, at most sec seconds.
    Cancelled: it loses nothing: the bytes that had come are pending, for the next
        receive.
    """

def recvmany(
    sock: Socket,
    max: int | None = 64,
    bufsize: int | None = 65536,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, list[Packet]]:
    """Receive at most max packets, each with its sender.

    sock: a Socket.
    max: how many at most, 64 by default, 1 to 1,024.
    bufsize: the room of each, 65,536 by default.
    sec: how long at most; None, the default, without a limit; 0 is one attempt.

    Errors: EOPNOTSUPP: a stream. ETIMEDOUT, EBADF, EBUSY.
    Waits: for something to receive, at most sec seconds.
    Cancelled: it has received nothing; what comes is there for the next receive.
    """

def recvmsg(
    sock: Socket, mh: MsgHdr, /, *flags: int | None, sec: _Seconds | None = None
) -> Coroutine[Any, Any, int]:
    """Receive a message with its sender and control data.

    sock: a Socket.
    mh: a MsgHdr, which nothing else may use until the coroutine has ended.
    *flags: MSG_ flags; with MSG_DONTWAIT, MSG_OOB or MSG_ERRQUEUE nothing is
        waited for, and what would block is a BlockingIOError.
    sec: how long at most, by keyword only; None, the default, without a limit; 0
        is one attempt.

    Errors: EMSGSIZE, ECONNRESET, ETIMEDOUT, EBADF, EBUSY.
    Waits: for something to receive, at most sec seconds.
    Cancelled: it has received nothing; what comes is there for the next receive.
    """

def send(
    sock: Socket, msg: Buffer, /, *flags: int | None, sec: _Seconds | None = None
) -> Coroutine[Any, Any, int]:
    """Send bytes and return how many were taken.

    sock: a Socket.
    msg: any C-contiguous buffer, which must not be resized meanwhile.
    *flags: MSG_ flags; with MSG_DONTWAIT, MSG_OOB or MSG_ERRQUEUE nothing is
        waited for, and what would block is a BlockingIOError.
    sec: how long at most, by keyword only; None, the default, without a limit; 0
        is one attempt.

    Errors: EPIPE, ECONNRESET, EMSGSIZE, ETIMEDOUT, EBADF, EBUSY.
    Waits: for room in the send buffer, at most sec seconds.
    Cancelled: it has sent nothing.
    """

def sendable(sock: Socket, sec: _Seconds | None = None) -> Coroutine[Any, Any, bool]:
    """Wait until a send would not block; False when sec seconds have passed.

    sock: a Socket.
    sec: how long at most; None, the default, without a limit; 0 only asks.

    Errors: EBADF: closed. EBUSY: another coroutine waits for this.
    Waits: at most sec seconds; a socket that is ready is not waited for.
    Cancelled: it changes nothing.
    """

def sendall(
    sock: Socket,
    msg: Buffer | list[Any] | tuple[Buffer, ...] | IoVec,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, int]:
    """Send all of a message, or all pieces of a list; its length.

    sock: a Socket.
    msg: any C-contiguous buffer, which must not be resized meanwhile; or a list,
        a tuple or an IoVec of pieces, which are sent one after the other without
        being copied together.
    sec: how long at most, over all; None, the default, without a limit; 0 is one
        attempt.

    Errors: EPIPE, ECONNRESET, ETIMEDOUT, EBADF, EBUSY.
    Waits: for room in the send buffer, at most sec seconds.
    Cancelled: it has sent a part of unknown size; a stream cannot be used any
        more.
    """

def sendfile(
    sock: Socket,
    file: _Descriptor,
    bytes: int,
    offset: int | None = 0,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, int]:
    """Send part of a file.

    sock: a Socket.
    file: a descriptor, or an object with fileno(), whose flush(), if it has one,
        is called before. It may be closed meanwhile.
    bytes: how many.
    offset: where to begin, 0 by default.
    sec: how long at most; None, the default, without a limit; 0 is one attempt.

    Errors: EMFILE: the call needs a descriptor of its own. ESPIPE, EPIPE,
        ECONNRESET, ETIMEDOUT, EBADF, EBUSY.
    Waits: for the disk, and for room in the send buffer, at most sec seconds.
    Cancelled: it has sent nothing.
    """

def sendmany(
    sock: Socket,
    msgs: list[Any] | tuple[Buffer, ...] | IoVec,
    to: AddrInfo | Sequence[AddrInfo] | None = None,
    /,
    *flags: int | None,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, int]:
    """Send many packets and return how many were taken.

    sock: a Socket.
    msgs: a list, a tuple or an IoVec, a packet each.
    to: the AddrInfo of all, or a list of as many; left out, the peer.
    *flags: MSG_ flags; with MSG_DONTWAIT, MSG_OOB or MSG_ERRQUEUE nothing is
        waited for, and what would block is a BlockingIOError.
    sec: how long at most, by keyword only; None, the default, without a limit; 0
        is one attempt.

    Errors: EOPNOTSUPP: a stream. EPIPE, ECONNRESET, EMSGSIZE, ETIMEDOUT, EBADF,
        EBUSY.
    Waits: for room in the send buffer, at most sec seconds.
    Cancelled: it has sent nothing.
    """

def sendmsg(
    sock: Socket, mh: MsgHdr, /, *flags: int | None, sec: _Seconds | None = None
) -> Coroutine[Any, Any, int]:
    """Send a message with its address and control data.

    sock: a Socket.
    mh: a MsgHdr, which nothing else may use until the coroutine has ended.
    *flags: MSG_ flags; with MSG_DONTWAIT, MSG_OOB or MSG_ERRQUEUE nothing is
        waited for, and what would block is a BlockingIOError.
    sec: how long at most, by keyword only; None, the default, without a limit; 0
        is one attempt.

    Errors: EPIPE, ECONNRESET, EMSGSIZE, ETIMEDOUT, EBADF, EBUSY.
    Waits: for room in the send buffer, at most sec seconds.
    Cancelled: it has sent nothing.
    """

def sendto(
    sock: Socket,
    msg: Buffer,
    ai: AddrInfo,
    /,
    *flags: int | None,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, int]:
    """Send bytes to an address.

    sock: a Socket.
    msg: as of send.
    ai: an AddrInfo.
    *flags: MSG_ flags; with MSG_DONTWAIT, MSG_OOB or MSG_ERRQUEUE nothing is
        waited for, and what would block is a BlockingIOError.
    sec: how long at most, by keyword only; None, the default, without a limit; 0
        is one attempt.

    Errors: EPIPE, ECONNRESET, EMSGSIZE, ETIMEDOUT, EBADF, EBUSY.
    Waits: for room in the send buffer, at most sec seconds.
    Cancelled: it has sent nothing.
    """

# surface: end

async def serve(
    listener: Socket,
    handler: Callable[[Socket], Awaitable[object]],
    limit: int | None = None,
) -> None: ...
async def tls_client(
    sock: Socket,
    context: ssl.SSLContext,
    host: str | None,
    sec: _Seconds | None = None,
) -> Connection: ...
async def tls_server(
    sock: Socket, context: ssl.SSLContext, sec: _Seconds | None = None
) -> Connection: ...
