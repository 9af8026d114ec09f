# SPDX-License-Identifier: Apache-2.0
"""The works: which processes run, and which figures are taken from what they print."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import expected
from prepare import REPLICAS, read
from replica import VARIANTS

WORKER = pathlib.Path(__file__).with_name("worker.py")
LIBRARIES = ("loro", "yrs")
CASES = [(library, variant) for library in LIBRARIES for variant in VARIANTS]
# The blob has no durable write of one operation, short of writing the whole document each time.
WRITING = [(library, variant) for library, variant in CASES if variant != "state"]


class Bench:
    """A folder with prepared stores; each call measures one case once and checks its outcome."""

    def __init__(self, folder):
        self.folder, self.scratch = folder, folder / "scratch"

    def cases(self, work):
        return WRITING + [("sqlite", "floor")] if work == "w5" else CASES

    def measure(self, work, case):
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir()
        return getattr(self, work)(*case)

    def w1(self, library, variant):
        changes = self.folder / "w1/all.jsonl"
        sender = self.copy("w1", library, variant, "sender")
        figures, _, received = self.meet(
            library, variant, {"stores": [sender], "role": "listen", "wires": 1},
            {"stores": [self.fresh()], "role": "dial"}, record=last_record(changes))
        expected.same(received, expected.model([changes]))
        return figures

    def w2(self, library, variant):
        names = [f"replica-{number:03}" for number in range(REPLICAS)]
        senders = [self.copy("w2", library, variant, name) for name in names]
        files = [self.folder / f"w2/{name}.jsonl" for name in names]
        figures, _, received = self.meet(
            library, variant, {"stores": senders, "role": "dial"},
            {"stores": [self.fresh()], "role": "listen", "wires": REPLICAS},
            record=last_record(files[-1]))
        expected.same(received, expected.model(files))
        return figures

    def w3(self, library, variant):
        a, b = (self.copy("w3", library, variant, name) for name in "ab")
        figures, at_a, at_b = self.meet(
            library, variant, {"stores": [a], "role": "dial"},
            {"stores": [b], "role": "listen", "wires": 1},
            record=last_record(self.folder / "w3/base.jsonl"))
        return figures | expected.divergence(self.folder / "w3", at_a, at_b)

    def w4(self, library, variant):
        sender, receiver = (self.copy("w1", library, variant, "sender", end) for end in "12")
        figures, _, _ = self.meet(
            library, variant, {"stores": [sender], "role": "listen", "wires": 1},
            {"stores": [receiver], "role": "dial"},
            record=last_record(self.folder / "w1/all.jsonl"))
        return figures

    def w5(self, library, variant):
        store = self.fresh()
        role = "floor" if library == "sqlite" else "write"
        return self.alone(
            role=role, library=library, variant=variant, stores=[store],
            operations=str(self.folder / "w5.jsonl"))

    def w6(self, library, variant):
        store = self.copy("w1", library, variant, "sender")
        began = time.monotonic()
        figures = self.alone(
            role="open", library=library, variant=variant, stores=[store],
            record=last_record(self.folder / "w1/all.jsonl"))
        return {"seconds": figures.pop("ended") - began} | figures

    def copy(self, work, library, variant, name, end=""):
        """A prepared store, copied because opening and taking change it."""
        target = self.scratch / f"{name}{end}"
        shutil.copyfile(self.folder / work / library / variant / name, target)
        settle(target)
        return str(target)

    def fresh(self):
        return str(self.scratch / "receiver")

    def alone(self, **order):
        process = start(order)
        try:
            return hear(process)
        finally:
            finish(process)

    def meet(self, library, variant, sender, receiver, record):
        """Runs both sides; returns figures and what each of them holds afterwards."""
        sides, dumps = [sender, receiver], []
        for name, side in zip(("sender", "receiver"), sides):
            dumps.append(str(self.scratch / f"{name}.json"))
            side |= {"library": library, "variant": variant, "record": record}
            side |= {"dump": dumps[-1]} if len(side["stores"]) == 1 else {}
        processes = [start(side) for side in sides]
        try:
            reports = introduce(processes, sender["role"] == "dial")
        finally:
            for process in processes:
                finish(process)
        return figures_of(*reports), *(load(path) for path in dumps)


def introduce(processes, first_dials):
    """Tells the dialer the listener's port once both stand ready; returns their reports."""
    dialer, listener = processes if first_dials else reversed(processes)
    hear(dialer)
    dialer.stdin.write(json.dumps(hear(listener)) + "\n")
    dialer.stdin.flush()
    return [hear(process) for process in processes]


def figures_of(sender, receiver):
    """One set of figures of what the two sides report."""
    both = {"sender": sender, "receiver": receiver}
    takers = [each for each in both.values() if each["received_any"]] or both.values()
    ended = max(each["ended"] for each in takers)
    figures = {
        "seconds": ended - min(sender["began"], receiver["began"]),
        "bytes_to_receiver": sender["bytes_sent"], "bytes_to_sender": receiver["bytes_sent"],
        "read_all_seconds": receiver["read_all_seconds"]}
    for name in ("cpu_seconds", "peak_rss", "disk"):
        figures |= {f"{name}_{side}": report[name] for side, report in both.items()}
    return figures


def start(order):
    return subprocess.Popen(
        [sys.executable, "-B", WORKER, json.dumps(order)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, encoding="utf-8")


def hear(process):
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"a worker ended without an answer: {process.args[-1]}")
    return json.loads(line)


def finish(process):
    """Ends a worker, which has told all by now; one whose other side broke off may still wait."""
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def settle(path):
    """Copied bytes go to disk now, so that no measured write waits for them."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def load(path):
    return json.loads(pathlib.Path(path).read_text("utf-8")) if os.path.exists(path) else None


def last_record(changes):
    return read(changes)[-1]["id"]
