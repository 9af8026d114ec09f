# SPDX-License-Identifier: Apache-2.0
"""A township and a village of it, real processes, joined by a wire; and what they owe."""

import random
import re
import shutil
import signal
import subprocess
import time

import book
from book import Book, Violation
from processes.node import Node
from processes.telling import eventually
from storm import Storm
from tally import Counted

TOWNSHIP = ("谷脚镇", "522730103")
VILLAGE = ("茶香村", "522730103210")
# Give-up times: long enough for any machine, since nothing is concluded from speed.
LINK_SECONDS, EQUAL_SECONDS = 120, 180
# Bytes of a disk that may run full.
DISK = 64 * 1_048_576
# How long a village may wait before it calls again; then it is killed once more, which makes it call.
PATIENCE = 1.5
# What must never stand in a log.
ALARMS = re.compile(r"\bfork\b|Fatal error|Crash:|precondition|store failed", re.IGNORECASE)


class World:
    """Nothing runs before `begin`; `end` is right at any time."""

    def __init__(self, programs, folder, tally, small=False):
        self.programs, self.folder, self.tally = programs, folder, tally
        self.rounds = self.phases = 0
        folder.mkdir(parents=True)
        self.disks = {}
        self.township = self._node("township", TOWNSHIP, small)
        self.village = self._node("village", VILLAGE, small)
        self.nodes = [self.township, self.village]
        # Nodes of one round, which end with the world if the round does not end them.
        self.guests = []
        self.wire = None
        self.books = {self.township: Book(), self.village: Book()}
        self.read_of_logs = {}
        # As which replica each node writes: it changes only where a folder is an older image.
        self.replicas = {}

    def begin(self):
        """Enrols the village, starts both, and has something written."""
        self.township.call("init", "--area", TOWNSHIP[1], "--name", TOWNSHIP[0], "--root", "--no-passphrase")
        self.township.enrol(self.village, self.folder)
        self.township.start("--listen", "127.0.0.1:0")
        self.wire = Storm(self._township_address())
        self.opening_seconds = self._time_of(
            lambda: self.village.start("--peer", self.wire.address))
        with self.writers(self.village, generator(0)) as writers:
            eventually(
                lambda: writers.acknowledged >= 100 or writers.errors, "first writes", every=0.01)
        self.stay()

    def _node(self, name, place, small):
        """A node, with a small disk of its own where one is wanted."""
        folder = self.folder / name
        if small:
            folder = self.folder / f"disk-{name}"
            folder.mkdir()
            subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "onegrid-crash", folder],
                check=True)
        node = Node(self.programs, folder / name, *place)
        node.log = self.folder / f"{name}.log"
        if small:
            self.disks[node] = folder
        return node

    @staticmethod
    def _time_of(work):
        began = time.monotonic()
        work()
        return time.monotonic() - began

    def _township_address(self):
        host, port = self.township.ask("status")["listen"].rsplit(":", 1)
        return host, int(port)

    # Processes

    def kill(self, *nodes, gone=False):
        """kill -9, of all at once; `gone`: somebody of ours has done so already."""
        for node in nodes:
            if not node.runs and not gone:
                raise Violation(f"{node.name}: gridd 自己退出了 / gridd ended by itself: "
                                f"{node.daemon.returncode}\n{self.tail(node)}")
            node.daemon.send_signal(signal.SIGKILL)
            self.tally.kills += 1
        for node in nodes:
            node.daemon.wait()

    def start(self, *nodes):
        """Starts what does not run; it must answer by itself."""
        for node in nodes:
            if not node.runs:
                self.tally.restarts += 1
                node.launch()
        for node in nodes:
            node.wait()
        if self.township in nodes:
            # The wire led to a port that is gone with the process.
            self.wire.target = self._township_address()

    def stop(self, *nodes):
        """SIGTERM; must end in order."""
        for node in nodes:
            code = node.stop()
            if code != 0:
                raise Violation(
                    f"{node.name}: SIGTERM 后没有正常结束 / did not end in order: {code}\n"
                    f"{self.tail(node)}")

    def linked(self, patience=PATIENCE):
        """Waits for the link. A village that waits long between calls is killed, so that it calls."""
        began = time.monotonic()
        while self.status(self.village)["upstream"]["state"] != "connected":
            if time.monotonic() - began > patience:
                self.kill(self.village)
                self.start(self.village)
                began, patience = time.monotonic(), LINK_SECONDS
            elif time.monotonic() - began > LINK_SECONDS:
                raise Violation("线路没有恢复 / the link did not come back")
            time.sleep(0.02)

    @staticmethod
    def status(node):
        status, answer = node.send("GET", "/v1/status")
        if status != 200:
            raise Violation(f"{node.name}: status: {status} {answer}")
        return answer

    # Writing and checking

    def writers(self, node, rng, count=3, only=None):
        """Writers of the village's records on one of its nodes, with a label of their own."""
        self.phases += 1
        area = VILLAGE[1] if node is self.township else None
        return Counted(
            self.tally, node, self.books[node], rng, f"{self.phases}", count, area, only)

    def check(self, node, *others, settle=True):
        """Every answered write of all time is there, or a later one; nothing refused is."""
        found = book.read(node)
        owed = [self.books[each] for each in (node, *others)]
        book.compare(node, found, owed, self.books.values())
        if settle:
            self.books[node].settle(found)
        return len(found)

    def converge(self, *nodes, patience=PATIENCE):
        """Waits until both hold the same, then checks both against what all have answered."""
        nodes = nodes or (self.village, self.township)
        self.linked(patience)

        def equal():
            mine, theirs = (self._digests(node) for node in nodes)
            return mine and all(theirs.get(area) == digest for area, digest in mine.items())
        eventually(equal, "摘要不相等 / digests are not equal", EQUAL_SECONDS, every=0.03)
        for node in nodes:
            self.check(node, *(each for each in self.books if each is not node))

    @staticmethod
    def _digests(node):
        areas = node.send("GET", "/v1/digest")[1]["areas"]
        return {each["area"]: (each["frontier"], each["tables"]) for each in areas}

    def verify(self, *nodes):
        for node in nodes:
            answer = node.ask("verify", wants=None)
            if not answer["ok"]:
                raise Violation(f"{node.name}: gridctl verify: {answer['findings'][:10]}")
            self.tally.verified += 1

    def stay(self, renewed=False):
        """Each node writes as the replica that it was, unless its folder was put back."""
        for node in self.nodes:
            replica = self.status(node)["node"]["replica"]
            if not renewed and self.replicas.setdefault(node, replica) != replica:
                raise Violation(f"{node.name}: 没有还原却换了身份 / another replica without cause")
            self.replicas[node] = replica

    def watch(self, *expected):
        """No log holds an alarm that this round does not expect."""
        for node in self.nodes:
            seen = self.read_of_logs.get(node, 0)
            with open(node.log, "rb") as log:
                log.seek(seen)
                text = log.read()
            self.read_of_logs[node] = seen + len(text)
            for line in text.decode(errors="replace").splitlines():
                if ALARMS.search(line) and not any(each in line for each in expected):
                    raise Violation(f"{node.name}: {line}")

    def tail(self, node):
        return node.log.read_text(encoding="utf-8", errors="replace")[-2_000:]

    # The end

    def rest(self):
        """Stops in order, until the next round here."""
        self.stop(*(node for node in self.nodes if node.runs))
        self.watch()

    def finish(self):
        """The last check: both stop in order, start afresh, agree, and are without findings."""
        self.start(*self.nodes)
        self.stop(self.village, self.township)
        self.start(self.township, self.village)
        self.converge()
        self.verify(self.township, self.village)
        self.stay()
        self.stop(self.village, self.township)
        self.watch()

    def end(self, keep=False):
        """Ends every process; removes the folder, unless it is kept."""
        for node in self.nodes + self.guests:
            if node.runs:
                node.daemon.send_signal(signal.SIGCONT)
                node.daemon.kill()
                node.daemon.wait()
        if self.wire:
            self.wire.settle()
            if self.wire.listener:
                self.wire.cut()
        for node, disk in self.disks.items():
            if keep:
                shutil.copytree(
                    node.folder, self.folder / node.folder.name,
                    ignore=shutil.ignore_patterns("*.sock"))
            subprocess.run(["umount", disk], check=True)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def generator(seed, *names):
    """Dice of their own for each round, so that one round does not move the next."""
    return random.Random("/".join(map(str, (seed, *names))))
