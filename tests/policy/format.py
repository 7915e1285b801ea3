#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The formatter has been at work: .clang-format by clang-format 14, the one of Debian 12. Sources
that are input of tests are left alone."""
import shutil
import subprocess

from policy import ROOT, Tap, tracked


def unformatted(names):
    """All in one process: its start takes longer than most files."""
    done = subprocess.run(["clang-format-14", "--dry-run", "-Werror", "--style=file", *names],
                          cwd=ROOT, capture_output=True, text=True)
    for line in done.stderr.splitlines():
        if ": error: " in line:
            yield line
    if done.returncode and ": error: " not in done.stderr:
        yield done.stderr or f"clang-format-14 ended with {done.returncode}"


def spdx(names):
    for name in names:
        with open(ROOT / name, encoding="utf-8") as file:
            if "SPDX-License-Identifier: MIT" not in file.readline() + file.readline():
                yield name


def is_input(name):
    return name.startswith("tests/") and any(part in name for part in ("/cases/", "/pairs/", "/data/"))


tap = Tap()
sources = [name for name in tracked(".c", ".h", ".cpp") if not is_input(name)]
if shutil.which("clang-format-14"):
    tap.check("sources are as clang-format leaves them", unformatted(sources))
tap.check("files open with the licence's line",
          spdx(sources + [name for name in tracked("meson.build", ".py") if not is_input(name)]))
tap.finish()
