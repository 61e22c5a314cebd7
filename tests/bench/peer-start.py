# SPDX-License-Identifier: MIT
"""Python's Process, started by fork and joined, one after the other."""
import json
import multiprocessing
import statistics
import time

ROUNDS = 10
STARTS = 20


def nothing():
    pass


def measure(fork):
    begin = time.perf_counter_ns()
    for _ in range(STARTS):
        process = fork.Process(target=nothing)
        process.start()
        process.join()
    return (time.perf_counter_ns() - begin) / STARTS / 1000


def main():
    fork = multiprocessing.get_context("fork")
    spent = statistics.median(measure(fork) for _ in range(ROUNDS))
    print(json.dumps({"name": "python_start_join_us", "value": spent}))


if __name__ == "__main__":
    main()
