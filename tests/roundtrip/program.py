#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: program.py DIR SEED COUNT [-FEATURE...]

Writes types.h, work.c and calls.c of COUNT random signatures; the same SEED writes the same."""
import pathlib
import random
import sys

import emit
from signatures import Signature, Types

FEATURES = {"complex", "bits", "anonymous", "tagless", "fate", "void", "texts", "owned", "optional",
            "3d", "members"}


def write(folder, seed, count, features):
    chance = random.Random(seed)
    types = Types(chance, features)
    signatures = [Signature(number, types, chance, features) for number in range(count)]
    for name, lines in emit.program(types, signatures).items():
        (folder / name).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    folder, seed, count, *without = sys.argv[1:]
    write(pathlib.Path(folder), int(seed), int(count),
          FEATURES - {feature.lstrip("-") for feature in without})
