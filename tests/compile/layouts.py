#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: layouts.py JOBGEN [COUNT [SEED]]. Random structs, written again by jobgen, lie as the
originals do, bit by bit, with gcc and with clang: both are filled by the names of their members and
compared as bytes. The seed is printed."""
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

RUNTIME = pathlib.Path(__file__).resolve().parents[2] / "runtime/include"
INTEGERS = {"char": 8, "signed char": 8, "unsigned char": 8, "short": 16, "unsigned short": 16,
            "int": 32, "unsigned": 32, "long": 64, "unsigned long": 64, "long long": 64,
            "_Bool": 1, "enum small": 32, "enum wide": 64}
OTHERS = ["float", "double", "double _Complex", "float _Complex"]
jobgen = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else 120
seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 32)
chance = random.Random(seed)
# Of packed members, which the originals draw too.
NO_WARNINGS = ["-Wno-packed-bitfield-compat", "-Wno-packed-not-aligned",
               "-Wno-attribute-packed-for-bitfield", "-Wno-psabi",
               "-Wno-unknown-warning-option"]


def attributes(choices):
    return f" __attribute__(({', '.join(choices)}))" if choices else ""


def member_attributes():
    kind = chance.random()
    if kind < 0.85:
        return ""
    return attributes(chance.choice([["packed"], ["aligned(16)"], ["aligned(2)"],
                                     ["packed", "aligned(4)"]]))


class Struct:
    """The text of its members, and paths with the values that fill them."""

    def __init__(self, prefix, depth=0):
        self.lines, self.fills, self.number = [], [], 0
        for _ in range(chance.randint(1, 6)):
            self.add(prefix, depth)
        if not self.fills:
            self.scalar(f"{prefix}z")

    def scalar(self, name):
        kind = chance.choice(list(INTEGERS) + OTHERS)
        sizes = "".join(f"[{chance.randint(1, 3)}]" for _ in range(chance.choice([0, 0, 0, 1, 2])))
        self.lines.append(f"{kind} {name}{sizes}{member_attributes()};")
        whole = 1 if kind == "_Bool" else chance.randint(1, 100)
        paths = [name]
        for size in re.findall(r"\d+", sizes):
            paths = [f"{path}[{i}]" for path in paths for i in range(int(size))]
        self.fills += [(path, whole) for path in paths]

    def bits(self, name):
        kind, most = chance.choice(list(INTEGERS.items()))
        if chance.random() < 0.15:
            width = chance.choice([0, chance.randint(1, most)])
            self.lines.append(f"{kind} : {width};")
            return
        width = chance.randint(1, most)
        is_signed = not kind.startswith("unsigned") and kind != "_Bool" and "enum" not in kind
        packed = attributes(["packed"]) if chance.random() < 0.1 else ""
        self.lines.append(f"{kind} {name} : {width}{packed};")
        value = chance.randint(0, (1 << width) - 1)
        if is_signed and value >> (width - 1):
            value -= 1 << width
        if kind == "enum wide" or width > 31:
            value = value & 0x7ffffff if value >= 0 else value | ~0x7ffffff
        self.fills.append((name, max(value, -(1 << (width - 1))) if is_signed else value))

    def inner(self, name, prefix, depth):
        other = Struct(f"{prefix}i{self.number}_", depth + 1)
        is_anonymous = chance.random() < 0.5
        end = "" if is_anonymous else f" {name}"
        self.lines += ["struct {"] + other.lines + [
            "}" + end + chance.choice(["", "", attributes(["packed"])]) + ";"]
        self.fills += [(path if is_anonymous else f"{name}.{path}", value)
                       for path, value in other.fills]

    def add(self, prefix, depth):
        self.number += 1
        name, kind = f"{prefix}m{self.number}", chance.random()
        if kind < 0.35:
            self.bits(name)
        elif kind < 0.5 and depth < 2:
            self.inner(name, prefix, depth)
        else:
            self.scalar(name)


def definition(number):
    struct = Struct("")
    whole = attributes(chance.choice([[], [], [], ["packed"], ["aligned(32)"],
                                      ["packed", "aligned(4)"]]))
    text = "\n".join([f"struct{whole} s{number} {{"] + struct.lines + ["};"])
    if chance.random() < 0.2:
        pack = chance.choice([1, 2, 4])
        text = f"#pragma pack(push, {pack})\n{text}\n#pragma pack(pop)"
    return text, struct.fills


def fill(number, fills, suffix):
    lines = "\n".join(f"    s.{path} = {value};" for path, value in fills)
    return (f"size_t fill_{number}_{suffix}(void *to)\n{{\n    struct s{number} s;\n"
            f"    memset(&s, 0, sizeof s);\n{lines}\n    memcpy(to, &s, sizeof s);\n"
            f"    return sizeof s;\n}}\n")


def main_text(numbers):
    calls = "\n".join(
        f"    memset(a, 0, sizeof a); memset(b, 0, sizeof b);\n"
        f"    if (fill_{n}_old(a) != fill_{n}_new(b) || memcmp(a, b, sizeof a) != 0)\n"
        f"        puts(\"{n}\");" for n in numbers)
    declarations = "\n".join(f"size_t fill_{n}_old(void *), fill_{n}_new(void *);" for n in numbers)
    return (f"#include <stdio.h>\n#include <string.h>\n{declarations}\n"
            f"static char a[65536], b[65536];\nint main(void)\n{{\n{calls}\n    return 0;\n}}\n")


def run(*command, cwd=None):
    return subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C"})


HEAD = """#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
"""
ENUMS = "enum small { A, B = 0x7ffffff0 };\nenum wide { C, D = 0x1000000000 };\n"


def lay_of(folder, structs, compiler):
    """The bytes of each original."""
    calls = "\n".join(f"    show({n}, fill_{n}_old(a));" for n in structs)
    declarations = "\n".join(f"size_t fill_{n}_old(void *);" for n in structs)
    (folder / "lay.c").write_text(
        "#include <stdio.h>\n#include <string.h>\n" + declarations + """
static unsigned char a[65536];
static void show(int number, size_t size)
{
    printf("%d ", number);
    for (size_t i = 0; i < size; i++) printf("%02x", a[i]);
    puts("");
}
int main(void)
{
""" + calls + "\n    return 0;\n}\n")
    done = run(compiler, "-w", "old.c", "lay.c", "-o", "lay", cwd=folder)
    if done.returncode:
        raise SystemExit(done.stderr)
    return dict(line.split(" ") for line in run("./lay", cwd=folder).stdout.splitlines())


def write_old(folder, structs):
    (folder / "old.c").write_text(HEAD + ENUMS + "".join(
        text + "\n" + fill(n, fills, "old") for n, (text, fills) in structs.items()))


def same_everywhere(folder, structs):
    """Without those that gcc and clang themselves lay out differently."""
    write_old(folder, structs)
    lays = [lay_of(folder, structs, compiler)
            for compiler in filter(shutil.which, ("gcc", "clang-14"))]
    kept = {n: s for n, s in structs.items() if len({lay[str(n)] for lay in lays}) == 1}
    print(f"# {len(structs) - len(kept)} of {len(structs)} lie otherwise with gcc than with clang")
    return kept


def try_all(folder, structs):
    """Complaints; none if all is well."""
    sources = "".join(f"{text}\n/* @job */\nvoid f{n}(const struct s{n} *s);\n"
                      for n, (text, _) in structs.items())
    (folder / "source.c").write_text(HEAD + ENUMS + sources)
    done = run(jobgen, "source.c", "-o", "gen", cwd=folder)
    refused = set(re.findall(r"is struct s(\d+), whose layout", done.stderr))
    if refused:
        structs = {n: s for n, s in structs.items() if str(n) not in refused}
        print(f"# {len(refused)} cannot be written again", flush=True)
        if len(refused) > count // 8:
            return f"too many cannot be written again\n{done.stderr[:2000]}"
        return try_all(folder, structs)
    if done.returncode:
        return done.stderr[:3000]
    made = (folder / "gen/jobs.c").read_text()
    restated = re.sub(r"_Static_assert.*?;\n", "", made[made.index("/* As the sources"):
                                                       made.index("static void put_")], flags=re.S)
    write_old(folder, structs)
    (folder / "new.c").write_text(HEAD + restated + "".join(
        fill(n, fills, "new") for n, (_, fills) in structs.items()))
    (folder / "main.c").write_text(main_text(structs))
    trouble = ""
    for compiler in filter(shutil.which, ("gcc", "clang-14")):
        for command in (["-w", "old.c", "new.c", "main.c", "-o", "compare"],
                        ["-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror",
                         *NO_WARNINGS, "-fsyntax-only", f"-I{RUNTIME}", "gen/jobs.c"]):
            done = run(compiler, *command, cwd=folder)
            if done.returncode:
                trouble += f"{compiler}: {done.stderr[:2000]}"
        for number in run("./compare", cwd=folder).stdout.split():
            trouble += f"{compiler}: {structs[int(number)][0]}\n"
    return trouble


print(f"# seed {seed}")
with tempfile.TemporaryDirectory() as name:
    place = pathlib.Path(name)
    troubles = try_all(place, same_everywhere(place, {n: definition(n) for n in range(count)}))
print("not ok" if troubles else "ok", "1 - random structs are written again as they lie")
print("".join(f"# {line}\n" for line in troubles.splitlines()), end="")
print("1..1")
sys.exit(bool(troubles))
