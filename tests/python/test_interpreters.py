"""h118: the module in several interpreters of one process."""

from __future__ import annotations

import pytest

from support.processes.children import run_python

PROGRAM = """
import sys
try:
    import _interpreters as interpreters
except ImportError:
    try:
        import _xxsubinterpreters as interpreters
    except ImportError:
        print("none")
        sys.exit()

import netsocket

CODE = '''
import sys
sys.path[:] = {path!r}
import netsocket
a, b = netsocket.pair_stream()
assert isinstance(a, netsocket.Socket)
a.send(b"inside")
assert b.recv() == b"inside"
try:
    netsocket.connect_unix_stream("/none/x")
except FileNotFoundError as error:
    assert error.op == "connect"
else:
    raise AssertionError
a.close()
b.close()
'''.format(path=sys.path)

def run(one):
    failed = interpreters.run_string(one, CODE)
    assert failed is None, failed

for _ in range(3):
    some = [interpreters.create() for _ in range(3)]
    for one in some:
        run(one)
    for one in some[::-1]:
        interpreters.destroy(one)
a, b = netsocket.pair_stream()
a.send(b"main")
assert b.recv() == b"main"
a.close(); b.close()
print("ended")
"""


def test_h118_several_interpreters() -> None:
    """Types and state are each interpreter's own; one that ends takes nothing along."""
    ended = run_python(PROGRAM)
    if ended.output == "none\n":
        pytest.skip("this Python has no module for sub-interpreters")
    assert (ended.status, ended.output) == (0, "ended\n"), ended.errors


def test_h118_imported_twice() -> None:
    """A second import of the extension is a module of its own, with its own types."""
    program = """
import importlib, sys
import netsocket
first = netsocket.Socket
for name in [name for name in sys.modules if name.startswith("netsocket")]:
    del sys.modules[name]
import netsocket as again
one, two = again.pair_stream()
assert isinstance(one, again.Socket)
one.send(b"x")
assert two.recv() == b"x"
one.close(); two.close()
print("ended")
"""
    ended = run_python(program)
    assert (ended.status, ended.output) == (0, "ended\n"), ended.errors
