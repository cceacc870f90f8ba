"""Every errno that a reference page lists for a call is named beside it by a test, has
a case over a whole table (OVER_A_TABLE), or a reason in NOT_NAMED.

It looks at text. Listed are the codes of the **Errors** paragraph of a row's entry;
"those of `bind`" lists none again, and the calls of asyncio.md and tls.md are no rows.
A test is a function of the folders below, with the constants of its file that it uses;
it counts for a row and a code when it names both, for each owner that has a call of the
name. That it also expects the one of the other is not seen here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from support.fronts import manifest

from .pages import ROOT, entry_of

FOLDERS = ("conformance", "lua", "python", "faults")
CODE = re.compile(r"`(E[A-Z0-9_]{3,})`")
WORD = re.compile(r"\w+")

# A case over every row of the table, which its text does not name: (owner, code).
CLOSED = "conformance/test_closed.py: closed_object"
OPTION_CLOSED = "conformance/test_options.py: test_closed"
WRONG_KIND = "conformance/test_options.py: test_which_sockets_have_it"
INJECTED = "faults/test_system_calls.py: what opens a descriptor fails with it (ERRNOS)"
OVER_A_TABLE = {
    ("SOCKET", "EBADF"): CLOSED,
    ("OPTION", "EBADF"): OPTION_CLOSED,
    ("OPTION", "EAFNOSUPPORT"): WRONG_KIND,
    ("OPTION", "ESOCKTNOSUPPORT"): WRONG_KIND,
    ("MODULE", "EMFILE"): INJECTED,
    ("MODULE", "ENFILE"): INJECTED,
    ("MODULE", "ENOBUFS"): INJECTED,
    ("MODULE", "ENOMEM"): INJECTED,
}
# Why no test names both; what one names has to leave the list.
INJECTED_IN_EACH = (
    "faults/test_system_calls.py fails the system call of every row with it"
)
NOT_NAMED = {
    "permissions stop no one here: the tests may run as root": """
        EACCES MODULE.bind_unix_dgram MODULE.bind_unix_stream MODULE.connect_unix_dgram
            MODULE.connect_unix_stream OPTION.debug
        EPERM MODULE.new""",
    "needs a file system that is mounted to be read alone, and so root": """
        EROFS MODULE.bind_unix_dgram MODULE.bind_unix_stream""",
    "its paragraph is of several rows, and this one cannot: IPv6 has no broadcast,"
    " no number is of another family than any, and no path is given": """
        EACCES MODULE.connect_inet6_dgram
        ENOENT SOCKET.sendfd""",
    "of systems without the family, the option or the call: Linux has each": """
        EAFNOSUPPORT ADDRESS.packet ADDRESS.vsock MODULE.bind_inet6_dgram
            MODULE.bind_inet6_stream
        EOPNOTSUPP MODULE.bind_unix_dgram MODULE.bind_unix_stream MODULE.new_inet
            MODULE.new_inet6 MODULE.new_unix OPTION.tcpfastopenconnect SOCKET.sendqueue
            SOCKET.tcpinfo""",
    "conformance/test_listen_fds.py: a child says the numbers, 9 and 22": """
        EBADF MODULE.listen_fds
        EINVAL MODULE.listen_fds""",
    "needs a system, or a disk behind a network, with nothing left": """
        ENFILE SOCKET.recvfds
        ENOSPC SOCKET.close""",
    INJECTED_IN_EACH: """
        ENOMEM LUA_POLLSET.watch SOCKET.recvable SOCKET.sendable
        ENOPROTOOPT MODULE.new_inet MODULE.new_inet6 MODULE.new_unix
        ENOSPC LUA_POLLSET.watch
        EPERM OPTION.bindtodevice OPTION.tcpcongestion OPTION.tos""",
}


def without_a_case() -> set[tuple[str, str]]:
    """(row, code) of NOT_NAMED."""
    pairs = set()
    for word in " ".join(NOT_NAMED.values()).split():
        if "." not in word:
            code = word
        else:
            pairs.add((word, code))
    return pairs


def listed() -> set[tuple[str, str]]:
    """(row, code) of every Errors paragraph."""
    rows = [*manifest.rows(), *(option.row for option in manifest.options())]
    return {
        (row.id, code)
        for row in rows
        for code in CODE.findall(entry_of(row).part("Errors"))
    }


def words_of(text: str) -> Iterator[set[str]]:
    """The words of each function of a file and of the constants that it names."""
    lines = text.splitlines()
    constants: dict[str, set[str]] = {}
    for node in ast.parse(text).body:
        first = min(part.lineno for part in (node, *getattr(node, "decorator_list", [])))
        words = set(WORD.findall("\n".join(lines[first - 1 : node.end_lineno])))
        words = words.union(*(constants[word] for word in words & constants.keys()))
        if isinstance(node, ast.Assign):
            constants[ast.unparse(node.targets[0])] = words
        elif isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.List):
            constants[ast.unparse(node.target)] = words
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield words


@cache
def not_named() -> set[tuple[str, str]]:
    """What no test names, but for the cases over a table."""
    files = [f for folder in FOLDERS for f in (ROOT / "tests" / folder).rglob("*.py")]
    tests = [words for file in files for words in words_of(file.read_text())]
    return {
        (row, code)
        for row, code in listed()
        if (row.partition(".")[0], code) not in OVER_A_TABLE
        and not any({row.partition(".")[2], code} <= words for words in tests)
    }


def test_every_errno_has_a_case_or_is_listed() -> None:
    missing = sorted(not_named() - without_a_case())
    assert not missing, "no test names:\n" + "\n".join(map(str, missing))


def test_nothing_is_listed_that_has_a_case() -> None:
    needless = sorted(without_a_case() - not_named())
    assert not needless, "a test names, or no page lists:\n" + "\n".join(
        map(str, needless)
    )
