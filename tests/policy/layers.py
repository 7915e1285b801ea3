#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A file includes nothing of a layer above its own, and headers do not include each other in a
ring."""
from policy import Tap, includes, resolve, tracked

ORDER = ["base", "wire", "worker", "client", "node"]
MAY = {layer: set(ORDER[:i + 1]) for i, layer in enumerate(ORDER)}
MAY["control"] = {"base", "wire", "control"}
MAY["jobd"] = {*ORDER, "control", "jobd"}
MAY["include"] = {"include"}


def layer(name):
    parts = name.split("/")
    return parts[1] if parts[0] == "runtime" and len(parts) > 2 else None


def edges(name):
    folders = ("jobgen",) if name.startswith("jobgen/") else ("runtime", "runtime/include")
    for _, spelled in includes(name):
        target = resolve(name, spelled, *folders)
        if target:
            yield target


def upward():
    for name in files:
        own = layer(name)
        for target in edges(name):
            other = layer(target)
            if other == "include":
                if own == "base":
                    yield f"{name} includes {target}: base knows no jobs"
            elif own and other and other not in MAY[own]:
                yield f"{name} includes {target}"


def across():
    for name in files:
        for target in edges(name):
            sides = name.startswith("jobgen/"), target.startswith("jobgen/")
            if sides[0] != sides[1] and not target.endswith(("jobgen/status.h", "jobgen/stub.h")):
                yield f"{name} includes {target}"


def rings():
    graph = {name: [t for t in edges(name) if t.endswith(".h")] for name in files
             if name.endswith(".h")}
    done = set()

    def visit(name, path):
        if name in path:
            yield " -> ".join([*path[path.index(name):], name])
        elif name not in done:
            for target in graph.get(name, ()):
                yield from visit(target, [*path, name])
            done.add(name)
    for name in graph:
        yield from visit(name, [])


files = [name for name in tracked(".c", ".h") if name.startswith(("runtime/", "jobgen/"))]
tap = Tap()
tap.check("no include points to a layer above", upward())
tap.check("compiler and runtime share only status.h and stub.h", across())
tap.check("no ring of includes", rings())
tap.finish()
