"""The types of arguments and results, as typing.get_type_hints finds them too.

Python 3.9 cannot evaluate `bytes | None`, and before 3.12 nothing names the buffers.
"""

from __future__ import annotations

import collections.abc
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Optional, Union

from .. import Deadline

if TYPE_CHECKING:
    from typing_extensions import Buffer as Buffer
else:
    Buffer = getattr(collections.abc, "Buffer", Any)

Bytes = Union[Buffer, Sequence[Buffer]]
Limit = Union[Deadline, float, None]
Line = Optional[bytes]
Number = Optional[int]
Seconds = Optional[float]
Text = Optional[str]
