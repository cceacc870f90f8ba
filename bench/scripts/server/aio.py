"""aio.py LOOP: sends back each line, with netsocket.aio's reader; every wait has a
deadline. Prints its port."""

import netsocket
from lib.loops import run
from netsocket import aio

WITHIN = 60


async def echo(sock: netsocket.Socket) -> None:
    sock.tcpnodelay(True)
    rd = aio.reader(sock)
    while line := await rd.readline(WITHIN):
        await aio.sendall(sock, line, WITHIN)


async def main() -> None:
    with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
        listener.listen()
        print(listener.getsockname().port(), flush=True)
        await aio.serve(listener, echo)


run(main())
