# SPDX-License-Identifier: MIT
"""A network between callers and a daemon. A link's handshake passes; then frames are lost, repeated
and held back by a seed, and whoever drives it cuts links, at both ends or only at one, stalls them,
or has them lose everything.

Frames are held back against each other, not only against those of other links: what was sent before
a cut arrives after what came over the next link. What TCP alone keeps in order and whole (pieces of
large objects and the wishes for them, output, pings) is never lost or held back by itself."""
import asyncio
import contextlib
import os
import random
import time

import frames

CONFIRMED_TIMES = 10  # each after something else, that was said later, had been confirmed
CONFIRMED_S = 4 * float(os.environ.get("PATIENCE", "1"))


class Fate:
    """How likely a frame is lost, said twice, or held back for up to so many seconds. Links begin
    late by up to `slow` seconds, and one of three does not come about then."""

    def __init__(self, lost=0.0, repeated=0.0, held=0.0, hold_max=0.0, slow=0.0):
        self.lost, self.repeated, self.held, self.hold_max = lost, repeated, held, hold_max
        self.slow = slow


class Said:
    """What is said until it is confirmed: since when, and how often though the other end had come to
    what was said later. A slow one has not."""

    def __init__(self, now):
        self.first = self.last = now
        self.times = 0


class Way:
    """One direction of a link. Frames that are held back go on when the other end has left."""

    def __init__(self, link, reader, writer, dice, is_up):
        self.link, self.reader, self.writer, self.dice, self.is_up = link, reader, writer, dice, is_up
        self.has_greeted = False
        self.floor = 0
        self.released = set()
        self.said, self.confirmed = {}, 0.0  # when the last of what is confirmed was said first
        self.held = 0

    def put(self, frame):
        if not self.writer.is_closing():
            self.writer.write(frame.bytes)

    def put_later(self, frame, seconds):
        def put():
            self.held -= 1
            self.put(frame)

        self.held += 1
        asyncio.get_running_loop().call_later(seconds, put)

    def watch(self, frame):
        """What no end may ever say on a link."""
        proxy, name = self.link.proxy, frames.NAMES[frame.kind]
        if self.is_up:
            if frame.kind in frames.OF_CALLS and frame.number < self.floor:
                proxy.complain(f"{name} {frame.number} after the floor {self.floor}")
            self.floor = max(self.floor, frame.floor)
            if proxy.is_steady and frame.kind in frames.CONFIRMED:
                now = time.monotonic()
                said = self.said.setdefault((frame.kind, frame.number), Said(now))
                if self.confirmed > said.last:
                    said.last, said.times = now, said.times + 1
                if now - said.first > CONFIRMED_S and said.times > CONFIRMED_TIMES:
                    proxy.complain(f"{name} {frame.number} is never confirmed")
        elif frame.kind == frames.RELEASED:
            self.released.add(frame.number)
            up = self.link.up
            if said := up.said.get((frames.RELEASE, frame.number)):
                up.confirmed = max(up.confirmed, said.first)
        elif frame.kind in frames.OF_ROWS and frame.number in self.released:
            proxy.complain(f"{name} {frame.number} after RELEASED")

    def take(self, frame):
        fate = self.link.proxy.fate
        self.watch(frame)
        if self.link.is_mute or (self.link.is_deaf and not self.is_up):
            self.link.has_lost |= frame.kind not in frames.REPEATED | frames.OF_LIFE
            return
        if frame.kind not in frames.REPEATED:
            self.put(frame)
            return
        chance = self.dice.random()
        if chance < fate.lost:
            return
        chance -= fate.lost
        if chance < fate.repeated:
            self.put(frame)
            self.put_later(frame, self.dice.random() * fate.hold_max * 2)
        elif chance < fate.repeated + fate.held:
            self.put_later(frame, self.dice.random() * fate.hold_max)
        else:
            self.put(frame)

    async def pump(self):
        try:
            while True:
                await self.link.flows.wait()
                frame = await frames.read_frame(self.reader)
                if self.has_greeted or frame.kind in (frames.GREETING, frames.GOODBYE):
                    self.take(frame)
                else:
                    self.watch(frame)
                    self.put(frame)
                    self.has_greeted = frame.kind == frames.HELLO
                    if self.has_greeted:
                        self.link.greeted(frame, self.is_up)
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass


class RawWay:
    """The same where no frames are known: bytes pass, or do not."""

    def __init__(self, link, reader, writer):
        self.link, self.reader, self.writer, self.held = link, reader, writer, 0

    async def pump(self):
        try:
            while True:
                await self.link.flows.wait()
                some = await self.reader.read(65536)
                if not some:
                    return
                if not self.link.is_mute:
                    self.writer.write(some)
                    await self.writer.drain()
        except OSError:
            pass


class Link:
    """From a caller to the daemon, over the proxy."""

    def __init__(self, proxy, caller, daemon, number):
        self.proxy = proxy
        self.flows = asyncio.Event()
        self.flows.set()
        self.is_mute = self.is_deaf = False
        self.has_lost = False  # what nobody says again
        self.caller_name = None
        self.keeps_caller = False
        (caller_reader, self.caller), (daemon_reader, self.daemon) = caller, daemon
        if proxy.is_raw:
            self.up = RawWay(self, caller_reader, self.daemon)
            self.down = RawWay(self, daemon_reader, self.caller)
        else:
            self.up, self.down = (
                Way(self, reader, writer, random.Random(f"{proxy.seed}/{number}/{way}"), way == "up")
                for way, reader, writer in (("up", caller_reader, self.daemon),
                                            ("down", daemon_reader, self.caller)))

    async def run(self):
        up, down = (asyncio.ensure_future(way.pump()) for way in (self.up, self.down))
        try:
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
            self.note_end()
            while self.up.held if up.done() else self.down.held:
                await asyncio.sleep(0.01)
            while self.keeps_caller and not up.done():
                await asyncio.sleep(0.01)
        finally:
            self.flows.set()
            for task in (up, down):
                task.cancel()
            self.cut()

    def greeted(self, hello, is_up):
        if is_up:
            self.caller_name = frames.incarnation_of(hello)
        else:
            self.proxy.note_link(self)

    def note_end(self):
        self.proxy.note_end(self)

    def cut(self):
        self.note_end()
        self.keeps_caller = False
        self.caller.transport.abort()
        self.daemon.transport.abort()

    def cut_caller(self):
        """What is under way still arrives at the daemon."""
        self.note_end()
        self.caller.transport.abort()

    def cut_daemon(self, seconds):
        """The daemon is not heard any more, then it loses its end; the caller does not notice."""
        def cut():
            self.is_mute = True
            self.daemon.transport.abort()

        self.keeps_caller = True
        self.is_deaf = True
        asyncio.get_running_loop().call_later(seconds, cut)

    def stall(self, seconds):
        self.flows.clear()
        asyncio.get_running_loop().call_later(seconds, self.flows.set)

    def mute(self, seconds):
        def speak():
            self.is_mute = self.keeps_caller
            if self.has_lost and not self.is_mute:
                self.cut()  # no link of TCP goes on behind a gap

        self.is_mute = True
        asyncio.get_running_loop().call_later(seconds, speak)


class Proxy:
    """Listens for one daemon, wherever that is at the moment; `complain` is told what must not be.
    `is_steady`: links are never silent, so that what is said again and again has no excuse."""

    def __init__(self, seed, complain, is_raw=False, is_steady=False):
        self.seed, self.complain, self.is_raw, self.is_steady = seed, complain, is_raw, is_steady
        self.fate = Fate()
        self.target = None
        self.port = 0
        self.links = []
        self.tasks = set()
        self.count = 0
        self.server = None
        self.newest, self.ended = {}, {}  # by their callers: links, and since when there is none
        self.resumed_s = 0.0  # the longest time without one

    def note_end(self, link):
        if self.newest.get(link.caller_name) is link:
            del self.newest[link.caller_name]
            self.ended[link.caller_name] = time.monotonic()

    def note_link(self, link):
        now = time.monotonic()
        self.newest[link.caller_name] = link
        self.resumed_s = max(self.resumed_s, now - self.ended.pop(link.caller_name, now))

    async def listen(self):
        """At the same port again and again: none that the system gives by itself, which a connection
        to it could have for its own end while nobody listens."""
        if self.server is None and self.port != 0:
            self.server = await asyncio.start_server(self.accept, "127.0.0.1", self.port)
        while self.server is None:
            port = random.randrange(10000, 30000)
            with contextlib.suppress(OSError):  # it is taken
                self.server = await asyncio.start_server(self.accept, "127.0.0.1", port)
                self.port = port

    def refuse(self):
        """Nobody listens, as where the daemon's machine is up and the daemon is not."""
        if self.server is not None:
            self.server.close()
            self.server = None

    async def accept(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        link, number, slow = None, self.count, self.fate.slow
        self.count += 1
        try:
            await asyncio.sleep(slow * random.Random(f"{self.seed}/{number}").random())
            if slow > 0 and number % 3 == 2:
                return
            daemon = await asyncio.open_connection("::1", self.target)
            link = Link(self, (reader, writer), daemon, number)
            self.links.append(link)
            await link.run()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            if link in self.links:
                self.links.remove(link)
            self.tasks.discard(asyncio.current_task())

    async def close(self):
        self.refuse()
        for link in list(self.links):
            link.cut()
        if self.tasks:
            await asyncio.wait(list(self.tasks), timeout=2)
