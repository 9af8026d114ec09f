# SPDX-License-Identifier: Apache-2.0
"""A wire that does to bytes what bad networks and bad relays do."""

import threading
import time

from processes.link import Link, end

# What a stormy wire may do, each with its weight.
FAULTS = {
    "delay": 6, "slow": 3, "drop": 3, "hold": 2, "flip": 2, "duplicate": 1, "reorder": 1,
    "swallow": 1,
}
# Faults after which what comes is not what was sent: the link must end.
FALSE = {"flip", "duplicate", "reorder", "swallow"}
DELAY_MAX = 2.0


class Storm(Link):
    """Carries faithfully while calm."""

    def __init__(self, target):
        self.rng, self.weights = None, {}
        self.calm = threading.Event()
        self.calm.set()
        self.free = threading.Event()
        self.free.set()
        self.counts = dict.fromkeys(FAULTS, 0)
        self.chunks = 0
        # Connections that carried something false and have not been ended by a node.
        self.spoiled = set()
        super().__init__(target)

    def rage(self, rng):
        """From now on any chunk may meet a fault, one of a few that are drawn for this storm."""
        names = rng.sample(list(FAULTS), rng.randrange(1, 5))
        self.weights = {name: FAULTS[name] for name in names}
        self.rng = rng
        self.calm.clear()

    def settle(self):
        """From now on what is sent comes, in order and unchanged."""
        self.calm.set()
        self.free.set()

    def hold(self):
        """Nothing moves, and nothing is lost."""
        self.free.clear()

    def release(self):
        self.free.set()

    def cut_spoiled(self):
        """Ends connections that wait for what will never come. Returns how many there were."""
        with self.lock:
            spoiled, self.spoiled = self.spoiled, set()
        for pair in spoiled:
            for each in pair:
                end(each)
        return len(spoiled)

    def pass_on(self, data, source, sink):
        pair = frozenset((source, sink))
        try:
            self._pass_on(data, source, sink, pair)
        except OSError:
            with self.lock:
                self.spoiled.discard(pair)
            raise

    def ended(self, source, sink):
        with self.lock:
            self.spoiled.discard(frozenset((source, sink)))

    def _pass_on(self, data, source, sink, pair):
        self.free.wait()
        while data:
            if self.calm.is_set():
                sink.sendall(data)
                return
            with self.lock:
                self.chunks += 1
                size = self.rng.choice((1, 7, 100, 1_400, 65_536))
                fault = self._draw()
                pause = self.rng.choice((0.001, 0.01, 0.05, 0.2, DELAY_MAX))
                place = self.rng.random()
            chunk, data = data[:size], data[size:]
            if fault in FALSE and (data or fault != "reorder"):
                with self.lock:
                    self.spoiled.add(pair)
            if fault == "delay":
                self.calm.wait(pause)
            elif fault == "slow":
                for start in range(0, len(chunk), 200):
                    sink.sendall(chunk[start:start + 200])
                    self.calm.wait(0.005)
                continue
            elif fault == "drop":
                sink.sendall(chunk[:int(place * len(chunk))])
                raise OSError("dropped")
            elif fault == "hold":
                self.calm.wait(0.5)
                if place < 0.5:
                    raise OSError("held and cut")
            elif fault == "flip":
                changed = bytearray(chunk)
                changed[int(place * len(chunk))] ^= 1 << int(place * 8)
                chunk = bytes(changed)
            elif fault == "duplicate":
                chunk += chunk
            elif fault == "reorder":
                chunk, data = data[:size], chunk + data[size:]
            elif fault == "swallow":
                continue
            sink.sendall(chunk)

    def _draw(self):
        """One chunk in three meets a fault."""
        if self.rng.random() > 0.33:
            return None
        fault = self.rng.choices(list(self.weights), self.weights.values())[0]
        self.counts[fault] += 1
        return fault
