#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The window as a screen reader sees it: controls are found by their names."""
import sys
import unittest

try:
    import pyatspi
except ImportError:
    print("1..0 # SKIP no python3-pyatspi")
    sys.exit(0)

import tap
from window import Window, program, wait_for

CONTROLS = ("push button", "toggle button", "check box", "entry", "spin button", "list",
            "list item", "page tab", "combo box", "text")


class TestAccessible(unittest.TestCase):
    def setUp(self):
        self.window = Window(program())

    def tearDown(self):
        self.window.close()

    def check_names(self):
        for thing in self.window.walk():
            if thing.getRoleName() not in CONTROLS:
                continue
            name = thing.name
            self.assertTrue(name, f"a {thing.getRoleName()} has no name")
            self.assertFalse(name.startswith(("Gtk", "Pn")),
                             f"a {thing.getRoleName()} is called {name}")

    def test_a_run_can_be_read_step_by_step(self):
        window = self.window
        window.run("Lock")
        self.assertEqual(window.sentence(), "The run ends.")
        for _ in range(80):
            if window.sentence().startswith("P3 asks for lock."):
                break
            before = window.moment()[1]
            window.press("Step back")
            wait_for(lambda: window.moment()[1] < before, "a step")
        self.assertEqual(window.sentence(),
                         "P3 asks for lock. P1 holds it, so P3 waits behind P2.")
        self.assertTrue(window.find_name("push button", "P3, waits for lock"))
        self.assertTrue(window.find_name("label", "No deadlock: "))
        before = window.moment()[1]
        window.press("Step forward")
        wait_for(lambda: window.moment()[1] > before, "a step forward")

    def test_everything_has_a_name(self):
        self.window.choose("Lock")
        wait_for(lambda: self.window.find("spin button", "Children"), "the parameter")
        self.check_names()
        self.window.run("Queue")
        self.check_names()


tap.main()
