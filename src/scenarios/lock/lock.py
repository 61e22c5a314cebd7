# SPDX-License-Identifier: MIT
"""Children want the same lock. They take turns: one holds it, the others wait."""
import sys
import time
from multiprocessing import Lock, Process

params = dict(arg.split("=", 1) for arg in sys.argv[1:])


def take_turn(lock, rank):
    lock.acquire()            # DOC: acquire
    print(f"process {rank}")  # DOC: print
    time.sleep(0.8)           # DOC: sleep
    lock.release()            # DOC: release


if __name__ == "__main__":
    lock = Lock()  # DOC: lock
    child = []

    for i in range(int(params.get("children", 3))):
        child.append(Process(name=f"P{i + 1}", target=take_turn, args=(lock, i + 1)))
        child[i].start()  # DOC: start
        time.sleep(0.1)   # DOC: pause
    for process in child:
        process.join()    # DOC: join
