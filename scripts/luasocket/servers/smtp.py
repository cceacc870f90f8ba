"""A server of mail that puts what comes into the mailboxes where smtptest.lua looks, and
shows it. testmesg.lua looks for it at port 2525."""

from __future__ import annotations

import asyncio
import mailbox
import re
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

MAIL = Path("/var/spool/mail")


class Mailboxes:
    async def handle_MAIL(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if not re.fullmatch(r"[\w.@-]+", address):
            return "553 not an address"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        for rcpt in envelope.rcpt_tos:
            box = mailbox.mbox(MAIL / rcpt.partition("@")[0])
            box.add(envelope.content)
            box.close()
        print(envelope.mail_from, envelope.rcpt_tos)
        print(envelope.content.decode(), flush=True)
        return "250 OK"


async def main() -> None:
    loop = asyncio.get_running_loop()
    for port in (25, 2525):
        await loop.create_server(
            lambda: SMTP(Mailboxes(), hostname="localhost"), ["127.0.0.1", "::1"], port
        )
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
