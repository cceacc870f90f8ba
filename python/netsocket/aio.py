"""Connecting, accepting, waiting, sending and receiving as coroutines of asyncio.

Each connect is the same operation as the plain call: one deadline over name, addresses
and retries, the same errors with their attempts. It is cancelled with its task, and
leaves no descriptor then. No thread waits for a connection; a name that needs the
resolver is looked up on threads of the library, one for each family asked.

sendall, recvall and recvline are the plain calls of these names, made in steps. The error
of one that failed says in done how many bytes have gone, or are pending. The latter two
lose no byte, however they end: what they had received comes with the next receive.

recv, send and the others of their kind are one transfer each, as the plain calls are. A
receive is made when its task has the turn, so that one that is cancelled loses nothing.

What is connected is an ordinary Socket. The event loop's own sock_recv, sock_recv_into,
sock_recvfrom, sock_sendall and sock_sendto take it.
"""

from __future__ import annotations

from ._netsocket import _aio
from ._netsocket import _AioReader as Reader
from ._serve import serve

accept = _aio.accept
connect = _aio.connect
connect_dgram = _aio.connect_dgram
connect_inet6_dgram = _aio.connect_inet6_dgram
connect_inet6_stream = _aio.connect_inet6_stream
connect_inet_dgram = _aio.connect_inet_dgram
connect_inet_stream = _aio.connect_inet_stream
connect_stream = _aio.connect_stream
connect_unix_stream = _aio.connect_unix_stream
getaddrinfo = _aio.getaddrinfo
getnameinfo = _aio.getnameinfo
reader = _aio.reader
recv = _aio.recv
recv_into = _aio.recv_into
recvable = _aio.recvable
recvall = _aio.recvall
recvfd = _aio.recvfd
recvfds = _aio.recvfds
recvfrom = _aio.recvfrom
recvline = _aio.recvline
recvmany = _aio.recvmany
recvmsg = _aio.recvmsg
send = _aio.send
sendable = _aio.sendable
sendall = _aio.sendall
sendfile = _aio.sendfile
sendmany = _aio.sendmany
sendmsg = _aio.sendmsg
sendto = _aio.sendto


# Their types are in the stub: to name them here would import ssl.
async def tls_client(sock, context, host, sec=None):
    """Make a TLS connection of a connected socket, as its client.

    sock: a connected stream Socket, whose descriptor belongs to the connection from then
        on; it is closed where the handshake fails.
    context: an ssl.SSLContext.
    host: the name or address that the certificate must be for, if the context checks it,
        and is sent as SNI. None: neither.
    sec: how long at most, over all; None, the default, without a limit.

    Errors: EPROTO: what TLS says, a refused name or certificate too. EBUSY: received
        bytes are pending, and the socket stays as it is. EOPNOTSUPP, ETIMEDOUT, EBADF,
        ECONNRESET, EPIPE.
    Waits: for the handshake, at most sec seconds.
    Cancelled: the connection is closed.
    """
    from ._tls.loop import client  # which needs ssl

    return await client(sock, context, host, sec)


async def tls_server(sock, context, sec=None):
    """Make a TLS connection of an accepted socket, as its server.

    sock: an accepted Socket, of which tls_client tells what becomes.
    context: an ssl.SSLContext with a certificate.
    sec: how long at most, over all; None, the default, without a limit.

    Errors: EPROTO: what TLS says. EBUSY: received bytes are pending, and the socket stays
        as it is. EOPNOTSUPP, ETIMEDOUT, EBADF, ECONNRESET, EPIPE.
    Waits: for the handshake, at most sec seconds.
    Cancelled: the connection is closed.
    """
    from ._tls.loop import server  # which needs ssl

    return await server(sock, context, sec)


__all__ = [
    "Reader",
    "accept",
    "connect",
    "connect_dgram",
    "connect_inet6_dgram",
    "connect_inet6_stream",
    "connect_inet_dgram",
    "connect_inet_stream",
    "connect_stream",
    "connect_unix_stream",
    "getaddrinfo",
    "getnameinfo",
    "reader",
    "recv",
    "recv_into",
    "recvable",
    "recvall",
    "recvfd",
    "recvfds",
    "recvfrom",
    "recvline",
    "recvmany",
    "recvmsg",
    "send",
    "sendable",
    "sendall",
    "sendfile",
    "sendmany",
    "sendmsg",
    "sendto",
    "serve",
    "tls_client",
    "tls_server",
]
