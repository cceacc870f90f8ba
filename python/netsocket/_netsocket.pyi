"""The extension; what is public of it is netsocket's."""

from . import aio

_aio = aio
_AioReader = aio.Reader
