"""Errors of TLS, in the form of all others of the package."""

from __future__ import annotations

import os
import ssl
from typing import TypeVar

from .. import _netsocket, errors

CUT = "the peer ended the connection without a close-notify"
# The class of each errno; the stub does not name it.
_classes: dict[int, type[errors.OSError]] = vars(_netsocket)["_failures"]
_MISMATCH = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_Error = TypeVar("_Error", bound=BaseException)


def failure(
    code: int, op: str, words: str = "", subject: str | None = None
) -> errors.OSError:
    """A failure of the call op; without words, those of the system."""
    made: errors.OSError = _classes[code](code, words or os.strerror(code), subject)
    made.op = op
    return made


def named(error: _Error, op: str, done: int = 0) -> _Error:
    """A failure of the socket below, as one of the call op."""
    error.op = op  # type: ignore[attr-defined]  # as every failure
    error.done = done  # type: ignore[attr-defined]  # the same
    return error


def words_of(error: ssl.SSLError) -> str:
    """What OpenSSL says, without the place in its source."""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in _MISMATCH:
            return "the certificate is not for this name"
        return f"certificate verify failed: {error.verify_message}"
    reason: str | None = error.reason
    return reason.replace("_", " ").lower() if reason else str(error.args[-1])
