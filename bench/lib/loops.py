"""Which loop a measured server runs in: asyncio's own or uvloop's, by the program's first
argument."""

import asyncio
import sys
from collections.abc import Coroutine


def run(main: Coroutine[object, object, None]) -> None:
    if sys.argv[1] == "uvloop":
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(main)
