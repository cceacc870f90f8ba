"""Sockets with an address at hand, one deadline, and errors that name the call.

What fails raises the OSError subclass for its errno, or socket.gaierror; what would
block, BlockingIOError; a deadline that passed, TimeoutError with timeout = True; a value
out of range, ValueError or OverflowError. Beside errno and strerror each OSError has
`op`, the system call, and in `filename` the address, path, host or option concerned.
None for an optional argument counts as absent.
"""

from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from types import TracebackType
from typing import Any, Final, Literal, NoReturn, Protocol, final, overload

from _typeshed import structseq
from typing_extensions import Buffer, Self

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

    def left(self) -> float: ...
    def __reduce__(self) -> NoReturn: ...

_Seconds = float | Deadline
_bytes = bytes  # where a method has the name

__version__: Final[str]

@final
class Socket:
    """A socket: non-blocking and close-on-exec unless asked otherwise.

    Its close wakes calls that other threads have on it; they raise EBADF. Collected
    while open, it is closed with a ResourceWarning.
    """

    def fd(self) -> int: ...
    def fileno(self) -> int: ...
    def family(self) -> int: ...
    def socktype(self) -> int: ...
    def protocol(self) -> int: ...
    def timeout(self, sec: float | None = None) -> float: ...
    def gettimeout(self) -> float | None: ...
    def settimeout(self, sec: float | None, /) -> None: ...
    def setblocking(self, flag: bool, /) -> None: ...
    def bind(self, ai: AddrInfo) -> Literal[True]: ...
    def listen(self, backlog: int | None = None) -> Literal[True]: ...
    @overload
    def accept(self, with_ai: Literal[False] | None = False) -> Socket: ...
    @overload
    def accept(self, with_ai: Literal[True]) -> tuple[Socket, AddrInfo]: ...
    @overload
    def accept(self, with_ai: bool | None) -> Socket | tuple[Socket, AddrInfo]: ...
    def acceptfd(self) -> int: ...
    def connect(self, ai: AddrInfo) -> Literal[True]: ...
    def disconnect(self) -> Literal[True]: ...
    def send(self, msg: Buffer, /, *flags: int | None) -> int: ...
    def write(self, msg: Buffer, /) -> int: ...
    def sendto(self, msg: Buffer, ai: AddrInfo, /, *flags: int | None) -> int: ...
    def sendmany(
        self,
        msgs: list[Any] | tuple[Buffer, ...] | IoVec,
        to: AddrInfo | Sequence[AddrInfo] | None = None,
        /,
        *flags: int | None,
    ) -> int: ...
    def recvmany(
        self, max: int | None = 64, bufsize: int | None = 65536
    ) -> list[Packet]: ...
    def recv(self, bufsize: int | None = None, /, *flags: int | None) -> bytes: ...
    def read(self, bufsize: int | None = None, /) -> bytes: ...
    def recvfrom(
        self, bufsize: int | None = None, /, *flags: int | None
    ) -> tuple[bytes, AddrInfo | None]: ...
    def shutdown(self, flag: int | None = None) -> Literal[True]: ...
    def close(self, flag: int | None = None) -> Literal[True]: ...
    def unwrap(self) -> int: ...
    def dup(self) -> Socket: ...
    def getsockname(self) -> AddrInfo: ...
    def getpeername(self) -> AddrInfo: ...
    def error(self) -> OSError | None: ...
    def recvable(
        self, sec: _Seconds | None = 0, exception: bool | None = False
    ) -> bool: ...
    def sendable(
        self, sec: _Seconds | None = 0, exception: bool | None = False
    ) -> bool: ...

    # Calls that wait until all is done, at most sec seconds. The exception of a failed
    # one has `done`: how many bytes have gone, or are pending.
    def sendall(
        self,
        msg: Buffer | list[Buffer] | tuple[Buffer, ...] | IoVec,
        sec: _Seconds | None = None,
    ) -> int: ...
    def sendfileall(
        self,
        file: _Descriptor,
        n: int | None = None,
        offset: int | None = 0,
        sec: _Seconds | None = None,
    ) -> int: ...
    def recvall(self, n: int, sec: _Seconds | None = None) -> bytes: ...
    def recvline(self, max: int | None = 65536, sec: _Seconds | None = None) -> bytes: ...
    def acceptwait(self, sec: _Seconds | None = None) -> Socket: ...
    def reader(self, limit: int | None = 65536, size: int | None = 16384) -> Reader: ...
    def pending(self) -> int: ...

    # Messages, files and memory. recvfd gives None at the end of the stream; without a
    # descriptor its OSError (ENOMSG) has the byte that came in `data`.
    def sendmsg(self, mh: MsgHdr, /, *flags: int | None) -> int: ...
    def recvmsg(self, mh: MsgHdr, /, *flags: int | None) -> int: ...
    def sendfd(
        self, fd: _Descriptor, ai: AddrInfo | None = None, /, *flags: int | None
    ) -> int: ...
    def recvfd(self, *flags: int | None) -> int | None: ...
    def sendfile(
        self, file: _Descriptor, bytes: int, offset: int | None = 0, /
    ) -> int: ...
    def readv(self, iov: IoVec, offset: int | None = 0, n: int | None = None) -> int: ...
    def writev(self, iov: IoVec, offset: int | None = 0, n: int | None = None) -> int: ...
    def recv_into(
        self, buffer: Buffer, nbytes: int | None = 0, /, *flags: int | None
    ) -> int: ...

    # Options by number, groups, functions before the close.
    @overload
    def getsockopt(self, level: int, name: int, size: None = None, /) -> int: ...
    @overload
    def getsockopt(self, level: int, name: int, size: int, /) -> bytes: ...
    def setsockopt(
        self, level: int, name: int, value: int | Buffer, /
    ) -> Literal[True]: ...
    def tcpinfo(self) -> TcpInfo: ...
    def atmark(self) -> bool: ...
    def mcastjoin(
        self, group: AddrInfo, ifname: str | bytes | None = None
    ) -> Literal[True]: ...
    def mcastleave(
        self, group: AddrInfo, ifname: str | bytes | None = None
    ) -> Literal[True]: ...
    def mcastjoinsrc(
        self, group: AddrInfo, source: AddrInfo, ifname: str | bytes | None = None
    ) -> Literal[True]: ...
    def mcastleavesrc(
        self, group: AddrInfo, source: AddrInfo, ifname: str | bytes | None = None
    ) -> Literal[True]: ...
    def mcastblocksrc(
        self, group: AddrInfo, source: AddrInfo, ifname: str | bytes | None = None
    ) -> Literal[True]: ...
    def mcastunblocksrc(
        self, group: AddrInfo, source: AddrInfo, ifname: str | bytes | None = None
    ) -> Literal[True]: ...
    def addgcfn(
        self,
        errfn: Callable[[BaseException], object] | None,
        fn: Callable[..., object],
        /,
        *args: Any,
    ) -> int: ...
    def delgcfn(self, handle: int, /) -> bool: ...

    # Options: without a value read; with one set, and return the value before.
    def cloexec(self, value: bool | None = None, /) -> bool: ...
    def nonblock(self, value: bool | None = None, /) -> bool: ...
    def reuseaddr(self, value: bool | None = None, /) -> bool: ...
    def reuseport(self, value: bool | None = None, /) -> bool: ...
    def broadcast(self, value: bool | None = None, /) -> bool: ...
    def debug(self, value: bool | None = None, /) -> bool: ...
    def keepalive(self, value: bool | None = None, /) -> bool: ...
    def oobinline(self, value: bool | None = None, /) -> bool: ...
    def dontroute(self, value: bool | None = None, /) -> bool: ...
    def timestamp(self, value: bool | None = None, /) -> bool: ...
    def rcvbuf(self, value: int | None = None, /) -> int: ...
    def sndbuf(self, value: int | None = None, /) -> int: ...
    def rcvlowat(self, value: int | None = None, /) -> int: ...
    def sndlowat(self, value: int | None = None, /) -> int: ...
    def rcvtimeo(self, value: float | None = None, /) -> float: ...
    def sndtimeo(self, value: float | None = None, /) -> float: ...
    def linger(self, value: int | None = None, /) -> int: ...
    def acceptconn(self) -> bool: ...
    def bindtodevice(self, value: str | bytes | None = None, /) -> str | None: ...
    def tcpnodelay(self, value: bool | None = None, /) -> bool: ...
    def tcpcork(self, value: bool | None = None, /) -> bool: ...
    def tcpkeepalive(self, value: int | None = None, /) -> int: ...
    def tcpkeepintvl(self, value: int | None = None, /) -> int: ...
    def tcpkeepcnt(self, value: int | None = None, /) -> int: ...
    def tcpusertimeout(self, value: int | None = None, /) -> int: ...
    def mcastloop(self, value: bool | None = None, /) -> bool: ...
    def mcastttl(self, value: int | None = None, /) -> int: ...
    def mcastif(self, value: str | bytes | None = None, /) -> str | None: ...
    def ipv6only(self, value: bool | None = None, /) -> bool: ...
    def passcred(self, value: bool | None = None, /) -> bool: ...
    def peercred(self) -> dict[str, int]: ...
    def tos(self, value: int | None = None, /) -> int: ...
    def ttl(self, value: int | None = None, /) -> int: ...
    def recvttl(self, value: bool | None = None, /) -> bool: ...
    def recvtos(self, value: bool | None = None, /) -> bool: ...
    def recvpktinfo(self, value: bool | None = None, /) -> bool: ...
    def recverr(self, value: bool | None = None, /) -> bool: ...
    def freebind(self, value: bool | None = None, /) -> bool: ...
    def mtudiscover(self, value: int | None = None, /) -> int: ...
    def mtu(self) -> int: ...
    def timestampns(self, value: bool | None = None, /) -> bool: ...
    def timestamping(self, value: int | None = None, /) -> int: ...
    def rxqovfl(self, value: bool | None = None, /) -> bool: ...
    def mark(self, value: int | None = None, /) -> int: ...
    def priority(self, value: int | None = None, /) -> int: ...
    def cookie(self) -> int: ...
    def tcpquickack(self, value: bool | None = None, /) -> bool: ...
    def tcpdeferaccept(self, value: int | None = None, /) -> int: ...
    def tcpfastopen(self, value: int | None = None, /) -> int: ...
    def tcpfastopenconnect(self, value: bool | None = None, /) -> bool: ...
    def tcpnotsentlowat(self, value: int | None = None, /) -> int: ...
    def tcpcongestion(self, value: str | bytes | None = None, /) -> str: ...
    def tcpmaxseg(self, value: int | None = None, /) -> int: ...
    def udpsegment(self, value: int | None = None, /) -> int: ...
    def udpgro(self, value: bool | None = None, /) -> bool: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...
    def __reduce__(self) -> NoReturn: ...

@final
class Packet(structseq[bytes | AddrInfo | None], tuple[bytes, AddrInfo | None]):
    """A packet of Socket.recvmany, and its sender."""

    __match_args__: Final = ("msg", "sender")
    @property
    def msg(self) -> bytes: ...
    @property
    def sender(self) -> AddrInfo | None: ...
    @property
    def cut(self) -> bool: ...

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
        "snd_wscale",
        "rcv_wscale",
        "delivery_rate_app_limited",
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
    def snd_wscale(self) -> int | None: ...
    @property
    def rcv_wscale(self) -> int | None: ...
    @property
    def delivery_rate_app_limited(self) -> bool | None: ...
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

    def family(self) -> int: ...
    def socktype(self) -> int: ...
    def protocol(self) -> int: ...
    def addr(self) -> str | bytes | None: ...
    def port(self) -> int | None: ...
    def canonname(self) -> str | None: ...
    def getnameinfo(self, *flags: int | None) -> dict[str, str]: ...
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

    def name(self, ai: AddrInfo | None = ..., /) -> AddrInfo | None: ...
    def iov(self, iov: IoVec | None = ..., /) -> IoVec | None: ...
    def control(self, cmsgs: CmsgHdrs | None = ..., /) -> CmsgHdrs | None: ...
    def flags(self) -> int: ...
    def __reduce__(self) -> NoReturn: ...

@final
class CmsgHdr:
    """A control message; received descriptors are its own until data() takes them."""

    def level(self) -> int: ...
    def type(self) -> int: ...
    def data(self) -> bytes | tuple[int, ...] | None: ...
    def value(self) -> int | float | dict[str, Any] | None: ...
    def __len__(self) -> int: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...
    def __reduce__(self) -> NoReturn: ...

@final
class CmsgHdrs:
    """Control messages in a queue."""

    def push(self, cmsg: CmsgHdr, /) -> Literal[True]: ...
    def shift(self) -> CmsgHdr | None: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> NoReturn: ...

# `del` is a word of the language, so the stub cannot say it: iov.delete(i) does the same.
@final
class IoVec:
    """Buffers in a row that a call fills or sends as one. Elements count from 1."""

    def add(self, str: Buffer, /) -> int: ...
    def addn(self, n: int, /) -> int: ...
    def get(self, i: int, /) -> _bytes | None: ...
    def set(self, str: Buffer, i: int, /) -> Literal[True]: ...
    def delete(self, i: int, /) -> _bytes: ...
    def bytes(self) -> int: ...
    def concat(self, offset: int | None = 0, n: int | None = None, /) -> _bytes: ...
    def consume(self, n: int, /) -> int: ...
    def readv(
        self, fd: _Descriptor, offset: int | None = 0, n: int | None = None, /
    ) -> int: ...
    def writev(
        self, fd: _Descriptor, offset: int | None = 0, n: int | None = None, /
    ) -> int: ...
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

    def read(self, n: int, sec: _Seconds | None = None) -> _bytes: ...
    def readexactly(self, n: int, sec: _Seconds | None = None) -> _bytes: ...
    def readuntil(self, mark: Buffer, sec: _Seconds | None = None) -> _bytes: ...
    def readline(self, sec: _Seconds | None = None) -> _bytes: ...
    def line(self, sec: _Seconds | None = None) -> _bytes | None: ...
    def lines(self, sec: _Seconds | None = None) -> Iterator[_bytes]: ...
    def readall(self, max: int, sec: _Seconds | None = None) -> _bytes: ...
    def peek(self, n: int, sec: _Seconds | None = None) -> _bytes: ...
    def __iter__(self) -> Reader: ...
    def __next__(self) -> _bytes: ...
    def __reduce__(self) -> NoReturn: ...

class EndOfStream(errors._Failed, OSError, EOFError):
    """The stream ended before all was there."""

# Sockets from nothing, or from a descriptor.
def wrap(fd: int, nonblock: bool | None = True) -> Socket: ...
def new(
    family: int, socktype: int, protocol: int | None = 0, nonblock: bool | None = True
) -> Socket: ...
def new_inet(
    socktype: int,
    protocol: int,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
) -> Socket: ...
def new_inet_stream(
    reuseaddr: bool | None = False, reuseport: bool | None = False
) -> Socket: ...
def new_inet_dgram(
    reuseaddr: bool | None = False, reuseport: bool | None = False
) -> Socket: ...
def new_inet6(
    socktype: int,
    protocol: int,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
) -> Socket: ...
def new_inet6_stream(
    reuseaddr: bool | None = False, reuseport: bool | None = False
) -> Socket: ...
def new_inet6_dgram(
    reuseaddr: bool | None = False, reuseport: bool | None = False
) -> Socket: ...
def new_unix(
    socktype: int,
    protocol: int,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
) -> Socket: ...
def new_unix_stream(
    reuseaddr: bool | None = False, reuseport: bool | None = False
) -> Socket: ...
def new_unix_dgram(
    reuseaddr: bool | None = False, reuseport: bool | None = False
) -> Socket: ...
def pair(
    socktype: int, protocol: int | None = 0, nonblock: bool | None = True
) -> tuple[Socket, Socket]: ...
def pair_stream() -> tuple[Socket, Socket]: ...
def pair_dgram() -> tuple[Socket, Socket]: ...
def pair_seqpacket() -> tuple[Socket, Socket]: ...

# Bound sockets.
def bind(
    ai: AddrInfo, reuseaddr: bool | None = False, reuseport: bool | None = False
) -> Socket: ...
def bind_inet_stream(
    host: _Host,
    port: _Port,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
) -> Socket: ...
def bind_inet6_stream(
    host: _Host,
    port: _Port,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
) -> Socket: ...
def bind_stream(
    host: _Host,
    port: _Port,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
) -> Socket: ...
def bind_inet_dgram(
    host: _Host,
    port: _Port,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
) -> Socket: ...
def bind_inet6_dgram(
    host: _Host,
    port: _Port,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
) -> Socket: ...
def bind_dgram(
    host: _Host,
    port: _Port,
    reuseaddr: bool | None = False,
    reuseport: bool | None = False,
) -> Socket: ...
def bind_unix_stream(
    pathname: _Path, mode: int | None = None, unlink: bool | None = False
) -> Socket: ...
def bind_unix_dgram(
    pathname: _Path, mode: int | None = None, unlink: bool | None = False
) -> Socket: ...
def listen_fds(unset: bool | None = True) -> list[Socket]: ...
def select(
    rd: Sequence[_Descriptor] | None,
    wr: Sequence[_Descriptor] | None = None,
    sec: _Seconds | None = None,
) -> tuple[list[Any], list[Any]]: ...
def deadline(sec: _Seconds) -> Deadline: ...

# Connected sockets. conndeadl is in seconds and bounds the whole call.
def connect(ai: AddrInfo, conndeadl: _Seconds | None = None) -> Socket: ...
def connect_inet_stream(
    host: _Host, port: _Port, conndeadl: _Seconds | None = None
) -> Socket: ...
def connect_inet6_stream(
    host: _Host, port: _Port, conndeadl: _Seconds | None = None
) -> Socket: ...
def connect_stream(
    host: _Host, port: _Port, conndeadl: _Seconds | None = None
) -> Socket: ...
def connect_unix_stream(pathname: _Path, conndeadl: _Seconds | None = None) -> Socket: ...
def connect_inet_dgram(
    host: _Host, port: _Port, conndeadl: _Seconds | None = None
) -> Socket: ...
def connect_inet6_dgram(
    host: _Host, port: _Port, conndeadl: _Seconds | None = None
) -> Socket: ...
def connect_dgram(
    host: _Host, port: _Port, conndeadl: _Seconds | None = None
) -> Socket: ...
def connect_unix_dgram(pathname: _Path) -> Socket: ...

# A raw descriptor.
def shutdown(fd: int, flag: int | None = None) -> Literal[True]: ...
def close(fd: int, flag: int | None = None) -> Literal[True]: ...

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
TCP_NODELAY: Final[int]
TCP_NOTSENT_LOWAT: Final[int]
TCP_QUEUE_SEQ: Final[int]
TCP_QUICKACK: Final[int]
TCP_REPAIR: Final[int]
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
