# SPDX-License-Identifier: Apache-2.0
"""Runs the workloads through Loro and Yrs and prints what they cost; Benchmarks/peers/run starts it.

Each repetition runs every case once, so that what the machine does meanwhile falls on all of
them; the figures are medians.
"""

import argparse
import json
import os
import pathlib
import platform
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from importlib import metadata

import prepare
import table
from works import LIBRARIES, Bench

WORKS = ("w1", "w2", "w3", "w4", "w5", "w6")
# W4, W5 and W6 use the operations and stores of W1.
STORES_OF = {"w1": "w1", "w2": "w2", "w3": "w3", "w4": "w1", "w6": "w1"}


def main():
    options = parse()
    # An exit like any other, which ends the workers and removes the folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="peers-", dir=options.folder) as folder:
        folder = pathlib.Path(folder)
        prepare_all(folder, options)
        bench = Bench(folder)
        before = machine()
        works = {work: measure(bench, work, options.repeat) for work in options.works}
    document = {
        "machine": before | {"load_after": os.getloadavg()}, "size": options.size,
        "repeat": options.repeat, "works": works}
    if options.json:
        print(json.dumps(document, indent=2))
    else:
        table.show(document)


def parse():
    parser = argparse.ArgumentParser(prog="Benchmarks/peers/run", description=__doc__)
    parser.add_argument("--size", choices=prepare.SIZES, default="s", help="of W1, W4, W5 and W6")
    parser.add_argument("--works", type=names, default=WORKS, help="some of " + ",".join(WORKS))
    parser.add_argument("--repeat", type=positive, default=3, help="repetitions of each case")
    parser.add_argument("--writes", type=positive, default=3_000, help="operations of W5")
    parser.add_argument(
        "--folder", default=".build", help="where stores are made; the figures depend on its disk")
    parser.add_argument("--json", action="store_true", help="one JSON document, no table")
    return parser.parse_args()


def names(text):
    chosen = text.split(",")
    for work in chosen:
        if work not in WORKS:
            raise argparse.ArgumentTypeError(f"{work} is none of {', '.join(WORKS)}")
    return chosen


def positive(text):
    if (number := int(text)) < 1:
        raise ValueError
    return number


def prepare_all(folder, options):
    say("preparing")
    prepare.operations(folder, options.size, options.writes)
    wanted = sorted({STORES_OF[work] for work in options.works if work in STORES_OF})
    for library in LIBRARIES if wanted else ():
        subprocess.run(
            [sys.executable, "-B", prepare.__file__, library, folder, *wanted], check=True)


def measure(bench, work, repeat):
    taken = {case: [] for case in bench.cases(work)}
    for number in range(1, repeat + 1):
        for case, runs in taken.items():
            say(f"{work} {'.'.join(case)} {number}/{repeat}")
            runs.append(bench.measure(work, case))
    return {".".join(case): medians(runs) for case, runs in taken.items()}


def medians(runs):
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def machine():
    """What a reader needs in order to compare these figures with others."""
    return {
        "processor": first_of("/proc/cpuinfo", "model name"),
        "processors": len(os.sched_getaffinity(0)),
        "memory": first_of("/proc/meminfo", "MemTotal"),
        "system": platform.platform(), "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "libraries": {name: metadata.version(name) for name in ("loro", "pycrdt", "pynacl")},
        "load_before": os.getloadavg()}


def first_of(path, name):
    with open(path, encoding="utf-8") as lines:
        found = [line.split(":", 1)[1].strip() for line in lines if line.startswith(name)]
    return found[0] if found else "unknown"


def say(what):
    """Progress, apart from the figures."""
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
