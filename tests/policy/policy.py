# SPDX-License-Identifier: MIT
"""What the policy scripts share: the files of the tree, their includes, TAP."""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get("SOURCE_ROOT", pathlib.Path(__file__).parents[2]))
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def tracked(*suffixes):
    """Files of the tree with one of these suffixes, by git if this is a clone."""
    try:
        names = subprocess.run(["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files"], check=True,
                               capture_output=True, text=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")
                 if path.is_file() and "build" not in path.relative_to(ROOT).parts]
    return sorted(name for name in names
                  if name.endswith(suffixes) and (ROOT / name).is_file())


def includes(name):
    """Pairs of the bracket and what stands in it."""
    return _INCLUDE.findall((ROOT / name).read_text())


def resolve(name, spelled, *folders):
    """The file of the tree that an include means, or None."""
    for folder in (pathlib.Path(name).parent, *map(pathlib.Path, folders)):
        path = pathlib.Path(os.path.normpath(folder / spelled))
        if (ROOT / path).is_file():
            return str(path)
    return None


class Tap:
    """One line per rule; what breaks it is listed below."""

    def __init__(self):
        self.count = self.bad = 0

    def check(self, rule, offenders):
        self.count += 1
        offenders = list(offenders)
        print(f"{'not ok' if offenders else 'ok'} {self.count} - {rule}")
        for offender in offenders:
            print(f"# {offender}", flush=True)
            print(offender, file=sys.stderr)  # meson shows it
        self.bad += bool(offenders)

    def finish(self):
        print(f"1..{self.count}")
        raise SystemExit(1 if self.bad else 0)
