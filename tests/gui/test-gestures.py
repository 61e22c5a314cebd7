#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Mouse and keyboard on the real window, through the X server."""
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

try:
    import pyatspi
except ImportError:
    print("1..0 # SKIP no python3-pyatspi")
    sys.exit(0)
if not shutil.which("xdotool"):
    print("1..0 # SKIP no xdotool")
    sys.exit(0)

import tap
from window import Window, program, wait_for

# In a window of 1440x900: within the lanes, below the last one; and the ruler.
LEFT, MIDDLE, RIGHT, BELOW, RULER = 450, 650, 850, 560, 66
ANIMATION_S = 0.3  # of the view, as pn-timeline.c has it


def xdotool(*args):
    subprocess.run(["xdotool", *map(str, args)], check=True)


class TestGestures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.window = Window(program())
        xdotool("search", "--sync", "--onlyvisible", "--class", "procession",
                "windowmove", 0, 0, "windowfocus", "--sync")
        cls.window.run("Lock")

    @classmethod
    def tearDownClass(cls):
        cls.window.close()

    def setUp(self):
        self.zoom_key("ctrl+0")
        self.key("End")

    def key(self, *keys):
        xdotool("key", "--delay", 60, *keys)
        self.settled()

    def zoom_key(self, key):
        self.key(key)
        time.sleep(ANIMATION_S)
        self.settled()

    def settled(self):
        """The moment, once it stays: each look at it takes the program through its main
        loop, past what the X server has for it."""
        seen, times = None, 0

        def is_settled():
            nonlocal seen, times
            now = self.window.moment()
            times = times + 1 if now == seen else 0
            seen = now
            return times == 3

        wait_for(is_settled, "a moment that stays")
        return seen

    def event(self):
        return self.settled()[1]

    def click(self, x, y=BELOW):
        """Click there; return the time that is shown then."""
        xdotool("mousemove", x, y, "sleep", 0.1, "click", 1)
        return self.settled()[0]

    def drag(self, x, y, to_x, to_y):
        xdotool("mousemove", x, y, "sleep", 0.1, "mousedown", 1)
        for part in (0.25, 0.5, 0.75, 1):
            xdotool("mousemove", int(x + (to_x - x) * part), int(y + (to_y - y) * part),
                    "sleep", 0.1)
        xdotool("mouseup", 1)
        self.settled()

    def test_click_goes_there(self):
        left, right = self.click(LEFT), self.click(RIGHT)
        self.assertLess(left, right)
        self.assertGreater(right - left, 0.5)

    def test_ctrl_scroll_zooms_at_the_pointer(self):
        left, middle, right = self.click(LEFT), self.click(MIDDLE), self.click(RIGHT)
        xdotool("mousemove", MIDDLE, BELOW, "keydown", "ctrl", "click", "--repeat", 3, 4,
                "keyup", "ctrl")
        self.settled()
        time.sleep(ANIMATION_S)
        self.assertAlmostEqual(self.click(MIDDLE), middle, delta=0.02)
        self.assertGreater(self.click(LEFT), left + 0.1)
        self.assertLess(self.click(RIGHT), right - 0.1)
        self.zoom_key("ctrl+0")
        self.assertAlmostEqual(self.click(LEFT), left, delta=0.02)

    def test_drag_pans(self):
        self.zoom_key("plus")
        before = self.click(MIDDLE)
        self.drag(MIDDLE + 100, BELOW, MIDDLE - 50, BELOW)  # beside the playhead
        self.assertGreater(self.click(MIDDLE), before + 0.1)

    def test_drag_on_the_ruler_moves_the_playhead(self):
        before = self.click(RIGHT)
        self.drag(RIGHT, RULER, LEFT, RULER)
        self.assertLess(self.settled()[0], before - 0.5)

    def test_keys_step(self):
        self.key("Home")
        first = self.event()
        self.key("Right", "Right", "Right")
        third = self.event()
        self.assertGreater(third, first)
        self.key("Left")
        self.assertLess(self.event(), third)
        self.key("period")
        self.assertEqual(self.event(), third)
        self.key("comma", "comma", "comma")
        self.assertEqual(self.event(), first)
        self.key("End")
        self.assertEqual(self.window.sentence(), "The run ends.")

    def test_space_plays_to_the_end(self):
        last = self.event()
        self.key("Home")
        self.assertLess(self.event(), last)
        xdotool("key", "space")
        wait_for(lambda: self.window.moment()[1] == last, "the end of the play")

    def test_space_pauses(self):
        last = self.event()
        self.key("Home")
        first = self.event()

        def stays_half_way():  # unless all of this fell into a stall of the machine
            xdotool("key", "Home", "key", "space", "sleep", 0.5, "key", "space")
            return first < self.event() < last

        wait_for(stays_half_way, "the pause")

    def test_letters_are_typed_into_the_search(self):
        self.key("Home")
        before = self.event(), self.click(RIGHT)
        self.key("Home", "ctrl+f")
        xdotool("type", "--delay", 30, "was. d")
        wait_for(lambda: self.window.typed("entry", "Search lessons") == "was. d", "the text")
        self.assertEqual(self.event(), before[0])
        self.key("Escape")
        self.assertAlmostEqual(self.click(RIGHT), before[1], delta=0.02)

    def test_export_dialog_writes_the_picture(self):
        folder = tempfile.mkdtemp()
        path = f"{folder}/lock.svg"
        self.key("ctrl+e")
        wait_for(lambda: self.window.typed("text", "Name:") and self.window.is_focused("text", "Name:"),
                 "the dialog")
        self.key("ctrl+a")
        xdotool("type", "--delay", 20, path)
        wait_for(lambda: self.window.typed("text", "Name:") == path, "the name")
        self.key("Return")
        wait_for(lambda: os.path.exists(path), "the picture")
        with open(path, encoding="utf-8") as file:
            self.assertIn("<svg", file.read(2000))
        shutil.rmtree(folder)


tap.main()
