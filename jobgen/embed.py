#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: embed.py OUTPUT TEMPLATE... Writes the templates as a C source."""
import pathlib
import sys

output, *templates = sys.argv[1:]
lines = ['#include "templates.h"', ""]
rows = []
for number, path in enumerate(map(pathlib.Path, sorted(templates))):
    text = path.read_bytes()
    lines.append(f"static const char text_{number}[] = {{")
    lines += ["    " + " ".join(f"{byte}," for byte in text[i:i + 20])
              for i in range(0, len(text), 20)]
    lines += ["    0,", "};", ""]
    rows.append(f'    {{"{path.name}", text_{number}, {len(text)}}},')
lines += ["const struct template_source templates_embedded[] = {", *rows, "};", "",
          f"const size_t templates_embedded_count = {len(rows)};"]
pathlib.Path(output).write_text("\n".join(lines) + "\n")
