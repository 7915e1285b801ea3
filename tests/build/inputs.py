#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Where nothing has changed jobgen does nothing; where anything has, it gives what a first run gives."""
import os
import shutil
import sys

from project import JOBGEN, Project, job, tap

WORDS = ["src/a.c", "src/b.c", "-o", "gen", "--", "-Ifirst", "-Isecond"]


def project():
    made = Project(src__a=job("first", "struct point p").replace(
        '"jobs.h"', '"jobs.h"\n#include <point.h>\n#include <stdint.h>'), src__b=job("second"))
    made.write("second/point.h", "struct point { int x; };\n")
    (made.root / "first").mkdir()
    return made


def stays(title, change=None, words=WORDS, **environment):
    """The change, if any, leads to no second run."""
    with project() as made:
        done = made.run(*words, **environment)
        assert done.returncode == 0, done.stderr
        before = made.stamps()
        if change:
            change(made)
        again = made.run(*words, **environment)
        troubles = [f"exit {again.returncode}: {again.stderr}"] if again.returncode else []
        if again.has_parsed:
            troubles.append("libclang was loaded")
        if made.stamps() != before:
            troubles.append("a file was touched")
        tap.check(title, troubles)


def changes(title, change, words=WORDS, again_words=None, then=None, is_same=False, cwd=None,
            needs_parse=True, **environment):
    """After the change the output is what a first run gives (and, unless is_same, another one)."""
    with project() as made:
        done = made.run(*words)
        assert done.returncode == 0, done.stderr
        before = made.content()
        if change:
            change(made)
        where = made.root / cwd if cwd else None
        again = made.run(*(again_words or words), cwd=where, **environment)
        expected = made.fresh(*(again_words or words), cwd=where, **environment)
        troubles = []
        if again.has_parsed != needs_parse:
            troubles.append(f"libclang was {'' if again.has_parsed else 'not '}loaded")
        found = made.content() if again.returncode == 0 else again.stderr
        if found != expected:
            troubles.append(f"{again.stderr} stale or wrong: {found} instead of {expected}"[:2000])
        if (found == before) != is_same:
            troubles.append("the same as before" if found == before else "not the same as before")
        if then:
            troubles += then(made) or []
        tap.check(title, troubles)


def edit(name, old, new):
    def change(made):
        path = made.root / name
        path.write_bytes(path.read_bytes().replace(old.encode(), new.encode()))
    return change


def write(name, text):
    return lambda made: made.write(name, text)


def remove(name):
    return lambda made: (made.root / name).unlink()


stays("nothing has changed")
stays("a file has another time", lambda made: os.utime(made.root / "src/a.c"))
stays("a header that nobody reads", write("second/other.h", "int x;\n"))
stays("more threads", words=["-j", "2", *WORDS])
stays("warnings are no reason", write("src/b.c", job("second")))

changes("a source", edit("src/b.c", "int a", "long a"))
changes("a header", edit("second/point.h", "int x", "long x"))
changes("a header that hides another", write("first/point.h", "struct point { char x; };\n"))
changes("a header beside the source that hides another",
        lambda made: made.write("src/stdint.h", "typedef int uint8_t;\n"), is_same=True)
changes("a header that is gone", remove("second/point.h"))
changes("flags", None, again_words=[*WORDS, "-Dfirst=third"])
changes("a default", None, again_words=["--default", "fuel=10", *WORDS])
changes("fewer sources", None, again_words=[word for word in WORDS if word != "src/b.c"],
        needs_parse=False)
changes("sources in another order", None, again_words=[*WORDS[1::-1], *WORDS[2:]], is_same=True, needs_parse=False)
changes("an output is missing", remove("gen/jobs.pb-c.c"), is_same=True, needs_parse=False)
changes("an output was edited", edit("gen/jobs.h", "first", "fisrt"), is_same=True,
        needs_parse=False)
changes("the record is missing", remove("gen/.jobs.inputs"), is_same=True)
changes("the record is torn", lambda made: os.truncate(made.root / "gen/.jobs.inputs", 300),
        is_same=True)
changes("the record is of another program", write("gen/.jobs.inputs", "#!/bin/sh\n"), is_same=True)
changes("the record is edited", edit("gen/.jobs.inputs", "none ", "some "), is_same=True)
changes("the record is empty", write("gen/.jobs.inputs", ""), is_same=True)

for variable in ("CPATH", "C_INCLUDE_PATH"):
    changes(f"{variable} is set", write("include/point.h", "struct point { short x; };\n"),
            words=[*WORDS[:5], "-Isecond"], is_same=True, **{variable: "include"})
    with project() as made:
        made.write("src/a.c", job("first", "struct point p").replace(
            '"jobs.h"', '"jobs.h"\n#include <deep.h>'))
        made.write("two/deep.h", "struct point { int x; };\n")
        words = ["src/a.c", "-o", "gen"]
        first = made.run(*words, **{variable: "one:two"})
        before = made.content()
        made.write("one/deep.h", "struct point { long x; };\n")
        again = made.run(*words, **{variable: "one:two"})
        tap.check(f"a header that hides another by {variable}", [] if made.content() != before else
                  [f"stale: {first.stderr}{again.stderr}"])
        made.run(*words, **{variable: "two"})
        tap.check(f"{variable} changes", [] if made.content() == before else ["stale"])
with project() as made:
    made.write("root/usr/include/point.h", "struct point { short x; };\n")
    words = ["src/a.c", "-o", "gen", "--", "--sysroot=root", "-isystem", "second", "-nostdinc"]
    first = made.run("src/b.c", "-o", "gen", "--", "--sysroot=root")
    before = made.content()
    made.write("root/usr/local/include/stdint.h", "#error hidden\n")
    again = made.run("src/b.c", "-o", "gen", "--", "--sysroot=root")
    tap.check("a header appears in the system root",
              [] if again.has_parsed else ["not seen"])
with project() as made:
    asks = '#if __has_include("extra.h")\n#define T long\n#else\n#define T int\n#endif\n'
    made.write("src/b.c", asks + job("second", "T a"))
    made.run(*WORDS)
    before = made.content()
    made.write("second/extra.h", "")
    again = made.run(*WORDS)
    tap.check("what __has_include asks for appears", [] if made.content() != before else ["stale"])
    (made.root / "second/extra.h").unlink()
    again = made.run(*WORDS)
    tap.check("what __has_include asks for is gone", [] if made.content() == before else ["stale"])
    made.write("src/b.c", "#define E \"extra.h\"\n" + asks.replace('"extra.h"', "E") +
               job("second", "T a"))
    made.run(*WORDS)
    again = made.run(*WORDS)
    tap.check("what __has_include asks for by a macro is asked again",
              [] if again.has_parsed else ["taken for unchanged"])
with project() as made:
    made.write("src/plain.c", '#include <plain.h>\nint x;\n')
    made.write("second/plain.h", "int f(int);\n")
    words = ["src/plain.c", *WORDS]
    made.run(*words)
    before = made.content()
    made.write("first/plain.h", "/* @job */\nint f(int a);\n")
    made.run(*words)
    tap.check("a header with a tag comes before one without, for a file that was not parsed",
              [] if made.content() != before else ["stale"])

with project() as made:
    made.run(*WORDS)
    shutil.copytree(made.root, made.root / "copy", symlinks=True)
    made.write("copy/second/point.h", "struct point { short x; };\n")
    words = [*WORDS[:2], "-o", str(made.root / "gen"), *WORDS[4:]]
    made.run(*words)
    before = made.content()
    made.run(*words, cwd=made.root / "copy")
    tap.check("another working directory", [] if made.content() != before else ["stale"])
    again = made.run(*WORDS, cwd=made.root / "copy")
    tap.check("a record that came from elsewhere",
              [] if again.has_parsed and b"short" not in made.content()["jobs.h"] and
              made.content("copy/gen") == made.content() else ["stale"])


def other_jobgen(made):
    """The same program with a byte more."""
    copy = made.root.parent / "jobgen"
    shutil.copy(JOBGEN, copy)
    with open(copy, "ab") as program:
        program.write(b"\0")
    return copy


with project() as made:
    made.run(*WORDS)
    again = made.run(*WORDS, program=other_jobgen(made))
    tap.check("another jobgen", [] if again.has_parsed else ["taken for unchanged"])

with project() as made:
    made.run(*WORDS)
    (made.root / "bin").mkdir()
    (made.root / "bin/protoc-c").write_text("#!/bin/sh\necho called >&2\nexit 3\n")
    (made.root / "bin/protoc-c").chmod(0o755)
    path = f"{made.root}/bin:{os.environ['PATH']}"
    failed = made.run(*WORDS, PATH=path)
    tap.check("another protoc-c", [] if failed.returncode == 1 and "called" in failed.stderr else
              ["not called"])
    real = shutil.which("protoc-c")
    (made.root / "bin/protoc-c").write_text(f'#!/bin/sh\necho >>"{made.root}/calls"\n'
                                            f'exec {real} "$@"\n')
    calls = made.root / "calls"
    made.run(*WORDS, PATH=path)
    made.write("src/b.c", "\n" + job("second"))
    made.run(*WORDS, PATH=path)
    count = calls.read_text().count("\n")
    troubles = [] if count == 1 else [f"called {count} times"]
    made.write("src/b.c", job("second", "long a"))
    made.run(*WORDS, PATH=path)
    (made.root / "gen/jobs.pb-c.h").write_text("int edited;\n")
    made.run(*WORDS, PATH=path)
    count = calls.read_text().count("\n")
    troubles += [] if count == 3 else [f"called {count} times instead of 3"]
    troubles += [] if made.content() == made.fresh(*WORDS) else ["wrong"]
    tap.check("protoc-c is called for new messages, or where its output was edited", troubles)



# ---- few of many sources ----

MANY = [f"m/f{i}.c" for i in range(12)]


def many():
    made = Project()
    for i, name in enumerate(MANY):
        made.write(name, "#include <stdint.h>\n#include <string.h>\n#include <stdio.h>\n"
                   + job(f"job{i}") + f"int helper{i}(int a)\n{{\n    return a;\n}}\n")
    return made


def few(title, change, is_short, has="", words=(*MANY, "-o", "gen", "--depfile", "deps.d")):
    """After the change the files are those of a first run; is_short: nothing but the record is written
    (None: it cannot be told). The record then has a line that ends as given."""
    with many() as made:
        for _ in range(2):  # where DIR is there already, the generated header is found there
            (made.root / "m/f0.c").write_text((made.root / "m/f0.c").read_text() + "\n")
            made.run(*words)
        before, stamps = made.content(), made.stamps()
        change(made)
        done = made.run(*words)
        troubles = [] if done.has_parsed or not is_short else ["no parse"]
        after = {name: stamp for name, stamp in made.stamps().items() if name != ".jobs.inputs"}
        record = made.stamps()[".jobs.inputs"] != stamps[".jobs.inputs"]
        fresh = made.fresh(*words[:-1], "fresh.d")
        if fresh != (made.content() if done.returncode == 0 else done.stderr):
            troubles.append(f"{done.stderr} stale or wrong")
        if done.returncode == 0 and (made.root / "deps.d").read_text() != (
                made.root / "fresh.d").read_text().replace("fresh/", "gen/"):
            troubles.append("another depfile")
        if has not in (made.root / "gen/.jobs.inputs").read_text(errors="replace"):
            troubles.append(f"no {has} in the record")
        if is_short is not None and is_short != (made.content() == before and record and all(
                stamps[name] == stamp for name, stamp in after.items()) and not done.stderr):
            troubles.append("all was read again" if is_short else "taken for unchanged")
        again = made.run(*words)
        if done.returncode == 0 and again.has_parsed:
            troubles.append("it is not remembered")
        tap.check(title, troubles)


few("of many sources a body", edit("m/f3.c", "return 0", "return 1"), True)
few("two bodies", lambda made: (edit("m/f3.c", "return 0", "return 1")(made),
                                edit("m/f9.c", "return 0", "return 1")(made)), True)
few("a signature", edit("m/f3.c", "job3(int a", "job3(long a"), False)
few("a comment of a job", edit("m/f3.c", "/* @job", "/* Does it.\n * @job"), False)
few("an option", edit("m/f3.c", "@job", "@job(fuel = 7)"), False)
few("one more job", lambda made: made.write("m/f3.c", job("job3") + job("more")), False)
few("one job less", lambda made: made.write("m/f3.c", "int x;\n"), False)
few("a macro that a signature uses",
    lambda made: made.write("m/f3.c", job("job3").replace("/*", "#define int long\n/*", 1)), False)
few("one more header", lambda made: (made.write("m/x.h", "int x;\n"), made.write(
    "m/f3.c", '#include "x.h"\n' + job("job3"))), None, " m/x.h\n")
few("a name that is needed is taken", edit("m/f3.c", "helper3", "job7_local"), False)
few("what the lint warns of, in a job", edit("m/f3.c", "return 0", "static int n; return n++"), False)
few("what is no C", edit("m/f3.c", "int helper3(", "int helper3(("), False)
with many() as made:
    words = [*MANY, "-o", "gen"]
    made.write("m/f4.c", '#include "jobs.h"\n#ifndef T\n#define T int\n#endif\n'
               + job("job4").split("\n", 1)[1])
    made.write("m/f3.c", '#include "f4.c"\n' + job("job3", "T a"))
    made.run(*words)
    made.write("m/f4.c", (made.root / "m/f4.c").read_text().replace("define T int", "define T long"))
    made.run(*words)
    tap.check("a source that another one includes",
              [] if made.content() == made.fresh(*words) else ["stale"])

def parses(title, expected, change, more_words=(), pre_change=None):
    """After the change libclang reads those sources, and no others; the files are those of a first run."""
    with many() as made:
        made.write("m/x.h", "typedef int T;\n")
        for name in ("m/f2.c", "m/f7.c"):
            made.write(name, '#include "x.h"\n' + job(f"job{name[3]}", "T a"))
        words = [*MANY, "-o", "gen", *more_words]
        if pre_change:
            pre_change(made)
        made.run(*words)
        words = change(made, words) or words
        opens = made.root.parent / "opens"
        done = made.run(*words, LD_PRELOAD=os.path.abspath(sys.argv[3]), OPENS=str(opens))
        opened = {line for line in (opens.read_text() if opens.exists() else "").split("\n")
                  if line.endswith(".c") and line.startswith("m/")}
        troubles = [] if opened == set(expected) else [f"opened: {sorted(opened)}"]
        troubles += [] if made.content() == made.fresh(*words) else [f"{done.stderr} stale or wrong"]
        tap.check(title, troubles)


def in_words(old, new):
    def change(made, words):
        return [new if word == old else word for word in words]
    return change


def renamed(made, words):
    (made.root / "m/f3.c").rename(made.root / "m/g3.c")
    return in_words("m/f3.c", "m/g3.c")(made, words)


def one_less(made, words):
    (made.root / "m/f3.c").unlink()
    return [word for word in words if word != "m/f3.c"]


parses("one source of many is parsed if its signature changed", ["m/f3.c"],
       lambda made, words: edit("m/f3.c", "job3(int a", "job3(long a")(made))
parses("likewise if a tag changed", ["m/f3.c"],
       lambda made, words: edit("m/f3.c", "@job", "@job(fuel = 7)")(made))
parses("likewise if others have warnings", ["m/f3.c"],
       lambda made, words: edit("m/f3.c", "job3(int a", "job3(long a")(made),
       pre_change=lambda made: made.write("m/f5.c", job("job5", comment="@job by all means")))
parses("only those that include a header are parsed if that changed", ["m/f2.c", "m/f7.c"],
       lambda made, words: edit("m/x.h", "int", "long")(made))
parses("only a new one is parsed if a source was renamed", ["m/g3.c"], renamed)
parses("none is parsed if a source is gone", [], one_less)
parses("all are parsed if the flags changed", ["m/f2.c", "m/f7.c"],  # the others share their start
       lambda made, words: [*words, "--", "-DN"])
parses("all are parsed if a header may hide another", ["m/f2.c", "m/f7.c"],
       lambda made, words: made.write("m/stdio.h", "") and None)

TEMPLATES = os.path.join(os.environ["SOURCE_ROOT"], "templates")
with project() as made:
    shutil.copytree(TEMPLATES, made.root / "templates")
    words = ["--templates", "templates", *WORDS]
    made.run(*words)
    again = made.run(*words)
    tap.check("templates that are the same", ["parsed"] if again.has_parsed else [])
    before = made.content()
    path = made.root / "templates/NAME.proto.mustache"
    path.write_text(path.read_text() + "// more\n")
    made.run(*words)
    tap.check("a template", [] if made.content()["jobs.proto"].endswith(b"// more\n") else ["stale"])

with project() as made:
    made.write("src/b.c", job("second", comment="@job by all means"))
    first = made.run(*WORDS)
    again = made.run(*WORDS)
    tap.check("warnings are told again", [] if "warning" in first.stderr and
              again.stderr == first.stderr and not again.has_parsed else
              [first.stderr, again.stderr])

with project() as made:
    words = ["--depfile", "deps.d", *WORDS]
    made.run(*words)
    text = (made.root / "deps.d").read_text()
    stamp = os.stat(made.root / "deps.d").st_mtime_ns
    again = made.run(*words)
    troubles = ["touched"] if os.stat(made.root / "deps.d").st_mtime_ns != stamp else []
    (made.root / "deps.d").unlink()
    again = made.run(*words)
    troubles += ["parsed"] if again.has_parsed else []
    troubles += [] if (made.root / "deps.d").read_text() == text else ["another text"]
    tap.check("a depfile is kept, and written again where the build has taken it", troubles)

with project() as made:
    made.run(*WORDS)
    before, stamps = made.content(), made.stamps()
    made.write("src/b.c", job("second", "union u *p"))
    failed = made.run(*WORDS)
    troubles = [] if failed.returncode == 1 else [f"exit {failed.returncode}"]
    troubles += [] if made.stamps() == stamps else ["an output was touched"]
    failed = made.run(*WORDS)
    troubles += [] if failed.returncode == 1 else ["the error is forgotten"]
    made.write("src/b.c", job("second"))
    again = made.run(*WORDS)
    troubles += [again.stderr] if again.returncode or made.content() != before else []
    tap.check("an error leaves the last output, and fails each time", troubles)

# Killed at each rename: the first ones are of the outputs, the last one is of the record.
for number in range(1, 8):
    with project() as made:
        made.run(*WORDS)
        made.write("src/b.c", job("second", "long a"))
        killed = made.run(*WORDS, LD_PRELOAD=os.path.abspath(sys.argv[2]), DIE_AT_RENAME=str(number))
        made.run(*WORDS)
        troubles = [] if made.content() == made.fresh(*WORDS) else ["wrong"]
        left = {path.name for path in (made.root / "gen").glob(".*")} - {".jobs.inputs"}
        troubles += [f"left behind: {left}"] if left else []
        made.write("src/b.c", job("second"))
        made.run(*WORDS)
        troubles += [] if made.content() == made.fresh(*WORDS) else ["wrong after the way back"]
        tap.check(f"killed at rename {number}: exit {killed.returncode}", troubles)
    if killed.returncode == 0:
        break
tap.check("there were renames to be killed at", [] if number > 3 else ["none"])
tap.finish()
