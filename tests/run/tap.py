# SPDX-License-Identifier: MIT
"""Tests that are functions of a folder of their own, told as TAP."""
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback


class Failed(Exception):
    """The text says what was expected and what came."""


class Skipped(Exception):
    """The text says what this machine does not have."""


def expect(what, right, more=""):
    if what != right:
        raise Failed(f"{what!r} where {right!r} is right {more}")


def expect_in(part, text):
    if part not in text:
        raise Failed(f"{part!r} is not in {text!r}")


def attempt(one):
    """Its result, and what there is to tell."""
    with tempfile.TemporaryDirectory(prefix="jobgen-run-") as folder:
        begin = time.monotonic()
        try:
            one(pathlib.Path(folder))
        except Skipped as skipped:
            return "ok", f" # SKIP {skipped}"
        except (Failed, subprocess.TimeoutExpired) as failed:
            print(f"{one.__name__}: {failed}", file=sys.stderr, flush=True)
            return "not ok", ""
        except Exception:  # of the test, or of a peer that it plays: the others run all the same
            print(f"{one.__name__}:\n{traceback.format_exc()}", file=sys.stderr, flush=True)
            return "not ok", ""
        if "JOBGEN_TEST_TIMES" in os.environ:
            print(f"{one.__name__}: {time.monotonic() - begin:.1f} s", file=sys.stderr)
    return "ok", ""


def main(tests, words, at_once=1):
    """Runs those whose names have all the words, in this thread unless several run at once."""
    chosen = [one for one in tests if all(word in one.__name__ for word in words)]
    is_bad = False
    print(f"1..{len(chosen)}")
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        results = pool.map(attempt, chosen) if at_once > 1 else map(attempt, chosen)
        for number, (one, (result, text)) in enumerate(zip(chosen, results), 1):
            print(f"{result} {number} - {one.__name__.replace('_', ' ')}{text}", flush=True)
            is_bad |= result != "ok"
    sys.exit(is_bad)
