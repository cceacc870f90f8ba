"""A thread for each connection sends back each line, with netsocket's reader; every wait
has a deadline. Prints its port."""

import threading

import netsocket

WITHIN = 60


def serve(sock: netsocket.Socket) -> None:
    with sock:
        sock.tcpnodelay(True)
        rd = sock.reader()
        while line := rd.readline(WITHIN):
            sock.sendall(line, WITHIN)


with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
    listener.listen()
    print(listener.getsockname().port(), flush=True)
    while True:
        threading.Thread(target=serve, args=(listener.acceptwait(),)).start()
