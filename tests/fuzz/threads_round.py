"""One round: channels, threads that use them, and what has come in the end."""

from __future__ import annotations

import gc
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import netsocket

from .threads_acts import Acts, step
from .threads_aio import run_loops
from .threads_calls import Receive, send, take
from .threads_fork import forks
from .threads_model import KEY, Channel, Stream, Things, packet
from .threads_strangers import MOST, Strangers, close_box
from .threads_world import Box, World, done_of, name_of

STEPS = 150  # of each thread
PATIENCE = 45  # seconds until all has come, whatever holds it
GIVEN_UP = {"EPIPE", "ECONNRESET", "EBADF", "ECONNREFUSED"}  # there is no one to send to


def options(dice: random.Random) -> dict[str, Any]:
    """Of an opener, and where it connects from; some of the time."""
    if dice.random() < 0.5:
        return {}
    made: dict[str, Any] = {"keepalive": dice.random() < 0.5}
    made["tcpnodelay"] = dice.random() < 0.5
    made["sndbuf"] = 20_000 if dice.random() < 0.5 else None
    if dice.random() < 0.3:
        made["local_addr"] = netsocket.addrinfo.inet("127.0.0.2", 0)
    return made


def connected(
    family: str, dice: random.Random
) -> tuple[netsocket.Socket, netsocket.Socket]:
    if family == "unix":
        return netsocket.pair_stream()
    with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
        listener.listen()
        port = listener.getsockname().port()
        to = netsocket.connect_inet_stream("127.0.0.1", port, **options(dice))
        return to, listener.acceptwait(5)


class Round:
    def __init__(self, seed: str) -> None:
        self.world = World(seed)
        self.dice = self.world.dice("plan")
        self.boxes: list[Box] = []
        self.senders: list[netsocket.Socket] = []
        self.feeders: list[Callable[[], None]] = []
        self.closable: list[tuple[netsocket.Socket, Channel]] = []  # senders
        self.stop = False

    # ----------------------------------------------------------------- plan --

    def box(
        self, sock: netsocket.Socket, channel: Stream | Things, blocking: bool
    ) -> Box:
        made = Box(sock, channel)
        made.blocking = blocking
        made.may_close = self.dice.random() < 0.25
        sock.nonblock(not blocking)
        self.boxes.append(made)
        return made

    def add_stream(self, number: int) -> None:
        family = self.dice.choice(("unix", "unix", "inet"))
        a, b = connected(family, self.dice)
        size = self.dice.choice((6000, 60_000, 60_000, 400_000))
        name = f"stream {number} ({family})"
        stream = Stream(name, f"{self.world.seed} {number}", size)
        self.box(b, stream, self.dice.random() < 0.5)
        a.nonblock(self.dice.random() < 0.5)
        self.add_feeder(a, stream, partial(self.feed_stream, a, stream, number))

    def add_packets(self) -> None:
        kind = self.dice.choice(("dgram", "seqpacket"))
        a, b = netsocket.pair_dgram() if kind == "dgram" else netsocket.pair_seqpacket()
        things = Things(f"packets ({kind})")
        self.box(b, things, kind == "seqpacket" and self.dice.random() < 0.5)
        a.nonblock(False)
        feed = partial(self.feed_things, a, things, lambda n: a.send(packet(n)), 60)
        if self.dice.random() < 0.5:
            feed = partial(self.feed_many, a, things, self.world.dice("batches"))
        self.add_feeder(a, things, feed)

    def add_descriptors(self) -> None:
        a, b = netsocket.pair_stream()
        things = Things("descriptors")
        self.box(b, things, self.dice.random() < 0.5)
        a.nonblock(False)

        def give(number: int) -> None:
            fd = os.memfd_create(str(number))
            try:
                a.sendfd(fd)
            finally:
                os.close(fd)

        self.add_feeder(a, things, partial(self.feed_things, a, things, give, 25))

    def add_listener(self) -> None:
        sock = netsocket.bind_inet_stream("127.0.0.1", 0)
        sock.listen()
        things = Things("listener")
        self.box(sock, things, False)
        port = sock.getsockname().port()
        dice = self.world.dice("options")

        def give(number: int) -> None:
            set_too = options(dice)
            with netsocket.connect_inet_stream("127.0.0.1", port, 10, **set_too) as made:
                made.sendall(number.to_bytes(KEY, "big"))

        self.add_feeder(None, things, partial(self.feed_things, None, things, give, 15))

    def add_feeder(
        self, sock: netsocket.Socket | None, channel: Channel, feed: Callable[[], None]
    ) -> None:
        def to_the_end() -> None:
            try:
                feed()
            finally:
                self.finish(sock, channel)

        if sock is not None:
            self.senders.append(sock)
            if self.dice.random() < 0.15:
                self.closable.append((sock, channel))
        self.feeders.append(to_the_end)

    def plan(self) -> None:
        for number in range(self.dice.randint(1, 3)):
            self.add_stream(number)
        for add in (self.add_packets, self.add_descriptors, self.add_listener):
            if self.dice.random() < 0.5:
                add()
        self.acts = Acts(self.world, self.boxes)
        count = self.dice.randint(1, 3)
        self.workers = workers = [
            threading.Thread(target=self.guarded, args=(self.work, f"worker {n}"))
            for n in range(count)
        ]
        for box in self.boxes:
            if self.dice.random() < 0.4:
                box.owner = self.dice.choice([threading.current_thread(), *workers])
        others = list(self.feeders)
        loops = self.dice.choice((0, 0, 1, 1, 1, 2))
        for number in range(loops):
            name = f"loop {number}"
            others.append(partial(run_loops, self.world, self.acts, self.boxes, name))
        if self.dice.random() < 0.3:
            over = self.is_over
            others.append(partial(forks, self.world, self.boxes, self.senders, over))
        self.threads = [
            *workers,
            *(threading.Thread(target=self.guarded, args=(run,)) for run in others),
        ]
        self.chaos_thread = threading.Thread(target=self.guarded, args=(self.chaos,))

    # -------------------------------------------------------------- threads --

    def guarded(self, function: Callable[..., None], *args: str) -> None:
        try:
            function(*args)
        except BaseException as error:
            frame = error.__traceback__
            while frame is not None and frame.tb_next is not None:
                frame = frame.tb_next
            where = frame and f"{frame.tb_frame.f_code.co_name}:{frame.tb_lineno}"
            self.world.fail(f"{function}: {error!r} in {where}")

    def feed_stream(self, sock: netsocket.Socket, stream: Stream, number: int) -> None:
        dice = self.world.dice(f"feed {number}")
        box = next(box for box in self.boxes if box.channel is stream)
        while stream.left() > 0:
            if dice.random() < 0.5:  # receivers wait, and some in vain
                time.sleep(dice.uniform(0, 0.002))
            out: list[Any] = []
            call, all_of_it = send(dice, sock, stream, self.acts.act(box))
            error = self.world.call(call, out)
            if out:
                stream.sent += out[0]
                continue
            done = done_of(error)
            stream.sent += done or 0
            allowed = {"EAGAIN", "timeout"}
            if box.closed:
                allowed |= {"EPIPE", "ECONNRESET"}
            if sock.fd() == -1:
                allowed |= {"EBADF", "EPIPE"}
            self.world.judge(f"{stream.name} send", error, allowed, True)
            name = name_of(error)
            if all_of_it and done is None and name == "timeout":
                self.world.fail(f"{stream.name} sendall: {error!r} has no done")
            if name not in ("EAGAIN", "timeout", "Boom"):
                break
            if name == "EAGAIN":
                self.world.call(partial(sock.sendable, 0.01), out)

    def feed_things(
        self,
        sock: netsocket.Socket | None,
        things: Things,
        give: Callable[[int], object],
        count: int,
    ) -> None:
        for number in range(1, count):
            things.sent.append(number)
            try:
                give(number)
            except OSError as error:
                things.sent.remove(number)
                if not self.gone(sock, things) or name_of(error) not in GIVEN_UP:
                    self.world.fail(f"{things.name} send: {error!r}")
                break

    def gone(self, sock: netsocket.Socket | None, things: Things) -> bool:
        box = next(box for box in self.boxes if box.channel is things)
        return box.closed or (sock is not None and sock.fd() == -1)

    def feed_many(
        self, sock: netsocket.Socket, things: Things, dice: random.Random
    ) -> None:
        """The socket blocks, so that each call sends all of its packets."""
        given, sent, batch = 0, 0, list[int]()
        while given < 60 and sent == len(batch):
            batch = list(range(given + 1, given + dice.randint(1, 20)))
            things.sent += batch
            try:
                sent, name = sock.sendmany([packet(n) for n in batch]), "a part"
            except OSError as error:
                sent, name = done_of(error) or 0, name_of(error)
            for number in batch[sent:]:
                things.sent.remove(number)
            given += sent
        known = self.gone(sock, things) and name in (*GIVEN_UP, "a part")
        if sent < len(batch) and not known:
            self.world.fail(f"{things.name} sendmany: {name}, {sent} of {len(batch)}")

    def finish(self, sock: netsocket.Socket | None, channel: Channel) -> None:
        channel.finished = True
        try:
            if sock is not None:
                sock.shutdown(socket.SHUT_WR)
        except OSError as error:
            if name_of(error) not in ("EBADF", "ENOTCONN"):
                self.world.fail(f"{channel.name} shutdown: {error!r}")

    def work(self, name: str) -> None:
        dice = self.world.dice(name)
        mine = [box for box in self.boxes if self.acts.mine(box)]
        mine += [box for box in mine if isinstance(box.channel, Stream)] * 3
        for _ in range(STEPS):
            mine = [box for box in mine if not box.over and not box.closed]
            if not mine:
                break
            box = dice.choice(mine)
            what = dice.random()
            if what < 0.75:
                if not step(self.world, dice, box, self.acts.act(box), name == "main"):
                    self.look(box, partial(box.sock.recvable, 0.001))
            elif what < 0.8:
                self.select(dice)
            elif what < 0.85:
                self.look(box, partial(box.sock.recvable, dice.choice((0, 0.003))))
            elif what < 0.9:
                self.acts.before_close(box)
            elif what < 0.95:
                self.acts.garbage(box)
            elif box.owner is not None:
                self.hand_over(box)

    def look(self, box: Box, call: Callable[[], Any]) -> None:
        sock, use = box.sock, box.channel.enter(False)
        out: list[Any] = []
        error = self.world.call(call, out)
        if error is not None:
            allowed = self.world.allowed(box, sock, use)
            self.world.judge(f"{box.channel.name} recvable", error, allowed, True)
        box.channel.leave(use, False)

    def select(self, dice: random.Random) -> None:
        boxes = dice.sample(self.boxes, dice.randint(1, len(self.boxes)))
        socks = [box.sock for box in boxes]
        out: list[Any] = []
        error = self.world.call(partial(netsocket.select, socks, None, 0.003), out)
        if error is not None:
            gone = any(box.is_gone(sock) for box, sock in zip(boxes, socks))
            self.world.judge("select", error, {"EBADF"} if gone else set(), True)
        elif out and not all(one in socks for one in out[0][0]):
            self.world.fail(f"select: {out}")

    def hand_over(self, box: Box) -> None:
        """The descriptor goes to another object, and no pending byte is left behind."""
        old = box.sock
        out: list[Any] = []
        with old.dup() as second:
            second.recvable()
        use = box.channel.enter(False)
        box.gone.append(old)
        error = self.world.call(old.unwrap, out)
        if out:
            box.sock = netsocket.wrap(out[0], not box.blocking)
            if box.closed:  # meanwhile, and what was closed had no descriptor any more
                box.close()
        else:
            if not box.closed:
                box.gone.remove(old)
            allowed = self.world.allowed(box, old, use) | {"EBUSY"}
            self.world.judge(f"{box.channel.name} unwrap", error, allowed, False)
        box.channel.leave(use, False)

    def is_over(self) -> bool:
        return all(box.over or box.closed for box in self.boxes)

    def chaos(self) -> None:
        dice, strangers = self.world.dice("chaos"), Strangers(self.world, "strangers")
        while not self.stop:
            time.sleep(dice.uniform(0, 0.003))
            what = dice.random()
            if what < 0.3:
                gc.collect()
            elif what < 0.6:
                target = dice.choice([self.world.main, *self.threads])
                if target.is_alive() and target.ident is not None:
                    signal.pthread_kill(target.ident, signal.SIGUSR1)
            elif what < 0.65:
                box = dice.choice(self.boxes)
                if box.may_close and not box.closed:
                    close_box(strangers, box)
            elif what < 0.7 and self.closable:
                sender, channel = dice.choice(self.closable)
                channel.finished = True
                sender.close()
            elif what < 0.75:
                strangers.appear(set())
                strangers.leave(MOST)
        strangers.leave()

    # -------------------------------------------------------------- the end --

    def drain(self, box: Box) -> bool:
        """Take what is there; whether more may come."""
        if box.over or box.closed:
            return False
        sock = box.sock
        if isinstance(box.channel, Stream):
            # The other threads, while there are some, are to receive most.
            size = 50 if any(thread.is_alive() for thread in self.workers) else 65536
            call = partial(sock.recv, size, socket.MSG_DONTWAIT)
            took = take(self.world, box, Receive(call, bytes, names=("EAGAIN",)), sock)
            return took is not None or not box.over
        readable: list[Any] = []
        self.world.call(sock.recvable, readable)
        if readable == [True]:
            step(self.world, self.dice, box)
        ends = "seqpacket" in box.channel.name or box.channel.name == "descriptors"
        more = readable == [True] or ends or not box.channel.finished
        return more and not box.over

    def drain_all(self) -> None:
        until = time.monotonic() + PATIENCE
        # Of all in turn, not of one to its end.
        while more := [box for box in self.boxes if self.drain(box)]:
            time.sleep(0.003)
            if time.monotonic() < until:
                continue
            for box in more:
                self.world.fail(f"{box.channel.name}: no end comes, but {box.refusal}")
            break

    def run(self) -> None:
        self.plan()
        self.acts.signals(True)
        for thread in [*self.threads, self.chaos_thread]:
            thread.start()
        self.guarded(self.work, "main")
        self.acts.signals(False)
        self.guarded(self.drain_all)
        for thread in self.threads:
            thread.join()
        self.stop = True
        self.chaos_thread.join()
        gc.collect()
        for box in self.boxes:
            box.over = False
        self.guarded(self.drain_all)
        for words in self.verdicts():
            self.world.fail(words)
        for box in self.boxes:
            box.close()
        for sock in self.senders:
            sock.close()

    def verdicts(self) -> Iterator[str]:
        for box in self.boxes:
            for words in box.channel.check(not box.closed):
                yield f"{box.channel.name}: {words}"
