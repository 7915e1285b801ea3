#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every check of the table is used by some stage of the compiler, and the table is in order."""
import re

from policy import ROOT, Tap, tracked

rows = re.findall(r'CHECK\((\w+), "([^"]+)", (?:WARNING|ERROR),', (ROOT / "jobgen/check_list.h").read_text())
names = [name for _, name in rows]
sources = "\n".join((ROOT / name).read_text() for name in tracked(".c")
                    if name.startswith("jobgen/") and name != "jobgen/check_list.c")
used = set(re.findall(r"\bCHECK_(\w+)", sources))

# A case of its own, or a run for it.
cases = "\n".join((ROOT / name).read_text() for name in tracked(".c", ".py")
                  if name.startswith(("tests/reject/", "tests/build/")))
reached = set(re.findall(r"/\* expect \S+ \w+ ([a-z0-9-]+) \*/|\[([a-z0-9-]+)\]", cases))
reached = {name for pair in reached for name in pair}

tap = Tap()
tap.check("the table is read", [] if len(rows) > 80 else [f"{len(rows)} rows"])
tap.check("each constant is its name", (c for c, n in rows if c != n.upper().replace("-", "_")))
tap.check("the table is sorted", (b for a, b in zip(names, names[1:]) if a >= b))
tap.check("each check is used", (name for constant, name in rows if constant not in used))
tap.check("each check is reached by a test", (name for name in names if name not in reached))
tap.finish()
