"""What netsocket.aio takes from the extension; all else of it is netsocket's."""

from typing import final

from typing_extensions import Buffer

from . import AddrInfo, Socket, _Host, _Path, _Port

@final
class _Connecting:
    """A connect under way, which never waits."""

    def step(self) -> Socket | tuple[int, bool, float | None]:
        """Go on. The connected socket, or what to wait for: fd, for writing, seconds."""
    def finish(self) -> None: ...

def _connecting_to(ai: AddrInfo, conndeadl: float | None, /) -> _Connecting: ...
def _connecting_to_path(pathname: _Path, conndeadl: float | None, /) -> _Connecting: ...
def _connecting_by_name(
    host: _Host, port: _Port, family: int, race: bool, conndeadl: float | None, /
) -> _Connecting: ...
@final
class _Transfer:
    """A sendall, recvall or recvline under way, which never waits."""

    def step(self) -> bytes | int | tuple[int, bool, float | None]:
        """Go on. What the call returns, or what to wait for: fd, for writing, seconds."""
    def finish(self) -> int:
        """End it; how many bytes were sent, or are pending."""

def _sending(sock: Socket, msg: Buffer, sec: float | None, /) -> _Transfer: ...
def _receiving(sock: Socket, n: int, line: bool, sec: float | None, /) -> _Transfer: ...
