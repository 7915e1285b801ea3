#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: as cluster.py. Calls end while a large argument or result is half here, in every way: by a
cancel, a time limit, the death of the caller, a cut. Nothing of them is left, and others of the same
link go on. The other end is the test's own, so that the half is the half."""
import contextlib
import os
import pathlib
import sys

import peers
from hostile import count_fds, liar, secret_of

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "cluster"))
import cluster as honest  # noqa: E402 (where it is found is said above)
from cluster import Cluster, Failed, await_that, expect  # noqa: E402

MIB = 4
FIRST = 4096  # of bulk: what is before it carries nothing
SIZE = FIRST + (MIB << 20)
PIECE = 256 * 1024
ECANCELLED = 8
TIMES = 12
tests = []


def held(pid):
    """Descriptors, and memfds among them."""
    memfds = 0
    for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed by now
            memfds += os.readlink(fd).startswith("/memfd:")
    return count_fds(pid), memfds


def await_no_more(pid, most, when):
    await_that(lambda: all(now <= then for now, then in zip(held(pid), most)),
               f"{when}: descriptors and memfds are as before, {most}")


# ---- the program, and a node that sends or takes a half ----

class HalfNode:
    """What it says to each frame."""

    def __init__(self, what):
        self.what, self.halves, self.released = what, set(), set()

    def answer(self, heard):
        kind, number = heard["kind"], heard.get("number", 0)
        if kind == peers.START and heard["job_name"] == b"square":
            yield peers.RESULT, {"number": number, "body": b"\x10\x31"}
        elif kind == peers.START and self.what == "args":
            yield peers.NEED, {"number": number}
            if number not in self.halves:
                yield peers.WANT, {"object": peers.ARGS, "number": number, "offset": FIRST,
                                   "size": PIECE}
        elif kind == peers.START:
            segment = peers.packed({"field": (1, 0), "offset": (2, 0), "size": (3, 0)},
                                   {"field": 1, "offset": FIRST, "size": SIZE - FIRST})
            yield peers.RESULT, {"number": number, "bulk_size": SIZE, "segment": segment}
        elif kind == peers.WANT and number not in self.halves:
            self.halves.add(number)
            yield peers.PIECE, {"object": peers.OF_RESULT, "number": number,
                                "offset": heard["offset"], "body": bytes(PIECE)}
        elif kind == peers.PIECE:
            self.halves.add(number)
        elif kind == peers.ASK:
            yield peers.RUNNING, {"number": number}
        elif kind == peers.CANCEL:
            yield peers.RESULT, {"number": number, "status": ECANCELLED, "text": "stopped"}
        elif kind == peers.RELEASE:
            self.released.add(number)
            yield peers.RELEASED, {"number": number}


def stop_halfway(folder, what, form, limit_ms):
    with Cluster(folder, 0) as cluster, liar(cluster) as meet:
        program = cluster.program("half", what, form, MIB, limit_ms)
        link, start = meet()
        node, most = HalfNode(what), None

        def serve(heard):
            for kind, fields in node.answer(heard):
                link.say(kind, fields.pop("body", b""), **fields)

        serve(start)
        for turn in (1, 2):
            is_told = limit_ms > 0
            # What ended before it was here, on a slow machine or by the cancel, needs no release.
            while not (program.has_ended() and node.halves <= node.released):
                serve(link.take())
                if not is_told and len(node.halves) == 2 * turn:
                    is_told = True
                    program.tell()
            expect(program.read_line(), f"stopped {honest.ETIMEOUT if limit_ms else ECANCELLED}")
            if most is None:
                most = held(program.pid)
            else:
                await_no_more(program.pid, most, "the second time")
            program.tell()
        with contextlib.suppress(OSError):  # it ends
            while True:
                serve(link.take())
        program.rest()
        expect(len(node.halves) > 0, True)


def half(what, form, limit_ms):
    def run(folder):
        stop_halfway(folder, what, form, limit_ms)
    how = "is_late" if limit_ms else "is_cancelled"
    run.__name__ = f"a_program_keeps_nothing_when_half_{what}_{how}_in_a_{form}"
    tests.append(run)


for one in ("result", "args"):
    for one_form, one_limit in (("get", 0), ("get", 2000), ("map", 2000)):
        half(one, one_form, one_limit)


# ---- a node, and a caller that takes or sends a half ----

class HalfCaller:
    """Of the program's calls, as it would start them itself."""

    def __init__(self, address, secret, start):
        self.address, self.secret, self.start = address, secret, start
        self.link, self.session, self.dials = None, 0, 0

    def dial(self):
        self.dials += 1
        self.link = peers.dial(self.address, self.secret, role=peers.CALLER, incarnation=77,
                               dial_count=self.dials, session=self.session, floor=1)
        self.session = self.link.heard["session"]

    def begin(self, number):
        fields = {name: value for name, value in self.start.items()
                  if name not in ("kind", "number", "floor", "body")}
        self.link.say(peers.START, self.start["body"], number=number, floor=1, **fields)

    def await_one(self, kind, number):
        """The program is sent meanwhile."""
        while True:
            heard = self.link.hear()
            if heard["kind"] == peers.GOODBYE:
                raise Failed(f"GOODBYE: {heard}")
            if heard["kind"] == peers.WANT and heard["object"] == peers.PROGRAM:
                if heard.get("size", 0) == 0:
                    self.begin(number)
                else:
                    self.ship(heard)
            elif heard["kind"] == kind and heard["number"] == number:
                return heard

    def ship(self, want):
        with open(honest.PROGRAM, "rb") as file:
            at, end = want.get("offset", 0), want.get("offset", 0) + want["size"]
            while at < end:
                file.seek(at)
                body = file.read(min(PIECE, end - at))
                self.link.say(peers.PIECE, body, object=peers.PROGRAM, program=want["program"],
                              offset=at)
                at += len(body)

    def take_half(self, number):
        """Half of its result comes."""
        self.await_one(peers.RESULT, number)
        self.want_half(number)

    def want_half(self, number):
        self.link.say(peers.WANT, object=peers.OF_RESULT, number=number, offset=FIRST,
                      size=SIZE // 2)
        self.await_one(peers.PIECE, number)

    def send_half(self, number):
        """Half of its arguments goes."""
        want = self.await_one(peers.WANT, number)
        self.link.say(peers.PIECE, bytes(PIECE), object=peers.ARGS, number=number,
                      offset=want["offset"])
        return want["offset"]

    def end(self, number, kinds):
        for kind in kinds:
            self.link.say(kind, number=number, floor=1)
        self.await_one(peers.RELEASED, number)


def learn_start(cluster, what):
    """START as the program says it."""
    with liar(cluster) as meet:
        program = cluster.program("half", what, "get", MIB, 0)
        start = meet()[1]
        program.process.kill()
        program.process.wait()
        return start


def leave_halfway(folder, what):
    bring = HalfCaller.take_half if what == "result" else HalfCaller.send_half
    with Cluster(folder, 0) as cluster:
        start = learn_start(cluster, what)
        cluster.add("n1")
        node = cluster.nodes["n1"]
        address = node.said().split("listens on ")[1].split()[0]
        caller = HalfCaller(address, secret_of(cluster), start)
        caller.dial()
        most, number = None, 1
        for kinds in [[peers.RELEASE]] * TIMES + [[peers.CANCEL, peers.RELEASE]] * TIMES:
            for one in (number, number + 1):
                caller.begin(one)
                bring(caller, one)
            caller.end(number, kinds)
            if what == "result":  # the other one goes on
                caller.want_half(number + 1)
            caller.end(number + 1, [peers.RELEASE])
            if most is None:
                most = held(node.pid)
                most = most[0] + TIMES // 2, most[1]  # for its idle workers
            else:
                await_no_more(node.pid, most, f"after {kinds}")
            number += 2
        caller.begin(number)
        bring(caller, number)
        caller.link.stream.close()
        session = caller.session
        caller.dial()
        if caller.session == session:  # else the machine is slow
            if what == "args":
                caller.begin(number)
            bring(caller, number)
            caller.end(number, [peers.RELEASE])
            await_no_more(node.pid, most, "after a cut")
            caller.begin(number + 1)
            bring(caller, number + 1)
        caller.link.stream.close()
        await_no_more(node.pid, most, "after the caller's end")
        expect(honest.one_of(cluster)[0], honest.OK)


def a_node_keeps_nothing_of_half_a_result(folder):
    leave_halfway(folder, "result")


def a_node_keeps_nothing_of_half_of_the_arguments(folder):
    leave_halfway(folder, "args")


tests += [a_node_keeps_nothing_of_half_a_result, a_node_keeps_nothing_of_half_of_the_arguments]

if __name__ == "__main__":
    honest.main(tests, honest.ONLY, honest.AT_ONCE)
