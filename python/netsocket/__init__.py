"""Sockets with an address at hand, one deadline, and errors that name the call."""

import sys as _sys

from ._failure import Attempt as Attempt
from ._failure import Failure as Failure
from ._failure import is_failure as is_failure
from ._netsocket import *  # noqa: F403
from ._netsocket import __version__ as __version__
from ._netsocket import addrinfo, cmsghdr, cmsghdrs, device, env, errors, iovec, msghdr

# What the extension calls netsocket.addrinfo can be imported under that name too.
for _module in (addrinfo, cmsghdr, cmsghdrs, device, env, errors, iovec, msghdr):
    _sys.modules[_module.__name__] = _module
del _module
