#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The program is killed at random moments, while lessons run in its window and on its
command line: nothing survives it, and no shared memory or file stays."""
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

try:
    import gi
except ImportError:
    print("1..0 # SKIP no python3-gi")
    sys.exit(0)

import pnrun
import tap
from gi.repository import Gio, GLib
from pnrun import LONG, MARK, note
from window import program, wait_for

NAME = "io.github.procession.Procession"
WINDOW = "/io/github/procession/Procession/window/1"
LESSONS = ("lock", "pool-map", "manager-list", "nested", "daemon", "queue")
ROUNDS = 200 if LONG else 20
RUN_SECONDS = 1.0


def shared_memory():
    """What could be ours: other programs make and unlink theirs meanwhile."""
    return {name for name in os.listdir("/dev/shm") if "procession" in name}


class TestKill(unittest.TestCase):
    def setUp(self):
        self.seed = int(os.environ.get("PROCESSION_SEED", time.time_ns() % 10 ** 6))
        self.random = random.Random(self.seed)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.env = {**os.environ, "TMPDIR": self.folder.name}

    def start(self, *args):
        self.env[MARK] = uuid.uuid4().hex
        return subprocess.Popen([program(), *args], env=self.env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def rounds(self, begin):
        """`begin` starts a run of a lesson and returns the program."""
        before = shared_memory()
        slowest = 0
        for i in range(ROUNDS):
            process = begin(LESSONS[i % len(LESSONS)])
            time.sleep(RUN_SECONDS * self.random.random() ** 2)
            process.kill()
            process.wait()
            try:
                slowest = max(slowest, pnrun.wait_for_nobody(self.env[MARK]))
            except AssertionError as error:
                raise AssertionError(f"round {i}, PROCESSION_SEED={self.seed}") from error
        self.assertEqual(shared_memory() - before, set())
        self.assertEqual(list(pathlib.Path(self.folder.name).rglob("*")), [])
        note(f"{ROUNDS} rounds, the slowest took {slowest * 1000:.0f} ms")

    def test_command_line(self):
        self.rounds(lambda lesson: self.start("run", lesson))

    def test_window(self):
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)

        def act(action, *parameters):
            try:
                bus.call_sync(NAME, WINDOW, "org.gtk.Actions", "Activate",
                              GLib.Variant("(sava{sv})", (action, list(parameters), {})),
                              None, Gio.DBusCallFlags.NO_AUTO_START, -1, None)
            except GLib.Error:
                return False
            return True

        def begin(lesson):
            process = self.start()
            wait_for(lambda: act("lesson", GLib.Variant("s", lesson)), "the window")
            self.assertTrue(act("run"))
            return process

        self.rounds(begin)


if __name__ == "__main__":
    tap.main()
