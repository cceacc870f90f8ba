"""The network interfaces of this machine."""

from typing import Any

# surface: DEVICE
def getifaddrs() -> dict[str, dict[str, Any]]:
    """Return the network interfaces with their addresses.

    Returns: a dict.
    Raises: OSError.
    Errors: ENOBUFS, ENOMEM, EMFILE: the system has run out.
    Blocks: never.
    Source: getifaddrs(3), netdevice(7).
    """

# surface: end
