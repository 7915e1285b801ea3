#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What jobgen keeps of a source from run to run has every member of the model: in jobgen/keep_model.c and keep.c each
struct is carried by a variable of its name."""
import re

from policy import ROOT, Tap

STRUCTS = {"type": "model.h", "field": "model.h", "record": "model.h", "expr": "model.h", "param": "model.h",
           "job_options": "model.h", "job": "model.h", "lookup": "collect.h", "name_use": "names.h",
           "complaint": "diag.h", "location": "diag.h", "collected": "collect_state.h"}
VARIABLES = {"job_options": "options", "name_use": "use", "location": "at", "collected": "found"}
# What serves only before jobs are kept, or is set anew.
NOT_KEPT = {"record": {"directives", "directive_count"}, "param": {"said"},
            "complaint": {"at", "fix", "notes", "note_count"},  # by other means, checked by the compiler
            "collected": {"source", "records", "start", "is_unclear", "is_lost"}}

text = "".join((ROOT / "jobgen" / name).read_text() for name in ("keep_model.c", "keep.c"))
tap = Tap()
for struct, header in STRUCTS.items():
    declared = re.search(rf"^struct {struct} {{\n(.*?)^}};", (ROOT / "jobgen" / header).read_text(),
                         re.MULTILINE | re.DOTALL)[1]
    declared = re.sub(r"/\*.*?\*/|{[^}]*}", "", declared, flags=re.DOTALL)
    members = {name for statement in declared.split(";")
               for name in re.findall(r"(\w+)\s*(?:\[[^]]*\])?\s*(?:,|$)", statement.strip())}
    variable = VARIABLES.get(struct, struct)
    missing = {name for name in members - NOT_KEPT.get(struct, set())
               if not re.search(rf"\b{variable}->{name}\b", text)}
    tap.check(f"all of struct {struct} is kept", [f"{name} is not" for name in sorted(missing)]
              if members else ["it has no members"])
tap.finish()
