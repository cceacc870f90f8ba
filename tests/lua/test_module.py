"""The shape of the Lua module: tables, classes, constants, and what is not there."""

from __future__ import annotations

import errno
import re
import socket
import sys

import pytest

from support.fronts import manifest
from support.fronts.lua_front import LuaFront
from support.processes.children import output_of, run_lua


def test_submodules_are_the_same_tables() -> None:
    """require of a submodule gives the field of the module, loaded first or not."""
    for name in ("addrinfo", "errno", "eai", "env", "poller"):
        program = f"""
            local sub = require 'net.socket.{name}'
            assert(sub == require 'net.socket'.{name})
            print 'same'
        """
        assert output_of(run_lua(program)) == "same\n"


def test_only_net_socket(lua_net: LuaFront) -> None:
    """No global is made, and `net` itself is no module of ours."""
    program = """
        local before = {}
        for name in pairs(_G) do before[name] = true end
        require 'net.socket'
        for name in pairs(_G) do assert(before[name], name) end
        assert(package.loaded.net == nil)
        print(pcall(require, 'net'))
    """
    assert output_of(run_lua(program)).startswith("false")


@pytest.mark.parametrize("chapter, path", [("MODULE", ()), ("ADDRESS", ("addrinfo",))])
def test_every_row_is_a_function(
    lua_net: LuaFront, chapter: str, path: tuple[str, ...]
) -> None:
    for name in manifest.surface(chapter, "lua"):
        assert lua_net.read(*path, name).cls == "function", name


def test_python_rows_are_not_here(lua_net: LuaFront) -> None:
    """What has a PY_ row and no LUA_ row exists in Python alone."""
    here = {row.name for row in manifest.rows() if "lua" in row.languages}
    (methods,) = lua_net.run(
        """
        local names = {}
        local s = require 'net.socket'.new_unix_stream()
        for _, name in ipairs {...} do
          if s[name] ~= nil then names[#names + 1] = name end
        end
        s:close()
        return names
        """,
        *(
            row.name
            for row in manifest.rows()
            if row.languages == ("python",) and row.name not in here
        ),
    )
    assert methods == []


def test_class_names(lua_net: LuaFront) -> None:
    names = lua_net.run("""
        local socket = require 'net.socket'
        local s = socket.new_unix_stream()
        local ai = socket.addrinfo.inet()
        local _, err = socket.connect_unix_stream '/nonexistent/x'
        s:close()
        local function name(x) return getmetatable(x).__name end
        return name(s), name(ai), name(err)
    """)
    assert names[:2] == [b"net.socket", b"net.socket.addrinfo"]
    assert names[2].startswith(b"net.socket.")


def test_tostring_begins_with_the_class(lua_net: LuaFront) -> None:
    made = lua_net.new_inet_stream().value
    assert re.fullmatch(r"net\.socket: fd=\d+ AF_INET SOCK_STREAM.*", made.text())


def test_facts(lua_net: LuaFront) -> None:
    assert lua_net.read("env", "os") == sys.platform.encode()
    assert lua_net.read("env", "unixpath_max") == 107
    assert lua_net.read("env", "somaxconn") == socket.SOMAXCONN
    assert re.fullmatch(rb"\d+\.\d+\.\d+", lua_net.read("_VERSION"))


@pytest.mark.parametrize(
    "name", ["ECONNREFUSED", "ETIMEDOUT", "EBADF", "EAGAIN", "EPIPE"]
)
def test_errno_objects(lua_net: LuaFront, name: str) -> None:
    """Found by name and by number: the same object, with its own words."""
    fields = lua_net.run(
        """
        local errno = require 'net.socket'.errno
        local name, code = ...
        local object = errno[name]
        assert(rawequal(object, errno[code]))
        assert(rawequal(object, errno[name]))
        return object.name, object.code, object.message
        """,
        name,
        getattr(errno, name),
    )
    assert fields[0] == name.encode()
    assert fields[1] == getattr(errno, name)
    assert fields[2]


def test_unknown_errno_is_nil(lua_net: LuaFront) -> None:
    assert lua_net.run(
        "local e = require 'net.socket'.errno return e.ENONSENSE, e[99999]"
    ) == [
        None,
        None,
    ]


def test_resolver_codes_are_apart(lua_net: LuaFront) -> None:
    """eai has its own objects; errno knows none of them, and the other way round."""
    same = lua_net.run("""
        local socket = require 'net.socket'
        local noname = socket.eai.EAI_NONAME
        assert(socket.errno.EAI_NONAME == nil and socket.eai.EBADF == nil)
        return noname.name, noname.code, rawequal(noname, socket.eai[noname.code])
    """)
    assert same == [b"EAI_NONAME", socket.EAI_NONAME, True]


def test_methods_come_from_the_class_alone(lua_net: LuaFront) -> None:
    """An unknown field of an object is nil, and nothing can be stored in one."""
    values = lua_net.run("""
        local s = require 'net.socket'.new_unix_stream()
        local value = s.nonsense
        local stored = pcall(function() s.field = 1 end)
        s:close()
        return value, stored
    """)
    assert values == [None, False]
