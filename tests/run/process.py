# SPDX-License-Identifier: MIT
"""Processes that tests start; all waiting for them is bounded."""
import os
import select
import signal
import subprocess
import tempfile
import time

from tap import Failed

ANSWER_S = 100


class Process:
    """One that tells lines on one stream. It works in the folder, and knows nothing of JOBGEN_* but
    what it is given."""

    def __init__(self, words, folder, env, **more):
        self.words = " ".join(str(word) for word in words[1:]) or str(words[0])
        self.errors = tempfile.TemporaryFile(dir=folder)
        self.text = b""
        plain = {name: value for name, value in os.environ.items() if "JOBGEN_" not in name}
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self.errors}
        self.process = subprocess.Popen([str(word) for word in words], env={**plain, **env},
                                        **{**streams, "cwd": folder, **more})
        self.pid = self.process.pid
        if self.process.stdout:
            self.write_fd, self.read_fd = self.process.stdin.fileno(), self.process.stdout.fileno()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.errors):
            if stream:
                stream.close()

    def fill(self, deadline):
        """False: it has closed its stream."""
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.read_fd], [], [], left)[0]:
            raise Failed(f"{self.words}: nothing in {ANSWER_S} s, after {self.text[-2000:]!r}; "
                         f"stderr: {self.said()!r}")
        try:
            got = os.read(self.read_fd, 65536)
        except OSError:  # a terminal's way to say that it ended
            got = b""
        self.text += got
        return bool(got)

    def read_line(self):
        deadline = time.monotonic() + ANSWER_S
        while b"\n" not in self.text:
            if not self.fill(deadline):
                raise Failed(f"{self.words}: it ended after {self.text!r}; stderr: {self.said()!r}")
        line, self.text = self.text.split(b"\n", 1)
        return line.decode()

    def read_until(self, last):
        """The lines before that one."""
        lines = []
        while (line := self.read_line()) != last:
            lines.append(line)
        return lines

    def tell(self, line=""):
        os.write(self.write_fd, (line + "\n").encode())

    def has_ended(self):
        """Or says something, after a moment."""
        return bool(select.select([self.read_fd], [], [], 0.005)[0])

    def read_all(self):
        """What it prints until it ends is in `text`."""
        deadline = time.monotonic() + ANSWER_S
        while self.fill(deadline):
            pass

    def rest(self, code=0):
        """What it prints until it ends, as it should."""
        self.read_all()
        status = self.process.wait(ANSWER_S)
        if status != code:
            raise Failed(f"{self.words}: it ended with {status}: {self.text[-3000:].decode()}"
                         f"stderr: {self.said()[-3000:]}")
        return self.text.decode()

    def said(self):
        """On its standard error, unless that is a terminal."""
        return os.pread(self.errors.fileno(), 1 << 22, 0).decode()
