# SPDX-License-Identifier: MIT
"""The command line from a test."""

import json
import os
import subprocess
import uuid

from pnrun import MARK, survivors

PATIENCE_SECONDS = 120
NO_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "BROADWAY_DISPLAY", "GDK_BACKEND")


class Result:
    def __init__(self, process, out, err, mark):
        self.status, self.out, self.err, self.mark = process.returncode, out, err, mark

    @property
    def json(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def survivors(self):
        return survivors(self.mark)


class Cli:
    def __init__(self, program, **env):
        self.program, self.env = program, env

    def start(self, *args, **keywords):
        """With `env`: set beside what this Cli sets; None takes a name away."""
        env = {**os.environ, "LC_ALL": "C.UTF-8", **self.env, **keywords.pop("env", {})}
        env = {name: value for name, value in env.items() if value is not None}
        mark = env[MARK] = uuid.uuid4().hex
        keywords = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                    "stderr": subprocess.PIPE, "encoding": "utf-8", **keywords}
        process = subprocess.Popen([self.program, *args], env=env, **keywords)
        process.mark = mark
        return process

    def finish(self, process, seconds=PATIENCE_SECONDS):
        out, err = process.communicate(timeout=seconds)
        return Result(process, out, err, process.mark)

    def run(self, *args, **keywords):
        return self.finish(self.start(*args, **keywords))
