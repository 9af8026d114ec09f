# SPDX-License-Identifier: Apache-2.0
"""What a check says: the rule, the place, what is wrong and what to do."""

import typing

# Every rule there is. The self-test must reach each.
RULES = {
    "import", "unknown-target",
    "public", "task", "detached", "unchecked", "unsafe-isolation", "try", "wall-clock", "fatal",
    "print", "later", "banner",
    "quiet-concurrency", "quiet-lock", "quiet-clock", "quiet-dice",
    "type-name", "spdx", "length", "link", "python", "shell", "executable",
}


class Finding(typing.NamedTuple):
    path: str
    line: int
    rule: str
    what: str
    remedy: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.what}; {self.remedy}"
