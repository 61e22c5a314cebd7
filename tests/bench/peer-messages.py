# SPDX-License-Identifier: MIT
"""Messages through Python's Queue and Pipe, and tiny tasks through its Pool."""
import json
import multiprocessing
import time

MESSAGES = 50_000
TASKS = 100_000
WORKERS = 4
TEXT = "m" * 61


def put_all(queue):
    for _ in range(MESSAGES):
        queue.put(TEXT)


def send_all(connection):
    for _ in range(MESSAGES):
        connection.send(TEXT)


def add_one(number):
    return number + 1


def report(name, value):
    print(json.dumps({"name": name, "value": value}))


def per_second(target, argument, receive):
    process = multiprocessing.Process(target=target, args=(argument,))
    begin = time.perf_counter()
    process.start()
    for _ in range(MESSAGES):
        receive()
    process.join()
    return MESSAGES / (time.perf_counter() - begin)


def main():
    queue = multiprocessing.Queue()
    report("python_queue_per_s", per_second(put_all, queue, queue.get))
    receiver, sender = multiprocessing.Pipe(duplex=False)
    report("python_pipe_per_s", per_second(send_all, sender, receiver.recv))
    with multiprocessing.Pool(WORKERS) as pool:
        begin = time.perf_counter()
        pool.map(add_one, range(TASKS), chunksize=1)
        report("python_pool_map_ms", (time.perf_counter() - begin) * 1e3)


if __name__ == "__main__":
    main()
