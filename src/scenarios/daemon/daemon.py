# SPDX-License-Identifier: MIT
"""The parent ends first. A daemon child is ended with it, another is waited for."""
import sys
import time
from multiprocessing import Process

params = dict(arg.split("=", 1) for arg in sys.argv[1:])


def work():
    for step in range(1, 6):
        print(f"P1: step {step} of 5", flush=True)  # DOC: step
        time.sleep(0.6)                             # DOC: work
    print("P1: done")                               # DOC: done


if __name__ == "__main__":
    child = Process(name="P1", target=work)

    child.daemon = params.get("daemon", "true") in ("true", "yes", "1")
    child.start()         # DOC: start
    time.sleep(2.1)       # DOC: sleep
    print("main: I end")  # DOC: end
