# SPDX-License-Identifier: MIT
"""map: the tasks are done by a pool of workers, and the parent waits for the list."""
import sys
import time
from multiprocessing import Pool

params = dict(arg.split("=", 1) for arg in sys.argv[1:])


def square(n):
    time.sleep(1.0)  # DOC: work
    return n * n


if __name__ == "__main__":
    pool = Pool(int(params.get("workers", 5)))  # DOC: pool
    numbers = range(1, int(params.get("tasks", 3)) + 1)

    print("main: map begins")            # DOC: before
    squares = pool.map(square, numbers)  # DOC: map
    print(f"main: {squares}")            # DOC: after

    pool.close()  # DOC: close
    pool.join()   # DOC: join
