# SPDX-License-Identifier: MIT
"""No lock: the output is mixed up, and updates of the shared counter are lost."""
import sys
import time
from multiprocessing import Process, Value

params = dict(arg.split("=", 1) for arg in sys.argv[1:])
ROUNDS = 2


def count(counter, rank):
    for round in range(ROUNDS):
        seen = counter.value                  # DOC: read
        print(f"process {rank} read {seen}")  # DOC: print
        # Meanwhile the others read the same.
        time.sleep(0.8)                       # DOC: pause
        counter.value = seen + 1              # DOC: write


if __name__ == "__main__":
    counter = Value("q", 0)  # DOC: counter
    children = int(params.get("children", 3))
    child = []

    for i in range(children):
        child.append(Process(name=f"P{i + 1}", target=count, args=(counter, i + 1)))
        child[i].start()  # DOC: start
        time.sleep(0.08)  # DOC: stagger
    for process in child:
        process.join()    # DOC: join
    total = counter.value                                  # DOC: total
    print(f"counter is {total}, not {children * ROUNDS}")  # DOC: result
