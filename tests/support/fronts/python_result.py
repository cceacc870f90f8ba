"""Whether what netsocket returned has the type that its row says, and tells of an end."""

from __future__ import annotations

import socket
from typing import Any

import netsocket

from .front import SOCKET, Call
from .outcome import Malformed

TYPES: dict[str, tuple[type, ...]] = {
    "socket": (netsocket.Socket,),
    "socket+ai": (netsocket.Socket,),
    "socket.socket": (socket.socket,),
    "ai": (netsocket.AddrInfo,),
    "true": (bool,),
    "bool": (bool,),
    "int": (int,),
    "fd": (int,),
    "bytes": (bytes,),
    "list": (list,),
    "names": (dict,),
    "texts": (list,),
    "error|none": (OSError, type(None)),
    "text|none": (str, bytes, type(None)),
    "int|none": (int, type(None)),
    "float|none": (float, type(None)),
    "none": (type(None),),
    "handle": (int,),
    "msghdr": (netsocket.MsgHdr,),
    "cmsghdr": (netsocket.CmsgHdr,),
    "cmsghdrs": (netsocket.CmsgHdrs,),
    "iovec": (netsocket.IoVec,),
    "reader": (netsocket.Reader,),
    "deadline": (netsocket.Deadline,),
    "line": (bytes, type(None)),
    "lines": (object,),
    "ai|none": (netsocket.AddrInfo, type(None)),
    "iovec|none": (netsocket.IoVec, type(None)),
    "cmsghdr|none": (netsocket.CmsgHdr, type(None)),
    "cmsghdrs|none": (netsocket.CmsgHdrs, type(None)),
    "bytes|none": (bytes, type(None)),
    "int|bytes": (int, bytes),
    "bytes|fds|none": (bytes, tuple, type(None)),
    "value|none": (int, float, netsocket.AddrInfo, dict, type(None)),
    "devices": (dict,),
    "queued|none": (dict, type(None)),
    "tcpinfo": (netsocket.TcpInfo,),
    "packets": (list,),
    # What options hold.
    "u8": (int,),
    "u32": (int,),
    "u64": (int,),
    "name": (str,),
    "linger": (int,),
    "seconds": (float,),
    "cred": (dict,),
}


PAIRS: dict[str, tuple[tuple[type, ...], tuple[type, ...]]] = {
    "sockets": ((netsocket.Socket,), (netsocket.Socket,)),
    "bytes+ai": ((bytes,), (netsocket.AddrInfo, type(None))),
    "fds+bytes": ((list,), (bytes,)),
    "accept": ((netsocket.Socket,), (netsocket.AddrInfo, type(None))),
    "ready": ((list,), (list,)),
}


def check_pair(
    call: Call, value: Any, wanted: tuple[tuple[type, ...], tuple[type, ...]]
) -> None:
    if not isinstance(value, tuple) or len(value) != 2:
        raise Malformed(f"{call}: wanted a tuple of two, got {value!r}")
    if not all(map(isinstance, value, wanted)):
        raise Malformed(f"{call}: wanted {wanted}, got {value!r}")


def check_type(call: Call, value: Any, result: str) -> None:
    wanted = TYPES[result]
    if value is None and "end" in call.row.outcomes and result == "fd":
        return
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        raise Malformed(f"{call}: wanted {call.row.result}, got {value!r}")
    if call.row.result == "true" and value is not True:
        raise Malformed(f"{call}: wanted True, got {value!r}")


def telling(call: Call, values: tuple[Any, ...]) -> Any:
    """What tells of an end: the first value, or bytes without descriptors."""
    without = call.row.result == "fds+bytes" and values[0] == []
    return values[-1] if without else values[0]


def is_end(call: Call, value: Any) -> bool:
    """A seqpacket end looks like a packet of no bytes in Python; it counts as the end."""
    assert call.target is not None
    if call.row.result in ("fd", "line"):
        return value is None
    if call.row.result == "packets":
        return bool(value == [])
    if (
        isinstance(value, list)
        or value not in (b"", 0)
        or (call.row.name == "recvall" and call.args[:1] == (0,))
    ):
        return False
    if call.target.chapter != SOCKET:
        return True
    return bool(call.target.ref.socktype() != netsocket.SOCK_DGRAM)
