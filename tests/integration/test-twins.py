#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A lesson and its Python twin do the same: same marks, same lines of output, same exit
status. Nobody watches here: the runtime is an ordinary library.
Usage: test-twins.py SOURCE_FOLDER PROGRAM_FOLDER LESSON…"""
import pathlib
import re
import subprocess
import sys

# A lesson, and the settings to compare it under beside its defaults.
SETTINGS = {
    "start-and-join": ["seconds=0.5"],
    "daemon": ["daemon=false"],
    "nested": ["seconds=0.3"],
    "pipe": ["questions=1"],
    "queue": ["readers=1", "messages=3"],
    "lock": ["children=5"],
    "no-lock": ["children=5"],
    "pool-map": ["tasks=4", "workers=2"],
    "pool-map-async": ["workers=1"],
    "manager-list": ["children=2"],
}
PATIENCE_SECONDS = 60


def twin(sources, lesson):
    """queue's has another name, so as not to stand before Python's module."""
    [path] = (sources / lesson).glob("*.py")
    return path


def marks(path):
    return sorted(re.findall(r"DOC: *([\w-]+)", path.read_text(encoding="utf-8")))


def start(command):
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def result(process):
    """The lines sorted: which process writes first is for the machine to decide."""
    output, errors = process.communicate(timeout=PATIENCE_SECONDS)
    return sorted(output.splitlines()), errors, process.returncode


def main():
    sources, programs = (pathlib.Path(arg) for arg in sys.argv[1:3])
    lessons = sys.argv[3:]

    def start_twins(lesson, settings):
        return (start([programs / lesson / lesson, *settings]),
                start([sys.executable, twin(sources, lesson), *settings]))

    runs = {}
    for lesson in lessons:
        for settings in ([], SETTINGS.get(lesson, [])):
            runs[lesson, tuple(settings)] = start_twins(lesson, settings)
    tests = []
    for lesson in lessons:
        c_marks = marks(sources / lesson / f"{lesson}.c")
        python_marks = marks(twin(sources, lesson))
        why = "" if c_marks and c_marks == python_marks else f"{c_marks} and {python_marks}"
        tests.append((f"{lesson}: the same marks", why))
    for (lesson, settings), twins in runs.items():
        of_c, of_python = (result(process) for process in twins)
        if of_c != of_python:  # All at once may have been too much: alone once more.
            of_c, of_python = (result(process) for process in start_twins(lesson, settings))
        why = "" if of_c == of_python and of_c[0] else f"C {of_c}, Python {of_python}"
        tests.append((" ".join([lesson, *settings, "does as its twin"]), why))

    print(f"1..{len(tests)}")
    for number, (name, why) in enumerate(tests, 1):
        print(f"{'not ok' if why else 'ok'} {number} - {name}")
        if why:
            print(f"# {why}")
    return any(why for _, why in tests)


sys.exit(main())
