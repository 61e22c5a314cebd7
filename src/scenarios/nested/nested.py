# SPDX-License-Identifier: MIT
"""A child starts a child of its own. Only the one who started it can join it."""
import sys
import time
from multiprocessing import Process

params = dict(arg.split("=", 1) for arg in sys.argv[1:])


def grandchild(seconds):
    print("P2: my parent is P1")  # DOC: deepest
    time.sleep(seconds)           # DOC: sleep


def child(seconds):
    process = Process(name="P2", target=grandchild, args=(seconds,))

    print("P1: my parent is main")  # DOC: nested
    time.sleep(0.5)                 # DOC: work
    process.start()                 # DOC: start-nested
    process.join()                  # DOC: join-nested
    print("P1: P2 has ended")       # DOC: nested-ended


if __name__ == "__main__":
    seconds = float(params.get("seconds", 1.5))
    process = Process(name="P1", target=child, args=(seconds,))

    process.start()              # DOC: start
    process.join()               # DOC: join
    print("main: P1 has ended")  # DOC: ended
