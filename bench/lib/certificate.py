"""A certificate for what is measured through TLS."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path


def make(folder: Path) -> ssl.SSLContext:
    """One that is signed by itself: cert.pem and key.pem, and a server's context."""
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    names = ("-subj", "/CN=bench", "-addext", "subjectAltName=DNS:localhost")
    files = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"))
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
