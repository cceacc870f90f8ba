"""Whether a certificate is a host's (RFC 9525), without a handshake for each name."""

from __future__ import annotations

import pytest

from lua.schedule import program as lua

BEGIN = """
local name = require 'net.socket.tls.name'
local function check(names, host)
  local found = {['2.5.29.17'] = names}
  return name.check({extensions = function() return found end}, host)
end
"""


@pytest.mark.parametrize(
    "pattern, host, fits",
    [
        ("example.com", "EXAMPLE.com.", True),
        ("Example.com.", "example.com", True),
        ("example.com", "www.example.com", False),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("*.com", "example.com", False),
        ("*", "example", False),
        ("w*.example.com", "www.example.com", False),
        ("www.*.com", "www.example.com", False),
        ("*.*.com", "www.example.com", False),
        ("example.com", "127.0.0.1", False),
        ("127.0.0.1", "127.0.0.1", False),
        ("", "", False),
    ],
)
def test_names(pattern: str, host: str, fits: bool) -> None:
    """`*` is one whole label, the first, and at least two follow it."""
    lua(
        f"""{BEGIN}
        local names = {{dNSName = {{'x.y', '{pattern}'}}}}
        local fits, words = check(names, '{host}')
        assert(fits == {str(fits).lower()}, words)
        """
    )


@pytest.mark.parametrize(
    "written, host, fits",
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("0:0:0:0:0:0:0:1", "::1", True),
        ("::1", "[::1]", True),
        ("127.0.0.1", "localhost", False),
    ],
)
def test_addresses(written: str, host: str, fits: bool) -> None:
    """By what they are, not by how they are written."""
    lua(
        f"""{BEGIN}
        local fits, words = check({{iPAddress = {{'{written}'}}}}, '{host}')
        assert(fits == {str(fits).lower()}, words)
        """
    )


def test_nothing_to_go_by() -> None:
    """No certificate, or none that names hosts: the common name is not looked at."""
    lua(
        f"""{BEGIN}
        local fits, words = name.check(nil, 'example.com')
        assert(fits == false and words == 'the peer has no certificate')
        fits, words = check(nil, 'example.com')
        assert(fits == false and words == 'the certificate is not for this name')
        """
    )
