#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: roundtrip.py JOBGEN LIBRARY [--seed N] [--count N] [--keep DIR] [--without FEATURE,...]

Random signatures, built with JOBGEN and a LIBRARY with the address and undefined behaviour
sanitizers: the plain call and all forms give the same, bit for bit. The same seed is the same test.
ROUNDTRIP_SEED in the environment goes before --seed; without either it is another one each time.
Prints TAP."""
import argparse
import os
import pathlib
import secrets
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import program

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
PER_PROGRAM = 30
CFLAGS = ["-std=gnu17", "-O0", "-g", "-w", "-D_GNU_SOURCE", "-fsanitize=address,undefined",
          "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer"]
LIBRARIES = ["-l:libprotobuf-c.a", "-lnng", "-lmbedcrypto", "-lpthread"]

parser = argparse.ArgumentParser()
parser.add_argument("jobgen")
parser.add_argument("library")
parser.add_argument("--seed", type=int, default=None)
parser.add_argument("--count", type=int, default=30)
parser.add_argument("--keep", type=pathlib.Path)
parser.add_argument("--without", default="")
options = parser.parse_args()
jobgen, library = (pathlib.Path(path).resolve() for path in (options.jobgen, options.library))


def run(command, cwd):
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    if done.returncode:
        words = " ".join(str(word) for word in command)
        raise RuntimeError(f"{words}\n{done.stdout}{done.stderr}")


def compile_one(folder, number, source):
    run(["gcc", *CFLAGS, "-I", ROOT / "runtime/include", "-I", "gen", "-I", ".", "-I", HERE, "-c",
         source, "-o", f"{number}.o"], folder)


def build(folder, seed, count):
    program.write(folder, seed, count, program.FEATURES - set(options.without.split(",")))
    run([jobgen, "work.c", "-o", "gen", "--", "-I.", f"-I{HERE}"], folder)
    sources = ["work.c", "calls.c", "gen/jobs.c", "gen/jobs.pb-c.c", HERE / "support.c",
               HERE / "forms.c"]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: compile_one(folder, *one), enumerate(sources)))
    run(["gcc", *CFLAGS, *sorted(folder.glob("*.o")), library, *LIBRARIES, "-o", "program"],
        folder)


def test(folder, seed, count):
    build(folder, seed, count)
    environment = {"ASAN_OPTIONS": "abort_on_error=1", **os.environ}
    done = subprocess.run([folder / "program", str(seed)], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    return done.returncode, done.stdout.splitlines()


seed = options.seed if options.seed is not None else secrets.randbelow(1 << 31)
seed = int(os.environ.get("ROUNDTRIP_SEED") or seed)
print(f"# seed {seed}: roundtrip.py --seed {seed} --count {options.count} makes the same")
print(f"1..{options.count}")
number = 0
with tempfile.TemporaryDirectory() as scratch:
    for first in range(0, options.count, PER_PROGRAM):
        folder = (options.keep or pathlib.Path(scratch)) / str(first)
        folder.mkdir(parents=True)
        try:
            code, lines = test(folder, seed + first, min(PER_PROGRAM, options.count - first))
        except RuntimeError as error:
            print("Bail out! program", seed + first)
            print(error, file=sys.stderr)
            sys.exit(1)
        for line in lines:
            if line.startswith(("ok ", "not ok ")):
                number += 1
                status, rest = line.split(" - ", 1)
                print(f"{status.rsplit(' ', 1)[0]} {number} - {rest.replace('#', '')}")
            elif not line.startswith("1.."):
                print(line if line.startswith("#") else "# " + line)
        sys.stdout.flush()
        if number < min(first + PER_PROGRAM, options.count):
            print(f"Bail out! program {seed + first} ended with {code}")
            sys.exit(1)
