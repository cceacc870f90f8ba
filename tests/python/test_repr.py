"""What the objects show of themselves, in a debugger or a log."""

from __future__ import annotations

import os

import netsocket
from netsocket import aio


def test_reader() -> None:
    """The descriptor, as long as there is one."""
    ours, theirs = netsocket.pair_stream()
    with theirs:
        plain, waiting = ours.reader(), aio.reader(ours)
        assert repr(plain) == f"<netsocket.Reader fd={ours.fileno()}>"
        assert repr(waiting) == f"<netsocket.aio.Reader fd={ours.fileno()}>"
        ours.close()
        assert repr(plain) == "<netsocket.Reader fd=-1>"
        assert repr(waiting) == "<netsocket.aio.Reader fd=-1>"


def test_message() -> None:
    """Its name and how much is in it."""
    mh = netsocket.msghdr.new()
    assert repr(mh) == "<netsocket.MsgHdr name= iov=0 control=0 flags=0>"
    iov = netsocket.iovec.new()
    assert repr(iov) == "<netsocket.IoVec: 0 elements, 0 bytes>"
    iov.add(b"two")
    iov.add(b"parts")
    assert repr(iov) == "<netsocket.IoVec: 2 elements, 8 bytes>"
    queue = netsocket.cmsghdrs.new()
    assert repr(queue) == "<netsocket.CmsgHdrs: 0 control messages>"
    ends = os.pipe()
    try:
        queue.push(netsocket.cmsghdr.rights(*ends))
    finally:
        for end in ends:
            os.close(end)
    assert repr(queue) == "<netsocket.CmsgHdrs: 1 control messages>"
    mh.name(netsocket.addrinfo.inet("127.0.0.1", 80))
    mh.iov(iov)
    mh.control(queue)
    assert repr(mh) == "<netsocket.MsgHdr name=127.0.0.1:80 iov=8 control=1 flags=0>"


def test_name_that_is_no_text() -> None:
    """A path is bytes, and shows as that of an address does."""
    mh = netsocket.msghdr.new()
    mh.name(netsocket.addrinfo.unix(b"/tmp/\xff\n"))
    assert repr(mh) == r"<netsocket.MsgHdr name=/tmp/\xff\x0a iov=0 control=0 flags=0>"
