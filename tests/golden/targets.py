#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: targets.py JOBGEN. Flags that name another machine count: the model has that machine's
sizes, what is made compiles for it, and the messages are the same for all."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RUNTIME = HERE.parents[1] / "runtime/include"
# The bits of long and the bytes of a pointer there.
TARGETS = {"x86_64-linux-gnu": 64, "aarch64-linux-gnu": 64, "arm-linux-gnueabihf": 32,
           "i686-linux-gnu": 32}
jobgen = sys.argv[1]
number = 0
has_failed = False


def test(name, is_ok, trouble=""):
    global number, has_failed
    number += 1
    has_failed |= not is_ok
    print("ok" if is_ok else "not ok", number, "-", name)
    if not is_ok:
        print("".join(f"# {line}\n" for line in trouble.splitlines()[:30]), end="")


def skip(name, why):
    global number
    number += 1
    print("ok", number, "-", name, "# SKIP", why)


def run(*command):
    return subprocess.run(command, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C"})


def flags_of(target):
    """None: its headers are not installed."""
    folder = pathlib.Path("/usr") / target / "include"
    if target == "x86_64-linux-gnu":
        return [f"--target={target}"]
    return [f"--target={target}", "-isystem", str(folder)] if folder.is_dir() else None


def types_of(model):
    """The type of each parameter, by name."""
    return {param["name"]: param["type"] for param in model["jobs"][0]["params"]}


def hashes_of(out):
    return re.findall(r"interface_hash = (.*),", (out / "jobs.c").read_text())


def compiles(out, flags):
    clang = shutil.which("clang-14") or shutil.which("clang")
    if not clang:
        return None
    return run(clang, *flags, f"-I{RUNTIME}", "-idirafter", "/usr/include", "-fsyntax-only",
               "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror", str(out / "jobs.c"))


with tempfile.TemporaryDirectory() as name:
    scratch = pathlib.Path(name)
    shutil.copy(HERE / "targets.c", scratch)
    first = None
    for target, bits in TARGETS.items():
        flags = flags_of(target)
        if flags is None:
            skip(target, "its headers are not installed, see scripts/deps")
            continue
        out = scratch / target
        done = run(jobgen, str(scratch / "targets.c"), "-o", str(out), "--dump-model",
                   str(out) + ".json", "--no-warn", "address", "--", *flags)
        test(f"{target}: the flags are taken", done.returncode == 0, done.stderr)
        if done.returncode:
            continue
        types = types_of(json.loads(pathlib.Path(str(out) + ".json").read_text()))
        test(f"{target}: long has {bits} bits", types["ul"]["bits"] == bits == types["n"]["bits"])
        test(f"{target}: char has no sign of its own", types["c"].get("plain_char") is True and
             types["c"]["signed"] is False)
        compiled = compiles(out, flags)
        if compiled:
            test(f"{target}: what is made compiles there", compiled.returncode == 0,
                 compiled.stderr)
        else:
            skip(f"{target}: what is made compiles there", "clang is not installed")
        wide = run(jobgen, str(scratch / "targets.c"), "-o", str(out) + ".wide", "--no-warn",
                   "address", "--", *flags, "-DWIDE")
        test(f"{target}: wchar_t is taken", wide.returncode == 0, wide.stderr)
        has_sign = "sint32 w_1" in pathlib.Path(str(out) + ".wide/jobs.proto").read_text()
        test(f"{target}: it has the sign of the machine",
             has_sign == (target.split("-")[0] in ("x86_64", "i686")))
        first = first or out
        test(f"{target}: the messages are those of other machines",
             (out / "jobs.proto").read_text() == (first / "jobs.proto").read_text())
        test(f"{target}: so are the interfaces", hashes_of(out) == hashes_of(first))
print(f"1..{number}")
sys.exit(has_failed)
