#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""bench.py BUILD-DIR [ROUNDS]: measure, beside what we compare ourselves with, and print
a table with the aims. Each round runs every program once, the peers in between and every
other round backwards; a figure is the median of the rounds, a ratio the median of the
ratios within a round, so that a machine that grows slower does not decide."""
import array
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = 5
PYTHON = "/usr/bin/python3"
BLOCK_BYTES = 64
RECORD_WORDS = BLOCK_BYTES // 8
READ_BYTES = 1 << 20
TAIL_SHIFT = 56  # of the record's third word: process, kind, flags, tail


@dataclass
class Program:
    """How one program is run. `rounds` below 0: in every round."""
    name: str
    command: list
    observed: bool = False  # under the runner, its stream read and thrown away
    window: bool = False  # with first-frame.so, from here to its first and last frame
    rounds: int = -1


@dataclass
class Row:
    what: str
    figure: str  # as a program reports it
    peer: str = ""  # the figure to divide by
    most: float = 0  # aim: the figure, or the ratio, is at most this
    least: float = 0


ROWS = [
    Row("an event emitted", "emit_ns", most=30),
    Row("an event emitted : one 64-byte write(2)", "emit_ns", "write_ns", most=0.1),
    Row("lock pair, observed : Python's Lock, unobserved", "lock_pair_ns",
        "python_lock_pair_ns", most=1.0),
    Row("lock pair, unobserved : a pthread mutex between processes", "alone_lock_pair_ns",
        "mutex_pair_ns", most=1.5),
    Row("start + join, observed : raw fork + wait", "start_join_us", "fork_wait_us", most=1.3),
    Row("Python's start + join : ours, observed", "python_start_join_us", "start_join_us",
        least=8),
    Row("first frame : that of a bare GTK window", "first_frame_ms", "bare_first_frame_ms",
        most=1.5),
    Row("drawing a lesson at 1440x900, the longest frame", "draw_lessons_ms", most=4),
    Row("from Stop to the end of the last process, at worst", "stop_ms", most=100),
    Row("events a second from 4 processes for 10 s", "throughput_per_s", least=1e6),
    Row("of these lost", "throughput_lost", most=0),
]


def programs(build_dir):
    bench = build_dir / "tests/bench"
    yield Program("emit", [bench / "bench-emit"], observed=True)
    yield Program("lock", [bench / "bench-lock"], observed=True)
    yield Program("lock, unobserved", [bench / "bench-lock"])
    yield Program("Python's lock", [PYTHON, HERE / "peer-lock.py"])
    yield Program("start", [bench / "bench-start"], observed=True)
    yield Program("Python's start", [PYTHON, HERE / "peer-start.py"])
    yield Program("first_frame_ms", [build_dir / "src/app/procession"], window=True)
    yield Program("bare_first_frame_ms", [bench / "bare-window"], window=True)
    yield Program("throughput", [bench / "bench-throughput"], observed=True, rounds=1)
    yield Program("lessons", [PYTHON, HERE / "draw-lessons.py",
                              build_dir / "src/app/procession", bench / "bench-draw"], rounds=1)
    yield Program("stop", [PYTHON, HERE / "stop.py", build_dir / "src/app/procession",
                           build_dir / "tests/integration/bad-lesson"])
    for name in ("bench-queue", "bench-pool"):
        yield Program(name, [bench / name], observed=True)
    yield Program("Python's messages", [PYTHON, HERE / "peer-messages.py"], rounds=1)
    for name in ("bench-model", "bench-draw"):
        yield Program(name, [bench / name])


class Stream:
    """Reads a runner's stream to its end and counts events; their numbers must be dense."""

    def __init__(self):
        self.events = 0
        self.lost = 0
        self.rest = b""
        self.in_tail = 0
        self.at_header = True

    def take(self, data):
        data = self.rest + data
        whole = len(data) - len(data) % BLOCK_BYTES
        self.rest = data[whole:]
        words = array.array("Q", data[:whole])
        if self.at_header and words:
            words = words[RECORD_WORDS:]
            self.at_header = False
        if not words:
            return
        numbers, thirds = words[::RECORD_WORDS], words[2::RECORD_WORDS]
        if not self.in_tail and max(thirds) >> TAIL_SHIFT == 0:
            self.count(numbers)
        else:
            self.take_with_tails(numbers, thirds)

    def take_with_tails(self, numbers, thirds):
        for number, third in zip(numbers, thirds):
            if self.in_tail:
                self.in_tail -= 1
            else:
                self.in_tail = third >> TAIL_SHIFT
                self.count(array.array("Q", [number]))

    def count(self, numbers):
        first = self.events + self.lost
        if numbers != array.array("Q", range(first, first + len(numbers))):
            for number in numbers:
                self.lost += max(0, number - self.events - self.lost)
                self.events += 1
        else:
            self.events += len(numbers)


def run_observed(program, build_dir, env):
    runner = [build_dir / "src/runner/procession-runner", "--seconds", "60", "--"]
    process = subprocess.Popen(
        runner + program.command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    stream = Stream()
    while data := os.read(process.stdout.fileno(), READ_BYTES):
        stream.take(data)
    if process.wait() != 0:
        raise RuntimeError(f"{program.name}: the runner ended with {process.returncode}")
    return {f"{program.name}_events": stream.events, f"{program.name}_lost": stream.lost}


def run_window(program, build_dir, env, results):
    env = dict(env, LD_PRELOAD=str(build_dir / "tests/bench/first-frame.so"))
    begin = time.monotonic_ns()
    subprocess.run(program.command, env=env, stdin=subprocess.DEVNULL, check=True, timeout=30)
    figures = read_results(results)
    return {program.name.replace("first", which):
            (figures[f"{which}_frame_at_ns"] - begin) / 1e6 for which in ("first", "last")}


def read_results(path):
    lines = path.read_text().splitlines() if path.exists() else []
    return {line["name"]: line["value"] for line in map(json.loads, lines)}


def run(program, build_dir, folder):
    """Run it once; return its figures."""
    results = pathlib.Path(folder) / "results"
    results.unlink(missing_ok=True)
    env = dict(os.environ, BENCH_RESULT=str(results))
    if program.window:
        return run_window(program, build_dir, env, results)
    if program.observed:
        figures = run_observed(program, build_dir, env)
        return figures | read_results(results)
    env.pop("BENCH_RESULT")
    done = subprocess.run(program.command, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["name"]: line["value"] for line in lines}


def measure(build_dir, rounds):
    """Return the figures of each round."""
    found = [p for p in programs(build_dir) if pathlib.Path(p.command[-1]).exists()]
    rounds_of_figures = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            figures = {}
            for program in found if number % 2 == 0 else reversed(found):
                if program.rounds < 0 or number < program.rounds:
                    figures |= run(program, build_dir, folder)
            rounds_of_figures.append(figures)
            print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return rounds_of_figures


def median(rounds, value_of):
    values = [value_of(figures) for figures in rounds if value_of(figures) is not None]
    return statistics.median(values) if values else None


def ratio(figures, row):
    if row.figure not in figures or row.peer not in figures:
        return None
    return figures[row.figure] / figures[row.peer]


def show(number):
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def row_cells(row, rounds):
    figure = median(rounds, lambda figures: figures.get(row.figure))
    peer = median(rounds, lambda figures: figures.get(row.peer)) if row.peer else None
    judged = median(rounds, lambda figures: ratio(figures, row)) if row.peer else figure
    aim = f"≥ {show(row.least)}" if row.least else f"≤ {show(row.most)}"
    if judged is None:
        return [row.what, "", "", "", aim, "not measured"], False
    met = judged >= row.least if row.least else judged <= row.most
    unit = row.figure.rsplit("_", 1)[-1]
    unit = f" {unit}" if unit in ("ns", "us", "ms") else ""
    return [row.what, show(figure) + unit, show(peer) + unit if peer is not None else "",
            show(judged) if row.peer else "", aim, "met" if met else "MISSED"], met


def print_table(head, rows):
    widths = [max(len(row[i]) for row in [head] + rows) for i in range(len(head))]
    for row in [head, ["-" * width for width in widths]] + rows:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")


def print_report(rounds):
    rows = [row_cells(row, rounds) for row in ROWS]
    print_table(["what", "figure", "peer", "ratio", "aim", ""], [cells for cells, _ in rows])
    in_rows = {name for row in ROWS for name in (row.figure, row.peer)}
    others = sorted({name for figures in rounds for name in figures} - in_rows)
    print("\nWithout an aim:", ", ".join(
        f"{name} {show(median(rounds, lambda figures, name=name: figures.get(name)))}"
        for name in others) or "nothing")
    return all(met for _, met in rows)


def main():
    build_dir = pathlib.Path(sys.argv[1]).resolve()
    rounds = measure(build_dir, int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS)
    sys.exit(0 if print_report(rounds) else 1)


main()
