# SPDX-License-Identifier: Apache-2.0
"""Small made-up trees: each rule is reached by one that breaks it, and sound ones pass."""

import pathlib
import tempfile

import words
from findings import RULES

HEAD = words.SPDX + "\n"

# rule, path, content, line of the one finding
BROKEN = [
    ("import", "Sources/GridCore/A.swift", HEAD + "import Foundation\n", 2),
    ("import", "Sources/GridCore/A.swift", HEAD + "package import GridCodec\n", 2),
    ("import", "Sources/GridSync/A.swift", HEAD + "import GridCrypto\n", 2),
    ("import", "Sources/GridLog/A.swift", HEAD + "internal import struct Logging.Logger\n", 2),
    ("import", "Sources/GridNode/A.swift", HEAD + "@preconcurrency import GRDB\n", 2),
    ("import", "Sources/GridNode/A.swift", HEAD + "import NIOCore\n", 2),
    ("import", "Sources/GridTransport/A.swift", HEAD + "import CSodium\n", 2),
    ("import", "Sources/GridSync/A.swift", HEAD + "import CRunPacking\n", 2),
    ("import", "Sources/GridNode/A.swift", HEAD + "import HummingbirdCore\n", 2),
    ("import", "Sources/gridctl/A.swift", HEAD + "import AsyncHTTPClient\n", 2),
    ("import", "Tests/GridCoreTests/ATests.swift", HEAD + "@testable import GridLog\n", 2),
    ("import", "Sources/gridctl/A.swift", HEAD + "import GRDB\n", 2),
    ("import", "Sources/GridSheet/A.swift", HEAD + "import Foundation\n", 2),
    ("import", "Fuzz/gridfuzz/A.swift", HEAD + "import GridNode\n", 2),
    ("unknown-target", "Sources/GridExtra/A.swift", HEAD, 1),
    ("unknown-target", "Tests/GridCore/A.swift", HEAD, 1),
    ("import", "Tests/GridTesting/A.swift", HEAD + "import GridStore\n", 2),
    ("import", "Sources/GridCore/A.swift", HEAD + "import GridTesting\n", 2),
    ("spdx", "Sources/GridCore/A.swift", "struct A {}\n", 1),
    ("spdx", "Fuzz/Package.swift", "// swift-tools-version: 6.2\n", 2),
    ("spdx", "Package.swift", "// swift-tools-version: 6.2\nimport PackageDescription\n", 2),
    ("public", "Sources/GridCore/A.swift", HEAD + "public struct A {}\n", 2),
    ("public", "Sources/GridNode/A.swift", HEAD + "import Metrics\nopen class A {}\n", 3),
    ("task", "Sources/GridNode/A.swift", HEAD + "let a = Task { 1 }\n", 2),
    ("task", "Sources/GridNode/A.swift", HEAD + "Task(priority: .high) {\n}\n", 2),
    ("detached", "Sources/GridNode/A.swift", HEAD + "Task.detached(operation: run)\n", 2),
    ("unchecked", "Sources/GridNode/A.swift", HEAD + "final class A: @unchecked Sendable {}\n", 2),
    ("unsafe-isolation", "Sources/GridNode/A.swift", HEAD + "nonisolated(unsafe) var a = 1\n", 2),
    ("try", "Sources/GridNode/A.swift", HEAD + "\nlet a = try! b()\n", 3),
    ("try", "Sources/GridNode/A.swift", HEAD + 'let a = "\\(try! b("\\"x"))"\n', 2),
    ("wall-clock", "Sources/GridNode/A.swift", HEAD + "let a = Date()\n", 2),
    ("fatal", "Sources/GridNode/A.swift", HEAD + 'fatalError("no")\n', 2),
    ("print", "Sources/gridd/A.swift", HEAD + 'print("started")\n', 2),
    ("later", "Sources/GridNode/A.swift", HEAD + "// TODO: the rest\n", 2),
    ("later", "Tests/GridNodeTests/ATests.swift", HEAD + "/* /* */ FIXME */\n", 2),
    ("banner", "Sources/GridNode/A.swift", HEAD + "// MARK: - Things\n", 2),
    ("quiet-concurrency", "Sources/GridCore/A.swift", HEAD + "func a() async {}\n", 2),
    ("quiet-concurrency", "Sources/GridLog/A.swift", HEAD + "actor A {}\n", 2),
    ("quiet-lock", "Sources/GridSync/A.swift", HEAD + "let a: Mutex<Int>\n", 2),
    ("quiet-clock", "Sources/GridCodec/A.swift", HEAD + "let a = Date(a)\n", 2),
    ("quiet-dice", "Sources/GridCore/A.swift", HEAD + "let a = Int.random(in: 0..<2)\n", 2),
    ("type-name", "Sources/GridCore/A.swift", HEAD + "package struct LinkManager {}\n", 2),
    ("type-name", "Sources/GridCore/A.swift", HEAD + "enum A {\n    struct HTTPInfoRow {}\n}\n", 3),
    ("type-name", "Sources/GridNode/A.swift", HEAD + "final class FrameHandler {}\n", 2),
    ("type-name", "Sources/GridCore/A.swift", HEAD + "typealias HeaderV2 = Int\n", 2),
    ("length", "Sources/GridCore/A.swift", HEAD + "// line\n" * 400, 1),
    ("link", "README.md", "[a](docs/none.md)\n", 1),
    ("link", "README.md", "# One\n\n[a](#two)\n", 3),
    ("link", "README.md", "[a]: /etc/hosts\n", 1),
    ("python", "Protocol/reader/a.py", "\ndef a(:\n", 2),
    ("shell", ".ci/a.sh", "if true; then\n", 2),
    ("executable", "scripts/a", "#!/usr/bin/env bash\ntrue\n", 1),
]

SOUND = [
    ("Package.swift", "// swift-tools-version: 6.2\n" + HEAD + "import PackageDescription\n"),
    ("Sources/GridLog/A.swift", HEAD + "package import GridCore\nimport CRunPacking\n"),
    ("Sources/GridTransport/A.swift", HEAD + "import NIOPosix\nfinal class FrameHandler {}\n"),
    ("Sources/gridctl/A.swift", HEAD + 'import NIOHTTP1\nprint("done")\n'),
    ("Sources/GridStore/A.swift", HEAD + "import Foundation\nimport GRDB\nlet a: Mutex<Int>\n"),
    ("Tests/GridSyncTests/ATests.swift", HEAD + "import GridCrypto\nimport Testing\n"),
    ("Tests/GridSyncTests/ATests.swift", HEAD + "import GridTesting\n"),
    ("Tests/GridNodeTests/ATests.swift", HEAD + "import GridHTTP\nimport ServiceLifecycle\n"),
    # Words in strings and comments are no code, and parts of words no words.
    ("Sources/GridCore/A.swift", HEAD + 'let a = "try! Task { TODO async"\n// async, Mutex\n'),
    ("Sources/GridCore/A.swift", HEAD + 'let a = #"" Date() \\"#\nlet b = """\n  actor "\n  """\n'),
    ("Sources/GridCore/A.swift", HEAD + "struct Metadata {}\nenum P {\n    case public, open\n}\n"),
    ("Sources/GridCore/A.swift", HEAD + "let a = Salt.random()\n/* outer /* inner */ async */\n"),
    ("Sources/GridCore/A.swift", HEAD + "// one thing: a table\n" + "// line\n" * 400),
    ("README.md", "# 第一 章, `x`\n\n[a](#第一-章-x) [b](https://example.org) [c](README.md)\n`[d](e)`\n"),
    ("scripts/a.py", "x = 1\n"),
]


def run():
    """Returns 0 when every rule is reached and nothing else is found."""
    mistakes = []
    for rule, path, content, line in BROKEN:
        found = [(finding.rule, finding.line) for finding in findings(path, content)]
        if found != [(rule, line)]:
            expected = f"expected {rule} at line {line}, found {found}"
            mistakes.append(f"{path}, {expected}: {content[:90]!r}")
    for path, content in SOUND:
        for finding in findings(path, content):
            mistakes.append(f"expected nothing, found {finding}")
    for rule in sorted(RULES - {rule for rule, *_ in BROKEN}):
        mistakes.append(f"no broken tree reaches the rule {rule}")
    for mistake in mistakes:
        print(f"scripts/house/self_test.py:1: {mistake}; correct the rule or the tree")
    print(f"self-test: {len(BROKEN)} broken and {len(SOUND)} sound trees, {len(mistakes)} mistakes")
    return 1 if mistakes else 0


def findings(path, content):
    from __main__ import check

    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
        return list(check(pathlib.Path(folder)))
