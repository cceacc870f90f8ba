"""Constants: the same in both languages, in CPython and in C."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from support.fronts import manifest
from support.fronts.front import Front
from support.fronts.lua_front import LuaFront

HEADERS = (
    "sys/types.h",
    "sys/socket.h",
    "sys/un.h",
    "netinet/in.h",
    "netinet/ip.h",
    "netinet/tcp.h",
    "netinet/udp.h",
    "net/if.h",
    "netdb.h",
    "linux/netlink.h",
    "linux/errqueue.h",
    "linux/net_tstamp.h",
    "linux/netfilter_ipv4.h",
)
BLUETOOTH = ("SOL_L2CAP", "SOL_RFCOMM", "SOL_SCO")
ENUMERATED = ("SOF_",)  # by the headers; a row asks for a macro
# A row that is no macro of the headers above is not on this system.
ROW = '#ifdef {0}\n  printf("%s %lld\\n", "{0}", (long long){0});\n#endif\n'


def names_in_python() -> dict[str, int]:
    import netsocket

    return {
        name: value
        for name, value in vars(netsocket).items()
        if type(value) is int and name[0].isupper()
    }


def names_in_lua(lua_net: LuaFront) -> dict[str, int]:
    (found,) = lua_net.run(
        """
        local found = {}
        for name, value in pairs(require 'net.socket') do
          if math.type(value) == 'integer' and name:find '^%u' then
            found[name] = value
          end
        end
        return found
        """
    )
    return {name.decode(): value for name, value in found.items()}


def test_both_languages_have_the_same(python_net: Front, lua_net: LuaFront) -> None:
    """Exactly the same names with the same values, and every one is a row."""
    ours = names_in_python()
    assert ours == names_in_lua(lua_net)
    assert set(ours) <= manifest.constants()
    assert len(ours) > 200


def test_as_cpython_has_them() -> None:
    """Wherever CPython's socket module has the name, the value is its value."""
    ours = names_in_python()
    theirs = {name: getattr(socket, name) for name in ours if hasattr(socket, name)}
    assert len(theirs) > 120
    assert {name: ours[name] for name in theirs} == theirs


def test_nothing_that_cpython_has_is_missing() -> None:
    """What a socket user finds in CPython under these prefixes is here too, but for
    families that the library has no addresses for (J1939 is of AF_CAN; HCI and others are
    of Bluetooth, which only some builds of CPython have)."""
    prefixes = (
        *("AF_", "AI_", "INADDR_", "IPPROTO_", "IPV6_", "IP_", "MSG_", "NI_"),
        *("SCM_", "SHUT_", "SOCK_", "SOL_", "SO_", "TCP_"),
    )
    of_other_families = ("J1939", "_VM_", "SOL_CAN", "SOL_HCI", *BLUETOOTH)
    wanted = {
        name
        for name in dir(socket)
        if name.startswith(prefixes) and not any(one in name for one in of_other_families)
    }
    assert not wanted - set(names_in_python())


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """What a C program says of every row."""
    compiler = os.environ.get("CC") or shutil.which("cc")
    if not compiler:
        pytest.skip("there is no C compiler here")
    folder = tmp_path_factory.mktemp("constants")
    text = "#define _GNU_SOURCE\n#include <stdio.h>\n"
    text += "".join(f"#include <{header}>\n" for header in HEADERS)
    text += "".join(
        f"#define {name} {name}\n"
        for name in sorted(manifest.constants())
        if name.startswith(ENUMERATED)
    )
    text += "int main(void) {\n"
    text += "".join(ROW.format(name) for name in sorted(manifest.constants()))
    (folder / "main.c").write_text(text + "  return 0;\n}\n")
    program = folder / "main"
    subprocess.run([compiler, "-o", str(program), str(folder / "main.c")], check=True)
    said = subprocess.run(
        [str(program)], check=True, capture_output=True, text=True
    ).stdout
    return {
        name: int(value) for name, value in (line.split() for line in said.splitlines())
    }


def test_as_c_has_them(compiled: dict[str, int]) -> None:
    """Every row that the headers define is exported, with the headers' value, and no
    other is."""
    ours = names_in_python()
    assert ours == compiled


@pytest.mark.parametrize("name", ["AF_INET", "SOCK_STREAM", "SHUT_RDWR", "MSG_PEEK"])
def test_plain_integers(net: Front, name: str) -> None:
    assert net.const(name) == int(getattr(socket, name))


def test_env(net: Front) -> None:
    """Facts of this system."""
    for name in ("os", "unixpath_max", "somaxconn"):
        assert net.has("env", name)
    assert Path("/proc/sys/net/core/somaxconn").exists()
