#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/checks.md has a section for each check; what stands there as wrong is told in just those
words, and what stands there instead is accepted. Usage: examples.py JOBGEN [--update]

--update writes what jobgen says now into docs/checks.md: read the difference."""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "policy"))
from policy import ROOT, Tap  # noqa: E402

JOBGEN = os.path.abspath(sys.argv[1])


def table():
    done = subprocess.run([JOBGEN, "--list-checks"], check=True, capture_output=True, text=True)
    return [line.split(maxsplit=2) for line in done.stdout.splitlines()]


def sections():
    """Per check the text between its heading and the next."""
    pieces = re.split(r"^## ([a-z0-9-]+)$", (ROOT / "docs/checks.md").read_text(), flags=re.M)
    return dict(zip(pieces[1::2], pieces[2::2]))


def example(text):
    """Files, the command and the message of one half of a section."""
    files, command, message = {}, None, None
    for kind, name, body in re.findall(r"^```(\w+) ?(.*)\n((?:.*\n)*?)```$", text, flags=re.M):
        if kind == "sh":
            command = body.strip()
        elif kind == "text":
            message = body
        else:
            files[name or "example.c"] = body
    sources = " ".join(name for name in files if name.endswith(".c"))
    return files, command or f"jobgen {sources} -o gen", message


def run(files, command):
    with tempfile.TemporaryDirectory() as name:
        for path, text in files.items():
            (pathlib.Path(name) / path).write_text(text)
        quoted = re.sub(r"(^|(?<= ))jobgen ", f"'{JOBGEN}' ", command, count=1)
        return subprocess.run(["sh", "-c", quoted], cwd=name, check=False, capture_output=True,
                              text=True, env={**os.environ, "LC_ALL": "C"})


def told_by(done):
    """What was complained of, without the count."""
    return re.sub(r"^\d+ .* generated\.\n\Z", "", done.stderr, flags=re.M)


def update():
    path = ROOT / "docs/checks.md"
    whole = path.read_text()
    for text in sections().values():
        bad = text.partition("\nInstead:\n")[0]
        files, command, message = example(bad)
        if message is not None:
            told = told_by(run(files, command))
            whole = whole.replace(text, text.replace(f"```text\n{message}", f"```text\n{told}", 1))
    path.write_text(whole)


def faults(check, severity, sentence, text):
    bad, parted, cure = text.partition("\nInstead:\n")
    files, command, message = example(bad)
    if not parted or message is None or f"[{check}]" not in message:
        return [f"{check}: no example with its message and what to write instead"]
    found = []
    if not text.lstrip().startswith(f"{severity.capitalize()}: {sentence}."):
        found.append(f"{check}: does not begin with '{severity.capitalize()}: {sentence}.'")
    done = run(files, command)
    told = told_by(done)
    if told != message:
        found.append(f"{check}: {command} says\n{told}instead of\n{message}")
    if done.returncode != (1 if " error: " in message else 0):
        found.append(f"{check}: {command} ends with {done.returncode}")
    files, command, _ = example(cure)
    done = run(files, command)
    if not files or done.returncode or done.stderr:
        found.append(f"{check}: what is to be written instead says\n{done.stderr}")
    return found


def main():
    if "--update" in sys.argv:
        update()
    tap, rows, texts = Tap(), table(), sections()
    names = [name for name, _, _ in rows]
    tap.check("each check has a section in docs/checks.md",
              (name for name in names if name not in texts))
    tap.check("each section has a check", (name for name in texts if name not in names))
    tap.check("sections are sorted", [] if list(texts) == sorted(texts) else ["they are not"])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [(row[0], pool.submit(faults, *row, texts[row[0]])) for row in rows
                if row[0] in texts]
        for name, job in jobs:
            tap.check(f"the example of {name} is true", job.result())
    tap.finish()


main()
