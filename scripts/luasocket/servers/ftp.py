"""What ftptest.lua asks for in its first lines: someone who may write, with two files,
and its anonymous, who may not."""

from __future__ import annotations

import shutil
from pathlib import Path

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

HOMES = Path("/tmp/ftp")


def main() -> None:
    for name in ("luasocket/index.html", "luasocket/#?", "anonymous/pub/index.html"):
        (HOMES / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile("/tmp/test/index.html", HOMES / name)
    authorizer = DummyAuthorizer()
    authorizer.add_user("ftp", "anonymous@anonymous.org", HOMES / "anonymous")
    authorizer.add_user("luasocket", "password", HOMES / "luasocket", "elradfmw")
    FTPHandler.authorizer = authorizer
    servers = [FTPServer((host, 21), FTPHandler) for host in ("127.0.0.1", "::1")]
    print("ready", flush=True)
    IOLoop.instance().loop()
    del servers


if __name__ == "__main__":
    main()
