"""luasocket's test programs: what each prints when all is well, and its server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """`passed` is what it prints at its end when all is well. One without shows what
    calls give and checks little: ours has to print what luasocket prints.

    `server` is one of luasocket's own programs or one of servers/, and what it shows or
    the kernel lists when it is ready: for a TCP port that, in hexadecimal, and 0A."""

    name: str
    passed: str | None
    server: tuple[str, ...] = ()
    raises: bool = False  # at its end
    within: int = 600  # seconds


HTTP = ("http.sh", "server started")

PROGRAMS = (
    Program("hello.lua", None),
    Program("testclnt.lua", "done in", ("testsrvr.lua", "waiting")),
    # Its non-blocking transfer waits for what it does not tell its server to send.
    Program("utestclnt.lua", "done in", ("utestsrvr.lua", "waiting"), within=60),
    Program("excepttest.lua", "OK"),
    Program("ltn12test.lua", "a bunch): ok"),
    Program("mimetest.lua", "done in"),
    Program("stufftest.lua", "ok"),
    Program("test_bind.lua", "done!"),
    Program("test_getaddrinfo.lua", "done!"),
    Program("test_socket_error.lua", "Passed!"),
    Program("udp-zero-length-send", "OK"),
    Program("udp-zero-length-send-recv", "ok"),
    Program("urltest.lua", "passed all tests"),
    Program("httptest.lua", "done in", HTTP),
    Program("ftptest.lua", "done in", ("ftp.py", "ready")),
    Program("smtptest.lua", "done in", ("smtp.py", "ready")),
    Program("tftptest.lua", "passed", ("tftp.sh", ":0045 ")),
    # It connects until it has no descriptor left.
    Program("find-connect-limit", ":21: Too many open files", HTTP, raises=True),
    Program("dicttest.lua", None, ("dict.sh", ":0A44 .* 0A ")),
    Program("testmesg.lua", None, ("smtp.py", "ready")),
    Program("tcp-getoptions", None),
    Program("udpconnectclnt.lua", None, ("udpconnectsrvr.lua", "getsockname")),
    Program("unixdgramclnt.lua", None, ("unixdgramsrvr.lua", "/tmp/foo")),
    Program("unixstreamclnt.lua", None, ("unixstreamsrvr.lua", "00010000 .*/tmp/foo")),
)
