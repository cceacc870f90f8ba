"""listen_fds: sockets that a service manager passes, in a process of its own.

A launcher does what the manager does: the descriptors at 3 and up, LISTEN_PID and
LISTEN_FDS in the environment. The program of each language then reports in JSON.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from typing import Any

import pytest

from support.fronts.agent_process import lua_command, lua_environment, python_environment
from support.fronts.front import Front
from support.machine_lag import PATIENCE
from support.net.peers import Peers, port_of

covers = pytest.mark.covers

LAUNCHER = """
import os, sys
fds, replaced, command = eval(sys.argv[1]), eval(sys.argv[2]), sys.argv[3:]
copies = [os.dup(fd) for fd in fds]
for fd in range(3, 64):
    if fd not in copies:
        try: os.close(fd)
        except OSError: pass
high = [os.dup2(fd, 100 + i) for i, fd in enumerate(copies)]
os.closerange(3, 100)
for i, fd in enumerate(high):
    os.dup2(fd, 3 + i)  # inheritable, and not non-blocking: as a manager leaves them
    os.close(fd)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(fds)))
os.environ.update(LISTEN_FDNAMES="a:b")
for name, value in replaced.items():
    if value is None: os.environ.pop(name, None)
    else: os.environ[name] = value
os.execvp(command[0], command)
"""

PYTHON = """
import json, os, sys
import netsocket
def call():
    try:
        return netsocket.listen_fds(*eval(sys.argv[1]))
    except OSError as error:
        return error
def names():
    try:
        return netsocket.listen_fdnames()
    except OSError as error:
        return {"error": error.errno}
def told(made):
    if isinstance(made, OSError):
        return {"error": made.errno}
    return [{"fd": s.fd(), "nonblock": s.nonblock(), "cloexec": s.cloexec(),
             "listens": s.acceptconn(), "name": str(s.getsockname())} for s in made]
def alive():
    return [fd for fd in range(3, 8) if os.path.exists(f"/proc/self/fd/{fd}")]
before = alive()
report = {"names": names()}
first = call()
report.update(first=told(first), alive=[fd for fd in alive() if fd in before])
variables = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")
# os.environ is a copy made at the start: a child sees the environment itself.
report["kept"] = [n for n in variables if os.system(f'test "${{{n}+set}}"') == 0]
assert [n for n in variables if n in os.environ] == report["kept"]
report["names again"] = names()
again = call()
report["again"] = told(again)
print(json.dumps(report))
for made in (first, again):
    for s in made if isinstance(made, list) else ():
        s.unwrap()
"""

LUA = """
local cjson, socket = require 'cjson', require 'net.socket'
local args = load('return ' .. arg[1])
local function call() return socket.listen_fds(args()) end
local function told(made, err)
  if not made then return {error = err.code} end
  local list = {}
  for i, s in ipairs(made) do
    list[i] = {fd = s:fd(), nonblock = s:nonblock(), cloexec = s:cloexec(),
               listens = s:acceptconn(), name = tostring(s:getsockname())}
  end
  return #list > 0 and list or cjson.empty_array or list
end
local function names()
  local list, err = socket.listen_fdnames()
  return list or {error = err.code}
end
local report = {names = names()}
local function exists(fd)
  return os.execute('test -e /proc/$PPID/fd/' .. fd) == true
end
local before = {}
for fd = 3, 7 do before[fd] = exists(fd) end
local first, problem = call()
report.first = told(first, problem)
report.alive, report.kept = {}, {}
for fd = 3, 7 do
  if before[fd] and exists(fd) then table.insert(report.alive, fd) end
end
for _, n in ipairs {'LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES'} do
  if os.getenv(n) then table.insert(report.kept, n) end
end
report['names again'] = names()
local again, problem2 = call()
report.again = told(again, problem2)
print((cjson.encode(report):gsub('{}', '[]')))
for _, made in ipairs {first or {}, again or {}} do
  for _, s in ipairs(made) do s:unwrap() end
end
"""


def activated(
    net: Front,
    fds: list[int],
    unset: bool | None = None,
    environment: dict[str, str | None] | None = None,
) -> dict[str, Any]:
    """What a program of this language finds when it is started with these."""
    args = {None: "", True: "true", False: "false"}[unset]
    if net.language == "python":
        args = {None: "()", True: "(True,)", False: "(False,)"}[unset]
        program, command = PYTHON, [sys.executable]
        variables = python_environment()
    else:
        program, command, variables = LUA, [lua_command()], lua_environment()
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(program)
        file.flush()
        launch = [sys.executable, "-c", LAUNCHER, repr(fds), repr(environment or {})]
        done = subprocess.run(
            [*launch, *command, file.name, args],
            pass_fds=fds, capture_output=True, text=True, timeout=PATIENCE, env=variables,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    failed = isinstance(report["first"], dict)
    net.observed.add(("MODULE.listen_fds", "error" if failed else "success"))
    return report


ALL = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]


@covers("MODULE.listen_fds", "success")
@pytest.mark.parametrize("unset", [None, True])
def test_two_sockets(net: Front, peers: Peers, unset: bool | None) -> None:
    """In the manager's order, non-blocking and close-on-exec; then they are ours."""
    tcp, unix = peers.listener(), peers.listener(socket.AF_UNIX)
    report = activated(net, [tcp.fileno(), unix.fileno()], unset)
    shared = {"nonblock": True, "cloexec": True, "listens": True}
    assert report["first"] == [
        {"fd": 3, "name": f"127.0.0.1:{port_of(tcp)}", **shared},
        {"fd": 4, "name": unix.getsockname(), **shared},
    ]
    assert report["kept"] == []
    assert report["again"] == []


def test_kept_environment(net: Front, peers: Peers) -> None:
    """With unset false another part of the program may ask again."""
    listener = peers.listener()
    report = activated(net, [listener.fileno()], False)
    assert [one["fd"] for one in report["first"]] == [3]
    assert report["kept"] == ALL
    assert report["again"] == report["first"]


NOT_FOR_US: list[dict[str, str | None]] = [
    {"LISTEN_PID": "1"},
    {"LISTEN_PID": None},
    {"LISTEN_FDS": None},
    {"LISTEN_FDS": "0"},
    {"LISTEN_FDS": ""},
    {"LISTEN_FDS": "-1"},
    {"LISTEN_FDS": "two"},
    {"LISTEN_FDS": "1x"},
    {"LISTEN_FDS": " 1"},
    {"LISTEN_FDS": "0x1"},
    {"LISTEN_PID": "99999999999999999999999"},
]


@pytest.mark.parametrize("environment", NOT_FOR_US, ids=str)
def test_nothing_for_this_process(
    net: Front, peers: Peers, environment: dict[str, str | None]
) -> None:
    """No list, no touching of descriptors; the environment is cleaned all the same."""
    listener = peers.listener()
    report = activated(net, [listener.fileno()], None, environment)
    assert report["first"] == []
    assert 3 in report["alive"]
    assert report["kept"] == []


def test_nothing_was_passed(net: Front) -> None:
    """A program started by hand has none, here in the test's own process."""
    assert net.listen_fds().value == []
    assert net.listen_fds(False).value == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("web:control", ["web", "control"]),
        (":", ["", ""]),
        ("n\xe4me:" + 255 * "n", ["n\xe4me", 255 * "n"]),
        (None, ["unknown", "unknown"]),
    ],
)
@covers("MODULE.listen_fdnames", "success")
def test_names(net: Front, peers: Peers, text: str | None, names: list[str]) -> None:
    """In the order of the sockets, for as long as the environment has them."""
    fds = [peers.listener().fileno(), peers.listener().fileno()]
    for unset in (None, False):
        report = activated(net, fds, unset, {"LISTEN_FDNAMES": text})
        assert report["names"] == names
        assert report["names again"] == ([] if unset is None else names)
    net.observed.add(("MODULE.listen_fdnames", "success"))


@pytest.mark.parametrize(
    ("text", "code"),
    [("", 22), ("one", 22), ("a:b:", 22), ("a:b:c", 22), ("a:" + 256 * "n", 36)],
)
@covers("MODULE.listen_fdnames", "error")
def test_wrong_names(net: Front, peers: Peers, text: str, code: int) -> None:
    """EINVAL, ENAMETOOLONG; the sockets can be adopted all the same."""
    fds = [peers.listener().fileno(), peers.listener().fileno()]
    report = activated(net, fds, None, {"LISTEN_FDNAMES": text})
    assert report["names"] == {"error": code}
    assert [one["fd"] for one in report["first"]] == [3, 4]
    net.observed.add(("MODULE.listen_fdnames", "error"))


def test_no_names_without_sockets(net: Front) -> None:
    assert net.listen_fdnames().value == []


@covers("MODULE.listen_fds", "error")
def test_not_a_socket(net: Front, peers: Peers) -> None:
    """All or none: the right one is not adopted, and everything stays open."""
    listener = peers.listener()
    read, write = os.pipe()
    try:
        report = activated(net, [listener.fileno(), read], False)
        assert report["first"] == {"error": 88}  # ENOTSOCK
        assert report["alive"][:2] == [3, 4]
        assert report["again"] == report["first"]
    finally:
        os.close(read)
        os.close(write)


def test_not_open(net: Front, peers: Peers) -> None:
    listener = peers.listener()
    report = activated(net, [listener.fileno()], None, {"LISTEN_FDS": "30"})
    assert report["first"] == {"error": 9}  # EBADF
    assert 3 in report["alive"]


@pytest.mark.parametrize("count", ["4097", "2147483648", "9223372036854775807"])
def test_impossible_number(net: Front, peers: Peers, count: str) -> None:
    listener = peers.listener()
    report = activated(net, [listener.fileno()], None, {"LISTEN_FDS": count})
    assert report["first"] == {"error": 22}  # EINVAL
    assert 3 in report["alive"]
