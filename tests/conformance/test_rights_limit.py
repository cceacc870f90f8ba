"""Descriptors on their way: the system lets one user have no more of them than a process
may have open, except a privileged one."""

from __future__ import annotations

import os

import pytest

from conformance.parts import message
from support.fronts.front import Front, Handle
from support.processes.limits import descriptors_left
from support.processes.passed_fds import closing, passed_fds

MOST = 270  # a stream's buffer holds as many messages of one byte


def send_until_refused(sock: Handle, fd: int) -> int:
    """How many were taken before the first that was not."""
    for sent in range(MOST):
        outcome = sock.sendfd(fd)
        if outcome.kind == "error":
            outcome.fails("ETOOMANYREFS", op="sendfd")
            return sent
    pytest.fail("nothing was refused")


def test_h075_too_many_on_their_way(without_privileges: None, net: Front) -> None:
    """The error is the system's own, nothing of the refused message arrives, and once
    the others are taken there is room again."""
    a, b = net.pair_stream().all
    with closing(os.memfd_create("nsk")) as (file,), passed_fds(net, file) as (fd,):
        two = message(net, b"x", control=[net.cmsghdr.rights(fd, fd).value])
        with descriptors_left(net, 4):
            sent = send_until_refused(a, fd)
            a.sendmsg(two).fails("ETOOMANYREFS", op="sendmsg")
            a.sendfds([fd, fd]).fails("ETOOMANYREFS", op="sendfds")
        taken = []
        while (outcome := b.recvfd()).kind == "value":
            taken.append(outcome.value)
        assert outcome.is_again()
        assert len(taken) == sent
        assert a.sendmsg(two).value == 1
    for one in taken:
        assert net.close(one).value is True
