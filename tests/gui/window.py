# SPDX-License-Identifier: MIT
"""The program in a window of its own, seen as a screen reader sees it."""
import os
import signal
import subprocess
import time

PATIENCE_S = 60


def wait_for(condition, what):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


class Window:
    def __init__(self, program):
        import pyatspi
        self.spi = pyatspi
        self.found = {}
        self.process = subprocess.Popen([program], stdin=subprocess.DEVNULL)
        wait_for(lambda: self.find("frame"), "the window")
        wait_for(lambda: self.find("push button", "Run"), "its buttons")

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def application(self):
        for app in self.spi.Registry.getDesktop(0):
            if app is not None and app.get_process_id() == self.process.pid:
                return app
        return None

    def walk(self, below=None):
        """Yield all that is shown, from the outside in."""
        try:
            if below is None:
                below = self.application()
                if below is None:
                    return
            elif not below.getState().contains(self.spi.STATE_VISIBLE):
                return
            yield below
            for child in below:
                if child is not None:
                    yield from self.walk(child)
        except Exception as error:
            self.pardon(error)

    @staticmethod
    def pardon(error):
        """What went away meanwhile."""
        if "atspi_error" not in str(error) and "does not exist" not in str(error):
            raise error

    def is_shown(self, thing):
        while thing is not None and thing.getRole() != self.spi.ROLE_APPLICATION:
            if not thing.getState().contains(self.spi.STATE_VISIBLE):
                return False
            thing = thing.parent
        return thing is not None

    def find_first(self, key, fits):
        """To go through all that is shown takes a third of a second, so where a thing was
        found is remembered."""
        try:
            thing = self.found.get(key)
            if thing is not None:
                thing.clearCache()
                if fits(thing) and self.is_shown(thing):
                    return thing
        except Exception as error:
            self.pardon(error)
        self.found[key] = next((thing for thing in self.walk() if fits(thing)), None)
        return self.found[key]

    def find(self, role, name=None):
        return self.find_first((role, name), lambda thing: thing.getRoleName() == role
                               and name in (None, thing.name))

    def find_name(self, role, begin):
        thing = self.find_first((role, begin, "begin"), lambda thing: thing.getRoleName() == role
                                and thing.name.startswith(begin))
        return thing.name if thing is not None else None

    def is_enabled(self, name):
        button = self.find("push button", name)
        return button is not None and button.getState().contains(self.spi.STATE_SENSITIVE)

    def is_focused(self, role, name):
        thing = self.find(role, name)
        return thing is not None and thing.getState().contains(self.spi.STATE_FOCUSED)

    def typed(self, role, name):
        """What stands in an entry, or "" where there is none."""
        thing = self.find(role, name)
        text = thing.queryText() if thing is not None else None
        return text.getText(0, text.characterCount) if text is not None else ""

    def press(self, name):
        button = wait_for(lambda: self.is_enabled(name) and self.find("push button", name),
                          f"the button {name}")
        assert button.queryAction().doAction(0), name

    def choose(self, lesson):
        rows = self.find("list", "Lessons")
        for i in range(rows.childCount):
            row = rows.getChildAtIndex(i)
            if row.getRoleName() == "list item" and row.name == lesson:
                assert rows.querySelection().selectChild(i), lesson
                return
        raise AssertionError(f"no lesson {lesson}")

    def run(self, lesson):
        self.choose(lesson)
        self.press("Run")
        wait_for(self.has_run, f"the run of {lesson}")

    def has_run(self):
        """Of a lesson that was chosen anew: it has events, and none runs."""
        return self.find_name("label", "at ") is not None and self.is_enabled("Run")

    def sentence(self):
        return (self.find_name("image", "Timeline") or "").removeprefix("Timeline. ")

    def moment(self):
        """Seconds, and the number of the event."""
        words = self.find_name("label", "at ").split()
        return float(words[1]), int(words[5])


def program():
    return os.environ["PROCESSION"]
