"""The types of arguments and results, which the tables do not have.

An argument's type goes by its name, a result's by the word in the column RESULT. Where a
row differs it is under its id: `SOCKET.sendall.msg`, `SOCKET.recvfd`.
"""

from __future__ import annotations

from support.fronts.manifest import Row

SOURCE = "AddrInfo", "net.socket.addrinfo"
TEXT = "str | bytes", "string"
INTERFACE = "str | bytes | AddrInfo", "string|net.socket.addrinfo"
FLAG = "bool", "boolean"
INT = "int", "integer"
SECONDS = "float", "number"
TIME = "_Seconds", "number|net.socket.deadline"
FILE = "_Descriptor", "integer|file*|net.socket"
PORT = "int", "string|integer|nil"
PORT_OR_NONE = "int | None", "string|integer|nil"
NUMERIC = [  # of the first two the port must be there, but may be None
    "new_inet",
    "new_inet6",
    "inet",
    "inet6",
    "new_inet_dgram",
    "new_inet_stream",
    "new_inet6_dgram",
    "new_inet6_stream",
]

# (Python's type, Lua's type), without the None and nil of what may be left out.
PARAMETERS = {
    "addr": ("_Host", "string?"),
    "ai": SOURCE,
    "args": ("Any", "any"),
    "backlog": INT,
    "buffer": ("Buffer", ""),
    "bufsize": INT,
    "bytes": INT,
    "canonname": FLAG,
    "code": ("", "net.socket.code|integer"),
    "cmsg": ("CmsgHdr", "net.socket.cmsghdr"),
    "cmsgs": ("CmsgHdrs", "net.socket.cmsghdrs"),
    "conndeadl": TIME,
    "data": ("Buffer | int | dict[str, Any]", "string|integer|table"),
    "cid": INT,
    "ethertype": INT,
    "events": ("", "''|'r'|'w'|'rw'"),
    "errfn": ("Callable[[BaseException], object] | None", "function?"),
    "exception": FLAG,
    "family": INT,
    "fd": INT,
    "fds": INT,
    "file": FILE,
    "first": INT,
    "flag": INT,
    "flags": ("int | None", "integer?"),
    "fn": ("Callable[..., object]", "function"),
    "group": SOURCE,
    "groups": INT,
    "handle": INT,
    "host": ("_Host", "string?"),
    "hwaddr": TEXT,
    "i": INT,
    "ifname": INTERFACE,
    "into": ("", "string[]"),
    "iov": ("IoVec", "net.socket.iovec"),
    "last": INT,
    "level": INT,
    "limit": INT,
    "mark": ("Buffer", "string"),
    "max": INT,
    "mh": ("MsgHdr", "net.socket.msghdr"),
    "message": ("", "string"),
    "mode": INT,
    "msg": ("Buffer", "string"),
    "msgs": (
        "list[Any] | tuple[Buffer, ...] | IoVec",
        "string[]|net.socket.iovec",
    ),
    "n": INT,
    "name": INT,
    "nbytes": INT,
    "nonblock": FLAG,
    "offset": INT,
    "op": ("", "string"),
    "options": ("", "net.socket.Options"),
    "passive": FLAG,
    "patient": FLAG,
    "pathname": ("_Path", "string"),
    "poller": ("", "net.socket.poller.functions"),
    "port": ("_Port", "string|integer|nil"),
    "protocol": INT,
    "rd": ("Sequence[_Descriptor] | None", "(integer|net.socket|file*)[]?"),
    "reuseaddr": FLAG,
    "reuseport": FLAG,
    "sec": TIME,
    "sock": ("Socket", "net.socket"),
    "senders": ("", "table<integer, net.socket.addrinfo>"),
    "size": INT,
    "socktype": INT,
    "source": SOURCE,
    "str": ("Buffer", "string"),
    "to": (
        "AddrInfo | Sequence[AddrInfo]",
        "net.socket.addrinfo|net.socket.addrinfo[]",
    ),
    "type": INT,
    "unlink": FLAG,
    "unset": FLAG,
    "value": ("int | Buffer", "integer|string"),
    "with_ai": FLAG,
    "wr": ("Sequence[_Descriptor]", "(integer|net.socket|file*)[]"),
    "ADDRESS.netlink.port": INT,
    "ADDRESS.packet.ifname": TEXT,
    "ADDRESS.raw.data": ("Buffer", "string"),
    "ADDRESS.vsock.port": INT,
    "IOVEC.readv.fd": FILE,
    "IOVEC.writev.fd": FILE,
    "LUA_MODULE.warnleaks.flag": FLAG,
    "LUA_POLLSET.watch.fd": FILE,
    "LUA_POLLSET.wait.sec": SECONDS,
    "PY_SOCKET.setblocking.flag": FLAG,
    "PY_SOCKET.settimeout.sec": ("float | None", ""),
    "SOCKET.timeout.sec": SECONDS,
    "SOCKET.sendall.msg": (
        "Buffer | list[Any] | tuple[Buffer, ...] | IoVec",
        "string|string[]|net.socket.iovec",
    ),
    "SOCKET.sendfd.fd": FILE,
    "SOCKET.sendfds.fds": ("Sequence[_Descriptor]", "(integer|net.socket|file*)[]"),
    **dict.fromkeys([f"ADDRESS.{one}.port" for one in NUMERIC], PORT),
    **dict.fromkeys([f"ADDRESS.{one}.port" for one in NUMERIC[:2]], PORT_OR_NONE),
}

DICT = "dict[str, int]", "table<string, integer>"

# (Python's type, the type of Lua's first result when the call succeeds)
RESULTS = {
    "LUA_POLLER.error": ("", "net.socket.error"),
    "LUA_POLLER.nosigpipe": ("", "any"),
    "ai": ("AddrInfo", "net.socket.addrinfo"),
    "ai|none": ("AddrInfo | None", "net.socket.addrinfo?"),
    "bool": FLAG,
    "bytes": ("bytes", "string"),
    "bytes+ai": ("tuple[bytes, AddrInfo | None]", "string"),
    "bytes|fds|none": ("bytes | tuple[int, ...] | None", "string|integer[]|nil"),
    "bytes|none": ("bytes | None", "string?"),
    "cmsghdr": ("CmsgHdr", "net.socket.cmsghdr"),
    "cmsghdr|none": ("CmsgHdr | None", "net.socket.cmsghdr?"),
    "cmsghdrs": ("CmsgHdrs", "net.socket.cmsghdrs"),
    "cmsghdrs|none": ("CmsgHdrs | None", "net.socket.cmsghdrs?"),
    "cred": DICT,
    "devices": ("dict[str, dict[str, Any]]", "table<string, table>"),
    "deadline": ("Deadline", "net.socket.deadline"),
    "error|none": ("OSError | None", "net.socket.error?"),
    "fd": INT,
    "fdflag": FLAG,
    "flflag": FLAG,
    "fds+bytes": ("tuple[list[int], bytes]", "integer[]"),
    "float|none": ("float | None", "number?"),
    "handle": INT,
    "int": INT,
    "int|bytes": ("int | bytes", "integer|string"),
    "int|none": ("int | None", "integer?"),
    "iovec": ("IoVec", "net.socket.iovec"),
    "iovec|none": ("IoVec | None", "net.socket.iovec?"),
    "line": ("bytes | None", "string"),
    "linger": INT,
    "lines": ("Iterator[bytes]", "fun(): string?"),
    "list": ("list[AddrInfo]", "net.socket.addrinfo[]"),
    "msghdr": ("MsgHdr", "net.socket.msghdr"),
    "name": ("str", "string"),
    "names": ("dict[str, str]", "{host: string, service: string}"),
    "none": ("None", "nil"),
    "packets": ("list[Packet]", "string[]"),
    "pollset": ("", "net.socket.pollset"),
    "queued|none": ("dict[str, Any] | None", "net.socket.Queued?"),
    "reader": ("Reader", "net.socket.reader"),
    "ready": ("tuple[list[Any], list[Any]]", "table"),
    "seconds": SECONDS,
    "socket": ("Socket", "net.socket"),
    "socket+ai": ("Socket", "net.socket"),
    "socket.socket": ("_socket.socket", ""),
    "sockets": ("tuple[Socket, Socket]", "net.socket[]"),
    "tcpinfo": ("TcpInfo", "net.socket.TcpInfo"),
    "text|none": ("str | None", "string?"),
    "texts": ("list[str]", "string[]"),
    "true": ("Literal[True]", "boolean"),
    "u32": INT,
    "u64": INT,
    "u8": INT,
    "value|none": (
        "int | float | AddrInfo | dict[str, Any] | None",
        "integer|number|net.socket.addrinfo|table|nil",
    ),
    "ADDRINFO.addr": ("str | bytes | None", "string?"),
    "LUA_POLLSET.wait": ("", "integer[]"),
    "MODULE.listen_fds": ("list[Socket]", "net.socket[]"),
    "SOCKET.recvable": ("bool", "boolean"),
    "SOCKET.recvfd": ("int | None", "integer"),
    "SOCKET.sendable": ("bool", "boolean"),
}

# Lua's later results where the reference has words for them.
LATER = {
    "LUA_POLLSET.wait": ["integer[]|net.socket.error|nil"],
    "MODULE.select": ["table|net.socket.error|nil"],
}

# What setting an option takes, by what reading it gives.
VALUES = {"text|none": INTERFACE, "name": TEXT}

# Lua's results after the first, by the names that the reference gives them.
LUA_WORDS = {
    "0": "integer",
    "ai": "net.socket.addrinfo",
    "cut": "table<integer, boolean>",
    "err": "net.socket.error",
    "false": "boolean",
    "fd": "integer",
    "msg": "string",
    "msgs": "string[]",
    "n": "integer",
    "nil": "nil",
    "senders": "table<integer, net.socket.addrinfo>",
    "sock": "net.socket",
    "string": "string",
    "true": "boolean",
}

# Where one line of parameters and result says too little: Python's overloads, each as
# parameters and result; Lua's as the language server writes them.
PYTHON_OVERLOADS = {
    "SOCKET.accept": [
        (["with_ai: Literal[False] | None = False"], "Socket"),
        (["with_ai: Literal[True]"], "tuple[Socket, AddrInfo]"),
        (["with_ai: bool | None"], "Socket | tuple[Socket, AddrInfo]"),
    ],
    "AIO.accept": [
        (
            [
                "sock: Socket",
                "sec: _Seconds | None = None",
                "with_ai: Literal[False] | None = False",
                "patient: bool | None = False",
            ],
            "Coroutine[Any, Any, Socket]",
        ),
        (
            [
                "sock: Socket",
                "sec: _Seconds | None = None",
                "*",
                "with_ai: Literal[True]",
                "patient: bool | None = False",
            ],
            "Coroutine[Any, Any, tuple[Socket, AddrInfo]]",
        ),
        (
            [
                "sock: Socket",
                "sec: _Seconds | None",
                "with_ai: Literal[True]",
                "patient: bool | None = False",
            ],
            "Coroutine[Any, Any, tuple[Socket, AddrInfo]]",
        ),
    ],
    "SOCKET.getsockopt": [
        (["level: int", "name: int", "size: None = None", "/"], "int"),
        (["level: int", "name: int", "size: int", "/"], "bytes"),
    ],
}


def parameter(row: Row, name: str) -> tuple[str, str]:
    if row.owner == "OPTION":
        return VALUES.get(row.result) or result(row)
    return PARAMETERS.get(f"{row.id}.{name}") or PARAMETERS[name]


# Options that are parameters of some openers, which then cannot have them twice.
POSITIONS = ("nonblock", "reuseaddr", "reuseport")


def options(row: Row) -> str:
    """Python's type of what an opener may have by name."""
    if row.name.startswith("connect"):
        return "_ConnectOptions"
    given = {param.name for param in row.params}
    if "reuseaddr" in given:
        return "_ReuseGiven"
    return "_ModeGiven" if "nonblock" in given else "_Options"


def result(row: Row) -> tuple[str, str]:
    if row.id == "OPTION.rcvtimeo" or row.id == "OPTION.sndtimeo":
        return SECONDS
    return RESULTS.get(row.id) or RESULTS[row.result]


def awaited(row: Row, plain: Row) -> str:
    """What a coroutine of netsocket.aio gives; a reader and lines are made at once."""
    kind = result(plain)[0]
    if row.name == "lines":
        return f"Async{kind}"
    return kind if row.name == "reader" else f"Coroutine[Any, Any, {kind}]"
