#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""README.md fits two screens, it and the guide show real code; no text names a machine's directories."""
import re

from policy import ROOT, Tap, tracked

SCREENS, LINES, COLUMNS = 2, 45, 100
readme = (ROOT / "README.md").read_text()


def too_long():
    lines = readme.splitlines()
    if len(lines) > SCREENS * LINES:
        yield f"{len(lines)} lines"
    yield from (f"line {number}: {len(line)} columns" for number, line in enumerate(lines, 1)
                if len(line) > COLUMNS)


def invented():
    """Code in the README stands in a sample, line by line."""
    sample = {line.strip() for line in
              (ROOT / "samples/pythagorean/main.c").read_text().splitlines()}
    for block in re.findall(r"^```c\n(.*?)^```", readme, re.DOTALL | re.MULTILINE):
        yield from (line for line in block.splitlines()
                    if line.strip() and line.strip() not in sample)


def outdated():
    """The files that the guide's last chapter shows are those of a golden case."""
    guide = (ROOT / "docs/guide.md").read_text()
    blocks = re.findall(r"^```\w+\n(.*?)^```", guide[guide.index("## 12."):], re.DOTALL | re.MULTILINE)
    case = ROOT / "tests/golden/cases/guide"
    for path in [case / "square.c", *sorted(case.glob("expected/jobs.*"))]:
        if path.read_text().removeprefix("/* SPDX-License-Identifier: MIT */\n") not in blocks:
            yield path.name


def unwrapped():
    """The guide's wrappers of libraries are those that tests run."""
    guide = (ROOT / "docs/guide.md").read_text()
    sources = [path.read_text() for path in (ROOT / "tests/libraries").glob("*.c")]
    blocks = re.findall(r"^```c\n(.*?)^```", guide[guide.index("## 13. Wrapping a library"):],
                        re.DOTALL | re.MULTILINE)
    if len(blocks) < 3:
        yield f"{len(blocks)} wrappers"
    yield from (block for block in blocks if not any(block in source for source in sources))


def dead_links():
    for name in tracked(".md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / name).read_text()):
            if not ((ROOT / name).parent / target).exists():
                yield f"{name}: {target}"


def machine_paths():
    for name in tracked(".md", ".1", ".3", ".build", ".txt", ".c", ".h", "scripts/demo",
                        "scripts/test", "scripts/deps", ".pc.in"):
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
            if re.search(r"(?<![\w.])/(work|home|root)/", line):
                yield f"{name}:{number}: {line.strip()}"


tap = Tap()
tap.check("README.md fits two screens", too_long())
tap.check("README.md's code is the sample's", invented())
tap.check("the guide shows what jobgen writes", outdated())
tap.check("the guide's wrappers of libraries are tested", unwrapped())
tap.check("links lead somewhere", dead_links())
tap.check("no directory of one machine is named", machine_paths())
tap.finish()
