#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a run looks like from the app's side: test-runner.py RUNNER ACTOR"""

import errno
import os
import resource
import signal
import struct
import subprocess
import sys
import time
import unittest

import pnrun
import pnstream
import tap
from deny import PIDFD_OPEN, deny
from pnrun import LONG, Run, note

RUNNER, ACTOR = map(os.path.abspath, sys.argv[1:3])
del sys.argv[1:3]
FROZEN_SECONDS = 5
with open(RUNNER, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()


def kinds(events, kind):
    return [e for e in events if e.kind == kind]


def lines(events, stderr=False):
    return [e.text for e in kinds(events, "output.line")
            if bool(e.flags & pnstream.STDERR) == stderr]


class RunnerTest(unittest.TestCase):
    def whole(self, *arguments, options=(), status=0, lost=0):
        """A run that ends by itself, with all that must hold for one."""
        run = Run(RUNNER, arguments, options)
        events = run.finish()
        self.assertEqual(run.status, status, run.stderr)
        self.assertEqual(pnstream.check(events), lost)
        self.assertEqual(run.stdout, b"")
        self.assertEqual(pnrun.survivors(run.mark), [])
        return events

    def sh(self, script, **keywords):
        return self.whole("/bin/sh", "-c", script, **keywords)


class Stream(RunnerTest):
    def test_exit_status_is_in_run_end(self):
        events = self.sh("exit 3")
        self.assertEqual(events[-1].value, 3)
        self.assertEqual(events[-1].text, "")
        self.assertEqual(kinds(events, "process.end")[0].value, 3)

    def test_signal_is_in_run_end(self):
        events = self.sh("kill -TERM $$")
        self.assertEqual(events[-1].value, -signal.SIGTERM)
        self.assertEqual(kinds(events, "process.end")[0].value, -signal.SIGTERM)

    def test_begin_says_what_runs_and_when(self):
        events = self.whole("/bin/true", options=("--name", "a lesson"))
        self.assertEqual(events[0].text, "a lesson")
        self.assertLess(abs(events[0].value / 1e6 - time.time()), 60)
        self.assertEqual(self.whole("/bin/echo", "a", "b")[0].text, "/bin/echo a b")

    def test_program_that_is_not_there(self):
        run = Run(RUNNER, ["/nonexistent/program"])
        events = run.finish()
        pnstream.check(events)
        self.assertEqual(run.status, 1)
        self.assertEqual(events[-1].value, 127)
        self.assertIn("/nonexistent/program", events[-1].text)
        self.assertEqual(run.stderr.count(b"\n"), 1)

    def test_program_that_can_not_be_executed(self):
        run = Run(RUNNER, ["/etc/passwd"])
        events = run.finish()
        pnstream.check(events)
        self.assertEqual((run.status, events[-1].value), (1, 126))
        self.assertIn("ermission", events[-1].text)

    def test_many_events_from_many_processes(self):
        events = self.whole(ACTOR, "storm", "4", "5000")
        for process in range(2, 6):
            numbers = [e.value for e in kinds(events, "value.write")
                       if e.process == process]
            self.assertEqual(numbers, list(range(1, 5001)))

    def test_actor_runs_without_a_runner(self):
        self.assertEqual(os.spawnl(os.P_WAIT, ACTOR, ACTOR, "storm", "2", "10"), 0)


class Output(RunnerTest):
    def test_stdout_and_stderr_are_told_apart(self):
        events = self.sh("echo out; echo err >&2")
        self.assertEqual(lines(events), ["out"])
        self.assertEqual(lines(events, stderr=True), ["err"])

    def test_lines_of_several_writers_do_not_mix(self):
        writer = "printf a; sleep 0.02; printf a; sleep 0.02; echo a"
        events = self.sh(f"({writer}) & ({writer}) & wait")
        self.assertEqual(lines(events), ["aaa"] * 2)

    def test_line_without_an_end_comes_while_the_program_runs(self):
        run = Run(RUNNER, ["/bin/sh", "-c", "printf prompt; sleep 60"])
        run.read_until(b"prompt")
        run.command(b"s")
        pnstream.check(run.finish())

    def test_last_line_without_an_end(self):
        self.assertEqual(lines(self.sh("printf 'a\\nb'")), ["a", "b"])

    def test_empty_lines_stay(self):
        self.assertEqual(lines(self.sh("printf 'a\\n\\nb\\n'")), ["a", "", "b"])

    def test_nul_is_replaced_and_bad_bytes_stay(self):
        events = self.sh("printf 'a\\000b\\377\\n'")
        self.assertEqual(lines(events), ["a\ufffdb\udcff"])

    def test_long_lines_are_cut_between_characters(self):
        events = self.whole("/usr/bin/python3", "-c", "print ('x' + 'é' * 5000)")
        got = lines(events)
        self.assertEqual("".join(got), "x" + "é" * 5000)
        self.assertTrue(all(len(text.encode()) <= pnstream.TEXT_MAX for text in got))

    def test_a_line_of_many_megabytes(self):
        events = self.whole(ACTOR, "print-line", "20000000",
                            options=("--output-bytes", "100000000"))
        text = "".join(lines(events))
        self.assertEqual(len(text), 20000000)
        self.assertEqual(set(text[26 * i:26 * i + 26] for i in range(20000000 // 26)),
                         {"abcdefghijklmnopqrstuvwxyz"})

    def test_main_is_known_as_the_writer(self):
        event = kinds(self.sh("echo hello"), "output.line")[0]
        self.assertEqual(event.process, 1)

    def test_output_comes_before_the_end_of_its_writer(self):
        events = self.sh("echo hello; printf there")
        end = kinds(events, "process.end")[0].seq
        self.assertTrue(all(e.seq < end for e in kinds(events, "output.line")))

    def test_stdin_is_empty(self):
        self.assertEqual(lines(self.sh("cat; echo end")), ["end"])

    def test_print_of_the_runtime_comes_once(self):
        events = self.whole(ACTOR, "print", "3")
        self.assertEqual(events[-1].value, 7)
        self.assertEqual(sorted(lines(events)),
                         sorted(f"{word} {i}" for word in ("own", "plain")
                                for i in range(3)))

    def test_lines_of_a_process_come_in_the_order_it_wrote_them(self):
        n_processes, n_lines = 4, 12 * 100 + 3 # the last comes from mp_print
        events = self.whole(ACTOR, "mixed", str(n_processes - 1), str(n_lines),
                            options=("--name", "mixed"))
        for who in range(n_processes):
            got = [e for e in kinds(events, "output.line") if e.process == 1 + who]
            self.assertEqual([e.text for e in got],
                             [f"{who} {i}" for i in range(n_lines)])
            exits = [e.seq for e in kinds(events, "process.exit") if e.process == 1 + who]
            self.assertTrue(all(e.seq < seq for e in got for seq in exits))

    def test_descriptors_of_the_runner_are_not_for_the_program(self):
        events = self.sh("ls /proc/$$/fd")
        self.assertLessEqual(set(lines(events)), {"0", "1", "2", "10", "255"})


class Deaths(RunnerTest):
    def test_zombie_has_its_end_before_the_join(self):
        events = self.whole(ACTOR, "zombie")
        end = next(e for e in kinds(events, "process.end") if e.process == 2)
        printed = kinds(events, "output.line")[0]
        self.assertEqual(end.value, 5)
        self.assertLess(end.seq, printed.seq)
        self.assertEqual(kinds(events, "process.join")[0].value, 5)

    def test_orphan_is_waited_for(self):
        events = self.sh("(sleep 0.3; echo late) & exit 4")
        self.assertEqual(lines(events), ["late"])
        self.assertEqual(events[-1].value, 4)

    def test_dead_holder_abandons_its_lock(self):
        events = self.whole(ACTOR, "abandon")
        acquired = kinds(events, "lock.acquire")[0]
        abandoned = kinds(events, "lock.abandon")
        self.assertEqual([(e.process, e.object) for e in abandoned],
                         [(acquired.process, acquired.object)])
        end = next(e for e in kinds(events, "process.end") if e.process == 2)
        self.assertEqual(end.value, -signal.SIGKILL)
        self.assertLess(end.seq, abandoned[0].seq)

    def test_stop_and_continue_are_seen(self):
        events = self.whole(ACTOR, "stop")
        child = kinds(events, "value.write")[0].process
        self.assertEqual([e.kind for e in events if e.process == child][-3:],
                         ["process.stop", "process.continue", "process.end"])

    def test_nothing_published_is_lost_by_a_kill(self):
        n = 1000 if LONG else 100
        run = Run(RUNNER, [ACTOR, "killed", str(n)])
        events = run.finish()
        lost = pnstream.check(events)
        pids = {e.process: e.value for e in kinds(events, "process.begin")}
        last = {}
        for event in kinds(events, "value.write"):
            self.assertEqual(event.value, last.get(event.process, 0) + 1)
            last[event.process] = event.value
        by_pid = {pids[process]: value for process, value in last.items()}
        self.assertEqual(len(lines(events)), n)
        for line in lines(events):
            pid, published = map(int, line.split())
            self.assertIn(by_pid[pid] - published, (0, 1), line)
        # A number without an event was taken by a child and never published.
        note(f"{n} children killed while they emitted, {lost} numbers without an event")


class Stopped(RunnerTest):
    """The program sends SIGSTOP to those who look after it."""

    def test_supervisor_is_continued_by_the_guard(self):
        self.assertEqual(lines(self.whole(ACTOR, "stop-runner", "supervisor")), ["done"])

    def test_guard_is_continued_by_the_supervisor(self):
        run = Run(RUNNER, [ACTOR, "stop-runner", "guard"])
        self.assertTrue(run.read(20))
        self.assertEqual(run.finish()[-1].kind, "run.end")
        self.assertEqual(run.status, 0)

    def test_stopped_guard_whose_supervisor_is_killed_does_its_work_when_continued(self):
        for how in ("both", "kill"):
            with self.subTest(how):
                run = Run(RUNNER, [ACTOR, "stop-runner", how])
                while pnrun.state_of(run.process.pid) != "T":
                    time.sleep(0.001)
                run.command(b"s")
                os.kill(run.process.pid, signal.SIGCONT)
                run.read()
                run.close()
                pnrun.wait_for_nobody(run.mark)


class Lies(RunnerTest):
    """A child writes nonsense into the arena: its own events end there, the others' and
    the run do not."""

    def lie(self, how):
        run = Run(RUNNER, [ACTOR, "liar", how], ["--seconds", "20"])
        events = run.finish()
        lost = pnstream.check(events)
        self.assertEqual(run.status, 0, run.stderr)
        self.assertEqual(events[-1].text, "")
        self.assertEqual(lines(events), ["done"])
        self.assertEqual([e.value for e in kinds(events, "value.write")
                          if e.process == 1], list(range(100)))
        return lost

    def test_head_far_ahead(self):
        self.assertGreaterEqual(self.lie("head"), 1)

    def test_head_that_goes_back(self):
        self.lie("back")

    def test_junk(self):
        self.assertGreaterEqual(self.lie("junk"), 1)

    def test_counter(self):
        self.assertGreaterEqual(self.lie("counter"), 1 << 60)

    def test_slots_of_nobody(self):
        self.lie("arena")

    def test_number_that_never_comes(self):
        events = self.whole(ACTOR, "gap", lost=1)
        self.assertEqual(len(kinds(events, "value.write")), 2)


class Limits(RunnerTest):
    def stopped(self, *arguments, options):
        run = Run(RUNNER, arguments, options)
        events = run.finish()
        pnstream.check(events)
        self.assertEqual(run.status, 0, run.stderr)
        pnrun.wait_for_nobody(run.mark)
        return events

    def test_time(self):
        events = self.stopped("/bin/sleep", "30", options=("--seconds", "1"))
        self.assertIn("1 s", events[-1].text)
        self.assertEqual(events[-1].value, -signal.SIGKILL)

    def test_time_with_an_orphan(self):
        events = self.stopped("/bin/sh", "-c", "sleep 30 & exit 0",
                              options=("--seconds", "1"))
        self.assertIn("1 of its processes", events[-1].text)
        self.assertEqual(events[-1].value, 0)

    def test_processes(self):
        events = self.stopped(ACTOR, "bomb", options=("--processes", "10"))
        self.assertIn("10 processes", events[-1].text)

    def test_output(self):
        events = self.stopped("/usr/bin/yes", options=("--output-bytes", "10000"))
        self.assertIn("10000 bytes", events[-1].text)

    def test_output_through_the_runtime(self):
        events = self.stopped(ACTOR, "print", "1000000",
                              options=("--output-bytes", "10000"))
        self.assertIn("10000 bytes", events[-1].text)

    def test_stop_is_quick(self):
        took = []
        for i in range(5):
            run = Run(RUNNER, [ACTOR, "hostile"])
            run.read(0.1)
            begun = time.monotonic()
            run.command(b"s")
            events = run.finish()
            took.append(time.monotonic() - begun)
            pnstream.check(events)
            self.assertEqual(events[-1].text, "stopped")
            self.assertEqual(pnrun.survivors(run.mark), [])
        note("stopped within", ", ".join(f"{t * 1000:.0f} ms" for t in took))
        self.assertLess(sorted(took)[2], 2)

    def test_sigterm_means_stop(self):
        run = Run(RUNNER, ["/bin/sleep", "30"])
        run.read_until(b"main")
        run.process.terminate()
        events = run.finish()
        pnstream.check(events)
        self.assertEqual((run.status, events[-1].text), (0, "stopped"))


class SlowReader(RunnerTest):
    """More than fits into the runner's memory: the program waits, nothing is lost."""

    PROCESSES, EVENTS = 4, 400000

    def numbers(self, data):
        """The last of each process; quicker than to decode everything."""
        self.assertEqual(len(data) % pnstream.BLOCK, 0)
        seq, skip, values = 0, 0, {}
        for number, process, kind, tail, value in struct.iter_unpack(
                "<Q8xIHxB8xq24x", memoryview(data)[pnstream.BLOCK:]):
            if skip > 0:
                skip -= 1
                continue
            self.assertEqual(number, seq)
            seq, skip = seq + 1, tail
            if pnstream.KINDS[kind] == "value.write":
                self.assertEqual(value, values.get(process, 0) + 1)
                values[process] = value
        return values

    def test_frozen_reader(self):
        run = Run(RUNNER, [ACTOR, "storm", str(self.PROCESSES), str(self.EVENTS)],
                  ["--name", "storm"])
        run.read(0.02)
        time.sleep(FROZEN_SECONDS)
        self.assertIsNone(run.process.poll())
        run.read()
        run.close()
        self.assertEqual(run.status, 0, run.stderr)
        values = self.numbers(bytes(run.data))
        self.assertEqual(sorted(values.values()), [self.EVENTS] * self.PROCESSES)

    def test_frozen_reader_does_not_lose_output(self):
        run = Run(RUNNER, ["/bin/sh", "-c", "seq 200000; exit 9"],
                  ["--output-bytes", "10000000"])
        run.read_until(b"1000")
        time.sleep(FROZEN_SECONDS)
        events = run.finish()
        pnstream.check(events)
        self.assertEqual(lines(events), [str(i) for i in range(1, 200001)])
        self.assertEqual(events[-1].value, 9)


class RefusedTest(unittest.TestCase):
    """The system does not do what the runner needs: it says so, and what to do."""

    def refused(self, said, advice, *arguments, before=(), **keywords):
        result = subprocess.run([*before, RUNNER, "--control-fd", "0", *arguments],
                                stdin=open("/dev/zero"), capture_output=True, **keywords)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr.decode(),
                         rf"\Aprocession-runner: cannot {said}: [^\n]+; [^\n]*{advice}"
                         r"[^\n]*\n\Z")


class Refused(RefusedTest):
    def test_a_kernel_without_pidfds(self):
        for error in (errno.ENOSYS, errno.EPERM):
            self.refused("watch processes and signals", "Linux 5.3", "true",
                         preexec_fn=lambda: deny ({PIDFD_OPEN: error}))

    def test_no_large_files(self):
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20,) * 2)
        self.refused("prepare the run", "ulimit -f", "true", preexec_fn=limit)

    def test_a_program_that_is_not_there(self):
        self.refused("start /nonexistent", "is it there", "/nonexistent")

    def test_a_program_that_is_none(self):
        self.refused("start /etc/passwd", "chmod", "/etc/passwd")


class RefusedAll(RefusedTest):
    """What not even a sanitizer can do without."""

    def test_no_proc(self):
        """Neither processes nor the arena could be found without it. (unshare sees to it
        that the mounts outside stay.)"""
        hidden = ["unshare", "--mount", "sh", "-c", 'umount -l /proc && exec "$@"', "sh"]
        if subprocess.run([*hidden, "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("only for root")
        self.refused("read /proc", "mount -t proc", "true", before=hidden)

    def test_no_descriptor_left(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (n, n))
        for n in range(6, 40):
            result = subprocess.run([RUNNER, "--control-fd", "0", "true"], preexec_fn=limit,
                                    stdin=open("/dev/zero"), capture_output=True)
            if result.returncode == 0:
                return
            self.assertRegex(result.stderr, rb"\Aprocession-runner: cannot "
                             rb"[^\n]*; allow [^\n]*ulimit -n[^\n]*\n\Z")
        self.fail("40 are enough")

    def test_no_memory_left(self):
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (50 << 20,) * 2)
        self.refused("prepare the run", "ulimit -v", "true", preexec_fn=limit)


if SANITIZED:
    del RefusedAll


class Usage(RunnerTest):
    def usage(self, *arguments, **keywords):
        import subprocess
        result = subprocess.run([RUNNER, *arguments], capture_output=True,
                                stdin=subprocess.DEVNULL, **keywords)
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stdout, b"")
        self.assertGreater(len(result.stderr.splitlines()), 0)
        return result.stderr.decode()

    def test_wrong_usage(self):
        self.assertIn("no program", self.usage())
        self.assertIn("--processes", self.usage("--processes", "1000", "--", "true"))
        self.assertIn("--seconds", self.usage("--seconds", "x", "--", "true"))
        self.assertIn("--output-bytes", self.usage("--output-bytes", "0", "--", "true"))
        self.assertIn("descriptor 77", self.usage("--output-fd", "77", "--", "true"))
        self.assertIn("descriptor 78", self.usage("--control-fd", "78", "--", "true"))
        self.assertIn("nonsense", self.usage("--nonsense", "--", "true"))


if __name__ == "__main__":
    tap.main()
