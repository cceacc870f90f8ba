"""Control messages."""

from typing import Any

from typing_extensions import Buffer

from . import CmsgHdr

def new(level: int, type: int, data: Buffer | int | dict[str, Any], /) -> CmsgHdr: ...
def rights(*fds: int) -> CmsgHdr: ...
