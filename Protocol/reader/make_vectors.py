#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes Protocol/vectors. Nothing in it is random: a second call changes no byte."""

import json
from pathlib import Path

from vectors import (
    acts, areas, bundles, certificates, cutoffs, enrolment, forks, logs, messages, readers, receipts, redaction,
    rotation, tables, values, violations)

FOLDER = Path(__file__).resolve().parents[1] / "vectors"


def main() -> None:
    story = logs.tell()
    files = {
        "values": values.make(),
        "records": logs.records(story),
        "entries": logs.entries_of(story),
        "runs": logs.runs_of(story),
        "certificates": certificates.make(),
        "cutoffs": cutoffs.make(),
        "forks": forks.make(),
        "redaction": redaction.make(story),
        "messages": messages.make(story),
        "enrolment": enrolment.make(),
        "receipts": receipts.make(story),
        "rotation": rotation.make(),
        "readers": readers.make(),
        "bundles": bundles.make(story),
        "violations": violations.make(story),
        "acts": acts.make(),
        "table-audit": tables.make(),
        "areas": areas.make(),
    }
    for name, vectors in files.items():
        text = json.dumps(
            {
                "schema": f"onegrid.vectors.{name}/1",
                "source": "Protocol/reader/make_vectors.py",
                "vectors": vectors,
            },
            ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.json").write_text(text + "\n", "utf-8")
        print(f"{name}.json: {len(vectors)} vectors")


if __name__ == "__main__":
    main()
