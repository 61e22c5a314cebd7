# SPDX-License-Identifier: MIT
"""A manager's server keeps a list. The children append to it, the parent reads it."""
import sys
import time
from multiprocessing import Manager, Process, current_process

params = dict(arg.split("=", 1) for arg in sys.argv[1:])


def add_name(names):
    name = current_process().name

    names.append(name)  # DOC: append
    time.sleep(1.4)     # DOC: work
    names.append(name)  # DOC: append-again


if __name__ == "__main__":
    manager = Manager()     # DOC: manager
    names = manager.list()  # DOC: list
    child = []

    for i in range(int(params.get("children", 3))):
        child.append(Process(name=f"P{i + 1}", target=add_name, args=(names,)))
        child[i].start()  # DOC: start
        time.sleep(0.4)   # DOC: pause
    for process in child:
        process.join()    # DOC: join
    copy = names[:]       # DOC: copy
    print(copy)           # DOC: print
    manager.shutdown()    # DOC: shutdown
