#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Programs that do what one does not do: the run is whole all the same, it says what
they did, and nothing is left. test-runner-hostile.py RUNNER ACTOR"""

import os
import resource
import signal
import sys
import unittest
import unittest.mock

import pnrun
import pnstream
import tap
from pnrun import Run

RUNNER, ACTOR = map(os.path.abspath, sys.argv[1:3])
del sys.argv[1:3]
NOBODY = 65534


class Hostile(unittest.TestCase):
    def setUp(self):
        self.descriptors = os.listdir("/proc/self/fd")

    def act(self, *arguments, options=(), **keywords):
        """The events of a whole run that ends by itself and leaves nothing."""
        run = Run(RUNNER, [ACTOR, *map(str, arguments)],
                  ["--processes", "512", "--seconds", "60", *options], **keywords)
        events = run.finish()
        self.assertEqual((run.status, run.stdout, run.stderr), (0, b"", b""))
        self.assertEqual(pnstream.check(events), 0)
        self.assertEqual(pnrun.survivors(run.mark), [])
        self.assertEqual(os.listdir("/proc/self/fd"), self.descriptors)
        self.assertEqual([name for name in os.listdir("/dev/shm")
                          if "procession" in name], [])
        return events

    def lines(self, events):
        return [e.text for e in events if e.kind == "output.line"]

    def ends(self, events):
        return {e.process: e.value for e in events if e.kind == "process.end"}

    def test_closes_all_descriptors(self):
        events = self.act("close-all", 1024)
        self.assertEqual(set(self.ends(events).values()), {0})
        self.assertIn("manager.reply", {e.kind for e in events})
        self.assertIn("lock.acquire", {e.kind for e in events})

    def test_changes_its_user(self):
        if os.geteuid() != 0:
            self.skipTest("only for root")
        # LeakSanitizer can't read what to suppress where nobody may not look.
        with unittest.mock.patch.dict(os.environ, {"LSAN_OPTIONS": "detect_leaks=0"}):
            events = self.act("change-user", NOBODY)
        self.assertEqual(self.lines(events)[:2], ["before", "after"])
        self.assertEqual(set(self.ends(events).values()), {0})

    def test_becomes_other_programs(self):
        events = self.act("exec", 5)
        self.assertEqual(self.lines(events),
                         [str(i) for i in range(5, -1, -1)] + ["something else"])
        self.assertEqual({e.process for e in events if e.kind == "output.line"}, {1})
        self.assertEqual(self.ends(events), {1: 6})

    def test_kills_its_parent(self):
        events = self.act("kill-parent")
        self.assertEqual(self.lines(events), ["the parent is dead"])
        self.assertEqual(self.ends(events), {1: -signal.SIGKILL, 2: 0})
        self.assertEqual(events[-1].value, -signal.SIGKILL)

    def test_becomes_a_daemon(self):
        events = self.act("daemonise")
        self.assertEqual(self.lines(events), ["gone"])
        self.assertEqual(self.ends(events), {1: 0, 2: 7})

    def test_500_processes_at_once(self):
        events = self.act("processes", 500)
        self.assertEqual(len(self.ends(events)), 501)
        owners = [e.process for e in events if e.kind == "lock.acquire"]
        self.assertEqual(sorted(owners), list(range(1, 502)))

    def test_10000_locks_and_never_released(self):
        events = self.act("locks", 10000)
        self.assertEqual(sum(e.kind == "lock.acquire" for e in events), 10000)
        self.assertGreater(sum(e.kind == "lock.abandon" for e in events), 0)

    def test_more_threads_than_rings(self):
        events = self.act("threads", 1500)
        if events[-1].value == 77:
            self.skipTest("so many threads are not allowed here")
        self.assertEqual(self.ends(events), {1: 0, 2: 0})
        self.assertIn("child 1", self.lines(events))

    def test_shuts_its_stdout_down(self):
        events = self.act("shut-down")
        self.assertEqual(self.lines(events), ["before", "an event", "stderr"])

    def test_forges_marks(self):
        """All comes, but a liar's print stands where its lie has put it."""
        lines = self.lines(self.act("forge-marks"))
        self.assertIn("own", lines)
        lines.remove("own")
        self.assertEqual(lines, ["a", "b", "\ufffdPNma\ufffdc\ufffd\ufffd", "after"])

    def test_few_descriptors_for_the_program(self):
        self.assertEqual(self.ends(self.act("few-descriptors", 4)), {1: 0, 2: 0})

    def test_few_descriptors_for_the_runner(self):
        """It can't watch all of them at once; their ends are known all the same."""
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30))
        events = self.act("processes", 100, preexec_fn=limit)
        self.assertEqual(self.ends(events), {i: 0 for i in range(1, 102)})

    def test_stop_with_few_descriptors(self):
        run = Run(RUNNER, [ACTOR, "processes-for-ever", "100"], ["--processes", "512"],
                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30)))
        run.read_until(b"all are there")
        run.command(b"s")
        events = run.finish()
        self.assertEqual(events[-1].text, "stopped")
        self.assertEqual(pnrun.survivors(run.mark), [])


if __name__ == "__main__":
    tap.main()
