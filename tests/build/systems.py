#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""samples/builds with each build system, out of tree, against the installed jobgen: touching nothing
does nothing, a changed header generates anew, an error keeps the last output and fails.
Usage: systems.py BUILD_DIR SOURCE_DIR"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "policy"))
from policy import Tap  # noqa: E402

build_dir, source_dir = map(pathlib.Path, sys.argv[1:3])
tap = Tap()


class System:
    """One build system: how to configure, how to build, what it says when there is nothing to do."""

    def __init__(self, name, configure, build, idle):
        self.name, self.configure, self.build, self.idle = name, configure, build, idle


SYSTEMS = [
    System("meson", ["meson", "setup", ".", "{src}/meson"], ["ninja"], "no work to do"),
    System("meson with the snippet", ["meson", "setup", ".", "{src}/snippet"], ["ninja"],
           "no work to do"),
    System("cmake with ninja", ["cmake", "-G", "Ninja", "{src}/cmake"], ["ninja"],
           "no work to do"),
    System("cmake with make", ["cmake", "-G", "Unix Makefiles", "{src}/cmake"],
           ["make", "VERBOSE=1"], None),
    System("make", None, ["make", "-f", "{src}/make/Makefile"], "up to date"),
    System("pkg-config", None, ["{src}/pkg-config/build"], "nothing to do"),
]

SNIPPET = """project('shapes', 'c', meson_version: '>=1.0.0', default_options: ['c_std=gnu17'])
jobgen_sources = files('../src/area.c')
subdir('jobgen')
executable('shapes', '../src/main.c', '../src/area.c', dependencies: jobs_dep)
"""


def install(root):
    subprocess.run(["meson", "install", "-C", build_dir, "--no-rebuild", "--quiet"], check=True,
                   env={**os.environ, "DESTDIR": str(root)}, stdout=subprocess.DEVNULL)
    pc = next(root.rglob("jobgen.pc"))
    lines = pc.read_text().splitlines(keepends=True)
    prefix = next(line for line in lines if line.startswith("prefix="))[7:].strip()
    pc.write_text("".join(f"prefix={root}{prefix}\n" if line.startswith("prefix=") else line
                          for line in lines))
    return {**os.environ, "LC_ALL": "C", "PKG_CONFIG_PATH": str(pc.parent),
            "CMAKE_PREFIX_PATH": f"{root}{prefix}"}


class Tree:
    """A copy of samples/builds beside a build directory."""

    def __init__(self, scratch, system, environment):
        folder = scratch / system.name.replace(" ", "-")
        # Not even make's own manual knows a way with blanks.
        self.src = folder / ("builds" if system.name == "make" else "a b/\u00fc/builds")
        self.out, self.system = folder / "out", system
        self.environment, self.output = environment, ""
        shutil.copytree(source_dir / "samples/builds", self.src)
        self.out.mkdir()
        if system.name == "meson with the snippet":
            snippet = next((scratch / "root").rglob("jobgen/meson"))
            shutil.copytree(snippet, self.src / "snippet/jobgen")
            (self.src / "snippet/meson.build").write_text(SNIPPET)
        if system.configure:
            self.call(system.configure, check=True)

    def call(self, words, check=False):
        done = subprocess.run([word.replace("{src}", str(self.src)) for word in words], cwd=self.out,
                              env=self.environment, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        self.output = done.stdout
        if check and done.returncode:
            raise RuntimeError(done.stdout)
        return done.returncode

    def build(self, check=True):
        return self.call(self.system.build, check)

    def generated(self):
        return {path.name: path.read_bytes() for path in self.out.rglob("jobs.*")
                if path.suffix in (".h", ".c", ".proto")}

    def compiled(self):
        """What was generated and the compiler reads."""
        return [path for path in self.out.rglob("jobs.*") if path.suffix in (".h", ".c")]

    def stamps(self):
        return {path: path.stat().st_mtime_ns for path in self.out.rglob("*")
                if path.suffix in (".h", ".c", ".o") or path.name == "shapes"}

    def edit(self, name, old, new):
        path = self.src / "src" / name
        path.write_text(path.read_text().replace(old, new))


def steps(tree):
    tree.build()
    shown = subprocess.run(["./shapes"], cwd=tree.out, capture_output=True, text=True, check=False)
    if shown.stdout != "area 42\n":
        yield f"the program gives {shown}"
    before, stamps = tree.generated(), tree.stamps()
    tree.build()
    if tree.stamps() != stamps or (tree.system.idle or "") not in tree.output:
        yield f"nothing to do, yet: {tree.output}"
    tree.edit("shape.h", "height;", "height, depth;")
    tree.build()
    if tree.generated() == before:
        yield f"a changed header does not count: {tree.output}"
    if b"depth" not in tree.generated()["jobs.proto"]:
        yield "jobs.proto is not of the changed header"
    before = tree.generated()
    tree.build()
    stamps = tree.stamps()
    tree.build()
    if tree.stamps() != stamps:
        yield f"nothing to do after the change, yet: {tree.output}"
    for path in tree.compiled():
        path.unlink()
        if tree.build(check=False) or not path.exists():
            yield f"{path.name} is not made again: {tree.output}"
    tree.build()
    stamps = tree.stamps()
    tree.build()
    if tree.stamps() != stamps or tree.generated() != before:
        yield f"nothing to do after that, yet: {tree.output}"
    tree.edit("shape.h", "double width", "union { int i; } width")
    for _ in range(2):
        if tree.build(check=False) == 0:
            yield "an error does not fail the build"
        if "error:" not in tree.output:
            yield f"the error is not shown: {tree.output}"
        if tree.generated() != before:
            yield "an error changes the output"
    tree.edit("shape.h", "union { int i; } width", "double width")
    tree.build()
    if tree.generated() != before:
        yield "another output after the error"


with tempfile.TemporaryDirectory() as name:
    scratch = pathlib.Path(name)
    environment = install(scratch / "root")
    for system in SYSTEMS:
        try:
            found = list(steps(Tree(scratch, system, environment)))
        except RuntimeError as trouble:
            found = str(trouble).splitlines()
        tap.check(system.name, found)
tap.finish()
