#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real processes under faults: control, three nodes behind proxies, and a program that calls jobs in
every way. By a seed the network loses, repeats, delays and cuts, nodes and control are killed,
stopped and started again. Jobs note their numbers as they begin, the program how each call has ended:

- no number is noted twice;
- JG_OK has one note and the right value, what cannot have run has none;
- no call waits beyond its bound;
- what jobs print arrives once;
- where nothing but the network fails, and not for long, no call is lost;
- nothing is left: no work on the nodes, no process, no directory.

    fault.py --seeds 1-10     some at a time
    fault.py --random 60      so many new ones, which are named
    fault.py --seed 7         this one
    fault.py --planted        bugs planted into the protocol's tables are each found

--keep leaves the directory with all logs. JOBD, CALLER and the _PLANTED ones name the programs."""
import argparse
import asyncio
import collections
import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from proxy import Fate, Proxy

PATIENCE = float(os.environ.get("PATIENCE", "1"))
NODES = 3
CALLS = 2200
CHAOS_S = 7            # then nothing fails any more
CALL_S = 5             # so long at least
BOUND_S = 15           # a call beyond what it takes: several losses one after the other
PROMPT_S = 2           # what a time limit or a cancel may take
SLACK_S = 3            # until some call of four threads has to have ended
START_S = 60           # a daemon's start
END_S = 30             # whatever has to come to its end when nothing fails any more
RESUMED_S = 1.3        # a session that has a link so soon again is not given up
DESCRIPTORS = 32       # of a daemon that has no work, but for its workers
AT_ONCE = 4 if PATIENCE <= 1 else 2 # they wait for most of their time; sanitized ones compute
LOCK_S = 600

(OK, ETIMEOUT, ECANCELLED, ENODE, ENONODES, ECONTROL, EDOWN, ENOMEM) = (0, 7, 8, 10, 11, 16, 18, 19)
WRONG, CANCELLED = 100, 101

Record = collections.namedtuple("Record", "number status elapsed_ms work_ms kind")


class Plan:
    """What goes wrong in a run: how likely for each frame, and what happens to links and processes,
    a list of weights."""

    def __init__(self, name, fate, happenings=(), every_s=(0.2, 0.6), refused=0, is_lossless=False):
        self.name, self.fate, self.happenings = name, fate, happenings
        self.every_s, self.refused, self.is_lossless = every_s, refused, is_lossless


NETWORK = (("cut", 3), ("cut_caller", 3), ("cut_daemon", 2), ("stall", 2), ("mute", 2),
           ("cut_control", 1))
PROCESSES = (("kill_node", 3), ("stop_node", 3), ("end_node", 1), ("kill_control", 2),
             ("stop_control", 1), ("stop_caller", 1), ("kill_caller", 2))
PLANS = (
    Plan("frames lost, repeated, late", Fate(0.05, 0.10, 0.20, 0.2, 0.1), refused=15, is_lossless=True),
    Plan("links cut", Fate(0.01, 0.05, 0.20, 0.1, 0.25), (("cut", 1), ("cut_caller", 1)),
         (0.05, 0.3), is_lossless=True),
    Plan("links silent", Fate(0.01, 0.05, 0.05, 0.1, 0.1), NETWORK, (0.15, 0.5), refused=10),
    Plan("processes end", Fate(0.0, 0.02, 0.02, 0.05), PROCESSES, (0.25, 0.8)),
    Plan("everything", Fate(0.02, 0.05, 0.10, 0.2, 0.3), NETWORK + PROCESSES, (0.15, 0.6), refused=10),
)
# Sessions end again and again, while their callers think that they go on; for planted bugs.
SESSIONS = Plan("sessions end", Fate(0.0, 0.0, 0.10, 0.3), (("cut_daemon", 1),), (0.2, 0.5))

# Where each bug of tests/model/bugs.c shows: the plan, and what must be said of it; with others too
# many frames are lost for nothing else to be said. What is not here cannot show on links of TCP, or
# not as anything that a caller or a job sees: tests/model has it.
TWICE = r"began [2-9] times"
BUGS = (
    ("rerun after RELEASE", 0, TWICE),
    ("REFUSED forgotten", 0, TWICE),
    ("second REFUSED from the old node believed", 0, TWICE + "|waits beyond"),
    ("NEED taken for REFUSED", 0, TWICE),
    ("UNKNOWN rerun", 5, TWICE + "|has status 20"),
    ("another session is resumed", 5, TWICE),
    ("RELEASE overtaking START", 0, "after RELEASED"),
    ("RELEASE not noted", 0, "after RELEASED|" + TWICE),
    ("early floor: what is not placed does not count", 1, "START .* after the floor"),
    ("early floor: what is cancelled does not count", 0, "CANCEL .* after the floor"),
    ("lost, and run elsewhere", 3, TWICE + "|has status 20"),
    ("CANCEL before START ignored", 0, "never confirmed"),
)
FORGETS = ("RELEASE overtaking START",)  # needs a caller that forgets
BUG_SEEDS = range(1, 13)
BUG_S = 15  # a seed that has not shown it by then does not


def plan_of(number):
    return PLANS[number % len(PLANS)]


class Daemon:
    """jobd, started again and again: what it is told, and where it listens now."""

    def __init__(self, run, name, program, words, environment, proxy):
        self.run, self.name, self.program, self.words = run, name, program, words
        self.environment = {**run.environment, **environment}
        self.proxy = proxy
        self.process = None
        self.is_stopped = self.is_ending = False
        self.log = run.directory / f"{name}.log"

    async def start(self):
        ready, told = os.pipe()
        offset = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, *self.words, "--ready-fd", str(told)], env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[told])
        os.close(told)
        loop = asyncio.get_running_loop()
        serves = loop.create_future()
        loop.add_reader(ready, lambda: serves.done() or serves.set_result(None))
        try:
            while not (found := re.search(r"listens on \[::1\]:(\d+)",
                                          self.log.read_bytes()[offset:].decode())):
                if self.process.poll() is not None:
                    raise RuntimeError(f"{self.name} does not start, see its log")
                await asyncio.sleep(0.01)
            self.proxy.target = int(found[1])
            await self.proxy.listen()
            await asyncio.wait_for(serves, START_S * PATIENCE)
            self.is_ending = False
        finally:
            loop.remove_reader(ready)
            os.close(ready)

    async def wait(self, seconds):
        """False: it has not ended."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.02)
        return True

    def is_up(self):
        return self.process is not None and not self.is_stopped and not self.is_ending

    async def end(self, number, away_s, is_refused):
        """By this signal, and again after a while."""
        self.is_ending = True
        self.process.send_signal(number)
        if not await self.wait(END_S * PATIENCE):
            self.run.complain(f"{self.name} does not end on signal {number}")
            self.process.kill()
            self.process.wait()
        self.check_end(number)
        if is_refused:
            self.proxy.refuse()
        await asyncio.sleep(away_s)
        await self.start()

    def check_end(self, number):
        status = self.process.returncode
        if status != (0 if number == signal.SIGTERM else -number):
            self.run.complain(f"{self.name} ended by itself: {status}")

    async def pause(self, seconds):
        self.is_stopped = True
        self.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)
        self.is_stopped = False


class Run:
    """One seed."""

    def __init__(self, seed, plan, bug=None, keep=False, calls=CALLS):
        self.seed, self.plan, self.bug, self.keep, self.calls = seed, plan, bug, keep, calls
        self.dice = random.Random(f"{seed}/happenings")
        self.slots = self.dice.choice((2, 6))
        self.forgets = False
        self.expected = next((pattern for name, _, pattern in BUGS if name == bug), "")
        self.faults = []
        self.is_heard = True
        self.lag_s = self.lags_s = 0.0
        self.has_ended_nodes = False
        self.happened = collections.Counter()
        self.tasks = set()
        self.caller, self.is_caller_stopped, self.stopped_s, self.others = None, False, 0.0, 0
        self.bound_s = (8 if bug else BOUND_S) * PATIENCE

    def complain(self, fault):
        if self.is_heard and fault not in self.faults and re.search(self.expected, fault):
            self.faults.append(fault)

    # -- what happens ----------------------------------------------------------------------------

    def some_links(self):
        proxy = self.dice.choice(self.proxies)
        links = [link for link in proxy.links if link.up.has_greeted]
        if links and self.dice.random() < 0.3:
            links = [self.dice.choice(links)]
        return links

    def background(self, work):
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.has_ended)

    def has_ended(self, task):
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.complain(f"the test itself: {task.exception()!r}")

    def happen(self, what):
        dice = self.dice
        seconds, chance = dice.random(), dice.random()
        node = dice.choice(self.nodes)
        if what in ("cut", "cut_caller"):
            for link in self.some_links():
                getattr(link, what)()
        elif what in ("cut_daemon", "stall", "mute"):
            for link in self.some_links():
                getattr(link, what)(seconds * (6 if chance < 0.4 and what != "cut_daemon" else 1))
        elif what == "cut_control":
            for link in list(self.control_proxy.links):
                link.cut()
        elif what in ("kill_node", "end_node") and node.is_up():
            self.has_ended_nodes |= what == "end_node"
            number = signal.SIGKILL if what == "kill_node" else signal.SIGTERM
            self.background(node.end(number, seconds * 1.5, chance < 0.5))
        elif what == "stop_node" and node.is_up():
            self.background(node.pause(seconds * (6 if chance < 0.4 else 1)))
        elif what == "kill_control" and self.control.is_up():
            self.background(self.control.end(signal.SIGKILL, seconds * 2, chance < 0.5))
        elif what == "stop_control" and self.control.is_up():
            self.background(self.control.pause(seconds * 2))
        elif what == "stop_caller" and not self.is_caller_stopped:
            self.background(self.pause_caller(seconds * (6 if chance < 0.4 else 1)))
        elif what == "kill_caller":
            self.background(self.kill_another(0.2 + seconds))
        else:
            return
        self.happened[what] += 1

    async def trouble(self):
        for proxy in self.proxies:
            proxy.fate = self.plan.fate
        end = time.monotonic() + CHAOS_S * PATIENCE
        names, weights = zip(*self.plan.happenings) if self.plan.happenings else ((), ())
        while time.monotonic() < end or self.bug:
            await asyncio.sleep(self.dice.uniform(*self.plan.every_s))
            if names:
                self.happen(self.dice.choices(names, weights)[0])
        for proxy in self.proxies:
            proxy.fate = Fate()

    async def measure_lag(self):
        """How long this process, and so any, did not get to run: at once, and in all."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.05)
            lag_s = time.monotonic() - before - 0.05
            self.lag_s, self.lags_s = max(self.lag_s, lag_s), self.lags_s + lag_s

    def was_resumed_late(self):
        """Some session was without a link for so long that it may have been given up: nothing but
        the machine does this where no plan says so."""
        return max(proxy.resumed_s for proxy in self.proxies) > RESUMED_S

    # -- the run ---------------------------------------------------------------------------------

    async def begin(self):
        for name in ("run", "cache"):
            (self.directory / name).mkdir(mode=0o700)
        is_planted = self.bug or self.plan.refused
        jobd = os.environ["JOBD_PLANTED" if is_planted else "JOBD"]
        self.control_proxy = Proxy(f"{self.seed}/control", self.complain, is_raw=True)
        self.proxies = [Proxy(f"{self.seed}/{i}", self.complain, is_steady=self.plan.is_lossless) for i in range(NODES)]
        for proxy in (self.control_proxy, *self.proxies):
            await proxy.listen()
        url = f"http://127.0.0.1:{self.control_proxy.port}/"
        self.environment["JOBGEN_CONTROL"] = url
        self.control = Daemon(self, "control", os.environ["JOBD"],
                              ["control", "--bind-socket", "[::1]:0"], {}, self.control_proxy)
        self.nodes = [
            Daemon(self, f"n{i}", jobd,
                   ["node", "--bind-socket", "[::1]:0", "--name", f"n{i}", "--slots", str(self.slots),
                    "--advertise", f"127.0.0.1:{proxy.port}", url],
                   {"JOBGEN_CACHE_DIR": str(self.directory / "cache" / str(i)),
                    "FAULT_REFUSED": str(self.plan.refused)}, proxy)
            for i, proxy in enumerate(self.proxies)]
        await self.control.start()
        await asyncio.gather(*(node.start() for node in self.nodes))

    def lines(self, name):
        """The whole ones: the last may be on its way."""
        path = self.directory / name
        return path.read_text().split("\n")[:-1] if path.exists() else []

    def records(self):
        return [Record(*map(int, words[:4]), words[4])
                for words in map(str.split, self.lines("calls"))]

    def notes(self, name="notes"):
        return collections.Counter(int(line.split()[0]) for line in self.lines(name))

    def start_caller(self, seed, first, calls, seconds, name):
        caller = os.environ["CALLER_PLANTED" if self.bug or self.plan.refused else "CALLER"]
        with open(self.directory / f"{name}.log", "ab") as log, \
                open(self.directory / f"{name}.out", "ab") as out:
            return subprocess.Popen(
                [caller, str(seed), str(first), str(calls), str(seconds), str(self.directory / name)],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=log)

    async def pause_caller(self, seconds):
        self.is_caller_stopped = True
        self.stopped_s += seconds
        self.caller.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        self.caller.send_signal(signal.SIGCONT)
        self.is_caller_stopped = False

    async def kill_another(self, seconds):
        """One more program, which does not live long; only its notes are looked at."""
        self.others += 1
        first = self.others * 10**6
        process = self.start_caller(self.seed + first, first, first, 60, f"other{self.others}")
        await asyncio.sleep(seconds)
        process.kill()
        process.wait()

    async def call(self):
        """The program, from its start to its end, or to the first fault of a planted bug."""
        self.caller = process = self.start_caller(self.seed, 1, self.calls, CALL_S, "calls")
        path, size = self.directory / "calls", 0
        deadline = time.monotonic() + self.bound_s + SLACK_S * PATIENCE
        end = time.monotonic() + (BUG_S * PATIENCE if self.bug else float("inf"))
        while process.poll() is None and time.monotonic() < deadline + self.lags_s:
            await asyncio.sleep(0.1)
            if time.monotonic() > end:
                break
            if path.exists() and path.stat().st_size > size:
                size = path.stat().st_size
                deadline = time.monotonic() + self.bound_s + self.stopped_s + SLACK_S * PATIENCE
            if self.bug:
                self.judge()
                if self.faults:
                    break
        if process.poll() is None and not self.faults and time.monotonic() < end:
            self.complain("the program has not ended: a call waits beyond its bound")
        is_killed = process.poll() is None
        process.kill()
        process.wait()
        if process.returncode != 0 and not is_killed:
            self.complain(f"the program ended by {process.returncode}")

    def check_log(self, path):
        text = path.read_text(errors="replace")
        for word in ("Sanitizer:", "runtime error:", "Assertion"):
            if word in text:
                at = text.index(word)
                self.complain(f"{path.name}: {text[max(0, at - 300):at + 3000]}")

    # -- what must hold --------------------------------------------------------------------------

    def judge_status(self, record, noted):
        may_be_lost = not self.plan.is_lossless or self.bug or self.was_resumed_late()
        allowed = {
            OK: noted == 1,
            ENODE: noted <= 1 and may_be_lost,
            ETIMEOUT: noted <= 1 and record.kind == "timeout",
            CANCELLED: noted <= 1,
            ECANCELLED: noted <= 1 and self.has_ended_nodes,
            ENONODES: noted == 0 and (may_be_lost or record.kind == "timeout"),
            ECONTROL: noted == 0 and (may_be_lost or record.kind == "timeout"),
            EDOWN: noted == 0 and self.has_ended_nodes,
            ENOMEM: noted == 0 and self.plan.refused > 0,
        }
        if not allowed.get(record.status, False):
            self.complain(f"call {record.number} ({record.kind}) has status {record.status} "
                          f"and began {noted} times")

    def judge(self):
        records, notes = self.records(), self.notes()  # what has ended has begun before
        for number, count in notes.items():
            if count > 1:
                self.complain(f"call {number} began {count} times")
        for record in records:
            self.judge_status(record, notes[record.number])
            is_prompt = record.kind in ("timeout", "cancel")
            bound_s = PROMPT_S * PATIENCE if is_prompt else self.bound_s
            bound_s += self.stopped_s + self.lags_s
            if record.elapsed_ms > record.work_ms + bound_s * 1000:
                self.complain(f"call {record.number} ({record.kind}, status {record.status}) "
                              f"took {record.elapsed_ms} ms")

    def judge_output(self):
        """What jobs print arrives once, and all of it where no link loses anything silently."""
        printed = self.notes("calls.out")
        for number, count in printed.items():
            if count > 1:
                self.complain(f"what call {number} printed came {count} times")
        for record in self.records() if self.plan.is_lossless else ():
            if record.status == OK and printed[record.number] == 0:
                self.complain(f"what call {record.number} ({record.kind}) printed did not come")

    def processes(self):
        """All that came of this run, by what its environment names."""
        mark = f"FAULT_NOTES={self.directory / 'notes'}".encode()
        for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                if mark in path.read_bytes().split(b"\0"):
                    yield int(path.parent.name)

    def check_descriptors(self):
        for daemon in (self.control, *self.nodes):
            links = []
            for link in pathlib.Path(f"/proc/{daemon.process.pid}/fd").iterdir():
                with contextlib.suppress(FileNotFoundError):  # closed while they were listed
                    links.append(os.readlink(link))
            kinds = collections.Counter(link.split("[")[0].split("-")[0] for link in links)
            # The workers that are kept have a socket and two pipes each, and may be many.
            if len(links) - kinds["pipe:"] * 3 // 2 > DESCRIPTORS or kinds["/memfd:jobgen"] > 6:
                self.complain(f"{daemon.name} has descriptors while it is idle: {dict(kinds)}")

    async def check_idle(self):
        """The program has ended: so has all that ran for it."""
        deadline = time.monotonic() + END_S * PATIENCE
        while True:
            done = await asyncio.create_subprocess_exec(
                os.environ["JOBD"], "nodes", "--json", env=self.environment,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            out, err = await done.communicate()
            nodes = json.loads(out)["nodes"] if done.returncode == 0 else []
            if len(nodes) == NODES and all(node["busy"] == 0 for node in nodes):
                self.check_descriptors()
                return
            if time.monotonic() > deadline:
                self.complain(f"not idle: {nodes or err.decode()}")
                return
            await asyncio.sleep(0.2)

    async def end(self):
        for daemon in (*self.nodes, self.control):
            if daemon.process is None or daemon.process.poll() is not None:
                self.complain(f"{daemon.name} ended by itself, or was not started again")
                continue
            daemon.process.terminate()
        for daemon in (*self.nodes, self.control):
            if not await daemon.wait(END_S * PATIENCE):
                self.complain(f"{daemon.name} does not end")
                daemon.process.kill()
                daemon.process.wait()
            elif daemon.process.returncode != 0:
                self.complain(f"{daemon.name} ended with {daemon.process.returncode}")
        deadline = time.monotonic() + END_S * PATIENCE
        while (left := list(self.processes())) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        if left:
            self.complain(f"processes are left: {left}")
        scratch = self.directory / "run" / "jobgen" / "scratch"
        if scratch.exists() and list(scratch.iterdir()):
            self.complain(f"left in scratch: {[path.name for path in scratch.iterdir()]}")

    def clean(self):
        for pid in self.processes():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if not self.keep:
            shutil.rmtree(self.directory, ignore_errors=True)

    async def go(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="jobgen-fault-"))
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": str(self.directory / "run"),
                            "FAULT_NOTES": str(self.directory / "notes")}
        if self.bug:
            self.environment["FAULT_BUG"] = self.bug
        if self.forgets:
            self.environment["FAULT_FORGETS"] = "1"
        lag = asyncio.ensure_future(self.measure_lag())
        try:
            await self.begin()
            trouble = asyncio.ensure_future(self.trouble())
            await self.call()
            trouble.cancel()
            if not self.bug:
                for proxy in self.proxies:
                    proxy.fate = Fate()
                while self.tasks:
                    await asyncio.wait(list(self.tasks))
                await self.check_idle()
                await self.end()
                self.judge()
                self.judge_output()
                for path in self.directory.glob("*.log"):
                    self.check_log(path)
        finally:
            self.is_heard = False
            lag.cancel()
            for task in list(self.tasks):
                task.cancel()
            for proxy in (self.control_proxy, *self.proxies):
                await proxy.close()
            counts = self.summary()
            if self.faults and not self.bug:
                self.tell_logs()
            self.clean()
        return counts

    def summary(self):
        records = self.records()
        statuses = collections.Counter(record.status for record in records)
        longest = max((record.elapsed_ms for record in records), default=0)
        return (f"{len(records)} calls, {sum(self.notes().values())} begun, "
                f"{statuses[OK]} well, {statuses[ENODE]} lost, longest {longest} ms; "
                f"{dict(self.happened)}")

    def tell_logs(self):
        for path in sorted(self.directory.glob("*.log")):
            lines = path.read_text(errors="replace").splitlines()
            for line in lines[-25:]:
                print(f"# {path.name}: {line}")


def run_one(options):
    plan = SESSIONS if options.plan == len(PLANS) else plan_of(
        options.seed if options.plan is None else options.plan)
    run = Run(options.seed, plan,
              options.bug, options.keep, options.calls)
    run.forgets |= options.forgets
    counts = asyncio.run(run.go())
    print(f"# seed {run.seed}, {run.plan.name}: {counts}")
    if run.lag_s > 0.5:
        print(f"# this process did not run for {run.lag_s:.1f} s at once, {run.lags_s:.1f} s in all")
    if run.plan.is_lossless and run.was_resumed_late():
        print("# a session had no link for so long that calls may have been lost")
    if options.keep:
        print(f"# {run.directory}")
    for fault in run.faults[:10]:
        print(f"# fault: {fault}")
    return 1 if run.faults else 0


# -- many ----------------------------------------------------------------------------------------


async def run_apart(words, limit):
    async with limit:
        process = await asyncio.create_subprocess_exec(
            sys.executable, __file__, *words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            out, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
        return process.returncode, out.decode(errors="replace")


class Tap:
    def __init__(self):
        self.count = self.bad = 0

    def tell(self, is_good, name, text):
        self.count += 1
        self.bad += not is_good
        sys.stdout.write(text)
        print(f"{'ok' if is_good else 'not ok'} {self.count} - {name}", flush=True)
        if not is_good:
            sys.stderr.write(f"{name}\n{text}")

    def finish(self):
        print(f"1..{self.count}")
        return 1 if self.bad else 0


async def run_seeds(seeds, tap):
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(seed):
        status, text = await run_apart(["--seed", str(seed)], limit)
        tap.tell(status == 0, f"seed {seed}", text)

    await asyncio.gather(*map(one, seeds))


async def run_planted(tap):
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(bug, plan, _):
        for seed in BUG_SEEDS:
            status, text = await run_apart(
                ["--seed", str(seed), "--plan", str(plan), "--bug", bug, "--calls", "1000000",
                 *(["--forgets"] if bug in FORGETS else [])], limit)
            if status != 0:
                break
        tap.tell(status == 1 and "fault: " in text, f"found: {bug}", text)

    await asyncio.gather(*(one(*bug) for bug in BUGS))


@contextlib.contextmanager
def alone():
    """No two of these at once on this machine: what is held is a name that ends with its holder."""
    holder = socket.socket(socket.AF_UNIX)
    deadline = time.monotonic() + LOCK_S
    while True:
        try:
            holder.bind(f"\0jobgen-fault-{os.getuid()}")
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
    try:
        yield
    finally:
        holder.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds")
    parser.add_argument("--random", type=int)
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--plan", type=int, choices=range(len(PLANS) + 1))
    parser.add_argument("--forgets", action="store_true")
    parser.add_argument("--bug")
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # nothing is left then either
    if options.seed is not None:
        return run_one(options)
    tap = Tap()
    with alone():
        if options.planted:
            asyncio.run(run_planted(tap))
        elif options.random:
            asyncio.run(run_seeds(random.sample(range(100, 10**9), options.random), tap))
        else:
            first, last = map(int, (options.seeds or "1-10").split("-"))
            asyncio.run(run_seeds(range(first, last + 1), tap))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
