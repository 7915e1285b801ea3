#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every header compiles alone: the public ones in all C and C++ that users may have, by gcc and
clang, without a warning."""
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

from policy import ROOT, Tap, tracked

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror"]
STANDARDS = {"c": ["c99", "c11", "c17", "c2x"], "c++": ["c++11", "c++17"]}
PUBLIC = "runtime/include/"
LLVM = "/usr/lib/llvm-14/include"


def compile_alone(compiler, language, standard, args, spelled):
    done = subprocess.run([compiler, "-x", language, f"-std={standard}", "-fsyntax-only", *args, "-"],
                          input=f"#include {spelled}\n", capture_output=True, text=True, cwd=ROOT)
    return f"{compiler} -std={standard} {spelled}: {done.stderr.strip()}" if done.returncode else None


def public(name):
    spelled = f"<{name[len(PUBLIC):]}>"
    for language, standards in STANDARDS.items():
        names = ("gcc", "clang-14") if language == "c" else ("g++", "clang++-14")
        for compiler in filter(shutil.which, names):
            for standard in standards:
                yield compiler, language, standard, ["-I", PUBLIC, *WARNINGS], spelled


def internal(name):
    args = ["-D_GNU_SOURCE", "-I", PUBLIC, "-I", "runtime", "-I", "jobgen", "-isystem", LLVM]
    yield "gcc", "c", "gnu17", args, f'"{name}"'


headers = [name for name in tracked(".h") if name.startswith(("runtime/", "jobgen/"))
           and name != "runtime/visibility.h"]
tap = Tap()
with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
    for name in headers:
        tries = list(public(name) if name.startswith(PUBLIC) else internal(name))
        tap.check(f"{name} compiles alone",
                  filter(None, threads.map(lambda one: compile_alone(*one), tries)))
tap.finish()
