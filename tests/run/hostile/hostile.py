#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: hostile.py PROGRAM OTHER THREADED NEEDY [sanitized] [WORD...], as cluster.py. Peers that
mean no good come to real daemons and programs, while honest ones go on. What they cost is bounded."""
import contextlib
import os
import pathlib
import resource
import selectors
import socket
import sys
import threading

import peers

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "cluster"))
import cluster as honest  # noqa: E402 (where it is found is said above)
from cluster import Cluster, Failed, await_that, expect, expect_in, one_of  # noqa: E402

tests = []


def test(function):
    tests.append(function)
    return function


def expect_most(value, most, what):
    if value > most:
        raise Failed(f"{what}: {value}, at most {most} are right")


def secret_of(cluster):
    return (cluster.folder / "run" / "jobgen" / "secret").read_bytes()


def count_fds(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Farm:
    """Nodes that are none: whoever dials 127.a.b.c at its port is answered as the incarnation
    a.b.c, and kept."""

    def __init__(self, secret):
        self.secret, self.links, self.dialed = secret, [], 0
        self.listener = socket.create_server(("0.0.0.0", 0), backlog=1024)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.is_over = False

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()
        self.thread.join(peers.WAIT_S)
        for one in [*self.links, self.listener]:
            one.close()

    def serve(self):
        while not self.is_over:
            stream = self.listener.accept()[0]
            place = socket.inet_aton(stream.getsockname()[0])
            link = peers.Link(stream, self.secret)
            self.dialed += 1
            with contextlib.suppress(OSError):
                link.welcome(role=peers.NODE, incarnation=int.from_bytes(place[1:], "big"),
                             session=1, credits=1, name="none")
            self.links.append(stream)

    def entry(self, name, incarnation, **more):
        place = socket.inet_ntoa(b"\x7f" + incarnation.to_bytes(3, "big"))
        return peers.entry(name, f"{place}:{self.port}", incarnation, **more)


@test
def nodes_that_are_ever_others_cost_a_program_few_links(folder):
    files, names, rounds = 128, 30, 4
    with Cluster(folder, 1) as cluster, contextlib.ExitStack() as stack:
        secret = secret_of(cluster)
        farm = stack.enter_context(Farm(secret))
        program = cluster.program(
            "nodes", "3", env={"JOBGEN_LOG": "error"},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)))
        expect_in("n1", program.read_line())
        at_first = count_fds(program.pid)
        control = [stack.enter_context(peers.dial_control(cluster.address, secret, peers.NODE))
                   for _ in range(names)]
        for turn in range(rounds):
            for number, link in enumerate(control):
                link.say(peers.REGISTER,
                         node=farm.entry(f"x{number}", 1 + turn * names + number,
                                         draining=1))
            await_that(lambda: farm.dialed >= (turn + 1) * names, "all of them are dialed")
        most = at_first + files // 4
        await_that(lambda: count_fds(program.pid) <= most, f"at most {most} descriptors")
        more = [stack.enter_context(peers.dial_control(cluster.address, secret, peers.NODE))
                for _ in range(10)]
        for number, link in enumerate(more):
            link.say(peers.REGISTER, node=farm.entry(f"y{number}", 1000 + number, draining=1))
        await_that(lambda: "get no calls from here" in program.said(), "it tells whom it leaves out")
        expect_most(program.said().count("\n"), 1, "lines")
        await_that(lambda: count_fds(program.pid) <= most, f"at most {most} descriptors")
        program.tell()
        expect_in("n1", program.read_line())
        expect(one_of(cluster)[0], honest.OK)
        program.tell()
        program.rest()
        for link in control + more:
            link.say(peers.GOODBYE, status=9)


if __name__ == "__main__":
    honest.main([one for one in tests])
