"""Control messages in a queue."""

from . import CmsgHdrs

# surface: CMSGHDRS_MAKE
def new() -> CmsgHdrs:
    """Make an empty queue of control messages.

    Returns: a CmsgHdrs.
    Errors: none.
    Blocks: never.
    Source: cmsg(3).
    """

# surface: end
