"""Facts of this system."""

from typing import Final

os: Final[str]
"""The system's name in lower case: "linux", "darwin"."""
unixpath_max: Final[int]
"""How many bytes a unix path may have."""
somaxconn: Final[int]
"""The largest backlog of listen."""
