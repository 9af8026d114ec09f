# SPDX-License-Identifier: Apache-2.0
"""Writes the operations and, in a process of its own, the stores that the measured ones open.

usage: prepare.py LIBRARY FOLDER WORK...

FOLDER/WORK holds the operations; the stores go to FOLDER/WORK/LIBRARY/VARIANT/NAME.
"""

import hashlib
import json
import pathlib
import subprocess
import sys

from replica import VARIANTS, replica

WORKLOAD = pathlib.Path(__file__).resolve().parents[1] / "workload.py"
SIZES = {"s": (1_000, 9_000), "m": (10_000, 90_000), "l": (100_000, 900_000)}
REPLICAS = 81


def operations(folder, size, writes):
    """Writes the operations of all works; the same arguments give the same bytes."""
    records, updates = SIZES[size]
    (folder / "w1").mkdir(parents=True)
    generate("w1", folder / "w1/all.jsonl", records=records, updates=updates)
    # A third creates and two thirds single fields, whatever the size of the other works.
    creates = max(1, writes // 3)
    generate("w1", folder / "w5.jsonl", records=creates, updates=writes - creates)
    generate("w2", folder / "w2", replicas=REPLICAS)
    generate("w3", folder / "w3", records=10_000)


def generate(work, out, **options):
    arguments = [f"--{name}={value}" for name, value in options.items()]
    subprocess.run(
        [sys.executable, "-B", WORKLOAD, work, "--out", out, *arguments],
        check=True, stdout=subprocess.DEVNULL)


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def stores(library, folder, works):
    if "w1" in works:
        Author(library, folder / "w1", "sender", 1).write(read(folder / "w1/all.jsonl")).save()
    if "w2" in works:
        for number in range(REPLICAS):
            name = f"replica-{number:03}"
            Author(library, folder / "w2", name, number + 1).write(
                read(folder / f"w2/{name}.jsonl")).save()
    if "w3" in works:
        base = Author(library, folder / "w3", "base", 1).write(read(folder / "w3/base.jsonl"))
        for writer, name in ((2, "a"), (3, "b")):
            Author(library, folder / "w3", name, writer, base).write(
                read(folder / f"w3/{name}.jsonl")).save()


class Author:
    """One writer's replica, made in memory and then saved in each variant."""

    def __init__(self, library, folder, name, writer, base=None):
        folders = {variant: folder / library / variant for variant in VARIANTS}
        for each in folders.values():
            each.mkdir(parents=True, exist_ok=True)
        self.saved = {
            variant: replica(
                library, variant, str(each / name), writer, seed_of(writer), durable=False)
            for variant, each in folders.items()}
        # The signed one writes; its document and its updates serve the other two as well.
        self.author = self.saved["signed"]
        self.writers, self.rows = [self.author.itself()], []
        if base:
            self.author.document.apply([base.author.document.whole()])
            self.writers, self.rows = base.writers + self.writers, list(base.rows)

    def write(self, changes):
        rows = map(self.author.row, changes)
        self.rows += [row for row in rows if row]
        return self

    def save(self):
        self.saved["signed"].store.keep(self.writers, self.rows)
        self.saved["log"].store.keep(
            [(writer, None) for writer, _ in self.writers],
            [(writer, sequence, None, body) for writer, sequence, _, body in self.rows])
        self.saved["state"].store.keep_whole(self.author.document.whole())
        for each in self.saved.values():
            each.store.close()


def seed_of(writer):
    """A key that is the same in every run; it guards nothing."""
    return hashlib.sha256(b"benchmark writer %d" % writer).digest()


if __name__ == "__main__":
    stores(sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:])
