#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""results.py BUILD-DIR: count the tests of Meson's last run there; print what failed, then
"PASSED FAILED SKIPPED" as the last line.

What counts as one: in a program that speaks TAP each of its subtests; else the program.
A program that ended badly (a crash, a time-out, fewer subtests than planned) without a
failed subtest counts as one more that failed, and so does one that Meson has no result
of. With CI=true a skipped test counts as failed, but for the reasons below."""
import json
import os
import re
import sys

# Reasons for a skip that hold on any machine CI may have.
SKIPS_ALLOWED_IN_CI = (
    r"only with --long",
)
SHOWN_LINES = 25
TAP_LINE = re.compile(r"^(not )?ok\b(?: +\d+)?(?: +-)? *([^#]*)(?:# *(SKIP|TODO)\b *(.*))?", re.I)
TAP_PLAN = re.compile(r"^1\.\.(\d+)(?: *# *SKIP *(.*))?", re.I)


def subtests(output):
    """Yield (name, "ok" | "bad" | "skip", reason) for each subtest."""
    for line in output.splitlines():
        if plan := TAP_PLAN.match(line):
            if plan[1] == "0":
                yield "all of it", "skip", plan[2] or "no reason given"
        elif match := TAP_LINE.match(line):
            bad, name, word, reason = match.groups()
            if word:
                yield name.strip(), "skip", reason or word
            else:
                yield name.strip(), "bad" if bad else "ok", ""


def results(test, is_tap):
    output = test.get("stdout") or ""
    found = list(subtests(output)) if is_tap else []
    if test["result"] == "SKIP" and not found:
        lines = output.strip().splitlines() or ["no reason given"]
        return [("all of it", "skip", lines[-1])]
    if test["result"] in ("OK", "EXPECTEDFAIL", "SKIP"):
        return found or [("all of it", "ok", "")]
    if not any(result == "bad" for _, result, _ in found):
        found.append((f"{test['result'].lower()}, exit status {test['returncode']}", "bad", ""))
    return found


def show(test, name):
    print(f"FAILED {test['name']}: {name}")
    lines = f"{test.get('stdout') or ''}\n{test.get('stderr') or ''}".splitlines()
    lines = [line for line in lines if line.strip() and not line.startswith("ok ")]
    for line in lines[-SHOWN_LINES:]:
        print(f"    {line[:300]}")


def main():
    build_dir = sys.argv[1]
    in_ci = os.environ.get("CI") == "true"
    with open(f"{build_dir}/meson-info/intro-tests.json") as file:
        planned = json.load(file)
    tap_names = {test["name"] for test in planned if test["protocol"] == "tap"}
    with open(f"{build_dir}/meson-logs/testlog-session.json") as file:
        tests = [json.loads(line) for line in file]
    counts = {"ok": 0, "bad": 0, "skip": 0}
    for test in tests:
        shown = False
        for name, result, reason in results(test, test["name"].split(" / ")[-1] in tap_names):
            if result == "skip":
                print(f"skipped {test['name']}: {name}: {reason}")
                if in_ci and not any(re.search(allowed, reason) for allowed in SKIPS_ALLOWED_IN_CI):
                    print("    counted as failed: CI=true, and this reason is not in .ci/results.py")
                    result = "bad"
            elif result == "bad" and not shown:
                show(test, name)
                shown = True
            elif result == "bad":
                print(f"FAILED {test['name']}: {name}")
            counts[result] += 1
    not_run = [test["name"] for test in planned]
    for test in tests:
        not_run.remove(test["name"].split(" / ")[-1])
    for name in not_run:
        print(f"FAILED {name}: it did not run to its end, or Meson ended before it")
    counts["bad"] += len(not_run)
    slow = sorted(tests, key=lambda test: -test["duration"])[:3]
    print("slowest:", ", ".join(f"{t['name'].split(' / ')[-1]} {t['duration']:.0f} s" for t in slow))
    print(counts["ok"], counts["bad"], counts["skip"])


main()
