import sys

import netsocket

port = sys.argv[1] if len(sys.argv) > 1 else "7000"
text = sys.argv[2] if len(sys.argv) > 2 else "hello"
with netsocket.connect_inet_stream("127.0.0.1", port, 5) as sock:
    sock.sendall(text.encode(), 5)
    sock.shutdown(netsocket.SHUT_WR)  # nothing more to say: the server sees the end
    print(sock.reader().readall(1 << 20, 5).decode())
