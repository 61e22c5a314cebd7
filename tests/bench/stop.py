#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""stop.py PROCESSION BAD-LESSON: how long after Ctrl+C the last process of a run is gone,
for each of the bugs that a lesson may have. Prints the longest."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

BUGS = ("loop", "rattle", "hide", "stop", "sleep")
LESSON_INI = f"""[lesson]
title=Bad
group=Bench
order=1
summary=It has a bug.
watch=The bug.
[parameter how]
label=How
type=choice
choices={";".join(BUGS)}
default={BUGS[0]}
"""
RUN_SECONDS = 0.5


def is_running(pid, program):
    try:
        return os.readlink(f"/proc/{pid}/exe") == program
    except OSError:  # also of a zombie: it does nothing any more
        return False


def processes_of(program):
    return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and is_running(pid, program)]


def stop_ms(procession, program, env, how):
    command = [procession, "run", "bad", "--json", "--set", f"how={how}"]
    run = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(RUN_SECONDS)
    pids = processes_of(program)
    assert pids, f"{how}: no process of it runs"
    begin = time.monotonic()
    run.send_signal(signal.SIGINT)
    while pids := [pid for pid in pids if is_running(pid, program)]:
        time.sleep(0.001)
    took = time.monotonic() - begin
    run.wait()
    return took * 1000


def main():
    procession, program = map(os.path.realpath, sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        lesson = pathlib.Path(folder) / "bad"
        lesson.mkdir()
        (lesson / "lesson.ini").write_text(LESSON_INI)
        program_here = str(lesson / "bad")
        pathlib.Path(program_here).write_bytes(pathlib.Path(program).read_bytes())
        os.chmod(program_here, 0o755)
        env = dict(os.environ, PROCESSION_LESSONS=folder)
        times = {how: stop_ms(procession, program_here, env, how) for how in BUGS}
    for how, ms in times.items():
        print(f"{how}: {ms:.0f} ms", file=sys.stderr)
    print(json.dumps({"name": "stop_ms", "value": max(times.values())}))


main()
