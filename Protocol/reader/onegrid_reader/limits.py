# SPDX-License-Identifier: Apache-2.0
"""The limits of Protocol/limits.md, and their comparison with the program's."""

import re
from pathlib import Path

PROTOCOL = Path(__file__).resolve().parents[2]
PAPER = PROTOCOL / "limits.md"
PROGRAM = PROTOCOL.parent / "Sources" / "GridCodec" / "ProtocolLimits.swift"


def from_paper() -> dict[str, int]:
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", PAPER.read_text("utf-8"), re.MULTILINE)
    table = {name: int(value.replace(",", "")) for name, value in rows}
    if len(table) != len(rows):
        raise ValueError("limits.md names a limit twice")
    return table


def from_program() -> dict[str, int]:
    """The constants of the Swift file: plain numbers, or a power of two less one."""
    table = {}
    for line in PROGRAM.read_text("utf-8").splitlines():
        if "static let" not in line:
            continue
        found = re.search(r"static let (\w+)(?:: \w+)? = (.+)$", line.strip())
        if found is None:
            raise ValueError(f"cannot read: {line.strip()}")
        name, text = found.groups()
        power = re.fullmatch(r"\(1 << (\d+)\) - 1", text)
        table[name] = (1 << int(power[1])) - 1 if power else int(text.replace("_", ""))
    return table


def differences() -> list[str]:
    paper, program = from_paper(), from_program()
    return [
        f"{name}: paper {paper.get(name, 'has none')}, program {program.get(name, 'has none')}"
        for name in sorted(paper.keys() | program.keys())
        if paper.get(name) != program.get(name)
    ]


LIMITS = from_paper()
