# SPDX-License-Identifier: MIT
"""Python's Process, started by fork and joined, one after the other."""
import json
import multiprocessing
import time

TIMES = 200


def nothing():
    pass


def main():
    fork = multiprocessing.get_context("fork")
    begin = time.perf_counter_ns()
    for _ in range(TIMES):
        process = fork.Process(target=nothing)
        process.start()
        process.join()
    spent = time.perf_counter_ns() - begin
    print(json.dumps({"name": "python_start_join_us", "value": spent / TIMES / 1000}))


if __name__ == "__main__":
    main()
