"""getaddrinfo, getnameinfo and bind* in a coroutine ask through the poller."""

from __future__ import annotations

from typing import Any

import pytest

from lua.tasks import PROMPT, Task
from support.fronts.lua_front import LuaFront
from support.net.nameserver import AAAA, NO_SUCH_NAME, PTR, A, name_server
from support.net.peers import wait_until

pytestmark = pytest.mark.measures

NAME = "dual.example"
GETADDRINFO = "return require 'net.socket'.addrinfo.getaddrinfo(...)"
BIND = """
    local host, port, options = ...
    local given = options and load('return ' .. options)()
    return require 'net.socket'.bind_stream(host, port, given)
"""
NAMED = "192.0.2.9"
GETNAMEINFO = """
    local ai = require 'net.socket'.addrinfo.inet('192.0.2.9', 80)
    return ai:getnameinfo(...)
"""
STREAM = "return require 'net.socket'.addrinfo.getaddrinfo_stream(...)"


def test_answer(in_netns: None, lua_net: LuaFront) -> None:
    """Both families, as the plain call has them; the wish is to read, without a limit."""
    before = lua_net.descriptors()
    with name_server() as server:
        task = Task(lua_net, GETADDRINFO, NAME, 80)
        server.asked(A, AAAA)
        server.answer(AAAA, "::1")
        server.answer(A, "127.0.0.1")
        found, *rest = task.run()
    assert rest == []
    assert sorted(one.text() for one in found) == ["127.0.0.1:80", "[::1]:80"]
    assert all(one.socktype().value == 1 for one in found)
    assert {wish.direction for wish in task.wishes} == {b"read"}
    assert {wish.seconds for wish in task.wishes} == {None}
    assert task.longest < PROMPT
    assert lua_net.descriptors() == before


def test_stream(in_netns: None, lua_net: LuaFront) -> None:
    """Of one family, with the canonical name."""
    with name_server() as server:
        task = Task(lua_net, STREAM, NAME, 80, False, True)
        server.answer(A, "127.0.0.1")
        (found,) = task.run()
    assert [one.text() for one in found] == ["127.0.0.1:80"]
    assert found[0].canonname().value == NAME.encode()
    assert task.wishes and task.longest < PROMPT


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", None])
def test_digits_need_no_wait(lua_net: LuaFront, host: str | None) -> None:
    task = Task(lua_net, GETADDRINFO, host, 80)
    (found,) = task.run()
    assert found
    assert task.wishes == []


def test_no_such_name(in_netns: None, lua_net: LuaFront) -> None:
    before = lua_net.descriptors()
    with name_server() as server:
        task = Task(lua_net, GETADDRINFO, NAME, 80)
        server.answer(A, code=NO_SUCH_NAME)
        server.answer(AAAA, code=NO_SUCH_NAME)
        found, err = task.run()
    assert found is None
    assert (err.name, err.op, err.addr) == ("EAI_NONAME", "getaddrinfo", NAME)
    assert lua_net.descriptors() == before


def test_names(in_netns: None, lua_net: LuaFront) -> None:
    before = lua_net.descriptors()
    with name_server() as server:
        task = Task(lua_net, GETNAMEINFO, lua_net.const("NI_NUMERICSERV"))
        server.asked(PTR)
        server.answer(PTR, NAME)
        names, *rest = task.run()
    assert (names, rest) == ({b"host": NAME.encode(), b"service": b"80"}, [])
    assert {wish.direction for wish in task.wishes} == {b"read"}
    assert {wish.seconds for wish in task.wishes} == {None}
    assert task.longest < PROMPT
    assert lua_net.descriptors() == before


def test_names_in_digits_need_no_wait(lua_net: LuaFront) -> None:
    digits = lua_net.const("NI_NUMERICHOST"), lua_net.const("NI_NUMERICSERV")
    task = Task(lua_net, GETNAMEINFO, *digits)
    (names,) = task.run()
    assert names == {b"host": NAMED.encode(), b"service": b"80"}
    assert task.wishes == []


def test_no_name(in_netns: None, lua_net: LuaFront) -> None:
    """An error where a name is asked for."""
    before = lua_net.descriptors()
    with name_server() as server:
        task = Task(lua_net, GETNAMEINFO, lua_net.const("NI_NAMEREQD"))
        server.answer(PTR, code=NO_SUCH_NAME)
        names, err = task.run()
    assert names is None
    assert (err.name, err.op, err.addr) == ("EAI_NONAME", "getnameinfo", f"{NAMED}:80")
    assert lua_net.descriptors() == before


def test_wrong_arguments_need_no_wait(lua_net: LuaFront) -> None:
    task = Task(lua_net, GETADDRINFO, NAME, " 80")
    found, err = task.run()
    assert (found, err.name, task.wishes) == (None, "EAI_SERVICE", [])


@pytest.mark.parametrize(
    "call, questions", [((GETADDRINFO, NAME, 80), (A, AAAA)), ((GETNAMEINFO,), (PTR,))]
)
def test_silent_server(
    in_netns: None,
    lua_net: LuaFront,
    call: tuple[Any, ...],
    questions: tuple[int, ...],
) -> None:
    """Others go on; a coroutine that is closed leaves nothing, whatever comes then."""
    before = lua_net.descriptors()
    program, *args = call
    with name_server() as server:
        task = Task(lua_net, program, *args)
        server.asked(*questions)
        assert lua_net.new_inet_stream().value.close().value is True
        assert task.close() == [True]
        for question in questions:
            server.answer(question)
        wait_until(lambda: lua_net.descriptors() == before, "the resolver is done")


@pytest.mark.parametrize("first", ["free", "taken"])
def test_bind(in_netns: None, lua_net: LuaFront, first: str) -> None:
    """To the first candidate that can be bound, with the options that were given."""
    held = lua_net.bind_inet6_stream("::1", 8080).value if first == "taken" else None
    before = lua_net.descriptors()
    with name_server() as server:
        task = Task(lua_net, BIND, NAME, 8080, "{reuseaddr = true, priority = 3}")
        server.asked(A, AAAA)
        server.answer(AAAA, "::1")
        server.answer(A, "127.0.0.1")
        sock, nothing, ai = task.run()
    address = "127.0.0.1:8080" if held else "[::1]:8080"
    assert nothing is None
    assert ai.text() == sock.getsockname().value.text() == address
    assert sock.reuseaddr().value is True
    assert sock.priority().value == 3
    assert {wish.direction for wish in task.wishes} == {b"read"}
    assert {wish.seconds for wish in task.wishes} == {None}
    assert task.longest < PROMPT
    assert len(lua_net.descriptors()) == len(before) + 1


def test_bind_fails(in_netns: None, lua_net: LuaFront) -> None:
    """As in place: with the resolver's error, or that of the last candidate."""
    before = lua_net.descriptors()
    with name_server() as server:
        task = Task(lua_net, BIND, NAME, 80)
        server.answer(A, code=NO_SUCH_NAME)
        server.answer(AAAA, code=NO_SUCH_NAME)
        none, err = task.run()
        assert (none, err.name, err.op) == (None, "EAI_NONAME", "getaddrinfo")
        task = Task(lua_net, BIND, NAME, 80)
        server.answer(A, "192.0.2.1")
        server.answer(AAAA, code=NO_SUCH_NAME)
        none, err = task.run()
        assert (none, err.name, err.op) == (None, "EADDRNOTAVAIL", "bind")
        assert err.addr == "192.0.2.1:80"
    task = Task(lua_net, BIND, NAME, 80, "{ipv6only = true}")
    none, err = task.run()
    assert (none, err.name, task.wishes) == (None, "EINVAL", [])
    assert lua_net.descriptors() == before


def test_bind_given_up(in_netns: None, lua_net: LuaFront) -> None:
    """A coroutine that is closed leaves neither a socket nor a thread."""
    before = lua_net.descriptors()
    with name_server() as server:
        task = Task(lua_net, BIND, NAME, 80)
        server.asked(A, AAAA)
        assert task.close() == [True]
        server.answer(A, "127.0.0.1")
        server.answer(AAAA)
        wait_until(lambda: lua_net.descriptors() == before, "the resolver is done")
