# SPDX-License-Identifier: Apache-2.0
"""What is said while real processes run, and how it ends when a check does not hold."""

import time

BEGAN = time.monotonic()


class Failed(Exception):
    """A check did not hold."""


def chapter(chinese, english):
    print(f"\n[{time.monotonic() - BEGAN:5.1f} s] {chinese} / {english}", flush=True)


def check(holds, chinese, english, detail=""):
    """Prints a check that held; ends everything at the first that did not."""
    if not holds:
        raise Failed(f"{chinese} / {english}{': ' if detail else ''}{detail}")
    print(f"  ✓ {chinese} / {english}", flush=True)


def eventually(ask, what, seconds=60, every=0.1):
    """Asks again until the answer is true; returns it."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failed(f"{seconds} 秒内没有等到 / not within {seconds} s: {what}")
        time.sleep(every)
