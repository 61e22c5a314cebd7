#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Nothing outlives the app, whoever is killed, at any moment:
test-runner-kill.py RUNNER ACTOR LESSONS-DIR"""

import os
import random
import signal
import sys
import time
import unittest

import pnrun
import pnstream
import tap
from pnrun import LONG, Run, note

RUNNER, ACTOR, LESSONS = map(os.path.abspath, sys.argv[1:4])
del sys.argv[1:4]
ROUNDS = 200 if LONG else 20


def program(i):
    """Mostly the one that is hardest to end, and lessons in between."""
    if i % 3:
        return [ACTOR, "hostile"]
    lesson = ("lock", "pool-map", "manager-list", "nested", "daemon")[i // 3 % 5]
    return [os.path.join(LESSONS, lesson, lesson)]


def random_moment(random_numbers):
    """Often right at the start, where little is in place yet."""
    return random_numbers.choice((0, 0.002, 0.005, 0.02, 0.1)) * random_numbers.random()


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class Kill(unittest.TestCase):
    def setUp(self):
        self.seed = int(os.environ.get("PROCESSION_SEED", time.time_ns() % 10 ** 6))
        self.random = random.Random(self.seed)
        self.shm = set(os.listdir("/dev/shm"))

    def rounds(self, end):
        slowest = 0
        for i in range(ROUNDS):
            run = Run(RUNNER, program(i))
            run.read(random_moment(self.random))
            end(run)
            try:
                slowest = max(slowest, pnrun.wait_for_nobody(run.mark))
            except AssertionError as error:
                raise AssertionError(f"round {i}, PROCESSION_SEED={self.seed}") from error
            run.read()
            run.close()
            # What came is good to the last whole event.
            if len(run.data) >= pnstream.BLOCK:
                self.assertEqual(len(run.data) % pnstream.BLOCK, 0)
                events = pnstream.decode(bytes(run.data), whole=False)
                self.assertEqual([e.seq for e in events], list(range(len(events))))
        left = {name for name in set(os.listdir("/dev/shm")) - self.shm
                if "procession" in name}
        self.assertEqual(left, set())
        note(f"{ROUNDS} rounds, the slowest took {slowest * 1000:.0f} ms")

    def test_guard_is_killed(self):
        self.rounds(lambda run: kill(run.process.pid))

    def test_supervisor_is_killed(self):
        def end(run):
            while run.supervisor() == 0 and run.process.poll() is None:
                time.sleep(0.0005)
            kill(run.supervisor() or run.process.pid)
        self.rounds(end)

    def test_all_of_the_runners_name_are_killed(self):
        """killall -9 procession-runner"""
        def name(pid):
            try:
                with open(f"/proc/{pid}/comm") as file:
                    return file.read().strip()
            except FileNotFoundError:  # a run as short as that
                return ""

        def end(run):
            while run.supervisor() == 0 and run.process.poll() is None:
                time.sleep(0.0005)
            pids = [run.process.pid, run.supervisor()]
            self.assertEqual(name(run.process.pid), "procession-runn")
            for pid in pids:
                if name(pid) == "procession-runn":
                    kill(pid)
        self.rounds(end)

    def test_guard_is_stopped_and_the_supervisor_killed(self):
        """The guard does its work when it goes on."""
        def end(run):
            os.kill(run.process.pid, signal.SIGSTOP)
            supervisor = run.supervisor()
            if supervisor:
                kill(supervisor)
            time.sleep(0.01)
            os.kill(run.process.pid, signal.SIGCONT)
            if not supervisor:
                kill(run.process.pid)
        self.rounds(end)

    def test_control_is_closed(self):
        def end(run):
            os.close(run.control)
            run.control = -1
        self.rounds(end)

    def test_reader_is_closed(self):
        def end(run):
            os.close(run.output)
            run.output = os.open("/dev/null", os.O_RDONLY)
        self.rounds(end)

    def test_app_is_killed(self):
        """A process of its own is the app here, and is killed itself."""
        slowest = 0
        for i in range(ROUNDS):
            tell, told = os.pipe()
            app = os.fork()
            if app == 0:
                run = Run(RUNNER, program(i))
                os.write(told, run.mark.encode())
                while True:
                    run.read()
            mark = os.read(tell, 32).decode()
            os.close(tell)
            os.close(told)
            time.sleep(random_moment(self.random))
            kill(app)
            os.waitpid(app, 0)
            slowest = max(slowest, pnrun.wait_for_nobody(mark))
        note(f"{ROUNDS} rounds, the slowest took {slowest * 1000:.0f} ms")


if __name__ == "__main__":
    tap.main()
