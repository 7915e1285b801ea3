#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: compile.py JOBGEN. Generated headers in all C and C++ that users may have, generated
sources with all warnings that they may turn on."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/compile"
RUNTIME = ROOT / "runtime/include"
CASES = ROOT / "tests/golden/cases"
# An over-aligned struct by value draws a note of gcc about its ABI, which is no warning.
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror", "-Wno-psabi"]
C = [(c, "c", standard) for c in ("gcc", "clang", "clang-14")
     for standard in ("c99", "c17", "c2x")]
CPP = [(c, "c++", standard) for c in ("g++", "clang++", "clang++-14")
       for standard in ("c++11", "c++17")]
jobgen = sys.argv[1]
checks = []


def usable(compilers):
    """clang is compiled with once, whatever it is called."""
    found = {}
    for compiler, language, standard in compilers:
        path = shutil.which(compiler)
        if path:
            found.setdefault((os.path.realpath(path), language, standard), compiler)
    return [(compiler, key[1], key[2]) for key, compiler in found.items()]


def compile_one(compiler, language, standard, source, folders):
    command = [compiler, "-x", language, f"-std={standard}", "-fsyntax-only", *WARNINGS,
               *(f"-I{folder}" for folder in folders), source]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stderr if done.returncode or done.stderr.strip() else None


def check(name, *args):
    checks.append((name, args))


def generate(sources, out, cwd):
    subprocess.run([jobgen, *sources, "-o", str(out)], cwd=cwd, check=True,
                   env={**os.environ, "LC_ALL": "C"})


def uses(out):
    for compiler in usable(C + CPP):
        name = f"{compiler[0]} -std={compiler[2]}"
        check(f"uses, {name}, the header that is documented", *compiler, HERE / "uses.c",
              [HERE / "data/contract"])
        check(f"uses, {name}, the header that is made", *compiler, HERE / "uses.c", [out, RUNTIME])


def golden(case, scratch):
    work, out = scratch / case.name, scratch / f"{case.name}.out"
    shutil.copytree(case, work)
    args = work / "args"
    words = shlex.split(args.read_text()) if args.exists() else sorted(
        path.name for path in work.glob("*.c"))
    at = words.index("--") if "--" in words else len(words)
    words[at:at] = ["-o", str(work / "gen")]
    subprocess.run([jobgen, *words], cwd=work, check=True)
    shutil.move(work / "gen", out)
    folders = [out, RUNTIME, work, work / "include"]
    for header in out.glob("*.h"):
        if not header.name.endswith(".pb-c.h"):
            for compiler in usable(C + CPP):
                check(f"{case.name}/{header.name}, {compiler[0]} -std={compiler[2]}", *compiler,
                      header, folders)
    for source in out.glob("*.c"):
        if not source.name.endswith(".pb-c.c"):
            for compiler, language, _ in usable([c for c in C if c[2] == "c17"]):
                for standard in ("gnu17", "c17", "gnu2x"):
                    check(f"{case.name}/{source.name}, {compiler} -std={standard}", compiler,
                          language, standard, source, folders)


def same_names(scratch):
    """Structs without a tag that have the name of what generated code declares, whatever it is."""
    words = set()
    for source in CASES.glob("*/expected/jobs.[ch]"):
        words.update(re.findall(r"[\w*] \**([a-z]+)(?=[,;)\[]| =)", source.read_text()))
    words = sorted(words - {"char", "int", "long", "struct", "virtual"} | {"ret_value"})
    work = scratch / "same-names"
    work.mkdir()
    (work / "types.h").write_text("".join(
        f"typedef struct {{ int n; double v[3]; }} {word};\n" for word in words))
    (work / "names.c").write_text('#include "types.h"\n#include "jobs.h"\n' + "".join(f"""
/* @job */
{word} same_by_value_{i}({word} x1, const {word} *x2, int x3);
/* @job
 * @in {word}[n1]
 * @out copies1[n1]
 */
int same_arrays_{i}(int n1, {word} *copies1, const {word} *{word});
/* @job
 * @out return[n1] owned
 */
{word} *same_owned_{i}(int n1);
struct same_holder_{i} {{
    {word} {word}, *others1;
    {word} rows1[2];
}};
/* @job
 * @in x1->others1[2]
 */
int same_member_{i}(struct same_holder_{i} *x1);
""" for i, word in enumerate(words)))
    generate(["names.c"], work, work)
    for compiler in usable(C + CPP):
        check(f"same names/jobs.h, {compiler[0]} -std={compiler[2]}", *compiler, work / "jobs.h",
              [work, RUNTIME])
    for compiler, language, _ in usable([c for c in C if c[2] == "c17"]):
        check(f"same names/jobs.c, {compiler}", compiler, language, "gnu17", work / "jobs.c",
              [work, RUNTIME])


with tempfile.TemporaryDirectory() as name:
    scratch = pathlib.Path(name)
    generate(["example.c"], scratch / "example.gen", CASES / "example")
    uses(scratch / "example.gen")
    for case in sorted(CASES.iterdir()):
        golden(case, scratch)
    same_names(scratch)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
        outcomes = list(threads.map(lambda one: compile_one(*one[1]), checks))
print(f"1..{len(checks)}")
for number, ((name, _), trouble) in enumerate(zip(checks, outcomes), 1):
    print("not ok" if trouble else "ok", number, "-", name.replace("#", ""))
    if trouble:
        print("".join(f"# {line}\n" for line in trouble.splitlines()[:20]), end="")
sys.exit(any(outcomes))
