#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each dependency comes in by one door."""
import re

from policy import Tap, includes, tracked

DOORS = {
    "libclang": (r"clang-c/", r"jobgen/(libclang\.h|(read|libclang|database|collect(ion|_\w+)?)\.c|unit\.h)"),
    "protobuf-c": (r"protobuf-c/|\.pb-c\.h",
                   r"runtime/include/jobgen/codec\.h|runtime/wire/\w+\.[ch]"),
    "nng": (r"nng/", r"runtime/wire/(stream\.c|stream_nng\.h|listener\.c|socket\.c)"),
    "mbedtls": (r"mbedtls/", r"runtime/wire/\w+\.c"),
    "cjson": (r"cjson/", r"runtime/control/listing\.c"),
    "epoll": (r"sys/epoll\.h", r"runtime/base/loop\.c"),
}


def strangers(what, door):
    for name in files:
        for _, spelled in includes(name):
            if re.match(what, spelled) and not re.fullmatch(door, name):
                yield f"{name} includes {spelled}"


def door_to_libclang():
    """libclang.h hands the door on; so it may be included where clang-c may."""
    for name in files:
        for _, spelled in includes(name):
            if spelled in ("libclang.h", "unit.h") and not re.fullmatch(
                    r"jobgen/(libclang|unit|read|collect_state)\.h|jobgen/(read|libclang|database|collect(ion|_\w+)?|pipeline|crew)\.c",
                    name):
                yield f"{name} includes {spelled}"


files = [name for name in tracked(".c", ".h") if name.startswith(("runtime/", "jobgen/"))]
tap = Tap()
for name, (what, door) in DOORS.items():
    tap.check(f"{name} is included by its door only", strangers(what, door))
tap.check("libclang.h is included by read, collect and database only", door_to_libclang())
tap.finish()
