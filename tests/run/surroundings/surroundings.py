#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: surroundings.py PROGRAM [sanitized] [WORD...]. The program of main.c in what real programs meet: its
file replaced, constructors that print or start threads, pipes, a terminal, limits, and each variable
of the environment. Prints TAP; with words, of the tests whose names have them."""
import fcntl
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import termios
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
from process import ANSWER_S, Process  # noqa: E402 (its place is said above)
from tap import Failed, Skipped, expect, expect_in, main  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
IS_SANITIZED = "sanitized" in sys.argv[2:]
ONLY = [word for word in sys.argv[2:] if word != "sanitized"]
END_S = 30
WARN = {"JOBGEN_LOG": "warn"}
# From here on users who run nothing; others each time, since a dead process that waits for init
# counts as one of its user's.
STRANGER = 20000 + os.getpid() * 8 % 40000
CROWD = 6 * 200  # calls of the word crowd
OK, SIGNAL, TIMEOUT, MISMATCH, UNSUITABLE, FULL, NOMEM = 0, 4, 7, 13, 14, 17, 19
tests = []


class Program(Process):
    """One that obeys, perhaps on a terminal."""

    def __init__(self, scratch, exe=PROGRAM, wrapper=(), env=None, is_on_terminal=False, **more):
        self.pids, self.terminal, slave = [], None, None
        if is_on_terminal:
            try:
                self.terminal, slave = os.openpty()
            except OSError as error:
                raise Skipped(f"there are no terminals here: {error}") from error
            modes = termios.tcgetattr(slave)
            modes[1] &= ~termios.OPOST
            modes[3] = modes[3] & ~termios.ECHO | termios.NOFLSH
            termios.tcsetattr(slave, termios.TCSANOW, modes)
            more |= {"stdin": slave, "stdout": slave, "stderr": slave, "start_new_session": True,
                     "preexec_fn": lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)}
            self.write_fd = self.read_fd = self.terminal
        super().__init__([*wrapper, exe], scratch, {"JOBGEN_SLOTS": "2", **(env or {})},
                         **{"cwd": None, **more})
        if is_on_terminal:
            os.close(slave)

    def __exit__(self, *_):
        super().__exit__()
        if self.terminal is not None:
            os.close(self.terminal)

    def ask(self, line):
        """The number and the text of the answer; other lines are kept in `printed`."""
        self.tell(line)
        word, self.printed = line.split()[0], []
        while not (answer := self.read_line()).startswith(f"{word}: "):
            self.note(answer)
        _, number, text = answer.split(" ", 2)
        return int(number), text

    def note(self, line):
        self.printed.append(line)
        if line.startswith("worker "):
            self.pids.append(int(line.split()[1]))

    def run(self, count, fifo):
        """Starts `count` jobs that wait for the FIFO, and knows then who they are."""
        self.pids.append(self.ask("zygote")[0])
        for _ in range(count):
            self.ask(f"start {fifo}")
        while len(self.pids) < 1 + count:
            self.note(self.read_line())

    def end_zygote(self, pid):
        """Kills it, and returns once the program has seen that; it needs JOBGEN_LOG=warn."""
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + ANSWER_S
        while "has ended" not in self.said():
            if time.monotonic() > deadline:
                raise Failed("the end of the zygote is not seen")
            time.sleep(0.001)

    def rest(self):
        """What it prints until it ends."""
        if self.process.stdin:
            self.process.stdin.close()
            self.process.stdin = None
        try:
            while got := self.read_line():
                self.printed.append(got)
        except Failed:
            pass
        self.process.wait(ANSWER_S)
        return self.text.decode()


def test(function):
    tests.append(function)
    return function


def expect_failure(answer, status, *parts):
    expect(answer[0], status, answer[1])
    for part in ("zygote_of", *parts):
        expect_in(part, answer[1])


def expect_ended(pids):
    """Each of them ends in END_S."""
    for fd in pids:
        if not select.select([fd], [], [], END_S)[0]:
            raise Failed("a process is left")
        os.close(fd)


def watch(pids):
    return [os.pidfd_open(pid) for pid in pids]


def fifo_in(scratch):
    path = scratch / "fifo"
    os.mkfifo(path)
    return path


def need_root():
    if os.geteuid() != 0:
        raise Skipped("only root can set it up")


def need_mounts():
    need_root()
    done = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"],
                          capture_output=True)
    if done.returncode != 0:
        raise Skipped("no file system can be mounted here")


def copy(scratch, mode=0o755, owner=None):
    """For others to run: its folders too can be entered."""
    exe = scratch / "copy"
    shutil.copy(PROGRAM, exe)
    if owner is not None:
        os.chown(exe, owner, owner)
    exe.chmod(mode)
    scratch.chmod(0o755)
    return exe


@test
def a_program_whose_file_is_removed_and_replaced_goes_on(scratch):
    exe = copy(scratch)
    with Program(scratch, exe, env=WARN) as early, Program(scratch, exe) as late, \
            Program(scratch, exe, env={"CONSTRUCTOR": "thread"}) as threaded:
        first = early.ask("zygote")[0]
        expect((late.ask("threads")[0], threaded.ask("call")[0]), (0, OK))
        exe.unlink()
        expect((early.ask("zygote")[0], late.ask("call")[0]), (first, OK), "the file removed")
        shutil.copy("/bin/false", exe)
        expect((early.ask("zygote")[0], late.ask("next")[0]), (first, 42), "the file replaced")
        early.end_zygote(first)
        expect(early.ask("call")[0], OK, "another zygote of the removed file")
        expect([threaded.ask("call")[0] for _ in range(20)], [OK] * 20, "workers started afresh")


@test
def what_a_constructor_prints_appears_once(scratch):
    for what in ("print", "print thread"):
        with Program(scratch, env={"CONSTRUCTOR": what}) as program:
            for _ in range(5):
                expect(program.ask("call")[0], OK)
            expect((program.ask("next"), program.printed), ((42, ""), []))
            program.rest()
            expect(program.said(), "constructed aloud\n")
    with Program(scratch, env={"CONSTRUCTOR": "print"}) as program:
        expect(program.ask("call")[0], OK)
        expect(program.printed, ["constructed"])


@test
def a_constructor_may_start_a_thread(scratch):
    fifo = fifo_in(scratch)
    with Program(scratch, env={"CONSTRUCTOR": "thread", "JOBGEN_LOG": "warn"}) as program:
        expect(program.ask("threads")[0], 1)
        for _ in range(3):
            expect((program.ask("call")[0], program.ask("next")[0]), (OK, 42))
        program.run(2, fifo)
        expect(len(re.findall("warning: .*constructor.*thread", program.said())), 1, program.said())
        pids = watch(program.pids)
        program.process.kill()
        expect_ended(pids)
    with Program(scratch, env={"CONSTRUCTOR": "thread"}) as program:
        expect((program.ask("call")[0], program.said()), (OK, ""))


@test
def workers_end_with_their_zygote(scratch):
    fifo = fifo_in(scratch)
    for constructor in ("", "thread"):
        with Program(scratch, env={"CONSTRUCTOR": constructor}) as program:
            program.run(2, fifo)
            pids = watch(program.pids)
            os.kill(program.pids[0], signal.SIGKILL)
            expect_ended(pids)
            expect((program.ask("get")[0], program.ask("get")[0]), (SIGNAL, SIGNAL))


@test
def pipes_of_the_program_end_though_workers_live(scratch):
    fifo = fifo_in(scratch)
    with Program(scratch) as program:
        program.ask("pipe")  # before the first call
        program.run(1, fifo)
        expect(program.ask("end")[0], 1, "made before")
        program.ask("pipe")
        program.run(1, fifo)
        expect(program.ask("end")[0], 1, "made after")


@test
def an_interrupt_ends_program_and_jobs(scratch):
    with Program(scratch, is_on_terminal=True) as program:
        program.run(2, fifo_in(scratch))
        pids = watch(program.pids)
        os.write(program.terminal, b"\x03")
        expect(program.process.wait(ANSWER_S), -signal.SIGINT)
        expect_ended(pids)
        expect(program.rest().strip("^C"), "", "printed after it")


@test
def an_interrupt_that_is_handled_leaves_jobs_alone(scratch):
    fifo = fifo_in(scratch)
    with Program(scratch, is_on_terminal=True, env={"JOBGEN_SLOTS": "3"}) as program:
        program.ask("handle")
        program.run(2, fifo)
        os.write(program.terminal, b"\x03")
        expect((program.ask("interrupts")[0], program.ask("next")[0]), (1, 42))
        writer = os.open(fifo, os.O_RDWR)  # which waits for nobody
        expect((program.ask("get")[0], program.ask("get")[0]), (OK, OK))
        os.close(writer)


@test
def no_memory_for_the_first_call_is_told(scratch):
    if IS_SANITIZED:
        raise Skipped("a sanitizer does not bear such a limit")
    with Program(scratch) as program:
        expect(program.ask("limit-space 64")[0], 0)
        expect_failure(program.ask("call"), NOMEM, "no memory", "ulimit")
        expect_in("job zygote_of failed", program.said())


@test
def no_memory_for_another_zygote_is_told(scratch):
    if IS_SANITIZED:
        raise Skipped("a sanitizer does not bear such a limit")
    for limit in ("limit-space 1", "limit-data 40"):
        with Program(scratch, env=WARN) as program:
            zygote = program.ask("zygote")[0]
            expect(program.ask(limit)[0], 0)
            program.end_zygote(zygote)
            expect_failure(program.ask("call"), NOMEM, "no memory", "ulimit")
            expect_in("job zygote_of failed", program.said())


@test
def the_limit_of_processes_is_told(scratch):
    need_root()  # whom that limit does not hold, but it can be somebody else
    exe = copy(scratch)
    enough = 4 if not IS_SANITIZED else 16  # program, its thread, zygote, worker
    for number, limit in enumerate((1, 2, 3, enough), 1):
        with Program(scratch, exe, ["prlimit", f"--nproc={limit}"], user=STRANGER + number) as program:
            answer = program.ask("call")
            if limit == enough:
                expect(answer[0], OK, answer[1])
            else:
                expect_failure(answer, FULL, "limit of processes", "ulimit")
                expect_in("job zygote_of failed", program.said())
    with Program(scratch, exe, user=STRANGER, env={"CONSTRUCTOR": "limit"}) as program:
        expect_failure(program.ask("call"), FULL, "limit of processes", "ulimit")


@test
def a_program_on_a_noexec_mount_is_told(scratch):
    need_mounts()
    place = scratch / "place"
    place.mkdir()
    script = f"mount -t tmpfs none {place} && cp {PROGRAM} {place}/copy && exec {place}/copy"
    with Program(scratch, script, ["unshare", "-m", "sh", "-c"]) as program:
        if program.ask(f"noexec {place}")[0] != 0:
            raise Skipped("the mount cannot be changed")
        expect_failure(program.ask("call"), UNSUITABLE, "noexec", "emount")
        expect_in("job zygote_of failed", program.said())


@test
def a_program_without_proc_is_told(scratch):
    need_mounts()
    with Program(scratch, wrapper=["unshare", "-m"]) as program:
        if program.ask("hide-proc")[0] != 0:
            raise Skipped("/proc cannot be hidden")
        expect_failure(program.ask("call"), UNSUITABLE, "/proc", "mount")
        expect_in("job zygote_of failed", program.said())


@test
def a_set_id_program_is_told(scratch):
    need_root()
    if os.statvfs(scratch).f_flag & os.ST_NOSUID:
        raise Skipped("the file system has no set-id programs")
    exe = copy(scratch, 0o4755, STRANGER)
    with Program(scratch, exe) as program:
        expect_failure(program.ask("call"), UNSUITABLE, "set-user-ID", "that is not")
        expect_in("job zygote_of failed", program.said())


@test
def code_of_another_interface_is_told(scratch):
    with Program(scratch) as program:
        for word in ("old", "start-old"):
            status, text = program.ask(word)
            expect(status, MISMATCH, text)
            for part in ("job old failed", "interface 2", "has 1", "run jobgen"):
                expect_in(part, text)
        expect((program.ask("map-old")[0], program.ask("call")[0]), (MISMATCH, OK))
        expect_in("job old failed", program.said())


@test
def a_time_limit_tells_whether_it_had_begun(scratch):
    fifo = fifo_in(scratch)
    with Program(scratch) as program:
        expect(program.ask("call")[0], OK)
        for limit in (50, 500, 5000, 50000):  # until it has begun within it
            status, text = program.ask(f"late {limit} {fifo}")
            expect(status, TIMEOUT, text)
            if "had not begun" not in text:
                break
        expect_in(f": it had not ended after {limit} ms, its time limit|", text)
        program.pids = []
        program.run(2, fifo)  # as many as there are slots
        for word in (f"late 50 {fifo}", "late-next"):
            status, text = program.ask(word)
            expect(status, TIMEOUT, text)
            expect_in(": it had not begun after 50 ms, its time limit: it waited for a slot|", text)


@test
def a_failure_names_the_item_of_a_fan_out(scratch):
    with Program(scratch) as program:
        status, text = program.ask("map-speak")
        expect(status, SIGNAL, text)
        for told in (text, program.said()):
            expect_in("jobgen: job speak, item 1 of 3, failed on node local: it was killed", told)


@test
def many_failures_are_counted(scratch):
    for level, times, reports, counts in (("", 3, 3, []), ("", 5, 3, ["5 times in all"]),
                                          ("", 10, 3, ["10 times by now"]),
                                          ("", 12, 3, ["10 times by now", "12 times in all"]),
                                          ("off", 5, 0, [])):
        with Program(scratch, env={"JOBGEN_LOG": level, "JOBGEN_OUTPUT": "off"}) as program:
            for _ in range(times):
                expect(program.ask("speak 2")[0], SIGNAL)
            program.rest()
            said = program.said()
            expect(said.count("jobgen: job speak failed on node local: it was"), reports, said)
            expect(re.findall(r"in this way (.*): the job was killed by a signal", said), counts,
                   said)


@test
def what_jobs_print_appears_as_asked(scratch):
    tag = r"\[speak \d+ local\] "
    for mode, out, errors in (("", "out", "err one\nerr two\n"),
                              ("plain", "out", "err one\nerr two\n"),
                              ("tag", f"{tag}out", f"{tag}err one\n{tag}err two\n"),
                              ("off", None, "")):
        with Program(scratch, env={"JOBGEN_OUTPUT": mode, "JOBGEN_LOG": "off"}) as program:
            for how, status in ((0, OK), (1, 2), (2, SIGNAL)):
                number, kept = program.ask(f"speak {how}")
                expect((number, "err one|err two" in kept), (status, status != OK), kept)
                if not re.fullmatch(out or "", "|".join(program.printed)):
                    raise Failed(f"JOBGEN_OUTPUT={mode} prints {program.printed}")
            if not re.fullmatch(errors * 3, program.said()):
                raise Failed(f"JOBGEN_OUTPUT={mode} prints {program.said()!r}")


@test
def each_line_bears_its_own_execution(scratch):
    with Program(scratch, env={"JOBGEN_OUTPUT": "tag"}) as program:
        expect(program.ask("crowd")[0], 0)
        tags = {line.split("]")[0] for line in program.printed}
        expect((len(program.printed), len(tags)), (CROWD, CROWD))


@test
def values_that_mean_nothing_are_told_once(scratch):
    for name, value, right in (("OUTPUT", "loud", "plain, tag, off"),
                               ("LOG", "all", "off, error, warn, info, debug"),
                               ("LOG", "Debug", "off, error, warn, info, debug"),
                               *(("SLOTS", bad, "from 1 to 1024")
                                 for bad in ("0", "-1", "1025", "4x", "x", "99999999999999999999"))):
        with Program(scratch, env={f"JOBGEN_{name}": value}) as program:
            expect((program.ask("call")[0], program.ask("call")[0]), (OK, OK))
            said = program.said()
            expect(said.count("\n"), 1, said)
            expect_in(f"JOBGEN_{name}={value} ", said)
            expect_in(right, said)
    for name in ("OUTPUT", "LOG", "SLOTS"):
        with Program(scratch, env={f"JOBGEN_{name}": ""}) as program:
            expect((program.ask("call")[0], program.said()), (OK, ""), f"JOBGEN_{name}=")
    with Program(scratch, env={"JOBGEN_SLOTS": "x", "JOBGEN_LOG": "off"}) as program:
        expect((program.ask("call")[0], program.said()), (OK, ""), "JOBGEN_LOG=off")


@test
def each_level_of_the_log_tells_more(scratch):
    begin = r"debug: job zygote_of, execution \d+, begins in process \d+"
    lines = {"error": r"jobgen: job speak failed on node local: it was killed by signal 6",
             "warn": r"jobgen: warning: the zygote, process \d+, has ended, and all workers",
             "info": r"jobgen: info: the zygote is ready, process \d+, jobs: 5",
             "debug": f"jobgen: {begin}"}
    for level in ("off", "", *lines):
        with Program(scratch, env={"JOBGEN_LOG": level, "JOBGEN_OUTPUT": "off"}) as program:
            zygote = program.ask("zygote")[0]
            if level not in ("", "off", "error"):  # they would not tell of it
                program.end_zygote(zygote)
            expect((program.ask("call")[0], program.ask("speak 2")[0]), (OK, SIGNAL))
            program.rest()
            said = program.said()
            told = [one for one, line in lines.items() if re.search(line, said)]
            right = list(lines)[:list(lines).index(level or "error") + 1] if level != "off" else []
            expect(told, right, said)
            if level == "off":
                expect(said, "")
    ends = r"debug: job zygote_of, execution \d+, ends after [\d.]+ ms: the job's result is there"
    expect((len(re.findall(begin, said)), len(re.findall(ends, said))), (2, 2), said)
    expect_in("info: the embedded node is there, slots: 2", said)
    expect_in("info: the embedded node ends with the program", said)


main(tests, ONLY)
