# SPDX-License-Identifier: Apache-2.0
"""The table of allowed imports: ARCHITECTURE.md explains it, and the compiler does not hold it."""

import re

import swift_text
from findings import Finding

# Our own modules, by target. Imports go down only, and siblings never meet.
OURS = {
    "GridCore": [],
    "GridCodec": ["GridCore"],
    "GridCrypto": [],
    "GridSheet": ["GridCore"],
    "GridTransport": ["GridCrypto"],
    "GridLog": ["GridCore", "GridCodec", "GridCrypto"],
    "GridSync": ["GridCore", "GridCodec", "GridLog"],
    "GridStore": ["GridCore", "GridCodec", "GridCrypto", "GridLog", "GridSync"],
    "GridNode": [
        "GridCore", "GridCodec", "GridCrypto", "GridLog", "GridSync", "GridStore", "GridTransport",
    ],
    "GridSimulator": [
        "GridCore", "GridCodec", "GridCrypto", "GridLog", "GridSync", "GridStore",
    ],
    "GridHTTP": ["GridCore", "GridLog", "GridNode"],
    "gridd": ["GridStore", "GridNode", "GridHTTP"],
    "gridctl": [
        "GridCore", "GridCodec", "GridCrypto", "GridSheet", "GridTransport", "GridLog", "GridStore",
    ],
    "gridsim": ["GridSimulator"],
    "gridbench": [
        "GridCore", "GridCrypto", "GridLog", "GridSync", "GridStore", "GridTransport", "GridNode",
        "GridHTTP",
    ],
}

# Modules of other packages, and the targets that are their doors. `*` ends a prefix.
DOORS = {
    "CSodium": ["GridCrypto"],
    "CDice": ["GridSimulator"],
    "CFaultyDisk": ["GridSimulator"],
    "CFileBirth": ["GridStore"],
    "CMalloc": ["GridNode"],
    "CQRCodegen": ["gridctl"],
    "CXlsxWriter": ["gridctl"],
    "CRunPacking": ["GridLog"],
    "CZstd": [],
    "GRDB*": ["GridStore"],
    "GRDBSQLite": ["gridbench"],
    "NIO*": ["GridTransport", "gridctl"],
    "NIOCore": ["GridHTTP"],
    "Hummingbird*": ["GridHTTP"],
    "Logging": ["GridTransport", "GridNode", "GridHTTP", "gridd", "gridbench"],
    "Metrics": ["GridNode"],
    "ServiceLifecycle": ["GridNode", "GridHTTP", "gridd", "gridbench"],
    "UnixSignals": ["gridd", "gridbench"],
    "Configuration": ["GridNode"],
    "SystemPackage": ["GridNode"],
    "ArgumentParser": ["gridd", "gridctl", "gridsim", "gridbench"],
}

# Modules of the toolchain. Floors 0-3 have none of them, but the door to libsodium needs files, and
# sheets come in encodings that glibc knows.
TOOLCHAIN = ["Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Dispatch"]
QUIET_FLOORS = ["GridCore", "GridCodec", "GridCrypto", "GridSheet", "GridLog", "GridSync"]
QUIET_TOOLCHAIN = {"GridCrypto": ["Glibc"], "GridSheet": ["Glibc"]}

# The fuzzers: a program of a package of its own, in Fuzz/.
FUZZING = {
    "gridfuzz": [
        "GridCore", "GridCodec", "GridCrypto", "GridSheet", "GridTransport", "GridLog", "GridSync",
        "GridStore",
    ],
}

# What several test targets lean on: it lives in Tests/ and holds no test.
TESTING = {"GridTesting": ["GridCore", "GridLog"]}

# Tests also reach what lies below the target they test. These reach further.
TEST_EXTRAS = {"GridNodeTests": ["GridHTTP"]}

IMPORT = re.compile(
    r"^[ \t]*(?:@\w+(?:\([^)]*\))?[ \t]+)*"
    r"(?:(?:public|package|internal|fileprivate|private)[ \t]+)?"
    r"import[ \t]+(?:(?:struct|class|enum|protocol|typealias|func|var|let|actor)[ \t]+)?"
    r"(?P<module>\w+)",
    re.MULTILINE,
)


def check(path, target, code):
    """Yields a finding for each import that the table does not give to `target`."""
    in_tests = path.startswith("Tests/")
    if path.startswith("Fuzz/") and target in FUZZING:
        yield from foreign(path, target, code, FUZZING[target] + TOOLCHAIN)
        return
    if in_tests and target in TESTING:
        yield from foreign(path, target, code, TESTING[target] + TOOLCHAIN)
        return
    known = target.removesuffix("Tests") if in_tests else target
    if known not in OURS or (in_tests and not target.endswith("Tests")):
        yield Finding(
            path, 1, "unknown-target", f"target {target} has no row in the table of imports",
            "give it one in scripts/house/imports.py and in ARCHITECTURE.md")
        return
    allowed = allowed_in_tests(target) if in_tests else allowed_in_sources(target)
    yield from foreign(path, target, code, allowed)


def foreign(path, target, code, allowed):
    """Yields a finding for each import that is not among the allowed ones."""
    for match in IMPORT.finditer(code):
        module = match.group("module")
        if any(matches(module, row) for row in allowed):
            continue
        line = code.count("\n", 0, match.start("module")) + 1
        yield Finding(path, line, "import", f"{target} may not import {module}", remedy(module))


def allowed_in_sources(target):
    toolchain = QUIET_TOOLCHAIN.get(target, []) if target in QUIET_FLOORS else TOOLCHAIN
    return OURS[target] + doors_of(target) + toolchain


def allowed_in_tests(target):
    tested = [target.removesuffix("Tests")] + TEST_EXTRAS.get(target, [])
    ours = set().union(*(everything_below(module) for module in tested))
    return sorted(ours) + doors_of(tested[0]) + list(TESTING) + TOOLCHAIN + ["Testing"]


def everything_below(module):
    return {module}.union(*(everything_below(lower) for lower in OURS[module]))


def doors_of(target):
    return [module for module, targets in DOORS.items() if target in targets]


def matches(module, row):
    return module.startswith(row[:-1]) if row.endswith("*") else module == row


def remedy(module):
    if module in TOOLCHAIN:
        return "floors 0-3 do without it: take what is needed as a parameter"
    for row, targets in DOORS.items():
        if matches(module, row):
            return f"its doors are {' and '.join(targets)}: ask one of them"
    if module in OURS:
        return "imports go down only and siblings never meet: move the code, or pass a value"
    return "a new package needs a door in scripts/house/imports.py and a reason in ARCHITECTURE.md"
