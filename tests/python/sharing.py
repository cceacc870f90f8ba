"""A program of test_sharing.py: it passes sockets to processes, in the way that its
argument names, and says what they did."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import pickle
import sys

import netsocket
import netsocket.sharing

Pipe = multiprocessing.connection.Connection


def serve(listener: netsocket.Socket) -> None:
    """The other process: one connection, whose peer has gone there as well."""
    with listener, listener.acceptwait(60) as peer:
        peer.sendall(peer.reader().readline(60).upper(), 60)


def serve_from(pipe: Pipe) -> None:
    sock = pipe.recv()
    assert sock.timeout() == 7
    serve(sock)


def ask(listener: netsocket.Socket) -> bytes:
    port = listener.getsockname().port()
    with netsocket.connect_inet_stream("127.0.0.1", port, 60) as sock:
        sock.sendall(b"question\n", 60)
        return sock.recvall(9, 60)


def main(way: str, method: str) -> None:
    multiprocessing.set_start_method(method)
    with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
        listener.listen()
        listener.timeout(7)
        if way == "argument":
            process = multiprocessing.Process(target=serve, args=(listener,))
            process.start()
        else:
            ours, theirs = multiprocessing.Pipe()
            process = multiprocessing.Process(target=serve_from, args=(theirs,))
            process.start()
            ours.send(listener)
        print(ask(listener))
        process.join()
        assert process.exitcode == 0
    try:
        pickle.dumps(listener)  # of pickle alone there is none: who would close it?
    except TypeError as error:
        print(error)


if __name__ == "__main__":
    main(*sys.argv[1:])
