"""syslog_client_module.py PATH COUNT: syslog_client.py with logging's handler."""

from __future__ import annotations

import logging
import sys
from logging.handlers import SysLogHandler

path, count = sys.argv[1], int(sys.argv[2])
handler = SysLogHandler(path, SysLogHandler.LOG_LOCAL0)
handler.setFormatter(logging.Formatter("%(asctime)s programs: %(message)s", "%b %e %T"))
log = logging.getLogger()
log.setLevel(logging.INFO)
log.addHandler(handler)

for i in range(1, count + 1):
    log.log(logging.WARNING if i % 10 == 0 else logging.INFO, "message %d", i)
