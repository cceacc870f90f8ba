"""What an installed netsocket must do anywhere; run by `dev matrix` with each Python.

Prints one line about the Python; that it got there is the result.
"""

import ast
import importlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

warnings.filterwarnings("error")
# A free-threaded Python says that it turns the GIL on for the module.
warnings.filterwarnings("ignore", message="The global interpreter lock")

import netsocket  # noqa: E402 (the filters come first)

INSIDE = """
import sys
sys.path[:] = {path!r}
from typing import Any

import netsocket
a, b = netsocket.pair_stream()
a.send(b"inside")
assert b.recv() == b"inside"
a.close()
b.close()
"""


def streams() -> None:
    one, two = netsocket.pair_stream()
    with one, two:
        assert one.send(b"hello") == 5
        assert two.recv() == b"hello"
        one.close()
        assert two.recv() == b""
    with netsocket.bind_inet_stream("127.0.0.1", 0) as server:
        server.listen()
        at = server.getsockname()
        with netsocket.connect_inet_stream("localhost", at.port(), 10) as client:
            assert server.recvable(10)
            with server.accept() as peer:
                peer.send(b"x" * 1000)
                assert client.recvable(10)
                assert client.recv() == b"x" * 1000


def errors() -> None:
    with netsocket.bind_inet_stream("127.0.0.1", 0) as silent:
        try:
            netsocket.connect_inet_stream("127.0.0.1", silent.getsockname().port(), 10)
        except ConnectionRefusedError as error:
            op = getattr(error, "op", None)
        else:
            raise AssertionError("connected where no one listens")
    assert op == "connect", op
    try:
        netsocket.pair_stream()[0].recv(-1)
    except ValueError:
        pass
    else:
        raise AssertionError("received less than nothing")


def stub() -> None:
    folder = os.path.dirname(netsocket.__file__)
    assert os.path.exists(os.path.join(folder, "py.typed"))
    with open(os.path.join(folder, "__init__.pyi")) as file:
        names = {
            name
            for node in ast.parse(file.read()).body
            for name in [getattr(node, "name", "")]
            if name and not name.startswith("_")
        }
    missing = [name for name in names if not hasattr(netsocket, name)]
    assert {"Socket", "connect_inet_stream"} <= names
    assert not [name for name in missing if name.endswith("_stream")], missing


class Odd(type):
    """The class of classes whose name is no text."""

    __name__ = property(lambda cls: 42)


class Evil(metaclass=Odd):
    """Looks into a row while it is asked for bytes to put there: from 3.12 on."""

    def __init__(self, row: "netsocket.IoVec") -> None:
        self.row = row

    def __buffer__(self, flags: int) -> memoryview:
        self.view = memoryview(self.row)
        return memoryview(b"new")


def refusal(call: Callable[..., object], *args: object) -> Exception:
    try:
        call(*args)
    except (BufferError, TypeError) as error:
        return error
    raise AssertionError(f"{call} takes {args}")


def users_code() -> None:
    row = netsocket.iovec.new()
    row.add(bytes(4096))
    evil: Any = Evil(row)
    error = refusal(row.set, evil, 1)
    if sys.version_info >= (3, 12):
        assert isinstance(error, BufferError), error
        assert evil.view == bytes(4096)
    else:
        assert str(error).endswith("got Evil"), error
    error = refusal(netsocket.wrap, evil)
    assert str(error).endswith("got Evil"), error


def inside_other_interpreters() -> str:
    """Several at a time; from 3.12 on each has a lock of its own."""
    for name in ("_interpreters", "_xxsubinterpreters"):  # from 3.13 on, before
        if importlib.util.find_spec(name) is not None:
            interpreters = importlib.import_module(name)
            break
    else:
        return "no sub-interpreters"
    some = [interpreters.create() for _ in range(3)]
    for one in some + some[::-1]:
        failed = interpreters.run_string(one, INSIDE.format(path=sys.path))
        assert failed is None, failed
    for one in some:
        interpreters.destroy(one)
    own = sys.version_info >= (3, 12)
    return "sub-interpreters" + (", each its own GIL" if own else "")


streams()
errors()
users_code()
stub()
remark = inside_other_interpreters()
if not getattr(sys, "_is_gil_enabled", lambda: True)():
    remark += ", no GIL"
print(remark)
