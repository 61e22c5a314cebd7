# SPDX-License-Identifier: MIT
"""map_async: the parent goes on while the workers work, and asks for the list later."""
import sys
import time
from multiprocessing import Pool

params = dict(arg.split("=", 1) for arg in sys.argv[1:])


def work(seconds):
    time.sleep(seconds)  # DOC: work
    return seconds


if __name__ == "__main__":
    pool = Pool(int(params.get("workers", 3)))  # DOC: pool

    result = pool.map_async(work, [1, 1, 5])  # DOC: map
    print("main: I go on")                    # DOC: on
    time.sleep(2.0)                           # DOC: sleep
    answer = "yes" if result.ready() else "no"
    print(f"main: is it ready? {answer}")     # DOC: ready

    pool.close()               # DOC: close
    pool.join()                # DOC: join
    results = result.get()     # DOC: get
    print(f"main: {results}")  # DOC: after
