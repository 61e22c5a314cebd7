#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every command, and every way to use it wrongly: test-cli.py PROCESSION SAMPLE SCENARIOS"""

import csv
import io
import json
import os
import pathlib
import pty
import re
import resource
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
import xml.dom.minidom

import pnrun
import tap
from pncli import Cli

PROCESSION, SAMPLE, SCENARIOS = map(os.path.abspath, sys.argv[1:4])
del sys.argv[1:4]

SAMPLES = ["lock", "deadlock", "ends", "pool", "pipe", "manager", "nested", "hostile",
           "many", "generated"]
# What a terminal may act on: C0 but newline, DEL, C1, and what turns text around.
OBEYED = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
NO_DISPLAY = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "BROADWAY_DISPLAY": None}


class CliTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.cli = Cli(PROCESSION, COLUMNS="100")
        for name in SAMPLES:
            subprocess.run([SAMPLE, name, cls.sample(name)], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def sample(cls, name):
        return cls.folder / f"{name}.procession"

    def good(self, *args, **keywords):
        result = self.cli.run(*args, **keywords)
        self.assertEqual((result.status, result.err), (0, ""), args)
        return result

    def bad(self, status, message, *args, **keywords):
        """One line on stderr, nothing on stdout."""
        result = self.cli.run(*args, **keywords)
        self.assertEqual(result.status, status, (args, result.err))
        self.assertRegex(result.err, r"\Aprocession: [^\n]+\n\Z", args)
        self.assertIn(message, result.err)
        self.assertEqual(result.out, "")
        self.assertNotRegex(result.err.rstrip("\n"), OBEYED)


class Usage(CliTest):
    def test_help(self):
        for argument in ("--help", "-h", "help"):
            out = self.good(argument).out
            for command in ("list", "run", "events", "state", "export", "--browser"):
                self.assertIn(command, out)
            self.assertLessEqual(max(map(len, out.splitlines())), 88)

    def test_help_of_each_command(self):
        for command in ("list", "run", "events", "state", "export"):
            out = self.good(command, "--help").out
            self.assertIn(f"procession {command}", out)
            self.assertIn("--help", out)

    def test_version(self):
        self.assertRegex(self.good("--version").out, r"\Aprocession \d+\.\d+\.\d+\n\Z")

    def test_wrong_usage(self):
        file = self.sample("lock")
        cases = [
            ("did you mean “list”?", "lst"),
            ("no command or file “frobnicate”", "frobnicate"),
            ("no option “--frobnicate”", "--frobnicate"),
            ("“x” is one too many", "--version", "x"),
            ("“x” is one too many", "list", "x"),
            ("“x” is one too many", "events", file, "x"),
            ("“x” is one too many", file, "x"),
            ("Unknown option --frobnicate", "list", "--frobnicate"),
            ("LESSON is missing", "run"),
            ("FILE is missing", "events"),
            ("FILE is missing", "state", "--at", "1"),
            ("--at N is missing", "state", file),
            ("--at must be the number of an event, not “x”", "state", file, "--at", "x"),
            ("not “-1”", "state", file, "--at=-1"),
            ("not “1.5”", "export", file, "-o", self.folder / "a.png", "--at", "1.5"),
            ("FILE is missing", "export", "--output", "a.png"),
            ("--output FILE is missing", "export", file),
            ("is told by the ending", "export", file, "--output", "a.xyz"),
            ("is told by the ending", "export", file, "--output", "png"),
            ("--axis must be one of time, order, not “x”",
             "export", file, "--output", "a.png", "--axis", "x"),
            ("--theme must be one of light, dark, print, not “Dark”",
             "export", file, "--output", "a.png", "--theme", "Dark"),
            ("--size must be like 1600x900", "export", file, "-o", "a.png", "--size", "x"),
            ("not “1600”", "export", file, "-o", "a.png", "--size", "1600"),
            ("not “0x9”", "export", file, "-o", "a.png", "--size", "0x9"),
            ("not “-1x9”", "export", file, "-o", "a.png", "--size", "-1x9"),
            ("not “9x9x9”", "export", file, "-o", "a.png", "--size", "9x9x9"),
            ("not “99999x900”", "export", file, "-o", "a.png", "--size", "99999x900"),
            ("is told by the ending", "run", "lock", "--export", "a.doc"),
            ("no parameter “childern”; did you mean “children”?",
             "run", "lock", "--set", "childern=3"),
            ("children must be from 1 to 8, not 9", "run", "lock", "--set", "children=9"),
            ("children must be a whole number from 1 to 8, not “many”",
             "run", "lock", "--set", "children=many"),
            ("“children” is no setting; write NAME=VALUE",
             "run", "lock", "--set", "children"),
        ]
        for message, *args in cases:
            with self.subTest(args):
                self.bad(2, message, *args)

    def test_what_fails(self):
        file = self.sample("lock")
        cases = [
            ("no lesson “lok”; did you mean “lock”?", "run", "lok"),
            ("no lesson “\ufffd␛[31m”", "run", b"\xff\033[31m"),
            ("/nonexistent/file", "events", "/nonexistent/file"),
            ("/nonexistent/file", "/nonexistent/file"),
            (str(self.folder), "events", self.folder),
            (str(self.folder), self.folder),
            ("there is no event 54; choose one from 0 to 53", "state", file, "--at", "54"),
            ("there is no event 18446744073709551615",
             "export", file, "-o", self.folder / "a.png", "--at", "18446744073709551615"),
            ("/nonexistent/a.png", "export", file, "-o", "/nonexistent/a.png"),
            ("/nonexistent/a.svg", "export", file, "-o", "/nonexistent/a.svg"),
            ("/nonexistent/a.pdf", "export", file, "-o", "/nonexistent/a.pdf"),
            ("/nonexistent/a.csv", "export", file, "-o", "/nonexistent/a.csv"),
            ("/nonexistent/a.json", "export", file, "-o", "/nonexistent/a.json"),
            ("can't record to “/nonexistent/r”: No such file",
             "run", "lock", "--record", "/nonexistent/r"),
            ("/dev/null: it is shorter than the smallest recording; choose another file",
             "events", "/dev/null"),
            ("at byte 0: this is not a recording: name a file that", "events", SAMPLE),
            ("at byte 640: unknown kind of event; the file is damaged: choose another",
             "events", self.spoilt(640, bytes(64))),
            ("at byte 0: this is a recording of another version: open it with a newer",
             "events", self.spoilt(8, b"\7")),
            ("not above the one before it; the file is damaged",
             "events", self.spoilt(128, bytes(8))),
        ]
        for message, *args in cases:
            with self.subTest(args):
                self.bad(1, message, *args, env=NO_DISPLAY)

    def spoilt(self, at, replacement):
        """A recording that has these bytes at this place."""
        data = bytearray(self.sample("lock").read_bytes())
        data[at:at + len(replacement)] = replacement
        path = self.folder / f"spoilt-{at}.procession"
        path.write_bytes(data)
        return path

    def test_each_error_says_what_to_do(self):
        cases = [
            ("choose another file", "events", "/nonexistent/file"),
            ("choose another file", "events", self.folder),
            ("choose another file", "/nonexistent/file"),
            ("or choose another place",
             "export", self.sample("lock"), "-o", "/nonexistent/a.csv"),
            ("choose another folder",
             "export", self.sample("lock"), "-o", "/nonexistent/a.png"),
            ("choose another place", "run", "lock", "--record", "/nonexistent/r"),
            ("“procession list” shows all", "run", "zzz"),
        ]
        for advice, *args in cases:
            with self.subTest(args):
                self.bad(1, advice, *args, env=NO_DISPLAY)

    def test_no_large_files(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        for name in ("large.png", "large.svg", "large.csv", "large.json"):
            self.bad(1, "File too large", "export", self.sample("lock"), "-o",
                     self.folder / name, preexec_fn=limit)
            self.assertFalse((self.folder / name).exists())

    def test_few_descriptors(self):
        """Enough, or one line that says what to do."""
        for n in range(5, 40):
            def limit(n=n):
                resource.setrlimit(resource.RLIMIT_NOFILE, (n, n))
            with self.subTest(n):
                result = self.cli.run("run", "start-and-join", "--set", "seconds=0.1",
                                      "--json", preexec_fn=limit)
                if result.status == 0:
                    break
                self.assertEqual(result.status, 1)
                self.assertRegex(result.err, r"\A[^\n]*allow more open files [^\n]*\n\Z")
        self.assertLess(n, 25)

    def test_a_folder_as_output_is_left_alone(self):
        folder = self.folder / "folder.json"
        folder.mkdir()
        self.bad(1, "folder.json", "export", self.sample("lock"), "-o", folder)
        folder.rmdir()

    def test_failed_export_leaves_the_old_file(self):
        for ending in ("png", "csv"):
            path = self.folder / f"old.{ending}"
            path.write_text("old")
            self.bad(1, "no event 999", "export", self.sample("lock"), "-o", path,
                     "--at", "999")
            self.assertEqual(path.read_text(), "old")
            path.unlink()


class Listing(CliTest):
    def test_text_names_each_lesson_and_parameter(self):
        out = self.good("list").out
        for lesson in self.good("list", "--json").json:
            self.assertIn(f"  {lesson['id']} ", out)
            self.assertIn(lesson["group"], out)
            for parameter in lesson["parameters"]:
                self.assertIn(f"--set {parameter['name']}={parameter['default']}", out)

    def test_json_fields(self):
        lessons = self.good("list", "--json").json
        self.assertTrue(lessons)
        for lesson in lessons:
            self.assertEqual(list(lesson), ["id", "title", "group", "summary", "watch",
                                            "parameters"])
            for parameter in lesson["parameters"]:
                self.assertEqual(list(parameter), ["name", "label", "type", "min", "max",
                                                   "choices", "default"])

    def test_bad_lesson_is_told_and_left_out(self):
        lesson = self.folder / "lessons" / "broken"
        lesson.mkdir(parents=True)
        (lesson / "lesson.ini").write_text("[lesson]\ntitle=Broken\n")
        env = {"PROCESSION_LESSONS": str(lesson.parent)}
        result = self.cli.run("list", env=env)
        self.assertEqual(result.status, 0)
        self.assertIn("broken/lesson.ini: [lesson] group: is missing", result.err)
        self.assertNotIn("broken", result.out)
        self.bad(1, "[lesson] group: is missing", "run", "broken", env=env)


class Recordings(CliTest):
    def test_events_and_states_of_each_sample(self):
        for name in SAMPLES:
            with self.subTest(name):
                path = self.sample(name)
                events = self.cli.run("events", path, "--json").json
                self.assertEqual([e["seq"] for e in events], sorted(e["seq"] for e in events))
                lines = self.cli.run("events", path).out.splitlines()
                self.assertEqual(len(lines), len(events))
                for event, line in zip(events, lines):
                    self.assertTrue(line.endswith(event["text"]), (line, event))
                for event in events[::max(1, len(events) // (20 if pnrun.LONG else 4))]:
                    at = str(event["seq"])
                    state = self.good_or_cut("state", path, "--at", at, "--json").json[0]
                    self.assertEqual(state["event"], event["seq"])
                    self.good_or_cut("state", path, "--at", at)

    def good_or_cut(self, *args, **keywords):
        result = self.cli.run(*args, **keywords)
        self.assertEqual(result.status, 0, result.err)
        self.assertRegex(result.err, r"\A(procession: [^\n]*cut short[^\n]*\n)?\Z")
        return result

    def test_deadlock_is_found(self):
        path = self.sample("deadlock")
        last = self.cli.run("events", path, "--json").json[-1]["seq"]
        state = self.good_or_cut("state", path, "--at", str(last), "--json").json[0]
        self.assertEqual(sorted(state["deadlock"]), ["P1", "P2"])
        self.assertIn("Deadlock", self.good_or_cut("state", path, "--at", str(last)).out)

    def test_state_in_english(self):
        cases = [
            ("lock", "P3 asks for lock.", "lock is held by P1. P2 and P3 wait for it."),
            ("lock", "main exits.", "lock is free."),
            ("pipe", "main sends “hello”", "pipe holds 1 message: 'hello' for end 2. P1 waits for it."),
            ("pipe", "main makes a pipe", "pipe is empty."),
            ("manager", "P1 calls names.append ('a')", "names, a list, is []. P1 waits for it."),
        ]
        for sample, sentence, words in cases:
            path = self.sample(sample)
            events = self.cli.run("events", path, "--json").json
            seq = next(e["seq"] for e in events if e["text"].startswith(sentence))
            out = self.good_or_cut("state", path, "--at", str(seq)).out
            self.assertIn(f"\n  {words}\n", out)

    def test_peers_are_processes(self):
        for name in ("lock", "pipe", "pool", "manager", "nested", "ends"):
            events = self.cli.run("events", self.sample(name), "--json").json
            processes = {e["process"] for e in events}
            for event in events:
                self.assertIn(event["peer"], processes, event)
        events = self.cli.run("events", self.sample("pipe"), "--json").json
        self.assertEqual([(e["process"], e["peer"]) for e in events
                          if e["kind"] == "pipe.recv" and e["peer"]],
                         [("P1", "main"), ("main", "P1")])

    def test_nothing_that_a_terminal_obeys(self):
        path = self.sample("hostile")
        for args in (["events", path], ["events", path, "--json"], [path],
                     ["state", path, "--at", "20"], ["state", path, "--at", "20", "--json"]):
            out = self.good_or_cut(*args, env=NO_DISPLAY).out
            self.assertNotRegex(out, OBEYED, args)

    def test_ascii_where_the_locale_is(self):
        for name in ("lock", "hostile"):
            for args in (["events", self.sample(name)], [self.sample(name)],
                         ["events", self.sample(name), "--json"], ["list"]):
                result = self.good_or_cut(*args, env={"LC_ALL": "C", **NO_DISPLAY})
                self.assertTrue(result.out.isascii(), args)

    def test_ascii_json_says_the_same(self):
        path = self.sample("hostile")
        ascii_events = self.cli.run("events", path, "--json", env={"LC_ALL": "C"}).json
        self.assertEqual(ascii_events, self.cli.run("events", path, "--json").json)

    def test_cut_anywhere(self):
        data = self.sample("lock").read_bytes()
        whole = self.cli.run("events", self.sample("lock"), "--json").json
        path = self.folder / "cut.procession"
        step = 61 if pnrun.LONG else 497
        ends = sorted({*range(0, 200, 27), *range(0, len(data), step), len(data) - 1})
        for end in ends:
            with self.subTest(end):
                path.write_bytes(data[:end])
                if end < 128:
                    self.bad(1, "cut.procession", "events", path, "--json")
                    continue
                result = self.cli.run("events", path, "--json")
                self.assertEqual(result.status, 0, result.err)
                self.assertIn("cut short", result.err)
                shorter = [{**e, "pid": None} for e in result.json]
                expected = [{**e, "pid": None} for e in whole[:len(shorter)]]
                self.assertEqual([e["seq"] for e in shorter], [e["seq"] for e in expected])

    def test_bad_files(self):
        data = bytearray(self.sample("lock").read_bytes())
        path = self.folder / "bad.procession"
        newer = bytearray(data)
        struct.pack_into("<I", newer, 8, 77)
        broken = bytearray(data)
        struct.pack_into("<H", broken, 64 * 5 + 20, 0xffff)
        cases = [b"", b"\0" * 4096, b"PNG\r\n" * 100, os.urandom(5000),
                 bytes(newer), bytes(broken)]
        for content in cases:
            with self.subTest(content[:16]):
                path.write_bytes(content)
                for args in (["events", path], ["events", path, "--json"],
                             ["state", path, "--at", "0"],
                             ["export", path, "-o", self.folder / "bad.png"], [path]):
                    self.bad(1, "bad.procession", *args, env=NO_DISPLAY)
        self.assertFalse((self.folder / "bad.png").exists())

    def test_any_byte_changed(self):
        """Refused with one line, or shown: never a crash, never a hang."""
        data = self.sample("pool").read_bytes()
        path = self.folder / "changed.procession"
        for at in range(64, len(data), len(data) // (600 if pnrun.LONG else 60)):
            changed = bytearray(data)
            changed[at] ^= 1 << (at % 8)
            path.write_bytes(changed)
            result = self.cli.run(path, env=NO_DISPLAY, encoding=None)
            with self.subTest(at):
                self.assertIn(result.status, (0, 1), result.err)
                self.assertLessEqual(result.err.count(b"\n"), 1)


class Timeline(CliTest):
    def test_fits_the_width(self):
        for name in SAMPLES:
            for width in ("40", "80", "120", "300"):
                result = self.cli.run(self.sample(name),
                                      env={"COLUMNS": width, **NO_DISPLAY})
                self.assertEqual(result.status, 0)
                widest = max(map(len, result.out.splitlines()[:-1]))
                self.assertLessEqual(widest, int(width), (name, width))

    def test_shows_what_happens(self):
        out = self.good(self.sample("lock"), env=NO_DISPLAY).out
        for word in ("main", "└ P1", "joins P1", "waits for lock", "holds lock", "sleeps",
                     "▼", "▲", "├", "runs", "All have ended."):
            self.assertIn(word, out)
        out = self.cli.run(self.sample("ends"), env=NO_DISPLAY).out
        for word in ("●3", "✗ SIGSEGV", "✗ SIGKILL", "stopped"):
            self.assertIn(word, out)
        out = self.cli.run(self.sample("deadlock"), env=NO_DISPLAY).out
        self.assertIn("╳", out)
        self.assertIn("wait for each other", out)

    def in_terminal(self, **env):
        """What the program writes to a terminal of 90 columns."""
        own, its = pty.openpty()
        process = self.cli.start(self.sample("lock"), stdout=its, encoding=None,
                                 env={"TERM": "xterm", "COLUMNS": None, **NO_DISPLAY, **env})
        os.close(its)
        data = b""
        while select.select([own], [], [], 20)[0]:
            try:
                data += os.read(own, 65536)
            except OSError:
                break
        os.close(own)
        self.assertEqual(process.wait(), 0)
        process.stderr.close()
        return data.decode()

    def test_colours_only_in_a_terminal_that_wants_them(self):
        self.assertIn("\033[38;5;166m", self.in_terminal())
        self.assertNotIn("\033", self.in_terminal(NO_COLOR="1"))
        self.assertNotIn("\033", self.in_terminal(TERM="dumb"))
        self.assertNotIn("\033", self.good(self.sample("lock"), env=NO_DISPLAY).out)


class Export(CliTest):
    def export(self, name, *args, sample="lock"):
        path = self.folder / name
        self.good("export", self.sample(sample), "--output", path, *args)
        data = path.read_bytes()
        path.unlink()
        return data

    def size(self, png):
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        return struct.unpack(">II", png[16:24])

    def test_png_has_the_size_asked_for(self):
        self.assertEqual(self.size(self.export("a.png", "--size", "800x450")), (800, 450))
        self.assertEqual(self.size(self.export("a.PNG", "--size", "1600x900")), (1600, 900))

    def test_svg_is_well_formed_and_has_text(self):
        svg = self.export("a.svg", "--theme", "dark", "--axis", "order")
        document = xml.dom.minidom.parseString(svg)
        self.assertEqual(document.documentElement.tagName, "svg")
        self.assertIn("waits for lock", svg.decode())

    def test_hostile_names_are_harmless_in_svg(self):
        svg = self.export("a.svg", sample="hostile")
        xml.dom.minidom.parseString(svg)
        self.assertNotIn(b"<script", svg)

    def test_pdf(self):
        self.assertEqual(self.export("a.pdf", "--theme", "print")[:5], b"%PDF-")

    def test_themes_axes_and_moments_differ(self):
        pictures = [self.export("a.png", *args) for args in (
            [], ["--theme", "dark"], ["--theme", "print"], ["--axis", "order"],
            ["--at", "10"], ["--at", "30"])]
        self.assertEqual(len(set(pictures)), len(pictures))
        self.assertEqual(self.export("a.png"), pictures[0])

    def test_json_is_what_events_says(self):
        for sample in ("lock", "hostile"):
            exported = self.folder / "a.json"
            self.cli.run("export", self.sample(sample), "-o", exported)
            said = self.cli.run("events", self.sample(sample), "--json").out
            self.assertEqual(exported.read_text(encoding="utf-8"), said)
            exported.unlink()

    def test_csv_has_the_same_values(self):
        text = self.export("a.csv").decode()
        rows = list(csv.DictReader(io.StringIO(text)))
        events = self.cli.run("events", self.sample("lock"), "--json").json
        self.assertEqual(len(rows), len(events))
        for row, event in zip(rows, events):
            self.assertEqual(list(row), list(event))
            for name, value in event.items():
                self.assertEqual(row[name], "" if value is None else str(value))

    def test_csv_has_no_formulas(self):
        path = self.folder / "a.csv"
        self.cli.run("export", self.sample("hostile"), "-o", path)
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
        self.assertTrue(all(len(row) == 11 for row in rows))
        for row in rows[1:]:
            for cell in row:
                if cell and not re.fullmatch(r"-?\d+", cell):
                    self.assertNotIn(cell[0], "=+-@\t\r")
        path.unlink()


class Streams(CliTest):
    COMMANDS = [["--help"], ["--version"], ["list"], ["list", "--json"], ["run", "--help"]]

    def commands(self):
        lock = self.sample("lock")
        return self.COMMANDS + [["events", lock], ["events", lock, "--json"], [lock],
                                ["state", lock, "--at", "5"],
                                ["state", lock, "--at", "5", "--json"]]

    def test_full_output_is_an_error(self):
        for args in self.commands():
            with self.subTest(args), open("/dev/full", "w") as full:
                result = self.cli.run(*args, stdout=full, env=NO_DISPLAY)
                self.assertEqual(result.status, 1)
                self.assertRegex(result.err, r"\Aprocession: can't write standard output: "
                                 r"[^\n]*No space left on device; make room [^\n]*\n\Z")

    def test_closed_output_is_an_error(self):
        for args in self.commands():
            with self.subTest(args):
                command = ["sh", "-c", 'exec "$@" >&-', "sh", PROCESSION, *map(str, args)]
                env = {k: v for k, v in os.environ.items() if k not in NO_DISPLAY}
                done = subprocess.run(command, capture_output=True, text=True, env=env)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("can't write standard output", done.stderr)

    def test_closed_error_stream_does_no_harm(self):
        path = self.folder / "precious.json"
        path.write_text("precious")
        command = ["sh", "-c", 'exec "$@" 2>&- <&-', "sh", PROCESSION, "events",
                   "/nonexistent/file"]
        self.assertEqual(subprocess.run(command, check=False).returncode, 1)
        self.assertEqual(path.read_text(), "precious")

    def test_reader_that_goes_away(self):
        process = self.cli.start("events", self.sample("generated"))
        process.stdout.readline()
        process.stdout.close()
        process.stderr.close()
        self.assertEqual(process.wait(timeout=60), -13)


class Browser(CliTest):
    def start(self):
        return self.started(self.cli.start("--browser", self.sample("lock")))

    def started(self, process):
        line = process.stdout.readline()
        match = re.fullmatch(r"Open (http://127\.0\.0\.1:(\d+)/) in a web browser; "
                             r"Ctrl\+C here ends it\.\n", line)
        self.assertTrue(match, line)
        return process, match[1], int(match[2])

    def listens(self, port):
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    def test_window_is_served_and_the_server_ends_with_it(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number):
                process, address, port = self.start()
                with urllib.request.urlopen(address, timeout=20) as page:
                    self.assertIn(b"<html", page.read())
                time.sleep(1)
                self.assertIsNone(process.poll())
                process.send_signal(number)
                process.wait(timeout=20)
                process.stdout.close()
                process.stderr.close()
                pnrun.wait_for_nobody(process.mark)
                self.assertFalse(self.listens(port))

    def test_some_that_start_at_once_use_a_port_each(self):
        processes = [self.cli.start("--browser", self.sample("lock")) for _ in range(4)]
        runs = [self.started(process) for process in processes]
        self.assertEqual(len({port for _, _, port in runs}), len(runs), runs)
        for process, address, _ in runs:
            with urllib.request.urlopen(address, timeout=20) as page:
                self.assertIn(b"<html", page.read())
            process.terminate()
            self.assertEqual(process.communicate()[1], "")
            pnrun.wait_for_nobody(process.mark)

    def test_missing_server_is_told(self):
        self.bad(1, "install the package libgtk-4-bin", "--browser",
                 env={"PATH": "/nonexistent"})

    def test_wrong_usage(self):
        self.bad(2, "no option “--frobnicate”", "--browser", "--frobnicate")
        self.bad(2, "is one too many", "--browser", self.sample("lock"), "x")
        self.bad(1, "/nonexistent/file", "--browser", "/nonexistent/file")


class Installed(CliTest):
    def test_tree_works_where_it_lies(self):
        """Made by hand as “meson install” makes it; nothing of the build is used."""
        root = self.folder / "installed"
        libexec = root / "libexec" / "procession"
        lesson = libexec / "lessons" / "start-and-join"
        build = pathlib.Path(PROCESSION).parents[2]
        for source, target in (
                (PROCESSION, root / "bin" / "procession"),
                (build / "src/runner/procession-runner", libexec / "procession-runner"),
                (build / "src/scenarios/start-and-join/start-and-join",
                 lesson / "start-and-join"),
                (SCENARIOS + "/start-and-join/lesson.ini", lesson / "lesson.ini")):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
        cli = Cli(root / "bin" / "procession")
        self.assertEqual([one["id"] for one in cli.run("list", "--json").json],
                         ["start-and-join"])
        result = cli.run("run", "start-and-join", "--set", "seconds=0.1")
        self.assertEqual((result.status, result.err), (0, ""))
        (libexec / "procession-runner").unlink()
        result = cli.run("run", "start-and-join")
        self.assertEqual(result.status, 1)
        self.assertIn("procession-runner is not there", result.err)
        (lesson / "lesson.ini").write_text("[lesson]\ntitle=x\n")
        for command in (["list"], ["run", "start-and-join"]):
            result = cli.run(*command)
            self.assertEqual((result.status, result.out), (1, ""))
            self.assertRegex(result.err, r"\A[^\n]*/lesson.ini: [^\n]*\n\Z")
        shutil.rmtree(libexec)
        for command in (["list"], ["run", "lock"], []):
            result = cli.run(*command, env=NO_DISPLAY)
            self.assertEqual((result.status, result.out, result.err), (
                1, "", "procession: there are no lessons; build them or install "
                "Procession again\n"))

    def test_without_proc(self):
        hidden = ["--mount", "sh", "-c", 'umount -l /proc && exec "$@"', "sh"]
        cli = Cli("unshare")
        if cli.run(*hidden, "true").status != 0:
            self.skipTest("only for root")
        for command in (["list"], ["run", "lock"], []):
            result = cli.run(*hidden, PROCESSION, *command, env=NO_DISPLAY)
            self.assertEqual((result.status, result.out), (1, ""))
            # A sanitizer says before that it misses /proc, too.
            said = re.sub(r"(?m)^==\d+==.*\n", "", result.err)
            self.assertRegex(said, r"\A[^\n]*; mount -t proc proc /proc\n\Z")


class WithoutDisplay(CliTest):
    def test_first_lesson_runs_and_is_drawn(self):
        with tempfile.TemporaryDirectory() as folder:
            result = self.good(cwd=folder, env=NO_DISPLAY)
            self.assertEqual(result.survivors(), [])
            first = self.good("list", "--json").json[0]
            self.assertIn(first["title"], result.out)
            self.assertIn("▼", result.out)
            self.assertIn("All have ended.", result.out)
            png, svg = (pathlib.Path(folder).resolve() / f"{first['id']}.{ending}"
                        for ending in ("png", "svg"))
            self.assertIn(f"Wrote {png}\n", result.out)
            self.assertIn(f"Wrote {svg}\n", result.out)
            self.assertEqual(png.read_bytes()[:4], b"\x89PNG")
            xml.dom.minidom.parse(str(svg))
            self.assertEqual(len(os.listdir(folder)), 2)

    def test_display_that_is_not_there(self):
        result = self.good(self.sample("lock"), env={**NO_DISPLAY, "DISPLAY": ":4242"})
        self.assertIn("joins P1", result.out)

    def test_folder_that_can_not_be_written(self):
        result = self.cli.run(cwd="/proc", env=NO_DISPLAY)
        self.assertEqual(result.status, 1)
        self.assertIn("/proc/", result.err)


if __name__ == "__main__":
    tap.main()
