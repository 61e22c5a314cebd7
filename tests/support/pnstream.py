# SPDX-License-Identifier: MIT
"""The stream of src/event/pn-event.h, decoded strictly and independently of the C code.

    events = pnstream.decode (data)           # raises BadStream
    pnstream.check (events)                   # the invariants of a whole run
"""

import struct
from collections import Counter, namedtuple

BLOCK = 64
TEXT_INLINE = 16
TAIL_MAX = 63
TEXT_MAX = TEXT_INLINE + TAIL_MAX * BLOCK
FLAGS_ALL = (1 << 7) - 1
FAILED, DAEMON, STDERR, UNKNOWN, TRUNCATED, INTEGER, STALLED = (1 << i for i in range(7))

KINDS = {
    0x0101: "run.begin", 0x0102: "run.end", 0x0103: "run.lost", 0x0104: "name",
    0x0201: "process.start", 0x0202: "process.begin", 0x0203: "process.exit",
    0x0204: "process.end", 0x0205: "process.join-wait", 0x0206: "process.join",
    0x0207: "process.signal", 0x0208: "process.stop", 0x0209: "process.continue",
    0x0301: "sleep.begin", 0x0302: "sleep.end",
    0x0401: "lock.wait", 0x0402: "lock.acquire", 0x0403: "lock.release",
    0x0404: "lock.abandon",
    0x0801: "queue.put-wait", 0x0802: "queue.put", 0x0803: "queue.get-wait",
    0x0804: "queue.get", 0x0808: "queue.close",
    0x0901: "pipe.send-wait", 0x0902: "pipe.send", 0x0903: "pipe.recv-wait",
    0x0904: "pipe.recv", 0x0905: "pipe.close",
    0x0a01: "value.read", 0x0a02: "value.write",
    0x0b01: "pool.submit", 0x0b02: "pool.begin", 0x0b03: "pool.done",
    0x0b04: "pool.result", 0x0b05: "pool.close", 0x0b06: "pool.terminate",
    0x0b07: "pool.task-wait", 0x0b08: "pool.result-wait",
    0x0c01: "manager.call", 0x0c02: "manager.serve", 0x0c03: "manager.reply",
    0x0c04: "manager.serve-wait",
    0x0d01: "output.line",
}

Event = namedtuple(
    "Event", "seq time_ns process kind flags object peer value site line text")

HEADER = struct.Struct("<8sII48s")
RECORD = struct.Struct("<QqIHBBIIqIHH16s")
assert HEADER.size == RECORD.size == BLOCK


class BadStream(Exception):
    pass


def check_header(data):
    magic, version, block, reserved = HEADER.unpack_from(data)
    if magic != b"PNEVENTS" or version != 1 or block != BLOCK or any(reserved):
        raise BadStream("not a recording of version 1")


def decode_one(data, at):
    """The event at this offset and the offset of the next; None if it is cut off."""
    if len(data) - at < BLOCK:
        return None, at
    (seq, time_ns, process, kind, flags, tail, obj, peer, value, site, line, n,
     inline) = RECORD.unpack_from(data, at)
    if kind not in KINDS:
        raise BadStream(f"offset {at}: kind {kind:#x}")
    if flags & ~FLAGS_ALL or time_ns < 0 or n > TEXT_MAX:
        raise BadStream(f"offset {at}: flags {flags}, time {time_ns}, text {n}")
    if tail != -(-max(n - TEXT_INLINE, 0) // BLOCK):
        raise BadStream(f"offset {at}: {n} bytes of text in {tail} blocks")
    end = at + (1 + tail) * BLOCK
    if end > len(data):
        return None, at
    text = inline + data[at + BLOCK:end]
    if b"\0" in text[:n] or any(text[n:]):
        raise BadStream(f"offset {at}: text {text!r} of {n} bytes")
    event = Event(seq, time_ns, process, KINDS[kind], flags, obj, peer, value, site,
                  line, text[:n].decode("utf-8", "surrogateescape"))
    return event, end


def decode(data, whole=True):
    """All events. With `whole`, what is left over at the end is an error."""
    if len(data) < BLOCK:
        raise BadStream(f"{len(data)} bytes hold no header")
    check_header(data)
    events, at = [], BLOCK
    while True:
        event, after = decode_one(data, at)
        if event is None:
            break
        events.append(event)
        at = after
    if whole and at != len(data):
        raise BadStream(f"offset {at}: cut off after {len(data) - at} bytes")
    return events


def check(events):
    """What holds for every whole run. Returns the number of events lost."""
    seqs = [e.seq for e in events]
    if seqs != list(range(len(events))):
        wrong = next(i for i, s in enumerate(seqs) if s != i)
        raise BadStream(f"event {wrong} has number {seqs[wrong]}")
    if not events or events[0].kind != "run.begin" or events[-1].kind != "run.end":
        raise BadStream("does not go from run.begin to run.end")
    counts = Counter(e.kind for e in events)
    if counts["run.begin"] != 1 or counts["run.end"] != 1:
        raise BadStream("more than one run.begin or run.end")
    check_processes(events)
    check_locks(events)
    return sum(e.value for e in events if e.kind == "run.lost")


def check_processes(events):
    """A raw fork's child has no process.start: its process.begin stands for it."""
    started, ended = {}, {}
    for e in events:
        if e.kind == "process.start":
            if e.peer in started:
                raise BadStream(f"event {e.seq}: process {e.peer} starts twice")
            started[e.peer] = e.seq
        elif e.kind == "process.end":
            if e.process in ended:
                raise BadStream(f"event {e.seq}: process {e.process} ends twice")
            if e.process not in started:
                raise BadStream(f"event {e.seq}: end of {e.process}, never started")
            ended[e.process] = e.seq
        elif e.process in ended and e.kind != "lock.abandon":
            raise BadStream(f"event {e.seq}: {e.kind} of {e.process} after its end")
        elif e.kind == "process.begin":
            started.setdefault(e.process, e.seq)
    for process in started:
        if process not in ended:
            raise BadStream(f"process {process} has no end")


def check_locks(events):
    owners = {}
    for e in events:
        owner = owners.get(e.object)
        if e.flags & FAILED:
            continue
        if e.kind == "lock.acquire":
            if owner is not None:
                raise BadStream(f"event {e.seq}: lock {e.object} has two owners")
            owners[e.object] = e.process
        elif e.kind == "lock.release":
            owners[e.object] = None
        elif e.kind == "lock.abandon" and owner not in (None, e.process):
            raise BadStream(f"event {e.seq}: {e.process} abandons what {owner} holds")


if __name__ == "__main__":
    import sys

    for event in decode(open(sys.argv[1], "rb").read(), whole=False):
        print(*event, sep="\t")
