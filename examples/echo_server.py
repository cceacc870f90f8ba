import contextlib
import math
import sys

import netsocket

port = sys.argv[1] if len(sys.argv) > 1 else "7000"
with netsocket.bind_inet_stream("127.0.0.1", port, True) as server:
    server.listen()
    print("listening on", server.getsockname(), file=sys.stderr, flush=True)
    while server.recvable(math.inf):
        # What goes wrong with one client is not the end of the server.
        with contextlib.suppress(OSError), server.accept() as client:
            while client.recvable(math.inf) and (data := client.recv()):
                while data and client.sendable(math.inf):
                    data = data[client.send(data) :]  # what the send did not take
