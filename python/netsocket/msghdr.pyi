"""Messages for sendmsg and recvmsg."""

from . import MsgHdr

def new() -> MsgHdr: ...
