"""Sockets with an address at hand, one deadline, and errors that name the call.

What fails raises the OSError subclass for its errno, or socket.gaierror; what would
block, BlockingIOError; a deadline that passed, TimeoutError with timeout = True; a value
out of range, ValueError or OverflowError. Beside errno and strerror each OSError has
`op`, the system call, and in `filename` the address, path, host or option concerned.
None for an optional argument counts as absent.
"""

import socket as _socket
from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from types import TracebackType
from typing import Any, Final, Literal, NoReturn, Protocol, TypedDict, final, overload

from _typeshed import structseq
from typing_extensions import Buffer, Self, Unpack

from . import addrinfo as addrinfo
from . import cmsghdr as cmsghdr
from . import cmsghdrs as cmsghdrs
from . import device as device
from . import env as env
from . import errors as errors
from . import iovec as iovec
from . import msghdr as msghdr
from ._failure import Attempt as Attempt
from ._failure import Failure as Failure
from ._failure import is_failure as is_failure

_Host = str | bytes | None
_Port = int | str | bytes | None
_Path = str | bytes | PathLike[str] | PathLike[bytes]

class _HasFileno(Protocol):
    def fileno(self) -> int: ...

_Descriptor = int | _HasFileno

@final
class Deadline:
    """A point of time, which every sec takes in place of seconds."""

    # surface: DEADLINE
    def left(self) -> float:
        """Return how many seconds remain, 0 once it has passed.

        Returns: float.
        Errors: none.
        Blocks: never.
        Source: clock_gettime(2) with CLOCK_MONOTONIC.
        """
    # surface: end
    def __reduce__(self) -> NoReturn: ...

_Seconds = float | Deadline
_bytes = bytes  # where a method has the name

__version__: Final[str]

# What an opener may have by name besides its parameters.
class _AnyOptions(TypedDict, total=False):
    # surface: OPTIONS
    cloexec: bool | None
    broadcast: bool | None
    debug: bool | None
    keepalive: bool | None
    oobinline: bool | None
    dontroute: bool | None
    timestamp: bool | None
    rcvbuf: int | None
    sndbuf: int | None
    rcvlowat: int | None
    sndlowat: int | None
    rcvtimeo: float | None
    sndtimeo: float | None
    linger: int | None
    bindtodevice: str | bytes | AddrInfo | None
    tcpnodelay: bool | None
    tcpcork: bool | None
    tcpkeepalive: int | None
    tcpkeepintvl: int | None
    tcpkeepcnt: int | None
    tcpusertimeout: int | None
    mcastloop: bool | None
    mcastttl: int | None
    mcastif: str | bytes | AddrInfo | None
    ipv6only: bool | None
    passcred: bool | None
    tos: int | None
    ttl: int | None
    recvttl: bool | None
    recvtos: bool | None
    recvpktinfo: bool | None
    recvorigdstaddr: bool | None
    recverr: bool | None
    freebind: bool | None
    bindaddressnoport: bool | None
    mtudiscover: int | None
    timestampns: bool | None
    timestamping: int | None
    rxqovfl: bool | None
    mark: int | None
    priority: int | None
    tcpquickack: bool | None
    tcpdeferaccept: int | None
    tcpfastopen: int | None
    tcpfastopenconnect: bool | None
    tcpnotsentlowat: int | None
    tcpcongestion: str | bytes | None
    tcpmaxseg: int | None
    udpsegment: int | None
    udpgro: bool | None
    # surface: end

class _ReuseGiven(_AnyOptions, total=False):
    nonblock: bool | None

class _ModeGiven(_AnyOptions, total=False):
    reuseaddr: bool | None
    reuseport: bool | None

class _Options(_AnyOptions, total=False):
    nonblock: bool | None
    reuseaddr: bool | None
    reuseport: bool | None

class _ConnectOptions(_Options, total=False):
    local_addr: AddrInfo | None
    attempt_delay: float | None

@final
class Socket:
    """A socket: non-blocking and close-on-exec unless asked otherwise.

    Its close wakes calls that other threads have on it; they raise EBADF. Collected
    while open, it is closed with a ResourceWarning.
    """

    # surface: SOCKET PY_SOCKET OPTION
    def fd(self) -> int:
        """Return the descriptor, -1 when closed.

        Returns: int.
        Errors: none.
        Blocks: never.
        Source: no system call.
        """
    def family(self) -> int:
        """Return the address family.

        Returns: int.
        Errors: none.
        Blocks: never.
        Source: no system call; what the kernel was asked when the object was made.
        """
    def socktype(self) -> int:
        """Return the socket type.

        Returns: int.
        Errors: none.
        Blocks: never.
        Source: no system call; what the kernel was asked when the object was made.
        """
    def protocol(self) -> int:
        """Return the protocol.

        Returns: int.
        Errors: none.
        Blocks: never.
        Source: no system call; what the kernel was asked when the object was made.
        """
    def bind(self, ai: AddrInfo) -> Literal[True]:
        """Bind to an address.

        ai: an address of the socket's own family.

        Returns: True.
        Raises: OSError.
        Errors: EAFNOSUPPORT: an address of another family. EINVAL: bound before.
            EADDRINUSE, EADDRNOTAVAIL, EACCES: as for socket.bind. EBADF: closed.
        Blocks: never.
        Source: bind(2).
        """
    def listen(self, backlog: int | None = None) -> Literal[True]:
        """Accept connections from now on; the default backlog is SOMAXCONN.

        backlog: 0 or more; SOMAXCONN by default. Calling again changes it.

        Returns: True.
        Raises: OSError.
        Errors: EADDRINUSE: another socket listens on the address; with reuseaddr it
            may be known only now. EOPNOTSUPP: a datagram socket. EBADF: closed.
        Blocks: never.
        Source: listen(2).
        """
    @overload
    def accept(self, with_ai: Literal[False] | None = False) -> Socket:
        """Take the next connection, with its peer's address when asked.

        with_ai: true gives the peer's address too, without another system call. An
            unnamed unix peer has one without a name.

        Returns: a Socket, or (sock, ai).
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EMFILE, ENFILE, ENOBUFS, ENOMEM: nothing left to make a descriptor of;
            the connection stays in the queue, and the listener stays readable, so a
            server has to back off. EINVAL: not listening. EOPNOTSUPP: not a stream or
            seqpacket socket. EBADF: closed.
        Blocks: never, or for the socket's timeout.
        Source: accept(2).
        """
    @overload
    def accept(self, with_ai: Literal[True]) -> tuple[Socket, AddrInfo]:
        """Take the next connection, with its peer's address when asked.

        with_ai: true gives the peer's address too, without another system call. An
            unnamed unix peer has one without a name.

        Returns: a Socket, or (sock, ai).
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EMFILE, ENFILE, ENOBUFS, ENOMEM: nothing left to make a descriptor of;
            the connection stays in the queue, and the listener stays readable, so a
            server has to back off. EINVAL: not listening. EOPNOTSUPP: not a stream or
            seqpacket socket. EBADF: closed.
        Blocks: never, or for the socket's timeout.
        Source: accept(2).
        """
    @overload
    def accept(self, with_ai: bool | None) -> Socket | tuple[Socket, AddrInfo]:
        """Take the next connection, with its peer's address when asked.

        with_ai: true gives the peer's address too, without another system call. An
            unnamed unix peer has one without a name.

        Returns: a Socket, or (sock, ai).
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EMFILE, ENFILE, ENOBUFS, ENOMEM: nothing left to make a descriptor of;
            the connection stays in the queue, and the listener stays readable, so a
            server has to back off. EINVAL: not listening. EOPNOTSUPP: not a stream or
            seqpacket socket. EBADF: closed.
        Blocks: never, or for the socket's timeout.
        Source: accept(2).
        """
    def acceptfd(self) -> int:
        """Take the next connection as a descriptor that the caller owns.

        Returns: int.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: those of accept.
        Blocks: never, or for the socket's timeout.
        Source: accept(2).
        """
    def connect(self, ai: AddrInfo) -> Literal[True]:
        """Connect, or go on with a connect that is under way.

        ai: an address of the socket's own family.

        Raises: True; begun: BlockingIOError with EINPROGRESS; BlockingIOError where
            it would have to wait; TimeoutError when the time is up; OSError.
        Errors: EISCONN: connected already, or now connected to another address than
            this one. EAFNOSUPPORT: an address of another family. ECONNREFUSED:
            refused, or connected to itself. EHOSTUNREACH, ENETUNREACH, ETIMEDOUT: how
            the handshake ended. EBADF: closed.
        Blocks: never on a non-blocking socket, or for its timeout; on a blocking one
            until connected or refused, on a unix socket until there is room, sndtimeo
            at most.
        Source: connect(2).
        """
    def disconnect(self) -> Literal[True]:
        """Forget the peer of a datagram socket.

        Returns: True.
        Raises: OSError.
        Errors: EOPNOTSUPP: a stream or seqpacket socket, whose connection ends with
            shutdown or close. EBADF: closed.
        Blocks: never.
        Source: connect(2), for AF_UNSPEC.
        """
    def send(self, msg: Buffer, /, *flags: int | None) -> int:
        """Send bytes and return how many were taken.

        msg: the bytes. An empty message does nothing on a stream; on a datagram or
            seqpacket socket it is sent as one empty packet.
        *flags: MSG_ constants. MSG_NOSIGNAL is always on.

        Returns: n.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EPIPE: the connection is shut down for sending, here or by the peer.
            ECONNRESET: the peer has reset it; a receive is told too, after what was
            received. ENOTCONN, EDESTADDRREQ: not connected; TCP on Linux says EPIPE
            then. EMSGSIZE: a datagram larger than can be sent, of which nothing was
            sent. ECONNREFUSED: an earlier datagram met a closed port; said once, then
            the socket works on. ENOBUFS: the device's queue is full. EBADF: closed.
        Blocks: never on a non-blocking socket, or for its timeout; on a blocking one
            until there is room, on a stream for all of the message. In Python a
            signal does not make that a part; a handler that raises leaves in done of
            its exception how many bytes have gone.
        Source: send(2).
        """
    def write(self, msg: Buffer, /) -> int:
        """Send bytes without flags.

        msg: the bytes.

        Returns: n.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EPIPE, ECONNRESET and the others of send.
        Blocks: as send does.
        Source: send(2).
        """
    def sendto(self, msg: Buffer, ai: AddrInfo, /, *flags: int | None) -> int:
        """Send bytes to an address.

        msg: the bytes; empty is a datagram too.
        ai: an address of the socket's own family.
        *flags: MSG_ constants.

        Returns: n.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EAFNOSUPPORT: an address of another family. EMSGSIZE: too large for a
            datagram; over IPv4 that is more than 65507 bytes. EISCONN: a connected
            unix stream takes no address; one of TCP ignores it. ENOENT, ECONNREFUSED:
            nothing is bound to the unix path. EACCES: a broadcast address without the
            option. ENETUNREACH, EHOSTUNREACH: no way there. EBADF: closed.
        Blocks: as send does.
        Source: sendto(2), udp(7), unix(7).
        """
    def recv(self, bufsize: int | None = None, /, *flags: int | None) -> bytes:
        """Receive at most bufsize bytes.

        bufsize: 1 or more; by default 4,096 on a stream, and 65,536 where packets are
            kept apart (datagram, seqpacket, raw). No UDP datagram is longer than
            that; one between unix sockets may be. The memory is taken before the
            kernel is asked; for a size that cannot be had the call raises, and
            nothing has been received.
        *flags: MSG_ constants. MSG_TRUNC is ignored: a result is never longer than
            what was received.

        Returns: bytes; b'' at the end of the stream.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: ECONNRESET: the peer has reset the connection. ECONNREFUSED: an
            earlier datagram met a closed port. ENOTCONN: never connected. ETIMEDOUT:
            the kernel gave the peer up. EINVAL (ValueError): bufsize below 1. EBUSY:
            a recvall or recvline is under way. EBADF: closed.
        Blocks: never on a non-blocking socket, or for its timeout; on a blocking one
            until something comes.
        Source: recv(2).
        """
    def read(self, bufsize: int | None = None, /) -> bytes:
        """Receive at most bufsize bytes without flags.

        bufsize: as for recv.

        Returns: bytes; b'' at the end of the stream.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: ECONNRESET and the others of recv.
        Blocks: as recv does.
        Source: recv(2).
        """
    def recvfrom(
        self, bufsize: int | None = None, /, *flags: int | None
    ) -> tuple[bytes, AddrInfo | None]:
        """Receive at most bufsize bytes and the sender's address.

        bufsize: as for recv.
        *flags: MSG_ constants.

        Returns: (bytes, ai), where ai may be None; (b'', None) at the end of the
            stream.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: ECONNRESET and the others of recv.
        Blocks: as recv does.
        Source: recvfrom(2).
        """
    def shutdown(self, flag: int | None = None) -> Literal[True]:
        """Shut down receiving, sending or, without a flag, both.

        flag: SHUT_RD, SHUT_WR, or SHUT_RDWR, which is the default.

        Returns: True.
        Raises: OSError.
        Errors: ENOTCONN: not connected, or the peer has reset the connection. EINVAL
            (ValueError): no such flag. EBADF: closed.
        Blocks: never.
        Source: shutdown(2); RFC 9293, section 3.6 for TCP.
        """
    def close(self, flag: int | None = None) -> Literal[True]:
        """Close, shutting down first when a flag is given; again is harmless.

        flag: SHUT_RD, SHUT_WR or SHUT_RDWR: shut the connection down first, for all
            processes that share it. Left out, no shutdown is made.

        Returns: True.
        Raises: OSError.
        Errors: with a flag those of shutdown; the descriptor is closed all the same.
            EIO, ENOSPC: what close(2) says of other things than sockets. EINTR is not
            an error here, and close(2) is never repeated: the descriptor is free
            after the first.
        Blocks: never, unless SO_LINGER was set.
        Source: close(2), shutdown(2).
        """
    def unwrap(self) -> int:
        """Give the descriptor to the caller; the object is closed.

        Returns: int.
        Raises: OSError.
        Errors: EBADF: closed. EBUSY: received bytes are pending, or a recvall or
            recvline is under way. EMFILE: no descriptor left for the duplicate. The
            socket is as it was then.
        Blocks: never.
        Source: no system call; of the duplicate fcntl(2) with F_DUPFD_CLOEXEC.
        """
    def dup(self) -> Socket:
        """Return a second object for the same open socket.

        Returns: a Socket.
        Raises: OSError.
        Errors: EMFILE: no descriptor left. EBADF: closed.
        Blocks: never.
        Source: fcntl(2) with F_DUPFD_CLOEXEC.
        """
    def getsockname(self) -> AddrInfo:
        """Return the local address.

        Returns: an AddrInfo.
        Raises: OSError.
        Errors: ENOTCONN: getpeername before the socket is connected, or after the
            connection was reset. EBADF: closed.
        Blocks: never.
        Source: getsockname(2), getpeername(2).
        """
    def getpeername(self) -> AddrInfo:
        """Return the peer's address.

        Returns: an AddrInfo.
        Raises: OSError.
        Errors: ENOTCONN: getpeername before the socket is connected, or after the
            connection was reset. EBADF: closed.
        Blocks: never.
        Source: getsockname(2), getpeername(2).
        """
    def error(self) -> OSError | None:
        """Fetch and clear the pending error.

        Returns: an exception object, not raised, or None.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def recvable(self, sec: _Seconds | None = 0, exception: bool | None = False) -> bool:
        """Wait at most sec seconds until a receive would not block.

        sec: how long at most, in seconds; 0, the default, only asks, and infinity is
            no limit. A wait never ends before its time.
        exception: true lets out-of-band data (POLLPRI) count as well; false by
            default.

        Returns: True; False when the time is up.
        Raises: OSError.
        Errors: EBADF: closed. EINVAL (ValueError): sec is negative or NaN. EBUSY:
            another coroutine waits for this. ENOMEM: no memory in the kernel.
        Blocks: for at most sec seconds. In Python the interpreter's lock is released.
        Source: poll(2).
        """
    def sendable(self, sec: _Seconds | None = 0, exception: bool | None = False) -> bool:
        """Wait at most sec seconds until a send would not block.

        sec: as for recvable.
        exception: as for recvable.

        Returns: True; False when the time is up.
        Raises: OSError.
        Errors: EBADF, EINVAL, EBUSY, ENOMEM: as for recvable.
        Blocks: as recvable does.
        Source: poll(2).
        """
    def timeout(self, sec: float | None = None) -> float:
        """Return for how many seconds plain calls wait, or set it.

        sec: what it shall be from now on, in seconds. 0, as at first, means that
            plain calls never wait; infinity that they wait without limit. Left out,
            nothing changes.

        Returns: float.
        Raises: OSError.
        Errors: EINVAL (ValueError): sec is negative or NaN. EBADF: closed.
        Blocks: never.
        Source: poll(2).
        """
    def sendall(
        self,
        msg: Buffer | list[Any] | tuple[Buffer, ...] | IoVec,
        sec: _Seconds | None = None,
    ) -> int:
        """Send all bytes, or all pieces of a list, waiting at most sec seconds.

        msg: the bytes; or a list, a tuple or a sequence of pieces, each of them
            bytes; or an iovec.
        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: n, the length.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EPIPE, ECONNRESET, EBADF and the others of send; EINVAL (ValueError):
            sec is negative or NaN; ETIMEDOUT: the time is up; EBUSY: another
            coroutine waits to send.
        Blocks: until it is done or sec seconds have passed.
        Source: send(2), sendmsg(2), poll(2).
        """
    def sendfileall(
        self,
        file: _Descriptor,
        n: int | None = None,
        offset: int | None = 0,
        sec: _Seconds | None = None,
    ) -> int:
        """Send n bytes of a file, or all to its end.

        file: a descriptor; or an open file: of io, or in Python an object with
            fileno(), whose flush(), if it has one, is called before.
        n: how many bytes, fewer where the file ends before; left out, all to its end.
        offset: where to begin, 0 by default.
        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: n, what was sent.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: Those of sendfile and sendall. EINVAL (ValueError): a negative number,
            sec NaN. EMFILE: the call needs a descriptor of its own. ETIMEDOUT: the
            time is up. EBUSY: another coroutine waits to send. ESPIPE, EPIPE, EBADF.
        Blocks: for the disk, and until it is done or sec seconds have passed.
        Source: sendfile(2), pread(2), fcntl(2), fflush(3), poll(2).
        """
    def recvall(self, n: int, sec: _Seconds | None = None) -> bytes:
        """Receive n bytes, fewer only where the stream ends.

        n: how many; 0 is no bytes, at once, also at the end of a stream.
        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes; b'' at the end of the stream.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EINVAL (ValueError): n below 0, sec negative or NaN. ETIMEDOUT: the
            time is up. EOPNOTSUPP: no stream; nothing is taken. EBUSY: another
            receive is under way, or another coroutine waits to receive. ECONNRESET,
            EBADF.
        Blocks: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    def recvline(self, *, max: int | None = 65536, sec: _Seconds | None = None) -> bytes:
        """Receive up to and with the next newline, at most max bytes.

        max: the most bytes to take, 65536 by default; a line that is longer comes in
            parts.
        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes; b'' at the end of the stream.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EINVAL (ValueError): max below 1, sec negative or NaN. ETIMEDOUT: the
            time is up. EOPNOTSUPP: no stream; nothing is taken. EBUSY: another
            receive is under way, or another coroutine waits to receive. ECONNRESET,
            EBADF.
        Blocks: until it is done or sec seconds have passed.
        Source: recv(2) with MSG_PEEK, poll(2).
        """
    def acceptwait(
        self, sec: _Seconds | None = None, patient: bool | None = False
    ) -> Socket:
        """Take the next connection, waiting for it at most sec seconds.

        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.
        patient: true waits out EMFILE and ENFILE as well: it tries again after pauses
            of 1 to 50 ms, in which others go on, and fails only when sec seconds have
            passed, as a timeout; false by default.

        Returns: a Socket.
        Raises: TimeoutError when the time is up; OSError.
        Errors: EMFILE, ENFILE, ENOBUFS: as for accept. EINVAL: not listening; in
            Python ValueError for sec negative or NaN. ETIMEDOUT: no connection came,
            or there was no descriptor for it. EBUSY: another coroutine waits for one.
            EBADF: closed.
        Blocks: until it is done or sec seconds have passed.
        Source: accept(2), poll(2).
        """
    def reader(self, limit: int | None = 65536, size: int | None = 16384) -> Reader:
        """Make a reader, which takes lines, counts and marks out of a stream.

        limit: how far a mark or a newline is looked for, 65536 bytes by default.
        size: how much one receive reads ahead at most, 16384 bytes by default.

        Returns: a Reader.
        Raises: OSError.
        Errors: EOPNOTSUPP: not a stream. EBADF: closed. EINVAL (ValueError): limit or
            size below 1.
        Blocks: never.
        Source: recv(2).
        """
    def pending(self) -> int:
        """Return how many received bytes are pending.

        Returns: a count.
        Errors: none.
        Blocks: never.
        Source: none: these bytes have left the system.
        """
    def sendmsg(self, mh: MsgHdr, /, *flags: int | None) -> int:
        """Send a message with its address and control data.

        mh: a message made by msghdr.new. Its buffers stay as they are: after a short
            send iov:consume(n) takes off what has gone.
        *flags: MSG_ constants. MSG_NOSIGNAL is always on.

        Returns: n.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EINVAL (ValueError): control messages with no byte on a stream, which
            would lose them, or more than 253 descriptors. EOPNOTSUPP: descriptors
            over a socket that is not a unix one. ETOOMANYREFS, ENOBUFS: more control
            data or descriptors in flight than the system allows. EAFNOSUPPORT: an
            address of another family. EMSGSIZE: on a packet socket a message that is
            too large, or has more than 1,024 buffers that are not empty; a stream
            sends a part. EPIPE, ECONNRESET, EBADF and the others of send.
        Blocks: never on a non-blocking socket, or for its timeout.
        Source: sendmsg(2), cmsg(3).
        """
    def recvmsg(self, mh: MsgHdr, /, *flags: int | None) -> int:
        """Receive a message with its sender and control data.

        mh: a message whose iov has room.
        *flags: MSG_ constants.

        Returns: n; 0 at the end of the stream.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EMSGSIZE: more than 1,024 buffers that are not empty on a packet
            socket; the packet stays. ECONNRESET, ENOTCONN, EBADF and the others of
            recv.
        Blocks: never on a non-blocking socket, or for its timeout.
        Source: recvmsg(2), cmsg(3).
        """
    def sendmany(
        self,
        msgs: list[Any] | tuple[Buffer, ...] | IoVec,
        to: AddrInfo | Sequence[AddrInfo] | None = None,
        /,
        *flags: int | None,
    ) -> int:
        """Send many packets and return how many were taken.

        msgs: the messages, each of which is one packet: a list, in Python also a
            tuple or an IoVec.
        to: an address for all of them; a list of as many addresses as there are
            messages; left out, they go to the peer.
        *flags: MSG_ constants.

        Returns: n.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EOPNOTSUPP: a stream, which has no packets. EINVAL (ValueError): to is
            a list of another length. EAFNOSUPPORT: an address of another family, and
            nothing has gone. EMSGSIZE and the others of sendto. EBADF: closed.
        Blocks: on a socket with a timeout until one has gone, on a blocking one until
            all have; otherwise never. In Python a handler that raises meanwhile
            leaves in done of its exception how many have gone.
        Source: sendmmsg(2).
        """
    def recvmany(self, max: int | None = 64, bufsize: int | None = 65536) -> list[Packet]:
        """Receive at most max packets, each with its sender.

        max: 1 to 1,024; by default 64. Where udpgro has the system join datagrams,
            they are told apart again: max is how many the system gives, each of which
            may be some dozens.
        bufsize: the most bytes of each, as for recv; by default 65,536. The memory
            stays for the next call.

        Returns: a list of Packet; [] at the end of the stream.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EOPNOTSUPP: a stream. ValueError: max or bufsize out of range.
            ECONNREFUSED and the others of recv. EBADF: closed.
        Blocks: on a socket with a timeout, and on a blocking one, until one comes;
            otherwise never.
        Source: recvmmsg(2).
        """
    def errqueue(self) -> dict[str, Any] | None:
        """Take what the kernel has to tell about something that was sent.

        Returns: a dict, or None.
        Raises: OSError.
        Errors: EOPNOTSUPP: a family without an error queue; IPv4, IPv6 and packet
            sockets have one. EBADF: closed.
        Blocks: never.
        Source: ip(7), IP_RECVERR; recvmsg(2), MSG_ERRQUEUE; the kernel's
            timestamping.rst.
        """
    def sendfd(
        self, fd: _Descriptor, ai: AddrInfo | None = None, /, *flags: int | None
    ) -> int:
        """Pass a descriptor over a unix socket.

        fd: the descriptor; Python takes an object with fileno() too.
        ai: where to, on a datagram socket that is not connected.
        *flags: MSG_ constants.

        Returns: 0.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EOPNOTSUPP: not a unix socket. EBADF: the socket is closed or fd is no
            open descriptor. ETOOMANYREFS: too many in flight. EINVAL (ValueError): fd
            is negative. EPIPE, ECONNREFUSED, ENOENT as for sendto.
        Blocks: never on a non-blocking socket, or for its timeout.
        Source: unix(7), SCM_RIGHTS.
        """
    def sendfds(
        self,
        fds: Sequence[_Descriptor],
        msg: Buffer | None = None,
        ai: AddrInfo | None = None,
        /,
        *flags: int | None,
    ) -> int:
        """Pass several descriptors with one message over a unix socket.

        fds: a table of descriptors, in Python a sequence; each is a number, a socket
            or a file, in Python anything with fileno(). There may be none.
        msg: the bytes; without them one zero byte.
        ai: where to, on a datagram socket that is not connected.
        *flags: MSG_ constants.

        Returns: n.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EINVAL (ValueError): more than 253 descriptors, a negative one, or an
            empty msg with descriptors on a stream. EOPNOTSUPP: not a unix socket.
            EBADF: the socket is closed or one of them is no open descriptor.
            ETOOMANYREFS: too many in flight. EMSGSIZE, EPIPE, ECONNREFUSED, ENOENT as
            for sendto.
        Blocks: never on a non-blocking socket, or for its timeout.
        Source: unix(7), SCM_RIGHTS.
        """
    def recvfds(
        self, bufsize: int | None = None, /, *flags: int | None
    ) -> tuple[list[int], bytes]:
        """Take a message and the descriptors that it carries.

        bufsize: at most so many bytes, by default as for recv.
        *flags: MSG_ constants but MSG_PEEK, with which the kernel makes the
            descriptors for each look.

        Returns: (fds, msg); ([], b'') at the end of the stream.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EMFILE, ENFILE: there is no room for all of them; those that came have
            been closed, and the bytes come with the next receive. EMSGSIZE: so it is
            where there was more control data than fits. EINVAL (ValueError):
            MSG_PEEK. ECONNRESET, EBADF.
        Blocks: never on a non-blocking socket, or for its timeout.
        Source: unix(7), SCM_RIGHTS.
        """
    def recvfd(self, *flags: int | None) -> int | None:
        """Take a message that carries one descriptor.

        *flags: MSG_ constants but MSG_PEEK, with which the kernel makes a descriptor
            for each look.

        Returns: fd; None at the end of the stream.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: ENOMSG: a message without a descriptor; the byte that came is in
            err.data. EMSGSIZE: more than one, all of which have been closed. EMFILE,
            ENFILE: there is no room for a descriptor; what came has been closed.
            EINVAL (ValueError): MSG_PEEK. ECONNRESET, EBADF.
        Blocks: never on a non-blocking socket, or for its timeout.
        Source: unix(7), SCM_RIGHTS.
        """
    def sendfile(self, file: _Descriptor, bytes: int, offset: int | None = 0, /) -> int:
        """Send part of a file.

        file: a descriptor; or an open file: of io, or in Python an object with
            fileno(), whose flush(), if it has one, is called before.
        bytes: how many at most, 0 or more.
        offset: where to begin, 0 by default.

        Returns: n, 0 at the end of the file.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EPIPE: the connection is shut down; no SIGPIPE is raised. ESPIPE: the
            source is a pipe. EBADF: the socket is closed, or file is not open for
            reading. EINVAL (ValueError): a negative number. ENOSPC and the others of
            fflush(3): what the file held could not be written. ECONNRESET, EIO.
        Blocks: for the disk, and for the socket's timeout; on a blocking socket until
            all has been sent. Python releases the interpreter's lock. Signals are
            looked at after each MiB: a handler that raises leaves in done of its
            exception how much has gone.
        Source: sendfile(2), pread(2), fflush(3).
        """
    def readv(self, iov: IoVec, offset: int | None = 0, n: int | None = None) -> int:
        """Receive into an iovec.

        iov: an iovec.
        offset: the first byte of the row to use, 0 by default.
        n: how many bytes at most; to the end by default.

        Returns: n; 0 at the end of the stream.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EINVAL (ValueError): offset or n negative. EMSGSIZE: more than 1,024
            elements on a packet socket; the packet stays. ECONNRESET, ENOTCONN, EBADF
            and the others of recv.
        Blocks: never on a non-blocking socket, or for its timeout.
        Source: recvmsg(2).
        """
    def writev(self, iov: IoVec, offset: int | None = 0, n: int | None = None) -> int:
        """Send from an iovec.

        iov: an iovec.
        offset: the first byte of the row to use, 0 by default.
        n: how many bytes at most; to the end by default.

        Returns: n.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EINVAL (ValueError): offset or n negative. EMSGSIZE: more than 1,024
            elements on a packet socket, or a packet too large. EPIPE, ECONNRESET,
            EBADF and the others of send.
        Blocks: never on a non-blocking socket, or for its timeout.
        Source: sendmsg(2).
        """
    def recv_into(
        self, buffer: Buffer, nbytes: int | None = 0, /, *flags: int | None
    ) -> int:
        """Receive into a writable buffer.

        buffer: a writable buffer.
        nbytes: how many bytes at most; 0, the default, is the whole buffer.
        *flags: MSG_ constants.

        Returns: n; 0 at the end of the stream.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EINVAL (as ValueError): nbytes negative or larger than the buffer, or
            the buffer empty; a read-only one is a BufferError. ECONNRESET, ENOTCONN,
            EBADF.
        Blocks: never on a non-blocking socket, or for its timeout.
        Source: recv(2).
        """
    @overload
    def getsockopt(self, level: int, name: int, size: None = None, /) -> int:
        """Read an option by its number, as an integer or as size bytes.

        level: SOL_SOCKET, IPPROTO_TCP and so on.
        name: the option, such as TCP_INFO.
        size: the most bytes to read, 1 to 65536; left out, the option is an integer.

        Returns: int, or bytes.
        Raises: OSError.
        Errors: ENOPROTOOPT: no such option. EINVAL (ValueError): a number out of
            range. EBADF: closed.
        Blocks: never.
        Source: getsockopt(2).
        """
    @overload
    def getsockopt(self, level: int, name: int, size: int, /) -> bytes:
        """Read an option by its number, as an integer or as size bytes.

        level: SOL_SOCKET, IPPROTO_TCP and so on.
        name: the option, such as TCP_INFO.
        size: the most bytes to read, 1 to 65536; left out, the option is an integer.

        Returns: int, or bytes.
        Raises: OSError.
        Errors: ENOPROTOOPT: no such option. EINVAL (ValueError): a number out of
            range. EBADF: closed.
        Blocks: never.
        Source: getsockopt(2).
        """
    def setsockopt(self, level: int, name: int, value: int | Buffer, /) -> Literal[True]:
        """Set an option by its number to an integer or to bytes.

        level: SOL_SOCKET, IPPROTO_TCP and so on.
        name: the option.
        value: an integer, or bytes as the kernel wants them.

        Returns: True.
        Raises: OSError.
        Errors: ENOPROTOOPT: no such option. EINVAL: a value that the kernel refuses.
            EPERM, EBADF.
        Blocks: never.
        Source: setsockopt(2).
        """
    def tcpinfo(self) -> TcpInfo:
        """Return what the kernel knows of the TCP connection.

        Returns: a TcpInfo.
        Raises: OSError.
        Errors: EAFNOSUPPORT: neither IPv4 nor IPv6. ESOCKTNOSUPPORT: not a stream.
            EOPNOTSUPP: not on this system. EBADF: closed.
        Blocks: never.
        Source: tcp(7), TCP_INFO.
        """
    def atmark(self) -> bool:
        """Tell whether the next byte follows out-of-band data.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed. ENOTTY: the socket has no out-of-band data.
        Blocks: never.
        Source: sockatmark(3).
        """
    def sendqueue(self) -> int:
        """Return how many bytes of what was sent the kernel still keeps.

        Returns: int.
        Raises: OSError.
        Errors: EBADF: closed. EINVAL: the socket listens. ENOTTY, EOPNOTSUPP: the
            system does not tell it.
        Blocks: never.
        Source: tcp(7), udp(7), unix(7): SIOCOUTQ.
        """
    def mcastjoin(
        self, group: AddrInfo, ifname: str | bytes | AddrInfo | None = None
    ) -> Literal[True]:
        """Join a multicast group.

        group: the address of the group, of the socket's own family; its port does not
            matter.
        ifname: the interface by name, or by an address that it has: the text of one,
            IPv4 or IPv6 whichever the group is, or an address, whose port does not
            matter. What reads as an address is one. A link-local one is looked for in
            its zone, if it has one. The system chooses when it is left out.

        Returns: True.
        Raises: OSError.
        Errors: EAFNOSUPPORT: group, source and socket are not of one family, or the
            interface's address is neither IPv4 nor IPv6. ESOCKTNOSUPPORT: a stream
            has no groups. EINVAL: not a multicast address; in Python ValueError for a
            name of an interface that is empty, has a NUL or over 15 bytes. ENODEV: no
            interface of that name. EADDRNOTAVAIL: no interface has that address.
            EBADF: closed. EADDRINUSE: joined already. ENOBUFS: too many groups.
        Blocks: never.
        Source: ip(7), ipv6(7), RFC 3678, getifaddrs(3).
        """
    def mcastleave(
        self, group: AddrInfo, ifname: str | bytes | AddrInfo | None = None
    ) -> Literal[True]:
        """Leave a multicast group.

        group: the address of the group, of the socket's own family; its port does not
            matter.
        ifname: the interface by name, or by an address that it has: the text of one,
            IPv4 or IPv6 whichever the group is, or an address, whose port does not
            matter. What reads as an address is one. A link-local one is looked for in
            its zone, if it has one. The system chooses when it is left out.

        Returns: True.
        Raises: OSError.
        Errors: EAFNOSUPPORT: group, source and socket are not of one family, or the
            interface's address is neither IPv4 nor IPv6. ESOCKTNOSUPPORT: a stream
            has no groups. EINVAL: not a multicast address; in Python ValueError for a
            name of an interface that is empty, has a NUL or over 15 bytes. ENODEV: no
            interface of that name. EADDRNOTAVAIL: no interface has that address; not
            joined. EBADF: closed.
        Blocks: never.
        Source: ip(7), ipv6(7), RFC 3678, getifaddrs(3).
        """
    def mcastjoinsrc(
        self,
        group: AddrInfo,
        source: AddrInfo,
        ifname: str | bytes | AddrInfo | None = None,
    ) -> Literal[True]:
        """Join a group for one source.

        group: the address of the group, of the socket's own family; its port does not
            matter.
        source: the address of the sender.
        ifname: the interface by name, or by an address that it has: the text of one,
            IPv4 or IPv6 whichever the group is, or an address, whose port does not
            matter. What reads as an address is one. A link-local one is looked for in
            its zone, if it has one. The system chooses when it is left out.

        Returns: True.
        Raises: OSError.
        Errors: EAFNOSUPPORT: group, source and socket are not of one family, or the
            interface's address is neither IPv4 nor IPv6. ESOCKTNOSUPPORT: a stream
            has no groups. EINVAL: not a multicast address; in Python ValueError for a
            name of an interface that is empty, has a NUL or over 15 bytes. ENODEV: no
            interface of that name. EADDRNOTAVAIL: no interface has that address.
            EBADF: closed. EADDRNOTAVAIL: joined for this sender already. ENOBUFS: too
            many.
        Blocks: never.
        Source: ip(7), RFC 3678.
        """
    def mcastleavesrc(
        self,
        group: AddrInfo,
        source: AddrInfo,
        ifname: str | bytes | AddrInfo | None = None,
    ) -> Literal[True]:
        """Leave a group for one source.

        group: the address of the group, of the socket's own family; its port does not
            matter.
        source: the address of the sender.
        ifname: the interface by name, or by an address that it has: the text of one,
            IPv4 or IPv6 whichever the group is, or an address, whose port does not
            matter. What reads as an address is one. A link-local one is looked for in
            its zone, if it has one. The system chooses when it is left out.

        Returns: True.
        Raises: OSError.
        Errors: EAFNOSUPPORT: group, source and socket are not of one family, or the
            interface's address is neither IPv4 nor IPv6. ESOCKTNOSUPPORT: a stream
            has no groups. EINVAL: not a multicast address; in Python ValueError for a
            name of an interface that is empty, has a NUL or over 15 bytes. ENODEV: no
            interface of that name. EADDRNOTAVAIL: no interface has that address.
            EBADF: closed. EADDRNOTAVAIL: not joined for this sender.
        Blocks: never.
        Source: ip(7), RFC 3678.
        """
    def mcastblocksrc(
        self,
        group: AddrInfo,
        source: AddrInfo,
        ifname: str | bytes | AddrInfo | None = None,
    ) -> Literal[True]:
        """Drop what a source sends to a joined group.

        group: the address of the group, of the socket's own family; its port does not
            matter.
        source: the address of the sender.
        ifname: the interface by name, or by an address that it has: the text of one,
            IPv4 or IPv6 whichever the group is, or an address, whose port does not
            matter. What reads as an address is one. A link-local one is looked for in
            its zone, if it has one. The system chooses when it is left out.

        Returns: True.
        Raises: OSError.
        Errors: EAFNOSUPPORT: group, source and socket are not of one family, or the
            interface's address is neither IPv4 nor IPv6. ESOCKTNOSUPPORT: a stream
            has no groups. EINVAL: not a multicast address; in Python ValueError for a
            name of an interface that is empty, has a NUL or over 15 bytes. ENODEV: no
            interface of that name. EADDRNOTAVAIL: no interface has that address.
            EBADF: closed. EADDRNOTAVAIL: blocked already.
        Blocks: never.
        Source: ip(7), RFC 3678.
        """
    def mcastunblocksrc(
        self,
        group: AddrInfo,
        source: AddrInfo,
        ifname: str | bytes | AddrInfo | None = None,
    ) -> Literal[True]:
        """Take back mcastblocksrc.

        group: the address of the group, of the socket's own family; its port does not
            matter.
        source: the address of the sender.
        ifname: the interface by name, or by an address that it has: the text of one,
            IPv4 or IPv6 whichever the group is, or an address, whose port does not
            matter. What reads as an address is one. A link-local one is looked for in
            its zone, if it has one. The system chooses when it is left out.

        Returns: True.
        Raises: OSError.
        Errors: EAFNOSUPPORT: group, source and socket are not of one family, or the
            interface's address is neither IPv4 nor IPv6. ESOCKTNOSUPPORT: a stream
            has no groups. EINVAL: not a multicast address; in Python ValueError for a
            name of an interface that is empty, has a NUL or over 15 bytes. ENODEV: no
            interface of that name. EADDRNOTAVAIL: no interface has that address.
            EBADF: closed. EADDRNOTAVAIL: not blocked.
        Blocks: never.
        Source: ip(7), RFC 3678.
        """
    def addgcfn(
        self,
        errfn: Callable[[BaseException], object] | None,
        fn: Callable[..., object],
        /,
        *args: Any,
    ) -> int:
        """Have fn(*args) called before the descriptor is closed.

        errfn: called with the error of a function that fails, or None: then the
            interpreter is told, by a warning or in Python by sys.unraisablehook.
        fn: the function.
        *args: what it is called with.

        Returns: a handle.
        Raises: OSError.
        Errors: EBADF: closed, or being closed.
        Blocks: never.
        Source: the interpreters' manuals on finalizers.
        """
    def delgcfn(self, handle: int, /) -> bool:
        """Take a function of addgcfn back; false when it is not there.

        handle: what addgcfn returned.

        Returns: whether it was there.
        Errors: none.
        Blocks: never.
        Source: the interpreters' manuals on finalizers.
        """
    def fileno(self) -> int:
        """Return the descriptor, -1 when closed.

        Returns: int.
        Errors: none.
        Blocks: never.
        Source: no system call.
        """
    def gettimeout(self) -> float | None:
        """Return how many seconds plain calls wait; None is without limit.

        Returns: float or None.
        Errors: none.
        Blocks: never.
        Source: no system call.
        """
    def settimeout(self, sec: float | None, /) -> None:
        """Set how many seconds plain calls wait; None is without limit.

        sec: seconds, or a deadline, of which what is left counts; None is without
            limit.

        Returns: None.
        Raises: raises.
        Errors: EINVAL: negative or NaN. EBADF.
        Blocks: never.
        Source: fcntl(2) where a socket leaves blocking mode.
        """
    def setblocking(self, flag: bool, /) -> None:
        """Have plain calls wait without limit, or not at all.

        flag: True: plain calls wait without limit. False: they never wait.

        Returns: None.
        Raises: raises.
        Errors: EBADF.
        Blocks: never.
        Source: as for settimeout.
        """
    def to_socket(self) -> _socket.socket:
        """Hand the descriptor over to a socket.socket; the object is closed.

        Returns: a socket.socket.
        Raises: OSError.
        Errors: EBADF: closed. EBUSY: received bytes are pending, or a recvall or
            recvline is under way. EMFILE: no descriptor left, of which it takes one
            more for a moment.
        Blocks: never.
        Source: fcntl(2) with F_DUPFD_CLOEXEC; socket.socket with fileno.
        """
    def cloexec(self, value: bool | None = None, /) -> bool:
        """Close the descriptor in a program started by exec.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: fcntl(2) with FD_CLOEXEC.
        """
    def nonblock(self, value: bool | None = None, /) -> bool:
        """Let no call on this object wait.

        value: boolean; false makes the plain calls of this object wait.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: fcntl(2) with O_NONBLOCK.
        """
    def reuseaddr(self, value: bool | None = None, /) -> bool:
        """Allow binding to an address in TIME_WAIT.

        value: boolean.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: socket(7) on SO_REUSEADDR.
        """
    def reuseport(self, value: bool | None = None, /) -> bool:
        """Share an address among sockets of one user.

        value: boolean.

        Returns: bool.
        Raises: OSError.
        Errors: EOPNOTSUPP: the system lacks it. EBADF: closed.
        Blocks: never.
        Source: socket(7) on SO_REUSEPORT.
        """
    def broadcast(self, value: bool | None = None, /) -> bool:
        """Allow sending to a broadcast address.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def debug(self, value: bool | None = None, /) -> bool:
        """Record debugging information in the kernel; setting needs CAP_NET_ADMIN.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EACCES, EPERM: switching it on needs the capability CAP_NET_ADMIN.
            EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def keepalive(self, value: bool | None = None, /) -> bool:
        """Probe an idle connection.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: socket(7), tcp(7).
        """
    def oobinline(self, value: bool | None = None, /) -> bool:
        """Leave out-of-band data in the stream.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def dontroute(self, value: bool | None = None, /) -> bool:
        """Send only to hosts on the same network.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def timestamp(self, value: bool | None = None, /) -> bool:
        """Let recvmsg report when a datagram came.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def rcvbuf(self, value: int | None = None, /) -> int:
        """Receive buffer in bytes; Linux doubles what is set.

        value: integer, 0 or more; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL (ValueError): outside 0..2147483647. EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def sndbuf(self, value: int | None = None, /) -> int:
        """Send buffer in bytes; Linux doubles what is set.

        value: integer, 0 or more; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL (ValueError): outside 0..2147483647. EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def rcvlowat(self, value: int | None = None, /) -> int:
        """Bytes that make the socket readable.

        value: integer, 0 or more; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL (ValueError): outside 0..2147483647. EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def sndlowat(self, value: int | None = None, /) -> int:
        """Room that makes the socket writable; Linux does not let it be set.

        value: integer, 0 or more; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: ENOPROTOOPT: cannot be set on this system. EINVAL (ValueError):
            outside 0..2147483647. EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def rcvtimeo(self, value: float | None = None, /) -> float:
        """Longest wait of a blocking receive; 0 is no limit.

        value: number of seconds, fractions allowed; absent, it only reads.

        Returns: float.
        Raises: OSError.
        Errors: EINVAL (ValueError): negative or NaN. EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def sndtimeo(self, value: float | None = None, /) -> float:
        """Longest wait of a blocking send; 0 is no limit.

        value: number of seconds, fractions allowed; absent, it only reads.

        Returns: float.
        Raises: OSError.
        Errors: EINVAL (ValueError): negative or NaN. EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def linger(self, value: int | None = None, /) -> int:
        """Seconds that close waits for unsent data; -1 is off, 0 resets the connection.

        value: integer, -1 to 65535; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL (ValueError): outside that. EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def acceptconn(self) -> bool:
        """Whether the socket listens.

        Returns: bool.
        Raises: OSError.
        Errors: EOPNOTSUPP: a value was given. EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def bindtodevice(self, value: str | bytes | AddrInfo | None = None, /) -> str | None:
        """Use one interface only; the empty name unbinds.

        value: the name of an interface, or an address that it has, as text or as an
            address; the empty name unbinds; absent, it only reads.

        Returns: str or None.
        Raises: OSError.
        Errors: ENODEV: no interface of that name. EADDRNOTAVAIL: no interface has
            that address. EAFNOSUPPORT: an address that is neither IPv4 nor IPv6.
            EINVAL (ValueError): the name has a NUL or over 15 bytes. EPERM: some
            systems want the capability CAP_NET_RAW. EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def tcpnodelay(self, value: bool | None = None, /) -> bool:
        """Send small segments at once.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EAFNOSUPPORT, ESOCKTNOSUPPORT: not TCP. EBADF: closed.
        Blocks: never.
        Source: tcp(7).
        """
    def tcpcork(self, value: bool | None = None, /) -> bool:
        """Hold back partial segments.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EAFNOSUPPORT, ESOCKTNOSUPPORT: not TCP. EBADF: closed.
        Blocks: never.
        Source: tcp(7).
        """
    def tcpkeepalive(self, value: int | None = None, /) -> int:
        """Idle seconds before the first keepalive probe.

        value: integer, 0 or more; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EAFNOSUPPORT, ESOCKTNOSUPPORT: not TCP. EINVAL (ValueError): outside
            0..2147483647. EBADF: closed.
        Blocks: never.
        Source: tcp(7), TCP_KEEPIDLE.
        """
    def tcpkeepintvl(self, value: int | None = None, /) -> int:
        """Seconds between keepalive probes.

        value: integer, 0 or more; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EAFNOSUPPORT, ESOCKTNOSUPPORT: not TCP. EINVAL (ValueError): outside
            0..2147483647. EBADF: closed.
        Blocks: never.
        Source: tcp(7).
        """
    def tcpkeepcnt(self, value: int | None = None, /) -> int:
        """Unanswered probes that end the connection.

        value: integer, 0 or more; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EAFNOSUPPORT, ESOCKTNOSUPPORT: not TCP. EINVAL (ValueError): outside
            0..2147483647. EBADF: closed.
        Blocks: never.
        Source: tcp(7).
        """
    def tcpusertimeout(self, value: int | None = None, /) -> int:
        """Milliseconds that sent data may go unacknowledged; 0 is the system's limit.

        value: integer, 0 or more; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EAFNOSUPPORT, ESOCKTNOSUPPORT: not TCP. EINVAL (ValueError): outside
            0..2147483647. EBADF: closed.
        Blocks: never.
        Source: tcp(7), TCP_USER_TIMEOUT; RFC 5482.
        """
    def mcastloop(self, value: bool | None = None, /) -> bool:
        """Deliver sent multicast to this host too.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EAFNOSUPPORT: neither IPv4 nor IPv6. ESOCKTNOSUPPORT: a stream. EBADF:
            closed.
        Blocks: never.
        Source: ip(7), ipv6(7).
        """
    def mcastttl(self, value: int | None = None, /) -> int:
        """Hops that multicast may take.

        value: integer, 0 to 255; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL (ValueError): outside 0..255. EAFNOSUPPORT: neither IPv4 nor
            IPv6. ESOCKTNOSUPPORT: a stream. EBADF: closed.
        Blocks: never.
        Source: ip(7), ipv6(7).
        """
    def mcastif(self, value: str | bytes | AddrInfo | None = None, /) -> str | None:
        """Interface that multicast is sent on; an absent one resets.

        value: the name of an interface, or an address that it has, as text or as an
            address, see mcastjoin; an explicit None goes back to the system's choice;
            absent, it only reads.

        Returns: str or None.
        Raises: OSError.
        Errors: ENODEV: no interface of that name. EADDRNOTAVAIL: no interface has
            that address. EINVAL (ValueError): the name has a NUL or over 15 bytes.
            EAFNOSUPPORT: neither IPv4 nor IPv6. ESOCKTNOSUPPORT: a stream. EBADF:
            closed.
        Blocks: never.
        Source: ip(7), ipv6(7).
        """
    def ipv6only(self, value: bool | None = None, /) -> bool:
        """Refuse IPv4 on an IPv6 socket.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EAFNOSUPPORT: not IPv6. EINVAL: bound already. EBADF: closed.
        Blocks: never.
        Source: ipv6(7).
        """
    def passcred(self, value: bool | None = None, /) -> bool:
        """Receive the sender's credentials with each message.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EAFNOSUPPORT: not a unix socket. EBADF: closed.
        Blocks: never.
        Source: unix(7).
        """
    def peercred(self) -> dict[str, int]:
        """Process, user and group of the peer when it connected.

        Returns: dict.
        Raises: OSError.
        Errors: EAFNOSUPPORT: not a unix socket. EOPNOTSUPP: a value was given. EBADF:
            closed.
        Blocks: never.
        Source: unix(7), SO_PEERCRED.
        """
    def tos(self, value: int | None = None, /) -> int:
        """Type of service of what is sent; over IPv6 the traffic class.

        value: integer, 0 to 255; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL (ValueError): outside that. EPERM: some values want the
            capability CAP_NET_ADMIN on some systems. EBADF: closed.
        Blocks: never.
        Source: ip(7), ipv6(7), RFC 2474.
        """
    def ttl(self, value: int | None = None, /) -> int:
        """Hops that a unicast packet may take.

        value: integer, 0 to 255, over IPv4 from 1 on; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL: outside that; in Python ValueError where it is outside 0 to
            255. EBADF: closed.
        Blocks: never.
        Source: ip(7), ipv6(7).
        """
    def recvttl(self, value: bool | None = None, /) -> bool:
        """Let recvmsg report the hops that a datagram had left.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: ip(7), ipv6(7), RFC 3542.
        """
    def recvtos(self, value: bool | None = None, /) -> bool:
        """Let recvmsg report a datagram's type of service.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: ip(7), ipv6(7), RFC 3542.
        """
    def recvpktinfo(self, value: bool | None = None, /) -> bool:
        """Let recvmsg report where a datagram came in, and for which address.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: ip(7), ipv6(7), RFC 3542.
        """
    def recvorigdstaddr(self, value: bool | None = None, /) -> bool:
        """Let recvmsg report the address and port that a datagram was sent to.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed. ESOCKTNOSUPPORT: a stream.
        Blocks: never.
        Source: ip(7).
        """
    def recverr(self, value: bool | None = None, /) -> bool:
        """Keep the errors of what was sent in the error queue.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: ip(7), ipv6(7).
        """
    def freebind(self, value: bool | None = None, /) -> bool:
        """Allow binding to an address that this host has not got.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: ip(7).
        """
    def bindaddressnoport(self, value: bool | None = None, /) -> bool:
        """Bind to an address alone; connect finds the port.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: ip(7).
        """
    def mtudiscover(self, value: int | None = None, /) -> int:
        """How the path's MTU is discovered, as an IP_PMTUDISC_ number.

        value: integer, one of IP_PMTUDISC_, over IPv6 of IPV6_PMTUDISC_, which are
            the same numbers; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL: none of them; in Python ValueError where it is negative or
            above 2147483647. EBADF: closed.
        Blocks: never.
        Source: ip(7), ipv6(7).
        """
    def mtu(self) -> int:
        """The known MTU of the path to the peer.

        Returns: int.
        Raises: OSError.
        Errors: ENOTCONN: the socket has no peer. EOPNOTSUPP: a value was given.
            EBADF: closed.
        Blocks: never.
        Source: ip(7), ipv6(7).
        """
    def timestampns(self, value: bool | None = None, /) -> bool:
        """Let recvmsg report when a datagram came, in nanoseconds.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def timestamping(self, value: int | None = None, /) -> int:
        """Which times of packets are reported, as SOF_TIMESTAMPING_ flags.

        value: integer; 0 reports none; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL: flags that the kernel does not know; in Python ValueError
            where it is negative or above 2147483647. EBADF: closed.
        Blocks: never.
        Source: the kernel's documentation of timestamping.
        """
    def rxqovfl(self, value: bool | None = None, /) -> bool:
        """Let recvmsg report how many datagrams were dropped.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def mark(self, value: int | None = None, /) -> int:
        """Mark of what is sent, for routing and packet filters.

        value: integer, 0 to 4294967295; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL (ValueError): outside that. EPERM: setting it needs the
            capability CAP_NET_ADMIN or CAP_NET_RAW. EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def priority(self, value: int | None = None, /) -> int:
        """Priority of what is sent, for the queues of the interface.

        value: integer, 0 to 6, with privileges more; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL (ValueError): negative or above 2147483647. EPERM: above 6 it
            needs the capability CAP_NET_ADMIN. EBADF: closed.
        Blocks: never.
        Source: socket(7).
        """
    def cookie(self) -> int:
        """The number by which the kernel knows the socket.

        Returns: int.
        Raises: OSError.
        Errors: EOPNOTSUPP: a value was given. EBADF: closed.
        Blocks: never.
        Source: the kernel's SO_COOKIE; ss(8) shows it as sk.
        """
    def tcpquickack(self, value: bool | None = None, /) -> bool:
        """Acknowledge at once, until the kernel thinks otherwise.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: tcp(7).
        """
    def tcpdeferaccept(self, value: int | None = None, /) -> int:
        """Seconds that a connection without data is kept from accept.

        value: integer; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL (ValueError): negative or above 2147483647. EBADF: closed.
        Blocks: never.
        Source: tcp(7).
        """
    def tcpfastopen(self, value: int | None = None, /) -> int:
        """How many fast-open connections may wait for their handshake; 0 is none.

        value: integer; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL: the socket is connected; in Python ValueError where the number
            is negative or above 2147483647. EBADF: closed.
        Blocks: never.
        Source: tcp(7), RFC 7413.
        """
    def tcpfastopenconnect(self, value: bool | None = None, /) -> bool:
        """Send the first data with the handshake where the server allows it.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EOPNOTSUPP: the system has it switched off. EINVAL: the socket is
            connected or listens. EBADF: closed.
        Blocks: never.
        Source: tcp(7), RFC 7413.
        """
    def tcpnotsentlowat(self, value: int | None = None, /) -> int:
        """Unsent bytes up to which the socket is writable; 0 is the system's limit.

        value: integer, 0 to 4294967295; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL (ValueError): outside that. EBADF: closed.
        Blocks: never.
        Source: tcp(7).
        """
    def tcpcongestion(self, value: str | bytes | None = None, /) -> str:
        """Name of the congestion control.

        value: string; absent, it only reads.

        Returns: str.
        Raises: OSError.
        Errors: ENOENT: no such congestion control. EINVAL (ValueError): the name is
            empty, has a NUL or over 15 bytes. EPERM: it needs the capability
            CAP_NET_ADMIN. EBADF: closed.
        Blocks: never.
        Source: tcp(7).
        """
    def tcpmaxseg(self, value: int | None = None, /) -> int:
        """Largest segment in bytes; before connecting, the limit of it.

        value: integer; 0 sets no limit; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL: outside what the kernel takes, 88 to 32767 on Linux; in Python
            ValueError where it is negative or above 2147483647. EBADF: closed.
        Blocks: never.
        Source: tcp(7).
        """
    def udpsegment(self, value: int | None = None, /) -> int:
        """Bytes of each datagram into which a long send is divided; 0 divides none.

        value: integer, 0 to 65535; absent, it only reads.

        Returns: int.
        Raises: OSError.
        Errors: EINVAL: outside that; in Python ValueError where it is negative or
            above 2147483647. EBADF: closed.
        Blocks: never.
        Source: udp(7).
        """
    def udpgro(self, value: bool | None = None, /) -> bool:
        """Receive datagrams of one sender and one size together.

        value: boolean; absent, it only reads.

        Returns: bool.
        Raises: OSError.
        Errors: EBADF: closed.
        Blocks: never.
        Source: udp(7).
        """
    # surface: end
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...
    def __reduce__(self) -> NoReturn: ...

class Packet(tuple[bytes, AddrInfo | None]):
    """A packet of Socket.recvmany, and its sender."""

    __match_args__: Final = ("msg", "sender")
    @property
    def msg(self) -> bytes: ...
    @property
    def sender(self) -> AddrInfo | None: ...
    @property
    def cut(self) -> bool: ...

@final
class CutPacket(Packet):
    """A packet that had more bytes than room."""

@final
class TcpInfo(structseq[int | bool | str | None], tuple[int | bool | str | None, ...]):
    """A TCP connection as the kernel knows it; what it does not know is None."""

    __match_args__: Final = (
        "state",
        "ca_state",
        "retransmits",
        "probes",
        "backoff",
        "timestamps",
        "sack",
        "wscale",
        "ecn",
        "ecn_seen",
        "syn_data",
        "usec_ts",
        "tfo_child",
        "snd_wscale",
        "rcv_wscale",
        "delivery_rate_app_limited",
        "fastopen_client_fail",
        "rto_us",
        "ato_us",
        "snd_mss_bytes",
        "rcv_mss_bytes",
        "unacked",
        "sacked",
        "lost",
        "retrans",
        "last_data_sent_ms",
        "last_data_recv_ms",
        "last_ack_recv_ms",
        "pmtu_bytes",
        "rcv_ssthresh_bytes",
        "rtt_us",
        "rttvar_us",
        "snd_ssthresh",
        "snd_cwnd",
        "advmss_bytes",
        "reordering",
        "rcv_rtt_us",
        "rcv_space_bytes",
        "total_retrans",
        "pacing_rate_bytes_per_s",
        "max_pacing_rate_bytes_per_s",
        "bytes_acked",
        "bytes_received",
        "segs_out",
        "segs_in",
        "notsent_bytes",
        "min_rtt_us",
        "data_segs_in",
        "data_segs_out",
        "delivery_rate_bytes_per_s",
        "busy_time_us",
        "rwnd_limited_us",
        "sndbuf_limited_us",
        "delivered",
        "delivered_ce",
        "bytes_sent",
        "bytes_retrans",
        "dsack_dups",
        "reord_seen",
        "rcv_ooopack",
        "snd_wnd_bytes",
        "rcv_wnd_bytes",
        "rehash",
        "total_rto",
        "total_rto_recoveries",
        "total_rto_time_ms",
        "received_ce",
        "delivered_e1_bytes",
        "delivered_e0_bytes",
        "delivered_ce_bytes",
        "received_e1_bytes",
        "received_e0_bytes",
        "received_ce_bytes",
    )
    @property
    def state(self) -> str | None: ...
    @property
    def ca_state(self) -> str | None: ...
    @property
    def retransmits(self) -> int | None: ...
    @property
    def probes(self) -> int | None: ...
    @property
    def backoff(self) -> int | None: ...
    @property
    def timestamps(self) -> bool | None: ...
    @property
    def sack(self) -> bool | None: ...
    @property
    def wscale(self) -> bool | None: ...
    @property
    def ecn(self) -> bool | None: ...
    @property
    def ecn_seen(self) -> bool | None: ...
    @property
    def syn_data(self) -> bool | None: ...
    @property
    def usec_ts(self) -> bool | None: ...
    @property
    def tfo_child(self) -> bool | None: ...
    @property
    def snd_wscale(self) -> int | None: ...
    @property
    def rcv_wscale(self) -> int | None: ...
    @property
    def delivery_rate_app_limited(self) -> bool | None: ...
    @property
    def fastopen_client_fail(self) -> str | None: ...
    @property
    def rto_us(self) -> int | None: ...
    @property
    def ato_us(self) -> int | None: ...
    @property
    def snd_mss_bytes(self) -> int | None: ...
    @property
    def rcv_mss_bytes(self) -> int | None: ...
    @property
    def unacked(self) -> int | None: ...
    @property
    def sacked(self) -> int | None: ...
    @property
    def lost(self) -> int | None: ...
    @property
    def retrans(self) -> int | None: ...
    @property
    def last_data_sent_ms(self) -> int | None: ...
    @property
    def last_data_recv_ms(self) -> int | None: ...
    @property
    def last_ack_recv_ms(self) -> int | None: ...
    @property
    def pmtu_bytes(self) -> int | None: ...
    @property
    def rcv_ssthresh_bytes(self) -> int | None: ...
    @property
    def rtt_us(self) -> int | None: ...
    @property
    def rttvar_us(self) -> int | None: ...
    @property
    def snd_ssthresh(self) -> int | None: ...
    @property
    def snd_cwnd(self) -> int | None: ...
    @property
    def advmss_bytes(self) -> int | None: ...
    @property
    def reordering(self) -> int | None: ...
    @property
    def rcv_rtt_us(self) -> int | None: ...
    @property
    def rcv_space_bytes(self) -> int | None: ...
    @property
    def total_retrans(self) -> int | None: ...
    @property
    def pacing_rate_bytes_per_s(self) -> int | None: ...
    @property
    def max_pacing_rate_bytes_per_s(self) -> int | None: ...
    @property
    def bytes_acked(self) -> int | None: ...
    @property
    def bytes_received(self) -> int | None: ...
    @property
    def segs_out(self) -> int | None: ...
    @property
    def segs_in(self) -> int | None: ...
    @property
    def notsent_bytes(self) -> int | None: ...
    @property
    def min_rtt_us(self) -> int | None: ...
    @property
    def data_segs_in(self) -> int | None: ...
    @property
    def data_segs_out(self) -> int | None: ...
    @property
    def delivery_rate_bytes_per_s(self) -> int | None: ...
    @property
    def busy_time_us(self) -> int | None: ...
    @property
    def rwnd_limited_us(self) -> int | None: ...
    @property
    def sndbuf_limited_us(self) -> int | None: ...
    @property
    def delivered(self) -> int | None: ...
    @property
    def delivered_ce(self) -> int | None: ...
    @property
    def bytes_sent(self) -> int | None: ...
    @property
    def bytes_retrans(self) -> int | None: ...
    @property
    def dsack_dups(self) -> int | None: ...
    @property
    def reord_seen(self) -> int | None: ...
    @property
    def rcv_ooopack(self) -> int | None: ...
    @property
    def snd_wnd_bytes(self) -> int | None: ...
    @property
    def rcv_wnd_bytes(self) -> int | None: ...
    @property
    def rehash(self) -> int | None: ...
    @property
    def total_rto(self) -> int | None: ...
    @property
    def total_rto_recoveries(self) -> int | None: ...
    @property
    def total_rto_time_ms(self) -> int | None: ...
    @property
    def received_ce(self) -> int | None: ...
    @property
    def delivered_e1_bytes(self) -> int | None: ...
    @property
    def delivered_e0_bytes(self) -> int | None: ...
    @property
    def delivered_ce_bytes(self) -> int | None: ...
    @property
    def received_e1_bytes(self) -> int | None: ...
    @property
    def received_e0_bytes(self) -> int | None: ...
    @property
    def received_ce_bytes(self) -> int | None: ...

@final
class AddrInfo:
    """An address, with the socket type and protocol to use it with.

    Equal and of one hash when family, address, port and scope are equal. str() gives
    "127.0.0.1:80", "[::1]:80", "/path" or "@abstract". It copies and pickles.
    """

    # surface: ADDRINFO
    def family(self) -> int:
        """Return the address family.

        Returns: int.
        Errors: none.
        Blocks: never.
        Source: no system call.
        """
    def socktype(self) -> int:
        """Return the socket type, 0 for any.

        Returns: int.
        Errors: none.
        Blocks: never.
        Source: no system call.
        """
    def protocol(self) -> int:
        """Return the protocol, 0 for the default.

        Returns: int.
        Errors: none.
        Blocks: never.
        Source: no system call.
        """
    def addr(self) -> str | bytes | None:
        """Return the numeric host, the path or the abstract name.

        Returns: str, bytes for an abstract name, or None.
        Errors: none.
        Blocks: never.
        Source: inet_ntop(3), if_indextoname(3).
        """
    def port(self) -> int | None:
        """Return the port.

        Returns: int or None.
        Errors: none.
        Blocks: never.
        Source: no system call.
        """
    def raw(self) -> bytes:
        """Return the bytes that follow the family, as the kernel has them.

        Returns: bytes.
        Errors: none.
        Blocks: never.
        Source: the structure sockaddr of the family.
        """
    def canonname(self) -> str | None:
        """Return the host's canonical name where it was asked for.

        Returns: str or None.
        Errors: none.
        Blocks: never.
        Source: getaddrinfo(3).
        """
    def getnameinfo(self, *flags: int | None) -> dict[str, str]:
        """Look up host and service names; blocks on the resolver.

        *flags: NI_ constants. With NI_NUMERICHOST and NI_NUMERICSERV nothing is
            looked up.

        Returns: {"host": ..., "service": ...}.
        Raises: socket.gaierror.
        Errors: EAI_NONAME: no name, where NI_NAMEREQD asks for one. EAI_AGAIN: no
            answer now. EAI_FAMILY: a family without names. EAI_BADFLAGS: unknown
            flags.
        Blocks: on the resolver, unless the flags hold NI_NUMERICHOST and
            NI_NUMERICSERV.
        Source: getnameinfo(3).
        """
    # surface: end
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: object, /) -> Self: ...
    def __reduce__(self) -> tuple[Callable[..., AddrInfo], tuple[object, ...]]: ...

@final
class MsgHdr:
    """What sendmsg and recvmsg take: an address, buffers, control messages.

    Each part is read without an argument; with one it is set, None removes it, and the
    part before is returned.
    """

    # surface: MSGHDR
    def name(self, ai: AddrInfo | None = ..., /) -> AddrInfo | None:
        """Return the address and, with an argument, set it; None removes it.

        ai: an address; None removes it; left out, the call only reads.

        Returns: the value before, or None.
        Errors: none.
        Blocks: never.
        Source: recvmsg(2).
        """
    def iov(self, iov: IoVec | None = ..., /) -> IoVec | None:
        """Return the iovec and, with an argument, set it.

        iov: an iovec; None removes it; left out, the call only reads.

        Returns: the value before, or None.
        Errors: none.
        Blocks: never.
        Source: recvmsg(2).
        """
    def control(self, cmsgs: CmsgHdrs | None = ..., /) -> CmsgHdrs | None:
        """Return the control messages and, with an argument, set them.

        cmsgs: a queue of control messages; None removes it; left out, the call only
            reads.

        Returns: the value before, or None.
        Errors: none.
        Blocks: never.
        Source: cmsg(3).
        """
    def control_room(self, limit: int | None = ..., /) -> int:
        """Return how much control data a receive may bring and, with an argument, set it.

        limit: from 0 to 2048; None is 2048, as at first, which holds 253 descriptors
            and more; left out, the call only reads.

        Returns: the value before.
        Raises: ValueError.
        Errors: EINVAL (ValueError): out of range.
        Blocks: never.
        Source: recvmsg(2), cmsg(3).
        """
    def flags(self) -> int:
        """Return the MSG_ flags of the last receive.

        Returns: int.
        Errors: none.
        Blocks: never.
        Source: recvmsg(2).
        """
    # surface: end
    def __reduce__(self) -> NoReturn: ...

@final
class CmsgHdr:
    """A control message; received descriptors are its own until data() takes them."""

    # surface: CMSGHDR
    def level(self) -> int:
        """Return the protocol level.

        Returns: int.
        Errors: none.
        Blocks: never.
        Source: cmsg(3).
        """
    def type(self) -> int:
        """Return the type.

        Returns: int.
        Errors: none.
        Blocks: never.
        Source: cmsg(3).
        """
    def data(self) -> bytes | tuple[int, ...] | None:
        """Return the bytes, or take the descriptors.

        Returns: bytes; a tuple; None.
        Errors: none.
        Blocks: never.
        Source: cmsg(3).
        """
    def value(self) -> int | float | AddrInfo | dict[str, Any] | None:
        """Return the data decoded: an integer, seconds, credentials or packet info.

        Returns: as below; None for other kinds.
        Errors: none.
        Blocks: never.
        Source: cmsg(3), ip(7), ipv6(7), unix(7), socket(7).
        """
    # surface: end
    def __len__(self) -> int: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...
    def __reduce__(self) -> NoReturn: ...

@final
class CmsgHdrs:
    """Control messages in a queue."""

    # surface: CMSGHDRS
    def push(self, cmsg: CmsgHdr, /) -> Literal[True]:
        """Append a copy of a control message.

        cmsg: a control message whose descriptors have not been taken.

        Returns: True.
        Raises: ValueError.
        Errors: EINVAL (ValueError): its descriptors have been taken.
        Blocks: never.
        Source: cmsg(3).
        """
    def shift(self) -> CmsgHdr | None:
        """Remove and return the first control message.

        Returns: a CmsgHdr, or None.
        Errors: none.
        Blocks: never.
        Source: cmsg(3).
        """
    # surface: end
    def __len__(self) -> int: ...
    def __reduce__(self) -> NoReturn: ...

# `del` is a word of the language, so the stub cannot say it: iov.delete(i) does the same.
@final
class IoVec:
    """Buffers in a row that a call fills or sends as one. Elements count from 1."""

    # surface: IOVEC PY_IOVEC
    def add(self, str: Buffer, /) -> int:
        """Append bytes and return the element's index.

        str: the bytes.

        Returns: the index of the element.
        Errors: none.
        Blocks: never.
        Source: readv(2).
        """
    def addn(self, n: int, /) -> int:
        """Append n zero bytes and return the element's index.

        n: its length, 0 or more.

        Returns: the index of the element.
        Raises: ValueError.
        Errors: EINVAL (ValueError): negative.
        Blocks: never.
        Source: readv(2).
        """
    def get(self, i: int, /) -> _bytes | None:
        """Return element i.

        i: its index.

        Returns: bytes, or None.
        Errors: none.
        Blocks: never.
        Source: readv(2).
        """
    def set(self, str: Buffer, i: int, /) -> Literal[True]:
        """Replace element i.

        str: the bytes.
        i: its index.

        Returns: True.
        Raises: ValueError.
        Errors: EINVAL (ValueError): there is no such element.
        Blocks: never.
        Source: readv(2).
        """
    def delete(self, i: int, /) -> _bytes:
        """Do what del does, under a name that Python can say.

        i: its index.

        Returns: bytes.
        Raises: ValueError.
        Errors: EINVAL (as ValueError): there is no such element.
        Blocks: never.
        Source: readv(2).
        """
    def bytes(self) -> int:
        """Return how many bytes there are.

        Returns: int.
        Errors: none.
        Blocks: never.
        Source: readv(2).
        """
    def concat(self, offset: int | None = 0, n: int | None = None, /) -> _bytes:
        """Return n bytes from offset on.

        offset: where to begin, 0 by default.
        n: how many at most; to the end by default.

        Returns: bytes.
        Raises: ValueError.
        Errors: EINVAL (ValueError): negative.
        Blocks: never.
        Source: readv(2).
        """
    def consume(self, n: int, /) -> int:
        """Forget the first n bytes and return how many are left.

        n: how many, 0 or more; what is beyond the end does not count.

        Returns: how many bytes are left.
        Raises: ValueError.
        Errors: EINVAL (ValueError): negative.
        Blocks: never.
        Source: readv(2).
        """
    def readv(
        self, fd: _Descriptor, offset: int | None = 0, n: int | None = None, /
    ) -> int:
        """Read from a descriptor into the buffers.

        fd: a descriptor, or a socket object.
        offset: the first byte of the row to use, 0 by default.
        n: how many bytes at most; to the end by default.

        Returns: n; 0 at the end of the stream.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EBADF: not open. EINVAL (ValueError): a negative number. EMSGSIZE:
            more than 1,024 elements on a packet socket. EIO, EISDIR.
        Blocks: as the descriptor does, or as sock:readv for a socket object; Python
            releases the interpreter's lock.
        Source: readv(2), for a socket object recvmsg(2).
        """
    def writev(
        self, fd: _Descriptor, offset: int | None = 0, n: int | None = None, /
    ) -> int:
        """Write the buffers to a descriptor.

        fd: a descriptor, a socket object, or an open file as sendfile takes it.
        offset: the first byte of the row to use, 0 by default.
        n: how many bytes at most; to the end by default.

        Returns: n.
        Raises: BlockingIOError where it would have to wait; TimeoutError when the
            time is up; OSError.
        Errors: EBADF: not open. EPIPE: the reading end is closed. EINVAL
            (ValueError): a negative number. EMSGSIZE: more than 1,024 elements on a
            packet socket. ENOSPC, EIO.
        Blocks: as the descriptor does, or as sock:writev for a socket object; Python
            releases the interpreter's lock.
        Source: writev(2), for a socket object sendmsg(2).
        """
    # surface: end
    def __len__(self) -> int: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...
    def __release_buffer__(self, view: memoryview, /) -> None: ...
    def __reduce__(self) -> NoReturn: ...

@final
class Reader:
    """Lines, exact counts and marks out of a stream, read ahead.

    What a failed call leaves is pending; the exception's `done` says how many bytes.
    Iterated, it gives lines as a file does, with their newline.
    """

    # surface: READER
    def read(self, n: int, sec: _Seconds | None = None) -> bytes:
        """Read 1 to n bytes, what there is.

        n: the most bytes to take, at least 1.
        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes; b'' at the end of the stream.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EINVAL (ValueError): n below 1, sec negative or NaN. ETIMEDOUT: the
            time is up. EBUSY: another receive is under way. ECONNRESET, EBADF.
        Blocks: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    def readexactly(self, n: int, sec: _Seconds | None = None) -> bytes:
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
        Blocks: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    def readuntil(self, mark: Buffer, sec: _Seconds | None = None) -> bytes:
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
        Blocks: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    def readline(self, sec: _Seconds | None = None) -> bytes:
        """Read a line with its newline; the last one may have none.

        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes; b'' at the end of the stream.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EMSGSIZE: no newline within limit bytes. EINVAL (ValueError): sec
            negative or NaN. ETIMEDOUT: the time is up. EBUSY: another receive is
            under way. ECONNRESET, EBADF.
        Blocks: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    def line(self, sec: _Seconds | None = None) -> bytes | None:
        """Read a whole line and return it without its newline.

        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes; None at the end of the stream.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EPROTO: the stream ended in the middle of a line (EndOfStream).
            EMSGSIZE: no newline within limit bytes. EINVAL (ValueError): sec negative
            or NaN. ETIMEDOUT: the time is up. EBUSY: another receive is under way.
            ECONNRESET, EBADF.
        Blocks: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    def lines(self, sec: _Seconds | None = None) -> Iterator[bytes]:
        """Return an iterator of the lines, each waited for at most sec seconds.

        sec: how long each line may take, in seconds; left out, without a limit.

        Returns: an iterator.
        Errors: none; the iterator raises those of line.
        Blocks: never; each step of the iterator as line does.
        Source: recv(2), poll(2).
        """
    def readall(self, max: int, sec: _Seconds | None = None) -> bytes:
        """Read everything to the end of the stream, at most max bytes.

        max: the most bytes to take, 0 or more.
        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EMSGSIZE: more than max bytes. EINVAL (ValueError): max negative, sec
            negative or NaN. ETIMEDOUT: the time is up. EBUSY: another receive is
            under way. ECONNRESET, EBADF.
        Blocks: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    def peek(self, n: int, sec: _Seconds | None = None) -> bytes:
        """Return the next n bytes without taking them, fewer only at the end.

        n: how many, 1 to limit.
        sec: how long at most, in seconds, over all; left out, without a limit; 0 is
            one attempt.

        Returns: bytes; b'' at the end of the stream.
        Raises: TimeoutError with done when the time is up; OSError with done.
        Errors: EINVAL (ValueError): n below 1 or above limit, sec negative or NaN.
            ETIMEDOUT: the time is up. EBUSY: another receive is under way.
            ECONNRESET, EBADF.
        Blocks: until it is done or sec seconds have passed.
        Source: recv(2), poll(2).
        """
    # surface: end
    def __iter__(self) -> Reader: ...
    def __next__(self) -> _bytes: ...
    def __reduce__(self) -> NoReturn: ...

class EndOfStream(errors._Failed, OSError, EOFError):
    """The stream ended before all was there."""

# Sockets from nothing, or from a descriptor.
# surface: MODULE
def wrap(fd: int, nonblock: bool | None = True) -> Socket:
    """Adopt a socket descriptor.

    fd: the number of a socket descriptor.
    nonblock: false leaves the blocking mode as it was found; true by default.
        Close-on-exec is set either way.

    Returns: a Socket.
    Raises: OSError.
    Errors: EBADF: no open descriptor. ENOTSOCK: a file, a pipe or something else.
        After any error the descriptor is unchanged and still the caller's.
    Blocks: never.
    Source: getsockopt(2) with SO_TYPE, SO_DOMAIN and SO_PROTOCOL, fcntl(2).
    """

def new(
    family: int,
    socktype: int,
    protocol: int | None = 0,
    nonblock: bool | None = True,
    **options: Unpack[_ModeGiven],
) -> Socket:
    """Open a socket of any family.

    family: an AF_ constant.
    socktype: a SOCK_ constant. SOCK_NONBLOCK may be added to it and counts as
        nonblock.
    protocol: an IPPROTO_ constant; 0, the default, is the usual one of the type.
    nonblock: false makes a socket whose plain calls wait; true by default.
    options: options that are set before the socket is returned.

    Returns: a Socket.
    Raises: OSError.
    Errors: EAFNOSUPPORT: the system has no such family. EPROTONOSUPPORT,
        ESOCKTNOSUPPORT, EINVAL: not with this type or protocol. EACCES, EPERM: a
        raw socket without the privilege. EMFILE, ENFILE: no descriptor left in
        this process, in the system. ENOBUFS, ENOMEM: no memory in the kernel.
    Blocks: never.
    Source: socket(2).
    """

def new_inet(
    socktype: int,
    protocol: int,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open an IPv4 socket.

    socktype: a SOCK_ constant.
    protocol: an IPPROTO_ constant, or 0.
    reuseaddr: true turns reuseaddr on before the socket is returned.
    reuseport: the same for reuseport.
    options: options that are set before the socket is returned.

    Returns: a Socket.
    Raises: OSError.
    Errors: those of socket.new. An option that the system refuses is named in the
        error, and the new socket is closed again: EOPNOTSUPP, ENOPROTOOPT.
    Blocks: never.
    Source: socket(2), socket(7).
    """

def new_inet_stream(
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open an IPv4 TCP socket.

    reuseaddr: true turns reuseaddr on before the socket is returned; false by
        default.
    reuseport: the same for reuseport.
    options: options that are set before the socket is returned.

    Returns: a Socket.
    Raises: OSError.
    Errors: EAFNOSUPPORT: the system was built without IPv6. EMFILE, ENFILE,
        ENOBUFS, ENOMEM: nothing left to make a socket of.
    Blocks: never.
    Source: socket(2), tcp(7), udp(7), unix(7).
    """

def new_inet_dgram(
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open an IPv4 UDP socket.

    reuseaddr: true turns reuseaddr on before the socket is returned; false by
        default.
    reuseport: the same for reuseport.
    options: options that are set before the socket is returned.

    Returns: a Socket.
    Raises: OSError.
    Errors: EAFNOSUPPORT: the system was built without IPv6. EMFILE, ENFILE,
        ENOBUFS, ENOMEM: nothing left to make a socket of.
    Blocks: never.
    Source: socket(2), tcp(7), udp(7), unix(7).
    """

def new_inet6(
    socktype: int,
    protocol: int,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open an IPv6 socket.

    socktype: a SOCK_ constant.
    protocol: an IPPROTO_ constant, or 0.
    reuseaddr: true turns reuseaddr on before the socket is returned.
    reuseport: the same for reuseport.
    options: options that are set before the socket is returned.

    Returns: a Socket.
    Raises: OSError.
    Errors: those of socket.new. An option that the system refuses is named in the
        error, and the new socket is closed again: EOPNOTSUPP, ENOPROTOOPT.
    Blocks: never.
    Source: socket(2), socket(7).
    """

def new_inet6_stream(
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open an IPv6 TCP socket.

    reuseaddr: true turns reuseaddr on before the socket is returned; false by
        default.
    reuseport: the same for reuseport.
    options: options that are set before the socket is returned.

    Returns: a Socket.
    Raises: OSError.
    Errors: EAFNOSUPPORT: the system was built without IPv6. EMFILE, ENFILE,
        ENOBUFS, ENOMEM: nothing left to make a socket of.
    Blocks: never.
    Source: socket(2), tcp(7), udp(7), unix(7).
    """

def new_inet6_dgram(
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open an IPv6 UDP socket.

    reuseaddr: true turns reuseaddr on before the socket is returned; false by
        default.
    reuseport: the same for reuseport.
    options: options that are set before the socket is returned.

    Returns: a Socket.
    Raises: OSError.
    Errors: EAFNOSUPPORT: the system was built without IPv6. EMFILE, ENFILE,
        ENOBUFS, ENOMEM: nothing left to make a socket of.
    Blocks: never.
    Source: socket(2), tcp(7), udp(7), unix(7).
    """

def new_unix(
    socktype: int,
    protocol: int,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open a unix socket.

    socktype: a SOCK_ constant.
    protocol: an IPPROTO_ constant, or 0.
    reuseaddr: true turns reuseaddr on before the socket is returned.
    reuseport: the same for reuseport.
    options: options that are set before the socket is returned.

    Returns: a Socket.
    Raises: OSError.
    Errors: those of socket.new. An option that the system refuses is named in the
        error, and the new socket is closed again: EOPNOTSUPP, ENOPROTOOPT.
    Blocks: never.
    Source: socket(2), socket(7).
    """

def new_unix_stream(
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open a unix stream socket.

    reuseaddr: true turns reuseaddr on before the socket is returned; false by
        default.
    reuseport: the same for reuseport.
    options: options that are set before the socket is returned.

    Returns: a Socket.
    Raises: OSError.
    Errors: EAFNOSUPPORT: the system was built without IPv6. EMFILE, ENFILE,
        ENOBUFS, ENOMEM: nothing left to make a socket of.
    Blocks: never.
    Source: socket(2), tcp(7), udp(7), unix(7).
    """

def new_unix_dgram(
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open a unix datagram socket.

    reuseaddr: true turns reuseaddr on before the socket is returned; false by
        default.
    reuseport: the same for reuseport.
    options: options that are set before the socket is returned.

    Returns: a Socket.
    Raises: OSError.
    Errors: EAFNOSUPPORT: the system was built without IPv6. EMFILE, ENFILE,
        ENOBUFS, ENOMEM: nothing left to make a socket of.
    Blocks: never.
    Source: socket(2), tcp(7), udp(7), unix(7).
    """

def pair(
    socktype: int, protocol: int | None = 0, nonblock: bool | None = True
) -> tuple[Socket, Socket]:
    """Make two connected unix sockets.

    socktype: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET.
    protocol: 0, which is the default.
    nonblock: false makes both blocking; true by default.

    Returns: (a, b).
    Raises: OSError.
    Errors: EPROTONOSUPPORT, ESOCKTNOSUPPORT, EINVAL: unix sockets have no such
        protocol or type. EMFILE, ENFILE: not both descriptors can be had; neither
        is left open.
    Blocks: never.
    Source: socketpair(2).
    """

def pair_stream() -> tuple[Socket, Socket]:
    """Make two connected unix stream sockets.

    Returns: (a, b).
    Raises: OSError.
    Errors: EMFILE, ENFILE, ENOBUFS, ENOMEM.
    Blocks: never.
    Source: socketpair(2), unix(7).
    """

def pair_dgram() -> tuple[Socket, Socket]:
    """Make two connected unix datagram sockets.

    Returns: (a, b).
    Raises: OSError.
    Errors: EMFILE, ENFILE, ENOBUFS, ENOMEM.
    Blocks: never.
    Source: socketpair(2), unix(7).
    """

def pair_seqpacket() -> tuple[Socket, Socket]:
    """Make two connected unix seqpacket sockets.

    Returns: (a, b).
    Raises: OSError.
    Errors: EMFILE, ENFILE, ENOBUFS, ENOMEM.
    Blocks: never.
    Source: socketpair(2), unix(7).
    """

def bind(
    ai: AddrInfo,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open a socket bound to an address.

    ai: the address.
    reuseaddr: true turns reuseaddr on before binding; false by default.
    reuseport: the same for reuseport.
    options: options that are set before it is bound.

    Returns: a Socket.
    Raises: OSError.
    Errors: EADDRINUSE: another socket has the address. EADDRNOTAVAIL: it is not
        of this machine. EACCES: a port below 1024, or a directory, without the
        permission. ENOENT: the directory of a unix path does not exist. EMFILE,
        ENFILE: no descriptor left.
    Blocks: never.
    Source: socket(2), bind(2).
    """

def bind_inet_stream(
    host: _Host,
    port: _Port,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open a TCP socket bound to an IPv4 address.

    host: a name or an IPv4 address; None or "*" is every address of this machine.
        An empty string is refused, so that no configuration that lost its value
        opens a server to the world.
    port: an integer from 0 to 65535, the same as decimal text, or a service name;
        None is 0. With 0 the system chooses a free port, which sock:getsockname()
        tells.
    reuseaddr: true lets the address be bound again while connections of its last
        user are in TIME-WAIT.
    reuseport: true lets other sockets of the same user bind the same address.
    options: options that are set before it is bound.

    Returns: a Socket.
    Raises: OSError or socket.gaierror.
    Errors: those of socket.bind; EAI_NONAME: an unknown host, or neither host nor
        port; EAI_SERVICE: not a port; EAI_ADDRFAMILY: an IPv6 address.
    Blocks: on the resolver, when host or port is a name.
    Source: getaddrinfo(3), bind(2), ip(7).
    """

def bind_inet6_stream(
    host: _Host,
    port: _Port,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open a TCP socket bound to an IPv6 address, for IPv6 only.

    host: a name or an IPv6 address, with % and a zone where it is link-local, or
        the wildcard: None or "*".
    port: an integer from 0 to 65535, decimal text, or a service name; None is 0,
        for which the system chooses a free one.
    reuseaddr: true lets the address be bound again while connections of its last
        user are in TIME-WAIT.
    reuseport: true lets other sockets of the same user bind the same address.
    options: options that are set before it is bound.

    Returns: a Socket.
    Raises: OSError or socket.gaierror.
    Errors: those of socket.bind_inet_stream; EAI_NONAME also for an unknown zone,
        EAI_ADDRFAMILY for an IPv4 address, EAFNOSUPPORT where the system has no
        IPv6.
    Blocks: on the resolver, when host or port is a name.
    Source: getaddrinfo(3), bind(2), ipv6(7); RFC 3493, section 5.3.
    """

def bind_stream(
    host: _Host,
    port: _Port,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open a TCP socket bound to an IPv6 or IPv4 address, dual-stack if possible.

    host: a name, an address of either family, or the wildcard: None or "*".
    port: an integer from 0 to 65535, decimal text, or a service name; None is 0,
        for which the system chooses a free one.
    reuseaddr: true lets the address be bound again while connections of its last
        user are in TIME-WAIT.
    reuseport: true lets other sockets of the same user bind the same address.
    options: options that are set before it is bound.

    Returns: a Socket.
    Raises: OSError or socket.gaierror.
    Errors: those of socket.bind; EAI_NONAME: an unknown host or zone, or neither
        host nor port; EAI_SERVICE: not a port.
    Blocks: on the resolver, when host or port is a name.
    Source: getaddrinfo(3), bind(2), ipv6(7).
    """

def bind_inet_dgram(
    host: _Host,
    port: _Port,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open a UDP socket bound to an IPv4 address.

    host: a name or an IPv4 address; None or "*" is every address of this machine.
        An empty string is refused, so that no configuration that lost its value
        opens a server to the world.
    port: an integer from 0 to 65535, the same as decimal text, or a service name;
        None is 0. With 0 the system chooses a free port, which sock:getsockname()
        tells.
    reuseaddr: true lets the address be bound again while connections of its last
        user are in TIME-WAIT.
    reuseport: true lets other sockets of the same user bind the same address.
    options: options that are set before it is bound.

    Returns: a Socket.
    Raises: OSError or socket.gaierror.
    Errors: those of socket.bind; EAI_NONAME: an unknown host, or neither host nor
        port; EAI_SERVICE: not a port; EAI_ADDRFAMILY: an IPv6 address.
    Blocks: on the resolver, when host or port is a name.
    Source: getaddrinfo(3), bind(2), ip(7).
    """

def bind_inet6_dgram(
    host: _Host,
    port: _Port,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open a UDP socket bound to an IPv6 address, for IPv6 only.

    host: a name or an IPv6 address, with % and a zone where it is link-local, or
        the wildcard: None or "*".
    port: an integer from 0 to 65535, decimal text, or a service name; None is 0,
        for which the system chooses a free one.
    reuseaddr: true lets the address be bound again while connections of its last
        user are in TIME-WAIT.
    reuseport: true lets other sockets of the same user bind the same address.
    options: options that are set before it is bound.

    Returns: a Socket.
    Raises: OSError or socket.gaierror.
    Errors: those of socket.bind_inet_stream; EAI_NONAME also for an unknown zone,
        EAI_ADDRFAMILY for an IPv4 address, EAFNOSUPPORT where the system has no
        IPv6.
    Blocks: on the resolver, when host or port is a name.
    Source: getaddrinfo(3), bind(2), ipv6(7); RFC 3493, section 5.3.
    """

def bind_dgram(
    host: _Host,
    port: _Port,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
    **options: Unpack[_ReuseGiven],
) -> Socket:
    """Open a UDP socket bound to an IPv6 or IPv4 address, dual-stack if possible.

    host: a name, an address of either family, or the wildcard: None or "*".
    port: an integer from 0 to 65535, decimal text, or a service name; None is 0,
        for which the system chooses a free one.
    reuseaddr: true lets the address be bound again while connections of its last
        user are in TIME-WAIT.
    reuseport: true lets other sockets of the same user bind the same address.
    options: options that are set before it is bound.

    Returns: a Socket.
    Raises: OSError or socket.gaierror.
    Errors: those of socket.bind; EAI_NONAME: an unknown host or zone, or neither
        host nor port; EAI_SERVICE: not a port.
    Blocks: on the resolver, when host or port is a name.
    Source: getaddrinfo(3), bind(2), ipv6(7).
    """

def bind_unix_stream(
    pathname: _Path | None = None,
    mode: int | None = None,
    unlink: bool | None = False,
    **options: Unpack[_Options],
) -> Socket:
    """Open a unix stream socket bound to a path or abstract name.

    pathname: up to 107 bytes. A NUL as its first byte makes it an abstract name
        of Linux that has exactly the bytes that follow, up to 107 of them, and no
        file. A path creates a file, which stays after the socket has been closed,
        and which nothing may have created before. Python takes str, bytes and
        path objects. Without it the kernel chooses an abstract name, on Linux
        alone; it is in ai and in getsockname.
    mode: the permission bits of the file, 0 to 0777 (octal). It is never more
        open than that, not even for a moment, and it is this file's mode and no
        other's: a link that has taken its place meanwhile is EEXIST. Left out,
        the umask decides. On Linux a mode that the umask narrows needs /proc.
    unlink: true removes a socket file that stands in the way, if the socket that
        made it is no longer open anywhere; one that is bound and does not listen
        yet is left, and the answer is EADDRINUSE. It also removes the new file at
        close, if this process made it and it is still the same file; a relative
        path is the one that it was when binding, whatever directory the process
        is in by then.
    options: options that are set before it is bound.

    Returns: a Socket.
    Raises: OSError.
    Errors: EADDRINUSE: the path or name exists. ENAMETOOLONG: more bytes than
        that. ENOENT, ENOTDIR, EACCES, EROFS: of the directory. EINVAL
        (ValueError): empty, a NUL elsewhere, a mode outside its range, or mode or
        unlink without a path. EOPNOTSUPP: without a path, elsewhere than on
        Linux.
    Blocks: never.
    Source: unix(7).
    """

def bind_unix_dgram(
    pathname: _Path | None = None,
    mode: int | None = None,
    unlink: bool | None = False,
    **options: Unpack[_Options],
) -> Socket:
    """Open a unix datagram socket bound to a path or abstract name.

    pathname: up to 107 bytes. A NUL as its first byte makes it an abstract name
        of Linux that has exactly the bytes that follow, up to 107 of them, and no
        file. A path creates a file, which stays after the socket has been closed,
        and which nothing may have created before. Python takes str, bytes and
        path objects. Without it the kernel chooses an abstract name, on Linux
        alone; it is in ai and in getsockname.
    mode: the permission bits of the file, 0 to 0777 (octal). It is never more
        open than that, not even for a moment, and it is this file's mode and no
        other's: a link that has taken its place meanwhile is EEXIST. Left out,
        the umask decides. On Linux a mode that the umask narrows needs /proc.
    unlink: true removes a socket file that stands in the way, if the socket that
        made it is no longer open anywhere; one that is bound and does not listen
        yet is left, and the answer is EADDRINUSE. It also removes the new file at
        close, if this process made it and it is still the same file; a relative
        path is the one that it was when binding, whatever directory the process
        is in by then.
    options: options that are set before it is bound.

    Returns: a Socket.
    Raises: OSError.
    Errors: EADDRINUSE: the path or name exists. ENAMETOOLONG: more bytes than
        that. ENOENT, ENOTDIR, EACCES, EROFS: of the directory. EINVAL
        (ValueError): empty, a NUL elsewhere, a mode outside its range, or mode or
        unlink without a path. EOPNOTSUPP: without a path, elsewhere than on
        Linux.
    Blocks: never.
    Source: unix(7).
    """

def connect(
    ai: AddrInfo, conndeadl: _Seconds | None = None, **options: Unpack[_ConnectOptions]
) -> Socket:
    """Open a socket connected to an address.

    ai: the address.
    conndeadl: the most seconds that all of it may take, fractions included; None
        waits for as long as it takes.
    options: options that are set before each connect, local_addr and
        attempt_delay.

    Returns: a Socket.
    Raises: TimeoutError with timeout true when the time is up; OSError.
    Errors: ECONNREFUSED: nothing listens there. ETIMEDOUT: the deadline has
        passed, or the kernel gave up first, which is not marked as a timeout.
        EHOSTUNREACH, ENETUNREACH: no way there. ENOENT, EACCES: a unix path that
        does not exist, or may not be used. EADDRNOTAVAIL: no port left at this
        end. EMFILE, ENFILE: no descriptor left.
    Blocks: until connected, refused or out of time.
    Source: connect(2).
    """

def connect_inet_stream(
    host: _Host,
    port: _Port,
    conndeadl: _Seconds | None = None,
    **options: Unpack[_ConnectOptions],
) -> Socket:
    """Open a TCP connection over IPv4.

    host: a name or a numeric address of the family; None is this machine's
        loopback address.
    port: an integer from 0 to 65535, the same as decimal text, or a service name;
        None is 0, to which nothing can connect.
    conndeadl: the most seconds that all of it may take, fractions included; None
        waits for as long as it takes.
    options: options that are set before each connect, local_addr and
        attempt_delay.

    Returns: a Socket.
    Raises: TimeoutError with timeout true when the time is up; OSError or
        socket.gaierror.
    Errors: those of socket.connect; EAI_NONAME: an unknown host or zone, a name
        of over 255 bytes, or neither host nor port; EAI_AGAIN: the resolver has
        no answer now; EAI_SERVICE: not a port; EAI_ADDRFAMILY: a numeric address
        of the other family; EAI_MEMORY: no thread for the resolver, and a
        deadline.
    Blocks: until connected, refused or out of time, which includes the resolver.
        With a deadline, or under a poller, the resolver runs in a thread of its
        own, and for connect_stream always in two. A host and a port in digits
        start no thread; a host in digits and a service by name start one. Where
        the system has no thread to give, the resolver runs in place if there is
        no deadline.
    Source: getaddrinfo(3), connect(2), tcp(7); RFC 8305.
    """

def connect_inet6_stream(
    host: _Host,
    port: _Port,
    conndeadl: _Seconds | None = None,
    **options: Unpack[_ConnectOptions],
) -> Socket:
    """Open a TCP connection over IPv6.

    host: a name or a numeric address of the family; None is this machine's
        loopback address.
    port: an integer from 0 to 65535, the same as decimal text, or a service name;
        None is 0, to which nothing can connect.
    conndeadl: the most seconds that all of it may take, fractions included; None
        waits for as long as it takes.
    options: options that are set before each connect, local_addr and
        attempt_delay.

    Returns: a Socket.
    Raises: TimeoutError with timeout true when the time is up; OSError or
        socket.gaierror.
    Errors: those of socket.connect; EAI_NONAME: an unknown host or zone, a name
        of over 255 bytes, or neither host nor port; EAI_AGAIN: the resolver has
        no answer now; EAI_SERVICE: not a port; EAI_ADDRFAMILY: a numeric address
        of the other family; EAI_MEMORY: no thread for the resolver, and a
        deadline.
    Blocks: until connected, refused or out of time, which includes the resolver.
        With a deadline, or under a poller, the resolver runs in a thread of its
        own, and for connect_stream always in two. A host and a port in digits
        start no thread; a host in digits and a service by name start one. Where
        the system has no thread to give, the resolver runs in place if there is
        no deadline.
    Source: getaddrinfo(3), connect(2), tcp(7); RFC 8305.
    """

def connect_stream(
    host: _Host,
    port: _Port,
    conndeadl: _Seconds | None = None,
    **options: Unpack[_ConnectOptions],
) -> Socket:
    """Open a TCP connection over IPv6 or IPv4.

    host: a name or a numeric address of the family; None is this machine's
        loopback address.
    port: an integer from 0 to 65535, the same as decimal text, or a service name;
        None is 0, to which nothing can connect.
    conndeadl: the most seconds that all of it may take, fractions included; None
        waits for as long as it takes.
    options: options that are set before each connect, local_addr and
        attempt_delay.

    Returns: a Socket.
    Raises: TimeoutError with timeout true when the time is up; OSError or
        socket.gaierror.
    Errors: those of socket.connect; EAI_NONAME: an unknown host or zone, a name
        of over 255 bytes, or neither host nor port; EAI_AGAIN: the resolver has
        no answer now; EAI_SERVICE: not a port; EAI_ADDRFAMILY: a numeric address
        of the other family; EAI_MEMORY: no thread for the resolver, and a
        deadline.
    Blocks: until connected, refused or out of time, which includes the resolver.
        With a deadline, or under a poller, the resolver runs in a thread of its
        own, and for connect_stream always in two. A host and a port in digits
        start no thread; a host in digits and a service by name start one. Where
        the system has no thread to give, the resolver runs in place if there is
        no deadline.
    Source: getaddrinfo(3), connect(2), tcp(7); RFC 8305.
    """

def connect_unix_stream(
    pathname: _Path, conndeadl: _Seconds | None = None, **options: Unpack[_ConnectOptions]
) -> Socket:
    """Open a unix stream connection.

    pathname: a path or an abstract name, as for bind_unix_stream.
    conndeadl: the most seconds that all of it may take, fractions included; None
        waits for as long as it takes.
    options: options that are set before each connect, local_addr and
        attempt_delay.

    Returns: a Socket.
    Raises: TimeoutError with timeout true when the time is up; OSError.
    Errors: ENOENT: no such path. ECONNREFUSED: nothing listens on it, or no such
        abstract name. EACCES: no permission to write to it. EPROTOTYPE: it is a
        datagram socket. ENAMETOOLONG: more than 107 bytes.
    Blocks: until connected, refused or out of time.
    Source: connect(2), unix(7).
    """

def connect_inet_dgram(
    host: _Host,
    port: _Port,
    conndeadl: _Seconds | None = None,
    **options: Unpack[_ConnectOptions],
) -> Socket:
    """Open a UDP socket with an IPv4 peer.

    host: a name or a numeric address of the family; None is this machine's
        loopback address.
    port: an integer from 0 to 65535, the same as decimal text, or a service name;
        None is 0.
    conndeadl: the most seconds that the resolver may take; None waits for as long
        as it takes.
    options: options that are set before each connect, local_addr and
        attempt_delay.

    Returns: a Socket.
    Raises: TimeoutError with timeout true when the time is up; OSError or
        socket.gaierror.
    Errors: ENETUNREACH, EHOSTUNREACH: no way there. EACCES: a broadcast address.
        EMFILE, ENFILE: no descriptor left. EAI_NONAME and the others of
        connect_inet_stream.
    Blocks: on the resolver alone, as connect_inet_stream does.
    Source: getaddrinfo(3), connect(2), udp(7).
    """

def connect_inet6_dgram(
    host: _Host,
    port: _Port,
    conndeadl: _Seconds | None = None,
    **options: Unpack[_ConnectOptions],
) -> Socket:
    """Open a UDP socket with an IPv6 peer.

    host: a name or a numeric address of the family; None is this machine's
        loopback address.
    port: an integer from 0 to 65535, the same as decimal text, or a service name;
        None is 0.
    conndeadl: the most seconds that the resolver may take; None waits for as long
        as it takes.
    options: options that are set before each connect, local_addr and
        attempt_delay.

    Returns: a Socket.
    Raises: TimeoutError with timeout true when the time is up; OSError or
        socket.gaierror.
    Errors: ENETUNREACH, EHOSTUNREACH: no way there. EACCES: a broadcast address.
        EMFILE, ENFILE: no descriptor left. EAI_NONAME and the others of
        connect_inet_stream.
    Blocks: on the resolver alone, as connect_inet_stream does.
    Source: getaddrinfo(3), connect(2), udp(7).
    """

def connect_dgram(
    host: _Host,
    port: _Port,
    conndeadl: _Seconds | None = None,
    **options: Unpack[_ConnectOptions],
) -> Socket:
    """Open a UDP socket with an IPv6 or IPv4 peer.

    host: a name or a numeric address of the family; None is this machine's
        loopback address.
    port: an integer from 0 to 65535, the same as decimal text, or a service name;
        None is 0.
    conndeadl: the most seconds that the resolver may take; None waits for as long
        as it takes.
    options: options that are set before each connect, local_addr and
        attempt_delay.

    Returns: a Socket.
    Raises: TimeoutError with timeout true when the time is up; OSError or
        socket.gaierror.
    Errors: ENETUNREACH, EHOSTUNREACH: no way there. EACCES: a broadcast address.
        EMFILE, ENFILE: no descriptor left. EAI_NONAME and the others of
        connect_inet_stream.
    Blocks: on the resolver alone, as connect_inet_stream does.
    Source: getaddrinfo(3), connect(2), udp(7).
    """

def connect_unix_dgram(pathname: _Path, **options: Unpack[_ConnectOptions]) -> Socket:
    """Open a unix datagram socket with a peer.

    pathname: a path or an abstract name, as for bind_unix_dgram.
    options: options that are set before each connect, local_addr and
        attempt_delay.

    Returns: a Socket.
    Raises: OSError.
    Errors: ENOENT: no such path. ECONNREFUSED: nothing is bound to it any more,
        or no such abstract name. EACCES: no permission to write to it.
        EPROTOTYPE: it is a stream socket. ENAMETOOLONG: more than 107 bytes.
    Blocks: never.
    Source: connect(2), unix(7).
    """

def select(
    rd: Sequence[_Descriptor] | None,
    wr: Sequence[_Descriptor] | None = None,
    sec: _Seconds | None = None,
) -> tuple[list[Any], list[Any]]:
    """Wait until one of many sockets or descriptors is ready.

    rd: a list of sockets, descriptors and files to receive from. What a file has
        in a buffer of its own does not count.
    wr: a list of those to send to.
    sec: how long at most, in seconds; left out, without a limit; 0 only asks.

    Returns: two lists.
    Raises: OSError.
    Errors: EBADF: one of them is closed. EINVAL (ValueError): sec is negative or
        NaN. EMFILE: no descriptor that a poller could wait for.
    Blocks: until it is done or sec seconds have passed.
    Source: poll(2), for a poller epoll(7).
    """

def deadline(sec: _Seconds) -> Deadline:
    """Make a deadline: one point of time, sec seconds from now, for many calls.

    sec: how many seconds from now; infinity is without limit. A deadline is
        copied.

    Returns: a Deadline.
    Raises: ValueError.
    Errors: EINVAL (ValueError): sec is negative or NaN.
    Blocks: never.
    Source: clock_gettime(2) with CLOCK_MONOTONIC.
    """

def listen_fdnames() -> list[str]:
    """Return the names of the listening sockets that a service manager passed.

    Returns: a list of str.
    Raises: OSError.
    Errors: EINVAL: an impossible number of sockets, or another number of names.
        ENAMETOOLONG: a name of more than 255 bytes.
    Blocks: never.
    Source: sd_listen_fds_with_names(3).
    """

def listen_fds(unset: bool | None = True) -> list[Socket]:
    """Adopt the listening sockets that a service manager passed.

    unset: true, the default, removes LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES
        from the environment, in Python also from os.environ, so that no child
        takes them for its own.

    Returns: a list of sockets.
    Raises: OSError.
    Errors: ENOTSOCK: one of them is no socket. EBADF: one of them is not open.
        EINVAL: an impossible number of them. None is adopted then.
    Blocks: never.
    Source: sd_listen_fds(3).
    """

def shutdown(fd: int, flag: int | None = None) -> Literal[True]:
    """Shut down receiving, sending or, without a flag, both.

    fd: the number of a socket descriptor.
    flag: as for sock:shutdown; SHUT_RDWR by default.

    Returns: True.
    Raises: OSError.
    Errors: ENOTSOCK: not a socket. ENOTCONN: not connected. EINVAL (ValueError):
        no such flag. EBADF: not open.
    Blocks: never.
    Source: shutdown(2).
    """

def close(fd: int, flag: int | None = None) -> Literal[True]:
    """Close a descriptor, shutting it down first when a flag is given.

    fd: the number of a descriptor.
    flag: as for sock:close. With it the descriptor is shut down first and closed
        in any case.

    Returns: True.
    Raises: OSError.
    Errors: EBADF: not open. With a flag those of shutdown.
    Blocks: never, unless SO_LINGER was set.
    Source: close(2), shutdown(2).
    """

# surface: end

# The constants of the headers; a system may lack some.
# surface: constants
# Address families: address_families(7).
AF_ALG: Final[int]
AF_APPLETALK: Final[int]
AF_ASH: Final[int]
AF_ATMPVC: Final[int]
AF_ATMSVC: Final[int]
AF_AX25: Final[int]
AF_BLUETOOTH: Final[int]
AF_BRIDGE: Final[int]
AF_CAIF: Final[int]
AF_CAN: Final[int]
AF_DECnet: Final[int]
AF_ECONET: Final[int]
AF_FILE: Final[int]
AF_IB: Final[int]
AF_IEEE802154: Final[int]
AF_INET: Final[int]
AF_INET6: Final[int]
AF_IPX: Final[int]
AF_IRDA: Final[int]
AF_ISDN: Final[int]
AF_IUCV: Final[int]
AF_KCM: Final[int]
AF_KEY: Final[int]
AF_LLC: Final[int]
AF_LOCAL: Final[int]
AF_MCTP: Final[int]
AF_MPLS: Final[int]
AF_NETBEUI: Final[int]
AF_NETLINK: Final[int]
AF_NETROM: Final[int]
AF_NFC: Final[int]
AF_PACKET: Final[int]
AF_PHONET: Final[int]
AF_PPPOX: Final[int]
AF_QIPCRTR: Final[int]
AF_RDS: Final[int]
AF_ROSE: Final[int]
AF_ROUTE: Final[int]
AF_RXRPC: Final[int]
AF_SECURITY: Final[int]
AF_SMC: Final[int]
AF_SNA: Final[int]
AF_TIPC: Final[int]
AF_UNIX: Final[int]
AF_UNSPEC: Final[int]
AF_VSOCK: Final[int]
AF_WANPIPE: Final[int]
AF_X25: Final[int]
AF_XDP: Final[int]

# Socket types and creation flags: socket(2).
SOCK_CLOEXEC: Final[int]
SOCK_DCCP: Final[int]
SOCK_DGRAM: Final[int]
SOCK_NONBLOCK: Final[int]
SOCK_PACKET: Final[int]
SOCK_RAW: Final[int]
SOCK_RDM: Final[int]
SOCK_SEQPACKET: Final[int]
SOCK_STREAM: Final[int]

# Listen backlog: listen(2).
SOMAXCONN: Final[int]

# Protocols: protocols(5).
IPPROTO_AH: Final[int]
IPPROTO_BEETPH: Final[int]
IPPROTO_COMP: Final[int]
IPPROTO_DCCP: Final[int]
IPPROTO_DSTOPTS: Final[int]
IPPROTO_EGP: Final[int]
IPPROTO_ENCAP: Final[int]
IPPROTO_ESP: Final[int]
IPPROTO_ETHERNET: Final[int]
IPPROTO_FRAGMENT: Final[int]
IPPROTO_GRE: Final[int]
IPPROTO_HOPOPTS: Final[int]
IPPROTO_ICMP: Final[int]
IPPROTO_ICMPV6: Final[int]
IPPROTO_IDP: Final[int]
IPPROTO_IGMP: Final[int]
IPPROTO_IP: Final[int]
IPPROTO_IPIP: Final[int]
IPPROTO_IPV6: Final[int]
IPPROTO_MH: Final[int]
IPPROTO_MPLS: Final[int]
IPPROTO_MPTCP: Final[int]
IPPROTO_MTP: Final[int]
IPPROTO_NONE: Final[int]
IPPROTO_PIM: Final[int]
IPPROTO_PUP: Final[int]
IPPROTO_RAW: Final[int]
IPPROTO_ROUTING: Final[int]
IPPROTO_RSVP: Final[int]
IPPROTO_SCTP: Final[int]
IPPROTO_TCP: Final[int]
IPPROTO_TP: Final[int]
IPPROTO_UDP: Final[int]
IPPROTO_UDPLITE: Final[int]

# Resolver flags: getaddrinfo(3), getnameinfo(3).
AI_ADDRCONFIG: Final[int]
AI_ALL: Final[int]
AI_CANONIDN: Final[int]
AI_CANONNAME: Final[int]
AI_IDN: Final[int]
AI_NUMERICHOST: Final[int]
AI_NUMERICSERV: Final[int]
AI_PASSIVE: Final[int]
AI_V4MAPPED: Final[int]
NI_DGRAM: Final[int]
NI_IDN: Final[int]
NI_MAXHOST: Final[int]
NI_MAXSERV: Final[int]
NI_NAMEREQD: Final[int]
NI_NOFQDN: Final[int]
NI_NUMERICHOST: Final[int]
NI_NUMERICSERV: Final[int]

# Message flags: send(2), recv(2).
MSG_BATCH: Final[int]
MSG_CMSG_CLOEXEC: Final[int]
MSG_CONFIRM: Final[int]
MSG_CTRUNC: Final[int]
MSG_DONTROUTE: Final[int]
MSG_DONTWAIT: Final[int]
MSG_EOR: Final[int]
MSG_ERRQUEUE: Final[int]
MSG_FASTOPEN: Final[int]
MSG_FIN: Final[int]
MSG_MORE: Final[int]
MSG_NOSIGNAL: Final[int]
MSG_OOB: Final[int]
MSG_PEEK: Final[int]
MSG_PROXY: Final[int]
MSG_RST: Final[int]
MSG_SYN: Final[int]
MSG_TRUNC: Final[int]
MSG_TRYHARD: Final[int]
MSG_WAITALL: Final[int]
MSG_WAITFORONE: Final[int]
MSG_ZEROCOPY: Final[int]

# shutdown(2).
SHUT_RD: Final[int]
SHUT_RDWR: Final[int]
SHUT_WR: Final[int]

# Option levels: getsockopt(2).
SOL_AAL: Final[int]
SOL_ALG: Final[int]
SOL_ATM: Final[int]
SOL_BLUETOOTH: Final[int]
SOL_CAIF: Final[int]
SOL_DCCP: Final[int]
SOL_DECNET: Final[int]
SOL_ICMPV6: Final[int]
SOL_IP: Final[int]
SOL_IPV6: Final[int]
SOL_IRDA: Final[int]
SOL_IUCV: Final[int]
SOL_KCM: Final[int]
SOL_LLC: Final[int]
SOL_MCTP: Final[int]
SOL_MPTCP: Final[int]
SOL_NETBEUI: Final[int]
SOL_NETLINK: Final[int]
SOL_NFC: Final[int]
SOL_PACKET: Final[int]
SOL_PNPIPE: Final[int]
SOL_PPPOL2TP: Final[int]
SOL_RAW: Final[int]
SOL_RDS: Final[int]
SOL_RXRPC: Final[int]
SOL_SMC: Final[int]
SOL_SOCKET: Final[int]
SOL_TCP: Final[int]
SOL_TIPC: Final[int]
SOL_TLS: Final[int]
SOL_UDP: Final[int]
SOL_X25: Final[int]
SOL_XDP: Final[int]

# Socket options: socket(7).
SO_ACCEPTCONN: Final[int]
SO_ATTACH_BPF: Final[int]
SO_ATTACH_FILTER: Final[int]
SO_ATTACH_REUSEPORT_CBPF: Final[int]
SO_ATTACH_REUSEPORT_EBPF: Final[int]
SO_BINDTODEVICE: Final[int]
SO_BINDTOIFINDEX: Final[int]
SO_BPF_EXTENSIONS: Final[int]
SO_BROADCAST: Final[int]
SO_BSDCOMPAT: Final[int]
SO_BUF_LOCK: Final[int]
SO_BUSY_POLL: Final[int]
SO_BUSY_POLL_BUDGET: Final[int]
SO_CNX_ADVICE: Final[int]
SO_COOKIE: Final[int]
SO_DEBUG: Final[int]
SO_DETACH_BPF: Final[int]
SO_DETACH_FILTER: Final[int]
SO_DETACH_REUSEPORT_BPF: Final[int]
SO_DOMAIN: Final[int]
SO_DONTROUTE: Final[int]
SO_ERROR: Final[int]
SO_GET_FILTER: Final[int]
SO_INCOMING_CPU: Final[int]
SO_INCOMING_NAPI_ID: Final[int]
SO_KEEPALIVE: Final[int]
SO_LINGER: Final[int]
SO_LOCK_FILTER: Final[int]
SO_MARK: Final[int]
SO_MAX_PACING_RATE: Final[int]
SO_MEMINFO: Final[int]
SO_NETNS_COOKIE: Final[int]
SO_NOFCS: Final[int]
SO_NO_CHECK: Final[int]
SO_OOBINLINE: Final[int]
SO_ORIGINAL_DST: Final[int]
SO_PASSCRED: Final[int]
SO_PASSSEC: Final[int]
SO_PEEK_OFF: Final[int]
SO_PEERCRED: Final[int]
SO_PEERGROUPS: Final[int]
SO_PEERNAME: Final[int]
SO_PEERSEC: Final[int]
SO_PREFER_BUSY_POLL: Final[int]
SO_PRIORITY: Final[int]
SO_PROTOCOL: Final[int]
SO_RCVBUF: Final[int]
SO_RCVBUFFORCE: Final[int]
SO_RCVLOWAT: Final[int]
SO_RCVMARK: Final[int]
SO_RCVTIMEO: Final[int]
SO_RESERVE_MEM: Final[int]
SO_REUSEADDR: Final[int]
SO_REUSEPORT: Final[int]
SO_RXQ_OVFL: Final[int]
SO_SELECT_ERR_QUEUE: Final[int]
SO_SNDBUF: Final[int]
SO_SNDBUFFORCE: Final[int]
SO_SNDLOWAT: Final[int]
SO_SNDTIMEO: Final[int]
SO_TIMESTAMP: Final[int]
SO_TIMESTAMPING: Final[int]
SO_TIMESTAMPNS: Final[int]
SO_TXREHASH: Final[int]
SO_TXTIME: Final[int]
SO_TYPE: Final[int]
SO_WIFI_STATUS: Final[int]
SO_ZEROCOPY: Final[int]

# Ancillary data: unix(7), socket(7).
SCM_CREDENTIALS: Final[int]
SCM_RIGHTS: Final[int]
SCM_TIMESTAMP: Final[int]
SCM_TIMESTAMPING: Final[int]
SCM_TIMESTAMPING_OPT_STATS: Final[int]
SCM_TIMESTAMPING_PKTINFO: Final[int]
SCM_TIMESTAMPNS: Final[int]
SCM_TXTIME: Final[int]
SCM_WIFI_STATUS: Final[int]

# Times of packets: the kernel's documentation of timestamping.
SOF_TIMESTAMPING_OPT_CMSG: Final[int]
SOF_TIMESTAMPING_OPT_ID: Final[int]
SOF_TIMESTAMPING_OPT_TSONLY: Final[int]
SOF_TIMESTAMPING_RAW_HARDWARE: Final[int]
SOF_TIMESTAMPING_RX_HARDWARE: Final[int]
SOF_TIMESTAMPING_RX_SOFTWARE: Final[int]
SOF_TIMESTAMPING_SOFTWARE: Final[int]
SOF_TIMESTAMPING_SYS_HARDWARE: Final[int]
SOF_TIMESTAMPING_TX_ACK: Final[int]
SOF_TIMESTAMPING_TX_HARDWARE: Final[int]
SOF_TIMESTAMPING_TX_SCHED: Final[int]
SOF_TIMESTAMPING_TX_SOFTWARE: Final[int]

# TCP options: tcp(7).
TCP_CC_INFO: Final[int]
TCP_CM_INQ: Final[int]
TCP_CONGESTION: Final[int]
TCP_CORK: Final[int]
TCP_DEFER_ACCEPT: Final[int]
TCP_FASTOPEN: Final[int]
TCP_FASTOPEN_CONNECT: Final[int]
TCP_FASTOPEN_KEY: Final[int]
TCP_FASTOPEN_NO_COOKIE: Final[int]
TCP_INFO: Final[int]
TCP_INQ: Final[int]
TCP_KEEPCNT: Final[int]
TCP_KEEPIDLE: Final[int]
TCP_KEEPINTVL: Final[int]
TCP_LINGER2: Final[int]
TCP_MAXSEG: Final[int]
TCP_MD5SIG: Final[int]
TCP_MD5SIG_EXT: Final[int]
TCP_NODELAY: Final[int]
TCP_NOTSENT_LOWAT: Final[int]
TCP_QUEUE_SEQ: Final[int]
TCP_QUICKACK: Final[int]
TCP_REPAIR: Final[int]
TCP_REPAIR_OPTIONS: Final[int]
TCP_REPAIR_QUEUE: Final[int]
TCP_REPAIR_WINDOW: Final[int]
TCP_SAVED_SYN: Final[int]
TCP_SAVE_SYN: Final[int]
TCP_SYNCNT: Final[int]
TCP_THIN_DUPACK: Final[int]
TCP_THIN_LINEAR_TIMEOUTS: Final[int]
TCP_TIMESTAMP: Final[int]
TCP_TX_DELAY: Final[int]
TCP_ULP: Final[int]
TCP_USER_TIMEOUT: Final[int]
TCP_WINDOW_CLAMP: Final[int]
TCP_ZEROCOPY_RECEIVE: Final[int]

# UDP options: udp(7).
UDP_CORK: Final[int]
UDP_ENCAP: Final[int]
UDP_ENCAP_ESPINUDP: Final[int]
UDP_ENCAP_ESPINUDP_NON_IKE: Final[int]
UDP_ENCAP_GTP0: Final[int]
UDP_ENCAP_GTP1U: Final[int]
UDP_ENCAP_L2TPINUDP: Final[int]
UDP_GRO: Final[int]
UDP_NO_CHECK6_RX: Final[int]
UDP_NO_CHECK6_TX: Final[int]
UDP_SEGMENT: Final[int]

# IPv4 options and addresses: ip(7).
IP_ADD_MEMBERSHIP: Final[int]
IP_ADD_SOURCE_MEMBERSHIP: Final[int]
IP_BIND_ADDRESS_NO_PORT: Final[int]
IP_BLOCK_SOURCE: Final[int]
IP_CHECKSUM: Final[int]
IP_DEFAULT_MULTICAST_LOOP: Final[int]
IP_DEFAULT_MULTICAST_TTL: Final[int]
IP_DROP_MEMBERSHIP: Final[int]
IP_DROP_SOURCE_MEMBERSHIP: Final[int]
IP_FREEBIND: Final[int]
IP_HDRINCL: Final[int]
IP_IPSEC_POLICY: Final[int]
IP_MAX_MEMBERSHIPS: Final[int]
IP_MINTTL: Final[int]
IP_MSFILTER: Final[int]
IP_MTU: Final[int]
IP_MTU_DISCOVER: Final[int]
IP_MULTICAST_ALL: Final[int]
IP_MULTICAST_IF: Final[int]
IP_MULTICAST_LOOP: Final[int]
IP_MULTICAST_TTL: Final[int]
IP_NODEFRAG: Final[int]
IP_OPTIONS: Final[int]
IP_ORIGDSTADDR: Final[int]
IP_PASSSEC: Final[int]
IP_PKTINFO: Final[int]
IP_PKTOPTIONS: Final[int]
IP_PMTUDISC: Final[int]
IP_PMTUDISC_DO: Final[int]
IP_PMTUDISC_DONT: Final[int]
IP_PMTUDISC_INTERFACE: Final[int]
IP_PMTUDISC_OMIT: Final[int]
IP_PMTUDISC_PROBE: Final[int]
IP_PMTUDISC_WANT: Final[int]
IP_RECVERR: Final[int]
IP_RECVERR_RFC4884: Final[int]
IP_RECVFRAGSIZE: Final[int]
IP_RECVOPTS: Final[int]
IP_RECVORIGDSTADDR: Final[int]
IP_RECVRETOPTS: Final[int]
IP_RECVTOS: Final[int]
IP_RECVTTL: Final[int]
IP_RETOPTS: Final[int]
IP_ROUTER_ALERT: Final[int]
IP_TOS: Final[int]
IP_TRANSPARENT: Final[int]
IP_TTL: Final[int]
IP_UNBLOCK_SOURCE: Final[int]
IP_UNICAST_IF: Final[int]
IP_XFRM_POLICY: Final[int]
INADDR_ALLHOSTS_GROUP: Final[int]
INADDR_ALLRTRS_GROUP: Final[int]
INADDR_ALLSNOOPERS_GROUP: Final[int]
INADDR_ANY: Final[int]
INADDR_BROADCAST: Final[int]
INADDR_LOOPBACK: Final[int]
INADDR_MAX_LOCAL_GROUP: Final[int]
INADDR_NONE: Final[int]
INADDR_UNSPEC_GROUP: Final[int]

# IPv6 options: ipv6(7).
IPV6_2292DSTOPTS: Final[int]
IPV6_2292HOPLIMIT: Final[int]
IPV6_2292HOPOPTS: Final[int]
IPV6_2292PKTINFO: Final[int]
IPV6_2292PKTOPTIONS: Final[int]
IPV6_2292RTHDR: Final[int]
IPV6_ADDRFORM: Final[int]
IPV6_ADDR_PREFERENCES: Final[int]
IPV6_ADD_MEMBERSHIP: Final[int]
IPV6_AUTHHDR: Final[int]
IPV6_AUTOFLOWLABEL: Final[int]
IPV6_CHECKSUM: Final[int]
IPV6_DONTFRAG: Final[int]
IPV6_DROP_MEMBERSHIP: Final[int]
IPV6_DSTOPTS: Final[int]
IPV6_FREEBIND: Final[int]
IPV6_HDRINCL: Final[int]
IPV6_HOPLIMIT: Final[int]
IPV6_HOPOPTS: Final[int]
IPV6_IPSEC_POLICY: Final[int]
IPV6_JOIN_ANYCAST: Final[int]
IPV6_JOIN_GROUP: Final[int]
IPV6_LEAVE_ANYCAST: Final[int]
IPV6_LEAVE_GROUP: Final[int]
IPV6_MINHOPCOUNT: Final[int]
IPV6_MTU: Final[int]
IPV6_MTU_DISCOVER: Final[int]
IPV6_MULTICAST_ALL: Final[int]
IPV6_MULTICAST_HOPS: Final[int]
IPV6_MULTICAST_IF: Final[int]
IPV6_MULTICAST_LOOP: Final[int]
IPV6_NEXTHOP: Final[int]
IPV6_ORIGDSTADDR: Final[int]
IPV6_PATHMTU: Final[int]
IPV6_PKTINFO: Final[int]
IPV6_PMTUDISC_DO: Final[int]
IPV6_PMTUDISC_DONT: Final[int]
IPV6_PMTUDISC_INTERFACE: Final[int]
IPV6_PMTUDISC_OMIT: Final[int]
IPV6_PMTUDISC_PROBE: Final[int]
IPV6_PMTUDISC_WANT: Final[int]
IPV6_RECVDSTOPTS: Final[int]
IPV6_RECVERR: Final[int]
IPV6_RECVERR_RFC4884: Final[int]
IPV6_RECVFRAGSIZE: Final[int]
IPV6_RECVHOPLIMIT: Final[int]
IPV6_RECVHOPOPTS: Final[int]
IPV6_RECVORIGDSTADDR: Final[int]
IPV6_RECVPATHMTU: Final[int]
IPV6_RECVPKTINFO: Final[int]
IPV6_RECVRTHDR: Final[int]
IPV6_RECVTCLASS: Final[int]
IPV6_ROUTER_ALERT: Final[int]
IPV6_ROUTER_ALERT_ISOLATE: Final[int]
IPV6_RTHDR: Final[int]
IPV6_RTHDRDSTOPTS: Final[int]
IPV6_RTHDR_LOOSE: Final[int]
IPV6_RTHDR_STRICT: Final[int]
IPV6_RTHDR_TYPE_0: Final[int]
IPV6_RXDSTOPTS: Final[int]
IPV6_RXHOPOPTS: Final[int]
IPV6_TCLASS: Final[int]
IPV6_TRANSPARENT: Final[int]
IPV6_UNICAST_HOPS: Final[int]
IPV6_UNICAST_IF: Final[int]
IPV6_V6ONLY: Final[int]
IPV6_XFRM_POLICY: Final[int]

# Protocol-independent multicast: RFC 3678.
MCAST_BLOCK_SOURCE: Final[int]
MCAST_EXCLUDE: Final[int]
MCAST_INCLUDE: Final[int]
MCAST_JOIN_GROUP: Final[int]
MCAST_JOIN_SOURCE_GROUP: Final[int]
MCAST_LEAVE_GROUP: Final[int]
MCAST_LEAVE_SOURCE_GROUP: Final[int]
MCAST_MSFILTER: Final[int]
MCAST_UNBLOCK_SOURCE: Final[int]
# surface: end
