"""Buffers in a row."""

from . import IoVec

# surface: IOVEC_MAKE
def new() -> IoVec:
    """Make an empty row of buffers.

    Returns: an IoVec.
    Errors: none.
    Blocks: never.
    Source: readv(2).
    """

# surface: end
