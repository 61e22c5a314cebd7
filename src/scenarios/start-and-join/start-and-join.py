# SPDX-License-Identifier: MIT
"""A parent starts a child, and waits until the child has ended."""
import sys
import time
from multiprocessing import Process

params = dict(arg.split("=", 1) for arg in sys.argv[1:])


def rest(seconds):
    time.sleep(seconds)    # DOC: sleep
    print("P1: I slept")  # DOC: slept


if __name__ == "__main__":
    seconds = float(params.get("seconds", 2.0))
    child = Process(name="P1", target=rest, args=(seconds,))

    child.start()                  # DOC: start
    print("main: P1 is started")  # DOC: before
    child.join()                   # DOC: join
    print("main: P1 has ended")   # DOC: after
