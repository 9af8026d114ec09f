# SPDX-License-Identifier: Apache-2.0
"""Times what a first user feels, with real processes, folders and sockets; prints medians."""

import argparse
import os
import pathlib
import statistics
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from processes.link import Link
from processes.node import Node
from processes.telling import eventually

TOWNSHIP, VILLAGE = "522730103", "522730103210"


def enrolled(programs, folder):
    """A township and a village that has never met it."""
    township = Node(programs, folder / "township", "谷脚镇", TOWNSHIP)
    village = Node(programs, folder / "village", "茶香村", VILLAGE)
    township.call("init", "--area", TOWNSHIP, "--name", township.name, "--root", "--no-passphrase")
    township.enrol(village, folder)
    return township, village


def write(village, entries, writers):
    """One record for each ten entries; each entry changes one field and is a write of its own."""
    records = max(1, entries // 10)

    def work(number):
        app = village.app()
        for record in range(number, records, writers):
            household = f"{record:05}"
            status, answer = app.send(
                "POST", "/v1/records/households", {"fields": {"household_no": household}})
            assert status == 201, answer
            path = f"/v1/records/households/{answer['id']}"
            for change in range(entries // records - 1):
                name, value = CHANGES[change % len(CHANGES)]
                body = {"fields": {name: value.format(record=record, change=change)}}
                status, answer = app.send("PATCH", path, body)
                assert status == 200 and answer["entries"], answer

    threads = [threading.Thread(target=work, args=(number,)) for number in range(writers)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began


CHANGES = [
    ("address", "谷脚镇茶香村{record}号第{change}户"), ("contact_phone", "154{record:05}{change:03}"),
    ("plate_no", "103210-{record:05}{change}"), ("remote_contact", "外出联系人{record}{change}"),
]


def cpu(node):
    fields = pathlib.Path(f"/proc/{node.daemon.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(node):
    text = pathlib.Path(f"/proc/{node.daemon.pid}/status").read_text()
    return next(int(each.split()[1]) / 1024 for each in text.splitlines()
                if each.startswith("VmHWM"))


def catch_up(programs, entries, writers):
    """From the first byte of the link until the empty township has all of it durably."""
    with tempfile.TemporaryDirectory(prefix="onegrid-measure-") as name:
        township, village = enrolled(programs, pathlib.Path(name))
        try:
            village.start("--log-level", "error")
            wrote = write(village, entries, writers)
            village.stop()
            township.start("--listen", "127.0.0.1:0")
            host, port = township.ask("status")["listen"].rsplit(":", 1)
            link = Link((host, int(port)))
            link.cut()
            village.start("--peer", link.address)
            app = township.app()
            used = cpu(township) + cpu(village)
            link.join()
            while app.send("GET", "/v1/status")[1]["ledger"]["entries"] < entries:
                time.sleep(0.002)
            seconds = time.monotonic() - link.began
            eventually(
                lambda: village.ask("status")["upstream"]["waiting_entries"] == 0, "acknowledged")
            used = cpu(township) + cpu(village) - used
            carried = link.bytes
            equal = township.digests()[VILLAGE] == village.digests()[VILLAGE]
            assert equal, "the digests differ"
            figures = {
                "write_per_s": entries / wrote, "catch_up_s": seconds,
                "entries_per_s": entries / seconds, "bytes_per_entry": carried / entries,
                "cpu_s": used, "township_peak_mb": peak(township),
                "township_disk_mb": size(township) / 1e6,
            }
            time.sleep(8)
            figures["township_idle_mb"] = township.memory()
            figures["village_idle_mb"] = village.memory()
            link.cut()
            village.stop()
            began = time.monotonic()
            village.start("--log-level", "error")
            figures["start_s"] = time.monotonic() - began
            figures["verify_s"] = village.ask("verify")["seconds"]
            figures["verify_peak_mb"] = peak(village)
            return figures
        finally:
            township.stop()
            village.stop()


def size(node):
    return sum(each.stat().st_size for each in node.folder.rglob("*") if each.is_file())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--entries", type=int, default=10_000, metavar="N")
    parser.add_argument("--repeat", type=int, default=3, metavar="N")
    parser.add_argument("--writers", type=int, default=4, metavar="N")
    options = parser.parse_args()
    runs = [
        catch_up(options.programs.resolve(), options.entries, options.writers)
        for _ in range(options.repeat)
    ]
    for name in runs[0]:
        values = [run[name] for run in runs]
        print(f"{name:18} median {statistics.median(values):10.2f}   "
              f"{min(values):10.2f} … {max(values):.2f}")


if __name__ == "__main__":
    main()
