"""Messages for sendmsg and recvmsg."""

from . import MsgHdr

# surface: MSGHDR_MAKE
def new() -> MsgHdr:
    """Make an empty message.

    Returns: a MsgHdr.
    Errors: none.
    Blocks: never.
    Source: recvmsg(2).
    """

# surface: end
