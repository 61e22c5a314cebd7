# SPDX-License-Identifier: MIT
"""Messages wait in a queue until one of the readers is free to take the next."""
import sys
import time
from multiprocessing import Process, Queue

params = dict(arg.split("=", 1) for arg in sys.argv[1:])


def read_messages(queue):
    while True:
        message = queue.get()     # DOC: get
        if message is None:
            return
        print(f"read {message}")  # DOC: print
        time.sleep(0.8)           # DOC: work


if __name__ == "__main__":
    queue = Queue()  # DOC: queue
    readers = int(params.get("readers", 2))
    children = []

    for i in range(readers):
        children.append(Process(name=f"P{i + 1}", target=read_messages, args=(queue,)))
        children[i].start()  # DOC: start
    for n in range(1, int(params.get("messages", 6)) + 1):
        time.sleep(0.25)           # DOC: pause
        queue.put(f"message {n}")  # DOC: put
    for child in children:
        queue.put(None)  # DOC: stop
    for child in children:
        child.join()  # DOC: join
