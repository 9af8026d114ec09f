# SPDX-License-Identifier: Apache-2.0
"""Scripts: they parse, and those that name their interpreter may be started."""

import ast
import os
import re
import subprocess

from findings import Finding

FOLDERS = ("scripts", ".ci", "Protocol", "Examples", "Fuzz", "Benchmarks")


def check(root, path):
    """Yields findings about one file; files that are not scripts have none."""
    file = root / path
    language = language_of(file)
    if language == "python":
        yield from check_python(file, path)
    elif language == "shell":
        yield from check_shell(file, path)
    if language and file.read_bytes().startswith(b"#!") and not os.access(file, os.X_OK):
        yield Finding(path, 1, "executable", "a script that cannot be started", f"chmod +x {path}")


def language_of(file):
    if file.suffix in (".py", ".sh"):
        return {".py": "python", ".sh": "shell"}[file.suffix]
    with file.open("rb") as content:
        first = content.readline(200)
    if not first.startswith(b"#!"):
        return None
    return "python" if b"python" in first else "shell" if b"sh" in first else None


def check_python(file, path):
    try:
        ast.parse(file.read_bytes(), filename=path)
    except SyntaxError as error:
        yield Finding(path, error.lineno or 1, "python", f"Python says: {error.msg}", "correct it")


def check_shell(file, path):
    result = subprocess.run(
        ["bash", "-n", str(file)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C"})
    if result.returncode == 0:
        return
    message = (result.stderr.strip().splitlines() or ["unknown error"])[0]
    line = re.search(r"line (\d+): (.*)", message)
    yield Finding(
        path, int(line.group(1)) if line else 1, "shell",
        f"bash says: {line.group(2) if line else message}", "correct it")
