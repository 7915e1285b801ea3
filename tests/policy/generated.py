#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Same input, same bytes: generated files know no directory, date, host or order of files."""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

from policy import ROOT, Tap

jobgen = sys.argv[1]
SAMPLES = ["pythagorean", "forms", "mandelbrot", "wordcount"]


def generate(sources, out, cwd, **environment):
    subprocess.run([jobgen, *sources, "-o", out], cwd=cwd, check=True,
                   env={**os.environ, **environment})
    return {path.name: path.read_bytes() for path in (cwd / out).iterdir()
            if not path.name.startswith(".")}


def differences(left, right):
    if left.keys() != right.keys():
        yield f"files: {sorted(left)} and {sorted(right)}"
    yield from (name for name in left if left[name] != right.get(name))


def traces(files, scratch):
    host = socket.gethostname()
    for name, content in files.items():
        text = content.decode()
        for number, line in enumerate(text.splitlines(), 1):
            if str(ROOT) in line or str(scratch) in line or "/usr/" in line or "/home/" in line:
                yield f"{name}:{number}: a path: {line}"
            if re.search(r"\b20[2-9]\d-\d\d-\d\d\b|\b\d\d:\d\d:\d\d\b", line):
                yield f"{name}:{number}: a date: {line}"
            if len(host) > 5 and host in line:
                yield f"{name}:{number}: the host: {line}"


tap = Tap()
for sample in SAMPLES:
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        first, second = scratch / "a", scratch / "deeper/b"
        for folder in (first, second):
            folder.mkdir(parents=True)
            shutil.copy(ROOT / "samples" / sample / "main.c", folder)
        here = generate(["main.c"], "gen", first, LC_ALL="C", TZ="UTC")
        there = generate([str(second / "main.c")], str(second / "out"), second, LC_ALL="C.UTF-8",
                         TZ="Asia/Tokyo")
        tap.check(f"{sample}: same bytes from another directory", differences(here, there))
        tap.check(f"{sample}: no path, date or host", traces(here, scratch))
with tempfile.TemporaryDirectory() as name:
    scratch = pathlib.Path(name)
    for stem in ("one", "two"):
        (scratch / f"{stem}.c").write_text(
            f'#include "jobs.h"\n/* @job */\nint {stem}(int a)\n{{\n    return a;\n}}\n')
    tap.check("two files in either order", differences(
        generate(["one.c", "two.c"], "ab", scratch), generate(["two.c", "one.c"], "ba", scratch)))
tap.finish()
