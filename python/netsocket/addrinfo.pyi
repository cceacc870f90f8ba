"""Addresses from text, numbers and names."""

from . import AddrInfo, _Host, _Path, _Port

# surface: ADDRESS
def inet(
    addr: _Host = None,
    port: int | None = None,
    socktype: int | None = 0,
    protocol: int | None = 0,
    /,
    *flags: int | None,
) -> AddrInfo:
    """Make an IPv4 address from its numeric form.

    addr: four decimal numbers for IPv4, and no older spelling such as 127.1; for
        IPv6 what RFC 4291 allows, with % and the name or number of an interface
        for a zone. Left out, it is loopback, or with AI_PASSIVE the wildcard.
    port: an integer from 0 to 65535; 0 by default.
    socktype: a SOCK_ constant; 0, the default, is any.
    protocol: an IPPROTO_ constant; 0, the default, is the usual one.
    *flags: AI_ constants, of which AI_PASSIVE has an effect.

    Returns: an AddrInfo.
    Raises: OSError or socket.gaierror.
    Errors: EAFNOSUPPORT: other text than a numeric address of the family.
        EAI_NONAME: an unknown zone. EAI_SERVICE: the port is out of range.
    Blocks: never.
    Source: inet_pton(3); RFC 4291, section 2.2; RFC 4007, section 11.
    """

def inet6(
    addr: _Host = None,
    port: int | None = None,
    socktype: int | None = 0,
    protocol: int | None = 0,
    /,
    *flags: int | None,
) -> AddrInfo:
    """Make an IPv6 address from its numeric form, with an optional %zone.

    addr: four decimal numbers for IPv4, and no older spelling such as 127.1; for
        IPv6 what RFC 4291 allows, with % and the name or number of an interface
        for a zone. Left out, it is loopback, or with AI_PASSIVE the wildcard.
    port: an integer from 0 to 65535; 0 by default.
    socktype: a SOCK_ constant; 0, the default, is any.
    protocol: an IPPROTO_ constant; 0, the default, is the usual one.
    *flags: AI_ constants, of which AI_PASSIVE has an effect.

    Returns: an AddrInfo.
    Raises: OSError or socket.gaierror.
    Errors: EAFNOSUPPORT: other text than a numeric address of the family.
        EAI_NONAME: an unknown zone. EAI_SERVICE: the port is out of range.
    Blocks: never.
    Source: inet_pton(3); RFC 4291, section 2.2; RFC 4007, section 11.
    """

def unix(
    pathname: _Path,
    socktype: int | None = 0,
    protocol: int | None = 0,
    /,
    *flags: int | None,
) -> AddrInfo:
    """Make a unix address from a path or, with a leading NUL, an abstract name.

    pathname: a path of up to 107 bytes; or a NUL and up to 107 bytes that follow
        it, which is an abstract name of Linux.
    socktype: a SOCK_ constant; 0, the default, is any.
    protocol: 0, the default; unix sockets have no other.
    *flags: AI_ constants; none has an effect.

    Returns: an AddrInfo.
    Raises: OSError.
    Errors: ENAMETOOLONG: more bytes than that. EINVAL (ValueError): empty, or a
        NUL elsewhere.
    Blocks: never.
    Source: unix(7).
    """

def getaddrinfo(
    host: _Host = None,
    port: _Port = None,
    family: int | None = 0,
    socktype: int | None = 0,
    protocol: int | None = 0,
    /,
    *flags: int | None,
) -> list[AddrInfo]:
    """Resolve a host and a port; blocks.

    host: a name or a numeric address; absent, it is loopback, or with AI_PASSIVE
        the wildcard.
    port: an integer from 0 to 65535, decimal text, or a service name.
    family: AF_INET, AF_INET6 or, by default, AF_UNSPEC for both.
    socktype: a SOCK_ constant; 0, the default, is SOCK_STREAM, or the type that
        protocol goes with.
    protocol: an IPPROTO_ constant; 0, the default, is any.
    *flags: AI_ constants.

    Returns: list of AddrInfo.
    Raises: socket.gaierror.
    Errors: EAI_NONAME: no such host; neither host nor port; a name of over 255
        bytes. EAI_AGAIN: the resolver has no answer now. EAI_FAIL: it never will.
        EAI_SERVICE: no such port, or not for this type. EAI_FAMILY, EAI_SOCKTYPE,
        EAI_BADFLAGS: not supported. EAI_SYSTEM: the errno behind it is in
        err.system.
    Blocks: on the resolver, unless host and port are numeric. The connect
        functions do not have this limit.
    Source: getaddrinfo(3); RFC 3493, section 6.1; RFC 6724.
    """

def new_inet(
    addr: _Host,
    port: int | None,
    socktype: int,
    protocol: int,
    passive: bool | None = False,
) -> AddrInfo:
    """Make an IPv4 address.

    addr: a numeric address, as addrinfo.inet takes it; None is loopback or the
        wildcard.
    port: an integer from 0 to 65535; None is 0.
    socktype: a SOCK_ constant, or 0.
    protocol: an IPPROTO_ constant, or 0.
    passive: true makes an absent addr the wildcard; false by default.

    Returns: an AddrInfo.
    Raises: OSError or socket.gaierror.
    Errors: EAFNOSUPPORT: other text than a numeric address of the family.
        EAI_NONAME: an unknown zone. EAI_SERVICE: the port is out of range.
    Blocks: never.
    Source: inet_pton(3).
    """

def new_inet_stream(
    addr: _Host = None, port: int | None = None, passive: bool | None = False
) -> AddrInfo:
    """Make an IPv4 address for TCP.

    addr: a numeric address, as addrinfo.inet takes it; None, the default, is
        loopback or the wildcard.
    port: an integer from 0 to 65535; 0 by default.
    passive: true makes an absent addr the wildcard; false by default.

    Returns: an AddrInfo.
    Raises: OSError or socket.gaierror.
    Errors: EAFNOSUPPORT: other text than a numeric address of the family.
        EAI_NONAME: an unknown zone. EAI_SERVICE: the port is out of range.
    Blocks: never.
    Source: inet_pton(3).
    """

def new_inet_dgram(
    addr: _Host = None, port: int | None = None, passive: bool | None = False
) -> AddrInfo:
    """Make an IPv4 address for UDP.

    addr: a numeric address, as addrinfo.inet takes it; None, the default, is
        loopback or the wildcard.
    port: an integer from 0 to 65535; 0 by default.
    passive: true makes an absent addr the wildcard; false by default.

    Returns: an AddrInfo.
    Raises: OSError or socket.gaierror.
    Errors: EAFNOSUPPORT: other text than a numeric address of the family.
        EAI_NONAME: an unknown zone. EAI_SERVICE: the port is out of range.
    Blocks: never.
    Source: inet_pton(3).
    """

def new_inet6(
    addr: _Host,
    port: int | None,
    socktype: int,
    protocol: int,
    passive: bool | None = False,
) -> AddrInfo:
    """Make an IPv6 address.

    addr: a numeric address, as addrinfo.inet takes it; None is loopback or the
        wildcard.
    port: an integer from 0 to 65535; None is 0.
    socktype: a SOCK_ constant, or 0.
    protocol: an IPPROTO_ constant, or 0.
    passive: true makes an absent addr the wildcard; false by default.

    Returns: an AddrInfo.
    Raises: OSError or socket.gaierror.
    Errors: EAFNOSUPPORT: other text than a numeric address of the family.
        EAI_NONAME: an unknown zone. EAI_SERVICE: the port is out of range.
    Blocks: never.
    Source: inet_pton(3).
    """

def new_inet6_stream(
    addr: _Host = None, port: int | None = None, passive: bool | None = False
) -> AddrInfo:
    """Make an IPv6 address for TCP.

    addr: a numeric address, as addrinfo.inet takes it; None, the default, is
        loopback or the wildcard.
    port: an integer from 0 to 65535; 0 by default.
    passive: true makes an absent addr the wildcard; false by default.

    Returns: an AddrInfo.
    Raises: OSError or socket.gaierror.
    Errors: EAFNOSUPPORT: other text than a numeric address of the family.
        EAI_NONAME: an unknown zone. EAI_SERVICE: the port is out of range.
    Blocks: never.
    Source: inet_pton(3).
    """

def new_inet6_dgram(
    addr: _Host = None, port: int | None = None, passive: bool | None = False
) -> AddrInfo:
    """Make an IPv6 address for UDP.

    addr: a numeric address, as addrinfo.inet takes it; None, the default, is
        loopback or the wildcard.
    port: an integer from 0 to 65535; 0 by default.
    passive: true makes an absent addr the wildcard; false by default.

    Returns: an AddrInfo.
    Raises: OSError or socket.gaierror.
    Errors: EAFNOSUPPORT: other text than a numeric address of the family.
        EAI_NONAME: an unknown zone. EAI_SERVICE: the port is out of range.
    Blocks: never.
    Source: inet_pton(3).
    """

def new_unix(
    pathname: _Path, socktype: int, protocol: int, passive: bool | None = False
) -> AddrInfo:
    """Make a unix address.

    pathname: as for addrinfo.unix.
    socktype: a SOCK_ constant, or 0.
    protocol: 0.
    passive: has no effect.

    Returns: an AddrInfo.
    Raises: OSError.
    Errors: ENAMETOOLONG, EINVAL: as for addrinfo.unix.
    Blocks: never.
    Source: unix(7).
    """

def new_unix_stream(pathname: _Path, passive: bool | None = False) -> AddrInfo:
    """Make a unix address for a stream socket.

    pathname: as for addrinfo.unix.
    passive: has no effect.

    Returns: an AddrInfo.
    Raises: OSError.
    Errors: ENAMETOOLONG, EINVAL: as for addrinfo.unix.
    Blocks: never.
    Source: unix(7).
    """

def new_unix_dgram(pathname: _Path, passive: bool | None = False) -> AddrInfo:
    """Make a unix address for a datagram socket.

    pathname: as for addrinfo.unix.
    passive: has no effect.

    Returns: an AddrInfo.
    Raises: OSError.
    Errors: ENAMETOOLONG, EINVAL: as for addrinfo.unix.
    Blocks: never.
    Source: unix(7).
    """

def getaddrinfo_stream(
    host: _Host = None,
    port: _Port = None,
    passive: bool | None = False,
    canonname: bool | None = False,
) -> list[AddrInfo]:
    """Resolve a host and a port for TCP over IPv4; blocks.

    host: a name or a numeric address; absent, it is loopback, or with passive the
        wildcard.
    port: an integer from 0 to 65535, decimal text, or a service name.
    passive: true stands for AI_PASSIVE; false by default.
    canonname: true stands for AI_CANONNAME: the first address then knows the
        host's canonical name; false by default.

    Returns: list of AddrInfo.
    Raises: socket.gaierror.
    Errors: EAI_NONAME and the others of getaddrinfo.
    Blocks: on the resolver, unless host and port are numeric.
    Source: getaddrinfo(3).
    """

def getaddrinfo_dgram(
    host: _Host = None,
    port: _Port = None,
    passive: bool | None = False,
    canonname: bool | None = False,
) -> list[AddrInfo]:
    """Resolve a host and a port for UDP over IPv4; blocks.

    host: a name or a numeric address; absent, it is loopback, or with passive the
        wildcard.
    port: an integer from 0 to 65535, decimal text, or a service name.
    passive: true stands for AI_PASSIVE; false by default.
    canonname: true stands for AI_CANONNAME: the first address then knows the
        host's canonical name; false by default.

    Returns: list of AddrInfo.
    Raises: socket.gaierror.
    Errors: EAI_NONAME and the others of getaddrinfo.
    Blocks: on the resolver, unless host and port are numeric.
    Source: getaddrinfo(3).
    """

# surface: end
