"""What a connection answers without waiting, plain or in a loop."""

from __future__ import annotations

from types import TracebackType
from typing import Any, TypeVar

from .. import AddrInfo
from .channel import Channel, Single
from .failures import named
from .types import Seconds, Text

_Self = TypeVar("_Self", bound="Common")


class Common(Single):
    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def _open(self, op: str) -> Channel:
        self._channel.check(op)
        return self._channel

    def timeout(self, sec: Seconds = None) -> float:
        """Return for how many seconds calls wait that are given none, or set it."""
        return self._open("timeout").sock.timeout(sec)

    def pending(self) -> int:
        """Return how many received bytes are pending."""
        channel = self._channel
        return len(channel.store) + sum(map(len, channel.engine.plain))

    def getpeername(self) -> AddrInfo:
        """Return the peer's address."""
        return self._open("getpeername").sock.getpeername()

    def getpeercert(self, binary_form: bool = False) -> Any:
        """Return the peer's certificate as ssl gives it, None where it has shown none."""
        return self._open("getpeercert").engine.ssl.getpeercert(binary_form)

    def alpn(self) -> Text:
        """Return the protocol that ALPN has agreed on, or None."""
        return self._open("alpn").engine.ssl.selected_alpn_protocol()

    def close(self) -> bool:
        """Close, and wake with EBADF who waits; again is harmless."""
        try:
            self._channel.close()
        except OSError as error:
            raise named(error, "close") from None
        return True

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._channel)
