#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each lesson, and lessons with bugs, through the command line and the real runner:
test-lessons.py PROCESSION SOURCES BAD_LESSON"""

import collections
import itertools
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import pnstream
import tap
from pncli import Cli
from pnrun import LONG, note, wait_for_nobody

PROCESSION, SOURCES, BAD_LESSON = map(os.path.abspath, sys.argv[1:4])
del sys.argv[1:4]

EVENT_FIELDS = ["seq", "time_ns", "pid", "process", "kind", "object", "peer", "value",
                "file", "line", "text"]
STATE_FIELDS = ["event", "processes", "objects", "deadlock"]
PROCESS_FIELDS = ["name", "pid", "parent", "state", "waiting_for", "holds", "exit"]
OBJECT_FIELDS = ["name", "kind", "owner", "waiters", "items", "value"]
STATES = {"starting", "running", "sleeping", "waiting", "joining", "zombie", "gone",
          "stopped"}
# Which events of one number belong together, in this order.
CHAINS = [
    ["queue.put", "queue.get"],
    ["pipe.send", "pipe.recv"],
    ["pool.submit", "pool.begin", "pool.done", "pool.result"],
    ["manager.call", "manager.serve", "manager.reply"],
]

LESSON_INI = """[lesson]
title=Bad
group=Test
order=900
summary=It has a bug.
watch=The bug.
[parameter how]
label=How
type=choice
choices=crash;fail;loop;hide;stop;flood;rattle;breed;sleep;escapes;hear
default=crash
[parameter who]
label=Who
type=choice
choices=child;main
default=child
"""


class Run:
    """One run of a lesson: events as JSON, the recording, and the twin's result."""

    def __init__(self, cli, folder, lesson):
        self.cli, self.lesson = cli, lesson
        self.path = folder / f"{lesson}.pn"
        self.process = cli.start("run", lesson, "--json", "--record", self.path)
        self.twin = start_twin(lesson)

    def finish(self):
        self.result = self.cli.finish(self.process)
        self.events = self.result.json
        self.twin_out, _ = self.twin.communicate(timeout=60)

    def output(self):
        return [e["value"] for e in self.events if e["kind"] == "output.line"]


def start_twin(lesson):
    [script] = pathlib.Path(SOURCES, lesson).glob("*.py")
    return subprocess.Popen(["/usr/bin/python3", script], stdout=subprocess.PIPE,
                            encoding="utf-8")


class Lessons(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.cli = Cli(PROCESSION)
        lessons = [lesson["id"] for lesson in cls.cli.run("list", "--json").json]
        cls.runs = [Run(cls.cli, pathlib.Path(cls.folder.name), id) for id in lessons]
        for run in cls.runs:
            run.finish()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def each(self):
        for run in self.runs:
            with self.subTest(run.lesson):
                yield run

    def test_all_lessons_of_the_sources_are_there(self):
        folders = {path.parent.name for path in pathlib.Path(SOURCES).glob("*/lesson.ini")}
        self.assertEqual({run.lesson for run in self.runs}, folders)
        self.assertGreaterEqual(len(folders), 7)

    def test_runs_end_well_and_leave_nothing(self):
        for run in self.each():
            self.assertEqual((run.result.status, run.result.err), (0, ""))
            self.assertEqual(run.result.survivors(), [])

    def test_recording_is_whole(self):
        """seq dense from run.begin to run.end, each start has its end, one owner a
        lock, nothing lost: read by other code than the program's own."""
        for run in self.each():
            events = pnstream.decode(run.path.read_bytes())
            self.assertEqual(pnstream.check(events), 0)
            self.assertEqual(len(events), len(run.events))

    def test_json_has_each_field(self):
        for run in self.each():
            for event in run.events:
                self.assertEqual(list(event), EVENT_FIELDS)
                self.assertTrue(event["text"])
            self.assertEqual([e["seq"] for e in run.events], list(range(len(run.events))))
            times = [e["time_ns"] for e in run.events]
            self.assertEqual(times, sorted(times))

    def test_processes_start_and_end_once(self):
        for run in self.each():
            started = [e["peer"] for e in run.events if e["kind"] == "process.start"]
            ended = [e["process"] for e in run.events if e["kind"] == "process.end"]
            self.assertEqual(len(set(started)), len(started))
            self.assertEqual(sorted(started), sorted(ended))
            for name in started:
                kinds = [e["kind"] for e in run.events if e["process"] == name]
                self.assertEqual(kinds[0], "process.begin")
                self.assertEqual(kinds[-1], "process.end")

    def test_join_follows_the_end(self):
        for run in self.each():
            ended = {}
            for event in run.events:
                if event["kind"] == "process.end":
                    ended[event["process"]] = event["value"]
                elif event["kind"] == "process.join":
                    self.assertEqual(ended[event["peer"]], event["value"])

    def test_locks_have_one_owner(self):
        for run in self.each():
            owner = {}
            for event in run.events:
                if event["kind"] == "lock.acquire":
                    self.assertIsNone(owner.get(event["object"]))
                    owner[event["object"]] = event["process"]
                elif event["kind"] == "lock.release":
                    self.assertEqual(owner.pop(event["object"]), event["process"])
            self.assertEqual(owner, {})

    def test_each_get_has_its_put(self):
        for run in self.each():
            for chain in CHAINS:
                self.check_chain(pnstream.decode(run.path.read_bytes()), chain)

    def check_chain(self, events, chain):
        """A later link only after the one before, and at most once. (A recv that found
        the other end closed carries an error below 0.)"""
        seen = collections.defaultdict(list)
        for event in events:
            if event.kind in chain and event.value > 0:
                seen[event.object, event.value].append(event.kind)
        for kinds in seen.values():
            self.assertEqual(kinds, chain[:len(kinds)])

    def test_messages_are_said_as_they_are(self):
        """As text, not by number: the same one is got that was put."""
        run = next(run for run in self.runs if run.lesson == "queue")
        put, got = ([e["value"] for e in run.events if e["kind"] == kind]
                    for kind in ("queue.put", "queue.get"))
        self.assertEqual(put, [f"message {n}" for n in range(1, 7)] + ["None", "None"])
        self.assertEqual(got, put)
        third = next(e for e in run.events if e["value"] == "message 3")
        state = self.cli.run(
            "state", run.path, "--at", str(third["seq"]), "--json").json[0]
        self.assertEqual(state["objects"][0]["items"][-1], "message 3")

    def test_list_has_items(self):
        run = next(run for run in self.runs if run.lesson == "manager-list")
        last = str(len(run.events) - 1)
        state = self.cli.run("state", run.path, "--at", last, "--json").json[0]
        names = next(thing for thing in state["objects"] if thing["name"] == "names")
        self.assertEqual(names["items"], ["P1", "P2", "P3"] * 2)
        self.assertIsNone(names["value"])

    def test_values_follow_from_each_other(self):
        """A read sees the last write."""
        for run in self.each():
            values = {}
            for event in run.events:
                if event["kind"] == "value.write":
                    values[event["object"]] = event["value"]
                elif event["kind"] == "value.read":
                    self.assertEqual(event["value"], values[event["object"]])

    def test_outcome_is_the_twins(self):
        for run in self.each():
            for attempt in range(3):
                if sorted(run.output()) == sorted(run.twin_out.splitlines()):
                    break
                # Who is first depends on the time where a daemon is cut off.
                note(f"{run.lesson} once more: {run.output()} and {run.twin_out!r}")
                again = Run(self.cli, run.path.parent, run.lesson)
                again.finish()
                run.events, run.twin_out = again.events, again.twin_out
            self.assertEqual(sorted(run.output()), sorted(run.twin_out.splitlines()))
            self.assertEqual(run.events[-1]["value"], run.twin.returncode)

    def test_sites_are_in_the_source(self):
        for run in self.each():
            source = pathlib.Path(SOURCES, run.lesson, f"{run.lesson}.c")
            n_lines = len(source.read_text(encoding="utf-8").splitlines())
            sites = [(e["file"], e["line"]) for e in run.events if e["line"]]
            self.assertTrue(sites)
            for file, line in sites:
                self.assertEqual(file, f"{run.lesson}/{run.lesson}.c")
                self.assertLessEqual(line, n_lines)

    def test_each_marked_line_is_reached(self):
        """So that a step lights it, in C and in Python; each switch in both ways."""
        for run in self.each():
            source = pathlib.Path(SOURCES, run.lesson, f"{run.lesson}.c").read_text()
            marked = {number for number, line in enumerate(source.splitlines(), 1)
                      if "/* DOC:" in line}
            reached = {e["line"] for e in run.events} | self.switched_lines(run.lesson)
            self.assertTrue(marked)
            self.assertEqual(marked - reached, set())

    def switched_lines(self, id):
        lesson = next(l for l in self.cli.run("list", "--json").json if l["id"] == id)
        lines = set()
        for parameter in lesson["parameters"]:
            if parameter["type"] == "bool":
                other = "false" if parameter["default"] == "true" else "true"
                result = self.cli.run(
                    "run", id, "--json", "--set", f"{parameter['name']}={other}")
                lines |= {e["line"] for e in result.json}
        return lines

    def test_recording_says_what_was_said_live(self):
        for run in self.each():
            result = self.cli.run("events", run.path, "--json")
            self.assertEqual((result.status, result.err), (0, ""))
            self.assertEqual(result.json, run.events)

    def test_state_at_the_end(self):
        for run in self.each():
            last = str(len(run.events) - 1)
            state = self.cli.run("state", run.path, "--at", last, "--json").json[0]
            self.assertEqual(state["deadlock"], [])
            for process in state["processes"]:
                self.assertIn(process["state"], ("zombie", "gone"))
                self.assertIsInstance(process["exit"], int)
                self.assertEqual(process["holds"], [])

    def test_states_agree_with_themselves(self):
        """Owners and holds, waiters and waits, in the lesson about locks."""
        run = next(run for run in self.runs if run.lesson == "lock")
        waited = 0
        for event in run.events[::1 if LONG else 3]:
            state = self.cli.run(
                "state", run.path, "--at", str(event["seq"]), "--json").json[0]
            self.assertEqual(list(state), STATE_FIELDS)
            self.assertEqual(state["event"], event["seq"])
            held = {}
            for process in state["processes"]:
                self.assertEqual(list(process), PROCESS_FIELDS)
                self.assertIn(process["state"], STATES)
                held.update((name, process["name"]) for name in process["holds"])
            for thing in state["objects"]:
                self.assertEqual(list(thing), OBJECT_FIELDS)
                self.assertEqual(thing["owner"], held.get(thing["name"]))
                waiting = {p["name"] for p in state["processes"]
                           if p["waiting_for"] == thing["name"]}
                self.assertEqual(waiting, set(thing["waiters"]))
                waited = max(waited, len(waiting))
        self.assertEqual(waited, 2)


class BadLessons(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.lesson = pathlib.Path(self.folder.name, "bad")
        self.lesson.mkdir()
        self.lesson.joinpath("bad").symlink_to(BAD_LESSON)
        self.set_limits()
        self.cli = Cli(PROCESSION, PROCESSION_LESSONS=self.folder.name)
        self.addCleanup(self.folder.cleanup)

    def set_limits(self, text=""):
        limits = f"[limits]\n{text}\n" if text else ""
        self.lesson.joinpath("lesson.ini").write_text(LESSON_INI + limits)

    def start(self, how, who="child", *args, **keywords):
        return self.cli.start("run", "bad", "--json", "--set", f"how={how}",
                              "--set", f"who={who}", *args, **keywords)

    def run_whole(self, how, who="child", *args):
        result = self.cli.finish(self.start(how, who, *args))
        self.assertEqual(result.survivors(), [])
        return result

    def ends(self, events):
        return {e["process"]: e["value"] for e in events if e["kind"] == "process.end"}

    def test_crash_of_a_child_is_shown(self):
        result = self.run_whole("crash")
        self.assertEqual(result.status, 0, result.err)
        self.assertEqual(self.ends(result.json), {"P1": -signal.SIGSEGV, "main": 0})
        text = next(e["text"] for e in result.json
                    if e["kind"] == "process.end" and e["process"] == "P1")
        self.assertIn("SIGSEGV", text)

    def test_crash_of_the_program_is_an_error(self):
        result = self.run_whole("crash", "main")
        self.assertEqual((result.status, result.err),
                         (1, "procession: bad was killed by SIGSEGV\n"))
        self.assertEqual(self.ends(result.json), {"main": -signal.SIGSEGV})

    def test_exit_code_is_shown(self):
        result = self.run_whole("fail")
        self.assertEqual(result.status, 0, result.err)
        self.assertEqual(self.ends(result.json), {"P1": 3, "main": 0})

    def test_exit_code_of_the_program_is_an_error(self):
        result = self.run_whole("fail", "main")
        self.assertEqual((result.status, result.err),
                         (1, "procession: bad ended with exit code 3\n"))

    def test_a_bad_end_leads_to_the_events(self):
        for how, said in (("crash", "was killed by SIGSEGV"),
                          ("fail", "ended with exit code 3")):
            arguments = ("run", "bad", "--set", f"how={how}", "--set", "who=main")
            result = self.cli.run(*arguments)
            self.assertEqual((result.status, result.err), (
                1, f"procession: bad {said}; “--events” shows what led to it\n"))
            result = self.cli.run(*arguments, "--events")
            self.assertEqual(result.err, f"procession: bad {said}\n")

    def stop(self, how, signal_number, said):
        """Once it has said so. Returns the result; how long it took is noted."""
        # Whatever this test itself was started to ignore, by nohup for one.
        process = self.start(how, preexec_fn=lambda: signal.signal(signal_number, signal.SIG_DFL))
        lines = []
        while not any(said in line for line in lines):
            lines.append(process.stdout.readline())
            self.assertTrue(lines[-1], "ended too early")
        begun = time.monotonic()
        process.send_signal(signal_number)
        result = self.cli.finish(process)
        took = time.monotonic() - begun
        note(f"{how} ended {took * 1000:.0f} ms after the signal")
        result.out = "".join(lines) + result.out
        self.assertLess(took, 5)
        self.assertEqual(result.survivors(), [])
        return result

    def test_nohup_goes_on(self):
        process = self.start("sleep", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        while "sleep.begin" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGHUP)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(0.5)
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.cli.finish(process).err, "procession: bad: stopped\n")

    def test_endless_loop_is_stopped(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                result = self.stop("loop", number, "loops")
                self.assertEqual((result.status, result.err),
                                 (1, "procession: bad: stopped\n"))
                self.assertEqual(result.json[-1]["kind"], "run.end")
                self.assertEqual(self.ends(result.json),
                                 {"P1": -signal.SIGKILL, "main": -signal.SIGKILL})
                for event in result.json:
                    if event["kind"] == "process.end":
                        self.assertEqual(event["text"], event["process"] + " is killed by "
                                         "SIGKILL, because the run was stopped.")

    def test_who_waits_for_each_other_is_found(self):
        found = "Deadlock: P1 and P2 wait for each other."
        result = self.stop("hear", signal.SIGINT, found)
        text = next(e["text"] for e in result.json if found in e["text"])
        self.assertRegex(text, r"^(P1|P2) waits for a message from pipe: none is there yet\. ")

    def test_what_hides_is_stopped(self):
        self.assertEqual(self.stop("hide", signal.SIGINT, "loops").status, 1)

    def test_stopped_process_is_shown_and_ended(self):
        result = self.stop("stop", signal.SIGINT, "process.stop")
        self.assertEqual(result.status, 1)
        self.assertEqual(self.ends(result.json)["P1"], -signal.SIGKILL)

    def test_killed_command_line_leaves_nothing(self):
        for how in ("hide", "stop", "loop"):
            with self.subTest(how):
                process = self.start(how)
                while "output.line" not in process.stdout.readline():
                    pass
                process.kill()
                process.communicate()
                note(f"{how} ended {wait_for_nobody(process.mark) * 1000:.0f} ms later")

    def test_limits(self):
        cases = [
            ("sleep", "seconds=1", "time limit"),
            ("breed", "processes=5", "more than 5 processes"),
            ("flood", "output=5000", "5000 bytes of output"),
            ("rattle", "events=20000", "more than 20000 events"),
        ]
        for how, limits, message in cases:
            with self.subTest(how):
                self.set_limits(limits)
                result = self.run_whole(how)
                self.assertEqual(result.status, 1)
                self.assertIn(message, result.err)
                self.assertEqual(result.err.count("\n"), 1)
                self.assertEqual(result.json[-1]["kind"], "run.end")

    def test_terminal_gets_no_control_characters(self):
        result = self.cli.run("run", "bad", "--set", "how=escapes")
        self.assertEqual(result.status, 0, result.err)
        self.assertIn("red", result.out)
        for bad in itertools.chain(map(chr, range(10)), "\v\f\r\x1b\x7f\x9b\u202e"):
            self.assertNotIn(bad, result.out)

    def test_reader_that_goes_away_ends_the_run(self):
        process = self.start("flood")
        process.stdout.readline()
        process.stdout.close()
        process.wait(timeout=20)
        process.stderr.close()
        note(f"ended {wait_for_nobody(process.mark) * 1000:.0f} ms later")
        self.assertEqual(process.returncode, -signal.SIGPIPE)

    def test_full_output_ends_the_run(self):
        with open("/dev/full", "w") as full:
            process = self.start("flood", stdout=full)
            result = self.cli.finish(process)
        self.assertEqual(result.status, 1)
        self.assertIn("can't write standard output: ", result.err)
        self.assertEqual(result.survivors(), [])


if __name__ == "__main__":
    tap.main()
