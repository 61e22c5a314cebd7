# SPDX-License-Identifier: MIT
"""Running procession-runner from a test, and looking for what it left behind."""

import os
import select
import signal
import subprocess
import time
import uuid

import pnstream

MARK = "PROCESSION_TEST_MARK"
PATIENCE_SECONDS = 60
LONG = os.environ.get("PROCESSION_LONG") == "1"


class Run:
    """A runner, with this process as its app."""

    def __init__(self, runner, arguments, options=(), **keywords):
        self.mark = uuid.uuid4().hex
        output, theirs = os.pipe()
        their_control, control = os.pipe()
        command = [runner, "--output-fd", str(theirs), "--control-fd",
                   str(their_control), *options, "--", *arguments]
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            command, pass_fds=(theirs, their_control), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, MARK: self.mark}, **keywords)
        os.close(theirs)
        os.close(their_control)
        self.output, self.control = output, control
        self.data = bytearray()

    def read(self, seconds=None):
        """Reads until the end of the stream, or for some time. True at the end."""
        until = None if seconds is None else time.monotonic() + seconds
        while True:
            left = None if until is None else max(0, until - time.monotonic())
            if left == 0 or not select.select([self.output], [], [], left)[0]:
                return False
            piece = os.read(self.output, 1 << 20)
            if not piece:
                return True
            self.data += piece

    def read_until(self, text, seconds=20):
        """Until these bytes have come by."""
        until = time.monotonic() + seconds
        while text not in self.data:
            if self.read(0.01) or time.monotonic() > until:
                raise AssertionError(f"{text!r} did not come")

    def command(self, text):
        os.write(self.control, text)

    def finish(self):
        """Reads to the end, waits; returns the events. `status` is set then."""
        self.read()
        self.close()
        return pnstream.decode(bytes(self.data))

    def close(self):
        for fd in (self.output, self.control):
            if fd >= 0:
                os.close(fd)
        self.output = self.control = -1
        try:
            self.stdout, self.stderr = self.process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            state = state_of(self.process.pid)
            self.process.kill()
            raise AssertionError(f"the guard does not end; its state is {state}")
        self.status = self.process.returncode

    def supervisor(self):
        """The inner of the two, 0 if there is none (yet, or any more)."""
        return child_of(self.process.pid)


def child_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = file.read().split()
    except OSError:
        return 0
    return int(children[0]) if children else 0


def state_of(pid):
    """R, S, D, T, Z, or "" if there is no such process."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def survivors(mark):
    """The living processes that have this mark in their environment."""
    found, wanted = [], f"{MARK}={mark}".encode()
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                if wanted in file.read().split(b"\0"):
                    found.append(int(name))
        except OSError:
            pass
    return found


def wait_for_nobody(mark, seconds=20):
    """How long it took; fails if somebody is left. It is asked twice, because a scan of
    /proc can miss what is forked meanwhile."""
    begun = time.monotonic()
    clean = 0
    while clean < 2:
        left = survivors(mark)
        clean = 0 if left else clean + 1
        if left and time.monotonic() - begun > seconds:
            who = [open(f"/proc/{p}/stat").read() for p in left[:8]]
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            raise AssertionError(f"{len(left)} survivors: {who}")
        time.sleep(0.002)
    return time.monotonic() - begun


def note(*words):
    print("#", *words, flush=True)
