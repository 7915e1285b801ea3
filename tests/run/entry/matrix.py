#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: matrix.py JOBGEN LIBDIR INCLUDEDIR. The program of whole/ is built in every way that users
build and link; whichever way, its jobs find the program set up whole, and main is not entered."""
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

HERE = pathlib.Path(__file__).resolve().parent / "whole"
JOBGEN, LIBDIR, INCLUDE = sys.argv[1:4]
OURS = ["wholes.c", "wholes.pb-c.c", "others.c", "others.pb-c.c", "whole.c", "other.c"]
PARTS = {"c": ["part_a.c", "part_b.c"], "c++": ["part_a.cpp", "part_b.cpp"]}
DRIVER = {"gcc": "g++", "clang-14": "clang++-14"}
NNG = ["-l:libnng.a", "-l:libmbedtls.a", "-l:libmbedx509.a", "-l:libmbedcrypto.a"]
# Names of hosts are looked up by the C library's own libraries, and libcrypto is not used: as the
# linker says.
STATIC_NOTE = r"'(getaddrinfo|dlopen)' in statically linked|: in function `"
RIGHT = "whole: 0 3, other: 0 42\n"
cases = []


class Failed(Exception):
    """A compiler, linker or program did not do its part; the text says how."""


def run(*command, env=None, stderr=subprocess.PIPE):
    done = subprocess.run([str(word) for word in command], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=stderr, timeout=100,
                          env={**os.environ, "JOBGEN_LOG": "error", **(env or {})})
    is_static = any(str(word).startswith("-static") for word in command)
    complaints = [line for line in (done.stderr or "").splitlines()
                  if not (is_static and re.search(STATIC_NOTE, line))]
    if done.returncode != 0 or complaints:
        raise Failed(f"{' '.join(map(str, command))}: exit code {done.returncode}\n"
                     f"{done.stdout}{done.stderr or ''}")
    return done.stdout


@lru_cache(maxsize=None)
def protobuf_c():
    path = run("gcc", "-print-file-name=libprotobuf-c.a").strip()
    return [path] if os.path.isabs(path) else ["-lprotobuf-c"]


def has(tool):
    return shutil.which(tool) is not None


class Object:
    """What several cases link; the first one makes it."""

    def __init__(self, path):
        self.path, self.lock = path, threading.Lock()

    def make(self, *words):
        with self.lock:
            if not self.path.exists():
                run(*words, "-o", self.path)


objects, objects_lock = {}, threading.Lock()


class Build:
    """One program in a folder of its own."""

    def __init__(self, scratch, cc="gcc", flags=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=scratch))
        self.generated = scratch / "generated"
        self.cc, self.flags = cc, ["-g", "-O1", *flags]

    def compile(self, name, *more):
        """Once for all cases with these words; what is counted belongs to one of them."""
        source = self.generated / name
        if not source.exists():
            source = HERE / name
        cc = DRIVER[self.cc] if name.endswith(".cpp") else self.cc
        words = [*self.flags, *more, "-Wall", "-Wextra", f"-I{HERE}", f"-I{self.generated}",
                 f"-I{INCLUDE}", "-c", source]
        words = [word for word in words if word != "-static"]  # for linkers
        if "--coverage" in words:
            run(cc, *words, "-o", self.folder / (name + ".o"))
            return self.folder / (name + ".o")
        with objects_lock:
            key = (cc, *map(str, words))
            one = objects.setdefault(key, Object(self.generated.parent / f"{len(objects)}.o"))
        one.make(cc, *words)
        return one.path

    def link(self, out, *words, language="c"):
        run(DRIVER[self.cc] if language == "c++" else self.cc, *self.flags, *words, "-o",
            self.folder / out)
        return self.folder / out


def archive(is_library=False):
    """Debian's archives cannot be part of a library, they are not position-independent."""
    if is_library:
        return [f"{LIBDIR}/libjobgen.a", "-lprotobuf-c", "-lnng", "-lmbedcrypto", "-pthread"]
    return [f"{LIBDIR}/libjobgen.a", *protobuf_c(), *NNG, "-pthread"]


def shared(is_library=False):
    return [f"-L{LIBDIR}", f"-Wl,-rpath,{LIBDIR}", "-ljobgen", *archive(is_library)[1:]]


def expect(output, right=RIGHT):
    if output != right:
        raise Failed(f"printed {output!r}, not {right!r}")


def program(scratch, cc="gcc", language="c", flags=(), order="middle", link=(), libraries=archive,
            wrapper=(), env=None, right=RIGHT):
    """All in the executable; `order`: where our objects stand among the others."""
    build = Build(scratch, cc, flags)
    ours = [build.compile(name) for name in OURS]
    parts = [build.compile(name) for name in PARTS[language]]
    main = build.compile("main.c")
    objects = {"first": [*ours, *parts, main], "middle": [parts[0], *ours, parts[1], main],
               "last": [main, *parts, *ours]}[order]
    exe = build.link("whole", *objects, *link, *libraries(), language=language)
    expect(run(*wrapper, exe, env=env), right)
    return build, exe


def in_library(scratch, cc="gcc", flags=(), link=(), libraries=archive, is_split=False):
    """The jobs in a library that is linked; is_split: the other NAME's in the executable."""
    build = Build(scratch, cc, flags)
    pic = [build.compile(name, "-fPIC") for name in (OURS if not is_split else
                                                     ["wholes.c", "wholes.pb-c.c", "whole.c"])]
    build.link("libwhole.so", "-shared", *pic, *link, *libraries(True))
    own = [build.compile(name) for name in ["part_a.c", "part_b.c", "main.c"]]
    if is_split:
        own += [build.compile(name) for name in ["others.c", "others.pb-c.c", "other.c"]]
    exe = build.link("whole", *own, *link, f"-L{build.folder}", "-lwhole",
                     f"-Wl,-rpath,{build.folder}", *(libraries(True) if is_split else []))
    expect(run(exe))


def unresolved(scratch):
    """A library calls a function that is nowhere, were it ever called: no start resolves all."""
    build = Build(scratch)
    (build.folder / "lacking.c").write_text(
        "void nowhere(void);\nvoid lacking(int is_called);\n"
        "void lacking(int is_called)\n{\n    if (is_called) nowhere();\n}\n")
    lazy = ["-Wl,-z,lazy"]
    build.link("liblacking.so", "-shared", "-fPIC", *lazy, build.folder / "lacking.c")
    objects = [build.compile(name) for name in [*OURS, "part_a.c", "part_b.c", "main.c"]]
    exe = build.link("whole", *objects, *lazy, "-Wl,--no-as-needed,--allow-shlib-undefined",
                     f"-L{build.folder}", "-llacking", f"-Wl,-rpath,{build.folder}", *archive())
    expect(run(exe))


def opened(scratch, libraries):
    """The jobs in a library opened with dlopen: refused, and main is not entered again."""
    build = Build(scratch)
    pic = [build.compile(name, "-fPIC") for name in [*OURS, "call.c"]]
    library = build.link("libwhole.so", "-shared", *pic, *libraries(True))
    exe = build.link("opens", build.compile("opens.c"), "-ldl")
    done = subprocess.run([exe, library], text=True, capture_output=True, timeout=100,
                          env={**os.environ, "JOBGEN_LOG": "off"})
    expect(done.stdout + done.stderr, "call: 13\nmain\n")


def coverage(scratch, cc, flags, read):
    """What a job ran is in the counts that its worker leaves behind."""
    where = {"LLVM_PROFILE_FILE": "default-%p.profraw"}
    build = Build(scratch, cc, flags)
    objects = [build.compile(name) for name in [*OURS, "part_a.c", "part_b.c", "main.c"]]
    exe = build.link("whole", *objects, *archive())
    where["LLVM_PROFILE_FILE"] = str(build.folder / "%p.profraw")
    expect(run(exe, env=where))
    found = read(build, exe)
    if "whole" not in found:
        raise Failed(f"not counted: {found}")


def read_gcov(build, exe):
    text = subprocess.run(["gcov", "-t", "-o", build.folder, build.folder / "whole.c.gcda"],
                          capture_output=True, text=True, cwd=build.folder).stdout
    return "whole" if any(line.split(":")[0].strip().isdigit() and "return noted" in line
                          for line in text.splitlines()) else text


def case(name, function, *args, needs=(), **more):
    cases.append((name, needs, lambda scratch: function(scratch, *args, **more)))


def list_cases():
    orders = ("first", "middle", "last")
    for cc, language, order, (how, flags) in itertools.product(
            ("gcc", "clang-14"), ("c", "c++"), orders,
            (("plain", []), ("LTO", ["-flto"]), ("static", ["-static"]),
             ("static, LTO", ["-flto", "-static"]))):
        if cc == "gcc" or order == "middle" or language == "c++":
            lld = ["-fuse-ld=lld"] if cc != "gcc" and "-flto" in flags else []
            case(f"{cc}, {language}, {how}, our objects {order}", program, cc=cc,
                 language=language, order=order, flags=[*flags], link=lld,
                 needs=["ld.lld"] if lld else [])
    sections = ["-ffunction-sections", "-fdata-sections"]
    for cc, linker in itertools.product(("gcc", "clang-14"), ("bfd", "gold", "lld", "mold")):
        needs = [f"ld.{linker}" if linker != "mold" else "mold"]
        use = [f"-fuse-ld={linker}"]
        for name, words in (("", []), (", sections collected", ["-Wl,--gc-sections"]),
                            (", sections folded", ["-Wl,--gc-sections", "-Wl,--icf=all"])):
            if linker == "bfd" and "folded" in name:
                continue
            case(f"{cc}, {linker}{name}", program, cc=cc, language="c++", flags=sections,
                 link=[*use, *words], needs=needs)
        case(f"{cc}, {linker}, in a library", in_library, cc=cc, link=use, needs=needs)
        case(f"{cc}, {linker}, in a library and in the program", in_library, cc=cc, link=use,
             is_split=True, needs=needs)
    for name, flags in (("not PIE", ["-no-pie", "-fno-pie"]), ("PIE", ["-pie", "-fPIE"]),
                        ("static PIE", ["-static-pie", "-fPIE"]), ("PIC", ["-fPIC"]),
                        ("PIC, static", ["-fPIC", "-static"]), ("-O3", ["-O3"]), ("-pg", ["-pg"]),
                        ("hidden symbols", ["-fvisibility=hidden"]),
                        ("stack protector, fortified",
                         ["-fstack-protector-all", "-O2", "-D_FORTIFY_SOURCE=2"])):
        case(f"gcc, {name}", program, flags=flags)
    for libraries in (archive, shared):
        case(f"libjobgen {libraries.__name__}", program, libraries=libraries)
        case(f"libjobgen {libraries.__name__}, in a library", in_library, libraries=libraries)
        case(f"libjobgen {libraries.__name__}, in a library and in the program", in_library,
             libraries=libraries, is_split=True)
        case(f"libjobgen {libraries.__name__}, in a library opened with dlopen", opened, libraries)
    for cc, sanitizer in itertools.product(("gcc", "clang-14"), ("address", "thread", "undefined")):
        case(f"{cc}, sanitizer: {sanitizer}", program, cc=cc, language="c++",
             flags=[f"-fsanitize={sanitizer}", "-fno-sanitize-recover=all"])
    case("gcc, sanitizer: address, in a library", in_library, flags=["-fsanitize=address"])
    case("gcc, sanitizer: thread, in a library", in_library, flags=["-fsanitize=thread"])
    case("gcc, a library lacks a symbol", unresolved)
    case("gcc, coverage", coverage, "gcc", ["--coverage", "-O0"], read_gcov)
    # Without debugging information: valgrind 3.19 gives up on what clang writes into libjobgen.a.
    case("valgrind", program, flags=["-Wl,--strip-debug"], needs=["valgrind"],
         wrapper=["valgrind", "-q", "--vgdb=no", "--error-exitcode=9"])
    case("valgrind, its children too", program, flags=["-Wl,--strip-debug"], needs=["valgrind"],
         wrapper=["valgrind", "-q", "--vgdb=no", "--error-exitcode=9", "--trace-children=yes"])
    case("strace", program, wrapper=["strace", "-f", "-o", "/dev/null"], needs=["strace"])


def attempt(one, scratch):
    name, needs, build_and_run = one
    missing = [tool for tool in needs if not has(tool)]
    if missing:
        return name, "skip", f"{missing[0]} is missing"
    try:
        build_and_run(scratch)
    except (Failed, subprocess.TimeoutExpired) as failed:
        return name, "not ok", str(failed)
    return name, "ok", ""


def main():
    only = sys.argv[4:]
    list_cases()
    chosen = [one for one in cases if not only or any(word in one[0] for word in only)]
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        for source, name in (("whole.c", "wholes"), ("other.c", "others")):
            run(JOBGEN, HERE / source, "--name", name, "-o", scratch / "generated",
                "--no-warn", "global-state")  # what jobs find of it is what is looked at
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
            for number, (name, result, text) in enumerate(
                    threads.map(lambda one: attempt(one, scratch), chosen), 1):
                print(f"{'ok' if result == 'skip' else result} {number} - {name}"
                      + (f" # SKIP {text}" if result == "skip" else ""), flush=True)
                if result == "not ok":
                    bad += 1
                    print("\n".join(f"# {line}" for line in text.splitlines()), flush=True)
                    print(f"{name}: {text}", file=sys.stderr)  # meson shows it
    print(f"1..{len(chosen)}")
    sys.exit(bad != 0)


main()
