"""Addresses from text, numbers and names."""

from typing_extensions import Buffer

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

def vsock(
    cid: int, port: int, socktype: int | None = 0, protocol: int | None = 0
) -> AddrInfo:
    """Make the address of a virtual machine or of its host.

    cid: which of them: 1 is this machine, 2 the host, 0xffffffff any, to be bound
        to.
    port: from 0 to 0xffffffff, which is any.
    socktype: a SOCK_ constant; 0, the default, is any.
    protocol: 0, the default.

    Returns: an AddrInfo.
    Raises: OSError.
    Errors: EINVAL (ValueError): a number out of range. EAFNOSUPPORT: a system
        without them.
    Blocks: never.
    Source: vsock(7).
    """

def netlink(
    port: int | None = 0,
    groups: int | None = 0,
    socktype: int | None = 0,
    protocol: int | None = 0,
) -> AddrInfo:
    """Make a netlink address.

    port: whose it is; 0, the default, is the kernel, and to bind a number that is
        free.
    groups: the multicast groups, a bit each; 0, the default, is none.
    socktype: SOCK_RAW; 0, the default, is any.
    protocol: the netlink family, such as 0 for routing, which is the default.

    Returns: an AddrInfo.
    Raises: OSError.
    Errors: EINVAL (ValueError): a number out of range. EAFNOSUPPORT: a system
        without them.
    Blocks: never.
    Source: netlink(7).
    """

def packet(
    ifname: str | bytes | None = None,
    ethertype: int | None = 0,
    hwaddr: str | bytes | None = None,
    socktype: int | None = 0,
    protocol: int | None = 0,
) -> AddrInfo:
    """Make the address of an interface, for packet sockets.

    ifname: its name, or its number in decimal; None, the default, is all of them.
    ethertype: which packets, such as 0x0800 for IPv4 or 3 for all of them; 0, the
        default, leaves it as it is when the socket is bound. It is the number
        itself, in no byte order.
    hwaddr: a hardware address to send to, such as "02:fc:00:00:00:01"; none by
        default.
    socktype: SOCK_RAW, with the header of the link, or SOCK_DGRAM, without; 0,
        the default, is any.
    protocol: what the socket is opened with, the ethertype in network byte order;
        0, the default, receives nothing until the socket is bound.

    Returns: an AddrInfo.
    Raises: OSError.
    Errors: ENODEV: no such interface. EINVAL (ValueError): a number out of range,
        or a hardware address of another form. EAFNOSUPPORT: a system without
        them.
    Blocks: never.
    Source: packet(7).
    """

def raw(
    family: int, data: Buffer, socktype: int | None = 0, protocol: int | None = 0
) -> AddrInfo:
    """Make an address of any family from the bytes that follow it.

    family: an AF_ constant.
    data: the bytes that follow the family in the kernel's structure.
    socktype: a SOCK_ constant; 0, the default, is any.
    protocol: 0, the default, is the usual one.

    Returns: an AddrInfo.
    Raises: ValueError.
    Errors: EINVAL (ValueError): a family out of range, more bytes than an address
        can have, or another number of them than IPv4 and IPv6 have.
    Blocks: never.
    Source: the structure sockaddr of the family.
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
    Blocks: on the resolver, unless host and port are numeric.
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
    Blocks: as getaddrinfo does.
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
    Blocks: as getaddrinfo does.
    Source: getaddrinfo(3).
    """

# surface: end
