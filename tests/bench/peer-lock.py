# SPDX-License-Identifier: MIT
"""Python's Lock, acquired and released by one process that nobody contends with."""
import json
import multiprocessing
import time

PAIRS = 200_000


def main():
    lock = multiprocessing.Lock()
    acquire, release = lock.acquire, lock.release
    begin = time.perf_counter_ns()
    for _ in range(PAIRS):
        acquire()
        release()
    spent = time.perf_counter_ns() - begin
    print(json.dumps({"name": "python_lock_pair_ns", "value": spent / PAIRS}))


if __name__ == "__main__":
    main()
