"""getaddrinfo in a coroutine waits through the poller for a name, and others go on."""

from __future__ import annotations

import pytest

from lua.tasks import PROMPT, Task
from support.fronts.lua_front import LuaFront
from support.net.nameserver import AAAA, NO_SUCH_NAME, A, name_server
from support.net.peers import wait_until

pytestmark = pytest.mark.measures

NAME = "dual.example"
GETADDRINFO = "return require 'net.socket'.addrinfo.getaddrinfo(...)"
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


def test_wrong_arguments_need_no_wait(lua_net: LuaFront) -> None:
    task = Task(lua_net, GETADDRINFO, NAME, " 80")
    found, err = task.run()
    assert (found, err.name, task.wishes) == (None, "EAI_SERVICE", [])


def test_silent_server(in_netns: None, lua_net: LuaFront) -> None:
    """Others go on; a coroutine that is closed leaves nothing, whatever comes then."""
    before = lua_net.descriptors()
    with name_server() as server:
        task = Task(lua_net, GETADDRINFO, NAME, 80)
        server.asked(A, AAAA)
        assert lua_net.new_inet_stream().value.close().value is True
        assert task.close() == [True]
        server.answer(A, "127.0.0.1")
        server.answer(AAAA)
        wait_until(lambda: lua_net.descriptors() == before, "the resolver is done")
