# SPDX-License-Identifier: Apache-2.0
"""One process of a measurement. Takes one JSON object, prints JSON lines, measures only itself.

Clocks are the monotonic one of the machine, so those of two processes compare.
"""

import json
import resource
import socket
import sqlite3
import sys
import time

from libraries import DOCUMENTS
from replica import replica
from store import bytes_on_disk
from wire import Wire, exchange


def main(order):
    {"listen": listen, "dial": dial, "write": write, "floor": floor, "open": open_first}[
        order["role"]](order)


def listen(order):
    """Waits for one connection a wire; all of them meet the one replica here."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    meeting = Meeting(order, order["stores"] * order["wires"])
    tell({"port": listener.getsockname()[1]})
    connections = [listener.accept()[0]]
    meeting.begin()
    connections += [listener.accept()[0] for _ in range(order["wires"] - 1)]
    meeting.run(connections)


def dial(order):
    """Connects once for each replica here."""
    meeting = Meeting(order, order["stores"])
    tell({"ready": True})
    address = ("127.0.0.1", json.loads(sys.stdin.readline())["port"])
    meeting.begin()
    meeting.run([socket.create_connection(address) for _ in order["stores"]])


class Meeting:
    """Replicas that stand ready in memory, and then one exchange of theirs, measured."""

    def __init__(self, order, paths):
        self.order, self.paths = order, paths
        opened = {path: replica(order["library"], order["variant"], path) for path in set(paths)}
        self.replicas = [opened[path] for path in paths]

    def begin(self):
        self.processor, self.began = processor_seconds(), time.monotonic()

    def run(self, connections):
        self.wires = [Wire(connection) for connection in connections]
        exchange(self.replicas, self.wires, self.durable)
        self.report()

    def durable(self, received):
        """What came is on disk; it counts when a record of it can be read as well."""
        if received:
            self.replicas[0].document.record(self.order["record"])
        self.received, self.ended = received, time.monotonic()

    def report(self):
        figures = {
            "began": self.began, "ended": self.ended, "received_any": self.received,
            "bytes_sent": sum(wire.sent for wire in self.wires),
            "bytes_received": sum(wire.received for wire in self.wires),
            "cpu_seconds": processor_seconds() - self.processor, "peak_rss": peak_rss()}
        began = time.monotonic()
        everything = [each.document.everything() for each in dict.fromkeys(self.replicas)]
        figures["read_all_seconds"] = time.monotonic() - began
        for each in self.replicas:
            each.store.close()
        figures["disk"] = sum(map(bytes_on_disk, set(self.paths)))
        if "dump" in self.order:
            dump(self.order["dump"], everything[0])
        tell(figures)


def write(order):
    """One operation after another, each durable before the next."""
    place = replica(
        order["library"], order["variant"], order["stores"][0], writer=1, seed=bytes(32))
    place.store.keep([place.itself()], [])
    time_writes(order, place.put, place.store)


def floor(order):
    """The same operations as rows of one table, by the sqlite3 module alone."""
    connection = sqlite3.connect(order["stores"][0], isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE writes (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT")

    def put(operation):
        body = json.dumps(operation, ensure_ascii=False)
        connection.execute("INSERT INTO writes (body) VALUES (?)", (body,))
        return True

    time_writes(order, put, connection)


def time_writes(order, put, store):
    """Times each operation that changed something."""
    with open(order["operations"], encoding="utf-8") as lines:
        operations = [json.loads(line) for line in lines]
    processor, took = processor_seconds(), []
    for operation in operations:
        began = time.perf_counter()
        if put(operation):
            took.append(time.perf_counter() - began)
    figures = {
        "writes": len(took), "seconds": sum(took), "writes_per_second": len(took) / sum(took),
        "p50_seconds": quantile(took, 0.5), "p99_seconds": quantile(took, 0.99),
        "p999_seconds": quantile(took, 0.999), "cpu_seconds": processor_seconds() - processor,
        "peak_rss": peak_rss()}
    store.close()
    tell(figures | {"disk": bytes_on_disk(order["stores"][0])})


def quantile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def open_first(order):
    """From disk to the first record read, in a process that has just begun."""
    # An empty document first, so that the time to import the library can be told apart.
    DOCUMENTS[order["library"]](1)
    began = time.monotonic()
    place = replica(order["library"], order["variant"], order["stores"][0])
    place.document.record(order["record"])
    ended = time.monotonic()
    figures = {"ended": ended, "load_seconds": ended - began, "peak_rss": peak_rss()}
    place.store.close()
    tell(figures | {"disk": bytes_on_disk(order["stores"][0])})


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_rss():
    """The most memory that this process ever held, in bytes."""
    with open("/proc/self/status", encoding="ascii") as lines:
        found = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(found[0]) * 1024


def dump(path, content):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False)


def tell(content):
    print(json.dumps(content), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
