# SPDX-License-Identifier: Apache-2.0
"""What the stories share: the programs, a township, and villages that it has enrolled."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from processes.link import Link
from processes.node import Node
from processes.telling import eventually

TOWNSHIP, VILLAGE = "522730103", "522730103210"
programs = ROOT / ".build" / "debug"


def office(folder):
    node = Node(programs, folder / "township", "谷脚镇", TOWNSHIP)
    node.call("init", "--area", TOWNSHIP, "--name", node.name, "--root", "--no-passphrase")
    return node


def enrol(parent, folder, name, code):
    node = Node(programs, folder / code, name, code)
    parent.enrol(node, folder)
    return node


class OneNode(unittest.TestCase):
    """One enrolled village, running, for many questions."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.township = office(cls.folder)
        cls.village = enrol(cls.township, cls.folder, "茶香村", VILLAGE)
        cls.village.start("--log-level", "error")

    @classmethod
    def tearDownClass(cls):
        cls.village.stop()
        cls.temporary.cleanup()

    def fails(self, code, *words, node=None):
        """The command ends with this code and says why in both languages; returns the text."""
        done = (node or self.village).call(*words, wants=code)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r"[一-鿿]")
        return done.stderr


class Wired(unittest.TestCase):
    """A township and a village over a wire that can be cut."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        self.addCleanup(self.temporary.cleanup)
        folder = pathlib.Path(self.temporary.name)
        self.township = office(folder)
        self.village = enrol(self.township, folder, "茶香村", VILLAGE)
        self.township.start("--listen", "127.0.0.1:0", "--log-level", "error")
        self.addCleanup(self.township.stop)
        host, port = self.township.ask("status")["listen"].rsplit(":", 1)
        self.link = Link((host, int(port)))
        self.addCleanup(lambda: self.link.listener and self.link.cut())
        self.village.start("--peer", self.link.address, "--log-level", "error")
        self.addCleanup(self.village.stop)
        self.linked()

    def linked(self):
        eventually(
            lambda: self.village.ask("status")["upstream"]["state"] == "connected", "a link")

    def delivered(self):
        eventually(
            lambda: self.village.ask("status")["upstream"]["waiting_entries"] == 0, "delivery")
