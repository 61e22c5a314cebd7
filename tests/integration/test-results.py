#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How ./check counts: .ci/results.py reads what Meson noted of tests that went well, badly
and not at all."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import tap  # noqa: E402

# Name, whether it speaks TAP, script, (passed, failed, skipped), the same with CI=true.
CASES = (
    ("good", True, "echo 1..2; echo ok 1 - a; echo ok 2 - b", (2, 0, 0), None),
    ("bad", True, "echo 1..2; echo ok 1 - a; echo not ok 2 - b; exit 1", (1, 1, 0), None),
    ("killed", True, "echo 1..3; echo ok 1 - a; kill -9 $$", (1, 1, 0), None),
    ("short", True, "echo 1..3; echo ok 1 - a; echo ok 2 - b", (2, 1, 0), None),
    ("status", True, "echo 1..1; echo ok 1 - a; exit 3", (1, 1, 0), None),
    ("slow", True, "echo 1..2; echo ok 1 - a; exec sleep 60", (1, 1, 0), None),
    ("skip", True, "echo 1..2; echo ok 1 - a; echo 'ok 2 - b # SKIP no luck'",
     (1, 0, 1), (1, 1, 0)),
    ("skip-all", True, "echo '1..0 # SKIP no display'", (0, 0, 1), (0, 1, 0)),
    ("skip-long", True, "echo 1..1; echo 'ok 1 - a # SKIP only with --long'",
     (0, 0, 1), None),
    ("plain", False, "exit 0", (1, 0, 0), None),
    ("plain-bad", False, "exit 1", (0, 1, 0), None),
    ("plain-killed", False, "kill -9 $$", (0, 1, 0), None),
    ("plain-skip", False, "echo no python3; exit 77", (0, 0, 1), (0, 1, 0)),
)


class Folder:
    """A project with these tests, and Meson's notes of them."""

    def __init__(self, cases):
        self.holder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.holder.name)
        lines = ["project('small')"]
        for name, speaks_tap, script, *_ in cases:
            self.script(f"{name}.sh", script)
            protocol = "tap" if speaks_tap else "exitcode"
            lines.append(f"test('{name}', find_program('{name}.sh'), suite: 'some',"
                         f" protocol: '{protocol}', timeout: 2)")
        self.script("session", 'exec "$@"')
        (self.root / "meson.build").write_text("\n".join(lines) + "\n")
        self.build = self.root / "build"
        subprocess.run(["meson", "setup", self.build, self.root], check=True,
                       stdout=subprocess.DEVNULL)
        self.command = ["meson", "test", "-C", self.build, "--no-rebuild",
                        "--wrapper", self.root / "session"]

    def script(self, name, text):
        path = self.root / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def count(self, ci):
        env = {**os.environ, "CI": ci}
        done = subprocess.run([sys.executable, ROOT / ".ci/results.py", self.build], env=env,
                              text=True, capture_output=True, check=True)
        return tuple(map(int, done.stdout.splitlines()[-1].split())), done.stdout


class TestResults(unittest.TestCase):
    def test_each_kind_of_end(self):
        folder = Folder(CASES)
        self.addCleanup(folder.holder.cleanup)
        subprocess.run(folder.command, stdout=subprocess.DEVNULL, check=False)
        for ci in ("", "true"):
            expected = [ci and in_ci or counts for *_, counts, in_ci in CASES]
            counts, said = folder.count(ci)
            self.assertEqual(counts, tuple(map(sum, zip(*expected))), said)
            for name, *_, here, in_ci in CASES:
                with self.subTest(name, ci=ci):
                    failed = (ci and in_ci or here)[1] and "skip" not in name
                    self.assertEqual(f"FAILED {name}:" in said, bool(failed), said)

    def test_what_did_not_run_has_failed(self):
        folder = Folder([("first", False, "exit 0"),
                         ("then", False, "echo $$ >begun; mv begun has-begun; exec sleep 60"),
                         ("last", False, "exit 0")])
        self.addCleanup(folder.holder.cleanup)
        meson = subprocess.Popen([*folder.command, "--num-processes=1"],
                                 stdout=subprocess.DEVNULL, start_new_session=True)
        self.addCleanup(meson.wait)
        self.addCleanup(os.killpg, meson.pid, signal.SIGKILL)
        while not (folder.build / "has-begun").exists():
            self.assertIsNone(meson.poll())
            time.sleep(0.01)
        os.killpg(meson.pid, signal.SIGKILL)
        # Meson gives each test a session of its own.
        os.kill(int((folder.build / "has-begun").read_text()), signal.SIGKILL)
        counts, said = folder.count("")
        # Meson may have kept to itself that the first one passed.
        self.assertIn(counts, ((0, 3, 0), (1, 2, 0)), said)
        self.assertIn("FAILED then: it did not run to its end", said)
        self.assertIn("FAILED last: it did not run to its end", said)


if __name__ == "__main__":
    tap.main()
