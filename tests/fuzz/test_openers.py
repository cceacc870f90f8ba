"""What opens a socket, with options drawn at random: both languages do the same, and an
option is what its method would have set, in the order of the table.
"""

from __future__ import annotations

import socket
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from support.fronts import manifest
from support.fronts.front import Front, Handle
from support.fronts.manifest import Row
from support.fronts.outcome import ERROR, RAISED, VALUE, Outcome
from support.net.peers import Peers, port_of

from .seen import alike, plain
from .values import Made, address, value_of

OPENERS = [row for row in manifest.rows() if row.options]
NEW = [row for row in OPENERS if row.name.startswith("new")]
OTHERS = [row for row in OPENERS if row not in NEW]
# In the order in which they are set: nonblock is the last.
OPTIONS = [option.row for option in manifest.options() if option.writable]
OPTIONS.sort(key=lambda row: row.name == "nonblock")
# What an established connection turns by itself.
ITS_OWN = {"tcpquickack"}
# On a busy machine a handshake may take longer.
TIMES = {"rcvtimeo", "sndtimeo"}
LOCAL = [
    address("127.0.0.1", 0),
    address("192.0.2.1", 0),
    Made("ADDRINFO", lambda net, _: net.addrinfo.inet6("::1", 0).value, "inet6"),
    Made("ADDRINFO", lambda net, _: net.addrinfo.unix("/nonexistent/a").value, "unix"),
]
DELAYS = [0.01, 0.3, 1, 0, -1, 3601, 2**63, float("nan"), "1", True]
# Of names and values, which are looked at before there is a socket that has none of them.
FIRST = {(RAISED, None), (ERROR, "EINVAL")}
Named = dict[str, Any]
NO_SOCKET: Any = None  # there is none yet


@st.composite
def options(draw: st.DrawFn, row: Row) -> Named:
    """At most four, of which None stands for one that is not given."""
    connects = row.name.startswith("connect")
    known = [one for one in OPTIONS if not connects or one.name not in TIMES]
    several = st.lists(st.sampled_from(known), max_size=4, unique_by=lambda o: o.name)
    named = {one.name: draw(value_of(one, one.params[0])) for one in draw(several)}
    if connects and draw(st.booleans()):
        named["local_addr"] = draw(st.sampled_from(LOCAL))
    if connects and draw(st.integers(0, 3)) == 0:
        named["attempt_delay"] = draw(st.sampled_from(DELAYS))
    if draw(st.integers(0, 15)) == 0:
        named["nsk_none"] = 1
    return {name: value for name, value in named.items() if value is not None}


def drawn(rows: list[Row]) -> st.SearchStrategy[tuple[Row, Named]]:
    return st.sampled_from(rows).flatmap(
        lambda row: st.tuples(st.just(row), options(row))
    )


def for_front(net: Front, named: Named) -> Named:
    made = {
        name: v.make(net, NO_SOCKET) for name, v in named.items() if isinstance(v, Made)
    }
    return named | made


def args_of(net: Front, row: Row, port: int, pathname: str) -> list[Any]:
    """What the row must have; a bound socket's port is the system's choice."""
    at = 0 if row.name.startswith("bind") else port
    values = {
        "family": socket.AF_INET,
        "socktype": int(socket.SOCK_STREAM),
        "protocol": 0,
        "host": "::1" if "inet6" in row.name else "127.0.0.1",
        "port": at,
        "pathname": None if row.name.startswith("bind") else pathname,
        "ai": net.addrinfo.inet("127.0.0.1", at).value,
    }
    return [values[param.name] for param in row.params if param.required]


def told(outcome: Outcome) -> tuple[str, str | None]:
    return outcome.kind, outcome.failure.name if outcome.kind == ERROR else None


@given(case=drawn(NEW))
def test_as_its_methods_set_it(net: Front, case: tuple[Row, Named]) -> None:
    row, named = case
    args = args_of(net, row, 0, "")
    made = net.call(row.name, *args, **for_front(net, named))
    model: Handle = net.call(row.name, *args).value
    given = for_front(net, named)
    steps = [
        (one.name, model.call(one.name, given[one.name]))
        for one in OPTIONS
        if one.name in given
    ]
    refused = {told(step) for _, step in steps if step.kind in (ERROR, RAISED)}
    if "nsk_none" in named:
        refused.add((RAISED, None))
    if made.kind == VALUE:
        assert not refused
        for name, _ in steps:
            values = [plain(sock.call(name).value) for sock in (made.value, model)]
            assert values[0] == values[1], name
    else:
        assert refused and told(made) in refused | FIRST


@given(case=drawn(OTHERS), open_there=st.booleans())
def test_alike(
    both: tuple[Front, Front], peers: Peers, case: tuple[Row, Named], open_there: bool
) -> None:
    """Connected, refused, or bound; what an option reads afterwards is the same too."""
    row, named = case
    family = socket.AF_INET6 if "inet6" in row.name else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        if open_there:
            listener.listen()
        at = port_of(listener), "/nonexistent/nsk"
        calls = [(net, args_of(net, row, *at), for_front(net, named)) for net in both]
        python, lua = [net.call(row.name, *args, **given) for net, args, given in calls]
        many = len(named) + 2
        assert alike(python, lua, many), f"{row.id} {named}: {python}, Lua: {lua}"
        if python.kind != VALUE:
            return
        for name in named.keys() - ITS_OWN - {"local_addr", "attempt_delay"}:
            ours, theirs = (made.value.call(name) for made in (python, lua))
            assert alike(ours, theirs, 0), f"{row.id} {named}: {name}: {ours}, {theirs}"
