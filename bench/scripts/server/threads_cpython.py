"""A thread for each connection sends back each line, with CPython's socket and makefile,
without a deadline. Prints its port."""

import socket
import threading


def serve(sock: socket.socket) -> None:
    with sock, sock.makefile("rb") as lines:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for line in lines:
            sock.sendall(line)


with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=serve, args=listener.accept()[:1]).start()
