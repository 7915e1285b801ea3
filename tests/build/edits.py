#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random edits of a set of sources with shared headers: after each of them a run gives, to the byte, what it
gives where nothing was before, complaints and depfile too.

Usage: edits.py JOBGEN [SEED [STEPS]]"""
import copy
import json
import random
import shutil
import sys

from project import Project, tap

SYSTEM = ["stdint.h", "stddef.h", "string.h", "stdio.h", "errno.h", "stdbool.h"]
SCALARS = ["int", "long", "double", "unsigned char", "uint8_t", "size_t", "bool", "T", "enum mood", "intptr_t"]
SHAPES = ["struct point p", "struct point *p", "const struct point *p", "const double *v, size_t n", "rec r",
          "const rec *r", "double v[N]", "size_t n, double v[n]", "struct line l", "const char *s",
          "struct sized *z", "const struct sized *z", "struct own o", "double m[2][N]", "float _Complex c"]
DESCRIBED = {"const double *v, size_t n": "@in v[n]", "const char *s": "@in s string optional"}
OPTIONS = ["", "(fuel = 3)", "(memory = 5M)", "(timeout = 2)", "(reuse)", "(fanout = random)", "(retries = 2)",
           "(read = \"/etc\")"]
BODIES = ["return 0;", "return 1;", "static int n; return n++;", "exit(3);", "return helper();"]
EXTRAS = ["", "static int helper(void) { return counter++; }\nstatic int counter;\n",
          "/* jobgen: no-warn nothing */\n", "#if 0\n/* @job */\nint gone(int a);\n#endif\n",
          "/* @in a */\nint forgotten(int a);\n", "int job7_local;\n", "#define job8_remote 1\n",
          "struct own { long a; };\n", "static @_job *handle;\n", "static struct @_args args[2];\n"]
HEADERS = {
    "h/base.h": ["typedef int T;\nenum mood { GOOD, BAD };\n", "typedef long T;\nenum mood { GOOD, BAD = -1 };\n",
                 "typedef unsigned char T;\nenum mood { GOOD = 1 };\n"],
    "h/point.h": ["struct point { int x, y; };\n", "struct point { long x; T y; };\n",
                  "struct point { T x : 4; };\n", "struct point { struct { T x; }; double z[N]; };\n",
                  "struct __attribute__((packed)) point { char c; double d; };\n", "struct point {\n"],
    "h/line.h": ["struct line { struct point a, b; };\n",
                 "struct line { struct point a[N]; enum mood m; };\n", "struct line;\n"],
    "h/sized.h": ["/* @field data[n] */\nstruct sized { T *data; size_t n; };\n",
                  "/* @field data[n * 2] */\nstruct sized { T *data; size_t n; };\n",
                  "/* @field data[n + GOOD]\n * @field s string */\nstruct sized { double *data; int n; char *s; };\n"],
    "h/rec.h": ["typedef struct { int a; double b; } rec;\n", "typedef struct { struct point p; } rec;\n",
                "typedef struct { char name[N]; } rec;\n"],
    "h/tagged.h": ["/* @job */\nint from_header(T a);\n",
                   "/* @job(fuel = 9)\n * Prose. */\nint from_header(struct point p);\n",
                   "/* @job */\nint from_header(T a);\n/* @job */\ndouble also(enum mood m);\n", "int nothing;\n"],
}
GUARDED = {"h/point.h": ["base.h"], "h/line.h": ["point.h"], "h/sized.h": ["base.h"], "h/rec.h": ["point.h"],
           "h/tagged.h": ["point.h", "base.h"], "h/base.h": []}
HIDING = "h2/base.h"
FLAGS = [["-Ih", "-DN=3"], ["-I", "h", "-DN=3"], ["-Ih", "-DN=4"], ["-Ih2", "-Ih", "-DN=3"],
         ["-iquote", "h", "-Ih", "-DN=3", "-Wall"]]


class Source:
    """What one file says."""

    def __init__(self, rng, number):
        self.system = rng.sample(SYSTEM, rng.randrange(len(SYSTEM)))
        self.headers = sorted(HEADERS)
        self.is_quoted = rng.random() < 0.7
        self.extra = ""
        self.jobs = [[f"job{number}", *self.shape(rng)]]
        if rng.random() < 0.5:
            self.jobs.append([f"more{number}", *self.shape(rng)])

    @staticmethod
    def shape(rng):
        parameters = rng.choice(SHAPES) if rng.random() < 0.6 else f"{rng.choice(SCALARS)} a"
        return [parameters, "", "return 0;"]

    def text(self):
        lines = [f"#include <{name}>" for name in ["stdint.h", "stddef.h", "stdbool.h", *self.system]]
        lines += ['#include "jobs.h"']
        for name in self.headers:
            name = name.removeprefix("h/")
            lines.append(f'#include "../h/{name}"' if self.is_quoted else f"#include <{name}>")
        if any("own" in job[1] for job in self.jobs) and "own" not in self.extra:
            lines.append("struct own { int a, b; };")
        lines += [self.extra.replace("@", self.jobs[0][0])]
        for name, parameters, option, body in self.jobs:
            described = DESCRIBED.get(parameters)
            lines += [f"/* @job{option}" + (f"\n * {described}" if described else "") + " */",
                      f"int {name}({parameters})\n{{\n    {body}\n}}"]
        return "\n".join(lines) + "\n"


class Edits:
    """A project, and what may be done to it."""

    def __init__(self, made, rng):
        self.made, self.rng = made, rng
        self.flags, self.options = FLAGS[0], []
        self.own_flags = {}  # by file, with a database
        self.has_database = rng.random() < 0.5
        self.chosen = dict.fromkeys(HEADERS, 0)
        self.number = 0
        self.sources = {}
        for _ in range(6):
            self.add()
        (made.root / "h2").mkdir()
        for name in HEADERS:
            self.write_header(name)
        self.order = sorted(self.sources)
        self.good()

    def write_header(self, name):
        includes = "".join(f'#include "{other}"\n' for other in GUARDED[name])
        guard = name[2:-2].upper() + "_H"
        text = HEADERS[name][self.chosen[name]]
        self.made.write(name, f"#ifndef {guard}\n#define {guard}\n#include <stddef.h>\n{includes}{text}#endif\n")

    def add(self):
        self.number += 1
        name = f"src/f{self.number}.c"
        self.sources[name] = Source(self.rng, self.number)
        self.made.write(name, self.sources[name].text())
        self.order = [*self.sources]
        return name

    def drop(self):
        if len(self.sources) > 2:
            name = self.any()
            del self.sources[name]
            (self.made.root / name).unlink()
            self.order.remove(name)

    def any(self):
        return self.rng.choice(sorted(self.sources))

    def edit_source(self):
        name, rng = self.any(), self.rng
        source = self.sources[name]
        job = rng.choice(source.jobs)
        kind = rng.randrange(8)
        if kind <= 1:
            job[1] = Source.shape(rng)[0]
        elif kind == 2:
            job[2] = rng.choice(OPTIONS)
        elif kind == 3:
            job[3] = rng.choice(BODIES)
        elif kind == 4:
            source.extra = rng.choice(EXTRAS)
        elif kind == 5:
            source.jobs = source.jobs[:1] if len(source.jobs) > 1 else source.jobs + [
                [f"new{self.number}_{rng.randrange(100)}", *Source.shape(rng)]]
        elif kind == 6:
            source.headers = sorted(rng.sample(sorted(HEADERS), rng.randrange(1, len(HEADERS) + 1)))
        else:
            source.is_quoted = not source.is_quoted
        self.made.write(name, source.text())
        return f"{name} {kind}"

    def edit_header(self):
        name = self.rng.choice(sorted(HEADERS))
        # Broken C is the last form, and rare.
        self.chosen[name] = self.rng.randrange(len(HEADERS[name]))
        if name == "h/point.h" and self.rng.random() < 0.8:
            self.chosen[name] = min(self.chosen[name], len(HEADERS[name]) - 2)
        self.write_header(name)
        return name

    def hide(self):
        path = self.made.root / HIDING
        if path.exists():
            path.unlink()
        else:
            path.write_text("#ifndef BASE_H\n#define BASE_H\ntypedef short T;\nenum mood { GOOD, BAD };\n#endif\n")

    def rename(self):
        name = self.any()
        self.number += 1
        new = f"src/{self.rng.choice('agz')}{self.number}.c"
        self.sources[new] = self.sources.pop(name)
        (self.made.root / name).rename(self.made.root / new)
        self.order = [new if one == name else one for one in self.order]

    def spoil_output(self):
        files = sorted(path for path in (self.made.root / "gen").glob("*") if path.suffix in (".c", ".h", ".proto"))
        if files:
            path = self.rng.choice(files)
            if self.rng.random() < 0.5:
                path.unlink()
            else:
                path.write_text("int edited;\n")

    def spoil_record(self):
        path = self.made.root / "gen/.jobs.inputs"
        if not path.exists():
            return
        data = bytearray(path.read_bytes())
        if self.rng.random() < 0.3:
            data = data[:self.rng.randrange(len(data) + 1)]
        else:
            for _ in range(self.rng.randrange(1, 4)):
                data[self.rng.randrange(len(data))] ^= 1 << self.rng.randrange(8)
        path.write_bytes(bytes(data))

    def step(self):
        rng = self.rng
        kinds = [(self.edit_source, 10), (self.edit_header, 4), (self.add, 1), (self.drop, 1), (self.hide, 1),
                 (self.rename, 1), (self.spoil_output, 1), (self.spoil_record, 1),
                 (lambda: rng.shuffle(self.order), 1),
                 (self.edit_flags, 1 if self.has_database else 0.5),
                 (lambda: setattr(self, "options", rng.choice([[], ["--default", "fuel=2"], ["-j", "3"],
                                                               ["--no-warn", "static-local"]])), 0.7)]
        done = []
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            change = rng.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
            done.append(f"{getattr(change, '__name__', '')} {change() or ''}")
        return ", ".join(done)

    def edit_flags(self):
        if self.has_database:
            self.own_flags[self.any()] = self.rng.choice(FLAGS)
        else:
            self.flags = self.rng.choice(FLAGS)

    def write_database(self):
        root = str(self.made.root)
        entries = [{"directory": root, "file": name, "arguments": [
            "cc", *self.own_flags.get(name, FLAGS[0]), "-c", name]} for name in sorted(self.sources)]
        self.made.write("build/compile_commands.json", json.dumps(entries))

    def good(self):
        """The state that a run liked."""
        self.kept = copy.deepcopy((self.sources, self.order, self.chosen, self.flags, self.options))

    def back(self):
        """To that state."""
        if (self.made.root / HIDING).exists():
            self.hide()
        self.sources, self.order, self.chosen, self.flags, self.options = copy.deepcopy(self.kept)
        shutil.rmtree(self.made.root / "src")
        for name, source in self.sources.items():
            self.made.write(name, source.text())
        for name in HEADERS:
            self.write_header(name)
        return "back"

    def words(self):
        words = [*self.options, "--depfile", "gen.d", *self.order, "-o", "gen"]
        if not self.has_database:
            return [*words, "--", *self.flags]
        self.write_database()
        return [*words, "-p", "build"]


def compare(edits):
    made, words = edits.made, edits.words()
    done = made.run(*words)
    expected = made.fresh(*["fresh.d" if word == "gen.d" else word for word in words])
    said = made.run(*["again" if word == "gen" else "again.d" if word == "gen.d" else word for word in words])
    shutil.rmtree(made.root / "again", ignore_errors=True)
    troubles = []
    if said.stderr != done.stderr or said.returncode != done.returncode:
        troubles.append(f"it said {done.returncode} {done.stderr}\ninstead of {said.returncode} {said.stderr}")
    if done.returncode == 0:
        if made.content() != expected:
            names = [name for name in {*made.content(), *expected} if made.content().get(name) != expected.get(name)]
            troubles.append(f"other {names}")
        depfiles = [(made.root / name).read_text() for name in ("gen.d", "fresh.d")]
        if depfiles[0].replace("gen/", "fresh/", 1) != depfiles[1]:
            troubles.append("another depfile")
        again = made.run(*words)
        if again.has_parsed:  # what was written just before a run gives its record up
            again = made.run(*words)
        if again.has_parsed:
            troubles.append("libclang is loaded where nothing has changed")
        if again.stderr != done.stderr or made.content() != expected:
            troubles.append("another run differs")
    return troubles, done


def edit(seed, steps):
    """The first step that goes wrong is told; how many runs were good."""
    with Project() as made:
        edits = Edits(made, random.Random(seed))
        history, good, short = ["nothing"], 0, 0
        for _ in range(steps):
            troubles, done = compare(edits)
            good += done.returncode == 0
            short += done.returncode == 0 and not done.has_parsed
            if troubles:
                tap.check(f"edits of seed {seed}", [f"after {history[-3:]}", *troubles])
                return
            if done.returncode == 0:
                edits.good()
            is_back = done.returncode and edits.rng.random() < 0.6
            history.append(edits.back() if is_back else edits.step())
        tap.check(f"edits of seed {seed}: {steps} runs, {good} good ones, {short} without libclang",
                  [] if good > steps / 4 else ["too few are good"])


if len(sys.argv) > 3 or (len(sys.argv) > 2 and sys.argv[2].isdigit()):
    edit(int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 200)
else:
    for first in (1, 2, 3):
        edit(first, 12)
tap.finish()
