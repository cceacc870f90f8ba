import contextlib
import sys

import netsocket

with netsocket.bind_inet_stream("127.0.0.1", (*sys.argv, "7000")[1], True) as server:
    server.listen()
    print("listening on", server.getsockname(), file=sys.stderr, flush=True)
    while client := server.acceptwait():
        with client, contextlib.suppress(OSError):
            for line in client.reader():
                client.sendall(line)
