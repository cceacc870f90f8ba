"""Addresses from text, numbers and names."""

from . import AddrInfo, _Host, _Path, _Port

# From a numeric address.
def inet(
    addr: _Host = None,
    port: int | None = None,
    socktype: int | None = 0,
    protocol: int | None = 0,
    /,
    *flags: int | None,
) -> AddrInfo: ...
def inet6(
    addr: _Host = None,
    port: int | None = None,
    socktype: int | None = 0,
    protocol: int | None = 0,
    /,
    *flags: int | None,
) -> AddrInfo: ...
def new_inet(
    addr: _Host,
    port: int | None,
    socktype: int,
    protocol: int,
    passive: bool | None = False,
) -> AddrInfo: ...
def new_inet_stream(
    addr: _Host = None, port: int | None = None, passive: bool | None = False
) -> AddrInfo: ...
def new_inet_dgram(
    addr: _Host = None, port: int | None = None, passive: bool | None = False
) -> AddrInfo: ...
def new_inet6(
    addr: _Host,
    port: int | None,
    socktype: int,
    protocol: int,
    passive: bool | None = False,
) -> AddrInfo: ...
def new_inet6_stream(
    addr: _Host = None, port: int | None = None, passive: bool | None = False
) -> AddrInfo: ...
def new_inet6_dgram(
    addr: _Host = None, port: int | None = None, passive: bool | None = False
) -> AddrInfo: ...

# From a path, or with a leading NUL from a Linux abstract name.
def unix(
    pathname: _Path,
    socktype: int | None = 0,
    protocol: int | None = 0,
    /,
    *flags: int | None,
) -> AddrInfo: ...
def new_unix(
    pathname: _Path, socktype: int, protocol: int, passive: bool | None = False
) -> AddrInfo: ...
def new_unix_stream(pathname: _Path, passive: bool | None = False) -> AddrInfo: ...
def new_unix_dgram(pathname: _Path, passive: bool | None = False) -> AddrInfo: ...

# From a name, by the resolver; without the GIL.
def getaddrinfo(
    host: _Host = None,
    port: _Port = None,
    family: int | None = 0,
    socktype: int | None = 0,
    protocol: int | None = 0,
    /,
    *flags: int | None,
) -> list[AddrInfo]: ...
def getaddrinfo_stream(
    host: _Host = None,
    port: _Port = None,
    passive: bool | None = False,
    canonname: bool | None = False,
) -> list[AddrInfo]: ...
def getaddrinfo_dgram(
    host: _Host = None,
    port: _Port = None,
    passive: bool | None = False,
    canonname: bool | None = False,
) -> list[AddrInfo]: ...
