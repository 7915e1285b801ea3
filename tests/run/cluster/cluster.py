#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: cluster.py PROGRAM OTHER THREADED NEEDY [sanitized] [WORD...]. Clusters of real daemons on
loopback, $JOBD control and nodes, and on them the program of main.c in three builds and one that
needs a library. Prints TAP; with words, of the tests whose names have them."""
import contextlib
import os
import pathlib
import random
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
from process import ANSWER_S, Process  # noqa: E402 (its place is said above)
from tap import Failed, Skipped, expect, expect_in, main  # noqa: E402

PROGRAM, OTHER, THREADED, NEEDY = (pathlib.Path(one).resolve() for one in sys.argv[1:5])
IS_SANITIZED = "sanitized" in sys.argv[5:]
ONLY = [word for word in sys.argv[5:] if word != "sanitized"]
JOBD = os.environ["JOBD"]
AT_ONCE = 4  # tests
STRANGER = 65534
OK, ETIMEOUT, ENODE, ENONODES, EUNSUITABLE, EAUTH, ECONTROL = 0, 7, 10, 11, 14, 15, 16
EFULL, EPROTOCOL = 17, 20
KIB = 1024
NOWHERE = "http://[::1]:1/"
CREDITS = 64  # of a caller on a node with few slots: more it is not sent at once
tests = []


def find_port():
    """A free one, to be bound again later: none that the system gives by itself, which a connection
    to a control that is away could take for its own end."""
    while True:
        port = random.randrange(10000, 30000)
        with socket.socket(socket.AF_INET6) as one, contextlib.suppress(OSError):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(("::1", port))
            return port


class Cluster:
    """Control and nodes n1, n2 ...; their files and working directories are in its folder."""

    def __init__(self, folder, nodes=3, options=("--slots", "2"), of_control=()):
        self.folder, self.options, self.nodes, self.kept = folder, options, {}, []
        (folder / "run").mkdir(mode=0o700)
        self.env = {"XDG_RUNTIME_DIR": folder / "run", "JOBGEN_LOG": "off",
                    "JOBGEN_CACHE_DIR": folder / "cache"}
        self.control, self.address = self.start("control", "--bind-socket", f"[::1]:{find_port()}",
                                               *of_control)
        self.env["JOBGEN_CONTROL"] = f"http://{self.address}/"
        for number in range(1, nodes + 1):
            self.add(f"n{number}")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.end()
        finally:
            for one in reversed(self.kept):
                one.__exit__()

    def end(self):
        """The daemons that are there end when they are told to, and have complained of nothing."""
        for one in [*self.nodes.values(), self.control]:
            if one.process.poll() is None:
                one.process.terminate()
                one.rest()
            for word in ("Sanitizer", "runtime error"):
                if word in one.said():
                    raise Failed(f"{one.words} says: {one.said()}")

    def start(self, *words, env=()):
        """The daemon, ready, and where it listens."""
        read_fd, write_fd = os.pipe()
        daemon = Process([JOBD, *words, "--ready-fd", write_fd], self.folder,
                         {**self.env, **dict(env)}, pass_fds=[write_fd])
        self.kept.append(daemon)
        os.close(write_fd)
        is_ready = select.select([read_fd], [], [], ANSWER_S)[0] and os.read(read_fd, 1)
        os.close(read_fd)
        if not is_ready:
            raise Failed(f"{words} is not ready: {daemon.said()}")
        return daemon, re.search(r"listens on (\S+)", daemon.said())[1]

    def add(self, name, *options):
        self.nodes[name] = self.start(
            "node", "--bind-socket", "[::1]:0", "--name", name, *self.options, *options,
            self.env["JOBGEN_CONTROL"], env={"JOBGEN_CACHE_DIR": self.folder / f"cache-{name}"})[0]

    def program(self, *words, exe=PROGRAM, env=(), **more):
        """In a folder of its own."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        one = Process([exe, *words], folder, {**self.env, **dict(env)}, **more)
        one.folder = folder
        self.kept.append(one)
        return one

    def run(self, *words, **more):
        return self.program(*words, **more).rest()

    def listed(self):
        """The names that jobd nodes tells."""
        done = subprocess.run([JOBD, "nodes", self.env["JOBGEN_CONTROL"]], capture_output=True,
                              env={**os.environ, **self.env}, timeout=ANSWER_S, text=True)
        return re.findall(r"^(n\d)\s", done.stdout, re.MULTILINE)

    def peak_kib(self):
        """The most that any node has had in memory."""
        return max(peak_kib(node.pid) for node in self.nodes.values())


def memfds_kib(pid):
    """What the memfds hold that it has open now."""
    held = {}
    try:
        for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            try:
                if os.readlink(fd).startswith("/memfd:"):
                    about = fd.stat()
                    held[about.st_ino] = about.st_blocks // 2
            except FileNotFoundError:
                pass  # closed by now
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        pass  # ended by now
    return sum(held.values())


def peak_kib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1])


def test(function):
    tests.append(function)
    return function


def expect_bound(value, most, what):
    if not IS_SANITIZED and value > most:
        raise Failed(f"{what}: {value} KiB, at most {most} are right")


def await_that(is_so, what):
    """Looks until it is so."""
    deadline = time.monotonic() + ANSWER_S
    while not is_so():
        if time.monotonic() > deadline:
            raise Failed(f"not in {ANSWER_S} s: {what}")
        time.sleep(0.005)


def expect_ended(pids):
    """Each of these processes ends in time."""
    for pid in pids:
        try:
            fd = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        has_ended = select.select([fd], [], [], ANSWER_S / 4)[0]
        os.close(fd)
        if not has_ended:
            raise Failed(f"process {pid} is left")


def one_of(cluster, *words, **more):
    """The status and cause that one call ends with."""
    text = re.search(r"^one: (\d+) (.*)$", cluster.run("one", *words, **more), re.MULTILINE)
    return int(text[1]), text[2]


def one_with_limit(cluster, right, call=one_of, **more):
    """As one_of, with a time limit, and with longer ones until it ends as is right: the cause is
    learned from control, which may take longer than the first ones."""
    for limit in (300, 1200, 4800):
        status, cause = call(cluster, limit, **more)
        if status == right:
            break
    expect(status, right, cause)
    return cause


@test
def every_form_runs_where_it_says(folder):
    with Cluster(folder) as cluster:
        cluster.run("forms")


@test
def a_fan_out_goes_where_its_options_say(folder):
    with Cluster(folder) as cluster:
        cluster.run("maps")


@test
def callbacks_come_as_items_end(folder):
    with Cluster(folder) as cluster:
        cluster.run("callbacks")


@test
def waits_take_local_and_remote_calls(folder):
    with Cluster(folder) as cluster:
        cluster.run("waits")


@test
def each_death_is_told_with_node_and_cause(folder):
    with Cluster(folder) as cluster:
        cluster.run("deaths")


@test
def what_is_stopped_ends_on_its_node(folder):
    with Cluster(folder) as cluster:
        cluster.run("stops")


def expect_lines(lines, whos, count, line):
    """Of each who all its lines, whole and in order."""
    for who in whos:
        own = [one for one in lines if re.search(f"(out|err|end) {who}( |$)", one)]
        expect(len(own), count + line.startswith("out"), f"lines of {who}: {own[:3]}")
        for number in range(count):
            if not re.fullmatch(f"(.*\\] )?{line} {who} {number}", own[number]):
                raise Failed(f"line {number} of {who} is {own[number]!r}")


@test
def what_remote_jobs_print_is_there_before_the_get(folder):
    lines, width = 300, 9
    with Cluster(folder) as cluster:
        for mode in ("plain", "tag", "off"):
            program = cluster.program("prints", width, lines, env={"JOBGEN_OUTPUT": mode})
            out, errors = program.rest(), program.said()
            tag = r"\[speak \d+ n[123]\] " if mode == "tag" else ""
            for text, word in ((out, "out"), (errors, "err")):
                first, others = text.split("= got\n")
                first, others = first.splitlines(), others.split("= all\n")[0].splitlines()
                if mode == "off":
                    expect((first, others), ([], []))
                    continue
                for one in first + others:
                    if not re.fullmatch(rf"{tag}(out|err|end) \d+( \d+)?", one):
                        raise Failed(f"{mode}: {one!r} is no line of a job")
                expect_lines(first, [0], lines, word)
                expect_lines(others, range(1, width + 1), lines, word)
                if mode == "tag" and word == "out":
                    tags = {one.split("] ")[0] for one in others}
                    expect((len(tags), len({one.split()[-1] for one in tags})), (width, 3))


@test
def calls_end_though_nobody_reads_what_they_print(folder):
    lines = 20000  # more than a pipe holds
    with Cluster(folder) as cluster:
        program = cluster.program("unread", lines)
        deadline = time.monotonic() + ANSWER_S
        while "= ended" not in program.said():
            if time.monotonic() > deadline:
                raise Failed("its calls did not end")
            time.sleep(0.01)
        expect_lines(program.rest().splitlines(), [0], lines, "out")


@test
def large_values_travel_in_bounded_memory(folder):
    with Cluster(folder) as cluster:
        peak = int(re.search(r"^peak (\d+)$", cluster.run("sizes", 8 if IS_SANITIZED else 80), re.MULTILINE)[1])
        expect_bound(peak, 420 * KIB, "the caller") # its own 80 MiB, those that go and come
        expect_bound(cluster.peak_kib(), 120 * KIB, "a node")


def large_with_stops(cluster):
    """The nodes stand still most of the time: so they are the slower side. The program, and what it
    held."""
    program = cluster.program("large", 12 if IS_SANITIZED else 40, 32)
    held, is_stopped, since = 0, False, time.monotonic()
    while not program.has_ended():
        held = max(held, memfds_kib(program.pid))
        if time.monotonic() - since > (0.6 if is_stopped else 0.2):
            is_stopped, since = not is_stopped, time.monotonic()
            for node in cluster.nodes.values():
                node.process.send_signal(signal.SIGSTOP if is_stopped else signal.SIGCONT)
    for node in cluster.nodes.values():
        node.process.send_signal(signal.SIGCONT)
    return program, held


@test
def a_fan_out_of_large_arguments_is_bounded(folder):
    with Cluster(folder) as cluster:
        for _ in range(5):  # they may stand still for so long that they are lost
            program, held = large_with_stops(cluster)
            program.read_all()
            if b"silent for 4 s" not in program.text:
                break
        text = program.rest()
        if held < 64 * KIB:
            raise Failed(f"of its arguments only {held} KiB were seen")
        expect_bound(held, 300 * KIB, "the caller's arguments")
        expect_bound(int(re.search(r"^peak (\d+)$", text, re.MULTILINE)[1]), 400 * KIB, "the caller")
        expect_bound(cluster.peak_kib(), 120 * KIB, "a node")


@test
def calls_that_end_while_their_arguments_travel_harm_no_others(folder):
    with Cluster(folder, 1) as cluster:
        cluster.run("overdue", 32)


@test
def a_fan_out_of_large_arguments_is_bounded_here_and_in_jobs(folder):
    with Cluster(folder, 0) as cluster:
        for word in ("large", "spread"):
            program = cluster.program(word, 12 if IS_SANITIZED else 40, 32,
                                      env={"JOBGEN_CONTROL": "", "JOBGEN_SLOTS": "1"})
            held = 0
            while not program.has_ended():
                held = max(held, memfds_kib(program.pid))
            program.rest()
            if held < 64 * KIB:
                raise Failed(f"of its arguments only {held} KiB were seen")
            expect_bound(held, 300 * KIB, f"{word}: its arguments")


@test
def jobs_wait_for_jobs_on_nodes_of_one_slot(folder):
    with Cluster(folder, options=("--slots", "1")) as cluster:
        cluster.run("nested", 50, 4)


@test
def a_long_fan_out_is_bounded(folder):
    with Cluster(folder) as cluster:
        text = cluster.run("many", 20000 if IS_SANITIZED else 100000)
        expect_bound(int(re.search(r"^peak (\d+)$", text, re.MULTILINE)[1]), 60 * KIB, "the caller")
        expect_bound(cluster.peak_kib(), 60 * KIB, "a node")


@test
def many_handles_and_threads(folder):
    with Cluster(folder) as cluster:
        cluster.run("crowd")


@test
def nothing_is_left_of_a_caller_that_ends(folder):
    with Cluster(folder) as cluster:
        for how in ("exit", "_exit", "kill"):
            with cluster.program("leave", how) as program:
                lines = program.read_until("all")
                workers = {int(line.split()[1]): line.split()[2] for line in lines
                           if line.startswith("worker")}
                expect((len(workers), len(set(workers.values()))), (6, 3), lines)
                if how == "kill":
                    program.process.kill()
                expect_ended(workers)
        expect(one_of(cluster)[0], OK)


def read_log(program):
    """What ran, and where."""
    path = program.folder / "log"
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def expect_once(program):
    ran = [index for index, _ in read_log(program)]
    expect(len(ran), len(set(ran)), "items ran twice")
    return set(ran)


def expect_loss(program, lost, count):
    """Of a fan-out of which a node was lost: what may have run there is told, the others ran."""
    items = dict(re.findall(r"^(\d+) (\d+ \S+)$", text := program.rest(), re.MULTILINE))
    ran = expect_once(program)
    expect(len(items), count)
    bad = [index for index, end in items.items() if end != f"{ENODE} -" and end.startswith("0") is False]
    expect(bad, [])
    gone = [index for index, end in items.items() if end.startswith(str(ENODE))]
    if not 0 < len(gone) <= CREDITS:
        raise Failed(f"{len(gone)} calls are lost with a node that was sent {CREDITS} at most")
    expect({index for index in items if index not in gone} - ran, set(), "never ran")
    last = re.search(r"^pass: (\d+) (\S+) (.*)$", text, re.MULTILINE)
    expect((int(last[1]), last[2]), (ENODE, lost))
    expect_in(f"node {lost} was lost", last[3])


def meddle(folder, signal_number):
    """A fan-out waits at a gate on three nodes; one gets a signal; the gate opens."""
    count = 600
    with Cluster(folder, options=("--slots", "1")) as cluster:
        os.mkfifo(folder / "gate")
        program = cluster.program("pass", count, folder / "gate")
        await_that(lambda: {node for _, node in read_log(program)} == {"n1", "n2", "n3"},
                   "each node runs something")
        cluster.nodes["n2"].process.send_signal(signal_number)
        gate = os.open(folder / "gate", os.O_RDWR)
        expect_loss(program, "n2", count)
        os.close(gate)
        cluster.nodes["n2"].process.send_signal(signal.SIGCONT)
        if signal_number == signal.SIGKILL:
            await_that(lambda: cluster.listed() == ["n1", "n3"], "the list is without n2")
        else:
            await_that(lambda: cluster.listed() == ["n1", "n2", "n3"], "the list has n2 again")
            cluster.run("forms")


@test
def a_node_that_is_killed_costs_what_ran_there(folder):
    meddle(folder, signal.SIGKILL)


@test
def a_node_that_is_stopped_costs_what_ran_there(folder):
    meddle(folder, signal.SIGSTOP)


@test
def calls_end_when_the_last_node_is_gone(folder):
    with Cluster(folder, 1, ("--slots", "1")) as cluster:
        os.mkfifo(folder / "gate")
        program = cluster.program("pass", CREDITS + 36, folder / "gate")
        await_that(lambda: read_log(program), "something runs")
        # The wait for a first node is over when that of another program is.
        expect(one_of(cluster, env={"JOBGEN_CONTROL": NOWHERE})[0], ECONTROL)
        cluster.nodes["n1"].process.kill()
        items = re.findall(r"^\d+ (\d+) -$", program.rest(), re.MULTILINE)
        expect((items.count(str(ENODE)), items.count(str(ENONODES))), (CREDITS, 36))


@test
def a_time_limit_tells_what_had_not_begun(folder):
    with Cluster(folder, 1, ("--slots", "1")) as cluster:
        os.mkfifo(folder / "gate")
        begun = "it had not begun after LIMIT ms, its time limit: it waited for"
        causes = {CREDITS: f"{begun} node n1 to have room",
                  # It has been accepted: the caller does not know whether it has begun, the node does.
                  1: f"({begun} a slot|it had not ended after LIMIT ms, its time limit)"}
        for count, cause in causes.items():
            for limit in (200, 2000, 20000):  # until the node has been met within it
                text = cluster.run("behind", count, folder / "gate", limit)
                right = f"^late: {ETIMEOUT} {cause}$".replace("LIMIT", str(limit))
                if re.search(right, text, re.MULTILINE):
                    break
            else:
                raise Failed(f"{right} is not in {text!r}")


@test
def what_a_job_has_queued_comes_back_from_a_lost_node(folder):
    count = 2 * CREDITS + 60
    with Cluster(folder, 2, ("--slots", "1")) as cluster:
        os.mkfifo(folder / "gate")
        program = cluster.program("fan", count, folder / "gate")
        await_that(lambda: {node for _, node in read_log(program)[1:]} == {"n1", "n2"},
                   "both nodes run something")
        lost = {"n1": "n2", "n2": "n1"}[read_log(program)[0][1]]
        cluster.nodes[lost].process.kill()
        gate = os.open(folder / "gate", os.O_RDWR)
        ends = re.findall(r"^\d+ (\d+) -$", program.rest(), re.MULTILINE)
        os.close(gate)
        lost = ends.count(str(ENODE))  # what it had been sent, which goes out in lots
        expect((0 < lost <= CREDITS, ends.count(str(OK))), (True, count - lost))
        expect_once(program)


@test
def where_all_processes_wait_one_is_told(folder):
    with Cluster(folder, options=("--slots", "1", "--max-workers", "5")) as cluster:
        cluster.run("full")


@test
def a_node_that_is_added_gets_work(folder):
    with Cluster(folder, 2) as cluster:
        program = cluster.program("pass-late", 1600, 50, 3)
        program.read_until("some")
        cluster.add("n3")
        program.tell()
        items = re.findall(r"^\d+ (\d) (n\d)$", program.rest(), re.MULTILINE)
        expect(len(items), 1600)
        expect({node for _, node in items}, {"n1", "n2", "n3"})
        expect(len(expect_once(program)), 1600)


@test
def work_goes_on_without_control(folder):
    with Cluster(folder) as cluster:
        watch = cluster.program("nodes", 1000 * ANSWER_S)

        def sees_all():
            watch.tell()
            return len(watch.read_line().split()) == 5

        await_that(sees_all, "three nodes are seen")
        program = cluster.program("pass-late", 1500, 50, 3)
        program.read_until("some")
        cluster.control.process.kill()
        cluster.control.process.wait()
        program.tell()
        items = re.findall(r"^\d+ (\d) (n\d)$", program.rest(), re.MULTILINE)
        expect((len(items), {status for status, _ in items}), (1500, {"0"}))
        status, cause = one_of(cluster, 500)
        expect(status, ECONTROL, cause)
        cluster.control = cluster.start("control", "--bind-socket", cluster.address)[0]
        await_that(lambda: cluster.listed() == ["n1", "n2", "n3"], "the list is whole")
        expect(one_of(cluster)[0], OK)
        await_that(sees_all, "three nodes are seen again")
        watch.process.stdin.close()
        watch.rest()


@test
def no_control_and_no_nodes_are_told(folder):
    with Cluster(folder, 0) as cluster:
        nowhere = {"JOBGEN_CONTROL": NOWHERE}
        programs = [cluster.program("one", env=env) for env in (nowhere, {})]  # both wait for 5 s
        causes = [(ECONTROL, one_with_limit(cluster, ECONTROL, env=nowhere)),
                  (ENONODES, one_with_limit(cluster, ENONODES))]
        for status, program in zip((ECONTROL, ENONODES), programs):
            line = program.read_line().split(" ", 2)
            expect((line[0], int(line[1])), ("one:", status), line)
            causes.append((status, line[2]))
            program.rest()
        for status, cause in causes:
            expect_in("[::1]:1" if status == ECONTROL else cluster.address, cause)
            expect_in("jobd control" if status == ECONTROL else "jobd node", cause)
        cluster.add("n1")
        expect(one_of(cluster)[0], OK)


@test
def a_control_that_is_none_is_told(folder):
    with Cluster(folder, 0) as cluster:
        for value in ("ftp://localhost/", "http://", "http://localhost:99999/", "http://[::1/",
                      "nonsense", "http://localhost:/x y", "\033[31m"):
            status, cause = one_of(cluster, env={"JOBGEN_CONTROL": value})
            expect(status, ECONTROL, (value, cause))
            expect_in("JOBGEN_CONTROL", cause)
            expect("\033" in cause, False, "it is printed")
        text = cluster.program("nodes", env={"JOBGEN_CONTROL": "nonsense"}).rest()
        expect_in(f"nodes: {ECONTROL}", text)


def one_of_stranger(cluster, *words, env=()):
    """As one_of, by another user."""
    if os.geteuid() != 0:
        raise Skipped("only root can be another user")
    cluster.folder.chmod(0o711)
    own = pathlib.Path(tempfile.mkdtemp(dir=cluster.folder))
    shutil.copy(PROGRAM, own / "program")
    (own / "program").chmod(0o755)
    for one in (own, own / "program"):
        os.chown(one, STRANGER, STRANGER)
    program = Process([own / "program", "one", *words], own,
                      {**cluster.env, "XDG_RUNTIME_DIR": own, "JOBGEN_CACHE_DIR": own, **dict(env)},
                      user=STRANGER, group=STRANGER, extra_groups=[])
    with program:
        line = program.rest().split(" ", 2)
    return int(line[1]), line[2]


@test
def another_user_is_refused(folder):
    with Cluster(folder, 1) as cluster:
        status, cause = one_of_stranger(cluster)
        expect(status, EAUTH, cause)
        expect_in("user", cause)
        expect_in("user", one_with_limit(cluster, EAUTH, one_of_stranger))
        expect(one_of_stranger(cluster, env={"JOBGEN_OPEN_LOOPBACK": "1"})[0], EAUTH)
        expect(one_of(cluster)[0], OK)


@test
def another_user_is_served_on_an_open_loopback(folder):
    opened = {"JOBGEN_OPEN_LOOPBACK": "1"}
    with Cluster(folder, 1, ("--slots", "2", "--open-loopback"), ("--open-loopback",)) as cluster:
        expect(one_of_stranger(cluster, env=opened)[0], OK)
        expect(one_of(cluster, env=opened)[0], OK)
        expect(one_of(cluster)[0], EAUTH)  # it does not speak with who proves nothing
        expect(one_of_stranger(cluster)[0], EAUTH)


@test
def a_node_is_reached_where_it_says(folder):
    with Cluster(folder, 0) as cluster:
        cluster.add("n1", "--advertise", "127.0.0.1", "--bind-socket", "127.0.0.1:0")
        port = re.search(r"listens on 127.0.0.1:(\d+)", cluster.nodes["n1"].said())[1]
        await_that(lambda: f"n1,127.0.0.1:{port}," in cluster.run("nodes"), "it is listed")
        expect(one_of(cluster)[0], OK)
        cluster.add("n2", "--advertise", f"[::1]:{port}")
        await_that(lambda: f"n2,[::1]:{port}," in cluster.run("nodes"), "it is listed as it says")


@test
def a_node_that_listens_on_ipv4_alone_is_reached_though_it_comes_by_ipv6(folder):
    with Cluster(folder, 0) as cluster:
        cluster.add("n1", "--bind-socket", "0.0.0.0:0")
        expect(one_of(cluster)[0], OK)


@test
def nothing_is_left_of_a_caller_that_is_stopped(folder):
    with Cluster(folder) as cluster, cluster.program("leave", "kill") as program:
        workers = [int(line.split()[1]) for line in program.read_until("all")
                   if line.startswith("worker")]
        expect(len(workers), 6)
        program.process.send_signal(signal.SIGSTOP)
        expect_ended(workers)
        expect(one_of(cluster)[0], OK)


@test
def a_forked_child_is_told(folder):
    with Cluster(folder) as cluster:
        cluster.run("fork")


@test
def two_builds_run_side_by_side(folder):
    with Cluster(folder, 1) as cluster:
        programs = [cluster.program("build", number, exe=exe)
                    for number, exe in ((1, PROGRAM), (2, OTHER), (1, PROGRAM))]
        for program in programs:
            program.rest()


@test
def a_program_without_its_library_is_refused_by_name(folder):
    with Cluster(folder, 2) as cluster:
        status, cause = one_of(cluster, exe=NEEDY, env={"LD_LIBRARY_PATH": NEEDY.parent})
        expect(status, EUNSUITABLE, cause)
        expect_in("libcluster-needed.so", cause)
        expect_in("node n", cause)
        expect(one_of(cluster)[0], OK)


@test
def a_constructor_may_start_a_thread(folder):
    with Cluster(folder) as cluster:
        cluster.run("threads", exe=THREADED)


@test
def nodes_are_listed(folder):
    with Cluster(folder, 0) as cluster:
        cluster.add("n1", "--tag", "zone=a", "--tag", "gpu=yes")
        cluster.add("n2", "--slots", "5")
        await_that(lambda: cluster.listed() == ["n1", "n2"], "both are listed")
        first, second = cluster.run("nodes").split("nodes: 0 ")[1].split()
        name, address, *tags, slots, busy, draining = first.split(",")
        expect((name, sorted(tags), slots, busy, draining),
               ("n1", ["gpu=yes", "zone=a"], "2", "0", "0"))
        expect_in("[::1]:", address)
        expect(second.split(",")[3], "5")


@test
def samples_give_on_nodes_what_they_give_here(folder):
    samples = {name[7:].lower(): path for name, path in os.environ.items() if "SAMPLE_" in name}
    if not samples:
        raise Skipped("the samples are not built")
    texts = sorted(pathlib.Path(os.environ["SOURCE_ROOT"], "samples/wordcount/texts").iterdir())
    with Cluster(folder) as cluster:
        here = {"JOBGEN_CONTROL": ""}
        for name in ("pythagorean", "forms"):
            expect(cluster.run(exe=samples[name]), cluster.run(exe=samples[name], env=here))
        expect(cluster.run(*texts, exe=samples["wordcount"]),
               cluster.run("--plain", *texts, exe=samples["wordcount"]))
        cluster.run(folder / "nodes.png", exe=samples["mandelbrot"])
        cluster.run("--plain", folder / "plain.png", exe=samples["mandelbrot"])
        expect((folder / "nodes.png").read_bytes() == (folder / "plain.png").read_bytes(), True)
        where = cluster.run("--where", exe=samples["pythagorean"])
        expect(set(re.findall(r"on (\S+)", where)), {"n1", "n2", "n3"})


if __name__ == "__main__":
    main(tests, ONLY, AT_ONCE)
