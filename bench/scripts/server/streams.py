"""streams.py LOOP [SECONDS]: sends back each line, with asyncio's streams; with SECONDS
there is a deadline for a line. Prints its port."""

import asyncio
import sys

from lib.loops import run


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(line)
        await writer.drain()
    writer.close()


async def echo_within(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    within = float(sys.argv[2])
    while line := await asyncio.wait_for(reader.readline(), within):
        writer.write(line)
        await writer.drain()
    writer.close()


async def main() -> None:
    handler = echo_within if len(sys.argv) > 2 else echo
    server = await asyncio.start_server(handler, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


run(main())
