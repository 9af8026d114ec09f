# SPDX-License-Identifier: Apache-2.0
"""What the whole campaign has done."""

from writers import Writers


class Tally:
    def __init__(self):
        self.kills = self.restarts = self.acknowledged = self.cut_off = self.refused = 0
        self.verified = self.stalled = self.faults = 0


class Counted(Writers):
    """Writers whose work is added to the campaign's."""

    def __init__(self, tally, *arguments):
        self.tally = tally
        super().__init__(*arguments)

    def __exit__(self, *problem):
        super().__exit__(*problem)
        self.tally.acknowledged += self.acknowledged
        self.tally.cut_off += self.cut_off
        self.tally.refused += self.refused
