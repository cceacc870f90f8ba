"""smtp_client_module.py PORT COUNT: smtp_client.py with smtplib."""

from __future__ import annotations

import smtplib
import sys

port, count = int(sys.argv[1]), int(sys.argv[2])

with smtplib.SMTP("127.0.0.1", port, "localhost", 60) as server:
    for i in range(1, count + 1):
        text = f"Subject: report {i}\n\nAll is well.\n.hidden\n{'x' * 70}\n"
        server.sendmail("bench@example.org", "you@example.org", text)
