"""Recipes for pollsets, which are Lua's."""

from __future__ import annotations

from fronts.front import Handle
from fronts.outcome import Outcome

from .stage import Scene, Stage, done, recipe


def _pollset(s: Stage) -> Handle:
    handle: Handle = s.front.functions("POLLER").call("pollset").value
    return handle


@recipe("LUA_POLLER.pollset")
def pollset(s: Stage) -> Scene:
    return Scene([])


@recipe("LUA_POLLSET.watch")
def watch(s: Stage) -> Scene:
    a, b = s.pair()
    return Scene([a, "rw"], _pollset(s), watched=[a, b])


@recipe("LUA_POLLSET.watch/again")
def watch_again(s: Stage) -> Scene:
    """Of one that is in the set: two system calls."""
    a, b = s.pair()
    own = _pollset(s)
    done(own.watch(a, "r"))
    return Scene([a, "rw"], own, watched=[a, b])


@recipe("LUA_POLLSET.wait")
def wait(s: Stage) -> Scene:
    a, b = s.pair()
    fd, own = a.fd().value, _pollset(s)
    done(own.watch(a, "rw"))
    done(b.send(b"x"))

    def check(outcome: Outcome) -> None:
        assert outcome.all == ([fd], [fd]), outcome.describe()

    return Scene([5.0], own, check, [a, b])


@recipe("LUA_POLLSET.fd")
def fd(s: Stage) -> Scene:
    return Scene([], _pollset(s))


@recipe("LUA_POLLSET.close")
def close(s: Stage) -> Scene:
    return Scene([], _pollset(s))
