#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The options that builds give, together and apart."""
import json
import shutil

from project import Project, job, tap


def troubles_of(done, code=0, says=""):
    """What is not as expected of a run."""
    if done.returncode != code:
        yield f"exit {done.returncode} instead of {code}: {done.stdout}{done.stderr}"
    elif says not in done.stdout + done.stderr:
        yield f"{done.stdout}{done.stderr} instead of {says}"


def has(made, text, folder="gen"):
    """Whether the messages mention the text."""
    return [] if text.encode() in made.content(folder)["jobs.proto"] else [f"no {text}"]


# ---- compile_commands.json ----

def entry(made, source, *flags, folder="build", command=False):
    (made.root / folder).mkdir(parents=True, exist_ok=True)
    words = ["cc", *flags, "-MD", "-MQ", "x.o", "-MF", "x.d", "-o", "x.o", "-c", source]
    row = {"directory": str(made.root / folder), "file": source}
    row.update({"command": " ".join(words)} if command else {"arguments": words})
    return row


def write_commands(made, *rows):
    made.write("build/compile_commands.json", json.dumps(rows))


def typed(name):
    return job(name, "T a")


with Project(src__a=typed("first"), src__b=typed("second")) as made:
    write_commands(made, entry(made, "../src/a.c", "-DT=long"),
                   entry(made, str(made.root / "src/b.c"), "-DT=short", command=True))
    done = made.run("-p", "build", "src/a.c", "src/b.c", "-o", "gen")
    tap.check("each file has its own flags", [*troubles_of(done), *has(made, "sint64 a_1")])
    again = made.run("-p", "build", "src/a.c", "src/b.c", "-o", "gen")
    tap.check("nothing is done the second time", ["parsed"] if again.has_parsed else [])
    write_commands(made, entry(made, "../src/a.c", "-DT=int"),
                   entry(made, "../src/b.c", "-DT=int"))
    before = made.content()
    made.run("-p", "build", "src/a.c", "src/b.c", "-o", "gen")
    tap.check("other flags there count", ["stale"] if made.content() == before else [])
    done = made.run("-p", "build", "src/a.c", "src/b.c", "-o", "gen", "--", "-UT", "-DT=unsigned")
    tap.check("flags behind -- come last", [*troubles_of(done), *has(made, "uint32 a_1")])
    shutil.copytree(made.root / "src", made.root / "neighbour")
    done = made.run("-p", "build", "neighbour/a.c", "-o", "out")
    tap.check("no neighbour's flags are guessed",
              troubles_of(done, 1, "has no entry for this file"))
    tap.check("nothing is left behind", ["out"] if (made.root / "out").exists() else [])
    (made.root / "link.c").symlink_to("src/a.c")
    tap.check("a link to a file is the file",
              troubles_of(made.run("-p", "build", "link.c", "-o", "gen")))

with Project(src__a=typed("first")) as made:
    made.write("src/include dir/t.h", "typedef long T;\n")
    made.write("src/a.c", '#include "t.h"\n' + typed("first"))
    write_commands(made, entry(made, "../src/a.c", "-I../src/include dir"))
    made.write("api.h", "/* @job */\nint other(int a);\n")
    done = made.run("-p", "build", "src/a.c", "api.h", "-o", "gen")
    tap.check("folders are those of the command's directory; a header has the flags of a source",
              [*troubles_of(done), *has(made, "sint64 a_1")])
    write_commands(made, entry(made, "../src/a.c", "-include", "../src/include dir/t.h"),
                   entry(made, "../src/a.c", "-DT=char"))
    made.write("src/a.c", typed("first"))
    done = made.run("-p", "build", "src/a.c", "-o", "gen")
    tap.check("of two entries the first one is taken, and it is said that they differ",
              [*troubles_of(done, 0, "[flags-differ]"), *has(made, "sint64 a_1")])
    write_commands(made, entry(made, "../src/a.c", "-DT=long"),
                   entry(made, "../src/a.c", "-DT=long", "-DOTHER"))
    done = made.run("-p", "build", "src/a.c", "-o", "gen")
    tap.check("two entries that give the same are no trouble",
              [done.stderr] if done.stderr else [])
    made.write("build/compile_commands.json", "{")
    tap.check("what is no list is told", troubles_of(
        made.run("-p", "build", "src/a.c", "-o", "gen"), 1, "build/compile_commands.json: error"))
    done = made.run("-p", "nowhere", "src/a.c", "-o", "gen")
    tap.check("a folder without the list is told, by jobgen alone", [
        *troubles_of(done, 1, "nowhere/compile_commands.json: error: cannot be read"),
        *([done.stderr] if "LIBCLANG" in done.stderr else [])])

# ---- --check ----

with Project(a=job("first")) as made:
    words = ["a.c", "-o", "gen", "--depfile", "deps.d"]
    done = made.run("--check", *words)
    tap.check("--check where nothing was generated",
              [*troubles_of(done, 1, "+jg_status first_local(int a, int *ret_value)"),
               *(["written"] if (made.root / "gen").exists() or (made.root / "deps.d").exists()
                 else [])])
    made.run(*words)
    tap.check("--check where all is right", [
        *troubles_of(made.run("--check", *words)),
        *troubles_of(made.run("--check", "-j", "2", "--default", "fuel=10", *words), 1)])
    made.write("a.c", job("first", "long a"))
    stamps = made.stamps()
    done = made.run("--check", *words)
    tap.check("--check where a source has changed", [
        *troubles_of(done, 1, "-jg_status first_local(int a, int *ret_value)"),
        *troubles_of(done, 1, "+jg_status first_local(long a, int *ret_value)"),
        *troubles_of(done, 1, "--- gen/jobs.h\n+++ gen/jobs.h\n"),
        *troubles_of(done, 1, "gen/jobs.h: error: this would change"),
        *(["touched"] if made.stamps() != stamps else [])])

    words = ["a.c", "-o", "gen", "--depfile", "new.d"]
    tap.check("--list writes no file", [
        *troubles_of(made.run("--list", *words), 0, "first (a.c)"),
        *(["written"] if (made.root / "new.d").exists() or made.stamps() != stamps else [])])
    for pair in (["--list", "--check"], ["--list", "--dump-model=m"], ["--check", "--dump-model"]):
        tap.check(" and ".join(pair) + " are not done by halves", troubles_of(
            made.run(*pair, *words), 2, "cannot be given together"))

# ---- words ----

with Project() as made:
    for name, path in {"one": "one dir/\u00e4 b.c", "two": "other/\u00e4 b.c",
                       "three": "other/c$1.c"}.items():
        made.write(path, job(name).replace("jobs.h", "x-y.h"))
    made.write("words", "'one dir/\u00e4 b.c' \"other/\u00e4 b.c\"\nother/c\\$1.c @more")
    made.write("more", "-o 'gen dir' --depfile 'gen dir/d' --dump-model=model.json\n"
               "--default fuel=3 --name x-y")
    tap.check("a file of flags that is missing is told",
              troubles_of(made.run("@words", "--", "@flags"), 2, "@flags cannot be read"))
    made.write("flags", "-DX='a b'")
    done = made.run("@words", "-j3", "--", "@flags")
    text = (made.root / "gen dir/d").read_text()
    jobs = json.loads((made.root / "model.json").read_text())["jobs"]
    found = [(row["name"], int(row["options"]["fuel"])) for row in jobs]
    tap.check("response files, blanks, other letters, several folders, all together", [
        *troubles_of(done),
        *([] if found == [("three", 3), ("one", 3), ("two", 3)] else [str(found)]),
        *([] if text.startswith("gen\\ dir/x-y.h: \\\n") and "one\\ dir/\u00e4\\ b.c" in text and
          "other/c$$1.c" in text else [text])])

with Project(a=job("first"), b=job("second").replace('"jobs.h"', '"more.h"')) as made:
    made.run("a.c", "-o", "gen")
    done = made.run("b.c", "-o", "gen", "--name", "more")
    again = [made.run("a.c", "-o", "gen"), made.run("b.c", "-o", "gen", "--name", "more")]
    tap.check("two names in one directory do not meet", [
        *troubles_of(done), *(run.stderr + "parsed" for run in again if run.has_parsed),
        *([] if {"more.h", "jobs.h"} <= made.content().keys() else [str(made.content().keys())])])
    alone = made.fresh("a.c", "-o", "gen")
    tap.check("a file given twice is one", [*troubles_of(made.run(
        "a.c", "./a.c", "a.c", str(made.root / "a.c"), "-o", "twice")),
        *([] if made.content("twice") == alone else ["another output"])])

with Project() as made:
    made.write("api.h", "#ifndef API_H\n#define API_H\n/* @job */\nint first(int a);\n#endif\n")
    done = made.run("api.h", "-o", "gen")
    tap.check("jobs of a header alone", [*troubles_of(done), *has(made, "first_args")])
    made.write("a.c", '#include "api.h"\n#include "jobs.h"\nint first(int a)\n{\n    return a;\n}\n')
    tap.check("jobs of a header, by a source that has no tag",
              [*troubles_of(made.run("a.c", "-o", "gen")), *has(made, "first_args")])
    made.write("deep/er/a.c", '#include "../../api.h"\n')
    done = made.run("a.c", "deep/er/a.c", "api.h", "-o", "gen")
    tap.check("a header that several sources include is taken once", troubles_of(done))

with Project() as made:
    made.write("a.c", job("first"))
    made.run("a.c", "-o", "old")
    done = made.run("a.c", "-o", "new", "--", "-Iold")
    tap.check("an earlier output in another folder takes no names", troubles_of(done))
    tap.check("nor changes a byte",
              [] if made.content("old") == made.content("new") else ["the outputs differ"])
    made.write("old/jobs.h", "int first_local(void);\n")
    done = made.run("a.c", "-o", "new", "--", "-Iold")
    tap.check("another header of that name does", troubles_of(done, 1, "[name-taken]"))

# ---- nothing of this changes a byte ----

with Project() as made:
    names = []
    for i in range(7):
        names.append(f"d{i % 3}/f{i}.c")
        last = "stdio" if i % 2 else "math"
        made.write(names[-1], "#include <stdint.h>\n#include <string.h>\n"
                   f"#include <{last}.h>\nstruct s {{\n    int x;\n}};\n"
                   + job(f"job{i}", "const struct s *p"))
    alone = made.fresh(*names, "-o", "gen")
    wrong = []
    for threads in (1, 2, 3, 5, 16):
        shutil.rmtree(made.root / "gen", ignore_errors=True)
        done = made.run("-j", str(threads), *reversed(names), "-o", "gen", LC_ALL="C.UTF-8")
        if done.returncode or made.content() != alone:
            wrong.append(f"-j {threads}: {done.stderr}")
    tap.check("threads and order change no byte", wrong)
    made.write("d0/f3.c", job("job3", "union u *p, void *q"))
    made.write("d1/f4.c", job("job4", "union u *p"))
    texts = {made.run("-j", str(threads), *names, "-o", "gen").stderr for threads in (1, 2, 5)}
    tap.check("nor a complaint", [] if len(texts) == 1 and "error" in texts.copy().pop() else texts)
tap.finish()
