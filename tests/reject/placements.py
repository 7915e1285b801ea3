#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: placements.py JOBGEN. Tags in all the places where one may write them: each makes its job
or is told; none is passed over in silence. With every libclang that is installed."""
import ctypes
import json
import os
import pathlib
import subprocess
import sys
import tempfile

JOB, NO_TAG = "job", "none"
# What becomes of the tag, and the source; the job is called f, others are not jobs.
PLACEMENTS = [
    (JOB, "/* @job */\nint f(int a) { return a; }\n"),
    (JOB, "/** @job */\nint f(int a);\n"),
    (JOB, "// @job\nint f(int a);\n"),
    (JOB, "/// @job\nint f(int a);\n"),
    (JOB, "//! @job\nint f(int a);\n"),
    (JOB, "//!< @job\nint f(int a);\n"),
    (JOB, "/*! @job */\nint f(int a);\n"),
    (JOB, "/*\n * Says more.\n *\n * @job\n */\nint f(int a);\n"),
    (JOB, "/* // @job */\nint f(int a);\n"),
    (JOB, "/* @job */ int f(int a);\n"),
    (JOB, "extern /* @job */ int f(int a);\n"),
    (JOB, "int /* @job */ f(int a);\n"),
    (JOB, "unsigned /* @job */ int f(int a);\n"),
    (JOB, "int\n// @job\nf(int a)\n{\n    return a;\n}\n"),
    (JOB, "int (/* @job */ f)(int a);\n"),
    (JOB, "/* @job */ __attribute__((noinline)) int f(int a);\n"),
    (JOB, "__attribute__((noinline)) /* @job */ int f(int a);\n"),
    (JOB, "/* @job */ [[nodiscard]] int f(int a);\n"),
    (JOB, "[[nodiscard]] /* @job */ int f(int a);\n"),
    (JOB, "/* prose */ /* @job */ int f(int a);\n"),
    (JOB, "/* @job */ /* prose */ int f(int a);\n"),
    (JOB, "/* @job */\n\n\n// prose\n\nint f(int a);\n"),
    (JOB, "/* @job */\n#define X 1\nint f(int a);\n"),
    (JOB, "/* @job */\n#include <stddef.h>\nint f(int a);\n"),
    (JOB, "/* @job */\n#pragma GCC visibility push(default)\nint f(int a);\n"),
    (JOB, "/* @job */\n#ifdef __STDC__\nint f(int a);\n#endif\n"),
    (JOB, "#ifdef __STDC__\n/* @job */\nint f(int a);\n#else\nint f(long a);\n#endif\n"),
    (JOB, "/* @job */\n#if 0\nint f(long a);\n#else\nint f(int a);\n#endif\n"),
    (JOB, "/* @job */\n#ifdef __cplusplus\nextern \"C\" {\n#endif\nint f(int a);\n"),
    (JOB, "/* @job */\nstruct p { int x; } f(int a);\n"),
    (JOB, "#define API extern\n/* @job */ API int f(int a);\n"),
    (JOB, "#define API(type) extern type\nAPI(int) /* @job */ f(int a);\n"),
    (JOB, "#define NAME f\n/* @job */\nint NAME(int a);\n"),
    (JOB, "#define WHOLE(name) int name(int a) { return a; }\n/* @job */\nWHOLE(f)\n"),
    (JOB, "#define PARAMS (int a)\n/* @job */ int f PARAMS;\n"),
    (JOB, "/* @job */ ; int f(int a);\n"),
    (JOB, "int g(int a) { return a; } /* @job */ int f(int a);\n"),
    (JOB, "int g(a) int a; { return a; }\n/* @job */\nint f(int a);\n"),
    (JOB, "/* @job */\r\nint f(int a);\r\n"),
    (JOB, "// prose\n// @job\nint f(int a);\n"),
    (JOB, "// @job \\\n(fuel = 1)\nint f(int a);\n"),
    (JOB, "\ufeff/* @job */\nint f(int a);\n"),
    (JOB, "/* @job */\nint f(int a);\n/* @job */\nint f(int a) { return a; }\n"),
    (JOB, "const char *s = \"/* @job */\";\n/* @job */\nint f(int a);\n"),
    (JOB, "char c = '\"'; /* { */\n/* @job */\nint f(int a);\n"),
    (JOB, "typedef int type(int);\n/* @job */\ntype f;\n"),
    (JOB, "int g(void) {\n#if 0\n}\n#endif\n}\n/* @job */\nint f(int a);\n"),
    (JOB, "%:define X 1\n/* @job */\nint f(int a);\n"),
    ("tag-place", "int /* @job */ f(int a), /* of no job */ v;\n"),
    ("tag-place", "int g(a) int a; /* @job */ { return a; }\nint f(int a);\n"),
    ("tag-place", "int g(a) int a;\n/* @job */\n{ return a; }\nint f(int a);\n"),
    ("tag-place", "int f /* @job */ (int a);\n"),
    ("tag-place", "int f(/* @job */ int a);\n"),
    ("tag-place", "int f(int a /* @job */);\n"),
    ("tag-place", "int f(int a) /* @job */;\nint g(int a);\n"),
    ("tag-place", "int f(int a) /* @job */ { return a; }\nint g(int a);\n"),
    ("tag-place", "int f(int a) /* @job */\n{ return a; }\nint g(int a);\n"),
    ("tag-place", "int f(int a)\n/* @job */\n{ return a; }\nint g(int a);\n"),
    ("tag-place", "int f(int a); /* @job */\nint g(int a);\n"),
    ("tag-place", "int f(int a) { return a; } /* @job */\nint g(int a);\n"),
    ("tag-place", "int f(int a) { /* @job */ return a; }\nint g(int a);\n"),
    ("tag-place", "int g(void) { /* @job */ extern int f(int a); return f(1); }\n"),
    ("tag-place", "#define X /* @job */ 1\nint f(int a);\n"),
    ("tag-place", "#define X \\\n/* @job */ \\\n1\nint f(int a);\n"),
    ("tag-place", "%:define X /* @job */ 1\nint f(int a);\n"),
    ("tag-place", "#ifdef X /* @job */\n#endif\nint f(int a);\n"),
    ("tag-place", "#include <stddef.h> /* @job */\nint f(int a);\n"),
    ("tag-place", "/* @job */\nint v;\nint f(int a);\n"),
    ("tag-place", "/* @job */\nstruct s { int x; };\nint f(int a);\n"),
    ("tag-place", "struct s { /* @job */ int x; };\nint f(int a);\n"),
    ("tag-place", "enum e { /* @job */ X };\nint f(int a);\n"),
    ("tag-place", "int v[] = { /* @job */ 1 };\nint f(int a);\n"),
    ("tag-place", "/* @job */\ntypedef int number;\nint f(int a);\n"),
    ("tag-place", "/* @job */\nenum e { X };\nint f(int a);\n"),
    ("tag-place", "/* @job */\n_Static_assert(1, \"\");\nint f(int a);\n"),
    ("tag-place", "/* @job */\nint f(int), g(int);\n"),
    ("tag-place", "int (*/* @job */ p)(int);\nint f(int a);\n"),
    ("tag-place", "int f(int a);\n/* @job */\n"),
    ("tag-place", "int f(int a);\n// @job"),
    ("tag-place", "int g(a) /* @job */ int a; { return a; }\nint f(int a);\n"),
    ("tag-skipped", "#if 0\n/* @job */\nint f(int a);\n#endif\n"),
    ("tag-skipped", "#ifdef NOWHERE\n/* @job */\nint f(int a);\n#endif\nint g(int a);\n"),
    ("tag-skipped", "#ifdef __STDC__\n#else\n/* @job */\nint f(int a);\n#endif\n"),
    (NO_TAG, "const char *s = \"/* @job */\";\nint f(int a);\n"),
    ("near-directive", "/* @jobs */\nint f(int a);\n"),
    ("near-directive", "/* Squares. @job */\nint f(int a);\n"),
    (NO_TAG, "/* Like @job, but not one. */\nint f(int a);\n"),
    (NO_TAG, "// one line \\\n@job\nint f(int a);\n"),
    (NO_TAG, "/* @\\\njob */\nint f(int a);\n"),
]
LIBRARIES = ["", "libclang-19.so.1", "libclang-22.so.1"]
jobgen = sys.argv[1]
results = []


def test(name, is_ok, trouble):
    results.append(is_ok)
    print("ok" if is_ok else "not ok", len(results), "-", name.replace("#", "%:"), flush=True)
    if not is_ok:
        print("".join(f"# {line}\n" for line in trouble.splitlines()), end="")


def run(files, *options):
    return subprocess.run([jobgen, *files, *options], capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C"})


def place_of(text):
    """Line and column of the last tag, as complaints have it."""
    raw = text.encode()
    at = raw.rindex(b"@job")
    return f"{raw.count(bytes([10]), 0, at) + 1}:{at - raw.rfind(bytes([10]), 0, at)}"


def look(library):
    names = [f"{index:02}.c" for index in range(len(PLACEMENTS))]
    for name, (_, text) in zip(names, PLACEMENTS):
        number = name[:2]
        text = text.replace("f(", f"f{number}(").replace("(f)", f"(f{number})")
        text = text.replace("WHOLE(f)", f"WHOLE(f{number})").replace("type f;", f"type f{number};")
        text = text.replace("NAME f\n", f"NAME f{number}\n").replace("f PARAMS", f"f{number} PARAMS")
        text = text.replace("f)(", f"f{number})(") if f"(f{number})" not in text else text
        pathlib.Path(name).write_bytes(text.encode())
    accepted = [name for name, (outcome, _) in zip(names, PLACEMENTS) if outcome != "tag-place"]
    done = run(accepted, "--dump-model")
    jobs = {job["file"] for job in json.loads(done.stdout)["jobs"]} if done.stdout else set()
    refused = run([name for name in names if name not in accepted], "--dump-model")
    for name, (outcome, text) in zip(names, PLACEMENTS):
        said = [line for line in (done.stderr + refused.stderr).splitlines()
                if line.startswith(name + ":")]
        expected = [] if outcome in (JOB, NO_TAG) else [
            f"{name}:{place_of(text_of(name))}: "]
        is_ok = (name in jobs) == (outcome == JOB) and len(said) == len(expected) and all(
            line.startswith(start) and f"[{outcome}]" in line
            for line, start in zip(said, expected))
        test(f"{library or 'libclang'}: {outcome}: {json.dumps(text)}", is_ok,
             "\n".join(said) + f"\n{'makes' if name in jobs else 'makes no'} job")


def text_of(name):
    return pathlib.Path(name).read_bytes().decode()


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for library in LIBRARIES:
        try:
            if library:
                ctypes.CDLL(library)
                os.environ["JOBGEN_LIBCLANG"] = library
        except OSError:
            continue
        look(library)
    os.chdir("/")
print(f"1..{len(results)}")
sys.exit(not all(results))
