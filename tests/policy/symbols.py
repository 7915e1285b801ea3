#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""libjobgen exports what its headers declare, which is what libjobgen.map lists, and nothing else."""
import re
import subprocess
import sys

from policy import ROOT, Tap, tracked

shared, static = sys.argv[1:]


def visible(path, is_dynamic):
    """Names of the symbols that the file defines for others."""
    table = subprocess.run(["readelf", "-W", "--dyn-syms" if is_dynamic else "-s", path], check=True,
                           capture_output=True, text=True).stdout
    found = set()
    for line in table.splitlines():
        columns = line.split()
        if len(columns) < 8 or columns[4] not in ("GLOBAL", "WEAK") or columns[5] != "DEFAULT":
            continue
        name = columns[7].split("@")[0]
        if columns[6] not in ("UND", "ABS") and not name.startswith(("__asan", "__odr_asan")):
            found.add(name)
    return found


def declared():
    text = "".join((ROOT / name).read_text() for name in tracked(".h")
                   if name.startswith("runtime/include/"))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\bstatic inline\b.*?^\}", "", text, flags=re.DOTALL | re.MULTILINE)
    return set(re.findall(r"(?<![\w(*])\*?(jgi?_\w+)\(", text))


listed = set(re.findall(r"^\s+(jgi?_\w+);", (ROOT / "runtime/libjobgen.map").read_text(),
                        re.MULTILINE))


def compare(expected, found):
    yield from (f"missing: {name}" for name in sorted(expected - found))
    yield from (f"too much: {name}" for name in sorted(found - expected))


tap = Tap()
tap.check("libjobgen.map lists what the headers declare", compare(declared(), listed))
tap.check("libjobgen.so exports the list", compare(listed, visible(shared, True)))
tap.check("libjobgen.a shows the list", compare(listed, visible(static, False)))
tap.finish()
