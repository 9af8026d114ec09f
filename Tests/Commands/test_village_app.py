# SPDX-License-Identifier: Apache-2.0
"""The promise of Examples/village_app.py: it registers and follows, whoever is killed."""

import socket
import subprocess
import sys

from county import ROOT, OneNode
from processes.telling import eventually


class VillageApp(OneNode):
    """One village with a port for apps."""

    def start(self, book, *households):
        """Starts the app; its output goes to a file, as it comes."""
        out = open(self.folder / "app.log", "ab")
        self.addCleanup(out.close)
        app = subprocess.Popen(
            [sys.executable, ROOT / "Examples" / "village_app.py", self.address, self.token, book,
             *households], stdout=out, stderr=out)
        self.addCleanup(app.wait)
        self.addCleanup(app.kill)
        return app

    def lines(self):
        return (self.folder / "app.log").read_text().splitlines()

    def test_it_registers_households_survives_the_node_and_follows_the_feed(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.village.stop()
        self.village.start("--api", f"127.0.0.1:{port}", "--log-level", "error")
        self.token = self.village.ask(
            "token", "create", "village-app", "--collections", "households", "--read",
            "--write")["token"]
        book = self.folder / "book"
        # The node is not there when the app begins.
        self.village.kill()
        app = self.start(book, "1=茶香村1组", "2=茶香村2组")
        self.village.start()
        eventually(lambda: len([each for each in self.lines() if each.startswith("present")]) == 2,
                   "the app has registered and seen both")
        first, second = [each.split()[1] for each in self.lines()[:2]]
        self.assertEqual(
            self.lines(), [f"registered {first}", f"registered {second}", f"present {first}",
                           f"present {second}"])
        self.village.kill()
        self.village.start()
        third = self.village.put("households", "household_no=3", "address=茶香村3组")
        eventually(lambda: self.lines()[-1] == f"created {third}", "the app follows")
        # The app is killed, too, and told again to register what is there.
        app.kill()
        app.wait()
        self.village.call("put", "households", first, "address=茶香村5组")
        self.start(book, "1=茶香村1组", "2=茶香村2组")
        eventually(lambda: self.lines()[-1] == f"changed {first}", "the app goes on")
        self.assertEqual(
            self.lines()[5:],
            [f"registered {first}", f"registered {second}", f"changed {first}"])
        self.assertEqual(len(self.village.ask("list", "households")["items"]), 3)
