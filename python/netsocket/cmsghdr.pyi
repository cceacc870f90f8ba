"""Control messages."""

from typing import Any

from typing_extensions import Buffer

from . import CmsgHdr

# surface: CMSGHDR_MAKE
def new(level: int, type: int, data: Buffer | int | dict[str, Any], /) -> CmsgHdr:
    """Make a control message from bytes, an integer, credentials or packet info.

    level: SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6.
    type: SCM_CREDENTIALS, IP_PKTINFO, IP_TTL and so on.
    data: bytes; an integer, which with SCM_TIMESTAMPING says by
        SOF_TIMESTAMPING_TX_ flags which times of this packet are wanted; or a
        table or dict with pid, uid and gid, or with ifindex and addr, the address
        to send from.

    Returns: a CmsgHdr.
    Raises: ValueError or OverflowError.
    Errors: EINVAL (ValueError): level or type outside int, data over 1 MiB, or a
        value where the type needs bytes. EAFNOSUPPORT: an address of another
        family.
    Blocks: never.
    Source: cmsg(3), ip(7), ipv6(7), unix(7).
    """

def rights(*fds: int) -> CmsgHdr:
    """Make a control message that passes descriptors.

    *fds: 1 to 253 descriptors.

    Returns: a CmsgHdr.
    Raises: ValueError.
    Errors: EINVAL (ValueError): none, more than 253, or a negative one.
    Blocks: never.
    Source: unix(7), SCM_RIGHTS.
    """

# surface: end
