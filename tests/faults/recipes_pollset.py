"""Recipes for pollsets, which are Lua's."""

from __future__ import annotations

from support.fronts.front import Handle
from support.fronts.outcome import Outcome

from .setup import Case, Setup, done, recipe


def _pollset(s: Setup) -> Handle:
    handle: Handle = s.front.functions("POLLER").call("pollset").value
    return handle


@recipe("LUA_POLLER.pollset")
def pollset(s: Setup) -> Case:
    return Case([])


@recipe("LUA_POLLSET.watch")
def watch(s: Setup) -> Case:
    a, b = s.pair()
    return Case([a, "rw"], _pollset(s), watched=[a, b])


@recipe("LUA_POLLSET.watch/again")
def watch_again(s: Setup) -> Case:
    """Of one that is in the set: two system calls."""
    a, b = s.pair()
    own = _pollset(s)
    done(own.watch(a, "r"))
    return Case([a, "rw"], own, watched=[a, b])


@recipe("LUA_POLLSET.wait")
def wait(s: Setup) -> Case:
    a, b = s.pair()
    fd, own = a.fd().value, _pollset(s)
    done(own.watch(a, "rw"))
    done(b.send(b"x"))

    def check(outcome: Outcome) -> None:
        assert outcome.all == ([fd], [fd]), outcome.describe()

    return Case([5.0], own, check, [a, b])


@recipe("LUA_POLLSET.fd")
def fd(s: Setup) -> Case:
    return Case([], _pollset(s))


@recipe("LUA_POLLSET.close")
def close(s: Setup) -> Case:
    return Case([], _pollset(s))
