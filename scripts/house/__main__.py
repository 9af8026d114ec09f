# SPDX-License-Identifier: Apache-2.0
"""Checks the tree against the rules of the house.

usage: python3 scripts/house [ROOT]
       python3 scripts/house --self-test

Prints one line a finding, `path:line: what; what to do`, and exits 1 when there is any.
"""

import os
import pathlib
import sys

import imports
import links
import programs
import swift_text
import words
from findings import RULES

SKIPPED = {
    ".git", ".build", ".build-fuzz", ".build-race", ".swiftpm", "__pycache__", "node_modules",
}


def main(arguments):
    if arguments == ["--self-test"]:
        import self_test

        return self_test.run()
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).parents[2]
    findings = list(check(root))
    for finding in findings:
        assert finding.rule in RULES, finding.rule
        print(finding)
    return 1 if findings else 0


def check(root):
    """Yields every finding of the tree below `root`, in the order of paths."""
    for path in sorted(files(root)):
        if path in words.MANIFESTS or (
            path.endswith(".swift") and path.startswith(("Sources/", "Tests/", "Fuzz/"))
        ):
            yield from check_swift(root, path)
        elif path.endswith(".md"):
            yield from links.check(root, path)
        elif path.startswith(tuple(f"{folder}/" for folder in programs.FOLDERS)):
            yield from programs.check(root, path)


def check_swift(root, path):
    source = (root / path).read_text(encoding="utf-8")
    code, comments = swift_text.split(source)
    target = path.split("/")[1] if path not in words.MANIFESTS else None
    if target:
        yield from imports.check(path, target, code)
    yield from words.check(path, target, source, code, comments)


def files(root):
    for folder, names, contents in os.walk(root):
        names[:] = [name for name in names if name not in SKIPPED]
        for name in contents:
            file = pathlib.Path(folder, name)
            if file.is_file():
                yield file.relative_to(root).as_posix()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
