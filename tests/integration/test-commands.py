#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""./run and ./check on a small project of their own: what they find, install, build,
start and say. apt-get, sudo and pkg-config are stand-ins that note what they were asked."""
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import tap  # noqa: E402

PROJECT = """\
project('small', 'c')
subdir('src/app')
"""
PROGRAM = """\
#include <stdio.h>
int main (int n, char **args) { for (int i = 1; i < n; i++) puts (args[i]); return 7; }
"""
# Knows the one package: what pkg-config looks for is there once it was "installed".
APT_GET = """\
#!/bin/bash
echo "$@" >>"$NOTES/apt-get"
case " $* " in
  *" --assume-no "*)
    [ -e "$NOTES/lists" ] || exit 100
    echo "Need to get 12.3 MB of archives."
    echo "After this operation, 45.6 MB of additional disk space will be used."
    exit 1 ;;
  *" update "*) [ -z "$OFFLINE" ] || { echo "W: Failed to fetch a list"; exit; }
    touch "$NOTES/lists" ;;
  *" install "*) [ ! -e "$NOTES/half" ] || { echo "E: dpkg was interrupted, you must"; exit 100; }
    [ -z "$BROKEN" ] || { echo "E: no space left"; exit 100; }
    touch "$NOTES/installed" ;;
esac
"""
PKG_CONFIG = """\
#!/bin/bash
[[ "$*" != *"gtk4 "* ]] || [ -e "$NOTES/installed" ]
"""
BY_HAND = "as root, run: apt-get update && apt-get install --no-install-recommends libgtk-4-dev"
SUDO = """\
#!/bin/bash
printf '%s\n' "$*" >>"$NOTES/sudo"
[ -z "$REFUSED" ] || { echo "sudo: a password is required" >&2; exit 1; }
[ "$1" != -n ] || shift
exec "$@"
"""


def cpu_seconds_of_children():
    """Their own work, however much else this machine does."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Place(unittest.TestCase):
    """A checkout with a space and more in its path, and a PATH with our stand-ins."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pn commands "))
        self.addCleanup(shutil.rmtree, self.folder)
        self.root = self.folder / "the source's folder"
        self.root.mkdir()
        for name in ("run", "check", ".ci/common.sh"):
            (self.root / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, self.root / name)
        self.write("meson.build", PROJECT)
        self.write("meson_options.txt", "option('tests', type: 'boolean')\n")
        self.write("src/app/meson.build", "executable('procession', 'main.c')\n")
        self.write("src/app/main.c", PROGRAM)
        self.notes = self.folder / "notes"
        self.notes.mkdir()
        self.bin = self.folder / "bin"
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.env = {"PATH": f"{self.bin}:/usr/bin:/bin", "NOTES": str(self.notes),
                    "TMPDIR": str(self.temporary)}
        for name in ("installed", "lists"):
            (self.notes / name).touch()
        self.command("apt-get", APT_GET)
        self.command("pkg-config", PKG_CONFIG)
        self.command("sudo", SUDO)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def command(self, name, text):
        self.bin.mkdir(exist_ok=True)
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def only_these_commands(self, *names):
        """A PATH with the stand-ins and, of the system's commands, these."""
        place = self.folder / "system"
        place.mkdir()
        for name in names:
            (place / name).symlink_to(shutil.which(name))
        self.env["PATH"] = f"{self.bin}:{place}"

    def run_it(self, *args, script=None, **options):
        return subprocess.run([script or self.root / "run", *args], env=self.env, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=100,
                              start_new_session=True, **options)

    def noted(self, name):
        path = self.notes / name
        return path.read_text() if path.exists() else ""


class TestRun(Place):
    def test_builds_and_hands_on_arguments_and_status(self):
        done = self.run_it("a b", "--json", "")
        self.assertEqual((done.stdout, done.returncode), ("a b\n--json\n\n", 7), done.stderr)
        self.assertEqual(self.noted("apt-get"), "", "nothing is missing")

    def test_second_run_is_quiet_and_takes_less_than_a_second(self):
        self.run_it()
        before = cpu_seconds_of_children()
        done = self.run_it("x")
        self.assertLess(cpu_seconds_of_children() - before, 1)
        self.assertEqual((done.stdout, done.stderr), ("x\n", ""))

    def test_from_another_folder_through_a_link_without_home(self):
        link = self.folder / "link"
        link.symlink_to(self.root / "run")
        done = self.run_it("x", script=link, cwd="/")
        self.assertEqual((done.stdout, done.returncode), ("x\n", 7), done.stderr)

    def test_a_folder_half_made_is_made_anew(self):
        (self.root / "build/meson-private").mkdir(parents=True)
        (self.root / "build/meson-private/coredata.dat").write_text("half")
        self.assertEqual(self.run_it("x").stdout, "x\n")

    def test_an_interrupted_first_build_is_finished_by_the_next(self):
        process = subprocess.Popen([self.root / "run"], env=self.env, start_new_session=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not (self.root / "build/build.log").exists():
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        done = self.run_it("x")
        self.assertEqual((done.stdout, done.returncode), ("x\n", 7), done.stderr)

    def test_a_folder_that_was_moved_is_made_anew(self):
        self.run_it()
        moved = self.folder / "moved"
        self.root.rename(moved)
        (moved / "src/app/main.c").write_text(PROGRAM.replace("7", "8"))
        self.assertEqual(self.run_it(script=moved / "run").returncode, 8)

    def test_a_build_of_older_sources_is_made_anew(self):
        self.run_it()
        (self.root / "src/app/main.c").unlink()
        self.write("src/app/meson.build", "executable('procession', 'other.c')\n")
        self.write("src/app/other.c", PROGRAM.replace("7", "9"))
        self.assertEqual(self.run_it().returncode, 9)
        self.write("src/app/meson.build", "subdir('deeper')\n")
        self.write("src/app/deeper/meson.build", "executable('x', '../other.c')\n"
                   "custom_target('procession', output: 'procession', input: '../other.c',\n"
                   "  command: ['cc', '-o', meson.project_build_root() / 'src/app/procession', "
                   "'@INPUT@'], build_by_default: true)\n")
        self.assertEqual(self.run_it().returncode, 9)

    def test_a_fault_in_the_sources_keeps_what_was_built(self):
        self.run_it()
        mark = self.root / "build/src/app/procession"
        built = mark.stat().st_ino, mark.stat().st_mtime_ns
        self.write("src/app/meson.build", "executable('procession', 'lost.c')\n")
        done = self.run_it()
        self.assertEqual(done.returncode, 1)
        self.assertIn("ERROR: File lost.c does not exist", done.stderr)
        log = done.stderr.strip().rsplit(": ", 1)[1]
        self.assertIn("lost.c", pathlib.Path(log).read_text())
        self.write("src/app/meson.build", "executable('procession', 'main.c')\n")
        self.assertEqual(self.run_it("x").stdout, "x\n")
        self.assertEqual((mark.stat().st_ino, mark.stat().st_mtime_ns), built)
        self.assertEqual([path.name for path in self.root.glob("build*")], ["build"])

    def test_a_warning_is_shown_once(self):
        self.write("src/app/main.c", '#warning "of mine"\n' + PROGRAM)
        done = self.run_it()
        self.assertEqual(done.returncode, 7)
        self.assertIn("of mine", done.stderr)
        self.assertEqual(self.run_it().stderr, "")

    def test_a_build_set_up_by_hand_is_kept(self):
        subprocess.run(["meson", "setup", "build", "-Dtests=true"], cwd=self.root, check=True,
                       env={"PATH": "/usr/bin:/bin"}, stdout=subprocess.DEVNULL)
        mark = self.root / "build/made-by-hand"
        mark.touch()
        self.assertEqual(self.run_it().returncode, 7)
        self.assertTrue(mark.exists())

    def test_a_folder_of_someone_elses_is_left_alone(self):
        self.write("build/letter.txt", "dear")
        done = self.run_it()
        self.assertEqual(done.returncode, 1)
        self.assertIn("in the way", done.stderr)
        self.assertEqual((self.root / "build/letter.txt").read_text(), "dear")

    def test_a_compiler_error_is_shown_and_its_log_named(self):
        self.write("src/app/main.c", "int main (void) { return nothing; }\n")
        done = self.run_it()
        self.assertEqual(done.returncode, 1)
        self.assertIn("nothing", done.stderr)
        log = done.stderr.strip().rsplit(": ", 1)[1]
        self.assertIn("FAILED", pathlib.Path(log).read_text())

    def test_two_at_once_both_start(self):
        both = [subprocess.Popen([self.root / "run", "x"], env=self.env, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                for _ in range(2)]
        for process in both:
            out, err = process.communicate(timeout=100)
            self.assertEqual((out, process.returncode), ("x\n", 7), err)

    def test_the_lock_is_not_held_while_the_program_runs(self):
        self.write("src/app/main.c", "#include <unistd.h>\nint main (void) { sleep (60); }\n")
        first = subprocess.Popen([self.root / "run"], env=self.env, stderr=subprocess.DEVNULL)
        self.addCleanup(first.wait)
        self.addCleanup(first.kill)
        while os.readlink(f"/proc/{first.pid}/exe") != str(self.root / "build/src/app/procession"):
            time.sleep(0.01)
        subprocess.run(["flock", "--nonblock", self.root, "true"], check=True)


class TestInstall(Place):
    def setUp(self):
        super().setUp()
        (self.notes / "installed").unlink()

    def test_says_what_and_how_large_and_installs_only_that(self):
        done = self.run_it("x")
        self.assertEqual(done.stdout, "x\n", done.stderr)
        self.assertRegex(done.stderr, r"Debian packages are missing: libgtk-4-dev\n")
        self.assertIn("a download of 12.3 MB, 45.6 MB on disk", done.stderr)
        self.assertNotIn("update", self.noted("apt-get"))
        self.assertRegex(self.noted("apt-get"), r"(?m)^-q -y.* install libgtk-4-dev$")
        self.assertEqual(os.listdir(self.temporary), [], "its log is gone")

    def test_reads_the_lists_first_where_there_are_none(self):
        (self.notes / "lists").unlink()
        self.assertEqual(self.run_it("x").stdout, "x\n")
        self.assertRegex(self.noted("apt-get"), r"(?s)update.*assume-no.* -y [^\n]*install")

    def test_uses_sudo_when_not_root(self):
        self.command("id", "#!/bin/sh\necho 1000\n")
        self.assertEqual(self.run_it("x").stdout, "x\n")
        self.assertIn("-n env DEBIAN_FRONTEND=noninteractive", self.noted("sudo"))

    def test_without_sudo_says_what_root_must_run(self):
        self.command("id", "#!/bin/sh\necho 1000\n")
        (self.bin / "sudo").unlink()
        self.only_these_commands("bash", "env", "cc", "meson", "ninja", "readlink", "dirname",
                                 "flock", "sort", "tr", "gtk4-broadwayd", "dpkg")
        done = self.run_it()
        self.assertEqual(done.returncode, 2)
        self.assertIn(BY_HAND, done.stderr)

    def test_without_leave_to_use_sudo_too(self):
        self.command("id", "#!/bin/sh\necho 1000\n")
        self.env["REFUSED"] = "1"
        for lists in ("as they are", "not there yet"):
            with self.subTest(lists=lists):
                done = self.run_it()
                self.assertEqual(done.returncode, 2)
                self.assertIn("sudo: a password is required\n", done.stderr)
                self.assertIn(BY_HAND, done.stderr)
                self.assertNotIn(" update", self.noted("apt-get"))
                self.assertEqual(os.listdir(self.temporary), [])
                (self.notes / "lists").unlink(missing_ok=True)

    def test_without_a_network_says_so(self):
        (self.notes / "lists").unlink()
        self.env["OFFLINE"] = "1"
        done = self.run_it()
        self.assertEqual(done.returncode, 1)
        self.assertIn("W: Failed to fetch a list\n", done.stderr)
        self.assertIn("is the network there?", done.stderr)

    def test_an_error_of_apt_is_shown_with_what_to_do(self):
        self.env["BROKEN"] = "1"
        done = self.run_it()
        self.assertEqual(done.returncode, 1)
        self.assertIn("E: no space left\n", done.stderr)
        self.assertIn(BY_HAND, done.stderr)
        log = done.stderr.strip().rsplit(": ", 1)[1].rstrip(")")
        self.assertIn("E: no space left\n", pathlib.Path(log).read_text())

    def test_an_installation_interrupted_earlier_is_finished_first(self):
        (self.notes / "half").touch()
        self.command("dpkg", '#!/bin/bash\n[ "$*" != "--configure -a" ] || rm "$NOTES/half"\n')
        done = self.run_it("x")
        self.assertEqual(done.stdout, "x\n", done.stderr)
        self.assertIn("interrupted earlier", done.stderr)

    def test_another_system_gets_the_packages_names_and_2(self):
        (self.bin / "apt-get").unlink()
        self.only_these_commands("bash", "env", "cc", "meson", "ninja", "readlink", "dirname",
                                 "flock", "sort", "tr", "dpkg")
        done = self.run_it()
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"not Debian or Ubuntu.*: libgtk-4-bin libgtk-4-dev\n")
        self.assertFalse((self.root / "build").exists())

    def test_a_package_that_does_not_help_is_no_endless_loop(self):
        self.command("pkg-config", "#!/bin/bash\n[[ $* != *gtk4* ]]\n")
        done = self.run_it()
        self.assertEqual(done.returncode, 2)
        self.assertIn("still missing after apt-get install", done.stderr)


class TestCheck(Place):
    def test_wrong_usage_is_2_with_the_usage(self):
        for args in (["--no-such"], ["--long", "more"]):
            done = self.run_it(*args, script=self.root / "check")
            self.assertEqual(done.returncode, 2)
            self.assertIn("usage: ./check", done.stderr)

    def test_stopped_half_way_is_failed(self):
        self.write("src/app/meson.build", "custom_target('procession', output: 'procession',\n"
                   "  command: ['sleep', '5'], build_by_default: true)\n")
        process = subprocess.Popen([self.root / "check"], env=self.env, text=True,
                                   start_new_session=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        while not (self.root / "build-check/build.ninja").exists():
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)
        self.assertRegex(out, r"\d+ passed, [1-9]\d* failed, 0 skipped\n\Z")

    def test_the_closing_line_is_last_also_when_nothing_builds(self):
        self.write("src/app/main.c", "int main (void) { return nothing; }\n")
        done = self.run_it(script=self.root / "check")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"(?:\A|\n)\d+ passed, [1-9]\d* failed, 0 skipped\n\Z")


if __name__ == "__main__":
    tap.main()
