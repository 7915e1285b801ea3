# SPDX-License-Identifier: MIT
"""A project in a folder of its own, and jobgen run on it."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "policy"))
from policy import Tap  # noqa: E402

JOBGEN = str(pathlib.Path(sys.argv[1]).resolve())
tap = Tap()


class Project:
    """Sources are written by write(); run() gives what jobgen did."""

    def __init__(self, **files):
        self.scratch = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.scratch.name) / "project"
        self.root.mkdir()
        for name, text in files.items():
            self.write(name.replace("__", "/") + ".c", text)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.scratch.cleanup()

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run(self, *words, cwd=None, program=JOBGEN, **environment):
        """The process ended; `has_parsed` tells whether it opened libclang."""
        log = self.root.parent / "loaded"
        for old in log.parent.glob("loaded.*"):
            old.unlink()
        done = subprocess.run([program, *words], cwd=cwd or self.root, capture_output=True, text=True,
                              env={**os.environ, "LC_ALL": "C", "LD_DEBUG": "files",
                                   "LD_DEBUG_OUTPUT": str(log), **environment})
        text = "".join(old.read_text() for old in log.parent.glob("loaded.*"))
        done.has_parsed = "libclang" in re.sub(r".*protoc.*", "", text)
        return done

    def stamps(self, folder="gen"):
        return {path.name: (path.stat().st_mtime_ns, path.stat().st_ino)
                for path in (self.root / folder).iterdir()}

    def content(self, folder="gen"):
        return {path.name: path.read_bytes() for path in (self.root / folder).iterdir()
                if not path.name.startswith(".")}

    def fresh(self, *words, cwd=None, **environment):
        """What the same words give where nothing was before."""
        shutil.rmtree(self.root / "fresh", ignore_errors=True)
        words = ["fresh" if word == "gen" else word for word in words]
        done = self.run(*words, cwd=cwd, **environment)
        if done.returncode:
            return done.stderr
        return self.content("fresh")


def job(name, parameters="int a", comment="@job"):
    return f'#include "jobs.h"\n/* {comment} */\nint {name}({parameters})\n{{\n    return 0;\n}}\n'
