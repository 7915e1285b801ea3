#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: same.py JOBGEN GOLDEN REJECT. What must not matter: the directory, the locale, the order of
sources, what else is in the run, what was kept of an earlier one, and which libclang reads them."""
import ctypes
import difflib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

jobgen, golden, reject = sys.argv[1], *(pathlib.Path(path) for path in sys.argv[2:4])
CASES = sorted(case for case in (golden / "cases").iterdir())
LIBRARIES = ["libclang-19.so.1", "libclang-22.so.1", "libclang-16.so.1", "libclang-15.so.1"]
# What sources may complain of because of each other: they share names; and what is not told where
# clang has found errors.
TOGETHER = {"name-taken", "record-differs", "tag-differs", "type-differs", "tagless-header",
            "declaration", "opaque-record"}
results = []


def test(name, trouble):
    results.append(trouble)
    print("not ok" if trouble else "ok", len(results), "-", name, flush=True)
    if trouble:
        print("".join(f"# {line}\n" for line in str(trouble).splitlines()[:40]), end="")


def skip(name, why):
    results.append(None)
    print("ok", len(results), "-", name, "# SKIP", why, flush=True)


def run(command, cwd=None, **environment):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "LC_ALL": "C", **environment})


def all_cases(**environment):
    """What differs from what is expected."""
    trouble = ""
    for case in CASES:
        with tempfile.TemporaryDirectory() as out:
            done = run([golden / "run_case", jobgen, case.name, out], **environment)
            compared = run(["diff", "-r", "-u", case / "expected", out])
            trouble += (done.stderr if done.returncode else "") + compared.stdout
    return trouble


def words_of(case):
    """The command line of a case: sources, and flags behind --."""
    args = case / "args"
    words = args.read_text().split() if args.exists() else sorted(
        path.name for path in case.glob("*.c"))
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at:]


def in_another_place(case):
    """The sources given in the other order, by absolute paths, from elsewhere, in another locale."""
    with tempfile.TemporaryDirectory() as name:
        place = pathlib.Path(name) / "a place" / "é"
        shutil.copytree(case, place)
        words, flags = words_of(case)
        sources = [str(place / word) if (place / word).exists() else word for word in words]
        flags = [f"-I{place / flag[2:]}" if flag.startswith("-I") else flag for flag in flags]
        done = run([jobgen, *reversed([s for s in sources if s.endswith(".c")]),
                    *[s for s in sources if not s.endswith(".c")],
                    "-o", str(place / "gen"), *flags],
                   cwd="/", LC_ALL="C.UTF-8", LANG="tr_TR.UTF-8")
        if done.returncode:
            return done.stderr
        for path in (place / "gen").glob("*.pb-c.*"):
            path.unlink()
        return run(["diff", "-r", "-u", "-x", "model.json", "-x", ".*", case / "expected",
                    place / "gen"]).stdout


def from_the_record(case):
    """What was made is gone, and what the sources gave is kept: nothing is parsed."""
    with tempfile.TemporaryDirectory() as name:
        place = pathlib.Path(name) / "place"
        shutil.copytree(case, place)
        words, flags = words_of(case)
        command = [jobgen, *words, "-o", "gen", *flags]
        first = run(command, cwd=place)
        for path in (place / "gen").glob("[!.]*"):
            path.unlink()
        again = run(command, cwd=place, LD_DEBUG="files", LD_DEBUG_OUTPUT=f"{name}/loaded")
        loaded = [path for path in pathlib.Path(name).glob("loaded.*")
                  if "libclang" in re.sub(r".*protoc.*", "", path.read_text())]
        if loaded:
            return f"libclang was loaded\n{again.stderr}"
        if first.returncode or (again.returncode, again.stderr) != (0, first.stderr):
            return f"{first.stderr}\n{again.stderr}"
        for path in (place / "gen").glob("*.pb-c.*"):
            path.unlink()
        return run(["diff", "-r", "-u", "-x", "model.json", "-x", ".*", case / "expected",
                    place / "gen"]).stdout


def model_of(sources, flags, cwd):
    done = run([jobgen, *sources, "--dump-model", *flags], cwd=cwd)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def groups_of(models):
    """Cases that share no name of a job or a struct."""
    groups = []
    for case, model in models.items():
        names = {job["name"] for job in model["jobs"]} | {
            record.get("tag") or record["record"] for record in model["records"]}
        for group in groups:
            if not names & group["names"]:
                break
        else:
            group = {"names": set(), "cases": []}
            groups.append(group)
        group["names"] |= names
        group["cases"].append(case)
    return [group["cases"] for group in groups]


def together():
    """The model of many cases in one run holds what those of single ones hold."""
    models = {case: model_of([path.name for path in sorted(case.glob("*.c"))], [], case)
              for case in CASES if not (case / "args").exists()}
    for cases in groups_of(models):
        whole = model_of([str(path) for case in cases for path in sorted(case.glob("*.c"))], [],
                         "/")
        if isinstance(whole, str):
            return whole
        jobs = {job["name"]: job for job in whole["jobs"]}
        for case in cases:
            for job in models[case]["jobs"]:
                if jobs[job["name"]] != job:
                    return f"job {job['name']} of {case.name} differs"
    return None


def complaints(sources):
    """Per file the places and names of what is complained of."""
    done = run([jobgen, *sources, "--list"], cwd=reject)
    found = {}
    for line in done.stderr.splitlines():
        match = re.match(r"([^: ]+\.c):(\d+:\d+): (?:error|warning): .*\[([a-z0-9-]+)\]$", line)
        if match and match[3] not in TOGETHER:
            found.setdefault(match[1], set()).add((match[2], match[3]))
    return found


def rejected_together():
    sources = sorted(path.name for path in reject.glob("*.c"))
    whole, trouble = complaints(sources), ""
    for source in sources:
        alone = complaints([source]).get(source, set())
        if alone != whole.get(source, set()):
            trouble += f"{source}: {sorted(alone ^ whole.get(source, set()))}\n"
    return trouble


def library():
    for name in LIBRARIES:
        try:
            ctypes.CDLL(name)
            return name
        except OSError:
            continue
    return None


for case in CASES:
    test(f"{case.name}: the same from another place, order and locale", in_another_place(case))
    test(f"{case.name}: the same from what a run has kept", from_the_record(case))
test("many cases in one run give what each gives alone", together())
test("all rejected cases in one run are told as each is alone", rejected_together())
other = library()
if other:
    test(f"{other} gives the same", all_cases(JOBGEN_LIBCLANG=other))
    sources = sorted(path.name for path in reject.glob("*.c"))
    said = [run([jobgen, *sources, "--list"], cwd=reject, **environment).stderr
            for environment in ({}, {"JOBGEN_LIBCLANG": other})]
    test(f"{other} refuses the same in the same words", "\n".join(difflib.unified_diff(
        *(text.splitlines() for text in said), lineterm="")))
else:
    skip("another libclang gives the same", "install libclang1-19 and libclang-common-19-dev")
print(f"1..{len(results)}")
sys.exit(any(results))
