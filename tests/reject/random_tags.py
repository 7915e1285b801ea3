#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: random_tags.py JOBGEN [COUNT [SEED]]. Headers of the system as sources, with tags put in at
random: jobgen must end with 0 or 1, say why, and leave nothing when it refuses. COUNT of them; 0, all
that there are. The seed is printed; the same seed gives the same sources."""
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

SECONDS_MOST = 120 # none takes a second; a hang is one that does not end
# Nothing of it is C.
LEFT_OUT = ("/c++/",)
TAGS = ["/* @job */", "// @job\n", "/* @job(timeout_ms = 5) */", "/* @job\n * @in a[n]\n */",
        "/* @job\n * @out return[n] owned\n */", "/* @job\n @inout p[1] @in s string */"]
jobgen = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else 40
seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 32)


def all_headers():
    return sorted(str(path) for path in pathlib.Path("/usr/include").rglob("*.h")
                  if not any(part in str(path) for part in LEFT_OUT))


def with_tags(text, chance):
    """Tags before what looks like a declaration, at other lines, or anywhere."""
    likely = [match.start() for match in re.finditer(rb"^[A-Za-z_][^\n;={}#]*\(", text, re.M)]
    lines = [0] + [match.end() for match in re.finditer(rb"\n", text)]
    places = []
    for _ in range(chance.randint(1, 6)):
        kind = chance.random()
        if kind < 0.7 and likely:
            places.append(chance.choice(likely))
        elif kind < 0.9:
            places.append(chance.choice(lines))
        else:
            places.append(chance.randint(0, len(text)))
    for place in sorted(places, reverse=True):
        text = text[:place] + b"\n" + chance.choice(TAGS).encode() + b"\n" + text[place:]
    return text


def look(header):
    """What is wrong with how jobgen ends; None: nothing."""
    chance = random.Random(f"{seed} {header}")
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        source = place / "source.c"
        source.write_bytes(with_tags(pathlib.Path(header).read_bytes(), chance))
        try:
            done = subprocess.run(
                [jobgen, str(source), "-o", str(place / "out"), "--", "-I",
                 os.path.dirname(header)], capture_output=True, timeout=SECONDS_MOST)
        except subprocess.TimeoutExpired:
            return "does not end"
        if done.returncode not in (0, 1):
            return f"ends with {done.returncode}\n{done.stderr.decode(errors='replace')[-2000:]}"
        said = done.stderr.decode(errors="replace")
        if done.returncode == 1 and not re.search(r"error: ", said):
            return f"refuses without a word: {said}"
        if done.returncode == 1 and (place / "out").exists():
            return "refuses and leaves files"
        return check_output(place / "out") if done.returncode == 0 else None


def check_output(out):
    """What is accepted compiles, unless the header itself does not go together with itself."""
    if not (out / "jobs.h").exists():
        return None
    runtime = pathlib.Path(__file__).resolve().parents[2] / "runtime/include"
    done = subprocess.run(["cc", "-fsyntax-only", "-w", f"-I{runtime}", f"-I{out}",
                           str(out / "jobs.c")], capture_output=True, text=True)
    return f"what is made does not compile\n{done.stderr[:2000]}" if done.returncode else None


print(f"# seed {seed}")
headers = all_headers()
if count:
    headers = sorted(random.Random(seed).sample(headers, min(count, len(headers))))
with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
    failed = False
    for number, (header, trouble) in enumerate(zip(headers, threads.map(look, headers)), 1):
        failed |= trouble is not None
        print("not ok" if trouble else "ok", number, "-", header.replace("#", ""), flush=True)
        if trouble:
            print("".join(f"# {line}\n" for line in trouble.splitlines()), end="")
print(f"1..{len(headers)}")
sys.exit(failed)
