#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""draw-lessons.py PROCESSION BENCH-DRAW: records all lessons, and has them drawn."""
import json
import pathlib
import subprocess
import sys
import tempfile


def main():
    procession, bench_draw = sys.argv[1:]
    listing = subprocess.run([procession, "list", "--json"], stdout=subprocess.PIPE, text=True,
                             check=True).stdout
    lessons = [json.loads(line)["id"] for line in listing.splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        recordings = [pathlib.Path(folder) / lesson for lesson in lessons]
        runs = [subprocess.Popen([procession, "run", lesson, "--json", "--record", recording],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
                for lesson, recording in zip(lessons, recordings)]
        if any([run.wait() for run in runs]):
            sys.exit("a lesson failed")
        subprocess.run([bench_draw, *recordings], check=True)


main()
