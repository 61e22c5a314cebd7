# SPDX-License-Identifier: MIT
"""A pipe with two ends. Each end sends and receives."""
import sys
import time
from multiprocessing import Pipe, Process

params = dict(arg.split("=", 1) for arg in sys.argv[1:])


def answer(near_end, far_end):
    near_end.close()                      # DOC: child-closes
    try:
        while True:
            question = far_end.recv()     # DOC: child-receives
            print(f"P1: {question}?")     # DOC: question
            time.sleep(0.6)               # DOC: work
            far_end.send(question + "!")  # DOC: answer
    except EOFError:
        print("P1: the other end is closed")  # DOC: eof


if __name__ == "__main__":
    near_end, far_end = Pipe()  # DOC: pipe
    child = Process(name="P1", target=answer, args=(near_end, far_end))

    child.start()    # DOC: start
    far_end.close()  # DOC: parent-closes
    for n in range(1, int(params.get("questions", 3)) + 1):
        time.sleep(0.2)          # DOC: think
        near_end.send(str(n))    # DOC: ask
        reply = near_end.recv()  # DOC: parent-receives
        print(f"main: {reply}")  # DOC: reply
    near_end.close()  # DOC: close
    child.join()      # DOC: join
