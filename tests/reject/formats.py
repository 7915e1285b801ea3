#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Complaints as JSON and SARIF are complete, can be applied, and go where they should; colours
are for terminals. Usage: formats.py JOBGEN"""
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "policy"))
from policy import Tap  # noqa: E402

JOBGEN = sys.argv[1]
BAD = """/* \u00e4\u4e2d */ /* @job(memroy = 1M) */
int f(int v);
/* Reads.
 * @job
 */
int g(const char *text, int n);
// @job
int h(int n, double *v);
/* @job @in valeus[n] */
int k(int n, const int *values);
/* @job read this */
int l(int v);
"""

WORDS = """/* @job */
static int f(int v) { return v; }
/* @job */
inline  int g(int v) { return v; }
/* @job */
extern int h();
/* @job */
static __inline__ int k(int v) { return v; }
/* @job */
int l ( ) { return 0; }
"""


def run(folder, *args, **options):
    environment = {**os.environ, "LC_ALL": "C", **options.pop("env", {})}
    return subprocess.run([JOBGEN, *args], cwd=folder, env=environment,
                          stderr=subprocess.PIPE, **{"stdout": subprocess.PIPE, **options})


def load(folder, form, *names):
    done = run(folder, *names, "-o", "gen", "--diagnostics", form)
    return done, json.loads(done.stdout.decode("utf-8"))


def missing(value, *keys):
    return [f"{key} is missing in {json.dumps(value)[:200]}" for key in keys if key not in value]


def faults_of_location(location):
    physical = location.get("physicalLocation")
    if physical is None:
        return ["no physicalLocation"]
    faults = missing(physical, "artifactLocation") or missing(physical["artifactLocation"], "uri")
    faults += missing(physical, "region") or faults_of_region(physical["region"])
    return faults


def faults_of_region(region):
    faults = missing(region, "startLine", "startColumn", "endColumn")
    if not faults and not 1 <= region["startColumn"] <= region["endColumn"]:
        faults.append(f"region {region}")
    return faults


def faults_of_result(result, rules):
    faults = missing(result, "ruleId", "ruleIndex", "level", "message", "locations")
    if faults:
        return faults
    if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
        faults.append(f"{result['ruleId']} is not the rule of its index")
    if result["level"] not in ("error", "warning") or not result["message"].get("text"):
        faults.append(f"level or text of {result['ruleId']}")
    for location in result["locations"] + result.get("relatedLocations", []):
        faults += faults_of_location(location)
    for fix in result.get("fixes", []):
        for change in fix["artifactChanges"]:
            faults += missing(change, "artifactLocation", "replacements")
            for replacement in change["replacements"]:
                faults += missing(replacement, "deletedRegion", "insertedContent")
                faults += faults_of_region(replacement["deletedRegion"])
    return faults


def faults_of_sarif(log):
    faults = missing(log, "version", "$schema", "runs")
    if faults or log["version"] != "2.1.0" or len(log["runs"]) != 1:
        return faults or ["version or runs"]
    driver = log["runs"][0]["tool"]["driver"]
    faults += missing(driver, "name", "rules")
    ids = [rule["id"] for rule in driver["rules"]]
    if len(set(ids)) != len(ids) or not all(re.fullmatch(r"[a-z0-9-]+", i) for i in ids):
        faults.append("names of rules")
    for rule in driver["rules"]:
        faults += missing(rule, "shortDescription", "defaultConfiguration")
    for result in log["runs"][0]["results"]:
        faults += faults_of_result(result, driver["rules"])
    return faults


def apply_json(text, fixes):
    lines = text.encode().split(b"\n")
    for fix in sorted(fixes, key=lambda f: (f["line"], f["column"]), reverse=True):
        line, at = lines[fix["line"] - 1], fix["column"] - 1
        lines[fix["line"] - 1] = line[:at] + fix["text"].encode() + line[at + fix["length"]:]
    return b"\n".join(lines).decode()


def apply_sarif(text, replacements):
    lines = text.split("\n")
    for item in sorted(replacements, reverse=True,
                       key=lambda r: (r["deletedRegion"]["startLine"],
                                      r["deletedRegion"]["startColumn"])):
        region, line = item["deletedRegion"], lines[item["deletedRegion"]["startLine"] - 1]
        lines[region["startLine"] - 1] = (line[:region["startColumn"] - 1] +
                                          item["insertedContent"]["text"] +
                                          line[region["endColumn"] - 1:])
    return "\n".join(lines)


def is_accepted(folder, text):
    (folder / "cured.c").write_text(text)
    done = run(folder, "cured.c", "--list")
    return [] if done.returncode == 0 else [text, done.stderr.decode()]


def on_terminal(folder, environment, *options):
    """What is on stderr if it is a terminal."""
    ours, theirs = pty.openpty()
    subprocess.run([JOBGEN, "bad.c", "-o", "gen", *options], cwd=folder, stderr=theirs,
                   stdout=subprocess.DEVNULL, check=False,
                   env={**os.environ, "LC_ALL": "C", "TERM": "xterm", **environment})
    os.close(theirs)
    text = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            piece = b""
        if not piece:
            break
        text += piece
    os.close(ours)
    return text


def expect(is_true, *words):
    return [] if is_true else [" ".join(map(str, words)) or "not so"]


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "bad.c").write_text(BAD)
        (folder / "good.c").write_text("/* @job */\nint f(int v);\n")
        odd = "a b/\u00e4%.c"
        (folder / "a b").mkdir()
        (folder / odd).write_bytes(b"/* @job(\xff) */\nint f(int v);\n")

        done, log = load(folder, "sarif", "bad.c")
        results = log["runs"][0]["results"]
        tap.check("SARIF has the parts that 2.1.0 requires", faults_of_sarif(log))
        tap.check("complaints end with 1 and nothing on stderr",
                  expect(done.returncode == 1 and not done.stderr, done))
        tap.check("all of them are there, in order",
                  expect([r["ruleId"] for r in results] ==
                         ["unknown-option", "string-or-bytes", "pointer-extent", "unknown-param",
                          "trailing-text"], [r["ruleId"] for r in results]))
        tap.check("columns are characters",
                  expect(results[0]["locations"][0]["physicalLocation"]["region"] ==
                         {"startLine": 1, "startColumn": 18, "endColumn": 24}, results[0]))
        firsts = [r["fixes"][0]["artifactChanges"][0]["replacements"][0]
                  for r in results if "fixes" in r]
        tap.check("a SARIF fix each cures the file",
                  expect(len(firsts) == 4, firsts) + is_accepted(folder, apply_sarif(BAD, firsts)))

        (folder / "words.c").write_text(WORDS)
        _, log = load(folder, "sarif", "words.c")
        results = log["runs"][0]["results"]
        edits = [r["fixes"][0]["artifactChanges"][0]["replacements"][0]
                 for r in results if "fixes" in r]
        tap.check("words that stand in the way are taken out",
                  expect(len(edits) == len(results) == 5, log) +
                  is_accepted(folder, apply_sarif(WORDS, edits)))
        _, log = load(folder, "json", "words.c")
        tap.check("in JSON as well",
                  is_accepted(folder, apply_json(
                      WORDS, [item["fix"] for item in log["diagnostics"]])))
        (folder / "macro.c").write_text("#define LOCAL static\n/* @job */\nLOCAL int f(int v);\n")
        _, log = load(folder, "json", "macro.c")
        tap.check("but not those of a macro",
                  expect(log["diagnostics"][0]["check"] == "static-job" and
                         "fix" not in log["diagnostics"][0], log))

        done, log = load(folder, "json", "bad.c")
        fixes = []
        for item in log["diagnostics"]:
            own = [x["fix"] for x in [item, *item["notes"]] if "fix" in x]
            fixes += own[:1]
        tap.check("JSON names severity, check, text and place of each",
                  [fault for item in log["diagnostics"]
                   for fault in missing(item, "severity", "check", "text", "file", "line", "column",
                                        "length", "notes")] +
                  expect(log["version"] == 1 and len(log["diagnostics"]) == 5, log))
        tap.check("a JSON fix each cures the file",
                  expect(len(fixes) == 4, fixes) + is_accepted(folder, apply_json(BAD, fixes)))

        _, log = load(folder, "sarif", odd)
        uri = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        tap.check("a path is a URI", expect(uri["uri"] == urllib.parse.quote(odd), uri))
        tap.check("a byte that is no UTF-8 does no harm",
                  expect("\ufffd" in log["runs"][0]["results"][0]["message"]["text"], log))
        _, log = load(folder, "sarif", str(folder / odd))
        uri = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        tap.check("an absolute one begins with file://",
                  expect(uri["uri"] == "file://" + urllib.parse.quote(str(folder / odd)), uri))

        (folder / "system").mkdir()
        (folder / "system/list.h").write_text("struct list { int n; int *items; };\n")
        (folder / "user.c").write_text('#include "list.h"\n/* @job */\nint f(struct list *all);\n')
        for flag, count in (("-I", 1), ("-isystem", 0)):
            done = run(folder, "user.c", "-o", "gen", "--", flag, "system")
            tap.check(f"@inout is offered, and @field where the user can write: {flag}",
                      expect(done.stderr.count(b" @inout all->items[n]\n") == 1 and
                             done.stderr.count(b" @field items[n]\n") == count, done))

        for form in ("json", "sarif"):
            done, log = load(folder, form, "good.c")
            items = log["diagnostics"] if form == "json" else log["runs"][0]["results"]
            tap.check(f"no complaints are an empty list in {form}",
                      expect(done.returncode == 0 and items == [], done))
            with open("/dev/full", "wb") as full:
                done = run(folder, "bad.c", "-o", "gen", "--diagnostics", form, stdout=full)
            tap.check(f"{form} that cannot be written is told as text",
                      expect(done.returncode == 1 and b"unknown-option" in done.stderr and
                             b"standard output: error: cannot be written" in done.stderr, done))

        done = run(folder, "bad.c", "-o", "gen", "--diagnostics", "sarif", "--no-such")
        tap.check("usage is told as text", expect(done.returncode == 2 and not done.stdout, done))

        colour = b"\x1b[0;1;31m"
        for text, environment, options in (
                ("on a terminal", {}, ()), ("where NO_COLOR is empty", {"NO_COLOR": ""}, ()),
                ("by --color always", {"TERM": "dumb"}, ("--color", "always"))):
            seen = on_terminal(folder, environment, *options)
            tap.check(f"there are colours {text}", expect(colour in seen, seen))
        for text, environment, options in (
                ("where NO_COLOR is set", {"NO_COLOR": "1"}, ()),
                ("on a dumb terminal", {"TERM": "dumb"}, ()),
                ("by --color never", {}, ("--color", "never"))):
            seen = on_terminal(folder, environment, *options)
            tap.check(f"there are none {text}",
                      expect(b"\x1b" not in seen and b"unknown-option" in seen, seen))
        done = run(folder, "bad.c", "-o", "gen")
        tap.check("there are none in a file", expect(b"\x1b" not in done.stderr, done))
    tap.finish()


main()
