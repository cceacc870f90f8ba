"""Recipes for the functions that make a socket."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable

from support.fronts.outcome import TIMEOUT, Outcome

from .setup import Case, Setup, done, recipe


@recipe("MODULE.wrap")
def wrap(s: Setup) -> Case:
    """Of a descriptor that lacks both flags, so that both must be set."""
    made = s.front.call("new_unix_stream").value
    done(made.nonblock(False))
    done(made.cloexec(False))
    fd = s.raw_fd(made)
    return Case([fd], check=s.is_socket, watched=[fd])


@recipe("MODULE.new")
def new(s: Setup) -> Case:
    return Case([s.const("AF_INET"), s.const("SOCK_STREAM")], check=s.is_socket)


def _typed(s: Setup) -> Case:
    return Case([s.const("SOCK_STREAM"), 0, True, True], check=s.is_socket)


def _plain(s: Setup) -> Case:
    return Case([True, True], check=s.is_socket)


recipe("MODULE.new_inet", "MODULE.new_inet6")(_typed)
recipe(
    "MODULE.new_inet_stream",
    "MODULE.new_inet_dgram",
    "MODULE.new_inet6_stream",
    "MODULE.new_inet6_dgram",
)(_plain)


@recipe("MODULE.new_unix")
def new_unix(s: Setup) -> Case:
    # A unix socket has SO_REUSEADDR; SO_REUSEPORT it refuses on newer kernels.
    return Case([s.const("SOCK_STREAM"), 0, True], check=s.is_socket)


@recipe("MODULE.new_unix_stream", "MODULE.new_unix_dgram")
def new_unix_plain(s: Setup) -> Case:
    return Case([True], check=s.is_socket)


@recipe("MODULE.pair")
def pair(s: Setup) -> Case:
    return Case([s.const("SOCK_STREAM")], check=s.is_socket)


@recipe("MODULE.pair_stream", "MODULE.pair_dgram", "MODULE.pair_seqpacket")
def pair_plain(s: Setup) -> Case:
    return Case(check=s.is_socket)


# ------------------------------------------------------------------------------ bind


@recipe("MODULE.bind")
def bind(s: Setup) -> Case:
    return Case([s.inet(), True, True], check=s.is_socket)


def _bind_to(host: str | None) -> Callable[[Setup], Case]:
    return lambda s: Case([host, 0, True, True], check=s.is_socket)


recipe("MODULE.bind_inet_stream", "MODULE.bind_inet_dgram")(_bind_to("127.0.0.1"))
recipe("MODULE.bind_inet6_stream", "MODULE.bind_inet6_dgram")(_bind_to("::1"))
recipe("MODULE.bind_stream", "MODULE.bind_dgram")(_bind_to(None))
recipe(
    "MODULE.bind_inet_stream/name",
    "MODULE.bind_inet_dgram/name",
    "MODULE.bind_stream/name",
)(_bind_to("localhost"))


@recipe("MODULE.bind_unix_stream", "MODULE.bind_unix_dgram")
def bind_unix(s: Setup) -> Case:
    return Case([s.abstract()], check=s.is_socket)


@recipe("MODULE.bind_unix_stream/autoname", "MODULE.bind_unix_dgram/autoname")
def bind_unix_autoname(s: Setup) -> Case:
    return Case([], check=s.is_socket)


@recipe("MODULE.bind_unix_stream/mode", "MODULE.bind_unix_dgram/mode")
def bind_unix_mode(s: Setup) -> Case:
    """More than the umask leaves, so that the mode is set twice."""
    path = s.path()

    def check(outcome: Outcome) -> None:
        s.is_socket(outcome)
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o777

    return Case([path, 0o777], check=check)


@recipe("MODULE.bind_unix_stream/unlink", "MODULE.bind_unix_dgram/unlink")
def bind_unix_unlink(s: Setup) -> Case:
    path = s.path()
    return Case([path, None, True], check=_goes_with_its_socket(s, path))


@recipe("MODULE.bind_unix_stream/over")
def bind_unix_over(s: Setup) -> Case:
    """Where a socket has been that is closed."""
    return _over(s, socket.SOCK_STREAM)


@recipe("MODULE.bind_unix_dgram/over")
def bind_unix_over_dgram(s: Setup) -> Case:
    return _over(s, socket.SOCK_DGRAM)


@recipe("MODULE.bind_unix_stream/relative")
def bind_unix_relative(s: Setup) -> Case:
    """A path that is kept as an absolute one."""
    path = s.path()
    return Case([s.relative(path), None, True], check=_goes_with_its_socket(s, path))


def _over(s: Setup, kind: int) -> Case:
    path = s.path()
    with socket.socket(socket.AF_UNIX, kind) as gone:
        gone.bind(path)
    return Case([path, None, True], check=_goes_with_its_socket(s, path))


def _goes_with_its_socket(s: Setup, path: str) -> Callable[[Outcome], None]:
    def check(outcome: Outcome) -> None:
        s.is_socket(outcome)
        assert os.path.exists(path)
        done(outcome.value.close())
        assert not os.path.exists(path)

    return check


@recipe("MODULE.listen_fds")
def listen_fds(s: Setup) -> Case:
    """One listener has been passed, as 3."""
    own = s.front.call("bind_inet_stream", "127.0.0.1", 0).value
    done(own.listen())
    assert s.raw_fd(own) == 3
    s.net.window.environ("LISTEN_PID", str(s.front.pid))
    s.net.window.environ("LISTEN_FDS", "1")

    def check(outcome: Outcome) -> None:
        (listener,) = outcome.value
        s.is_socket(outcome)
        assert done(listener.acceptconn()) is True
        assert done(s.front.call("listen_fds")) == []

    return Case(check=check, watched=[3])


@recipe("MODULE.listen_fdnames")
def listen_fdnames(s: Setup) -> Case:
    s.net.window.environ("LISTEN_PID", str(s.front.pid))
    s.net.window.environ("LISTEN_FDS", "2")
    s.net.window.environ("LISTEN_FDNAMES", "web:control")

    def check(outcome: Outcome) -> None:
        assert outcome.value == [b"web", b"control"]

    return Case(check=check)


@recipe("MODULE.listen_fds/nothing")
def listen_fds_nothing(s: Setup) -> Case:
    s.net.window.environ("LISTEN_PID", None)  # the names of another case stay

    def check(outcome: Outcome) -> None:
        assert outcome.value == []

    return Case(check=check)


# --------------------------------------------------------------------------- connect


@recipe("MODULE.connect")
def connect(s: Setup) -> Case:
    return Case([s.inet(s.port()), 5.0], check=s.is_socket)


@recipe("MODULE.connect/unix")
def connect_unix(s: Setup) -> Case:
    name = s.name()
    return Case([s.unix(name)], check=s.is_socket)


def _connect_to(
    host: str, family: int, deadline: float | None
) -> Callable[[Setup], Case]:
    return lambda s: Case([host, s.port(family), deadline], check=s.is_socket)


recipe("MODULE.connect_inet_stream")(_connect_to("127.0.0.1", socket.AF_INET, 5.0))
recipe("MODULE.connect_inet6_stream")(_connect_to("::1", socket.AF_INET6, 5.0))
recipe("MODULE.connect_stream")(_connect_to("127.0.0.1", socket.AF_INET, None))
# Without a deadline the resolver runs in place, with one on a thread.
recipe("MODULE.connect_inet_stream/name")(_connect_to("localhost", socket.AF_INET, None))
recipe("MODULE.connect_inet_stream/worker")(_connect_to("localhost", socket.AF_INET, 5.0))
# On two threads. The resolver alone takes this for 127.0.0.1, and it asks no server.
recipe("MODULE.connect_stream/worker")(_connect_to("127.1", socket.AF_INET, 5.0))


def _peer_of(host: str) -> Callable[[Setup], Case]:
    return lambda s: Case([host, 9, 5.0], check=s.is_socket)


recipe("MODULE.connect_inet_dgram")(_peer_of("127.0.0.1"))
recipe("MODULE.connect_inet6_dgram")(_peer_of("::1"))
recipe("MODULE.connect_dgram")(_peer_of("127.0.0.1"))


@recipe("MODULE.connect_unix_dgram")
def connect_unix_dgram(s: Setup) -> Case:
    path = s.path()
    done(s.front.call("bind_unix_dgram", path))
    return Case([path], check=s.is_socket)


@recipe("MODULE.connect_unix_stream")
def connect_unix_stream(s: Setup) -> Case:
    return Case([s.name(), 5.0], check=s.is_socket)


# What is set before it is bound and connected, and the mode, which comes last.


def _blocks(outcome: Outcome) -> None:
    assert not outcome.value.flags() & os.O_NONBLOCK


@recipe("MODULE.new/unbound")
def new_with_options(s: Setup) -> Case:
    args = [s.const("AF_INET"), s.const("SOCK_STREAM")]
    return Case(args, named={"tcpnodelay": True, "linger": 1}, check=s.is_socket)


@recipe("MODULE.new_inet_dgram/unbound")
def new_usual_with_options(s: Setup) -> Case:
    return Case(named={"rcvbuf": 9000, "nonblock": False}, check=_blocks)


@recipe("MODULE.bind/options")
def bind_with_options(s: Setup) -> Case:
    named = {"keepalive": True, "nonblock": False}
    return Case([s.inet()], named=named, check=_blocks)


@recipe("MODULE.connect_inet_stream/options")
def connect_with_options(s: Setup) -> Case:
    named = {"keepalive": True, "nonblock": False, "local_addr": s.inet()}
    args = ["127.0.0.1", s.port(socket.AF_INET), 5.0]
    return Case(args, named=named, check=_blocks)


@recipe("MODULE.connect_unix_stream/options")
def connect_unix_with_options(s: Setup) -> Case:
    named = {"keepalive": True, "nonblock": False}
    return Case([s.name(), 5.0], named=named, check=_blocks)


# No peer answers: the call waits, and has a descriptor in hand while it does.


def _timed_out(outcome: Outcome) -> None:
    assert outcome.kind == TIMEOUT, outcome.describe()


@recipe("MODULE.connect_inet_stream/silent")
def connect_silent(s: Setup) -> Case:
    host, port = s.silent(socket.AF_INET)
    return Case([host, port, 0.01], check=_timed_out)


@recipe("MODULE.connect_unix_stream/silent")
def connect_full(s: Setup) -> Case:
    return Case([s.silent(socket.AF_UNIX), 0.01], check=_timed_out)


# ------------------------------------------------------------------ raw descriptors


@recipe("MODULE.shutdown")
def shutdown(s: Setup) -> Case:
    a, b = s.pair()
    return Case([a.fd().value], watched=[b])


@recipe("MODULE.close")
def close(s: Setup) -> Case:
    a, b = s.pair()
    return Case([s.raw_fd(a)], watched=[b])


@recipe("MODULE.close/flag")
def close_how(s: Setup) -> Case:
    a, b = s.pair()
    return Case([s.raw_fd(a), s.const("SHUT_RDWR")], watched=[b])
