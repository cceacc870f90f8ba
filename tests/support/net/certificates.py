"""An authority and its certificates, made by the openssl command, as strict as RFC 5280:
from CPython 3.13 on `ssl.create_default_context` takes no others."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

NAMES = "DNS:localhost,DNS:*.example.com,IP:127.0.0.1,IP:::1"
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
TODAY = ("-days", "2")


def _openssl(*arguments: str, folder: Path) -> None:
    subprocess.run(
        ["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60
    )


def _past() -> Sequence[str]:
    """A time that is over. OpenSSL takes an end before the beginning up to 3.5, and knows
    the beginning's option from 3.4 on."""
    known = subprocess.run(
        ["openssl", "x509", "-help"], capture_output=True, text=True, timeout=60
    )
    if "-not_before" not in known.stdout + known.stderr:
        return "-days", "-1"
    return "-not_before", "20200101000000Z", "-not_after", "20200102000000Z"


@dataclass(frozen=True)
class Authority:
    """folder/ca.pem, and for each certificate folder/NAME.pem and folder/NAME.key."""

    folder: Path

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def sign(self, name: str, names: str = NAMES, time: Sequence[str] = TODAY) -> None:
        """A certificate for these names."""
        (self.folder / f"{name}.ext").write_text(
            f"subjectAltName={names}\nauthorityKeyIdentifier=keyid\n"
        )
        request = ["req", *CURVE, "-subj", f"/CN={name}"]
        _openssl(
            *request,
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.csr",
            folder=self.folder,
        )
        _openssl(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
            *("-CAcreateserial", *time, "-extfile", f"{name}.ext", "-out", f"{name}.pem"),
            folder=self.folder,
        )


def make(folder: Path) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command is not installed")
    subject = ("-subj", "/CN=Test authority", "-days", "2")
    signs = ("-addext", "keyUsage=keyCertSign")
    _openssl(
        *(
            "req",
            "-x509",
            *CURVE,
            *subject,
            *signs,
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
        ),
        folder=folder,
    )
    made = Authority(folder)
    made.sign("server")
    made.sign("client", "DNS:client.example.com")
    made.sign("expired", time=_past())
    return made
