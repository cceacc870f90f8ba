"""Control messages in a queue."""

from . import CmsgHdrs

def new() -> CmsgHdrs: ...
