"""The network interfaces of this machine."""

from typing import Any

def getifaddrs() -> dict[str, dict[str, Any]]: ...
