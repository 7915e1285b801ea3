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
CASES = pathlib.Path(__file__).parent / "cases"
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


TEXT = {"type": str}
# What SARIF 2.1.0 says of the objects that jobgen writes: members that must be there, and of all
# that may be there the kind. No object may have others.
SARIF = {
    "log": (["version", "runs"], {"$schema": TEXT, "version": {"enum": ["2.1.0"]},
                                  "runs": {"list": "run"}}),
    "run": (["tool"], {"tool": "tool", "results": {"list": "result"},
                       "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]}}),
    "tool": (["driver"], {"driver": "component"}),
    "component": (["name"], {"name": TEXT, "version": TEXT,
                             "rules": {"list": "rule", "unique": True}}),
    "rule": (["id"], {"id": TEXT, "shortDescription": "message",
                      "defaultConfiguration": "configuration"}),
    "configuration": ([], {"level": {"enum": ["none", "note", "warning", "error"]}}),
    "result": (["message"], {"ruleId": TEXT, "ruleIndex": {"type": int, "least": -1},
                             "level": {"enum": ["none", "note", "warning", "error"]},
                             "message": "message", "locations": {"list": "location"},
                             "relatedLocations": {"list": "location", "unique": True},
                             "fixes": {"list": "fix", "unique": True}}),
    "message": (["text"], {"text": TEXT}),
    "location": ([], {"id": {"type": int, "least": -1}, "physicalLocation": "physical",
                      "message": "message"}),
    "physical": (["artifactLocation"], {"artifactLocation": "artifact", "region": "region"}),
    "artifact": ([], {"uri": {"type": str,
                              "pattern": r"([a-z]+:)?([\w.~/!$&'()*+,;=:@-]|%[0-9A-F]{2})+"}}),
    "region": (["startLine"], {key: {"type": int, "least": 1}
                               for key in ("startLine", "startColumn", "endLine", "endColumn")}),
    "fix": (["artifactChanges"],
            {"description": "message",
             "artifactChanges": {"list": "change", "unique": True, "some": True}}),
    "change": (["artifactLocation", "replacements"],
               {"artifactLocation": "artifact",
                "replacements": {"list": "replacement", "some": True}}),
    "replacement": (["deletedRegion"], {"deletedRegion": "region", "insertedContent": "message"}),
}


def faults_of_object(value, kind, path):
    needed, members = SARIF[kind]
    if not isinstance(value, dict):
        return [f"{path} is no {kind}"]
    faults = [f"{path} has no {key}" for key in needed if key not in value]
    for key, item in value.items():
        faults += (faults_of_value(item, members[key], f"{path}.{key}") if key in members
                   else [f"{path} must not have {key}"])
    return faults


def faults_of_value(value, rule, path):
    if isinstance(rule, str):
        return faults_of_object(value, rule, path)
    if "enum" in rule:
        return expect(value in rule["enum"], path, "is", value)
    if "type" in rule:
        is_right = type(value) is rule["type"] and value >= rule.get("least", value)
        return expect(is_right and re.fullmatch(rule.get("pattern", ".*"), str(value), re.S), path,
                      "is", repr(value))
    if not isinstance(value, list) or (rule.get("some") and not value):
        return [f"{path} is no list of some"]
    faults = [fault for at, item in enumerate(value)
              for fault in faults_of_object(item, rule["list"], f"{path}[{at}]")]
    is_unique = len({json.dumps(item, sort_keys=True) for item in value}) == len(value)
    return faults + expect(is_unique or not rule.get("unique"), path, "has the same twice")


def regions_of(value):
    """Every region within."""
    if isinstance(value, list):
        return [region for item in value for region in regions_of(item)]
    if not isinstance(value, dict):
        return []
    own = [value[key] for key in ("region", "deletedRegion") if key in value]
    return own + [region for item in value.values() for region in regions_of(item)]


def faults_of_sarif(log):
    """Also what a schema cannot say."""
    faults = faults_of_object(log, "log", "log")
    if faults:
        return faults
    run = log["runs"][0]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    faults += expect(len(set(ids)) == len(ids), "a rule is there twice")
    for result in run["results"]:
        faults += expect(ids[result["ruleIndex"]] == result["ruleId"], result["ruleId"], "by index")
        faults += expect(result["level"] in ("warning", "error"), result["level"])
    for region in regions_of(run["results"]):
        faults += expect(1 <= region["startColumn"] <= region["endColumn"], region)
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
        tap.check("SARIF is as 2.1.0 has it", faults_of_sarif(log))
        done = run(CASES, *sorted(path.name for path in CASES.glob("*.c")), "-o",
                   str(folder / "none"), "--diagnostics", "sarif")
        every = json.loads(done.stdout)
        tap.check("so is what is said of all cases at once",
                  expect(len(every["runs"][0]["results"]) > 100) + faults_of_sarif(every)[:9])
        broken = json.loads(json.dumps(log).replace('"startLine": 1,', '"startLine": "1",'))
        broken["runs"][0]["results"][0]["level"] = "fatal"
        broken["runs"][0]["results"][1]["place"] = 1
        del broken["runs"][0]["tool"]
        faults = faults_of_sarif(broken)
        tap.check("what is not would be noticed",
                  expect(len(faults) > 3 and all(
                      any(word in fault for fault in faults)
                      for word in ("startLine", "level", "place", "no tool")), faults))
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
                      expect(done.stderr.count(b" @inout all->items[all->n]\n") == 1 and
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
