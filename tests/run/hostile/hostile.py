#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: hostile.py PROGRAM OTHER THREADED NEEDY [sanitized] [WORD...], as cluster.py. Peers that
mean no good come to real daemons and programs, while honest ones go on. What they cost is bounded."""
import contextlib
import os
import pathlib
import resource
import socket
import subprocess
import sys
import threading
import time

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
    files, names, rounds, note_every_s = 128, 30, 4, 10
    with Cluster(folder, 1) as cluster, contextlib.ExitStack() as stack:
        secret = secret_of(cluster)
        farm = stack.enter_context(Farm(secret))
        attendant = peers.Attendant()
        program = cluster.program(
            "nodes", 100 * honest.ANSWER_S, env={"JOBGEN_LOG": "error"},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)))
        await_that(lambda: "n1" in program.read_line() or program.tell(), "it sees n1")
        at_first = count_fds(program.pid)
        control = [stack.enter_context(peers.dial_control(cluster.address, secret, peers.NODE))
                   for _ in range(names)]
        stack.enter_context(attendant)
        for turn in range(rounds):
            for number, link in enumerate(control):
                attendant.register(link, farm.entry(f"x{number}", 1 + turn * names + number,
                                                    draining=1))
            await_that(lambda: farm.dialed >= (turn + 1) * names, "all of them are dialed")
        most = at_first + files // 4
        await_that(lambda: count_fds(program.pid) <= most, f"at most {most} descriptors")
        more = [stack.enter_context(peers.dial_control(cluster.address, secret, peers.NODE))
                for _ in range(10)]
        begin = time.monotonic()
        for number, link in enumerate(more):
            attendant.register(link, farm.entry(f"y{number}", 1000 + number, draining=1))
        await_that(lambda: "get no calls from here" in program.said(), "it tells whom it leaves out")
        lines = program.said().count("\n")
        expect_most(lines, 1 + (time.monotonic() - begin) // note_every_s, "lines")
        await_that(lambda: count_fds(program.pid) <= most, f"at most {most} descriptors")
        program.tell()
        await_that(lambda: "n1" in program.read_line() or program.tell(), "it sees n1 still")
        expect(one_of(cluster)[0], honest.OK)
        program.process.stdin.close()
        program.rest()
        for link in control + more:
            link.say(peers.GOODBYE, status=9)



def say_and_hear(link, frames):
    """Says these, and whatever it is told by the other side until that has taken them."""
    for kind, fields in frames:
        body = fields.pop("body", b"")
        link.say(kind, body, **fields)
    link.say(peers.PING)
    with contextlib.suppress(OSError):
        for _ in range(1 + sum(kind == peers.PING for kind, _ in frames)):
            link.await_kind(peers.PONG)


def treat(folder, frames, **more):
    """A call goes to a node that answers its START by these frames, and is then gone; an honest node
    is there as well. The status and cause that the call ends with."""
    with Cluster(folder, 0) as cluster, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(peers.WAIT_S)
        secret = secret_of(cluster)
        with peers.dial_control(cluster.address, secret, peers.NODE) as control:
            with peers.Attendant() as attendant:
                attendant.register(control, peers.entry(
                    "bad", f"127.0.0.1:{listener.getsockname()[1]}", 1))
                program = cluster.program("one", env={"JOBGEN_LOG": "error"})
                link = peers.Link(listener.accept()[0], secret)
                link.welcome(role=peers.NODE, incarnation=1, session=1, name="bad",
                             **{"credits": 1, **more})
                start = link.await_kind(peers.START)
                attendant.keep(link)
                cluster.add("n1")
                await_that(lambda: "n1" in cluster.listed(), "n1 is listed")
            with link:
                say_and_hear(link, frames(start["number"]))
            control.say(peers.GOODBYE, status=9)
        line = program.rest().split(" ", 2)
        return int(line[1]), line[2]


def refused_after_accepted(number):
    return [(peers.ACCEPTED, {"number": number}),
            (peers.REFUSED, {"number": number, "status": 13, "text": "no"})]


@test
def what_a_node_had_accepted_goes_nowhere_else(folder):
    status, cause = treat(folder, refused_after_accepted)
    expect(status, honest.ENODE, cause)
    expect_in("bad", cause)


@test
def a_result_larger_than_any_machine_is_a_failure(folder):
    size = 1 << 62
    segment = peers.packed({"field": (1, 0), "offset": (2, 0), "size": (3, 0)},
                           {"field": 1, "offset": 4096, "size": size - 4096})
    status, cause = treat(folder, lambda number: [
        (peers.RESULT, {"number": number, "bulk_size": size, "segment": segment})])
    expect(status, honest.EFULL, cause)
    expect_in("larger than the memory", cause)


@test
def what_a_node_says_of_no_call_changes_nothing(folder):
    def frames(number):
        out = []
        for other in (0, number + 1, 1 << 40, (1 << 64) - 1):
            for kind in (peers.ACCEPTED, peers.NEED, peers.REFUSED, peers.RUNNING, peers.RESULT,
                         peers.UNKNOWN, peers.RELEASED, peers.WAITING, peers.OUTPUT):
                out.append((kind, {"number": other, "stream": 1, "offset": (1 << 64) - 3,
                                   "body": b"none\n"}))
            out.append((peers.WANT, {"object": peers.ARGS, "number": other, "size": 9}))
            out.append((peers.PIECE, {"object": peers.OF_RESULT, "number": other, "body": b"x"}))
        out += [(peers.PING, {})] * 1000
        return out + [(peers.REFUSED, {"number": number, "status": 13, "text": "no"})]

    status, cause = treat(folder, frames, credits=(1 << 32) - 1)
    expect(status, honest.OK, cause)


@test
def a_node_that_breaks_the_protocol_costs_its_calls_and_no_more(folder):
    for number, (fields, kind) in enumerate([
            ({"status": 77}, peers.RESULT), ({"body": b"\xff" * 100}, peers.RESULT),
            ({"object": peers.ARGS, "offset": 1 << 63, "size": 1 << 63}, peers.WANT),
            ({"object": peers.PROGRAM, "program": b"x" * 32, "size": 9}, peers.WANT),
            ({"object": 9, "size": 9}, peers.WANT), ({"object": peers.OF_RESULT}, peers.PIECE),
            ({"body": b"\0" * 100}, peers.START)]):
        own = folder / str(number)
        own.mkdir()
        status, cause = treat(own, lambda call: [(kind, {"number": call, **fields})])
        if status not in (honest.ENODE, honest.EPROTOCOL):
            raise Failed(f"{kind} with {fields} ends a call with {status}: {cause}")



@contextlib.contextmanager
def liar(cluster):
    """A node, listed as bad, that is none: gives its link, which the test has to answer, when a call
    comes to it, and the START of that call."""
    with contextlib.ExitStack() as stack:
        secret = secret_of(cluster)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        listener.settimeout(peers.WAIT_S)
        control = stack.enter_context(peers.dial_control(cluster.address, secret, peers.NODE))
        attendant = stack.enter_context(peers.Attendant())
        attendant.register(control, peers.entry(
            "bad", f"127.0.0.1:{listener.getsockname()[1]}", 1))

        def meet():
            link = stack.enter_context(peers.Link(listener.accept()[0], secret))
            link.welcome(role=peers.NODE, incarnation=1, session=1, name="bad", credits=4)
            return link, link.await_kind(peers.START)

        yield meet
        control.say(peers.GOODBYE, status=9)


def answer_until_goodbye(link, answer):
    """Every frame by what `answer` gives for it, PING by PONG; the text of GOODBYE, and how often
    each kind was heard."""
    heard, deadline = {}, time.monotonic() + honest.ANSWER_S
    while (frame := link.take())["kind"] != peers.GOODBYE:
        if time.monotonic() > deadline:
            raise Failed(f"no GOODBYE, but {heard}")
        heard[frame["kind"]] = heard.get(frame["kind"], 0) + 1
        for kind, fields in answer(frame):
            link.say(kind, **fields)
    return frame["text"].decode(), heard


def meet_mute(folder, first, always, limit_ms, ignored, status, cause):
    """A node says `first` to a START, what `always` has to each kind that comes, and never anything to
    `ignored`. The call with this time limit ends with this status and cause; the next ones do not go
    there."""
    with Cluster(folder, 0) as cluster, liar(cluster) as meet:
        program = cluster.program("each", 3, limit_ms, env={"JOBGEN_LOG": "error"})
        link, start = meet()
        number = start["number"]
        cluster.add("n1")
        for kind in first:
            link.say(kind, number=number, status=13, text="no")
        text, heard = answer_until_goodbye(link, lambda frame: [
            (always[kind], {"number": number}) for kind in [frame["kind"]] if kind in always])
        expect_in("it lives, and for 10 s has", text)
        if heard[ignored] < 3 or heard[peers.PING] < 3:
            raise Failed(f"it is cut off after {heard}")
        told = program.read_line().split(" ", 1)
        expect(int(told[0]), status, told)
        expect_in(cause, told[1])
        for _ in range(2):
            program.tell()
            expect(program.read_line(), f"{honest.OK} ")
        program.rest()


@test
def a_node_that_never_answers_start_is_cut_off(folder):
    meet_mute(folder, [], {}, 0, peers.START, honest.ENODE, "has answered no START")


@test
def a_node_that_answers_start_no_more_is_cut_off(folder):
    meet_mute(folder, [peers.NEED], {}, 0, peers.START, honest.ENODE, "has answered no START")


@test
def a_node_that_never_says_whether_a_job_runs_is_cut_off(folder):
    meet_mute(folder, [peers.ACCEPTED], {}, 0, peers.ASK, honest.ENODE,
              "has not said whether a job runs")


@test
def a_node_that_never_confirms_a_cancel_is_cut_off(folder):
    meet_mute(folder, [peers.ACCEPTED], {peers.ASK: peers.RUNNING}, 300, peers.CANCEL,
              honest.ETIMEOUT, "had not ended after 300 ms")


@test
def a_node_that_never_confirms_an_end_is_cut_off(folder):
    meet_mute(folder, [peers.RESULT], {}, 0, peers.RELEASE, 13, "no")


@test
def a_node_that_has_no_room_for_long_is_waited_for(folder):
    """It answers, and so does one where a job runs for long."""
    for first, last in ((peers.NEED, peers.ACCEPTED), (peers.ACCEPTED, peers.RUNNING)):
        own = folder / str(first)
        own.mkdir()
        with Cluster(own, 0) as cluster, liar(cluster) as meet:
            program = cluster.program("each", 1, env={"JOBGEN_LOG": "error"})
            link, start = meet()
            number = start["number"]
            link.say(first, number=number)
            asked, begin = {peers.START: 0, peers.ASK: 0}, time.monotonic()
            while sum(asked.values()) < 130 or time.monotonic() - begin < 13:
                frame = link.hear()
                if frame["kind"] in asked:
                    asked[frame["kind"]] += 1
                    link.say(first if frame["kind"] == peers.START else peers.RUNNING, number=number)
            link.say(last, number=number)
            link.say(peers.RESULT, number=number, status=13, text="at last")
            expect_in("at last", program.read_line())
            program.rest()


def build_another(path, number):
    """By a process of its own: what this one has open for writing its other tests may inherit, and
    such a file cannot be started."""
    subprocess.run(["sh", "-c", '(cat "$0"; printf %s "$2") >"$1" && chmod 700 "$1"',
                    honest.PROGRAM, path, str(number)], check=True)


@test
def a_node_does_not_keep_the_files_of_all_programs_that_ever_called(folder):
    builds, kept, linger_s = 14, 8, 60
    with Cluster(folder, 1) as cluster:
        node, begin = cluster.nodes["n1"].pid, time.monotonic()
        for number in range(builds):
            own = folder / f"program{number}"
            build_another(own, number)
            cluster.run("fan", 1, "", exe=own)
        files = []
        for fd in pathlib.Path(f"/proc/{node}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed by now
                if "/programs/" in (name := os.readlink(fd)):
                    files.append(name)
        if time.monotonic() - begin < linger_s:  # held while their processes may be wanted again
            expect(len(set(files)), builds)
        expect_most(len(files) - builds, kept + 1, "files that are open twice")


if __name__ == "__main__":
    honest.main(tests, honest.ONLY, honest.AT_ONCE)
