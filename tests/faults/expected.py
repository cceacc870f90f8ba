"""What a fault must come to: which errors are worth trying, and the right outcome."""

from __future__ import annotations

import errno as e
import socket
from dataclasses import dataclass

from support.fronts.outcome import AGAIN, END, ERROR, RAISED, TIMEOUT, VALUE, Outcome

from .plan import AFTER, RETURN, Rule
from .setup import Trial

EXHAUSTED = (e.EMFILE, e.ENFILE, e.ENOMEM, e.ENOBUFS)
SCARCE = (e.EMFILE, e.ENFILE)
OPENING = (
    "socket", "socketpair", "accept", "accept4", "fcntl", "open", "eventfd", "pipe",
    "epoll_create1", "getifaddrs",
)  # fmt: skip
# accept(2): the connection has gone wrong, not the listener.
TRANSIENT = (
    e.ECONNABORTED, e.EPROTO, e.ENETDOWN, e.ENOPROTOOPT, e.EHOSTDOWN, e.ENONET,
    e.EHOSTUNREACH, e.ENETUNREACH, e.EPERM,
)  # fmt: skip
MOVING = (e.EAGAIN, e.EINTR, e.ECONNRESET, e.ENOMEM, e.EIO)
SENDING = (*MOVING, e.EPIPE, e.EMSGSIZE, e.ENOBUFS)

ERRNOS: dict[str, tuple[int, ...]] = {
    "socket": (*EXHAUSTED, e.EACCES, e.EAFNOSUPPORT),
    "socketpair": EXHAUSTED,
    "accept": (*EXHAUSTED, *TRANSIENT, e.EAGAIN, e.EINTR, e.EINVAL),
    "accept4": (*EXHAUSTED, *TRANSIENT, e.EAGAIN, e.EINTR, e.EINVAL),
    "bind": (e.EADDRINUSE, e.EACCES, e.ENOMEM),
    "listen": (e.EADDRINUSE, e.EIO),
    "connect": (e.ECONNREFUSED, e.EINTR, e.EAGAIN, e.ENOBUFS, e.ENETUNREACH, e.EPERM),
    "shutdown": (e.ENOTCONN, e.EIO),
    "close": (e.EINTR, e.EINPROGRESS, e.EIO),
    "fcntl": (e.EMFILE, e.EBADF, e.EIO),
    "getsockname": (e.ENOBUFS, e.EIO),
    "getpeername": (e.ENOTCONN, e.ENOBUFS),
    "getsockopt": (e.ENOPROTOOPT, e.EIO, e.ENOMEM),
    "setsockopt": (e.ENOPROTOOPT, e.EIO, e.ENOMEM, e.EPERM),
    "sockatmark": (e.ENOTTY,),
    "send": SENDING,
    "sendto": SENDING,
    "sendmsg": SENDING,
    "sendmmsg": (*SENDING, e.EINVAL),
    "writev": SENDING,
    "sendfile": (*MOVING, e.EPIPE, e.EINVAL),
    "recv": MOVING,
    "recvfrom": MOVING,
    "recvmsg": MOVING,
    "recvmmsg": MOVING,
    "readv": MOVING,
    "pread": (e.EIO, e.EISDIR),
    "fflush": (e.EIO, e.ENOSPC, e.EINTR),
    "poll": (e.EINTR, e.ENOMEM),
    "ppoll": (e.EINTR, e.ENOMEM),
    "eventfd": EXHAUSTED,
    "epoll_create1": EXHAUSTED,
    "epoll_ctl": (e.ENOMEM, e.ENOSPC),
    "epoll_pwait": (e.EINTR,),
    "epoll_wait": (e.EINTR,),
    "ioctl": (e.EPERM, e.ENODEV),
    "getifaddrs": EXHAUSTED,
    "pipe": EXHAUSTED,
    "lstat": (e.EACCES, e.EIO),
    "unlink": (e.EACCES, e.EIO),
    "open": (e.EMFILE, e.EACCES),
    "fstat": (e.EIO,),
    "chmod": (e.EPERM, e.EIO),
    "fchmod": (e.EPERM, e.EIO),
    "sigpending": (e.EINVAL,),
    "sigtimedwait": (e.EAGAIN, e.EINTR),
}
# Those that return a code of their own, or no number: (value, errno) each.
RETURNS: dict[str, tuple[tuple[int, int], ...]] = {
    "getaddrinfo": (
        (socket.EAI_AGAIN, 0),
        (socket.EAI_FAIL, 0),
        (socket.EAI_MEMORY, 0),
        (socket.EAI_SYSTEM, e.EIO),
        (socket.EAI_SYSTEM, e.EMFILE),
    ),
    "getnameinfo": (
        (socket.EAI_AGAIN, 0),
        (socket.EAI_MEMORY, 0),
        (socket.EAI_SYSTEM, e.EIO),
    ),
    "pthread_create": ((e.EAGAIN, 0), (e.ENOMEM, 0)),
    "getcwd": ((0, e.ENOENT), (0, e.ERANGE)),
    "if_nametoindex": ((0, e.ENODEV), (0, e.EMFILE)),
    "if_indextoname": ((0, e.ENXIO),),
    "malloc": ((0, e.ENOMEM),),
    "calloc": ((0, e.ENOMEM),),
    "realloc": ((0, e.ENOMEM),),
    "strdup": ((0, e.ENOMEM),),
}
# These cannot fail, or not visibly: the clock, giving memory back, waking a waiter
# whose event is full, which is readable then, and reading an event that was not posted.
NEVER = ("clock_gettime", "freeaddrinfo", "freeifaddrs", "write", "read")
HEAP = ("malloc", "calloc", "realloc", "strdup")

# What a call may come to when nothing is in its way; the recipe knows which it is.
WELL = (VALUE, END, TIMEOUT)
OF_OPTIONS = {"setsockopt": "setsockopt keepalive", "fcntl": "setsockopt nonblock"}
OPS = {"accept4": "accept", "ppoll": "poll"}
EAI = {getattr(socket, name): name for name in dir(socket) if name.startswith("EAI_")}
INTERRUPTIBLE = ("send", "sendto", "sendmsg", "writev", "sendfile", "fflush", "recv",
                 "recvfrom", "recvmsg", "sendmmsg", "recvmmsg", "readv", "accept",
                 "accept4", "ppoll", "epoll_pwait", "epoll_wait")  # fmt: skip
# Recipes of a call that fails when all else goes well; sendfile may come to send(2).
FAILS = {
    "SOCKET.recvfd/two": ("EMSGSIZE", "recvfd"),
    "SOCKET.sendfile/gone": ("EPIPE", ""),
    "SOCKET.sendfile/blocked": ("EPIPE", ""),
    "IOVEC.writev/gone": ("EPIPE", "writev"),
    "IOVEC.writev/blocked": ("EPIPE", "writev"),
    "READER.readexactly/error": ("EPROTO", "readexactly"),
    "READER.readuntil/error": ("EPROTO", "readuntil"),
    "READER.line/error": ("EPROTO", "line"),
}
# These wait where others say again.
WAITING = (
    "SOCKET.sendall", "SOCKET.sendfileall", "SOCKET.recvall", "SOCKET.recvline",
    "SOCKET.acceptwait",
    "READER.read", "READER.readexactly", "READER.readuntil", "READER.readline",
    "READER.line", "READER.readall", "READER.peek",
)  # fmt: skip
# These look at the mode of the description first, since their system calls know no
# MSG_DONTWAIT; where they cannot, it is what the object was told.
MODE_SEEN = (
    "SOCKET.accept", "SOCKET.acceptfd", "SOCKET.acceptwait", "SOCKET.connect",
    "SOCKET.sendfile", "SOCKET.sendfileall",
)  # fmt: skip
# What they ask of the options decides only how packets go, joined or each by itself.
MANY = ("SOCKET.sendmany", "LUA_SOCKET.recvmany", "PY_SOCKET.recvmany")
NOT_DIVIDED = (e.EINVAL, e.EMSGSIZE, e.EIO, e.ENOBUFS)
# The resolver may give them a second candidate, which a first failure leads to.
SEVERAL = ("MODULE.connect_stream", "MODULE.bind_stream", "MODULE.bind_dgram")


def rules_for(call: str, uses: int) -> list[Rule]:
    """Every fault worth trying on each of the uses of a system call."""
    if call in NEVER:
        return []
    if call in RETURNS:
        kinds = [(code, value) for value, code in RETURNS[call]]
    else:
        assert call in ERRNOS, f"expected.py has no errors to try on {call}"
        kinds = [(code, -1) for code in ERRNOS[call]]
    return [
        Rule(call, code, k, value=value, kind=_kind(call, code))
        for k in range(uses)
        for code, value in kinds
    ]


def _kind(call: str, code: int) -> int:
    """A signal that is pending has been taken, if only by another thread."""
    return AFTER if (call, code) == ("sigtimedwait", e.EAGAIN) else RETURN


def may_be_late(trial: Trial, rule: Rule) -> bool:
    """Where the time is short it may have passed before the wait, or the try after it."""
    waits = rule.call in ("poll", "ppoll") or rule.skip > 0
    return trial.variant == "timeout" and waits


@dataclass(frozen=True)
class Right:
    """The outcomes that are right for a fault; name and op are of the error."""

    kinds: tuple[str, ...]
    name: str = ""
    op: str = ""

    def check(self, outcome: Outcome) -> None:
        said = outcome.describe()
        assert outcome.kind in self.kinds, f"{' or '.join(self.kinds)}, got {said}"
        if outcome.kind == RAISED:
            error = outcome.raised
            assert "MemoryError" in error.name or error.text == "not enough memory", said
        if outcome.kind == ERROR and self.name:
            error = outcome.failure
            assert error.name == self.name, said
            assert not self.op or error.op == self.op, said


# Their errors name the method, and where a peer can be had, the peer; those of a listener
# its own address.
LISTENERS = ("SOCKET.listen", "SOCKET.accept", "SOCKET.acceptfd", "SOCKET.acceptwait")
METHODS = ("SOCKET", "READER", "IOVEC", "MSGHDR", "CMSGHDR", "CMSGHDRS", "POLLSET")


def _asks_for_an_address(trial: Trial, call: str) -> bool:
    if call == "getsockname" and trial.row.id in LISTENERS:
        return True
    named = trial.row.name in ("getpeername", "disconnect", "connect")
    asks = call == "getpeername" or (call == "getsockopt" and trial.variant == "late")
    return asks and trial.row.chapter in METHODS and not named


def right(trial: Trial, rule: Rule) -> Right:
    """The outcome that this fault must have in this call."""
    wanted = _right(trial, rule)
    name, op = FAILS.get(f"{trial.row.id}/{trial.variant}", ("", ""))
    return Right((ERROR,), name, op) if name and wanted == Right(WELL) else wanted


def _right(trial: Trial, rule: Rule) -> Right:
    row, call, code = trial.row.id, rule.call, rule.code
    special = _special(trial, rule)
    if special:
        return special
    if call in INTERRUPTIBLE and code == e.EINTR:
        return Right(WELL)
    if call in INTERRUPTIBLE and code == e.EAGAIN:
        # An error queue that is empty is an answer.
        waits = row in (*WAITING, "SOCKET.errqueue") or trial.variant == "late"
        return Right(WELL if waits else (AGAIN,))
    if call in ("accept", "accept4") and code in TRANSIENT:
        return Right(WELL)
    if call == "close" and (code != e.EIO or row not in ("SOCKET.close", "MODULE.close")):
        return Right(WELL)
    if call == "connect" and code in (e.EINTR, e.EAGAIN):
        return _unfinished_connect(trial, rule)
    kinds: tuple[str, ...] = (ERROR,)
    opens = call in OPENING or (row, call) == ("LUA_POLLER.pollset", "epoll_create1")
    if opens and code in SCARCE:
        kinds = (ERROR, *WELL)  # once a second garbage is collected, and it is made again
    if row in SEVERAL and code not in EXHAUSTED:
        kinds = (ERROR, VALUE)
    named = trial.row.chapter in METHODS or trial.row.id == "MODULE.select"
    op = trial.row.name if named else OPS.get(call, call)
    if trial.variant == "options":
        op = OF_OPTIONS.get(call, op)
    return Right(kinds, e.errorcode[code], op)


def _looks_for_an_interface(trial: Trial, call: str) -> bool:
    """One that a caller has named, for an option or for a group."""
    by_address = trial.variant.startswith("address")
    if call != "if_nametoindex" and not (call == "getifaddrs" and by_address):
        return False
    return trial.row.chapter == "OPTION" or trial.row.name.startswith("mcast")


def _special(trial: Trial, rule: Rule) -> Right | None:
    """The calls whose failures have names of their own."""
    call = rule.call
    if call in HEAP:
        return Right((RAISED, *WELL))
    if call == "getaddrinfo" and trial.row.id in SEVERAL:
        return Right((RAISED, ERROR, VALUE))  # whichever family is asked first
    if call in ("getaddrinfo", "getnameinfo"):
        if rule.value == socket.EAI_MEMORY:
            return Right((RAISED,))
        again = WELL if rule.code in SCARCE else ()  # after a collection
        return Right((ERROR, *again), EAI[rule.value], call)
    if _asks_for_an_address(trial, call):
        return Right((ERROR, TIMEOUT, *WELL))  # the error is about none then
    if call == "pthread_create":
        return Right((ERROR,), "EAI_MEMORY", call)
    if trial.variant == "patient" and rule.code in SCARCE:
        return Right(WELL)  # after a pause
    if call in ("sigpending", "sigtimedwait"):
        return Right(WELL)  # the signal is no part of the answer
    duplicates_file = trial.row.id == "SOCKET.sendfileall" and rule.skip == 0
    if call == "fcntl" and trial.row.id in MODE_SEEN and not duplicates_file:
        return Right((AGAIN, *WELL) if trial.row.name == "connect" else WELL)
    if "connect" in trial.row.name and call == "getsockname":
        return Right((AGAIN, *WELL))  # then it is not connected to itself
    if trial.id.startswith("SOCKET.connect/blocking"):
        if call == "getsockopt" and rule.skip == 0:
            return Right(WELL)  # then it waits without a limit
        if call == "setsockopt" and rule.skip > 0:
            return Right(WELL)  # it is connected; putting SO_SNDTIMEO back cannot fail
    if trial.row.id in MANY and call == "getsockopt":
        return Right(WELL)
    divided = trial.id.startswith("SOCKET.sendmany/segments") and call == "sendmmsg"
    if divided and rule.code in NOT_DIVIDED:
        return Right(WELL)  # they go one by one
    if trial.row.id == "SOCKET.disconnect" and call == "getpeername":
        return Right(WELL)  # it is only asked whether there is something to do
    if call == "ioctl" and trial.row.id != "SOCKET.sendqueue":
        return Right(WELL)  # a device without its number, or without its MTU
    if call == "sendfile" and rule.code == e.EINVAL:
        return Right(WELL)  # read and sent instead
    if call == "getifaddrs" and trial.variant == "set":
        return Right(WELL)  # set by its number alone
    if trial.variant == "over" and call != "unlink":
        return _over(rule)
    if call == "unlink":
        return Right((ERROR,), "EADDRINUSE", "bind")
    if _looks_for_an_interface(trial, call):
        again = WELL if rule.code in SCARCE else ()  # after a collection
        op = "setsockopt" if trial.row.chapter == "OPTION" else trial.row.name
        return Right((ERROR, *again), e.errorcode[rule.code], op)
    if call == "if_nametoindex" and trial.row.id == "ADDRESS.packet":
        return Right((ERROR,), e.errorcode[rule.code], "packet")
    if call == "if_nametoindex" and trial.row.chapter == "ADDRESS":
        return Right((ERROR,), "EAI_NONAME", "getaddrinfo")
    if call == "if_indextoname":
        return Right(WELL)  # the index is shown then
    if trial.variant == "unread" and call in ("epoll_create1", "epoll_ctl", "poll"):
        return Right(WELL)  # a pause does
    # A look before a second wait decides nothing: the wait itself says what is wrong.
    if call == "poll" and trial.id.startswith("SOCKET.recvall/timeout"):
        return Right(WELL)
    if rule.code == e.EINTR and call == "poll":
        return Right(WELL)  # it is asked again
    if call == "poll" and trial.id.startswith("SOCKET.recvfd/end"):
        return Right(
            (ERROR,), "ENOMSG", "recvfd"
        )  # a packet of no bytes, for all it knows
    if call == "poll" and trial.variant == "end":
        return Right(WELL)
    return None


def _over(rule: Rule) -> Right | None:
    """Binding where a socket has been: an owner that may be there counts as there."""
    if (rule.call, rule.code) == ("connect", e.ECONNREFUSED):
        return Right(WELL)
    if (rule.call, rule.code, rule.skip) == ("bind", e.EADDRINUSE, 0):
        return Right(WELL)  # so it is
    first = rule.call == "lstat" and rule.skip == 0
    if first or rule.call == "connect" or (rule.call == "socket" and rule.skip > 0):
        return Right((ERROR,), "EADDRINUSE", "bind")
    return None


def _unfinished_connect(trial: Trial, rule: Rule) -> Right:
    """EINTR: it goes on. EAGAIN: on unix the queue is full; elsewhere no port is left."""
    method = trial.row.id == "SOCKET.connect"
    unix = "unix" in trial.id or (method and trial.variant != "again")
    if rule.code == e.EAGAIN and not unix:
        # Python's class for this errno is BlockingIOError, whatever it means here.
        kinds = (ERROR, AGAIN, VALUE) if trial.row.id in SEVERAL else (ERROR, AGAIN)
        op = "disconnect" if trial.row.name == "disconnect" else "connect"
        return Right(kinds, "EAGAIN", op)
    return Right((AGAIN, VALUE) if method else WELL)
