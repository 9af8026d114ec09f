# SPDX-License-Identifier: Apache-2.0
"""kill -9 at a moment of one's choice: before the n-th change that a program makes to any file."""

import os
import pathlib
import signal
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


class SuddenEnd:
    def __init__(self, folder):
        self.library, self.count = folder / "sudden_end.so", folder / "changes"
        subprocess.run(
            ["clang", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", self.library,
             HERE / "sudden_end.c"], check=True)

    def changes(self, command):
        """How many changes a command makes that ends well."""
        self._run(command, END_COUNT=self.count).check_returncode()
        return int(self.count.read_text())

    def at(self, change, command):
        """Runs a command and kills it before this change, counted from 1. Whether it came so far; else
        it must have ended well."""
        done = self._run(command, END_AT=change)
        if done.returncode == -signal.SIGKILL:
            return True
        done.check_returncode()
        return False

    def _run(self, command, **environment):
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=170,
            env=os.environ | {"LD_PRELOAD": str(self.library)}
            | {name: str(value) for name, value in environment.items()})
