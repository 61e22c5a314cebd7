# SPDX-License-Identifier: MIT
"""Python's Lock, acquired and released by one process that nobody contends with."""
import json
import multiprocessing
import statistics
import time

ROUNDS = 100
PAIRS = 2000


def measure(acquire, release):
    begin = time.perf_counter_ns()
    for _ in range(PAIRS):
        acquire()
        release()
    return (time.perf_counter_ns() - begin) / PAIRS


def main():
    lock = multiprocessing.Lock()
    spent = statistics.median(measure(lock.acquire, lock.release) for _ in range(ROUNDS))
    print(json.dumps({"name": "python_lock_pair_ns", "value": spent}))


if __name__ == "__main__":
    main()
